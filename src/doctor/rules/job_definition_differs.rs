//! CDX602: headquarters' jobs, subjobs or fields differ from the definitions on disk.

use std::collections::BTreeSet;

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_EXTENSIBILITY, Source};
use crate::model::job::{Definitions, Job, Subjob};

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX602",
    name: "job-definition-differs",
    severity: Severity::Warning,
    checks: "the jobs, subjobs and fields that runs use, which are headquarters', against those \
             on disk: the shipped definitions and the environment's own `jobs/*.toml`",
    why: "A run uses what the scheduler was last initialized with. What was changed on disk since \
          has no effect yet, and what was changed in headquarters by hand goes when the scheduler \
          is initialized with \"delete existing\".",
    mend: "Initialize the scheduler if the files are right. What was made by hand stays; to keep \
           it for good, put it into a file of its own in `jobs/`.",
    since: "0.2.0",
    behaviours: &["S03", "S04"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let here = x.hq.definitions.as_ref()?;
    let disk = x.hq.on_disk.as_ref()?;
    for job in &disk.jobs {
        let mut lines = Vec::new();
        match here.job(&job.id) {
            None => lines.push("headquarters has not got it".to_owned()),
            Some(own) => {
                compare_jobs(own, job, &mut lines);
                compare_subjobs(here, disk, own, job, &mut lines);
            }
        }
        tell(findings, &job.id, lines, true);
    }
    for job in here.jobs.iter().filter(|job| disk.job(&job.id).is_none()) {
        tell(findings, &job.id, vec!["no file declares it".to_owned()], false);
    }
    Ok(())
}

fn tell(findings: &mut Findings, job: &str, evidence: Vec<String>, mends: bool) {
    if evidence.is_empty() {
        return;
    }
    // Initializing adds and changes; what only headquarters has it leaves.
    let only_here = evidence.iter().all(|line| line.ends_with(ONLY_HERE)) || !mends;
    let fix = if only_here {
        let command = "cdx scheduler init --delete-existing";
        Fix::new(crate::doctor::fix::Safety::Destructive, [Step::new(Stage::Initialize, command)])
    } else {
        Fix::safe([Step::new(Stage::Initialize, "cdx scheduler init")])
    };
    findings.report(Found {
        subject: Subject::job(job),
        title: format!("job {job} differs from its definition on disk"),
        evidence,
        effect: "runs do not do what the files say".to_owned(),
        fix,
    });
}

const ONLY_HERE: &str = "only in headquarters";
const ONLY_ON_DISK: &str = "only on disk";

fn compare_jobs(own: &Job, disk: &Job, lines: &mut Vec<String>) {
    if own.name != disk.name {
        lines.push(format!("name: {:?} in headquarters, {:?} on disk", own.name, disk.name));
    }
    if own.exclude_offline != disk.exclude_offline {
        let word = |skip| if skip { "excluded from" } else { "sent to" };
        lines.push(format!(
            "{} offline databases in headquarters, {} on disk",
            word(own.exclude_offline),
            word(disk.exclude_offline)
        ));
    }
    let off = own.lines.iter().filter(|line| !line.enabled);
    lines.extend(off.map(|line| format!("subjob {} is switched off", line.subjob)));
    let name = |job: &Job| -> BTreeSet<String> {
        job.lines.iter().map(|line| line.subjob.to_ascii_uppercase()).collect()
    };
    one_sided("subjob", &name(own), &name(disk), lines);
}

fn one_sided(what: &str, own: &BTreeSet<String>, disk: &BTreeSet<String>, lines: &mut Vec<String>) {
    lines.extend(own.difference(disk).map(|name| format!("{what} {name}: {ONLY_HERE}")));
    lines.extend(disk.difference(own).map(|name| format!("{what} {name}: {ONLY_ON_DISK}")));
}

fn compare_subjobs(
    here: &Definitions,
    disk: &Definitions,
    own: &Job,
    job: &Job,
    lines: &mut Vec<String>,
) {
    let find = |definitions: &'_ Definitions, id: &str| -> Option<Subjob> {
        definitions.subjobs.iter().find(|subjob| subjob.id.eq_ignore_ascii_case(id)).cloned()
    };
    for line in &job.lines {
        let both = own.lines.iter().any(|known| known.subjob.eq_ignore_ascii_case(&line.subjob));
        let (Some(theirs), Some(ours)) = (find(here, &line.subjob), find(disk, &line.subjob))
        else {
            continue;
        };
        if both {
            let fields = |subjob: &Subjob| -> BTreeSet<String> {
                let targets = subjob.targets.iter();
                targets
                    .flat_map(|target| {
                        let dotted = target.dotted();
                        target
                            .fields
                            .iter()
                            .map(move |f| format!("{} -> {dotted}.{}", f.from, f.to))
                    })
                    .map(|text| text.to_ascii_uppercase())
                    .collect()
            };
            let what = format!("{} field", line.subjob);
            one_sided(&what, &fields(&theirs), &fields(&ours), lines);
            if theirs.exclude_offline != ours.exclude_offline {
                lines.push(format!("{}: excluded from offline databases differently", line.subjob));
            }
            if theirs.filter != ours.filter {
                lines.push(format!("{}: another filter", line.subjob));
            }
        }
    }
}
