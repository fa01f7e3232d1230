//! How often something recurs, in whole minutes.

use std::fmt;

use jiff::SignedDuration;
use serde::{Serialize, Serializer};

use super::schema_of::schema_of;

/// The longest interval, in minutes: a year of 366 days.
const LONGEST: u32 = 366 * 24 * 60;

/// An interval of at least a minute, `10m`, `1h 30m`, `1d`; a day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(u32);

impl Interval {
    /// So many minutes; none where that is no interval.
    pub(crate) const fn minutes(minutes: u32) -> Option<Self> {
        if minutes == 0 || minutes > LONGEST { None } else { Some(Self(minutes)) }
    }

    /// The same, from a column.
    pub(crate) fn stored(minutes: i64) -> Option<Self> {
        u32::try_from(minutes).ok().and_then(Self::minutes)
    }

    /// Reads `30m`, `2h`, `1h 30m` or `1d`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let seconds = match text.strip_suffix('d').map(|days| days.trim().parse::<u32>()) {
            Some(Ok(days)) => i64::from(days) * 24 * 60 * 60,
            _ => text.parse::<SignedDuration>().ok()?.as_secs(),
        };
        if seconds % 60 == 0 { Self::stored(seconds / 60) } else { None }
    }

    /// In minutes.
    pub(crate) fn as_minutes(self) -> u32 {
        self.0
    }

    /// In milliseconds.
    pub(crate) fn as_millis(self) -> i64 {
        i64::from(self.0) * 60_000
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.0 / (24 * 60), self.0 % (24 * 60));
        let (hours, minutes) = (rest / 60, rest % 60);
        let text = match (days, hours, minutes) {
            (days @ 1.., 0, 0) => format!("{days}d"),
            (_, _, 0) => format!("{}h", days * 24 + hours),
            (0, 0, minutes) => format!("{minutes}m"),
            _ => format!("{}h{minutes}m", days * 24 + hours),
        };
        f.pad(&text)
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

schema_of!(Interval, "Interval", {
    "description": "An interval of at least a minute: 10m, 2h, 1h30m, 1d.",
    "type": "string",
    "pattern": "^([0-9]+d|[0-9]+h([0-9]+m)?|[0-9]+m)$",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for minutes in [1, 10, 30, 60, 90, 1440, 1500, 2880, 3000, LONGEST] {
            let interval = Interval::minutes(minutes).unwrap();
            assert_eq!(Interval::parse(&interval.to_string()), Some(interval), "{interval}");
        }
        assert_eq!(Interval::parse("1h 30m"), Interval::minutes(90));
        for wrong in ["", "0m", "30s", "-5m", "soon", "400d", "10"] {
            assert_eq!(Interval::parse(wrong), None, "{wrong}");
        }
    }
}
