//! A diagnosis in one line: how much was found, and the first cause with its command; for prompts
//! and chat.

use super::verdict::found;
use crate::diagnosis::fix::together;
use crate::diagnosis::group::groups;
use crate::diagnosis::{Diagnosis, Finding};
use crate::model::safe;
use crate::model::suggestion::{Prose, Suggestion};

/// So many channels are named before the rest is counted.
const MOST_CHANNELS: usize = 3;

/// The line, with its end; plain, and never wrapped.
pub fn one_line(diagnosis: &Diagnosis) -> String {
    let mut line = found(diagnosis);
    let counts = |finding: &&Finding| finding.counts();
    let mut open: Vec<&Finding> = diagnosis.findings.iter().filter(counts).collect();
    open.sort_by_key(|finding| std::cmp::Reverse(finding.rank));
    if let Some(group) = groups(open).first()
        && let Some(first) = group.first()
    {
        let channels = group.channels();
        let place = match channels.len().saturating_sub(MOST_CHANNELS) {
            _ if channels.is_empty() => String::new(),
            0 => format!(" in {}", channels.join(", ")),
            more => format!(" in {} and {more} more", channels[..MOST_CHANNELS].join(", ")),
        };
        let command = if first.fix.is_some() && first.caused_by.is_empty() {
            Prose::chain(&together(group.fixes()))
        } else {
            Suggestion::Explain(first.code.to_owned()).into()
        };
        let command = command.text(diagnosis.env.as_deref());
        line = format!("{line}; {} {}{place}: {command}", first.code, first.title);
    }
    safe::line(&line) + "\n"
}
