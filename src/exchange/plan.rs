//! Works out what a job does to each table, from its definition and both schemas.

use super::error::ExchangeError;
use crate::model::job::{DATAAREAID, Definitions, FieldMap, Job, Subjob, Target};
use crate::model::plan::{Fill, PlanColumn, Scope, TablePlan};
use crate::model::schema::{Column, Table, Tables};
use crate::store::tracking::full_key;

/// The tables of a download job, in order; a subjob with extension tables has one plan each.
///
/// # Errors
/// [`ExchangeError::MappingBroken`] for the first thing that does not exist on either side.
pub fn plan_job(
    definitions: &Definitions,
    job: &Job,
    hq: &Tables,
    channel: &Tables,
) -> Result<Vec<TablePlan>, ExchangeError> {
    let sides = Sides { job: &job.id, hq, channel };
    let mut plans = Vec::new();
    for subjob in definitions.subjobs_of(job) {
        for target in &subjob.targets {
            let mut plan = sides.plan(subjob, target)?;
            plan.exclude_offline |= job.exclude_offline;
            plan.shared = sides.shared(definitions, subjob, target, &plan);
            plans.push(plan);
        }
    }
    Ok(plans)
}

struct Sides<'a> {
    job: &'a str,
    hq: &'a Tables,
    channel: &'a Tables,
}

impl Sides<'_> {
    fn broken(&self, subjob: &Subjob, detail: String) -> ExchangeError {
        ExchangeError::MappingBroken { job: self.job.to_owned(), subjob: subjob.id.clone(), detail }
    }

    fn plan(&self, subjob: &Subjob, target: &Target) -> Result<TablePlan, ExchangeError> {
        let from = self.hq_table(subjob)?;
        let name = target.file_name();
        let to = self.channel.get(&name.to_ascii_uppercase()).ok_or_else(|| {
            self.broken(subjob, format!("channel table {} does not exist", target.dotted()))
        })?;
        let fields = with_own(&target.fields, from, to);
        let key = self.key(subjob, target, &fields, to)?;
        let columns = fields
            .iter()
            .map(|field| self.column(subjob, field, from, to))
            .collect::<Result<_, _>>()?;
        Ok(TablePlan {
            subjob: subjob.id.clone(),
            hq_table: from.name.clone(),
            target: to.name.clone(),
            target_sql: to.sql.clone(),
            target_indexes: to.index_sql.clone(),
            columns,
            key,
            filter: subjob.filter.clone(),
            exclude_offline: subjob.exclude_offline,
            shared: Vec::new(),
        })
    }

    fn hq_table(&self, subjob: &Subjob) -> Result<&Table, ExchangeError> {
        self.hq.get(&subjob.table.to_ascii_uppercase()).ok_or_else(|| {
            self.broken(subjob, format!("headquarters table {} does not exist", subjob.table))
        })
    }

    /// The key in both sides' names; a subjob made by hand has the channel's documented one.
    fn key(
        &self,
        subjob: &Subjob,
        target: &Target,
        fields: &[FieldMap],
        to: &Table,
    ) -> Result<Vec<FieldMap>, ExchangeError> {
        let named = if subjob.key.is_empty() {
            let documented = to.unique.iter().find(|key| Some(&key[0]) != to.rowid.as_ref());
            documented.or(to.unique.first()).cloned().unwrap_or_default()
        } else {
            let mapped = |from: &String| {
                fields.iter().find(|f| f.from.eq_ignore_ascii_case(from)).map(|f| f.to.clone())
            };
            let key: Option<Vec<String>> = subjob.key.iter().map(mapped).collect();
            full_key(to, &key.unwrap_or_default())
        };
        let key: Option<Vec<FieldMap>> = named
            .iter()
            .map(|to| fields.iter().find(|f| f.to.eq_ignore_ascii_case(to)).cloned())
            .collect();
        key.filter(|key| !key.is_empty()).ok_or_else(|| {
            self.broken(subjob, format!("the key of {} is not mapped", target.dotted()))
        })
    }

    fn column(
        &self,
        subjob: &Subjob,
        field: &FieldMap,
        from: &Table,
        to: &Table,
    ) -> Result<PlanColumn, ExchangeError> {
        let missing = |table: &Table, column: &str| {
            self.broken(subjob, format!("table {} has no column {column}", table.name))
        };
        let source = from.column(&field.from).ok_or_else(|| missing(from, &field.from))?;
        let target = to.column(&field.to).ok_or_else(|| missing(to, &field.to))?;
        Ok(PlanColumn {
            from: source.name.clone(),
            to: target.name.clone(),
            fill: fill(source, target),
        })
    }

    /// Other subjobs that bring rows to the same channel table, in any job (D10).
    fn shared(
        &self,
        definitions: &Definitions,
        subjob: &Subjob,
        target: &Target,
        plan: &TablePlan,
    ) -> Vec<Scope> {
        let scheduled = |other: &Subjob| {
            let line = |job: &Job| job.lines.iter().any(|l| l.enabled && l.subjob == other.id);
            definitions.jobs.iter().any(line)
        };
        definitions
            .subjobs
            .iter()
            .filter(|other| other.id != subjob.id && scheduled(other) && other.counter.is_none())
            .flat_map(|other| other.targets.iter().map(move |theirs| (other, theirs)))
            .filter(|(_, theirs)| theirs.file_name().eq_ignore_ascii_case(&target.file_name()))
            .filter_map(|(other, theirs)| {
                let from = self.hq.get(&other.table.to_ascii_uppercase())?;
                let to = self.channel.get(&theirs.file_name().to_ascii_uppercase())?;
                let fields = with_own(&theirs.fields, from, to);
                let key = plan.key.iter().map(|wanted| {
                    fields
                        .iter()
                        .find(|f| f.to.eq_ignore_ascii_case(&wanted.to))
                        .map(|f| f.from.clone())
                });
                Some(Scope {
                    hq_table: from.name.clone(),
                    key: key.collect::<Option<_>>()?,
                    filter: other.filter.clone(),
                })
            })
            .collect()
    }
}

/// The beginning of the names of columns that are ours.
const OURS: &str = "cdx_";

/// DATAAREAID goes along by itself where both sides have it (S02), and so do columns of ours.
fn with_own(fields: &[FieldMap], from: &Table, to: &Table) -> Vec<FieldMap> {
    let listed = |name: &str| fields.iter().any(|field| field.to.eq_ignore_ascii_case(name));
    let ours = from.columns.iter().map(|column| column.name.as_str());
    let ours = ours.filter(|name| name.starts_with(OURS));
    let both = |name: &&str| from.column(name).is_some() && to.column(name).is_some();
    let along = std::iter::once(DATAAREAID).chain(ours).filter(both).filter(|name| !listed(name));
    let along = along.map(|name| FieldMap { from: name.to_owned(), to: name.to_owned() });
    fields.iter().cloned().chain(along).collect()
}

fn fill(source: &Column, target: &Column) -> Fill {
    if !source.nullable || target.nullable {
        return Fill::Keep;
    }
    let declared = target.declared.to_ascii_uppercase();
    if declared.contains("CHAR") || declared == "TEXT" { Fill::EmptyText } else { Fill::Zero }
}
