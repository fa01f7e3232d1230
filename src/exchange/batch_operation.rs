//! What the customer batch does with one operation.

use super::batch_failure::Failure;
use super::batch_fields::{Fate, Task};
use crate::model::async_values::{AFFILIATION, AFFILIATION_NAME, ATTRIBUTE};
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{
    Address, AddressField, Change, Contact, ContactType, Customer, CustomerField,
};
use crate::model::field_set::{Field, FieldOwner, Stamp};
use crate::model::ids::{AccountNum, AsyncAccount};
use crate::model::left_field::LeftField;
use crate::model::operation::{Action, OperationKind};
use crate::model::time::Time;
use crate::store::hq_customers::{self, NewCustomers, Origin};
use crate::store::hq_locations::{self, PostalAddress};
use crate::store::operations::{self, OperationRow, Outcome};
use crate::store::{Headquarters, HqTx, StoreError, attributes, lineage};

/// Carries an operation out; the account it led to, what changed, and what it left alone.
pub(super) fn process(
    hq: &HqTx<'_>,
    row: &OperationRow,
    new: &NewCustomers,
    now: &Time,
) -> Result<Outcome, Failure> {
    let task = Task::new(hq, row, now)?;
    let account = account(hq, row)?;
    match (row.id.kind, account) {
        (OperationKind::Customer, account) => customer(&task, account, new),
        (_, None) => Err(Failure::Told(format!(
            "customer {} is not in headquarters",
            row.text("CUSTACCOUNTASYNC")
        ))),
        (OperationKind::Address, Some(account)) => address(&task, account),
        (OperationKind::Contact, Some(account)) => Ok(contact(&task, account)?),
        (OperationKind::Affiliation, Some(account)) => Ok(affiliation(&task, account)?),
        (OperationKind::Attribute, Some(account)) => Ok(attribute(&task, account)?),
    }
}

/// What an operation asks for, whether or not headquarters takes it: old and new values.
pub(super) fn asked(hq: &HqTx<'_>, row: &OperationRow) -> Result<Vec<Change>, StoreError> {
    let known = known_account(hq, row)?;
    let found = known.map(|account| hq_customers::find(hq, &account)).transpose()?.flatten();
    let found = found.unwrap_or_default();
    let differs = |change: &Change| change.old != change.new;
    match row.id.kind {
        OperationKind::Customer => {
            let wanted = Customer::of_async(|column| row.text(column));
            let changed = ChangedFields::parse(row.text("cdx_CHANGED"));
            let fields = edited(&wanted, &changed.unwrap_or(ChangedFields::Whole)).into_iter();
            let change = |field: CustomerField| {
                Change::new(field.as_str(), field.get(&found), field.get(&wanted))
            };
            Ok(fields.map(change).filter(differs).collect())
        }
        OperationKind::Address => {
            let wanted = Address::of_async(|column| row.text(column));
            let given = AddressField::given(&wanted);
            Ok(given.map(|field| Change::new(field.as_str(), "", field.get(&wanted))).collect())
        }
        OperationKind::Contact => {
            let contact = Contact::of_async(|column| row.text(column));
            Ok(vec![Change::new(&format!("contact {}", contact.word()), "", &contact.value)])
        }
        OperationKind::Affiliation => {
            let name = row.text(AFFILIATION_NAME);
            let name = if name.is_empty() { row.text(AFFILIATION) } else { name };
            Ok(vec![Change::new("affiliation", "", name)])
        }
        OperationKind::Attribute => {
            let word = attribute_word(hq, row.number(ATTRIBUTE[0]))?;
            Ok(vec![Change::new(&word, "", row.text(ATTRIBUTE[1]))])
        }
    }
}

