//! `cdx features list` and `show`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::gates::resolve::{Features, Status};
use crate::gates::standing::Standing;
use crate::gates::{Catalogue, Gate};
use crate::model::ids::JobId;
use crate::model::pos::Way;
use crate::model::suggestion::{OfFeatures, Prose, Suggestion};
use crate::model::version::Version;
use crate::report::page::{Cell, Page, Report, count, yes};
use crate::runtime::features::{in_channels, survey};
use crate::store::feature_log::{self, LogLine};
use crate::store::features;

/// A feature as lists and details show it.
#[derive(Debug, Serialize, JsonSchema)]
struct FeatureLine {
    /// Its short name.
    slug: String,
    /// The display name.
    name: String,
    /// None where it is not public.
    class: Option<String>,
    /// Whether headquarters has it on.
    on: bool,
    status: Status,
    /// Its stage in this version: preview, released, on-by-default, mandatory.
    lifecycle: Option<&'static str>,
    /// None where it is not known.
    since: Option<Version>,
    /// Whether a gate file gives it demands; else it is known by name and state alone.
    gate: bool,
    mandatory_since: Option<Version>,
    /// The date on which it turns on.
    enable_date: Option<String>,
    /// Slugs of the features that it needs.
    requires: Vec<String>,
    /// Those that are not on.
    unmet: Vec<String>,
}

impl FeatureLine {
    fn of(catalogue: &Catalogue, standing: &Standing, gate: &Gate) -> Self {
        use crate::gates::gate::Stage;
        let features = Features { catalogue, standing };
        let row = standing.row(&gate.slug);
        Self {
            slug: gate.slug.clone(),
            name: gate.name.clone(),
            class: gate.class.clone(),
            on: features.is_on(&gate.slug),
            status: features.status(gate),
            lifecycle: features.stage(gate).map(Stage::as_str),
            since: gate.known_since().cloned(),
            gate: !gate.known,
            mandatory_since: gate.lifecycle.begins(Stage::Mandatory).cloned(),
            enable_date: row.and_then(|row| row.enable_date).map(|date| date.to_string()),
            requires: gate.requires.iter().map(|needed| needed.feature.clone()).collect(),
            unmet: features.unmet(gate).iter().map(|gate| gate.slug.clone()).collect(),
        }
    }

    /// Its name, with a mark where its class is not public.
    fn named(&self) -> String {
        let mark = if self.class.is_none() { NOT_PUBLIC } else { "" };
        format!("{}{mark}", self.name)
    }
}

/// The mark of a feature whose class no public source names.
const NOT_PUBLIC: &str = " (class not public)";

/// In how many channels a feature is in each state.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Summary {
    /// Channels in which it is off.
    off: usize,
    /// Channels that no job has brought it to.
    not_distributed: usize,
    /// Channels whose scale unit does not know it yet.
    cached: usize,
    /// Channels in which it is in effect.
    effective: usize,
}

