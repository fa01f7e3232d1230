//! Customers that are made together are those that are made one by one.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Batch, new_customers};
use crate::exchange::init::init;
use crate::exchange::initialize::Options;
use crate::exchange::{CALM, ExchangeError, write};
use crate::model::event::Silent;
use crate::model::operation::OperationId;
use crate::model::run::Tally;
use crate::model::time::Time;
use crate::store::create::Blueprint;
use crate::store::seed::ChannelSeed;
use crate::store::{
    Environment, HqTx, StoreError, Writer, batch_order, creation_rows, creations, dump,
};
use crate::world::random::Random;

fn environment() -> (TempDir, Environment) {
    let dir = TempDir::new().unwrap();
    let channel =
        |name: &str| ChannelSeed { name: name.to_owned(), online: false, offline_database: false };
    let blueprint = Blueprint {
        extensions: Vec::new(),
        channels: vec![channel("houston"), channel("seattle")],
        customers: 3,
        app_version: "10.0.48".to_owned(),
        seed: 7,
        features: Vec::new(),
    };
    init(dir.path(), &blueprint, false, false, Options::default(), &mut Silent).unwrap();
    let env = Environment::at(dir.path().to_path_buf()).unwrap();
    (dir, env)
}

fn copied(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copied(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What every customer's own columns say, now and then something that fails.
fn values(random: &mut Random, at: u64) -> Vec<(&'static str, String)> {
    let mut draw = |from: &[&str]| random.pick(from).map_or_else(String::new, |v| (*v).to_owned());
    let ids = ["A1", "a1", "B-2", "Zoë", "", "C3", "D4", "KNOWN", "MADE"];
    let own = format!("N{at:05}");
    let id = draw(&[&own, &own, &own, &own, &own, &own, &own, &own, &own, &draw_one(&ids, at)]);
    let long = "x".repeat(90);
    vec![
        ("CUSTACCOUNTASYNC", id),
        ("FIRSTNAME", draw(&["Ada", "Zoë", "O'\"Brien", "Ada", "Ada", "Ada", "Ada", "Ada", " "])),
        ("MIDDLENAME", draw(&["", "", "B."])),
        ("LASTNAME", draw(&["Last", "One\\Two", "Last", "Last", "Last", "Last", "Last", &long])),
        ("TITLERECORDID", draw(&["0", "2", "77"])),
        ("EMAIL", draw(&["", "ada@example.com", "x\ty"])),
        ("PHONE", draw(&["", "555"])),
        ("RECEIPTEMAIL", draw(&["", "", "r@example.com"])),
        ("RECEIPTOPTION", draw(&["0", "1", "9"])),
        ("LANGUAGEID", draw(&["", "fr", "FR", "", "", "", "", "xx"])),
        ("CUSTGROUP", draw(&["", "20", "", "", "", "", "", "no"])),
        ("OPERATION", draw(&["1", "1", "1", "1", "1", "1", "1", "1", "2", "9"])),
        ("ORIGINATINGCHANNEL", draw(&["5637144576", "5637144577", "5637144576", "5637144577"])),
        ("cdx_CHANGED", draw(&["", "[\"email\"]", "", "", "", "", "", "", "", "{"])),
    ]
}

fn draw_one(from: &[&str], at: u64) -> String {
    from.get(at as usize % from.len()).map_or_else(String::new, |id| (*id).to_owned())
}

fn sql_text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// An operation of a register: a creation, in most cases.
fn operation(random: &mut Random, at: u64, store: u64) -> String {
    let row = format!("VALUES ({store}, {at}, '2026-01-15 08:{:02}:00.000', 'USRT'", at / 10);
    let about = format!("N{:05}", random.below(at));
    let known = "cdx_DATASTORE, REPLICATIONCOUNTERFROMORIGIN, MODIFIEDDATETIME, DATAAREAID";
    let of_a_customer = format!("({known}, CUSTACCOUNTASYNC, OPERATION");
    match random.below(20) {
        0 => format!(
            "INSERT INTO RETAILASYNCADDRESSV2 {of_a_customer}, ADDRESSID, COUNTY)
             {row}, '{about}', 1, 'ADDRESS-{at}', '{}');",
            "y".repeat(random.below(12) as usize)
        ),
        1 => format!(
            "INSERT INTO RETAILASYNCCUSTOMERCONTACT {of_a_customer}, CONTACTTYPE, LOCATOR,
             ISPRIMARY) {row}, '{about}', 1, 2, 'c{at}@example.com', 0);"
        ),
        2 => format!(
            "INSERT INTO RETAILASYNCCUSTOMERAFFILIATION {of_a_customer}, RETAILAFFILIATIONID)
             {row}, '{about}', 1, {});",
            1 + random.below(4)
        ),
        3 => format!(
            "INSERT INTO RETAILASYNCCUSTOMERV2 ({known}, CUSTACCOUNT, OPERATION, LANGUAGEID,
             cdx_CHANGED) {row}, '00000001', 2, 'de', '[\"language\"]');"
        ),
        _ => {
            let values = values(random, at);
            let columns: Vec<&str> = values.iter().map(|(column, _)| *column).collect();
            let texts: Vec<String> = values.iter().map(|(_, text)| sql_text(text)).collect();
            let (columns, texts) = (columns.join(", "), texts.join(", "));
            format!("INSERT INTO RETAILASYNCCUSTOMERV2 ({known}, {columns}) {row}, {texts});")
        }
    }
}

