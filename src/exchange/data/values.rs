//! Values that fit a column, and that a person can read.

use crate::model::record::CellValue;
use crate::model::schema::Column;
use crate::store::seed::Lists;
use crate::world::random::Random;
use crate::world::{Clock, ids};

/// When what has no end ends.
const NEVER: &str = "2154-12-31 23:59:59.000";

/// The seconds of a year, over which dates are spread.
const YEAR: u64 = 365 * 24 * 60 * 60;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Guid,
    Whole,
    Number,
    Date { with_time: bool },
    Bytes,
}

impl Holds {
    /// By its declared type, its default and its name.
    pub(super) fn of(column: &Column) -> Self {
        let declared = column.declared.to_ascii_uppercase();
        let name = column.name.to_ascii_uppercase();
        let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        let default = column.default.as_deref().unwrap_or_default();
        let dated = default.trim_start_matches(['\'', '(']).starts_with("1900-");
        let named = column.length.is_none()
            && column.is_text()
            && ["DATETIME", "VALIDFROM", "VALIDTO"].iter().any(|end| name.ends_with(end));
        if says(&["DATE", "TIME"]) || dated || named {
            let short = ["DATE", "DATE_TEXT"].contains(&declared.as_str())
                || dated && default.trim_matches('\'').len() == 10;
            return Self::Date { with_time: !short };
        }
        if says(&["UNIQUEIDENTIFIER", "GUID"]) {
            return Self::Guid;
        }
        if column.is_text() {
            return if name == "CUSTACCOUNTASYNC" { Self::Guid } else { Self::Text };
        }
        if says(&["BINARY", "BLOB", "IMAGE"]) {
            return Self::Bytes;
        }
        if says(&["INT", "BIT", "BOOL"]) { Self::Whole } else { Self::Number }
    }
}

/// Draws values.
#[derive(Debug)]
pub(super) struct Values<'a> {
    pub(super) random: Random,
    pub(super) clock: &'a Clock,
    pub(super) seed: u64,
    /// The channel, or headquarters.
    pub(super) place: String,
    pub(super) lists: Lists,
}

impl Values<'_> {
    /// The `number`-th value of a column in which no two rows may be the same; none where no value
    /// of its length is left.
    pub(super) fn unique(&self, table: &str, column: &Column, number: u64) -> Option<CellValue> {
        Some(match Holds::of(column) {
            Holds::Text => CellValue::Text(numbered(table, column, number)?),
            Holds::Guid => self.guid(table, column, number),
            Holds::Whole => CellValue::Integer(number as i64),
            Holds::Number => CellValue::Real(f64::from(number as u32)),
            Holds::Date { with_time } => {
                let days = if with_time { number * 60 } else { number * 24 * 60 * 60 };
                self.date(days, with_time)
            }
            Holds::Bytes => CellValue::Blob(number.to_be_bytes().to_vec()),
        })
    }

    /// A value of a column that any row may have; none where it is left to its default.
    pub(super) fn any(&mut self, table: &str, column: &Column, number: u64) -> Option<CellValue> {
        let name = column.name.to_ascii_uppercase();
        Some(match Holds::of(column) {
            Holds::Text => CellValue::Text(self.words(table, column, number)),
            Holds::Guid => self.guid(table, column, number),
            // What no reference is known of refers to nothing.
            Holds::Whole if column.declared.eq_ignore_ascii_case("BIGINT") => {
                return (!column.nullable && column.default.is_none())
                    .then_some(CellValue::Integer(0));
            }
            Holds::Whole => CellValue::Integer(self.random.below(2) as i64),
            Holds::Number => CellValue::Real(f64::from(self.random.below(100_000) as u32) / 100.0),
            Holds::Date { with_time } if name.ends_with("VALIDTO") => {
                let end = if with_time { NEVER } else { &NEVER[..10] };
                CellValue::Text(end.to_owned())
            }
            Holds::Date { with_time } => {
                let now = ["CREATEDDATETIME", "MODIFIEDDATETIME", "VALIDFROM"];
                let ago = if now.contains(&name.as_str()) { 0 } else { self.random.below(YEAR) };
                self.date(ago, with_time)
            }
            Holds::Bytes => CellValue::Blob((0..4).map(|_| self.random.below(256) as u8).collect()),
        })
    }

    fn date(&self, seconds_ago: u64, with_time: bool) -> CellValue {
        let time = self.clock.before(std::time::Duration::from_secs(seconds_ago));
        let text = if with_time { time.as_str() } else { time.date().unwrap_or_default() };
        CellValue::Text(text.to_owned())
    }

    fn guid(&self, table: &str, column: &Column, number: u64) -> CellValue {
        let scope = format!("data {} {table} {}", self.place, column.name);
        CellValue::Text(ids::guid(self.seed, &scope, number as i64))
    }

    /// Words that fit the name of a column, else its name with a number.
    fn words(&mut self, table: &str, column: &Column, number: u64) -> String {
        let name = column.name.to_ascii_uppercase();
        let Lists { first, last, streets, places } = &self.lists;
        let mut pick = |from: &[&'static str]| self.random.pick(from).copied().unwrap_or_default();
        let words = match name.as_str() {
            "FIRSTNAME" | "MIDDLENAME" => pick(first).to_owned(),
            "LASTNAME" => pick(last).to_owned(),
            "CUSTNAME" => format!("{} {}", pick(first), pick(last)),
            "EMAIL" | "RECEIPTEMAIL" => {
                format!("{}.{number}@example.com", pick(last).to_ascii_lowercase())
            }
            "PHONE" | "CELLULARPHONE" => format!("555-{:04}", self.random.below(10_000)),
            "STREET" => format!("{} {}", 1 + number % 900, pick(streets)),
            "CITY" | "STATE" | "ZIP" | "ZIPCODE" | "COUNTY" => {
                let place = self.random.pick(places).copied().unwrap_or_default();
                let at = ["CITY", "STATE", "ZIP", "COUNTY"];
                let at = at.iter().position(|part| name.starts_with(part)).unwrap_or(0);
                place[at].to_owned()
            }
            _ => numbered(table, column, number)
                .unwrap_or_else(|| numbered(table, column, number % 36).unwrap_or_default()),
        };
        words.chars().take(column.length.map_or(usize::MAX, |length| length as usize)).collect()
    }
}

