//! CDX304: operations are real-time calls, or refused, because settings of headquarters say so.

use crate::diagnosis::sources::{ASYNC_FAQ, ASYNC_MODE};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::calls::{Made, made_now};
use crate::doctor::about::obstacle::{by_decision, past};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::runtime::{Kind, Obstacle};

const HEADER: Header = Header {
    code: "CDX304",
    name: "real-time-by-choice",
    severity: Severity::Info,
    checks: "which operations are real-time calls in a channel, or refused to customers whose \
             account has not come back, because a feature or an option of the channel's \
             functionality profile is off",
    why: "Headquarters is set up this way, and that may be intended. If you expected something \
          else, look here first: turning on the features of asynchronous customers does not create \
          customers asynchronously; the option of the functionality profile does, and each channel \
          has its own profile.",
    how_to_fix: "Turn on what is off, if the operations are to be local; accept the finding if not.",
    since: "0.3.0",
    behaviours: &["R01", "R02", "R03", "R14"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(ASYNC_MODE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        if let Err(why) = &facts.here {
            findings.unjudged(&channel.store.name, why);
            continue;
        }
        // One finding for a channel and cause.
        let mut causes: Vec<(Obstacle, Vec<Kind>)> = Vec::new();
        for Made { kind, outlooks } in made_now(x, channel, facts)? {
            let obstacles = outlooks.into_iter().filter_map(|(_, outlook)| outlook.obstacle);
            let Some(cause) = obstacles.into_iter().find(Obstacle::is_choice) else { continue };
            match causes.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, kinds)) => kinds.push(kind),
                None => causes.push((cause, vec![kind])),
            }
        }
        for (cause, kinds) in causes {
            let Some(first) = kinds.first().copied() else { continue };
            let subject = Subject::channel(&channel.store.name);
            let subject = match &cause {
                Obstacle::FeatureOff { slug, .. } => subject.with_feature(slug),
                Obstacle::ProfileOff { option, .. } => subject.with_key(option.label()),
                _ => subject.with_key(first.as_str()),
            };
            findings.report(Found {
                subject,
                title: cause.text(),
                evidence: kinds.iter().map(|kind| made(*kind)).collect(),
                effect:
                    "these operations wait for headquarters, and fail when it cannot be reached"
                        .to_owned(),
                fix: by_decision(past(x, channel, facts, first, &cause)?),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// What an operation is while its switch is off.
fn made(kind: Kind) -> String {
    let pending = match kind {
        Kind::CreateCustomer => "",
        _ => "; refused where the account has not come back",
    };
    format!("{}: {}{pending}", kind.as_str(), kind.request())
}
