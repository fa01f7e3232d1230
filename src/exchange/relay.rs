//! Brings what one real-time call changed in headquarters to the channel that made it.
//!
//! Three commits: headquarters changes and announces; the channel gets its rows and the call's log
//! line; headquarters drops the announcement. What is interrupted between is finished by the next
//! writer, which brings the same rows again.

use serde::{Deserialize, Serialize};

use super::error::ExchangeError;
use super::generate::chain;
use super::plan::plan_job;
use super::run::Known;
use crate::model::event::{Event, Silent};
use crate::model::job::Direction;
use crate::model::plan::TablePlan;
use crate::model::pos::RealTimeCall;
use crate::model::run::Mode;
use crate::store::pack::{self, PackageSpec};
use crate::store::packages::Folder;
use crate::store::{
    Access, Db, StoreError, Writer, apply, intents, scale_unit, topology, tracking,
};

/// The announcement of a real-time call that has changed headquarters.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Announced {
    /// Changes of the call are those after this row version.
    pub(super) since: i64,
    /// The line for the channel's log.
    pub(super) call: RealTimeCall,
}

/// Does what a real-time call asks in headquarters, then brings its rows to the channel.
///
/// `work` runs in a transaction of headquarters and returns the account the call is about.
///
/// # Errors
/// Those of `work` and of the files; headquarters is unchanged when `work` fails.
pub fn real_time(
    writer: &mut Writer,
    mut call: RealTimeCall,
    work: impl FnOnce(&Db) -> Result<String, ExchangeError>,
) -> Result<RealTimeCall, ExchangeError> {
    let now = writer.world.clock.utc();
    let (intent, announced) = writer.hq.write(|hq| {
        // Versions are closed on both sides, so that the call's changes stand alone.
        let since = tracking::close_version(hq, &now)?;
        call.account = work(hq)?;
        tracking::close_version(hq, &now)?;
        let announced = Announced { since, call: call.clone() };
        let intent = intents::announce(hq, intents::REAL_TIME, &announced, &now)?;
        Ok::<_, ExchangeError>((intent, announced))
    })?;
    writer.world.faults.crash_at("rts.after-headquarters", &call.channel);
    finish(writer, intent, &announced)?;
    Ok(call)
}

/// Brings the rows and the log line to the channel, and drops the announcement.
pub(super) fn finish(
    writer: &Writer,
    intent: i64,
    announced: &Announced,
) -> Result<(), ExchangeError> {
    let store = topology::find_store(&writer.hq, &announced.call.channel)?;
    let plans = plans(writer)?;
    let draft = Folder(writer.env.packages_path()).draft(&format!("real-time-{intent}"))?;
    let spec = PackageSpec {
        job: "real-time",
        session: 0,
        group: store.group_id,
        mode: Mode::Delta,
        since: announced.since,
        tables: &plans,
        indexed: false,
    };
    pack::pack(&writer.hq, &spec, &draft, &mut Silent)?;
    let channel = writer.env.channel(&store.name, Access::Write)?;
    let applied = apply::apply_rows(&channel, &draft, |channel| {
        scale_unit::log_call(channel, &announced.call)?;
        writer.world.faults.crash_at("rts.before-commit", &store.name);
        Ok(())
    });
    applied.map_err(|error| ExchangeError::Channel {
        channel: store.name.clone(),
        detail: chain(&error),
    })?;
    channel.checkpoint()?;
    writer.world.faults.crash_at("rts.after-commit", &store.name);
    Folder(writer.env.packages_path()).sweep()?;
    Ok(writer.hq.write(|hq| intents::drop(hq, intent))?)
}

/// Every download table once, whichever jobs bring it.
fn plans(writer: &Writer) -> Result<Vec<TablePlan>, ExchangeError> {
    let known = Known::read(&writer.hq)?;
    let mut plans: Vec<TablePlan> = Vec::new();
    for job in known.definitions.jobs.iter().filter(|job| job.direction == Direction::Download) {
        for plan in plan_job(&known.definitions, job, &known.hq, &known.channel)? {
            let same =
                |known: &TablePlan| known.subjob == plan.subjob && known.target == plan.target;
            if !plans.iter().any(same) {
                plans.push(plan);
            }
        }
    }
    Ok(plans)
}

/// The event of a finished leftover.
pub(super) fn told(announced: &Announced) -> Event {
    let RealTimeCall { channel, operation, account, .. } = &announced.call;
    Event::Repaired { what: format!("{operation} of {account} is brought to {channel}") }
}

/// A call that failed leaves only its line in the channel's log.
pub fn log_failed(writer: &Writer, call: &RealTimeCall) -> Result<(), StoreError> {
    let channel = writer.env.channel(&call.channel, Access::Write)?;
    channel.write(|_| scale_unit::log_call(&channel, call))?;
    channel.checkpoint()
}
