//! Download sessions: headquarters' record of every package and of each database it is for.

use std::collections::BTreeMap;

use rusqlite::{Params, Row, named_params, params};

use super::column::{count, said, set_of, when};
use super::error::StoreError;
use super::pack::PackageSummary;
use super::side::{Headquarters, HqTx};
use super::world::next;
use crate::model::ids::{DataStoreId, DownloadId, GroupId, JobId};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::session::{FullReason, Mode};
use crate::model::status::DownloadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;

/// A session about to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewSession<'a> {
    /// The job.
    pub(crate) job: &'a JobId,
    /// The RECID of the group.
    pub(crate) group: GroupId,
    /// The RECID of the schedule that runs it.
    pub(crate) schedule: i64,
    /// Changes or everything.
    pub(crate) mode: Mode,
    /// Why it is full.
    pub(crate) reason: Option<FullReason>,
    /// Only for this database, not for its group.
    pub(crate) only: Option<DataStoreId>,
    /// The row version it starts after.
    pub(crate) since: i64,
    /// The row version it reaches.
    pub(crate) until: i64,
    /// Its databases.
    pub(crate) stores: &'a [DataStore],
    /// The environment's time.
    pub(crate) now: &'a Time,
    /// `Started`, or `NoData` at once.
    pub(crate) status: DownloadStatus,
}

/// Makes a session and its rows; its number.
pub(crate) fn create(hq: &HqTx<'_>, new: &NewSession<'_>) -> Result<DownloadId, StoreError> {
    let id = DownloadId(next(hq, "download-session")?);
    hq.run(
        include_str!("sql/session_create.sql"),
        named_params! {
            ":session": id, ":job": new.job, ":group": new.group, ":schedule": new.schedule,
            ":status": new.status, ":type": i64::from(new.mode == Mode::Full),
            ":since": new.since, ":until": new.until,
        },
    )?;
    hq.run(
        "INSERT INTO cdx_DOWNLOADSESSION (SESSION, REASON, DELETED, CREATED, SCOPEDATASTORE)
         VALUES (:session, :reason, 0, :now, :only)",
        named_params! {
            ":session": id, ":reason": new.reason, ":now": new.now,
            ":only": new.only,
        },
    )?;
    for store in new.stores {
        add_store(hq, id, store.id, new.status)?;
    }
    Ok(id)
}

/// Adds a database to a session, as an offline database inherits it (D05).
pub(crate) fn add_store(
    hq: &HqTx<'_>,
    session: DownloadId,
    store: DataStoreId,
    status: DownloadStatus,
) -> Result<(), StoreError> {
    hq.execute(
        "INSERT INTO RETAILCDXDOWNLOADSESSIONDATASTORE (SESSION_, DATASTORE, STATUS, TRYCOUNT)
         VALUES (:session, :store, :status, 0)",
        named_params! { ":session": session, ":store": store, ":status": status },
    )
}

/// Records the finished package and makes the session Available in all its databases.
pub(crate) fn make_available(
    hq: &HqTx<'_>,
    session: DownloadId,
    summary: &PackageSummary,
    package: &str,
) -> Result<(), StoreError> {
    hq.run(
        include_str!("sql/session_available.sql"),
        named_params! {
            ":status": DownloadStatus::Available, ":rows": summary.rows as i64,
            ":bytes": summary.bytes as i64, ":checksum": summary.checksum,
            ":path": format!("packages/{package}"), ":session": session,
        },
    )?;
    hq.run(
        "UPDATE cdx_DOWNLOADSESSION SET DELETED = :deleted, PACKAGE = :package
         WHERE SESSION = :session",
        named_params! {
            ":deleted": summary.deleted as i64, ":package": package, ":session": session,
        },
    )?;
    set_all(hq, session, DownloadStatus::Available, None)
}

/// Gives a session and all its databases that are not final one status.
pub(crate) fn set_all(
    hq: &HqTx<'_>,
    session: DownloadId,
    status: DownloadStatus,
    message: Option<&str>,
) -> Result<(), StoreError> {
    let message = message.unwrap_or("");
    hq.run(
        "UPDATE RETAILCDXDOWNLOADSESSION SET STATUS = :status, MESSAGE = :message
         WHERE SESSION_ = :session",
        named_params! { ":status": status, ":message": message, ":session": session },
    )?;
    hq.execute(
        "UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET STATUS = :status, MESSAGE = :message
         WHERE SESSION_ = :session AND STATUS NOT IN (SELECT value FROM json_each(:final))",
        named_params! {
            ":status": status, ":message": message, ":session": session,
            ":final": set_of(DownloadStatus::FINAL),
        },
    )
}

