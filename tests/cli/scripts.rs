//! Schema scripts: they are read and never run, whatever stands in them.

use std::fs;

use rusqlite::Connection;
use sha2::Digest;

use super::harness::{Env, number, text};

/// An environment with a database beside it that no script may reach.
fn with_script(script: &str) -> (Env, Connection) {
    let env = Env::new();
    let other = Connection::open(env.path().join("x.db")).unwrap();
    other.execute_batch("CREATE TABLE t (A); INSERT INTO t VALUES (1)").unwrap();
    env.write("schema/hq/s.sql", script);
    (env, other)
}

fn untouched(env: &Env, other: &Connection) {
    assert_eq!(number(other, "SELECT count(*) FROM t"), 1);
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), 23);
    assert_eq!(number(&env.hq(), "PRAGMA application_id"), i64::from(i32::from_be_bytes(*b"cdxh")));
    env.ok("run 1010");
}

/// The script is refused by whoever reads it, at its place, and no database is changed.
fn refused(script: &str, line: usize, told: &str) {
    let (env, other) = with_script(script);
    for command in ["jobs check", "scheduler init"] {
        let run = env.run(command).expect(2);
        let all = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains(&format!("schema/hq/s.sql:{line}:")), "{command}: {told}\n{all}");
        assert!(all.contains(told), "{command}: {told}\n{all}");
        assert!(all.contains("cdx jobs check"), "{all}");
    }
    let _ = env.run("doctor");
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'MINE'";
    assert_eq!(number(&env.hq(), tables), 0, "all of a script or nothing");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM cdx_SCHEMAFILE"), 0);
    untouched(&env, &other);
}

/// The statement is told as not done, and what stands beside it is.
fn left_out(statement: &str, told: &str) {
    let (env, other) = with_script(&format!("{MINE}{statement}"));
    for command in ["jobs check", "scheduler init"] {
        let run = env.ok(command);
        let said = format!("warning: schema/hq/s.sql:2: {told}, which is not read and not done");
        assert!(run.err.contains(&said), "{command}: {}", run.text());
    }
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM MINE"), 0);
    let triggers = "SELECT count(*) FROM sqlite_schema WHERE name IN ('T', 'V')";
    assert_eq!(number(&env.hq(), triggers), 0);
    untouched(&env, &other);
}

const MINE: &str = "CREATE TABLE MINE (A INTEGER PRIMARY KEY, B NVARCHAR(10));\n";

#[test]
fn what_is_not_understood_is_refused() {
    refused(&format!("{MINE}ATTACH DATABASE '../x.db' AS x; DELETE FROM x.t;"), 2, "ATTACH");
    refused(&format!("{MINE}\nVACUUM INTO 'copy.db';"), 3, "VACUUM INTO");
    refused(&format!("{MINE}PRAGMA user_version = 7;"), 2, "PRAGMA user_version");
    refused(&format!("{MINE}SAVEPOINT a;"), 2, "not understood: SAVEPOINT a");
    refused(&format!("{MINE}CREATE TABEL X (A);"), 2, "not understood: CREATE TABEL X (A)");
    refused(&format!("{MINE}CREATE TABLE X (A INT WOBBLE);"), 2, "not understood: WOBBLE");
    refused(&format!("{MINE}SELECT 'open;\n"), 2, "not understood: 'open;");
}

#[test]
fn the_products_tables_get_columns_alone() {
    refused(&format!("{MINE}DROP TABLE CUSTTABLE;"), 2, "DROP TABLE CUSTTABLE is refused");
    refused("ALTER TABLE CUSTTABLE DROP COLUMN VATNUM;", 1, "ALTER TABLE CUSTTABLE");
    refused("ALTER TABLE CUSTTABLE RENAME COLUMN VATNUM TO X;", 1, "ALTER TABLE CUSTTABLE");
    refused("ALTER TABLE CUSTTABLE RENAME TO X;", 1, "ALTER TABLE CUSTTABLE");
    refused("CREATE UNIQUE INDEX U ON CUSTTABLE (CUSTGROUP);", 1, "CREATE UNIQUE INDEX U");
    refused("CREATE TABLE cdx_MINE (A INT);", 1, "cdx_MINE is refused");
    refused("ALTER TABLE cdx_SEQUENCE ADD COLUMN A INT;", 1, "cdx_SEQUENCE is refused");
}

#[test]
fn what_does_not_fit_what_there_is_is_refused() {
    refused(&format!("{MINE}{MINE}"), 2, "MINE exists already");
    refused(&format!("{MINE}ALTER TABLE OTHER ADD A INT;"), 2, "no script makes OTHER before");
    refused(&format!("{MINE}CREATE INDEX I ON OTHER (A);"), 2, "no script makes OTHER before");
    refused("CREATE TABLE custtable (A INT);", 1, "CUSTTABLE is a table that cdx makes itself");
}

#[test]
fn rows_views_and_triggers_are_told_and_left_out() {
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    left_out("DELETE FROM CUSTTABLE;", "statements about rows");
    left_out("INSERT INTO MINE VALUES (1, 'a;b');", "statements about rows");
    left_out(&format!("{endless} SELECT sum(n) FROM c;"), "statements about rows");
    left_out("SELECT load_extension('x');", "statements about rows");
    let inside = "the inside of a procedure, view, type or trigger";
    left_out("CREATE TRIGGER T AFTER INSERT ON MINE BEGIN DELETE FROM CUSTTABLE; END;", inside);
    left_out("CREATE VIEW V AS SELECT * FROM MINE;", inside);
    left_out("EXEC('DROP TABLE CUSTTABLE');", "dynamic SQL");
}

