//! Runs the rules over what is known, and says how each of them ended.

use super::causes;
use super::facts::{Examination, FileFacts, HeadquartersFacts, Progress, Readers, Reading, survey};
use super::rule::{Depth, Rule};
use super::rules::{RULES, suppression_unused};
use crate::diagnosis::baseline::Baseline;
use crate::diagnosis::{
    Checks, Diagnosis, Finding, Findings, Looked, Outcome, State, Unknown, settle, suppress,
};
use crate::store::{Reader, StoreError, topology};

/// What is asked of the doctor.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these rules, by code; all when empty.
    pub(crate) only: Vec<&'static str>,
    /// Without these rules, by code.
    pub(crate) skip: Vec<&'static str>,
    /// Only this channel, its register's offline database included.
    pub(crate) channel: Option<String>,
    /// Without reading rows.
    pub(crate) quick: bool,
    /// Findings that were known before.
    pub(crate) baseline: Option<Baseline>,
    /// Somebody writes meanwhile: rows of different files cannot be held against each other.
    pub(crate) busy: bool,
    /// The environment that `--env` named, which commands to be typed name too.
    pub(crate) env: Option<String>,
}

/// Examines an environment; nothing is written.
///
/// # Errors
/// What makes it impossible: an unknown channel, headquarters' own list of channels unreadable,
/// gate files that do not load.
pub fn examine(
    reader: &Reader,
    request: &Request,
    progress: Progress<'_>,
) -> Result<Diagnosis, StoreError> {
    // Rows are read only where a rule that was asked for looks at them.
    let reads = |depth: Depth| {
        let mut rules = RULES.iter().copied();
        !request.quick && rules.any(|rule| rule.depth == depth && asked(rule, request))
    };
    let rows = reads(Depth::EveryRow);
    let both = !request.busy;
    let pages = (rows || reads(Depth::AndRows)) && both;
    let reading = Reading { rows, pages, both };
    let headquarters = || HeadquartersFacts::read(reader, reading, !request.quick);
    let (hq, files, second) = FileFacts::meanwhile(reader, reading, headquarters)?;
    let mut stores = hq.stores.clone();
    if let Some(name) = &request.channel {
        let wanted = topology::find_store(&reader.hq, name)?;
        stores.retain(|store| store.id == wanted.id || store.channel() == wanted.name);
    }
    let readers = Readers { own: reader, second };
    let channels = survey(readers, (&hq, &files), &stores, reading, progress)?;
    let examination = Examination { hq, files, channels, quick: request.quick, busy: request.busy };
    let mut diagnosis = diagnose(&examination, request);
    name_within(reader, &mut diagnosis);
    Ok(diagnosis)
}

/// What files of an environment begin with, seen from its folder.
const WITHIN: &[&str] = &["hq.db", "channels", "packages", "jobs", "gates", "schema"];

/// Names files as they are called within the environment, wherever it stands.
fn name_within(reader: &Reader, diagnosis: &mut Diagnosis) {
    let reasons = diagnosis.rules.iter_mut().flat_map(|rule| &mut rule.reasons);
    let evidence = diagnosis.findings.iter_mut().flat_map(|finding| &mut finding.evidence);
    for text in reasons.chain(evidence) {
        for name in WITHIN {
            let path = reader.env.root().join(name).display().to_string();
            *text = text.replace(&path, name);
        }
    }
}

/// Runs the rules that are asked for.
pub(crate) fn diagnose(examination: &Examination, request: &Request) -> Diagnosis {
    let mut rules = Vec::new();
    let mut findings = Vec::new();
    for rule in RULES.iter().copied().filter(|rule| asked(rule, request)) {
        let (outcome, found) = carry_out(rule, examination, request);
        rules.push(outcome);
        findings.extend(found);
    }
    let suppressions = &examination.hq.settings.suppressions;
    let today = examination.hq.clock.today();
    let about = &suppression_unused::RULE;
    let matched = suppress::apply(suppressions, today, about.header.code, &mut findings);
    if request.channel.is_none() && asked(about, request) {
        let unused =
            suppress::unused(suppressions, &matched, &rules).map(suppression_unused::unused);
        findings.extend(unused.map(|found| Finding::of(&about.header, found)));
    }
    if let Some(baseline) = &request.baseline {
        for finding in &mut findings {
            finding.baseline = baseline.knows(&finding.fingerprint);
        }
    }
    settle(&mut rules, &findings);
    causes::link(&mut findings, &examination.hq.stores);
    for fix in findings.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
        fix.env.clone_from(&request.env);
    }
    let channels = examination.channels.iter().map(|one| one.store.name.clone());
    Diagnosis {
        env: request.env.clone(),
        checks: Checks::of(&rules),
        rules,
        findings,
        looked: Looked::Environment { channels: channels.collect() },
    }
}

fn asked(rule: &Rule, request: &Request) -> bool {
    (request.only.is_empty() || request.only.contains(&rule.header.code))
        && !request.skip.contains(&rule.header.code)
}

fn carry_out(
    rule: &'static Rule,
    examination: &Examination,
    request: &Request,
) -> (Outcome, Vec<Finding>) {
    let outcome = |state, reasons| Outcome::of(&rule.header, state, reasons);
    if rule.depth == Depth::EveryRow
        && let Some(Unknown(reason)) = examination.leaves_rows_out()
    {
        return (outcome(State::Skipped, vec![reason]), Vec::new());
    }
    let mut findings = Findings::new(&rule.header);
    if let Err(Unknown(reason)) = (rule.check)(examination, &mut findings) {
        return (outcome(State::Crashed, vec![reason]), Vec::new());
    }
    let Findings { found, unjudged, .. } = findings;
    let concerns = |finding: &Finding| {
        let channel = finding.subject.in_channel();
        request.channel.is_none() || channel.is_none_or(|name| examination.examines(name))
    };
    let found: Vec<Finding> = found.into_iter().filter(concerns).collect();
    let state = if unjudged.is_empty() { State::Passed } else { State::Skipped };
    (outcome(state, unjudged), found)
}
