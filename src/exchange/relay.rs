//! Brings what one real-time call changed in headquarters to the channel that made it.
//!
//! Three commits: headquarters changes and announces; the channel gets its rows and the call's log
//! line; headquarters drops the announcement. What is interrupted between is finished by the next
//! writer, which brings the same rows again. Headquarters is the truth: what the channel does not
//! take, whatever the reason, the next job brings, and the call has succeeded.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::chain;
use super::error::ExchangeError;
use super::plan::plan_job;
use super::request::Known;
use crate::model::event::{Event, Silent};
use crate::model::ids::{AccountNum, DownloadId, JobId};
use crate::model::job::Direction;
use crate::model::plan::TablePlan;
use crate::model::pos::{LeftToJob, RealTimeCall};
use crate::model::schema::Table;
use crate::model::session::Mode;
use crate::model::suggestion::Run;
use crate::model::time::Time;
use crate::store::pack::{self, PackageSpec};
use crate::store::packages::Folder;
use crate::store::rejection::ApplyError;
use crate::store::{
    ChannelDatabase, Environment, Handle, Headquarters, HqTx, Reader, StoreError, Writer, apply,
    intents, lengths, lineage, scale_unit, topology, tracking,
};
use crate::world::CrashPoint;

/// The announcement of a real-time call that has changed headquarters.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct CallAnnouncement {
    /// Changes of the call are those after this row version.
    pub(super) since: i64,
    /// The number of the exchange (U10).
    #[serde(default)]
    pub(super) mark: Option<i64>,
    /// The line for the channel's log.
    pub(super) call: RealTimeCall,
}

/// What came of a real-time call that headquarters has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The call as it is logged.
    pub(crate) call: RealTimeCall,
    /// Where the channel did not take the rows: what brings them.
    pub(crate) left: Option<LeftToJob>,
}

/// The job that brings customers to a channel.
const CUSTOMERS: &str = "1010";

/// Does what a real-time call asks in headquarters, then brings its rows to the channel.
///
/// `work` runs in a transaction of headquarters and returns the account the call is about;
/// `channel` is the database of the channel that calls.
///
/// # Errors
/// Those of `work` and of headquarters; [`StoreError::TooLong`] for a value that is new and longer
/// than its channel column. Headquarters is unchanged then.
pub(crate) fn real_time(
    writer: &mut Writer,
    mut call: RealTimeCall,
    channel: &Handle<ChannelDatabase>,
    work: impl FnOnce(&HqTx<'_>) -> Result<AccountNum, ExchangeError>,
) -> Result<Answer, ExchangeError> {
    let now = writer.world.clock.utc();
    let opened = OnceCell::new();
    let before = || earlier(&writer.env, &opened);
    let (intent, announced, plans) = writer.hq.write(|hq| {
        let plans = plans(hq)?;
        let (since, account) = ask(hq, &plans, &before, &now, work)?;
        call.account = account.to_string();
        let mark = lineage::begin(hq, &call.channel)?;
        let announced = CallAnnouncement { since, mark, call: call.clone() };
        let intent = intents::announce(hq, intents::REAL_TIME, &announced, &now)?;
        Ok::<_, ExchangeError>((intent, announced, plans))
    })?;
    writer.world.faults.crash_at(CrashPoint::RtsAfterHeadquarters, &call.channel);
    let left = finish(writer, intent, &announced, Some(Begun { plans, channel }));
    Ok(Answer { call, left })
}

/// Headquarters as it was before an open transaction, opened where it is needed.
fn earlier<'o>(
    env: &Environment,
    opened: &'o OnceCell<Reader>,
) -> Result<&'o Headquarters, StoreError> {
    if let Some(reader) = opened.get() {
        return Ok(&reader.hq);
    }
    let reader = env.reader()?;
    Ok(&opened.get_or_init(|| reader).hq)
}

/// Does what a call asks in the caller's transaction of headquarters; the row version after which
/// its changes are, and the account it is about. `before` is headquarters as it was.
fn ask<'b>(
    hq: &HqTx<'_>,
    plans: &Plans,
    before: &dyn Fn() -> Result<&'b Headquarters, StoreError>,
    now: &Time,
    work: impl FnOnce(&HqTx<'_>) -> Result<AccountNum, ExchangeError>,
) -> Result<(i64, AccountNum), ExchangeError> {
    // Versions are closed on both sides, so that the call's changes stand alone.
    let since = tracking::close_version(hq, now)?;
    let account = work(hq)?;
    lengths::refuse_new(hq, before, plans, since)?;
    tracking::close_version(hq, now)?;
    Ok((since, account))
}

/// A copy of headquarters in which calls are only said; it is as it was after each.
pub(crate) struct Copy {
    hq: Handle<Headquarters>,
    plans: Plans,
}

/// What ends a call that is only said: its transaction never commits.
enum Said {
    Done(AccountNum),
    Failed(ExchangeError),
}

impl From<StoreError> for Said {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Copy {
    /// Takes a copy that nobody else writes to.
    ///
    /// # Errors
    /// Those of the file, and definitions that cannot be read.
    pub(crate) fn new(hq: Handle<Headquarters>) -> Result<Self, ExchangeError> {
        let plans = plans(&hq)?;
        Ok(Self { hq, plans })
    }

