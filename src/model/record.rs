//! A row as anybody may read it: names of columns with their values, of whichever table.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::schema_of::schema_of;

/// The value of a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellValue {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl CellValue {
    /// Its place among values, as a database sorts them: no value, numbers, text, bytes.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Integer(_) | Self::Real(_) => 1,
            Self::Text(_) => 2,
            Self::Blob(_) => 3,
        }
    }

    /// As a sentence has it: text in quotes.
    pub(crate) fn quoted(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            other => other.to_string(),
        }
    }

    /// The order of two values; text without regard to case, and then with it.
    #[expect(clippy::cast_precision_loss, reason = "a whole number and another are nearly ordered")]
    fn order(&self, other: &Self) -> Ordering {
        let number = |value: &Self| match value {
            Self::Integer(number) => *number as f64,
            Self::Real(number) => *number,
            _ => 0.0,
        };
        match (self, other) {
            (Self::Integer(one), Self::Integer(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => {
                let folded = one.to_ascii_lowercase().cmp(&other.to_ascii_lowercase());
                folded.then_with(|| one.cmp(other))
            }
            (Self::Blob(one), Self::Blob(other)) => one.cmp(other),
            (one, other) if one.rank() == 1 && other.rank() == 1 => {
                number(one).total_cmp(&number(other))
            }
            (one, other) => one.rank().cmp(&other.rank()),
        }
    }
}

impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number:?}"),
            Self::Text(text) => f.write_str(text),
            Self::Blob(bytes) => {
                let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
                    // Writing to a string does not fail.
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                write!(f, "x'{hex}'")
            }
        }
    }
}

impl Serialize for CellValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) if number.is_finite() => serializer.serialize_f64(*number),
            other => serializer.collect_str(other),
        }
    }
}

/// Columns with their values, in order: a row, or its key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Record(pub(crate) Vec<(String, CellValue)>);

impl Record {
    /// The order of two keys of one table.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let each = self.0.iter().zip(&other.0).map(|((_, one), (_, other))| one.order(other));
        each.fold(Ordering::Equal, Ordering::then)
    }
}

/// As people read a key: `ACCOUNTNUM=004021, DATAAREAID=USRT`.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (column, value)) in self.0.iter().enumerate() {
            write!(f, "{}{column}={value}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

schema_of!(CellValue, "CellValue", {
    "description": "A value of a row; bytes as x'HEX'.",
    "type": ["null", "number", "string"],
});

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, value) in &self.0 {
            map.serialize_entry(column, value)?;
        }
        map.end()
    }
}

impl JsonSchema for Record {
    fn schema_name() -> Cow<'static, str> {
        "Record".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A row, or its key: the columns with their values.",
            "type": "object",
            "additionalProperties": generator.subschema_for::<CellValue>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_ordered_as_a_database_has_them() {
        let text = |text: &str| CellValue::Text(text.to_owned());
        let ordered = [
            CellValue::Null,
            CellValue::Integer(-1),
            CellValue::Real(0.5),
            CellValue::Integer(2),
            text("A"),
            text("a"),
            text("B"),
            CellValue::Blob(vec![0, 255]),
        ];
        for pair in ordered.windows(2) {
            assert_eq!(pair[0].order(&pair[1]), Ordering::Less, "{pair:?}");
        }
        let shown: Vec<String> = ordered.iter().map(ToString::to_string).collect();
        assert_eq!(shown.join(" "), "NULL -1 0.5 2 A a B x'00ff'");
        let json = serde_json::to_string(&ordered.to_vec()).unwrap();
        assert_eq!(json, r#"[null,-1,0.5,2,"A","a","B","x'00ff'"]"#);
    }

    #[test]
    fn a_key_is_read_in_one_line() {
        let key = Record(vec![
            ("ACCOUNTNUM".to_owned(), CellValue::Text("004021".to_owned())),
            ("RECID".to_owned(), CellValue::Integer(7)),
        ]);
        assert_eq!(key.to_string(), "ACCOUNTNUM=004021, RECID=7");
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json, r#"{"ACCOUNTNUM":"004021","RECID":7}"#);
    }
}
