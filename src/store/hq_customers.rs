//! Customers in headquarters: a party, a person, a customer, their addresses and contacts.

use rusqlite::{Row, named_params};

use super::error::StoreError;
use super::field_sets;
use super::hq_locations::read_hq_address;
pub use super::hq_locations::{
    PostalAddress, add_address, deactivate_address, edit_address, find_address, set_contact,
};
use super::side::{Headquarters, HqTx};
use super::world::{next, next_recid, note_recid};
use crate::model::customer::{Change, Customer, CustomerField, title_name, title_number};
use crate::model::field_set::{Field, FieldOwner, Stamp};
use crate::model::ids::{AccountNum, AsyncAccount, DataAreaId};
use crate::model::named::Named;
use crate::model::time::Time;

/// What a new customer begins with.
#[derive(Debug, Clone)]
pub struct Origin<'a> {
    /// The company.
    pub company: &'a DataAreaId,
    /// The environment's time.
    pub now: &'a Time,
    /// The channel's default customer, from whom group and currency come (C06).
    pub default_customer: &'a AccountNum,
    /// Who makes it, and when the person acted.
    pub stamp: &'a Stamp,
    /// The account that a channel knows it by already (U10); a new one where there is none.
    pub known: Option<AccountNum>,
}

/// What a new customer takes from a default customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    group: String,
    currency: String,
    language: String,
}

/// What a new customer of a company takes from a default customer; none where there is none.
pub fn template(
    hq: &Headquarters,
    account: &AccountNum,
    company: &DataAreaId,
) -> Result<Option<Template>, StoreError> {
    hq.first(
        "SELECT c.CUSTGROUP, c.CURRENCY, p.LANGUAGEID FROM CUSTTABLE c
         JOIN DIRPARTYTABLE p ON p.RECID = c.PARTY
         WHERE c.ACCOUNTNUM = :account AND c.DATAAREAID = :company",
        named_params! { ":account": account, ":company": company },
        |row| Ok(Template { group: row.get(0)?, currency: row.get(1)?, language: row.get(2)? }),
    )
}

/// Makes a customer; its account (C05). Group and currency come from the default customer (C06).
///
/// # Errors
/// Those of the database; [`StoreError::Unknown`] when the default customer is not there.
pub fn create(
    hq: &HqTx<'_>,
    origin: &Origin<'_>,
    customer: &Customer,
) -> Result<AccountNum, StoreError> {
    let account = match &origin.known {
        Some(account) => account.clone(),
        None => AccountNum::new(format!("{:08}", next(hq, "account")?)),
    };
    let found = template(hq, origin.default_customer, origin.company)?;
    let Some(Template { group, currency, language }) = found else {
        let what = Named::DefaultCustomer;
        return Err(StoreError::unknown(what, origin.default_customer.as_str(), &[]));
    };
    let language = if customer.language.is_empty() { language } else { customer.language.clone() };
    hq.run(
        "INSERT INTO DIRPARTYTABLE (RECID, NAME, NAMEALIAS, LANGUAGEID, PARTYNUMBER,
         CREATEDDATETIME, MODIFIEDDATETIME)
         VALUES (:recid, :name, substr(:name, 1, 20), :language, 'C' || :account, :now, :now)",
        named_params! {
            ":recid": next_recid(hq, "DIRPARTYTABLE")?, ":name": customer.name(), ":language": language, ":account": account,
            ":now": origin.now,
        },
    )?;
    let party = hq.last_id();
    hq.run(
        "INSERT INTO DIRPERSON (RECID, PERSONALTITLE) VALUES (?1, ?2)",
        [party, title_number(&customer.title).unwrap_or(0)],
    )?;
    hq.run(
        "INSERT INTO DIRPERSONNAME (RECID, PERSON, FIRSTNAME, MIDDLENAME, LASTNAME, VALIDFROM,
         VALIDTO)
         VALUES (:recid, :party, :first, :middle, :last, :now, '2154-12-31 23:59:59.000')",
        named_params! {
            ":recid": next_recid(hq, "DIRPERSONNAME")?,
            ":party": party, ":first": customer.first_name, ":middle": customer.middle_name,
            ":last": customer.last_name, ":now": origin.now,
        },
    )?;
    hq.run(
        "INSERT INTO CUSTTABLE (RECID, ACCOUNTNUM, PARTY, CUSTGROUP, CURRENCY, DATAAREAID,
         CREATEDDATETIME, MODIFIEDDATETIME)
         VALUES (:recid, :account, :party, :group, :currency, :company, :now, :now)",
        named_params! {
            ":recid": next_recid(hq, "CUSTTABLE")?,
            ":account": account, ":party": party, ":group": group, ":currency": currency,
            ":company": origin.company, ":now": origin.now,
        },
    )?;
    hq.run(
        "INSERT INTO RETAILCUSTTABLE (RECID, ACCOUNTNUM, RECEIPTEMAIL, CUSTACCOUNTASYNC, DATAAREAID,
         MODIFIEDDATETIME) VALUES (:recid, :account, :receipt, :guid, :company, :now)",
        named_params! {
            ":recid": next_recid(hq, "RETAILCUSTTABLE")?,
            ":account": account, ":receipt": customer.receipt_email,
            ":guid": customer.async_account, ":company": origin.company, ":now": origin.now,
        },
    )?;
    for (kind, value) in [(EMAIL, &customer.email), (PHONE, &customer.phone)] {
        if !value.is_empty() {
            set_contact(hq, party, kind, value, true, origin.now)?;
        }
    }
    let given = given(customer).map(|(field, _)| (Field::Customer(field), origin.stamp.clone()));
    let given: Vec<(Field, Stamp)> = given.collect();
    field_sets::record(hq, FieldOwner::Customer(&account), &given)?;
    Ok(account)
}

