//! Creating and editing customers at a register or an e-commerce site.

use super::decide::{Decision, Kind};
use super::operation::PosError;
use super::site::{Decided, Site};
use crate::exchange::ExchangeError;
use crate::gates::catalogue::slug;
use crate::model::changed::Changed;
use crate::model::customer::{CREATE, Customer, CustomerField, UPDATE, title_number};
use crate::model::field_set::Stamp;
use crate::model::pos::{Path, PosReport, Reason};
use crate::model::time::Time;
use crate::store::channel_customers::{self, Known};
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
                report.reasons.push(Reason::new("offline", text));
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
        reasons.push(Reason::new("rts-down", down));
        let mut report = site.report(kind.as_str(), Path::AsyncFallback, &account);
        report.request = Some(kind.request().to_owned());
        report.reasons = reasons;
        report.notes = notes;
        return Ok(report);
    }
    let own = site.own()?;
    let company = site.company().to_owned();
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
    let template = Known::Sync { account: own.default_customer.clone(), guid: String::new() };
    let given = changed(hq_customers::given(&customer).map(|(field, _)| field));
    let default = channel_view::state(&site.database, site.store.id, &template)?;
    customer.group = default.group;
    customer.currency = default.currency;
    if customer.language.is_empty() {
        customer.language = default.language;
    }
    let affiliations = if enhanced {
        channel_customers::affiliations(&site.database, &own.default_customer)?
    } else {
        Vec::new()
    };
    let mut values = row_values(site, &customer, "", own.recid, CREATE);
    values.push(given);
    let seed = site.world().seed;
    let scope = site.store.name.clone();
    let company = site.company().to_owned();
    let guid = site.database.write(|_| {
        let database = &site.database;
        let guid = world::next_guid(database, seed, &scope)?;
        let mut values = values;
        for (column, value) in &mut values {
            if *column == "CUSTACCOUNTASYNC" {
                value.clone_from(&guid);
            }
        }
        channel_customers::append(database, "RETAILASYNCCUSTOMERV2", &values)?;
        let common = |values: &mut Vec<(&'static str, String)>| {
            values.extend(common(&site.now, &company, "", &guid, own.recid, CREATE));
        };
        for affiliation in affiliations {
            let mut row = vec![("RETAILAFFILIATIONID", affiliation.to_string())];
            common(&mut row);
            channel_customers::append(database, "RETAILASYNCCUSTOMERAFFILIATION", &row)?;
        }
        let secondary: &[String] = if enhanced { &new.secondary } else { &[] };
        for contact in secondary {
            let mut row = vec![
                ("CONTACTID", world::next_guid(database, seed, &scope)?),
                ("CONTACTTYPE", contact_type(contact).to_string()),
                ("LOCATOR", contact.clone()),
                ("ISPRIMARY", "0".to_owned()),
            ];
            common(&mut row);
            channel_customers::append(database, "RETAILASYNCCUSTOMERCONTACT", &row)?;
        }
        Ok::<_, StoreError>(guid)
    })?;
    Ok((guid, notes))
}

/// The column that says which fields a row changes (R19).
fn changed(fields: impl Iterator<Item = CustomerField>) -> (&'static str, String) {
    let names: Vec<&str> = fields.map(CustomerField::as_str).collect();
    ("cdx_CHANGED", Changed::text(names))
}

/// The columns every V2 row has.
pub(super) fn common(
    now: &Time,
    company: &str,
    account: &str,
    guid: &str,
    channel: i64,
    operation: i64,
) -> Vec<(&'static str, String)> {
    vec![
        ("CUSTACCOUNT", account.to_owned()),
        ("CUSTACCOUNTASYNC", guid.to_owned()),
        ("OPERATION", operation.to_string()),
        ("ONLINEOPERATIONCOMPLETED", "0".to_owned()),
        ("ORIGINATINGCHANNEL", channel.to_string()),
        ("CREATEDDATETIME", now.to_string()),
        ("MODIFIEDDATETIME", now.to_string()),
        ("DATAAREAID", company.to_owned()),
    ]
}

/// The values of a customer row.
fn row_values(
    site: &Site<'_>,
    customer: &Customer,
    account: &str,
    channel: i64,
    operation: i64,
) -> Vec<(&'static str, String)> {
    let company = site.company();
    let title = title_number(&customer.title).unwrap_or(0);
    let mut values = vec![
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
    ];
    let guid = &customer.async_account;
    values.extend(common(&site.now, company, account, guid, channel, operation));
    values
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
            let account = known.account().to_owned();
            let (now, set) = (site.now.clone(), set.to_vec());
            let stamp = Stamp::real_time(&now, site.store.id);
            site.real_time(kind, &account.clone(), reasons, move |hq| {
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
    let (account, guid) = known.columns();
    let mut customer = channel_view::state(&site.database, site.store.id, known)?;
    guid.clone_into(&mut customer.async_account);
    let mut affiliations = Vec::new();
    for (field, value) in set {
        match field.of(&mut customer) {
            Some(target) => target.clone_from(value),
            None => {
                affiliations.push(channel_customers::affiliation_named(&site.database, value)?);
            }
        }
    }
    let mut values = row_values(site, &customer, account, own.recid, UPDATE);
    let own_fields = set.iter().map(|(field, _)| *field);
    values.push(changed(own_fields.filter(|field| field.column().is_some())));
    let company = site.company().to_owned();
    site.database.write(|_| {
        channel_customers::append(&site.database, "RETAILASYNCCUSTOMERV2", &values)?;
        for affiliation in affiliations {
            let mut row = vec![("RETAILAFFILIATIONID", affiliation.to_string())];
            row.extend(common(&site.now, &company, account, guid, own.recid, CREATE));
            channel_customers::append(&site.database, "RETAILASYNCCUSTOMERAFFILIATION", &row)?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}
