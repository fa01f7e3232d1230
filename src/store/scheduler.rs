//! Job definitions as headquarters keeps them: what `run` uses, and what people change by hand.

use std::collections::{BTreeMap, HashMap};

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

/// The fields of each subjob, by its targets.
type Fields = HashMap<String, Vec<(String, Vec<FieldMap>)>>;

/// The fields of each subjob and target, in their order. A field without a target of ours was added
/// by hand, and belongs to the primary target. They are put together here: SQLite would look for
/// each field's target, and for its subjob, by names that are long and much alike.
fn read_fields(hq: &Headquarters, primary: &[(String, String)]) -> Result<Fields, StoreError> {
    let primary = primary.iter().map(|(subjob, to)| (folded(&[subjob]), to.clone()));
    let primary = Targets::of(primary.collect());
    let targets = hq.rows(include_str!("sql/scheduler_field_targets.sql"), [], |row| {
        let name = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str()?);
        Ok((folded(&[name(0)?, name(1)?, name(2)?]), row.get(3)?))
    })?;
    let targets = Targets::of(targets);
    let mut fields = Fields::new();
    let rows = hq.rows(include_str!("sql/scheduler_fields.sql"), [], |row| {
        Ok((row.get(0)?, FieldMap { from: row.get(1)?, to: row.get(2)? }))
    })?;
    for (subjob, field) in rows {
        let subjob: String = subjob;
        let own = targets.of_name(&folded(&[&subjob, &field.from, &field.to]));
        for primary in primary.of_name(&folded(&[&subjob])) {
            let primary = std::slice::from_ref(primary);
            for (_, target) in if own.is_empty() { primary } else { own } {
                let of = fields.entry(subjob.clone()).or_default();
                match of.iter_mut().find(|(known, _)| known == target) {
                    Some((_, fields)) => fields.push(field.clone()),
                    None => of.push((target.clone(), vec![field.clone()])),
                }
            }
        }
    }
    Ok(fields)
}

/// Channel tables by names, as their columns compare these.
struct Targets(Vec<(String, String)>);

impl Targets {
    fn of(mut targets: Vec<(String, String)>) -> Self {
        targets.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self(targets)
    }

    fn of_name(&self, name: &str) -> &[(String, String)] {
        let begin = self.0.partition_point(|(known, _)| known.as_str() < name);
        let count = self.0[begin..].iter().take_while(|(known, _)| known == name).count();
        &self.0[begin..begin + count]
    }
}

/// Names as their columns compare them, as one.
fn folded(names: &[&str]) -> String {
    let mut text = names.join("\0");
    text.make_ascii_lowercase();
    text
}

fn read_subjobs(hq: &Headquarters) -> Result<Vec<Subjob>, StoreError> {
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
    let primary =
        |(subjob, primary, ..): &(Subjob, String, _, _)| (subjob.id.clone(), primary.clone());
    let mut fields = read_fields(hq, &rows.iter().map(primary).collect::<Vec<_>>())?;
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
    let own = fields.get_mut(subjob).into_iter().flatten().find(|(target, _)| target == dotted);
    let fields = own.map(|(_, fields)| std::mem::take(fields)).unwrap_or_default();
    Target { schema: schema.to_owned(), table: table.to_owned(), fields }
}

#[cfg(test)]
mod tests {
    use super::super::db::Db;
    use super::super::schema::Kind;
    use super::*;

    /// What SQLite makes of it when it is asked for all at once.
    const JOINED: &str = "
        SELECT f.SUBJOBID, coalesce(t.TARGET, s.CHANNELTABLENAME), f.FROMFIELDNAME, f.TOFIELDNAME
        FROM RETAILCONNSCHEDULERSUBJOBFIELDLIST f
        JOIN RETAILCONNSCHEDULERSUBJOBTABLE s ON s.SUBJOBID = f.SUBJOBID
        LEFT JOIN cdx_SUBJOBFIELDTARGET t
            ON t.SUBJOBID = f.SUBJOBID AND t.FROMFIELDNAME = f.FROMFIELDNAME
            AND t.TOFIELDNAME = f.TOFIELDNAME
        ORDER BY f.RECID";

    #[test]
    fn fields_are_those_of_their_targets() {
        let db = Db::in_memory(Kind::Headquarters).unwrap();
        db.script(
            "INSERT INTO RETAILCONNSCHEDULERSUBJOBTABLE (SUBJOBID, CHANNELTABLENAME)
             VALUES ('ONE', 'ax.ONE'), ('Two', 'ax.TWO'), ('BARE', 'ax.BARE');
             INSERT INTO RETAILCONNSCHEDULERSUBJOBFIELDLIST (SUBJOBID, FROMFIELDNAME, TOFIELDNAME)
             VALUES ('ONE', 'B', 'b'), ('ONE', 'A', 'A'), ('two', 'A', 'A'), ('ONE', 'NEW', 'C'),
                    ('Two', 'D', 'D'), ('NOBODY', 'A', 'A'), ('ONE', 'E', 'E');
             INSERT INTO cdx_SUBJOBFIELDTARGET (SUBJOBID, FROMFIELDNAME, TOFIELDNAME, TARGET)
             VALUES ('one', 'a', 'a', 'ext.ONE'), ('ONE', 'A', 'A', 'ax.ONE'),
                    ('ONE', 'B', 'B', 'ax.ONE'), ('Two', 'D', 'D', 'ext.TWO'),
                    ('ONE', 'E', 'F', 'ext.OTHER'), ('BARE', 'A', 'A', 'ax.BARE')",
        )
        .unwrap();
        let hq = Headquarters(db);
        let primary = "SELECT SUBJOBID, CHANNELTABLENAME FROM RETAILCONNSCHEDULERSUBJOBTABLE";
        let primary = hq.rows(primary, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut expected: BTreeMap<(String, String), Vec<FieldMap>> = BTreeMap::new();
        let rows = hq.rows(JOINED, [], |row| {
            let field = FieldMap { from: row.get(2)?, to: row.get(3)? };
            Ok(((row.get(0)?, row.get(1)?), field))
        });
        for (of, field) in rows.unwrap() {
            expected.entry(of).or_default().push(field);
        }
        let found = read_fields(&hq, &primary).unwrap();
        let found = found.into_iter().flat_map(|(subjob, targets)| {
            targets.into_iter().map(move |(target, fields)| ((subjob.clone(), target), fields))
        });
        assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
        assert_eq!(expected.len(), 4);
    }
}
