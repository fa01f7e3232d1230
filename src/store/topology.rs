//! Reads headquarters' channel databases, groups and distribution schedules.

use std::collections::BTreeMap;

use rusqlite::{Row, named_params, params};

use super::error::StoreError;
use super::seed::ONLINE_STORE;
use super::side::{Headquarters, HqTx};
use crate::model::ids::{DataAreaId, DataStoreId, GroupId, JobId};
use crate::model::interval::Interval;
use crate::model::name_kind::NameKind;
use crate::model::parameters::DEPENDENCY_ENFORCEMENT;
use crate::model::time::Time;
use crate::model::topology::{BatchState, DataStore, Group, Schedule};

/// `RetailConnDatabaseProfile.DataStoreType` of a channel database; the number is ours.
pub(crate) const CHANNEL_STORE: i64 = 0;
/// `RetailConnDatabaseProfile.DataStoreType` of an offline database; the number is ours.
pub(crate) const OFFLINE_STORE: i64 = 1;

/// Every group, in the order it was made.
pub(crate) fn groups(hq: &Headquarters) -> Result<Vec<Group>, StoreError> {
    hq.rows("SELECT RECID, NAME, cdx_ISDUMMY FROM RETAILCDXDATAGROUP ORDER BY RECID", [], |row| {
        Ok(Group { id: row.get(0)?, name: row.get(1)?, dummy: row.get(2)? })
    })
}

/// Every channel and offline database, in the order it was made.
pub(crate) fn data_stores(hq: &Headquarters) -> Result<Vec<DataStore>, StoreError> {
    hq.rows(include_str!("sql/data_stores.sql"), [], data_store)
}

fn data_store(row: &Row<'_>) -> rusqlite::Result<DataStore> {
    Ok(DataStore {
        id: row.get("RECID")?,
        name: row.get("NAME")?,
        group_id: row.get("DATAGROUP")?,
        group: row.get("GROUPNAME")?,
        offline: row.get::<_, i64>("DATASTORETYPE")? == OFFLINE_STORE,
        terminal: row.get("TERMINALID")?,
        paused: row.get("PAUSEDATASYNC")?,
    })
}

/// The database of this name, in any case.
pub(crate) fn find_store(hq: &Headquarters, name: &str) -> Result<DataStore, StoreError> {
    named(data_stores(hq)?, |store| &store.name, NameKind::Channel, name)
}

/// The channel database of this name, in any case; an offline database is none.
pub(crate) fn find_channel(hq: &Headquarters, name: &str) -> Result<DataStore, StoreError> {
    let mut stores = data_stores(hq)?;
    stores.retain(|store| !store.offline);
    named(stores, |store| &store.name, NameKind::Channel, name)
}

/// Whether a channel is an online store, behind an e-commerce application.
pub(crate) fn is_online_store(hq: &Headquarters, store: &DataStore) -> Result<bool, StoreError> {
    let sql = include_str!("sql/channel_is_online.sql");
    Ok(hq.number(sql, params![store.id, ONLINE_STORE])? > 0)
}

/// The group of this name, in any case.
pub(crate) fn find_group(hq: &Headquarters, name: &str) -> Result<Group, StoreError> {
    named(groups(hq)?, |group| &group.name, NameKind::Group, name)
}

/// The one of a name, in any case, or the names there are.
fn named<T>(
    all: Vec<T>,
    of: impl Fn(&T) -> &String,
    what: NameKind,
    name: &str,
) -> Result<T, StoreError> {
    let names: Vec<String> = all.iter().map(|one| of(one).clone()).collect();
    let found = all.into_iter().find(|one| of(one).eq_ignore_ascii_case(name));
    found.ok_or_else(|| StoreError::unknown(what, name, &names))
}

