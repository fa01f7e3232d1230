//! Customers as a channel database has them, synchronous and asynchronous.

use rusqlite::{named_params, params, params_from_iter};

use super::customer_rows;
use super::error::StoreError;
use super::lengths::refuse_row;
use super::log::{self, Said};
use super::origins;
use super::side::{ChannelDatabase, ChannelTx, Handle};
use crate::model::async_values::Values;
use crate::model::customer::PENDING_SYNC;
use crate::model::ids::{AccountNum, AsyncAccount, DataAreaId};
use crate::model::key::Side;
use crate::model::log::LogEvent;
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::FoundCustomer;
use crate::model::time::Time;
use crate::world::ids;

/// A customer that a channel knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChannelCustomer {
    /// One with an account, and the GUID it came with, if it did.
    Sync {
        /// The account.
        account: AccountNum,
        /// The GUID, or empty.
        guid: AsyncAccount,
    },
    /// One whose account has not come back (R08).
    Async {
        /// The temporary GUID.
        guid: AsyncAccount,
    },
}

impl ChannelCustomer {
    /// The account commands take for it.
    pub(crate) fn account(&self) -> &str {
        match self {
            Self::Sync { account, .. } => account.as_str(),
            Self::Async { guid } => guid.as_str(),
        }
    }

    /// CUSTACCOUNT and CUSTACCOUNTASYNC of a row about it (R10).
    pub(super) fn columns(&self) -> (&str, &str) {
        match self {
            Self::Sync { account, guid } => (account.as_str(), guid.as_str()),
            Self::Async { guid } => ("", guid.as_str()),
        }
    }

    /// Whether its account has not come back.
    pub(crate) fn is_async(&self) -> bool {
        matches!(self, Self::Async { .. })
    }
}

/// Finds a customer by account or GUID; a GUID that maps to an account is that customer (R11).
pub(crate) fn know(
    channel: &ChannelDatabase,
    word: &str,
) -> Result<Option<ChannelCustomer>, StoreError> {
    let word = word.trim();
    if ids::is_guid(word) {
        let guid = AsyncAccount::new(word.to_uppercase());
        let sql = "SELECT ACCOUNTNUM FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1";
        if let Some(account) = channel.first(sql, [&guid], |row| row.get(0))? {
            return Ok(Some(ChannelCustomer::Sync { account, guid }));
        }
        let sql = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC = ?1";
        let known = channel.number(sql, [&guid])? > 0;
        return Ok(known.then_some(ChannelCustomer::Async { guid }));
    }
    let sql = include_str!("sql/channel_account.sql");
    channel.first(sql, [word], |row| {
        Ok(ChannelCustomer::Sync { account: row.get(0)?, guid: row.get(1)? })
    })
}

/// Customers whose account, name or e-mail has a word: downloaded ones, and this store's own
/// asynchronous ones whose account has not come back (R11).
pub(crate) fn search(
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

/// What a row of an asynchronous table says, whatever the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsyncRow<'a> {
    /// The customer it is about.
    pub(crate) customer: &'a ChannelCustomer,
    /// What it does.
    pub(crate) action: Action,
    /// The RECID of the channel that makes it.
    pub(crate) channel: i64,
    /// The company.
    pub(crate) company: &'a DataAreaId,
    /// When the person acts.
    pub(crate) at: &'a Time,
}

impl AsyncRow<'_> {
    /// Appends the row, with its own values, to the table of a kind.
    ///
    /// # Errors
    /// [`StoreError::TooLong`] when a value is longer than its column.
    pub(crate) fn append(
        &self,
        channel: &ChannelTx<'_>,
        kind: OperationKind,
        mut values: Values,
    ) -> Result<(), StoreError> {
        let (account, guid) = self.customer.columns();
        values.extend([
            ("CUSTACCOUNT", account.to_owned()),
            ("CUSTACCOUNTASYNC", guid.to_owned()),
            ("OPERATION", self.action.number().to_string()),
            ("ONLINEOPERATIONCOMPLETED", "0".to_owned()),
            ("ORIGINATINGCHANNEL", self.channel.to_string()),
            ("CREATEDDATETIME", self.at.to_string()),
            ("MODIFIEDDATETIME", self.at.to_string()),
            ("DATAAREAID", self.company.to_string()),
        ]);
        let table = format!("ax_{}", kind.table());
        refuse_row(channel, &table, &values)?;
        let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let marks = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
        channel.run(&sql, params_from_iter(values))?;
        origins::made(channel, &table, channel.last_id())?;
        let said = Said {
            subject: kind.as_str(),
            account: self.customer.account(),
            status: self.action.as_str(),
            ..Said::default()
        };
        log::note(channel, LogEvent::Acted, said, self.at)
    }
}

