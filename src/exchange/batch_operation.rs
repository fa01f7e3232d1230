//! What the customer batch does with one operation.

use crate::model::customer::{
    Address, AddressField, CREATE, Change, Customer, CustomerField, DEACTIVATE, title_name,
};
use crate::model::operation::OperationKind;
use crate::model::schema::Table;
use crate::store::hq_customers::{self, Origin};
use crate::store::operations::{self, OperationRow};
use crate::store::{Db, Headquarters, StoreError, catalogue};

/// Why an operation did not go through.
#[derive(Debug)]
pub(super) enum Failure {
    /// The last known error, as the status shows it (C03).
    Told(String),
    /// The database failed; the batch stops.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            // What an operation names and headquarters does not have is that operation's failure.
            StoreError::Unknown { what, name, .. } => {
                Self::Told(format!("unknown {what} {name:?}"))
            }
            other => Self::Store(other),
        }
    }
}

/// The lengths of headquarters' columns, some shorter than the channel's.
pub(super) struct Limits {
    address: Option<Table>,
    name: Option<Table>,
}

impl Limits {
    pub(super) fn read(hq: &Headquarters) -> Result<Self, StoreError> {
        Ok(Self {
            address: catalogue::find_table(hq, "LOGISTICSPOSTALADDRESS")?,
            name: catalogue::find_table(hq, "DIRPERSONNAME")?,
        })
    }

    fn check(table: Option<&Table>, values: &[(&str, &str)]) -> Result<(), Failure> {
        for (column, value) in values {
            let limit = table.and_then(|table| table.column(column)).and_then(|c| c.length);
            let length = value.chars().count();
            if let Some(limit) = limit.filter(|limit| length > *limit as usize) {
                return Err(Failure::Told(format!(
                    "{column} has {length} characters, headquarters takes {limit}: {value:?}"
                )));
            }
        }
        Ok(())
    }
}

type Done = (String, Vec<Change>);

/// Carries an operation out; the account it led to and what changed.
pub(super) fn process(
    hq: &Db,
    row: &OperationRow,
    company: &str,
    limits: &Limits,
    now: &str,
) -> Result<Done, Failure> {
    let account = account(hq, row)?;
    match (row.id.kind, account) {
        (OperationKind::Customer, account) => customer(hq, row, account, company, limits, now),
        (_, None) => Err(Failure::Told(format!(
            "customer {} is not in headquarters",
            row.text("CUSTACCOUNTASYNC")
        ))),
        (OperationKind::Address, Some(account)) => address(hq, row, account, limits, now),
        (OperationKind::Contact, Some(account)) => {
            let party = hq_customers::party(hq, &account)?.unwrap_or_default();
            let (kind, value) = (row.number("CONTACTTYPE"), row.text("LOCATOR"));
            let primary = row.number("ISPRIMARY") != 0;
            hq_customers::set_contact(hq, party, kind, value, primary, now)?;
            let attribute = if kind == hq_customers::PHONE { "phone" } else { "email" };
            Ok((account, vec![change(&format!("contact {attribute}"), "", value)]))
        }
        (OperationKind::Affiliation, Some(account)) => {
            let affiliation = row.number("RETAILAFFILIATIONID");
            if row.number("OPERATION") == DEACTIVATE {
                operations::remove_affiliation(hq, &account, affiliation)?;
                let old = affiliation.to_string();
                return Ok((account, vec![change("affiliation", &old, "")]));
            }
            hq_customers::add_affiliation(hq, &account, affiliation)?;
            Ok((account, vec![change("affiliation", "", &affiliation.to_string())]))
        }
        (OperationKind::Attribute, Some(account)) => {
            let (attribute, value) =
                (row.number("ATTRIBUTERECID"), row.text("ATTRIBUTEVALUESTRING"));
            operations::set_attribute(hq, &account, attribute, value)?;
            Ok((account, vec![change(&format!("attribute {attribute}"), "", value)]))
        }
    }
}

/// The account an operation is for: its own, or the one its GUID has become.
fn account(hq: &Db, row: &OperationRow) -> Result<Option<String>, Failure> {
    let account = row.text("CUSTACCOUNT");
    if account.is_empty() {
        return Ok(hq_customers::account_of_guid(hq, row.text("CUSTACCOUNTASYNC"))?);
    }
    match hq_customers::party(hq, account)? {
        Some(_) => Ok(Some(account.to_owned())),
        None => Err(Failure::Told(format!("customer {account} is not in headquarters"))),
    }
}

fn change(attribute: &str, old: &str, new: &str) -> Change {
    Change { attribute: attribute.to_owned(), old: old.to_owned(), new: new.to_owned() }
}

