//! Where the clock, the seed, the faults and the sequences are kept.

use std::collections::VecDeque;
use std::ops::Deref;

use rusqlite::{named_params, params};

use super::db::Db;
use super::error::StoreError;
use super::side::{ChannelTx, Headquarters, HqTx, Tx};
use super::sql_text::quoted;
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::world::{Clock, Fault, Faults, World, ids};

/// Reads the world of an environment.
pub(crate) fn load(hq: &Headquarters, settings: &Settings) -> Result<World, StoreError> {
    let clock = value(hq, "clock")?;
    let seed = value(hq, "seed")?;
    Ok(World {
        clock: Clock::stored(&Time::stored(clock), &settings.time_zone)?,
        seed: seed.parse().map_err(|_| hq.unreadable("a seed", &seed))?,
        faults: Faults::kept(faults(hq)?),
    })
}

/// A value of `cdx_WORLD` that every environment has.
pub(crate) fn value(hq: &Headquarters, key: &str) -> Result<String, StoreError> {
    find(hq, key)?.ok_or_else(|| hq.unreadable("the world", format!("no value for {key}")))
}

/// A value of `cdx_WORLD` that an environment may have.
pub(crate) fn find(hq: &Headquarters, key: &str) -> Result<Option<String>, StoreError> {
    hq.text("SELECT VALUE FROM cdx_WORLD WHERE KEY = ?1", [key])
}

/// Writes a value of `cdx_WORLD`.
pub(crate) fn set_value(hq: &HqTx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    hq.execute(
        "INSERT INTO cdx_WORLD (KEY, VALUE) VALUES (?1, ?2)
         ON CONFLICT (KEY) DO UPDATE SET VALUE = excluded.VALUE",
        [key, value],
    )
}

/// Batches whose time has come and which have not run yet, in order.
pub(crate) type DueBatches = VecDeque<String>;

/// The batches that a command did not come to before it ended.
pub(crate) fn due(hq: &Headquarters) -> Result<DueBatches, StoreError> {
    let kept = find(hq, "batches-due")?;
    kept.map_or(Ok(DueBatches::new()), |text| hq.json("the batches that are due", &text))
}

/// Notes the batches that are still to run.
pub(crate) fn set_due(hq: &HqTx<'_>, due: &DueBatches) -> Result<(), StoreError> {
    set_value(hq, "batches-due", &serde_json::to_string(due).unwrap_or_default())
}

fn faults(hq: &Headquarters) -> Result<Vec<Fault>, StoreError> {
    hq.rows("SELECT NAME, PLACE, REMAINING FROM cdx_FAULT ORDER BY ID", [], |row| {
        let place = row.get::<_, Option<String>>(1)?.filter(|place| !place.is_empty());
        Ok(Fault { kind: row.get(0)?, place, remaining: row.get(2)? })
    })
}

pub(super) fn keep_faults(hq: &HqTx<'_>, faults: &Faults) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_FAULT", [])?;
    for fault in &faults.pending {
        hq.run(
            "INSERT INTO cdx_FAULT (NAME, PLACE, REMAINING) VALUES (:name, :place, :remaining)",
            named_params! {
                ":name": fault.kind,
                ":place": fault.place.as_deref().unwrap_or(""),
                ":remaining": fault.remaining,
            },
        )?;
    }
    Ok(())
}

/// Takes the next number of a sequence kept in this database, of either side; the first is 1. It is
/// above every number that the environment has given out, whichever database was put back since.
pub fn next<S: Deref<Target = Db>>(db: &Tx<'_, S>, name: &str) -> Result<i64, StoreError> {
    next_of(db, name, 1)
}

/// Takes as many next numbers of a sequence; the first of them.
pub(super) fn next_of<S: Deref<Target = Db>>(
    db: &Tx<'_, S>,
    name: &str,
    count: i64,
) -> Result<i64, StoreError> {
    let scoped = db.scoped(name);
    let given = db.numbers().map_or(0, |numbers| numbers.highest(&scoped));
    db.run(
        "INSERT INTO cdx_SEQUENCE (NAME, NEXT) VALUES (:name, :given + 1 + :count)
         ON CONFLICT (NAME) DO UPDATE SET NEXT = max(NEXT, :given + 1) + :count",
        named_params! { ":name": name, ":given": given, ":count": count },
    )?;
    let last = db.number("SELECT NEXT - 1 FROM cdx_SEQUENCE WHERE NAME = ?1", [name])?;
    if let Some(numbers) = db.numbers() {
        numbers.note(&scoped, last);
    }
    Ok(last - count + 1)
}

