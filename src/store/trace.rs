//! What the databases know of one customer, for its trace.

use rusqlite::{Row, named_params};

use super::error::StoreError;
use super::operations::of_all_kinds;
use super::side::{ChannelDatabase, Headquarters};
use crate::model::ids::{DataStoreId, UploadId};
use crate::model::operation::{Action, OperationKind};
use crate::model::time::Time;
use crate::model::trace::TracedCustomer;

/// So many customers are looked at of a word that many have; those of this very account or
/// temporary id come first.
const MOST: u32 = 10_000;

/// The customers of headquarters whose account, temporary id or name has a word: those with an
/// account, and creations that have come up and have none.
pub(crate) fn in_headquarters(
    hq: &Headquarters,
    word: &str,
) -> Result<Vec<TracedCustomer>, StoreError> {
    let typed = word;
    let word = hq.searching(word)?;
    let params = named_params! {
        ":word": word, ":typed": typed, ":create": Action::Create, ":limit": MOST,
    };
    hq.rows(include_str!("sql/trace_headquarters.sql"), params, traced)
}

/// The customers that registers have made in a channel's file whose temporary id or name has a
/// word.
pub(crate) fn in_channel(
    channel: &ChannelDatabase,
    word: &str,
) -> Result<Vec<TracedCustomer>, StoreError> {
    let word = channel.searching(word)?;
    let params = named_params! { ":word": word, ":limit": MOST };
    channel.rows(include_str!("sql/trace_channel.sql"), params, traced)
}

fn traced(row: &Row<'_>) -> rusqlite::Result<TracedCustomer> {
    Ok(TracedCustomer { account: row.get(0)?, async_account: row.get(1)?, name: row.get(2)? })
}

/// A row about a customer in a channel's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeRow {
    /// The kind of operation.
    pub(crate) kind: OperationKind,
    /// Its replication counter.
    pub(crate) counter: i64,
    /// When the person acted.
    pub(crate) at: Time,
    /// Where it was made, where it says so.
    pub(crate) origin: Option<String>,
}

impl MadeRow {
    /// The channel's table that has it.
    pub(crate) fn table(&self) -> String {
        format!("ax_{}", self.kind.table())
    }
}

/// The rows about a customer in a channel's file, oldest first.
pub(crate) fn made(
    channel: &ChannelDatabase,
    customer: &TracedCustomer,
) -> Result<Vec<MadeRow>, StoreError> {
    let sql = format!("{} ORDER BY T, K, C", of_all_kinds(include_str!("sql/trace_made.sql")));
    let about = named_params! { ":account": customer.account, ":guid": customer.async_account };
    channel.rows(&sql, about, |row| {
        Ok(MadeRow {
            kind: row.get("TABLENAME")?,
            counter: row.get("C")?,
            at: row.get("T")?,
            origin: row.get("ORIGIN")?,
        })
    })
}

/// Whether a file has a row of this origin.
pub(crate) fn has_origin(channel: &ChannelDatabase, origin: &str) -> Result<bool, StoreError> {
    Ok(channel.number("SELECT count(*) FROM cdx_ORIGIN WHERE ORIGIN = ?1", [origin])? > 0)
}

/// Whether headquarters has received a row of this origin.
pub(crate) fn has_received(hq: &Headquarters, origin: &str) -> Result<bool, StoreError> {
    Ok(hq.number("SELECT count(*) FROM cdx_RECEIVED WHERE ORIGIN = ?1", [origin])? > 0)
}

/// The last upload session of a channel database that carries a row.
pub(crate) fn session_of(
    hq: &Headquarters,
    store: DataStoreId,
    row: &MadeRow,
) -> Result<Option<UploadId>, StoreError> {
    hq.first(
        include_str!("sql/trace_session.sql"),
        named_params! { ":store": store, ":table": row.table(), ":counter": row.counter },
        |row| row.get(0),
    )
}

/// When the P-job applied the package of an upload session.
pub(crate) fn applied_at(hq: &Headquarters, session: UploadId) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT APPLIED FROM cdx_UPLOADAPPLIED WHERE SESSION = ?1 LIMIT 1";
    hq.first(sql, [session], |row| row.get(0))
}

/// When the batch last processed an operation of a customer.
pub(crate) fn processed_at(
    hq: &Headquarters,
    customer: &TracedCustomer,
) -> Result<Option<Time>, StoreError> {
    let part = include_str!("sql/trace_processed.sql");
    let sql = format!("SELECT max(PROCESSED) FROM ({})", of_all_kinds(part));
    let about = named_params! { ":account": customer.account, ":guid": customer.async_account };
    Ok(hq.first(&sql, about, |row| row.get::<_, Option<Time>>(0))?.flatten())
}