/// The customer that a row describes.
fn described(row: &OperationRow) -> Customer {
    let text = |column: &str| row.text(column).to_owned();
    Customer {
        async_account: text("CUSTACCOUNTASYNC"),
        first_name: text("FIRSTNAME"),
        middle_name: text("MIDDLENAME"),
        last_name: text("LASTNAME"),
        title: title_name(row.number("TITLERECORDID")).to_owned(),
        group: text("CUSTGROUP"),
        language: text("LANGUAGEID"),
        email: text("EMAIL"),
        phone: text("PHONE"),
        receipt_email: text("RECEIPTEMAIL"),
        ..Customer::default()
    }
}

fn customer(
    hq: &Db,
    row: &OperationRow,
    account: Option<String>,
    company: &str,
    limits: &Limits,
    now: &str,
) -> Result<Done, Failure> {
    let wanted = described(row);
    Limits::check(
        limits.name.as_ref(),
        &[
            ("FIRSTNAME", &wanted.first_name),
            ("MIDDLENAME", &wanted.middle_name),
            ("LASTNAME", &wanted.last_name),
        ],
    )?;
    match (account, row.number("OPERATION")) {
        (None, CREATE) => {
            let channel = row.number("ORIGINATINGCHANNEL");
            let default = operations::default_customer(hq, channel)?.ok_or_else(|| {
                Failure::Told(format!("channel {} has no default customer", row.channel))
            })?;
            let origin = Origin { company, now, default_customer: &default };
            let account = hq_customers::create(hq, &origin, &wanted)?;
            let changes = written(&wanted).map(|(field, value)| change(field.as_str(), "", &value));
            Ok((account, changes.collect()))
        }
        (None, _) => Err(Failure::Told(format!(
            "customer {} is not in headquarters",
            row.text("CUSTACCOUNTASYNC")
        ))),
        (Some(account), _) => {
            let mut changes = Vec::new();
            for (field, value) in edited(&wanted) {
                changes.extend(hq_customers::set_field(hq, &account, field, &value, now)?);
            }
            Ok((account, changes))
        }
    }
}

/// The fields of a row that say something.
fn written(customer: &Customer) -> impl Iterator<Item = (CustomerField, String)> + '_ {
    edited(customer).filter(|(_, value)| !value.is_empty())
}

/// The fields a row carries; the group only where it has one, since channels may leave it out.
fn edited(customer: &Customer) -> impl Iterator<Item = (CustomerField, String)> + '_ {
    CustomerField::ALL
        .iter()
        .copied()
        .filter(|field| *field != CustomerField::Affiliation)
        .map(|field| (field, hq_customers::value_of(customer, field)))
        .filter(|(field, value)| {
            !value.is_empty() || !matches!(field, CustomerField::Group | CustomerField::Language)
        })
}

fn address(
    hq: &Db,
    row: &OperationRow,
    account: String,
    limits: &Limits,
    now: &str,
) -> Result<Done, Failure> {
    let text = |column: &str| row.text(column).to_owned();
    let wanted = Address {
        id: text("ADDRESSID"),
        street: text("STREET"),
        city: text("CITY"),
        state: text("STATE"),
        zip: text("ZIP"),
        county: text("COUNTY"),
        country: text("COUNTRY"),
    };
    Limits::check(
        limits.address.as_ref(),
        &[
            ("STREET", &wanted.street),
            ("CITY", &wanted.city),
            ("STATE", &wanted.state),
            ("ZIPCODE", &wanted.zip),
            ("COUNTY", &wanted.county),
            ("COUNTRYREGIONID", &wanted.country),
        ],
    )?;
    let party = hq_customers::party(hq, &account)?.unwrap_or_default();
    let operation = row.number("OPERATION");
    if operation == CREATE {
        let recid = hq_customers::add_address(hq, party, &wanted, now)?;
        operations::remember_address(hq, &wanted.id, recid)?;
        return Ok((account, differences(&Address::default(), &wanted)));
    }
    let known = match operations::address_of(hq, &wanted.id)? {
        Some(recid) => hq_customers::find_address(hq, party, recid)?.map(|found| (recid, found)),
        None => None,
    };
    let Some((recid, found)) = known else {
        return Err(Failure::Told(format!("address {} is not in headquarters", wanted.id)));
    };
    if operation == DEACTIVATE {
        hq_customers::deactivate_address(hq, recid, now)?;
        return Ok((account, vec![change("address", &found.street, "")]));
    }
    hq_customers::edit_address(hq, recid, &wanted, now)?;
    Ok((account, differences(&found, &wanted)))
}

fn differences(old: &Address, new: &Address) -> Vec<Change> {
    AddressField::ALL
        .iter()
        .filter(|field| field.get(old) != field.get(new))
        .map(|field| change(field.as_str(), field.get(old), field.get(new)))
        .collect()
}