/// What headquarters may have of an operation already.
fn aside(random: &mut Random, at: u64, store: u64) -> String {
    let last = "max(RECID)";
    let of_last = "FROM RETAILASYNCCUSTOMERV2 HAVING count(*) > 0;";
    match random.below(12) {
        0 => format!(
            "INSERT INTO cdx_RECEIVED VALUES ('#{at}', 'retailasynccustomerv2', {store}, {at});"
        ),
        1 => format!(
            "INSERT OR IGNORE INTO cdx_SAVEDVALUE
             SELECT 'RETAILASYNCCUSTOMERV2', {last}, 'EMAIL', '2026-01-16 08:00:00.000' {of_last}"
        ),
        2 => format!(
            "INSERT OR IGNORE INTO cdx_CUSTOMEROPERATION (TABLENAME, ROW, STATUS, LASTERROR)
             SELECT 'RETAILASYNCCUSTOMERV2', {last}, 'failed', 'before' {of_last}"
        ),
        _ => String::new(),
    }
}

/// Something under numbers that are given out next.
const USED: &str = "INSERT INTO DIRPARTYLOCATION (RECID, PARTY, LOCATION, ISPRIMARY)
    SELECT 1, max(RECID) + 20, 5, 1 FROM DIRPARTYTABLE;
    INSERT INTO cdx_FIELDSET (SUBJECT, ID, FIELD, PLACE, SETAT, SETTER)
    SELECT 'customer', printf('%08d', max(ACCOUNTNUM) + 40), 'phone', 'headquarters',
    '2026-01-15 07:00:00.000', 'headquarters' FROM CUSTTABLE;";

/// Another program refuses some customers; those beside them are made.
const REFUSED: &str = "CREATE TRIGGER none_of_these BEFORE INSERT ON DIRPARTYTABLE
    WHEN NEW.NAME LIKE 'Zo%' BEGIN SELECT RAISE(ABORT, 'not in this company'); END;";

/// Operations that wait, among what headquarters may have of them.
fn waiting_operations(random: &mut Random) -> String {
    let mut sql = "INSERT INTO cdx_KNOWNACCOUNT VALUES ('KNOWN', '99000077');
         UPDATE RETAILCUSTTABLE SET CUSTACCOUNTASYNC = 'MADE' WHERE ACCOUNTNUM = '00000002';"
        .to_owned();
    for at in 1..150 {
        let store = 1 + random.below(2);
        sql.push_str(&operation(random, at, store));
        sql.push_str(&aside(random, at, store));
    }
    if random.below(2) == 0 {
        sql.push_str(USED);
    }
    if random.below(3) == 0 {
        sql.push_str(REFUSED);
    }
    sql
}

/// What the batch makes of everything that waits, the operations of a chunk by one of two ways.
fn processed(
    root: &Path,
    sql: &str,
    mut process: impl FnMut(&mut Batch, &HqTx<'_>, &[OperationId], &[bool], &Time, &mut Tally),
) -> (Vec<String>, String, Tally) {
    let env = Environment::at(root.to_path_buf()).unwrap();
    let done = write(&env, "test", CALM, &mut Silent, |writer: &mut Writer, _| {
        dump::write(&writer.hq, sql)?;
        writer.hq.scratch_in_memory(true)?;
        creation_rows::prepare(&writer.hq)?;
        let new = new_customers(&writer.hq, &writer.env)?;
        let mut batch = Batch { new, failed: std::collections::BTreeSet::new() };
        let (mut tally, now) = (Tally::default(), writer.world.clock.utc());
        for chunk in batch_order::waiting(&writer.hq)?.chunks(40) {
            let faults: Vec<bool> = chunk.iter().map(|id| id.row % 31 == 0).collect();
            writer.hq.write(|hq| {
                process(&mut batch, hq, chunk, &faults, &now, &mut tally);
                Ok::<_, StoreError>(())
            })?;
        }
        Ok::<_, ExchangeError>((dump::dump(&writer.hq)?, tally))
    });
    let (lines, tally) = done.unwrap();
    (lines, fs::read_to_string(root.join("cdx.world")).unwrap(), tally)
}

#[test]
fn customers_that_are_made_together_are_those_that_are_made_one_by_one() {
    let (new, _env) = environment();
    let mut together = 0;
    for seed in 0..10 {
        let sql = waiting_operations(&mut Random::new(seed, "waiting"));
        let [one, other] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        copied(new.path(), one.path());
        copied(new.path(), other.path());
        let by_chunk = processed(one.path(), &sql, |batch, hq, chunk, faults, now, tally| {
            batch.chunk(hq, chunk, faults, now, tally).unwrap();
        });
        let by_one = processed(other.path(), &sql, |batch, hq, chunk, faults, now, tally| {
            together += creations::read(hq, chunk).unwrap().iter().flatten().count();
            for (id, faulty) in chunk.iter().zip(faults) {
                batch.one(hq, *id, *faulty, now, tally).unwrap();
            }
        });
        for (one, other) in by_chunk.0.iter().zip(&by_one.0) {
            assert_eq!(one, other, "seed {seed}");
        }
        assert_eq!(by_chunk, by_one, "seed {seed}");
    }
    assert!(together > 400, "{together} of some 1,500 operations could be made together");
}
