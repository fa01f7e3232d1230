//! What headquarters' own relations refuse of a customer and of an address (C12): a value that is
//! in no list, an empty name, a value that is too long.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use super::catalogue::column_length;
use super::error::StoreError;
use super::side::Headquarters;
use crate::model::customer::{
    AddressField, Contact, Customer, CustomerField, CustomerTable, Place,
};
use crate::model::name_kind::NameKind;

/// The table that contacts are in.
const CONTACTS: &str = "LOGISTICSELECTRONICADDRESS";

/// The table that postal addresses are in.
const ADDRESSES: &str = "LOGISTICSPOSTALADDRESS";

/// Refuses fields of a customer that headquarters does not take; `customer` is the customer as it
/// would be.
///
/// # Errors
/// [`StoreError::EmptyName`], [`StoreError::TooLong`], [`StoreError::Unknown`].
pub(super) fn check_customer(
    hq: &Headquarters,
    customer: &Customer,
    fields: impl IntoIterator<Item = CustomerField>,
) -> Result<(), StoreError> {
    Relations::of(hq).check_customer(customer, fields)
}

/// What many customers are held against, read once, for as long as headquarters does not change it.
pub(super) struct Relations<'a> {
    hq: &'a Headquarters,
    /// The lengths of columns, by table and column.
    lengths: BTreeMap<(&'static str, &'static str), Option<u32>>,
    /// Values that are in their lists, by the list's table.
    listed: BTreeSet<(&'static str, String)>,
}

impl<'a> Relations<'a> {
    /// Those of headquarters as it is now.
    pub(super) fn of(hq: &'a Headquarters) -> Self {
        Self { hq, lengths: BTreeMap::new(), listed: BTreeSet::new() }
    }

    /// As [`check_customer`].
    pub(super) fn check_customer(
        &mut self,
        customer: &Customer,
        fields: impl IntoIterator<Item = CustomerField>,
    ) -> Result<(), StoreError> {
        let mut named = false;
        for field in fields {
            let value = field.get(customer);
            if field.is_required() && value.trim().is_empty() {
                return Err(StoreError::EmptyName { field: field.column() });
            }
            match field.place() {
                // A title is kept as its number.
                Place::Column(CustomerTable::Person, _) => {}
                Place::Column(table, column) => self.check_length(table.as_str(), column, value)?,
                Place::Contact(_) => self.check_length(CONTACTS, "LOCATOR", value)?,
            }
            self.check_list(list_of(field), value)?;
            named |= matches!(field.place(), Place::Column(CustomerTable::Name, _));
        }
        if named {
            self.check_length(CustomerTable::Party.as_str(), "NAME", &customer.name())?;
        }
        Ok(())
    }

    fn check_length(
        &mut self,
        table: &'static str,
        column: &'static str,
        value: &str,
    ) -> Result<(), StoreError> {
        // No text column of these tables is shorter.
        if value.len() <= 3 {
            return Ok(());
        }
        let limit = match self.lengths.entry((table, column)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(column_length(self.hq, table, column)?),
        };
        refuse_longer(limit, table, column, value)
    }

    fn check_list(&mut self, list: Option<List>, value: &str) -> Result<(), StoreError> {
        let Some(list) = list.filter(|_| !value.is_empty()) else { return Ok(()) };
        let one = (list.2, value.to_owned());
        if !self.listed.contains(&one) {
            check_list(self.hq, list, value)?;
            self.listed.insert(one);
        }
        Ok(())
    }
}

/// Refuses values of an address that headquarters does not take.
///
/// # Errors
/// [`StoreError::TooLong`], [`StoreError::Unknown`].
pub(super) fn check_address<'v>(
    hq: &Headquarters,
    values: impl IntoIterator<Item = (AddressField, &'v str)>,
) -> Result<(), StoreError> {
    for (field, value) in values {
        check_length(hq, ADDRESSES, field.place(), value)?;
        let list = match field {
            AddressField::Country => Some(COUNTRIES),
            AddressField::Street
            | AddressField::City
            | AddressField::State
            | AddressField::Zip
            | AddressField::County => None,
        };
        if let Some(list) = list.filter(|_| !value.is_empty()) {
            check_list(hq, list, value)?;
        }
    }
    Ok(())
}

/// Refuses a contact that headquarters does not take.
///
/// # Errors
/// [`StoreError::TooLong`].
pub(super) fn check_contact(hq: &Headquarters, contact: &Contact) -> Result<(), StoreError> {
    check_length(hq, CONTACTS, "LOCATOR", &contact.value)
}

/// Refuses a value that is longer than headquarters' own column; some are shorter than a channel's.
fn check_length(
    hq: &Headquarters,
    table: &'static str,
    column: &'static str,
    value: &str,
) -> Result<(), StoreError> {
    Relations::of(hq).check_length(table, column, value)
}

/// Refuses a value of more characters than a limit.
fn refuse_longer(
    limit: Option<u32>,
    table: &str,
    column: &str,
    value: &str,
) -> Result<(), StoreError> {
    match limit {
        Some(limit) if value.chars().count() > limit as usize => Err(StoreError::TooLong {
            table: table.to_owned(),
            column: column.to_owned(),
            length: value.chars().count(),
            limit,
        }),
        _ => Ok(()),
    }
}

/// A list of headquarters: what is in it, its column and its table.
struct List(NameKind, &'static str, &'static str);

const GROUPS: List = List(NameKind::CustomerGroup, "CUSTGROUP", "CUSTGROUP");
const CURRENCIES: List = List(NameKind::Currency, "CURRENCYCODE", "CURRENCY");
const LANGUAGES: List = List(NameKind::Language, "LANGUAGEID", "LANGUAGETABLE");
const COUNTRIES: List = List(NameKind::Country, "COUNTRYREGIONID", "LOGISTICSADDRESSCOUNTRYREGION");

/// The list of headquarters that a field's value must be in.
fn list_of(field: CustomerField) -> Option<List> {
    match field {
        CustomerField::Group => Some(GROUPS),
        CustomerField::Currency => Some(CURRENCIES),
        CustomerField::Language => Some(LANGUAGES),
        CustomerField::FirstName
        | CustomerField::MiddleName
        | CustomerField::LastName
        | CustomerField::Title
        | CustomerField::Email
        | CustomerField::Phone
        | CustomerField::ReceiptEmail
        | CustomerField::ReceiptOption => None,
    }
}

/// Refuses a value that is not in its list; an empty one refers to nothing.
fn check_list(hq: &Headquarters, list: List, value: &str) -> Result<(), StoreError> {
    let List(kind, column, table) = list;
    let sql = format!("SELECT {column} FROM {table} WHERE {column} = ?1");
    if hq.text(&sql, [value])?.is_some() {
        return Ok(());
    }
    let sql = format!("SELECT DISTINCT {column} FROM {table} ORDER BY 1");
    let known: Vec<String> = hq.rows(&sql, [], |row| row.get(0))?;
    Err(StoreError::unknown(kind, value, &known))
}
