//! The rows of customers that are made many at a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::{ToSql, named_params, params};

use super::error::StoreError;
use super::hq_customers::NewCustomers;
use super::hq_locations::description;
use super::operations::note_sql;
use super::pack::used;
use super::side::{Headquarters, HqTx};
use super::world::{next_of, next_recids};
use crate::model::customer::{Change, Customer, CustomerField, CustomerTable, Place};
use crate::model::field_set::{RowOrigin, SetterKind};
use crate::model::ids::AsyncAccount;
use crate::model::operation::{OperationKind, OperationStatus};
use crate::model::time::Time;

/// An operation that makes a customer whom nothing else is known of.
#[derive(Debug, Clone)]
pub(crate) struct Creation {
    /// Its RECID.
    pub(super) row: i64,
    /// The customer.
    pub(super) customer: Customer,
    /// The RECID of the channel whose default customer it is like.
    pub(super) channel: i64,
    /// When the person acted.
    pub(super) at: Time,
    /// Where it was made.
    pub(super) made: RowOrigin,
}

impl Creation {
    /// The temporary id that the customer came with.
    pub(crate) fn temporary_id(&self) -> &AsyncAccount {
        &self.customer.async_account
    }
}

/// A creation, and its customer with what it takes from the default customer.
pub(super) struct ReadyCreation<'a> {
    pub(super) creation: &'a Creation,
    pub(super) kept: Customer,
}

/// The fields of a customer as columns of the run.
fn columns(write: impl Fn(&CustomerField) -> String) -> String {
    CustomerField::ALL.iter().map(write).collect()
}

/// Makes the tables that a run stands in while its rows are written, as long as the database is
/// open.
///
/// # Errors
/// Headquarters.
pub(crate) fn prepare(hq: &Headquarters) -> Result<(), StoreError> {
    let fields = columns(|field| format!(",\n    {} TEXT NOT NULL", field.column()));
    hq.script(&include_str!("sql/creation_run.sql").replace("{fields}", &fields))?;
    for field in CustomerField::ALL {
        let sql = "INSERT INTO temp.cdx_CUSTOMERFIELD (BIT, FIELD) VALUES (?1, ?2)";
        hq.run(sql, params![bit(*field), field.as_str()])?;
    }
    Ok(())
}

/// A field's bit in GIVEN, in the order in which the fields of a customer are set.
fn bit(field: CustomerField) -> i64 {
    1 << field as u32
}

/// Writes the rows of a run.
pub(super) fn write(
    hq: &HqTx<'_>,
    all: &NewCustomers,
    run: &[ReadyCreation<'_>],
    now: &Time,
) -> Result<(), NotTogether> {
    let count = run.len() as i64;
    let account = next_of(hq, "account", count)?;
    let party = next_recids(hq, CustomerTable::Party.as_str(), count)?;
    if is_used(hq, account, party, count)? {
        return Err(NotTogether::Used);
    }
    let recids = |table: CustomerTable| next_recids(hq, table.as_str(), count);
    let (name, customer) = (recids(CustomerTable::Name)?, recids(CustomerTable::Account)?);
    let retail = recids(CustomerTable::Retail)?;
    let contacts = fill(hq, account, run)?;
    let (mut number, mut location, mut place, mut contact) = (0, 0, 0, 0);
    if contacts > 0 {
        number = next_of(hq, "location", contacts)?;
        location = next_recids(hq, "LOGISTICSLOCATION", contacts)?;
        place = next_recids(hq, "DIRPARTYLOCATION", contacts)?;
        contact = next_recids(hq, "LOGISTICSELECTRONICADDRESS", contacts)?;
    }
    let params = named_params! {
        ":party": party, ":name": name, ":customer": customer, ":retail": retail,
        ":number": number, ":location": location, ":place": place, ":contact": contact,
        ":company": all.company, ":now": now, ":operation": SetterKind::Operation,
        ":table": OperationKind::Customer, ":status": OperationStatus::Succeeded,
        ":waiting": OperationStatus::Waiting,
    };
    for sql in STATEMENTS.iter() {
        hq.run(sql, used(sql, params).as_slice())?;
    }
    Ok(())
}

/// What writes the rows of a run, in the order in which the rows of one customer are written.
static STATEMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let part = |at: usize, sql: &str| {
        let of_part = |field: &CustomerField| match field.place() {
            Place::Column(of, column) if CustomerTable::ALL.get(at) == Some(&of) => Some(column),
            Place::Column(..) | Place::Contact(_) => None,
        };
        let each = |write: fn(&str, &str) -> String| {
            columns(|field| of_part(field).map_or_else(String::new, |of| write(of, field.column())))
        };
        sql.replace("{columns}", &each(|column, _| format!(", {column}")))
            .replace("{values}", &each(|_, value| format!(", c.{value}")))
    };
    let statements = include_str!("sql/creations_write.sql").split(";\n").enumerate();
    let mut all: Vec<String> = statements.map(|(at, sql)| part(at, sql)).collect();
    all.push(note_sql(
        "SELECT :table, c.ROW, :status, NULL, c.CHANGES, :now FROM temp.cdx_CREATION c WHERE true",
    ));
    all
});

