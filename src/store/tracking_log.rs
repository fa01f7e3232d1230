//! The log of a tracked table: how it is made, and what the statement that made it says. Without
//! asking SQLite, since headquarters has a log for every table that jobs bring.

use super::sql_text::{column_list, quoted};
use crate::model::schema::{Column, Table};

/// What the name of a log begins with.
const BEGIN: &str = "cdx_CT_";

/// How the collation of a column that ignores case is written.
const NOCASE: &str = " COLLATE NOCASE";

/// The log's own column.
const VERSION: &str = "VERSION";

/// The tracking table of a headquarters table.
pub(super) fn tracking_table(table: &str) -> String {
    format!("{BEGIN}{}", table.to_ascii_uppercase())
}

/// The statement that makes a table's log, told by these of its columns.
pub(super) fn log_sql(table: &Table, key: &[String]) -> String {
    let part = |name: &String| {
        let column = table.column(name);
        Part {
            name: name.clone(),
            kind: column.map_or("ANY", |column| log_type(&column.declared)).to_owned(),
            nocase: column.is_some_and(|column| column.nocase),
        }
    };
    statement(&tracking_table(&table.name), &key.iter().map(part).collect::<Vec<_>>())
}

/// A column of the key.
struct Part {
    name: String,
    kind: String,
    nocase: bool,
}

fn statement(log: &str, key: &[Part]) -> String {
    let column = |part: &Part| {
        let collate = if part.nocase { NOCASE } else { "" };
        format!("{} {}{collate}, ", quoted(&part.name), part.kind)
    };
    let columns: String = key.iter().map(column).collect();
    let list = column_list(&key.iter().map(|part| &part.name).collect::<Vec<_>>());
    format!(
        "CREATE TABLE {} ({VERSION} INTEGER NOT NULL, {columns}\
         PRIMARY KEY ({VERSION}, {list})) STRICT, WITHOUT ROWID",
        quoted(log)
    )
}

/// The type of a key column in the log. It must have the affinity of the table's own column, or
/// SQLite cannot look a key up and reads the whole log for each row that is written.
fn log_type(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    if declared.contains("INT") {
        "INTEGER"
    } else if declared.contains("CHAR") || declared == "TEXT" {
        "TEXT"
    } else {
        "ANY"
    }
}

/// The log that exactly this statement declares; none where it is another table's, or was written
/// by somebody else.
pub(super) fn declared(name: &str, sql: &str, index_sql: &[String]) -> Option<Table> {
    if !name.starts_with(BEGIN) || !index_sql.is_empty() {
        return None;
    }
    let begin = format!("CREATE TABLE {} ({VERSION} INTEGER NOT NULL, ", quoted(name));
    let (columns, _) = sql.strip_prefix(&begin)?.split_once(", PRIMARY KEY (")?;
    let key: Vec<Part> = columns.split(", ").map(part).collect::<Option<_>>()?;
    if statement(name, &key) != sql {
        return None;
    }
    let version = Part { name: VERSION.to_owned(), kind: "INTEGER".to_owned(), nocase: false };
    let columns: Vec<Column> = std::iter::once(version).chain(key).map(Part::column).collect();
    let told: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    Some(Table {
        name: name.to_owned(),
        columns,
        rowid: None,
        has_rowid: false,
        unique: vec![told.clone()],
        half_unique: Vec::new(),
        indexes: vec![told],
        sql: sql.to_owned(),
        index_sql: Vec::new(),
    })
}

/// A column as the statement has it: `"ACCOUNTNUM" TEXT COLLATE NOCASE`.
fn part(text: &str) -> Option<Part> {
    let (text, nocase) = match text.strip_suffix(NOCASE) {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (name, kind) = text.strip_prefix('"')?.split_once("\" ")?;
    let known = matches!(kind, "INTEGER" | "TEXT" | "ANY");
    // A name with a quote of its own is SQLite's to read.
    (known && !name.contains('"')).then(|| Part {
        name: name.to_owned(),
        kind: kind.to_owned(),
        nocase,
    })
}

impl Part {
    fn column(self) -> Column {
        Column {
            name: self.name,
            declared: self.kind,
            length: None,
            nullable: false,
            nocase: self.nocase,
            guarded: false,
            default: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{shipped, tables, worked_out};
    use super::super::db::Db;
    use super::super::schema::Kind;
    use super::*;

    #[test]
    fn a_log_is_what_sqlite_says_of_it() {
        let db = Db::in_memory(Kind::Headquarters).unwrap();
        for table in shipped(Kind::Headquarters).unwrap().values() {
            let names = || table.columns.iter().map(|column| column.name.clone());
            // The log has a column of this name itself.
            let key: Vec<String> = names().filter(|name| *name != VERSION).take(3).collect();
            if !key.is_empty() {
                db.script(&log_sql(table, &key)).unwrap();
            }
        }
        // Not as it is written here: SQLite is asked.
        db.script(
            r#"CREATE TABLE "cdx_CT_A" (VERSION INTEGER NOT NULL, "A" TEXT, B INT);
               CREATE TABLE "cdx_CT_B" (VERSION INTEGER NOT NULL, "A""B" TEXT, "C, ""D" ANY,
                   PRIMARY KEY (VERSION, "A""B", "C, ""D")) STRICT, WITHOUT ROWID;"#,
        )
        .unwrap();
        let key = Part { name: "A".to_owned(), kind: "TEXT".to_owned(), nocase: false };
        let indexed = statement("cdx_CT_C", &[key]);
        db.script(&format!("{indexed}; CREATE INDEX OTHER ON \"cdx_CT_C\" (A)")).unwrap();
        let (found, expected) = (tables(&db).unwrap(), worked_out(&db).unwrap());
        assert_eq!(found, expected);
        let known = |table: &Table| declared(&table.name, &table.sql, &table.index_sql).is_some();
        assert!(found.values().filter(|table| known(table)).count() > 80);
        assert!(!["A", "B", "C"].iter().any(|name| known(&found[&format!("CDX_CT_{name}")])));
    }
}
