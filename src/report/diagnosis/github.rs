//! GitHub's workflow commands: a line that annotates a run for each finding.

use std::fmt::Write as _;

use super::examiner::Examiner;
use super::verdict::counted;
use super::wording::{printable, set_aside, unjudged};
use crate::diagnosis::group::{Group, groups};
use crate::diagnosis::{Diagnosis, Finding, Severity, State};
use crate::model::source::LineColumn;

/// A diagnosis as GitHub's workflow commands, and a last line with the counts: a line for each
/// cause in an environment, since GitHub shows only so many of a step, and for each place in a
/// repository.
///
/// What is accepted is left out and only counted; what the baseline knows is a
/// notice. A rule that could not look everywhere is a notice, one that crashed a warning.
pub fn github(diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    let examiner = Examiner::of(diagnosis);
    let open = diagnosis.findings.iter().filter(|finding| !finding.suppressed);
    let told = match examiner {
        Examiner::Doctor => groups(open),
        Examiner::Check => open.map(|finding| Group { findings: vec![finding] }).collect(),
    };
    for group in told {
        let Some(first) = group.first() else { continue };
        let mut message = match examiner {
            Examiner::Doctor => format!("{}: ", place(&group)),
            Examiner::Check => String::new(),
        };
        let _ = write!(
            message,
            "{}\n{}",
            first.title,
            particulars(&group, first, diagnosis.env.as_deref())
        );
        if let Some(why) = set_aside(first, examiner) {
            let _ = write!(message, "\n{why}");
        }
        text.push_str(&command(level(first), &region(first), first.code, first.name, &message));
    }
    for rule in &diagnosis.rules {
        if let Some(message) = unjudged(rule) {
            let level = if rule.state == State::Crashed { "warning" } else { "notice" };
            text.push_str(&command(level, "", rule.code, rule.name, &message));
        }
    }
    let _ = writeln!(text, "{}: {}", examiner.name(), counted(diagnosis));
    text
}

/// The channels a cause concerns, and what else it is about.
fn place(group: &Group<'_>) -> String {
    let channels = group.channels();
    let channels = match channels.len() {
        0 => None,
        1 => Some(format!("channel {}", channels[0])),
        _ => Some(format!("channels {}", channels.join(", "))),
    };
    let subjects = Some(group.subjects().join("; ")).filter(|subjects| !subjects.is_empty());
    channels.into_iter().chain(subjects).collect::<Vec<_>>().join(" / ")
}

/// Evidence, effect and the commands that fix all of a cause, a line each.
fn particulars(group: &Group<'_>, first: &Finding, env: Option<&str>) -> String {
    let (evidence, more) = group.evidence();
    let mut lines: Vec<String> = evidence.iter().map(|row| format!("- {row}")).collect();
    if more > 0 {
        lines.push(format!("- {more} more"));
    }
    lines.push(first.effect.clone());
    if let Some(fix) = &first.fix {
        lines.push(format!("To fix it ({}):", fix.safety.as_str()));
        lines.extend(group.commands().iter().map(|command| command.typed(env)));
    }
    lines.join("\n")
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if finding.baseline => "notice",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// The properties that place a finding in a file; none of one of an environment.
fn region(finding: &Finding) -> String {
    let Some(file) = finding.subject.in_file() else { return String::new() };
    let mut text = format!("file={},", property(file));
    if let Some(LineColumn { line, column }) = finding.subject.position() {
        let _ = write!(text, "line={line},col={column},");
    }
    if let Some(LineColumn { line, column }) = finding.end {
        let _ = write!(text, "endLine={line},endColumn={column},");
    }
    text
}

fn command(level: &str, place: &str, code: &str, name: &str, message: &str) -> String {
    let title = property(&format!("{code} {name}"));
    format!("::{level} {place}title={title}::{}\n", data(message))
}

/// A message: what would end the line is escaped.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: what would end it is escaped as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        for (text, message, title) in [
            ("plain", "plain", "plain"),
            ("100%", "100%25", "100%25"),
            ("a\nb", "a%0Ab", "a%0Ab"),
            ("a\r\nb", "a%0Ab", "a%0Ab"),
            ("a\rb", "a\\rb", "a\\rb"),
            ("%0A", "%250A", "%250A"),
            ("a::b", "a::b", "a%3A%3Ab"),
            ("a,b=c", "a,b=c", "a%2Cb=c"),
            ("::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"),
            ("ñ😀", "ñ😀", "ñ😀"),
        ] {
            assert_eq!(data(text), message, "{text:?}");
            assert_eq!(property(text), title, "{text:?}");
        }
    }
}
