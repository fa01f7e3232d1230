//! Makes the files of a new environment.

use std::fs;
use std::path::{Path, PathBuf};

use super::db::Db;
use super::environment::Environment;
use super::error::StoreError;
use super::mark::{MARK, SETTINGS_FILE, settings_text};
use super::open::Access;
use super::removal;
use super::replace::{self, beside, sync_folder};
use super::schema::Kind;
use super::seed::{self, ChannelSeed, FeatureSeed};
use super::settings_file;
use super::side::{Handle, Headquarters};
use crate::definitions::settings;
use crate::model::event::{Event, Listener};
use crate::model::settings::Settings;
use crate::model::topology::OFFLINE_SUFFIX;
use crate::world::Clock;

/// What a new environment is to be.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// Its channels.
    pub channels: Vec<ChannelSeed>,
    /// How many customers, beside the default one of each channel.
    pub customers: u64,
    /// The application's version, `10.0.48`.
    pub app_version: String,
    /// The seed that everything is drawn from.
    pub seed: u64,
    /// The features it has.
    pub features: Vec<FeatureSeed>,
    /// The extensions that it rehearses, from its folder.
    pub extensions: Vec<String>,
}

/// Makes headquarters and the channel databases in a folder; `cdx.toml` comes last, by
/// [`complete`](super::mark::complete).
///
/// What an interrupted `init` left is removed first, with `replace` also the environment that is
/// there: what the tool has made, while `cdx.toml` and everything else stays. Nothing else is ever
/// overwritten.
///
/// # Errors
/// [`StoreError::HasEnvironment`] and [`StoreError::Exists`] when the folder has an environment or
/// files in its place, [`StoreError::Foreign`] for what the tool has not made.
pub(crate) fn create(
    root: &Path,
    blueprint: &Blueprint,
    replace: bool,
    listener: &mut dyn Listener,
) -> Result<Environment, StoreError> {
    if root.is_file() {
        return Err(StoreError::Foreign { path: root.display().to_string(), what: "a file" });
    }
    fs::create_dir_all(root).map_err(StoreError::io("create", root))?;
    let mark = root.join(MARK);
    if root.join(SETTINGS_FILE).exists() {
        if !replace {
            return Err(StoreError::HasEnvironment { path: root.display().to_string() });
        }
        removal::remove(root, &mark)?;
    } else if mark.exists() {
        removal::remove_files(root)?;
        let what = "an environment that was not finished is made again".to_owned();
        listener.event(Event::Repaired { what });
    } else {
        if ["hq.db", "channels", "packages"].iter().any(|name| root.join(name).exists()) {
            let what = "files of an environment without its cdx.toml";
            return Err(StoreError::Exists { path: root.display().to_string(), what });
        }
        replace::mark(&mark)?;
    }
    if !blueprint.extensions.is_empty() {
        let text = settings_file::with_extensions(&settings_text(&mark)?, &blueprint.extensions)?;
        replace::replace(&mark, text.as_bytes())?;
    }
    let settings = settings::parse(SETTINGS_FILE, &settings_text(&mark)?);
    let settings = settings.map_err(StoreError::Definitions)?;
    let env = Environment::unfinished(root.to_path_buf(), settings.clone());
    headquarters(&env, blueprint, &settings, listener)?;
    for folder in [root.join("channels"), env.packages_path()] {
        fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
    }
    let (step, total) = ("making channel databases".to_owned(), blueprint.channels.len() as u64);
    listener.event(Event::StepStarted { step, total: Some(total), noun: "channels" });
    for (done, channel) in (1..).zip(&blueprint.channels) {
        new_channel_file(&env.channel_path(&channel.name))?;
        if channel.offline_database {
            new_channel_file(&env.channel_path(&format!("{}{OFFLINE_SUFFIX}", channel.name)))?;
        }
        listener.event(Event::StepProgress { done });
    }
    listener.event(Event::StepFinished);
    Ok(env)
}

/// Makes an empty channel database; one that is there already stays (an interrupted command).
pub fn new_channel_file(path: &PathBuf) -> Result<(), StoreError> {
    // After a power cut the file may have its name, and what was beside its draft lie there again.
    let draft = path.with_extension("db.partial");
    for ending in ["", "-wal", "-shm", "-journal"] {
        replace::clear(&beside(&draft, ending))?;
    }
    if path.exists() {
        return Ok(());
    }
    let db = Db::open(&draft, Kind::Channel, Access::Create)?;
    db.checkpoint()?;
    drop(db);
    fs::rename(&draft, path).map_err(StoreError::io("rename", &draft))?;
    sync_folder_of(path)
}

/// A file that is made, renamed or removed is so for good once its folder is written.
fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// A name that is free beside a database file, to keep the old one under.
pub(crate) fn free_name(path: &Path) -> PathBuf {
    let mut at = 1;
    loop {
        let name = path.with_extension(format!("db.broken-{at}"));
        if !name.exists() && !beside(&name, "-wal").exists() {
            return name;
        }
        at += 1;
    }
}

/// Moves a database file out of the way, with its log, which has rows that are nowhere else; what
/// is not there any more has been moved before.
pub(crate) fn set_aside(path: &Path, to: &Path) -> Result<(), StoreError> {
    let shared = beside(path, "-shm");
    if shared.exists() {
        fs::remove_file(&shared).map_err(StoreError::io("remove", &shared))?;
    }
    for ending in ["-wal", "-journal", ""] {
        let file = beside(path, ending);
        if file.exists() && !beside(to, ending).exists() {
            fs::rename(&file, beside(to, ending)).map_err(StoreError::io("rename", &file))?;
        }
    }
    sync_folder_of(to)
}

fn headquarters(
    env: &Environment,
    blueprint: &Blueprint,
    settings: &Settings,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let db = Db::open_with_cache(&env.hq_path(), Kind::Headquarters, Access::Create, 64 * 1024)?;
    let hq = Handle::new(Headquarters(db));
    let clock = Clock::start(&settings.time_zone)?;
    let world = [
        ("clock", clock.utc().to_string()),
        ("seed", blueprint.seed.to_string()),
        ("app-version", blueprint.app_version.clone()),
        ("scheduler-version", blueprint.app_version.clone()),
    ];
    seed::configuration(&hq, &settings.company, &blueprint.channels, &blueprint.features, &world)?;
    // The whole file is thrown away when this is interrupted, so its journal stays in memory.
    hq.bulk(true)?;
    let names: Vec<String> = blueprint.channels.iter().map(|c| c.name.clone()).collect();
    let company = &settings.company;
    let now = clock.utc();
    seed::customers(&hq, company, &names, blueprint.customers, blueprint.seed, &now, listener)?;
    hq.bulk(false)
}
