//! Makes a download package: an SQLite file filled from headquarters by SQL alone.
//!
//! The layout is ours, since the product's is not documented. A table of a package has the shape
//! of the channel table it is for, so that a load into an empty channel copies whole records.

use std::path::Path;

use rusqlite::named_params;

use super::attach::{PACKAGE, SecondAs, SecondFile};
use super::catalogue::find_table;
use super::error::StoreError;
use super::finishing::Finishing;
use super::packages::checksum;
use super::replace::clear;
use super::side::Headquarters;
use super::sql_text::{column_list, columns_of, equal, quoted, same_key};
use super::tracking_log::tracking_table;
use crate::model::event::{Event, Listener};
use crate::model::ids::{DownloadId, GroupId, JobId};
use crate::model::job::Filter;
use crate::model::plan::{Fill, PlanColumn, Scope, TablePlan};
use crate::model::session::Mode;

/// What a package is to hold.
#[derive(Debug)]
pub(crate) struct PackageSpec<'a> {
    /// The job.
    pub(crate) job: &'a JobId,
    /// The session.
    pub(crate) session: DownloadId,
    /// The channel database group's RECID, for filters.
    pub(crate) group: GroupId,
    /// Everything, or what changed.
    pub(crate) mode: Mode,
    /// A delta: the row version it starts after.
    pub(crate) since: i64,
    /// The tables, in order.
    pub(crate) tables: &'a [TablePlan],
    /// With the indexes of the channel's tables, built once for all databases it goes to.
    pub(crate) indexed: bool,
}

/// What a package turned out to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PackageSummary {
    /// Rows to insert or update.
    pub(crate) rows: u64,
    /// Keys to delete.
    pub(crate) deleted: u64,
    /// Tables that are sent whole within a delta, because their filter's tables changed (D18).
    pub(crate) whole: u64,
    /// The SHA-256 of the file.
    pub(crate) checksum: String,
    /// Its size in bytes.
    pub(crate) bytes: u64,
}

impl PackageSummary {
    /// Whether there is nothing to send (D02).
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0 && self.deleted == 0 && self.whole == 0
    }

    fn add(&mut self, spec: &PackageSpec<'_>, whole: bool, (rows, deleted): (u64, u64)) {
        self.rows += rows;
        self.deleted += deleted;
        self.whole += u64::from(whole && spec.mode == Mode::Delta);
    }
}

/// Writes the package into a file that does not exist yet, from one state of headquarters. That of
/// a full one is committed table by table, so that `finishing` can be told of each.
pub(crate) fn pack(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    file: &Path,
    finishing: Option<Finishing>,
    listener: &mut dyn Listener,
) -> Result<PackageSummary, StoreError> {
    let mut packed = match spec.mode {
        Mode::Full => attached(hq, file, || fill_in_turn(hq, spec, finishing, listener))?,
        Mode::Delta => None,
    };
    if packed.is_none() {
        clear(file)?;
        packed = Some(attached(hq, file, || fill_at_once(hq, spec, listener))?);
    }
    let mut summary = packed.unwrap_or_default();
    (summary.checksum, summary.bytes) = checksum(file)?;
    Ok(summary)
}

fn attached<T>(
    hq: &Headquarters,
    file: &Path,
    fill: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let settings = include_str!("sql/package_settings.sql");
    hq.attached(PACKAGE, SecondFile::new(file, SecondAs::New), || {
        let filled = hq.script(settings).and_then(|()| fill());
        hq.script("PRAGMA ignore_check_constraints = OFF").and(filled)
    })
}

/// Fills the package from one snapshot of headquarters.
fn fill_at_once(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    listener: &mut dyn Listener,
) -> Result<PackageSummary, StoreError> {
    hq.read(|| {
        begin(hq, spec)?;
        let mut summary = PackageSummary::default();
        told(hq, spec, listener)?;
        for plan in spec.tables {
            let whole = spec.mode == Mode::Full || scope_moved(hq, plan, spec.since)?;
            if whole || super::tracking::changed_since(hq, &plan.hq_table, spec.since)? {
                hq.script(&table_sql(plan))?;
                summary.add(spec, whole, fill_table(hq, spec, plan, whole)?);
            }
            listener.event(Event::StepProgress { done: summary.rows });
        }
        listener.event(Event::StepFinished);
        Ok(summary)
    })
}

