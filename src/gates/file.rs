//! One gate file as it is written, before it is held against the other gates.

use toml::de::DeTable;

use super::form::{
    ConfigurationForm, FeatureForm, GateForm, LifecycleForm, RequirementForm, StepForm,
};
use super::gate::{
    Act, Before, CARRIER, Configuration, Gate, Lifecycle, Requirement, Restart, Stage, Step,
};
use crate::definitions::walk::{At, Walker};
use crate::definitions::{Kind, Problems};
use crate::model::evidence::{Evidence, Grade};
use crate::model::ids::JobId;
use crate::model::version::Version;

/// A gate file: its name and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateFile {
    /// The name problems are reported under.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A gate as a file says it, with the byte offsets that problems are reported at.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) gate: Gate,
    pub(super) slug_at: usize,
    /// Where each requirement, exclusion and step begins, in their order.
    pub(super) requires_at: Vec<usize>,
    pub(super) excludes_at: Vec<usize>,
    pub(super) steps_at: Vec<usize>,
    pub(super) configurations_at: Vec<usize>,
}

/// Reads a file; what is wrong with its form is in the problems.
pub(super) fn read(file: &GateFile) -> (Option<Draft>, Problems) {
    let mut walker = Walker::new(&file.name, &file.text);
    let root = walker.parse();
    let draft = draft(&mut walker, &root);
    (draft, walker.problems)
}

fn draft(walker: &mut Walker<'_>, root: &DeTable<'_>) -> Option<Draft> {
    walker.known_keys(root, GateForm::KEYS);
    let Some((table, at)) = walker.table(root, "feature") else {
        walker.note(0, Kind::Missing { key: "feature", expected: "a table [feature]" });
        return None;
    };
    let head = head(walker, table, at);
    let own = head.as_ref().map_or_else(nothing_said, |(gate, _, _)| gate.evidence.clone());
    let lifecycle = lifecycle(walker, root, &own);
    let requires = requires(walker, root, &own);
    let configurations = configurations(walker, root, &own);
    let steps = steps(walker, root, &own);
    let (mut gate, slug_at, excludes_at) = head?;
    let lifecycle = lifecycle?;
    gate.since = lifecycle.stages.first().map_or(Version::ANY, |(_, since)| since.clone());
    gate.lifecycle = lifecycle;
    let (requires_at, requires) = requires.into_iter().unzip();
    let (configurations_at, configurations) = configurations.into_iter().unzip();
    let (mut steps_at, mut steps): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
    if steps.iter().all(|step| !matches!(&step.act, Act::Run { job, .. } if *job == CARRIER)) {
        steps_at.insert(0, slug_at);
        steps.insert(0, carried());
    }
    let gate = Gate { requires, configurations, steps, ..gate };
    Some(Draft { gate, slug_at, requires_at, excludes_at, steps_at, configurations_at })
}

/// Feature state itself is carried by one job, whether a gate names it or not (G13).
pub(super) fn carried() -> Step {
    let source = "feature state itself is carried by this job (G13)".to_owned();
    let act = Act::Run { job: JobId::new(CARRIER), wait: false };
    Step { act, evidence: Evidence { grade: Grade::Inferred, source } }
}

fn nothing_said() -> Evidence {
    Evidence { grade: Grade::Assumed, source: String::new() }
}

