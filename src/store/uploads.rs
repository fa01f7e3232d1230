//! Upload sessions in headquarters and in the channel they come from.

use std::collections::BTreeSet;

use rusqlite::{Params, Row, named_params, params};

use super::column::{count, said, when};
use super::db::Db;
use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Headquarters, HqTx};
use super::world::{self, next};
use crate::model::ids::{DataStoreId, JobId, UploadId};
use crate::model::session::{CounterRange, UploadSession};
use crate::model::status::UploadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;

/// Announces a session that is about to be collected; its number.
pub(crate) fn create(
    hq: &HqTx<'_>,
    job: &JobId,
    store: &DataStore,
    now: &Time,
) -> Result<UploadId, StoreError> {
    let id = UploadId(next(hq, "upload-session")?);
    hq.run(
        "INSERT INTO RETAILCDXUPLOADSESSION (UPLOADSESSIONID, JOBID, DATASTORE, DATAGROUP, STATUS,
         DATECREATED) VALUES (:id, :job, :store, :group, :started, :now)",
        named_params! {
            ":id": id, ":job": job, ":store": store.id, ":group": store.group_id, ":now": now,
            ":started": UploadStatus::Started,
        },
    )?;
    Ok(id)
}

/// Announces that a session which could not be collected is tried again: until the channel has been
/// asked, nobody knows what it has collected.
pub(crate) fn announce_again(hq: &HqTx<'_>, id: UploadId) -> Result<(), StoreError> {
    set_bare_status(hq, id, UploadStatus::Started)
}

/// Takes back an announcement by which nothing was collected: a session that was tried before is
/// ReadFailed again, another one is gone, its number too where it was the last.
pub(crate) fn take_back(hq: &HqTx<'_>, session: &UploadSession) -> Result<(), StoreError> {
    let id = session.id;
    if session.tries > 0 {
        return set_bare_status(hq, id, UploadStatus::ReadFailed);
    }
    hq.run("DELETE FROM RETAILCDXUPLOADSESSION WHERE UPLOADSESSIONID = ?1", [id])?;
    world::take_back(hq, "upload-session", id.0)
}

/// Sets a session's status and leaves what its last try came to.
fn set_bare_status(hq: &HqTx<'_>, id: UploadId, status: UploadStatus) -> Result<(), StoreError> {
    let sql = "UPDATE RETAILCDXUPLOADSESSION SET STATUS = ?1 WHERE UPLOADSESSIONID = ?2";
    hq.execute(sql, params![status, id])
}

/// A finished package on its way to headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadPackage {
    /// The package's name.
    pub(crate) package: String,
    /// Its checksum.
    pub(crate) checksum: String,
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// Its rows.
    pub(crate) rows: u64,
    /// The number the channel gave the session.
    pub(crate) local_id: i64,
    /// The counters it carries.
    pub(crate) ranges: Vec<CounterRange>,
}

/// Records what was collected, with the status it has now.
pub(crate) fn record(
    hq: &HqTx<'_>,
    id: UploadId,
    collected: &UploadPackage,
    status: UploadStatus,
    message: &str,
    now: &Time,
) -> Result<(), StoreError> {
    hq.run(
        include_str!("sql/upload_record.sql"),
        named_params! {
            ":id": id, ":status": status, ":message": message, ":now": now,
            ":uploaded": UploadStatus::Uploaded,
            ":path": format!("packages/{}", collected.package), ":local": collected.local_id,
            ":checksum": collected.checksum, ":bytes": collected.bytes as i64,
            ":rows": collected.rows as i64,
        },
    )?;
    for range in &collected.ranges {
        hq.run(
            "INSERT OR REPLACE INTO cdx_UPLOADRANGE (SESSION, TABLENAME, FILTERMIN, FILTERMAX)
             VALUES (:id, :table, :min, :max)",
            named_params! {
                ":id": id, ":table": range.table, ":min": range.min, ":max": range.max,
            },
        )?;
    }
    Ok(())
}

/// Sets a session's status, message and number of tries.
pub(crate) fn set_status(
    hq: &HqTx<'_>,
    id: UploadId,
    status: UploadStatus,
    message: &str,
    tries: u32,
    uploaded: Option<&Time>,
) -> Result<(), StoreError> {
    hq.execute(
        include_str!("sql/upload_status.sql"),
        named_params! {
            ":status": status, ":message": message, ":tries": tries,
            ":uploaded": uploaded, ":id": id,
        },
    )
}

