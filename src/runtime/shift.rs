//! Closing a shift, and a register coming back.

use std::time::Duration;

use super::error::PosError;
use super::site::{Hands, Site};
use crate::exchange::reconnect::{self as engine, ReconnectOutcome};
use crate::model::pos::{Path, PosReport, Reason, ReasonCode};
use crate::store::channel_customers;

/// Closes the shift: asynchronous rows older than "Days transactions exist" are deleted, uploaded
/// or not (U06). A register that is offline closes none, and an online store has none (R18).
pub(super) fn close(site: &mut Site<'_>) -> Result<PosReport, PosError> {
    let own = site.own()?;
    let refused = if site.is_offline() {
        let text = "This operation is not supported in offline mode.";
        Some(Reason::new(ReasonCode::Offline, text))
    } else if channel_customers::is_online_store(&site.database, own.recid)? {
        Some(Reason::new(ReasonCode::OnlineStore, "An online store has no shift."))
    } else {
        None
    };
    if let Some(reason) = refused {
        let report = site.report("close-shift", Path::Refused, "");
        return Ok(PosReport { reasons: vec![reason], ..report });
    }
    site.for_writing()?;
    let days = u64::try_from(own.days_transactions_exist).unwrap_or(0);
    let before = site.world().clock.before(Duration::from_secs(days * 24 * 60 * 60));
    let (gone, lost) = channel_customers::purge(&site.database, &before)?;
    let mut report = site.report("close-shift", Path::Local, "");
    report.notes.push(format!("asynchronous rows older than {days} days deleted: {gone}"));
    if lost > 0 {
        report.notes.push(format!("lost, since they had not been uploaded: {lost}"));
    }
    Ok(report)
}

/// Merges the offline database into the channel.
pub(super) fn reconnect(site: &mut Site<'_>) -> Result<PosReport, PosError> {
    let channel = site.channel().to_owned();
    let ReconnectOutcome { merged, left_out } = match &site.hands {
        Hands::Acting(writer) => engine::reconnect(writer, &channel)?,
        Hands::Rehearsing(rehearsal) => engine::rehearse(rehearsal.env(), &channel)?,
    };
    let mut report = site.report("reconnect", Path::Local, "");
    let rows: u64 = merged.iter().map(|(_, rows)| rows).sum();
    report.notes.push(format!("rows merged into {channel}: {rows}"));
    for (table, rows) in merged.into_iter().filter(|(_, rows)| *rows > 0) {
        report.notes.push(format!("{table}: {rows}"));
    }
    for (table, why) in left_out {
        report.notes.push(format!("the rows of {table} stay offline: {why}"));
    }
    Ok(report)
}
