//! The customers that a run of registers' operations makes, one statement for a table. The rows are
//! those that [`super::hq_customers::create`] makes of each operation, under the same numbers.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::str;

use rusqlite::types::ValueRef;
use rusqlite::{Row, named_params};

use super::creation_rows::{self, Creation, NotTogether, ReadyCreation};
use super::error::StoreError;
use super::hq_customers::{NewCustomers, checked, template};
use super::numbers::Numbers;
use super::operations::{alone, default_customer};
use super::relations::Relations;
use super::side::{Headquarters, HqTx};
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{Customer, CustomerField};
use crate::model::field_set::RowOrigin;
use crate::model::ids::{AsyncAccount, DataStoreId};
use crate::model::operation::{Action, OperationId, OperationKind};
use crate::model::time::Time;

/// Those of some operations that make a customer, each in its place. What comes after another
/// operation of the same temporary id is none.
///
/// # Errors
/// Headquarters.
pub(crate) fn read(
    hq: &Headquarters,
    operations: &[OperationId],
) -> Result<Vec<Option<Creation>>, StoreError> {
    let mut found: Vec<Option<Creation>> = operations.iter().map(|_| None).collect();
    let of_customers = |(_, id): &(usize, &OperationId)| id.kind == OperationKind::Customer;
    let (places, rows): (Vec<usize>, Vec<i64>) =
        operations.iter().enumerate().filter(of_customers).map(|(at, id)| (at, id.row)).unzip();
    if rows.len() < 2 {
        return Ok(found);
    }
    let fields: String =
        CustomerField::ALL.iter().map(|field| format!(", t.{}", field.column())).collect();
    let read = hq.rows(
        &include_str!("sql/creations.sql").replace("{fields}", &fields),
        named_params! {
            ":rows": serde_json::to_string(&rows).unwrap_or_default(),
            ":table": OperationKind::Customer, ":create": Action::Create,
        },
        |row| Ok((row.get::<_, i64>(0)?, text(row, 2)?, creation(row)?)),
    )?;
    let mut ids = BTreeSet::new();
    let mut stores = BTreeMap::new();
    for (at, id, creation) in read {
        let Some(id) = id else { continue };
        let first = ids.insert(id.to_ascii_uppercase());
        let Some(mut creation) = creation.filter(|_| first) else { continue };
        if creation.made.number.is_some() {
            made_in(hq, &mut creation, &mut stores)?;
        }
        let place = usize::try_from(at).ok().and_then(|at| places.get(at));
        if let Some(place) = place.and_then(|place| found.get_mut(*place)) {
            *place = Some(creation);
        }
    }
    Ok(found)
}

/// A text as an operation has it; none of what is no text.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Some(String::new()),
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Text(text) => str::from_utf8(text).ok().map(str::to_owned),
        ValueRef::Real(_) | ValueRef::Blob(_) => None,
    })
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<i64>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => Some(number),
        _ => None,
    })
}

/// What a row of `creations.sql` makes; none where that is more than a customer, or may fail.
fn creation(row: &Row<'_>) -> rusqlite::Result<Option<Creation>> {
    let (Some(id), Some(at), Some(changed)) = (text(row, 2)?, text(row, 4)?, text(row, 7)?) else {
        return Ok(None);
    };
    let (Some(channel), Some(store), Some(counter)) =
        (number(row, 3)?, number(row, 5)?, number(row, 6)?)
    else {
        return Ok(None);
    };
    // A temporary id is looked up in capitals; a time stands in JSON, too.
    let plain = |text: &str| text.bytes().all(|byte| matches!(byte, b'-'..=b'Z' | b' '));
    let makes = number(row, 9)? == Some(1)
        && !id.is_empty()
        && id.is_ascii()
        && plain(&at)
        && ChangedFields::parse(&changed).is_some();
    if !makes {
        return Ok(None);
    }
    let mut customer = Customer { async_account: AsyncAccount::new(id), ..Customer::default() };
    for (at, field) in CustomerField::ALL.iter().enumerate() {
        let Some(value) = text(row, FIELDS + at)? else { return Ok(None) };
        *field.of(&mut customer) = field.shown(&value);
    }
    let made = RowOrigin {
        store: DataStoreId(store),
        kind: OperationKind::Customer,
        counter,
        number: number(row, 8)?,
    };
    Ok(Some(Creation { row: row.get(1)?, customer, channel, at: Time::stored(at), made }))
}

/// The first column of a field in `creations.sql`.
const FIELDS: usize = 10;

/// An operation with a number has the order of the channel database it was made in: its file may
/// have stood in another's place when it went up.
fn made_in(
    hq: &Headquarters,
    creation: &mut Creation,
    stores: &mut BTreeMap<i64, Option<DataStoreId>>,
) -> Result<(), StoreError> {
    let channel = creation.channel;
    let store = match stores.get(&channel) {
        Some(known) => *known,
        None => hq.first(include_str!("sql/store_of_channel.sql"), [channel], |row| row.get(0))?,
    };
    stores.insert(channel, store);
    creation.made.store = store.unwrap_or(creation.made.store);
    Ok(())
}

/// Makes the customers of a run of creations, or of as many of the first ones as can be made
/// together; how many. What is left over is to be made by itself, and tells why it cannot be.
///
/// # Errors
/// Headquarters.
pub(crate) fn make(
    hq: &HqTx<'_>,
    all: &NewCustomers,
    run: &[&Creation],
    now: &Time,
) -> Result<usize, StoreError> {
    let mut ready = ready(hq, all, run)?;
    while ready.len() > 1 {
        let given = hq.numbers().map(Numbers::given);
        match alone(hq, || creation_rows::write(hq, all, &ready, now)) {
            Ok(()) => return Ok(ready.len()),
            Err(NotTogether::Store(error)) if error.constraint().is_none() => return Err(error),
            // What refuses it refuses one by one, too, or is taken in.
            Err(NotTogether::Store(_) | NotTogether::Used) => {
                if let (Some(numbers), Some(given)) = (hq.numbers(), given) {
                    numbers.back_to(given);
                }
                ready.truncate(ready.len() / 2);
            }
        }
    }
    Ok(0)
}

/// The first creations of a run, up to one that would fail.
fn ready<'a>(
    hq: &Headquarters,
    all: &NewCustomers,
    run: &[&'a Creation],
) -> Result<Vec<ReadyCreation<'a>>, StoreError> {
    let mut relations = Relations::of(hq);
    let mut defaults: BTreeMap<i64, Option<Customer>> = BTreeMap::new();
    let mut ready = Vec::with_capacity(run.len());
    if run.len() < 2 {
        return Ok(ready);
    }
    for creation in run {
        let (channel, customer) = (creation.channel, &creation.customer);
        let default = match defaults.entry(channel) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let account = default_customer(hq, channel)?;
                let found = account.map(|account| template(hq, &account, &all.company));
                unknown.insert(found.transpose()?.flatten())
            }
        };
        let Some(default) = default else { break };
        if relations.check_customer(customer, checked(customer)).is_err() {
            break;
        }
        ready.push(ReadyCreation { creation, kept: customer.clone().like(default, all.email) });
    }
    Ok(ready)
}
