//! Reading an environment for the doctor while others may write to it.

use std::path::Path;
use std::time::Duration;

use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::doctor::baseline::Baseline;
use crate::doctor::{Diagnosis, Request, examine as look};
use crate::model::event::{Event, Listener};
use crate::store::lock::{self, Holder};
use crate::store::{Environment, StoreError};

/// It is looked at so often while somebody writes.
const TRIES: u32 = 3;

/// How long a writer is waited for before each try.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Examines the environment; when somebody wrote meanwhile it is examined again, and after the
/// third time it says what it could not judge.
pub(super) fn examine(context: &Context, request: Request) -> Result<Diagnosis, CommandError> {
    let env = context.environment()?;
    let mut progress = context.progress();
    let mut tries = 0;
    loop {
        tries += 1;
        wait_for_writer(&env);
        let before = Holder::read(env.root()).generation;
        let busy = tries == TRIES && is_written(&env);
        let request = Request { busy, ..request.clone() };
        let found = once(context, &env, &request);
        let after = Holder::read(env.root()).generation;
        let quiet = before == after && !is_written(&env);
        match found {
            // What looks broken while somebody writes may only be half written.
            Err(error) if quiet || tries == TRIES => return Err(error),
            Ok(diagnosis) if quiet => return Ok(diagnosis),
            Ok(diagnosis) if tries == TRIES => {
                let text = "a command writes to the environment; what is shown may be of two times";
                progress.event(Event::Note { text: text.to_owned() });
                return Ok(diagnosis);
            }
            _ => {}
        }
    }
}

fn once(
    context: &Context,
    env: &Environment,
    request: &Request,
) -> Result<Diagnosis, CommandError> {
    let reader = env.examiner()?;
    let bar = context.progress().shared("examining", "databases");
    let found = look(&reader, request, &|total, done| bar.at(total, done));
    bar.finish();
    Ok(found?)
}

/// Whether a command holds the environment's lock and has not ended.
pub(super) fn is_written(env: &Environment) -> bool {
    !Holder::read(env.root()).generation.is_multiple_of(2) && lock::is_held(env.root())
}

fn wait_for_writer(env: &Environment) {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE && is_written(env) {
        std::thread::sleep(PAUSE);
        waited += PAUSE;
    }
}

/// Reads a baseline.
pub(super) fn baseline(path: &Path) -> Result<Baseline, CommandError> {
    let hint = format!("make one: cdx doctor --baseline {} --write-baseline", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| {
        let error = CommandError::from(StoreError::io("read", path)(error));
        CommandError::usage("baseline", error.failure.message.clone(), hint.clone())
    })?;
    Baseline::parse(&text).map_err(|why| {
        let message = format!("{} is no baseline: {why}", path.display());
        CommandError::usage("baseline", message, hint)
    })
}
