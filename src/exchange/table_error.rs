//! What can keep a table from being compared, filled or shown.

use super::error::ExchangeError;
use crate::model::ids::JobId;
use crate::model::job::Direction;
use crate::model::nearest::nearest;
use crate::model::suggestion::Suggestion;
use crate::model::table_name::plain;
use crate::store::StoreError;

/// Why a table is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The engine, or the files of the environment.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// No such table.
    #[error("unknown table {word:?}")]
    UnknownTable {
        /// What was typed.
        word: String,
        /// The nearest name.
        nearest: Option<String>,
    },
    /// It is filled by the channels.
    #[error("{table} goes up by job {job}, and upload tables are not compared")]
    GoesUp {
        /// The table.
        table: String,
        /// The job that collects it.
        job: JobId,
    },
    /// A table that stays where it is.
    #[error("no download job brings {table}, so there is nothing to compare it with")]
    NotBrought {
        /// The table.
        table: String,
        /// What shows its rows.
        show: Box<Suggestion>,
    },
    /// The job that was named does not bring the table that was named.
    #[error("job {job} does not bring {table}, expected one of {}", expected(.jobs))]
    NotOfJob {
        /// The job that was named.
        job: JobId,
        /// The table.
        table: String,
        /// Those that bring it.
        jobs: Vec<JobId>,
    },
    /// A table that headquarters does not have.
    #[error("{table} is a table of the channels, and no channel was named")]
    OnlyInChannels {
        /// The table.
        table: String,
        /// The command with a channel.
        with: Box<Suggestion>,
    },
    /// Rows that are made by something else.
    #[error("no rows are made in {table}: {why}")]
    NotMade {
        /// The table.
        table: String,
        /// Why not.
        why: &'static str,
        /// What to do instead.
        instead: Box<Suggestion>,
    },
    /// A unique key that cannot have so many more values.
    #[error("{table} has no room for {rows} more, key {key} has values for {left}")]
    NoRoom {
        /// The table.
        table: String,
        /// How many rows were asked for.
        rows: u64,
        /// The key, `A + B`.
        key: String,
        /// How many rows fit.
        left: u64,
        /// What shows its rows.
        show: Box<Suggestion>,
    },
    /// A table that does not take what was made for it.
    #[error("{table} does not take the row that was made for it")]
    Refused {
        /// The table.
        table: String,
        /// What shows its rows.
        show: Box<Suggestion>,
        /// What the database says.
        #[source]
        source: Box<StoreError>,
    },
    /// A job that brings no tables to the channels.
    #[error("job {job} is of kind {kind}, and only what download jobs bring is compared")]
    NotADownload {
        /// The job.
        job: JobId,
        /// What it is.
        kind: Direction,
    },
}

impl From<StoreError> for TableError {
    fn from(error: StoreError) -> Self {
        Self::Exchange(error.into())
    }
}

impl TableError {
    /// A name that no table has.
    pub(super) fn unknown<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        // A schema that was not typed does not make a name less like another.
        let bare = |name: &'n str| name.split_once('.').map_or(name, |(_, bare)| bare);
        let typed = nearest(word, names.iter().copied());
        let near = typed.or_else(|| nearest(&plain(word), names.iter().map(|name| bare(name))));
        let (word, nearest) = (word.to_owned(), near.map(str::to_owned));
        Self::UnknownTable { word, nearest }
    }
}

fn expected(jobs: &[JobId]) -> String {
    jobs.iter().map(JobId::to_string).collect::<Vec<_>>().join(", ")
}
