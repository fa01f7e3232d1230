//! The text of the clock's way: what fell due, and what ran.

use std::collections::BTreeMap;

use crate::exchange::way::{BatchRun, JobInShort, Passed, Way};
use crate::model::job::Direction;
use crate::model::run::Phase;
use crate::model::suggestion::Prose;
use crate::model::tone::Tone;
use crate::report::page::{Cell, Page, Report, count, grouped};

impl Report for Way {
    fn text(&self, page: &mut Page) {
        passed(&self.passed, page);
        let lines: Vec<[Cell; 4]> = self.runs.iter().flat_map(lines).collect();
        if !lines.is_empty() {
            page.gap();
        }
        page.table(["time", "ran", "job", "what it did"], lines);
        for told in troubles(&self.runs) {
            page.item(told);
        }
        let mut quiet: BTreeMap<&str, u64> = BTreeMap::new();
        for run in self.runs.iter().filter(|run| run.is_quiet()) {
            *quiet.entry(&run.schedule).or_default() += 1;
        }
        if !quiet.is_empty() {
            let each: Vec<String> =
                quiet.iter().map(|(name, times)| format!("{name} {}", grouped(*times))).collect();
            let runs = count(quiet.values().sum(), "run");
            page.line(format!("{runs} had nothing to do: {}", each.join(", ")));
        }
        for one in &self.not_run {
            let head = format!("{} did not run, {}", one.schedule, one.why);
            page.line(Prose::hint(head, one.change.clone()));
        }
    }
}

fn passed(passed: &Passed, page: &mut Page) {
    for one in &passed.features {
        let (feature, date) = (&one.feature, &one.date);
        if one.on {
            page.item(format!("midnight of {date}: {feature} is on in headquarters"));
        } else {
            let why = one.reasons.join("; ");
            page.item(format!("midnight of {date}: {feature} stays off, {why}"));
        }
    }
    for package in &passed.expired_packages {
        page.item(format!("package {package} has expired"));
    }
    if let Some(version) = passed.tracking_from {
        page.item(format!("change tracking now reaches back to version {version}"));
    }
}

/// A run's jobs that did something.
fn lines(run: &BatchRun) -> Vec<[Cell; 4]> {
    let line = |job: &JobInShort| {
        let place = job.channel.as_ref().map(|channel| format!(" of {channel}"));
        let tone = if job.ok { Tone::Good } else { Tone::Bad };
        [
            Cell::from(run.time.to_string()),
            Cell::from(&run.schedule),
            Cell::from(format!("{}{}", job.job, place.unwrap_or_default())),
            Cell::value(did(job), tone),
        ]
    };
    run.jobs.iter().filter(|job| !job.is_quiet()).map(line).collect()
}

fn did(job: &JobInShort) -> String {
    let rows = count(job.rows, "row");
    match (job.kind, job.phase) {
        (Some(Direction::Batch), _) => format!(
            "{} processed, {} failed, {} waiting",
            grouped(job.rows),
            grouped(job.failed),
            grouped(job.waiting)
        ),
        (_, Some(Phase::Collect)) => format!("{rows} collected"),
        (_, Some(Phase::Apply)) => format!("{rows} applied"),
        (Some(Direction::Upload), None) => format!("{rows} collected and applied"),
        (_, None) => format!("{rows} sent"),
    }
}

/// What went wrong, each once however often it did.
fn troubles(runs: &[BatchRun]) -> Vec<String> {
    let mut found: Vec<(String, u64, String)> = Vec::new();
    for run in runs {
        for job in &run.jobs {
            for message in &job.messages {
                let told = format!("{}, job {}: {message}", run.schedule, job.job);
                match found.iter_mut().find(|(known, ..)| *known == told) {
                    Some((_, times, _)) => *times += 1,
                    None => found.push((told, 1, run.time.to_string())),
                }
            }
        }
    }
    let told = |(told, times, first): (String, u64, String)| match times {
        1 => format!("{first} {told}"),
        _ => format!("{first} {told} ({} times)", grouped(times)),
    };
    found.into_iter().map(told).collect()
}
