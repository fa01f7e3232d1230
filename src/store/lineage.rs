//! Notices a database file that was put back from an older copy, made again or put in another's
//! place, before anything is counted against it (U10).
//!
//! Headquarters and each channel database keep each other's id and the number of their last
//! exchange, an operation over both files. The number is the world's own, given out once. A file
//! that another one took the place of has another id, one that was put back has an older number;
//! where the channel has the newer number, it is headquarters that was put back. A count of writes
//! alone would not do: a file that was put back catches up with it.

use rusqlite::{OptionalExtension as _, named_params, params};

use super::db::Db;
use super::error::StoreError;
use super::packages::{Folder, PackageStore};
use super::side::{ChannelDatabase, ChannelTx, Handle, Headquarters, HqTx};
use super::uploads::{self, UploadPackage};
use super::{origins, sessions, upload_pack};
use crate::model::ids::{AccountNum, AsyncAccount, DataStoreId, JobId};
use crate::model::replaced::Cause;
use crate::model::topology::DataStore;
use crate::world::{CrashPoint, World, ids};

/// What a channel calls headquarters in its own record.
const HEADQUARTERS: &str = "headquarters";

/// The sequence of exchanges in the world's own file.
pub(super) const MARK: &str = "mark";

/// How the file under a database's name stands to the one headquarters last saw there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Neither has seen the other.
    First,
    /// It is the file last seen.
    Same,
    /// It is not.
    Replaced(Cause),
}

/// What one side keeps of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Partner {
    id: String,
    mark: i64,
    pending: Option<i64>,
}

/// Exchanges with a database that began and did not end, by number; it may have any of them.
fn begun(hq: &Headquarters, name: &str) -> Result<Vec<i64>, StoreError> {
    hq.rows(
        "SELECT e.value FROM cdx_PARTNER p, json_each(p.EARLIER) e WHERE p.NAME = ?1
         UNION SELECT PENDING FROM cdx_PARTNER WHERE NAME = ?1 AND PENDING IS NOT NULL",
        [name],
        |row| row.get(0),
    )
}

fn partner(db: &Db, name: &str) -> Result<Option<Partner>, StoreError> {
    db.first("SELECT ID, MARK, PENDING FROM cdx_PARTNER WHERE NAME = ?1", [name], |row| {
        Ok(Partner { id: row.get(0)?, mark: row.get(1)?, pending: row.get(2)? })
    })
}

/// The id of a file; empty where it has none yet.
fn id(db: &Db) -> Result<String, StoreError> {
    Ok(db.text("SELECT ID FROM cdx_FILE", [])?.unwrap_or_default())
}

/// Holds a channel database's file against what headquarters has last seen under its name.
///
/// # Errors
/// Either file.
pub(crate) fn fit(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    name: &str,
) -> Result<Fit, StoreError> {
    let seen = partner(hq, name)?;
    let (own, theirs) = (id(channel)?, partner(channel, HEADQUARTERS)?);
    let Some(seen) = seen else {
        return Ok(match theirs {
            None => Fit::First,
            // It knows headquarters, which does not know it any more.
            Some(theirs) if theirs.id == id(hq)? => Fit::Replaced(Cause::HeadquartersOlder),
            Some(_) => Fit::Replaced(Cause::Another),
        });
    };
    let Some(theirs) = theirs.filter(|_| own == seen.id) else {
        // One that was being made known for the first time when a command ended.
        let unknown = seen.mark == 0 && own != seen.id;
        return Ok(if unknown { Fit::First } else { Fit::Replaced(Cause::Another) });
    };
    if theirs.id != id(hq)? {
        return Ok(Fit::Replaced(Cause::HeadquartersOlder));
    }
    Ok(if theirs.mark == seen.mark || begun(hq, name)?.contains(&theirs.mark) {
        Fit::Same
    } else if theirs.mark < seen.mark {
        Fit::Replaced(Cause::Older)
    } else {
        Fit::Replaced(Cause::HeadquartersOlder)
    })
}

/// Whether the headquarters that a channel database has last seen is this one.
///
/// # Errors
/// Either file.
pub(super) fn has_seen(channel: &ChannelDatabase, hq: &Headquarters) -> Result<bool, StoreError> {
    let own = id(hq)?;
    Ok(!own.is_empty() && partner(channel, HEADQUARTERS)?.is_some_and(|theirs| theirs.id == own))
}

