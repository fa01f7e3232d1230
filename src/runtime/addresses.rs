//! Creating, editing and deactivating addresses (R02, R03, R10).

use super::customers::common;
use super::decide::{Decision, Kind};
use super::operation::{PosError, Site};
use crate::exchange::ExchangeError;
use crate::model::customer::{Address, AddressField, CREATE, DEACTIVATE, UPDATE};
use crate::model::pos::{Path, PosReport};
use crate::store::channel_customers::{self, Known};
use crate::store::{StoreError, hq_customers, operations, world};

/// Creates an address.
pub(super) fn create(
    site: &mut Site<'_>,
    account: &str,
    set: &[(AddressField, String)],
) -> Result<PosReport, PosError> {
    let kind = Kind::CreateAddress;
    let known = site.customer(account)?;
    let mut address = Address { country: "USA".to_owned(), ..Address::default() };
    apply(&mut address, set);
    match site.decide(kind, Some(&known))? {
        Decision::Refused(code, text) => site.refused(kind, Some(&known), code, text),
        Decision::Local => {
            let seed = site.writer.world.seed;
            site.database.write(|_| {
                address.id = world::next_guid(&site.database, seed, &site.store.name)?;
                append(site, &known, &address, CREATE)
            })?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = known.account().to_owned();
            let now = site.now.clone();
            site.real_time(kind, &account.clone(), move |hq| {
                let party = hq_customers::party(hq, &account)?.unwrap_or_default();
                hq_customers::add_address(hq, party, &address, &now)?;
                Ok::<_, ExchangeError>(account)
            })
        }
    }
}

/// Edits an address.
pub(super) fn edit(
    site: &mut Site<'_>,
    account: &str,
    id: &str,
    set: &[(AddressField, String)],
) -> Result<PosReport, PosError> {
    let kind = Kind::EditAddress;
    let known = site.customer(account)?;
    let mut address = find(site, &known, id)?;
    apply(&mut address, set);
    match site.decide(kind, Some(&known))? {
        Decision::Refused(code, text) => site.refused(kind, Some(&known), code, text),
        Decision::Local => {
            append(site, &known, &address, UPDATE)?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = known.account().to_owned();
            let now = site.now.clone();
            site.real_time(kind, &account.clone(), move |hq| {
                if let Some(recid) = operations::address_of(hq, &address.id)? {
                    hq_customers::edit_address(hq, recid, &address, &now)?;
                }
                Ok::<_, ExchangeError>(account)
            })
        }
    }
}

/// Deactivates an address.
pub(super) fn deactivate(
    site: &mut Site<'_>,
    account: &str,
    id: &str,
) -> Result<PosReport, PosError> {
    let kind = Kind::DeactivateAddress;
    let known = site.customer(account)?;
    let address = find(site, &known, id)?;
    match site.decide(kind, Some(&known))? {
        Decision::Refused(code, text) => site.refused(kind, Some(&known), code, text),
        Decision::Local => {
            append(site, &known, &address, DEACTIVATE)?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = known.account().to_owned();
            let now = site.now.clone();
            site.real_time(kind, &account.clone(), move |hq| {
                if let Some(recid) = operations::address_of(hq, &address.id)? {
                    hq_customers::deactivate_address(hq, recid, &now)?;
                }
                Ok::<_, ExchangeError>(account)
            })
        }
    }
}

fn apply(address: &mut Address, set: &[(AddressField, String)]) {
    for (field, value) in set {
        field.of(address).clone_from(value);
    }
}

fn find(site: &Site<'_>, known: &Known, id: &str) -> Result<Address, PosError> {
    let addresses = channel_customers::addresses(&site.database, known)?;
    let ids: Vec<String> = addresses.iter().map(|address| address.id.clone()).collect();
    addresses.into_iter().find(|address| address.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        PosError::UnknownAddress {
            channel: site.channel().to_owned(),
            account: known.account().to_owned(),
            address: id.to_owned(),
            known: ids,
        }
    })
}

fn append(
    site: &Site<'_>,
    known: &Known,
    address: &Address,
    operation: i64,
) -> Result<(), PosError> {
    let own = site.own()?;
    let (account, guid) = known.columns();
    let company = &site.writer.env.settings().company;
    let mut values = vec![
        ("ADDRESSID", address.id.clone()),
        ("STREET", address.street.clone()),
        ("CITY", address.city.clone()),
        ("STATE", address.state.clone()),
        ("ZIP", address.zip.clone()),
        ("COUNTY", address.county.clone()),
        ("COUNTRY", address.country.clone()),
        ("MAKEPOSTALADDRESSPRIMARY", "0".to_owned()),
    ];
    values.extend(common(&site.now, company, account, guid, own.recid, operation));
    site.database.write(|_| {
        channel_customers::append(&site.database, "RETAILASYNCADDRESSV2", &values)?;
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}
