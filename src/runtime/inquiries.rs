//! Searching, balances, histories, identities, orders and loyalty cards (R05, R09, R11).

use super::about_customer::change;
use super::decide::{Decision, Kind};
use super::error::PosError;
use super::site::{ReasonedDecision, Site};
use crate::exchange::ExchangeError;
use crate::model::ids::AccountNum;
use crate::model::pos::{FoundCustomer, Path, PosReport};
use crate::store::{ChannelTx, StoreError, channel_customers, hq_customers, world};

/// The most customers a search shows.
const MOST: u32 = 50;

/// Finds customers in the channel, or in headquarters by a real-time call.
pub(super) fn find(site: &mut Site<'_>, word: &str, remote: bool) -> Result<PosReport, PosError> {
    let kind = Kind::RemoteSearch;
    if !remote {
        let own = site.view().channel.as_ref().map_or(0, |channel| channel.recid);
        let found = channel_customers::search(&site.database, word, own, MOST)?;
        let mut report = site.report(kind.as_str(), Path::Local, "");
        report.customers = Some(found);
        return Ok(report);
    }
    let ReasonedDecision { decision, reasons } = site.decide(kind, None)?;
    if matches!(decision, Decision::Refused(..)) {
        return Ok(site.refused(kind, None, reasons));
    }
    let mut report =
        site.real_time(kind, "", reasons, |_| Ok::<_, ExchangeError>(AccountNum::default()))?;
    if report.path == Path::RealTime {
        let (found, _) = hq_customers::list(site.hq(), word, MOST)?;
        let shown = |customer: crate::model::customer::Customer| FoundCustomer {
            account: customer.account.to_string(),
            display_account: customer.account.to_string(),
            name: customer.name(),
            email: customer.email,
        };
        report.customers = Some(found.into_iter().map(shown).collect());
    }
    Ok(report)
}

/// Asks headquarters something about a customer; of what is for the channel itself, nothing is
/// written yet.
pub(super) fn ask(site: &mut Site<'_>, kind: Kind, account: &str) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    change(
        site,
        kind,
        &known,
        |_, _| Ok(None),
        |hq, account, _| Ok(hq_customers::known_party(hq, account).map(|_| ())?),
    )
}

/// Links an identity of another provider to a customer.
pub(super) fn link(
    site: &mut Site<'_>,
    account: &str,
    identity: &str,
) -> Result<PosReport, PosError> {
    let known = site.customer(account)?;
    change(
        site,
        Kind::LinkIdentity,
        &known,
        |site, channel| {
            channel_customers::link_identity(channel, identity, &known, site.company())?;
            Ok(None)
        },
        |hq, account, _| {
            hq_customers::known_party(hq, account)?;
            Ok(hq_customers::link_identity(hq, identity, account)?)
        },
    )
}

/// Takes a customer order: by a real-time call, or in the channel where the profile says so.
pub(super) fn order(site: &mut Site<'_>, account: &str) -> Result<PosReport, PosError> {
    let mut report = ask(site, Kind::CreateOrder, account)?;
    if report.path == Path::Refused {
        return Ok(report);
    }
    let (local, account) = (report.path == Path::Async, report.account.clone());
    if report.path != Path::Failed {
        let known = site.customer(&account)?;
        let kind = if local { "asynchronous" } else { "synchronous" };
        let order = numbered(site, "order", |site, channel, number| {
            // A register that is offline counts for itself.
            let order = format!("{}-{number:06}", site.store.name.to_uppercase());
            channel_customers::take_order(channel, &order, &account, kind, &site.now)?;
            if local {
                let (company, now) = (site.company(), &site.now);
                channel_customers::send_order(channel, &order, &known, company, now)?;
            }
            Ok(order)
        })?;
        report.notes.push(format!("order {order}"));
    }
    Ok(report)
}

/// Issues a loyalty card.
pub(super) fn loyalty(site: &mut Site<'_>, account: &str) -> Result<PosReport, PosError> {
    let kind = Kind::IssueLoyaltyCard;
    let mut report = ask(site, kind, account)?;
    if report.path == Path::RealTime {
        let account = report.account.clone();
        let card = numbered(site, "loyalty-card", |site, channel, number| {
            let card = format!("LC-{}-{number:06}", site.channel().to_uppercase());
            channel_customers::issue_card(channel, &card, &account, &site.now)?;
            Ok(card)
        })?;
        report.notes.push(format!("card {card}"));
    }
    Ok(report)
}

/// Takes the channel's next number of a sequence and uses it, in one transaction.
fn numbered(
    site: &mut Site<'_>,
    sequence: &str,
    work: impl FnOnce(&Site<'_>, &ChannelTx<'_>, i64) -> Result<String, StoreError>,
) -> Result<String, PosError> {
    site.for_writing()?;
    let site = &*site;
    Ok(site.database.write(|channel| {
        let number = world::next(channel, sequence)?;
        work(site, channel, number)
    })?)
}