/// Fills a full package, a table in each transaction; none where headquarters was written to
/// meanwhile, so that its tables would not be of one state. All tables are declared first:
/// what a file says of itself stays where it is for those who read it already.
fn fill_in_turn(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    finishing: Option<Finishing>,
    listener: &mut dyn Listener,
) -> Result<Option<PackageSummary>, StoreError> {
    let state = || hq.number("PRAGMA main.data_version", []);
    let begun = hq.read(|| {
        begin(hq, spec)?;
        spec.tables.iter().try_for_each(|plan| hq.script(&table_sql(plan)))?;
        told(hq, spec, listener)?;
        state()
    })?;
    let mut summary = PackageSummary::default();
    for plan in spec.tables {
        hq.script("BEGIN")?;
        let filled = state()
            .and_then(|now| (now == begun).then(|| fill_table(hq, spec, plan, true)).transpose());
        let Ok(Some(counts)) = filled else {
            hq.roll_back();
            listener.event(Event::StepFinished);
            return filled.map(|_| None);
        };
        match &finishing {
            Some(finishing) => finishing.finish(|| hq.commit())?,
            None => hq.commit()?,
        }
        summary.add(spec, true, counts);
        listener.event(Event::StepProgress { done: summary.rows });
    }
    listener.event(Event::StepFinished);
    Ok(Some(summary))
}

/// Begins the package: what it says of itself.
fn begin(hq: &Headquarters, spec: &PackageSpec<'_>) -> Result<(), StoreError> {
    hq.script(include_str!("sql/package.sql"))?;
    hq.execute(
        "INSERT INTO pkg.cdx_PACKAGE (JOBID, SESSION, MODE) VALUES (:job, :session, :mode)",
        named_params! {
            ":job": spec.job,
            ":session": spec.session,
            ":mode": if spec.mode == Mode::Full { "full" } else { "delta" },
        },
    )
}

/// Tells that packing begins.
fn told(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let total = (spec.mode == Mode::Full).then(|| estimate(hq, spec.tables)).transpose()?;
    let step = format!("packing {}", spec.job);
    listener.event(Event::StepStarted { step, total, noun: "rows" });
    Ok(())
}

/// About how many rows the tables have, from their first and last row ids.
pub(crate) fn estimate(hq: &Headquarters, tables: &[TablePlan]) -> Result<u64, StoreError> {
    let mut total = 0;
    for plan in tables {
        let table = find_table(hq, &plan.hq_table)?;
        if let Some(rowid) = table.as_ref().and_then(|table| table.rowid.as_ref()) {
            // SQLite looks both ends up where each is asked for by itself, and reads all rows else.
            let sql = format!(
                "SELECT (SELECT max({0}) FROM main.{1}) - (SELECT min({0}) FROM main.{1}) + 1",
                quoted(rowid),
                quoted(&plan.hq_table)
            );
            total += hq.number(&sql, [])?.max(0) as u64;
        }
    }
    Ok(total)
}

/// Fills a table that has been declared, with all rows in scope or with changes; how many rows, and
/// keys that are gone.
fn fill_table(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    plan: &TablePlan,
    whole: bool,
) -> Result<(u64, u64), StoreError> {
    let sql = rows_sql(plan, whole);
    let params = named_params! {
        ":group": spec.group, ":since": spec.since,
    };
    let rows = bind_used(hq, &sql, params)?;
    if whole && spec.indexed {
        build_indexes(hq, plan)?;
    }
    let deleted = if whole {
        for (table, scopes) in kept(plan) {
            bind_used(hq, &keep_sql(&table, scopes), params)?;
        }
        0
    } else {
        bind_used(hq, &deletes_sql(plan), params)?
    };
    register(hq, plan, whole, rows, deleted)?;
    Ok((rows, deleted))
}

/// Builds the channel's indexes in the package. Rows that break a unique key are sent without: the
/// channels will refuse them, and say which they are (D08).
fn build_indexes(hq: &Headquarters, plan: &TablePlan) -> Result<(), StoreError> {
    hq.script("SAVEPOINT cdx_indexes")?;
    let built = plan
        .target_indexes
        .iter()
        .try_for_each(|sql| hq.script(&sql.replacen("INDEX ", "INDEX pkg.", 1)));
    if built.is_err() {
        hq.script("ROLLBACK TO cdx_indexes")?;
    }
    hq.script("RELEASE cdx_indexes")
}

