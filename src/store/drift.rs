//! Where a channel differs from what its jobs have brought it (D01, D14): every row is compared on
//! both sides, by SQL alone, with the channel attached to headquarters.

use rusqlite::named_params;

use super::error::StoreError;
use super::pack::{scope_moved, scope_sql, unbrought_sql, used};
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::{column_list, equal, key_text, quoted};
use super::tracking::{changed_since, tracking_table};
use crate::model::ids::GroupId;
use crate::model::job::FieldMap;
use crate::model::plan::{Fill, PlanColumn, TablePlan};
use crate::model::schema::Table;

/// How many keys are kept of each kind of difference.
const MOST: u32 = 3;

/// One table of a job in one channel database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison<'a> {
    /// What the job does to the table.
    pub(crate) plan: &'a TablePlan,
    /// The channel's table.
    pub(crate) table: &'a Table,
    /// The channel database group's RECID, for filters.
    pub(crate) group: GroupId,
    /// The row version up to which the channel has had the job; what was touched later is still
    /// on its way.
    pub(crate) reached: i64,
}

/// How a channel's table differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drift {
    /// Rows that headquarters has and the channel has not.
    pub(crate) missing: u64,
    /// Rows that differ in a mapped column.
    pub(crate) different: u64,
    /// Rows that no job brings.
    pub(crate) extra: u64,
    /// Some of them: what is wrong and with which key.
    pub(crate) samples: Vec<String>,
}

impl Drift {
    /// Whether both sides agree.
    pub(crate) fn is_none(&self) -> bool {
        self.missing + self.different + self.extra == 0
    }
}

/// Does something while a channel database is attached to headquarters for reading.
pub(crate) fn with_channel<T>(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    hq.attached("ch", &channel.source(), work)
}

/// Compares one table, the channel being attached; none while rows may have entered or left the
/// filter's scope since, which the next run settles (D18).
pub(crate) fn compare(
    hq: &Headquarters,
    compared: Comparison<'_>,
) -> Result<Option<Drift>, StoreError> {
    let Comparison { plan, reached, .. } = compared;
    if scope_moved(hq, plan, reached)? {
        return Ok(None);
    }
    let touched = changed_since(hq, &plan.hq_table, reached)?;
    let sql = Sql { compared, touched };
    let mut drift = Drift::default();
    let (all, there, different) = sql.counts(hq)?;
    drift.missing = all - there;
    drift.different = different;
    if sql.has_extra(hq, there)? {
        drift.extra = sql.extra(hq, &mut drift.samples)?;
    }
    sql.samples(hq, &mut drift)?;
    Ok(Some(drift))
}

struct Sql<'a> {
    compared: Comparison<'a>,
    /// Whether rows of the table were touched after the channel had the job.
    touched: bool,
}

impl Sql<'_> {
    fn rows<T>(
        &self,
        hq: &Headquarters,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
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
        format!(
            " AND ({}) NOT IN (SELECT {} FROM main.{} WHERE VERSION > :reached)",
            own.join(", "),
            column_list(&plan.key_from()),
            quoted(&tracking_table(&plan.hq_table))
        )
    }

    fn differs(&self, column: &PlanColumn) -> String {
        let value = format!("t.{}", quoted(&column.from));
        let sent = match column.fill {
            Fill::Keep => value,
            Fill::EmptyText => format!("ifnull({value}, '')"),
            Fill::Zero => format!("ifnull({value}, 0)"),
        };
        let nocase = self.compared.table.column(&column.to).is_some_and(|column| column.nocase);
        let binary = if nocase { " COLLATE BINARY" } else { "" };
        format!("c.{}{binary} IS NOT {sent}", quoted(&column.to))
    }

    fn differ(&self) -> String {
        let each: Vec<String> =
            self.compared.plan.columns.iter().map(|column| self.differs(column)).collect();
        format!("({})", each.join(" OR "))
    }

    /// Headquarters' rows, how many of them the channel has, and how many of those differ.
    fn counts(&self, hq: &Headquarters) -> Result<(u64, u64, u64), StoreError> {
        let sql = format!(
            "SELECT count(*), count({0}), sum({0} IS NOT NULL AND {1}) {2}",
            self.there(),
            self.differ(),
            self.pairs()
        );
        let counts = self.rows(hq, &sql, |row| {
            let different: Option<i64> = row.get(2)?;
            let (all, there): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok((all as u64, there as u64, different.unwrap_or(0) as u64))
        })?;
        Ok(counts.into_iter().next().unwrap_or_default())
    }

    /// Whether the channel has more rows than were found for headquarters'.
    fn has_extra(&self, hq: &Headquarters, there: u64) -> Result<bool, StoreError> {
        let plan = self.compared.plan;
        for scope in &plan.shared {
            // What another subjob brings is settled by its own run.
            if changed_since(hq, &scope.hq_table, self.compared.reached)? {
                return Ok(false);
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

    fn extra(&self, hq: &Headquarters, samples: &mut Vec<String>) -> Result<u64, StoreError> {
        let gone = self.gone();
        let counted = self.rows(hq, &format!("SELECT count(*) {gone}"), |row| row.get(0))?;
        let count: i64 = counted.into_iter().next().unwrap_or(0);
        if count > 0 {
            let key = key_text(&self.compared.plan.key_to(), "c.");
            let sql = format!("SELECT {key} {gone} LIMIT {MOST}");
            let keys = self.rows(hq, &sql, |row| row.get::<_, String>(0))?;
            samples.extend(keys.into_iter().map(|key| format!("extra: {key}")));
        }
        Ok(count as u64)
    }

    fn samples(&self, hq: &Headquarters, drift: &mut Drift) -> Result<(), StoreError> {
        let plan = self.compared.plan;
        let key = key_text(&plan.key_from(), "t.");
        if drift.missing > 0 {
            let (pairs, there) = (self.pairs(), self.there());
            let sql = format!("SELECT {key} {pairs} AND {there} IS NULL LIMIT {MOST}");
            let keys = self.rows(hq, &sql, |row| row.get::<_, String>(0))?;
            drift.samples.extend(keys.into_iter().map(|key| format!("missing: {key}")));
        }
        if drift.different > 0 {
            let each: Vec<String> = plan.columns.iter().map(|c| self.differs(c)).collect();
            let sql = format!(
                "SELECT {key}, {} {} AND {} IS NOT NULL AND {} LIMIT {MOST}",
                each.join(", "),
                self.pairs(),
                self.there(),
                self.differ()
            );
            let found = self.rows(hq, &sql, |row| {
                let mut columns = Vec::new();
                for (at, column) in plan.columns.iter().enumerate() {
                    if row.get::<_, bool>(at + 1)? {
                        columns.push(column.to.clone());
                    }
                }
                Ok(format!("different: {} in {}", row.get::<_, String>(0)?, columns.join(", ")))
            })?;
            drift.samples.extend(found);
        }
        Ok(())
    }
}
