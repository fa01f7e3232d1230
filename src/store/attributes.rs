//! Attributes of customers, and the values that customers have of them (C11).

use rusqlite::params;

use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use crate::model::ids::AccountNum;

/// The value of an attribute of a customer; empty where there is none.
pub(crate) fn value(
    hq: &Headquarters,
    account: &AccountNum,
    attribute: i64,
) -> Result<String, StoreError> {
    let sql = "SELECT VALUE FROM cdx_CUSTOMERATTRIBUTE WHERE ACCOUNT = ?1 AND ATTRIBUTE = ?2";
    Ok(hq.text(sql, params![account, attribute])?.unwrap_or_default())
}

/// Keeps an attribute value of a customer.
pub(crate) fn set(
    hq: &HqTx<'_>,
    account: &AccountNum,
    attribute: i64,
    value: &str,
) -> Result<(), StoreError> {
    hq.execute(
        "INSERT OR REPLACE INTO cdx_CUSTOMERATTRIBUTE (ACCOUNT, ATTRIBUTE, VALUE)
         VALUES (?1, ?2, ?3)",
        params![account, attribute, value],
    )
}
