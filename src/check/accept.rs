//! What a repository accepts: the suppressions of its `cdx-check.toml`, and comments; and what is
//! wrong with those (CDX902).

use jiff::civil::Date;

use super::allow::{self, Allowance};
use super::facts::Facts;
use super::find;
use crate::diagnosis::{Finding, Findings, Found, Outcome, Severity, Spot, State, Subject};
use crate::diagnosis::{is_called, suppress};
use crate::model::settings::Suppression;
use crate::model::source::{SourceId, Span};

/// The suppressions of a `cdx-check.toml`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file, among the sources.
    pub(crate) source: SourceId,
    /// What it says.
    pub(crate) suppressions: Vec<Suppression>,
    /// The day on which they are held against their end.
    pub(crate) today: Date,
    /// Whether it stands above what was checked: what matched nothing may match elsewhere.
    pub(crate) above: bool,
}

/// What was accepted, and what accepted nothing.
pub(super) struct Acceptance<'a> {
    facts: &'a Facts,
    settings: Option<&'a Settings>,
    /// Whether each suppression matched anything.
    matched: Vec<bool>,
    /// Each comment, and whether it matched anything.
    comments: Vec<(Allowance, bool)>,
}

impl<'a> Acceptance<'a> {
    /// Marks what is accepted.
    pub(super) fn apply(
        facts: &'a Facts,
        settings: Option<&'a Settings>,
        findings: &mut [Finding],
    ) -> Self {
        let sources = &facts.repository.sources;
        let mut comments = Vec::new();
        for comment in allow::of(sources) {
            let mut used = false;
            for finding in findings.iter_mut().filter(|one| comment.is_about(one, sources)) {
                used = true;
                if !comment.reason.is_empty() {
                    finding.suppressed = true;
                    finding.suppressed_because.get_or_insert_with(|| comment.reason.clone());
                }
            }
            comments.push((comment, used));
        }
        let matched = settings.map_or_else(Vec::new, |settings| {
            suppress::apply(&settings.suppressions, settings.today, "", findings)
        });
        Self { facts, settings, matched, comments }
    }

    /// Says what is wrong with suppressions, and which accept nothing.
    pub(super) fn judge(&self, rules: &[Outcome], findings: &mut Findings) {
        let looked = |code: &str| {
            let own = rules.iter().find(|rule| is_called(rule.code, rule.name, code));
            own.is_some_and(|rule| rule.state == State::Passed)
        };
        for (comment, used) in &self.comments {
            let Allowance { code, reason, span, .. } = comment;
            let what = if let Some(what) = unknown(code) {
                what
            } else if reason.is_empty() {
                "gives no reason, and accepts nothing".to_owned()
            } else if !used && looked(code) {
                "matched nothing".to_owned()
            } else {
                continue;
            };
            self.report(findings, code, reason, *span, what);
        }
        let Some(settings) = self.settings else { return };
        for (suppression, matched) in settings.suppressions.iter().zip(&self.matched) {
            let Suppression { code, reason, .. } = suppression;
            let what = if let Some(what) = unknown(code) {
                what
            } else if suppress::is_expired(suppression, settings.today) {
                let date = suppression.expires.map(|date| date.to_string()).unwrap_or_default();
                format!("expired on {date}")
            } else if !matched && !settings.above && looked(code) {
                "matched nothing".to_owned()
            } else {
                continue;
            };
            let span = self.line(settings.source, suppression.line);
            self.report(findings, code, reason, span, what);
        }
    }

    fn report(&self, findings: &mut Findings, code: &str, reason: &str, span: Span, what: String) {
        let sources = &self.facts.repository.sources;
        let code = if code.is_empty() { "nothing" } else { code };
        let reason = if reason.is_empty() { "none" } else { reason };
        let found = Found {
            subject: Subject::at(sources, span).with_key(&format!("{code}: {reason}")),
            title: format!("a suppression of {code} {what}"),
            evidence: vec![format!("its reason: {reason}")],
            effect: "it hides what comes next, or nothing at all".to_owned(),
            fix: None,
        };
        let label = "take it out, or correct it".to_owned();
        findings.report_at(Severity::Warning, found, sources, vec![Spot { span, label }]);
    }

    /// A whole line of a source.
    fn line(&self, source: SourceId, line: usize) -> Span {
        let text = &self.facts.repository.sources.get(source).text;
        let lines = text.split_inclusive('\n');
        let start: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
        let shown = text[start..].lines().next().unwrap_or_default();
        Span::new(source, start..start + shown.trim_end().len())
    }
}

/// What is wrong with a code that is none; none where a rule of `check` has it.
fn unknown(code: &str) -> Option<String> {
    let nearest = find(code).err()?;
    let near = nearest.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    Some(format!("names no rule of check{near}"))
}
