//! What headquarters' own relations refuse of a customer and of an address (C12): a value that is
//! in no list, an empty name, a value that is too long.

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
    let mut named = false;
    for field in fields {
        let value = field.get(customer);
        if field.is_required() && value.trim().is_empty() {
            return Err(StoreError::EmptyName { field: field.column() });
        }
        match field.place() {
            // A title is kept as its number.
            Place::Column(CustomerTable::Person, _) => {}
            Place::Column(table, column) => check_length(hq, table.as_str(), column, value)?,
            Place::Contact(_) => check_length(hq, CONTACTS, "LOCATOR", value)?,
        }
        check_list(hq, list_of(field), value)?;
        named |= matches!(field.place(), Place::Column(CustomerTable::Name, _));
    }
    if named {
        check_length(hq, CustomerTable::Party.as_str(), "NAME", &customer.name())?;
    }
    Ok(())
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
        check_list(hq, list, value)?;
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
    table: &str,
    column: &str,
    value: &str,
) -> Result<(), StoreError> {
    // No text column of these tables is shorter.
    if value.len() <= 3 {
        return Ok(());
    }
    match column_length(hq, table, column)? {
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

/// Refuses a value that is not in its list, where it has one; an empty one refers to nothing.
fn check_list(hq: &Headquarters, list: Option<List>, value: &str) -> Result<(), StoreError> {
    let Some(List(kind, column, table)) = list.filter(|_| !value.is_empty()) else {
        return Ok(());
    };
    let sql = format!("SELECT {column} FROM {table} WHERE {column} = ?1");
    if hq.text(&sql, [value])?.is_some() {
        return Ok(());
    }
    let sql = format!("SELECT DISTINCT {column} FROM {table} ORDER BY 1");
    let known: Vec<String> = hq.rows(&sql, [], |row| row.get(0))?;
    Err(StoreError::unknown(kind, value, &known))
}
