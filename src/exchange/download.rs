//! A download job: makes the sessions of each group, then gives each pending one a try.

use super::apply::{PackageApply, apply_pending};
use super::error::ExchangeError;
use super::generate::{MadeSessions, PackageMaker};
use super::group_run::{generating_schedule, group_runs, is_paused};
use super::notice;
use super::request::RunRequest;
use crate::model::event::{Event, Listener};
use crate::model::job::Job;
use crate::model::plan::TablePlan;
use crate::model::run::{DownloadReport, JobReport, Work};
use crate::model::session::Mode;
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::store::{Writer, sessions, topology};

/// Runs a download job for the groups a request names, or all of them.
pub(super) fn run(
    writer: &mut Writer,
    job: &Job,
    plans: &[TablePlan],
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    let (mut mode, mut reason, mut rows) = (None, None, 0);
    let (mut told, mut not_run, mut stopped) = (Vec::new(), Vec::new(), false);
    let rebuilt = sessions::rebuilt(&writer.hq)?;
    let schedules = topology::schedules(&writer.hq)?;
    for run in group_runs(&writer.hq, job, plans, request)? {
        stopped |= listener.is_stopped();
        if stopped {
            break;
        }
        let wanted = run.stores.iter().filter(|store| !store.paused && run.wants(store));
        notice::look(writer, wanted, listener)?;
        let mut made = MadeSessions::default();
        match generating_schedule(&schedules, &run) {
            Ok(schedule) => {
                let maker = PackageMaker { writer, run: &run, schedule, ahead: None };
                made = maker.generate(listener)?;
            }
            Err(why) => keep(&mut not_run, listener, why, Suggestion::Schedules),
        }
        for store in run.stores.iter().filter(|store| store.paused && run.wants(store)) {
            let resume = OfChannels::Resume(store.name.clone()).into();
            keep(&mut not_run, listener, is_paused(&store.name), resume);
        }
        let tried = apply_pending(&mut PackageApply { writer, run: &run }, made.ahead, listener)?;
        stopped |= tried.stopped;
        for held in &tried.held {
            keep(&mut not_run, listener, held.told(), held.hint());
        }
        let mut touched = tried.sessions;
        touched.extend(made.sessions);
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let Some(session) = sessions::find(&writer.hq, id)? else {
                continue;
            };
            if session.mode == Mode::Full || mode.is_none() {
                mode = Some(session.mode);
                reason = session.reason.or(reason);
            }
            rows += session.rows;
            let mut report = DownloadReport::of(&session);
            for (channel, row) in report.channels.iter_mut().zip(&session.stores) {
                let last = rebuilt.get(&row.store_id);
                channel.forgotten = row.status == DownloadStatus::Canceled
                    && last.is_some_and(|last| *last >= session.id);
            }
            told.push(report);
        }
    }
    let work = Work::Download { mode, reason, rows, sessions: told };
    Ok(JobReport { job: job.id.clone(), work, not_run, stopped })
}

fn keep(not_run: &mut Vec<String>, listener: &mut dyn Listener, why: String, hint: Suggestion) {
    listener.event(Event::Warning { text: why.clone(), hint: Some(hint) });
    not_run.push(why);
}
