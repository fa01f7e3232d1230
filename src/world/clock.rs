//! The environment's clock: it stands still except by command, and never goes back.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::model::interval::Interval;
use crate::model::time::{ShownTime, Time};

/// Where a new environment's clock starts, in its own time zone.
const START: &str = "2026-01-15 08:00:00";

/// A date that stands for "none" in documented date columns.
pub(crate) const NO_DATE: &str = "1900-01-01";

const STORED: &str = "%Y-%m-%d %H:%M:%S%.3f";

/// What can be wrong with a time somebody gave.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The time zone is not known.
    #[error("unknown time zone {name:?}, expected an IANA name such as UTC or Europe/Madrid")]
    UnknownZone {
        /// What was given.
        name: String,
        /// The library's own account.
        #[source]
        source: jiff::Error,
    },
    /// Not a time.
    #[error(
        "{text:?} is not a time, expected YYYY-MM-DD HH:MM[:SS], YYYY-MM-DD, or with an offset \
         2027-01-01T10:00:00Z"
    )]
    NotATime {
        /// What was given.
        text: String,
    },
    /// Not a date.
    #[error(
        "{text:?} is not a date, expected YYYY-MM-DD, or a time of it with an offset, \
         2027-01-01T10:00:00Z"
    )]
    NotADate {
        /// What was given.
        text: String,
    },
    /// Not a duration.
    #[error("{text:?} is not a duration, expected for example 15m, 2h, 1d")]
    NotADuration {
        /// What was given.
        text: String,
    },
    /// A duration into the past.
    #[error("{text:?} is negative, and the clock never goes back")]
    Negative {
        /// What was given.
        text: String,
    },
    /// The clock never goes back.
    #[error("the clock stands at {now} and never goes back; {wanted} is earlier")]
    Backwards {
        /// Where it stands, local.
        now: ShownTime,
        /// What was asked for, local.
        wanted: ShownTime,
    },
}

/// A standing clock with the environment's time zone.
#[derive(Debug, Clone)]
pub struct Clock {
    now: Timestamp,
    zone: TimeZone,
}

impl Clock {
    /// The clock of a new environment in this zone (an IANA name).
    pub(crate) fn start(zone: &str) -> Result<Self, ClockError> {
        let zone = find_zone(zone)?;
        let now = local_to_utc(&zone, START)?;
        Ok(Self { now, zone })
    }

    /// A clock from its stored time and the zone's IANA name.
    pub(crate) fn stored(utc: &Time, zone: &str) -> Result<Self, ClockError> {
        Ok(Self { now: parse_utc(utc)?, zone: find_zone(zone)? })
    }

    /// The time in UTC as databases keep it, `YYYY-MM-DD HH:MM:SS.mmm`.
    pub(crate) fn utc(&self) -> Time {
        as_stored(self.now)
    }

    /// The time as readers in the environment's zone have it.
    pub(crate) fn local(&self) -> ShownTime {
        self.shown(self.now)
    }

    /// The time in UTC, for a reader.
    pub(crate) fn shown_utc(&self) -> ShownTime {
        Self { now: self.now, zone: TimeZone::UTC }.local()
    }

