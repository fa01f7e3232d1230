//! What the formats say alike: a finding's subject, its particulars, and text that is safe to show.

use super::examiner::Examiner;
use crate::diagnosis::{Finding, Severity, Subject};
use crate::diagnosis::{Outcome, State};
use crate::model::safe::document;

/// What a finding is about, as people read it: `channel houston / job 1110`.
///
/// Whatever has no name of its own, such as a parameter or an operation, stands without a label.
pub(super) fn subject(subject: &Subject) -> String {
    let worded = subject.parts().into_iter().map(|(name, value)| match name {
        "key" => value,
        _ => format!("{name} {value}"),
    });
    let text = worded.collect::<Vec<_>>().join(" / ");
    if text.is_empty() { "environment".to_owned() } else { text }
}

/// Evidence, effect and the commands that fix it, a line each.
pub(super) fn particulars(finding: &Finding) -> String {
    let mut lines: Vec<String> = finding.evidence.iter().map(|row| format!("- {row}")).collect();
    lines.push(finding.effect.clone());
    if let Some(fix) = &finding.fix {
        lines.push(format!("To fix it ({}):", fix.safety.as_str()));
        lines.extend(fix.commands());
    }
    lines.join("\n")
}

/// Why a finding does not count; none for one that does.
pub(super) fn set_aside(finding: &Finding, examiner: Examiner) -> Option<String> {
    if !finding.suppressed {
        return finding.baseline.then(|| "Known before, in the baseline.".to_owned());
    }
    let reason = finding.suppressed_because.as_deref().unwrap_or("no reason is given");
    Some(format!("Accepted in {}: {reason}", examiner.accepting()))
}

/// What a rule could not look at; none where it looked everywhere.
pub(super) fn unjudged(rule: &Outcome) -> Option<String> {
    let what = match rule.state {
        State::Crashed => "could not be carried out",
        State::Passed | State::Failed if rule.reasons.is_empty() => return None,
        State::Passed | State::Failed | State::Skipped => "could not look everywhere",
    };
    Some(format!("{what}: {}", rule.reasons.join("\n")))
}

/// The word SARIF has for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Text without characters that XML forbids or a terminal obeys; line ends stay.
pub(super) fn printable(text: &str) -> String {
    document(text).replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_labelled_by_its_parts() {
        assert_eq!(subject(&Subject::channel("a b").with_job("1110")), "channel a b / job 1110");
        assert_eq!(subject(&Subject::key("try-count")), "try-count");
        assert_eq!(subject(&Subject::default()), "environment");
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(printable("a\r\nb\tc"), "a\nb c");
        assert_eq!(printable("\0\u{1b}[31m\r\u{7f}"), "\\u{0}\\u{1b}[31m\\r\\u{7f}");
        assert_eq!(printable("\u{85}\u{ffff}ñ😀"), "\\u{85}\\u{ffff}ñ😀");
    }
}
