//! CDX705: DATAAREAID is listed among the fields of a subjob.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::model::job::DATAAREAID;

const HEADER: Header = Header {
    code: "CDX705",
    name: "dataareaid-mapped",
    severity: Severity::Error,
    checks: "that no subjob lists DATAAREAID among its fields, in any case",
    why: "The column of a company is added by itself to each table that has one. Listing it is an \
          error when the scheduler is initialized.",
    how_to_fix: "Take the field out; the column stays in the channel's table.",
    since: "0.6.0",
    behaviours: &["S02"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let sources = &facts.repository.sources;
    for subjob in &facts.subjobs {
        let listed = subjob.fields.iter().filter_map(|field| {
            let names = [&field.from, &field.to];
            names.into_iter().find(|name| name.value.eq_ignore_ascii_case(DATAAREAID))
        });
        for name in listed {
            let id = &subjob.id.value;
            let mut spots = vec![Spot::new(name.span, "added by itself")];
            let column = facts.target(subjob).and_then(|table| table.column(DATAAREAID));
            spots.extend(column.map(|column| Spot::new(column.name.span, "the column")));
            let found = Found {
                subject: Subject::at(sources, name.span).with_subjob(id).with_key(DATAAREAID),
                title: format!("subjob {id} lists {DATAAREAID} among its fields"),
                evidence: vec![format!("it is to fill {}", subjob.target.dotted())],
                effect: "initializing the scheduler fails".to_owned(),
                fix: None,
            };
            findings.report_at(Severity::Error, found, sources, spots);
        }
    }
}
