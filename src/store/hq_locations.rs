//! Where a party lives and is reached: postal addresses, telephone numbers and e-mail addresses.

use rusqlite::{ToSql, named_params, params};

use super::customer_rows::{addresses, read_address, run_with, with_columns};
use super::error::StoreError;
use super::field_sets;
use super::operations;
use super::relations;
use super::side::{Headquarters, HqTx};
use super::world::{next, next_recid};
use crate::model::customer::{Address, AddressField, Contact, ContactType};
use crate::model::field_set::{Field, FieldOwner, Stamp};
use crate::model::key::Side;
use crate::model::time::Time;

/// Sets a party's primary telephone number or e-mail address, or adds another contact; false where
/// the party has that one already.
pub(crate) fn set_contact(
    hq: &HqTx<'_>,
    party: i64,
    contact: &Contact,
    now: &Time,
) -> Result<bool, StoreError> {
    relations::check_contact(hq, contact)?;
    let Contact { kind, value, primary } = contact;
    let same = named_params! { ":party": party, ":kind": kind, ":value": value };
    if !primary && hq.number(include_str!("sql/hq_same_contact.sql"), same)? > 0 {
        return Ok(false);
    }
    let known = hq.first(
        include_str!("sql/hq_primary_contact.sql"),
        named_params! { ":party": party, ":kind": kind, ":primary": primary },
        |row| row.get::<_, i64>(0),
    )?;
    if let Some(recid) = known {
        let sql = "UPDATE LOGISTICSELECTRONICADDRESS SET LOCATOR = ?1 WHERE RECID = ?2";
        hq.execute(sql, params![value, recid])?;
        return Ok(true);
    }
    let description = description(*kind);
    let location = add_location(hq, party, description, false, now)?;
    hq.execute(
        include_str!("sql/hq_contact_add.sql"),
        named_params! {
            ":recid": next_recid(hq, "LOGISTICSELECTRONICADDRESS")?,
            ":location": location, ":value": value, ":kind": kind, ":primary": primary,
            ":description": description,
        },
    )?;
    Ok(true)
}

/// What the location of a contact of a type is called.
pub(super) fn description(kind: i64) -> &'static str {
    match ContactType::from_number(kind) {
        Some(ContactType::Phone) => "Phone",
        Some(ContactType::Url) => "Web address",
        Some(ContactType::Email) | None => "E-mail",
    }
}

/// Takes a contact that is not primary from a party, with its location; false where the party does
/// not have it. Values count in any case.
pub(crate) fn remove_contact(
    hq: &HqTx<'_>,
    party: i64,
    contact: &Contact,
) -> Result<bool, StoreError> {
    let Contact { kind, value, .. } = contact;
    let same = named_params! { ":party": party, ":kind": kind, ":value": value };
    let locations = include_str!("sql/hq_contact_locations.sql");
    let found: Vec<i64> = hq.rows(locations, same, |row| row.get(0))?;
    for location in &found {
        for (table, column) in [
            ("LOGISTICSELECTRONICADDRESS", "LOCATION"),
            ("DIRPARTYLOCATION", "LOCATION"),
            ("LOGISTICSLOCATION", "RECID"),
        ] {
            hq.run(&format!("DELETE FROM {table} WHERE {column} = ?1"), [location])?;
        }
    }
    Ok(!found.is_empty())
}

fn add_location(
    hq: &HqTx<'_>,
    party: i64,
    description: &str,
    postal: bool,
    now: &Time,
) -> Result<i64, StoreError> {
    let number = next(hq, "location")?;
    hq.run(
        include_str!("sql/hq_location_add.sql"),
        named_params! {
            ":recid": next_recid(hq, "LOGISTICSLOCATION")?,
            ":description": description, ":postal": postal, ":number": number, ":now": now,
        },
    )?;
    let location = hq.last_id();
    hq.run(
        include_str!("sql/hq_party_location_add.sql"),
        named_params! {
            ":recid": next_recid(hq, "DIRPARTYLOCATION")?,
            ":party": party, ":location": location, ":postal": postal,
        },
    )?;
    Ok(location)
}

