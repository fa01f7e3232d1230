//! What the counters of a channel are raised by.

use super::lost::PendingUploads;
use super::side::{ChannelTx, Headquarters};
use super::upload_table::UploadTable;
use crate::model::topology::DataStore;

/// A channel whose counters are raised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reseeder<'a> {
    /// Headquarters.
    pub(crate) hq: &'a Headquarters,
    /// The channel, with headquarters attached as `hq`.
    pub(crate) channel: &'a ChannelTx<'a>,
    /// Which channel.
    pub(crate) store: &'a DataStore,
    /// The environment's seed, for new temporary ids.
    pub(crate) seed: u64,
    /// The tables that are uploaded.
    pub(crate) tables: &'a [UploadTable],
    /// What may still be applied without being collected again.
    pub(crate) way: &'a PendingUploads,
}
