//! CDX306: an operation made now would fail for a cause that is no person's typing.

use std::collections::BTreeMap;

use crate::diagnosis::sources::{CDX_TROUBLE, FIDELITY};
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::calls::{Made, made_now};
use crate::doctor::about::default_customers::{another, brought};
use crate::doctor::about::jobs::rebuild;
use crate::doctor::about::jobs::{Bring, deliver, is_due};
use crate::doctor::facts::{Channel, ChannelFacts, Examination, FileState};
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::runtime::obstacle::PROFILES;
use crate::runtime::{Decision, Kind, MissingGround};

const HEADER: Header = Header {
    code: "CDX306",
    name: "operation-fails",
    severity: Severity::Error,
    checks: "that an operation of a register, made now, could be done at all: the channel's file \
             can be read, it has its own configuration, its default customer and customers, and \
             headquarters has the customers whom real-time calls are about",
    why: "A channel can be synchronized in part: then it does not know who it is, or whom it \
          serves, and every operation ends in an error, whatever is typed and whichever features \
          are on.",
    how_to_fix: "Run what it names: mostly the job that has never come whole.",
    since: "0.3.0",
    behaviours: &["R01", "R14"],
    sources: &[Source::documented(CDX_TROUBLE), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

/// The job that brings customers.
const CUSTOMERS: &str = "1010";

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for channel in &x.channels {
        match &channel.facts {
            Err(why) if x.busy || why.state == FileState::Unknown => {
                findings.unjudged(&channel.store.name, &why.reason);
            }
            Err(why) => findings.report(unusable(x, channel, &why.reason)?),
            Ok(facts) => match &facts.here {
                Err(why) => findings.report(unusable(x, channel, why)?),
                Ok(_) => in_channel(x, channel, facts, findings)?,
            },
        }
    }
    Ok(())
}

/// A file that is not there, is damaged, or lacks what every operation reads.
fn unusable(x: &Examination, channel: &Channel, why: &Unknown) -> Result<Found, Unknown> {
    let is_broken = |state| matches!(state, FileState::Missing | FileState::Broken);
    let broken = channel.facts.as_ref().err().is_some_and(|why| is_broken(why.state));
    let fix = if broken { rebuild(x, &channel.store.name)? } else { None };
    Ok(Found {
        subject: Subject::channel(&channel.store.name),
        title: "its database cannot be used, so that operations fail".to_owned(),
        evidence: vec![why.to_string()],
        effect: EFFECT.to_owned(),
        fix,
    })
}

const EFFECT: &str = "the register shows an error, whatever is typed";

fn in_channel(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    findings: &mut Findings,
) -> Result<(), Unknown> {
    let made = made_now(x, channel, facts)?;
    let mut lacking: BTreeMap<MissingGround, Vec<Kind>> = BTreeMap::new();
    for Made { kind, outlooks } in &made {
        for missing in outlooks.iter().filter_map(|(_, outlook)| outlook.decision.as_ref().err()) {
            let kinds = lacking.entry(missing.clone()).or_default();
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    let subject = |key: &str| Subject::channel(&channel.store.name).with_key(key);
    for (missing, kinds) in lacking {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        findings.report(Found {
            subject: subject(missing.code().as_str()),
            title: format!("operations fail: the channel {missing}"),
            evidence: vec![format!("would fail now: {}", names.join(", "))],
            effect: EFFECT.to_owned(),
            fix: supply(x, channel, facts, &missing)?,
        });
    }
    let calls = |one: &Made| {
        let is_call = |(_, outlook): &(usize, crate::runtime::Outlook)| {
            outlook.decision == Ok(Decision::RealTime)
        };
        !matches!(one.kind, Kind::CreateCustomer | Kind::CreateOrder)
            && one.outlooks.iter().any(is_call)
    };
    if !made.iter().any(calls) {
        return Ok(());
    }
    match &facts.unknown_customers {
        Some(Ok((number, first))) if *number > 0 => {
            // Those whom the next run of the job takes away are on their way out.
            let due = is_due(x, &channel.store, &JobId::new(CUSTOMERS))?;
            let severity = if due { Severity::Info } else { Severity::Warning };
            let found = Found {
                subject: subject("unknown-customers"),
                title: "real-time calls fail about customers whom headquarters does not have"
                    .to_owned(),
                evidence: vec![format!("{number} in the channel, first: {}", first.join(", "))],
                effect: EFFECT.to_owned(),
                fix: deliver(x, channel, facts, Vec::new(), Bring::WhatIsMissing(CUSTOMERS))?,
            };
            findings.report_milder(severity, found);
        }
        Some(Err(why)) => findings.unjudged(&channel.store.name, why),
        Some(Ok(_)) | None => {}
    }
    Ok(())
}

/// What brings a channel what its operations lack.
fn supply(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    missing: &MissingGround,
) -> Result<Option<Fix>, Unknown> {
    match missing {
        MissingGround::NoConfiguration => {
            let own = deliver(x, channel, facts, Vec::new(), Bring::WhatIsMissing(PROFILES))?;
            if facts.here.as_ref()?.has_customers {
                return Ok(own);
            }
            // Without customers the next error would be theirs.
            let customers = brought(x, channel, facts)?;
            let safety = own.iter().chain(&customers).map(|fix| fix.safety).max();
            let steps = own.into_iter().chain(customers).flat_map(|fix| fix.steps);
            Ok(safety.and_then(|safety| Fix::new(safety, steps)))
        }
        MissingGround::NoCustomers | MissingGround::DefaultCustomerNotThere(_) => {
            brought(x, channel, facts)
        }
        MissingGround::NoDefaultCustomer | MissingGround::DefaultCustomerUnknown(_) => {
            another(x, channel, facts)
        }
    }
}
