//! The way of the clock with the batches that recur on it: the Async Client collects, and active
//! schedules run, each at its interval, in order of time.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::chain;
use super::error::ExchangeError;
use super::request::{Known, RunRequest};
use super::run::run_known;
use super::tick::move_clock;
use super::way::{BatchRun, JobInShort, NotRun, Way};
use crate::model::event::{Event, Listener};
use crate::model::ids::JobId;
use crate::model::interval::Interval;
use crate::model::job::{Definitions, Direction};
use crate::model::run::{ChannelReport, JobReport, Phase, Work};
use crate::model::settings::UploadTopology;
use crate::model::suggestion::{OfChannels, SetSchedule, Suggestion};
use crate::model::time::Time;
use crate::model::topology::{BatchState, Schedule};
use crate::store::world::DueBatches;
use crate::store::{Headquarters, StoreError, Writer, topology, world};
use crate::world::{Clock, interrupt};

/// What collects by itself where uploads have two phases.
const ASYNC_CLIENT: &str = "Async Client";

/// How many batches one command runs at most; a way with more is gone in steps.
const MOST: i64 = 20_000;

/// What recurs.
#[derive(Debug)]
struct Recurrence {
    every: Interval,
    from: Time,
    is_schedule: bool,
    name: String,
    requests: Vec<RunRequest>,
}

impl Recurrence {
    /// Tells it from others: a schedule has one name, whatever its interval is by now. The Async
    /// Client, which is none, recurs at each interval that databases have.
    fn key(&self) -> String {
        if self.is_schedule { self.name.clone() } else { format!("{}/{}", self.name, self.every) }
    }
}

/// Moves the clock step by step, and runs what recurs on the way at its times. At one time uploads
/// are collected and applied first, then batches run, then downloads, so that what comes up goes
/// down again. A job that fails is told, and the clock goes on.
///
/// # Errors
/// The files; then what was done before is in the error. A way with too many runs.
pub(crate) fn advance(
    writer: &mut Writer,
    target: &Clock,
    listener: &mut dyn Listener,
) -> Result<Way, ExchangeError> {
    let known = Known::read(&writer.hq)?;
    let (recurring, not_run) = recurring(writer, &known.definitions)?;
    let times = |one: &Recurrence| writer.world.clock.times_until(target, one.every);
    let runs: i64 = recurring.iter().map(times).sum();
    if runs > MOST {
        return Err(ExchangeError::TooManyRuns { runs, most: MOST });
    }
    let _looking = interrupt::looking();
    let mut way = Way { not_run, ..Way::default() };
    let mut once = Once { inner: listener, told: BTreeSet::new() };
    match go(writer, target, (&known, &recurring), &mut way, &mut once) {
        Ok(()) => Ok(way),
        Err(error) if way.runs.is_empty() => Err(error),
        Err(source) => {
            let at = writer.world.clock.local();
            Err(ExchangeError::Underway { at, way: Box::new(way), source: Box::new(source) })
        }
    }
}

fn go(
    writer: &mut Writer,
    target: &Clock,
    (known, recurring): (&Known, &[Recurrence]),
    way: &mut Way,
    listener: &mut Once<'_>,
) -> Result<(), ExchangeError> {
    let left = world::due(&writer.hq)?;
    run_due(writer, known, recurring, left, way, listener)?;
    loop {
        if way.stopped {
            return Ok(());
        }
        let now = writer.world.clock.clone();
        let nexts: Vec<Clock> =
            recurring.iter().map(|one| now.at_next(one.every, &one.from)).collect();
        let next = nexts.iter().map(Clock::utc).min().filter(|time| *time <= target.utc());
        let Some(next) = next else { break };
        let at: Vec<usize> = (0..nexts.len()).filter(|at| nexts[*at].utc() == next).collect();
        let first = at.first().map_or(&now, |at| &nexts[*at]).clone();
        let due: DueBatches = at.iter().map(|at| recurring[*at].key()).collect();
        way.passed.then(move_clock(writer, first, &due)?);
        run_due(writer, known, recurring, due, way, listener)?;
    }
    if target.is_after(&writer.world.clock) {
        way.passed.then(move_clock(writer, target.clone(), &DueBatches::new())?);
    }
    Ok(())
}