/// Gives headquarters an id, where it has none yet.
pub(super) fn identify(hq: &Handle<Headquarters>, seed: u64) -> Result<(), StoreError> {
    if !id(hq)?.is_empty() {
        return Ok(());
    }
    hq.write(|hq| {
        let own = file_id(seed, draw(hq));
        hq.execute("UPDATE cdx_FILE SET ID = ?1", [own])
    })
}

fn file_id(seed: u64, mark: i64) -> String {
    ids::guid(seed, "file", mark)
}

fn draw(db: &Db) -> i64 {
    db.numbers().map_or(0, |numbers| numbers.draw(MARK))
}

/// Begins an exchange with a channel database, in the transaction that announces it; the number
/// that the channel's own commit must keep. None for a database that has never been opened, or
/// whose first opening has failed: it has nowhere to keep a number, and would count as another's.
pub(crate) fn begin(hq: &HqTx<'_>, name: &str) -> Result<Option<i64>, StoreError> {
    if partner(hq, name)?.is_none_or(|seen| seen.mark == 0) {
        return Ok(None);
    }
    // One that is pending may have reached the channel.
    let mark = draw(hq);
    hq.run(
        "UPDATE cdx_PARTNER SET PENDING = ?1, EARLIER = CASE WHEN PENDING IS NULL THEN EARLIER
         ELSE json_insert(EARLIER, '$[#]', PENDING) END WHERE NAME = ?2",
        params![mark, name],
    )?;
    Ok(Some(mark))
}

/// Keeps an exchange's number in the channel.
pub(crate) fn keep(channel: &ChannelTx<'_>, mark: Option<i64>) -> Result<(), StoreError> {
    let Some(mark) = mark else { return Ok(()) };
    // One that began earlier may be finished late.
    let sql = "UPDATE cdx_PARTNER SET MARK = max(MARK, ?1) WHERE NAME = ?2";
    channel.execute(sql, params![mark, HEADQUARTERS])
}

/// Ends an exchange, in the transaction of headquarters that writes its outcome.
pub(crate) fn end(hq: &HqTx<'_>, name: &str, mark: Option<i64>) -> Result<(), StoreError> {
    let Some(mark) = mark else { return Ok(()) };
    let sql = "UPDATE cdx_PARTNER SET MARK = ?1, PENDING = NULL, EARLIER = '[]' \
               WHERE NAME = ?2 AND PENDING = ?1";
    hq.execute(sql, params![mark, name])
}

/// Looks whether a channel database that was just opened is the one last seen, and takes it in when
/// it is not; why it is not, where that is so.
///
/// # Errors
/// Either file.
pub(super) fn welcome(
    hq: &Handle<Headquarters>,
    world: &World,
    packages: &Folder,
    store: &DataStore,
    channel: &Handle<ChannelDatabase>,
) -> Result<Option<Cause>, StoreError> {
    match fit(hq, channel, &store.name)? {
        Fit::Same => {
            settle_pending(hq, channel, &store.name)?;
            origins::watch_again(channel)?;
            Ok(None)
        }
        Fit::First => take_in(hq, world, packages, store, channel, None).map(|()| None),
        Fit::Replaced(cause) => {
            take_in(hq, world, packages, store, channel, Some(cause))?;
            Ok(Some(cause))
        }
    }
}

/// An exchange that reached the channel before its command ended is over. One that did not may be
/// under way.
fn settle_pending(
    hq: &Handle<Headquarters>,
    channel: &ChannelDatabase,
    name: &str,
) -> Result<(), StoreError> {
    let Some(theirs) = partner(channel, HEADQUARTERS)? else { return Ok(()) };
    if !begun(hq, name)?.contains(&theirs.mark) {
        return Ok(());
    }
    // What began after it may be under way.
    hq.write(|hq| {
        hq.execute(
            include_str!("sql/partner_settle.sql"),
            named_params! { ":mark": theirs.mark, ":name": name },
        )
    })
}

