//! What a finding is about: its place.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::session::SessionId;
use crate::model::source::{LineColumn, Sources, Span};

/// What a finding is about. It is made by naming a first part, so that none is about nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
    session: Option<SessionId>,
    /// A table.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<String>,
    /// A subjob.
    #[serde(skip_serializing_if = "Option::is_none")]
    subjob: Option<String>,
    /// Anything else: a parameter, a group, an operation, a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// A file of a repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Where in it.
    #[serde(flatten)]
    position: Option<LineColumn>,
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
        subjob, with_subjob, "A subjob.", "Of a subjob.";
        key, with_key, "A parameter, a group, an operation, a row.", "Of this key.";
    }

    /// A session.
    pub(crate) fn session(session: impl Into<SessionId>) -> Self {
        Self { session: Some(session.into()), ..Self::default() }
    }

    /// A file of a repository as a whole.
    pub fn file(file: &str) -> Self {
        Self { file: Some(file.to_owned()), ..Self::default() }
    }

    /// A place in a repository.
    #[must_use]
    pub fn at(sources: &Sources, span: Span) -> Self {
        let position = Some(sources.position(span));
        Self { position, ..Self::file(sources.file(span)) }
    }

    /// The same in another place.
    #[must_use]
    pub(super) fn placed(self, sources: &Sources, span: Span) -> Self {
        let (file, position) = (sources.file(span).to_owned(), sources.position(span));
        Self { file: Some(file), position: Some(position), ..self }
    }

    /// The same with another name of its file.
    #[must_use]
    pub(super) fn renamed(self, name: &dyn Fn(&str) -> String) -> Self {
        Self { file: self.file.as_deref().map(name), ..self }
    }

    /// Where in its file it is.
    pub(crate) fn position(&self) -> Option<LineColumn> {
        self.position
    }

    /// The file that it is in.
    pub(crate) fn in_file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The parts that apply, by name, in a fixed order; not the line and the column, which other
    /// changes of a file move.
    pub(crate) fn parts(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("channel", self.channel.clone()),
            ("job", self.job.clone()),
            ("feature", self.feature.clone()),
            ("session", self.session.map(|session| session.to_string())),
            ("table", self.table.clone()),
            ("subjob", self.subjob.clone()),
            ("key", self.key.clone()),
            ("file", self.file.clone()),
        ];
        parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The channel or offline database it is about.
    pub(crate) fn in_channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The job it is about.
    pub(crate) fn of_job(&self) -> Option<&str> {
        self.job.as_deref()
    }

    /// The feature it is about.
    pub(crate) fn of_feature(&self) -> Option<&str> {
        self.feature.as_deref()
    }

    /// What else it is about.
    pub(crate) fn of_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What tells it from others of the same channel, as people read it.
    pub(crate) fn beside_channel(&self) -> String {
        let parts = self.parts().into_iter();
        let parts = parts.filter(|(name, _)| !["channel", "key"].contains(name));
        let worded = parts.map(|(name, value)| match name {
            "feature" | "table" | "file" => value,
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
