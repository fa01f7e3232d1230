//! Creating and editing customers at a register or an e-commerce site.

use super::about_customer::change;
use super::decide::{Decision, Kind};
use super::error::PosError;
use super::site::{ReasonedDecision, Site};
use crate::gates::catalogue::slug;
use crate::model::async_values::{AFFILIATION, AFFILIATION_NAME, Values, attribute_values};
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{AttributeValue, Contact, Customer, CustomerEdit, CustomerField};
use crate::model::field_set::Stamp;
use crate::model::ids::AsyncAccount;
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::{Path, PosReport, Reason, ReasonCode};
use crate::store::channel_customers::{self, AsyncRow, ChannelCustomer};
use crate::store::channel_view;
use crate::store::hq_customers::{self, Origin};
use crate::store::{ChannelDatabase, ChannelTx, StoreError, attributes, world};

/// A customer to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCustomer {
    /// The values.
    pub customer: Customer,
    /// Contacts beside the primary ones.
    pub secondary: Vec<Contact>,
    /// The values of attributes.
    pub attributes: Vec<AttributeValue>,
}

/// Creates a customer (R01, R04, R06, R07, R08).
pub(super) fn create(site: &mut Site<'_>, new: &NewCustomer) -> Result<PosReport, PosError> {
    let kind = Kind::CreateCustomer;
    if !new.secondary.is_empty()
        && let Some(refused) = site.without_contacts(kind, None)?
    {
        return Ok(refused);
    }
    let ReasonedDecision { decision, reasons } = site.decide(kind, None)?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, None, reasons)),
        Decision::Local => {
            let (account, notes) = create_locally(site, new)?;
            let mut report = site.report(kind.as_str(), Path::Async, &account);
            report.notes = notes;
            if site.is_offline() {
                let text = "a register that is offline always creates asynchronously";
                report.reasons.push(Reason::new(ReasonCode::Offline, text));
            }
            Ok(report)
        }
        Decision::RealTime => create_in_real_time(site, new, reasons),
    }
}

fn create_in_real_time(
    site: &mut Site<'_>,
    new: &NewCustomer,
    mut reasons: Vec<Reason>,
) -> Result<PosReport, PosError> {
    let kind = Kind::CreateCustomer;
    if site.headquarters_down() {
        // A communication exception falls back to asynchronous creation (R07).
        let (account, notes) = create_locally(site, new)?;
        site.log_fallback(kind, &account, &reasons)?;
        let down = "A connection to headquarters could not be established.";
        reasons.push(Reason::new(ReasonCode::RtsDown, down));
        let mut report = site.report(kind.as_str(), Path::AsyncFallback, &account);
        report.request = Some(kind.request().to_owned());
        report.reasons = reasons;
        report.notes = notes;
        return Ok(report);
    }
    let own = site.own()?;
    let all = site.new_customers()?;
    let now = site.now.clone();
    let new = new.clone();
    let stamp = Stamp::real_time(&now, site.store.id);
    site.real_time(kind, "", reasons, |hq| {
        let origin = Origin {
            all: &all,
            now: &now,
            default_customer: &own.default_customer,
            stamp: &stamp,
            known: None,
        };
        let account = hq_customers::create(hq, &origin, &new.customer)?;
        hq_customers::inherit_affiliations(hq, &account, &own.default_customer)?;
        let contacts = new.secondary.into_iter().map(CustomerEdit::Contact);
        let attributes = new.attributes.into_iter().map(CustomerEdit::Attribute);
        for edit in contacts.chain(attributes) {
            hq_customers::edit(hq, &account, &edit, &stamp, &now)?;
        }
        Ok(account)
    })
}

/// Appends the rows of a new asynchronous customer; its GUID, and what was not captured (R04).
fn create_locally(
    site: &mut Site<'_>,
    new: &NewCustomer,
) -> Result<(String, Vec<String>), PosError> {
    site.for_writing()?;
    let own = site.own()?;
    let enhanced = site.has(slug::ENHANCED);
    let mut customer = new.customer.clone();
    let mut notes = Vec::new();
    if !enhanced {
        if !customer.title.is_empty() || !new.secondary.is_empty() {
            notes.push(
                "title and secondary contacts are captured only with the enhanced feature"
                    .to_owned(),
            );
        }
        customer.title.clear();
    }
    let affiliations = if enhanced {
        channel_customers::affiliations(&site.database, &own.default_customer)?
    } else {
        Vec::new()
    };
    let template =
        ChannelCustomer::Sync { account: own.default_customer, guid: AsyncAccount::default() };
    let given = ChangedFields::text(CustomerField::given(&customer).map(CustomerField::as_str));
    let default = channel_view::state(&site.database, site.store.id, &template)?;
    let customer = customer.like(&default, site.receipt_email());
    let attributes = attribute_rows(&site.database, &new.attributes)?;
    let seed = site.world().seed;
    let known = site.database.write(|channel| {
        let next_guid = || world::next_guid(channel, seed, &site.store.name);
        let known = ChannelCustomer::Async { guid: AsyncAccount::new(next_guid()?) };
        let row = site.row(&known, Action::Create, own.recid);
        row.append(channel, OperationKind::Customer, customer.async_values(own.recid, given))?;
        append_affiliations(channel, &row, &affiliations)?;
        let secondary: &[Contact] = if enhanced { &new.secondary } else { &[] };
        for contact in secondary {
            let values = contact.clone().async_values(next_guid()?);
            row.append(channel, OperationKind::Contact, values)?;
        }
        for values in attributes {
            row.append(channel, OperationKind::Attribute, values)?;
        }
        Ok::<_, StoreError>(known)
    })?;
    Ok((known.account().to_owned(), notes))
}

