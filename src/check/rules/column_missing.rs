//! CDX703: a mapped column, or a mapped field, does not exist.

use crate::check::facts::Facts;
use crate::check::near::near;
use crate::check::rule::Rule;
use crate::check::subjobs::{MappedField, MappedSubjob};
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::hq::HqTable;
use crate::extension::schema::SchemaTable;
use crate::model::job::DATAAREAID;

const HEADER: Header = Header {
    code: "CDX703",
    name: "column-missing",
    severity: Severity::Error,
    checks: "that each mapped column is in the channel's table, and each mapped field in \
             headquarters' table or in what extends it; fields of a table that is not in the \
             repository are not judged",
    why: "A mapping to a column that is not there fails when it is read, written or set up.",
    how_to_fix: "Add the column by a new script, or the field to the table, or correct the name in \
                 the seed data.",
    since: "0.6.0",
    behaviours: &["S01"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    for subjob in facts.subjobs.iter().filter(|subjob| !subjob.fields.is_empty()) {
        let target = facts.known_target(subjob, findings);
        let hq = facts.hq.get(&subjob.table.value);
        if subjob.is_new && hq.is_none() {
            let why = Unknown("the table is not in the repository".to_owned());
            findings.unjudged(&format!("fields of {}", subjob.table.value), &why);
        }
        for field in &subjob.fields {
            if field.from.value.eq_ignore_ascii_case(DATAAREAID) {
                continue;
            }
            if let Some(table) = target.filter(|table| table.column(&field.to.value).is_none()) {
                in_channel(facts, findings, (subjob, field), table);
            }
            match hq {
                Some(hq) => in_headquarters(facts, findings, (subjob, field), hq),
                None if !subjob.is_new => unknown_field(facts, findings, subjob, field),
                None => {}
            }
        }
    }
}

fn in_channel(
    facts: &Facts,
    findings: &mut Findings,
    (subjob, field): (&MappedSubjob, &MappedField),
    table: &SchemaTable,
) {
    let (column, dotted) = (&field.to.value, table.dotted());
    let why = if facts.is_assumed(table) {
        "its columns are not published"
    } else if facts.may_be_made_unread(&[&table.name, column]) {
        "a part of a script that was not read may add it"
    } else {
        let names = table.columns.iter().map(|column| column.name.value.as_str());
        let near = near(column, names).and_then(|near| table.column(near));
        let place = near.map_or(table.span, |near| near.name.span);
        let found = Missing { what: "column", name: column, of: &dotted };
        let label = near.map_or("the table", |_| "a column of nearly that name");
        let near = near.map(|near| near.name.value.as_str());
        let spots =
            vec![Spot::new(field.to.span, "no such column"), Spot::new(place, label.to_owned())];
        return found.report(facts, findings, subjob, near, spots);
    };
    findings.unjudged(&format!("{dotted}.{column}"), &Unknown(why.to_owned()));
}

fn in_headquarters(
    facts: &Facts,
    findings: &mut Findings,
    (subjob, field): (&MappedSubjob, &MappedField),
    hq: &HqTable,
) {
    let name = &field.from.value;
    if hq.field(name).is_some() {
        return;
    }
    if !hq.whole {
        return unknown_field(facts, findings, subjob, field);
    }
    let names = hq.fields.iter().map(|field| field.name.value.as_str());
    let near = near(name, names).and_then(|near| hq.field(near));
    let place = near.map_or(hq.name.span, |near| near.name.span);
    let label = near.map_or("headquarters' table", |_| "a field of nearly that name");
    let spots =
        vec![Spot::new(field.from.span, "no such field"), Spot::new(place, label.to_owned())];
    let found = Missing { what: "field", name, of: &hq.name.value };
    found.report(facts, findings, subjob, near.map(|near| near.name.value.as_str()), spots);
}

/// A field of a table that is not all in the repository: it is known where the product has a column
/// of that name.
fn unknown_field(
    facts: &Facts,
    findings: &mut Findings,
    subjob: &MappedSubjob,
    field: &MappedField,
) {
    let (table, name) = (&subjob.table.value, &field.from.value);
    let of_product = facts.base.table("ax", table).is_some_and(|t| t.column(name).is_some());
    let shipped =
        facts.shipped.subjobs.iter().filter(|known| known.table.eq_ignore_ascii_case(table));
    let mut mapped = shipped.flat_map(|known| &known.targets).flat_map(|target| &target.fields);
    if !of_product && !mapped.any(|known| known.from.eq_ignore_ascii_case(name)) {
        let why = "headquarters' table is not in the repository".to_owned();
        findings.unjudged(&format!("{table}.{name}"), &Unknown(why));
    }
}

/// What does not exist, and in which table.
struct Missing<'m> {
    what: &'static str,
    name: &'m str,
    of: &'m str,
}

impl Missing<'_> {
    fn report(
        &self,
        facts: &Facts,
        findings: &mut Findings,
        subjob: &MappedSubjob,
        near: Option<&str>,
        spots: Vec<Spot>,
    ) {
        let Self { what, name, of } = self;
        let sources = &facts.repository.sources;
        let evidence = match near {
            Some(near) => format!("it has {near}"),
            None => format!("it has no {what} of nearly that name"),
        };
        let found = Found {
            subject: Subject::at(sources, spots[0].span)
                .with_subjob(&subjob.id.value)
                .with_table(of)
                .with_key(name),
            title: format!("{of} has no {what} {name}"),
            evidence: vec![evidence],
            effect: "the subjob cannot be carried out".to_owned(),
            fix: None,
        };
        findings.report_at(Severity::Error, found, sources, spots);
    }
}
