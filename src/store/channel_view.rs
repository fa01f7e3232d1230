//! A customer as a channel's register sees it: what was downloaded, and over it what the channel
//! changed itself and has not come back (R10, R19).

use std::cmp::Ordering;

use rusqlite::{Row, named_params};

use super::channel_customers::Known;
use super::customer_rows::{self, Side, customers, read_address, read_customer};
use super::error::StoreError;
use super::field_sets::{Heard, heard};
use super::side::ChannelDatabase;
use super::uploads;
use crate::model::changed::Changed;
use crate::model::customer::{Address, AddressField, Customer, CustomerField};
use crate::model::field_set::{Field, Made, made_before};
use crate::model::ids::{AccountNum, DataStoreId};
use crate::model::operation::{Action, OperationKind};
use crate::model::time::Time;

/// A row that the channel has written.
struct Own<T> {
    values: T,
    action: Action,
    changed: Changed,
    made: Made,
    at: Time,
}

impl<T> Own<T> {
    fn read(
        row: &Row<'_>,
        store: DataStoreId,
        kind: OperationKind,
        values: T,
    ) -> rusqlite::Result<Option<Self>> {
        // What a row does with another number is not known: it fails in headquarters (C03).
        let Some(action) = Action::from_number(row.get("OPERATION")?) else { return Ok(None) };
        let text = row.get::<_, Option<String>>("cdx_CHANGED")?.unwrap_or_default();
        let counter = row.get("REPLICATIONCOUNTERFROMORIGIN")?;
        Ok(Some(Self {
            values,
            action,
            // What is no list says nothing, so that the row is taken whole.
            changed: Changed::parse(&text).unwrap_or(Changed::Whole),
            made: Made { store, kind, counter, number: row.get("cdx_NUMBER")? },
            at: row.get("MODIFIEDDATETIME")?,
        }))
    }
}

/// What came down, and how it was set there.
struct Downloaded<T> {
    values: T,
    heard: Heard,
    /// When headquarters changed it last, as far as its columns tell.
    modified: Time,
}

impl<T> Downloaded<T> {
    /// Whether the channel's own row is newer than what came down, for one field; of a tie between
    /// channels that row counts which has not been sent.
    fn is_older_than<O>(&self, own: &Own<O>, field: Field, sent: i64) -> bool {
        let Some((at, store, table, counter, number)) = self.heard.get(&field.to_string()) else {
            // Nobody has set it since, or only a version that kept no account of it.
            return own.changed != Changed::Whole || own.at >= self.modified;
        };
        match at.cmp(&own.at) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => {
                let same_table = table.as_deref() == Some(own.made.kind.table());
                match (store, counter) {
                    (Some(store), Some(counter)) if *store == own.made.store && same_table => {
                        let heard = Made { counter: *counter, number: *number, ..own.made };
                        made_before(&heard, &own.made)
                    }
                    _ => own.made.counter > sent,
                }
            }
        }
    }
}

/// A customer's values as the channel shows them; `store` is the channel database's RECID.
pub fn state(
    channel: &ChannelDatabase,
    store: DataStoreId,
    known: &Known,
) -> Result<Customer, StoreError> {
    let kind = OperationKind::Customer;
    let (account, guid) = known.columns();
    let own = channel.rows(
        &include_str!("sql/channel_own.sql").replace("{table}", kind.table()),
        named_params! { ":account": account, ":guid": guid },
        |row| Own::read(row, store, kind, read_customer(row)?),
    )?;
    let downloaded = match known {
        Known::Sync { account, .. } => downloaded_customer(channel, account)?,
        Known::Async { .. } => None,
    };
    let sent = uploads::sent(channel, &format!("ax_{}", kind.table()))?;
    let mut shown = downloaded.as_ref().map(|down| down.values.clone());
    for row in own.iter().flatten() {
        let Some(shown) = &mut shown else {
            shown = Some(row.values.clone());
            continue;
        };
        let sets = |field: &CustomerField| row.changed.includes(field.as_str());
        for field in CustomerField::ALL.iter().copied().filter(sets) {
            let older = |down: &Downloaded<_>| down.is_older_than(row, field.into(), sent);
            if downloaded.as_ref().is_none_or(older) {
                field.get(&row.values).clone_into(field.of(shown));
            }
        }
    }
    Ok(shown.unwrap_or_default())
}

