//! CDX711: a script loses rows, or fails, when it runs again.

use std::collections::BTreeSet;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::extension::script::{Action, ObjectKind, ObjectName, Script, Statement};
use crate::model::source::Span;

const HEADER: Header = Header {
    code: "CDX711",
    name: "not-repeatable",
    severity: Severity::Error,
    checks: "that no script drops a table and makes it again, whatever guard stands before it; and \
             that what scripts make stands behind a guard (a warning)",
    why: "A script that failed is run again, from its beginning. Dropping a table loses its rows, \
          and those of an upload whether or not they had gone up; its counter begins again, below \
          what headquarters has received. A CREATE without a guard fails the second time.",
    how_to_fix: "Change the table by ALTER TABLE in a new script; write IF OBJECT_ID(...) IS NULL, \
                 or IF COL_LENGTH(...) IS NULL, before what is made.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let scripts = &facts.repository.scripts;
    let all: Vec<&Statement> = scripts.iter().flat_map(|script| &script.statements).collect();
    for (at, statement) in all.iter().enumerate() {
        let Action::Drop { kind: ObjectKind::Table, name, .. } = &statement.action else {
            continue;
        };
        let project = |span: Span| facts.repository.project_of(span.source);
        let created = all[at + 1..].iter().find_map(|later| match &later.action {
            Action::CreateTable(table) if is_same(&table.name, name) => Some(table.name.span),
            _ => None,
        });
        // In which order the scripts of two projects run is not known.
        let created = created.filter(|made| project(*made) == project(name.span));
        if let Some(created) = created.filter(|_| !name.is_temporary() && !name.is_of_product()) {
            dropped(facts, findings, name, created);
        }
    }
    for script in scripts {
        unguarded(facts, findings, script);
    }
}

fn is_same(one: &ObjectName, other: &ObjectName) -> bool {
    one.is(other.schema.as_deref().unwrap_or("dbo"), &other.name)
}

fn dropped(facts: &Facts, findings: &mut Findings, name: &ObjectName, created: Span) {
    let sources = &facts.repository.sources;
    let found = Found {
        subject: Subject::at(sources, name.span).with_table(&name.to_string()),
        title: format!("{name} is dropped and made again"),
        evidence: vec![
            "a table that is made again is empty, and its counter begins at 1".to_owned(),
        ],
        effect: "its rows are lost in each channel database, and with a counter of an upload the \
                 next rows are skipped"
            .to_owned(),
        fix: None,
    };
    let spots =
        vec![Spot::new(name.span, "dropped with its rows"), Spot::new(created, "made again")];
    findings.report_at(Severity::Error, found, sources, spots);
}

/// What a statement makes: what it does, the name that it makes, the table that it belongs to, and
/// whether the statement itself can be run again.
struct Made<'s> {
    what: String,
    name: String,
    span: Span,
    owner: String,
    repeatable: bool,
    statement: &'s Statement,
}

/// Reports what a script makes without a guard, one statement for each table or object: the first
/// one fails already.
fn unguarded(facts: &Facts, findings: &mut Findings, script: &Script) {
    let mut gone: BTreeSet<String> = BTreeSet::new();
    for statement in &script.statements {
        gone.extend(taken_away(&statement.action));
        let Some(made) = made(statement) else { continue };
        let safe = made.repeatable || !made.statement.guards.is_empty();
        let known = gone.contains(&made.owner) || gone.contains(&made.name);
        if !safe && !known {
            gone.insert(made.owner.clone());
            report(facts, findings, &made);
        }
    }
}

/// What a statement takes away, or changes so that what is made of it is not there yet.
fn taken_away(action: &Action) -> Option<String> {
    match action {
        Action::Drop { kind: ObjectKind::Index, name, .. } => Some(name.name.to_lowercase()),
        Action::Drop { name, .. } => Some(key(name)),
        Action::DropColumns { table, .. } | Action::ChangeTable { table } => Some(key(table)),
        _ => None,
    }
}

fn key(name: &ObjectName) -> String {
    format!("{}.{}", name.schema.as_deref().unwrap_or("dbo"), name.name).to_lowercase()
}

fn made(statement: &Statement) -> Option<Made<'_>> {
    let (what, name, span, owner, repeatable) = match &statement.action {
        Action::CreateTable(table) => {
            let name = &table.name;
            (format!("{name} is made"), key(name), name.span, key(name), table.if_not_exists)
        }
        Action::AddToTable { table, columns, .. } => {
            let what = if columns.is_empty() { "constraint" } else { "column" };
            let what = format!("a {what} of {table} is added");
            (what, key(table), table.span, key(table), false)
        }
        Action::CreateIndex { table, key: index, if_not_exists } => {
            let name = index.name.as_ref().map_or_else(String::new, |name| name.value.clone());
            let what = format!("the index {name} is made");
            (what, name.to_lowercase(), index.span, key(table), *if_not_exists)
        }
        Action::CreateObject { kind, name, repeatable } => {
            let what = match kind {
                ObjectKind::View => "view",
                ObjectKind::Procedure => "procedure",
                ObjectKind::Function => "function",
                ObjectKind::Type => "type",
                ObjectKind::Trigger => "trigger",
                ObjectKind::Table | ObjectKind::Index | ObjectKind::Other => return None,
            };
            let what = format!("the {what} {name} is made");
            (what, key(name), name.span, key(name), *repeatable)
        }
        _ => return None,
    };
    Some(Made { what, name, span, owner, repeatable, statement })
}

fn report(facts: &Facts, findings: &mut Findings, made: &Made<'_>) {
    let sources = &facts.repository.sources;
    let Made { what, span, .. } = made;
    let found = Found {
        subject: Subject::at(sources, *span).with_key(what),
        title: format!("{what} without a guard"),
        evidence: vec!["no IF, IF NOT EXISTS or OR ALTER stands before it".to_owned()],
        effect: "the script fails when it is run again".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Warning, found, sources, vec![Spot::new(*span, "no guard")]);
}
