//! Raises a restored channel's counters above what headquarters has received (U07).

use rusqlite::{named_params, params};

use super::error::StoreError;
use super::lineage::LostCustomer;
use super::lost::{ATTACHED, Names, condition, is_alone};
use super::origins;
use super::pack::used;
use super::reissue::reissue;
use super::reseeder::Reseeder;
use super::sql_text::quoted;
use super::upload_table::UploadTable;
use super::uploads;

/// The rows that are to be uploaded, with the counters they have and those they get.
const AGAIN: &str = "CREATE TEMP TABLE cdx_AGAIN (TABLENAME TEXT COLLATE NOCASE, OLD INTEGER, \
                     NEW INTEGER, PRIMARY KEY (TABLENAME, OLD)) WITHOUT ROWID";

/// What was done to one table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct ReseededTable {
    /// The channel's table.
    pub(crate) table: String,
    /// The highest counter it had given out.
    pub(crate) from: i64,
    /// The highest counter it counts from now.
    pub(crate) to: i64,
    /// Rows that headquarters has not, which got new counters.
    pub(crate) renumbered: u64,
}

/// What was done to a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReseedOutcome {
    /// The tables that were changed.
    pub(crate) tables: Vec<ReseededTable>,
    /// Temporary ids that headquarters has for something else, and that were replaced.
    pub(crate) reissued: u64,
    /// Customers that headquarters has lost and that no operation brings again (U10).
    pub(crate) gone: Vec<LostCustomer>,
}

/// How far one table has come.
struct TableProgress<'a> {
    table: &'a UploadTable,
    /// The highest counter that either side takes for sent.
    reached: i64,
    issued: i64,
}

/// As many temporary ids as the channel can have given out, going by what has come up.
fn handed_out(standings: &[TableProgress<'_>]) -> i64 {
    standings.iter().map(|standing| standing.reached.max(standing.issued)).sum()
}

impl Reseeder<'_> {
    /// Gives every row that would never be uploaded a counter above the one received, in the order
    /// they have; what waits to be uploaded follows them where it came after them. Temporary ids
    /// that headquarters has for another customer are replaced, so that none is overwritten.
    ///
    /// # Errors
    /// Either file.
    pub(crate) fn run(self) -> Result<ReseedOutcome, StoreError> {
        self.channel.run(AGAIN, [])?;
        let mut standings = Vec::new();
        let mut needed = false;
        for table in self.tables {
            let standing = self.standing(table)?;
            let lost = self.gather(&standing)?;
            needed |= lost > 0 || standing.issued < standing.reached;
            standings.push(standing);
        }
        let mut done = ReseedOutcome::default();
        if needed {
            for standing in &standings {
                self.gather_unsent(standing)?;
            }
            done.reissued = reissue(self, handed_out(&standings))?;
            for standing in &standings {
                done.tables.extend(self.renumber(standing)?);
            }
        }
        self.channel.run("DROP TABLE temp.cdx_AGAIN", [])?;
        Ok(done)
    }

    fn standing<'t>(&self, table: &'t UploadTable) -> Result<TableProgress<'t>, StoreError> {
        let target = &table.plan.target;
        let (name, counter) = (quoted(target), quoted(&table.counter));
        let highest =
            self.channel.number(&format!("SELECT max({counter}) FROM main.{name}"), [])?;
        Ok(TableProgress {
            table,
            reached: uploads::reached(self.hq, self.channel, self.store.id, target)?,
            issued: origins::issued(self.channel, target)?.max(highest),
        })
    }

    /// Gathers the lost rows; how many.
    fn gather(&self, standing: &TableProgress<'_>) -> Result<u64, StoreError> {
        let TableProgress { table, reached, .. } = standing;
        if !is_alone(table, self.tables) {
            return Ok(0);
        }
        let sql = format!(
            "INSERT OR IGNORE INTO temp.cdx_AGAIN SELECT :table, c.{}, 0 FROM main.{} c WHERE {}",
            quoted(&table.counter),
            quoted(&table.plan.target),
            condition(self.hq, table, &Names { hq: ATTACHED, channel: "main" })?
        );
        let (open, way) = (self.way.sessions(), self.way.origins());
        let params = named_params! {
            ":store": self.store.id, ":reached": reached, ":table": table.plan.target,
            ":open": open, ":way": way,
        };
        self.channel.run(&sql, used(&sql, params).as_slice())
    }

    fn gather_unsent(&self, standing: &TableProgress<'_>) -> Result<u64, StoreError> {
        let (name, counter) = (&standing.table.plan.target, quoted(&standing.table.counter));
        let sql = format!(
            "INSERT OR IGNORE INTO temp.cdx_AGAIN SELECT ?1, {counter}, 0 FROM main.{}
             WHERE {counter} > ?2",
            quoted(name)
        );
        self.channel.run(&sql, params![name, standing.reached])
    }

    /// Renumbers the gathered rows of a table; none where all of them are above what was received.
    fn renumber(&self, standing: &TableProgress<'_>) -> Result<Option<ReseededTable>, StoreError> {
        let TableProgress { table, reached, issued } = standing;
        let target = &table.plan.target;
        let sql = "SELECT count(*) FROM temp.cdx_AGAIN WHERE TABLENAME = ?1 AND OLD <= ?2";
        let below = self.channel.number(sql, params![target, reached])?;
        if below == 0 && issued >= reached {
            return Ok(None);
        }
        let base = *reached.max(issued).max(&origins::given_out(self.channel, target));
        let sql = include_str!("sql/reseed_counters.sql");
        self.channel.run(sql, params![target, base])?;
        self.renew_origins(target)?;
        let renumbered = self.rewrite(target, &table.counter, target)?;
        self.channel.run(include_str!("sql/reseed_origins.sql"), [target])?;
        for extension in &table.extensions {
            // Where an extension row is found by the counter, it goes with its row.
            let keys = extension.key.iter().zip(&table.plan.key);
            for (theirs, _) in keys.filter(|(_, ours)| ours.to == table.counter) {
                self.rewrite(&extension.target, &theirs.to, target)?;
            }
        }
        let to = base + self.gathered(target)?;
        origins::raise(self.channel, target, to)?;
        Ok(Some(ReseededTable { table: target.clone(), from: *issued, to, renumbered }))
    }

    /// A gathered row that says it was made where headquarters has another one from gets an origin
    /// of its own.
    fn renew_origins(&self, target: &str) -> Result<(), StoreError> {
        let sql = include_str!("sql/reseed_origins_taken.sql");
        let taken = self.channel.rows(sql, [target], |row| row.get::<_, i64>(0))?;
        taken.into_iter().try_for_each(|counter| origins::made(self.channel, target, counter))
    }

    fn gathered(&self, target: &str) -> Result<i64, StoreError> {
        self.channel.number("SELECT count(*) FROM temp.cdx_AGAIN WHERE TABLENAME = ?1", [target])
    }

    /// Writes the new counters of a table's rows into a column.
    fn rewrite(&self, table: &str, column: &str, of: &str) -> Result<u64, StoreError> {
        let sql = include_str!("sql/reseed_rewrite.sql");
        let sql = sql.replace("{name}", &quoted(table)).replace("{column}", &quoted(column));
        self.channel.run(&sql, [of])
    }
}
