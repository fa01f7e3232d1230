//! The schema: every old version becomes the current one, and what must hold is in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::path::PathBuf;

use cdx::store::schema::Kind;
use cdx::store::{Access, ChannelDatabase, ChannelTx, Db, Handle, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

const KINDS: &[Kind] = &[Kind::Headquarters, Kind::Channel];

fn objects(path: &PathBuf) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let sql =
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn fresh(dir: &TempDir, kind: Kind) -> PathBuf {
    let path = dir.path().join("fresh.db");
    drop(Db::open(&path, kind, Access::Create).unwrap());
    path
}

fn old(dir: &TempDir, kind: Kind, version: i64) -> PathBuf {
    let path = dir.path().join(format!("old{version}.db"));
    let db = Connection::open(&path).unwrap();
    for step in kind.migrations().iter().filter(|step| step.version <= version) {
        db.execute_batch(step.sql).unwrap();
    }
    let id = kind.application_id();
    db.execute_batch(&format!("PRAGMA application_id = {id}; PRAGMA user_version = {version};"))
        .unwrap();
    path
}

#[test]
fn every_old_version_becomes_the_fresh_one() {
    for kind in KINDS {
        let dir = TempDir::new().unwrap();
        let expected = objects(&fresh(&dir, *kind));
        for version in 1..kind.version() {
            let path = old(&dir, *kind, version);
            assert!(matches!(
                Db::open(&path, *kind, Access::Read),
                Err(StoreError::Older { found, .. }) if found == version
            ));
            drop(Db::open(&path, *kind, Access::Write).unwrap());
            drop(Db::open(&path, *kind, Access::Write).unwrap());
            assert_eq!(objects(&path), expected, "{kind:?} from {version}");
        }
    }
}

#[test]
fn a_failed_migration_leaves_the_file_as_it_was() {
    let dir = TempDir::new().unwrap();
    let path = old(&dir, Kind::Channel, 8);
    // The ninth step makes a table, and then adds a column to one that is not there.
    let drop = "DROP TABLE ax_RETAILASYNCCUSTOMERAFFILIATION";
    Connection::open(&path).unwrap().execute_batch(drop).unwrap();
    let before = objects(&path);
    assert!(Db::open(&path, Kind::Channel, Access::Write).is_err());
    assert_eq!(objects(&path), before);
}

#[test]
fn a_session_of_an_older_version_that_was_given_up_is_so_by_its_column() {
    let dir = TempDir::new().unwrap();
    let path = old(&dir, Kind::Headquarters, 8);
    let of = |status: i64, message: &str, by: i64| format!("({status}, '{message}', {by})");
    let tried = "ApplyFailed: tried too many times (3): no";
    let rows = [
        of(5, tried, 0),
        of(10, tried, 0),
        of(5, "cancelled by a person", 0),
        of(5, tried, 7),
        of(8, "no", 0),
    ];
    let sql: String = rows.iter().enumerate().map(|(session, row)| {
        let into = "INSERT INTO RETAILCDXDOWNLOADSESSIONDATASTORE (SESSION, STATUS, MESSAGE, REPLACEDBY)";
        format!("{into} SELECT {session}, * FROM (VALUES {row});")
    }).collect();
    let hq = Connection::open(&path).unwrap();
    hq.execute_batch(&sql).unwrap();
    hq.execute_batch(&format!(
        "INSERT INTO RETAILCDXUPLOADSESSION (UPLOADSESSIONID, STATUS, MESSAGE)
         VALUES (1, 4, '{tried}'), (2, 4, 'cancelled by a person')"
    ))
    .unwrap();
    drop(hq);
    drop(Db::open(&path, Kind::Headquarters, Access::Write).unwrap());
    let hq = Connection::open(&path).unwrap();
    let given_up = |table: &str| -> String {
        let sql =
            format!("SELECT group_concat(cdx_GIVENUP) FROM (SELECT * FROM {table} ORDER BY RECID)");
        hq.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(given_up("RETAILCDXDOWNLOADSESSIONDATASTORE"), "1,1,0,0,0");
    assert_eq!(given_up("RETAILCDXUPLOADSESSION"), "1,0");
}

#[test]
fn how_many_rows_a_package_changed_becomes_a_column() {
    let dir = TempDir::new().unwrap();
    let path = old(&dir, Kind::Channel, 7);
    let log = "INSERT INTO crt_DOWNLOADSESSIONDATAFILEHISTORY (DATAFILENAME) \
               VALUES ('1010-000012-0123456789ab.db'), ('1010-000013-0123456789ab.db'); \
               INSERT INTO crt_DOWNLOADSESSIONLOG (DOWNLOADSESSIONID, STATUS, MESSAGE) \
               VALUES (12, 7, '5 rows could not be written'), (12, 4, '41 rows changed')";
    Connection::open(&path).unwrap().execute_batch(log).unwrap();
    drop(Db::open(&path, Kind::Channel, Access::Write).unwrap());
    let rows = "SELECT group_concat(cdx_ROWS) FROM (SELECT * FROM \
                crt_DOWNLOADSESSIONDATAFILEHISTORY ORDER BY ID)";
    let channel = Connection::open(&path).unwrap();
    assert_eq!(channel.query_row(rows, [], |row| row.get::<_, String>(0)).unwrap(), "41,0");
}

#[test]
fn features_of_an_older_version_go_on_under_their_public_names() {
    let dir = TempDir::new().unwrap();
    let made_up = "Dynamics.AX.Application.RetailEnhancedAsyncCustomerCreationFeature";
    let gone = "Dynamics.AX.Application.RetailLegacyCustomerDetailsViewFeature";
    for (kind, version, prefix) in [(Kind::Headquarters, 13, ""), (Kind::Channel, 11, "ax_")] {
        let path = old(&dir, kind, version);
        let rows = format!(
            "INSERT INTO {prefix}FEATUREMANAGEMENTSTATE (RECID, NAME, ISENABLED)
             VALUES (1, '{made_up}', 1), (2, '{gone}', 1)"
        );
        Connection::open(&path).unwrap().execute_batch(&rows).unwrap();
        drop(Db::open(&path, kind, Access::Write).unwrap());
        let sql = format!(
            "SELECT group_concat(NAME || ' ' || ISENABLED) FROM {prefix}FEATUREMANAGEMENTSTATE"
        );
        let left: String =
            Connection::open(&path).unwrap().query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(left, "unpublished:enhanced-async-customer-creation 1", "{kind:?}");
    }
}

#[test]
fn a_newer_one_and_another_kind_are_refused() {
    let dir = TempDir::new().unwrap();
    let path = fresh(&dir, Kind::Channel);
    let error = Db::open(&path, Kind::Headquarters, Access::Write).unwrap_err();
    assert!(matches!(error, StoreError::WrongKind { .. }), "{error}");
    let next = Kind::Channel.version() + 1;
    Connection::open(&path)
        .unwrap()
        .execute_batch(&format!("PRAGMA user_version = {next}"))
        .unwrap();
    let error = Db::open(&path, Kind::Channel, Access::Write).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found, .. } if found == next), "{error}");
}

