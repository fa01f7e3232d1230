//! Where the fields of customers and addresses stand in headquarters' rows, and in a channel's,
//! which are the same under another prefix; and how rows are read into values.

use rusqlite::Row;
use rusqlite::types::{ToSql, ValueRef};

use super::db::Db;
use super::error::StoreError;
use super::pack::used;
use crate::model::customer::{Address, AddressField, Customer, CustomerField, Part, Place};

/// The tables of which side.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Headquarters,
    Channel,
}

impl Side {
    /// A query over this side's tables.
    fn of(self, sql: &str) -> String {
        sql.replace(
            "{ax}",
            match self {
                Self::Headquarters => "",
                Self::Channel => "ax_",
            },
        )
    }
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
                Part::Party => format!("p.{column}"),
                Part::Account => format!("c.{column}"),
                Part::Person => format!("coalesce(d.{column}, 0)"),
                Part::Name => format!("coalesce(n.{column}, '')"),
                Part::Retail => format!("coalesce(r.{column}, '')"),
            },
        };
        format!("{value} AS {}", field.column())
    };
    let fields: Vec<String> = CustomerField::ALL.iter().map(field).collect();
    let sql = include_str!("sql/customer.sql").replace("{more}", more);
    side.of(&sql.replace("{fields}", &fields.join(", ")))
}

/// The query for addresses, to be ended with a WHERE.
pub(super) fn addresses(side: Side, more: &str) -> String {
    let field = |field: &AddressField| format!("a.{} AS {}", field.place(), field.column());
    let fields: Vec<String> = AddressField::ALL.iter().map(field).collect();
    let sql = include_str!("sql/address.sql").replace("{more}", more);
    side.of(&sql.replace("{fields}", &fields.join(", ")))
}

/// A customer from [`customers`], or from a row of the asynchronous table.
pub(super) fn read_customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    let mut customer = Customer {
        account: row.get("CUSTACCOUNT")?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        currency: row.get("CURRENCY")?,
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

/// Runs a statement in whose text `{columns}`, `{marks}` and `{sets}` stand for these fields, by
/// column; of the other parameters it takes those that it names.
pub(super) fn run_with(
    db: &Db,
    sql: &str,
    fields: &[(&str, String)],
    others: &[(&str, &dyn ToSql)],
) -> Result<(), StoreError> {
    let each = |write: fn(&str) -> String| -> String {
        fields.iter().map(|(column, _)| write(column)).collect()
    };
    let sql = sql
        .replace("{columns}", &each(|column| format!(", {column}")))
        .replace("{marks}", &each(|column| format!(", :{column}")))
        .replace("{sets}", &each(|column| format!(", {column} = :{column}")));
    let names: Vec<String> = fields.iter().map(|(column, _)| format!(":{column}")).collect();
    let own = names.iter().zip(fields).map(|(name, (_, value))| (name.as_str(), value as _));
    let params: Vec<(&str, &dyn ToSql)> = used(&sql, others).into_iter().chain(own).collect();
    db.run(&sql, params.as_slice()).map(|_| ())
}
