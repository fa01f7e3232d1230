//! Customers of a new environment: drawn in Rust, spread over their tables by SQL.

use rusqlite::params;

use super::{FIRST_RECID, Lists};
use crate::model::event::{Event, Listener};
use crate::model::ids::DataAreaId;
use crate::model::time::Time;
use crate::store::error::StoreError;
use crate::store::side::{Handle, Headquarters, HqTx};
use crate::store::sql_text::quoted;
use crate::world::random::Random;

/// Customers written in one transaction.
const CHUNK: u64 = 20_000;

/// Adds the default customers of the channels (RECIDs and accounts 1, 2, ...) and then `count`
/// more; eleven rows each. `now` is the environment's time.
///
/// The database must be one that is thrown away when this fails.
pub fn customers(
    hq: &Handle<Headquarters>,
    company: &DataAreaId,
    channels: &[String],
    count: u64,
    seed: u64,
    now: &Time,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let lists = Lists::shipped();
    let mut random = Random::new(seed, "customers");
    let total = count + channels.len() as u64;
    let indexes = drop_indexes(hq)?;
    hq.script(include_str!("../sql/seed_customers_draft.sql"))?;
    listener.event(Event::StepStarted {
        step: "writing customers".to_owned(),
        total: Some(total * 11),
        noun: "rows",
    });
    let mut next = 1;
    while next <= total {
        let end = (next + CHUNK).min(total + 1);
        hq.write(|hq| {
            hq.run("DELETE FROM temp.cdx_DRAFT", [])?;
            draft(hq, &lists, &mut random, next..end, channels)?;
            spread(hq, company, now)
        })?;
        next = end;
        listener.event(Event::StepProgress { done: (next - 1) * 11 });
    }
    listener.event(Event::StepFinished);
    listener.event(Event::StepStarted {
        step: "building indexes".to_owned(),
        total: None,
        noun: "rows",
    });
    for sql in indexes {
        hq.script(&sql)?;
    }
    hq.script("DROP TABLE temp.cdx_DRAFT")?;
    hq.write(|hq| affiliations(hq, company, channels))?;
    hq.run(
        "INSERT OR REPLACE INTO cdx_SEQUENCE (NAME, NEXT) VALUES ('account', ?1)",
        [total as i64 + 1],
    )?;
    listener.event(Event::StepFinished);
    Ok(())
}

/// Indexes cost least when they are built over rows that are there already.
fn drop_indexes(hq: &Headquarters) -> Result<Vec<String>, StoreError> {
    let found = hq.rows(include_str!("../sql/seed_indexes.sql"), [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut statements = Vec::new();
    for (name, sql) in found {
        hq.script(&format!("DROP INDEX {}", quoted(&name)))?;
        statements.push(sql);
    }
    Ok(statements)
}

fn draft(
    hq: &HqTx<'_>,
    lists: &Lists,
    random: &mut Random,
    numbers: std::ops::Range<u64>,
    channels: &[String],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO temp.cdx_DRAFT VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let mut statement = hq.conn().prepare_cached(sql).map_err(|e| hq.error(sql, e))?;
    for number in numbers {
        let at = (number - 1) as usize;
        let first = random.pick(&lists.first).copied().unwrap_or("Ana");
        let last = random.pick(&lists.last).copied().unwrap_or("Smith");
        let street = random.pick(&lists.streets).copied().unwrap_or("Main Street");
        let [city, state, zip, county] =
            random.pick(&lists.places).copied().unwrap_or(["Houston", "TX", "77002", "Harris"]);
        let house = random.below(9_899) + 100;
        let (first, last) = match channels.get(at) {
            Some(channel) => ("Default", channel.as_str()),
            None => (first, last),
        };
        statement
            .execute(params![
                number as i64,
                first,
                last,
                format!("{house} {street}"),
                city,
                state,
                zip,
                county,
                format!("customer{number}@example.com"),
            ])
            .map_err(|e| hq.error(sql, e))?;
    }
    Ok(())
}

fn spread(hq: &HqTx<'_>, company: &DataAreaId, now: &Time) -> Result<(), StoreError> {
    let sql = include_str!("../sql/seed_customers.sql");
    for statement in sql.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        let named: Vec<(&str, &dyn rusqlite::ToSql)> =
            vec![(":company", &company), (":now", &now), (":base", &FIRST_RECID)];
        let used: Vec<_> = named.into_iter().filter(|(name, _)| statement.contains(name)).collect();
        hq.run(statement, used.as_slice())?;
    }
    Ok(())
}

/// The default customers have affiliations, so that an enhanced creation has some to take (R04).
fn affiliations(
    hq: &HqTx<'_>,
    company: &DataAreaId,
    channels: &[String],
) -> Result<(), StoreError> {
    for at in 0..channels.len() {
        hq.run(
            "INSERT INTO RETAILCUSTAFFILIATION (CUSTACCOUNTNUM, RETAILAFFILIATIONID, DATAAREAID)
             SELECT ?1, RECID, ?2 FROM RETAILAFFILIATION WHERE NAME = 'Student'",
            params![format!("{:08}", at + 1), company],
        )?;
    }
    Ok(())
}
