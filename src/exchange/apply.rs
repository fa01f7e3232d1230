//! Gives each pending session of each database one try, databases in parallel.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::chain::chain;
use super::error::ExchangeError;
use super::fetch::{fetch, mismatch, not_found};
use super::group_run::GroupRun;
use super::held::{HeldBack, held_back};
use super::tries::Tries;
use super::way_out;
use crate::model::event::{Event, Listener};
use crate::model::ids::{DownloadId, JobId};
use crate::model::session::Mode;
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::Suggestion;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::apply::{self, ApplyOutcome, Delivery};
use crate::store::diagnose;
use crate::store::packages::Folder;
use crate::store::{
    ChannelDatabase, Environment, Handle, StoreError, Writer, lineage, sessions, topology,
};
use crate::world::machine::joined;
use crate::world::{CrashPoint, FaultKind, Faults, Machine};

/// Channels written at once, at most.
const MOST_THREADS: usize = 4;
/// The page caches of all of them together, in KiB. Less than the 96 MiB once planned: an index
/// that is built sorts in as much memory again.
const CACHE_KIB: usize = 40 * 1024;

/// Packages above this size, in bytes, have their lengths looked at by a thread of its own.
const LARGE: u64 = 4 * 1024 * 1024;

pub(super) struct PackageApply<'a, 'b> {
    pub(super) writer: &'a mut Writer,
    pub(super) run: &'a GroupRun<'b>,
}

/// One try of one session in one database, with everything drawn before the threads start.
struct Try {
    /// The session without its databases, shared by the tries of all of them.
    session: Arc<DownloadSession>,
    row: StoreSession,
    download_fails: bool,
    apply_fails: bool,
    /// The package as it arrived, or why it did not.
    package: Result<PathBuf, String>,
    empties: bool,
}

/// One database and its tries, oldest first.
struct Queue {
    store: DataStore,
    tries: Vec<Try>,
    /// The number of the exchange, which the database's own commit keeps (U10).
    mark: Option<i64>,
}

/// What a try came to.
struct Outcome {
    status: DownloadStatus,
    rows: u64,
    message: Option<String>,
    /// A package that had been applied before (D11).
    before: bool,
    /// The command that leads out, where the database stands in the way.
    way_out: Option<Suggestion>,
    /// The database has committed, and with it the number of the exchange.
    kept: bool,
}

/// What trying came to.
#[derive(Default)]
pub(super) struct TryOutcome {
    /// The sessions that were touched.
    pub(super) sessions: Vec<DownloadId>,
    /// The databases that an earlier session holds back (D07).
    pub(super) held: Vec<HeldBack>,
}

/// Tries what is pending.
pub(super) fn apply_pending(
    applying: &mut PackageApply<'_, '_>,
    listener: &mut dyn Listener,
) -> Result<TryOutcome, ExchangeError> {
    let tries = Tries::read(&applying.writer.hq)?;
    let (mut queues, held) = queues(applying, tries.enforced, listener)?;
    if queues.is_empty() {
        return Ok(TryOutcome { sessions: Vec::new(), held });
    }
    announce(applying.writer, &mut queues)?;
    // Packing has filled headquarters' cache; the channels share the memory from here on.
    applying.writer.tidied("the memory of headquarters", applying.writer.hq.shrink());
    applying.writer.world.faults.crash_at(CrashPoint::ApplyAfterRequested, &applying.run.job.id);
    let outcomes = work(applying, &queues, tries.enforced, listener);
    let sessions = settle(applying.writer, &queues, outcomes, tries, listener)?;
    applying.writer.world.faults.crash_at(CrashPoint::ApplyAfterOutcome, &applying.run.job.id);
    Ok(TryOutcome { sessions, held })
}

