//! The default customer of each channel, from whom a new one takes what is not given (R16).

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::error::StoreError;
use super::hq_customers;
use super::side::{ChannelDatabase, Headquarters, HqTx};
use crate::model::ids::{AccountNum, DataAreaId, DataStoreId};
use crate::model::name_kind::NameKind;
use crate::model::topology::DataStore;

/// A channel's default customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DefaultCustomer {
    /// The account; empty where none is set.
    pub(crate) account: AccountNum,
    /// Whether headquarters has it.
    pub(crate) known: bool,
}

/// The default customer of each channel database, by its RECID.
pub(crate) fn all(
    hq: &Headquarters,
    company: &DataAreaId,
) -> Result<BTreeMap<DataStoreId, DefaultCustomer>, StoreError> {
    let rows = hq.rows(
        "SELECT d.DATASTORE, c.DEFAULTCUSTACCOUNT FROM RETAILCDXDATASTORECHANNEL d
         JOIN RETAILCHANNELTABLE c ON c.RECID = d.CHANNEL ORDER BY d.DATASTORE",
        [],
        |row| Ok((row.get(0)?, row.get::<_, AccountNum>(1)?)),
    )?;
    rows.into_iter()
        .map(|(store, account)| {
            let known = hq_customers::template(hq, &account, company)?.is_some();
            Ok((store, DefaultCustomer { account, known }))
        })
        .collect()
}

/// The account that headquarters names as a channel's default customer.
pub(crate) fn named(
    hq: &Headquarters,
    store: &DataStore,
) -> Result<Option<AccountNum>, StoreError> {
    hq.first(include_str!("sql/default_customer.sql"), [store.channel()], |row| row.get(0))
}

/// The first customer of a company, if there is one.
pub(crate) fn first(
    hq: &Headquarters,
    company: &DataAreaId,
) -> Result<Option<AccountNum>, StoreError> {
    let sql = "SELECT min(ACCOUNTNUM) FROM CUSTTABLE WHERE DATAAREAID = ?1";
    Ok(hq.first(sql, [company], |row| row.get(0))?.flatten())
}

/// Whether headquarters has any customer.
pub(crate) fn any(hq: &Headquarters) -> Result<bool, StoreError> {
    Ok(hq.number("SELECT EXISTS (SELECT 1 FROM CUSTTABLE)", [])? != 0)
}

/// Whether a channel has a customer whose account has not come back.
pub(crate) fn has_pending(channel: &ChannelDatabase) -> Result<bool, StoreError> {
    let sql = include_str!("sql/channel_has_pending.sql");
    Ok(channel.number(sql, [])? != 0)
}

/// Whether a channel has any customer.
pub(crate) fn has_customers(channel: &ChannelDatabase) -> Result<bool, StoreError> {
    Ok(channel.number("SELECT EXISTS (SELECT 1 FROM ax_CUSTTABLE)", [])? != 0)
}

/// How many customers of a channel headquarters does not have, and the first of them, while the
/// channel is attached as `ch`.
pub(crate) fn unknown(hq: &Headquarters) -> Result<(u64, Vec<String>), StoreError> {
    let accounts = hq.rows(
        "SELECT c.ACCOUNTNUM FROM ch.ax_CUSTTABLE c WHERE NOT EXISTS
         (SELECT 1 FROM main.CUSTTABLE h WHERE h.ACCOUNTNUM = c.ACCOUNTNUM) ORDER BY 1",
        [],
        |row| row.get(0),
    )?;
    let count = accounts.len() as u64;
    Ok((count, accounts.into_iter().take(3).collect()))
}

/// Sets the default customer of a channel, in the caller's transaction.
///
/// # Errors
/// [`StoreError::Unknown`] for a customer that headquarters does not have.
pub(crate) fn set(
    hq: &HqTx<'_>,
    store: &DataStore,
    account: &AccountNum,
    company: &DataAreaId,
) -> Result<(), StoreError> {
    if hq_customers::template(hq, account, company)?.is_none() {
        let sql = "SELECT ACCOUNTNUM FROM CUSTTABLE WHERE DATAAREAID = ?1 ORDER BY 1 LIMIT 10000";
        let known = hq.rows(sql, [company], |row| row.get(0))?;
        return Err(StoreError::unknown(NameKind::Customer, account.as_str(), &known));
    }
    hq.execute(
        include_str!("sql/default_customer_set.sql"),
        named_params! { ":account": account, ":company": company, ":store": store.id },
    )
}
