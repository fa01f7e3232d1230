//! Markdown, for an e-mail, a pull request or the summary of a build: the verdict, a table of the
//! causes, then each with its evidence, its effect and the commands that fix it.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::examiner::Examiner;
use super::verdict::{counted, verdict};
use super::wording::{set_aside, unjudged};
use crate::diagnosis::group::{Group, groups};
use crate::diagnosis::{Diagnosis, Finding, Severity};
use crate::model::source::LineColumn;
use crate::model::suggestion::Suggestion;
use crate::report::markup::{fenced, inline};

/// So many causes are told before the rest is counted: a site takes only so long a text.
const MOST_CAUSES: usize = 60;

/// So many places, and commands, of a cause.
const MOST_PLACES: usize = 8;
const MOST_COMMANDS: usize = 20;

/// A diagnosis in Markdown, the most severe causes first.
///
/// What is accepted is left out and only counted; what the baseline knows says so.
pub fn markdown(diagnosis: &Diagnosis, threshold: Option<Severity>) -> String {
    let examiner = Examiner::of(diagnosis);
    let mut open: Vec<&Finding> =
        diagnosis.findings.iter().filter(|finding| !finding.suppressed).collect();
    open.sort_by_key(|finding| Reverse(finding.rank));
    let causes = groups(open);
    let shown = &causes[..causes.len().min(MOST_CAUSES)];
    let verdict = verdict(diagnosis, threshold);
    let mut text = format!("# {} {verdict}\n", examiner.name());
    table(&mut text, shown);
    for group in shown {
        cause(&mut text, group, examiner, diagnosis.env.as_deref());
    }
    if let Some(more) = causes.len().checked_sub(MOST_CAUSES).filter(|more| *more > 0) {
        let _ = write!(text, "\n{more} more causes are not shown here.\n");
    }
    let rules = diagnosis.rules.iter();
    let left: Vec<String> = rules
        .filter_map(|rule| Some(format!("- {} {}\n", rule.code, inline(&unjudged(rule)?))))
        .collect();
    if !left.is_empty() {
        let _ = write!(text, "\n## Not judged\n\n{}", left.concat());
    }
    let _ = write!(text, "\n{}\n", counted(diagnosis));
    text
}

fn table(text: &mut String, causes: &[Group<'_>]) {
    if causes.is_empty() {
        return;
    }
    text.push_str("\n| severity | cause | what is wrong | where |\n|---|---|---|---|\n");
    for group in causes {
        let Some(first) = group.first() else { continue };
        let severity = if first.baseline { "known" } else { first.severity.as_str() };
        let (title, place) = (inline(&first.title), inline(&place(group)));
        let _ =
            writeln!(text, "| {severity} | {} {} | {title} | {place} |", first.code, first.name);
    }
}

fn cause(text: &mut String, group: &Group<'_>, examiner: Examiner, env: Option<&str>) {
    let Some(first) = group.first() else { return };
    let (code, name, severity) = (first.code, first.name, first.severity.as_str());
    let _ = write!(text, "\n## {code} {name}: {}\n\n", inline(&first.title));
    let _ = write!(text, "{severity}: {}\n\n", inline(&place(group)));
    let (evidence, more) = group.evidence();
    for line in &evidence {
        let _ = writeln!(text, "- {}", inline(line));
    }
    for place in first.related.iter().take(MOST_PLACES) {
        let at = format!("{}:{}: {}", place.file, place.line, place.message);
        let _ = writeln!(text, "- {}", inline(&at));
    }
    if more > 0 {
        let _ = writeln!(text, "- {more} more");
    }
    if !evidence.is_empty() || !first.related.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "Effect: {}", inline(&first.effect));
    if let Some(why) = set_aside(first, examiner) {
        let _ = write!(text, "\n{}\n", inline(&why));
    }
    fix(text, group, first, env);
}

fn fix(text: &mut String, group: &Group<'_>, first: &Finding, env: Option<&str>) {
    if !first.caused_by.is_empty() {
        let mut codes: Vec<&str> = first.caused_by.iter().map(|cause| cause.code).collect();
        codes.dedup();
        let _ = write!(text, "\nCaused by {}, and ends with it.\n", codes.join(", "));
        return;
    }
    let Some(fix) = &first.fix else {
        let explain = Suggestion::Explain(first.code.to_owned()).typed(None);
        let _ = write!(text, "\nNo command fixes it; see `{explain}`.\n");
        return;
    };
    let commands = group.commands();
    let shown = commands.iter().take(MOST_COMMANDS).map(|command| command.typed(env));
    let mut lines: Vec<String> = shown.collect();
    if let Some(more) = commands.len().checked_sub(MOST_COMMANDS).filter(|more| *more > 0) {
        lines.push(format!("# and {more} more"));
    }
    let _ = write!(text, "\nTo fix it ({}):\n\n{}", fix.safety.as_str(), fenced(&lines));
}

/// The channels and other subjects of a cause, or its places in files.
fn place(group: &Group<'_>) -> String {
    let files: Vec<String> = group.findings.iter().filter_map(|finding| in_file(finding)).collect();
    let mut named: Vec<String> = if files.is_empty() {
        let channels = group.channels().into_iter().map(str::to_owned);
        channels.chain(group.subjects()).collect()
    } else {
        files
    };
    if named.is_empty() {
        return "headquarters".to_owned();
    }
    let more = named.len().saturating_sub(MOST_PLACES);
    named.truncate(MOST_PLACES);
    let shown = named.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn in_file(finding: &Finding) -> Option<String> {
    let file = finding.subject.in_file()?;
    match finding.subject.position() {
        Some(LineColumn { line, .. }) => Some(format!("{file}:{line}")),
        None => Some(file.to_owned()),
    }
}
