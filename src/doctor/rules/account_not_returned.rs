//! CDX503: headquarters has an account that a channel still shows as pending.

use crate::diagnosis::sources::{CONVERT, SCHEMA};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::suggestion::Run;

const HEADER: Header = Header {
    code: "CDX503",
    name: "account-not-returned",
    severity: Severity::Warning,
    checks: "for customers whose temporary GUID headquarters has given an account, and whom a \
             channel still shows as pending",
    why: "Without the account the customer gets no loyalty card and no synchronous order, and \
          shows up as \"Pending sync\". Job 1010 brings it.",
    how_to_fix: "Run 1010.",
    since: "0.2.0",
    behaviours: &["C05", "R08", "R09"],
    sources: &[Source::documented(CONVERT), Source::documented(SCHEMA)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

const CUSTOMERS: &str = "1010";
const SHOWN: usize = 3;

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    for (channel, facts) in x.online().filter(|(_, facts)| !facts.unreturned.is_empty()) {
        let name = &channel.store.name;
        let shown = facts.unreturned.iter().take(SHOWN);
        let mut evidence: Vec<String> =
            shown.map(|one| format!("{} is {} in headquarters", one.guid, one.account)).collect();
        if facts.unreturned.len() > SHOWN {
            evidence.push(format!("and {} more", facts.unreturned.len() - SHOWN));
        }
        let customers = JobId::new(CUSTOMERS);
        let step = if sessions.has_lost(channel.store.id, &customers) {
            full(&customers, name)
        } else {
            Step::in_channel(Stage::Download, Run::job(CUSTOMERS).in_channel(name))
        };
        findings.report(Found {
            subject: Subject::channel(name).with_job(CUSTOMERS),
            title: "customers have an account that the channel does not know".to_owned(),
            evidence,
            effect: "the channel shows them as \"Pending sync\"".to_owned(),
            fix: Fix::safe([step]),
        });
    }
    x.tell_unreadable(findings);
    Ok(())
}
