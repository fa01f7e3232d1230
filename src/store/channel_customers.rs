//! Customers as a channel database has them, synchronous and asynchronous.

use rusqlite::types::Value;
use rusqlite::{named_params, params, params_from_iter};

use super::catalogue::column_list;
use super::db::quoted;
use super::error::StoreError;
use super::lengths::refuse_row;
use super::side::ChannelDatabase;
use crate::model::customer::PENDING_SYNC;
use crate::model::named::Named;
use crate::model::pos::FoundCustomer;
use crate::model::time::Time;
use crate::world::ids;

/// A customer that a channel knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// One with an account, and the GUID it came with, if it did.
    Sync {
        /// The account.
        account: String,
        /// The GUID, or empty.
        guid: String,
    },
    /// One whose account has not come back (R08).
    Async {
        /// The temporary GUID.
        guid: String,
    },
}

impl Known {
    /// The account commands take for it.
    pub fn account(&self) -> &str {
        match self {
            Self::Sync { account, .. } => account,
            Self::Async { guid } => guid,
        }
    }

    /// What people see for it (R08).
    pub fn display(&self) -> &str {
        match self {
            Self::Sync { account, .. } => account,
            Self::Async { .. } => PENDING_SYNC,
        }
    }

    /// CUSTACCOUNT and CUSTACCOUNTASYNC of a V2 row about it (R10).
    pub fn columns(&self) -> (&str, &str) {
        match self {
            Self::Sync { account, guid } => (account, guid),
            Self::Async { guid } => ("", guid),
        }
    }

    /// Whether its account has not come back.
    pub fn is_async(&self) -> bool {
        matches!(self, Self::Async { .. })
    }
}

/// Finds a customer by account or GUID; a GUID that maps to an account is that customer (R11).
pub fn know(channel: &ChannelDatabase, word: &str) -> Result<Option<Known>, StoreError> {
    let word = word.trim();
    if ids::is_guid(word) {
        let guid = word.to_uppercase();
        let sql = "SELECT ACCOUNTNUM FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1";
        if let Some(account) = channel.text(sql, [&guid])? {
            return Ok(Some(Known::Sync { account, guid }));
        }
        let sql = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC = ?1";
        let known = channel.number(sql, [&guid])? > 0;
        return Ok(known.then_some(Known::Async { guid }));
    }
    let sql = "SELECT c.ACCOUNTNUM, coalesce(r.CUSTACCOUNTASYNC, '') FROM ax_CUSTTABLE c \
               LEFT JOIN ax_RETAILCUSTTABLE r ON r.ACCOUNTNUM = c.ACCOUNTNUM \
               WHERE c.ACCOUNTNUM = ?1";
    channel.first(sql, [word], |row| Ok(Known::Sync { account: row.get(0)?, guid: row.get(1)? }))
}

/// Customers whose account, name or e-mail has a word: downloaded ones, and this store's own
/// asynchronous ones whose account has not come back (R11).
pub fn search(
    channel: &ChannelDatabase,
    word: &str,
    own_channel: i64,
    limit: u32,
) -> Result<Vec<FoundCustomer>, StoreError> {
    let word = channel.searching(word)?;
    channel.rows(
        include_str!("sql/channel_search.sql"),
        named_params! { ":word": word, ":own": own_channel, ":limit": limit },
        |row| {
            let account: String = row.get(0)?;
            let pending: bool = row.get(3)?;
            let display_account = if pending { PENDING_SYNC.to_owned() } else { account.clone() };
            Ok(FoundCustomer { account, display_account, name: row.get(1)?, email: row.get(2)? })
        },
    )
}

/// Appends a row to an asynchronous table; text is turned into the column's type by SQLite.
///
/// # Errors
/// [`StoreError::Sqlite`] when a value is longer than its column.
pub fn append(
    channel: &ChannelDatabase,
    table: &str,
    values: &[(&str, String)],
) -> Result<i64, StoreError> {
    let table = format!("ax_{table}");
    refuse_row(channel, &table, values)?;
    let columns: Vec<String> = values.iter().map(|(column, _)| (*column).to_owned()).collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&table), column_list(&columns));
    let values = values.iter().map(|(_, value)| Value::Text(value.clone()));
    channel.run(&sql, params_from_iter(values))?;
    let counter = channel.last_id();
    super::origins::made(channel, &table, counter)?;
    Ok(counter)
}

/// The affiliations of a customer in the channel, by RECID.
pub fn affiliations(channel: &ChannelDatabase, account: &str) -> Result<Vec<i64>, StoreError> {
    channel.rows(
        "SELECT RETAILAFFILIATIONID FROM ax_RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = ?1
         ORDER BY RETAILAFFILIATIONID",
        [account],
        |row| row.get(0),
    )
}

/// The affiliation of this name, in any case.
pub fn affiliation_named(channel: &ChannelDatabase, name: &str) -> Result<i64, StoreError> {
    let found =
        channel.rows("SELECT RECID, NAME FROM ax_RETAILAFFILIATION ORDER BY NAME", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
    let known: Vec<String> = found.iter().map(|(_, name)| name.clone()).collect();
    found
        .into_iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(recid, _)| recid)
        .ok_or_else(|| StoreError::unknown(Named::Affiliation, name, &known))
}

/// Deletes asynchronous rows last changed before a time, uploaded or not (U06); how many, and how
/// many of them headquarters has not received.
pub fn purge(
    channel: &ChannelDatabase,
    tables: &[&str],
    before: &Time,
) -> Result<(u64, u64), StoreError> {
    channel.write(|db| {
        let (mut gone, mut lost) = (0, 0);
        for table in tables {
            let name = format!("ax_{table}");
            let sent = super::uploads::sent(channel, &name)?;
            let sql = format!(
                "SELECT count(*) FROM {} WHERE MODIFIEDDATETIME < ?1
                 AND REPLICATIONCOUNTERFROMORIGIN > ?2",
                quoted(&name)
            );
            lost += db.number(&sql, params![before, sent])? as u64;
            let sql = format!("DELETE FROM {} WHERE MODIFIEDDATETIME < ?1", quoted(&name));
            gone += db.run(&sql, [before])?;
        }
        Ok((gone, lost))
    })
}

/// Keeps a loyalty card that was issued here.
pub fn issue_card(
    channel: &ChannelDatabase,
    card: &str,
    account: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_LOYALTYCARD (CARDNUMBER, ACCOUNT, ISSUED) VALUES (?1, ?2, ?3)";
    channel.run(sql, params![card, account, now]).map(|_| ())
}

/// Keeps a customer order that was taken here.
pub fn take_order(
    channel: &ChannelDatabase,
    order: &str,
    account: &str,
    kind: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_CUSTOMERORDER (ORDERID, ACCOUNT, KIND, CREATED) \
               VALUES (?1, ?2, ?3, ?4)";
    channel.run(sql, params![order, account, kind, now]).map(|_| ())
}
