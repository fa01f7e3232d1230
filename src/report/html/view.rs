//! What the report shows of an environment.

use crate::diagnosis::Diagnosis;
use crate::gates::graph::Graph;
use crate::gates::in_effect::InEffect;
use crate::gates::resolve::Status;
use crate::model::lane::Lane;
use crate::model::pos::ReasonCode;
use crate::model::suggestion::Suggestion;
use crate::model::time::ShownTime;
use crate::model::trace::{StepState, TraceStage, TracedCustomer};

/// All of it.
#[derive(Debug)]
pub(crate) struct EnvironmentView {
    /// The application version.
    pub(crate) version: String,
    /// The environment's time.
    pub(crate) now: ShownTime,
    /// Its time zone.
    pub(crate) time_zone: String,
    /// What the doctor says.
    pub(crate) diagnosis: Diagnosis,
    /// Features by channels.
    pub(crate) rollout: Rollout,
    /// Sessions by channel database.
    pub(crate) lanes: Vec<Lane<ShownTime>>,
    /// One customer's way.
    pub(crate) customer: CustomerWay,
    /// Real-time calls by operation and reason.
    pub(crate) calls: Vec<CallsByReason>,
    /// The gates and what they require.
    pub(crate) graph: Graph,
    /// Channel databases that could not be read.
    pub(crate) unread: Vec<UnreadDatabase>,
}

/// Where each feature stands in each channel.
#[derive(Debug)]
pub(crate) struct Rollout {
    /// The features, in the order of the catalogue.
    pub(crate) features: Vec<RolloutFeature>,
    /// The channel databases, in their order.
    pub(crate) channels: Vec<RolloutChannel>,
    /// How many known features have no demands of their own.
    pub(crate) others: u64,
    /// How many of those are on.
    pub(crate) others_on: u64,
}

/// A feature, as headquarters has it.
#[derive(Debug)]
pub(crate) struct RolloutFeature {
    /// The slug.
    pub(crate) slug: String,
    /// The name.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) status: Status,
    /// The date on which it turns on, where it has one.
    pub(crate) date: Option<String>,
}

/// A channel database.
#[derive(Debug)]
pub(crate) struct RolloutChannel {
    /// Its name.
    pub(crate) name: String,
    /// Its group.
    pub(crate) group: String,
    /// Each feature there, in the order of the features; none where it cannot be read.
    pub(crate) states: Option<Vec<InEffect>>,
}

/// The way of the customer that was asked for.
#[derive(Debug)]
pub(crate) enum CustomerWay {
    /// None was asked for: what asks for one, where there is one.
    NotAsked(Option<Suggestion>),
    /// One was.
    Asked {
        /// Who.
        customer: TracedCustomer,
        /// Its way, in order.
        steps: Vec<WayStep>,
    },
}

/// A part of the way, with its time as readers have it.
#[derive(Debug)]
pub(crate) struct WayStep {
    /// Which.
    pub(crate) stage: TraceStage,
    /// The channel database; none for what headquarters does.
    pub(crate) channel: Option<String>,
    /// How far it is.
    pub(crate) state: StepState,
    /// When it was done last.
    pub(crate) time: Option<ShownTime>,
    /// What there is to say of it.
    pub(crate) detail: String,
    /// The command that brings it on.
    pub(crate) next: Option<Suggestion>,
}

/// Real-time calls of one operation that one reason kept from being local.
#[derive(Debug)]
pub(crate) struct CallsByReason {
    /// The reason, first of all; none where the call says none.
    pub(crate) reason: Option<ReasonCode>,
    /// The operation.
    pub(crate) operation: String,
    /// Where they were made, in the order of the channels.
    pub(crate) channels: Vec<String>,
    /// How many there were.
    pub(crate) calls: u64,
    /// Those of them that could not reach headquarters.
    pub(crate) failed: u64,
    /// The last.
    pub(crate) last: ShownTime,
}

/// A channel database that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnreadDatabase {
    /// Its name.
    pub(crate) name: String,
    /// What came of reading it.
    pub(crate) why: String,
}
