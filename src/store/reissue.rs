//! New temporary ids for what a restored channel has given an id that headquarters has already.
//!
//! Ids come from a sequence in the channel's file, so that a restored file gives out again what
//! the lost one gave to other customers. Headquarters would take such a row for an edit of those.

use rusqlite::named_params;

use super::error::StoreError;
use super::lost::{ATTACHED, kind, same};
use super::pack::used;
use super::reseeder::Reseeder;
use super::sql_text::quoted;
use super::upload_table::UploadTable;
use super::world::{next_guid, raise};
use crate::model::operation::{Action, OperationKind};

/// The column that holds a customer's temporary id, in each of the five tables.
const CUSTOMER: &str = "CUSTACCOUNTASYNC";

/// Which kind of row brings a temporary id into being, in which column.
const BORN: &[(OperationKind, &str)] = &[
    (OperationKind::Customer, CUSTOMER),
    (OperationKind::Address, "ADDRESSID"),
    (OperationKind::Contact, "CONTACTID"),
];

/// The channel's other tables that name a customer by temporary id, and where.
const OWN: &[(&str, &str)] = &[
    ("cdx_LOYALTYCARD", "ACCOUNT"),
    ("cdx_CUSTOMERORDER", "ACCOUNT"),
    ("cdx_REALTIMECALL", "ACCOUNT"),
    ("cdx_ORDER", CUSTOMER),
    ("ax_RETAILEXTERNALIDTOASYNCCUSTOMERMAP", "ASYNCCUSTOMERACCOUNTNUMBER"),
];

/// Replaces ids of gathered rows that headquarters has for something else, wherever the channel
/// uses them, and gathers the rows that follow; how many. The channel gives out no id again among
/// its first `handed_out`.
pub(super) fn reissue(reseeding: Reseeder<'_>, handed_out: i64) -> Result<u64, StoreError> {
    raise(reseeding.channel, "guid", handed_out + 1)?;
    let mut count = 0;
    for (born, column) in BORN {
        let Some(table) = reseeding.tables.iter().find(|table| kind(table) == Some(*born)) else {
            continue;
        };
        for old in taken(reseeding, table, column)? {
            replace(reseeding, table, column, &old)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Ids that gathered rows give to something new, and that headquarters has for something else.
fn taken(
    reseeding: Reseeder<'_>,
    table: &UploadTable,
    column: &str,
) -> Result<Vec<String>, StoreError> {
    let (name, theirs) = (quoted(&table.plan.target), quoted(&table.plan.hq_table));
    let known = if column == CUSTOMER {
        format!(" OR c.{column} IN (SELECT {CUSTOMER} FROM hq.RETAILCUSTTABLE)")
    } else {
        String::new()
    };
    // The same row under another counter is no other customer, and neither is a row about the one
    // whose creation was lost on its way. It is looked for by the customer's id, of which there is
    // an index; the sign keeps that of the channel from being taken.
    let sql = format!(
        include_str!("sql/reissue_taken.sql"),
        column = column,
        name = name,
        theirs = theirs,
        known = known,
        customer = CUSTOMER,
        counter = quoted(&table.counter),
        same = same(table, ATTACHED),
    );
    let params = named_params! {
        ":table": table.plan.target, ":store": reseeding.store.id, ":create": Action::Create,
    };
    reseeding.channel.rows(&sql, used(&sql, params).as_slice(), |row| row.get(0))
}

/// An id that headquarters has for no customer.
fn fresh(reseeding: Reseeder<'_>) -> Result<String, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM hq.RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC = ?1)
               OR EXISTS (SELECT 1 FROM hq.RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1)";
    loop {
        let new = next_guid(reseeding.channel, reseeding.seed, &reseeding.store.name)?;
        if reseeding.channel.number(sql, [&new])? == 0 {
            return Ok(new);
        }
    }
}

fn replace(
    reseeding: Reseeder<'_>,
    born: &UploadTable,
    column: &str,
    old: &str,
) -> Result<(), StoreError> {
    let channel = reseeding.channel;
    let new = fresh(reseeding)?;
    let of_customer = column == CUSTOMER;
    let using = |table: &&UploadTable| {
        if of_customer { kind(table).is_some() } else { table.plan.target == born.plan.target }
    };
    for table in reseeding.tables.iter().filter(using) {
        let name = quoted(&table.plan.target);
        // A row about an account is about that account, whatever its temporary id was. The sign
        // has the row looked for by its id, as nearly every row has no account yet.
        let pending = if of_customer { " AND +CUSTACCOUNT = ''" } else { "" };
        let sql = format!(
            "INSERT OR IGNORE INTO temp.cdx_AGAIN SELECT ?1, {}, 0 FROM main.{name}
             WHERE {column} = ?2{pending}",
            quoted(&table.counter)
        );
        channel.run(&sql, [&table.plan.target, old])?;
        let sql = format!("UPDATE main.{name} SET {column} = ?1 WHERE {column} = ?2{pending}");
        channel.run(&sql, [new.as_str(), old])?;
        for extension in &table.extensions {
            let keys = extension.key.iter().zip(&table.plan.key);
            for (theirs, _) in keys.filter(|(_, ours)| ours.to == column) {
                let (name, key) = (quoted(&extension.target), quoted(&theirs.to));
                let sql = format!("UPDATE main.{name} SET {key} = ?1 WHERE {key} = ?2");
                channel.run(&sql, [new.as_str(), old])?;
            }
        }
    }
    if of_customer {
        for (table, column) in OWN {
            let sql = format!("UPDATE main.{table} SET {column} = ?1 WHERE {column} = ?2");
            channel.run(&sql, [new.as_str(), old])?;
        }
    }
    Ok(())
}