/// Counts one more try of all databases of a session whose package could not be made (D06).
pub(crate) fn count_try(hq: &HqTx<'_>, session: DownloadId) -> Result<u32, StoreError> {
    hq.run(
        "UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET TRYCOUNT = TRYCOUNT + 1
         WHERE SESSION_ = :session AND STATUS NOT IN (SELECT value FROM json_each(:final))",
        named_params! { ":session": session, ":final": set_of(DownloadStatus::FINAL) },
    )?;
    let tries = hq.number(
        "SELECT max(TRYCOUNT) FROM RETAILCDXDOWNLOADSESSIONDATASTORE WHERE SESSION_ = ?1",
        [session],
    )?;
    Ok(tries as u32)
}

/// Notes that a session is given up after its tries in all databases where it is not final (D06).
pub(crate) fn give_up(hq: &HqTx<'_>, session: DownloadId) -> Result<(), StoreError> {
    hq.execute(
        "UPDATE RETAILCDXDOWNLOADSESSIONDATASTORE SET cdx_GIVENUP = 1
         WHERE SESSION_ = :session AND STATUS NOT IN (SELECT value FROM json_each(:final))",
        named_params! { ":session": session, ":final": set_of(DownloadStatus::FINAL) },
    )
}

/// Sets the row versions of a session that is packed again.
pub(crate) fn set_versions(
    hq: &HqTx<'_>,
    session: DownloadId,
    since: i64,
    until: i64,
) -> Result<(), StoreError> {
    hq.execute(
        "UPDATE RETAILCDXDOWNLOADSESSION SET SYNCROWVERSION = :since, CURRENTROWVERSION = :until
         WHERE SESSION_ = :session",
        named_params! { ":since": since, ":until": until, ":session": session },
    )
}

/// Writes where a session stands in one database.
pub(crate) fn update_store(
    hq: &HqTx<'_>,
    session: DownloadId,
    row: &StoreSession,
) -> Result<(), StoreError> {
    hq.execute(
        include_str!("sql/session_store_update.sql"),
        named_params! {
            ":session": session, ":store": row.store_id, ":status": row.status,
            ":tries": row.tries, ":givenup": row.given_up, ":rows": row.rows as i64,
            ":message": row.message.as_deref().unwrap_or(""), ":replaced": row.replaced_by,
            ":requested": row.requested, ":downloaded": row.downloaded, ":applied": row.applied,
        },
    )
}

/// Replaces a database's unfinished sessions of a job by a full one (D04); which they were. Under
/// dependency enforcement a suspended one stays, and with it what it holds back (D07).
pub(crate) fn replace_pending(
    hq: &HqTx<'_>,
    job: &JobId,
    store: DataStoreId,
    by: DownloadId,
    enforced: bool,
) -> Result<Vec<i64>, StoreError> {
    let params = named_params! {
        ":job": job, ":store": store, ":by": by, ":enforced": enforced,
        ":suspended": DownloadStatus::Suspended, ":final": set_of(DownloadStatus::FINAL),
    };
    let replaced = hq.rows(include_str!("sql/session_pending.sql"), params, |row| row.get(0))?;
    for session in &replaced {
        hq.run(
            include_str!("sql/session_replace.sql"),
            named_params! {
                ":by": by, ":session": session, ":store": store,
                ":canceled": DownloadStatus::Canceled,
            },
        )?;
    }
    Ok(replaced)
}

/// One session by its number.
pub(crate) fn find(
    hq: &Headquarters,
    id: DownloadId,
) -> Result<Option<DownloadSession>, StoreError> {
    Ok(select(hq, "s.SESSION_ = ?1", [id])?.into_iter().next())
}

/// Every session, oldest first.
pub(crate) fn all(hq: &Headquarters) -> Result<Vec<DownloadSession>, StoreError> {
    select(hq, "TRUE", [])
}

