//! Headquarters against the channels, table by table, as both are now.

mod brought;
mod next;
mod scope;

pub(crate) use scope::CompareRequest;

use schemars::JsonSchema;
use serde::Serialize;

use self::brought::{Brought, BroughtTable};
use self::next::Next;
use super::chain::chain;
use super::request::Known;
use super::table_error::TableError;
use crate::model::drift::{DifferentRow, Drift};
use crate::model::suggestion::Suggestion;
use crate::model::table_name::dotted;
use crate::model::topology::DataStore;
use crate::store::drift::{Comparison, compare_all, with_channel_now};
use crate::store::{Access, ChannelDatabase, Reader, StoreError, catalogue};

/// How many of the rows that differ are kept, the first by key.
const MOST: usize = 10;

/// What headquarters and the channels have in common, and what not.
#[derive(Debug)]
pub(crate) struct Compared {
    /// Each table in each channel database.
    pub(crate) tables: Vec<ComparedTable>,
    /// What could not be compared.
    pub(crate) not_compared: Vec<NotCompared>,
    /// What brings the channels what headquarters has, in order.
    pub(crate) commands: Vec<Suggestion>,
    /// Why nothing brings some of it.
    pub(crate) not_run: Vec<String>,
}

/// One table in one channel database.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ComparedTable {
    /// The channel or offline database.
    pub(crate) channel: String,
    /// The channel's table, `ax.CUSTTABLE`.
    pub(crate) table: String,
    /// Rows that are the same on both sides.
    pub(crate) matched: u64,
    /// Rows that headquarters sends and the channel does not have.
    pub(crate) missing: u64,
    /// Rows that headquarters does not send.
    pub(crate) extra: u64,
    /// Rows that differ.
    pub(crate) different: u64,
    /// The first ten of those, by key.
    pub(crate) keys: Vec<DifferentRow>,
}

/// What could not be compared.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NotCompared {
    /// The channel or offline database; none where it is so in every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    /// The table; none where it is the whole database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) table: Option<String>,
    /// Why.
    pub(crate) why: String,
}

impl ComparedTable {
    fn of(store: &DataStore, table: &str, drift: Drift) -> Self {
        let Drift { matched, missing, different, extra, samples: mut keys } = drift;
        keys.sort_by(|a, b| a.key.order(&b.key));
        keys.truncate(MOST);
        let (channel, table) = (store.name.clone(), dotted(table));
        Self { channel, table, matched, missing, extra, different, keys }
    }

    /// Whether both sides agree.
    pub(crate) fn is_equal(&self) -> bool {
        self.missing + self.extra + self.different == 0
    }
}

/// Compares every table that was asked for in every channel database that was asked for. A file
/// that cannot be read, a mapping that is broken, are in the answer.
///
/// # Errors
/// Headquarters; a name that is nowhere, or is of nothing that is compared.
pub(crate) fn compare(reader: &Reader, request: &CompareRequest) -> Result<Compared, TableError> {
    let known = Known::read(&reader.hq)?;
    let stores = scope::stores(&reader.hq, request)?;
    let tables = scope::wanted(&known, brought::brought(&known), request, &stores)?;
    let mut next = Next::read(&reader.hq)?;
    let (mut compared, mut not_compared, mut older) = (Vec::new(), Vec::new(), false);
    for table in &tables {
        not_compared.extend(table.broken.iter().map(|why| NotCompared {
            channel: None,
            table: Some(dotted(&table.target)),
            why: why.clone(),
        }));
    }
    for store in &stores {
        let here = Here { reader, store };
        let opened = reader.env.channel(&store.name, Access::Examine);
        let found = opened.and_then(|channel| here.compare(&channel, &tables, &mut next));
        match found {
            Err(error) => {
                older |= matches!(error, StoreError::Older { .. });
                not_compared.push(here.not_compared(None, here.told(&error)));
            }
            Ok((found, broken)) => {
                compared.extend(found);
                not_compared.extend(broken);
            }
        }
    }
    let everywhere = request.channel.is_none().then_some(stores.as_slice());
    let (mut commands, not_run) = next.commands(everywhere);
    if older {
        // It brings their files up to date.
        commands.insert(0, Suggestion::INITIALIZE);
    }
    Ok(Compared { tables: compared, not_compared, commands, not_run })
}

/// One channel database while it is compared.
struct Here<'a> {
    reader: &'a Reader,
    store: &'a DataStore,
}

type Found = (Vec<ComparedTable>, Vec<NotCompared>);

impl Here<'_> {
    fn not_compared(&self, table: Option<&str>, why: String) -> NotCompared {
        let channel = Some(self.store.name.clone());
        NotCompared { channel, table: table.map(dotted), why }
    }

    fn told(&self, error: &StoreError) -> String {
        self.reader.env.within(&chain(error))
    }

    fn compare(
        &self,
        channel: &ChannelDatabase,
        tables: &[BroughtTable],
        next: &mut Next,
    ) -> Result<Found, StoreError> {
        let (mut compared, mut broken) = (Vec::new(), Vec::new());
        with_channel_now(&self.reader.hq, channel, || {
            for one in tables {
                let plans: Vec<&Brought> = one.reaching(self.store).collect();
                if plans.is_empty() {
                    continue;
                }
                match self.drift(channel, &one.target, &plans, next) {
                    Ok(drift) => compared.push(ComparedTable::of(self.store, &one.target, drift)),
                    Err(why) => broken.push(self.not_compared(Some(&one.target), why)),
                }
            }
            Ok(())
        })?;
        Ok((compared, broken))
    }

    /// How one table differs, or why that cannot be said.
    fn drift(
        &self,
        channel: &ChannelDatabase,
        target: &str,
        plans: &[&Brought],
        next: &mut Next,
    ) -> Result<Drift, String> {
        let (hq, group) = (&self.reader.hq, self.store.group_id);
        let told = |error: StoreError| self.told(&error);
        let table = catalogue::find_table(channel, target).map_err(told)?;
        let table = table.ok_or_else(|| "the channel does not have the table".to_owned())?;
        let mapped = plans.iter().flat_map(|brought| &brought.plan.columns);
        if let Some(column) = mapped.into_iter().find(|one| table.column(&one.to).is_none()) {
            return Err(format!("the channel's table has no column {}", column.to));
        }
        let compared = plans.iter().map(|brought| {
            let plan = &brought.plan;
            Comparison { plan, table: &table, group, reached: None, most: MOST }
        });
        let drift = compare_all(hq, &compared.collect::<Vec<_>>()).map_err(told)?;
        if !drift.is_none() {
            next.add(hq, self.store, plans, &table).map_err(told)?;
        }
        Ok(drift)
    }
}
