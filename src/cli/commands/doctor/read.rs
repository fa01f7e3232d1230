//! Reading an environment for the doctor while others may write to it.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::cli::{CommandError, Context, judging};
use crate::diagnosis::Diagnosis;
use crate::doctor::{Request, examine as look};
use crate::model::event::{Event, Listener};
use crate::store::lock::{self, Holder};
use crate::store::mark::SETTINGS_FILE;
use crate::store::{Environment, Reader};
use crate::world::Machine;
use crate::world::machine::joined;

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
    examined(context, &env, &request)
}

/// The same once something else has been read; headquarters is opened meanwhile.
///
/// # Errors
/// Those of what is read first, and then those of [`examine`].
pub(in crate::cli) fn examine_after<T>(
    context: &Context,
    request: Request,
    first: impl FnOnce() -> Result<T, CommandError>,
) -> Result<(T, Diagnosis), CommandError> {
    let env = context.environment()?;
    let (first, ahead) = thread::scope(|scope| {
        let others = Machine::current().threads() > 1;
        let ahead = others.then(|| scope.spawn(|| Ahead::open(&env)));
        let first = first();
        (first, ahead.and_then(|ahead| joined(ahead.join())))
    });
    let first = first?;
    let found = ahead.and_then(|ahead| ahead.examined(context, &env, &request));
    let found = found.unwrap_or_else(|| examined(context, &env, &request))?;
    Ok((first, found))
}

/// Headquarters as it was opened ahead, and what the environment looked like before.
struct Ahead {
    before: Stamp,
    reader: Reader,
}

impl Ahead {
    /// None where it cannot be opened, or somebody writes: whoever needs it then is told.
    fn open(env: &Environment) -> Option<Self> {
        if is_written(env) {
            return None;
        }
        let before = Stamp::of(env);
        env.examiner().ok().map(|reader| Self { before, reader })
    }

    /// The examination; none where somebody wrote since.
    fn examined(
        self,
        context: &Context,
        env: &Environment,
        request: &Request,
    ) -> Option<Result<Diagnosis, CommandError>> {
        let is_quiet = || self.before == Stamp::of(env) && !is_written(env);
        if !is_quiet() {
            return None;
        }
        let found = looked(context, &self.reader, request);
        is_quiet().then(|| found.inspect(|found| judging::tell_rules(context, found)))
    }
}

fn examined(
    context: &Context,
    env: &Environment,
    request: &Request,
) -> Result<Diagnosis, CommandError> {
    let mut progress = context.progress();
    let mut tries = 0;
    loop {
        tries += 1;
        // In the last try nothing is said of what needs two files at one time.
        let busy = tries == TRIES;
        if !busy {
            wait_for_writer(env);
        }
        let before = Stamp::of(env);
        let found = once(context, env, &Request { busy, ..request.clone() });
        let quiet = before == Stamp::of(env) && !is_written(env);
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
        // Shared memory changes when somebody reads, and an empty log comes and goes.
        paths.retain(|path| !path.to_string_lossy().ends_with("-shm"));
        paths.sort();
        let seen = |path: PathBuf| {
            let found = std::fs::metadata(&path).ok()?;
            let is_log = path.to_string_lossy().ends_with("-wal");
            (!is_log || found.len() > 0).then_some(())?;
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
    let found = looked(context, &env.examiner()?, request)?;
    judging::tell_rules(context, &found);
    Ok(found)
}

fn looked(
    context: &Context,
    reader: &Reader,
    request: &Request,
) -> Result<Diagnosis, CommandError> {
    let bar = context.progress().shared("examining", "databases");
    let found = look(reader, request, &|total, done| bar.at(total, done));
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
        thread::sleep(PAUSE);
        waited += PAUSE;
    }
}
