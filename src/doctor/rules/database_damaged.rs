//! CDX901: a database is damaged, gone, or no database.

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{FIDELITY, Source};

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX901",
    name: "database-damaged",
    severity: Severity::Error,
    checks: "SQLite's integrity check on headquarters and on every channel and offline database; \
             and that each of their files is there and is a channel database",
    why: "What a damaged file answers cannot be trusted, and what is written to it can be lost. \
          The other checks say nothing about a database that cannot be read.",
    mend: "Bring the file back from a copy. A channel that was restored may count again what it \
           has uploaded: see CDX405.",
    since: "0.2.0",
    behaviours: &["D16"],
    sources: &[Source::assumed(FIDELITY)],
    depth: Depth::EveryRow,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let complaints = x.hq.integrity.as_ref().map(|known| known.as_ref());
    match complaints {
        Some(Ok(lines)) if !lines.is_empty() => tell(findings, None, lines.clone()),
        Some(Err(why)) => tell(findings, None, vec![why.to_string()]),
        _ => {}
    }
    for channel in &x.channels {
        let name = &channel.store.name;
        match &channel.facts {
            Err(why) if why.broken => {
                let title = if why.missing {
                    "the database file is missing"
                } else {
                    "the database file is damaged, or no channel database"
                };
                let evidence = vec![why.reason.to_string()];
                findings.report(found(Some(name), title.to_owned(), evidence));
            }
            Err(why) => findings.unjudged(name, &why.reason),
            Ok(facts) => match &facts.integrity {
                Some(Ok(lines)) if !lines.is_empty() => tell(findings, Some(name), lines.clone()),
                Some(Err(why)) => tell(findings, Some(name), vec![why.to_string()]),
                _ => {}
            },
        }
    }
    Ok(())
}

fn tell(findings: &mut Findings, channel: Option<&str>, evidence: Vec<String>) {
    let title = "the database fails its integrity check".to_owned();
    findings.report(found(channel, title, evidence));
}

fn found(channel: Option<&str>, title: String, evidence: Vec<String>) -> Found {
    let subject = channel.map_or_else(|| Subject::key("hq.db"), Subject::channel);
    Found {
        subject,
        title,
        evidence,
        effect: "what it answers cannot be trusted, and what it holds can be lost".to_owned(),
        fix: Fix::manual([Step::new(Stage::Look, "cdx channels list")]),
    }
}
