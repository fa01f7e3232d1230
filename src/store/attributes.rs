//! Attributes of customers, and the values that customers have of them (C11).

use rusqlite::{named_params, params};

use super::db::Db;
use super::error::StoreError;
use super::side::{ChannelDatabase, Headquarters, HqTx};
use crate::model::customer::AttributeValue;
use crate::model::ids::AccountNum;
use crate::model::name_kind::NameKind;

/// The attribute of this name, in any case, as headquarters has it.
///
/// # Errors
/// [`StoreError::Unknown`] with the nearest.
pub(crate) fn named(hq: &Headquarters, name: &str) -> Result<i64, StoreError> {
    find(hq, "", name)
}

/// The name of an attribute; none of one that headquarters does not have.
pub(crate) fn name(hq: &Headquarters, attribute: i64) -> Result<Option<String>, StoreError> {
    hq.text("SELECT NAME FROM ECORESATTRIBUTE WHERE RECID = ?1", [attribute])
}

/// The name of the attribute that a row of an operation is about, where headquarters has it.
pub(super) fn of_operation(hq: &Headquarters, row: i64) -> Result<Option<String>, StoreError> {
    hq.text(include_str!("sql/attribute_of_operation.sql"), [row])
}

/// Refuses an attribute that headquarters does not have; a row names it by its RECID.
///
/// # Errors
/// [`StoreError::Unknown`].
pub(crate) fn known(hq: &Headquarters, attribute: i64) -> Result<(), StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM ECORESATTRIBUTE WHERE RECID = ?1)";
    if hq.number(sql, [attribute])? != 0 {
        return Ok(());
    }
    Err(StoreError::unknown(NameKind::Attribute, &attribute.to_string(), &[]))
}

/// The attribute of this name, in any case, as a channel has it: 1010 and 1110 bring it there.
///
/// # Errors
/// [`StoreError::Unknown`] with the nearest.
pub(crate) fn named_in_channel(channel: &ChannelDatabase, name: &str) -> Result<i64, StoreError> {
    find(channel, "ax_", name)
}

fn find(db: &Db, prefix: &str, name: &str) -> Result<i64, StoreError> {
    let sql = include_str!("sql/attributes.sql").replace("{ax}", prefix);
    let known = db.rows(&sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let found = known.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
    found.map(|(recid, _)| *recid).ok_or_else(|| {
        let known: Vec<String> = known.iter().map(|(_, name)| name.clone()).collect();
        StoreError::unknown(NameKind::Attribute, name, &known)
    })
}

/// The value of an attribute of a customer; empty where there is none.
pub(crate) fn value(
    hq: &Headquarters,
    account: &AccountNum,
    attribute: i64,
) -> Result<String, StoreError> {
    let sql = "SELECT VALUE FROM cdx_CUSTOMERATTRIBUTE WHERE ACCOUNT = ?1 AND ATTRIBUTE = ?2";
    Ok(hq.text(sql, params![account, attribute])?.unwrap_or_default())
}

/// The values of a customer's attributes, by name.
pub(super) fn values(
    hq: &Headquarters,
    account: &AccountNum,
) -> Result<Vec<AttributeValue>, StoreError> {
    let sql = include_str!("sql/attribute_values.sql");
    hq.rows(sql, named_params! { ":account": account }, |row| {
        Ok(AttributeValue { name: row.get(0)?, value: row.get(1)? })
    })
}

/// Keeps an attribute value of a customer, and lets the channels hear of it.
pub(crate) fn set(
    hq: &HqTx<'_>,
    account: &AccountNum,
    attribute: i64,
    value: &str,
) -> Result<(), StoreError> {
    hq.run(
        "INSERT OR REPLACE INTO cdx_CUSTOMERATTRIBUTE (ACCOUNT, ATTRIBUTE, VALUE)
         VALUES (?1, ?2, ?3)",
        params![account, attribute, value],
    )?;
    let values = include_str!("sql/attribute_values.sql");
    let sql = include_str!("sql/attributes_tell.sql").replace("{values}", values);
    hq.execute(&sql, named_params! { ":account": account })
}
