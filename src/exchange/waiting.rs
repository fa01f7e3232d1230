//! What waits on its way between the channels and headquarters, channel by channel (C01, C05).

use std::collections::BTreeMap;

use super::chain::chain;
use super::error::ExchangeError;
use super::upload_tables::Uploads;
use crate::model::ids::DataStoreId;
use crate::model::operation::OperationKind;
use crate::model::session::UploadSession;
use crate::model::status::UploadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::upload_table::UploadTable;
use crate::store::{
    Access, ChannelDatabase, Headquarters, Reader, StoreError, abreast, arrears, topology, uploads,
    waiting,
};

/// What waits in one channel database, and on its way from and to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChannelWaiting {
    /// Which.
    pub(crate) store: DataStore,
    /// What is in its file; why that could not be read otherwise.
    pub(crate) here: Result<WaitingRows, String>,
    /// Rows that are packed, and that the P-job has not applied.
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
    /// Rows that were collected by a command which ended before headquarters knew.
    pub(crate) collected: u64,
    /// Customers whose account headquarters has given and the channel does not know.
    pub(crate) to_return: u64,
}

/// What waits everywhere, in the order of the channel databases. A file that cannot be read is in
/// the answer.
///
/// # Errors
/// Headquarters.
pub(crate) fn what_waits(reader: &Reader) -> Result<Vec<ChannelWaiting>, ExchangeError> {
    let (hq, env) = (&reader.hq, &reader.env);
    let stores = topology::data_stores(hq)?;
    let open = |store: &DataStore| env.channel(&store.name, Access::Read);
    let known = || InHeadquarters::read(hq);
    let (known, databases) = abreast::opened_meanwhile(&stores, open, known);
    let known = known?;
    let mut last: Option<(&DataStore, ChannelDatabase)> = None;
    let mut found = Vec::new();
    for (store, database) in databases {
        let here = database.and_then(|own| {
            // What an offline database lacks in its channel's, only both files tell.
            let beside = last.take_if(|(last, _)| store.offline && last.name == store.channel());
            let channel = match (store.offline, beside) {
                (false, _) => None,
                (true, Some((_, open))) => Some(open),
                (true, None) => Some(env.channel(store.channel(), Access::Read)?),
            };
            let mut rows = in_file(hq, store, (&own, channel.as_ref()), &known.tables)?;
            rows.collected = known.collected(store, &own)?;
            Ok((own, rows))
        });
        let here = here.map(|(own, rows)| {
            last = Some((store, own));
            rows
        });
        found.push(known.beside(store, here.map_err(|error| env.within(&chain(&error)))));
    }
    Ok(found)
}

/// What headquarters says of what waits.
struct InHeadquarters {
    tables: Vec<UploadTable>,
    applied: BTreeMap<DataStoreId, Time>,
    unfinished: BTreeMap<DataStoreId, u64>,
    uploads: Vec<UploadSession>,
    downloads: BTreeMap<DataStoreId, u64>,
}

impl InHeadquarters {
    fn read(hq: &Headquarters) -> Result<Self, ExchangeError> {
        let Uploads { tables, .. } = Uploads::read(hq)?;
        Ok(Self {
            tables,
            applied: waiting::last_applied(hq)?,
            unfinished: waiting::operations(hq)?,
            uploads: uploads::all(hq)?,
            downloads: waiting::downloads(hq)?,
        })
    }

    /// The rows of the sessions that were being collected when a command ended, where the channel
    /// knows them: the next command that writes tells headquarters.
    fn collected(&self, store: &DataStore, channel: &ChannelDatabase) -> Result<u64, StoreError> {
        let mut rows = 0;
        for session in self.uploads.iter().filter(|session| {
            session.store_id == store.id && session.status == UploadStatus::Started
        }) {
            let Some(known) = uploads::known_in_channel(channel, session.id)? else { continue };
            for range in &known.ranges {
                let of = |table: &&UploadTable| table.plan.target == range.table;
                if let Some(table) = self.tables.iter().find(of) {
                    rows += table.count(channel, range)?;
                }
            }
        }
        Ok(rows)
    }

    /// What waits beside what is in a database's file.
    fn beside(&self, store: &DataStore, here: Result<WaitingRows, String>) -> ChannelWaiting {
        use UploadStatus::{ApplyFailed, UploadFailed, Uploaded};
        let packed = self.uploads.iter().filter(|session| {
            session.store_id == store.id
                && matches!(session.status, Uploaded | ApplyFailed | UploadFailed)
        });
        let collected = here.as_ref().map_or(0, |here| here.collected);
        ChannelWaiting {
            here,
            to_apply: packed.map(|session| session.rows).sum::<u64>() + collected,
            to_process: self.unfinished.get(&store.id).copied().unwrap_or_default(),
            downloads: self.downloads.get(&store.id).copied().unwrap_or_default(),
            last_applied: self.applied.get(&store.id).cloned(),
            store: store.clone(),
        }
    }
}

fn in_file(
    hq: &Headquarters,
    store: &DataStore,
    (own, channel): (&ChannelDatabase, Option<&ChannelDatabase>),
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