/// Gives a session up after its tries.
pub(crate) fn give_up(
    hq: &HqTx<'_>,
    id: UploadId,
    message: &str,
    tries: u32,
) -> Result<(), StoreError> {
    set_status(hq, id, UploadStatus::Canceled, message, tries, None)?;
    hq.execute("UPDATE RETAILCDXUPLOADSESSION SET cdx_GIVENUP = 1 WHERE UPLOADSESSIONID = ?1", [id])
}

/// Every upload session, oldest first.
pub(crate) fn all(hq: &Headquarters) -> Result<Vec<UploadSession>, StoreError> {
    hq.rows(include_str!("sql/upload_select.sql"), [], session)
}

/// The sessions of a database that headquarters has applied.
pub(crate) fn applied(
    hq: &Headquarters,
    store: DataStoreId,
) -> Result<BTreeSet<UploadId>, StoreError> {
    let sql = "SELECT UPLOADSESSIONID FROM RETAILCDXUPLOADSESSION \
               WHERE DATASTORE = ?1 AND STATUS = ?2";
    let found = hq.rows(sql, params![store, UploadStatus::Applied], |row| row.get(0))?;
    Ok(found.into_iter().collect())
}

/// The counters of each table that a session carries.
pub(crate) fn ranges(hq: &Headquarters, id: UploadId) -> Result<Vec<CounterRange>, StoreError> {
    let sql = "SELECT TABLENAME, FILTERMIN, FILTERMAX FROM cdx_UPLOADRANGE WHERE SESSION = ?1 \
               ORDER BY TABLENAME";
    hq.rows(sql, [id], range)
}

fn range(row: &Row<'_>) -> rusqlite::Result<CounterRange> {
    Ok(CounterRange { table: row.get(0)?, min: row.get(1)?, max: row.get(2)? })
}

fn session(row: &Row<'_>) -> rusqlite::Result<UploadSession> {
    let path: String = row.get("UPLOADPATH")?;
    Ok(UploadSession {
        id: row.get("UPLOADSESSIONID")?,
        job: row.get("JOBID")?,
        store_id: row.get("DATASTORE")?,
        store: row.get("NAME")?,
        group: row.get("GROUPNAME")?,
        status: row.get("STATUS")?,
        tries: row.get("TRYCOUNT")?,
        given_up: row.get("cdx_GIVENUP")?,
        rows: count(row, "ROWSAFFECTED")?,
        package: path.strip_prefix("packages/").map(str::to_owned),
        checksum: row.get("CHECKSUM")?,
        bytes: count(row, "FILESIZE")?,
        created: row.get("DATECREATED")?,
        uploaded: when(row, "DATEUPLOADED")?,
        message: said(row, "MESSAGE")?,
    })
}

/// The highest counter of a table that headquarters has received from a database (U01, U07).
pub(crate) fn received(
    hq: &Headquarters,
    store: DataStoreId,
    table: &str,
) -> Result<i64, StoreError> {
    hq.number(
        "SELECT max(r.FILTERMAX) FROM cdx_UPLOADRANGE r JOIN RETAILCDXUPLOADSESSION s
         ON s.UPLOADSESSIONID = r.SESSION WHERE s.DATASTORE = :store AND r.TABLENAME = :table",
        named_params! { ":store": store, ":table": table },
    )
}

/// The highest counter of a table that a channel remembers having sent.
pub(crate) fn sent(channel: &ChannelDatabase, table: &str) -> Result<i64, StoreError> {
    sent_in(channel, "main", table)
}

/// The highest counter of a table that a channel remembers having sent, read through a connection
/// that has the channel's file as `schema`.
pub(super) fn sent_in(db: &Db, schema: &str, table: &str) -> Result<i64, StoreError> {
    let sql =
        format!("SELECT max(FILTERMAX) FROM {schema}.crt_TABLEREPLICATIONLOG WHERE TABLENAME = ?1");
    db.number(&sql, [table])
}

/// The highest counter of a table that either side takes for sent: a restored channel may have
/// forgotten what headquarters has received, and the other way round (U01, U07).
pub(crate) fn reached(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    store: DataStoreId,
    table: &str,
) -> Result<i64, StoreError> {
    Ok(received(hq, store, table)?.max(sent(channel, table)?))
}

/// Records a collected session in the channel; the channel's number.
pub(crate) fn record_in_channel(
    channel: &ChannelTx<'_>,
    id: UploadId,
    job: &JobId,
    collected: &UploadPackage,
    counters: &[(String, String)],
    now: &Time,
) -> Result<i64, StoreError> {
    channel.run(
        include_str!("sql/channel_upload_session.sql"),
        named_params! {
            ":job": job, ":now": now, ":bytes": collected.bytes as i64,
            ":checksum": collected.checksum, ":ax": id, ":status": UploadStatus::Uploaded,
            ":path": format!("packages/{}", collected.package),
        },
    )?;
    let local = channel.last_id();
    for range in &collected.ranges {
        let counter = counters.iter().find(|(table, _)| *table == range.table);
        channel.run(
            include_str!("sql/channel_upload_range.sql"),
            named_params! {
                ":session": local, ":table": range.table,
                ":field": counter.map_or("REPLICATIONCOUNTERFROMORIGIN", |(_, c)| c.as_str()),
                ":min": range.min, ":max": range.max,
            },
        )?;
    }
    Ok(local)
}

