//! Gives each pending session of each database one try, databases in parallel.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::ahead::Ahead;
use super::chain::chain;
use super::error::ExchangeError;
use super::fetch::{fetch, mismatch, not_found};
use super::group_run::GroupRun;
use super::held::{HeldBack, held_back};
use super::settle::{Outcome, Queue, Tried, Try, settle};
use super::tries::Tries;
use super::way_out;
use crate::model::event::{Event, Listener};
use crate::model::ids::{DownloadId, JobId};
use crate::model::session::Mode;
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::model::wording::count;
use crate::store::apply::{self, ApplyOutcome, Delivery};
use crate::store::diagnose;
use crate::store::packages::Folder;
use crate::store::{ChannelDatabase, Environment, Handle, StoreError, Writer, lineage, sessions};
use crate::world::machine::joined;
use crate::world::{CrashPoint, FaultKind, Faults, Machine};

/// Channels written at once, at most.
const MOST_THREADS: usize = 4;
/// The page caches of all of them together, in KiB. Less than the 96 MiB once planned: an index
/// that is built sorts in as much memory again.
const CACHE_KIB: usize = 40 * 1024;

/// How often it is looked whether somebody wants a stop.
const LOOK: Duration = Duration::from_millis(100);

/// Packages above this size, in bytes, have their lengths looked at by a thread of its own.
const LARGE: u64 = 4 * 1024 * 1024;

pub(super) struct PackageApply<'a, 'b> {
    pub(super) writer: &'a mut Writer,
    pub(super) run: &'a GroupRun<'b>,
}

/// What trying came to.
#[derive(Default)]
pub(super) struct TryOutcome {
    /// The sessions that were touched.
    pub(super) sessions: Vec<DownloadId>,
    /// The databases that an earlier session holds back (D07).
    pub(super) held: Vec<HeldBack>,
    /// Whether somebody stopped it before everything was tried.
    pub(super) stopped: bool,
}

/// Tries what is pending; one database may have been filled ahead.
pub(super) fn apply_pending(
    applying: &mut PackageApply<'_, '_>,
    ahead: Option<Ahead>,
    listener: &mut dyn Listener,
) -> Result<TryOutcome, ExchangeError> {
    if listener.is_stopped() {
        return Ok(TryOutcome { stopped: true, ..TryOutcome::default() });
    }
    let tries = Tries::read(&applying.writer.hq)?;
    let (mut queues, held) = queues(applying, tries.enforced, listener)?;
    if queues.is_empty() {
        return Ok(TryOutcome { held, ..TryOutcome::default() });
    }
    announce(applying.writer, &mut queues)?;
    // Packing has filled headquarters' cache; the channels share the memory from here on.
    applying.writer.tidied("the memory of headquarters", applying.writer.hq.shrink());
    applying.writer.world.faults.crash_at(CrashPoint::ApplyAfterRequested, &applying.run.job.id);
    let tried = work(applying, &queues, ahead, tries.enforced, listener);
    let stopped = tried.stopped;
    let sessions = settle(applying.writer, &queues, tried, tries, listener)?;
    applying.writer.world.faults.crash_at(CrashPoint::ApplyAfterOutcome, &applying.run.job.id);
    Ok(TryOutcome { sessions, held, stopped })
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

/// Tries each queue, several at a time; where somebody wants it to stop, none is begun any more.
fn work(
    applying: &PackageApply<'_, '_>,
    queues: &[Queue],
    ahead: Option<Ahead>,
    enforced: bool,
    listener: &mut dyn Listener,
) -> Tried {
    let threads = threads().min(queues.len());
    let worker = Worker {
        env: &applying.writer.env,
        job: &applying.run.job.id,
        description: &applying.run.job.name,
        now: applying.writer.world.clock.utc(),
        faults: &applying.writer.world.faults,
        cache_kib: u32::try_from(CACHE_KIB / threads).unwrap_or(8 * 1024),
        enforced,
        fits: tries(queues).map(|one| (one.session.id, OnceLock::new())).collect(),
        ahead: Mutex::new(ahead),
    };
    let rows = |queue: &Queue| queue.tries.iter().map(|one| one.session.rows).sum::<u64>();
    let of = count(queues.len() as u64, "channel database");
    let step = format!("applying {} to {of}", worker.job);
    // How far one database is cannot be seen from outside it.
    let total = (queues.len() > 1).then(|| queues.iter().map(rows).sum());
    listener.event(Event::StepStarted { step, total, noun: "rows" });
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut outcomes: Vec<Vec<Outcome>> = queues.iter().map(|_| Vec::new()).collect();
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for one in large_loads(queues).into_iter().filter(|one| !worker.is_loaded(one)) {
            let worker = &worker;
            scope.spawn(move || worker.fits(one));
        }
        let mut workers = Vec::new();
        for _ in 0..threads {
            let (send, next, stop, worker) = (send.clone(), &next, &stop, &worker);
            workers.push(scope.spawn(move || {
                while !stop.load(Ordering::Relaxed)
                    && let Some(queue) = queues.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let done = worker.work(queue);
                    if send.send((queue.store.id, done)).is_err() {
                        break;
                    }
                }
            }));
        }
        drop(send);
        let (mut applied, mut databases) = (0, 0);
        while let Some((store, done)) = next_done(&receive, &stop, listener) {
            let Some(at) = queues.iter().position(|queue| queue.store.id == store) else {
                continue;
            };
            applied += rows(&queues[at]);
            databases += 1;
            listener.event(Event::StepProgress { done: applied });
            listener.event(Event::StepPart { what: format!("{databases} of {}", queues.len()) });
            let (done, checkpointed) = done;
            applying.writer.tidied("the log of a channel database", checkpointed);
            outcomes[at] = done;
        }
        for worker in workers {
            joined(worker.join());
        }
    });
    listener.event(Event::StepFinished);
    // A queue that was begun has one outcome at least.
    Tried { stopped: outcomes.iter().any(Vec::is_empty), outcomes }
}

