//! What is written of a rule: `cdx explain CDX303` and `docs/rules.md`.

use std::fmt::Write as _;

use super::rule::{Depth, Rule};
use super::rules::{Example, RULES, example};
use crate::diagnosis::page;
use crate::model::source_pages::ALL;

/// A rule's page in Markdown, without its heading.
pub(crate) fn body(rule: &Rule) -> String {
    let depth = match rule.depth {
        Depth::Quick => "",
        Depth::AndRows => " Rows are compared only without `--quick`.",
        Depth::EveryRow => " It reads every row, so that `--quick` leaves it out.",
    };
    let example = example(rule).map_or_else(String::new, |Example { steps, output }| {
        format!(
            "**Example.** In a new environment:\n\n```text\n{}\n```\n\nthe doctor says:\n\n\
             ```text\n{}\n```\n\n",
            shown(steps),
            output.trim_end()
        )
    });
    page::body(&rule.header, depth, &example)
}

/// The steps without the comments that only matter to whoever keeps them.
fn shown(steps: &str) -> String {
    let lines = steps.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// The page `docs/rules.md`.
pub(crate) fn markdown() -> String {
    let rules: Vec<_> = RULES.iter().map(|rule| (&rule.header, body(rule))).collect();
    let mut text = format!(
        "# What `cdx doctor` looks for\n\nA code is never used again for anything else. \
         **error**: something is lost or does not work. **warning**: it will. **info**: worth \
         knowing.\n\n{}",
        page::markdown(&rules)
    );
    text.push_str("\n## Sources\n\n| page | what it carries here |\n|---|---|\n");
    for one in ALL {
        let _ = writeln!(text, "| {} | {} |", page::link(one), one.carries);
    }
    text
}
