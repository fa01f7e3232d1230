//! What is changed about a customer whom the channel knows, in the way that is decided.

use super::decide::{Decision, Kind};
use super::error::PosError;
use super::site::{ReasonedDecision, Site};
use crate::exchange::ExchangeError;
use crate::model::field_set::Stamp;
use crate::model::ids::AccountNum;
use crate::model::pos::{Path, PosReport};
use crate::store::channel_customers::ChannelCustomer;
use crate::store::{ChannelTx, HqTx};

/// Does it in the channel, where `locally` answers with the id of the address that it is about, if
/// it is about one; or in headquarters, by a real-time call.
pub(super) fn change(
    site: &mut Site<'_>,
    kind: Kind,
    known: &ChannelCustomer,
    locally: impl FnOnce(&Site<'_>, &ChannelTx<'_>) -> Result<Option<String>, PosError>,
    remotely: impl FnOnce(&HqTx<'_>, &AccountNum, &Stamp) -> Result<(), ExchangeError>,
) -> Result<PosReport, PosError> {
    let ReasonedDecision { decision, reasons } = site.decide(kind, Some(known))?;
    match decision {
        Decision::Refused(..) => Ok(site.refused(kind, Some(known), reasons)),
        Decision::Local => {
            site.for_writing()?;
            let site = &*site;
            let address = site.database.write(|channel| locally(site, channel))?;
            let report = site.report(kind.as_str(), Path::Async, known.account());
            Ok(PosReport { address, ..report })
        }
        Decision::RealTime => {
            let account = AccountNum::new(known.account());
            let stamp = Stamp::real_time(&site.now, site.store.id);
            site.real_time(kind, known.account(), reasons, |hq| {
                remotely(hq, &account, &stamp)?;
                Ok(account)
            })
        }
    }
}
