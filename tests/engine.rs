//! The engine by properties: whatever is written in headquarters, by whatever statement, the
//! channels have it after the next runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "engine/keys.rs"]
mod keys;
#[path = "engine/moved.rs"]
mod moved;

use std::path::Path;

use cdx::exchange::init::init;
use cdx::exchange::{Asked, CALM, ExchangeError, RunRequest, run, write};
use cdx::model::event::{Event, Silent};
use cdx::model::run::RunReport;
use cdx::store::Environment;
use cdx::store::create::Blueprint;
use cdx::store::seed::ChannelSeed;
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

fn environment() -> (TempDir, Environment) {
    let dir = TempDir::new().unwrap();
    let channel = |name: &str, offline_database| ChannelSeed {
        name: name.to_owned(),
        online: false,
        offline_database,
    };
    let blueprint = Blueprint {
        extensions: Vec::new(),
        channels: vec![channel("houston", true), channel("seattle", false)],
        customers: 3,
        app_version: "10.0.48".to_owned(),
        seed: 7,
        features: Vec::new(),
    };
    assert!(
        init(
            dir.path(),
            &blueprint,
            false,
            true,
            cdx::exchange::initialize::Options::default(),
            &mut Silent
        )
        .unwrap()
        .ok
    );
    let env = Environment::at(dir.path().to_path_buf()).unwrap();
    (dir, env)
}

fn run_job(env: &Environment, job: &str, faults: &[String]) -> (RunReport, Vec<Event>) {
    let mut events = Vec::new();
    let request = RunRequest { jobs: vec![job.to_owned()], ..RunRequest::default() };
    let asked = (faults, Asked::Jobs(&request));
    let report =
        write(env, "test", asked, &mut events, |writer, listener| run(writer, &request, listener));
    (report.unwrap(), events)
}

fn run_full(env: &Environment, channel: &str) {
    let request = RunRequest {
        jobs: vec!["1010".to_owned()],
        channel: Some(channel.to_owned()),
        full: true,
        ..RunRequest::default()
    };
    // A fault nobody has met yet fails a try; each try uses one up.
    let done = write(env, "test", CALM, &mut Silent, |writer, listener| {
        Ok::<_, ExchangeError>((0..20).any(|_| run(writer, &request, listener).unwrap().ok))
    });
    assert!(done.unwrap(), "the faults are never used up");
}

fn affiliations(path: &Path, table: &str) -> Vec<(i64, String, i64)> {
    let db = Connection::open(path).unwrap();
    let sql = format!("SELECT RECID, NAME, AFFILIATIONTYPE FROM {table} ORDER BY RECID");
    let mut statement = db.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[derive(Debug, Clone)]
enum Write {
    Insert { policy: usize, recid: i64, name: usize },
    Rename { policy: usize, recid: i64, name: usize },
    Renumber { policy: usize, recid: i64, to: i64 },
    Retype { recid: i64, kind: i64 },
    Delete { recid: i64 },
    DeleteAll,
    Run,
    RunFaulty,
}

const POLICIES: &[&str] = &["", "OR REPLACE", "OR IGNORE", "OR ABORT", "OR FAIL", "OR ROLLBACK"];
const NAMES: &[&str] = &["Student", "student", "Senior", "Employee", "Veteran"];

fn writes() -> impl Strategy<Value = Write> {
    let policy = 0..POLICIES.len();
    let name = 0..NAMES.len();
    prop_oneof![
        4 => (policy.clone(), 1_i64..6, name.clone())
            .prop_map(|(policy, recid, name)| Write::Insert { policy, recid, name }),
        4 => (policy.clone(), 1_i64..6, name)
            .prop_map(|(policy, recid, name)| Write::Rename { policy, recid, name }),
        2 => (policy, 1_i64..6, 1_i64..6)
            .prop_map(|(policy, recid, to)| Write::Renumber { policy, recid, to }),
        2 => (1_i64..6, 0_i64..3).prop_map(|(recid, kind)| Write::Retype { recid, kind }),
        2 => (1_i64..6).prop_map(|recid| Write::Delete { recid }),
        1 => Just(Write::DeleteAll),
        3 => Just(Write::Run),
        1 => Just(Write::RunFaulty),
    ]
}

fn perform(env: &Environment, write: &Write) {
    let sql = match write {
        Write::Insert { policy, recid, name } => format!(
            "INSERT {} INTO RETAILAFFILIATION (RECID, NAME) VALUES ({recid}, '{}')",
            POLICIES[*policy], NAMES[*name]
        ),
        Write::Rename { policy, recid, name } => format!(
            "UPDATE {} RETAILAFFILIATION SET NAME = '{}' WHERE RECID = {recid}",
            POLICIES[*policy], NAMES[*name]
        ),
        Write::Renumber { policy, recid, to } => format!(
            "UPDATE {} RETAILAFFILIATION SET RECID = {to} WHERE RECID = {recid}",
            POLICIES[*policy]
        ),
        Write::Retype { recid, kind } => {
            format!("UPDATE RETAILAFFILIATION SET AFFILIATIONTYPE = {kind} WHERE RECID = {recid}")
        }
        Write::Delete { recid } => format!("DELETE FROM RETAILAFFILIATION WHERE RECID = {recid}"),
        Write::DeleteAll => "DELETE FROM RETAILAFFILIATION".to_owned(),
        Write::Run => {
            run_job(env, "1010", &[]);
            return;
        }
        Write::RunFaulty => {
            run_job(env, "1010", &["apply-fails=houston".to_owned()]);
            return;
        }
    };
    let hq = Connection::open(env.hq_path()).unwrap();
    // A refused statement changes nothing, and must log nothing that does harm.
    match hq.execute_batch(&sql) {
        Ok(()) => {}
        Err(rusqlite::Error::SqliteFailure(e, _)) => {
            assert_eq!(e.code, rusqlite::ErrorCode::ConstraintViolation, "{sql}");
        }
        Err(other) => panic!("{sql}: {other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_writes_reach_the_channel(writes in prop::collection::vec(writes(), 1..14)) {
        let (_dir, env) = environment();
        for write in &writes {
            perform(&env, write);
        }
        // Faults that are left are used up. A session that failed too often is Canceled, and one
        // applied out of order leaves old values (D06, D08): a full run fixes both.
        run_job(&env, "1010", &[]);
        run_full(&env, "houston");
        let expected = affiliations(&env.hq_path(), "RETAILAFFILIATION");
        for store in ["seattle", "houston", "houston.offline"] {
            let found = affiliations(&env.channel_path(store), "ax_RETAILAFFILIATION");
            prop_assert_eq!(&found, &expected, "{}", store);
        }
    }
}

#[test]
fn events_come_in_channel_order_and_runs_repeat_byte_for_byte() {
    let told = || {
        let (_dir, env) = environment();
        let hq = Connection::open(env.hq_path()).unwrap();
        hq.execute_batch("UPDATE CUSTTABLE SET CUSTGROUP = '70'").unwrap();
        drop(hq);
        let (report, events) = run_job(&env, "1010", &["apply-fails=seattle".to_owned()]);
        (serde_json::to_string(&report).unwrap(), format!("{events:?}"))
    };
    let (report, events) = told();
    assert_eq!((report, events.clone()), told());
    let order: Vec<usize> = ["\"houston\", status: ApplyFailed", "\"houston\", status: Applied"]
        .iter()
        .chain(&["\"houston.offline\", status: Applied", "\"seattle\", status: ApplyFailed"])
        .filter_map(|text| events.find(text))
        .collect();
    assert_eq!(order.len(), 3, "{events}");
    assert!(order.is_sorted(), "{events}");
}
