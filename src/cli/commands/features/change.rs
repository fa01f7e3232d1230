//! `cdx features enable`, `disable`, `schedule`, `unschedule`, `enable-all` and `refresh`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::upgrade::{Request, upgrade};
use crate::gates::after::After;
use crate::gates::resolve::{
    Changes, Consent, Decision, EnableAll, Features, Reach, Refusal, RefusalKind,
};
use crate::gates::standing::{Change, Standing};
use crate::gates::{Catalogue, Gate};
use crate::model::ids::JobId;
use crate::model::suggestion::{Doctor, OfFeatures, Prose, Suggestion};
use crate::report::page::{Page, Report};
use crate::store::features;

/// What is asked of a feature.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Enable { with_prerequisites: bool, consent: Consent },
    Disable { reach: Reach },
    Schedule { date: Date, consent: Consent },
    Unschedule,
}

impl Asked {
    fn decide(self, features: Features<'_>, gate: &Gate) -> Decision {
        match self {
            Self::Enable { with_prerequisites, consent } => {
                features.enable(gate, with_prerequisites, consent)
            }
            Self::Disable { reach } => features.disable(gate, reach),
            Self::Schedule { date, consent } => features.schedule(gate, date, consent),
            Self::Unschedule => Ok(features.unschedule(gate)),
        }
    }

    /// The command that asks it again.
    fn command(self, feature: &str) -> OfFeatures {
        let feature = feature.to_owned();
        match self {
            Self::Enable { with_prerequisites, consent } => {
                OfFeatures::Enable { feature, with_prerequisites, consent }
            }
            Self::Disable { reach } => {
                OfFeatures::Disable { feature, cascade: reach == Reach::Cascade }
            }
            Self::Schedule { date, consent } => {
                OfFeatures::Schedule { feature, date: date.to_string(), consent }
            }
            Self::Unschedule => OfFeatures::Unschedule(feature),
        }
    }

