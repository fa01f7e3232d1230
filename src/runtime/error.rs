//! Why an operation of a register could not even be decided.

use super::obstacle::MissingGround;
use crate::exchange::ExchangeError;
use crate::store::StoreError;

/// Why an operation could not even be decided.
#[derive(Debug, thiserror::Error)]
pub enum PosError {
    /// The engine.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such customer in the channel.
    #[error("channel {channel} does not have customer {account:?}")]
    UnknownCustomer {
        /// The channel.
        channel: String,
        /// What was given.
        account: String,
    },
    /// No such address of the customer.
    #[error("customer {account} has no address {address:?} in channel {channel}")]
    UnknownAddress {
        /// The channel.
        channel: String,
        /// The customer.
        account: String,
        /// What was given.
        address: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// No such instance.
    #[error("channel {channel} has instances 1 to {instances}, found {instance}")]
    UnknownInstance {
        /// The channel.
        channel: String,
        /// How many there are.
        instances: u32,
        /// What was given.
        instance: u32,
    },
    /// The channel has no register that can be offline.
    #[error("channel {channel} has no offline database")]
    NoOfflineDatabase {
        /// The channel.
        channel: String,
    },
    /// The channel lacks what the operation needs.
    #[error("channel {channel} {missing}")]
    MissingGround {
        /// The channel.
        channel: String,
        /// What it lacks.
        missing: MissingGround,
    },
}
