//! Where a channel differs from what its jobs have brought it (D01, D14), or from what headquarters
//! has now: every row is compared on both sides, by SQL alone, with the channel attached to
//! headquarters.

use rusqlite::{Row, named_params};

use super::attach::{SecondAs, SecondFile};
use super::error::StoreError;
use super::pack::{scope_moved, scope_sql, sent, unbrought_sql, used};
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::{column_list, columns_of, equal, quoted};
use super::tracking::changed_since;
use super::tracking_log::tracking_table;
use crate::model::drift::{Difference, DifferentColumn, DifferentRow, Drift};
use crate::model::ids::GroupId;
use crate::model::job::FieldMap;
use crate::model::plan::{PlanColumn, TablePlan};
use crate::model::record::{CellValue, Record};
use crate::model::schema::Table;

/// One table of a job in one channel database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison<'a> {
    /// What the job does to the table.
    pub(crate) plan: &'a TablePlan,
    /// The channel's table.
    pub(crate) table: &'a Table,
    /// The channel database group's RECID, for filters.
    pub(crate) group: GroupId,
    /// The row version up to which the channel has had the job: what was touched later is still on
    /// its way, and is left out. None where headquarters is compared as it is now.
    pub(crate) reached: Option<i64>,
    /// How many rows are kept of each kind of difference, the first by key.
    pub(crate) most: usize,
}

/// Does something while a channel database is attached to headquarters for reading.
pub(crate) fn with_channel<T>(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    hq.attached("ch", SecondFile::of(channel, SecondAs::Still), work)
}

/// The same with headquarters at one moment.
pub(crate) fn with_channel_now<T>(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    with_channel(hq, channel, || hq.read(work))
}

/// Compares one table with what one job brings, the channel being attached; none while rows may
/// have entered or left the filter's scope since, which the next run settles (D18).
pub(crate) fn compare(
    hq: &Headquarters,
    compared: Comparison<'_>,
) -> Result<Option<Drift>, StoreError> {
    let Comparison { plan, reached, .. } = compared;
    let mut touched = false;
    if let Some(reached) = reached {
        if scope_moved(hq, plan, reached)? {
            return Ok(None);
        }
        touched = changed_since(hq, &plan.hq_table, reached)?;
    }
    let sql = Sql { compared, touched, key: plan.key.clone() };
    let (all, there, different) = sql.counts(hq)?;
    let (missing, matched) = (all - there, there - different);
    let extra = if sql.has_extra(hq, there)? { sql.extra(hq)? } else { 0 };
    let mut drift = Drift { matched, missing, different, extra, samples: Vec::new() };
    sql.samples(hq, &mut drift)?;
    Ok(Some(drift))
}

/// Compares one table with what several subjobs bring to it (D10), as headquarters is now: a row
/// that more than one of them brings counts once, and differs where any of them says so.
///
/// # Errors
/// Headquarters; subjobs that tell the rows apart by other columns than the first.
pub(crate) fn compare_all(
    hq: &Headquarters,
    compared: &[Comparison<'_>],
) -> Result<Drift, StoreError> {
    let [first, rest @ ..] = compared else { return Ok(Drift::default()) };
    if rest.is_empty() {
        return Ok(compare(hq, *first)?.unwrap_or_default());
    }
    let parts = compared.iter().map(|one| Sql::beside(hq, *one, first.plan));
    let parts: Vec<Sql<'_>> = parts.collect::<Result<_, _>>()?;
    let number = |rows: &dyn Fn(&Sql<'_>) -> String| -> Result<u64, StoreError> {
        let each: Vec<String> = parts.iter().map(rows).collect();
        let sql = format!("SELECT count(*) FROM ({})", each.join(" UNION "));
        let counted = parts[0].rows(hq, &sql, |row| row.get::<_, i64>(0))?;
        Ok(counted.into_iter().next().unwrap_or(0) as u64)
    };
    let there = number(&|sql| format!("SELECT {} {}", sql.theirs(), sql.found()))?;
    let different = number(&|sql| format!("SELECT {} {}", sql.theirs(), sql.torn()))?;
    let mut drift = Drift {
        matched: there - different,
        missing: number(&|sql| format!("SELECT {} {}", sql.ours(), sql.lost()))?,
        different,
        extra: parts[0].extra(hq)?,
        samples: Vec::new(),
    };
    for (at, sql) in parts.iter().enumerate() {
        let own = Drift { extra: if at == 0 { drift.extra } else { 0 }, ..drift.clone() };
        let mut own = Drift { samples: Vec::new(), ..own };
        sql.samples(hq, &mut own)?;
        drift.samples.extend(own.samples);
    }
    merge(&mut drift.samples);
    Ok(drift)
}

/// Rows that several subjobs say differ, once each, with all their columns.
fn merge(samples: &mut Vec<DifferentRow>) {
    samples.sort_by(|a, b| a.what.cmp(&b.what).then_with(|| a.key.order(&b.key)));
    samples.dedup_by(|later, kept| {
        let same = later.what == kept.what && later.key == kept.key;
        if same {
            let more = std::mem::take(&mut later.columns);
            let new = more.into_iter().filter(|one| !kept.columns.contains(one));
            let new: Vec<DifferentColumn> = new.collect();
            kept.columns.extend(new);
        }
        same
    });
}

struct Sql<'a> {
    compared: Comparison<'a>,
    /// Whether rows of the table were touched after the channel had the job.
    touched: bool,
    /// The key by which rows are told.
    key: Vec<FieldMap>,
}

