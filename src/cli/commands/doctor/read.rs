//! Reading an environment for the doctor while others may write to it.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::cli::{CommandError, Context, judging};
use crate::diagnosis::Diagnosis;
use crate::doctor::{Request, examine as look};
use crate::model::event::{Event, Listener};
use crate::store::Environment;
use crate::store::lock::{self, Holder};
use crate::store::mark::SETTINGS_FILE;

/// It is looked at so often while somebody writes: three times whole, and once more without the
/// rules that hold rows of different files against each other.
const TRIES: u32 = 4;

/// How long a writer is waited for before each try.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Examines the environment; when somebody wrote meanwhile it is examined again, and after the
/// third time it says what it could not judge.
pub(in crate::cli) fn examine(
    context: &Context,
    request: Request,
) -> Result<Diagnosis, CommandError> {
    let env = context.environment()?;
    let mut progress = context.progress();
    let mut tries = 0;
    loop {
        tries += 1;
        // In the last try nothing is said of what needs two files at one time.
        let busy = tries == TRIES;
        if !busy {
            wait_for_writer(&env);
        }
        let before = Stamp::of(&env);
        let found = once(context, &env, &Request { busy, ..request.clone() });
        let quiet = before == Stamp::of(&env) && !is_written(&env);
        match found {
            // What looks broken while somebody writes may only be half written.
            Err(error) if quiet || busy => return Err(error),
            Ok(diagnosis) if quiet && !busy => return Ok(diagnosis),
            Ok(diagnosis) if busy => {
                let text = "a command writes to the environment; what is shown may be of two times";
                progress.event(Event::Note { text: text.to_owned() });
                return Ok(diagnosis);
            }
            _ => {}
        }
    }
}

/// What changes when somebody writes: the generation of our own commands, and the files a
/// diagnosis goes by, each with its size and time, whoever writes them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    generation: u64,
    files: Vec<(PathBuf, u64, Option<SystemTime>)>,
}

impl Stamp {
    /// The environment as it is now.
    pub(super) fn of(env: &Environment) -> Self {
        let root = env.root();
        let own = [SETTINGS_FILE, "hq.db", "hq.db-wal", "hq.db-journal"];
        let mut paths: Vec<PathBuf> = own.iter().map(|name| root.join(name)).collect();
        for folder in ["channels", "jobs", "gates", "packages", "schema/hq", "schema/channel"] {
            let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
            paths.extend(entries.flatten().map(|entry| entry.path()));
        }
        // Shared memory changes when somebody reads.
        paths.retain(|path| !path.to_string_lossy().ends_with("-shm"));
        paths.sort();
        let seen = |path: PathBuf| {
            let found = std::fs::metadata(&path).ok()?;
            Some((path, found.len(), found.modified().ok()))
        };
        let files = paths.into_iter().filter_map(seen).collect();
        Self { generation: Holder::read(root).generation, files }
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
    let found = found?;
    judging::tell_rules(context, &found);
    Ok(found)
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
