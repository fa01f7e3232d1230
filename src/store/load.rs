//! Fills the empty tables of a channel database from an attached package: whole records, then their
//! indexes.

use super::error::StoreError;
use super::packed_table::{PackedTable, is_empty};
use super::side::{ChannelDatabase, ChannelTx};
use super::sql_text::{column_list, quoted};
use crate::model::schema::Table;

/// Fills an empty table from the package that is attached under a name; how many rows.
pub(super) fn load(
    channel: &ChannelTx<'_>,
    package: &str,
    packed: &PackedTable,
    table: &Table,
) -> Result<u64, StoreError> {
    // A package with the channel's indexes brings them along, sorted; else they are built after.
    let declared = |kind| declared(channel, package, kind, packed);
    let same_shape = declared("table")? == [table.sql.as_str()];
    let indexes = &table.index_sql;
    let brings = same_shape && !indexes.is_empty() && declared("index")? == *indexes;
    if !brings {
        drop_indexes(channel, table)?;
    }
    if same_shape {
        channel.run(&copy_all(&packed.target, package), [])?;
    } else {
        let (name, columns) = (quoted(&packed.target), column_list(&packed.columns));
        let from = format!("SELECT {columns} FROM {package}.{name}");
        channel.run(&format!("INSERT INTO main.{name} ({columns}) {from}"), [])?;
    }
    if !brings {
        table.index_sql.iter().try_for_each(|sql| channel.script(sql))?;
    }
    Ok(packed.rows)
}

fn copy_all(table: &str, package: &str) -> String {
    let name = quoted(table);
    format!("INSERT INTO main.{name} SELECT * FROM {package}.{name}")
}

fn drop_indexes(channel: &ChannelTx<'_>, table: &Table) -> Result<(), StoreError> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
               AND tbl_name = ?1";
    for name in channel.rows(sql, [&table.name], |row| row.get::<_, String>(0))? {
        channel.script(&format!("DROP INDEX main.{}", quoted(&name)))?;
    }
    Ok(())
}

/// How the package declares its table, or the indexes of it.
fn declared(
    channel: &ChannelDatabase,
    package: &str,
    kind: &str,
    packed: &PackedTable,
) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT sql FROM {package}.sqlite_schema WHERE type = ?1 AND sql IS NOT NULL \
         AND tbl_name = ?2 COLLATE NOCASE ORDER BY rowid"
    );
    channel.rows(&sql, [kind, &packed.target], |row| row.get(0))
}

/// Whether a channel's tables have no row; a missing table counts as not empty.
pub(super) fn all_empty<'a>(
    channel: &ChannelDatabase,
    mut tables: impl Iterator<Item = &'a str>,
) -> Result<bool, StoreError> {
    tables.try_fold(true, |empty, table| Ok(empty && is_empty(channel, table)?))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::attach::PACKAGE;
    use crate::store::db::Db;

    /// A CHECK is compared only where SQLite has read it; a table with one was filled row by row.
    #[test]
    fn whole_records_are_copied_out_of_a_package() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let made =
            "CREATE TABLE ax_T (RECID INTEGER PRIMARY KEY, NAME TEXT CHECK (length(NAME) < 9));
                    CREATE UNIQUE INDEX UX_T ON ax_T (NAME)";
        Connection::open(&file).unwrap().execute_batch(made).unwrap();
        let channel = Db::scratch(crate::store::connection::open_memory().unwrap());
        channel.script(made).unwrap();
        let copied = channel.with_package(&file, || -> Result<_, StoreError> {
            let sql = format!("EXPLAIN {}", copy_all("ax_T", PACKAGE));
            channel.rows(&sql, [], |row| row.get::<_, String>(1))
        });
        assert!(copied.unwrap().iter().any(|step| step == "RowCell"));
    }
}