/// The last number of a sequence that was given out; 0 for none.
pub(crate) fn given(hq: &Headquarters, name: &str) -> Result<i64, StoreError> {
    let next = hq.number("SELECT NEXT FROM cdx_SEQUENCE WHERE NAME = ?1", [name])?;
    Ok((next - 1).max(0))
}

/// The RECID of a new row of a headquarters table: above every one that it has or has had.
pub(crate) fn next_recid(hq: &HqTx<'_>, table: &str) -> Result<i64, StoreError> {
    next_recids(hq, table, 1)
}

/// The first of the RECIDs of as many new rows of a headquarters table, which follow each other.
pub(super) fn next_recids(hq: &HqTx<'_>, table: &str, count: i64) -> Result<i64, StoreError> {
    let highest = hq.number(&format!("SELECT max(RECID) FROM {}", quoted(table)), [])?;
    let Some(numbers) = hq.numbers() else { return Ok(highest + 1) };
    let sequence = recid_of(table);
    let first = highest.max(numbers.highest(&sequence)) + 1;
    numbers.note(&sequence, first + count - 1);
    Ok(first)
}

/// The RECID of a new row that a channel's table has and headquarters' does not: above every one
/// that either has or has had, so that headquarters does not give it to another row.
pub(crate) fn next_recid_beside(
    channel: &ChannelTx<'_>,
    hq: &Headquarters,
    (theirs, ours): (&str, Option<&str>),
) -> Result<i64, StoreError> {
    let max = |table: &str| format!("SELECT max(RECID) FROM main.{}", quoted(table));
    let mut highest = channel.number(&max(theirs), [])?;
    let sequence = recid_of(ours.unwrap_or(theirs));
    if let Some(ours) = ours {
        highest = highest.max(hq.number(&max(ours), [])?);
    }
    let Some(numbers) = channel.numbers() else { return Ok(highest + 1) };
    let next = highest.max(numbers.highest(&sequence)) + 1;
    numbers.note(&sequence, next);
    Ok(next)
}

/// Notes the highest RECID of a table whose rows are about to be deleted.
pub(crate) fn note_recid(hq: &HqTx<'_>, table: &str) -> Result<(), StoreError> {
    let Some(numbers) = hq.numbers() else { return Ok(()) };
    let highest = hq.number(&format!("SELECT max(RECID) FROM {}", quoted(table)), [])?;
    numbers.note(&recid_of(table), highest);
    Ok(())
}

fn recid_of(table: &str) -> String {
    format!("recid {table}")
}

/// Takes back the last number of a sequence of headquarters, which nothing has used.
pub(crate) fn take_back(hq: &HqTx<'_>, name: &str, number: i64) -> Result<(), StoreError> {
    if let Some(numbers) = hq.numbers() {
        numbers.take_back(&hq.scoped(name), number);
    }
    hq.execute(
        "UPDATE cdx_SEQUENCE SET NEXT = ?2 WHERE NAME = ?1 AND NEXT = ?2 + 1",
        params![name, number],
    )
}

/// Lets a channel's sequence go on from this number, unless it has come further.
pub(crate) fn raise(channel: &ChannelTx<'_>, name: &str, to: i64) -> Result<(), StoreError> {
    channel.execute(
        "INSERT INTO cdx_SEQUENCE (NAME, NEXT) VALUES (?1, ?2)
         ON CONFLICT (NAME) DO UPDATE SET NEXT = max(NEXT, excluded.NEXT)",
        params![name, to],
    )
}

/// The next GUID of a channel database; needs nothing from headquarters (R08).
pub(crate) fn next_guid(
    channel: &ChannelTx<'_>,
    seed: u64,
    scope: &str,
) -> Result<String, StoreError> {
    Ok(ids::guid(seed, scope, next(channel, "guid")?))
}
