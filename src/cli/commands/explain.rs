//! `cdx explain`: offline documentation of a rule, a job, a feature or a behaviour, with sources
//! and grades.

use super::jobs::{JobDetail, NotModelled, known, shipped};
use crate::check;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::Source;
use crate::diagnosis::{Header, Severity};
use crate::doctor::rules;
use crate::gates::{Gate, page};
use crate::model::behaviour::{self, Behaviour};
use crate::model::glossary::{ExplainedWord, glossary};
use crate::model::job_names::{not_modelled, not_modelled_ids};
use crate::model::simplification::{Simplification, simplifications};
use crate::model::source_pages::{SourcePage, named_in};
use crate::model::suggestion::{OfFeatures, OfJobs, Prose, Suggestion};
use crate::report::page::{Page, Report};

/// Explain a rule, a job, a feature or a behaviour, with its sources and grades.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A rule (CDX303; `rules` lists them), a job (1110, P), a feature (async-customer-editing), a
    /// behaviour (D06), or something that is not modelled (flights).
    word: Vec<String>,
}

outcomes! {
    Contents: "explain";
    RuleList: "explain";
    RulePage: "explain";
    WithPages<'_, FeaturePage>: "explain";
    WithPages<'_, Behaviour>: "explain";
    WithPages<'_, ExplainedWord>: "explain";
    WithPages<'_, Simplification>: "explain";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let word = args.word.join(" ");
    if word.trim().is_empty() {
        return context.done(&Contents::read(context)?);
    }
    if word.trim().eq_ignore_ascii_case("rules") {
        return context.done(&RuleList::all());
    }
    if let Ok(rule) = rules::find(&word) {
        return context.done(&RulePage::of(&rule.header, rules::example(rule)));
    }
    if let Ok(header) = check::find(&word) {
        return context.done(&RulePage::of(header, None));
    }
    let behaviours = behaviour::all().map_err(|error| unreleased(&error))?;
    if let Some(found) = behaviours.iter().find(|b| b.id.eq_ignore_ascii_case(word.trim())) {
        return context.done(&WithPages::of(found, [&found.source]));
    }
    let definitions = known(context)?;
    if let Some(job) = definitions.find_job(&word) {
        return context.done(&JobDetail::of(&definitions, job));
    }
    if let Some(job) = not_modelled(&word) {
        return context.done(&NotModelled::of(job));
    }
    let catalogue = super::features::catalogue(context)?;
    if let Ok(gate) = catalogue.find(&word) {
        let page = FeaturePage::of(gate);
        let texts = page.details.iter().chain([&page.source]);
        return context.done(&WithPages::of(&page, texts));
    }
    let glossary = glossary().map_err(|error| unreleased(&error))?;
    if let Some(found) = glossary.iter().find(|one| one.is_called(&word)) {
        return context.done(&WithPages::of(found, [&found.source]));
    }
    let simplified = simplifications().map_err(|error| unreleased(&error))?;
    if let Some(found) = simplified.iter().find(|one| one.is_called(&word)) {
        return context.done(&WithPages::of(found, [&found.source]));
    }
    if let Some(job) = not_made(context, &word)? {
        return context.done(&job);
    }
    let ids = behaviours.iter().map(|behaviour| behaviour.id.as_str());
    let gates = catalogue.gates.iter().flat_map(Gate::spellings);
    let rules = every_rule().flat_map(|header| [header.code, header.name]);
    let known = ids.chain(definitions.job_spellings()).chain(gates).chain(rules);
    let known = known.chain(glossary.iter().flat_map(ExplainedWord::spellings));
    let known = known.chain(simplified.iter().flat_map(Simplification::spellings));
    let is_table = |name: &str| name.eq_ignore_ascii_case(word.trim());
    let hint = match crate::model::nearest::nearest(&word, known) {
        _ if definitions.subjobs.iter().any(|subjob| is_table(&subjob.table)) => Prose::hint(
            "it is a table; see what carries it",
            Suggestion::WhichJob(word.trim().to_owned()),
        ),
        Some(near) => {
            Prose::hint(format!("did you mean {near:?}?"), Suggestion::Explain(near.to_owned()))
        }
        None => Prose::hint("see the rules", Suggestion::Explain("rules".to_owned())),
    };
    let message = format!("nothing to explain of {word:?}");
    let error = CommandError::usage("unknown-word", message, hint);
    Err(error.with_hint(Prose::hint("see the jobs", OfJobs::List)))
}

