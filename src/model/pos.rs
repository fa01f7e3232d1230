//! What a register or e-commerce site does, which way it went, and why.

use super::named::named;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::suggestion::Suggestion;
use crate::model::ids::JobId;
use crate::model::time::{ShownTime, Time};

named! {
    /// Which way an operation went.
    pub enum Path {
        /// In the channel; headquarters hears of it later.
        Async = "async",
        /// In the channel, and there is nothing for headquarters to hear.
        Local = "local",
        /// By a real-time call to headquarters.
        RealTime = "real-time",
        /// A real-time call failed, and it was done in the channel instead (R07).
        AsyncFallback = "async-fallback",
        /// Not done: the rules do not allow it.
        Refused = "refused",
        /// Not done: headquarters could not be reached.
        Failed = "failed",
    }
}

impl Path {
    /// Whether this is what somebody expected who said so: who says local means the channel alone,
    /// with or without something to send up.
    pub(crate) fn meets(self, expected: Self) -> bool {
        self == expected || expected == Self::Local && self == Self::Async
    }
}

named! {
    /// Why an operation was not local, or not done, as scripts know it.
    pub enum ReasonCode {
        /// It is a real-time call by its nature.
        AlwaysRealTime = "always-real-time",
        /// Headquarters has no functionality profile for the channel.
        NoProfile = "no-profile",
        /// The option is off in the functionality profile.
        ProfileOff = "profile-off",
        /// The feature is off in headquarters.
        FeatureOff = "feature-off",
        /// A side has one of the feature's two rows.
        HalfSynchronized = "half-synchronized",
        /// It is on in headquarters and not in the channel.
        NotDistributed = "not-distributed",
        /// The channel's scale unit is older than the feature.
        ScaleUnitTooOld = "scale-unit-too-old",
        /// The scale unit answers from what it holds.
        Cached = "cached",
        /// The e-commerce application answers from what it holds.
        ECommerceCached = "e-commerce-cached",
        /// The channel does not have its own configuration.
        NotConfigured = "not-configured",
        /// The channel has no customers, and headquarters has.
        NoCustomers = "no-customers",
        /// The default customer is not set, or not there.
        NoDefaultCustomer = "no-default-customer",
        /// The register is offline.
        Offline = "offline",
        /// Offline, while shared customer data tables are filtered.
        FilterSharedCustomers = "filter-shared-customers",
        /// The customer's account has not come back, and no feature allows it until then.
        AsyncCustomer = "async-customer",
        /// The customer's account has not come back, and nothing allows it until then.
        PendingSync = "pending-sync",
        /// The channel is an online store, which has no registers.
        OnlineStore = "online-store",
        /// Headquarters could not be reached.
        RtsDown = "rts-down",
    }
}

/// Why an operation was not local, or not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The reason for a script.
    pub code: ReasonCode,
    /// The reason in a sentence.
    pub text: String,
}

impl Reason {
    /// A reason.
    pub(crate) fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// What an operation would come to, made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "OperationOutlook")]
pub(crate) struct Prospect {
    /// The operation, as the command names it.
    pub(crate) operation: &'static str,
    /// What it would come to on the first instance.
    #[serde(flatten)]
    pub(crate) way: Way,
    /// What it would come to for a customer whose account has not come back, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asynchronous: Option<Way>,
    /// What it would come to on each instance, where they differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) instances: Vec<InstanceWay>,
}

/// A path and why it is no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "OperationPath")]
pub(crate) struct Way {
    /// The path.
    pub path: Path,
    /// Why it is not local, or would not be done.
    pub(crate) reason: Option<ReasonCode>,
    /// The same in a sentence.
    pub(crate) text: Option<String>,
    /// The command that turns on the option which is in the way.
    #[serde(skip)]
    pub(crate) setting: Option<Suggestion>,
}

/// What an operation would come to on one instance of a scale unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PathOnInstance")]
pub(crate) struct InstanceWay {
    /// The instance, from 1.
    pub(crate) instance: usize,
    /// What it would come to.
    #[serde(flatten)]
    pub(crate) way: Way,
}

/// The outcome of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PosReport {
    /// The channel database.
    pub channel: String,
    /// The operation, as the command names it.
    pub operation: String,
    /// Which way it went.
    pub path: Path,
    /// It was only said: nothing was done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Which way it was to go, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Path>,
    /// The account it was about, a number or a temporary GUID.
    pub account: String,
    /// What people see for it (R08).
    pub display_account: String,
    /// The real-time request, where there was one.
    pub request: Option<String>,
    /// Why it was not local, or not done.
    pub reasons: Vec<Reason>,
    /// The address it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where headquarters has done it and the channel did not take the rows: what brings them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_to_job: Option<LeftToJob>,
    /// What else is worth knowing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to type next, for people; [`Self::notes`] say why.
    #[serde(skip)]
    pub next: Vec<Suggestion>,
    /// Customers that were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<Vec<FoundCustomer>>,
}

/// What a channel did not take from a real-time call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftToJob {
    /// The job whose next run brings it.
    pub job: JobId,
    /// Why the channel did not take it.
    pub(crate) why: String,
}

/// A customer as a channel finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundCustomer {
    /// The account, a number or a temporary GUID.
    pub account: String,
    /// What people see for it.
    pub(crate) display_account: String,
    /// The name.
    pub(crate) name: String,
    /// The e-mail address.
    pub(crate) email: String,
}

named! {
    /// What came of a real-time call.
    pub(crate) enum CallOutcome {
        /// Headquarters did it.
        Succeeded = "succeeded",
        /// Headquarters could not be reached.
        Failed = "failed",
        /// Headquarters could not be reached, and the channel did it (R07).
        FellBack = "fell-back",
    }
}

/// A real-time call as the channel logs it (R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RealTimeCall<When = Time> {
    /// Its number in the channel.
    pub(crate) id: i64,
    /// The channel database.
    pub(crate) channel: String,
    /// The scale unit's instance, 0 for an offline register.
    pub(crate) instance: u32,
    /// The operation.
    pub(crate) operation: String,
    /// The request.
    pub(crate) request: String,
    /// The account it was about.
    pub(crate) account: String,
    /// What came of it.
    pub(crate) outcome: CallOutcome,
    /// Why it was not local.
    pub(crate) reasons: Vec<Reason>,
    /// When.
    pub(crate) called: When,
}

impl RealTimeCall {
    /// The same with the time as a reader has it.
    pub(crate) fn shown(self, show: impl FnOnce(&Time) -> ShownTime) -> RealTimeCall<ShownTime> {
        let Self { id, channel, instance, operation, request, account, outcome, reasons, called } =
            self;
        let called = show(&called);
        RealTimeCall {
            id,
            channel,
            instance,
            operation,
            request,
            account,
            outcome,
            reasons,
            called,
        }
    }
}
