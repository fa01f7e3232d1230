//! What the counters of a channel are raised by.

use super::lost::PendingUploads;
use super::side::{ChannelTx, Headquarters};
use super::upload_table::UploadTable;
use crate::model::topology::DataStore;

/// A channel whose counters are raised.
#[derive(Debug, Clone, Copy)]
pub struct Reseeder<'a> {
    /// Headquarters.
    pub hq: &'a Headquarters,
    /// The channel, with headquarters attached as `hq`.
    pub channel: &'a ChannelTx<'a>,
    /// Which channel.
    pub store: &'a DataStore,
    /// The environment's seed, for new temporary ids.
    pub seed: u64,
    /// The tables that are uploaded.
    pub tables: &'a [UploadTable],
    /// What may still be applied without being collected again.
    pub way: &'a PendingUploads,
}
