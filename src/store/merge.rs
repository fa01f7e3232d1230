//! Brings rows of one database into another with fresh counters: of an offline database into its
//! channel, and of a file that was set aside into the one made in its place.

use std::path::Path;

use rusqlite::named_params;

use super::attach::{SecondAs, SecondFile};
use super::catalogue::find_table;
use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Handle, Headquarters};
use super::sql_text::{column_list, columns_of, quoted, same_key};
use super::upload_table::UploadTable;
use super::{origins, uploads};
use crate::model::operation::{Action, OperationKind};
use crate::model::topology::DataStore;

/// The rows that come over: the counter they have, the one they get, and where they were made.
const COMING: &str = "CREATE TEMP TABLE cdx_COMING (OLD INTEGER PRIMARY KEY, NEW INTEGER NOT NULL, \
                      ORIGIN TEXT)";

/// How many rows of each table came over.
pub(crate) type MergedRows = Vec<(String, u64)>;

/// A file whose rows come over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Headquarters, which is asked what it has received.
    pub(crate) hq: &'a Headquarters,
    /// The file.
    pub(crate) file: &'a Path,
    /// The database it is, as the other one remembers it.
    pub(crate) name: &'a str,
    /// The database it comes into.
    pub(crate) store: &'a DataStore,
    /// The tables that are uploaded.
    pub(crate) tables: &'a [UploadTable],
}

/// Looks whether an offline database has what is merged, so that it is the one that is named where
/// it does not.
pub(crate) fn readable(
    offline: &ChannelDatabase,
    tables: &[UploadTable],
) -> Result<(), StoreError> {
    let all = tables.iter().flat_map(|table| std::iter::once(&table.plan).chain(&table.extensions));
    for plan in all {
        offline.rows(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&plan.target)), [], |_| Ok(()))?;
    }
    Ok(())
}

/// Brings over what a register's offline database has that its channel never had, and headquarters
/// neither; in one transaction of the channel. `before_commit` is called when all is written.
///
/// # Errors
/// Either file; a row that the channel refuses.
pub(crate) fn merge(
    channel: &Handle<ChannelDatabase>,
    source: &Source<'_>,
    before_commit: impl FnOnce(),
) -> Result<MergedRows, StoreError> {
    attached(channel, source, |channel| {
        let mut merged = Vec::new();
        for table in source.tables {
            let target = &table.plan.target;
            let last = last(channel, source.name, target)?;
            merged.push((target.clone(), bring(channel, source, table, last)?));
            remember(channel, source.name, table, last)?;
        }
        before_commit();
        Ok(merged)
    })
}

/// Up to which counter a table's rows have come over without saying where they were made.
///
/// # Errors
/// The channel's file.
pub(crate) fn last(
    channel: &ChannelDatabase,
    source: &str,
    table: &str,
) -> Result<i64, StoreError> {
    let sql = "SELECT LASTCOUNTER FROM cdx_MERGED WHERE SOURCE = ?1 AND TABLENAME = ?2";
    channel.number(sql, [source, table])
}

/// What came out of a file that was set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SalvageOutcome {
    /// How many rows of each table came over.
    pub(crate) rows: MergedRows,
    /// The tables that could not be read, and why.
    pub(crate) unread: Vec<(String, String)>,
    /// Why nothing of the file could be read.
    pub(crate) unreadable: Option<String>,
    /// Rows about customers whose creation is nowhere any more; they stay in the file.
    pub(crate) orphans: u64,
}

/// Brings over, table by table, the rows of a file that was set aside that headquarters has not
/// received; in one transaction of the file made in its place.
///
/// # Errors
/// The new file. What cannot be read of the old one is in the answer.
pub(crate) fn salvage(
    channel: &Handle<ChannelDatabase>,
    source: &Source<'_>,
) -> Result<SalvageOutcome, StoreError> {
    attached(channel, source, |channel| {
        let mut salvaged = SalvageOutcome::default();
        for table in source.tables {
            let target = &table.plan.target;
            channel.script("SAVEPOINT cdx_salvage")?;
            let brought = uploads::sent_in(channel, "other", target).and_then(|sent| {
                count_on(channel, target)?;
                let received = uploads::received(source.hq, source.store.id, target)?;
                bring(channel, source, table, sent.max(received))
            });
            match brought {
                Ok(rows) => salvaged.rows.push((target.clone(), rows)),
                Err(error) => {
                    channel.script("ROLLBACK TO cdx_salvage")?;
                    salvaged.unread.push((target.clone(), error.to_string()));
                }
            }
            channel.script("RELEASE cdx_salvage")?;
        }
        for kind in OperationKind::ALL {
            salvaged.orphans += leave_orphans(channel, *kind)?;
        }
        Ok(salvaged)
    })
}

/// Lets a table count on above what the file that was set aside has given out.
fn count_on(channel: &ChannelTx<'_>, table: &str) -> Result<(), StoreError> {
    let sql = "SELECT max(seq) FROM other.sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
    match channel.number(sql, [table])? {
        0 => Ok(()),
        issued => origins::raise(channel, table, issued),
    }
}

/// Leaves out what came over about customers whose creation is in no database: nothing could ever
/// be done with it.
fn leave_orphans(channel: &ChannelTx<'_>, kind: OperationKind) -> Result<u64, StoreError> {
    let sql = include_str!("sql/merge_orphans.sql").replace("{table}", kind.table());
    channel.run(&sql, named_params! { ":create": Action::Create })
}