/// The values of the rows that give attributes their values.
///
/// # Errors
/// [`StoreError::Unknown`] for one that the channel does not have.
fn attribute_rows(
    channel: &ChannelDatabase,
    attributes: &[AttributeValue],
) -> Result<Vec<Values>, StoreError> {
    let row = |AttributeValue { name, value }: &AttributeValue| {
        Ok(attribute_values(attributes::named_in_channel(channel, name)?, value))
    };
    attributes.iter().map(row).collect()
}

/// Appends a row for each of these affiliations.
fn append_affiliations(
    channel: &ChannelTx<'_>,
    row: &AsyncRow<'_>,
    affiliations: &[i64],
) -> Result<(), StoreError> {
    affiliations.iter().try_for_each(|recid| {
        let values = vec![(AFFILIATION, recid.to_string())];
        row.append(channel, OperationKind::Affiliation, values)
    })
}

/// Appends a row for an affiliation by its name; one that the register does not know goes up as
/// it was typed, and headquarters says what it is (C12).
fn append_affiliation(
    channel: &ChannelTx<'_>,
    row: &AsyncRow<'_>,
    name: &str,
) -> Result<(), StoreError> {
    let values = match channel_customers::affiliation_named(channel, name) {
        Ok(recid) => vec![(AFFILIATION, recid.to_string())],
        Err(StoreError::Unknown { .. }) => {
            vec![(AFFILIATION, "0".to_owned()), (AFFILIATION_NAME, name.to_owned())]
        }
        Err(error) => return Err(error),
    };
    row.append(channel, OperationKind::Affiliation, values)
}

/// Edits a customer (R03, R10).
pub(super) fn edit(
    site: &mut Site<'_>,
    account: &str,
    set: &[CustomerEdit],
) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    if set.iter().any(|edit| matches!(edit, CustomerEdit::Contact(_)))
        && let Some(refused) = site.without_contacts(Kind::EditCustomer, Some(&known))?
    {
        return Ok(refused);
    }
    let locally = |site: &Site<'_>, channel: &ChannelTx<'_>| {
        edit_locally(site, channel, &known, set).map(|()| None)
    };
    change(site, Kind::EditCustomer, &known, locally, |hq, account, stamp| {
        for edit in set {
            hq_customers::edit(hq, account, edit, stamp, &stamp.at)?;
        }
        Ok(())
    })
}

fn edit_locally(
    site: &Site<'_>,
    channel: &ChannelTx<'_>,
    known: &ChannelCustomer,
    set: &[CustomerEdit],
) -> Result<(), PosError> {
    let own = site.own()?;
    let mut customer = channel_view::state(channel, site.store.id, known)?;
    let mut more: Vec<&CustomerEdit> = Vec::new();
    let mut changed = Vec::new();
    for edit in set {
        match edit {
            CustomerEdit::Field(field, value) => {
                field.of(&mut customer).clone_from(value);
                changed.push(field.as_str());
            }
            CustomerEdit::Affiliation(_)
            | CustomerEdit::Attribute(_)
            | CustomerEdit::Contact(_) => more.push(edit),
        }
    }
    let values = customer.async_values(own.recid, ChangedFields::text(changed));
    let row = |action| site.row(known, action, own.recid);
    row(Action::Update).append(channel, OperationKind::Customer, values)?;
    for edit in more {
        match edit {
            CustomerEdit::Affiliation(name) => {
                append_affiliation(channel, &row(Action::Create), name)?;
            }
            CustomerEdit::Attribute(attribute) => {
                for values in attribute_rows(channel, std::slice::from_ref(attribute))? {
                    row(Action::Update).append(channel, OperationKind::Attribute, values)?;
                }
            }
            CustomerEdit::Contact(contact) => {
                let id = world::next_guid(channel, site.world().seed, &site.store.name)?;
                let values = contact.clone().async_values(id);
                row(Action::Create).append(channel, OperationKind::Contact, values)?;
            }
            CustomerEdit::Field(..) => {}
        }
    }
    Ok(())
}
