//! Whether a feature is in effect in a channel, from four places: headquarters, the channel's
//! database, the scale unit's cache, and the jobs in between (G13, G14, R15).

use crate::model::ids::JobId;
use crate::model::named::named;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::pos::Prospect;
use crate::model::time::ShownTime;
use crate::model::tone::Tone;
use crate::model::version::Version;

named! {
    /// Where a feature stands in a channel, towards what headquarters says (R15).
    pub(crate) enum ChannelState {
        /// Off in headquarters, and the channel acts so.
        Off = "off",
        /// The runtime cannot see there what headquarters says.
        NotDistributed = "not-distributed",
        /// The database says it, a cache does not yet.
        Cached = "cached",
        /// On in headquarters, and the channel acts so.
        Effective = "effective",
    }
}

impl ChannelState {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Option<Tone> {
        match self {
            Self::Off => None,
            Self::NotDistributed | Self::Cached => Some(Tone::Open),
            Self::Effective => Some(Tone::Good),
        }
    }
}

/// What one instance of the scale unit answers from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct InstanceView {
    /// The instance, from 1.
    pub(crate) instance: u32,
    /// What it takes the feature for.
    pub(crate) on: bool,
    /// Until when it answers so without looking; none when it would look now.
    pub(crate) until: Option<ShownTime>,
}

/// What the e-commerce application of an online store answers from, before its scale unit (R17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StorefrontView {
    /// What it takes the feature for.
    pub(crate) on: bool,
    /// Until when it answers so without asking.
    pub(crate) until: ShownTime,
}

/// A scale unit that is too old to know a feature (G16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OldScaleUnit {
    /// Its version.
    pub(crate) version: Version,
    /// The one that the feature needs.
    pub(crate) needs: Version,
}

impl OldScaleUnit {
    /// In a sentence.
    pub(crate) fn told(&self) -> String {
        format!("the scale unit is {}, and the feature needs {}", self.version, self.needs)
    }
}

/// What is known of a feature in one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// On in headquarters.
    pub(crate) headquarters: bool,
    /// The channel's state row says on, where there is one.
    pub(crate) state_row: Option<bool>,
    /// The channel has the metadata row.
    pub(crate) metadata_row: bool,
    /// The channel's scale unit, where it is too old to know the feature.
    pub(crate) too_old: Option<OldScaleUnit>,
    /// Jobs of the gate that are not applied since the change.
    pub(crate) missing_jobs: Vec<JobId>,
    /// What else is still to be done, in sentences.
    pub(crate) missing_acts: Vec<String>,
    /// What the channel's registers take the feature for, where they must be restarted for it.
    pub(crate) register: Option<bool>,
    /// What each instance answers from.
    pub(crate) instances: Vec<InstanceView>,
    /// What the e-commerce application answers from; none where it would ask, or there is none.
    pub(crate) e_commerce: Option<StorefrontView>,
}

/// A feature in one channel, as `features show` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct InEffect {
    /// The channel database.
    pub(crate) channel: String,
    /// Towards what headquarters says.
    pub(crate) state: ChannelState,
    /// Whether the runtime acts on it now, on every instance.
    pub(crate) in_effect: bool,
    /// Jobs documented for it that have not been applied since, in order, whichever state it is in
    /// (G15).
    pub(crate) missing_jobs: Vec<JobId>,
    /// What else is still to be done, in sentences.
    pub(crate) missing_steps: Vec<String>,
    /// Its scale unit, where that is too old to know the feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scale_unit: Option<OldScaleUnit>,
    /// When the last cache will have caught up, local time.
    pub(crate) effective_at: Option<ShownTime>,
    /// What each instance answers from.
    pub(crate) instances: Vec<InstanceView>,
    /// What the e-commerce application of an online store answers from, before all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) e_commerce: Option<StorefrontView>,
    /// What the registers take the feature for, where they must be restarted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) register: Option<bool>,
    /// What operations that rest on it would come to, made now.
    pub(crate) operations: Vec<Prospect>,
}

impl InEffect {
    /// Whether it acts as headquarters says and nothing documented for it is still to be done.
    pub(crate) fn is_complete(&self) -> bool {
        self.state == ChannelState::Effective
            && self.missing_jobs.is_empty()
            && self.missing_steps.is_empty()
    }