fn head(
    walker: &mut Walker<'_>,
    table: &DeTable<'_>,
    at: usize,
) -> Option<(Gate, usize, Vec<usize>)> {
    walker.known_keys(table, FeatureForm::KEYS);
    let slug = walker.required(table, "slug", at, "a short name in lower case with hyphens");
    let class = walker.text(table, "class").map(|text| text.value);
    let name = walker.required(table, "name", at, "the display name");
    let name_es = walker.text(table, "name-es").map(|text| sentence(&text.value));
    let also = walker.texts(table, "also").unwrap_or_default();
    let notes = walker.texts(table, "notes").unwrap_or_default();
    let differ = walker.text(table, "differ").map(|text| sentence(&text.value));
    let module = walker.text(table, "module").map(|text| sentence(&text.value));
    let (grade, source) = walker.evidence(table, at, true);
    let class_words = (walker.grade(table, "class-grade"), walker.text(table, "class-source"));
    let module_words = (walker.grade(table, "module-grade"), walker.text(table, "module-source"));
    let excludes = walker.texts(table, "excludes").unwrap_or_default();
    let can_disable = walker.yes(table, "can-disable").unwrap_or(true);
    let one_way = walker.yes(table, "one-way").unwrap_or(false);
    let confirmation = walker.text(table, "confirmation").map(|text| sentence(&text.value));
    let key = walker.text(table, "configuration-key");
    fact_name(walker, "configuration-key", key.as_ref());
    let key = key.map(|text| text.value);
    if let Some(slug) = &slug
        && !slug.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        let expected = "lower-case letters, digits and hyphens";
        let value = slug.value.clone();
        walker.note(slug.at, Kind::OutOfRange { key: "slug".to_owned(), value, expected });
    }
    let evidence = Evidence { grade: grade?, source: source? };
    let slug = slug?;
    let (excludes_at, excludes) = excludes.into_iter().map(|At { value, at }| (at, value)).unzip();
    let nowhere = whenever(&evidence);
    let sentences = |texts: Vec<At<String>>| texts.iter().map(|t| sentence(&t.value)).collect();
    let gate = Gate {
        slug: slug.value,
        class: class.filter(|class| !class.is_empty()),
        class_evidence: stated(class_words, &evidence),
        name: sentence(&name?.value),
        name_es,
        also: sentences(also),
        module: module.unwrap_or_default(),
        module_evidence: stated(module_words, &evidence),
        since: Version::ANY,
        lifecycle: nowhere,
        can_disable: can_disable && !one_way,
        one_way,
        confirmation,
        configuration_key: key,
        requires: Vec::new(),
        excludes,
        configurations: Vec::new(),
        steps: Vec::new(),
        notes: sentences(notes),
        differ,
        evidence,
        known: false,
        origin: walker.file.to_owned(),
    };
    Some((gate, slug.at, excludes_at))
}

/// What one statement rests on; what it leaves out is the feature's own.
fn stated((grade, source): (Option<Grade>, Option<At<String>>), own: &Evidence) -> Evidence {
    Evidence {
        grade: grade.unwrap_or(own.grade),
        source: source.map_or_else(|| own.source.clone(), |text| text.value),
    }
}

/// The lifecycle of what has no version: it is there in every one.
fn whenever(evidence: &Evidence) -> Lifecycle {
    let (stages, first) = (vec![(Stage::Released, Version::ANY)], evidence.clone());
    Lifecycle { stages, scale_unit: None, evidence: evidence.clone(), first }
}

/// A text for people as one line, however the file breaks it.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is recorded by `cdx params set` must be a name that it takes.
fn fact_name(walker: &mut Walker<'_>, key: &str, name: Option<&At<String>>) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let Some(name) = name.filter(|name| name.value.is_empty() || !name.value.chars().all(fits))
    else {
        return;
    };
    let (key, value) = (key.to_owned(), name.value.clone());
    let expected = "letters, digits, hyphens and underscores";
    walker.note(name.at, Kind::OutOfRange { key, value, expected });
}

fn version(walker: &mut Walker<'_>, table: &DeTable<'_>, key: &str) -> Option<Version> {
    let found = walker.text(table, key)?;
    let version = Version::parse(&found.value);
    if version.is_none() {
        let expected = "a version such as 10.0.48";
        let kind = Kind::OutOfRange { key: key.to_owned(), value: found.value, expected };
        walker.note(found.at, kind);
    }
    version
}

fn lifecycle(walker: &mut Walker<'_>, root: &DeTable<'_>, own: &Evidence) -> Option<Lifecycle> {
    let Some((table, at)) = walker.table(root, "lifecycle") else {
        return (!root.contains_key("lifecycle")).then(|| whenever(own));
    };
    walker.known_keys(table, LifecycleForm::KEYS);
    let mut stages: Vec<(Stage, Version)> = Vec::new();
    for stage in Stage::ALL {
        let name = stage.as_str();
        let Some(since) = version(walker, table, name) else { continue };
        if let Some((_, before)) = stages.last().filter(|(_, before)| *before >= since) {
            let (since, before) = (since.to_string(), before.to_string());
            walker.note(at, Kind::StageOrder { stage: name, since, before });
        }
        stages.push((*stage, since));
    }
    if !Stage::ALL.iter().any(|stage| table.contains_key(stage.as_str())) {
        let expected = "the version it was released in, such as \"10.0.48\"";
        walker.note(at, Kind::Missing { key: "released", expected });
    }
    let scale_unit = version(walker, table, "scale-unit");
    let evidence = evidence(walker, table, at, own);
    let (grade, source) = (walker.grade(table, "first-grade"), walker.text(table, "first-source"));
    let first = Evidence {
        grade: grade.unwrap_or(evidence.grade),
        source: source.map_or_else(|| evidence.source.clone(), |text| text.value),
    };
    Some(Lifecycle { stages, scale_unit, evidence, first })
}