/// `TABLE-COLUMN 17` cut to the column's length, so that no two numbers give the same text; where
/// there is no room for a word, the number alone in letters and digits.
fn numbered(table: &str, column: &Column, number: u64) -> Option<String> {
    let words = format!("{}-{}", table.to_ascii_uppercase(), column.name.to_ascii_uppercase());
    let digits = number.to_string();
    let Some(length) = column.length.map(|length| length as usize) else {
        return Some(format!("{words} {digits}"));
    };
    match length.checked_sub(digits.len() + 1).filter(|room| *room > 0) {
        Some(room) => {
            let words: String = words.chars().take(room).collect();
            Some(format!("{words} {digits}"))
        }
        None => lettered(number, length),
    }
}

/// A number in letters and digits, of exactly so many; none where it has more.
fn lettered(mut number: u64, length: usize) -> Option<String> {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut text = vec![b'0'; length];
    for place in text.iter_mut().rev() {
        *place = SIGNS[(number % 36) as usize];
        number /= 36;
    }
    (number == 0 && length > 0).then(|| text.into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn column(name: &str, declared: &str, length: Option<u32>) -> Column {
        Column {
            name: name.to_owned(),
            declared: declared.to_owned(),
            length,
            nullable: false,
            nocase: true,
            guarded: false,
            default: None,
        }
    }

    #[test]
    fn numbered_texts_fit_and_differ() {
        for length in 1..24 {
            let column = column("ACCOUNTNUM", "NVARCHAR(n)", Some(length));
            let most = 36_u64.saturating_pow(length).min(5_000);
            let texts: BTreeSet<String> =
                (0..most).map(|n| numbered("CUSTTABLE", &column, n).unwrap()).collect();
            assert_eq!(texts.len() as u64, most, "{length}");
            assert!(texts.iter().all(|text| text.chars().count() <= length as usize));
        }
        assert_eq!(numbered("T", &column("C", "NVARCHAR(1)", Some(1)), 36), None);
        let wide = column("NAME", "NVARCHAR(60)", Some(60));
        assert_eq!(numbered("RetailTitle", &wide, 17).unwrap(), "RETAILTITLE-NAME 17");
    }

    #[test]
    fn a_column_holds_what_it_is_declared_for() {
        for (name, declared, default, holds) in [
            ("NAME", "NVARCHAR(60)", None, Holds::Text),
            ("CREATEDDATETIME", "TEXT", None, Holds::Date { with_time: true }),
            ("X", "TEXT", Some("'1900-01-01'"), Holds::Date { with_time: false }),
            ("X", "datetime2(7)", None, Holds::Date { with_time: true }),
            ("X", "date", None, Holds::Date { with_time: false }),
            ("X", "uniqueidentifier", None, Holds::Guid),
            ("X", "bigint", None, Holds::Whole),
            ("X", "bit", None, Holds::Whole),
            ("X", "NUMERIC(32,16)", None, Holds::Number),
            ("X", "varbinary(max)", None, Holds::Bytes),
        ] {
            let default = default.map(str::to_owned);
            let column = Column { default, ..column(name, declared, None) };
            assert_eq!(Holds::of(&column), holds, "{name} {declared}");
        }
    }
}
