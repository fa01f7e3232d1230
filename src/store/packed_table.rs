//! One table of an attached package, and the SQL that writes it into the channel's.

use super::catalogue::find_table;
use super::column::count;
use super::error::StoreError;
use super::pack::{deletes_table, keep_table};
use super::side::ChannelDatabase;
use super::sql_text::{column_list, columns_of, equal, quoted, same_key};
use crate::model::schema::Table;

/// One table of a package, as the package itself describes it.
#[derive(Debug, Clone)]
pub(super) struct PackedTable {
    /// The channel table.
    pub(super) target: String,
    /// All rows in scope, or changes.
    pub(super) whole: bool,
    /// Rows to insert or update.
    pub(super) rows: u64,
    /// Keys to delete.
    pub(super) deleted: u64,
    /// The mapped columns.
    pub(super) columns: Vec<String>,
    /// The key columns.
    pub(super) key: Vec<String>,
    /// Those of them that headquarters compares without regard to case and the channel does not.
    pub(super) folded: Vec<String>,
    /// Whether other subjobs bring rows to the same table.
    pub(super) shared: bool,
    /// Whether offline databases leave it out.
    pub(super) exclude_offline: bool,
}

/// The tables of the package that is attached under a name, in the order they are applied.
pub(super) fn packed_tables(
    channel: &ChannelDatabase,
    package: &str,
) -> Result<Vec<PackedTable>, StoreError> {
    let sql = format!(
        "SELECT TARGET, WHOLE, ROWS, DELETED, COLUMNS, KEYCOLUMNS, SHARED, EXCLUDEOFFLINE
         FROM {package}.cdx_TABLE ORDER BY POSITION"
    );
    let rows = channel.rows(&sql, [], |row| {
        let table = PackedTable {
            target: row.get(0)?,
            whole: row.get(1)?,
            rows: count(row, 2)?,
            deleted: count(row, 3)?,
            columns: Vec::new(),
            key: Vec::new(),
            folded: Vec::new(),
            shared: row.get(6)?,
            exclude_offline: row.get(7)?,
        };
        Ok((table, row.get::<_, String>(4)?, row.get::<_, String>(5)?))
    })?;
    rows.into_iter()
        .map(|(mut table, columns, key)| {
            table.columns = channel.json("columns", &columns)?;
            table.key = channel.json("columns", &key)?;
            table.folded = folded(channel, package, &table)?;
            Ok(table)
        })
        .collect()
}

/// The key columns whose case headquarters ignores and the channel does not: the package's list of
/// deletes has headquarters' collation.
fn folded(
    channel: &ChannelDatabase,
    package: &str,
    packed: &PackedTable,
) -> Result<Vec<String>, StoreError> {
    let Some(table) = find_table(channel, &packed.target)? else { return Ok(Vec::new()) };
    let gone = deletes_table(&packed.target);
    let mut folded = Vec::new();
    for column in &packed.key {
        let exact = table.column(column).is_some_and(|column| !column.nocase);
        if exact && channel.collation(package, &gone, column)? == "NOCASE" {
            folded.push(column.clone());
        }
    }
    Ok(folded)
}

/// Whether a channel's table has no row; a missing table counts as not empty.
pub(super) fn is_empty(channel: &ChannelDatabase, table: &str) -> Result<bool, StoreError> {
    if find_table(channel, table)?.is_none() {
        return Ok(false);
    }
    let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{})", quoted(table));
    Ok(channel.number(&sql, [])? == 0)
}

impl PackedTable {
    /// Whether the channel's table has no row; a missing table counts as not empty.
    pub(super) fn is_target_empty(&self, channel: &ChannelDatabase) -> Result<bool, StoreError> {
        is_empty(channel, &self.target)
    }

