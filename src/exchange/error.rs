//! What can keep the engine from doing what it was asked.

use std::fmt;

use crate::model::ids::JobId;
use crate::model::job::Definitions;
use crate::model::job_names::{KnownJob, not_modelled};
use crate::model::nearest::nearest;
use crate::model::time::ShownTime;
use crate::model::wording::is_are;
use crate::store::StoreError;
use crate::world::FaultError;

/// A failure of the engine itself; a session that failed is part of the report, not one of these.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The files of the environment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A `--fault` that is not understood.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// No such job.
    #[error("unknown job {word:?}")]
    UnknownJob {
        /// What was typed.
        word: String,
        /// The nearest spelling.
        nearest: Option<String>,
    },
    /// A job of the product that is not modelled.
    #[error("job {0} is known and not modelled: {what} ({grade}: {source})", what = .0.what, grade = .0.grade, source = .0.source)]
    NotModelled(&'static KnownJob),
    /// A job that is only made once a feature is on.
    #[error("job {job} is made by initializing the scheduler once feature {feature} is on")]
    JobNotMade {
        /// The job.
        job: JobId,
        /// The feature, by slug.
        feature: String,
    },
    /// Jobs that would publish features whose configuration is missing (G16).
    #[error("{} that a job would publish {} not set up", count(.0.len()), is_are(.0.len()))]
    NotConfigured(Vec<Unset>),
    /// A name for `--allow` that no gate knows.
    #[error("no gate asks for a configuration {word:?}")]
    UnknownConfiguration {
        /// What was typed.
        word: String,
        /// The nearest name.
        nearest: Option<String>,
    },
    /// A subjob names something that is not there; `cdx jobs check` has the details.
    #[error("job {job}, subjob {subjob}: {detail}")]
    MappingBroken {
        /// The job.
        job: JobId,
        /// The subjob.
        subjob: String,
        /// What is missing.
        detail: String,
    },
    /// A job could not be run at all after others had been; what they did is kept.
    #[error("{}", of_job(job, source))]
    Interrupted {
        /// The job.
        job: JobId,
        /// What the jobs before it did.
        report: Box<crate::model::run::RunReport>,
        /// Why it could not be run.
        #[source]
        source: Box<ExchangeError>,
    },
    /// The clock came this far, and what had run before is kept.
    #[error("the clock stands at {at}: {source}")]
    Underway {
        /// Where the clock stands.
        at: ShownTime,
        /// What happened before.
        way: Box<super::way::Way>,
        /// Why it went no further.
        #[source]
        source: Box<ExchangeError>,
    },
    /// A way of the clock with more batches on it than one command runs.
    #[error("{runs} batches would run on the way, and one command runs {most} at most")]
    TooManyRuns {
        /// How many.
        runs: i64,
        /// The most.
        most: i64,
    },
    /// A database file that is whole and would be made again.
    #[error("{name} can be read, and nothing is wrong with its file")]
    Whole {
        /// The database.
        name: String,
    },
    /// An option that does not fit the job.
    #[error("{option} does not go with job {job}: {why}")]
    OptionUnfit {
        /// The option.
        option: &'static str,
        /// The job.
        job: JobId,
        /// Why not.
        why: &'static str,
    },
}

/// A configuration that is missing, and the job that would publish the feature without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unset {
    /// The job.
    pub(crate) job: JobId,
    /// The feature, by slug.
    pub(crate) feature: String,
    /// The configuration, as `cdx params set NAME yes` records it.
    pub(crate) name: String,
    /// What must be set up.
    pub(crate) text: String,
    /// What goes wrong without.
    pub(crate) effect: String,
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, feature, text, effect, .. } = self;
        write!(f, "job {job} would publish {feature} without {text}; {effect}")
    }
}

impl ExchangeError {
    /// The file it is about, where it is about one.
    pub(crate) fn file(&self) -> Option<&std::path::Path> {
        match self {
            Self::Store(error) => error.file(),
            Self::Interrupted { source, .. } | Self::Underway { source, .. } => source.file(),
            _ => None,
        }
    }
}

/// What is said of a job; a broken mapping names it already.
fn of_job(job: &JobId, error: &ExchangeError) -> String {
    match error {
        ExchangeError::MappingBroken { .. } => error.to_string(),
        _ => format!("job {job}: {error}"),
    }
}

fn count(number: usize) -> String {
    if number == 1 { "a configuration".to_owned() } else { format!("{number} configurations") }
}

impl ExchangeError {
    /// What a word is that no definition knows: a job that is not modelled, or no job.
    pub(crate) fn no_such_job(definitions: &Definitions, word: &str) -> Self {
        if let Some(known) = not_modelled(word) {
            return Self::NotModelled(known);
        }
        let nearest = nearest(word, definitions.job_spellings()).map(str::to_owned);
        Self::UnknownJob { word: word.to_owned(), nearest }
    }
}
