//! GitHub's workflow commands: a line that annotates a run for each finding.

use std::fmt::Write as _;

use super::wording::{particulars, printable, set_aside, subject, unjudged};
use crate::doctor::examine::{Checks, State};
use crate::doctor::{Diagnosis, Finding, Severity};
use crate::report::page::count;

/// A diagnosis as GitHub's workflow commands, a line for each finding, and a last line with the
/// counts.
///
/// What is accepted in `cdx.toml` is left out and only counted; what the baseline knows is a
/// notice. A rule that could not look everywhere is a notice, one that crashed a warning.
pub fn github(diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    for finding in diagnosis.findings.iter().filter(|finding| !finding.suppressed) {
        let about = subject(&finding.subject);
        let mut message = format!("{about}: {}\n{}", finding.title, particulars(finding));
        if let Some(why) = set_aside(finding) {
            let _ = write!(message, "\n{why}");
        }
        text.push_str(&command(level(finding), finding.code, finding.name, &message));
    }
    for rule in &diagnosis.rules {
        if let Some(message) = unjudged(rule) {
            let level = if rule.state == State::Crashed { "warning" } else { "notice" };
            text.push_str(&command(level, rule.code, rule.name, &message));
        }
    }
    text.push_str(&counts(diagnosis));
    text
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        _ if finding.baseline => "notice",
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn command(level: &str, code: &str, name: &str, message: &str) -> String {
    let title = property(&format!("{code} {name}"));
    format!("::{level} title={title}::{}\n", data(message))
}

/// A message: what would end the line is escaped.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: what would end it is escaped as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn counts(diagnosis: &Diagnosis) -> String {
    let of = |severity| {
        let own = |finding: &&Finding| finding.counts() && finding.severity == severity;
        diagnosis.findings.iter().filter(own).count() as u64
    };
    let accepted = diagnosis.findings.iter().filter(|finding| finding.suppressed).count();
    let known = diagnosis.findings.iter().filter(|finding| !finding.suppressed && finding.baseline);
    let Checks { run, passed, failed, skipped, crashed } = diagnosis.checks;
    format!(
        "cdx doctor: {}, {}, {} info, {accepted} suppressed, {} in the baseline; {} run: {passed} \
         passed, {failed} failed, {crashed} crashed; {skipped} skipped\n",
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning"),
        of(Severity::Info),
        known.count(),
        count(run as u64, "check"),
    )
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
            ("a\rb", "a\u{240d}b", "a\u{240d}b"),
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