/// The packages of sessions that were made before a time.
pub(crate) fn packages_before(hq: &Headquarters, before: &Time) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT PACKAGE FROM cdx_DOWNLOADSESSION WHERE PACKAGE IS NOT NULL AND CREATED < ?1
               ORDER BY SESSION";
    hq.rows(sql, [before], |row| row.get(0))
}

/// Sessions of a group that are not final in some database, oldest first.
pub(crate) fn unfinished(
    hq: &Headquarters,
    group: GroupId,
) -> Result<Vec<DownloadSession>, StoreError> {
    let unfinished = include_str!("sql/session_is_unfinished.sql");
    let params = named_params! { ":group": group, ":final": set_of(DownloadStatus::FINAL) };
    select(hq, unfinished, params)
}

fn select(
    hq: &Headquarters,
    condition: &str,
    params: impl Params,
) -> Result<Vec<DownloadSession>, StoreError> {
    let sql = include_str!("sql/session_select.sql").replace("{condition}", condition);
    let mut sessions = hq.rows(&sql, params, session)?;
    for session in &mut sessions {
        session.stores = stores(hq, session.id)?;
    }
    Ok(sessions)
}

fn session(row: &Row<'_>) -> rusqlite::Result<DownloadSession> {
    let full: i64 = row.get("SESSIONTYPE")?;
    Ok(DownloadSession {
        id: row.get("SESSION")?,
        job: row.get("JOBID")?,
        group_id: row.get("DATAGROUP")?,
        group: row.get("GROUPNAME")?,
        status: row.get("STATUS")?,
        mode: if full == 1 { Mode::Full } else { Mode::Delta },
        reason: row.get("REASON")?,
        only: row.get("SCOPEDATASTORE")?,
        since: row.get("SYNCROWVERSION")?,
        until: row.get("CURRENTROWVERSION")?,
        rows: count(row, "ROWSAFFECTED")?,
        deleted: count(row, "DELETED")?,
        package: row.get("PACKAGE")?,
        checksum: row.get("CHECKSUM")?,
        bytes: count(row, "FILESIZE")?,
        created: row.get("CREATED")?,
        message: said(row, "MESSAGE")?,
        stores: Vec::new(),
    })
}

fn stores(hq: &Headquarters, session: DownloadId) -> Result<Vec<StoreSession>, StoreError> {
    hq.rows(include_str!("sql/session_stores.sql"), [session], |row| {
        Ok(StoreSession {
            store_id: row.get("DATASTORE")?,
            store: row.get("NAME")?,
            status: row.get("STATUS")?,
            tries: row.get("TRYCOUNT")?,
            given_up: row.get("cdx_GIVENUP")?,
            rows: count(row, "ROWSAFFECTED")?,
            message: said(row, "MESSAGE")?,
            replaced_by: row.get::<_, Option<DownloadId>>("REPLACEDBY")?.filter(|by| by.0 != 0),
            requested: when(row, "DATEREQUESTED")?,
            downloaded: when(row, "DATEDOWNLOADED")?,
            applied: when(row, "DATEAPPLIED")?,
        })
    })
}

/// The row version up to which a group has had a job, if it ever had it.
pub(crate) fn row_version(
    hq: &Headquarters,
    group: GroupId,
    job: &JobId,
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT ROWVERSION FROM RETAILCDXDATASYNCROWVERSION \
               WHERE DATAGROUP = :group AND JOBID = :job";
    hq.first(sql, named_params! { ":group": group, ":job": job }, |row| row.get(0))
}

/// When the last full session of a group and job was made.
pub(crate) fn last_full(
    hq: &Headquarters,
    group: GroupId,
    job: &JobId,
) -> Result<Option<Time>, StoreError> {
    let sql = include_str!("sql/session_last_full.sql");
    let params = named_params! { ":group": group, ":job": job };
    hq.first(sql, params, |row| row.get::<_, Option<Time>>(0)).map(Option::flatten)
}

/// Moves the row version of a group and job; it never goes back.
pub(crate) fn set_row_version(
    hq: &HqTx<'_>,
    group: GroupId,
    job: &JobId,
    version: i64,
) -> Result<(), StoreError> {
    hq.execute(
        include_str!("sql/row_version_set.sql"),
        named_params! { ":group": group, ":job": job, ":version": version },
    )
}

