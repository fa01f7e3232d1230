//! What is written of a rule: `cdx explain CDX303` and `docs/rules.md`.

use std::fmt::Write as _;

use super::rule::{Depth, Rule};
use super::rules::{Example, RULES, example};
use crate::diagnosis::Header;
use crate::model::source_pages::{ALL, SourcePage};

/// A rule's page in Markdown, without its heading.
pub(crate) fn body(rule: &Rule) -> String {
    let mut text = String::new();
    let depth = match rule.depth {
        Depth::Quick => "",
        Depth::AndRows => " Rows are compared only without `--quick`.",
        Depth::EveryRow => " It reads every row, so that `--quick` leaves it out.",
    };
    let _ = writeln!(text, "**What it checks.** It checks {}.{depth}\n", rule.header.checks.trim());
    let _ = writeln!(text, "**Why it matters.** {}\n", rule.header.why);
    if let Some(Example { steps, output }) = example(rule) {
        let _ = writeln!(
            text,
            "**Example.** In a new environment:\n\n```text\n{}\n```\n\nthe doctor says:\n\n\
             ```text\n{}\n```\n",
            shown(steps),
            output.trim_end()
        );
    }
    let _ = writeln!(text, "**How to fix it.** {}\n", rule.header.how_to_fix);
    let _ = writeln!(text, "**Since.** {}\n", rule.header.since);
    let behaviours = if rule.header.behaviours.is_empty() {
        String::new()
    } else {
        format!(" Behaviours {}.", rule.header.behaviours.join(", "))
    };
    let sources: Vec<String> = rule
        .header
        .sources
        .iter()
        .map(|source| format!("{} ({})", link(&source.page), source.grade.as_str()))
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
fn link(page: &SourcePage) -> String {
    let url = page.url.strip_prefix("docs/").unwrap_or(page.url);
    let date = page.date.map_or_else(String::new, |date| format!(", {date}"));
    format!("[{}]({url}){date}", page.title)
}

/// The page `docs/rules.md`.
pub(crate) fn markdown() -> String {
    let mut text = String::from(
        "# What `cdx doctor` looks for\n\nA code is never used again for anything else. **error**: \
         something is lost or does not work. **warning**: it will. **info**: worth knowing.\n\n\
         | code | name | severity | it checks |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let Header { code, name, severity, checks, .. } = &rule.header;
        let _ = writeln!(
            text,
            "| {code} | [{name}](#{}-{name}) | {} | {} |",
            code.to_lowercase(),
            severity.as_str(),
            checks.replace('\n', " ")
        );
    }
    for rule in RULES {
        let _ = write!(text, "\n## {} {}\n\n{}", rule.header.code, rule.header.name, body(rule));
    }
    text.push_str("\n## Sources\n\n| page | what it carries here |\n|---|---|\n");
    for page in ALL {
        let _ = writeln!(text, "| {} | {} |", link(page), page.carries);
    }
    text
}
