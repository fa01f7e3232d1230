//! `cdx features export` and `import`: the "Feature management" data entity (G10).

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::Catalogue;
use crate::gates::after::After;
use crate::gates::check::{StandingRule, Violation, check};
use crate::gates::import::{self, EntityRow, RowOutcome};
use crate::gates::matching::UnmatchedRow;
use crate::gates::resolve::{Consent, Features, Refusal, RefusalKind};
use crate::gates::standing::Standing;
use crate::model::ids::JobId;
use crate::model::suggestion::{OfFeatures, Prose, Suggestion};
use crate::report::page::{Page, Report, count};
use crate::store::{entity, features};

outcomes! {
    ExportReport: "features export";
    ImportReport: "features import";
}

/// Reads a file of the entity.
pub(super) fn read(path: &Path) -> Result<Vec<EntityRow>, CommandError> {
    named(path, entity::READ)?;
    Ok(entity::read(path)?)
}

fn named(path: &Path, endings: &[&str]) -> Result<(), CommandError> {
    if entity::ends_in(path, endings) {
        return Ok(());
    }
    let mut message = format!("{} is none of .{}", path.display(), endings.join(", ."));
    if entity::ends_in(path, &["json"]) {
        message.push_str("; an answer of GetFeatureStates is checked with --channel");
    }
    let export = OfFeatures::Export { file: "features.csv".to_owned(), force: false };
    Err(CommandError::usage("file-kind", message, Suggestion::from(export)))
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExportReport {
    /// The file.
    file: String,
    /// How many rows it has.
    rows: usize,
}

impl Report for ExportReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.file, count(self.rows as u64, "feature")));
    }
}

pub(super) fn export(
    context: &Context,
    catalogue: &Catalogue,
    path: &Path,
    force: bool,
) -> Result<Exit, CommandError> {
    named(path, entity::WRITTEN)?;
    let reader = context.reader()?;
    let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let rows = import::export(catalogue, &standing);
    entity::write(path, &rows, standing.today, force)?;
    context.done(&ExportReport { file: path.display().to_string(), rows: rows.len() })
}

#[derive(Debug, Serialize, JsonSchema)]
struct ImportReport {
    /// The file.
    file: String,
    /// Slugs of what was changed, in order.
    changed: Vec<String>,
    /// What each row came to, and by which rule.
    rules: Vec<RowOutcome>,
    /// What was not done, and why.
    refused: Vec<Refusal>,
    /// Rows that say what headquarters says already.
    unchanged: usize,
    /// Rows that match no feature here, each with why.
    unmatched: Vec<UnmatchedRow>,
    /// Their names.
    unknown: Vec<String>,
    /// The jobs that bring it to the channels.
    next_jobs: Vec<JobId>,
    /// Whether nothing was changed.
    dry_run: bool,
    #[serde(skip)]
    strict: bool,
    #[serde(skip)]
    notes: Vec<Prose>,
    #[serde(skip)]
    after: After,
}

impl Report for ImportReport {
    fn text(&self, page: &mut Page) {
        tell_unmatched(page, &self.unmatched);
        if self.refused.is_empty() && self.strict && !self.unmatched.is_empty() {
            let rows = count(self.unmatched.len() as u64, "row");
            page.line(format!("{} is not imported: {rows} of no feature", self.file));
            return;
        }
        if !self.refused.is_empty() {
            page.line(format!("{} is not imported", self.file));
            for refusal in &self.refused {
                page.item(format!("{}: {}", refusal.whose(), refusal.message));
            }
            let file = || self.file.clone();
            let asks = |kind| self.refused.iter().any(|refusal| refusal.kind == kind);
            let consent = Consent {
                confirm: asks(RefusalKind::Confirmation),
                irreversible: asks(RefusalKind::Irreversible),
            };
            if consent != Consent::default() {
                let import = OfFeatures::Import { file: file(), consent };
                page.item(Prose::hint("agree to it", import));
            }
            let check = OfFeatures::Check(Some(file()));
            page.item(Prose::hint("see every rule it breaks", check));
            return;
        }
        let would = if self.dry_run { " (nothing is written)" } else { "" };
        page.line(format!(
            "{}: {}, {} unchanged{would}",
            self.file,
            count(self.changed.len() as u64, "change"),
            self.unchanged
        ));
        for ruled in &self.rules {
            let RowOutcome { line, effect, feature, rule, .. } = ruled;
            let date = ruled.date.as_ref().map(|date| format!(" for {date}")).unwrap_or_default();
            let why = rule.describe();
            page.item(format!("line {line}: {effect} {feature}{date} (rule {rule}: {why})"));
        }
        for note in &self.notes {
            page.item(note);
        }
        self.after.lines().iter().for_each(|line| page.item(line));
    }
}

/// Rows that match nothing are told before the result (G18).
pub(super) fn tell_unmatched(page: &mut Page, unmatched: &[UnmatchedRow]) {
    for one in unmatched {
        page.line(one.told());
    }
}

/// How an import is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct HowToImport {
    pub(super) consent: Consent,
    pub(super) dry_run: bool,
    /// Nothing is imported where a row matches no feature.
    pub(super) strict: bool,
}

pub(super) fn import(
    context: &Context,
    catalogue: &Catalogue,
    path: &Path,
    how: HowToImport,
) -> Result<Exit, CommandError> {
    let HowToImport { consent, dry_run, strict } = how;
    let rows = read(path)?;
    let decide = |standing: &Standing| {
        let mut done = import::import(catalogue, standing, &rows, consent);
        if strict && !done.unmatched.is_empty() {
            done.changes.clear();
        }
        done
    };
    let (standing, done) = if dry_run {
        let reader = context.reader()?;
        let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
        let done = decide(&standing);
        (standing, done)
    } else {
        context.change(|writer| {
            let standing = features::standing(&writer.hq, catalogue, &writer.world.clock)?;
            let done = decide(&standing);
            let now = writer.world.clock.utc();
            let (hq, command) = (&writer.hq, &context.command);
            features::apply(hq, catalogue, &done.changes, command, &now)?;
            Ok((standing, done))
        })?
    };
    let mut after = standing.clone();
    done.changes.iter().for_each(|change| after.apply(change));
    let own = |one: &Violation| {
        one.kind == StandingRule::Schedule && done.changes.iter().any(|c| c.slug == one.feature)
    };
    let early = check(catalogue, &after).into_iter().filter(own);
    let notes = early.map(|one| Prose::hint(one.message, one.hint)).collect();
    let left = After::of(Features { catalogue, standing: &standing }, &done.changes);
    let refused = !done.refused.is_empty() || strict && !done.unmatched.is_empty();
    let exit = if refused { Exit::No } else { Exit::Done };
    context.end(
        exit,
        &ImportReport {
            file: path.display().to_string(),
            next_jobs: Features { catalogue, standing: &standing }.next_jobs(&done.changes),
            changed: done.changes.into_iter().map(|change| change.slug).collect(),
            rules: done.ruled,
            refused: done.refused,
            unchanged: done.unchanged,
            unknown: done.unmatched.iter().map(|one| one.name.clone()).collect(),
            unmatched: done.unmatched,
            dry_run,
            strict,
            notes,
            after: left,
        },
    )
}
