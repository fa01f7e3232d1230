//! What is written of a rule, whatever it looks at.

use std::fmt::Write as _;

use super::header::Header;
use crate::model::source_pages::SourcePage;

/// A rule's page in Markdown, without its heading: `more` belongs to what it checks, an example
/// stands behind why it matters.
pub(crate) fn body(header: &Header, more: &str, example: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "**What it checks.** It checks {}.{more}\n", header.checks.trim());
    let _ = writeln!(text, "**Why it matters.** {}\n", header.why);
    text.push_str(example);
    let _ = writeln!(text, "**How to fix it.** {}\n", header.how_to_fix);
    let _ = writeln!(text, "**Since.** {}\n", header.since);
    let behaviours = if header.behaviours.is_empty() {
        String::new()
    } else {
        format!(" Behaviours {}.", header.behaviours.join(", "))
    };
    let sources: Vec<String> = header
        .sources
        .iter()
        .map(|source| format!("{} ({})", link(&source.page), source.grade.as_str()))
        .collect();
    let _ = writeln!(text, "**Sources.** {}.{behaviours}", sources.join(", "));
    text
}

/// A page elsewhere is linked as it is, one of ours from beside the page of the rules.
pub(crate) fn link(page: &SourcePage) -> String {
    let url = page.url.strip_prefix("docs/").unwrap_or(page.url);
    let date = page.date.map_or_else(String::new, |date| format!(", {date}"));
    format!("[{}]({url}){date}", page.title)
}

/// A table of rules that leads to their pages, and the pages.
pub(crate) fn markdown(rules: &[(&Header, String)]) -> String {
    let mut text = String::from("| code | name | severity | it checks |\n|---|---|---|---|\n");
    for (Header { code, name, severity, checks, .. }, _) in rules {
        let _ = writeln!(
            text,
            "| {code} | [{name}](#{}-{name}) | {} | {} |",
            code.to_lowercase(),
            severity.as_str(),
            checks.replace('\n', " ")
        );
    }
    for (header, body) in rules {
        let _ = write!(text, "\n## {} {}\n\n{body}", header.code, header.name);
    }
    text
}
