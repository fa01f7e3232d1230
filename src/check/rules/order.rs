//! CDX714: a script uses an object that a later one makes.

use std::collections::BTreeSet;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::words;
use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::schema::Misplaced;
use crate::extension::script::{Action, ObjectKind, ObjectName, Script, SkippedKind, Statement};
use crate::model::source::Span;

const HEADER: Header = Header {
    code: "CDX714",
    name: "order",
    severity: Severity::Error,
    checks: "that scripts, in the order of their names, use what has been made by then: the tables \
             that they change, index and grant, and those that a view names",
    why: "Scripts run in alphabetical order. One that needs an object of a later one fails in each \
          new channel database.",
    how_to_fix: "Rename the scripts while they are not published, or move the statement into the \
                 later one.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let scripts = &facts.repository.scripts;
    let order: Vec<(&Script, &Statement)> = scripts
        .iter()
        .flat_map(|script| script.statements.iter().map(move |statement| (script, statement)))
        .collect();
    for misplaced in &facts.channel.misplaced {
        let at = order.iter().position(|(_, statement)| statement.span == misplaced.span);
        let Some(at) = at else { continue };
        let later = order[at + 1..].iter().find_map(|(_, later)| {
            made(&later.action).filter(|name| is_same(name, &misplaced.name))
        });
        let project = |span: Span| facts.repository.project_of(span.source);
        match later {
            Some(name) if project(name.span) != project(misplaced.span) => {
                let file = facts.repository.sources.file(name.span);
                let why = format!("it is made in {file}, of another project");
                findings.unjudged(&misplaced.name.to_string(), &Unknown(why));
            }
            Some(name) => report(facts, findings, misplaced, name.span),
            None if misplaced.name.is_of_product() => {}
            None => {
                let why = "used in a script, and no script that was read makes it".to_owned();
                findings.unjudged(&misplaced.name.to_string(), &Unknown(why));
            }
        }
    }
    views(facts, findings, &order);
}

fn is_same(one: &ObjectName, other: &ObjectName) -> bool {
    one.is(other.schema.as_deref().unwrap_or("dbo"), &other.name)
}

/// The object that a statement makes.
fn made(action: &Action) -> Option<&ObjectName> {
    match action {
        Action::CreateTable(table) => Some(&table.name),
        Action::CreateObject { name, .. } => Some(name),
        _ => None,
    }
}

/// Views that name a table or a view which is made later. What is in a view is not read; its text
/// is searched for the name with its schema.
fn views(facts: &Facts, findings: &mut Findings, order: &[(&Script, &Statement)]) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (at, (script, statement)) in order.iter().enumerate() {
        if let Action::CreateObject { kind: ObjectKind::View, name, .. } = &statement.action {
            let text = body(facts, script, statement.span);
            let mut told = BTreeSet::new();
            for (_, later) in &order[at + 1..] {
                let Some(object) = used(&later.action) else { continue };
                let key = object.to_string().to_lowercase();
                let project = |span: Span| facts.repository.project_of(span.source);
                let own = project(object.span) == project(name.span);
                let first = own && !known.contains(&key) && !is_same(object, name);
                if first && words::names(&text, &key) && told.insert(key) {
                    let used = Misplaced { name: object.clone(), span: name.span };
                    report(facts, findings, &used, object.span);
                }
            }
        }
        known.extend(made(&statement.action).map(|name| name.to_string().to_lowercase()));
    }
}

/// A table or a view that a statement makes, by its name with its schema.
fn used(action: &Action) -> Option<&ObjectName> {
    let name = match action {
        Action::CreateTable(table) => &table.name,
        Action::CreateObject { kind: ObjectKind::View, name, .. } => name,
        _ => return None,
    };
    name.schema.is_some().then_some(name)
}

/// What is in the view whose statement begins there.
fn body(facts: &Facts, script: &Script, statement: Span) -> String {
    let parts = script.skipped.iter().filter(|part| part.kind == SkippedKind::Body);
    let own = parts.filter(|part| part.span.start == statement.start);
    let text = own.map(|part| facts.repository.sources.text(part.span)).collect::<String>();
    words::bare(&text)
}

fn report(facts: &Facts, findings: &mut Findings, used: &Misplaced, made: Span) {
    let sources = &facts.repository.sources;
    let name = &used.name;
    let place = sources.position(made);
    let found = Found {
        subject: Subject::at(sources, used.span).with_key(&name.to_string()),
        title: format!("{name} is used before it is made"),
        evidence: vec![format!("it is made in {}, line {}", sources.file(made), place.line)],
        effect: "the script fails in each new channel database".to_owned(),
        fix: None,
    };
    let spots = vec![
        Spot::new(used.span, "used here, where it is not made yet"),
        Spot::new(made, "made here, later"),
    ];
    findings.report_at(Severity::Error, found, sources, spots);
}