/// Runs the batches whose time has come, and takes each off those that are due; where the program
/// ends between them, the next time that schedules run begins with the rest.
fn run_due(
    writer: &mut Writer,
    known: &Known,
    recurring: &[Recurrence],
    mut due: DueBatches,
    way: &mut Way,
    listener: &mut Once<'_>,
) -> Result<(), ExchangeError> {
    // What is due is written down, and runs when the clock goes on.
    while let Some(key) = due.pop_front() {
        way.stopped = listener.inner.is_stopped();
        if way.stopped {
            return Ok(());
        }
        let mut runs = recurring.iter().filter(|one| one.key() == key).peekable();
        if runs.peek().is_none() {
            listener.event(dropped(&key));
        }
        for one in runs {
            way.runs.push(run_one(writer, known, one, listener)?);
        }
        writer.change(|writer| world::set_due(&writer.hq, &due))?;
    }
    Ok(())
}

/// A batch that was due when the program ended, and does not recur any more.
fn dropped(key: &str) -> Event {
    let (what, hint) = match key.split_once('/') {
        Some((client, every)) if client == ASYNC_CLIENT => {
            (format!("the collecting of the {client} every {every}"), OfChannels::List.into())
        }
        _ => (format!("the batch of schedule {key}"), Suggestion::Schedules),
    };
    let text = format!("{what} was due when a command ended, recurs no longer and is not run");
    Event::Warning { text, hint: Some(hint) }
}

fn run_one(
    writer: &mut Writer,
    known: &Known,
    one: &Recurrence,
    listener: &mut dyn Listener,
) -> Result<BatchRun, ExchangeError> {
    let time = writer.world.clock.local();
    let mut jobs = Vec::new();
    for request in &one.requests {
        match run_known(writer, known, request, listener) {
            Ok(report) => jobs.extend(report.jobs.iter().map(|job| in_short(job, request))),
            // A schedule may name a job that is made only once its feature is on.
            Err(ExchangeError::JobNotMade { .. }) => {}
            Err(ExchangeError::Store(error)) => return Err(error.into()),
            Err(error) => jobs.push(told(&error, request)),
        }
    }
    let ok = jobs.iter().all(|job| job.ok);
    Ok(BatchRun { time, schedule: one.name.clone(), ok, jobs })
}

fn in_short(report: &JobReport, request: &RunRequest) -> JobInShort {
    let mut short = JobInShort {
        job: report.job.clone(),
        kind: Some(report.direction()),
        phase: request.phase,
        group: request.group.clone(),
        channel: request.channel.clone(),
        ok: report.is_ok(None),
        rows: 0,
        sessions: 0,
        failed: 0,
        waiting: 0,
        messages: report.not_run.clone(),
    };
    match &report.work {
        Work::Download { rows, sessions, .. } => {
            short.rows = *rows;
            short.sessions = sessions.iter().filter(|one| !one.is_empty()).count();
            for session in sessions {
                short.messages.extend(session.message.clone());
                short.messages.extend(session.channels.iter().filter_map(ChannelReport::told));
            }
        }
        Work::Upload { rows, sessions } => {
            short.rows = *rows;
            short.sessions = sessions.len();
            short.messages.extend(sessions.iter().filter_map(|one| one.message.clone()));
        }
        Work::Batch(tally) => {
            short.rows = tally.processed;
            short.failed = tally.failed;
            short.waiting = tally.waiting;
        }
    }
    short.messages.dedup();
    short
}

/// A job that could not be run at all.
fn told(error: &ExchangeError, request: &RunRequest) -> JobInShort {
    JobInShort {
        job: JobId::new(request.jobs.first().map_or("", String::as_str)),
        kind: None,
        phase: request.phase,
        group: request.group.clone(),
        channel: request.channel.clone(),
        ok: false,
        rows: 0,
        sessions: 0,
        failed: 0,
        waiting: 0,
        messages: vec![chain(error)],
    }
}

/// What recurs in an environment, in the order in which it goes at one time, and the active
/// schedules that do not.
fn recurring(
    writer: &Writer,
    definitions: &Definitions,
) -> Result<(Vec<Recurrence>, Vec<NotRun>), StoreError> {
    let hq = &writer.hq;
    let two_phase = writer.env.settings().topology == UploadTopology::TwoPhase;
    let mut found = if two_phase { collecting(hq, definitions)? } else { Vec::new() };
    let mut not_run = Vec::new();
    let mut schedules = topology::schedules(hq)?;
    schedules.sort_by_key(|schedule| first_direction(definitions, schedule));
    for schedule in schedules {
        match every(&schedule) {
            Ok(every) => found.push(Recurrence {
                every,
                requests: requests(definitions, &schedule, two_phase),
                from: schedule.from,
                is_schedule: true,
                name: schedule.name,
            }),
            Err(why) => not_run.push(*why),
        }
    }
    Ok((found, not_run))
}