fn queues(
    applying: &mut PackageApply<'_, '_>,
    enforced: bool,
    listener: &mut dyn Listener,
) -> Result<(Vec<Queue>, Vec<HeldBack>), ExchangeError> {
    let run = applying.run;
    let unfinished = sessions::unfinished(&applying.writer.hq, run.group.id)?;
    let folder = Folder(applying.writer.env.packages_path());
    let mut arrived: BTreeMap<DownloadId, Result<PathBuf, String>> = BTreeMap::new();
    let slim: Vec<Arc<DownloadSession>> = unfinished
        .iter()
        .map(|session| Arc::new(DownloadSession { stores: Vec::new(), ..session.clone() }))
        .collect();
    let (mut queues, mut held) = (Vec::new(), Vec::new());
    for store in run.stores.iter().filter(|store| !store.paused && run.wants(store)) {
        let mut tries = Vec::new();
        let head = if enforced { held_back(&unfinished, run, store) } else { None };
        for (session, shared) in unfinished.iter().zip(&slim) {
            let Some(row) = session.stores.iter().find(|row| row.store_id == store.id) else {
                continue;
            };
            if head.as_ref().is_some_and(|head| head.session == session.id) {
                break;
            }
            if session.job != run.job.id || !row.status.is_pending() {
                continue;
            }
            if let std::collections::btree_map::Entry::Vacant(e) = arrived.entry(session.id) {
                e.insert(fetch(&folder, session)?);
            }
            let package = arrived.get(&session.id).cloned();
            tries.push(draw(
                &mut applying.writer.world.faults,
                store,
                shared,
                row,
                package.unwrap_or_else(|| Err(not_found(session.id))),
                listener,
            ));
        }
        for one in &mut tries {
            one.empties =
                store.offline && run.job.exclude_offline && one.session.mode == Mode::Full;
        }
        if !tries.is_empty() {
            queues.push(Queue { store: store.clone(), tries, mark: None });
        }
        held.extend(head);
    }
    Ok((queues, held))
}

fn draw(
    faults: &mut Faults,
    store: &DataStore,
    session: &Arc<DownloadSession>,
    row: &StoreSession,
    mut package: Result<PathBuf, String>,
    listener: &mut dyn Listener,
) -> Try {
    let mut meets = |kind: FaultKind| faults.meet(kind, &store.name, listener);
    if meets(FaultKind::PackageCorrupt) {
        package = Err(mismatch(session, "altered on the way (fault package-corrupt)"));
    }
    Try {
        session: Arc::clone(session),
        row: row.clone(),
        download_fails: meets(FaultKind::DownloadFails),
        apply_fails: meets(FaultKind::ApplyFails),
        package,
        empties: false,
    }
}

/// Commits, before any channel is touched, what is about to be tried.
fn announce(writer: &Writer, queues: &mut [Queue]) -> Result<(), StoreError> {
    let now = writer.world.clock.utc();
    writer.hq.write(|hq| {
        for queue in queues {
            queue.mark = lineage::begin(hq, &queue.store.name)?;
            for one in &queue.tries {
                let row = StoreSession {
                    status: DownloadStatus::Requested,
                    given_up: false,
                    requested: Some(now.clone()),
                    ..one.row.clone()
                };
                sessions::update_store(hq, one.session.id, &row)?;
            }
        }
        Ok(())
    })
}