/// Makes a file the one that is known under a name. What the file before it has had does not count
/// for it; its counters go on above all that was given out under the name.
fn take_in(
    hq: &Handle<Headquarters>,
    world: &World,
    packages: &Folder,
    store: &DataStore,
    channel: &Handle<ChannelDatabase>,
    cause: Option<Cause>,
) -> Result<(), StoreError> {
    let now = world.clock.utc();
    let (accounts, addresses) = (known_accounts(channel)?, known_addresses(channel)?);
    let orphans = if cause.is_some() { orphans(hq, packages, channel)? } else { Vec::new() };
    let gone = match cause {
        Some(Cause::HeadquartersOlder) if !store.offline => {
            channel.with_headquarters(hq, || gone(channel, "hq", "main"))?
        }
        _ => Vec::new(),
    };
    let mark = draw(hq);
    let own = file_id(world.seed, mark);
    hq.write(|hq| {
        // One that is seen for the first time has no mark until the channel has it too.
        let known = if cause.is_some() { mark } else { 0 };
        hq.run(
            include_str!("sql/partner_take_in.sql"),
            named_params! { ":name": store.name, ":id": own, ":known": known, ":mark": mark },
        )?;
        let Some(cause) = cause else { return Ok(()) };
        sessions::forget(hq, store.id, "the database's file was replaced")?;
        // What an offline database has is looked after whenever its register comes back.
        if !store.offline {
            hq.run(
                "INSERT OR IGNORE INTO cdx_REPLACED (DATASTORE, CAUSE, NOTICED)
                 VALUES (:store, :cause, :now)",
                named_params! { ":store": store.id, ":cause": cause, ":now": now },
            )?;
        }
        remember_accounts(hq, &accounts)?;
        remember_addresses(hq, &addresses)?;
        for LostCustomer { account, name } in &gone {
            let sql = "INSERT OR REPLACE INTO cdx_GONE (DATASTORE, ACCOUNT, NAME) \
                       VALUES (?1, ?2, ?3)";
            hq.run(sql, params![store.id, account, name])?;
        }
        for (job, orphan) in &orphans {
            uploads::adopt(hq, job, store, orphan, &now)?;
        }
        Ok::<_, StoreError>(())
    })?;
    world.faults.crash_at(CrashPoint::ReplacedAfterHeadquarters, &store.name);
    let hq_id = id(hq)?;
    channel.write(|channel| {
        channel.run("UPDATE cdx_FILE SET ID = ?1", [&own])?;
        // Rows that were made before the file had an id.
        channel.run(
            "UPDATE cdx_ORIGIN SET ORIGIN = ?1 || ORIGIN WHERE ORIGIN >= '/' AND ORIGIN < '0'",
            [&own],
        )?;
        channel.run(
            "INSERT INTO cdx_PARTNER (NAME, ID, MARK) VALUES (:name, :id, :mark)
             ON CONFLICT (NAME) DO UPDATE SET ID = :id, MARK = :mark",
            named_params! { ":name": HEADQUARTERS, ":id": hq_id, ":mark": mark },
        )?;
        origins::raise_counters_of(hq, channel, store.id, cause == Some(Cause::Another))
    })?;
    hq.write(|hq| end(hq, &store.name, Some(mark)))?;
    origins::watch_again(channel)
}

/// What accounts a channel knows of temporary ids.
fn known_accounts(channel: &ChannelDatabase) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT CUSTACCOUNTASYNC, ACCOUNTNUM FROM ax_RETAILCUSTTABLE \
               WHERE CUSTACCOUNTASYNC <> '' ORDER BY CUSTACCOUNTASYNC";
    channel.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Keeps the accounts that headquarters does not know.
fn remember_accounts(hq: &HqTx<'_>, accounts: &[(String, String)]) -> Result<(), StoreError> {
    for (guid, account) in accounts {
        hq.run(
            include_str!("sql/known_account.sql"),
            named_params! { ":guid": guid, ":account": account },
        )?;
    }
    Ok(())
}

/// What RECIDs a channel knows of the temporary ids of addresses.
fn known_addresses(channel: &ChannelDatabase) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT cdx_ADDRESSID, RECID FROM ax_LOGISTICSPOSTALADDRESS \
               WHERE cdx_ADDRESSID <> '' ORDER BY RECID";
    channel.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Keeps the RECIDs of addresses that headquarters does not know.