/// Every rule, the doctor's and those of `check`, each once.
fn every_rule() -> impl Iterator<Item = &'static Header> {
    let own = rules::RULES.iter().map(|rule| &rule.header);
    own.chain(check::headers().filter(|header| rules::find(header.code).is_err()))
}

/// A shipped job that headquarters does not have: it makes some only once a feature is on.
fn not_made(context: &Context, word: &str) -> Result<Option<JobDetail>, CommandError> {
    if context.environment_if_any()?.is_none() {
        return Ok(None);
    }
    let shipped = shipped()?;
    Ok(shipped.find_job(word).map(|job| JobDetail::of(&shipped, job)))
}

/// What is told, and the pages that its sources name.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct WithPages<'a, T> {
    #[serde(flatten)]
    told: &'a T,
    /// The pages that its sources name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pages: Vec<SourcePage>,
}

impl<'a, T> WithPages<'a, T> {
    fn of(told: &'a T, sources: impl IntoIterator<Item = &'a String>) -> Self {
        Self { told, pages: named_in(sources.into_iter().map(String::as_str)) }
    }
}

impl<T: Report> Report for WithPages<'_, T> {
    fn text(&self, page: &mut Page) {
        self.told.text(page);
        for SourcePage { title, url, .. } in &self.pages {
            page.item(format!("{title}: {url}"));
        }
    }
}

/// Data inside the binary that does not load.
fn unreleased(error: &toml::de::Error) -> CommandError {
    let hint = Prose::hint("use a released cdx", Suggestion::Version);
    CommandError::usage("behaviours", error.to_string(), hint)
}

/// What there is to explain.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Contents {
    /// The doctor's rules.
    rules: Vec<&'static str>,
    /// The rules of `check`.
    check_rules: Vec<&'static str>,
    /// Jobs.
    jobs: Vec<String>,
    /// Jobs that are known and not modelled.
    known_jobs: Vec<String>,
    /// Features with demands of their own.
    features: Vec<String>,
    /// Other known features.
    known_features: Vec<String>,
    /// Behaviours of the product.
    behaviours: Vec<String>,
    /// Words of the field.
    words: Vec<String>,
    /// What is not modelled.
    not_modelled: Vec<String>,
}

impl Contents {
    fn read(context: &Context) -> Result<Self, CommandError> {
        let behaviours = behaviour::all().map_err(|error| unreleased(&error))?;
        let words = glossary().map_err(|error| unreleased(&error))?;
        let simplified = simplifications().map_err(|error| unreleased(&error))?;
        let (definitions, catalogue) = (known(context)?, super::features::catalogue(context)?);
        // Headquarters makes some jobs only once a feature is on.
        let own = definitions.jobs.iter().map(|job| job.id.to_string());
        let mut jobs: Vec<String> = own.collect();
        let shipped = shipped()?.jobs.into_iter().map(|job| job.id.to_string());
        jobs.extend(shipped.filter(|id| definitions.find_job(id).is_none()));
        let (known, gated): (Vec<&Gate>, Vec<&Gate>) =
            catalogue.gates.iter().partition(|gate| gate.known);
        let slugs = |gates: Vec<&Gate>| gates.iter().map(|gate| gate.slug.clone()).collect();
        Ok(Self {
            rules: rules::RULES.iter().map(|rule| rule.header.code).collect(),
            check_rules: check::headers().map(|header| header.code).collect(),
            jobs,
            known_jobs: not_modelled_ids().map(str::to_owned).collect(),
            features: slugs(gated),
            known_features: slugs(known),
            behaviours: behaviours.into_iter().map(|one| one.id).collect(),
            words: words.into_iter().map(|one| one.title).collect(),
            not_modelled: simplified.into_iter().map(|one| one.title).collect(),
        })
    }
}

