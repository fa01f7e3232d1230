//! CDX303: an operation that should be local would, made now, still be a real-time call.

use crate::diagnosis::sources::{ASYNC_FAQ, ASYNC_MODE, FIDELITY};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::calls::{feature_of, made_now, profile_of};
use crate::doctor::about::obstacle::past;
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::model::wording::count;
use crate::runtime::{Kind, Obstacle};

const HEADER: Header = Header {
    code: "CDX303",
    name: "lingering-real-time-calls",
    severity: Severity::Error,
    checks: "each operation that an enabled feature or option makes local, in each channel, on \
             each instance of its scale unit: creating and editing customers and addresses, and \
             customer orders",
    why: "Asynchronous customers are turned on so that registers do not wait for headquarters, and \
          go on without it. An operation that still calls headquarters waits, and fails when \
          headquarters cannot be reached. What is in the way is one of few things: a job has not \
          been applied since, only one of the feature's two rows has come, or the scale unit still \
          answers from its memory. What is off in the settings themselves is reported by CDX304, \
          an e-commerce application that alone is in the way by CDX305.",
    how_to_fix: "Run the commands it names, in order; they are the shortest way from here.",
    since: "0.2.0",
    behaviours: &["R01", "R02", "R03", "R14", "R15", "G13", "G14"],
    sources: &[
        Source::documented(ASYNC_FAQ),
        Source::documented(ASYNC_MODE),
        Source::inferred(FIDELITY),
    ],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        if let Err(why) = &facts.here {
            findings.unjudged(&channel.store.name, why);
            continue;
        }
        for made in made_now(x, channel, facts)? {
            // What settings say is no lingering call; there is a rule of its own for it.
            let slow: Vec<(usize, &Obstacle)> = made
                .outlooks
                .iter()
                .filter_map(|(at, outlook)| Some((*at, outlook.obstacle.as_ref()?)))
                .filter(|(_, obstacle)| !obstacle.is_choice() && !obstacle.is_storefront())
                .collect();
            let Some((_, obstacle)) = slow.first() else { continue };
            let mut subject = Subject::channel(&channel.store.name).with_key(made.kind.as_str());
            if let Some(feature) = feature_of(made.kind) {
                subject = subject.with_feature(feature);
            }
            let mut evidence = Vec::new();
            for (instance, obstacle) in &slow {
                if let Obstacle::Cached { until } = obstacle {
                    let line = format!("instance {instance} answers from its cache until {until}");
                    if !evidence.contains(&line) {
                        evidence.push(line);
                    }
                }
            }
            evidence.extend(past_calls(x, facts, made.kind));
            evidence.push(meant_by(x, channel, made.kind)?);
            findings.report(Found {
                subject,
                title: format!("still a real-time call: {}", obstacle.text()),
                evidence,
                effect: "the register waits for headquarters, and fails when it cannot be reached"
                    .to_owned(),
                fix: past(x, channel, facts, made.kind, obstacle)?,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// What in headquarters says that an operation is to be local.
fn meant_by(x: &Examination, channel: &Channel, kind: Kind) -> Result<String, Unknown> {
    if let Some(gate) = feature_of(kind).and_then(|slug| x.hq.catalogue.get(slug)) {
        return Ok(format!("{:?} is on in headquarters", gate.name));
    }
    let profile = profile_of(x, channel)?.map_or("", |own| own.id.as_str());
    Ok(format!("the option is on in functionality profile {profile}"))
}

/// The calls that were made of the operation, by the reason they gave.
fn past_calls(x: &Examination, facts: &ChannelFacts, kind: Kind) -> Vec<String> {
    let own = facts.calls.iter().filter(|calls| calls.operation == kind.as_str());
    own.map(|calls| {
        let why = calls.reasons.first().map_or("", |reason| reason.code.as_str());
        format!(
            "{}: {} so far, the last {} ({why})",
            kind.request(),
            count(calls.count, "call"),
            x.hq.clock.show(&calls.last)
        )
    })
    .collect()
}