/// The fields of a new customer that say something.
pub fn given(customer: &Customer) -> impl Iterator<Item = (CustomerField, String)> + '_ {
    let of = |field: CustomerField| (field, value_of(customer, field));
    CustomerField::ALL.iter().copied().map(of).filter(|(_, value)| !value.is_empty())
}

/// `LOGISTICSELECTRONICADDRESS.TYPE` of a telephone number.
pub const PHONE: i64 = 1;
/// `LOGISTICSELECTRONICADDRESS.TYPE` of an e-mail address.
pub const EMAIL: i64 = 2;

/// The party of an account, if there is such a customer.
pub fn party(hq: &Headquarters, account: &AccountNum) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = ?1 COLLATE NOCASE";
    hq.first(sql, [account], |row| row.get(0))
}

/// The party of an account that must be there.
///
/// # Errors
/// [`StoreError::Unknown`] when headquarters has no such customer.
pub fn known_party(hq: &Headquarters, account: &AccountNum) -> Result<i64, StoreError> {
    party(hq, account)?.ok_or_else(|| unknown(account))
}

fn unknown(account: &AccountNum) -> StoreError {
    StoreError::unknown(Named::Customer, account.as_str(), &[])
}

/// The account a temporary GUID has become, if it has (C05).
pub fn account_of_guid(
    hq: &Headquarters,
    guid: &AsyncAccount,
) -> Result<Option<AccountNum>, StoreError> {
    if guid.is_empty() {
        return Ok(None);
    }
    let sql = "SELECT ACCOUNTNUM FROM RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1";
    hq.first(sql, [guid.as_str().to_uppercase()], |row| row.get(0))
}