    /// The instances that act on it, from 1.
    pub(crate) fn acting(&self) -> Vec<u32> {
        let shop = self.e_commerce.as_ref().map(|shop| shop.on);
        let on = self.instances.iter().filter(|view| shop.unwrap_or(view.on));
        on.map(|view| view.instance).collect()
    }
}

/// Works out where a feature stands in a channel.
pub(crate) fn judge(channel: &str, sight: &Sight) -> InEffect {
    // The runtime joins both rows; with one missing the feature is invisible, so off (G14). A scale
    // unit that does not know the feature does not look for it.
    let visible = sight.too_old.is_none() && sight.metadata_row && sight.state_row == Some(true);
    let distributed = visible == sight.headquarters;
    let stale: Vec<&InstanceView> =
        sight.instances.iter().filter(|view| view.on != visible).collect();
    let stale_shop = sight.e_commerce.as_ref().filter(|shop| shop.on != visible);
    let old_register = sight.register.is_some_and(|on| on != visible);
    let caught_up = stale.is_empty() && stale_shop.is_none() && !old_register;
    let answers = match &sight.e_commerce {
        Some(shop) => shop.on,
        None => sight.instances.iter().all(|view| view.on),
    };
    let mut missing_steps = sight.missing_acts.clone();
    if distributed && old_register {
        missing_steps.push("restart the registers".to_owned());
    }
    let state = match (distributed, caught_up, sight.headquarters) {
        (false, _, _) => ChannelState::NotDistributed,
        (true, false, _) => ChannelState::Cached,
        (true, true, true) => ChannelState::Effective,
        (true, true, false) => ChannelState::Off,
    };
    InEffect {
        channel: channel.to_owned(),
        state,
        in_effect: answers && sight.register.unwrap_or(true),
        missing_jobs: sight.missing_jobs.clone(),
        missing_steps,
        scale_unit: sight.too_old.clone(),
        // A register that must be restarted has no time of its own.
        effective_at: stale
            .iter()
            .filter_map(|view| view.until.clone())
            .chain(stale_shop.map(|shop| shop.until.clone()))
            .max()
            .filter(|_| !old_register),
        instances: sight.instances.clone(),
        e_commerce: sight.e_commerce.clone(),
        register: sight.register,
        operations: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_places_give_four_states() {
        let view = |on| vec![InstanceView { instance: 1, on, until: Some(ShownTime::default()) }];
        let sight = |headquarters, state_row, metadata_row, cached| Sight {
            headquarters,
            state_row,
            metadata_row,
            instances: view(cached),
            ..Sight::default()
        };
        let old = || Some(OldScaleUnit { version: Version::ANY, needs: Version::ANY });
        for (name, sight, state, in_effect) in [
            ("off", sight(false, Some(false), true, false), ChannelState::Off, false),
            (
                "on in hq only",
                sight(true, Some(false), true, false),
                ChannelState::NotDistributed,
                false,
            ),
            (
                "too old",
                Sight { too_old: old(), ..sight(true, Some(true), true, false) },
                ChannelState::NotDistributed,
                false,
            ),
            (
                "documented jobs are still to run",
                Sight {
                    missing_jobs: vec![JobId::new("1010")],
                    ..sight(true, Some(true), true, true)
                },
                ChannelState::Effective,
                true,
            ),
            (
                "off in hq, the channel does not know of it yet",
                sight(false, Some(true), true, true),
                ChannelState::NotDistributed,
                true,
            ),
            ("half", sight(true, Some(true), false, false), ChannelState::NotDistributed, false),
            ("no rows", sight(true, None, false, false), ChannelState::NotDistributed, false),
            ("cached", sight(true, Some(true), true, false), ChannelState::Cached, false),
            ("effective", sight(true, Some(true), true, true), ChannelState::Effective, true),
            (
                "off, still cached on",
                sight(false, Some(false), true, true),
                ChannelState::Cached,
                true,
            ),
        ] {
            let judged = judge("houston", &sight);
            assert_eq!((judged.state, judged.in_effect), (state, in_effect), "{name}");
        }
    }
}
