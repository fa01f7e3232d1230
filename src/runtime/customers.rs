//! Creating and editing customers at a register or an e-commerce site.

use super::decide::{Decision, Kind};
use super::operation::PosError;
use super::site::{Decided, Site};
use crate::exchange::ExchangeError;
use crate::gates::catalogue::slug;
use crate::model::changed::Changed;
use crate::model::customer::{Customer, CustomerField, title_number};
use crate::model::field_set::Stamp;
use crate::model::ids::{AccountNum, AsyncAccount};
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::{Path, PosReport, Reason, ReasonCode};
use crate::store::channel_customers::{self, Known, Values};
use crate::store::channel_view;
use crate::store::hq_customers::{self, Origin};
use crate::store::{StoreError, world};

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
    let Decided { decision, reasons } = site.decide(kind, None)?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, None, reasons)),
        Decision::Local => {
            let (account, notes) = create_locally(site, new)?;
            let mut report = site.report(kind.as_str(), Path::Async, &account);
            report.notes = notes;
            if site.offline {
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
            hq_customers::set_contact(hq, party, contact_type(contact), contact, false, &now)?;
        }
        Ok(account)
    })
}

fn contact_type(contact: &str) -> i64 {
    if contact.contains('@') { hq_customers::EMAIL } else { hq_customers::PHONE }
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
    let template = Known::Sync { account: own.default_customer, guid: AsyncAccount::default() };
    let given = changed(hq_customers::given(&customer).map(|(field, _)| field));
    let default = channel_view::state(&site.database, site.store.id, &template)?;
    customer.group = default.group;
    customer.currency = default.currency;
    if customer.language.is_empty() {
        customer.language = default.language;
    }
    let seed = site.world().seed;
    let known = site.database.write(|channel| {
        let next_guid = || world::next_guid(channel, seed, &site.store.name);
        let known = Known::Async { guid: AsyncAccount::new(next_guid()?) };
        let row = site.row(&known, Action::Create, own.recid);
        row.append(channel, OperationKind::Customer, values(&customer, own.recid, given))?;
        for affiliation in affiliations {
            row.append(channel, OperationKind::Affiliation, affiliation_values(affiliation))?;
        }
        let secondary: &[String] = if enhanced { &new.secondary } else { &[] };
        for contact in secondary {
            let values = vec![
                ("CONTACTID", next_guid()?),
                ("CONTACTTYPE", contact_type(contact).to_string()),
                ("LOCATOR", contact.clone()),
                ("ISPRIMARY", "0".to_owned()),
            ];
            row.append(channel, OperationKind::Contact, values)?;
        }
        Ok::<_, StoreError>(known)
    })?;
    Ok((known.account().to_owned(), notes))
}

/// The text of the column that says which fields a row changes (R19).
fn changed(fields: impl Iterator<Item = CustomerField>) -> String {
    let names: Vec<&str> = fields.map(CustomerField::as_str).collect();
    Changed::text(names)
}

/// The values of a customer's row that a channel makes.
fn values(customer: &Customer, channel: i64, changed: String) -> Values {
    let title = title_number(&customer.title).unwrap_or(0);
    vec![
        ("CUSTNAME", customer.name()),
        ("FIRSTNAME", customer.first_name.clone()),
        ("MIDDLENAME", customer.middle_name.clone()),
        ("LASTNAME", customer.last_name.clone()),
        ("TITLERECORDID", title.to_string()),
        ("EMAIL", customer.email.clone()),
        ("PHONE", customer.phone.clone()),
        ("RECEIPTEMAIL", customer.receipt_email.clone()),
        ("LANGUAGEID", customer.language.clone()),
        ("CURRENCY", customer.currency.clone()),
        ("CUSTGROUP", customer.group.clone()),
        ("STORERECID", channel.to_string()),
        ("cdx_CHANGED", changed),
    ]
}

fn affiliation_values(affiliation: i64) -> Values {
    vec![("RETAILAFFILIATIONID", affiliation.to_string())]
}

/// Edits a customer (R03, R10).
pub(super) fn edit(
    site: &mut Site<'_>,
    account: &str,
    set: &[(CustomerField, String)],
) -> Result<PosReport, PosError> {
    let kind = Kind::EditCustomer;
    let known = site.customer(account)?;
    let Decided { decision, reasons } = site.decide(kind, Some(&known))?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, Some(&known), reasons)),
        Decision::Local => {
            edit_locally(site, &known, set)?;
            Ok(site.report(kind.as_str(), Path::Async, known.account()))
        }
        Decision::RealTime => {
            let account = AccountNum::new(known.account());
            let (now, set) = (site.now.clone(), set.to_vec());
            let stamp = Stamp::real_time(&now, site.store.id);
            site.real_time(kind, known.account(), reasons, move |hq| {
                for (field, value) in &set {
                    hq_customers::set_field(hq, &account, *field, value, &stamp, &now)?;
                }
                Ok::<_, ExchangeError>(account)
            })
        }
    }
}

fn edit_locally(
    site: &mut Site<'_>,
    known: &Known,
    set: &[(CustomerField, String)],
) -> Result<(), PosError> {
    site.for_writing()?;
    let own = site.own()?;
    let mut customer = channel_view::state(&site.database, site.store.id, known)?;
    let mut affiliations = Vec::new();
    for (field, value) in set {
        match field.of(&mut customer) {
            Some(target) => target.clone_from(value),
            None => {
                affiliations.push(channel_customers::affiliation_named(&site.database, value)?);
            }
        }
    }
    let own_fields = set.iter().map(|(field, _)| *field);
    let changed = changed(own_fields.filter(|field| field.column().is_some()));
    let values = values(&customer, own.recid, changed);
    site.database.write(|channel| {
        site.row(known, Action::Update, own.recid).append(
            channel,
            OperationKind::Customer,
            values,
        )?;
        let row = site.row(known, Action::Create, own.recid);
        for affiliation in affiliations {
            row.append(channel, OperationKind::Affiliation, affiliation_values(affiliation))?;
        }
        Ok::<_, PosError>(())
    })
}
