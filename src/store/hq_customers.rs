//! Customers in headquarters: a party, a person, a customer, their addresses and contacts.

use std::sync::LazyLock;

use rusqlite::{named_params, params};

use super::attributes;
use super::customer_rows::{
    affiliation_named, customer_count, customers, read_customer, run_with, with_columns,
};
use super::error::StoreError;
use super::features;
use super::field_sets;
use super::hq_locations::{in_force, set_contact};
use super::origins;
use super::relations;
use super::side::{Headquarters, HqTx};
use super::world::{next, next_recid, note_recid};
use crate::gates::Catalogue;
use crate::gates::catalogue::slug;
use crate::model::customer::{
    AttributeValue, Change, Contact, Customer, CustomerEdit, CustomerField, CustomerTable, Place,
    ReceiptEmail,
};
use crate::model::field_set::{Field, FieldOwner, Stamp};
use crate::model::ids::{AccountNum, AsyncAccount, DataAreaId};
use crate::model::key::Side;
use crate::model::name_kind::NameKind;
use crate::model::time::Time;

/// What holds for every new customer.
#[derive(Debug, Clone)]
pub(crate) struct NewCustomers {
    /// The company.
    pub(crate) company: DataAreaId,
    /// Whether the receipt e-mail of the default customer is copied.
    pub(crate) email: ReceiptEmail,
}

impl NewCustomers {
    /// As headquarters has its features.
    ///
    /// # Errors
    /// Headquarters.
    pub(crate) fn read(
        hq: &Headquarters,
        catalogue: &Catalogue,
        company: &DataAreaId,
    ) -> Result<Self, StoreError> {
        let prevented = features::is_on(hq, catalogue, slug::NO_RECEIPT_EMAIL)?;
        Ok(Self { company: company.clone(), email: ReceiptEmail::prevented(prevented) })
    }
}

/// What a new customer begins with.
#[derive(Debug, Clone)]
pub(crate) struct Origin<'a> {
    /// What holds for every one.
    pub(crate) all: &'a NewCustomers,
    /// The environment's time.
    pub(crate) now: &'a Time,
    /// The channel's default customer, from whom comes what is not given (C06).
    pub(crate) default_customer: &'a AccountNum,
    /// Who makes it, and when the person acted.
    pub(crate) stamp: &'a Stamp,
    /// The account that a channel knows it by already (U10); a new one where there is none.
    pub(crate) known: Option<AccountNum>,
}

/// What a new customer of a company takes from a default customer; none where there is none.
pub(crate) fn template(
    hq: &Headquarters,
    account: &AccountNum,
    company: &DataAreaId,
) -> Result<Option<Customer>, StoreError> {
    let sql = format!(
        "{} WHERE c.ACCOUNTNUM = :account AND c.DATAAREAID = :company",
        customers(Side::Headquarters, "")
    );
    hq.first(&sql, named_params! { ":account": account, ":company": company }, read_customer)
}

/// Makes a customer; its account (C05). What is not given comes from the default customer (C06).
///
/// # Errors
/// Those of the database; [`StoreError::Unknown`] when the default customer is not there.
pub(crate) fn create(
    hq: &HqTx<'_>,
    origin: &Origin<'_>,
    customer: &Customer,
) -> Result<AccountNum, StoreError> {
    let account = match &origin.known {
        Some(account) => account.clone(),
        None => AccountNum::new(format!("{:08}", next(hq, "account")?)),
    };
    let found = template(hq, origin.default_customer, &origin.all.company)?;
    let Some(default) = found else {
        let what = NameKind::DefaultCustomer;
        return Err(StoreError::unknown(what, origin.default_customer.as_str(), &[]));
    };
    relations::check_customer(hq, customer, checked(customer))?;
    let kept = customer.clone().like(&default, origin.all.email);
    let (name, now) = (kept.name(), origin.now);
    let party = next_recid(hq, "DIRPARTYTABLE")?;
    for NewRow { part, sql, fields } in new_rows() {
        let recid = match part {
            CustomerTable::Party | CustomerTable::Person => party,
            CustomerTable::Name | CustomerTable::Account | CustomerTable::Retail => {
                next_recid(hq, part.as_str())?
            }
        };
        let value = |(column, field): &(&'static str, CustomerField)| {
            (*column, field.stored(field.get(&kept)))
        };
        let fields: Vec<(&str, String)> = fields.iter().map(value).collect();
        let params = named_params! {
            ":recid": recid, ":party": party, ":name": name, ":account": account, ":now": now,
            ":guid": kept.async_account, ":company": origin.all.company,
        };
        run_with(hq, sql, &fields, params)?;
    }
    for field in CustomerField::given(customer) {
        if let Place::Contact(kind) = field.place() {
            set_contact(hq, party, &Contact::primary(kind, field.get(customer)), now)?;
        }
    }
    let given =
        CustomerField::given(customer).map(|field| (Field::Customer(field), origin.stamp.clone()));
    field_sets::record(hq, FieldOwner::Customer(&account), given)?;
    Ok(account)
}