/// A script that an older version has carried out can be put right, though an applied file may not
/// be changed: what the hint says leads out.
#[test]
fn a_refused_script_that_was_applied_once_is_replaced_by_another() {
    let env = Env::new();
    env.write("schema/hq/s.sql", MINE);
    env.ok("scheduler init");
    let older = format!("{MINE}DROP TABLE CUSTTABLE;");
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

/// Each is applied once, in the order of their names, with rows, indexes and counters kept.
#[test]
fn s07_scripts_change_tables_that_have_rows() {
    let env = Env::new();
    env.write(
        "schema/hq/s.sql",
        &format!(
            "{MINE}CREATE INDEX I ON MINE (B);
             ALTER TABLE RETAILCUSTTABLE ADD COLUMN PREFERENCE NVARCHAR(10) NOT NULL DEFAULT '';
             CREATE INDEX P ON RETAILCUSTTABLE (PREFERENCE);
             CREATE TABLE COUNTED (A INTEGER PRIMARY KEY AUTOINCREMENT, B INT NOT NULL);"
        ),
    );
    env.ok("jobs check");
    env.ok("scheduler init");
    env.hq()
        .execute_batch(
            "INSERT INTO MINE (B) VALUES ('a;b'), ('c');
             INSERT INTO COUNTED (B) VALUES (1), (2), (3); DELETE FROM COUNTED WHERE A = 3;",
        )
        .unwrap();
    env.write(
        "schema/hq/t.sql",
        "ALTER TABLE MINE ADD COLUMN C INT NOT NULL;
         ALTER TABLE MINE RENAME COLUMN B TO D;
         ALTER TABLE MINE ALTER COLUMN D NVARCHAR(20) NOT NULL;
         ALTER TABLE COUNTED ADD E NVARCHAR(5) NOT NULL DEFAULT 'x';
         ALTER TABLE COUNTED DROP COLUMN B;",
    );
    env.ok("scheduler init");
    env.ok("scheduler init");
    let rows = "SELECT group_concat(D || C) FROM (SELECT * FROM MINE ORDER BY A)";
    assert_eq!(text(&env.hq(), rows), "a;b0,c0");
    let declared = "SELECT type FROM pragma_table_info('MINE') WHERE name = 'D'";
    assert_eq!(text(&env.hq(), declared), "NVARCHAR(20)");
    env.hq().execute_batch("INSERT INTO COUNTED DEFAULT VALUES").unwrap();
    let counted = "SELECT group_concat(A || E) FROM (SELECT * FROM COUNTED ORDER BY A)";
    assert_eq!(text(&env.hq(), counted), "1x,2x,4x");
    env.write("schema/hq/t.sql", "ALTER TABLE MINE ADD COLUMN X INT");
    let run = env.run("scheduler init").expect(2);
    let told = "schema/hq/t.sql:1:1: it was applied to hq.db and has changed since";
    assert!(run.err.contains(told), "{}", run.err);
}

/// The same tables, in T-SQL as the Commerce SDK has them.
#[test]
fn a_script_of_the_sdk_makes_the_same_tables() {
    let env = Env::new();
    let script = "IF (SELECT OBJECT_ID('[ext].[SEAT]')) IS NULL\nBEGIN
CREATE TABLE [ext].[SEAT] ([SEATNO] [nvarchar](10) NOT NULL, [ROOM] int NOT NULL DEFAULT ((1)),
  [DATAAREAID] nvarchar(4) NOT NULL, [V] timestamp NOT NULL,
  CONSTRAINT [PK_SEAT] PRIMARY KEY CLUSTERED ([SEATNO], [DATAAREAID]) ON [PRIMARY])
END
GO
GRANT SELECT, INSERT ON OBJECT::[ext].[SEAT] TO [DataSyncUsersRole]
GO
IF COL_LENGTH('ext.SEAT', 'COLOUR') IS NULL ALTER TABLE ext.SEAT ADD COLOUR nvarchar(5) NULL
GO
";
    env.write("schema/channel/s.sql", script);
    let run = env.ok("scheduler init");
    assert!(!run.err.contains("warning"), "{}", run.err);
    for name in ["houston", "houston.offline", "online"] {
        let channel = env.channel(name);
        let columns = "SELECT group_concat(name || ' ' || type) FROM pragma_table_info('ext_SEAT')";
        let expected = "SEATNO NVARCHAR(10),ROOM INT,DATAAREAID NVARCHAR(4),COLOUR NVARCHAR(5)";
        assert_eq!(text(&channel, columns), expected);
        let long = "INSERT INTO ext_SEAT VALUES ('12345678901', 1, 'USRT', NULL)";
        assert!(channel.execute_batch(long).is_err(), "the length holds");
        let twice = "INSERT INTO ext_SEAT (SEATNO, DATAAREAID) VALUES ('a', 'USRT'), ('A', 'usrt')";
        assert!(channel.execute_batch(twice).is_err(), "the key holds in any case");
    }
    env.ok("channels add boston");
    assert_eq!(number(&env.channel("boston"), "SELECT count(*) FROM ext_SEAT"), 0);
    env.ok("doctor --fail-on error --only CDX602,CDX603,CDX901");
}
