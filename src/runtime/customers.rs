//! Creating and editing customers at a register or an e-commerce site.

use super::about_customer::change;
use super::decide::{Decision, Kind};
use super::error::PosError;
use super::site::{ReasonedDecision, Site};
use crate::gates::catalogue::slug;
use crate::model::async_values::{AFFILIATION, AFFILIATION_NAME};
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{Contact, Customer, CustomerEdit, CustomerField};
use crate::model::field_set::Stamp;
use crate::model::ids::AsyncAccount;
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::{Path, PosReport, Reason, ReasonCode};
use crate::store::channel_customers::{self, AsyncRow, ChannelCustomer};
use crate::store::channel_view;
use crate::store::hq_customers::{self, Origin};
use crate::store::hq_locations::set_contact;
use crate::store::{ChannelTx, StoreError, world};

/// A customer to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCustomer {
    /// The values.
    pub customer: Customer,
    /// Contacts beside the primary ones: e-mail addresses and telephone numbers.
    pub secondary: Vec<String>,
}

/// Creates a customer (R01, R04, R06, R07, R08).
pub(super) fn create(site: &mut Site<'_>, new: &NewCustomer) -> Result<PosReport, PosError> {
    let kind = Kind::CreateCustomer;
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
    let company = site.company().clone();
    let now = site.now.clone();
    let new = new.clone();
    let stamp = Stamp::real_time(&now, site.store.id);
    site.real_time(kind, "", reasons, move |hq| {
        let origin = Origin {
            company: &company,
            now: &now,
            default_customer: &own.default_customer,
            stamp: &stamp,
            known: None,
        };
        let account = hq_customers::create(hq, &origin, &new.customer)?;
        let party = hq_customers::known_party(hq, &account)?;
        for contact in &new.secondary {
            set_contact(hq, party, &Contact::secondary(contact), &now)?;
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
    let customer = customer.like(&default);
    let seed = site.world().seed;
    let known = site.database.write(|channel| {
        let next_guid = || world::next_guid(channel, seed, &site.store.name);
        let known = ChannelCustomer::Async { guid: AsyncAccount::new(next_guid()?) };
        let row = site.row(&known, Action::Create, own.recid);
        row.append(channel, OperationKind::Customer, customer.async_values(own.recid, given))?;
        append_affiliations(channel, &row, &affiliations)?;
        let secondary: &[String] = if enhanced { &new.secondary } else { &[] };
        for contact in secondary {
            let values = Contact::secondary(contact).async_values(next_guid()?);
            row.append(channel, OperationKind::Contact, values)?;
        }
        Ok::<_, StoreError>(known)
    })?;
    Ok((known.account().to_owned(), notes))
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
    let mut affiliations = Vec::new();
    let mut changed = Vec::new();
    for edit in set {
        match edit {
            CustomerEdit::Field(field, value) => {
                field.of(&mut customer).clone_from(value);
                changed.push(field.as_str());
            }
            CustomerEdit::Affiliation(name) => {
                affiliations.push(name);
            }
        }
    }
    let values = customer.async_values(own.recid, ChangedFields::text(changed));
    let row = |action| site.row(known, action, own.recid);
    row(Action::Update).append(channel, OperationKind::Customer, values)?;
    for name in affiliations {
        append_affiliation(channel, &row(Action::Create), name)?;
    }
    Ok(())
}