    /// The word for what is asked, and the state it leads to.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Enable { .. } => ("enabled", "on"),
            Self::Disable { .. } => ("disabled", "off"),
            Self::Schedule { .. } => ("scheduled", "scheduled"),
            Self::Unschedule => ("unscheduled", "without a date"),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChangeReport {
    /// The slug.
    feature: String,
    /// Whether it is on now, or would be.
    enabled: bool,
    /// The date that it is scheduled for.
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_date: Option<String>,
    /// Slugs of what was changed, in order.
    changed: Vec<String>,
    /// Why it was not done.
    refused: Vec<Refusal>,
    /// The jobs that bring it to the channels.
    next_jobs: Vec<JobId>,
    /// Whether nothing was changed.
    dry_run: bool,
    #[serde(skip)]
    words: (&'static str, &'static str),
    #[serde(skip)]
    notes: Vec<Prose>,
    #[serde(skip)]
    after: After,
    #[serde(skip)]
    command: OfFeatures,
}

outcomes! {
    ChangeReport: "features enable", "features disable", "features schedule", "features unschedule";
    AllReport: "features enable-all";
}

impl Report for ChangeReport {
    fn text(&self, page: &mut Page) {
        let (participle, state) = self.words;
        if !self.refused.is_empty() {
            page.line(format!("{} cannot be {participle}", self.feature));
            let mut told = vec![false; self.refused.len()];
            tree(page, &self.refused, &self.feature, 1, &mut told);
            // With its prerequisites turned on too, a demand further down has no line above it.
            let rest = self.refused.iter().zip(&told).filter(|(_, told)| !**told);
            rest.for_each(|(refusal, _)| page.item(format!("- {}", refusal.message)));
            hints(page, &self.refused, &self.feature, &self.command);
            return;
        }
        let would = if self.dry_run { "would be " } else { "" };
        if self.changed.is_empty() {
            page.line(format!("{} is {state} already", self.feature));
            return;
        }
        for slug in &self.changed {
            let date = self.enable_date.as_ref().map_or_else(String::new, |d| format!(" for {d}"));
            page.line(format!("{slug}: {would}{state}{date} in headquarters"));
        }
        for note in &self.notes {
            page.item(note);
        }
        self.after.lines().iter().for_each(|line| page.item(line));
    }
}

/// The demands of a feature, with those of what it needs below them.
fn tree(page: &mut Page, refused: &[Refusal], feature: &str, depth: usize, told: &mut [bool]) {
    let indent = "  ".repeat(depth - 1);
    for (at, refusal) in refused.iter().enumerate() {
        let asked = refusal.needed_by.as_ref().map_or(depth == 1, |by| by == feature);
        if !asked || std::mem::replace(&mut told[at], true) {
            continue;
        }
        page.item(format!("{indent}- {}", refusal.message));
        if matches!(refusal.kind, RefusalKind::Prerequisite | RefusalKind::Dependent) {
            tree(page, refused, &refusal.feature, depth + 1, told);
        }
    }
}

/// The commands that meet the demands; `base` is the command that was refused.
fn hints(page: &mut Page, refused: &[Refusal], feature: &str, base: &OfFeatures) {
    use RefusalKind::{
        AlreadyOn, CannotDisable, Configuration, ConfigurationKey, Confirmation, DatePassed,
        Dependent, Excluded, Irreversible, Mandatory, Prerequisite, Version,
    };
    let has = |kind| refused.iter().any(|refusal| refusal.kind == kind);
    let agreed: Vec<&str> = [
        (Prerequisite, "turn on what it needs too"),
        (Confirmation, "confirm"),
        (Irreversible, "accept that it cannot be taken back"),
    ]
    .into_iter()
    .filter_map(|(kind, what)| has(kind).then_some(what))
    .collect();
    let own = || feature.to_owned();
    if !agreed.is_empty() {
        let again = agreeing(base, has(Prerequisite), has(Confirmation), has(Irreversible));
        page.item(Prose::hint(agreed.join(", "), again));
    }
    if has(Mandatory) || has(CannotDisable) {
        page.item(Prose::hint("see why", Suggestion::Explain(own())));
    } else if has(Dependent) {
        let whole = OfFeatures::Disable { feature: own(), cascade: true };
        page.item(Prose::hint("turn off what needs it first", whole));
    }
    if has(AlreadyOn) {
        let disable = OfFeatures::Disable { feature: own(), cascade: false };
        page.item(Prose::hint("turn it off first", disable));
    }
    if has(DatePassed) {
        page.item(Prose::hint("see what today is", Suggestion::Clock));
    }
    if [Version, Configuration, ConfigurationKey, Excluded].into_iter().any(has) {
        page.item(Prose::hint("see the whole way", OfFeatures::Plan(own())));
    }
}

/// The command that was refused, with what it lacked agreed to.
fn agreeing(base: &OfFeatures, needed: bool, confirm: bool, irreversible: bool) -> OfFeatures {
    let mut again = base.clone();
    if let OfFeatures::Enable { consent, .. } | OfFeatures::Schedule { consent, .. } = &mut again {
        consent.confirm |= confirm;
        consent.irreversible |= irreversible;
    }
    if let OfFeatures::Enable { with_prerequisites, .. } = &mut again {
        *with_prerequisites |= needed;
    }
    again
}

pub(super) fn run(
    context: &Context,
    catalogue: &Catalogue,
    gate: &Gate,
    asked: Asked,
    dry_run: bool,
) -> Result<Exit, CommandError> {
    let decide = |standing: &Standing| asked.decide(Features { catalogue, standing }, gate);
    let (standing, decision) = if dry_run {
        let reader = context.reader()?;
        let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
        let decision = decide(&standing);
        (standing, decision)
    } else {
        context.change(|writer| {
            let standing = features::standing(&writer.hq, catalogue, &writer.world.clock)?;
            let decision = decide(&standing);
            let now = writer.world.clock.utc();
            let (hq, command) = (&writer.hq, &context.command);
            if let Ok(changes) = &decision {
                features::apply(hq, catalogue, &changes.list, command, &now)?;
            }
            Ok((standing, decision))
        })?
    };
    let exit = if decision.is_ok() { Exit::Done } else { Exit::No };
    let (changes, refused) = match decision {
        Ok(changes) => (changes, Vec::new()),
        Err(refused) => (Changes::default(), refused),
    };
    let mut after = standing.clone();
    if !dry_run {
        changes.list.iter().for_each(|change| after.apply(change));
    }
    let date = match asked {
        Asked::Schedule { date, .. } => Some(date.to_string()),
        _ => None,
    };
    context.end(
        exit,
        &ChangeReport {
            feature: gate.slug.clone(),
            enabled: after.is_on(&gate.slug),
            enable_date: date,
            changed: changes.features(),
            after: follow(Features { catalogue, standing: &standing }, gate, &changes.list),
            notes: notes(catalogue, &standing, gate, asked),
            refused,
            next_jobs: changes.next_jobs,
            dry_run,
            words: asked.words(),
            command: asked.command(&gate.slug),
        },
    )
}

/// What follows; the plan of the feature itself includes those of what it needs.
fn follow(features: Features<'_>, gate: &Gate, changes: &[Change]) -> After {
    let after = After::of(features, changes);
    if after.staged.is_empty() {
        return after;
    }
    After { jobs: Vec::new(), staged: vec![gate.slug.clone()] }
}

/// What somebody should know of a change that is not refused.
fn notes(catalogue: &Catalogue, standing: &Standing, gate: &Gate, asked: Asked) -> Vec<Prose> {
    let features = Features { catalogue, standing };
    match asked {
        Asked::Schedule { date, .. } => features
            .unmet(gate)
            .iter()
            .filter(|needed| standing.scheduled(&needed.slug).is_none_or(|other| other > date))
            .map(|needed| format!("stays off unless {} is on by then", needed.slug).into())
            .collect(),
        Asked::Enable { with_prerequisites: false, .. } => features
            .unmet(gate)
            .iter()
            .map(|needed| {
                let enable = Suggestion::enable_whole(&needed.slug, Consent::to([*needed]));
                Prose::hint(format!("{} must be on too", needed.slug), enable)
            })
            .collect(),
        Asked::Disable { reach: Reach::Force } => features
            .dependents(gate)
            .iter()
            .map(|other| format!("{} is on and needs it", other.slug))
            .map(|text| Prose::hint(text, Doctor::default()))
            .collect(),
        _ => Vec::new(),
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct AllReport {
    /// Slugs of what was turned on, in order.
    changed: Vec<String>,
    /// Slugs of what was scheduled already, and is on now.
    scheduled: Vec<String>,
    /// What was not turned on, and why.
    refused: Vec<Refusal>,
    /// The jobs that bring it to the channels.
    next_jobs: Vec<JobId>,
    /// Whether nothing was changed.
    dry_run: bool,
    #[serde(skip)]
    after: After,
}

impl Report for AllReport {
    fn text(&self, page: &mut Page) {
        let would = if self.dry_run { "would be " } else { "" };
        for slug in &self.changed {
            page.line(format!("{slug}: {would}on in headquarters"));
        }
        for slug in &self.scheduled {
            page.line(format!("{slug}: scheduled, left as it is"));
        }
        for refusal in &self.refused {
            page.line(format!("{}: cannot be enabled, {}", refusal.whose(), refusal.message));
        }
        let asks = |kind| self.refused.iter().any(|refusal| refusal.kind == kind);
        let consent = Consent {
            confirm: asks(RefusalKind::Confirmation),
            irreversible: asks(RefusalKind::Irreversible),
        };
        if consent != Consent::default() {
            page.item(Prose::hint("agree to it", OfFeatures::EnableAll(consent)));
        }
        if self.changed.is_empty() {
            page.line("nothing is turned on");
        }
        self.after.lines().iter().for_each(|line| page.item(line));
    }
}

/// Enables what can be enabled; what cannot is listed, and is no failure (G08).
pub(super) fn all(
    context: &Context,
    catalogue: &Catalogue,
    consent: Consent,
    dry_run: bool,
) -> Result<Exit, CommandError> {
    let (standing, all) = if dry_run {
        let reader = context.reader()?;
        let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
        let all = Features { catalogue, standing: &standing }.enable_all(consent);
        (standing, all)
    } else {
        context.change(|writer| {
            let standing = features::standing(&writer.hq, catalogue, &writer.world.clock)?;
            let all = Features { catalogue, standing: &standing }.enable_all(consent);
            let now = writer.world.clock.utc();
            let (hq, command) = (&writer.hq, &context.command);
            features::apply(hq, catalogue, &all.changes.list, command, &now)?;
            Ok((standing, all))
        })?
    };
    let EnableAll { changes, refused, scheduled } = all;
    let changed = changes.features();
    let after = After::of(Features { catalogue, standing: &standing }, &changes.list);
    let next_jobs = changes.next_jobs;
    context.done(&AllReport { changed, scheduled, refused, next_jobs, dry_run, after })
}

/// Lists features that are new to this environment: "Check for updates".
pub(super) fn refresh(context: &Context) -> Result<Exit, CommandError> {
    let done = context.change(|writer| Ok(upgrade(writer, &Request::default())?))?;
    context.done(&done)
}