/// How many databases are written at once. Whoever writes one waits for the disk half of the time.
fn threads() -> usize {
    match Machine::current().threads() {
        1 => 1,
        cores => (2 * cores).min(MOST_THREADS),
    }
}

/// The next database that is done, once it is; whoever wants a stop is heard meanwhile.
fn next_done<T>(
    receive: &Receiver<T>,
    stop: &AtomicBool,
    listener: &mut dyn Listener,
) -> Option<T> {
    loop {
        stop.store(listener.is_stopped(), Ordering::Relaxed);
        match receive.recv_timeout(LOOK) {
            Ok(done) => return Some(done),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
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
    /// A database that was filled ahead, until somebody comes to it.
    ahead: Mutex<Option<Ahead>>,
}

/// Every try.
fn tries(queues: &[Queue]) -> impl Iterator<Item = &Try> {
    queues.iter().flat_map(|queue| &queue.tries)
}

/// One try of each session whose package is large, so that its lengths are looked at meanwhile.
fn large_loads(queues: &[Queue]) -> Vec<&Try> {
    let mut large: Vec<&Try> = Vec::new();
    for one in tries(queues) {
        let new = large.iter().all(|known| known.session.id != one.session.id);
        if new && one.session.mode == Mode::Full && one.session.bytes > LARGE {
            large.push(one);
        }
    }
    large
}

impl Worker<'_> {
    /// Whether a database was filled ahead with a session's package, so that its values have been
    /// looked at.
    fn is_loaded(&self, one: &Try) -> bool {
        self.ahead().as_ref().is_some_and(|ahead| ahead.is_with(one.session.id))
    }

    fn ahead(&self) -> MutexGuard<'_, Option<Ahead>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the lengths of a package's values once, whoever asks first; the others wait.
    fn fits(&self, one: &Try) -> bool {
        let look = || one.package.as_ref().is_ok_and(|file| diagnose::fits(file).unwrap_or(false));
        self.fits.get(&one.session.id).is_some_and(|known| *known.get_or_init(look))
    }

    /// What the tries came to, and whether the channel's log could be emptied after them.
    fn work(&self, queue: &Queue) -> (Vec<Outcome>, Result<(), StoreError>) {
        if let Some((outcome, channel)) = self.loaded_ahead(queue) {
            return (vec![outcome], channel.checkpoint());
        }
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

    /// Commits what was loaded into a database ahead, where that is all it is to get and nothing is
    /// in the way; else it is undone, and every try is given as any other.
    fn loaded_ahead(&self, queue: &Queue) -> Option<(Outcome, Handle<ChannelDatabase>)> {
        let ahead = self.ahead().take_if(|ahead| ahead.is_of(queue.store.id))?;
        let [one] = queue.tries.as_slice() else { return None };
        let loading = ahead.loaded(one.session.id)?;
        if one.download_fails || one.apply_fails || one.empties || one.package.is_err() {
            return None;
        }
        let fits = || self.fits(one);
        let before_commit =
            || self.faults.crash_at(CrashPoint::ApplyBeforeCommit, &queue.store.name);
        // What is in the way is met again, and told, when the package is applied.
        let finished = loading.finish(&self.delivery(queue, one, &fits), &before_commit);
        let (channel, applied) = finished.ok()??;
        Some((self.applied(queue, applied), channel))
    }

    fn delivery<'d>(
        &'d self,
        queue: &'d Queue,
        one: &'d Try,
        fits: &'d (dyn Fn() -> bool + Sync),
    ) -> Delivery<'d> {
        Delivery {
            session: one.session.id,
            job: self.job,
            description: self.description,
            package: one.session.package.as_deref().unwrap_or(""),
            checksum: &one.session.checksum,
            bytes: one.session.bytes,
            now: &self.now,
            terminal: &queue.store.terminal,
            offline: queue.store.offline,
            empties: one.empties,
            mark: queue.mark,
            fits,
        }
    }

    fn applied(&self, queue: &Queue, ApplyOutcome { rows, before }: ApplyOutcome) -> Outcome {
        self.faults.crash_at(CrashPoint::ApplyAfterCommit, &queue.store.name);
        let status = DownloadStatus::Applied;
        Outcome { status, rows, message: None, before, kept: !before, way_out: None }
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
        let fits = || self.fits(one);
        let delivery = self.delivery(queue, one, &fits);
        let applied = if one.apply_fails {
            Err(("the rows could not be written (fault apply-fails)".to_owned(), None))
        } else {
            let before_commit = || self.faults.crash_at(CrashPoint::ApplyBeforeCommit, &store.name);
            apply::apply(channel, &delivery, file, &before_commit).map_err(|error| {
                (chain(&error), way_out::of_rows(self.env, &store.name, self.job, &error))
            })
        };
        match applied {
            Ok(outcome) => self.applied(queue, outcome),
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
