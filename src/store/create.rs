//! Makes the files of a new environment.

use std::fs;
use std::path::{Path, PathBuf};

use super::db::{Access, Db, Headquarters};
use super::environment::{Environment, SETTINGS_FILE};
use super::error::StoreError;
use super::schema::Kind;
use super::seed::{self, ChannelSeed, FeatureSeed};
use crate::definitions::settings::TEMPLATE;
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
}

/// The mark of an environment that is still being made.
const MARK: &str = "cdx.init";

/// Makes headquarters and the channel databases in a folder; `cdx.toml` comes last, by
/// [`complete`].
///
/// What an interrupted `init` left is removed first. Nothing else is ever overwritten.
///
/// # Errors
/// [`StoreError::Exists`] when the folder has an environment or files in its place.
pub fn create(
    root: &Path,
    blueprint: &Blueprint,
    listener: &mut dyn Listener,
) -> Result<Environment, StoreError> {
    let exists = |what| StoreError::Exists { path: root.display().to_string(), what };
    fs::create_dir_all(root).map_err(StoreError::io("create", root))?;
    let mark = root.join(MARK);
    if root.join(SETTINGS_FILE).exists() {
        return Err(exists("an environment"));
    }
    if mark.exists() {
        remove_unfinished(root)?;
        let what = "an environment that was not finished is made anew".to_owned();
        listener.event(Event::Repaired { what });
    }
    if ["hq.db", "channels", "packages"].iter().any(|name| root.join(name).exists()) {
        return Err(exists("files of an environment without its cdx.toml"));
    }
    fs::write(&mark, "").map_err(StoreError::io("write", &mark))?;
    let settings = Settings::default();
    let env = Environment::unfinished(root.to_path_buf(), settings.clone());
    headquarters(&env, blueprint, &settings, listener)?;
    for folder in [root.join("channels"), env.packages_path()] {
        fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
    }
    for channel in &blueprint.channels {
        new_channel_file(&env.channel_path(&channel.name))?;
        if channel.offline_database {
            new_channel_file(&env.channel_path(&format!("{}{OFFLINE_SUFFIX}", channel.name)))?;
        }
    }
    Ok(env)
}

/// Makes an empty channel database; one that is there already stays (an interrupted command).
pub fn new_channel_file(path: &PathBuf) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    let draft = path.with_extension("db.partial");
    if draft.exists() {
        fs::remove_file(&draft).map_err(StoreError::io("remove", &draft))?;
    }
    let db = Db::open(&draft, Kind::Channel, Access::Create)?;
    db.checkpoint()?;
    drop(db);
    fs::rename(&draft, path).map_err(StoreError::io("rename", &draft))
}

/// Moves a database file out of the way, under a name that is free; that name, where there was a
/// file. Its log goes too, since it belongs to the old file.
pub fn set_aside(path: &Path) -> Result<Option<String>, StoreError> {
    for ending in ["db-wal", "db-shm"] {
        let log = path.with_extension(ending);
        if log.exists() {
            fs::remove_file(&log).map_err(StoreError::io("remove", &log))?;
        }
    }
    if !path.exists() {
        return Ok(None);
    }
    let mut kept = path.with_extension("db.broken-1");
    let mut at = 1;
    while kept.exists() {
        at += 1;
        kept = path.with_extension(format!("db.broken-{at}"));
    }
    fs::rename(path, &kept).map_err(StoreError::io("rename", path))?;
    Ok(kept.file_name().map(|name| name.to_string_lossy().into_owned()))
}

/// Writes `cdx.toml`, which makes the folder an environment.
pub fn complete(env: &Environment) -> Result<(), StoreError> {
    let path = env.root().join(SETTINGS_FILE);
    fs::write(&path, TEMPLATE).map_err(StoreError::io("write", &path))?;
    let mark = env.root().join(MARK);
    fs::remove_file(&mark).map_err(StoreError::io("remove", &mark))
}

fn remove_unfinished(root: &Path) -> Result<(), StoreError> {
    let entries = fs::read_dir(root).map_err(StoreError::io("read", root))?;
    for entry in entries {
        let path = entry.map_err(StoreError::io("read", root))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("hq.db") || name.starts_with("cdx.lock") {
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        } else if name == "channels" || name == "packages" {
            fs::remove_dir_all(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    Ok(())
}

fn headquarters(
    env: &Environment,
    blueprint: &Blueprint,
    settings: &Settings,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let db = Db::open_with_cache(&env.hq_path(), Kind::Headquarters, Access::Create, 64 * 1024)?;
    let hq = Headquarters(db);
    let clock = Clock::start(&settings.time_zone)?;
    let world = [
        ("clock", clock.utc()),
        ("seed", blueprint.seed.to_string()),
        ("app-version", blueprint.app_version.clone()),
        ("scheduler-version", blueprint.app_version.clone()),
    ];
    seed::configuration(&hq, &settings.company, &blueprint.channels, &blueprint.features, &world)?;
    // The whole file is thrown away when this is interrupted, so it needs no journal.
    hq.bulk(true)?;
    let names: Vec<String> = blueprint.channels.iter().map(|c| c.name.clone()).collect();
    let company = &settings.company;
    let now = clock.utc();
    seed::customers(&hq, company, &names, blueprint.customers, blueprint.seed, &now, listener)?;
    hq.bulk(false)
}