/// Whether rows may have entered or left the filter's scope since a version (D18).
pub(crate) fn scope_moved(
    hq: &Headquarters,
    plan: &TablePlan,
    since: i64,
) -> Result<bool, StoreError> {
    for table in plan.watched() {
        if super::tracking::changed_since(hq, table, since)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts what a package would hold, without writing one: rows and deletes of one table.
pub(crate) fn count(
    hq: &Headquarters,
    spec: &PackageSpec<'_>,
    plan: &TablePlan,
) -> Result<(u64, u64), StoreError> {
    let whole = spec.mode == Mode::Full || scope_moved(hq, plan, spec.since)?;
    if !whole && !super::tracking::changed_since(hq, &plan.hq_table, spec.since)? {
        return Ok((0, 0));
    }
    let params = named_params! { ":group": spec.group, ":since": spec.since };
    let rows = number_used(hq, &format!("SELECT count(*) {}", from_sql(plan, whole)), params)?;
    if whole {
        return Ok((rows, 0));
    }
    let deletes = format!("SELECT count(*) FROM ({})", gone_sql(plan));
    Ok((rows, number_used(hq, &deletes, params)?))
}

pub(super) type Parameters<'a> = &'a [(&'a str, &'a dyn rusqlite::ToSql)];

/// SQLite refuses parameters that a statement does not mention; generated ones mention some.
pub(super) fn used<'a>(
    sql: &str,
    params: Parameters<'a>,
) -> Vec<(&'a str, &'a dyn rusqlite::ToSql)> {
    params.iter().copied().filter(|(name, _)| sql.contains(name)).collect()
}

fn bind_used(hq: &Headquarters, sql: &str, params: Parameters<'_>) -> Result<u64, StoreError> {
    hq.run(sql, used(sql, params).as_slice())
}

fn number_used(hq: &Headquarters, sql: &str, params: Parameters<'_>) -> Result<u64, StoreError> {
    hq.number(sql, used(sql, params).as_slice()).map(|n| n as u64)
}

fn table_sql(plan: &TablePlan) -> String {
    let made = plan.target_sql.replacen("CREATE TABLE ", "CREATE TABLE pkg.", 1);
    let gone = quoted(&deletes_table(&plan.target));
    let keys: Vec<String> = plan.key.iter().map(|field| key_sql(plan, &field.to)).collect();
    let keys = keys.join(", ");
    let own = std::iter::once(gone).chain(kept(plan).map(|(table, _)| quoted(&table)));
    let own = own.map(|table| format!("; CREATE TABLE pkg.{table} ({keys})"));
    format!("{made}{}", own.collect::<String>())
}

/// The tables of a package with keys that others bring, each with whose.
fn kept(plan: &TablePlan) -> impl Iterator<Item = (String, &[Scope])> {
    let everywhere = (keep_table(&plan.target), plan.shared.as_slice());
    let offline = (kept_offline_table(&plan.target), plan.kept_offline.as_slice());
    [everywhere, offline].into_iter().filter(|(_, scopes)| !scopes.is_empty())
}

/// A key column of a package: its type is that of the channel's, or its values would not be
/// theirs. Whoever applies the package learns from its collation that headquarters ignores case.
fn key_sql(plan: &TablePlan, column: &str) -> String {
    let folded = plan.folded.iter().any(|folded| folded == column);
    let kind = plan.key_types.get(column).map_or("", String::as_str);
    format!("{} {kind}{}", quoted(column), if folded { " COLLATE NOCASE" } else { "" })
}

pub(super) fn deletes_table(target: &str) -> String {
    format!("cdx_DELETED_{target}")
}

pub(super) fn keep_table(target: &str) -> String {
    format!("cdx_KEPT_{target}")
}

/// The keys that stay in an offline database when a job is excluded from it (D09, D10).
pub(super) fn kept_offline_table(target: &str) -> String {
    format!("cdx_KEPT_OFFLINE_{target}")
}

fn rows_sql(plan: &TablePlan, whole: bool) -> String {
    let to: Vec<String> = plan.columns.iter().map(|column| column.to.clone()).collect();
    let values: Vec<String> = plan.columns.iter().map(sent).collect();
    // A whole table comes in the order of its rows, which is that of RECID; changes come by key.
    let order = if whole {
        String::new()
    } else {
        format!(" ORDER BY {}", columns_of("d", &plan.key_from()))
    };
    format!(
        "INSERT INTO pkg.{} ({}) SELECT {} {}{order}",
        quoted(&plan.target),
        column_list(&to),
        values.join(", "),
        from_sql(plan, whole)
    )
}

/// What is sent of a column of a row `t`.
pub(super) fn sent(column: &PlanColumn) -> String {
    let value = ["t.", &quoted(&column.from)].concat();
    match column.fill {
        Fill::Keep => value,
        Fill::EmptyText => ["ifnull(", &value, ", '')"].concat(),
        Fill::Zero => ["ifnull(", &value, ", 0)"].concat(),
    }
}

fn from_sql(plan: &TablePlan, whole: bool) -> String {
    let table = quoted(&plan.hq_table);
    let scope = scope_sql(plan.filter.as_ref(), "t");
    if whole {
        return format!("FROM main.{table} t WHERE {scope}");
    }
    let on = same_key(&plan.key_from(), "t", "d");
    format!("FROM ({}) d CROSS JOIN main.{table} t ON {on} WHERE {scope}", touched_sql(plan))
}

pub(super) fn touched_sql(plan: &TablePlan) -> String {
    format!(
        "SELECT DISTINCT {} FROM main.{} WHERE VERSION > :since",
        column_list(&plan.key_from()),
        quoted(&tracking_table(&plan.hq_table))
    )
}

/// Touched keys that no subjob brings to the target any more (D10, D14).
fn gone_sql(plan: &TablePlan) -> String {
    let keys: Vec<String> =
        plan.key.iter().map(|field| format!("d.{}", quoted(&field.from))).collect();
    let unbrought = unbrought_sql(plan, &keys);
    format!("SELECT {} FROM ({}) d WHERE {unbrought}", keys.join(", "), touched_sql(plan))
}

/// That no subjob brings the target a row with this key, given as SQL in the order of the plan's.
pub(super) fn unbrought_sql(plan: &TablePlan, key: &[String]) -> String {
    let own = absent_sql(&plan.hq_table, &plan.key_from(), plan.filter.as_ref(), key);
    let shared =
        plan.shared.iter().map(|s| absent_sql(&s.hq_table, &s.key, s.filter.as_ref(), key));
    std::iter::once(own).chain(shared).collect::<Vec<_>>().join(" AND ")
}

fn absent_sql(table: &str, theirs: &[String], filter: Option<&Filter>, ours: &[String]) -> String {
    let on = equal(theirs.iter().map(|column| format!("t.{}", quoted(column))).zip(ours));
    format!(
        "NOT EXISTS (SELECT 1 FROM main.{} t WHERE {on} AND {})",
        quoted(table),
        scope_sql(filter, "t")
    )
}

fn deletes_sql(plan: &TablePlan) -> String {
    format!("INSERT INTO pkg.{} {}", quoted(&deletes_table(&plan.target)), gone_sql(plan))
}

/// Fills a package's table with the keys of all rows in scopes.
fn keep_sql(kept: &str, scopes: &[Scope]) -> String {
    let keys: Vec<String> = scopes
        .iter()
        .map(|scope| {
            format!(
                "SELECT {} FROM main.{} t WHERE {}",
                columns_of("t", &scope.key),
                quoted(&scope.hq_table),
                scope_sql(scope.filter.as_ref(), "t")
            )
        })
        .collect();
    format!("INSERT INTO pkg.{} {}", quoted(kept), keys.join(" UNION "))
}

/// Whether a row of `row` belongs to the group `:group` (D18).
pub(super) fn scope_sql(filter: Option<&Filter>, row: &str) -> String {
    let Some(filter) = filter else {
        return "1".to_owned();
    };
    let channels = include_str!("sql/filter_channels.sql");
    let mut previous = row.to_owned();
    let mut from = Vec::new();
    for (at, join) in filter.joins.iter().enumerate() {
        let alias = format!("j{at}");
        let on = format!("{alias}.{} = {previous}.{}", quoted(&join.column), quoted(&join.on));
        from.push((format!("main.{} {alias}", quoted(&join.table)), on));
        previous = alias;
    }
    let channel = format!("{previous}.{} IN ({channels})", quoted(&filter.channel));
    if from.is_empty() {
        return channel;
    }
    let tables: Vec<&str> = from.iter().map(|(table, _)| table.as_str()).collect();
    let conditions: Vec<&str> = from.iter().map(|(_, on)| on.as_str()).collect();
    format!(
        "EXISTS (SELECT 1 FROM {} WHERE {} AND {channel})",
        tables.join(", "),
        conditions.join(" AND ")
    )
}

fn register(
    hq: &Headquarters,
    plan: &TablePlan,
    whole: bool,
    rows: u64,
    deleted: u64,
) -> Result<(), StoreError> {
    let columns: Vec<&str> = plan.columns.iter().map(|column| column.to.as_str()).collect();
    hq.execute(
        include_str!("sql/package_register.sql"),
        named_params! {
            ":subjob": plan.subjob,
            ":target": plan.target,
            ":whole": whole,
            ":rows": rows as i64,
            ":deleted": deleted as i64,
            ":columns": serde_json::to_string(&columns).unwrap_or_default(),
            ":key": serde_json::to_string(&plan.key_to()).unwrap_or_default(),
            ":shared": !plan.shared.is_empty(),
            ":exclude_offline": plan.exclude_offline,
        },
    )
}
