//! Asynchronous orders in headquarters, as far as their customers go (C10), and identities that
//! came up for asynchronous customers (R05).

use rusqlite::params;

use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use crate::model::ids::{AccountNum, AsyncAccount};

/// The table of orders.
pub(crate) const TABLE: &str = "cdx_ORDER";

/// An order that "Synchronize orders" has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WaitingOrder {
    recid: i64,
    /// Its number.
    pub(crate) order: String,
    /// The customer's account, where the channel knew it.
    pub(crate) account: AccountNum,
    /// The temporary GUID, where the customer had one.
    pub(crate) guid: AsyncAccount,
    /// The channel database it came from.
    pub(crate) channel: String,
}

/// Orders that wait, oldest first.
pub(crate) fn waiting(hq: &Headquarters) -> Result<Vec<WaitingOrder>, StoreError> {
    hq.rows(include_str!("sql/orders_waiting.sql"), [], |row| {
        Ok(WaitingOrder {
            recid: row.get(0)?,
            order: row.get(1)?,
            account: row.get(2)?,
            guid: row.get(3)?,
            channel: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        })
    })
}

/// Marks an order as synchronized, with the account of its customer.
pub(crate) fn complete(
    hq: &HqTx<'_>,
    order: &WaitingOrder,
    account: &AccountNum,
) -> Result<(), StoreError> {
    let sql = "UPDATE cdx_ORDER SET cdx_SYNCHRONIZED = 1, CUSTACCOUNT = ?1 WHERE RECID = ?2";
    hq.execute(sql, params![account, order.recid])
}

/// Carries identities over to the customers that have an account by now, each once.
pub(crate) fn carry_identities_over(hq: &HqTx<'_>) -> Result<(), StoreError> {
    for sql in include_str!("sql/identities_carry_over.sql").split(";\n") {
        hq.run(sql, [])?;
    }
    Ok(())
}
