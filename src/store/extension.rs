//! Extension tables of uploads: which rows had an extension row when they went up, and what stands
//! for one that was not there (U09).

use super::catalogue::find_table;
use super::column::count;
use super::error::StoreError;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::{equal, key_text, quoted};
use super::upload_table::UploadTable;
use crate::model::ids::DataStoreId;
use crate::model::job::FieldMap;
use crate::model::key::DATASTORE;
use crate::model::schema::Table;

/// Which columns of a package's table come from which of its extension tables.
pub(super) const TABLE: &str =
    "CREATE TABLE pkg.cdx_EXTENSION (TARGET TEXT, MARKER TEXT, COLUMNNAME TEXT)";

const MARKER: &str = "cdx_EXTENSION_";

/// The package's column that says whether a row has a row in its extension table number `at`.
pub(super) fn marker(at: usize) -> String {
    format!("{MARKER}{at}")
}

/// Whether a package's column is such a one, and none of headquarters'.
pub(super) fn is_marker(column: &str) -> bool {
    column.starts_with(MARKER)
}

/// The columns that an extension table brings beside its base table and those before it.
pub(super) fn fresh(table: &UploadTable, at: usize) -> Vec<String> {
    let before = table.extensions[..at].iter().flat_map(|extension| &extension.columns);
    let known: Vec<&String> =
        table.plan.columns.iter().chain(before).map(|column| &column.from).collect();
    let own = table.extensions[at].columns.iter().map(|column| &column.from);
    own.filter(|column| !known.contains(column)).cloned().collect()
}

/// Notes in a package which columns come from which extension table.
pub(super) fn register(channel: &ChannelDatabase, table: &UploadTable) -> Result<(), StoreError> {
    for at in 0..table.extensions.len() {
        for column in fresh(table, at) {
            let sql = "INSERT INTO pkg.cdx_EXTENSION VALUES (?1, ?2, ?3)";
            channel.run(sql, [&table.plan.hq_table, &marker(at), &column])?;
        }
    }
    Ok(())
}

/// The values of a package's table as SQL: the default value of headquarters' column where a row
/// has no extension row.
pub(super) fn values(
    hq: &Headquarters,
    name: &str,
    columns: &[String],
    table: &Table,
) -> Result<String, StoreError> {
    let known = "SELECT count(*) FROM pkg.sqlite_schema WHERE name = 'cdx_EXTENSION'";
    // A package of an older version has no extension rows told apart.
    let extended: Vec<(String, String)> = if hq.number(known, [])? == 0 {
        Vec::new()
    } else {
        let sql = "SELECT COLUMNNAME, MARKER FROM pkg.cdx_EXTENSION WHERE TARGET = ?1";
        hq.rows(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))?
    };
    let value = |column: &String| {
        let (own, found) = (quoted(column), table.column(column));
        match (extended.iter().find(|(name, _)| name == column), found) {
            (Some((_, marker)), Some(found)) => {
                format!("iif({}, {own}, {})", quoted(marker), found.default_sql())
            }
            _ => own,
        }
    };
    Ok(columns.iter().map(value).collect::<Vec<_>>().join(", "))
}

/// Extension rows that came after their base rows had gone up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LateRows {
    /// The extension table, as its file names it.
    pub(crate) table: String,
    /// How many.
    pub(crate) rows: u64,
    /// The key of the first of them.
    pub(crate) first: String,
}

/// Looks in each extension table of an upload, the channel being attached to headquarters as `ch`,
/// for rows whose values headquarters does not have: it has the default values of all of them,
/// which stand for an extension row that was not there.
///
/// # Errors
/// Either file.
pub(crate) fn late(
    hq: &Headquarters,
    store: DataStoreId,
    table: &UploadTable,
) -> Result<Vec<LateRows>, StoreError> {
    let plan = &table.plan;
    let Some(theirs) = find_table(hq, &plan.hq_table)? else { return Ok(Vec::new()) };
    let of_store = match theirs.column(DATASTORE) {
        Some(_) => format!(" AND t.{DATASTORE} = {store}"),
        None => String::new(),
    };
    let mut found = Vec::new();
    for (at, extension) in table.extensions.iter().enumerate() {
        let fresh = fresh(table, at);
        let sent = extension.columns.iter().filter(|column| fresh.contains(&column.from));
        let values: Vec<(String, String, String)> = sent
            .filter_map(|column| {
                let default = theirs.column(&column.from)?.default_sql();
                Some((quoted(&column.from), quoted(&column.to), default))
            })
            .collect();
        if values.is_empty() {
            continue;
        }
        let each = |write: &dyn Fn(&(String, String, String)) -> String, word: &str| {
            values.iter().map(write).collect::<Vec<_>>().join(word)
        };
        let equal = |left: &str, ours: &dyn Fn(&FieldMap) -> String, pairs: &[FieldMap]| {
            equal(pairs.iter().zip(&plan.key).map(|(own, base)| {
                (format!("{left}.{}", ours(own)), format!("p.{}", quoted(&base.to)))
            }))
        };
        let sql = format!(
            "SELECT count(*), min({}) FROM ch.{} p JOIN ch.{} e ON {} \
             JOIN main.{} t ON {}{of_store} WHERE {} AND ({})",
            key_text(&plan.key_to(), "p."),
            quoted(&plan.target),
            quoted(&extension.target),
            equal("e", &|field| quoted(&field.to), &extension.key),
            quoted(&plan.hq_table),
            equal("t", &|field| quoted(&field.from), &plan.key),
            each(&|(theirs, _, default)| format!("t.{theirs} IS {default}"), " AND "),
            each(&|(_, ours, default)| format!("e.{ours} IS NOT {default}"), " OR "),
        );
        let late = hq.first(&sql, [], |row| {
            let (rows, first) = (count(row, 0)?, row.get::<_, Option<String>>(1)?);
            Ok(LateRows { table: extension.target.clone(), rows, first: first.unwrap_or_default() })
        })?;
        found.extend(late.filter(|late| late.rows > 0));
    }
    Ok(found)
}