    /// Does what a call asks, and undoes it; the account it is about. `before` is headquarters.
    ///
    /// # Errors
    /// Those of [`real_time`].
    pub(crate) fn say(
        &self,
        before: &Headquarters,
        now: &Time,
        work: impl FnOnce(&HqTx<'_>) -> Result<AccountNum, ExchangeError>,
    ) -> Result<AccountNum, ExchangeError> {
        let said: Result<Infallible, Said> = self.hq.write(|hq| {
            let asked = ask(hq, &self.plans, &|| Ok(before), now, work);
            Err(asked.map_or_else(Said::Failed, |(_, account)| Said::Done(account)))
        });
        match said {
            Err(Said::Done(account)) => Ok(account),
            Err(Said::Failed(error)) => Err(error),
            Ok(never) => match never {},
        }
    }
}

/// Brings the rows and the log line to the channel, and drops the announcement. Where the channel
/// does not take them it is left to the job: headquarters has committed, and nothing fails here.
/// `begun` is what the call was made with, where this is still the same command.
pub(super) fn finish(
    writer: &Writer,
    intent: i64,
    announced: &CallAnnouncement,
    begun: Option<Begun<'_>>,
) -> Option<LeftToJob> {
    let refused = match bring(writer, intent, announced, begun) {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(chain(&error)),
        Err(error) => Some(chain(&error)),
    };
    let left = refused.map(|mut why| {
        // The line in the log is worth having even where the rows are not taken.
        let logged = log_call(writer, &announced.call);
        if let Err(error) = logged {
            let log = chain(&error);
            if !why.contains(&log) {
                why = format!("{why}; the call is not in the channel's log: {log}");
            }
        }
        LeftToJob { job: JobId::new(CUSTOMERS), why }
    });
    let drop = |hq: &HqTx<'_>| {
        if left.is_none() {
            lineage::end(hq, &announced.call.channel, announced.mark)?;
        }
        intents::drop(hq, intent)
    };
    writer.tidied("the announcement of a real-time call", writer.hq.write(drop));
    let swept = Folder(writer.env.packages_path()).sweep().map(|_| ());
    writer.tidied("the package of a real-time call", swept);
    left
}

/// Brings them; the channel may refuse what it is brought.
fn bring(
    writer: &Writer,
    intent: i64,
    announced: &CallAnnouncement,
    begun: Option<Begun<'_>>,
) -> Result<Result<(), ApplyError>, ExchangeError> {
    let store = topology::find_store(&writer.hq, &announced.call.channel)?;
    let (known, open) = begun.map(|Begun { plans, channel }| (plans, channel)).unzip();
    let plans = known.map_or_else(|| plans(&writer.hq), Ok)?;
    let plans: Vec<TablePlan> = plans.into_iter().map(|(plan, _)| plan).collect();
    let draft = Folder(writer.env.packages_path()).draft(&format!("real-time-{intent}"))?;
    let spec = PackageSpec {
        job: &JobId::new("real-time"),
        session: DownloadId(0),
        group: store.group_id,
        mode: Mode::Delta,
        since: announced.since,
        tables: &plans,
        indexed: false,
    };
    pack::pack(&writer.hq, &spec, &draft, None, &mut Silent)?;
    let opened;
    // A register that is offline has another database open.
    let open = open.filter(|open| open.path() == writer.env.channel_path(&store.name));
    let channel = if let Some(open) = open {
        writer.again(&store, open)?;
        open
    } else {
        opened = writer.channel_of(&store)?;
        &opened
    };
    let applied = apply::apply_rows(channel, &draft, |channel| {
        scale_unit::log_call(channel, &announced.call)?;
        lineage::keep(channel, announced.mark)?;
        writer.world.faults.crash_at(CrashPoint::RtsBeforeCommit, &store.name);
        Ok(())
    });
    if let Err(refused) = applied {
        return Ok(Err(refused));
    }
    writer.tidied("the log of a channel database", channel.checkpoint());
    writer.world.faults.crash_at(CrashPoint::RtsAfterCommit, &store.name);
    Ok(Ok(()))
}

/// What a call was made with.
pub(super) struct Begun<'a> {
    plans: Plans,
    /// The channel's database.
    channel: &'a Handle<ChannelDatabase>,
}

/// Tables of downloads, each with the channel's table it goes to.
pub(super) type Plans = Vec<(TablePlan, Arc<Table>)>;

/// Every download table once, whichever jobs bring it, and the channel's table it goes to. A job
/// whose mapping is broken brings nothing, and is in no other's way.
fn plans(hq: &Headquarters) -> Result<Plans, ExchangeError> {
    let known = Known::read(hq)?;
    let mut plans = Plans::new();
    for job in known.definitions.jobs.iter().filter(|job| job.direction == Direction::Download) {
        let planned = match plan_job(&known.definitions, job, &known.hq, &known.channel) {
            Err(ExchangeError::MappingBroken { .. }) => continue,
            planned => planned?,
        };
        for plan in planned {
            let same = |(known, _): &(TablePlan, Arc<Table>)| {
                known.subjob == plan.subjob && known.target == plan.target
            };
            let table = known.channel.get(&plan.target.to_ascii_uppercase());
            if let (false, Some(table)) = (plans.iter().any(same), table) {
                plans.push((plan, Arc::clone(table)));
            }
        }
    }
    Ok(plans)
}

/// The event of a finished leftover.
pub(super) fn told(announced: &CallAnnouncement, left: Option<LeftToJob>) -> Event {
    let RealTimeCall { channel, operation, account, .. } = &announced.call;
    match left {
        None => {
            Event::Repaired { what: format!("{operation} of {account} is brought to {channel}") }
        }
        Some(LeftToJob { job, why }) => Event::Warning {
            text: format!("{operation} of {account} is in headquarters; {channel}: {why}"),
            hint: Some(Run::job(&job).into()),
        },
    }
}

/// Writes a call's line into the channel's log and nothing else, as for one that failed.
pub(crate) fn log_call(writer: &Writer, call: &RealTimeCall) -> Result<(), StoreError> {
    let channel = writer.channel(&call.channel)?;
    channel.write(|channel| scale_unit::log_call(channel, call))?;
    writer.tidied("the log of a channel database", channel.checkpoint());
    Ok(())
}