/// What a database still lacks of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shortfall {
    /// It never had the job: it gets everything (D05).
    Everything,
    /// It was paused when a session was made: it gets what changed after this row version (D13).
    Since(i64),
    /// Nothing.
    Nothing,
}

/// What a database still lacks of a job.
pub(crate) fn shortfall(
    hq: &Headquarters,
    store: DataStoreId,
    job: &JobId,
) -> Result<Shortfall, StoreError> {
    let sql = "SELECT INITIALIZED, MISSEDSINCE FROM cdx_DATASTOREJOB \
               WHERE DATASTORE = :store AND JOBID = :job";
    let found = hq.first(sql, named_params! { ":store": store, ":job": job }, |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
    })?;
    Ok(match found {
        None | Some((0, _)) => Shortfall::Everything,
        Some((_, Some(version))) => Shortfall::Since(version),
        Some((_, None)) => Shortfall::Nothing,
    })
}

/// Notes that a session now carries everything a database lacked of a job.
pub(crate) fn set_supplied(
    hq: &HqTx<'_>,
    store: DataStoreId,
    job: &JobId,
) -> Result<(), StoreError> {
    hq.execute(
        include_str!("sql/data_store_supplied.sql"),
        named_params! { ":store": store, ":job": job },
    )
}

/// Forgets what a database has had, since its file is new: sessions that wait for it are cancelled,
/// those it has had do not count any more, and it lacks every job.
pub(crate) fn forget(hq: &HqTx<'_>, store: DataStoreId, message: &str) -> Result<(), StoreError> {
    hq.run(
        include_str!("sql/session_forget.sql"),
        named_params! {
            ":store": store, ":message": message, ":canceled": DownloadStatus::Canceled,
            ":final": set_of(DownloadStatus::FINAL),
        },
    )?;
    hq.run(
        "INSERT OR REPLACE INTO cdx_REBUILT (DATASTORE, SESSION)
         SELECT ?1, coalesce(max(SESSION_), 0) FROM RETAILCDXDOWNLOADSESSION",
        [store],
    )?;
    hq.execute("DELETE FROM cdx_DATASTOREJOB WHERE DATASTORE = ?1", [store])
}

/// The newest session there was when each database's file was last made again, by RECID.
pub(crate) fn rebuilt(hq: &Headquarters) -> Result<BTreeMap<DataStoreId, DownloadId>, StoreError> {
    let rows = hq.rows("SELECT DATASTORE, SESSION FROM cdx_REBUILT", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Notes that a paused database was left out of a session; the earliest version counts.
pub(crate) fn set_missed(
    hq: &HqTx<'_>,
    store: DataStoreId,
    job: &JobId,
    since: i64,
) -> Result<(), StoreError> {
    hq.execute(
        "UPDATE cdx_DATASTOREJOB SET MISSEDSINCE = min(coalesce(MISSEDSINCE, :since), :since)
         WHERE DATASTORE = :store AND JOBID = :job",
        named_params! { ":since": since, ":store": store, ":job": job },
    )
}

/// Sessions that a command was at work on when it was interrupted, oldest first.
pub(crate) fn interrupted(hq: &Headquarters) -> Result<Vec<DownloadSession>, StoreError> {
    let interrupted = include_str!("sql/session_is_interrupted.sql");
    let params = named_params! {
        ":started": DownloadStatus::Started, ":requested": DownloadStatus::Requested,
        ":downloaded": DownloadStatus::Downloaded,
    };
    select(hq, interrupted, params)
}

/// The names of all packages that a session knows, of downloads and uploads, sorted.
pub(crate) fn packages(hq: &Headquarters) -> Result<Vec<String>, StoreError> {
    hq.rows(include_str!("sql/session_packages.sql"), [], |row| row.get(0))
}

/// Lets a session whose package could not be made be packed again at the next run.
pub(crate) fn reopen(hq: &HqTx<'_>, session: DownloadId) -> Result<(), StoreError> {
    hq.execute(
        "UPDATE RETAILCDXDOWNLOADSESSION SET STATUS = ?1, MESSAGE = '' WHERE SESSION_ = ?2",
        params![DownloadStatus::CreateFailed, session],
    )
}
