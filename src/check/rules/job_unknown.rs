//! CDX715: a subjob is scheduled by a job that nothing declares.

use crate::check::facts::Facts;
use crate::check::near::near;
use crate::check::rule::Rule;
use crate::check::subjobs::MappedSubjob;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::model::job_names::{not_modelled, not_modelled_spellings};
use crate::model::source::Located;

const HEADER: Header = Header {
    code: "CDX715",
    name: "job-unknown",
    severity: Severity::Warning,
    checks: "that each job which schedules a subjob is declared by seed data, or is one of the \
             product that documentation names",
    why: "A subjob in a job that is not there is carried out by none.",
    how_to_fix: "Correct the job's id, or declare the job among the Jobs of the seed data.",
    since: "0.6.0",
    behaviours: &["S01", "S03"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    for subjob in &facts.subjobs {
        let unknown = subjob.jobs.iter().filter(|job| !is_known(facts, &job.value));
        unknown.for_each(|job| report(facts, findings, subjob, job));
    }
}

fn declared(facts: &Facts) -> impl Iterator<Item = &Located<String>> {
    facts.repository.seeds.iter().flat_map(|seed| &seed.jobs).map(|job| &job.id)
}

fn is_known(facts: &Facts, word: &str) -> bool {
    let is = |id: &str| id.eq_ignore_ascii_case(word);
    declared(facts).any(|id| is(&id.value))
        || facts.shipped.jobs.iter().any(|job| is(&job.id))
        || not_modelled(word).is_some_and(|known| is(&known.id))
}

fn report(facts: &Facts, findings: &mut Findings, subjob: &MappedSubjob, job: &Located<String>) {
    let sources = &facts.repository.sources;
    let ids: Vec<&str> = declared(facts)
        .map(|id| id.value.as_str())
        .chain(facts.shipped.jobs.iter().map(|job| -> &str { &job.id }))
        .chain(
            not_modelled_spellings().filter(|word| is_known(facts, word)).map(|id| -> &str { id }),
        )
        .collect();
    let near = near(&job.value, ids);
    let mut spots = vec![Spot::new(job.span, "nothing declares this job")];
    let own = declared(facts).find(|id| Some(id.value.as_str()) == near);
    spots.extend(own.map(|own| Spot::new(own.span, "a job of nearly that name")));
    let evidence = match near {
        Some(near) => format!("the nearest job is {near}"),
        None => format!("seed data declares {} jobs", declared(facts).count()),
    };
    let found = Found {
        subject: Subject::at(sources, job.span).with_subjob(&subjob.id.value).with_job(&job.value),
        title: format!("subjob {} is scheduled by an unknown job {}", subjob.id.value, job.value),
        evidence: vec![evidence],
        effect: "the subjob is in no job that runs".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Warning, found, sources, spots);
}
