//! One customer's way: from the register over headquarters to every channel.

use super::named::named;
use crate::model::ids::{AccountNum, AsyncAccount};
use crate::model::suggestion::Suggestion;
use crate::model::time::Time;

named! {
    /// A part of the way, in the order that a customer takes (C01).
    pub(crate) enum TraceStage {
        /// A register made it, or changed it, in its channel.
        Register = "register",
        /// The rows are in a package at headquarters.
        Uploaded = "uploaded",
        /// The P-job has applied it.
        Received = "received",
        /// The customer batch has carried the operations out.
        Processed = "processed",
        /// Headquarters has given an account.
        Account = "account",
        /// A channel knows the account.
        Channel = "channel",
    }
}

named! {
    /// How far a part of the way is.
    pub(crate) enum StepState {
        /// It is done.
        Done = "done",
        /// It comes with the next command.
        Waiting = "waiting",
        /// It was tried, and stands.
        Failed = "failed",
        /// This customer does not take it.
        NotNeeded = "not-needed",
    }
}

/// Whom a way is of.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema,
)]
pub(crate) struct TracedCustomer {
    /// The account; empty until headquarters has given one.
    pub(crate) account: AccountNum,
    /// The temporary id; empty for a customer that headquarters made.
    pub(crate) async_account: AsyncAccount,
    /// The name.
    pub(crate) name: String,
}

impl TracedCustomer {
    /// What commands take for it: the account, else the temporary id.
    pub(crate) fn word(&self) -> &str {
        if self.account.is_empty() { self.async_account.as_str() } else { self.account.as_str() }
    }
}

/// One part of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceStep {
    /// Which.
    pub(crate) stage: TraceStage,
    /// The channel database; none for what headquarters does.
    pub(crate) channel: Option<String>,
    /// How far it is.
    pub(crate) state: StepState,
    /// When it was done last, where that is kept.
    pub(crate) time: Option<Time>,
    /// What there is to say of it.
    pub(crate) detail: String,
    /// The command that brings it on.
    pub(crate) next: Option<Suggestion>,
}

impl TraceStep {
    /// A part that headquarters does.
    pub(crate) fn new(stage: TraceStage, state: StepState, detail: impl Into<String>) -> Self {
        let (channel, time, next) = (None, None, None);
        Self { stage, channel, state, time, detail: detail.into(), next }
    }

    /// The same of a channel database.
    #[must_use]
    pub(crate) fn in_channel(self, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..self }
    }

    /// The same, done at this time.
    #[must_use]
    pub(crate) fn at(self, time: Option<Time>) -> Self {
        Self { time, ..self }
    }

    /// The same with the command that brings it on.
    #[must_use]
    pub(crate) fn then(self, next: impl Into<Suggestion>) -> Self {
        Self { next: Some(next.into()), ..self }
    }
}

/// The whole way, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    /// Whose.
    pub(crate) customer: TracedCustomer,
    /// The parts.
    pub(crate) steps: Vec<TraceStep>,
}