fn attached<T>(
    channel: &Handle<ChannelDatabase>,
    source: &Source<'_>,
    work: impl FnOnce(&ChannelTx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let offline = SecondFile::new(source.file, SecondAs::Read);
    channel.attached("other", offline, || channel.write_beside(source.hq, work))
}

/// Brings the rows of one table over, in their order, with its extensions; how many.
fn bring(
    channel: &ChannelTx<'_>,
    source: &Source<'_>,
    table: &UploadTable,
    last: i64,
) -> Result<u64, StoreError> {
    let target = &table.plan.target;
    let there = "SELECT count(*) FROM other.sqlite_schema WHERE type = 'table' AND name = ?1 \
                 COLLATE NOCASE";
    if channel.number(there, [target])? == 0 {
        return Ok(0);
    }
    channel.run("DROP TABLE IF EXISTS temp.cdx_COMING", [])?;
    channel.run(COMING, [])?;
    let (name, counter) = (quoted(target), quoted(&table.counter));
    let base = base(channel, source, table)?;
    channel.run(
        &include_str!("sql/merge_coming.sql")
            .replace("{table}", &name)
            .replace("{absent}", &absent(channel, "main", table)?)
            .replace("{counter}", &counter),
        named_params! { ":table": target, ":base": base, ":last": last },
    )?;
    let columns = data_columns(channel, target, &table.counter)?;
    let (list, theirs) = (comma(&column_list(&columns)), comma(&columns_of("c", &columns)));
    let rows = channel.run(
        &format!(
            "INSERT INTO main.{name} ({counter}{list}) SELECT k.NEW{theirs}
             FROM temp.cdx_COMING k JOIN other.{name} c ON c.{counter} = k.OLD ORDER BY k.NEW"
        ),
        [],
    )?;
    origins::counted(channel, target, base + rows as i64);
    channel.run(include_str!("sql/merge_origins.sql"), [target])?;
    for extension in &table.extensions {
        bring_extension(channel, table, extension)?;
    }
    channel.run("DROP TABLE temp.cdx_COMING", [])?;
    Ok(rows)
}

/// That the channel, a schema of this connection, has no row of this key, or of another that is
/// unique there, where the key is not the counter: a row gets a new counter.
///
/// # Errors
/// The channel's file.
pub(super) fn absent(
    channel: &ChannelDatabase,
    schema: &str,
    table: &UploadTable,
) -> Result<String, StoreError> {
    let found = find_table(channel, &table.plan.target)?;
    let mut keys = vec![table.plan.key_to()];
    keys.extend(found.iter().flat_map(|found| found.unique.iter().cloned()));
    keys.retain(|key| !key.iter().any(|column| column.eq_ignore_ascii_case(&table.counter)));
    let name = quoted(&table.plan.target);
    let none = |key: &Vec<String>| {
        format!("NOT EXISTS (SELECT 1 FROM {schema}.{name} m WHERE {})", same_key(key, "m", "c"))
    };
    let mut parts: Vec<String> = keys.iter().map(none).collect();
    parts.push("1".to_owned());
    Ok(parts.join(" AND "))
}

fn comma(list: &str) -> String {
    if list.is_empty() { String::new() } else { format!(", {list}") }
}

/// The highest counter that must not be given out again.
fn base(
    channel: &ChannelDatabase,
    source: &Source<'_>,
    table: &UploadTable,
) -> Result<i64, StoreError> {
    let target = &table.plan.target;
    let sql = format!("SELECT max({}) FROM main.{}", quoted(&table.counter), quoted(target));
    Ok(channel
        .number(&sql, [])?
        .max(origins::issued(channel, target)?)
        .max(uploads::reached(source.hq, channel, source.store.id, target)?)
        .max(origins::given_out(channel, target)))
}

/// An extension row goes with its row; one that is there already stays.
fn bring_extension(
    channel: &ChannelTx<'_>,
    table: &UploadTable,
    extension: &crate::model::plan::TablePlan,
) -> Result<(), StoreError> {
    let name = quoted(&extension.target);
    let columns = data_columns(channel, &extension.target, "")?;
    // Where it is found by the counter, it gets the new one.
    let linked = extension.key.iter().zip(&table.plan.key);
    let by_counter: Vec<&str> = linked
        .filter(|(_, ours)| ours.to.eq_ignore_ascii_case(&table.counter))
        .map(|(theirs, _)| theirs.to.as_str())
        .collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let linked = by_counter.iter().any(|key| key.eq_ignore_ascii_case(column));
            if linked { "k.NEW".to_owned() } else { format!("e.{}", quoted(column)) }
        })
        .collect();
    let from = match by_counter.first() {
        Some(key) => {
            format!("other.{name} e JOIN temp.cdx_COMING k ON k.OLD = e.{}", quoted(key))
        }
        None => format!("other.{name} e"),
    };
    let sql = format!(
        "INSERT OR IGNORE INTO main.{name} ({}) SELECT {} FROM {from}",
        column_list(&columns),
        values.join(", ")
    );
    channel.execute(&sql, [])
}

/// Every column but the counter, which the channel gives out itself.
fn data_columns(
    channel: &ChannelDatabase,
    table: &str,
    counter: &str,
) -> Result<Vec<String>, StoreError> {
    let found =
        find_table(channel, table)?.ok_or_else(|| channel.unreadable("a table to merge", table))?;
    let own = |name: &&String| !name.eq_ignore_ascii_case(counter);
    Ok(found.columns.iter().map(|column| &column.name).filter(own).cloned().collect())
}

/// Rows of an earlier version do not say where they were made; those up to here are in the channel.
fn remember(
    channel: &ChannelTx<'_>,
    source: &str,
    table: &UploadTable,
    last: i64,
) -> Result<(), StoreError> {
    let sql = include_str!("sql/merge_remember.sql")
        .replace("{counter}", &quoted(&table.counter))
        .replace("{name}", &quoted(&table.plan.target));
    let params = named_params! { ":source": source, ":table": table.plan.target, ":last": last };
    channel.execute(&sql, params)
}
