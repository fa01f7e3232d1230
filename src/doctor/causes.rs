//! Which finding causes which, so that a cause is told once and first, whatever it breaks.

use std::collections::BTreeMap;

use crate::diagnosis::{Finding, causes};
use crate::model::suggestion::Run;
use crate::model::topology::DataStore;

/// What keeps a run from reaching a database, so that a fix with that run fails or does nothing.
/// The earlier ones are in the way of the later ones too.
const IN_THE_WAY: &[&str] = &["CDX901", "CDX206", "CDX205", "CDX203", "CDX210"];

/// Rules, each with those whose findings of the same database it causes, and what they then share.
const SAME_DATABASE: &[(&str, &[&str], Shared)] = &[
    ("CDX901", &["CDX306"], Shared::Database),
    ("CDX410", &["CDX214", "CDX306", "CDX405", "CDX413"], Shared::Database),
    ("CDX505", &["CDX306"], Shared::Database),
    ("CDX214", &["CDX201", "CDX215", "CDX303", "CDX306"], Shared::Job),
    ("CDX201", &["CDX303"], Shared::Feature),
    ("CDX301", &["CDX303"], Shared::Cache),
];

/// What a cause and what it causes share beside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    /// Nothing.
    Database,
    /// The job that the cause is about is run to end the other.
    Job,
    /// The feature.
    Feature,
    /// Nothing but a cache is in the way of the other.
    Cache,
}

/// Links what causes something with what it causes.
pub(super) fn link(findings: &mut [Finding], stores: &[DataStore]) {
    let known = Known::of(findings, stores);
    let of = (0..findings.len()).map(|at| known.causes(findings, at)).collect();
    causes::link(findings, of, IN_THE_WAY);
}

/// The findings that can cause others, by where they are.
struct Known<'a> {
    /// By database.
    databases: BTreeMap<String, Vec<usize>>,
    /// Those about a job for a whole group or for every database.
    jobs: Vec<usize>,
    /// The group of each database.
    groups: BTreeMap<&'a str, &'a str>,
}

impl<'a> Known<'a> {
    fn of(findings: &[Finding], stores: &'a [DataStore]) -> Self {
        let (mut databases, mut jobs) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
        for (at, finding) in findings.iter().enumerate().filter(|(_, one)| !one.suppressed) {
            let is_cause = IN_THE_WAY.contains(&finding.code)
                || SAME_DATABASE.iter().any(|(code, ..)| *code == finding.code);
            match finding.subject.in_channel() {
                Some(channel) if is_cause => {
                    databases.entry(channel.to_owned()).or_default().push(at);
                }
                None if IN_THE_WAY.contains(&finding.code) => jobs.push(at),
                _ => {}
            }
        }
        let groups =
            stores.iter().map(|store| (store.name.as_str(), store.group.as_str())).collect();
        Self { databases, jobs, groups }
    }

    /// The findings that cause one.
    fn causes(&self, findings: &[Finding], at: usize) -> Vec<usize> {
        let finding = &findings[at];
        let Some(channel) = finding.subject.in_channel() else { return Vec::new() };
        let near = self.databases.get(channel).into_iter().flatten();
        let own = near.copied().filter(|cause| {
            brings(&findings[*cause], finding) || stops(&findings[*cause], finding)
        });
        let of_jobs = self.jobs.iter().copied().filter(|cause| {
            let cause = &findings[*cause];
            let here = match cause.subject.of_key() {
                Some(group) if cause.code == "CDX205" => self.groups.get(channel) == Some(&group),
                _ => true,
            };
            here && stops(cause, finding)
        });
        own.chain(of_jobs).filter(|cause| *cause != at).collect()
    }
}

/// Whether one finding brings another about.
fn brings(cause: &Finding, finding: &Finding) -> bool {
    SAME_DATABASE.iter().any(|(code, caused, shared)| {
        *code == cause.code
            && caused.contains(&finding.code)
            && match shared {
                Shared::Database => true,
                Shared::Feature => cause.subject.of_feature() == finding.subject.of_feature(),
                Shared::Cache => runs(finding).next().is_none(),
                Shared::Job => {
                    let job = cause.subject.of_job();
                    job.is_some_and(|job| runs(finding).any(|run| takes(run, job)))
                }
            }
    })
}

/// The runs of jobs that end a finding.
fn runs(finding: &Finding) -> impl Iterator<Item = &Run> {
    let steps = finding.fix.iter().flat_map(|fix| &fix.steps);
    steps.filter_map(|step| step.command().as_run())
}

/// Whether what one finding is about keeps the fix of another from working.
fn stops(cause: &Finding, finding: &Finding) -> bool {
    let place = |finding: &Finding| IN_THE_WAY.iter().position(|code| *code == finding.code);
    let Some(own) = place(cause) else { return false };
    if place(finding).is_some_and(|other| other <= own) {
        return false;
    }
    let mut runs = runs(finding);
    match (cause.code, cause.subject.of_job()) {
        // A session that holds others back holds back those of every job.
        ("CDX203", _) | (_, None) => runs.next().is_some(),
        (_, Some(job)) => runs.any(|run| takes(run, job)),
    }
}

fn takes(run: &Run, word: &str) -> bool {
    run.jobs.iter().any(|known| known.eq_ignore_ascii_case(word))
}