/// Whether headquarters keeps anything of these accounts and parties, of which it has no rows.
fn is_used(hq: &Headquarters, account: i64, party: i64, count: i64) -> Result<bool, StoreError> {
    let (first, last) = (account_text(account), account_text(account + count - 1));
    let sql = include_str!("sql/creations_used.sql");
    let params = named_params! {
        ":first": first, ":last": last, ":party": party, ":highest": party + count - 1,
    };
    Ok(first.len() != last.len() || hq.number(sql, params)? != 0)
}

fn account_text(account: i64) -> String {
    format!("{account:08}")
}

/// Puts a run into its tables; how many contacts it has.
fn fill(hq: &HqTx<'_>, account: i64, run: &[ReadyCreation<'_>]) -> Result<i64, StoreError> {
    hq.run("DELETE FROM temp.cdx_CREATION", [])?;
    hq.run("DELETE FROM temp.cdx_CREATEDCONTACT", [])?;
    let marks = columns(|_| ", ?".to_owned());
    let sql =
        format!("INSERT INTO temp.cdx_CREATION VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?{marks})");
    let mut insert = hq.conn().prepare_cached(&sql).map_err(|e| hq.error(&sql, e))?;
    let mut contacts = 0;
    for (at, ReadyCreation { creation, kept }) in run.iter().enumerate() {
        let at = at as i64;
        let (account, name, made) = (account_text(account + at), kept.name(), &creation.made);
        let CreationTexts { given, set_by, changes } = told(creation);
        let own: [&dyn ToSql; 12] = [
            &at,
            &creation.row,
            &account,
            &kept.async_account,
            &name,
            &creation.at,
            &made.store,
            &made.counter,
            &made.number,
            &given,
            &set_by,
            &changes,
        ];
        let stored = |field: &CustomerField| field.stored(field.get(kept));
        let fields: Vec<String> = CustomerField::ALL.iter().map(stored).collect();
        let fields = fields.iter().map(|value| value as &dyn ToSql);
        let values: Vec<&dyn ToSql> = own.into_iter().chain(fields).collect();
        insert.execute(values.as_slice()).map_err(|e| hq.error(&sql, e))?;
        contacts = fill_contacts(hq, at, creation, contacts)?;
    }
    Ok(contacts)
}

/// Puts the contacts of a customer behind those that are there; how many there are then.
fn fill_contacts(
    hq: &HqTx<'_>,
    at: i64,
    creation: &Creation,
    before: i64,
) -> Result<i64, StoreError> {
    let mut contacts = before;
    for field in CustomerField::given(&creation.customer) {
        let Place::Contact(kind) = field.place() else { continue };
        let value = field.get(&creation.customer);
        let sql = "INSERT INTO temp.cdx_CREATEDCONTACT VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let first = contacts == before;
        hq.run(sql, params![contacts, at, kind, value, description(kind), first])?;
        contacts += 1;
    }
    Ok(contacts)
}

/// What is told of a creation.
struct CreationTexts {
    /// The bits of the fields that it gives.
    given: i64,
    /// Who set them, for the channels, as `field_set_tell.sql` has it.
    set_by: String,
    /// What it changed.
    changes: String,
}

fn told(creation: &Creation) -> CreationTexts {
    let customer = &creation.customer;
    let fields = || CustomerField::given(customer);
    let change = |field: CustomerField| Change::new(field.as_str(), "", field.get(customer));
    let changes: Vec<Change> = fields().map(change).collect();
    let RowOrigin { store, kind, counter, number } = creation.made;
    let set = (creation.at.as_str(), store, kind.table(), counter, number);
    let set_by: BTreeMap<&str, _> = fields().map(|field| (field.as_str(), set)).collect();
    CreationTexts {
        given: fields().fold(0, |given, field| given | bit(field)),
        set_by: serde_json::to_string(&set_by).unwrap_or_default(),
        changes: serde_json::to_string(&changes).unwrap_or_default(),
    }
}

/// Why a run cannot be written together.
pub(super) enum NotTogether {
    /// Headquarters has something of a number that is given out now, which a customer that is made
    /// by itself takes in.
    Used,
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for NotTogether {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
