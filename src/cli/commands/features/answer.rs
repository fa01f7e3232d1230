//! `cdx features check --channel C`: an answer of GetFeatureStates, or what the channel would say
//! now, against headquarters (G18).

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::entity::tell_unmatched;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::gates::matching::{UnmatchedRow, match_rows};
use crate::gates::{Catalogue, Features, Gate};
use crate::model::name_kind::NameKind;
use crate::model::suggestion::{Prose, Run, Suggestion};
use crate::report::page::{Page, Report, count};
use crate::runtime::features::survey;
use crate::store::{StoreError, answer, features, topology};

#[derive(Debug, Serialize, JsonSchema)]
struct AnswerReport {
    /// The answer; none where the channel is asked now.
    file: Option<String>,
    /// The channel.
    channel: String,
    /// How many features say the same everywhere.
    equal: usize,
    /// Where it and headquarters differ.
    differences: Vec<Difference>,
    /// Names that are no feature's here, each with why.
    unmatched: Vec<UnmatchedRow>,
}

/// A feature of which the answer, headquarters and the channel do not say the same.
#[derive(Debug, Serialize, JsonSchema)]
struct Difference {
    /// The slug.
    feature: String,
    /// What the file says.
    answered: bool,
    /// What headquarters says.
    headquarters: bool,
    /// What the channel would answer now.
    now: bool,
    /// Why, as far as it can be told.
    why: Vec<String>,
    #[serde(skip)]
    told: Vec<Prose>,
}

impl Difference {
    fn of(
        gate: &Gate,
        answered: Option<bool>,
        headquarters: bool,
        channel: &InEffect,
    ) -> Option<Self> {
        let now = channel.instances.iter().all(|view| view.on);
        let answered = answered.unwrap_or(now);
        if answered == headquarters && answered == now {
            return None;
        }
        let name = &channel.channel;
        let mut told: Vec<Prose> = Vec::new();
        if answered != now {
            told.push(format!("{name} would answer {} now", word(now)).into());
        }
        if let Some(old) = &channel.scale_unit {
            let upgrade = Suggestion::UpgradeScaleUnits(old.needs.clone(), Some(name.clone()));
            told.push(Prose::hint(old.told(), upgrade));
        }
        match channel.state {
            ChannelState::NotDistributed if channel.scale_unit.is_some() => {}
            ChannelState::NotDistributed if !channel.missing_jobs.is_empty() => {
                let jobs = Run::jobs(&channel.missing_jobs).in_channel(name);
                told.push(Prose::hint("what headquarters says has not come there", jobs));
            }
            ChannelState::NotDistributed => {
                told.push("what headquarters says has not come there".into());
            }
            ChannelState::Cached => {
                let restart = Suggestion::RestartScaleUnits(Some(name.clone()));
                told.push(Prose::hint("an instance answers from its cache", restart));
            }
            ChannelState::Off | ChannelState::Effective => {}
        }
        let why = Vec::new();
        Some(Self { feature: gate.slug.clone(), answered, headquarters, now, why, told })
    }
}

outcomes! {
    AnswerReport: "features check";
}

fn word(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

impl Report for AnswerReport {
    fn text(&self, page: &mut Page) {
        tell_unmatched(page, &self.unmatched);
        let channel = &self.channel;
        let what = self.file.as_ref().unwrap_or(channel);
        if self.differences.is_empty() {
            let equal = count(self.equal as u64, "feature");
            page.line(format!("{what}: {equal} as in headquarters, and in {channel} now"));
            return;
        }
        let all = count((self.equal + self.differences.len()) as u64, "feature");
        let differ = self.differences.len();
        let than = format!("than in headquarters, or in {channel} now");
        page.line(format!("{what}: {all}, {differ} of them otherwise {than}"));
        for one in &self.differences {
            let (answered, headquarters) = (word(one.answered), word(one.headquarters));
            let feature = &one.feature;
            page.item(format!(
                "{feature}: {answered} in the answer, {headquarters} in headquarters"
            ));
            one.told.iter().for_each(|why| page.item(why));
        }
    }
}

pub(super) fn run(
    context: &Context,
    catalogue: &Catalogue,
    file: Option<&Path>,
    (channel, strict): (&str, bool),
) -> Result<Exit, CommandError> {
    let rows = file.map(answer::read).transpose()?;
    let (matched, unmatched) = match_rows(catalogue, rows.as_deref().unwrap_or_default());
    let reader = context.reader()?;
    let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let store = topology::find_store(&reader.hq, channel)?;
    if store.offline {
        // A register answers from its own database; GetFeatureStates is the scale unit's.
        let channels = features::channels(&reader.hq)?;
        let names: Vec<String> = channels.into_iter().map(|store| store.name).collect();
        return Err(StoreError::unknown(NameKind::Channel, channel, &names).into());
    }
    let listed = Features { catalogue, standing: &standing };
    // Each feature with what the answer says of it; without one all that are listed.
    let asked: Vec<(&Gate, Option<bool>)> = match &rows {
        Some(_) => matched.iter().map(|(row, gate)| (*gate, Some(row.enabled))).collect(),
        None => catalogue.gates.iter().filter(|g| listed.is_listed(g)).map(|g| (g, None)).collect(),
    };
    let gates: Vec<&Gate> = asked.iter().map(|(gate, _)| *gate).collect();
    let found = survey(&reader, catalogue, &standing, &gates, Some(&store.name))?;
    let mut report = AnswerReport {
        file: file.map(|path| path.display().to_string()),
        channel: store.name,
        equal: 0,
        differences: Vec::new(),
        unmatched,
    };
    let env = context.named_env();
    for (gate, answered) in asked {
        let progress = found.get(&gate.slug).and_then(|channels| channels.first());
        let on = standing.is_on(&gate.slug);
        let differs = progress.and_then(|one| Difference::of(gate, answered, on, &one.in_effect));
        match differs {
            Some(mut difference) => {
                let told = difference.told.iter();
                difference.why = told.map(|why| why.text(env.as_deref())).collect();
                report.differences.push(difference);
            }
            None => report.equal += 1,
        }
    }
    let ok = report.differences.is_empty() && (!strict || report.unmatched.is_empty());
    let exit = if ok { Exit::Done } else { Exit::No };
    context.end(exit, &report)
}