fn downloaded_customer(
    channel: &ChannelDatabase,
    account: &AccountNum,
) -> Result<Option<Downloaded<Customer>>, StoreError> {
    let more = ", max(c.MODIFIEDDATETIME, coalesce(r.MODIFIEDDATETIME, ''), p.MODIFIEDDATETIME)
        AS MODIFIEDDATETIME, p.cdx_SETBY";
    let sql = format!("{} WHERE c.ACCOUNTNUM = ?1", customers(Side::Channel, more));
    let found = channel.first(&sql, [account], |row| {
        let set_by = row.get::<_, Option<String>>("cdx_SETBY")?;
        Ok((read_customer(row)?, row.get("MODIFIEDDATETIME")?, set_by))
    })?;
    let Some((values, modified, text)) = found else { return Ok(None) };
    Ok(Some(Downloaded { values, heard: heard(channel, text)?, modified }))
}

/// An address on its way to the register.
struct Shown {
    address: Address,
    /// The temporary id under which a channel made it.
    made_as: String,
    in_force: bool,
    /// What came down of it; none of an address that only the channel has.
    downloaded: Option<Downloaded<()>>,
}

/// The addresses in force of a customer: downloaded ones with what the channel changed itself, and
/// those it made; `store` is the channel database's RECID.
pub fn addresses(
    channel: &ChannelDatabase,
    store: DataStoreId,
    known: &Known,
) -> Result<Vec<Address>, StoreError> {
    let mut shown = match known {
        Known::Sync { account, .. } => downloaded_addresses(channel, account)?,
        Known::Async { .. } => Vec::new(),
    };
    let kind = OperationKind::Address;
    let (account, guid) = known.columns();
    let own = channel.rows(
        &include_str!("sql/channel_own.sql").replace("{table}", kind.table()),
        named_params! { ":account": account, ":guid": guid },
        |row| Own::read(row, store, kind, read_address(row)?),
    )?;
    let sent = uploads::sent(channel, &format!("ax_{}", kind.table()))?;
    for row in own.into_iter().flatten() {
        lay_over(&mut shown, &row, sent);
    }
    let in_force = shown.into_iter().filter(|shown| shown.in_force);
    Ok(in_force.map(|shown| shown.address).collect())
}

fn lay_over(shown: &mut Vec<Shown>, row: &Own<Address>, sent: i64) {
    let id = &row.values.id;
    let is = |known: &Shown| {
        known.address.id.eq_ignore_ascii_case(id) || known.made_as.eq_ignore_ascii_case(id)
    };
    // One that came down before channels were told its temporary id is known by its values.
    let same = |known: &Shown| {
        let of = |address: &Address| Address { id: String::new(), ..address.clone() };
        known.downloaded.is_some()
            && known.made_as.is_empty()
            && row.action == Action::Create
            && of(&known.address) == of(&row.values)
    };
    let at = shown.iter().position(is).or_else(|| shown.iter().position(same));
    let Some(known) = at.and_then(|at| shown.get_mut(at)) else {
        shown.push(Shown {
            address: row.values.clone(),
            made_as: String::new(),
            in_force: row.action != Action::Deactivate,
            downloaded: None,
        });
        return;
    };
    if known.made_as.is_empty() && known.downloaded.is_some() {
        known.made_as.clone_from(id);
    }
    let newer = |field: Field| {
        known.downloaded.as_ref().is_none_or(|down| down.is_older_than(row, field, sent))
    };
    if row.action == Action::Deactivate {
        known.in_force &= !newer(Field::InForce);
        return;
    }
    let sets =
        |field: &&AddressField| row.changed.includes(field.as_str()) && newer((**field).into());
    let set: Vec<AddressField> = AddressField::ALL.iter().filter(sets).copied().collect();
    for field in set {
        field.get(&row.values).clone_into(field.of(&mut known.address));
    }
}

fn downloaded_addresses(
    channel: &ChannelDatabase,
    account: &AccountNum,
) -> Result<Vec<Shown>, StoreError> {
    let sql = format!(
        "{} WHERE l.ISPOSTALADDRESS = 1
         AND l.PARTY IN (SELECT PARTY FROM ax_CUSTTABLE WHERE ACCOUNTNUM = ?1) ORDER BY a.RECID",
        customer_rows::addresses(
            Side::Channel,
            ", a.MODIFIEDDATETIME, a.cdx_SETBY, a.cdx_ADDRESSID"
        )
    );
    let rows = channel.rows(&sql, [account], |row| {
        let shown = Shown {
            address: read_address(row)?,
            made_as: row.get::<_, Option<String>>("cdx_ADDRESSID")?.unwrap_or_default(),
            in_force: row.get("INFORCE")?,
            downloaded: None,
        };
        let modified = row.get("MODIFIEDDATETIME")?;
        Ok((shown, modified, row.get::<_, Option<String>>("cdx_SETBY")?))
    })?;
    rows.into_iter()
        .map(|(shown, modified, text)| {
            let heard = heard(channel, text)?;
            Ok(Shown { downloaded: Some(Downloaded { values: (), heard, modified }), ..shown })
        })
        .collect()
}