/// A customer by account, with addresses, contacts and affiliations.
pub fn find(hq: &Headquarters, account: &AccountNum) -> Result<Option<Customer>, StoreError> {
    let sql = include_str!("sql/hq_customer.sql");
    let Some((mut customer, party)) =
        hq.first(sql, [account], |row| Ok((read(row)?, row.get::<_, i64>("PARTY")?)))?
    else {
        return Ok(None);
    };
    customer.addresses = hq.rows(include_str!("sql/hq_addresses.sql"), [party], read_hq_address)?;
    customer.contacts = hq.rows(
        "SELECT e.LOCATOR FROM DIRPARTYLOCATION l
         JOIN LOGISTICSELECTRONICADDRESS e ON e.LOCATION = l.LOCATION
         WHERE l.PARTY = ?1 AND e.ISPRIMARY = 0 ORDER BY e.RECID",
        [party],
        |row| row.get(0),
    )?;
    customer.affiliations = hq.rows(
        "SELECT a.NAME FROM RETAILCUSTAFFILIATION c
         JOIN RETAILAFFILIATION a ON a.RECID = c.RETAILAFFILIATIONID
         WHERE c.CUSTACCOUNTNUM = ?1 ORDER BY a.NAME",
        [account],
        |row| row.get(0),
    )?;
    Ok(Some(customer))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Customer> {
    read_customer(row, "ACCOUNTNUM", "PERSONALTITLE")
}

/// A customer from a row of headquarters, or of a channel, where the account and the title have
/// these columns.
pub(super) fn read_customer(
    row: &Row<'_>,
    account: &str,
    title: &str,
) -> rusqlite::Result<Customer> {
    Ok(Customer {
        account: row.get(account)?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        first_name: row.get("FIRSTNAME")?,
        middle_name: row.get("MIDDLENAME")?,
        last_name: row.get("LASTNAME")?,
        title: title_name(row.get(title)?).to_owned(),
        group: row.get("CUSTGROUP")?,
        currency: row.get("CURRENCY")?,
        language: row.get("LANGUAGEID")?,
        email: row.get("EMAIL")?,
        phone: row.get("PHONE")?,
        receipt_email: row.get("RECEIPTEMAIL")?,
        ..Customer::default()
    })
}

/// Customers whose account, name or e-mail has a word, by account, up to a limit; and how many
/// there are in all.
pub fn list(hq: &Headquarters, word: &str, limit: u32) -> Result<(Vec<Customer>, u64), StoreError> {
    let word = hq.searching(word)?;
    let total = hq.number(
        &format!("SELECT count(*) FROM ({})", include_str!("sql/hq_customer_list.sql")),
        named_params! { ":word": word, ":limit": -1 },
    )?;
    let found = hq.rows(
        include_str!("sql/hq_customer_list.sql"),
        named_params! { ":word": word, ":limit": limit },
        read,
    )?;
    Ok((found, total as u64))
}

/// Sets a field of a customer, and keeps who set it; what changed, if anything did.
pub fn set_field(
    hq: &HqTx<'_>,
    account: &AccountNum,
    field: CustomerField,
    value: &str,
    stamp: &Stamp,
    now: &Time,
) -> Result<Option<Change>, StoreError> {
    let before = find(hq, account)?.ok_or_else(|| unknown(account))?;
    let set = match field {
        CustomerField::Affiliation => Field::Affiliation(affiliation_named(hq, value)?),
        other => Field::Customer(other),
    };
    let changed = write_field(hq, &before, set, value, now)?;
    let set = [(set, stamp.clone())];
    field_sets::record(hq, FieldOwner::Customer(&before.account), &set)?;
    let old = value_of(&before, field);
    let attribute = field.as_str().to_owned();
    Ok(changed.then(|| Change { attribute, old, new: value.to_owned() }))
}

/// Writes a field; whether that changed anything.
fn write_field(
    hq: &HqTx<'_>,
    before: &Customer,
    set: Field,
    value: &str,
    now: &Time,
) -> Result<bool, StoreError> {
    let account = &before.account;
    let field = match set {
        Field::Customer(field) => field,
        Field::Affiliation(id) => return add_affiliation(hq, account, id),
        Field::Attribute(_) | Field::Address(_) | Field::InForce => return Ok(false),
    };
    if value_of(before, field) == value {
        return Ok(false);
    }
    let party = known_party(hq, account)?;
    let params = named_params! { ":value": value, ":party": party, ":now": now };
    match field {
        CustomerField::FirstName | CustomerField::MiddleName | CustomerField::LastName => {
            let column = field.column().unwrap_or_default();
            let sql = format!("UPDATE DIRPERSONNAME SET {column} = ?1 WHERE PERSON = ?2");
            hq.run(&sql, rusqlite::params![value, party])?;
            hq.run(
                include_str!("sql/hq_party_name.sql"),
                named_params! { ":party": party, ":now": now },
            )?;
        }
        CustomerField::Title => {
            let title = title_number(value).unwrap_or(0);
            hq.run("UPDATE DIRPERSON SET PERSONALTITLE = ?1 WHERE RECID = ?2", [title, party])?;
        }
        CustomerField::Email => set_contact(hq, party, EMAIL, value, true, now)?,
        CustomerField::Phone => set_contact(hq, party, PHONE, value, true, now)?,
        CustomerField::ReceiptEmail => {
            hq.run(
                "UPDATE RETAILCUSTTABLE SET RECEIPTEMAIL = ?1, MODIFIEDDATETIME = ?2
                 WHERE ACCOUNTNUM = ?3",
                rusqlite::params![value, now, account],
            )?;
        }
        CustomerField::Language => {
            hq.run(
                "UPDATE DIRPARTYTABLE SET LANGUAGEID = :value, MODIFIEDDATETIME = :now
                 WHERE RECID = :party",
                params,
            )?;
        }
        CustomerField::Group => {
            hq.run(
                "UPDATE CUSTTABLE SET CUSTGROUP = :value, MODIFIEDDATETIME = :now
                 WHERE PARTY = :party",
                params,
            )?;
        }
        CustomerField::Affiliation => return Ok(false),
    }
    Ok(true)
}

/// The value of a field; affiliations have none, since setting one adds it.
pub fn value_of(customer: &Customer, field: CustomerField) -> String {
    match field {
        CustomerField::FirstName => customer.first_name.clone(),
        CustomerField::MiddleName => customer.middle_name.clone(),
        CustomerField::LastName => customer.last_name.clone(),
        CustomerField::Title => customer.title.clone(),
        CustomerField::Email => customer.email.clone(),
        CustomerField::Phone => customer.phone.clone(),
        CustomerField::ReceiptEmail => customer.receipt_email.clone(),
        CustomerField::Language => customer.language.clone(),
        CustomerField::Group => customer.group.clone(),
        CustomerField::Affiliation => String::new(),
    }
}

/// Gives a customer an affiliation by RECID; false when it has it already.
pub fn add_affiliation(
    hq: &HqTx<'_>,
    account: &AccountNum,
    affiliation: i64,
) -> Result<bool, StoreError> {
    let added = hq.run(
        "INSERT INTO RETAILCUSTAFFILIATION (RECID, CUSTACCOUNTNUM, RETAILAFFILIATIONID, DATAAREAID)
         SELECT :recid, :account, :id, DATAAREAID FROM CUSTTABLE WHERE ACCOUNTNUM = :account
         AND NOT EXISTS (SELECT 1 FROM RETAILCUSTAFFILIATION
                         WHERE CUSTACCOUNTNUM = :account AND RETAILAFFILIATIONID = :id)",
        named_params! {
            ":recid": next_recid(hq, "RETAILCUSTAFFILIATION")?,
            ":account": account, ":id": affiliation,
        },
    )?;
    Ok(added > 0)
}

fn affiliation_named(hq: &Headquarters, name: &str) -> Result<i64, StoreError> {
    let names = hq.rows("SELECT RECID, NAME FROM RETAILAFFILIATION ORDER BY NAME", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    })?;
    if let Some((recid, _)) = names.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)) {
        return Ok(*recid);
    }
    let known: Vec<String> = names.into_iter().map(|(_, name)| name).collect();
    Err(StoreError::unknown(Named::Affiliation, name, &known))
}

