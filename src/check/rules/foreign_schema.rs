//! CDX710: a script makes, changes or drops objects of the product's own schemas.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::extension::script::{Action, ObjectName};
use crate::model::source::Span;

const HEADER: Header = Header {
    code: "CDX710",
    name: "foreign-schema",
    severity: Severity::Error,
    checks: "that scripts make, change and drop objects of the schema ext alone, and name no \
             database",
    why: "The objects of crt, ax and dbo are the product's: an update changes them, and a script \
          that changes them is refused when it is deployed.",
    how_to_fix: "Make a table of your own in ext, with the key of the one it extends, and take USE \
                 out.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let statements = facts.repository.scripts.iter().flat_map(|script| &script.statements);
    for statement in statements {
        if let Action::Use(database) = &statement.action {
            let label = "a script runs in the channel database, whatever its name".to_owned();
            let title = "a script names a database".to_owned();
            report(facts, findings, title, &database.value, (statement.span, label));
            continue;
        }
        let Some((doing, name)) = changed(&statement.action) else { continue };
        if name.is_of_product() {
            let schema = name.schema.as_deref().unwrap_or("dbo");
            let title = format!("a script {doing} {name}, which is not in ext");
            let label = format!("the schema {schema} is the product's");
            report(facts, findings, title, &name.to_string(), (name.span, label));
        }
    }
}

fn report(facts: &Facts, findings: &mut Findings, title: String, key: &str, at: (Span, String)) {
    let (span, label) = at;
    let sources = &facts.repository.sources;
    let found = Found {
        subject: Subject::at(sources, span).with_key(key),
        title,
        evidence: vec![format!("it names {key}")],
        effect: "the script is refused, or an update of the product undoes it".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Error, found, sources, vec![Spot { span, label }]);
}

/// What a statement does to which object, where it does something to one.
fn changed(action: &Action) -> Option<(&'static str, &ObjectName)> {
    match action {
        Action::CreateTable(table) => Some(("makes", &table.name)),
        Action::AddToTable { table, .. }
        | Action::AlterColumn { table, .. }
        | Action::DropColumns { table, .. }
        | Action::RenameColumn { table, .. }
        | Action::RenameTable { table, .. }
        | Action::ChangeTable { table } => Some(("changes", table)),
        Action::CreateIndex { table, .. } => Some(("makes an index on", table)),
        Action::CreateObject { name, .. } => Some(("makes", name)),
        Action::Drop { name, .. } => Some(("drops", name)),
        Action::Grant { .. } | Action::Use(_) => None,
    }
}
