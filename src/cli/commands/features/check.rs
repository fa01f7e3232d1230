//! `cdx features check`: every gate rule, against the environment or a file.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::entity::{read, tell_unmatched};
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::Catalogue;
use crate::gates::check::{Violation, check};
use crate::gates::import::import;
use crate::gates::matching::UnmatchedRow;
use crate::gates::resolve::{Consent, Refusal};
use crate::model::suggestion::Prose;
use crate::report::page::{Page, Report, count};
use crate::store::features;

#[derive(Debug, Serialize, JsonSchema)]
struct ViolationReport {
    /// The file that was checked; null for the environment.
    file: Option<String>,
    /// What the environment breaks, or would break after the import.
    violations: Vec<ViolationLine>,
    /// What headquarters would refuse of the file.
    refused: Vec<Refusal>,
    /// Rows that match no feature here, each with why.
    unmatched: Vec<UnmatchedRow>,
    /// How many these are.
    unknown: usize,
}

/// A rule that is broken, with its command as it is typed here.
#[derive(Debug, Serialize, JsonSchema)]
struct ViolationLine {
    #[serde(flatten)]
    rule: Violation,
    /// What to do about it.
    hint: String,
}

impl ViolationReport {
    fn keeps_every_rule(&self) -> bool {
        self.violations.is_empty() && self.refused.is_empty()
    }
}

outcomes! {
    ViolationReport: "features check";
}

impl Report for ViolationReport {
    fn text(&self, page: &mut Page) {
        tell_unmatched(page, &self.unmatched);
        let what = self.file.as_deref().unwrap_or("this environment");
        if self.keeps_every_rule() {
            page.line(format!("{what} keeps every gate rule"));
        } else {
            let broken = self.violations.len() + self.refused.len();
            page.line(format!("{what} breaks {}", count(broken as u64, "gate rule")));
        }
        for refusal in &self.refused {
            page.item(format!("{}: {}", refusal.whose(), refusal.message));
        }
        for violation in &self.violations {
            page.item(format!("{}: {}", violation.rule.feature, violation.rule.message));
            page.item(Prose::from("  ").and_command(violation.rule.hint.clone()));
        }
    }
}

pub(super) fn run(
    context: &Context,
    catalogue: &Catalogue,
    file: Option<&Path>,
    strict: bool,
) -> Result<Exit, CommandError> {
    let reader = context.reader()?;
    let mut standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let mut report = ViolationReport {
        file: file.map(|path| path.display().to_string()),
        violations: Vec::new(),
        refused: Vec::new(),
        unmatched: Vec::new(),
        unknown: 0,
    };
    if let Some(path) = file {
        // Consent is asked for when the file is imported.
        let agreed = Consent { confirm: true, irreversible: true };
        let done = import(catalogue, &standing, &read(path)?, agreed);
        report.unknown = done.unmatched.len();
        report.unmatched = done.unmatched;
        done.changes.iter().for_each(|change| standing.apply(change));
        report.refused = done.refused;
    }
    let env = context.named_env();
    let told = |rule: Violation| ViolationLine { hint: rule.hint.typed(env.as_deref()), rule };
    report.violations = check(catalogue, &standing).into_iter().map(told).collect();
    let keeps = report.keeps_every_rule() && !(strict && report.unknown > 0);
    let exit = if keeps { Exit::Done } else { Exit::No };
    context.end(exit, &report)
}