/// Every distribution schedule, by name.
pub(crate) fn schedules(hq: &Headquarters) -> Result<Vec<Schedule>, StoreError> {
    let found = hq.rows(include_str!("sql/schedules.sql"), [], |row| {
        Ok(Schedule {
            id: row.get(0)?,
            name: row.get(1)?,
            active: row.get(2)?,
            jobs: Vec::new(),
            groups: Vec::new(),
            recurring: row.get(3)?,
            batch_id: row.get(4)?,
            batch: row.get(5)?,
            batch_state: row.get(6)?,
            every: Interval::stored(row.get(7)?),
            from: row.get(8)?,
        })
    })?;
    found
        .into_iter()
        .map(|mut schedule| {
            let jobs = "SELECT JOBID FROM RETAILCONNSCHEDULEJOBMAPPING WHERE SCHEDULE = ?1 \
                        ORDER BY RECID";
            schedule.jobs = hq.rows(jobs, [schedule.id], |row| row.get(0))?;
            let groups = include_str!("sql/schedule_groups.sql");
            schedule.groups = hq.rows(groups, [schedule.id], |row| row.get(0))?;
            Ok(schedule)
        })
        .collect()
}

/// A configuration parameter (`CDX_...`), trimmed; none when it is not set.
pub fn configuration(hq: &Headquarters, name: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT VALUE FROM RETAILCONFIGURATIONPARAMETERS WHERE NAME = ?1 COLLATE NOCASE";
    Ok(hq.text(sql, [name])?.map(|value| value.trim().to_owned()))
}

/// "Try count" of the scheduler parameters (D06); at least 1.
pub(crate) fn try_count(hq: &Headquarters) -> Result<u32, StoreError> {
    let count = hq.number("SELECT TRYCOUNT FROM RETAILCONNPARAMETERS LIMIT 1", [])?;
    Ok(u32::try_from(count).unwrap_or(3).max(1))
}

/// "Full dataset generation interval" of the scheduler parameters; none when it is 0.
pub(crate) fn full_interval(hq: &Headquarters) -> Result<Option<std::time::Duration>, StoreError> {
    let sql = "SELECT FULLDATASETGENERATIONINTERVAL FROM RETAILCONNPARAMETERS LIMIT 1";
    let days = u64::try_from(hq.number(sql, [])?).unwrap_or(0);
    Ok((days > 0).then(|| std::time::Duration::from_secs(days * 24 * 60 * 60)))
}

/// Whether sessions of a database wait for each other (D07).
pub(crate) fn enforces_dependencies(hq: &Headquarters) -> Result<bool, StoreError> {
    Ok(configuration(hq, DEPENDENCY_ENFORCEMENT)?.as_deref() == Some("1"))
}

/// How often the Async Client of each channel database collects, in minutes ("Async Server
/// profile"); 15 where nobody has said, as documented.
pub(crate) fn upload_intervals(
    hq: &Headquarters,
) -> Result<BTreeMap<DataStoreId, Interval>, StoreError> {
    let found = hq.rows(include_str!("sql/upload_intervals.sql"), [], |row| {
        let minutes: i64 = row.get(1)?;
        Ok((row.get(0)?, Interval::stored(minutes).or(Interval::minutes(15))))
    })?;
    Ok(found.into_iter().filter_map(|(store, every)| Some((store, every?))).collect())
}

/// Notes that a database was heard of; the documented "Last connection".
pub(crate) fn heartbeat(hq: &HqTx<'_>, store: DataStoreId, now: &Time) -> Result<(), StoreError> {
    hq.execute(include_str!("sql/heartbeat.sql"), named_params! { ":store": store, ":now": now })
}