/// The affiliations of a customer in the channel, by RECID.
pub(crate) fn affiliations(
    channel: &ChannelDatabase,
    account: &AccountNum,
) -> Result<Vec<i64>, StoreError> {
    channel.rows(
        "SELECT RETAILAFFILIATIONID FROM ax_RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = ?1
         ORDER BY RETAILAFFILIATIONID",
        [account],
        |row| row.get(0),
    )
}

/// The affiliation of this name, in any case.
pub(crate) fn affiliation_named(channel: &ChannelDatabase, name: &str) -> Result<i64, StoreError> {
    customer_rows::affiliation_named(channel, Side::Channel, name)
}

/// Deletes asynchronous rows last changed before a time, uploaded or not (U06); how many, and how
/// many of them headquarters has not received.
pub(crate) fn purge(
    channel: &Handle<ChannelDatabase>,
    before: &Time,
) -> Result<(u64, u64), StoreError> {
    channel.write(|db| {
        let (mut gone, mut lost) = (0, 0);
        for kind in OperationKind::ALL {
            let name = format!("ax_{}", kind.table());
            let sent = super::uploads::sent(channel, &name)?;
            let sql = format!(
                "SELECT count(*) FROM {name} WHERE MODIFIEDDATETIME < ?1
                 AND REPLICATIONCOUNTERFROMORIGIN > ?2"
            );
            lost += db.number(&sql, params![before, sent])? as u64;
            let sql = format!("DELETE FROM {name} WHERE MODIFIEDDATETIME < ?1");
            gone += db.run(&sql, [before])?;
        }
        Ok((gone, lost))
    })
}

/// Keeps a loyalty card that was issued here.
pub(crate) fn issue_card(
    channel: &ChannelTx<'_>,
    card: &str,
    account: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_LOYALTYCARD (CARDNUMBER, ACCOUNT, ISSUED) VALUES (?1, ?2, ?3)";
    channel.execute(sql, params![card, account, now])
}

/// Links an identity of another provider to an asynchronous customer, for headquarters to hear of
/// with the next upload (R05); one that is linked here already goes over.
pub(crate) fn link_identity(
    channel: &ChannelTx<'_>,
    identity: &str,
    customer: &ChannelCustomer,
    company: &DataAreaId,
) -> Result<(), StoreError> {
    const TABLE: &str = "ax_RETAILEXTERNALIDTOASYNCCUSTOMERMAP";
    let (_, guid) = customer.columns();
    refuse_row(channel, TABLE, &[("EXTERNALIDENTITYID", identity.to_owned())])?;
    let sql = format!(
        "INSERT OR REPLACE INTO {TABLE}
         (EXTERNALIDENTITYID, ASYNCCUSTOMERACCOUNTNUMBER, DATAAREAID) VALUES (?1, ?2, ?3)"
    );
    channel.run(&sql, params![identity, guid, company])?;
    super::origins::made(channel, TABLE, channel.last_id())
}

/// Whether a channel is an online store, which has no registers and no shifts.
pub(crate) fn is_online_store(
    channel: &ChannelDatabase,
    own_channel: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT CHANNELTYPE FROM ax_RETAILCHANNELTABLE WHERE RECID = ?1";
    let kind = channel.first(sql, [own_channel], |row| row.get::<_, i64>(0))?;
    Ok(kind == Some(super::seed::ONLINE_STORE))
}

/// Appends an asynchronous order, for headquarters to hear of with the next upload (C10).
pub(crate) fn send_order(
    channel: &ChannelTx<'_>,
    order: &str,
    customer: &ChannelCustomer,
    company: &DataAreaId,
    now: &Time,
) -> Result<(), StoreError> {
    let (account, guid) = customer.columns();
    channel.run(
        "INSERT INTO cdx_ORDER (ORDERID, CUSTACCOUNT, CUSTACCOUNTASYNC, CREATEDDATETIME, DATAAREAID)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![order, account, guid, now, company],
    )?;
    super::origins::made(channel, "cdx_ORDER", channel.last_id())
}

/// Keeps a customer order that was taken here.
pub(crate) fn take_order(
    channel: &ChannelTx<'_>,
    order: &str,
    account: &str,
    kind: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO cdx_CUSTOMERORDER (ORDERID, ACCOUNT, KIND, CREATED) \
               VALUES (?1, ?2, ?3, ?4)";
    channel.execute(sql, params![order, account, kind, now])
}
