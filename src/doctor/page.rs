//! What is written of a rule: `cdx explain CDX303` and `docs/rules.md`.

use std::fmt::Write as _;

use super::registry::RULES;
use super::rule::{Depth, Rule};

/// A rule's example: what was done to a new environment, and what the doctor then said.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The steps of the fixture.
    pub steps: &'static str,
    /// The output.
    pub output: &'static str,
}

macro_rules! examples {
    ($($name:literal),+ $(,)?) => {
        &[$((
            $name,
            Example {
                steps: include_str!(concat!("../../fixtures/rules/", $name, "/broken.txt")),
                output: include_str!(concat!("../../fixtures/rules/", $name, "/output.txt")),
            },
        )),+]
    };
}

const EXAMPLES: &[(&str, Example)] = examples![
    "prerequisite-missing",
    "feature-below-version",
    "mandatory-feature-off",
    "schedule-before-prerequisite",
    "feature-half-synchronized",
    "gate-configuration-missing",
    "feature-changes-on-upgrade",
    "feature-not-distributed",
    "session-failed",
    "session-suspended",
    "session-stuck",
    "group-not-scheduled",
    "data-sync-paused",
    "try-count-high",
    "applied-out-of-order",
    "package-gone",
    "value-too-long",
    "channel-drift",
    "excluded-job-empties",
    "extension-row-late",
    "session-flood",
    "job-never-applied",
    "feature-jobs-incomplete",
    "stale-cache",
    "cache-instances-disagree",
    "lingering-real-time-calls",
    "real-time-by-choice",
    "operation-fails",
    "upload-not-collected",
    "upload-not-applied",
    "upload-schedule-broken",
    "upload-failed",
    "counter-regression",
    "purge-before-upload",
    "parallel-upload",
    "warnings-hidden",
    "rollback-on-failure",
    "rows-unaccounted",
    "operation-unfinished",
    "customer-operation-failed",
    "customer-batch-pending",
    "account-not-returned",
    "recurring-jobs-missing",
    "default-customer-missing",
    "operation-left-fields",
    "scheduler-not-initialized",
    "job-definition-differs",
    "mapping-broken",
    "upload-table-unfit",
    "database-damaged",
    "database-replaced",
    "suppression-unused",
];

/// The example of a rule.
pub fn example(rule: &Rule) -> Option<Example> {
    EXAMPLES.iter().find(|(name, _)| *name == rule.name).map(|(_, example)| *example)
}

/// A rule's page in Markdown, without its heading.
pub fn body(rule: &Rule) -> String {
    let mut text = String::new();
    let depth = match rule.depth {
        Depth::Quick => "",
        Depth::AndRows => " Rows are compared only without `--quick`.",
        Depth::EveryRow => " It reads every row, so that `--quick` leaves it out.",
    };
    let _ = writeln!(text, "**What it checks.** It checks {}.{depth}\n", rule.checks.trim());
    let _ = writeln!(text, "**Why it matters.** {}\n", rule.why);
    if let Some(Example { steps, output }) = example(rule) {
        let _ = writeln!(
            text,
            "**Example.** In a new environment:\n\n```text\n{}\n```\n\nthe doctor says:\n\n\
             ```text\n{}\n```\n",
            shown(steps),
            output.trim_end()
        );
    }
    let _ = writeln!(text, "**How to fix it.** {}\n", rule.how_to_fix);
    let _ = writeln!(text, "**Since.** {}\n", rule.since);
    let behaviours = if rule.behaviours.is_empty() {
        String::new()
    } else {
        format!(" Behaviours {}.", rule.behaviours.join(", "))
    };
    let sources: Vec<String> = rule
        .sources
        .iter()
        .map(|source| format!("{} ({})", link(source.url), source.grade.as_str()))
        .collect();
    let _ = writeln!(text, "**Sources.** {}.{behaviours}", sources.join(", "));
    text
}

/// The steps without the comments that only matter to whoever keeps them.
fn shown(steps: &str) -> String {
    let lines = steps.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A page elsewhere is linked as it is, one of ours from beside `docs/rules.md`.
fn link(url: &str) -> String {
    match url.strip_prefix("docs/") {
        Some(own) => format!("[{own}]({own})"),
        None => format!("<{url}>"),
    }
}

/// The page `docs/rules.md`.
pub fn markdown() -> String {
    let mut text = String::from(
        "# What `cdx doctor` looks for\n\nA code is never used again for anything else. **error**: \
         something is lost or does not work. **warning**: it will. **info**: worth knowing.\n\n\
         | code | name | severity | it checks |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let Rule { code, name, severity, checks, .. } = rule;
        let _ = writeln!(
            text,
            "| {code} | [{name}](#{}-{name}) | {} | {} |",
            code.to_lowercase(),
            severity.as_str(),
            checks.replace('\n', " ")
        );
    }
    for rule in RULES {
        let _ = write!(text, "\n## {} {}\n\n{}", rule.code, rule.name, body(rule));
    }
    text
}