/// One of the rows that a customer is made of.
struct NewRow {
    part: CustomerTable,
    /// What writes it.
    sql: String,
    /// The fields that stand in it, by column.
    fields: Vec<(&'static str, CustomerField)>,
}

/// The rows of every new customer, in the order they are written in.
fn new_rows() -> &'static [NewRow] {
    static ROWS: LazyLock<Vec<NewRow>> = LazyLock::new(|| {
        let statements = include_str!("sql/hq_customer_create.sql").split(";\n");
        let row = |(part, sql): (&CustomerTable, &str)| {
            let of_part = |field: &CustomerField| match field.place() {
                Place::Column(of, column) if of == *part => Some((column, *field)),
                Place::Column(..) | Place::Contact(_) => None,
            };
            let fields: Vec<_> = CustomerField::ALL.iter().filter_map(of_part).collect();
            let columns: Vec<&str> = fields.iter().map(|(column, _)| *column).collect();
            NewRow { part: *part, sql: with_columns(sql, &columns), fields }
        };
        CustomerTable::ALL.iter().zip(statements).map(row).collect()
    });
    &ROWS
}

/// The fields that are checked of a new customer: its names, and what is given.
pub(super) fn checked(customer: &Customer) -> impl Iterator<Item = CustomerField> + '_ {
    let all = CustomerField::ALL.iter().copied();
    all.filter(|field| field.is_required() || !field.get(customer).is_empty())
}

/// The party of an account, if there is such a customer.
pub(crate) fn party(hq: &Headquarters, account: &AccountNum) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = ?1 COLLATE NOCASE";
    hq.first(sql, [account], |row| row.get(0))
}

/// The party of an account that must be there.
///
/// # Errors
/// [`StoreError::Unknown`] when headquarters has no such customer.
pub(crate) fn known_party(hq: &Headquarters, account: &AccountNum) -> Result<i64, StoreError> {
    party(hq, account)?.ok_or_else(|| unknown(account))
}

fn unknown(account: &AccountNum) -> StoreError {
    StoreError::unknown(NameKind::Customer, account.as_str(), &[])
}

