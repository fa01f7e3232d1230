//! What upload jobs collect: tables, their counters and their extension tables (U01, S06).

use super::chain::chain;
use super::error::ExchangeError;
use super::plan::plan_subjob;
use super::request::Known;
use crate::model::job::{Definitions, Direction, FieldMap, Job, Subjob, Target};
use crate::model::key::{self, NoKey};
use crate::model::plan::TablePlan;
use crate::model::schema::Tables;
use crate::store::Headquarters;
use crate::store::upload_table::UploadTable;

/// The tables an upload job collects, without their counters.
///
/// # Errors
/// A mapping that is broken on either side.
pub(crate) fn upload_tables(
    definitions: &Definitions,
    job: &Job,
    hq: &Tables,
    channel: &Tables,
) -> Result<Vec<UploadTable>, ExchangeError> {
    let known = Sides { definitions, hq, channel };
    let tables = definitions.subjobs_of(job).map(|subjob| known.upload_table(job, subjob));
    tables.filter_map(Result::transpose).collect()
}

/// What a mapping goes between.
struct Sides<'a> {
    definitions: &'a Definitions,
    hq: &'a Tables,
    channel: &'a Tables,
}

impl Sides<'_> {
    /// The table that a subjob collects, with its extension tables.
    fn upload_table(
        &self,
        job: &Job,
        subjob: &Subjob,
    ) -> Result<Option<UploadTable>, ExchangeError> {
        let broken = |detail: String| ExchangeError::MappingBroken {
            job: job.id.clone(),
            subjob: subjob.id.clone(),
            detail,
        };
        let plans = plan_subjob(self.definitions, job, subjob, self.hq, self.channel)?;
        let mut plans = plans.into_iter();
        let Some(plan) = plans.next() else { return Ok(None) };
        let counter = subjob.counter.as_deref().unwrap_or_default();
        let column = plan.columns.iter().find(|column| column.from.eq_ignore_ascii_case(counter));
        let unmapped = || broken("the replication counter is not mapped".to_owned());
        let counter = column.map(|column| column.to.clone()).ok_or_else(unmapped)?;
        let of_base = |extension: TablePlan| {
            let key = of_base(&extension, &plan).map_err(|why| broken(why.to_string()))?;
            Ok(TablePlan { key, ..extension })
        };
        let extensions = plans.map(of_base).collect::<Result<_, ExchangeError>>()?;
        Ok(Some(UploadTable { plan, counter, extensions, after: 0 }))
    }
}

/// What every upload job collects, each subjob by itself: one that cannot be served keeps none of
/// the others from being looked after.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    pub(super) tables: Vec<UploadTable>,
    /// The channel tables that are left out, and why.
    pub(super) left_out: Vec<(String, String)>,
}

impl Uploads {
    /// What headquarters has of them.
    ///
    /// # Errors
    /// Headquarters.
    pub(super) fn read(hq: &Headquarters) -> Result<Self, ExchangeError> {
        let known = Known::read(hq)?;
        let Known { definitions, hq, channel } = &known;
        let sides = Sides { definitions, hq, channel };
        let mut found = Self::default();
        for job in definitions.jobs.iter().filter(|job| job.direction == Direction::Upload) {
            for subjob in definitions.subjobs_of(job) {
                match sides.upload_table(job, subjob) {
                    Ok(table) => found.tables.extend(table),
                    Err(why) => {
                        let targets = subjob.targets.iter().map(Target::file_name);
                        found.left_out.extend(targets.map(|target| (target, chain(&why))));
                    }
                }
            }
        }
        // What several subjobs collect is known whole, or not at all.
        let left_out = &found.left_out;
        let other = |table: &UploadTable| {
            left_out.iter().all(|(name, _)| !name.eq_ignore_ascii_case(&table.plan.target))
        };
        found.tables.retain(other);
        Ok(found)
    }
}

/// The key of an extension table in the order of its base table's (S06).
fn of_base(extension: &TablePlan, base: &TablePlan) -> Result<Vec<FieldMap>, NoKey> {
    key::of_base(&extension.target, &extension.key, &base.key)
}
