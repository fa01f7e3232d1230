//! CDX301: a scale unit answers from something older than its channel's database.

use crate::diagnosis::sources::{ASYNC_FAQ, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::storefront::ask_again;
use crate::doctor::facts::{ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::model::suggestion::Suggestion;
use crate::runtime::cache::differences;

const HEADER: Header = Header {
    code: "CDX301",
    name: "stale-cache",
    severity: Severity::Error,
    checks: "what each instance of a scale unit answers from against its channel's database: \
             feature state, functionality profile, default customer; and the features that \
             registers saw when they were started",
    why: "A scale unit answers from its memory. What jobs have applied takes effect when the \
          memory expires or the unit is restarted; how long that is, is not documented for feature \
          state, so `cache-ttl` of `cdx.toml` says it.",
    how_to_fix: "Wait until it expires, or restart the scale unit; registers must be restarted.",
    since: "0.2.0",
    behaviours: &["R12"],
    sources: &[Source::documented(ASYNC_FAQ), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        for (instance, held) in (1..).zip(&facts.held) {
            let Some(held) = held else { continue };
            let stale = differences(&x.hq.catalogue, &held.view, &facts.now);
            if stale.is_empty() {
                continue;
            }
            let until = x.hq.clock.show(&held.until);
            let instance: u32 = instance;
            let unit = Suggestion::RestartScaleUnits(Some(name.clone()));
            let whole = std::iter::once(Step::in_channel(Stage::Restart, unit));
            findings.report(Found {
                subject: Subject::channel(name).with_key(&format!("instance {instance}")),
                title: format!("the scale unit answers from its cache until {until}"),
                evidence: stale
                    .iter()
                    .map(|one| {
                        let (cached, database) = (&one.cached, &one.database);
                        format!("{}: answers {cached}, its database says {database}", one.what)
                    })
                    .collect(),
                effect: "registers and shops act on what was true before".to_owned(),
                // What it has answered so far is held once more before it.
                fix: Fix::safe(whole.chain(ask_again(name, facts))),
            });
        }
        if let Some(found) = registers(x, name, facts) {
            findings.report(found);
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// Registers that were not restarted since what they must be restarted for was brought (G15).
fn registers(x: &Examination, channel: &str, facts: &ChannelFacts) -> Option<Found> {
    let old = |stands: &InEffect| {
        let instances = stands.instances.iter().all(|view| Some(view.on) != stands.register);
        stands.state == ChannelState::Cached && stands.register.is_some() && instances
    };
    let evidence: Vec<String> = facts
        .progress
        .iter()
        .filter(|(_, progress)| old(&progress.in_effect))
        .filter_map(|(slug, _)| Some(format!("{:?}", x.hq.catalogue.get(slug)?.name)))
        .map(|name| format!("{name}: it has changed since the registers were started"))
        .collect();
    (!evidence.is_empty()).then(|| Found {
        subject: Subject::channel(channel).with_key("registers"),
        title: "the registers work with features as they were when they were started".to_owned(),
        evidence,
        effect: "registers act on what was true before".to_owned(),
        fix: Fix::safe([Step::in_channel(
            Stage::Restart,
            Suggestion::RestartRegisters(Some(channel.to_owned())),
        )]),
    })
}
