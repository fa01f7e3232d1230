//! What the declarations of the shipped schemas mean, worked out beforehand: SQLite would otherwise
//! make both schemas, and be asked for each column, whenever a command needs to know them.

use std::sync::{Arc, OnceLock};

use super::schema::Kind;
use crate::model::schema::{Table, Tables};

/// The tables of each kind, one a line. Made from the schemas, and held equal to what SQLite says
/// of them, by the test below.
const HQ: &str = include_str!("schema/hq_tables.jsonl");
const CHANNEL: &str = include_str!("schema/channel_tables.jsonl");

/// How a line begins, before the table's name.
const BEGIN: &str = "{\"name\":\"";

/// A line, and what it says once that was asked for; none where it cannot be read.
struct Line {
    name: &'static str,
    text: &'static str,
    table: OnceLock<Option<Arc<Table>>>,
}

impl Line {
    fn of(text: &'static str) -> Self {
        let name = text.strip_prefix(BEGIN).and_then(|rest| rest.split('"').next());
        Self { name: name.unwrap_or_default(), text, table: OnceLock::new() }
    }

    fn read(&self) -> Option<&Arc<Table>> {
        let read = || serde_json::from_str(self.text).ok().map(Arc::new);
        self.table.get_or_init(read).as_ref()
    }
}

fn lines(kind: Kind) -> &'static [Line] {
    static HQ_LINES: OnceLock<Vec<Line>> = OnceLock::new();
    static CHANNEL_LINES: OnceLock<Vec<Line>> = OnceLock::new();
    let (lines, text) = match kind {
        Kind::Headquarters => (&HQ_LINES, HQ),
        Kind::Channel => (&CHANNEL_LINES, CHANNEL),
    };
    lines.get_or_init(|| text.lines().map(Line::of).collect())
}

/// The table that has exactly this declaration in a shipped schema.
pub(super) fn declared(name: &str, sql: &str, index_sql: &[String]) -> Option<Arc<Table>> {
    let lines = [Kind::Headquarters, Kind::Channel].into_iter().flat_map(lines);
    let mut tables = lines.filter(|line| line.name == name).filter_map(Line::read);
    tables.find(|table| table.sql == sql && table.index_sql == index_sql).cloned()
}

/// All tables of a kind, by upper-case name; none where one of them cannot be read.
pub(super) fn all(kind: Kind) -> Option<Tables> {
    let named = |table: &Arc<Table>| (table.name.to_ascii_uppercase(), Arc::clone(table));
    lines(kind).iter().map(|line| line.read().map(named)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::worked_out;
    use super::super::db::Db;
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_schemas() {
        for (kind, file) in [(Kind::Headquarters, "hq"), (Kind::Channel, "channel")] {
            let tables = worked_out(&Db::in_memory(kind).unwrap()).unwrap();
            let made = tables.values().map(|table| serde_json::to_string(&**table).unwrap() + "\n");
            if std::env::var_os("CDX_WRITE_SCHEMA").is_some() {
                let path = format!("src/store/schema/{file}_tables.jsonl");
                std::fs::write(path, made.collect::<String>()).unwrap();
                continue;
            }
            let help = "CDX_WRITE_SCHEMA=1 cargo test --lib store::shipped_tables";
            assert!(all(kind).as_ref() == Some(&tables), "{file}_tables.jsonl: {help}");
            for table in tables.values() {
                let found = declared(&table.name, &table.sql, &table.index_sql);
                assert_eq!(found.as_ref(), Some(table));
            }
        }
    }
}
