//! Reads headquarters' channel databases, groups and distribution schedules.

use rusqlite::{Row, named_params};

use super::db::{Db, Headquarters};
use super::error::StoreError;
use crate::model::topology::{DataStore, Group, Schedule};

/// `RetailConnDatabaseProfile.DataStoreType` of a channel database; the number is ours.
pub const CHANNEL_STORE: i64 = 0;
/// `RetailConnDatabaseProfile.DataStoreType` of an offline database; the number is ours.
pub const OFFLINE_STORE: i64 = 1;

/// Every group, in the order it was made.
pub fn groups(hq: &Headquarters) -> Result<Vec<Group>, StoreError> {
    hq.rows("SELECT RECID, NAME, cdx_ISDUMMY FROM RETAILCDXDATAGROUP ORDER BY RECID", [], |row| {
        Ok(Group { id: row.get(0)?, name: row.get(1)?, dummy: row.get(2)? })
    })
}

/// Every channel and offline database, in the order it was made.
pub fn data_stores(hq: &Headquarters) -> Result<Vec<DataStore>, StoreError> {
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
        paused: row.get::<_, i64>("PAUSEDATASYNC")? != 0,
    })
}

/// The database of this name, in any case.
pub fn find_store(hq: &Headquarters, name: &str) -> Result<DataStore, StoreError> {
    let stores = data_stores(hq)?;
    let names: Vec<String> = stores.iter().map(|store| store.name.clone()).collect();
    stores
        .into_iter()
        .find(|store| store.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| StoreError::unknown("channel", name, &names, "cdx channels list"))
}

/// The group of this name, in any case.
pub fn find_group(hq: &Headquarters, name: &str) -> Result<Group, StoreError> {
    let groups = groups(hq)?;
    let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
    groups
        .into_iter()
        .find(|group| group.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| StoreError::unknown("group", name, &names, "cdx channels list"))
}

/// Every distribution schedule, by name.
pub fn schedules(hq: &Headquarters) -> Result<Vec<Schedule>, StoreError> {
    let found = hq.rows(
        "SELECT s.RECID, s.NAME, s.ACTIVE, coalesce(b.RECURRING, 0) FROM RETAILCONNSCHEDULE s
         LEFT JOIN BATCHJOB b ON b.RECID = s.BATCHJOBID ORDER BY s.NAME",
        [],
        |row| {
            Ok(Schedule {
                id: row.get(0)?,
                name: row.get(1)?,
                active: row.get::<_, i64>(2)? != 0,
                jobs: Vec::new(),
                groups: Vec::new(),
                recurring: row.get::<_, i64>(3)? != 0,
            })
        },
    )?;
    found
        .into_iter()
        .map(|mut schedule| {
            let jobs = "SELECT JOBID FROM RETAILCONNSCHEDULEJOBMAPPING WHERE SCHEDULE = ?1 \
                        ORDER BY RECID";
            schedule.jobs = hq.rows(jobs, [schedule.id], |row| row.get(0))?;
            let groups = "SELECT g.NAME FROM RETAILCDXSCHEDULEDATAGROUP m JOIN RETAILCDXDATAGROUP g \
                          ON g.RECID = m.DATAGROUP WHERE m.SCHEDULE = ?1 ORDER BY g.NAME";
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
pub fn try_count(hq: &Headquarters) -> Result<u32, StoreError> {
    let count = hq.number("SELECT TRYCOUNT FROM RETAILCONNPARAMETERS LIMIT 1", [])?;
    Ok(u32::try_from(count).unwrap_or(3).max(1))
}

/// Whether sessions of a database wait for each other (D07).
pub fn enforces_dependencies(hq: &Headquarters) -> Result<bool, StoreError> {
    let key = "CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT";
    Ok(configuration(hq, key)?.as_deref() == Some("1"))
}

/// Notes that a database was heard of; the documented "Last connection".
pub fn heartbeat(hq: &Db, store: i64, now: &str) -> Result<(), StoreError> {
    hq.run(
        "INSERT INTO RETAILCDXDATASTOREHEARTBEATLOG (DATASTORE, DATELASTHEARTBEATRECORDED)
         VALUES (:store, :now) ON CONFLICT (DATASTORE) DO UPDATE SET
         DATELASTHEARTBEATRECORDED = excluded.DATELASTHEARTBEATRECORDED",
        named_params! { ":store": store, ":now": now },
    )
    .map(|_| ())
}

/// Pauses or resumes a database's synchronization (D13).
pub fn set_paused(hq: &Db, store: i64, paused: bool) -> Result<(), StoreError> {
    let sql = "UPDATE RETAILCONNDATABASEPROFILE SET PAUSEDATASYNC = ?1 WHERE RECID = ?2";
    hq.run(sql, rusqlite::params![paused, store]).map(|_| ())
}

/// Adds a channel database group.
pub fn add_group(hq: &Db, name: &str, dummy: bool) -> Result<(), StoreError> {
    let sql = "INSERT INTO RETAILCDXDATAGROUP (NAME, DESCRIPTION, cdx_ISDUMMY) VALUES (?1, ?1, ?2)";
    hq.run(sql, rusqlite::params![name, dummy]).map(|_| ())
}