/// The account a temporary GUID has become, if it has (C05).
pub(crate) fn account_of_guid(
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
pub(crate) fn find(
    hq: &Headquarters,
    account: &AccountNum,
) -> Result<Option<Customer>, StoreError> {
    let sql =
        format!("{} WHERE c.ACCOUNTNUM = ?1 COLLATE NOCASE", customers(Side::Headquarters, ""));
    let Some((mut customer, party)) =
        hq.first(&sql, [account], |row| Ok((read_customer(row)?, row.get::<_, i64>("PARTY")?)))?
    else {
        return Ok(None);
    };
    customer.addresses = in_force(hq, party)?;
    customer.contacts =
        hq.rows(include_str!("sql/hq_other_contacts.sql"), [party], |row| row.get(0))?;
    customer.affiliations =
        hq.rows(include_str!("sql/hq_affiliations.sql"), [account], |row| row.get(0))?;
    customer.attributes = attributes::values(hq, &customer.account)?;
    Ok(Some(customer))
}

/// Customers whose account, name or e-mail has a word, by account, up to a limit; and how many
/// there are in all.
pub(crate) fn list(
    hq: &Headquarters,
    word: &str,
    limit: u32,
) -> Result<(Vec<Customer>, u64), StoreError> {
    let word = hq.searching(word)?;
    let has_it = "WHERE cdx_has(c.ACCOUNTNUM, :word) OR cdx_has(p.NAME, :word)
         OR cdx_has(r.RECEIPTEMAIL, :word)";
    let count = format!("{} {has_it}", customer_count(Side::Headquarters));
    let total = hq.number(&count, named_params! { ":word": word })?;
    let of = customers(Side::Headquarters, "");
    let sql = format!("{of} {has_it} ORDER BY c.ACCOUNTNUM LIMIT :limit");
    let found = hq.rows(&sql, named_params! { ":word": word, ":limit": limit }, read_customer)?;
    Ok((found, total as u64))
}

/// Makes an edit of a customer, and keeps who made it; what changed, if anything did.
pub(crate) fn edit(
    hq: &HqTx<'_>,
    account: &AccountNum,
    edit: &CustomerEdit,
    stamp: &Stamp,
    now: &Time,
) -> Result<Option<Change>, StoreError> {
    let name = match edit {
        CustomerEdit::Field(field, value) => {
            return set_field(hq, account, *field, value, stamp, now);
        }
        CustomerEdit::Affiliation(name) => name,
        CustomerEdit::Attribute(AttributeValue { name, value }) => {
            return set_attribute(hq, account, name, value, stamp);
        }
        CustomerEdit::Contact(contact) => {
            let party = known_party(hq, account)?;
            let added = set_contact(hq, party, contact, now)?;
            let word = format!("contact {}", contact.word());
            return Ok(added.then(|| Change::new(&word, "", &contact.value)));
        }
    };
    let account = find(hq, account)?.ok_or_else(|| unknown(account))?.account;
    let id = affiliation_named(hq, Side::Headquarters, name)?;
    let added = add_affiliation(hq, &account, id)?;
    let set = [(Field::Affiliation(id), stamp.clone())];
    field_sets::record(hq, FieldOwner::Customer(&account), set)?;
    Ok(added.then(|| Change::new(CustomerEdit::AFFILIATION, "", name)))
}

/// Gives an attribute of a customer a value, and keeps who did.
fn set_attribute(
    hq: &HqTx<'_>,
    account: &AccountNum,
    name: &str,
    value: &str,
    stamp: &Stamp,
) -> Result<Option<Change>, StoreError> {
    let account = find(hq, account)?.ok_or_else(|| unknown(account))?.account;
    let id = attributes::named(hq, name)?;
    let old = attributes::value(hq, &account, id)?;
    attributes::set(hq, &account, id, value)?;
    let set = [(Field::Attribute(id), stamp.clone())];
    field_sets::record(hq, FieldOwner::Customer(&account), set)?;
    Ok((old != value).then(|| Change::new(&format!("attribute {name}"), &old, value)))
}

/// Gives a new customer the affiliations of the default customer (R16).
pub(crate) fn inherit_affiliations(
    hq: &HqTx<'_>,
    account: &AccountNum,
    default: &AccountNum,
) -> Result<(), StoreError> {
    let sql = "SELECT RETAILAFFILIATIONID FROM RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = ?1
               ORDER BY RETAILAFFILIATIONID";
    let given: Vec<i64> = hq.rows(sql, [default], |row| row.get(0))?;
    given.into_iter().try_for_each(|id| add_affiliation(hq, account, id).map(|_| ()))
}

/// Sets a field of a customer, and keeps who set it; what changed, if anything did.
pub(crate) fn set_field(
    hq: &HqTx<'_>,
    account: &AccountNum,
    field: CustomerField,
    value: &str,
    stamp: &Stamp,
    now: &Time,
) -> Result<Option<Change>, StoreError> {
    let before = find(hq, account)?.ok_or_else(|| unknown(account))?;
    let (account, old) = (&before.account, field.get(&before));
    let differs = old != value;
    if differs {
        let mut after = before.clone();
        value.clone_into(field.of(&mut after));
        relations::check_customer(hq, &after, [field])?;
        write(hq, account, field, value, now)?;
    }
    let set = [(Field::Customer(field), stamp.clone())];
    field_sets::record(hq, FieldOwner::Customer(account), set)?;
    Ok(differs.then(|| Change::new(field.as_str(), old, value)))
}

/// Writes a field where headquarters keeps it.
fn write(
    hq: &HqTx<'_>,
    account: &AccountNum,
    field: CustomerField,
    value: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let party = known_party(hq, account)?;
    let (part, column) = match field.place() {
        Place::Contact(kind) => {
            return set_contact(hq, party, &Contact::primary(kind, value), now).map(|_| ());
        }
        Place::Column(part, column) => (part, column),
    };
    let (key, modified) = match part {
        CustomerTable::Party => ("RECID = :party", ", MODIFIEDDATETIME = :now"),
        CustomerTable::Person => ("RECID = :party", ""),
        CustomerTable::Name => ("PERSON = :party", ""),
        CustomerTable::Account => ("PARTY = :party", ", MODIFIEDDATETIME = :now"),
        CustomerTable::Retail => ("ACCOUNTNUM = :account", ", MODIFIEDDATETIME = :now"),
    };
    let sql = format!("UPDATE {part} SET {column} = :value{modified} WHERE {key}");
    let value = field.stored(value);
    let params =
        named_params! { ":value": value, ":now": now, ":party": party, ":account": account };
    run_with(hq, &sql, &[], params)?;
    if part == CustomerTable::Name {
        let params = named_params! { ":party": party, ":now": now };
        hq.run(include_str!("sql/hq_party_name.sql"), params)?;
    }
    Ok(())
}

/// Gives a customer an affiliation by RECID; false when it has it already.
pub(crate) fn add_affiliation(
    hq: &HqTx<'_>,
    account: &AccountNum,
    affiliation: i64,
) -> Result<bool, StoreError> {
    let added = hq.run(
        include_str!("sql/hq_affiliation_add.sql"),
        named_params! {
            ":recid": next_recid(hq, "RETAILCUSTAFFILIATION")?,
            ":account": account, ":id": affiliation,
        },
    )?;
    Ok(added > 0)
}

/// The affiliation that an operation is about: by its RECID, or where that is 0 by its name.
///
/// # Errors
/// [`StoreError::Unknown`] when headquarters has no such affiliation (C12).
pub(crate) fn known_affiliation(
    hq: &Headquarters,
    recid: i64,
    name: &str,
) -> Result<i64, StoreError> {
    if recid == 0 && !name.is_empty() {
        return affiliation_named(hq, Side::Headquarters, name);
    }
    let known = hq.number("SELECT count(*) FROM RETAILAFFILIATION WHERE RECID = ?1", [recid])?;
    let unknown = || StoreError::unknown(NameKind::Affiliation, &recid.to_string(), &[]);
    if known > 0 { Ok(recid) } else { Err(unknown()) }
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
///
/// # Errors
/// [`StoreError::InUseAsDefault`] for one that new customers of a channel are like (R16).
pub(crate) fn delete(hq: &HqTx<'_>, account: &AccountNum) -> Result<bool, StoreError> {
    let Some(party) = party(hq, account)? else { return Ok(false) };
    let sql = include_str!("sql/default_customer_of.sql");
    let channels: Vec<String> = hq.rows(sql, [account], |row| row.get(0))?;
    if !channels.is_empty() {
        return Err(StoreError::InUseAsDefault { account: account.to_string(), channels });
    }
    CUSTOMER_TABLES.iter().try_for_each(|table| note_recid(hq, table))?;
    let params = named_params! { ":party": party, ":account": account };
    for sql in include_str!("sql/hq_customer_delete.sql").split(";\n") {
        run_with(hq, sql, &[], params)?;
    }
    Ok(true)
}

/// Links an identity of another provider to a customer (R05).
pub(crate) fn link_identity(
    hq: &HqTx<'_>,
    identity: &str,
    account: &AccountNum,
) -> Result<(), StoreError> {
    let made = hq.numbers().map_or(0, |numbers| numbers.draw(origins::SEQUENCE));
    let sql = "INSERT OR REPLACE INTO cdx_IDENTITY (IDENTITY, ACCOUNT, MADE) VALUES (?1, ?2, ?3)";
    hq.execute(sql, params![identity, account, made])
}
