//! The system's date. A repository has no clock of its own, so that what it accepts until a date
//! (`cdx check`) is held against this one; nothing else asks for it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// The date, in UTC.
pub(crate) fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}
