//! A download job: makes the sessions of each group, then gives each pending one a try.

use super::apply::{Applying, apply_pending};
use super::error::ExchangeError;
use super::generate::Generating;
use super::notice;
use super::report::session_report;
use super::run::RunRequest;
use crate::model::event::{Event, Listener};
use crate::model::job::{Direction, Job};
use crate::model::plan::TablePlan;
use crate::model::run::{JobReport, Mode};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::model::topology::{DataStore, Group, Schedule};
use crate::store::{Headquarters, StoreError, Writer, sessions, topology};

/// One group's part in a run.
pub(super) struct GroupRun<'a> {
    pub(super) job: &'a Job,
    pub(super) plans: &'a [TablePlan],
    pub(super) group: Group,
    /// Every database of the group.
    pub(super) stores: Vec<DataStore>,
    /// The one database asked for.
    pub(super) only: Option<DataStore>,
    pub(super) full: bool,
}

impl GroupRun<'_> {
    /// Whether this run looks after a database.
    pub(super) fn wants(&self, store: &DataStore) -> bool {
        self.only.as_ref().is_none_or(|only| only.id == store.id)
    }
}

/// Runs a download job for the groups a request names, or all of them.
pub(super) fn run(
    writer: &mut Writer,
    job: &Job,
    plans: &[TablePlan],
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    let mut report = JobReport::new(&job.id, Direction::Download);
    let rebuilt = sessions::rebuilt(&writer.hq)?;
    let schedules = topology::schedules(&writer.hq)?;
    for run in group_runs(&writer.hq, job, plans, request)? {
        let wanted = run.stores.iter().filter(|store| !store.paused && run.wants(store));
        notice::look(writer, wanted, listener)?;
        let mut made = Vec::new();
        match generating_schedule(&schedules, &run) {
            Ok(schedule) => {
                made = Generating { writer, run: &run, schedule }.generate(listener)?;
            }
            Err(why) => keep(&mut report, listener, why, Suggestion::Schedules),
        }
        for store in run.stores.iter().filter(|store| store.paused && run.wants(store)) {
            let resume = OfChannels::Resume(store.name.clone()).into();
            keep(&mut report, listener, is_paused(&store.name), resume);
        }
        let tried = apply_pending(&mut Applying { writer, run: &run }, listener)?;
        for held in &tried.held {
            keep(&mut report, listener, held.told(), held.hint());
        }
        let mut touched = tried.sessions;
        touched.extend(made);
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let Some(session) = sessions::find(&writer.hq, id)? else {
                continue;
            };
            if session.mode == Mode::Full || report.mode.is_none() {
                report.mode = Some(session.mode);
                report.reason = session.reason.or(report.reason);
            }
            report.rows += session.rows;
            let mut told = session_report(&session);
            for (channel, row) in told.channels.iter_mut().zip(&session.stores) {
                let last = rebuilt.get(&row.store_id);
                channel.forgotten = row.status == DownloadStatus::Canceled
                    && last.is_some_and(|last| *last >= session.id);
            }
            report.sessions.push(told);
        }
    }
    Ok(report)
}

/// Why nothing is done for a paused database (D13).
pub(super) fn is_paused(database: &str) -> String {
    format!("channel database {database} is paused")
}

fn keep(report: &mut JobReport, listener: &mut dyn Listener, why: String, hint: Suggestion) {
    listener.event(Event::Warning { text: why.clone(), hint: Some(hint) });
    report.not_run.push(why);
}

/// The groups a run goes through; dummy ones only when they are named.
pub(super) fn group_runs<'a>(
    hq: &Headquarters,
    job: &'a Job,
    plans: &'a [TablePlan],
    request: &RunRequest,
) -> Result<Vec<GroupRun<'a>>, StoreError> {
    let only = match &request.channel {
        Some(name) => Some(topology::find_store(hq, name)?),
        None => None,
    };
    let named = match &request.group {
        Some(name) => Some(topology::find_group(hq, name)?),
        None => None,
    };
    let stores = topology::data_stores(hq)?;
    let runs = topology::groups(hq)?
        .into_iter()
        .filter(|group| match (&only, &named) {
            (Some(store), _) => store.group_id == group.id,
            (None, Some(named)) => named.id == group.id,
            (None, None) => !group.dummy,
        })
        .map(|group| {
            let of_group = |store: &&DataStore| store.group_id == group.id;
            GroupRun {
                job,
                plans,
                stores: stores.iter().filter(of_group).cloned().collect(),
                only: only.clone(),
                full: request.full,
                group,
            }
        })
        .filter(|run| !run.stores.is_empty());
    Ok(runs.collect())
}

/// The schedules that run a job for a group, active or not.
pub(super) fn serving<'a>(
    schedules: &'a [Schedule],
    job: &str,
    group: &str,
) -> impl Iterator<Item = &'a Schedule> {
    schedules.iter().filter(move |schedule| schedule.serves(job, group))
}

/// The active schedule that runs this job for this group, or why there is none (D13).
pub(super) fn generating_schedule(
    schedules: &[Schedule],
    run: &GroupRun<'_>,
) -> Result<i64, String> {
    let mut serving = serving(schedules, &run.job.id, &run.group.name).peekable();
    let Some(first) = serving.peek() else {
        return Err(format!(
            "channel database group {} is on no distribution schedule with job {}",
            run.group.name, run.job.id
        ));
    };
    let inactive = format!("distribution schedule {} is not active", first.name);
    serving.find(|schedule| schedule.active).map(|schedule| schedule.id).ok_or(inactive)
}