impl<'a> Sql<'a> {
    /// What another subjob brings to the same table, its rows told by the key of the first.
    fn beside(
        hq: &Headquarters,
        compared: Comparison<'a>,
        first: &TablePlan,
    ) -> Result<Self, StoreError> {
        let plan = compared.plan;
        let mapped = |to: &String| {
            let found = plan.columns.iter().find(|column| column.to == *to);
            found.map(|column| FieldMap { from: column.from.clone(), to: to.clone() })
        };
        let key = first.key_to().iter().map(mapped).collect::<Option<_>>().ok_or_else(|| {
            let what = format!("a key of subjob {} that subjob {} has", plan.subjob, first.subjob);
            hq.unreadable(what, first.key_to().join(" + "))
        })?;
        Ok(Self { compared, touched: false, key })
    }

    fn rows<T>(
        &self,
        hq: &Headquarters,
        sql: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let Comparison { group, reached, .. } = self.compared;
        let params = named_params! { ":group": group, ":reached": reached };
        hq.rows(sql, used(sql, params).as_slice(), read)
    }

    /// Headquarters' rows in scope that nobody touched since, each beside the channel's.
    fn pairs(&self) -> String {
        let plan = self.compared.plan;
        format!(
            "FROM main.{} t LEFT JOIN ch.{} c ON {} WHERE {}{}",
            quoted(&plan.hq_table),
            quoted(&plan.target),
            self.on_key(),
            scope_sql(plan.filter.as_ref(), "t"),
            self.untouched("t", |field| &field.from),
        )
    }

    fn on_key(&self) -> String {
        equal(self.compared.plan.key.iter().map(|field| {
            let collate = self.collate(field);
            (format!("c.{}{collate}", quoted(&field.to)), format!("t.{}", quoted(&field.from)))
        }))
    }