/// Adds a postal address to a party; its RECID. One that headquarters, put back from a copy, has
/// lost gets the RECID again that channels know it by.
pub(crate) fn add_address(
    hq: &HqTx<'_>,
    party: i64,
    address: &Address,
    stamp: &Stamp,
    now: &Time,
) -> Result<i64, StoreError> {
    relations::check_address(hq, AddressField::ALL.iter().map(|f| (*f, f.get(address))))?;
    let location = add_location(hq, party, "Home", true, now)?;
    let recid = match operations::recid_before(hq, &address.id)? {
        Some(known) => known,
        None => next_recid(hq, "LOGISTICSPOSTALADDRESS")?,
    };
    let params = named_params! {
        ":recid": recid, ":location": location, ":written": address.written(), ":now": now,
    };
    write(hq, include_str!("sql/hq_address_add.sql"), address, params)?;
    let given = AddressField::given(address).map(|field| (Field::Address(field), stamp.clone()));
    field_sets::record(hq, FieldOwner::Address(recid), given)?;
    Ok(recid)
}

/// A postal address as headquarters has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PostalAddress {
    /// One that is in force.
    InForce(Address),
    /// One that was deactivated.
    Deactivated(Address),
}

impl PostalAddress {
    /// Its values.
    pub(crate) fn values(&self) -> &Address {
        match self {
            Self::InForce(address) | Self::Deactivated(address) => address,
        }
    }
}

/// A postal address of a customer by the id that a channel knows it by, and its RECID.
pub(crate) fn find_address(
    hq: &Headquarters,
    party: i64,
    id: &str,
) -> Result<Option<(i64, PostalAddress)>, StoreError> {
    let Some(recid) = operations::address_of(hq, id)? else { return Ok(None) };
    let sql = format!("{} WHERE l.PARTY = ?1 AND a.RECID = ?2", addresses(Side::Headquarters, ""));
    hq.first(&sql, [party, recid], |row| {
        let address = read_address(row)?;
        let in_force = row.get("INFORCE")?;
        let kind = if in_force { PostalAddress::InForce } else { PostalAddress::Deactivated };
        Ok((recid, kind(address)))
    })
}

/// The addresses of a party that are in force.
pub(super) fn in_force(hq: &Headquarters, party: i64) -> Result<Vec<Address>, StoreError> {
    let sql = format!(
        "{} WHERE l.PARTY = ?1 AND l.ISPOSTALADDRESS = 1 AND a.VALIDTO > '2154' ORDER BY a.RECID",
        addresses(Side::Headquarters, "")
    );
    hq.rows(&sql, [party], read_address)
}

/// Sets fields of a postal address, and keeps who set them; the others stay as they are.
pub(crate) fn edit_address(
    hq: &HqTx<'_>,
    recid: i64,
    before: &Address,
    set: &[(AddressField, String, Stamp)],
    now: &Time,
) -> Result<Address, StoreError> {
    let differing = set.iter().filter(|(field, value, _)| field.get(before) != value);
    relations::check_address(hq, differing.map(|(field, value, _)| (*field, value.as_str())))?;
    let mut address = before.clone();
    for (field, value, _) in set {
        field.of(&mut address).clone_from(value);
    }
    let sql = "UPDATE LOGISTICSPOSTALADDRESS SET ADDRESS = :written, MODIFIEDDATETIME = :now{sets}
               WHERE RECID = :recid";
    let params = named_params! { ":written": address.written(), ":now": now, ":recid": recid };
    write(hq, sql, &address, params)?;
    let set = set.iter().map(|(field, _, stamp)| (Field::Address(*field), stamp.clone()));
    field_sets::record(hq, FieldOwner::Address(recid), set)?;
    Ok(address)
}

/// Ends a postal address's validity, if it is in force, and keeps who did.
pub(crate) fn deactivate_address(
    hq: &HqTx<'_>,
    recid: i64,
    stamp: &Stamp,
    now: &Time,
) -> Result<(), StoreError> {
    hq.run(
        "UPDATE LOGISTICSPOSTALADDRESS SET VALIDTO = ?1, MODIFIEDDATETIME = ?1
         WHERE RECID = ?2 AND VALIDTO > '2154'",
        params![now, recid],
    )?;
    field_sets::record(hq, FieldOwner::Address(recid), [(Field::InForce, stamp.clone())])
}

/// Writes every field of an address with a statement.
fn write(
    hq: &HqTx<'_>,
    sql: &str,
    address: &Address,
    others: &[(&str, &dyn ToSql)],
) -> Result<(), StoreError> {
    let field = |field: &AddressField| (field.place(), field.get(address).to_owned());
    let fields: Vec<(&str, String)> = AddressField::ALL.iter().map(field).collect();
    let columns: Vec<&str> = fields.iter().map(|(column, _)| *column).collect();
    run_with(hq, &with_columns(sql, &columns), &fields, others)
}
