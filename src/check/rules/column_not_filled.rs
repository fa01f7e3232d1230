//! CDX706: a column needs a value, and nothing fills it.

use std::collections::BTreeSet;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::subjobs::MappedSubjob;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::extension::schema::SchemaTable;
use crate::extension::script::{Literal, NewColumn};
use crate::model::job::DATAAREAID;

const HEADER: Header = Header {
    code: "CDX706",
    name: "column-not-filled",
    severity: Severity::Error,
    checks: "that a download fills each column of its table that is NOT NULL and has no default; \
             not the key and DATAAREAID, which go along by themselves, nor what the database makes",
    why: "A row without a value for such a column cannot be inserted, and the session fails.",
    how_to_fix: "Map a field to the column, or give the column a default by a new script.",
    since: "0.6.0",
    behaviours: &["S01", "S02"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for subjob in &facts.subjobs {
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        // The product's own subjobs fill its own tables.
        if table.base || !subjob.has_direction(findings) || !subjob.is_download() {
            continue;
        }
        if !seen.insert(table.dotted().to_lowercase()) {
            continue;
        }
        let filled = filled(facts, subjob);
        for column in table.columns.iter().filter(|column| needs_value(table, column)) {
            if !filled.contains(&column.name.value.to_lowercase()) {
                report(facts, findings, subjob, (table, column));
            }
        }
    }
}

/// The columns that any subjob fills in the table that this one targets.
fn filled(facts: &Facts, subjob: &MappedSubjob) -> BTreeSet<String> {
    let target = &subjob.target;
    let own = facts.subjobs.iter().filter(|other| other.target.is(target));
    let own = own.flat_map(|other| &other.fields).map(|field| field.to.value.to_lowercase());
    let shipped = facts.shipped.subjobs.iter().flat_map(|known| &known.targets);
    let shipped = shipped.filter(|known| known.dotted().eq_ignore_ascii_case(&target.dotted()));
    own.chain(shipped.flat_map(|known| &known.fields).map(|field| field.to.to_lowercase()))
        .collect()
}

fn needs_value(table: &SchemaTable, column: &NewColumn) -> bool {
    let name = &column.name.value;
    let default = column.default.as_ref().filter(|default| default.value != Literal::Null);
    let in_key = table.primary_key().is_some_and(|key| key.has(name));
    let own = in_key || name.eq_ignore_ascii_case(DATAAREAID);
    !own && default.is_none() && !column.is_generated() && !table.allows_null(column)
}

fn report(
    facts: &Facts,
    findings: &mut Findings,
    subjob: &MappedSubjob,
    (table, column): (&SchemaTable, &NewColumn),
) {
    let sources = &facts.repository.sources;
    let (dotted, name) = (table.dotted(), &column.name.value);
    let found = Found {
        subject: Subject::at(sources, column.name.span).with_table(&dotted).with_key(name),
        title: format!("{dotted}.{name} needs a value, and no field fills it"),
        evidence: vec!["it is NOT NULL, without a default".to_owned()],
        effect: "no row can be inserted, and the session fails".to_owned(),
        fix: None,
    };
    let spots = vec![
        Spot::new(column.name.span, "NOT NULL, without a default"),
        Spot::new(subjob.target.span, format!("subjob {} fills the table", subjob.id.value)),
    ];
    findings.report_at(Severity::Error, found, sources, spots);
}