    /// The date in the environment's zone, `YYYY-MM-DD`.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned_datetime(self.zone.clone()).date()
    }

    /// A stored time as readers in the zone have it; text that is no time is given back.
    pub(crate) fn show(&self, utc: &Time) -> ShownTime {
        parse_utc(utc).map_or_else(|_| ShownTime::verbatim(utc), |time| self.shown(time))
    }

    /// The zone's IANA name.
    pub(crate) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// This much earlier than now; used for retentions.
    pub(crate) fn before(&self, duration: std::time::Duration) -> Time {
        as_stored(self.now.checked_sub(duration).unwrap_or(Timestamp::MIN))
    }

    /// A time plus a duration.
    pub(crate) fn after(utc: &Time, duration: std::time::Duration) -> Result<Time, ClockError> {
        Ok(as_stored(parse_utc(utc)?.checked_add(duration).unwrap_or(Timestamp::MAX)))
    }

    /// Midnight at the start of a date in the zone (G05).
    pub(crate) fn midnight(&self, date: Date) -> Result<Time, ClockError> {
        let zoned = date
            .to_zoned_datetime(self.zone.clone())
            .map_err(|_| ClockError::NotATime { text: date.to_string() })?;
        Ok(as_stored(zoned.timestamp()))
    }

    /// The clock this much later; `15m`, `2h`, `1d`, `1h 30m`.
    pub(crate) fn advanced(&self, duration: &str) -> Result<Self, ClockError> {
        let not = || ClockError::NotADuration { text: duration.to_owned() };
        let span: Span = duration.trim().parse().map_err(|_| not())?;
        if span.is_negative() {
            return Err(ClockError::Negative { text: duration.to_owned() });
        }
        let later =
            self.now.to_zoned_datetime(self.zone.clone()).checked_add(span).map_err(|_| not())?;
        Ok(Self { now: later.timestamp(), zone: self.zone.clone() })
    }

    /// The clock at the next time, after now, at which something recurs that is counted from a
    /// time; from the beginning of time where that is none.
    pub(crate) fn at_next(&self, every: Interval, from: &Time) -> Self {
        let from = parse_utc(from).map_or(0, Timestamp::as_millisecond);
        let past = self.now.as_millisecond().saturating_sub(from);
        let next =
            from.saturating_add((past.div_euclid(every.as_millis()) + 1) * every.as_millis());
        let now = Timestamp::from_millisecond(next).unwrap_or(Timestamp::MAX);
        Self { now, zone: self.zone.clone() }
    }

    /// Whether it stands later than another.
    pub(crate) fn is_after(&self, other: &Self) -> bool {
        self.now > other.now
    }

    /// How often something recurs, until another clock, at most.
    pub(crate) fn times_until(&self, later: &Self, every: Interval) -> i64 {
        let span = later.now.as_millisecond().saturating_sub(self.now.as_millisecond());
        span.div_euclid(every.as_millis())
    }

    /// A time somebody typed, local where it has no offset; a date is its midnight.
    pub(crate) fn moment(&self, local: &str) -> Result<Time, ClockError> {
        Ok(as_stored(local_to_utc(&self.zone, local)?))
    }

    /// A date somebody typed; of a time with an offset it is the date in the zone.
    pub(crate) fn date(&self, text: &str) -> Result<Date, ClockError> {
        match text.trim().parse::<Timestamp>() {
            Ok(time) => Ok(time.to_zoned_datetime(self.zone.clone()).date()),
            Err(_) => parse_date(text),
        }
    }

    /// The clock at a time, local where it has no offset, which may not be earlier than now.
    pub(crate) fn set(&self, local: &str) -> Result<Self, ClockError> {
        let now = local_to_utc(&self.zone, local)?;
        if now < self.now {
            return Err(ClockError::Backwards { now: self.local(), wanted: self.shown(now) });
        }
        Ok(Self { now, zone: self.zone.clone() })
    }

    fn shown(&self, time: Timestamp) -> ShownTime {
        let zoned = time.to_zoned_datetime(self.zone.clone());
        let text = |format: &str| zoned.strftime(format).to_string();
        ShownTime::new(text("%Y-%m-%d %H:%M:%S"), text("%Y-%m-%dT%H:%M:%S%.f%:z"))
    }
}

/// A date, `YYYY-MM-DD`, or the date of a time where that time was written.
pub(crate) fn parse_date(text: &str) -> Result<Date, ClockError> {
    text.trim().parse().map_err(|_| ClockError::NotADate { text: text.to_owned() })
}

fn find_zone(name: &str) -> Result<TimeZone, ClockError> {
    TimeZone::get(name).map_err(|source| ClockError::UnknownZone { name: name.to_owned(), source })
}

fn as_stored(time: Timestamp) -> Time {
    Time::stored(time.strftime(STORED).to_string())
}

fn parse_utc(time: &Time) -> Result<Timestamp, ClockError> {
    let not = || ClockError::NotATime { text: time.to_string() };
    let civil: DateTime = time.as_str().replacen(' ', "T", 1).parse().map_err(|_| not())?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| not())
}