/// A primary contact is the customer's e-mail address or telephone number; another one is added,
/// or taken away.
fn contact(task: &Task<'_>, account: AccountNum) -> Result<Outcome, StoreError> {
    let Task { hq, row, now, .. } = *task;
    let contact = Contact::of_async(|column| row.text(column));
    let word = format!("contact {}", contact.word());
    let takes = task.action == Action::Deactivate;
    let own = match ContactType::from_number(contact.kind) {
        Some(ContactType::Phone) if contact.primary => Some(CustomerField::Phone),
        Some(ContactType::Email) if contact.primary => Some(CustomerField::Email),
        _ => None,
    };
    let Some(field) = own else {
        let party = hq_customers::known_party(hq, &account)?;
        let change = if takes {
            let taken = hq_locations::remove_contact(hq, party, &contact)?;
            taken.then(|| Change::new(&word, &contact.value, ""))
        } else {
            let added = hq_locations::set_contact(hq, party, &contact, now)?;
            added.then(|| Change::new(&word, "", &contact.value))
        };
        return Ok(Outcome { account, changes: Vec::from_iter(change), left: Vec::new() });
    };
    let mut done = Outcome { account, ..Outcome::default() };
    let value = if takes { "" } else { contact.value.as_str() };
    if takes && !has(hq, &done.account, field, &contact.value)? {
        return Ok(done);
    }
    set_customer_field(task, &mut done, field, value, &Contact::COLUMNS)?;
    for change in &mut done.changes {
        change.attribute.clone_from(&word);
    }
    Ok(done)
}

/// Whether a field of a customer has this value, in any case.
fn has(
    hq: &Headquarters,
    account: &AccountNum,
    field: CustomerField,
    value: &str,
) -> Result<bool, StoreError> {
    let found = hq_customers::find(hq, account)?.unwrap_or_default();
    Ok(field.get(&found).eq_ignore_ascii_case(value))
}

fn affiliation(task: &Task<'_>, account: AccountNum) -> Result<Outcome, StoreError> {
    let Task { hq, row, .. } = *task;
    let id =
        hq_customers::known_affiliation(hq, row.number(AFFILIATION), row.text(AFFILIATION_NAME))?;
    let (field, text) = (Field::Affiliation(id), id.to_string());
    let takes = task.action == Action::Deactivate;
    let owner = FieldOwner::Customer(&account);
    let mut done = Outcome { account: account.clone(), ..Outcome::default() };
    match task.fate(owner, field, &[AFFILIATION, "OPERATION"])? {
        Fate::Left(newer) => {
            let word = |given: bool| if given { "given" } else { "taken" };
            let kept = word(operations::has_affiliation(hq, &account, id)?);
            done.left.push(task.left(field, word(!takes), kept, &newer)?);
        }
        Fate::Set(stamp) => {
            if takes {
                operations::remove_affiliation(hq, &account, id)?;
                done.changes.push(Change::new("affiliation", &text, ""));
            } else {
                hq_customers::add_affiliation(hq, &account, id)?;
                done.changes.push(Change::new("affiliation", "", &text));
            }
            task.record(owner, field, stamp)?;
        }
    }
    Ok(done)
}

/// An attribute as people read it.
fn attribute_word(hq: &Headquarters, id: i64) -> Result<String, StoreError> {
    let name = attributes::name(hq, id)?;
    Ok(name.map_or_else(|| Field::Attribute(id).to_string(), |name| format!("attribute {name}")))
}

fn attribute(task: &Task<'_>, account: AccountNum) -> Result<Outcome, StoreError> {
    let Task { hq, row, .. } = *task;
    let takes = task.action == Action::Deactivate;
    let id = row.number(ATTRIBUTE[0]);
    let value = if takes { "" } else { row.text(ATTRIBUTE[1]) };
    attributes::known(hq, id)?;
    let (field, word) = (Field::Attribute(id), attribute_word(hq, id)?);
    let owner = FieldOwner::Customer(&account);
    let old = attributes::value(hq, &account, id)?;
    let mut done = Outcome { account: account.clone(), ..Outcome::default() };
    match task.fate(owner, field, &ATTRIBUTE)? {
        Fate::Left(newer) => {
            let left = task.left(field, value, &old, &newer)?;
            done.left.push(LeftField { field: word, ..left });
        }
        Fate::Set(stamp) => {
            attributes::set(hq, &account, id, value)?;
            done.changes.push(Change::new(&word, &old, value));
            task.record(owner, field, stamp)?;
        }
    }
    Ok(done)
}