    /// ` COLLATE NOCASE` where headquarters takes two keys for one that the channel does not.
    fn collate(&self, column: &String) -> &'static str {
        if self.folded.contains(column) { " COLLATE NOCASE" } else { "" }
    }

    /// That two rows have the same key as headquarters compares it.
    fn same_row(&self, left: &str, right: &str) -> String {
        equal(self.key.iter().map(|column| {
            let name = quoted(column);
            (format!("{left}.{name}{}", self.collate(column)), format!("{right}.{name}"))
        }))
    }

    /// How the few rows of a package are joined with the channel's many: one by one by its index,
    /// where there is one that compares as headquarters does.
    fn join(&self) -> &'static str {
        if self.folded.is_empty() { "CROSS JOIN" } else { "JOIN" }
    }

    /// Deletes the rows that a query finds as `t`.
    fn delete_sql(&self, table: &Table, found: &str) -> String {
        let name = quoted(&self.target);
        if table.has_rowid {
            return format!("DELETE FROM main.{name} WHERE rowid IN (SELECT t.rowid {found})");
        }
        let (keys, theirs) = (column_list(&self.key), columns_of("t", &self.key));
        format!("DELETE FROM main.{name} WHERE ({keys}) IN (SELECT {theirs} {found})")
    }

    /// Deletes the keys that headquarters has deleted.
    pub(super) fn delete_gone(&self, table: &Table) -> String {
        let name = quoted(&self.target);
        let gone = quoted(&deletes_table(&self.target));
        let (join, on) = (self.join(), self.same_row("t", "d"));
        self.delete_sql(table, &format!("FROM pkg.{gone} d {join} main.{name} t ON {on}"))
    }

    /// Deletes the keys of the channel that no subjob brings (D10).
    pub(super) fn delete_extra(&self, table: &Table) -> String {
        let kept = keep_table(&self.target);
        let brought = [self.target.as_str(), &kept];
        self.delete_unless_in(table, &brought[..if self.shared { 2 } else { 1 }])
    }

    /// Deletes the keys of the channel that no table of the package, of those named, has.
    pub(super) fn delete_unless_in(&self, table: &Table, kept: &[&str]) -> String {
        let (name, keys) = (quoted(&self.target), column_list(&self.key));
        let own = self.key.iter().map(|c| format!("{0}{1} AS {0}", quoted(c), self.collate(c)));
        let own = own.collect::<Vec<_>>().join(", ");
        let (join, on) = (self.join(), self.same_row("t", "e"));
        let except =
            kept.iter().map(|kept| format!(" EXCEPT SELECT {keys} FROM pkg.{}", quoted(kept)));
        let except = except.collect::<String>();
        let found =
            format!("FROM (SELECT {own} FROM main.{name}{except}) e {join} main.{name} t ON {on}");
        self.delete_sql(table, &found)
    }

    /// Deletes the rows that differ.
    pub(super) fn delete_differing(&self, table: &Table) -> String {
        let name = quoted(&self.target);
        let (join, on) = (self.join(), self.same_row("t", "p"));
        let differ = self.differ(table, "t", "p", !self.folded.is_empty());
        let found = format!("FROM pkg.{name} p {join} main.{name} t ON {on} WHERE {differ}");
        self.delete_sql(table, &found)
    }

    /// Gives rows the spelling that headquarters' key has now.
    pub(super) fn respell(&self) -> String {
        let name = quoted(&self.target);
        let set = self.key.iter().map(|c| format!("{0} = p.{0}", quoted(c)));
        format!(
            "UPDATE main.{name} AS t SET {} FROM pkg.{name} p WHERE {} AND NOT ({})",
            set.collect::<Vec<_>>().join(", "),
            self.same_row("t", "p"),
            same_key(&self.key, "t", "p")
        )
    }

    /// Inserts rows, and updates those that differ.
    pub(super) fn upsert(&self, table: &Table) -> String {
        let name = quoted(&self.target);
        let (columns, key) = (column_list(&self.columns), column_list(&self.key));
        let set = self.columns.iter().map(|c| format!("{0} = excluded.{0}", quoted(c)));
        let differ = self.differ(table, &name, "excluded", true);
        format!(
            "INSERT INTO main.{name} ({columns}) SELECT {columns} FROM pkg.{name} WHERE true \
             ON CONFLICT ({key}) DO UPDATE SET {} WHERE {differ}",
            set.collect::<Vec<_>>().join(", ")
        )
    }

    /// Whether two rows differ in any mapped column, in letter case too.
    fn differ(&self, table: &Table, left: &str, right: &str, with_key: bool) -> String {
        let compared = self.columns.iter().filter(|c| with_key || !self.key.contains(c));
        let each = compared.map(|column| {
            let nocase = table.column(column).is_some_and(|column| column.nocase);
            let binary = if nocase { " COLLATE BINARY" } else { "" };
            format!("{left}.{0}{binary} IS NOT {right}.{0}", quoted(column))
        });
        let each: Vec<String> = each.collect();
        if each.is_empty() { "false".to_owned() } else { each.join(" OR ") }
    }
}
