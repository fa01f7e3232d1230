//! What may be turned on and off, worked out from the catalogue and headquarters' rows.

use crate::model::ids::JobId;
use crate::model::named::named;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::gate::{Before, Gate, Stage};
use super::standing::{Change, Setting, Standing, prerequisites_first};
pub use crate::model::suggestion::Consent;
use crate::model::tone::Tone;

named! {
    /// Where a feature stands in headquarters; the first that holds (G04).
    pub enum Status {
        /// On, and not to be turned off.
        Mandatory = "mandatory",
        /// On.
        Enabled = "enabled",
        /// Off, with a date on which it turns on.
        Scheduled = "scheduled",
        /// Off, and something must be done first.
        CannotEnable = "cannot-enable",
        /// Off, and enabling it must be confirmed.
        NeedsConfirmation = "needs-confirmation",
        /// Off.
        NotEnabled = "not-enabled",
    }
}

impl Status {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Option<Tone> {
        match self {
            Self::Mandatory | Self::Enabled => Some(Tone::Good),
            Self::Scheduled => Some(Tone::Open),
            Self::CannotEnable | Self::NeedsConfirmation | Self::NotEnabled => None,
        }
    }
}

named! {
    /// Why a change is refused.
    pub enum RefusalKind {
        /// A prerequisite is off.
        Prerequisite = "prerequisite",
        /// Headquarters or a scale unit is too old.
        Version = "version",
        /// Something beside the feature is not set up.
        Configuration = "configuration",
        /// A person must confirm it.
        Confirmation = "confirmation",
        /// Its configuration key is off.
        ConfigurationKey = "configuration-key",
        /// It cannot be taken back.
        Irreversible = "irreversible",
        /// Another feature that is on excludes it.
        Excluded = "excluded",
        /// It is mandatory.
        Mandatory = "mandatory",
        /// It cannot be disabled once on.
        CannotDisable = "cannot-disable",
        /// Another feature that is on needs it.
        Dependent = "dependent",
        /// It is on already, so that it cannot be scheduled.
        AlreadyOn = "already-on",
        /// The date has passed.
        DatePassed = "date-passed",
    }
}

/// One reason why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refusal {
    /// The kind.
    pub kind: RefusalKind,
    /// The feature that is in the way.
    pub feature: String,
    /// The reason in a sentence.
    pub message: String,
    /// The feature whose demand it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<String>,
}

impl Refusal {
    /// The feature that is refused for this reason: whose demand it is.
    pub(crate) fn whose(&self) -> &str {
        self.needed_by.as_deref().unwrap_or(&self.feature)
    }

    /// A reason that is the feature's own.
    pub(crate) fn own(kind: RefusalKind, gate: &Gate, message: String) -> Self {
        Self { kind, feature: gate.slug.clone(), message, needed_by: None }
    }
}

/// What a change would do, or every reason why it is refused.
pub type Decision = Result<Changes, Vec<Refusal>>;

/// What a change does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes, in order; none where it stands so already.
    pub list: Vec<Change>,
    /// The jobs to run afterwards, in order (G15).
    pub next_jobs: Vec<JobId>,
}

impl Changes {
    /// The features that change, in order.
    pub fn features(&self) -> Vec<String> {
        self.list.iter().map(|change| change.slug.clone()).collect()
    }
}

impl Consent {
    /// What agreeing to these gates takes.
    pub(crate) fn to<'g>(gates: impl IntoIterator<Item = &'g Gate>) -> Self {
        gates.into_iter().fold(Self::default(), |consent, gate| Self {
            confirm: consent.confirm || gate.confirmation.is_some(),
            irreversible: consent.irreversible || gate.one_way,
        })
    }
}

/// How far disabling may go (G12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Only the feature; refused while others need it.
    #[default]
    Alone,
    /// Those that need it first.
    Cascade,
    /// Only the feature, leaving those that need it on.
    Force,
}

/// What enabling everything came to (G08).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnableAll {
    /// What is turned on.
    pub changes: Changes,
    /// Why others are not.
    pub refused: Vec<Refusal>,
    /// What is left alone because it has a date.
    pub scheduled: Vec<String>,
}

/// Something a feature needs that is off.
struct OpenNeed<'a> {
    gate: &'a Gate,
    /// The feature that needs it, by slug.
    by: String,
    /// Whether it must be on before what is asked for.
    first: bool,
}

/// The catalogue against how things stand.
#[derive(Debug, Clone, Copy)]
pub struct Features<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// How things stand.
    pub standing: &'a Standing,
}

