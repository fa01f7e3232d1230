//! CDX602: headquarters' jobs, subjobs or fields differ from the definitions on disk.

use std::collections::BTreeSet;

use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Safety, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::job::{Definitions, FieldMap, Job, Subjob, Target};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX602",
    name: "job-definition-differs",
    severity: Severity::Warning,
    checks: "the jobs, subjobs and fields in headquarters, which are those that runs use, against \
             those on disk: the shipped definitions and the environment's own `jobs/*.toml`",
    why: "A run uses what the scheduler was last initialized with. What was changed on disk since \
          has no effect yet, and what was changed in headquarters by hand goes when the scheduler \
          is initialized with \"delete existing\".",
    how_to_fix: "Initialize the scheduler if the files are right. What was added by hand stays, and what \
           was changed by hand is overwritten; to keep it for good, put it into a file of its own \
           in `jobs/`.",
    since: "0.2.0",
    behaviours: &["S03", "S04"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let here = x.hq.definitions.as_ref()?;
    let disk = x.files.on_disk.as_ref()?;
    for job in &disk.jobs {
        let mut lines = Vec::new();
        match here.job(&job.id) {
            None => lines.push((Way::Adds, "headquarters does not have it".to_owned())),
            Some(own) => {
                compare_jobs(own, job, &mut lines);
                compare_subjobs(here, disk, own, job, &mut lines);
            }
        }
        tell(findings, &job.id, lines);
    }
    for job in here.jobs.iter().filter(|job| disk.job(&job.id).is_none()) {
        tell(findings, &job.id, vec![(Way::Leaves, "no file declares it".to_owned())]);
    }
    Ok(())
}

/// What initializing the scheduler does about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It adds what is missing.
    Adds,
    /// It overwrites what somebody set in headquarters.
    Overwrites,
    /// It leaves it, unless what exists is deleted first.
    Leaves,
}

type Line = (Way, String);

fn tell(findings: &mut Findings, job: &JobId, lines: Vec<Line>) {
    if lines.is_empty() {
        return;
    }
    let has = |way: Way| lines.iter().any(|(own, _)| *own == way);
    let (safety, command) = if has(Way::Overwrites) {
        (Safety::Manual, Suggestion::INITIALIZE)
    } else if has(Way::Adds) {
        (Safety::Safe, Suggestion::INITIALIZE)
    } else {
        (
            Safety::Destructive,
            Suggestion::Initialize { delete_existing: true, despite_errors: false },
        )
    };
    findings.report(Found {
        subject: Subject::job(job),
        title: format!("job {job} differs from its definition on disk"),
        evidence: lines.into_iter().map(|(_, text)| text).collect(),
        effect: "runs do not do what the files say".to_owned(),
        fix: Fix::new(safety, [Step::new(Stage::Initialize, command)]),
    });
}

fn compare_jobs(own: &Job, disk: &Job, lines: &mut Vec<Line>) {
    if own.name != disk.name {
        let text = format!("name: {:?} in headquarters, {:?} on disk", own.name, disk.name);
        lines.push((Way::Overwrites, text));
    }
    if own.exclude_offline != disk.exclude_offline {
        let word = |skip| if skip { "excluded from" } else { "sent to" };
        let (here, there) = (word(own.exclude_offline), word(disk.exclude_offline));
        let text = format!("{here} offline databases in headquarters, {there} on disk");
        lines.push((Way::Overwrites, text));
    }
    let off = own.lines.iter().filter(|line| !line.enabled);
    lines.extend(off.map(|line| (Way::Leaves, format!("subjob {} is switched off", line.subjob))));
    let name = |job: &Job| -> BTreeSet<String> {
        job.lines.iter().map(|line| line.subjob.to_ascii_uppercase()).collect()
    };
    one_sided("subjob", &name(own), &name(disk), lines);
}

fn one_sided(what: &str, own: &BTreeSet<String>, disk: &BTreeSet<String>, lines: &mut Vec<Line>) {
    let here = own.difference(disk).map(|name| format!("{what} {name}: only in headquarters"));
    lines.extend(here.map(|text| (Way::Leaves, text)));
    let there = disk.difference(own).map(|name| format!("{what} {name}: only on disk"));
    lines.extend(there.map(|text| (Way::Adds, text)));
}

fn find<'a>(definitions: &'a Definitions, id: &str) -> Option<&'a Subjob> {
    definitions.subjobs.iter().find(|subjob| subjob.id.eq_ignore_ascii_case(id))
}

/// The fields of a subjob, each with where it goes, in capitals.
fn fields(subjob: &Subjob) -> BTreeSet<String> {
    let of = |target: &Target| {
        let dotted = target.dotted();
        let one = |field: &FieldMap| format!("{} -> {dotted}.{}", field.from, field.to);
        target.fields.iter().map(|field| one(field).to_ascii_uppercase()).collect::<Vec<_>>()
    };
    subjob.targets.iter().flat_map(of).collect()
}

fn compare_subjobs(
    here: &Definitions,
    disk: &Definitions,
    own: &Job,
    job: &Job,
    lines: &mut Vec<Line>,
) {
    for line in &job.lines {
        let both = own.lines.iter().any(|known| known.subjob.eq_ignore_ascii_case(&line.subjob));
        let (Some(theirs), Some(ours)) = (find(here, &line.subjob), find(disk, &line.subjob))
        else {
            continue;
        };
        if both {
            if theirs.targets != ours.targets {
                let what = format!("{} field", line.subjob);
                one_sided(&what, &fields(theirs), &fields(ours), lines);
            }
            if theirs.exclude_offline != ours.exclude_offline {
                let text = format!("{}: excluded from offline databases differently", line.subjob);
                lines.push((Way::Overwrites, text));
            }
            if theirs.filter != ours.filter {
                lines.push((Way::Overwrites, format!("{}: another filter", line.subjob)));
            }
        }
    }
}