impl Report for Contents {
    fn text(&self, page: &mut Page) {
        let listed = |names: &[String]| names.join(", ");
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let (rules, check_rules): (Vec<String>, Vec<String>) =
            (owned(&self.rules), owned(&self.check_rules));
        for (title, names) in [
            ("Rules of the doctor", &rules),
            ("Rules of check", &check_rules),
            ("Jobs", &self.jobs),
            ("Jobs that are known and not modelled", &self.known_jobs),
            ("Features", &self.features),
            ("Known features without demands of their own", &self.known_features),
            ("Behaviours", &self.behaviours),
            ("Words", &self.words),
            ("Not modelled", &self.not_modelled),
        ] {
            page.title(title);
            page.item(listed(names));
        }
        page.gap();
        page.line(Prose::hint("one of them", Suggestion::Explain("CDX303".to_owned())));
    }
}

impl Report for ExplainedWord {
    fn text(&self, page: &mut Page) {
        page.line(&self.title);
        page.item(&self.text);
        page.item(format!("{}: {}", self.grade.as_str(), self.source));
    }
}

/// Every rule in a line.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct RuleList {
    /// The rules.
    rules: Vec<RuleLine>,
}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct RuleLine {
    /// Its code.
    code: &'static str,
    /// Its name.
    name: &'static str,
    severity: Severity,
    /// What it checks.
    checks: &'static str,
}

impl RuleList {
    fn all() -> Self {
        let line = |header: &'static Header| {
            let Header { code, name, severity, checks, .. } = header;
            RuleLine { code, name, severity: *severity, checks }
        };
        Self { rules: every_rule().map(line).collect() }
    }
}

impl Report for RuleList {
    fn text(&self, page: &mut Page) {
        let row = |line: &RuleLine| {
            let RuleLine { code, name, severity, .. } = line;
            [(*code).to_owned(), (*name).to_owned(), severity.as_str().to_owned()]
        };
        page.table(["code", "name", "severity"], self.rules.iter().map(row).collect());
        page.item(Prose::hint("one of them", Suggestion::Explain("CDX303".to_owned())));
    }
}

/// What is written of a rule.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct RulePage {
    /// Its code.
    code: &'static str,
    /// Its name.
    name: &'static str,
    severity: Severity,
    /// What it checks.
    checks: &'static str,
    /// Why it matters.
    why: &'static str,
    /// How to fix it.
    how_to_fix: &'static str,
    /// The version that brought it.
    since: &'static str,
    /// How an environment gets there.
    example: Option<&'static str>,
    /// What is said of that.
    output: Option<&'static str>,
    /// Behaviours that it rests on.
    behaviours: &'static [&'static str],
    /// Where those were read.
    sources: &'static [Source],
}

impl RulePage {
    fn of(header: &'static Header, example: Option<rules::Example>) -> Self {
        let Header { code, name, severity, checks, why, how_to_fix, since, behaviours, sources } =
            header;
        Self {
            code,
            name,
            severity: *severity,
            checks,
            why,
            how_to_fix,
            since,
            example: example.map(|example| example.steps),
            output: example.map(|example| example.output),
            behaviours,
            sources,
        }
    }
}

impl Report for RulePage {
    fn text(&self, page: &mut Page) {
        page.line(format!("{} {} ({})", self.code, self.name, self.severity.as_str()));
        for (title, text) in [
            ("What it checks", format!("It checks {}.", self.checks)),
            ("Why it matters", self.why.to_owned()),
        ] {
            page.title(title);
            page.item(text);
        }
        if let (Some(steps), Some(output)) = (self.example, self.output) {
            page.title("Example, in a new environment");
            page.indented(steps);
            page.gap();
            page.indented(output);
        }
        page.title("How to fix it");
        page.item(self.how_to_fix);
        page.title("Since");
        page.item(self.since);
        page.title("Sources");
        for source in self.sources {
            let SourcePage { title, url, date, carries, .. } = source.page;
            let date = date.map_or_else(String::new, |date| format!(" ({date})"));
            page.item(format!("{}: {title}{date}, {url}", source.grade.as_str()));
            page.deeper(carries);
        }
        for id in self.behaviours {
            let explain = Suggestion::Explain((*id).to_owned());
            page.item(Prose::hint(format!("behaviour {id}"), explain));
        }
    }
}

