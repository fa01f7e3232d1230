//! What a rule reports: what is wrong, with what, on what evidence, and what fixes it.

use crate::model::named::named;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::causes::Cause;
use super::fix::Fix;
use super::rule::Rule;
use super::sources::Source;
use crate::model::tone::Tone;
use crate::world::ids;

named! {
    /// How much a finding matters, the lowest first.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// Something will be lost or stop working.
        Warning = "warning",
        /// Something is lost or does not work.
        Error = "error",
    }
}

impl Severity {
    /// What it means to a reader.
    pub fn tone(self) -> Option<Tone> {
        match self {
            Self::Info => None,
            Self::Warning => Some(Tone::Open),
            Self::Error => Some(Tone::Bad),
        }
    }
}

/// What a finding is about. It is made by naming a first part, so that none is about nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// A channel or offline database.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// A job's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    /// A feature's slug, or its class where the catalogue does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<String>,
    /// A session's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<i64>,
    /// A table.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    /// Anything else: a parameter, a group, an operation, a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

macro_rules! parts {
    ($($part:ident, $with:ident, $first:literal, $then:literal;)+) => {
        $(
            #[doc = $first]
            pub fn $part($part: &str) -> Self {
                Self { $part: Some($part.to_owned()), ..Self::default() }
            }

            #[doc = $then]
            #[must_use]
            pub fn $with(self, $part: &str) -> Self {
                Self { $part: Some($part.to_owned()), ..self }
            }
        )+
    };
}

impl Subject {
    parts! {
        channel, with_channel, "A channel or offline database.", "In a channel.";
        job, with_job, "A job.", "Of a job.";
        feature, with_feature, "A feature.", "Of a feature.";
        table, with_table, "A table.", "In a table.";
        key, with_key, "A parameter, a group, an operation, a row.", "Of this key.";
    }

    /// A session.
    pub fn session(session: i64) -> Self {
        Self { session: Some(session), ..Self::default() }
    }

    /// The parts that apply, by name, in a fixed order.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("channel", self.channel.clone()),
            ("job", self.job.clone()),
            ("feature", self.feature.clone()),
            ("session", self.session.map(|session| session.to_string())),
            ("table", self.table.clone()),
            ("key", self.key.clone()),
        ];
        parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The channel or offline database it is about.
    pub fn in_channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The job it is about.
    pub fn of_job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// The feature it is about.
    pub fn of_feature(&self) -> Option<&str> {
        self.feature.as_deref()
    }

    /// What else it is about.
    pub fn of_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What tells it from others of the same channel, as people read it.
    pub fn beside_channel(&self) -> String {
        let parts = self.parts().into_iter();
        let parts = parts.filter(|(name, _)| !["channel", "key"].contains(name));
        let worded = parts.map(|(name, value)| match name {
            "feature" | "table" => value,
            _ => format!("{name} {value}"),
        });
        let rest = worded.collect::<Vec<_>>().join(", ");
        match &self.key {
            Some(key) if rest.is_empty() => key.clone(),
            Some(key) => format!("{key} ({rest})"),
            None => rest,
        }
    }
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is about.
    pub subject: Subject,
    /// What is wrong, in a sentence that is the same for all subjects with this cause.
    pub title: String,
    /// What it was seen by.
    pub evidence: Vec<String>,
    /// What it does to people.
    pub effect: String,
    /// What fixes it, where a command does.
    pub fix: Option<Fix>,
}

/// A finding as it is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What is wrong.
    pub title: String,
    /// What it was seen by.
    pub evidence: Vec<String>,
    /// What it does to people.
    pub effect: String,
    /// What fixes it.
    pub fix: Option<Fix>,
    /// The findings that cause it, and with which it ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caused_by: Vec<Cause>,
    /// How much it matters with all that it causes.
    #[serde(skip)]
    pub rank: Severity,
    /// What the rule rests on.
    pub sources: &'static [Source],
    /// The same for the same rule and subject, in every run and on every machine.
    pub fingerprint: String,
    /// Accepted in `cdx.toml`.
    pub suppressed: bool,
    /// Why it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_because: Option<String>,
    /// Known before, in the baseline.
    pub baseline: bool,
}

impl Finding {
    /// A rule's finding.
    pub fn of(rule: &'static Rule, found: Found) -> Self {
        let Found { subject, title, evidence, effect, fix } = found;
        Self {
            code: rule.code,
            name: rule.name,
            severity: rule.severity,
            fingerprint: fingerprint(rule.code, &subject),
            subject,
            title,
            evidence,
            effect,
            fix,
            caused_by: Vec::new(),
            rank: rule.severity,
            sources: rule.sources,
            suppressed: false,
            suppressed_because: None,
            baseline: false,
        }
    }

    /// Whether it counts towards the verdict: neither accepted nor known before.
    pub fn counts(&self) -> bool {
        !self.suppressed && !self.baseline
    }
}

/// A hash of the code and the subject alone.
fn fingerprint(code: &str, subject: &Subject) -> String {
    let mut text = code.to_owned();
    for (name, value) in subject.parts() {
        let _ = write!(text, "\n{name}={value}");
    }
    ids::hex(&Sha256::digest(text.as_bytes())).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_code_and_subject_alone() {
        let houston = Subject::channel("houston").with_job("1110");
        assert_eq!(
            fingerprint("CDX201", &houston),
            fingerprint("CDX201", &Subject::job("1110").with_channel("houston"))
        );
        assert_ne!(fingerprint("CDX201", &houston), fingerprint("CDX202", &houston));
        assert_ne!(
            fingerprint("CDX201", &houston),
            fingerprint("CDX201", &Subject::channel("houston").with_key("1110"))
        );
        // Part of what scripts keep in baselines: it never changes.
        assert_eq!(fingerprint("CDX201", &houston), "b3ac65890ce93d3fc173e2091b40a967");
    }
}
