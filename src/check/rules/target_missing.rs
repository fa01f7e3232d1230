//! CDX702: nothing makes the table that a subjob targets.

use crate::check::facts::Facts;
use crate::check::near::near;
use crate::check::rule::Rule;
use crate::check::subjobs::{MappedSubjob, TargetName};
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::schema::{PRODUCT_SCHEMAS, SchemaTable};
use crate::extension::script::ObjectName;

const HEADER: Header = Header {
    code: "CDX702",
    name: "target-missing",
    severity: Severity::Error,
    checks: "that a script, or the product, makes each table that a subjob targets; a table of ax \
             or crt that no list of base tables has is not judged",
    why: "A subjob whose table is not there cannot be applied, and its sessions fail in each \
          channel database.",
    how_to_fix: "Add a script that makes the table, or name the table that there is in \
                 TargetTableName and TargetTableSchema.",
    since: "0.6.0",
    behaviours: &["S01"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    for subjob in &facts.subjobs {
        if facts.target(subjob).is_some() {
            continue;
        }
        let (schema, dotted) = (&subjob.target.schema, subjob.target.dotted());
        let why = if PRODUCT_SCHEMAS.iter().any(|own| schema.eq_ignore_ascii_case(own)) {
            "no list of base tables has it"
        } else if facts.repository.scripts.is_empty() {
            "no channel scripts were read"
        } else if facts.may_be_made_unread(&[&subjob.target.name]) {
            "a part of a script that was not read may make it"
        } else {
            missing(facts, findings, subjob);
            continue;
        };
        findings.unjudged(&dotted, &Unknown(why.to_owned()));
    }
}

fn missing(facts: &Facts, findings: &mut Findings, subjob: &MappedSubjob) {
    let sources = &facts.repository.sources;
    let dotted = subjob.target.dotted();
    let made = || facts.channel.tables().filter(|table| !table.base);
    let names: Vec<String> = made().map(SchemaTable::dotted).collect();
    let near = near(&dotted, names.iter().map(String::as_str));
    let near = made().find(|table| Some(table.dotted().as_str()) == near);
    let mut spots = vec![Spot::new(subjob.target.span, format!("nothing makes {dotted}"))];
    spots.extend(near.map(|near| Spot::new(near.span, "a table of nearly that name")));
    let mut evidence = vec![match near {
        Some(near) => format!("the scripts make {}", near.dotted()),
        None => format!("the scripts make other tables ({})", names.len()),
    }];
    if let [first, more @ ..] = facts.repository.elsewhere.as_slice() {
        let more = if more.is_empty() { String::new() } else { format!(" and {}", more.len()) };
        evidence.push(format!("not read, as in no project of channel scripts: {first}{more}"));
    }
    let found = Found {
        subject: Subject::at(sources, subjob.target.span)
            .with_subjob(&subjob.id.value)
            .with_table(&dotted),
        title: if is_other(facts, subjob) {
            format!("{dotted} is not a table")
        } else {
            format!("no script makes {dotted}")
        },
        evidence,
        effect: "the subjob cannot be carried out in a channel database".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Error, found, sources, spots);
}

/// Whether something else has the name: a view, a procedure, a type.
fn is_other(facts: &Facts, subjob: &MappedSubjob) -> bool {
    let TargetName { schema, name, span } = &subjob.target;
    let (schema, name) = (Some(schema.clone()), name.clone());
    facts.channel.knows(&ObjectName { schema, name, span: *span })
}
