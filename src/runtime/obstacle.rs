//! What is in the way of an operation: worded here, whoever says it (R14).

use crate::model::ids::JobId;
use crate::model::pos::{Reason, ReasonCode};
use crate::model::suggestion::{ProfileSwitch, Suggestion};
use crate::model::time::ShownTime;
use crate::model::version::Version;
use crate::store::feature_rows::Half;

/// The job that carries functionality profiles.
pub(crate) const PROFILES: &str = "1070";

/// The first thing in the way of an operation being local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The operation is a real-time call by its nature (R05).
    Always,
    /// Headquarters has no functionality profile for the channel.
    NoProfile,
    /// The option is off in the functionality profile.
    ProfileOff {
        /// The option.
        option: ProfileSwitch,
        /// The profile's id.
        profile: String,
    },
    /// The option is on in headquarters and not in the channel.
    ProfileNotDistributed {
        /// The option.
        option: ProfileSwitch,
        /// The profile's id.
        profile: String,
    },
    /// The feature is off in headquarters.
    FeatureOff {
        /// Its slug.
        slug: String,
        /// Its name.
        name: String,
    },
    /// The channel's scale unit does not know the feature yet (G16).
    ScaleUnitTooOld {
        /// The feature's name.
        name: String,
        /// The scale unit's version.
        own: Version,
        /// The version that it needs.
        needs: Version,
    },
    /// Headquarters has one of the feature's two rows.
    Torn {
        /// Its name.
        name: String,
        /// The row that is there.
        there: Half,
    },
    /// The channel has one of the feature's two rows (G14).
    HalfSynchronized {
        /// Its name.
        name: String,
        /// The row that is there.
        there: Half,
    },
    /// The feature is on in headquarters and not in the channel (G13).
    NotDistributed {
        /// Its name.
        name: String,
        /// The jobs that have not been applied since.
        jobs: Vec<JobId>,
    },
    /// The scale unit answers from what it holds (R12).
    Cached {
        /// Until when, as people in the environment's zone read it.
        until: ShownTime,
    },
    /// The e-commerce application answers from what it holds (R17).
    StorefrontCached {
        /// Until when, as people in the environment's zone read it.
        until: ShownTime,
    },
}

impl Obstacle {
    /// Its word for scripts.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::Always => ReasonCode::AlwaysRealTime,
            Self::NoProfile => ReasonCode::NoProfile,
            Self::ProfileOff { .. } => ReasonCode::ProfileOff,
            Self::FeatureOff { .. } => ReasonCode::FeatureOff,
            Self::ScaleUnitTooOld { .. } => ReasonCode::ScaleUnitTooOld,
            Self::Torn { .. } | Self::HalfSynchronized { .. } => ReasonCode::HalfSynchronized,
            Self::ProfileNotDistributed { .. } | Self::NotDistributed { .. } => {
                ReasonCode::NotDistributed
            }
            Self::Cached { .. } => ReasonCode::Cached,
            Self::StorefrontCached { .. } => ReasonCode::ECommerceCached,
        }
    }

    /// The sentence; the same for all channels that have it in their way.
    pub fn text(&self) -> String {
        match self {
            Self::Always => {
                "this operation stays a real-time call, whatever features are on".to_owned()
            }
            Self::NoProfile => "the channel has no functionality profile".to_owned(),
            Self::ProfileOff { option, profile } => {
                format!("{:?} is off in functionality profile {profile}", option.label())
            }
            Self::ProfileNotDistributed { option, profile } => format!(
                "{:?} is on in functionality profile {profile} and not in the channel: job \
                 {PROFILES}",
                option.label()
            ),
            Self::FeatureOff { name, .. } => format!("{name:?} is off in headquarters"),
            Self::ScaleUnitTooOld { name, own, needs } => {
                format!("{name:?} needs a scale unit of {needs}, that of the channel is {own}")
            }
            Self::Torn { name, there } => format!(
                "headquarters has only one of the two rows of {name:?}, FEATUREMANAGEMENT{}",
                there.as_str()
            ),
            Self::HalfSynchronized { name, there } => format!(
                "{name:?} has only one of its two rows in the channel, FEATUREMANAGEMENT{}",
                there.as_str()
            ),
            Self::NotDistributed { name, jobs } => format!(
                "{name:?} is on in headquarters and not in the channel: job {}",
                JobId::join(jobs, ", ")
            ),
            Self::Cached { until } => {
                format!("the scale unit answers from its cache until {until}")
            }
            Self::StorefrontCached { until } => {
                format!("the e-commerce application answers from its cache until {until}")
            }
        }
    }

    /// As a register's report has it.
    pub(crate) fn reason(&self) -> Reason {
        Reason::new(self.code(), self.text())
    }

    /// The command that turns on the option of a functionality profile which is in the way.
    pub(crate) fn setting(&self) -> Option<Suggestion> {
        match self {
            Self::ProfileOff { option, profile } => {
                Some(Suggestion::SetProfile(profile.clone(), *option))
            }
            _ => None,
        }
    }

    /// Whether nothing but the e-commerce application's memory is in the way (CDX305).
    pub(crate) fn is_storefront(&self) -> bool {
        matches!(self, Self::StorefrontCached { .. })
    }

    /// Whether headquarters' own settings say so: a feature or an option that is off (CDX304).
    pub(crate) fn is_choice(&self) -> bool {
        matches!(self, Self::NoProfile | Self::ProfileOff { .. } | Self::FeatureOff { .. })
    }
}

/// Why an operation cannot be done in a channel at all, whatever was typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum MissingGround {
    /// 1070 has not brought the channel its own configuration.
    #[error("has no configuration yet")]
    NoConfiguration,
    /// It has no customers, and headquarters has.
    #[error("has no customers, so that nobody is known there")]
    NoCustomers,
    /// No default customer is set for the channel.
    #[error("has no default customer, from whom a new one takes what is not given")]
    NoDefaultCustomer,
    /// The channel does not have its default customer.
    #[error("does not have its default customer {0}, from whom a new one takes what is not given")]
    DefaultCustomerNotThere(String),
    /// Headquarters does not have the channel's default customer.
    #[error("has the default customer {0}, whom headquarters does not have")]
    DefaultCustomerUnknown(String),
}

impl MissingGround {
    /// Its word for scripts.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::NoConfiguration => ReasonCode::NotConfigured,
            Self::NoCustomers => ReasonCode::NoCustomers,
            Self::NoDefaultCustomer
            | Self::DefaultCustomerNotThere(_)
            | Self::DefaultCustomerUnknown(_) => ReasonCode::NoDefaultCustomer,
        }
    }
}
