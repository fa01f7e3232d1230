//! CDX717: a field is mapped to a column whose values the database makes.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::extension::script::{ColumnType, Generated, NewColumn};

const HEADER: Header = Header {
    code: "CDX717",
    name: "unwritable-column",
    severity: Severity::Error,
    checks: "that no field of a download is mapped to a ROWVERSION, computed or IDENTITY column",
    why: "The channel database makes the values of such a column, and refuses any other.",
    how_to_fix: "Map the field to a column of its own, or take it out of the seed data.",
    since: "0.6.0",
    behaviours: &["S01"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let sources = &facts.repository.sources;
    for subjob in facts.subjobs.iter().filter(|subjob| !subjob.fields.is_empty()) {
        if !subjob.has_direction(findings) || !subjob.is_download() {
            continue;
        }
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        for field in &subjob.fields {
            let Some(column) = table.column(&field.to.value) else { continue };
            let Some(what) = made(column) else { continue };
            let (dotted, name) = (table.dotted(), &column.name.value);
            let place = column.generated.as_ref().map_or(column.name.span, |made| made.span);
            let found = Found {
                subject: Subject::at(sources, field.to.span)
                    .with_subjob(&subjob.id.value)
                    .with_table(&dotted)
                    .with_key(name),
                title: format!("{dotted}.{name} is {what} column, and cannot be written"),
                evidence: vec![format!("{} is mapped to it", field.from.value)],
                effect: "the session fails when it is applied".to_owned(),
                fix: None,
            };
            let spots = vec![
                Spot::new(field.to.span, "mapped here"),
                Spot::new(place, format!("{what} column")),
            ];
            findings.report_at(Severity::Error, found, sources, spots);
        }
    }
}

/// By what the database makes a column's values, if it does.
fn made(column: &NewColumn) -> Option<&'static str> {
    match column.generated.as_ref().map(|made| made.value) {
        Some(Generated::Identity) => Some("an IDENTITY"),
        Some(Generated::RowVersion) => Some("a ROWVERSION"),
        Some(Generated::Computed) => Some("a computed"),
        None if column.column_type.value == ColumnType::RowVersion => Some("a ROWVERSION"),
        None => None,
    }
}
