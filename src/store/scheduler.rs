//! Job definitions as headquarters keeps them: what `run` uses, and what people change by hand.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::added_fields::MappedSince;
use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use super::tracking;
use crate::model::evidence::{Evidence, Grade};
use crate::model::ids::JobId;
use crate::model::job::{Definitions, Direction, FieldMap, Job, JobLine, Subjob, Target};

/// Writes definitions into the scheduler's tables (S04).
///
/// What was made or changed by hand stays, unless existing definitions are deleted first.
pub fn write(
    hq: &HqTx<'_>,
    definitions: &Definitions,
    delete_existing: bool,
) -> Result<(), StoreError> {
    let since = MappedSince::read(hq)?;
    if delete_existing {
        hq.script(include_str!("sql/scheduler_delete.sql"))?;
    }
    definitions.jobs.iter().try_for_each(|job| write_job(hq, job))?;
    let now = tracking::version(hq)?;
    definitions.subjobs.iter().try_for_each(|subjob| write_subjob(hq, subjob, &since, now))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn write_job(hq: &HqTx<'_>, job: &Job) -> Result<(), StoreError> {
    hq.run(
        include_str!("sql/scheduler_job.sql"),
        named_params! {
            ":id": job.id, ":name": job.name,
            ":upload": job.direction == Direction::Upload, ":skip": job.exclude_offline,
        },
    )?;
    hq.run(
        "INSERT OR REPLACE INTO cdx_JOB (JOBID, DIRECTION, ALIASES, GRADE, SOURCE, HANDMADE)
         VALUES (:id, :direction, :aliases, :grade, :source, 0)",
        named_params! {
            ":id": job.id, ":direction": job.direction, ":aliases": json(&job.aliases),
            ":grade": job.evidence.grade, ":source": job.evidence.source,
        },
    )?;
    for (at, line) in job.lines.iter().enumerate() {
        hq.run(
            include_str!("sql/scheduler_job_line.sql"),
            named_params! { ":job": job.id, ":subjob": line.subjob, ":line": at as i64 + 1 },
        )?;
        hq.run(
            "INSERT OR REPLACE INTO cdx_JOBLINE (JOBID, SUBJOBID, GRADE, SOURCE)
             VALUES (:job, :subjob, :grade, :source)",
            named_params! {
                ":job": job.id, ":subjob": line.subjob,
                ":grade": line.evidence.grade, ":source": line.evidence.source,
            },
        )?;
    }
    Ok(())
}

fn write_subjob(
    hq: &HqTx<'_>,
    subjob: &Subjob,
    since: &MappedSince,
    now: i64,
) -> Result<(), StoreError> {
    let primary = subjob.targets.first().map(Target::dotted).unwrap_or_default();
    hq.run(
        include_str!("sql/scheduler_subjob.sql"),
        named_params! {
            ":id": subjob.id, ":table": subjob.table, ":target": primary,
            ":counter": subjob.counter.as_deref().unwrap_or(""),
            ":skip": subjob.exclude_offline, ":unfiltered": subjob.filter.is_none(),
        },
    )?;
    hq.run(
        "INSERT OR REPLACE INTO cdx_SUBJOB (SUBJOBID, KEYCOLUMNS, FILTER, DIRECTION, GRADE, SOURCE)
         VALUES (:id, :key, :filter, :direction, :grade, :source)",
        named_params! {
            ":id": subjob.id, ":key": json(&subjob.key),
            ":filter": subjob.filter.as_ref().map(json),
            ":direction": subjob.direction,
            ":grade": subjob.evidence.grade, ":source": subjob.evidence.source,
        },
    )?;
    for (at, target) in subjob.targets.iter().enumerate() {
        let dotted = target.dotted();
        hq.run(
            "INSERT OR REPLACE INTO cdx_SUBJOBTARGET (SUBJOBID, TARGET, PRIMARYTARGET)
             VALUES (:id, :target, :primary)",
            named_params! { ":id": subjob.id, ":target": dotted, ":primary": at == 0 },
        )?;
        for field in &target.fields {
            let (from, to) = (field.from.clone(), field.to.clone());
            let mapped = (subjob.id.clone(), from, to, dotted.clone());
            let params = named_params! { ":id": subjob.id, ":from": field.from, ":to": field.to };
            hq.run(
                "INSERT OR IGNORE INTO RETAILCONNSCHEDULERSUBJOBFIELDLIST
                 (SUBJOBID, FROMFIELDNAME, TOFIELDNAME) VALUES (:id, :from, :to)",
                params,
            )?;
            hq.run(
                include_str!("sql/scheduler_field_target.sql"),
                named_params! {
                    ":id": subjob.id, ":from": field.from, ":to": field.to, ":target": dotted,
                    ":since": since.of(&mapped, now),
                },
            )?;
        }
    }
    Ok(())
}

/// Reads the definitions that `run` uses: enabled subjobs only where a line is enabled.
pub(crate) fn read(hq: &Headquarters) -> Result<Definitions, StoreError> {
    let mut lines = read_lines(hq)?;
    let jobs = hq.rows(include_str!("sql/scheduler_jobs.sql"), [], |row| {
        Ok((
            Job {
                id: row.get("JOBID")?,
                name: row.get("DESCRIPTION")?,
                aliases: Vec::new(),
                direction: row.get("DIRECTION")?,
                exclude_offline: row.get("ALLOWSKIPDATASYNC")?,
                feature: None,
                evidence: evidence(row.get("GRADE")?, row.get("SOURCE")?),
                lines: Vec::new(),
                origin: "headquarters".to_owned(),
            },
            row.get::<_, String>("ALIASES")?,
        ))
    })?;
    let jobs = jobs
        .into_iter()
        .map(|(mut job, aliases)| {
            job.aliases = hq.json("a job's aliases", &aliases)?;
            job.lines = lines.remove(&job.id).unwrap_or_default();
            Ok(job)
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Definitions { jobs, subjobs: read_subjobs(hq)? })
}

/// Something without evidence was made by hand in headquarters.
fn evidence(grade: Option<Grade>, source: Option<String>) -> Evidence {
    Evidence {
        grade: grade.unwrap_or(Grade::Assumed),
        source: source.unwrap_or_else(|| "made by hand in headquarters".to_owned()),
    }
}

fn read_lines(hq: &Headquarters) -> Result<BTreeMap<JobId, Vec<JobLine>>, StoreError> {
    let rows = hq.rows(include_str!("sql/scheduler_lines.sql"), [], |row| {
        Ok((
            row.get::<_, JobId>("JOBID")?,
            JobLine {
                subjob: row.get("SUBJOBID")?,
                enabled: row.get("ENABLED")?,
                evidence: evidence(row.get("GRADE")?, row.get("SOURCE")?),
            },
        ))
    })?;
    let mut lines: BTreeMap<JobId, Vec<JobLine>> = BTreeMap::new();
    for (job, line) in rows {
        lines.entry(job).or_default().push(line);
    }
    Ok(lines)
}

type Fields = BTreeMap<(String, String), Vec<FieldMap>>;

fn read_subjobs(hq: &Headquarters) -> Result<Vec<Subjob>, StoreError> {
    let mut fields: Fields = BTreeMap::new();
    let rows = hq.rows(include_str!("sql/scheduler_fields.sql"), [], |row| {
        let field = FieldMap { from: row.get("FROMFIELDNAME")?, to: row.get("TOFIELDNAME")? };
        Ok((row.get("SUBJOBID")?, row.get("TARGET")?, field))
    })?;
    for (subjob, target, field) in rows {
        fields.entry((subjob, target)).or_default().push(field);
    }
    let mut targets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let rows = hq.rows(
        "SELECT SUBJOBID, TARGET FROM cdx_SUBJOBTARGET WHERE PRIMARYTARGET = 0
         ORDER BY SUBJOBID, TARGET",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (subjob, target) in rows {
        targets.entry(subjob).or_default().push(target);
    }
    let rows = hq.rows(include_str!("sql/scheduler_subjobs.sql"), [], |row| {
        let subjob = Subjob {
            id: row.get("SUBJOBID")?,
            direction: Direction::Download,
            table: row.get("AXTABLENAME")?,
            key: Vec::new(),
            targets: Vec::new(),
            filter: None,
            counter: Some(row.get("REPLICATIONCOUNTERFIELDNAME")?)
                .filter(|counter: &String| !counter.is_empty()),
            exclude_offline: row.get("ALLOWSKIPDATASYNC")?,
            evidence: evidence(row.get("GRADE")?, row.get("SOURCE")?),
        };
        let primary: String = row.get("CHANNELTABLENAME")?;
        let key: Option<String> = row.get("KEYCOLUMNS")?;
        let filter: Option<String> = row.get("FILTER")?;
        Ok((subjob, primary, key, filter))
    })?;
    rows.into_iter()
        .map(|(mut subjob, primary, key, filter)| {
            if subjob.counter.is_some() {
                subjob.direction = Direction::Upload;
            }
            subjob.key = hq.json("a subjob's key", key.as_deref().unwrap_or("[]"))?;
            let read = |text: String| hq.json("a subjob's filter", &text);
            subjob.filter = filter.map(read).transpose()?;
            let others = targets.remove(&subjob.id).unwrap_or_default();
            subjob.targets = std::iter::once(primary)
                .chain(others)
                .map(|dotted| target(&dotted, &subjob.id, &mut fields))
                .collect();
            Ok(subjob)
        })
        .collect()
}

fn target(dotted: &str, subjob: &str, fields: &mut Fields) -> Target {
    let (schema, table) = dotted.split_once('.').unwrap_or(("ax", dotted));
    let key = (subjob.to_owned(), dotted.to_owned());
    Target {
        schema: schema.to_owned(),
        table: table.to_owned(),
        fields: fields.remove(&key).unwrap_or_default(),
    }
}
