//! A customer as a channel's register sees it: what was downloaded, and over it what the channel
//! changed itself and has not come back (R10, R19).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rusqlite::{Row, named_params};

use super::channel_customers::ChannelCustomer;
use super::customer_rows::{self, customers, read_address, read_customer};
use super::error::StoreError;
use super::field_sets::{LastSetting, last_settings};
use super::side::ChannelDatabase;
use super::uploads;
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{Address, AddressField, Customer, CustomerField};
use crate::model::field_set::{Field, RowOrigin, made_before};
use crate::model::ids::{AccountNum, DataStoreId};
use crate::model::key::Side;
use crate::model::operation::{Action, OperationKind};
use crate::model::time::Time;

/// A row that the channel has written.
struct OwnRow<T> {
    values: T,
    action: Action,
    changed: ChangedFields,
    made: RowOrigin,
    at: Time,
}

impl<T> OwnRow<T> {
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
            changed: ChangedFields::parse(&text).unwrap_or(ChangedFields::Whole),
            made: RowOrigin { store, kind, counter, number: row.get("cdx_NUMBER")? },
            at: row.get("MODIFIEDDATETIME")?,
        }))
    }
}

/// What came down, and how it was set there.
struct DownloadedRow<T> {
    values: T,
    heard: BTreeMap<String, LastSetting>,
    /// When headquarters changed it last, as far as its columns tell.
    modified: Time,
}

impl<T> DownloadedRow<T> {
    /// Whether the channel's own row is newer than what came down, for one field; of a tie between
    /// channels that row counts which has not been sent.
    fn is_older_than<O>(&self, own: &OwnRow<O>, field: Field, sent: i64) -> bool {
        let Some(last) = self.heard.get(&field.to_string()) else {
            // Nobody has set it since, or only a version that kept no account of it.
            return own.changed != ChangedFields::Whole || own.at >= self.modified;
        };
        match (last.at.cmp(&own.at), last.made()) {
            (Ordering::Less, _) => true,
            (Ordering::Greater, _) => false,
            (Ordering::Equal, Some(made))
                if (made.store, made.kind) == (own.made.store, own.made.kind) =>
            {
                made_before(&made, &own.made)
            }
            (Ordering::Equal, _) => own.made.counter > sent,
        }
    }
}

/// A customer's values as the channel shows them; `store` is the channel database's RECID.
pub(crate) fn state(
    channel: &ChannelDatabase,
    store: DataStoreId,
    known: &ChannelCustomer,
) -> Result<Customer, StoreError> {
    let kind = OperationKind::Customer;
    let (account, guid) = known.columns();
    let own = channel.rows(
        &include_str!("sql/channel_own.sql").replace("{table}", kind.table()),
        named_params! { ":account": account, ":guid": guid },
        |row| OwnRow::read(row, store, kind, read_customer(row)?),
    )?;
    let downloaded = match known {
        ChannelCustomer::Sync { account, .. } => downloaded_customer(channel, account)?,
        ChannelCustomer::Async { .. } => None,
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
            let older =
                |down: &DownloadedRow<_>| down.is_older_than(row, Field::Customer(field), sent);
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
) -> Result<Option<DownloadedRow<Customer>>, StoreError> {
    let more = ", max(c.MODIFIEDDATETIME, coalesce(r.MODIFIEDDATETIME, ''), p.MODIFIEDDATETIME)
        AS MODIFIEDDATETIME, p.cdx_SETBY";
    let sql = format!("{} WHERE c.ACCOUNTNUM = ?1", customers(Side::Channel, more));
    let found = channel.first(&sql, [account], |row| {
        let set_by = row.get::<_, Option<String>>("cdx_SETBY")?;
        Ok((read_customer(row)?, row.get("MODIFIEDDATETIME")?, set_by))
    })?;
    let Some((values, modified, text)) = found else { return Ok(None) };
    Ok(Some(DownloadedRow { values, heard: last_settings(channel, text)?, modified }))
}

/// An address on its way to the register.
struct ShownAddress {
    address: Address,
    /// The temporary id under which a channel made it.
    made_as: String,
    in_force: bool,
    /// What came down of it; none of an address that only the channel has.
    downloaded: Option<DownloadedRow<()>>,
}

/// The addresses in force of a customer: downloaded ones with what the channel changed itself, and
/// those it made; `store` is the channel database's RECID.
pub(crate) fn addresses(
    channel: &ChannelDatabase,
    store: DataStoreId,
    known: &ChannelCustomer,
) -> Result<Vec<Address>, StoreError> {
    let mut shown = match known {
        ChannelCustomer::Sync { account, .. } => downloaded_addresses(channel, account)?,
        ChannelCustomer::Async { .. } => Vec::new(),
    };
    let kind = OperationKind::Address;
    let (account, guid) = known.columns();
    let own = channel.rows(
        &include_str!("sql/channel_own.sql").replace("{table}", kind.table()),
        named_params! { ":account": account, ":guid": guid },
        |row| OwnRow::read(row, store, kind, read_address(row)?),
    )?;
    let sent = uploads::sent(channel, &format!("ax_{}", kind.table()))?;
    for row in own.into_iter().flatten() {
        lay_over(&mut shown, &row, sent);
    }
    let in_force = shown.into_iter().filter(|shown| shown.in_force);
    Ok(in_force.map(|shown| shown.address).collect())
}

fn lay_over(shown: &mut Vec<ShownAddress>, row: &OwnRow<Address>, sent: i64) {
    let id = &row.values.id;
    let is = |known: &ShownAddress| {
        known.address.id.eq_ignore_ascii_case(id) || known.made_as.eq_ignore_ascii_case(id)
    };
    // One that came down before channels were told its temporary id is known by its values.
    let same = |known: &ShownAddress| {
        let of = |address: &Address| Address { id: String::new(), ..address.clone() };
        known.downloaded.is_some()
            && known.made_as.is_empty()
            && row.action == Action::Create
            && of(&known.address) == of(&row.values)
    };
    let at = shown.iter().position(is).or_else(|| shown.iter().position(same));
    let Some(known) = at.and_then(|at| shown.get_mut(at)) else {
        shown.push(ShownAddress {
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
    let sets = |field: &&AddressField| {
        row.changed.includes(field.as_str()) && newer(Field::Address(**field))
    };
    let set: Vec<AddressField> = AddressField::ALL.iter().filter(sets).copied().collect();
    for field in set {
        field.get(&row.values).clone_into(field.of(&mut known.address));
    }
}

fn downloaded_addresses(
    channel: &ChannelDatabase,
    account: &AccountNum,
) -> Result<Vec<ShownAddress>, StoreError> {
    let sql = format!(
        "{} WHERE l.ISPOSTALADDRESS = 1
         AND l.PARTY IN (SELECT PARTY FROM ax_CUSTTABLE WHERE ACCOUNTNUM = ?1) ORDER BY a.RECID",
        customer_rows::addresses(
            Side::Channel,
            ", a.MODIFIEDDATETIME, a.cdx_SETBY, a.cdx_ADDRESSID"
        )
    );
    let rows = channel.rows(&sql, [account], |row| {
        let shown = ShownAddress {
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
            let heard = last_settings(channel, text)?;
            Ok(ShownAddress {
                downloaded: Some(DownloadedRow { values: (), heard, modified }),
                ..shown
            })
        })
        .collect()
}
