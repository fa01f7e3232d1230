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

/// The account of every customer of a channel, in their order, in one piece: there may be many.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Accounts {
    text: String,
    ends: Vec<usize>,
}

impl Accounts {
    /// Reads those of a channel.
    pub(crate) fn read(channel: &ChannelDatabase) -> Result<Self, StoreError> {
        let mut all = Self::default();
        channel.rows("SELECT ACCOUNTNUM FROM ax_CUSTTABLE ORDER BY 1", [], |row| {
            all.text.push_str(row.get_ref(0)?.as_str()?);
            all.ends.push(all.text.len());
            Ok(())
        })?;
        Ok(all)
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| &self.text[begin..*end])
    }
}

/// How many accounts headquarters does not have, and the first of them.
pub(crate) type UnknownAccounts = (u64, Vec<String>);

/// Which accounts headquarters does not have. Each is looked up: a channel that is attached would
/// be read once more, schema and all.
pub(crate) fn unknown(
    hq: &Headquarters,
    accounts: &Accounts,
) -> Result<UnknownAccounts, StoreError> {
    let mut found = (0, Vec::new());
    let there = "SELECT 1 FROM CUSTTABLE WHERE ACCOUNTNUM = ?1";
    hq.read(|| hq.without(there, accounts.each()))?.into_iter().for_each(|account| {
        found.0 += 1;
        if found.1.len() < 3 {
            found.1.push(account.to_owned());
        }
    });
    Ok(found)
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
