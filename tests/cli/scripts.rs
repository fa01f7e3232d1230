//! Schema scripts: what they may do, and that nothing else of them is carried out.

use std::fs;

use rusqlite::Connection;
use sha2::Digest;

use super::harness::{Env, number, text};

/// The script is refused by whoever reads it, at its place, and no database is changed.
fn refused(script: &str, line: usize, told: &str) {
    let env = Env::new();
    let other = Connection::open(env.path().join("x.db")).unwrap();
    other.execute_batch("CREATE TABLE t (A); INSERT INTO t VALUES (1)").unwrap();
    env.write("schema/hq/s.sql", script);
    for command in ["jobs check", "scheduler init"] {
        let run = env.run(command).expect(2);
        let all = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains(&format!("schema/hq/s.sql:{line}:")), "{command}: {told}\n{all}");
        assert!(all.contains(told), "{command}: {told}\n{all}");
        assert!(all.contains("cdx jobs check"), "{all}");
        assert!(!all.contains(":memory:"), "{all}");
    }
    let _ = env.run("doctor");
    assert_eq!(number(&other, "SELECT count(*) FROM t"), 1);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'MINE'";
    assert_eq!(number(&env.hq(), tables), 0, "all of a script or nothing");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM cdx_SCHEMAFILE"), 0);
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), 23);
    env.ok("run 1010");
}

const MINE: &str = "CREATE TABLE MINE (A INTEGER PRIMARY KEY, B NVARCHAR(10));\n";

#[test]
fn a_script_reaches_no_other_database() {
    refused(&format!("{MINE}ATTACH DATABASE '../x.db' AS x; DELETE FROM x.t;"), 2, "ATTACH");
    refused(&format!("{MINE}\nVACUUM INTO 'copy.db';"), 3, "script");
    refused("SELECT load_extension('x');", 1, "load_extension");
}

#[test]
fn a_script_writes_no_table_but_its_own() {
    refused(&format!("{MINE}DELETE FROM CUSTTABLE;"), 2, "DELETE FROM CUSTTABLE is refused");
    refused(&format!("{MINE}UPDATE cdx_SEQUENCE SET NEXT = 1;"), 2, "UPDATE cdx_SEQUENCE");
    refused(&format!("{MINE}DROP TABLE CUSTTABLE;"), 2, "CUSTTABLE is refused");
    refused("ALTER TABLE CUSTTABLE DROP COLUMN VATNUM;", 1, "ALTER TABLE CUSTTABLE");
    refused("CREATE UNIQUE INDEX U ON CUSTTABLE (CUSTGROUP);", 1, "CREATE UNIQUE INDEX U");
    refused("CREATE TABLE cdx_MINE (A);", 1, "cdx_MINE is refused");
    refused("UPDATE sqlite_sequence SET seq = 0;", 1, "sqlite_sequence");
    refused(
        &format!("{MINE}CREATE TRIGGER T AFTER INSERT ON MINE BEGIN DELETE FROM CUSTTABLE; END;"),
        2,
        "the trigger T is refused",
    );
    refused("CREATE TEMP TABLE X (A);", 1, "something temporary");
}

#[test]
fn a_script_makes_no_settings_and_no_transactions() {
    refused(&format!("{MINE}PRAGMA user_version = 7;"), 2, "PRAGMA user_version");
    refused("PRAGMA application_id = 7;", 1, "PRAGMA application_id");
    refused(&format!("{MINE}COMMIT;\nDELETE FROM CUSTTABLE;"), 2, "a transaction is refused");
    refused(&format!("{MINE}SAVEPOINT a;"), 2, "a transaction is refused");
}

#[test]
fn a_script_does_not_run_on() {
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    refused(&format!("{MINE}{endless} SELECT sum(n) FROM c;"), 2, "stopped after 50 million steps");
    refused(
        &format!("{MINE}INSERT INTO MINE (B) {endless} SELECT zeroblob(400000) FROM c;"),
        2,
        "writes more than 32 MiB",
    );
}

#[test]
fn a_script_that_fails_leaves_nothing_and_names_its_line() {
    refused(&format!("{MINE}-- more\nINSERT INTO MINE VALUES (\"a\");"), 3, "no such column");
    refused(&format!("{MINE}CREATE TABLE X (A;"), 2, "the statement fails");
    refused(&format!("{MINE}INSERT INTO MINE VALUES (1, 'a'), (1, 'b');"), 2, "UNIQUE");
}

/// A script that an older version has carried out can be put right, though an applied file may not
/// be changed: what the hint says leads out.
#[test]
fn a_refused_script_that_was_applied_once_is_replaced_by_another() {
    let env = Env::new();
    env.write("schema/hq/s.sql", MINE);
    env.ok("scheduler init");
    let older = format!("{MINE}PRAGMA user_version = 3;");
    env.write("schema/hq/s.sql", &older);
    let sum = "UPDATE cdx_SCHEMAFILE SET CHECKSUM = ?1";
    let checksum = cdx::world::ids::hex(&sha2::Sha256::digest(older.as_bytes()));
    env.hq().execute(sum, [checksum]).unwrap();
    let run = env.run("scheduler init").expect(2);
    assert!(run.err.contains("CREATE TABLE IF NOT EXISTS"), "{}", run.err);
    fs::remove_file(env.path().join("schema/hq/s.sql")).unwrap();
    env.write("schema/hq/s2.sql", &MINE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
    env.ok("jobs check");
    env.ok("scheduler init");
    env.ok("run 1010");
}

#[test]
fn a_script_makes_changes_and_fills_its_own_tables() {
    let env = Env::new();
    env.write(
        "schema/hq/s.sql",
        &format!(
            "{MINE}INSERT INTO MINE (B) VALUES ('a;b'), ('c');\nCREATE INDEX I ON MINE (B);
             CREATE VIEW V AS SELECT * FROM MINE; UPDATE MINE SET B = upper(B);
             ALTER TABLE MINE ADD COLUMN C INT NOT NULL DEFAULT 0 CHECK (C < 5);
             ALTER TABLE MINE RENAME COLUMN B TO D;
             CREATE TABLE COUNTED (A INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE COUNTED;
             ALTER TABLE RETAILCUSTTABLE ADD COLUMN PREFERENCE NVARCHAR(10) NOT NULL DEFAULT '';
             CREATE INDEX P ON RETAILCUSTTABLE (PREFERENCE);"
        ),
    );
    env.ok("jobs check");
    env.ok("scheduler init");
    let rows = "SELECT group_concat(D || C) FROM (SELECT * FROM MINE ORDER BY A)";
    assert_eq!(text(&env.hq(), rows), "A;B0,C0");
    // A second file goes on where the first ended, and each is carried out once.
    env.write("schema/hq/t.sql", "INSERT INTO MINE (D) VALUES ('e')");
    env.ok("scheduler init");
    env.ok("scheduler init");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM MINE"), 3);
    env.write("schema/hq/t.sql", "INSERT INTO MINE (D) VALUES ('f')");
    let run = env.run("scheduler init").expect(2);
    let told = "schema/hq/t.sql:1:1: it was applied to hq.db and has changed since";
    assert!(run.err.contains(told), "{}", run.err);
}