/// Which way the first job of a schedule goes: up, over what came up, down.
fn first_direction(definitions: &Definitions, schedule: &Schedule) -> u8 {
    let first = schedule.jobs.iter().find_map(|job| definitions.find_job(job.as_str()));
    match first.map(|job| job.direction) {
        Some(Direction::Upload) => 0,
        Some(Direction::Batch) => 1,
        Some(Direction::Download) | None => 2,
    }
}

/// What the Async Client does by itself where uploads have two phases (U02), at each interval that
/// a channel database has; a paused one is left out (D13).
fn collecting(hq: &Headquarters, definitions: &Definitions) -> Result<Vec<Recurrence>, StoreError> {
    let uploads = || definitions.jobs.iter().filter(|job| job.direction == Direction::Upload);
    let intervals = topology::upload_intervals(hq)?;
    let mut found: BTreeMap<Interval, Vec<RunRequest>> = BTreeMap::new();
    for store in topology::data_stores(hq)?.iter().filter(|store| !store.offline && !store.paused) {
        let Some(every) = intervals.get(&store.id) else { continue };
        found.entry(*every).or_default().extend(uploads().map(|job| RunRequest {
            jobs: vec![job.id.to_string()],
            channel: Some(store.name.clone()),
            phase: Some(Phase::Collect),
            ..RunRequest::default()
        }));
    }
    let name = || ASYNC_CLIENT.to_owned();
    let recurring = |(every, requests)| Recurrence {
        every,
        from: Time::default(),
        is_schedule: false,
        name: name(),
        requests,
    };
    Ok(found.into_iter().map(recurring).collect())
}

/// How often a schedule runs by itself, or why it does not and what changes that.
fn every(schedule: &Schedule) -> Result<Interval, Box<NotRun>> {
    let not = |why: String, change| {
        let schedule = schedule.name.clone();
        Err(Box::new(NotRun { schedule, why, change }))
    };
    let change = SetSchedule::of(&schedule.name);
    if !schedule.active {
        return not("it is not active".to_owned(), SetSchedule { active: Some(true), ..change });
    }
    if !schedule.recurring || schedule.batch_state.is_none() {
        let every = if schedule.every.is_none() { Interval::minutes(30) } else { None };
        let recurring = SetSchedule { recurring: true, every, ..change };
        return not("it has no recurring batch".to_owned(), recurring);
    }
    let waits = SetSchedule { waiting: true, ..change.clone() };
    match schedule.batch_state {
        Some(BatchState::Waiting) | None => {}
        // A second one is not started beside it (U04).
        Some(BatchState::Executing) => {
            return not("its batch is still executing".to_owned(), waits);
        }
        Some(state) => return not(format!("its batch is in state '{state}'"), waits),
    }
    let Some(every) = schedule.every else {
        let often = SetSchedule { every: Interval::minutes(30), ..change };
        return not("nobody has said how often its batch runs".to_owned(), often);
    };
    Ok(every)
}

/// What a schedule asks for: each job for each of its groups, a batch once.
fn requests(definitions: &Definitions, schedule: &Schedule, two_phase: bool) -> Vec<RunRequest> {
    let mut requests = Vec::new();
    for id in &schedule.jobs {
        let direction = definitions.find_job(id.as_str()).map(|job| job.direction);
        let request = RunRequest { jobs: vec![id.to_string()], ..RunRequest::default() };
        let phase = (direction == Some(Direction::Upload) && two_phase).then_some(Phase::Apply);
        match direction {
            Some(Direction::Batch) | None => requests.push(request),
            Some(_) => requests.extend(schedule.groups.iter().map(|group| RunRequest {
                group: Some(group.clone()),
                phase,
                ..request.clone()
            })),
        }
    }
    requests
}

/// A listener that hears each warning once, however often it is given on the way. A batch that has
/// begun is brought to its end: the way stops between two.
struct Once<'a> {
    inner: &'a mut dyn Listener,
    told: BTreeSet<String>,
}

impl Listener for Once<'_> {
    fn event(&mut self, event: Event) {
        let new = match &event {
            Event::Warning { text, .. } | Event::Note { text } => self.told.insert(text.clone()),
            _ => true,
        };
        if new {
            self.inner.event(event);
        }
    }
}