impl Summary {
    fn of<'a>(channels: impl Iterator<Item = &'a InEffect>) -> Self {
        let mut summary = Self::default();
        for channel in channels {
            match channel.state {
                ChannelState::Off => summary.off += 1,
                ChannelState::NotDistributed => summary.not_distributed += 1,
                ChannelState::Cached => summary.cached += 1,
                ChannelState::Effective => summary.effective += 1,
            }
        }
        summary
    }

    /// `3 effective`, or `1 cached, 2 effective`.
    fn text(self) -> String {
        let counts = [
            (self.not_distributed, "not-distributed"),
            (self.cached, "cached"),
            (self.effective, "effective"),
            (self.off, "off"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        told.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ListedFeature {
    #[serde(flatten)]
    line: FeatureLine,
    /// How many channels are how far.
    channels: Summary,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FeatureList {
    /// Every known feature of this version.
    features: Vec<ListedFeature>,
    /// Whether the text shows those without a gate file too.
    #[serde(skip)]
    all: bool,
}

outcomes! {
    FeatureList: "features list";
    FeatureDetail: "features show";
}

impl Report for FeatureList {
    fn text(&self, page: &mut Page) {
        let row = |listed: &ListedFeature| {
            let line = &listed.line;
            let date = line.enable_date.as_ref().filter(|_| line.status == Status::Scheduled);
            let date = date.map_or_else(String::new, |date| format!(" {date}"));
            [
                Cell::from(&line.slug),
                Cell::value(format!("{}{date}", line.status.as_str()), line.status.tone()),
                listed.channels.text().into(),
                line.named().into(),
            ]
        };
        let shown = |listed: &&ListedFeature| self.all || listed.line.gate;
        let rows = self.features.iter().filter(shown).map(row).collect();
        page.table(["feature", "status", "channels", "name"], rows);
        let rest = self.features.iter().filter(|listed| !shown(listed));
        let (rest, on) = rest.fold((0, 0), |(all, on), one| (all + 1, on + u64::from(one.line.on)));
        if rest > 0 {
            let known = count(rest, "known feature");
            let text = format!("and {known} without demands of their own, {on} of them on");
            page.item(Prose::hint(text, OfFeatures::ListAll));
        }
    }
}

pub(super) fn list(
    context: &Context,
    catalogue: &Catalogue,
    all: bool,
) -> Result<Exit, CommandError> {
    let list = context.steady(|reader| {
        let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
        let listed = Features { catalogue, standing: &standing };
        let gates: Vec<&Gate> =
            catalogue.gates.iter().filter(|gate| listed.is_listed(gate)).collect();
        let survey = survey(reader, catalogue, &standing, &gates, None)?;
        let one = |gate: &&Gate| ListedFeature {
            line: FeatureLine::of(catalogue, &standing, gate),
            channels: Summary::of(
                survey.get(&gate.slug).into_iter().flatten().map(|p| &p.in_effect),
            ),
        };
        Ok(FeatureList { features: gates.iter().map(one).collect(), all })
    })?;
    context.done(&list)
}

#[derive(Debug, Serialize, JsonSchema)]
struct FeatureDetail {
    #[serde(flatten)]
    feature: FeatureLine,
    /// The Spanish display name.
    name_es: Option<String>,
    /// Other names for it.
    also: Vec<String>,
    /// Its NAME in FEATUREMANAGEMENTSTATE.
    row_name: String,
    /// How well it is supported: documented, inferred, assumed.
    grade: &'static str,
    /// Where it was read.
    source: String,
    /// How well its class is supported.
    class_grade: Option<&'static str>,
    /// What was done to it, in order.
    history: Vec<LogLine>,
    /// Each channel, and how far it is.
    channels: Vec<InEffect>,
}

impl Report for FeatureDetail {
    fn text(&self, page: &mut Page) {
        let line = &self.feature;
        page.line(format!("{} ({})", line.name, line.slug));
        self.name_es.iter().chain(&self.also).for_each(|name| page.item(name));
        if line.class.is_none() {
            page.item(format!("class not public: headquarters' NAME is {}", self.row_name));
        }
        let status = Prose::default().and_value(line.status.as_str(), line.status.tone());
        page.item(status.and(format!(", on in headquarters: {}", yes(line.on))));
        for unmet in &line.unmet {
            page.item(format!("off: {unmet}"));
        }
        page.item(format!("{}: {}", self.grade, self.source));
        page.item(Prose::hint("what it demands", Suggestion::Explain(line.slug.clone())));
        if let Some(last) = self.history.last() {
            page.item(format!("{}: {} ({})", last.at, last.event, last.detail));
        }
        let row = |channel: &InEffect| {
            let jobs = channel.missing_jobs.iter().map(JobId::to_string);
            let missing: Vec<String> = jobs.chain(channel.missing_steps.clone()).collect();
            [
                Cell::from(&channel.channel),
                Cell::value(channel.state.as_str(), channel.state.tone()),
                yes(channel.in_effect).into(),
                missing.join(", ").into(),
                channel.effective_at.clone().unwrap_or_default().into(),
            ]
        };
        page.gap();
        page.table(
            ["channel", "state", "in effect", "still to do", "effective at"],
            self.channels.iter().map(row).collect(),
        );
        operations(page, &self.channels);
        let stale = self.channels.iter().filter(|channel| channel.state == ChannelState::Cached);
        for channel in stale.filter(|channel| channel.instances.len() > 1) {
            for view in &channel.instances {
                let until = view
                    .until
                    .as_ref()
                    .map_or_else(|| "its next operation".to_owned(), ToString::to_string);
                page.item(format!(
                    "{} instance {}: {} until {until}",
                    channel.channel,
                    view.instance,
                    if view.on { "on" } else { "off" },
                ));
            }
        }
    }
}

/// What operations would come to, made now, in every channel.
fn operations(page: &mut Page, channels: &[InEffect]) {
    let mut rows = Vec::new();
    for channel in channels {
        for one in &channel.operations {
            let row = |who: &str, way: &Way| {
                let reason = way.text.clone().unwrap_or_default();
                let operation = format!("{}{who}", one.operation);
                let path = Cell::value(way.path.as_str(), way.path.tone());
                [Cell::from(&channel.channel), operation.into(), path, reason.into()]
            };
            rows.push(row("", &one.way));
            rows.extend(one.asynchronous.iter().map(|way| row(" (async customer)", way)));
            let others = one.instances.iter().skip(1);
            rows.extend(others.map(|o| row(&format!(" (instance {})", o.instance), &o.way)));
        }
    }
    if !rows.is_empty() {
        page.gap();
        page.table(["channel", "operation", "made now", "because"], rows);
    }
}

pub(super) fn show(
    context: &Context,
    gate: &Gate,
    catalogue: &Catalogue,
) -> Result<Exit, CommandError> {
    let detail = context.steady(|reader| {
        let clock = &reader.world.clock;
        let standing = features::standing(&reader.hq, catalogue, clock)?;
        Ok(FeatureDetail {
            feature: FeatureLine::of(catalogue, &standing, gate),
            name_es: gate.name_es.clone(),
            also: gate.also.clone(),
            row_name: gate.table_name(),
            grade: gate.evidence.grade.as_str(),
            source: gate.evidence.source.clone(),
            class_grade: gate.class.as_ref().map(|_| gate.class_evidence.grade.as_str()),
            history: feature_log::history_of(&reader.hq, gate, clock)?,
            channels: in_channels(reader, catalogue, gate)?,
        })
    })?;
    context.done(&detail)
}