/// The account an operation is for: its own, or the one its GUID has become.
fn account(hq: &Headquarters, row: &OperationRow) -> Result<Option<AccountNum>, Failure> {
    let (account, found) = (row.text("CUSTACCOUNT"), known_account(hq, row)?);
    if found.is_none() && !account.is_empty() {
        return Err(Failure::Told(format!("customer {account} is not in headquarters")));
    }
    Ok(found)
}

/// The account in headquarters that an operation is for; headquarters that was put back may have
/// given the customer another one than the row has.
pub(super) fn known_account(
    hq: &Headquarters,
    row: &OperationRow,
) -> Result<Option<AccountNum>, StoreError> {
    let account = AccountNum::new(row.text("CUSTACCOUNT"));
    if !account.is_empty() && hq_customers::party(hq, &account)?.is_some() {
        return Ok(Some(account));
    }
    hq_customers::account_of_guid(hq, &AsyncAccount::new(row.text("CUSTACCOUNTASYNC")))
}

fn customer(
    task: &Task<'_>,
    account: Option<AccountNum>,
    new: &NewCustomers,
) -> Result<Outcome, Failure> {
    let Task { hq, row, .. } = *task;
    let wanted = Customer::of_async(|column| row.text(column));
    let changed = task.changed()?;
    match (account, task.action) {
        (None, Action::Create) => create(task, &wanted, new),
        (None, Action::Update | Action::Deactivate) => Err(Failure::Told(format!(
            "customer {} is not in headquarters",
            row.text("CUSTACCOUNTASYNC")
        ))),
        (Some(account), _) => {
            let account = hq_customers::find(hq, &account)?.map_or(account, |found| found.account);
            let mut done = Outcome { account, ..Outcome::default() };
            for field in edited(&wanted, &changed) {
                let value = field.get(&wanted);
                set_customer_field(task, &mut done, field, value, &[field.column()])?;
            }
            Ok(done)
        }
    }
}

/// Makes the customer of a creation (C05).
fn create(task: &Task<'_>, wanted: &Customer, new: &NewCustomers) -> Result<Outcome, Failure> {
    let Task { hq, row, now, .. } = *task;
    let channel = row.number("ORIGINATINGCHANNEL");
    let default = operations::default_customer(hq, channel)?
        .ok_or_else(|| Failure::Told(format!("channel {} has no default customer", row.channel)))?;
    let stamp = task.stamp(&[]);
    let known = lineage::known_account(hq, &wanted.async_account)?;
    let origin = Origin { all: new, now, default_customer: &default, stamp: &stamp, known };
    let account = hq_customers::create(hq, &origin, wanted)?;
    let mut changes = Vec::new();
    for field in CustomerField::given(wanted) {
        let owner = FieldOwner::Customer(&account);
        task.record_saved(owner, Field::Customer(field), &[field.column()])?;
        changes.push(Change::new(field.as_str(), "", field.get(wanted)));
    }
    Ok(Outcome { account, changes, left: Vec::new() })
}

/// Sets a field of a customer, or leaves it as a newer operation has set it.
fn set_customer_field(
    task: &Task<'_>,
    done: &mut Outcome,
    field: CustomerField,
    value: &str,
    columns: &[&str],
) -> Result<(), StoreError> {
    let Task { hq, now, .. } = *task;
    let account = done.account.clone();
    let set = Field::Customer(field);
    match task.fate(FieldOwner::Customer(&account), set, columns)? {
        Fate::Set(stamp) => {
            done.changes.extend(hq_customers::set_field(hq, &account, field, value, &stamp, now)?);
        }
        Fate::Left(newer) => {
            let found = hq_customers::find(hq, &account)?.unwrap_or_default();
            done.left.push(task.left(set, value, field.get(&found), &newer)?);
        }
    }
    Ok(())
}