/// A statement's own evidence; what it leaves out is the feature's.
fn evidence(walker: &mut Walker<'_>, table: &DeTable<'_>, at: usize, own: &Evidence) -> Evidence {
    let (grade, source) = walker.evidence(table, at, false);
    Evidence {
        grade: grade.unwrap_or(own.grade),
        source: source.unwrap_or_else(|| own.source.clone()),
    }
}

fn requires(
    walker: &mut Walker<'_>,
    root: &DeTable<'_>,
    own: &Evidence,
) -> Vec<(usize, Requirement)> {
    let mut found = Vec::new();
    for (table, at) in walker.tables(root, "requires") {
        walker.known_keys(table, RequirementForm::KEYS);
        let feature = walker.required(table, "feature", at, "a feature's slug");
        let first = walker.yes(table, "first").unwrap_or(true);
        let when = walker.text(table, "when");
        fact_name(walker, "when", when.as_ref());
        let when = when.map(|fact| fact.value);
        let evidence = evidence(walker, table, at, own);
        if let Some(At { value, at }) = feature {
            found.push((at, Requirement { feature: value, first, when, evidence }));
        }
    }
    found
}

fn configurations(
    walker: &mut Walker<'_>,
    root: &DeTable<'_>,
    own: &Evidence,
) -> Vec<(usize, Configuration)> {
    let mut found = Vec::new();
    for (table, at) in walker.tables(root, "configuration") {
        walker.known_keys(table, ConfigurationForm::KEYS);
        let name = walker.required(table, "name", at, "the fact that says it is set up");
        fact_name(walker, "name", name.as_ref());
        let before = walker.required(table, "before", at, "enable, or a job's id");
        let text = walker.required(table, "text", at, "what must be set up");
        let effect = walker.required(table, "effect", at, "what goes wrong without");
        let evidence = evidence(walker, table, at, own);
        let (Some(name), Some(before), Some(text), Some(effect)) = (name, before, text, effect)
        else {
            continue;
        };
        let (name, text, effect) = (name.value, sentence(&text.value), sentence(&effect.value));
        let at = before.at;
        let before = match before.value.as_str() {
            "enable" => Before::Enable,
            job => Before::Job(JobId::new(job)),
        };
        found.push((at, Configuration { name, before, text, effect, evidence }));
    }
    found
}

fn steps(walker: &mut Walker<'_>, root: &DeTable<'_>, own: &Evidence) -> Vec<(usize, Step)> {
    let mut found = Vec::new();
    for (table, at) in walker.tables(root, "step") {
        walker.known_keys(table, StepForm::KEYS);
        let evidence = evidence(walker, table, at, own);
        let wait = walker.yes(table, "wait").unwrap_or(false);
        let (job, fact) = (walker.text(table, "job"), walker.text(table, "fact"));
        fact_name(walker, "fact", fact.as_ref());
        let text =
            walker.text(table, "text").map_or_else(String::new, |text| sentence(&text.value));
        let restart = walker.word(table, "restart", Restart::ALL, Restart::as_str);
        let initialize = walker.yes(table, "initialize") == Some(true);
        let mut acts: Vec<Act> = Vec::new();
        acts.extend(job.map(|job| Act::Run { job: JobId::new(job.value), wait }));
        acts.extend(fact.map(|fact| Act::Manual { fact: fact.value, text }));
        acts.extend(restart.map(Act::Restart));
        acts.extend(initialize.then_some(Act::Initialize));
        if acts.len() == 1 {
            found.extend(acts.pop().map(|act| (at, Step { act, evidence })));
        } else {
            let expected = "exactly one of job, fact, restart, initialize = true";
            walker.note(at, Kind::Missing { key: "job", expected });
        }
    }
    found
}