#[test]
fn channel_columns_refuse_what_is_too_long_and_headquarters_does_not() {
    let dir = TempDir::new().unwrap();
    let channel = Connection::open(fresh(&dir, Kind::Channel)).unwrap();
    let long = "INSERT INTO {}CUSTTABLE (RECID, ACCOUNTNUM, CURRENCY) VALUES (1, 'a', 'DOLLAR')";
    assert!(channel.execute_batch(&long.replace("{}", "ax_")).is_err());
    let dir = TempDir::new().unwrap();
    let hq = Connection::open(fresh(&dir, Kind::Headquarters)).unwrap();
    hq.execute_batch(&long.replace("{}", "")).unwrap();
    // Keys ignore case, as SQL Server's do.
    let same = "INSERT INTO CUSTTABLE (RECID, ACCOUNTNUM, PARTY) VALUES (2, 'A', 2)";
    assert!(hq.execute_batch(same).is_err());
}

#[test]
fn counters_do_not_begin_again_after_a_purge() {
    let dir = TempDir::new().unwrap();
    let channel = Connection::open(fresh(&dir, Kind::Channel)).unwrap();
    channel
        .execute_batch(
            "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (FIRSTNAME) VALUES ('a'), ('b');
             DELETE FROM ax_RETAILASYNCCUSTOMERV2;
             INSERT INTO ax_RETAILASYNCCUSTOMERV2 (FIRSTNAME) VALUES ('c');",
        )
        .unwrap();
    let counter: i64 = channel
        .query_row("SELECT REPLICATIONCOUNTERFROMORIGIN FROM ax_RETAILASYNCCUSTOMERV2", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(counter, 3);
}

#[test]
fn a_writer_keeps_everything_or_nothing() {
    let dir = TempDir::new().unwrap();
    let path = fresh(&dir, Kind::Channel);
    let db = Db::open(&path, Kind::Channel, Access::Write).unwrap();
    let channel = Handle::new(ChannelDatabase(db));
    let next = |channel: &ChannelTx<'_>| cdx::store::world::next(channel, "guid");
    let failed: Result<(), StoreError> = channel.write(|channel| {
        next(channel)?;
        Err(StoreError::Missing { path: "on purpose".to_owned() })
    });
    assert!(failed.is_err());
    assert_eq!(channel.write(next).unwrap(), 1);
}
