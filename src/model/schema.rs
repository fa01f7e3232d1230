//! What tables and columns exist on each side, read from the databases themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One column of a table. What most columns are is left out where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Column {
    /// Its name as declared.
    pub name: String,
    /// Its declared type, `NVARCHAR(20)`.
    pub(crate) declared: String,
    /// The length in characters of a text column, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<u32>,
    /// Whether it may hold NULL; a column of the primary key may not, as in SQL Server.
    #[serde(default, skip_serializing_if = "is_no")]
    pub(crate) nullable: bool,
    /// Whether comparisons ignore case.
    #[serde(default, skip_serializing_if = "is_no")]
    pub(crate) nocase: bool,
    /// Whether the table itself refuses a value that is longer than declared.
    #[serde(default, skip_serializing_if = "is_no")]
    pub(crate) guarded: bool,
    /// The default value as SQL, where one is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_no(value: &bool) -> bool {
    !value
}

impl Column {
    /// Whether it holds text.
    pub(crate) fn is_text(&self) -> bool {
        let declared = self.declared.to_ascii_uppercase();
        declared.contains("CHAR") || declared.contains("TEXT") || declared.contains("CLOB")
    }

    /// The value of a row that says nothing of the column: the declared default, or else the
    /// empty value of its type, as headquarters' own tables have it.
    pub(crate) fn default_sql(&self) -> String {
        match &self.default {
            Some(sql) => format!("({sql})"),
            None if self.declared.to_ascii_uppercase().contains("DATE") => {
                "'1900-01-01 00:00:00.000'".to_owned()
            }
            None if self.is_text() => "''".to_owned(),
            None => "0".to_owned(),
        }
    }
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name as the file has it (`CUSTTABLE`, `ax_CUSTTABLE`).
    pub(crate) name: String,
    /// Its columns in order.
    pub(crate) columns: Vec<Column>,
    /// The column that is an alias of the row id, if any.
    pub(crate) rowid: Option<String>,
    /// Whether rows can be told by their row id: not in a table WITHOUT ROWID, nor where a column
    /// has taken its name.
    pub(crate) has_rowid: bool,
    /// The column lists of its unique keys, the row id's among them.
    pub(crate) unique: Vec<Vec<String>>,
    /// The column lists of unique indexes that make no key, since they hold for some rows only or
    /// compare otherwise than their columns do.
    pub(crate) half_unique: Vec<Vec<String>>,
    /// The column lists of all its indexes.
    pub(crate) indexes: Vec<Vec<String>>,
    /// The statement that made it.
    pub(crate) sql: String,
    /// The statements that made its indexes.
    pub(crate) index_sql: Vec<String>,
}

impl Table {
    /// The column of this name, in any case.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether these columns, in any order, are exactly one of its unique keys.
    pub(crate) fn has_unique(&self, columns: &[String]) -> bool {
        let wanted = normal(columns);
        self.unique.iter().any(|key| normal(key) == wanted)
    }

    /// Whether rows with the same values in these columns are the same row: some of the columns
    /// are a unique key.
    pub(crate) fn is_told_by(&self, columns: &[String]) -> bool {
        let wanted = normal(columns);
        self.unique.iter().any(|key| normal(key).iter().all(|column| wanted.contains(column)))
    }

    /// The unique keys as people read them, `A + B, C`; `none` where there is none.
    pub(crate) fn unique_text(&self) -> String {
        let keys: Vec<String> = self.unique.iter().map(|key| key.join(" + ")).collect();
        if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
    }

    /// Whether an index begins with this column.
    pub(crate) fn is_indexed(&self, column: &str) -> bool {
        self.indexes
            .iter()
            .chain(&self.unique)
            .any(|index| index.first().is_some_and(|first| first.eq_ignore_ascii_case(column)))
    }
}

fn normal(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = columns.iter().map(|c| c.to_ascii_uppercase()).collect();
    names.sort();
    names
}

/// The tables of one side, by upper-case name.
pub(crate) type Tables = BTreeMap<String, Arc<Table>>;

/// Both sides of an environment: headquarters, and what every channel file has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Headquarters' tables.
    pub hq: Tables,
    /// A channel's tables, under their file names (`AX_CUSTTABLE`).
    pub channel: Tables,
}

impl Catalogue {
    /// The headquarters table of this name, in any case.
    pub(crate) fn hq_table(&self, name: &str) -> Option<&Table> {
        self.hq.get(&name.to_ascii_uppercase()).map(Arc::as_ref)
    }

    /// The channel table of this schema and name, in any case.
    pub(crate) fn channel_table(&self, schema: &str, name: &str) -> Option<&Table> {
        self.channel.get(&format!("{schema}_{name}").to_ascii_uppercase()).map(Arc::as_ref)
    }
}