/// The tables that a customer's rows are in, whose RECIDs go to channels.
pub(super) const CUSTOMER_TABLES: &[&str] = &[
    "DIRPARTYTABLE",
    "DIRPERSONNAME",
    "CUSTTABLE",
    "RETAILCUSTTABLE",
    "LOGISTICSELECTRONICADDRESS",
    "LOGISTICSLOCATION",
    "DIRPARTYLOCATION",
    "LOGISTICSPOSTALADDRESS",
    "RETAILCUSTAFFILIATION",
];

/// Deletes a customer and everything that is theirs alone; false when there is no such customer.
pub fn delete(hq: &HqTx<'_>, account: &AccountNum) -> Result<bool, StoreError> {
    let Some(party) = party(hq, account)? else { return Ok(false) };
    CUSTOMER_TABLES.iter().try_for_each(|table| note_recid(hq, table))?;
    for sql in include_str!("sql/hq_customer_delete.sql").split(";\n") {
        let named: [(&str, &dyn rusqlite::ToSql); 2] = [(":party", &party), (":account", &account)];
        let used: Vec<_> = named.into_iter().filter(|(name, _)| sql.contains(name)).collect();
        if !used.is_empty() {
            hq.run(sql, used.as_slice())?;
        }
    }
    Ok(true)
}

/// Links an identity of another provider to a customer (R05).
pub fn link_identity(
    hq: &HqTx<'_>,
    identity: &str,
    account: &AccountNum,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO cdx_IDENTITY (IDENTITY, ACCOUNT) VALUES (?1, ?2)";
    hq.run(sql, rusqlite::params![identity, account]).map(|_| ())
}