    /// Headquarters' comparison, where the channel's own is stricter.
    fn collate(&self, field: &FieldMap) -> &'static str {
        if self.compared.plan.folded.contains(&field.to) { " COLLATE NOCASE" } else { "" }
    }

    /// That the channel has a row: a key has a value.
    fn there(&self) -> String {
        let first = self.compared.plan.key.first().map_or("rowid", |field| field.to.as_str());
        format!("c.{}", quoted(first))
    }

    /// The pairs of which the channel has no row.
    fn lost(&self) -> String {
        format!("{} AND {} IS NULL", self.pairs(), self.there())
    }

    /// The pairs of which both have a row.
    fn found(&self) -> String {
        format!("{} AND {} IS NOT NULL", self.pairs(), self.there())
    }

    /// The pairs whose rows differ.
    fn torn(&self) -> String {
        format!("{} AND {}", self.found(), self.differ())
    }

    /// The channel's key.
    fn theirs(&self) -> String {
        columns_of("c", &self.key.iter().map(|field| &field.to).collect::<Vec<_>>())
    }

    /// Headquarters' key.
    fn ours(&self) -> String {
        columns_of("t", &self.key.iter().map(|field| &field.from).collect::<Vec<_>>())
    }

    fn untouched(&self, alias: &str, side: impl Fn(&FieldMap) -> &String) -> String {
        if !self.touched {
            return String::new();
        }
        let plan = self.compared.plan;
        let own: Vec<String> = plan
            .key
            .iter()
            .map(|f| format!("{alias}.{}{}", quoted(side(f)), self.collate(f)))
            .collect();
        // NOT IN would look through all touched keys for NULL, for each row.
        format!(
            " AND CASE WHEN ({}) IN (SELECT {} FROM main.{} WHERE VERSION > :reached) \
             THEN 0 ELSE 1 END",
            own.join(", "),
            column_list(&plan.key_from()),
            quoted(&tracking_table(&plan.hq_table))
        )
    }

    fn differs(&self, column: &PlanColumn) -> String {
        let nocase = self.compared.table.column(&column.to).is_some_and(|column| column.nocase);
        let binary = if nocase { " COLLATE BINARY" } else { "" };
        ["c.", &quoted(&column.to), binary, " IS NOT ", &sent(column)].concat()
    }

    fn differ(&self) -> String {
        let each: Vec<String> =
            self.compared.plan.columns.iter().map(|column| self.differs(column)).collect();
        format!("({})", each.join(" OR "))
    }

    /// Headquarters' rows, how many of them the channel has, and how many of those differ.
    fn counts(&self, hq: &Headquarters) -> Result<(u64, u64, u64), StoreError> {
        // As a condition the comparison ends at the first column that differs; as a value it would
        // be put together of all of them.
        let sql = format!(
            "SELECT count(*), count({0}), count(CASE WHEN {0} IS NOT NULL AND {1} THEN 1 END) {2}",
            self.there(),
            self.differ(),
            self.pairs()
        );
        let counts = self.rows(hq, &sql, |row| {
            let (all, there): (i64, i64) = (row.get(0)?, row.get(1)?);
            let different: i64 = row.get(2)?;
            Ok((all as u64, there as u64, different as u64))
        })?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// Whether the channel has more rows than were found for headquarters'.
    fn has_extra(&self, hq: &Headquarters, there: u64) -> Result<bool, StoreError> {
        let plan = self.compared.plan;
        if let Some(reached) = self.compared.reached {
            for scope in &plan.shared {
                // What another subjob brings is settled by its own run.
                if changed_since(hq, &scope.hq_table, reached)? {
                    return Ok(false);
                }
            }
        }
        let sql = format!("SELECT count(*) FROM ch.{}", quoted(&plan.target));
        Ok(hq.number(&sql, [])? as u64 != there)
    }

    fn gone(&self) -> String {
        let plan = self.compared.plan;
        let key: Vec<String> =
            plan.key.iter().map(|field| format!("c.{}", quoted(&field.to))).collect();
        format!(
            "FROM ch.{} c WHERE {}{}",
            quoted(&plan.target),
            unbrought_sql(plan, &key),
            self.untouched("c", |field| &field.to)
        )
    }

    fn extra(&self, hq: &Headquarters) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) {}", self.gone());
        let counted = self.rows(hq, &sql, |row| row.get::<_, i64>(0))?;
        Ok(counted.into_iter().next().unwrap_or(0) as u64)
    }

    /// The first rows of each kind of difference that there is.
    fn samples(&self, hq: &Headquarters, drift: &mut Drift) -> Result<(), StoreError> {
        let most = self.compared.most;
        let read = |what: Difference, key: String, from: String| {
            let sql = format!("SELECT {key} {from} ORDER BY {key} LIMIT {most}");
            self.rows(hq, &sql, |row| {
                Ok(DifferentRow { what, key: self.read_key(row)?, columns: Vec::new() })
            })
        };
        if drift.extra > 0 {
            drift.samples.extend(read(Difference::Extra, self.theirs(), self.gone())?);
        }
        if drift.missing > 0 {
            drift.samples.extend(read(Difference::Missing, self.ours(), self.lost())?);
        }
        if drift.different > 0 {
            drift.samples.extend(self.different(hq)?);
        }
        Ok(())
    }

    fn different(&self, hq: &Headquarters) -> Result<Vec<DifferentRow>, StoreError> {
        let columns = &self.compared.plan.columns;
        let each: Vec<String> = columns
            .iter()
            .map(|column| {
                format!("{}, {}, c.{}", self.differs(column), sent(column), quoted(&column.to))
            })
            .collect();
        let key = self.theirs();
        let (torn, most) = (self.torn(), self.compared.most);
        let sql = format!("SELECT {key}, {} {torn} ORDER BY {key} LIMIT {most}", each.join(", "));
        self.rows(hq, &sql, |row| {
            let mut found = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                let at = self.key.len() + 3 * at;
                if row.get::<_, bool>(at)? {
                    found.push(DifferentColumn {
                        column: column.to.clone(),
                        headquarters: row.get(at + 1)?,
                        channel: row.get(at + 2)?,
                    });
                }
            }
            Ok(DifferentRow {
                what: Difference::Different,
                key: self.read_key(row)?,
                columns: found,
            })
        })
    }

    fn read_key(&self, row: &Row<'_>) -> rusqlite::Result<Record> {
        let value = |(at, field): (usize, &FieldMap)| {
            row.get::<_, CellValue>(at).map(|value| (field.to.clone(), value))
        };
        self.key.iter().enumerate().map(value).collect::<Result<_, _>>().map(Record)
    }
}
