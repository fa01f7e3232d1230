//! Fills a new headquarters database; everything drawn comes from the seed.

mod configuration;
mod customers;
mod lists;

pub use configuration::{ChannelSeed, FeatureSeed, configuration};
pub(crate) use configuration::{add_channel_rows, add_offline_store};
pub use customers::customers;
pub use lists::Lists;
pub(crate) use lists::channel_names;

/// `RETAILCHANNELTABLE.CHANNELTYPE` of an online store; the number is ours.
pub(crate) const ONLINE_STORE: i64 = 2;

/// The first RECID of seeded rows, the smallest that the product hands out.
pub(crate) const FIRST_RECID: i64 = 5_637_144_576;
