//! What `cdx doctor --fix` ran.

use crate::cli::outcome::outcomes;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, Report};

/// The commands of the safe fixes, and what came of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Fixes {
    /// Whether nothing was run.
    pub(super) dry_run: bool,
    /// The commands, in order.
    pub(super) commands: Vec<FixStep>,
}

/// One command.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FixStep {
    /// The command.
    pub(super) command: String,
    #[serde(skip)]
    pub(super) suggestion: Suggestion,
    /// Its exit code; none when it was only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exit: Option<u8>,
    /// What kept it from being carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

outcomes! {
    Fixes: "doctor";
}

impl Report for Fixes {
    fn text(&self, page: &mut Page) {
        if self.commands.is_empty() {
            page.line("There is no safe fix to run");
        } else if self.dry_run {
            page.line("Would be run, in this order:");
        } else {
            page.line("Run, in this order:");
        }
        for ran in &self.commands {
            let end = match (ran.exit, &ran.error) {
                (_, Some(error)) => format!(": {error}"),
                (Some(0) | None, _) => String::new(),
                (Some(exit), _) => format!(": exit {exit}"),
            };
            page.item(Prose::from(ran.suggestion.clone()).and(end));
        }
    }
}
