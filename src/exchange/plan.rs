//! Works out what a job does to each table, from its definition and both schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::ExchangeError;
use crate::model::ids::JobId;
use crate::model::job::{Definitions, FieldMap, Job, Subjob, Target};
use crate::model::key::{self, NoKey};
use crate::model::plan::{Fill, PlanColumn, Scope, TablePlan};
use crate::model::schema::{Column, Table, Tables};

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
    let mut plans = Vec::new();
    for subjob in definitions.subjobs_of(job) {
        plans.extend(plan_subjob(definitions, job, subjob, hq, channel)?);
    }
    Ok(plans)
}

/// The tables of one of its subjobs.
pub(super) fn plan_subjob(
    definitions: &Definitions,
    job: &Job,
    subjob: &Subjob,
    hq: &Tables,
    channel: &Tables,
) -> Result<Vec<TablePlan>, ExchangeError> {
    let sides = Sides { job: &job.id, hq, channel };
    let plan = |target: &Target| {
        let mut plan = sides.plan(subjob, target)?;
        plan.exclude_offline |= job.exclude_offline;
        plan.shared = sides.shared(definitions, subjob, target, &plan);
        if job.exclude_offline {
            plan.kept_offline = sides.kept_offline(definitions, target, &plan);
        }
        Ok(plan)
    };
    subjob.targets.iter().map(plan).collect()
}

/// The keys that a download subjob's targets ask of headquarters' table, in its names.
///
/// # Errors
/// The first that cannot be served; none where a table is missing, which is told elsewhere.
pub(crate) fn keys(
    subjob: &Subjob,
    hq: &Tables,
    channel: &Tables,
) -> Result<Vec<Vec<FieldMap>>, NoKey> {
    let Some(from) = hq.get(&subjob.table.to_ascii_uppercase()) else { return Ok(Vec::new()) };
    let found = subjob.targets.iter().filter_map(|target| {
        let to = channel.get(&target.file_name().to_ascii_uppercase())?;
        let direction = subjob.direction;
        Some(key::Sides { from, to, fields: &target.fields, direction }.key(&subjob.key))
    });
    found.collect()
}

struct Sides<'a> {
    job: &'a JobId,
    hq: &'a Tables,
    channel: &'a Tables,
}

impl Sides<'_> {
    fn broken(&self, subjob: &Subjob, detail: String) -> ExchangeError {
        ExchangeError::MappingBroken { job: self.job.clone(), subjob: subjob.id.clone(), detail }
    }

    fn plan(&self, subjob: &Subjob, target: &Target) -> Result<TablePlan, ExchangeError> {
        let from = self.hq_table(subjob)?;
        let name = target.file_name();
        let to = self.channel.get(&name.to_ascii_uppercase()).ok_or_else(|| {
            self.broken(subjob, format!("channel table {} does not exist", target.dotted()))
        })?;
        let direction = subjob.direction;
        let sides = key::Sides { from, to, fields: &target.fields, direction };
        let columns = sides
            .columns()
            .iter()
            .map(|field| self.column(subjob, field, from, to))
            .collect::<Result<_, _>>()?;
        let key = sides
            .key(&subjob.key)
            .map_err(|why| self.broken(subjob, format!("{}: {why}", target.dotted())))?;
        Ok(TablePlan {
            folded: sides.folded(&key),
            key_types: key_types(to, &key),
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
            kept_offline: Vec::new(),
        })
    }

    fn hq_table(&self, subjob: &Subjob) -> Result<&Table, ExchangeError> {
        self.hq.get(&subjob.table.to_ascii_uppercase()).map(Arc::as_ref).ok_or_else(|| {
            self.broken(subjob, format!("headquarters table {} does not exist", subjob.table))
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
        self.scopes(definitions, target, plan, |_, brings| brings.id != subjob.id)
    }

    /// Subjobs that bring rows to the same table of an offline database, whatever job they are in.
    fn kept_offline(
        &self,
        definitions: &Definitions,
        target: &Target,
        plan: &TablePlan,
    ) -> Vec<Scope> {
        self.scopes(definitions, target, plan, |job, brings| {
            !job.exclude_offline && !brings.exclude_offline
        })
    }

    /// What those subjobs bring to a channel table that some job has, and that are asked for.
    fn scopes(
        &self,
        definitions: &Definitions,
        target: &Target,
        plan: &TablePlan,
        wanted: impl Fn(&Job, &Subjob) -> bool,
    ) -> Vec<Scope> {
        let scheduled = |brings: &Subjob| {
            let line = |job: &&Job| job.lines.iter().any(|l| l.enabled && l.subjob == brings.id);
            definitions.jobs.iter().filter(line).any(|job| wanted(job, brings))
        };
        definitions
            .subjobs
            .iter()
            .filter(|brings| brings.counter.is_none() && scheduled(brings))
            .flat_map(|brings| brings.targets.iter().map(move |theirs| (brings, theirs)))
            .filter(|(_, theirs)| theirs.file_name().eq_ignore_ascii_case(&target.file_name()))
            .filter_map(|(brings, theirs)| self.scope(plan, brings, theirs))
            .collect()
    }

    /// The rows that a subjob brings to a target, by the key that a plan has for it; none where it
    /// brings no such key.
    fn scope(&self, plan: &TablePlan, brings: &Subjob, target: &Target) -> Option<Scope> {
        let from = self.hq.get(&brings.table.to_ascii_uppercase())?;
        let to = self.channel.get(&target.file_name().to_ascii_uppercase())?;
        let direction = brings.direction;
        let fields = key::Sides { from, to, fields: &target.fields, direction }.columns();
        let key = plan.key.iter().map(|wanted| {
            let own = fields.iter().find(|field| field.to.eq_ignore_ascii_case(&wanted.to));
            own.map(|field| field.from.clone())
        });
        Some(Scope {
            hq_table: from.name.clone(),
            key: key.collect::<Option<_>>()?,
            filter: brings.filter.clone(),
        })
    }
}

fn key_types(to: &Table, key: &[FieldMap]) -> BTreeMap<String, String> {
    let declared = |name: &str| to.column(name).map(|column| column.declared.clone());
    key.iter().filter_map(|field| Some((field.to.clone(), declared(&field.to)?))).collect()
}

fn fill(source: &Column, target: &Column) -> Fill {
    if !source.nullable || target.nullable {
        return Fill::Keep;
    }
    let declared = target.declared.to_ascii_uppercase();
    if declared.contains("CHAR") || declared == "TEXT" { Fill::EmptyText } else { Fill::Zero }
}
