//! Which jobs a change needs: by table, column, feature, or a plain word.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::evidence::{Evidence, Grade};
use crate::model::ids::JobId;
use crate::model::job::{Definitions, Job};
use crate::model::job_names::not_modelled;

const TOPICS: &str = include_str!("topics.toml");

/// The jobs a change needs, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NeededJobs {
    /// What was asked.
    pub(crate) word: String,
    /// The jobs.
    pub(crate) jobs: Vec<NeededJob>,
}

/// One job, and why it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NeededJob {
    /// The job's id.
    pub(crate) job: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it can be run here.
    pub(crate) modelled: bool,
    /// Why.
    pub(crate) why: String,
    /// How well that is supported.
    pub(crate) grade: Grade,
    /// Where it was read.
    pub(crate) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Topics {
    topic: Vec<Topic>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    words: Vec<String>,
    jobs: Vec<String>,
    why: String,
    grade: Grade,
    source: String,
}

/// A job that a feature needs, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobNeed {
    /// The job's id.
    pub(crate) job: String,
    /// Why.
    pub(crate) why: String,
    /// What that rests on.
    pub(crate) evidence: Evidence,
}

/// Features as this search needs them.
pub(crate) trait FeatureJobs {
    /// The jobs of the feature a word names, in order; none when it names none.
    fn jobs_of(&self, word: &str) -> Option<Vec<JobNeed>>;
}

/// Finds the jobs that a word needs; none when nothing is known of it.
pub(crate) fn which(
    definitions: &Definitions,
    features: &impl FeatureJobs,
    word: &str,
) -> NeededJobs {
    let wanted = word.trim().to_lowercase();
    let mut jobs = Vec::new();
    for need in features.jobs_of(word).unwrap_or_default() {
        let Evidence { grade, source } = &need.evidence;
        jobs.push(needed_job(definitions, &need.job, need.why, *grade, source));
    }
    if jobs.is_empty() {
        jobs = by_table(definitions, &wanted);
    }
    if jobs.is_empty()
        && let Some(job) = definitions.find_job(word)
    {
        let why = "you named it".to_owned();
        let evidence = &job.evidence;
        jobs.push(needed_job(definitions, &job.id, why, evidence.grade, &evidence.source));
    }
    if jobs.is_empty()
        && let Some(known) = not_modelled(word)
    {
        let why = format!("{}; it is known and not modelled here", known.what);
        let needed = needed_job(definitions, &known.id, why, known.grade, &known.source);
        jobs.push(NeededJob { name: known.name.clone(), modelled: false, ..needed });
    }
    if jobs.is_empty() {
        jobs = by_topic(definitions, &wanted);
    }
    NeededJobs { word: word.to_owned(), jobs }
}

fn needed_job(
    definitions: &Definitions,
    id: &str,
    why: String,
    grade: Grade,
    source: &str,
) -> NeededJob {
    NeededJob {
        job: id.to_owned(),
        name: definitions.job(&JobId::new(id)).map_or_else(String::new, |job| job.name.clone()),
        modelled: true,
        why,
        grade,
        source: source.to_owned(),
    }
}

/// Jobs whose subjobs carry a table, or a column, of this name.
fn by_table(definitions: &Definitions, wanted: &str) -> Vec<NeededJob> {
    let bare = wanted.rsplit('.').next().unwrap_or(wanted);
    let why = |job: &Job| -> Option<(String, Grade, String)> {
        for line in job.lines.iter().filter(|line| line.enabled) {
            let Some(subjob) = definitions.subjob(&line.subjob) else { continue };
            let tables =
                || subjob.targets.iter().map(|t| t.table.as_str()).chain([subjob.table.as_str()]);
            let evidence = (line.evidence.grade, line.evidence.source.clone());
            if tables().any(|table| table.eq_ignore_ascii_case(bare)) {
                return Some((format!("carries {}", subjob.table), evidence.0, evidence.1));
            }
            let column = subjob
                .targets
                .iter()
                .flat_map(|target| &target.fields)
                .find(|f| f.from.eq_ignore_ascii_case(bare) || f.to.eq_ignore_ascii_case(bare));
            if let Some(column) = column.filter(|_| bare != "recid") {
                let text = format!("carries {}.{}", subjob.table, column.from);
                return Some((text, evidence.0, evidence.1));
            }
        }
        None
    };
    definitions
        .jobs
        .iter()
        .filter_map(|job| {
            let (why, grade, source) = why(job)?;
            Some(needed_job(definitions, &job.id, why, grade, &source))
        })
        .collect()
}

fn by_topic(definitions: &Definitions, wanted: &str) -> Vec<NeededJob> {
    // The file is part of the program and a test reads it.
    let Ok(topics) = toml::from_str::<Topics>(TOPICS) else { return Vec::new() };
    let hit = |topic: &&Topic| topic.words.iter().any(|word| word == wanted);
    let near = |topic: &&Topic| {
        topic.words.iter().any(|word| {
            let whole = |text: &str, part: &str| text.split(' ').any(|piece| piece == part);
            whole(word, wanted) || word.split(' ').count() > 1 && wanted.contains(word.as_str())
        })
    };
    let found = topics.topic.iter().find(hit).or_else(|| topics.topic.iter().find(near));
    found.map_or_else(Vec::new, |topic| {
        topic
            .jobs
            .iter()
            .map(|job| needed_job(definitions, job, topic.why.clone(), topic.grade, &topic.source))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topics_can_be_read() {
        let topics: Topics = toml::from_str(TOPICS).unwrap();
        assert!(topics.topic.iter().all(|topic| !topic.words.is_empty() && !topic.jobs.is_empty()));
    }
}
