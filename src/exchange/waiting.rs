//! What waits on its way between the channels and headquarters, channel by channel (C01, C05).

use super::chain::chain;
use super::error::ExchangeError;
use super::upload_tables::Uploads;
use crate::model::operation::OperationKind;
use crate::model::status::UploadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::upload_table::UploadTable;
use crate::store::{
    Access, ChannelDatabase, Environment, Headquarters, Reader, StoreError, abreast, arrears,
    topology, uploads, waiting,
};

/// What waits in one channel database, and on its way from and to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChannelWaiting {
    /// Which.
    pub(crate) store: DataStore,
    /// What is in its file; why that could not be read otherwise.
    pub(crate) here: Result<WaitingRows, String>,
    /// Rows that came up and that the P-job has not applied.
    pub(crate) to_apply: u64,
    /// Its operations in headquarters that the customer batch has not brought to an end.
    pub(crate) to_process: u64,
    /// Download sessions that it has not applied.
    pub(crate) downloads: u64,
    /// When it last applied one.
    pub(crate) last_applied: Option<Time>,
}

/// What waits in a channel's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WaitingRows {
    /// Rows that no upload has collected, in channel databases; in an offline database those that
    /// its channel has not had.
    pub(crate) rows: u64,
    /// Those of them that are operations on customers.
    pub(crate) operations: u64,
    /// Customers whose account headquarters has given and the channel does not know.
    pub(crate) to_return: u64,
}

/// What waits everywhere, in the order of the channel databases. A file that cannot be read is in
/// the answer.
///
/// # Errors
/// Headquarters.
pub(crate) fn what_waits(reader: &Reader) -> Result<Vec<ChannelWaiting>, ExchangeError> {
    let hq = &reader.hq;
    let Uploads { tables, .. } = Uploads::read(hq)?;
    let applied = waiting::last_applied(hq)?;
    let unfinished = waiting::operations(hq)?;
    let (uploads, downloads) = (uploads::all(hq)?, waiting::downloads(hq)?);
    let stores = topology::data_stores(hq)?;
    let env = &reader.env;
    let open = |store: &DataStore| Files::open(env, store);
    let mut found = Vec::new();
    for (store, files) in abreast::opened(&stores, open) {
        let uploaded = uploads.iter().filter(|session| {
            session.store_id == store.id
                && matches!(session.status, UploadStatus::Uploaded | UploadStatus::ApplyFailed)
        });
        found.push(ChannelWaiting {
            here: files
                .and_then(|files| in_file(hq, store, &files, &tables))
                .map_err(|error| reader.env.within(&chain(&error))),
            to_apply: uploaded.map(|session| session.rows).sum(),
            to_process: unfinished.get(&store.id).copied().unwrap_or_default(),
            downloads: downloads.get(&store.id).copied().unwrap_or_default(),
            last_applied: applied.get(&store.id).cloned(),
            store: store.clone(),
        });
    }
    Ok(found)
}

/// A database, and where it is a register's offline one its channel's too: what it lacks there,
/// only both files tell.
struct Files {
    own: ChannelDatabase,
    channel: Option<ChannelDatabase>,
}

impl Files {
    fn open(env: &Environment, store: &DataStore) -> Result<Self, StoreError> {
        let open = |name: &str| env.channel(name, Access::Read);
        let own = open(&store.name)?;
        let channel = if store.offline { Some(open(store.channel())?) } else { None };
        Ok(Self { own, channel })
    }
}

fn in_file(
    hq: &Headquarters,
    store: &DataStore,
    Files { own, channel }: &Files,
    tables: &[UploadTable],
) -> Result<WaitingRows, StoreError> {
    let each = if let Some(channel) = channel {
        waiting::to_come(hq, channel, own, &store.name, tables)?
    } else {
        let of = |table| not_collected(hq, store, own, table);
        tables.iter().map(of).collect::<Result<_, _>>()?
    };
    let mut found = WaitingRows::default();
    for (table, rows) in tables.iter().zip(each) {
        found.rows += rows;
        if OperationKind::of_channel_table(&table.plan.target).is_some() {
            found.operations += rows;
        }
    }
    if !store.offline {
        found.to_return = arrears::unreturned(hq, own)?.len() as u64;
    }
    Ok(found)
}

/// Rows of a channel's table above what was collected (U01).
pub(super) fn not_collected(
    hq: &Headquarters,
    store: &DataStore,
    channel: &ChannelDatabase,
    table: &UploadTable,
) -> Result<u64, StoreError> {
    let table = table.above_last(hq, channel, store.id)?;
    match table.range(channel)? {
        Some(range) => table.count(channel, &range),
        None => Ok(0),
    }
}
