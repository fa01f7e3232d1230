//! Creating, editing and deactivating addresses (R02, R03, R10).

use super::about_customer::change;
use super::decide::Kind;
use super::error::PosError;
use super::site::Site;
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{Address, AddressField};
use crate::model::field_set::Field;
use crate::model::ids::AccountNum;
use crate::model::name_kind::NameKind;
use crate::model::operation::{Action, OperationKind};
use crate::model::pos::PosReport;
use crate::store::channel_customers::ChannelCustomer;
use crate::store::hq_locations::{self, PostalAddress};
use crate::store::{ChannelTx, Headquarters, StoreError, channel_view, hq_customers, world};

/// Creates an address.
pub(super) fn create(
    site: &mut Site<'_>,
    account: &str,
    set: &[(AddressField, String)],
) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    let mut address = Address { country: "USA".to_owned(), ..Address::default() };
    apply(&mut address, set);
    let locally = |site: &Site<'_>, channel: &ChannelTx<'_>| {
        let id = world::next_guid(channel, site.world().seed, &site.store.name)?;
        let address = Address { id, ..address.clone() };
        let given = AddressField::given(&address).map(AddressField::as_str);
        append(site, channel, &known, &address, Action::Create, given)
    };
    change(site, Kind::CreateAddress, &known, locally, |hq, account, stamp| {
        let party = hq_customers::known_party(hq, account)?;
        hq_locations::add_address(hq, party, &address, stamp, &stamp.at)?;
        Ok(())
    })
}

/// Edits an address.
pub(super) fn edit(
    site: &mut Site<'_>,
    account: &str,
    id: &str,
    set: &[(AddressField, String)],
) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    let mut address = find(site, &known, id)?;
    apply(&mut address, set);
    let locally = |site: &Site<'_>, channel: &ChannelTx<'_>| {
        let changed = set.iter().map(|(field, _)| field.as_str());
        append(site, channel, &known, &address, Action::Update, changed)
    };
    change(site, Kind::EditAddress, &known, locally, |hq, account, stamp| {
        let (recid, found) = in_headquarters(hq, account, &address.id)?;
        let set = set.iter().map(|(field, value)| (*field, value.clone(), stamp.clone()));
        let set: Vec<_> = set.collect();
        hq_locations::edit_address(hq, recid, found.values(), &set, &stamp.at)?;
        Ok(())
    })
}

/// Deactivates an address.
pub(super) fn deactivate(
    site: &mut Site<'_>,
    account: &str,
    id: &str,
) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    let address = find(site, &known, id)?;
    let locally = |site: &Site<'_>, channel: &ChannelTx<'_>| {
        let changed = Field::InForce.to_string();
        append(site, channel, &known, &address, Action::Deactivate, [changed.as_str()])
    };
    change(site, Kind::DeactivateAddress, &known, locally, |hq, account, stamp| {
        let (recid, _) = in_headquarters(hq, account, &address.id)?;
        Ok(hq_locations::deactivate_address(hq, recid, stamp, &stamp.at)?)
    })
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

fn find(site: &Site<'_>, known: &ChannelCustomer, id: &str) -> Result<Address, PosError> {
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
    known: &ChannelCustomer,
    address: &Address,
    action: Action,
    changed: impl IntoIterator<Item = &'f str>,
) -> Result<Option<String>, PosError> {
    let own = site.own()?;
    let values = address.async_values(ChangedFields::text(changed));
    let row = site.row(known, action, own.recid);
    row.append(channel, OperationKind::Address, values)?;
    Ok(Some(address.id.clone()))
}
