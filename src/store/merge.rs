//! Merges the rows of an offline database into its channel, with fresh counters.

use std::path::Path;

use rusqlite::named_params;

use super::catalogue::{column_list, find_table};
use super::db::{ChannelDatabase, quoted, uri};
use super::error::StoreError;
use super::upload_pack::UploadTable;

/// Copies rows above the last merged counter of each table, in one transaction of the channel; how
/// many of each. `before_commit` is called when all is written.
pub fn merge(
    channel: &ChannelDatabase,
    offline: &Path,
    source: &str,
    tables: &[UploadTable],
    before_commit: impl FnOnce(),
) -> Result<Vec<(String, u64)>, StoreError> {
    channel.run("ATTACH DATABASE ?1 AS offline", [uri(offline, "mode=ro")])?;
    let merged = channel.write(|_| {
        let mut merged = Vec::new();
        for table in tables {
            merged.push((table.plan.target.clone(), merge_table(channel, source, table)?));
            for extension in &table.extensions {
                let extension = UploadTable {
                    plan: extension.clone(),
                    counter: String::new(),
                    extensions: Vec::new(),
                    after: 0,
                };
                merge_rows(channel, &extension)?;
            }
        }
        before_commit();
        Ok::<_, StoreError>(merged)
    });
    let detached = channel.script("DETACH DATABASE offline");
    let merged = merged?;
    detached?;
    Ok(merged)
}

/// Looks whether an offline database has what is merged, so that it is the one that is named where
/// it does not.
pub fn readable(offline: &ChannelDatabase, tables: &[UploadTable]) -> Result<(), StoreError> {
    let all = tables.iter().flat_map(|table| std::iter::once(&table.plan).chain(&table.extensions));
    for plan in all {
        offline.rows(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&plan.target)), [], |_| Ok(()))?;
    }
    Ok(())
}

fn merge_table(
    channel: &ChannelDatabase,
    source: &str,
    table: &UploadTable,
) -> Result<u64, StoreError> {
    let name = quoted(&table.plan.target);
    let counter = quoted(&table.counter);
    let last = channel.number(
        "SELECT LASTCOUNTER FROM cdx_MERGED WHERE SOURCE = ?1 AND TABLENAME = ?2",
        [source, &table.plan.target],
    )?;
    let columns = data_columns(channel, table)?;
    let list = column_list(&columns);
    let rows = channel.run(
        &format!(
            "INSERT INTO main.{name} ({list}) SELECT {list} FROM offline.{name} \
             WHERE {counter} > ?1 ORDER BY {counter}"
        ),
        [last],
    )?;
    channel.run(
        &format!(
            "INSERT OR REPLACE INTO cdx_MERGED (SOURCE, TABLENAME, LASTCOUNTER)
             VALUES (:source, :table, max(:last, coalesce((SELECT max({counter})
             FROM offline.{name}), 0)))"
        ),
        named_params! { ":source": source, ":table": table.plan.target, ":last": last },
    )?;
    Ok(rows)
}

/// Extension rows have no counter of their own; one that is there already stays.
fn merge_rows(channel: &ChannelDatabase, table: &UploadTable) -> Result<(), StoreError> {
    let name = quoted(&table.plan.target);
    let columns = data_columns(channel, table)?;
    let list = column_list(&columns);
    let sql =
        format!("INSERT OR IGNORE INTO main.{name} ({list}) SELECT {list} FROM offline.{name}");
    channel.run(&sql, []).map(|_| ())
}

/// Every column but the counter, which the channel hands out anew.
fn data_columns(channel: &ChannelDatabase, table: &UploadTable) -> Result<Vec<String>, StoreError> {
    let found = find_table(channel, &table.plan.target)?
        .ok_or_else(|| channel.unreadable("a table to merge", &table.plan.target))?;
    let own = |name: &String| !name.eq_ignore_ascii_case(&table.counter);
    Ok(found.columns.into_iter().map(|column| column.name).filter(own).collect())
}
