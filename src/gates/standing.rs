//! How things stand in headquarters: what gates decide from, and what they change.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::catalogue::Catalogue;
use super::gate::key_fact;
use crate::model::named::named;
use crate::model::version::Version;

/// What headquarters says of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureRow {
    /// The gate.
    pub slug: String,
    /// Whether it is on.
    pub on: bool,
    /// The date it was turned on, or is to turn on.
    pub enable_date: Option<Date>,
}

/// Everything outside the catalogue that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The application's version.
    pub version: Version,
    /// Each channel's scale unit and its version; many standings share them.
    pub scale_units: Arc<Vec<(String, Version)>>,
    /// The features that are listed.
    pub rows: Vec<FeatureRow>,
    /// Facts that were recorded, by name.
    pub facts: BTreeMap<String, String>,
    /// New features are enabled by themselves (G09).
    pub automatic: bool,
    /// The date in the environment's time zone.
    pub today: Date,
}

/// What a feature is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// On since this date.
    On(Date),
    /// Off, without a date.
    Off,
    /// Off until midnight of this date.
    Scheduled(Date),
}

named! {
    /// What became of a feature, as headquarters' log has it.
    pub(crate) enum FeatureEvent {
        /// It was turned on.
        On = "on",
        /// It was turned off, or its schedule was dropped.
        Off = "off",
        /// It is to turn on at a date.
        Scheduled = "scheduled",
        /// It was to turn on and did not.
        StayedOff = "stayed-off",
        /// It has its rows, off.
        Listed = "listed",
    }
}

/// One feature's new setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The gate.
    pub slug: String,
    /// What it becomes.
    pub to: Setting,
}

impl Standing {
    /// What headquarters says of a feature, if it is listed.
    pub(crate) fn row(&self, slug: &str) -> Option<&FeatureRow> {
        self.rows.iter().find(|row| row.slug == slug)
    }

    /// Whether a feature is on.
    pub fn is_on(&self, slug: &str) -> bool {
        self.row(slug).is_some_and(|row| row.on)
    }

    /// The date a feature that is off is to turn on.
    pub(crate) fn scheduled(&self, slug: &str) -> Option<Date> {
        self.row(slug).filter(|row| !row.on).and_then(|row| row.enable_date)
    }

    /// Whether a fact is recorded as yes.
    pub(crate) fn fact(&self, name: &str) -> bool {
        let value = self.facts.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        value.is_some_and(|(_, value)| is_yes(value))
    }

    /// Whether a configuration key is on; one that nobody recorded is (G11).
    pub(crate) fn key_is_on(&self, key: &str) -> bool {
        let fact = key_fact(key);
        !self.facts.contains_key(&fact) || self.fact(&fact)
    }

    /// The scale units older than a version.
    pub(crate) fn scale_units_below<'a>(
        &'a self,
        version: &'a Version,
    ) -> impl Iterator<Item = &'a (String, Version)> {
        self.scale_units.iter().filter(move |(_, own)| own < version)
    }

    /// The version of a channel's scale unit, where it is below another one.
    pub(crate) fn scale_unit_below(&self, channel: &str, version: &Version) -> Option<&Version> {
        // There may be a thousand, and none is old.
        let mut units = self.scale_units.iter();
        units.find(|(name, own)| own < version && name == channel).map(|(_, own)| own)
    }

    /// Scale units follow headquarters; a newer one stays as it is.
    pub(crate) fn raise_scale_units(&mut self, version: &Version) {
        if self.scale_units.iter().any(|(_, own)| own < version) {
            let units = Arc::make_mut(&mut self.scale_units).iter_mut();
            units.filter(|(_, own)| own < version).for_each(|(_, own)| version.clone_into(own));
        }
    }

    /// The standing after a change.
    pub fn apply(&mut self, change: &Change) {
        let (on, enable_date) = match change.to {
            Setting::On(date) => (true, Some(date)),
            Setting::Off => (false, None),
            Setting::Scheduled(date) => (false, Some(date)),
        };
        let row = FeatureRow { slug: change.slug.clone(), on, enable_date };
        match self.rows.iter_mut().find(|row| row.slug == change.slug) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
    }
}

/// The words that people write for yes.
pub(crate) fn is_yes(value: &str) -> bool {
    ["yes", "1", "true", "on"].iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

/// The gates with their prerequisites first, else in the order of the catalogue.
pub(crate) fn prerequisites_first(catalogue: &Catalogue) -> Vec<&super::Gate> {
    fn visit<'a>(
        catalogue: &'a Catalogue,
        gate: &'a super::Gate,
        found: &mut Vec<&'a super::Gate>,
    ) {
        if found.iter().any(|known| known.slug == gate.slug) {
            return;
        }
        for needed in gate.requires.iter().filter_map(|needed| catalogue.get(&needed.feature)) {
            visit(catalogue, needed, found);
        }
        found.push(gate);
    }
    let mut found = Vec::new();
    for gate in &catalogue.gates {
        visit(catalogue, gate, &mut found);
    }
    found
}