/// When each database was last heard of, by RECID; the documented "Last connection".
pub(crate) fn last_connections(
    hq: &Headquarters,
) -> Result<BTreeMap<DataStoreId, Time>, StoreError> {
    let sql = "SELECT DATASTORE, DATELASTHEARTBEATRECORDED FROM RETAILCDXDATASTOREHEARTBEATLOG";
    Ok(hq.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// Pauses or resumes a database's synchronization (D13).
pub(crate) fn set_paused(
    hq: &HqTx<'_>,
    store: DataStoreId,
    paused: bool,
) -> Result<(), StoreError> {
    let sql = "UPDATE RETAILCONNDATABASEPROFILE SET PAUSEDATASYNC = ?1 WHERE RECID = ?2";
    hq.execute(sql, params![paused, store])
}

/// Adds a channel database group.
pub(crate) fn add_group(hq: &HqTx<'_>, name: &str, dummy: bool) -> Result<(), StoreError> {
    let sql = "INSERT INTO RETAILCDXDATAGROUP (NAME, DESCRIPTION, cdx_ISDUMMY) VALUES (?1, ?1, ?2)";
    hq.execute(sql, params![name, dummy])
}

/// What to change of a distribution schedule; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ScheduleChange {
    /// Whether it generates anything.
    pub(crate) active: Option<bool>,
    /// Whether a recurring batch runs it.
    pub(crate) recurring: Option<bool>,
    /// The state of that batch.
    pub(crate) batch_state: Option<BatchState>,
    /// How often that batch runs, and from when on.
    pub(crate) every: Option<(Interval, Time)>,
    /// The jobs it runs.
    pub(crate) jobs: Option<Vec<JobId>>,
    /// The RECIDs of the groups it serves.
    pub(crate) groups: Option<Vec<GroupId>>,
}

/// Changes a distribution schedule, making it first when it is new.
pub(crate) fn set_schedule(
    hq: &HqTx<'_>,
    name: &str,
    change: &ScheduleChange,
) -> Result<(), StoreError> {
    let sql = "SELECT RECID, BATCHJOBID FROM RETAILCONNSCHEDULE WHERE NAME = ?1 COLLATE NOCASE";
    let known = hq.first(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (schedule, mut batch): (i64, i64) = match known {
        Some(known) => known,
        None => new_schedule(hq, name)?,
    };
    if change.recurring == Some(true) || change.batch_state.is_some() || change.every.is_some() {
        batch = batch_behind(hq, schedule, batch)?;
    }
    if let Some(active) = change.active {
        let sql = "UPDATE RETAILCONNSCHEDULE SET ACTIVE = ?1 WHERE RECID = ?2";
        hq.run(sql, params![active, schedule])?;
    }
    if let Some(recurring) = change.recurring {
        let sql = "UPDATE BATCHJOB SET RECURRING = ?1 WHERE RECID = ?2";
        hq.run(sql, params![recurring, batch])?;
    }
    if let Some(state) = change.batch_state {
        let sql = "UPDATE BATCHJOB SET STATUS = ?1 WHERE RECID = ?2";
        hq.run(sql, params![state, batch])?;
    }
    if let Some((every, from)) = &change.every {
        let sql = "UPDATE BATCHJOB SET cdx_EVERY = ?1, cdx_FROM = ?2 WHERE RECID = ?3";
        hq.run(sql, params![every.as_minutes(), from, batch])?;
    }
    if let Some(jobs) = &change.jobs {
        hq.run("DELETE FROM RETAILCONNSCHEDULEJOBMAPPING WHERE SCHEDULE = ?1", [schedule])?;
        for job in jobs {
            let sql = "INSERT INTO RETAILCONNSCHEDULEJOBMAPPING (SCHEDULE, JOBID) VALUES (?1, ?2)";
            hq.run(sql, params![schedule, job])?;
        }
    }
    if let Some(groups) = &change.groups {
        hq.run("DELETE FROM RETAILCDXSCHEDULEDATAGROUP WHERE SCHEDULE = ?1", [schedule])?;
        for group in groups {
            let sql =
                "INSERT INTO RETAILCDXSCHEDULEDATAGROUP (SCHEDULE, DATAGROUP) VALUES (?1, ?2)";
            hq.run(sql, params![schedule, group])?;
        }
    }
    Ok(())
}

/// The batch job behind a schedule; where it is gone another is made, which waits and recurs.
fn batch_behind(hq: &HqTx<'_>, schedule: i64, batch: i64) -> Result<i64, StoreError> {
    if hq.number("SELECT count(*) FROM BATCHJOB WHERE RECID = ?1", [batch])? > 0 {
        return Ok(batch);
    }
    let name = hq.text("SELECT NAME FROM RETAILCONNSCHEDULE WHERE RECID = ?1", [schedule])?;
    let made = new_batch(hq, &name.unwrap_or_default())?;
    hq.run("UPDATE RETAILCONNSCHEDULE SET BATCHJOBID = ?1 WHERE RECID = ?2", [made, schedule])?;
    Ok(made)
}

/// A batch job that waits and recurs; one of this caption that stood alone is taken.
fn new_batch(hq: &HqTx<'_>, caption: &str) -> Result<i64, StoreError> {
    hq.number(
        "INSERT INTO BATCHJOB (CAPTION, STATUS, RECURRING) VALUES (?1, ?2, 1) ON CONFLICT (CAPTION)
         DO UPDATE SET STATUS = excluded.STATUS, RECURRING = 1 RETURNING RECID",
        params![caption, BatchState::Waiting],
    )
}

fn new_schedule(hq: &HqTx<'_>, name: &str) -> Result<(i64, i64), StoreError> {
    let batch = new_batch(hq, name)?;
    hq.run(
        "INSERT INTO RETAILCONNSCHEDULE (NAME, DESCRIPTION, ACTIVE, BATCHJOBID)
         VALUES (?1, ?1, 1, ?2)",
        params![name, batch],
    )?;
    Ok((hq.last_id(), batch))
}

/// A parameter as `cdx params` shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
    /// scheduler, configuration or fact.
    pub(crate) kind: &'static str,
}

/// Every parameter, by kind and name.
pub(crate) fn parameters(hq: &Headquarters) -> Result<Vec<Parameter>, StoreError> {
    let filter =
        hq.number("SELECT max(FILTERSHAREDCUSTOMERDATATABLES) FROM RETAILCONNCHANNELSCHEMA", [])?;
    let interval =
        hq.number("SELECT FULLDATASETGENERATIONINTERVAL FROM RETAILCONNPARAMETERS", [])?;
    let named = |name: &str, value: i64| Parameter {
        name: name.to_owned(),
        value: value.to_string(),
        kind: "scheduler",
    };
    let automatic =
        hq.number("SELECT max(DEFAULTENABLEMENT) FROM FEATUREMANAGEMENTPARAMETERS", [])?;
    let mut parameters = vec![
        named("default-feature-enablement", automatic),
        named("filter-shared-customer-data-tables", filter),
        named("full-dataset-generation-interval", interval),
        named("try-count", i64::from(try_count(hq)?)),
    ];
    for (kind, sql) in [
        ("configuration", "SELECT NAME, VALUE FROM RETAILCONFIGURATIONPARAMETERS ORDER BY NAME"),
        ("fact", "SELECT NAME, VALUE FROM cdx_FACT ORDER BY NAME"),
    ] {
        parameters.extend(
            hq.rows(sql, [], |row| Ok(Parameter { name: row.get(0)?, value: row.get(1)?, kind }))?,
        );
    }
    Ok(parameters)
}

/// Sets a configuration parameter (`CDX_...`), making it when it is new.
pub(crate) fn set_configuration(
    hq: &HqTx<'_>,
    name: &str,
    value: &str,
    company: &DataAreaId,
) -> Result<(), StoreError> {
    let name = name.to_uppercase();
    hq.execute(
        include_str!("sql/configuration_set.sql"),
        named_params! { ":name": name, ":value": value, ":company": company },
    )
}

/// Sets a number among the scheduler parameters.
pub(crate) fn set_scheduler_number(
    hq: &HqTx<'_>,
    name: &str,
    value: i64,
) -> Result<(), StoreError> {
    let sql = match name {
        "try-count" => "UPDATE RETAILCONNPARAMETERS SET TRYCOUNT = ?1",
        "full-dataset-generation-interval" => {
            "UPDATE RETAILCONNPARAMETERS SET FULLDATASETGENERATIONINTERVAL = ?1"
        }
        _ => "UPDATE RETAILCONNCHANNELSCHEMA SET FILTERSHAREDCUSTOMERDATATABLES = ?1",
    };
    hq.execute(sql, [value])
}
