//! A time as the databases keep it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::schema_of::schema_of;

/// A time in UTC, `YYYY-MM-DD HH:MM:SS.mmm`, whose order is that of time. Text of another program
/// that is no time is kept as it is, so that it can be shown.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Time(String);

impl Time {
    /// A time from the text of a column.
    pub(crate) fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of a column.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for "none", as a documented date column has it.
    pub(crate) fn is_none(&self) -> bool {
        self.0.starts_with("1900-")
    }

    /// The date of it, `YYYY-MM-DD`; nothing where it is no time.
    pub(crate) fn date(&self) -> Option<&str> {
        self.0.get(..10)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A time as its readers have it: people in the environment's zone, `2026-01-15 08:15:00`; scripts
/// in RFC 3339 with the zone's offset, `2026-01-15T08:15:00+00:00`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShownTime {
    local: String,
    rfc3339: String,
}

impl ShownTime {
    /// A time in both ways.
    pub(crate) fn new(local: String, rfc3339: String) -> Self {
        Self { local, rfc3339 }
    }

    /// As scripts have it.
    pub(crate) fn rfc3339(&self) -> &str {
        &self.rfc3339
    }

    /// What is no time, as it stands.
    pub(crate) fn verbatim(time: &Time) -> Self {
        Self { local: time.to_string(), rfc3339: time.to_string() }
    }
}

impl fmt::Display for ShownTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.local)
    }
}

schema_of!(ShownTime, "Time", {
    "description": "A time in RFC 3339 with the offset of the environment's zone. What \
                    another program left in a database and is no time is shown as it is.",
    "type": "string",
    "format": "date-time",
    "examples": ["2026-01-15T08:15:00+00:00"],
});

impl Serialize for ShownTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339)
    }
}

impl From<&ShownTime> for String {
    fn from(time: &ShownTime) -> Self {
        time.local.clone()
    }
}

impl From<ShownTime> for String {
    fn from(time: ShownTime) -> Self {
        time.local
    }
}