/// How the names of a session's packages begin.
pub(crate) fn package_stem(job: &JobId, session: UploadId) -> String {
    format!("{job}-U{session:06}")
}

/// Whether a file's name is that of an upload package.
pub(crate) fn is_package(name: &str) -> bool {
    let number = |part: &str| {
        part.strip_prefix('U')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    name.rsplit('-').nth(1).is_some_and(number)
}

/// What a channel knows of a session that headquarters announced; none when nothing was collected.
pub(crate) fn known_in_channel(
    channel: &ChannelDatabase,
    id: UploadId,
) -> Result<Option<UploadPackage>, StoreError> {
    let found = in_channel(channel, "AXUPLOADSESSIONID = ?1", [id])?;
    Ok(found.into_iter().next().map(|(_, package)| package))
}

/// The sessions that a channel does not know to be applied, by headquarters' number.
pub(crate) fn open_in_channel(channel: &ChannelDatabase) -> Result<Vec<UploadId>, StoreError> {
    let sql = "SELECT AXUPLOADSESSIONID FROM crt_UPLOADSESSION WHERE STATUS <> ?1 ORDER BY ID";
    channel.rows(sql, [UploadStatus::Applied], |row| row.get(0))
}

/// Notes in a channel that headquarters has applied the rows of a session.
pub(crate) fn applied_in_channel(
    channel: &ChannelTx<'_>,
    session: UploadId,
) -> Result<(), StoreError> {
    let sql = "UPDATE crt_UPLOADSESSION SET STATUS = ?1 WHERE AXUPLOADSESSIONID = ?2";
    channel.execute(sql, params![UploadStatus::Applied, session])
}

/// Every session that a channel remembers having sent, oldest first, with its job.
pub(crate) fn all_in_channel(
    channel: &ChannelDatabase,
) -> Result<Vec<(JobId, UploadPackage)>, StoreError> {
    in_channel(channel, "TRUE", [])
}

fn in_channel(
    channel: &ChannelDatabase,
    condition: &str,
    params: impl Params,
) -> Result<Vec<(JobId, UploadPackage)>, StoreError> {
    let sql = format!(
        "SELECT ID, JOBID, UPLOADPATH, CHECKSUM, FILESIZE FROM crt_UPLOADSESSION \
         WHERE {condition} ORDER BY ID"
    );
    let mut found = channel.rows(&sql, params, |row| {
        let path = said(row, "UPLOADPATH")?.unwrap_or_default();
        let package = UploadPackage {
            local_id: row.get("ID")?,
            package: path.trim_start_matches("packages/").to_owned(),
            checksum: said(row, "CHECKSUM")?.unwrap_or_default(),
            bytes: count(row, "FILESIZE")?,
            rows: 0,
            ranges: Vec::new(),
        };
        Ok((row.get("JOBID")?, package))
    })?;
    for (_, package) in &mut found {
        package.ranges = ranges_in_channel(channel, package.local_id)?;
    }
    Ok(found)
}

fn ranges_in_channel(
    channel: &ChannelDatabase,
    local_id: i64,
) -> Result<Vec<CounterRange>, StoreError> {
    channel.rows(
        "SELECT TABLENAME, FILTERMIN, FILTERMAX FROM crt_TABLEREPLICATIONLOG
         WHERE UPLOADSESSIONID = ?1 ORDER BY ID",
        [local_id],
        range,
    )
}

/// Takes in a package that was sent and that headquarters does not know any more: it is Uploaded.
pub(crate) fn adopt(
    hq: &HqTx<'_>,
    job: &JobId,
    store: &DataStore,
    collected: &UploadPackage,
    now: &Time,
) -> Result<(), StoreError> {
    let id = create(hq, job, store, now)?;
    record(hq, id, collected, UploadStatus::Uploaded, "", now)
}

/// Announced sessions that a command was collecting when it was interrupted.
pub(crate) fn interrupted(hq: &Headquarters) -> Result<Vec<UploadSession>, StoreError> {
    Ok(all(hq)?.into_iter().filter(|session| session.status == UploadStatus::Started).collect())
}
