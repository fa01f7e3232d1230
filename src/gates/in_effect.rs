//! Whether a feature is in effect in a channel, from four places: headquarters, the channel's
//! database, the scale unit's cache, and the jobs in between (G13, G14, R15).

use serde::Serialize;

/// Where a feature stands in a channel, towards what headquarters says (R15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelState {
    /// Off in headquarters, and the channel acts so.
    Off,
    /// The channel's database does not say what headquarters says: jobs are still to run.
    NotDistributed,
    /// The database says it, a cache does not yet.
    Cached,
    /// On in headquarters, and the channel acts so.
    Effective,
}

/// What one instance of the scale unit answers from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstanceView {
    /// The instance, from 1.
    pub instance: u32,
    /// What it takes the feature for.
    pub on: bool,
    /// Until when it answers so without looking; none when it would look now.
    pub until: Option<String>,
}

/// What is known of a feature in one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// On in headquarters.
    pub headquarters: bool,
    /// The channel's state row says on, where there is one.
    pub state_row: Option<bool>,
    /// The channel has the metadata row.
    pub metadata_row: bool,
    /// Jobs of the gate that are not applied since the change.
    pub missing_jobs: Vec<String>,
    /// What each instance answers from.
    pub instances: Vec<InstanceView>,
}

/// A feature in one channel, as `features show` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InEffect {
    /// The channel database.
    pub channel: String,
    /// Towards what headquarters says.
    pub state: ChannelState,
    /// Whether the runtime acts on it now, on every instance.
    pub in_effect: bool,
    /// Jobs still to run, in order.
    pub missing_jobs: Vec<String>,
    /// When the last cache will have caught up, local time.
    pub effective_at: Option<String>,
    /// What each instance answers from.
    pub instances: Vec<InstanceView>,
}

/// Works out where a feature stands in a channel.
pub fn judge(channel: &str, sight: &Sight) -> InEffect {
    // The runtime joins both rows; with one missing the feature is invisible, so off (G14).
    let visible = sight.metadata_row && sight.state_row == Some(true);
    let distributed = visible == sight.headquarters && sight.missing_jobs.is_empty();
    let stale: Vec<&InstanceView> =
        sight.instances.iter().filter(|view| view.on != visible).collect();
    let state = match (distributed, stale.is_empty(), sight.headquarters) {
        (false, _, _) => ChannelState::NotDistributed,
        (true, false, _) => ChannelState::Cached,
        (true, true, true) => ChannelState::Effective,
        (true, true, false) => ChannelState::Off,
    };
    InEffect {
        channel: channel.to_owned(),
        state,
        in_effect: sight.instances.iter().all(|view| view.on),
        missing_jobs: if distributed { Vec::new() } else { sight.missing_jobs.clone() },
        effective_at: stale.iter().filter_map(|view| view.until.clone()).max(),
        instances: sight.instances.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_places_give_four_states() {
        let view = |on| vec![InstanceView { instance: 1, on, until: Some("later".to_owned()) }];
        let sight = |headquarters, state_row, metadata_row, cached| Sight {
            headquarters,
            state_row,
            metadata_row,
            missing_jobs: Vec::new(),
            instances: view(cached),
        };
        for (name, sight, state, in_effect) in [
            ("off", sight(false, Some(false), true, false), ChannelState::Off, false),
            (
                "on in hq only",
                sight(true, Some(false), true, false),
                ChannelState::NotDistributed,
                false,
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