/// The outcomes of each queue, in its order; shorter than the queue when the rest must wait.
fn work(
    applying: &PackageApply<'_, '_>,
    queues: &[Queue],
    enforced: bool,
    listener: &mut dyn Listener,
) -> Vec<Vec<Outcome>> {
    let threads = Machine::current().threads().min(MOST_THREADS).min(queues.len());
    let worker = Worker {
        env: &applying.writer.env,
        job: &applying.run.job.id,
        description: &applying.run.job.name,
        now: applying.writer.world.clock.utc(),
        faults: &applying.writer.world.faults,
        cache_kib: u32::try_from(CACHE_KIB / threads).unwrap_or(8 * 1024),
        enforced,
        fits: queues
            .iter()
            .flat_map(|queue| &queue.tries)
            .map(|one| (one.session.id, OnceLock::new()))
            .collect(),
    };
    let total = queues.iter().flat_map(|queue| &queue.tries).map(|one| one.session.rows).sum();
    let step = format!("applying {} to {}", worker.job, queues.len());
    listener.event(Event::StepStarted { step, total: Some(total) });
    let next = AtomicUsize::new(0);
    let mut outcomes: Vec<Vec<Outcome>> = queues.iter().map(|_| Vec::new()).collect();
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for one in large_loads(queues) {
            let worker = &worker;
            scope.spawn(move || worker.fits(one));
        }
        let mut workers = Vec::new();
        for _ in 0..threads {
            let (send, next, worker) = (send.clone(), &next, &worker);
            workers.push(scope.spawn(move || {
                while let Some(queue) = queues.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = worker.work(queue);
                    if send.send((queue.store.id, done)).is_err() {
                        break;
                    }
                }
            }));
        }
        drop(send);
        let mut rows = 0;
        for (store, done) in receive {
            let Some(at) = queues.iter().position(|queue| queue.store.id == store) else {
                continue;
            };
            rows += queues[at].tries.iter().map(|one| one.session.rows).sum::<u64>();
            listener.event(Event::StepProgress { done: rows });
            let (done, checkpointed) = done;
            applying.writer.tidied("the log of a channel database", checkpointed);
            outcomes[at] = done;
        }
        for worker in workers {
            joined(worker.join());
        }
    });
    listener.event(Event::StepFinished);
    outcomes
}

/// What every thread shares.
struct Worker<'a> {
    env: &'a Environment,
    job: &'a JobId,
    description: &'a str,
    now: Time,
    faults: &'a Faults,
    cache_kib: u32,
    enforced: bool,
    /// Whether the values of each session's package are short enough, once somebody has looked.
    fits: BTreeMap<DownloadId, OnceLock<bool>>,
}

/// One try of each session whose package is large, so that its lengths are looked at meanwhile.
fn large_loads(queues: &[Queue]) -> Vec<&Try> {
    let mut large: Vec<&Try> = Vec::new();
    for one in queues.iter().flat_map(|queue| &queue.tries) {
        let new = large.iter().all(|known| known.session.id != one.session.id);
        if new && one.session.mode == Mode::Full && one.session.bytes > LARGE {
            large.push(one);
        }
    }
    large
}

impl Worker<'_> {
    /// Looks at the lengths of a package's values once, whoever asks first; the others wait.
    fn fits(&self, one: &Try) -> bool {
        let look = || one.package.as_ref().is_ok_and(|file| diagnose::fits(file).unwrap_or(false));
        self.fits.get(&one.session.id).is_some_and(|known| *known.get_or_init(look))
    }

    /// What the tries came to, and whether the channel's log could be emptied after them.
    fn work(&self, queue: &Queue) -> (Vec<Outcome>, Result<(), StoreError>) {
        let opened = self.env.channel_with_cache(&queue.store.name, self.cache_kib);
        let mut outcomes = Vec::new();
        for one in &queue.tries {
            let outcome = match &opened {
                Ok(channel) => self.attempt(channel, queue, one),
                Err(error) => Outcome {
                    way_out: way_out::of_file(self.env, &queue.store.name, error),
                    ..failed(DownloadStatus::DownloadFailed, chain(error))
                },
            };
            let stop = self.enforced && outcome.status != DownloadStatus::Applied;
            outcomes.push(outcome);
            if stop {
                break;
            }
        }
        let checkpointed = opened.map_or(Ok(()), |channel| channel.checkpoint());
        (outcomes, checkpointed)
    }

    fn attempt(&self, channel: &Handle<ChannelDatabase>, queue: &Queue, one: &Try) -> Outcome {
        let store = &queue.store;
        if one.download_fails {
            let message = "the package could not be fetched (fault download-fails)".to_owned();
            return failed(DownloadStatus::DownloadFailed, message);
        }
        let file = match &one.package {
            Ok(file) => file,
            Err(message) => return failed(DownloadStatus::DownloadFailed, message.clone()),
        };
        let delivery = Delivery {
            session: one.session.id,
            job: self.job,
            description: self.description,
            package: one.session.package.as_deref().unwrap_or(""),
            checksum: &one.session.checksum,
            bytes: one.session.bytes,
            now: &self.now,
            terminal: &store.terminal,
            offline: store.offline,
            empties: one.empties,
            mark: queue.mark,
            fits: &|| self.fits(one),
        };
        let applied = if one.apply_fails {
            Err(("the rows could not be written (fault apply-fails)".to_owned(), None))
        } else {
            let before_commit = || self.faults.crash_at(CrashPoint::ApplyBeforeCommit, &store.name);
            apply::apply(channel, &delivery, file, &before_commit).map_err(|error| {
                (chain(&error), way_out::of_rows(self.env, &store.name, self.job, &error))
            })
        };
        match applied {
            Ok(ApplyOutcome { rows, before }) => {
                self.faults.crash_at(CrashPoint::ApplyAfterCommit, &store.name);
                let status = DownloadStatus::Applied;
                Outcome { status, rows, message: None, before, kept: !before, way_out: None }
            }
            Err((message, way_out)) => {
                let status = DownloadStatus::ApplyFailed;
                // The channel's own record is a courtesy to people who look there; the session's
                // state is headquarters' and is kept below.
                let noted =
                    channel.write(|channel| apply::remember(channel, &delivery, status, &message));
                let (kept, message) = match noted {
                    Ok(()) => (true, message),
                    Err(error) => (false, format!("{message}; {}", chain(&error))),
                };
                Outcome { way_out, kept, ..failed(status, message) }
            }
        }
    }
}

