//! Initializes the commerce scheduler from the definitions (S04).

use serde::Serialize;

use super::error::ExchangeError;
use crate::definitions::{self, Problems};
use crate::model::job::{Definitions, Direction};
use crate::model::plan::MEMBERSHIP;
use crate::model::schema::Catalogue;
use crate::store::{
    Access, Environment, Headquarters, StoreError, Writer, catalogue, features, files, scheduler,
    topology, tracking, world,
};

/// What initializing did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Initialized {
    /// Jobs in headquarters afterwards.
    pub jobs: Vec<String>,
    /// Schema files that were applied, with the database.
    pub schema_files: Vec<String>,
    /// Headquarters tables that are tracked from now on.
    pub tracked: Vec<String>,
}

/// Both sides' tables as the shipped schema and the environment's own files declare them.
pub fn declared(env: &Environment) -> Result<Catalogue, StoreError> {
    let hq = files::schema_files(env.root(), "hq")?;
    let channel = files::schema_files(env.root(), "channel")?;
    catalogue::declared(&hq, &channel)
}

/// The definitions on disk: the shipped ones and the environment's own.
///
/// # Errors
/// Every problem of every file at once.
pub fn definitions_on_disk(env: &Environment) -> Result<Definitions, StoreError> {
    let mut sources = definitions::shipped();
    sources.extend(files::job_files(env.root())?);
    definitions::load(&sources, &declared(env)?).map_err(StoreError::Definitions)
}

/// Applies the environment's schema files, writes the definitions into headquarters, and tracks
/// what download jobs read.
pub fn initialize(writer: &Writer, delete_existing: bool) -> Result<Initialized, ExchangeError> {
    let env = &writer.env;
    let catalogue = declared(env)?;
    let mut sources = definitions::shipped();
    sources.extend(files::job_files(env.root())?);
    let wanted = definitions::load(&sources, &catalogue)
        .map_err(|problems: Problems| StoreError::Definitions(problems))?;
    let now = writer.world.clock.utc();
    let mut done = Initialized::default();
    let own = files::schema_files(env.root(), "hq")?;
    for name in files::apply_schema(&writer.hq, &own, &now)? {
        done.schema_files.push(format!("hq.db: {name}"));
    }
    let own = files::schema_files(env.root(), "channel")?;
    if !own.is_empty() {
        for store in topology::data_stores(&writer.hq)? {
            let channel = env.channel(&store.name, Access::Write)?;
            for name in files::apply_schema(&channel, &own, &now)? {
                done.schema_files.push(format!("channels/{}.db: {name}", store.name));
            }
            writer.tidied("the log of a channel database", channel.checkpoint());
        }
    }
    let wanted = with_features(env, &writer.hq, wanted)?;
    scheduler::write(&writer.hq, &wanted, delete_existing)?;
    catalogue::register_channel_tables(&writer.hq, &catalogue.channel)?;
    done.tracked = track(&writer.hq, &wanted)?;
    let version = world::value(&writer.hq, "app-version")?;
    world::set_value(&writer.hq, "scheduler-version", &version)?;
    features::set_initialized(&writer.hq, &now)?;
    done.jobs = scheduler::read(&writer.hq)?.jobs.into_iter().map(|job| job.id).collect();
    Ok(done)
}

/// The definitions without jobs that belong to a feature which is off (S04).
pub fn with_features(
    env: &Environment,
    hq: &Headquarters,
    mut wanted: Definitions,
) -> Result<Definitions, StoreError> {
    let catalogue = env.gates()?;
    let rows = features::rows(hq, &catalogue)?;
    let on = |slug: &String| rows.iter().any(|row| row.slug == *slug && row.on);
    wanted.jobs.retain(|job| job.feature.as_ref().is_none_or(on));
    Ok(wanted)
}

/// Tracks every table that a download subjob or its filter reads; those that were not before.
fn track(hq: &Headquarters, definitions: &Definitions) -> Result<Vec<String>, StoreError> {
    let mut tracked = Vec::new();
    let downloads =
        || definitions.subjobs.iter().filter(|subjob| subjob.direction == Direction::Download);
    for subjob in downloads() {
        if tracking::track(hq, &subjob.table, &subjob.key, None)? {
            tracked.push(subjob.table.clone());
        }
    }
    // A table that only a filter reads is tracked by its row, whichever its key is.
    let by_row = ["RECID".to_owned()];
    for join in downloads().filter_map(|subjob| subjob.filter.as_ref()).flat_map(|f| &f.joins) {
        let own = downloads().any(|subjob| subjob.table.eq_ignore_ascii_case(&join.table));
        if !own && tracking::track(hq, &join.table, &by_row, None)? {
            tracked.push(join.table.clone());
        }
    }
    for (table, columns) in MEMBERSHIP {
        if tracking::track(hq, table, &by_row, Some(columns))? {
            tracked.push((*table).to_owned());
        }
    }
    Ok(tracked)
}