/// The fields that a row changed. Of one that is taken whole, what the default customer gives only
/// where it has it, since channels may leave it out.
fn edited(customer: &Customer, changed: &ChangedFields) -> Vec<CustomerField> {
    let carried = |field: &CustomerField| match changed {
        ChangedFields::Whole => {
            !field.get(customer).is_empty() || !CustomerField::INHERITED.contains(field)
        }
        ChangedFields::Fields(_) => changed.includes(field.as_str()),
    };
    CustomerField::ALL.iter().copied().filter(carried).collect()
}

fn address(task: &Task<'_>, account: AccountNum) -> Result<Outcome, Failure> {
    let Task { hq, row, now, .. } = *task;
    let wanted = Address::of_async(|column| row.text(column));
    let action = task.action;
    let changed = task.changed()?;
    let carried: Vec<AddressField> = AddressField::ALL
        .iter()
        .copied()
        .filter(|field| action == Action::Create || changed.includes(field.as_str()))
        .collect();
    let party = hq_customers::known_party(hq, &account)?;
    let known = hq_locations::find_address(hq, party, &wanted.id)?;
    let mut done = Outcome { account, ..Outcome::default() };
    match (action, known) {
        (Action::Create, None) => {
            let recid = hq_locations::add_address(hq, party, &wanted, &task.stamp(&[]), now)?;
            operations::remember_address(hq, &wanted.id, recid)?;
            for field in carried.iter().filter(|field| !field.get(&wanted).is_empty()) {
                let owner = FieldOwner::Address(recid);
                task.record_saved(owner, Field::Address(*field), &[field.column()])?;
            }
            done.changes = differences(&Address::default(), &wanted);
        }
        (Action::Update | Action::Deactivate, None) => {
            return Err(Failure::Told(format!("address {} is not in headquarters", wanted.id)));
        }
        (Action::Deactivate, Some((recid, found))) => deactivate(task, &mut done, recid, &found)?,
        (Action::Create | Action::Update, Some((recid, found))) => {
            edit_address(task, &mut done, recid, &found, &wanted, &carried)?;
        }
    }
    Ok(done)
}

/// A deactivation sets one field, whether the address is in force; no edit sets that.
fn deactivate(
    task: &Task<'_>,
    done: &mut Outcome,
    recid: i64,
    found: &PostalAddress,
) -> Result<(), StoreError> {
    let owner = FieldOwner::Address(recid);
    if let Fate::Set(stamp) = task.fate(owner, Field::InForce, &["OPERATION"])? {
        hq_locations::deactivate_address(task.hq, recid, &stamp, task.now)?;
    }
    if let PostalAddress::InForce(address) = found {
        done.changes.push(Change::new("address", &address.street, ""));
    }
    Ok(())
}

/// Sets the fields that an edit changed; all are left alone where a newer operation has
/// deactivated the address.
fn edit_address(
    task: &Task<'_>,
    done: &mut Outcome,
    recid: i64,
    found: &PostalAddress,
    wanted: &Address,
    carried: &[AddressField],
) -> Result<(), StoreError> {
    let owner = FieldOwner::Address(recid);
    let before = found.values();
    let mut set: Vec<(AddressField, String, Stamp)> = Vec::new();
    for field in carried {
        let (name, columns) = (Field::Address(*field), [field.column()]);
        let fate = match (task.fate(owner, Field::InForce, &columns)?, found) {
            (Fate::Left(newer), PostalAddress::Deactivated(_)) => Fate::Left(newer),
            _ => task.fate(owner, name, &columns)?,
        };
        let value = field.get(wanted);
        match fate {
            Fate::Set(stamp) => set.push((*field, value.to_owned(), stamp)),
            Fate::Left(newer) => {
                done.left.push(task.left(name, value, field.get(before), &newer)?);
            }
        }
    }
    if !set.is_empty() {
        let after = hq_locations::edit_address(task.hq, recid, before, &set, task.now)?;
        done.changes = differences(before, &after);
    }
    Ok(())
}

fn differences(old: &Address, new: &Address) -> Vec<Change> {
    AddressField::ALL
        .iter()
        .filter(|field| field.get(old) != field.get(new))
        .map(|field| Change::new(field.as_str(), field.get(old), field.get(new)))
        .collect()
}