/// What is known of a feature, without looking at any environment's state.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct FeaturePage {
    /// The slug.
    feature: String,
    /// The display name.
    name: String,
    /// The Spanish display name.
    name_es: Option<String>,
    /// Other names for it.
    also: Vec<String>,
    /// What it demands, and what is worth knowing.
    details: Vec<String>,
    /// How well it is supported: documented, inferred, assumed.
    grade: &'static str,
    /// Where it was read.
    source: String,
}

impl FeaturePage {
    fn of(gate: &Gate) -> Self {
        Self {
            feature: gate.slug.clone(),
            name: gate.name.clone(),
            name_es: gate.name_es.clone(),
            also: gate.also.clone(),
            details: page::lines(gate),
            grade: gate.evidence.grade.as_str(),
            source: gate.evidence.source.clone(),
        }
    }
}

impl Report for FeaturePage {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.feature, self.name));
        self.name_es.iter().chain(&self.also).for_each(|name| page.item(name));
        for detail in &self.details {
            page.item(detail);
        }
        let show = OfFeatures::Show(self.feature.clone());
        page.item(Prose::hint("how it stands here", show));
    }
}

impl Report for Simplification {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: not modelled", self.title));
        page.item(&self.text);
        page.item(&self.source);
    }
}

impl Report for Behaviour {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.id, self.title));
        page.item(&self.text);
        page.item(format!("{}: {}", self.grade.as_str(), self.source));
        if let Some(planned) = &self.planned {
            page.item(format!("planned: {planned}"));
        }
        if let Some(differ) = &self.differ {
            page.item(format!("sources differ: {differ}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{Safety, State};
    use crate::gates::gate::{Restart, Stage};
    use crate::gates::lifecycle::LifecycleEvent;
    use crate::gates::resolve::{RefusalKind, Status};
    use crate::gates::standing::FeatureEvent;
    use crate::gates::{check::StandingRule, diff, graph::Demand, in_effect::ChannelState, way};
    use crate::model::customer::{ContactType, ReceiptOption};
    use crate::model::evidence::Grade;
    use crate::model::field_set::SetterKind;
    use crate::model::job::Direction;
    use crate::model::log::LogEvent;
    use crate::model::operation::{Action, OperationKind, OperationStatus};
    use crate::model::pos::{CallOutcome, Path, ReasonCode};
    use crate::model::run::Phase;
    use crate::model::session::{FullReason, Mode};
    use crate::model::settings::UploadTopology;
    use crate::model::status::{DownloadStatus, UploadStatus};
    use crate::model::trace::{StepState, TraceStage};
    use crate::model::{replaced, topology::BatchState};
    use crate::runtime::Kind;
    use crate::store::feature_rows::Half;

    macro_rules! words {
        ($($of:ty),+ $(,)?) => {
            [$((stringify!($of), <$of>::ALL.iter().map(|one| one.as_str()).collect())),+]
        };
    }

    /// Whatever word stands in a result, the glossary has it.
    #[test]
    fn every_word_of_an_enum_that_results_show_is_explained() {
        let all: [(&str, Vec<&str>); 34] = words![
            Path,
            ReasonCode,
            CallOutcome,
            Kind,
            TraceStage,
            StepState,
            replaced::Cause,
            BatchState,
            OperationKind,
            Action,
            OperationStatus,
            ContactType,
            ReceiptOption,
            LogEvent,
            Direction,
            SetterKind,
            Phase,
            UploadTopology,
            Grade,
            Mode,
            FullReason,
            DownloadStatus,
            UploadStatus,
            Status,
            RefusalKind,
            ChannelState,
            way::StepKind,
            Stage,
            Restart,
            FeatureEvent,
            Demand,
            diff::Kind,
            LifecycleEvent,
            StandingRule,
        ];
        let more = words![Safety, State, Severity, Half];
        let words = glossary().unwrap();
        for (of, values) in all.iter().chain(&more) {
            for word in values {
                assert!(words.iter().any(|one| one.is_called(word)), "{of}: {word}");
            }
        }
    }
}
