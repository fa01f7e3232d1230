//! CDX303: an operation that should be local would, made now, still be a real-time call.

use super::about_calls::{Intent, intents, made_now};
use super::about_features::is_parked;
use super::about_obstacle::first_in_the_way;
use crate::doctor::facts::{ChannelFacts, Examination};
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{ASYNC_FAQ, ASYNC_MODE, FIDELITY, Source};
use crate::model::wording::count;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX303",
    name: "lingering-real-time-calls",
    severity: Severity::Error,
    checks: "each operation that headquarters means to be local, in each channel, on each instance \
             of its scale unit: creating and editing customers and addresses, and customer orders",
    why: "Asynchronous customers are turned on so that registers do not wait for headquarters, and \
          go on without it. An operation that still calls headquarters waits, and fails when \
          headquarters cannot be reached. What is in the way is one of few things: the feature or \
          what it needs is off, a job has not been applied since, only one of the feature's two \
          rows has come, the functionality profile says no, or the scale unit still answers from \
          its memory.",
    mend: "Run the commands it names, in order; they are the shortest way from here.",
    since: "0.2.0",
    behaviours: &["R01", "R02", "R03", "R14", "R15", "G13", "G14"],
    sources: &[
        Source::documented(ASYNC_FAQ),
        Source::documented(ASYNC_MODE),
        Source::inferred(FIDELITY),
    ],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        if is_parked(x, &channel.store) {
            continue;
        }
        for intent in intents(x, channel)? {
            let slow = made_now(x, facts, intent.kind);
            if slow.is_empty() {
                continue;
            }
            let Some(obstacle) = first_in_the_way(x, channel, facts, &intent, &slow)? else {
                continue;
            };
            let operation = intent.kind.as_str();
            let mut subject = Subject::channel(&channel.store.name).with_key(operation);
            if let Some(feature) = &intent.feature {
                subject = subject.with_feature(feature);
            }
            let mut evidence = obstacle.evidence;
            evidence.extend(past_calls(x, facts, &intent));
            evidence.push(intent.because.clone());
            findings.report(Found {
                subject,
                title: format!("still a real-time call: {}", obstacle.title),
                evidence,
                effect: "the register waits for headquarters, and fails when it cannot be reached"
                    .to_owned(),
                fix: obstacle.fix,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// The calls that were made of the operation, by the reason they gave.
fn past_calls(x: &Examination, facts: &ChannelFacts, intent: &Intent) -> Vec<String> {
    let own = facts.calls.iter().filter(|calls| calls.operation == intent.kind.as_str());
    own.map(|calls| {
        let why = calls.reasons.first().map_or("", |reason| reason.code.as_str());
        format!(
            "{}: {} so far, the last {} ({why})",
            intent.kind.request(),
            count(calls.count, "call"),
            x.hq.clock.show(&calls.last)
        )
    })
    .collect()
}
