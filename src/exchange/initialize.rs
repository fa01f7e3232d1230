//! Initializes the commerce scheduler from the definitions (S04).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::channels::OwnUploads;
use super::error::ExchangeError;
use super::own::DESPITE;
use super::plan::keys;
use crate::definitions::{self, Problem, Problems, SourceFile};
use crate::model::ids::JobId;
use crate::model::job::{Definitions, Direction, Job};
use crate::model::plan::MEMBERSHIP;
use crate::model::schema::{Table, Tables};
use crate::model::time::Time;
use crate::store::own_note::SourceNote;
use crate::store::own_schema::OwnSchema;
use crate::store::{
    Environment, Headquarters, HqTx, StoreError, Writer, catalogue, features, files, scheduler,
    topology, tracking, world,
};

/// What initializing did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Initialization {
    /// Jobs in headquarters afterwards.
    pub jobs: Vec<JobId>,
    /// Schema files that were applied, with the database.
    pub(crate) schema_files: Vec<String>,
    /// What is worth knowing of scripts and seed data.
    pub(crate) notes: Vec<SourceNote>,
    /// What is broken and was left out.
    pub(crate) left_out: Vec<Problem>,
    /// How much more of that there is.
    pub(crate) more_left_out: usize,
    /// Headquarters tables that are tracked from now on.
    pub(crate) tracked: Vec<String>,
}

/// The definitions on disk: the shipped ones and the environment's own.
///
/// # Errors
/// Every problem of every file at once.
pub(crate) fn definitions_on_disk(env: &Environment) -> Result<Definitions, StoreError> {
    let own = env.own_schema()?;
    definitions::load(&sources(env, &own)?, &own.catalogue()?).map_err(StoreError::Definitions)
}

/// The files of all definitions: the shipped ones, seed data, the environment's own.
pub(crate) fn sources(env: &Environment, own: &OwnSchema) -> Result<Vec<SourceFile>, StoreError> {
    let mut sources = definitions::shipped();
    sources.extend(own.definitions());
    sources.extend(files::job_files(env.root())?);
    Ok(sources)
}

/// A job that headquarters has not because its feature was off when the scheduler was initialized.
pub(super) fn of_feature(env: &Environment, error: ExchangeError) -> ExchangeError {
    let ExchangeError::UnknownJob { word, .. } = &error else { return error };
    let Ok(definitions) = definitions_on_disk(env) else { return error };
    match definitions.find_job(word) {
        Some(Job { id, feature: Some(feature), .. }) => {
            ExchangeError::JobNotMade { job: id.clone(), feature: feature.clone() }
        }
        _ => error,
    }
}

/// How the scheduler is initialized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// What was made or changed by hand goes first.
    pub(crate) delete_existing: bool,
    /// What is whole is taken, and what is broken is left out.
    pub(crate) despite_errors: bool,
}

/// Makes the tables of the user's own; then writes the definitions into headquarters and tracks
/// what download jobs read, in one transaction. What follows makes no failure of it.
pub fn initialize(writer: &Writer, options: Options) -> Result<Initialization, ExchangeError> {
    let env = &writer.env;
    let (own, mut problems) = env.own_schema_with(&[])?;
    let catalogue = own.catalogue()?;
    let wanted = match definitions::load_whole(&sources(env, &own)?, &catalogue) {
        (wanted, found) if found.is_empty() => wanted,
        (wanted, found) => {
            problems.join(found);
            wanted
        }
    };
    if !problems.is_empty() && !options.despite_errors {
        return Err(StoreError::Definitions(problems).into());
    }
    let now = writer.world.clock.utc();
    let schema_files = apply_scripts(writer, &own, &now)?;
    let notes = own.notes;
    let Problems { told: left_out, more: more_left_out } = problems;
    let mut done = Initialization {
        schema_files,
        notes,
        left_out,
        more_left_out,
        ..Initialization::default()
    };
    let wanted = with_features(env, &writer.hq, wanted)?;
    let uploads = writer.hq.write(|hq| {
        scheduler::write(hq, &wanted, options.delete_existing)?;
        world::set_value(hq, DESPITE, if options.despite_errors { "yes" } else { "no" })?;
        catalogue::register_channel_tables(hq, &catalogue.channel)?;
        done.tracked = track(hq, &catalogue.channel)?;
        let version = world::value(hq, "app-version")?;
        world::set_value(hq, "scheduler-version", &version)?;
        features::set_initialized(hq, &now)?;
        done.jobs = scheduler::read(hq)?.jobs.into_iter().map(|job| job.id).collect();
        OwnUploads::read(hq)
    })?;
    uploads.watch(writer);
    Ok(done)
}

