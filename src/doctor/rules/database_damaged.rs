//! CDX901: a database is damaged, gone, or no database.

use crate::diagnosis::sources::FIDELITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::rebuild;
use crate::doctor::facts::{Examination, FileState};
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX901",
    name: "database-damaged",
    severity: Severity::Error,
    checks: "headquarters and every channel and offline database with SQLite's integrity check; \
             and that each of their files is there, is a channel database and can be read",
    why: "What a damaged file answers cannot be trusted, and what is written to it can be lost. \
          The other checks say nothing about a database that cannot be read.",
    how_to_fix: "Bring the file back from a copy; a channel that was restored may count again what it \
           has uploaded: see CDX405. Without a copy a channel's file can be made again, and its \
           jobs fill it; what it had not uploaded is then only in the old file, which is kept. One \
           of an earlier version is brought up to date by `cdx scheduler init`. A file that is \
           whole and cannot be read (a permission, a newer version) needs that put right, and \
           nothing else.",
    since: "0.2.0",
    behaviours: &["D16"],
    sources: &[Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::AndRows, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    if let Some(why) = x.leaves_rows_out() {
        findings.left_out(&why);
    }
    let complaints = x.files.integrity.as_ref().map(|known| known.as_ref());
    match complaints {
        Some(Ok(lines)) if !lines.is_empty() => tell(x, findings, None, lines.clone())?,
        Some(Err(why)) => tell(x, findings, None, vec![why.to_string()])?,
        _ => {}
    }
    for channel in &x.channels {
        let name = &channel.store.name;
        match &channel.facts {
            // What cannot be read while somebody writes may be read afterwards.
            Err(why) if x.busy || why.state == FileState::Unknown => {
                findings.unjudged(name, &why.reason);
            }
            Err(why) => {
                if why.state == FileState::Older {
                    findings.report(older(name, why.reason.to_string()));
                    continue;
                }
                let title = match why.state {
                    FileState::Missing => "the database file is missing",
                    FileState::Broken => "the database file is damaged, or no channel database",
                    FileState::Unread => "the database file cannot be read",
                    FileState::Older | FileState::Unknown => continue,
                };
                let evidence = vec![why.reason.to_string()];
                let whole = why.state == FileState::Unread;
                findings.report(found(x, Some(name), whole, title.to_owned(), evidence)?);
            }
            Ok(facts) => match &facts.integrity {
                Some(Ok(lines)) if !lines.is_empty() => {
                    tell(x, findings, Some(name), lines.clone())?;
                }
                Some(Err(why)) => tell(x, findings, Some(name), vec![why.to_string()])?,
                _ => {}
            },
        }
    }
    Ok(())
}

/// A file that only an earlier version of the tool has written to.
fn older(channel: &str, reason: String) -> Found {
    Found {
        subject: Subject::channel(channel),
        title: "the database file is of an earlier version".to_owned(),
        evidence: vec![reason],
        effect: "nothing else is known of it until a command has brought it up to date".to_owned(),
        fix: Fix::safe([Step::new(Stage::Initialize, Suggestion::INITIALIZE)]),
    }
}

fn tell(
    x: &Examination,
    findings: &mut Findings,
    channel: Option<&str>,
    evidence: Vec<String>,
) -> Result<(), Unknown> {
    let title = "the database fails its integrity check".to_owned();
    findings.report(found(x, channel, false, title, evidence)?);
    Ok(())
}

fn found(
    x: &Examination,
    channel: Option<&str>,
    whole: bool,
    title: String,
    evidence: Vec<String>,
) -> Result<Found, Unknown> {
    let subject = channel.map_or_else(|| Subject::key("hq.db"), Subject::channel);
    let fix = match channel {
        // Nobody is told to throw away a file that may be whole.
        Some(name) if !whole => rebuild(x, name)?,
        _ => None,
    };
    let effect = if whole {
        "nothing else is known of it, and whatever needs it fails"
    } else {
        "what it answers cannot be trusted, and what it holds can be lost"
    };
    Ok(Found { subject, title, evidence, effect: effect.to_owned(), fix })
}
