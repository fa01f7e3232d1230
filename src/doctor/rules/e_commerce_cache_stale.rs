//! CDX305: the e-commerce application answers from something older than its scale unit does.

use crate::diagnosis::sources::{DATA_ACTION_CACHE, FIDELITY};
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::calls::made_now;
use crate::doctor::about::storefront::ask_again;
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::runtime::Obstacle;
use crate::runtime::cache::differences;

const HEADER: Header = Header {
    code: "CDX305",
    name: "e-commerce-cache-stale",
    severity: Severity::Warning,
    checks: "what the e-commerce application of an online store answers from against what its scale \
             unit answers: feature state and channel configuration",
    why: "The e-commerce application has a cache of its own before the scale unit's, 12 hours for \
          both by default (`[e-commerce]` of `cdx.toml`). What a scale unit knows by now, after a \
          restart too, the online store does not act on before that cache has expired or the \
          application was restarted. The real one refreshes what it holds in between, where it is \
          asked; that is not modelled.",
    how_to_fix: "Wait until it expires, or empty the e-commerce application's cache.",
    since: "0.5.0",
    behaviours: &["R17"],
    sources: &[Source::documented(DATA_ACTION_CACHE), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        let Some(until) = facts.shop.held().map(|held| &held.until).max() else { continue };
        let mut evidence = Vec::new();
        for held in &facts.held {
            let unit = held.as_ref().map_or(&facts.now, |held| &held.view);
            for one in differences(&x.hq.catalogue, &facts.shop.over(unit), unit) {
                let (cached, unit) = (&one.cached, &one.database);
                let line = format!("{}: answers {cached}, its scale unit says {unit}", one.what);
                if !evidence.contains(&line) {
                    evidence.push(line);
                }
            }
        }
        if evidence.is_empty() {
            continue;
        }
        evidence.extend(kept_back(x, channel, facts)?);
        let until = x.hq.clock.show(until);
        findings.report(Found {
            subject: Subject::channel(&channel.store.name),
            title: format!("the e-commerce application answers from its cache until {until}"),
            evidence,
            effect: "the online store acts on what was true before".to_owned(),
            fix: Fix::safe(ask_again(&channel.store.name, facts)),
        });
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// The operations that nothing but the e-commerce application keeps from being local.
fn kept_back(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
) -> Result<Vec<String>, Unknown> {
    if facts.here.is_err() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for made in made_now(x, channel, facts)? {
        let obstacles = made.outlooks.iter().filter_map(|(_, outlook)| outlook.obstacle.as_ref());
        if obstacles.clone().any(Obstacle::is_storefront) {
            lines.push(format!("{}: would be local but for that", made.kind.as_str()));
        }
    }
    Ok(lines)
}