/// The definitions without jobs that belong to a feature which is off (S04).
pub(crate) fn with_features(
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

/// Applies the environment's schema files to every database; each with its database. One that was
/// changed since is found before anything is written.
fn apply_scripts(writer: &Writer, own: &OwnSchema, now: &Time) -> Result<Vec<String>, StoreError> {
    own.hq.pending(&writer.hq)?;
    let mut channels = Vec::new();
    if !own.channel.is_empty() {
        for store in topology::data_stores(&writer.hq)? {
            let channel = writer.channel_of(&store)?;
            own.channel.pending(&channel)?;
            channels.push((store.name, channel));
        }
    }
    let applied = own.hq.apply(&writer.hq, now)?;
    let mut done: Vec<String> = applied.iter().map(|name| format!("hq.db: {name}")).collect();
    for (store, channel) in channels {
        for name in own.channel.apply(&channel, now)? {
            done.push(format!("channels/{store}.db: {name}"));
        }
        writer.tidied("the log of a channel database", channel.checkpoint());
    }
    Ok(done)
}

/// Tracks every table that a download subjob or its filter reads, by the columns of all keys that
/// are asked of it; those that were not tracked so before.
fn track(hq: &HqTx<'_>, channel: &Tables) -> Result<Vec<String>, StoreError> {
    let definitions = scheduler::read(hq)?;
    let tables = catalogue::tables(hq)?;
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let downloads =
        || definitions.subjobs.iter().filter(|subjob| subjob.direction == Direction::Download);
    for subjob in downloads() {
        // What was made by hand and cannot be served is told where it is run.
        let Ok(keys) = keys(subjob, &tables, channel) else { continue };
        let columns = wanted.entry(subjob.table.to_ascii_uppercase()).or_default();
        for column in keys.into_iter().flatten().map(|field| field.from) {
            if !columns.iter().any(|known| known.eq_ignore_ascii_case(&column)) {
                columns.push(column);
            }
        }
    }
    wanted.retain(|_, columns| !columns.is_empty());
    for join in downloads().filter_map(|subjob| subjob.filter.as_ref()).flat_map(|f| &f.joins) {
        let table = join.table.to_ascii_uppercase();
        let Some(found) = tables.get(&table) else { continue };
        // A table that only a filter reads is tracked by its row, whichever its key is.
        wanted.entry(table).or_insert_with(|| row_of(found));
    }
    let mut tracked = Vec::new();
    let mut track = |table: &str, key: &[String], columns: Option<&[&str]>| {
        if tracking::track(hq, table, key, columns)? {
            tracked.push(tables.get(table).map_or(table, |found| &found.name).to_owned());
        }
        Ok::<_, StoreError>(())
    };
    for (table, key) in &wanted {
        track(table, key, None)?;
    }
    for (table, columns) in MEMBERSHIP {
        track(table, &[RECID.to_owned()], Some(columns))?;
    }
    Ok(tracked)
}

const RECID: &str = "RECID";

/// The columns by which a row that only a filter reads is told.
fn row_of(table: &Table) -> Vec<String> {
    match (table.column(RECID), table.unique.first()) {
        (None, Some(unique)) => unique.clone(),
        _ => vec![RECID.to_owned()],
    }
}