fn local_to_utc(zone: &TimeZone, text: &str) -> Result<Timestamp, ClockError> {
    let not = || ClockError::NotATime { text: text.to_owned() };
    let trimmed = text.trim();
    // RFC 3339: a time with its offset is the same everywhere.
    if let Ok(time) = trimmed.parse::<Timestamp>() {
        return Ok(time);
    }
    let civil: DateTime = trimmed
        .replacen(' ', "T", 1)
        .parse()
        .or_else(|_| trimmed.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .map_err(|_| not())?;
    zone.to_timestamp(civil).map_err(|_| not())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_the_zones_own() {
        let clock = Clock::start("Europe/Madrid").unwrap();
        assert_eq!(clock.utc().as_str(), "2026-01-15 07:00:00.000");
        let date = parse_date("2026-07-01").unwrap();
        assert_eq!(clock.midnight(date).unwrap().as_str(), "2026-06-30 22:00:00.000");
    }

    #[test]
    fn never_goes_back() {
        let clock = Clock::start("UTC").unwrap();
        assert!(matches!(clock.set("2026-01-15 07:59"), Err(ClockError::Backwards { .. })));
        assert_eq!(clock.advanced("15m").unwrap().local().to_string(), "2026-01-15 08:15:00");
        assert_eq!(clock.advanced("1d").unwrap().local().to_string(), "2026-01-16 08:00:00");
        assert!(matches!(clock.advanced("-5m"), Err(ClockError::Negative { .. })));
        assert!(clock.advanced("soon").is_err());
    }

    #[test]
    fn what_recurs_is_counted_from_its_own_time() {
        let clock = Clock::start("UTC").unwrap();
        let every = Interval::minutes(45).unwrap();
        let next = |from: &str| clock.at_next(every, &Time::stored(from)).local().to_string();
        assert_eq!(next("2026-01-15 08:00:00.000"), "2026-01-15 08:45:00");
        assert_eq!(next("2026-01-15 07:50:00.000"), "2026-01-15 08:35:00");
        assert_eq!(next(""), "2026-01-15 08:15:00");
        let later = clock.advanced("2h").unwrap();
        assert_eq!(clock.times_until(&later, every), 2);
    }

    #[test]
    fn a_time_is_read_as_json_prints_it_and_as_people_type_it() {
        let clock = Clock::start("Europe/Madrid").unwrap();
        for (text, utc) in [
            ("2026-01-15T09:15:00+01:00", "2026-01-15 08:15:00.000"),
            ("2026-01-15T08:15:00Z", "2026-01-15 08:15:00.000"),
            ("2026-01-15t08:15:00z", "2026-01-15 08:15:00.000"),
            ("2026-01-15T08:15:00-06:00", "2026-01-15 14:15:00.000"),
            ("2026-01-15T08:15:00.250Z", "2026-01-15 08:15:00.250"),
            ("2026-01-15 08:15:00.25+00:00", "2026-01-15 08:15:00.250"),
            ("2026-01-15T09:15:00.5", "2026-01-15 08:15:00.500"),
            ("2026-01-15T09:15", "2026-01-15 08:15:00.000"),
            ("2026-01-15 09:15", "2026-01-15 08:15:00.000"),
            (" 2026-07-15 ", "2026-07-14 22:00:00.000"),
        ] {
            assert_eq!(clock.moment(text).unwrap().as_str(), utc, "{text}");
        }
        for wrong in ["", "soon", "08:15", "2026-13-01", "2026-01-15T25:00:00Z", "15/01/2026"] {
            let error = clock.moment(wrong).unwrap_err().to_string();
            assert!(error.contains("2027-01-01T10:00:00Z"), "{wrong}: {error}");
        }
        let later = clock.advanced("90m").unwrap().advanced("1.5s").unwrap();
        let printed = serde_json::to_value(later.local()).unwrap();
        assert_eq!(printed, "2026-01-15T09:30:01.5+01:00");
        let read = later.moment(printed.as_str().unwrap()).unwrap();
        assert_eq!(read, later.utc(), "nothing is lost on the way");
    }

    #[test]
    fn the_date_of_a_time_is_that_of_the_zone() {
        let clock = Clock::start("Europe/Madrid").unwrap();
        for (text, date) in [
            ("2026-06-30", "2026-06-30"),
            (" 2026-06-30 ", "2026-06-30"),
            ("2026-06-30T23:30:00Z", "2026-07-01"),
            ("2026-06-30T23:30:00+02:00", "2026-06-30"),
            ("2026-06-30T23:30:00.5-06:00", "2026-07-01"),
            ("2026-06-30T23:30:00", "2026-06-30"),
        ] {
            assert_eq!(clock.date(text).unwrap().to_string(), date, "{text}");
        }
        for wrong in ["", "soon", "23:30", "2026-02-30", "2026-02-30T10:00:00Z"] {
            assert!(matches!(clock.date(wrong), Err(ClockError::NotADate { .. })), "{wrong}");
        }
    }

    #[test]
    fn stored_text_comes_back() {
        let clock = Clock::start("America/Chicago").unwrap();
        let again = Clock::stored(&clock.utc(), "America/Chicago").unwrap();
        assert_eq!(clock.utc(), again.utc());
        assert_eq!(clock.local().to_string(), "2026-01-15 08:00:00");
        let rfc3339 = serde_json::to_value(clock.local()).unwrap();
        assert_eq!(rfc3339, "2026-01-15T08:00:00-06:00");
    }
}
