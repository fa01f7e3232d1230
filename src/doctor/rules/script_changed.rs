//! CDX605: a schema script that was applied was changed or removed since.

use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::OfJobs;
use crate::store::own_tables::ScriptState;

const HEADER: Header = Header {
    code: "CDX605",
    name: "script-changed",
    severity: Severity::Error,
    checks: "the schema scripts that each database has had, of the environment and of its \
             extensions, against those on disk",
    why: "A script runs once for a database. One that was changed or removed afterwards makes \
          databases that come later other than those that are there, and `scheduler init` refuses \
          it.",
    how_to_fix: "Put the script back as it was, and the change into a new one with a later name; \
                 `cdx jobs check` looks at all of them.",
    since: "0.6.0",
    behaviours: &["S07"],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (name, state) in x.files.scripts.as_ref()? {
        report(findings, Subject::key(name), name, *state, "headquarters");
    }
    for channel in &x.channels {
        let store = &channel.store.name;
        let Ok(facts) = &channel.facts else { continue };
        match &facts.scripts {
            Ok(scripts) => {
                for (name, state) in scripts {
                    let subject = Subject::channel(store).with_key(name);
                    report(findings, subject, name, *state, store);
                }
            }
            Err(unknown) => findings.unjudged(store, unknown),
        }
    }
    Ok(())
}

fn report(findings: &mut Findings, subject: Subject, name: &str, state: ScriptState, has: &str) {
    let became = match state {
        ScriptState::Changed => "was changed",
        ScriptState::Gone => "was removed",
    };
    findings.report(Found {
        subject,
        title: format!("{name} {became} after it was applied"),
        evidence: vec![format!("{has} has had it as it was")],
        effect: "databases that are made later are other than those that are there".to_owned(),
        fix: Fix::manual([Step::new(Stage::Initialize, OfJobs::Check)]),
    });
}
