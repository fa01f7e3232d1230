//! Where the fields of customers and addresses stand in headquarters' rows, and in a channel's,
//! which are the same under another prefix; and how rows are read into values.

use rusqlite::Row;
use rusqlite::types::{ToSql, ValueRef};

use super::db::Db;
use super::error::StoreError;
use super::pack::used;
use crate::model::customer::{
    Address, AddressField, Customer, CustomerField, CustomerTable, Place,
};
use crate::model::key::Side;
use crate::model::name_kind::NameKind;

/// A query over the tables of a side, for these fields and more.
fn query(side: Side, sql: &str, fields: &[String], more: &str) -> String {
    let ax = if side == Side::Channel { "ax_" } else { "" };
    let sql = sql.replace("{fields}", &fields.join(", ")).replace("{more}", more);
    sql.replace("{ax}", ax)
}

/// The query for customers, to be ended with a WHERE; each field has the name that its column has
/// in the asynchronous table, so that one function reads both.
pub(super) fn customers(side: Side, more: &str) -> String {
    let field = |field: &CustomerField| {
        let value = match field.place() {
            Place::Contact(kind) => {
                include_str!("sql/customer_contact.sql").replace("{kind}", &kind.to_string())
            }
            Place::Column(part, column) => match part {
                CustomerTable::Party => format!("p.{column}"),
                CustomerTable::Account => format!("c.{column}"),
                CustomerTable::Person => format!("coalesce(d.{column}, 0)"),
                CustomerTable::Name => format!("coalesce(n.{column}, '')"),
                CustomerTable::Retail => format!("coalesce(r.{column}, '')"),
            },
        };
        format!("{value} AS {}", field.column())
    };
    let fields: Vec<String> = CustomerField::ALL.iter().map(field).collect();
    query(side, include_str!("sql/customer.sql"), &fields, more)
}

/// The query for how many rows [`customers`] has, to be ended with the same WHERE.
pub(super) fn customer_count(side: Side) -> String {
    let sql = include_str!("sql/customer.sql");
    let tables = sql.split_once("\nFROM ").map_or(sql, |(_, tables)| tables);
    query(side, &format!("SELECT count(*) FROM {tables}"), &[], "")
}

/// The query for addresses, to be ended with a WHERE.
pub(super) fn addresses(side: Side, more: &str) -> String {
    let field = |field: &AddressField| format!("a.{} AS {}", field.place(), field.column());
    let fields: Vec<String> = AddressField::ALL.iter().map(field).collect();
    query(side, include_str!("sql/address.sql"), &fields, more)
}

/// A customer from [`customers`], or from a row of the asynchronous table.
pub(super) fn read_customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    let mut customer = Customer {
        account: row.get("CUSTACCOUNT")?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        ..Customer::default()
    };
    for field in CustomerField::ALL {
        *field.of(&mut customer) = match row.get_ref(field.column())? {
            ValueRef::Integer(number) => field.shown(&number.to_string()),
            _ => field.shown(&row.get::<_, String>(field.column())?),
        };
    }
    Ok(customer)
}

/// An address from [`addresses`], or from a row of the asynchronous table.
pub(super) fn read_address(row: &Row<'_>) -> rusqlite::Result<Address> {
    let mut address = Address { id: row.get("ADDRESSID")?, ..Address::default() };
    for field in AddressField::ALL {
        *field.of(&mut address) = row.get(field.column())?;
    }
    Ok(address)
}

/// A statement in whose text `{columns}`, `{marks}` and `{sets}` stand for these columns.
pub(super) fn with_columns(sql: &str, columns: &[&str]) -> String {
    let each = |write: fn(&str) -> String| -> String { columns.iter().map(|c| write(c)).collect() };
    sql.replace("{columns}", &each(|column| format!(", {column}")))
        .replace("{marks}", &each(|column| format!(", :{column}")))
        .replace("{sets}", &each(|column| format!(", {column} = :{column}")))
}

/// Runs a statement that [`with_columns`] has written for these fields, by column; of the other
/// parameters it takes those that it names.
pub(super) fn run_with(
    db: &Db,
    sql: &str,
    fields: &[(&str, String)],
    others: &[(&str, &dyn ToSql)],
) -> Result<(), StoreError> {
    let names: Vec<String> = fields.iter().map(|(column, _)| format!(":{column}")).collect();
    let own = names.iter().zip(fields).map(|(name, (_, value))| (name.as_str(), value as _));
    let params: Vec<(&str, &dyn ToSql)> = used(sql, others).into_iter().chain(own).collect();
    db.execute(sql, params.as_slice())
}

/// The affiliation of this name, in any case.
pub(super) fn affiliation_named(db: &Db, side: Side, name: &str) -> Result<i64, StoreError> {
    let sql = query(side, "SELECT RECID, NAME FROM {ax}RETAILAFFILIATION ORDER BY NAME", &[], "");
    let known = db.rows(&sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let found = known.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
    found.map(|(recid, _)| *recid).ok_or_else(|| {
        let known: Vec<String> = known.iter().map(|(_, name)| name.clone()).collect();
        StoreError::unknown(NameKind::Affiliation, name, &known)
    })
}