impl<'a> Features<'a> {
    /// Whether a feature is listed: it has a row, or its version and key allow one (G03, G11).
    pub fn is_listed(&self, gate: &Gate) -> bool {
        let key = gate.configuration_key.as_ref();
        self.standing.row(&gate.slug).is_some()
            || gate.since <= self.standing.version
                && key.is_none_or(|key| self.standing.key_is_on(key))
    }

    /// Whether a feature is on in headquarters.
    pub(crate) fn is_on(&self, slug: &str) -> bool {
        self.standing.is_on(slug)
    }

    /// The stage of a feature in this version.
    pub(crate) fn stage(&self, gate: &Gate) -> Option<Stage> {
        gate.lifecycle.stage(&self.standing.version)
    }

    /// Whether a mandatory feature is off. A known feature without a row is not missed: it comes
    /// with the next check for updates.
    pub(crate) fn is_mandatory_and_off(&self, gate: &Gate) -> bool {
        let there = !gate.known || self.standing.row(&gate.slug).is_some();
        gate.is_mandatory(&self.standing.version)
            && there
            && self.is_listed(gate)
            && !self.is_on(&gate.slug)
    }

    /// The gates that a gate needs as things stand; a condition that does not hold asks nothing.
    pub(crate) fn needs(&self, gate: &Gate) -> Vec<&'a Gate> {
        self.needs_in_order(gate).into_iter().map(|(needed, _)| needed).collect()
    }

    /// The same, each with whether it must be on first.
    fn needs_in_order(&self, gate: &Gate) -> Vec<(&'a Gate, bool)> {
        let holds =
            |when: &Option<String>| when.as_ref().is_none_or(|fact| self.standing.fact(fact));
        let needed = gate.requires.iter().filter(|needed| holds(&needed.when));
        let needed = needed.filter_map(|n| Some((self.catalogue.get(&n.feature)?, n.first)));
        needed.collect()
    }

    /// The prerequisites that are off, directly or further down, nearest last (G01).
    pub(crate) fn unmet(&self, gate: &Gate) -> Vec<&'a Gate> {
        self.open_needs(gate).into_iter().map(|open| open.gate).collect()
    }

    /// The same, each with the feature that needs it.
    fn open_needs(&self, gate: &Gate) -> Vec<OpenNeed<'a>> {
        let mut open = Vec::new();
        self.collect_open(gate, true, &mut open);
        open
    }

    fn collect_open(&self, gate: &Gate, first: bool, open: &mut Vec<OpenNeed<'a>>) {
        for (needed, own) in self.needs_in_order(gate) {
            let first = first && own;
            if self.is_on(&needed.slug) {
                continue;
            }
            if let Some(known) = open.iter_mut().find(|known| known.gate.slug == needed.slug) {
                known.first |= first;
                continue;
            }
            self.collect_open(needed, first, open);
            open.push(OpenNeed { gate: needed, by: gate.slug.clone(), first });
        }
    }

    /// The features that are on and need this one, directly.
    pub(crate) fn dependents(&self, gate: &Gate) -> Vec<&'a Gate> {
        let needs = |other: &&Gate| {
            self.is_on(&other.slug) && self.needs(other).iter().any(|n| n.slug == gate.slug)
        };
        self.catalogue.gates.iter().filter(needs).collect()
    }

    /// Where a feature stands.
    pub fn status(&self, gate: &Gate) -> Status {
        let asks = gate.confirmation.is_some() || gate.one_way;
        if gate.is_mandatory(&self.standing.version) {
            Status::Mandatory
        } else if self.is_on(&gate.slug) {
            Status::Enabled
        } else if self.standing.scheduled(&gate.slug).is_some() {
            Status::Scheduled
        } else if self.open_needs(gate).iter().any(|open| open.first)
            || !self.demands(gate).is_empty()
        {
            Status::CannotEnable
        } else if asks {
            Status::NeedsConfirmation
        } else {
            Status::NotEnabled
        }
    }

    /// What stands in the way of a feature itself, beside prerequisites and consent (G16).
    pub(crate) fn demands(&self, gate: &Gate) -> Vec<Refusal> {
        let mut demands = Vec::new();
        let mut refuse = |kind, message| demands.push(Refusal::own(kind, gate, message));
        if let Some(key) = &gate.configuration_key
            && !self.standing.key_is_on(key)
        {
            let message =
                format!("{:?} is not there while configuration key {key} is off", gate.name);
            refuse(RefusalKind::ConfigurationKey, message);
        }
        if gate.since > self.standing.version {
            let (since, own) = (&gate.since, &self.standing.version);
            let message = format!("{:?} exists from {since}, this environment is {own}", gate.name);
            refuse(RefusalKind::Version, message);
        }
        if let Some(oldest) = &gate.lifecycle.scale_unit {
            for (channel, own) in self.standing.scale_units_below(oldest) {
                let message = format!(
                    "{:?} needs scale units of {oldest}, that of {channel} is {own}",
                    gate.name
                );
                refuse(RefusalKind::Version, message);
            }
        }
        for other in self.excluders(gate) {
            let message =
                format!("{:?} cannot be enabled together with {:?}", gate.name, other.name);
            refuse(RefusalKind::Excluded, message);
        }
        for item in &gate.configurations {
            if item.before == Before::Enable && !self.standing.fact(&item.name) {
                let message =
                    format!("{:?} requires {} first ({})", gate.name, item.text, item.name);
                refuse(RefusalKind::Configuration, message);
            }
        }
        demands
    }

    /// The features that are on and exclude this one, or are excluded by it.
    pub(crate) fn excluders(&self, gate: &Gate) -> Vec<&'a Gate> {
        let apart = |other: &&Gate| {
            self.is_on(&other.slug)
                && (other.excludes.contains(&gate.slug) || gate.excludes.contains(&other.slug))
        };
        self.catalogue.gates.iter().filter(apart).collect()
    }

    /// What a person must agree to and has not.
    pub(crate) fn consent(gate: &Gate, consent: Consent) -> Vec<Refusal> {
        let mut asked = Vec::new();
        if let Some(text) = gate.confirmation.as_ref().filter(|_| !consent.confirm) {
            let message = format!("{:?} must be confirmed: {text}", gate.name);
            asked.push(Refusal::own(RefusalKind::Confirmation, gate, message));
        }
        if gate.one_way && !consent.irreversible {
            let message = format!("{:?} cannot be taken back once it is on", gate.name);
            asked.push(Refusal::own(RefusalKind::Irreversible, gate, message));
        }
        asked
    }

    /// What enabling a feature would do; every demand that is not met is named at once (G01).
    pub fn enable(&self, gate: &Gate, with_prerequisites: bool, consent: Consent) -> Decision {
        if self.is_on(&gate.slug) {
            return Ok(Changes::default());
        }
        let mut unmet = self.open_needs(gate);
        if !with_prerequisites {
            // What need not be on first is left to the person; a check tells that it is missing.
            unmet.retain(|open| open.first);
        }
        let mut refused = [self.demands(gate), Self::consent(gate, consent)].concat();
        for OpenNeed { gate: needed, by, .. } in &unmet {
            let by = |refusal: Refusal| Refusal { needed_by: Some(by.clone()), ..refusal };
            if !with_prerequisites {
                let message = format!("{:?} must be on first", needed.name);
                refused.push(by(Refusal::own(RefusalKind::Prerequisite, needed, message)));
            }
            let own = [self.demands(needed), Self::consent(needed, consent)].concat();
            refused.extend(own.into_iter().map(by));
        }
        let wanted = unmet.iter().map(|open| open.gate.slug.clone());
        let change = |slug| Change { slug, to: Setting::On(self.standing.today) };
        self.decided(refused, wanted.chain([gate.slug.clone()]).map(change).collect())
    }

    /// Changes that nothing refuses.
    fn decided(&self, refused: Vec<Refusal>, list: Vec<Change>) -> Decision {
        if !refused.is_empty() {
            return Err(refused);
        }
        let next_jobs = self.next_jobs(&list);
        Ok(Changes { list, next_jobs })
    }

    /// What disabling a feature would do (G02, G07, G12).
    pub fn disable(&self, gate: &Gate, reach: Reach) -> Decision {
        if !self.is_on(&gate.slug) {
            return Ok(Changes::default());
        }
        let mut refused = Vec::new();
        let mut off: Vec<(&Gate, Option<String>)> = Vec::new();
        if reach == Reach::Force {
            off.extend(self.catalogue.get(&gate.slug).map(|gate| (gate, None)));
        } else {
            self.collect_dependents(gate, None, &mut off);
        }
        for (other, needs) in &off {
            let own = self.keeps(other).map(|(kind, message)| Refusal::own(kind, other, message));
            if needs.is_none() || reach == Reach::Cascade {
                refused.extend(own);
            }
        }
        if reach == Reach::Alone {
            for (other, needs) in off.iter().rev() {
                let Some(needs) = needs else { continue };
                let message = format!("{:?} needs {needs} and is on", other.name);
                let refusal = Refusal::own(RefusalKind::Dependent, other, message);
                refused.push(Refusal { needed_by: Some(needs.clone()), ..refusal });
            }
        }
        let change = |(gate, _): &(&Gate, _)| Change { slug: gate.slug.clone(), to: Setting::Off };
        self.decided(refused, off.iter().map(change).collect())
    }

    /// A gate behind everything that needs it, each with what it needs.
    fn collect_dependents<'g>(
        &self,
        gate: &'g Gate,
        needs: Option<String>,
        off: &mut Vec<(&'g Gate, Option<String>)>,
    ) where
        'a: 'g,
    {
        for other in self.dependents(gate) {
            if off.iter().all(|(known, _)| known.slug != other.slug) {
                self.collect_dependents(other, Some(gate.slug.clone()), off);
            }
        }
        off.push((gate, needs));
    }

    /// Why a feature that is on stays on whatever is asked (G02, G07).
    pub fn keeps(&self, gate: &Gate) -> Option<(RefusalKind, String)> {
        if let Some(since) =
            gate.lifecycle.begins(Stage::Mandatory).filter(|since| **since <= self.standing.version)
        {
            let message = format!("{:?} is mandatory since {since}", gate.name);
            return Some((RefusalKind::Mandatory, message));
        }
        let message = || format!("{:?} cannot be disabled once it is on", gate.name);
        (!gate.can_disable).then(|| (RefusalKind::CannotDisable, message()))
    }

    /// What scheduling a feature would do; prerequisites may still be off until then (G05, G06).
    pub fn schedule(&self, gate: &Gate, date: Date, consent: Consent) -> Decision {
        let mut refused = Vec::new();
        if self.is_on(&gate.slug) {
            let again = || format!("{:?} is on; disable it before giving it a date", gate.name);
            let (kind, message) =
                self.keeps(gate).unwrap_or_else(|| (RefusalKind::AlreadyOn, again()));
            refused.push(Refusal::own(kind, gate, message));
        }
        if date <= self.standing.today {
            let message = format!("{date} is not after today, {}", self.standing.today);
            refused.push(Refusal::own(RefusalKind::DatePassed, gate, message));
        }
        let listed = |refusal: &Refusal| {
            matches!(refusal.kind, RefusalKind::Version | RefusalKind::ConfigurationKey)
        };
        refused.extend(self.demands(gate).into_iter().filter(listed));
        refused.extend(Self::consent(gate, consent));
        let to = Setting::Scheduled(date);
        let changes = self.standing.scheduled(&gate.slug) != Some(date);
        let change = changes.then(|| Change { slug: gate.slug.clone(), to });
        self.decided(refused, change.into_iter().collect())
    }

    /// What taking a feature's date away would do (G06).
    pub fn unschedule(&self, gate: &Gate) -> Changes {
        let off = || Change { slug: gate.slug.clone(), to: Setting::Off };
        let list = self.standing.scheduled(&gate.slug).map(|_| off()).into_iter().collect();
        Changes { list, next_jobs: Vec::new() }
    }

    /// What enabling everything would do: prerequisites first, schedules left alone, and what
    /// cannot be enabled listed (G08).
    pub fn enable_all(&self, consent: Consent) -> EnableAll {
        let mut all = EnableAll::default();
        let mut standing = self.standing.clone();
        for gate in prerequisites_first(self.catalogue) {
            let now = Features { catalogue: self.catalogue, standing: &standing };
            if now.is_on(&gate.slug) || !now.is_listed(gate) {
                continue;
            }
            if now.standing.scheduled(&gate.slug).is_some() {
                all.scheduled.push(gate.slug.clone());
                continue;
            }
            match now.enable(gate, false, consent) {
                Ok(one) => {
                    one.list.iter().for_each(|change| standing.apply(change));
                    all.changes.list.extend(one.list);
                }
                Err(refused) => all.refused.extend(refused),
            }
        }
        all.changes.next_jobs = self.next_jobs(&all.changes.list);
        all
    }

    /// The jobs to run after changes: the last feature's in its order, then what else is needed.
    pub(crate) fn next_jobs(&self, changes: &[Change]) -> Vec<JobId> {
        let mut jobs: Vec<JobId> = Vec::new();
        for change in changes.iter().rev() {
            let own = self.catalogue.get(&change.slug).map(Gate::jobs).unwrap_or_default();
            let wanted = match change.to {
                Setting::On(_) => own,
                Setting::Off => vec![JobId::new(super::gate::CARRIER)],
                Setting::Scheduled(_) => Vec::new(),
            };
            jobs.extend(wanted.into_iter().filter(|job| !jobs.contains(job)).collect::<Vec<_>>());
        }
        jobs
    }
}
