//! Several runs at once, and their outcomes in order.

use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::child::Program;
use super::outcome::ScenarioOutcome;
use super::play::{Stage, play};
use super::rehearsal::Rehearsal;
use crate::store::StoreError;
use crate::world::interrupt;
use crate::world::machine::joined;

/// Plays runs, so many at once, each in a stage of its own; `done` is told how many have ended. The
/// outcome of each in order, none of one that Ctrl-C kept from its end.
///
/// # Errors
/// The first thing that kept a run from being played at all; those that have begun are played to
/// their end.
pub(crate) fn play_all(
    program: &Program,
    runs: &[Rehearsal<'_>],
    at_once: usize,
    stage: &(impl Fn(usize) -> Result<Stage, StoreError> + Sync),
    done: &(impl Fn(usize) + Sync),
) -> Result<Vec<Option<ScenarioOutcome>>, StoreError> {
    let _looking = interrupt::looking();
    let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = Mutex::new(None);
    let work = || {
        let mut own = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(run) = runs.get(at) else { return own };
            if interrupt::is_asked() {
                own.push((at, None));
                continue;
            }
            let played = stage(at).and_then(|stage| {
                play(program, run, &stage).map_err(|error: io::Error| {
                    StoreError::io("run a step in", stage.folder())(error)
                })
            });
            match played {
                Ok(outcome) => own.push((at, outcome)),
                Err(error) => {
                    next.store(runs.len(), Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return own;
                }
            }
            done(ended.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut outcomes = thread::scope(|scope| {
        let threads = at_once.clamp(1, runs.len().max(1));
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|one| joined(one.join())).collect::<Vec<_>>()
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    outcomes.sort_by_key(|(at, _)| *at);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}