fn failed(status: DownloadStatus, message: String) -> Outcome {
    let message = Some(message);
    Outcome { status, rows: 0, message, before: false, kept: false, way_out: None }
}

/// Commits what came of the tries, and tells it in channel order.
fn settle(
    writer: &Writer,
    queues: &[Queue],
    outcomes: Vec<Vec<Outcome>>,
    tries: Tries,
    listener: &mut dyn Listener,
) -> Result<Vec<DownloadId>, ExchangeError> {
    let now = writer.world.clock.utc();
    let mut touched = Vec::new();
    let (mut events, mut ways_out) = (Vec::new(), Vec::new());
    writer.hq.write(|hq| {
        for (queue, outcomes) in queues.iter().zip(outcomes) {
            if outcomes.iter().any(|outcome| outcome.kept) {
                lineage::end(hq, &queue.store.name, queue.mark)?;
            }
            let mut outcomes = outcomes.into_iter();
            for one in &queue.tries {
                let row = match outcomes.next() {
                    Some(mut outcome) => {
                        if let Some(way_out) = outcome.way_out.take() {
                            let job = &one.session.job;
                            ways_out.push(way_out::told(&queue.store.name, job, way_out));
                        }
                        settled(one, outcome, tries, &now)
                    }
                    None => StoreSession {
                        message: Some("waits for an earlier session".to_owned()),
                        ..one.row.clone()
                    },
                };
                sessions::update_store(hq, one.session.id, &row)?;
                touched.push(one.session.id);
                events.push((one.session.id, queue.store.name.clone(), row.status));
            }
            topology::heartbeat(hq, queue.store.id, &now)?;
        }
        Ok::<_, StoreError>(())
    })?;
    for (session, channel, status) in events {
        listener.event(Event::Download { session, channel, status });
    }
    ways_out.dedup();
    for event in ways_out {
        listener.event(event);
    }
    Ok(touched)
}

fn settled(one: &Try, outcome: Outcome, limit: Tries, now: &Time) -> StoreSession {
    let tries = one.row.tries + 1;
    let mut row = StoreSession {
        tries,
        given_up: false,
        rows: outcome.rows,
        status: outcome.status,
        message: outcome.message,
        requested: Some(now.to_owned()),
        ..one.row.clone()
    };
    match outcome.status {
        DownloadStatus::Applied => {
            row.downloaded = Some(now.to_owned());
            row.applied = Some(now.to_owned());
            row.message = outcome.before.then(|| "its package had been applied before".to_owned());
        }
        failed => {
            if failed == DownloadStatus::ApplyFailed {
                row.downloaded = Some(now.to_owned());
            }
            let message = row.message.take().unwrap_or_default();
            let (status, message) = limit.after(failed, tries, &message);
            row.given_up = status != failed;
            row.status = status;
            row.message = Some(message);
        }
    }
    row
}
