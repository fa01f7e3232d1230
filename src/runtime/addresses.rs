//! Creating, editing and deactivating addresses (R02, R03, R10).

use super::decide::{Decision, Kind};
use super::error::PosError;
use super::site::{ReasonedDecision, Site};
use crate::exchange::ExchangeError;
use crate::model::changed::Changed;
use crate::model::customer::{Address, AddressField};
use crate::model::field_set::{Field, Stamp};
use crate::model::ids::AccountNum;
use crate::model::name_kind::NameKind;
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::{Path, PosReport};
use crate::store::channel_customers::Known;
use crate::store::hq_locations::{self, PostalAddress};
use crate::store::{ChannelTx, Headquarters, StoreError, channel_view, hq_customers, world};

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
    let ReasonedDecision { decision, reasons } = site.decide(kind, Some(&known))?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, Some(&known), reasons)),
        Decision::Local => {
            site.for_writing()?;
            let seed = site.world().seed;
            let given: Vec<&str> =
                AddressField::given(&address).map(AddressField::as_str).collect();
            site.database.write(|channel| {
                address.id = world::next_guid(channel, seed, &site.store.name)?;
                append(site, channel, &known, &address, Action::Create, given)
            })?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = AccountNum::new(known.account());
            let now = site.now.clone();
            let stamp = Stamp::real_time(&now, site.store.id);
            site.real_time(kind, known.account(), reasons, move |hq| {
                let party = hq_customers::known_party(hq, &account)?;
                hq_locations::add_address(hq, party, &address, &stamp, &now)?;
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
    let ReasonedDecision { decision, reasons } = site.decide(kind, Some(&known))?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, Some(&known), reasons)),
        Decision::Local => {
            site.for_writing()?;
            let changed = set.iter().map(|(field, _)| field.as_str());
            site.database.write(|channel| {
                append(site, channel, &known, &address, Action::Update, changed)
            })?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = AccountNum::new(known.account());
            let now = site.now.clone();
            let stamp = Stamp::real_time(&now, site.store.id);
            let set: Vec<(AddressField, String, Stamp)> =
                set.iter().map(|(field, value)| (*field, value.clone(), stamp.clone())).collect();
            site.real_time(kind, known.account(), reasons, move |hq| {
                let (recid, found) = in_headquarters(hq, &account, &address.id)?;
                hq_locations::edit_address(hq, recid, found.values(), &set, &now)?;
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
    let ReasonedDecision { decision, reasons } = site.decide(kind, Some(&known))?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, Some(&known), reasons)),
        Decision::Local => {
            site.for_writing()?;
            let changed = [Field::InForce.to_string()];
            let changed = changed.iter().map(String::as_str);
            site.database.write(|channel| {
                append(site, channel, &known, &address, Action::Deactivate, changed)
            })?;
            let mut report = site.report(kind.as_str(), Path::Async, known.account());
            report.address = Some(address.id);
            Ok(report)
        }
        Decision::RealTime => {
            let account = AccountNum::new(known.account());
            let now = site.now.clone();
            let stamp = Stamp::real_time(&now, site.store.id);
            site.real_time(kind, known.account(), reasons, move |hq| {
                let (recid, _) = in_headquarters(hq, &account, &address.id)?;
                hq_locations::deactivate_address(hq, recid, &stamp, &now)?;
                Ok::<_, ExchangeError>(account)
            })
        }
    }
}

/// An address of the customer in headquarters.
///
/// # Errors
/// [`StoreError::Unknown`] when it is not there yet.
fn in_headquarters(
    hq: &Headquarters,
    account: &AccountNum,
    id: &str,
) -> Result<(i64, PostalAddress), StoreError> {
    let party = hq_customers::known_party(hq, account)?;
    hq_locations::find_address(hq, party, id)?
        .ok_or_else(|| StoreError::unknown(NameKind::Address, id, &[]))
}

fn apply(address: &mut Address, set: &[(AddressField, String)]) {
    for (field, value) in set {
        field.of(address).clone_from(value);
    }
}

fn find(site: &Site<'_>, known: &Known, id: &str) -> Result<Address, PosError> {
    let addresses = channel_view::addresses(&site.database, site.store.id, known)?;
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

fn append<'f>(
    site: &Site<'_>,
    channel: &ChannelTx<'_>,
    known: &Known,
    address: &Address,
    action: Action,
    changed: impl IntoIterator<Item = &'f str>,
) -> Result<(), PosError> {
    let own = site.own()?;
    let values = address.async_values(Changed::text(changed));
    let row = site.row(known, action, own.recid);
    Ok(row.append(channel, OperationKind::Address, values)?)
}