fn remember_addresses(hq: &HqTx<'_>, addresses: &[(String, i64)]) -> Result<(), StoreError> {
    for (id, recid) in addresses {
        hq.run(
            "INSERT OR IGNORE INTO cdx_ASYNCADDRESS (ADDRESSID, ADDRESS) SELECT ?1, ?2
             WHERE NOT EXISTS (SELECT 1 FROM LOGISTICSPOSTALADDRESS WHERE RECID = ?2)",
            params![id, recid],
        )?;
    }
    Ok(())
}

/// A customer that a channel has and that headquarters has lost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct LostCustomer {
    /// The account.
    pub(crate) account: String,
    /// The name.
    pub(crate) name: String,
}

/// The customers of a channel that headquarters does not have and that no register made, on a
/// connection that has both under these names.
///
/// # Errors
/// Either file.
pub(crate) fn gone(db: &Db, hq: &str, channel: &str) -> Result<Vec<LostCustomer>, StoreError> {
    let sql = include_str!("sql/customers_gone.sql");
    let sql = sql.replace("{hq}", hq).replace("{channel}", channel);
    db.rows(&sql, [], |row| Ok(LostCustomer { account: row.get(0)?, name: row.get(1)? }))
}

/// The customers that were gone when a replaced database was noticed, by the database's RECID.
///
/// # Errors
/// Headquarters' file.
pub(crate) fn gone_known(
    hq: &Headquarters,
    store: DataStoreId,
) -> Result<Vec<LostCustomer>, StoreError> {
    let sql = "SELECT ACCOUNT, NAME FROM cdx_GONE WHERE DATASTORE = ?1 ORDER BY ACCOUNT";
    hq.rows(sql, [store], |row| Ok(LostCustomer { account: row.get(0)?, name: row.get(1)? }))
}

/// The account that a channel knows of a temporary id, where headquarters does not (U10).
pub(crate) fn known_account(
    hq: &Headquarters,
    guid: &AsyncAccount,
) -> Result<Option<AccountNum>, StoreError> {
    hq.first(
        "SELECT ACCOUNT FROM cdx_KNOWNACCOUNT k WHERE GUID = ?1
         AND NOT EXISTS (SELECT 1 FROM CUSTTABLE WHERE ACCOUNTNUM = k.ACCOUNT)",
        [guid],
        |row| row.get(0),
    )
}

/// Upload packages that a channel has sent and that headquarters, put back from a copy, does not
/// know.
fn orphans(
    hq: &Headquarters,
    packages: &Folder,
    channel: &ChannelDatabase,
) -> Result<Vec<(JobId, UploadPackage)>, StoreError> {
    let known = sessions::packages(hq)?;
    let mut found = Vec::new();
    for (job, mut collected) in uploads::all_in_channel(channel)? {
        if known.contains(&collected.package) {
            continue;
        }
        let Some(file) = packages.get(&collected.package)? else { continue };
        // One that does not fit is told by the run that tries to apply it.
        collected.rows = upload_pack::count_rows(&file, hq).unwrap_or_default();
        found.push((job, collected));
    }
    Ok(found)
}

/// Why the files of channel databases are not the ones last seen, by RECID, until their rows have
/// been looked after.
pub(crate) fn replaced(hq: &Headquarters) -> Result<Vec<(DataStoreId, Cause)>, StoreError> {
    let sql = "SELECT DATASTORE, CAUSE FROM cdx_REPLACED ORDER BY DATASTORE";
    hq.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Notes that the rows of a database have been looked after.
pub(crate) fn looked_after(hq: &HqTx<'_>, store: DataStoreId) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_GONE WHERE DATASTORE = ?1", [store])?;
    hq.execute("DELETE FROM cdx_REPLACED WHERE DATASTORE = ?1", [store])
}

/// Forgets the file known under a name, since a new one is being made; in the caller's transaction.
pub(crate) fn forget(hq: &HqTx<'_>, store: &DataStore) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_PARTNER WHERE NAME = ?1", [&store.name])?;
    looked_after(hq, store.id)
}

/// The number a query answers with in a database of any version; none where it cannot.
pub(super) fn answer(db: &Db, sql: &str) -> Option<i64> {
    db.conn().query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).optional().ok()??
}
