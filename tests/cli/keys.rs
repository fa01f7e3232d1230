//! One table, one key (S09): every shape of key that real tables have, and what cannot be served.

use super::harness::{Env, number, status, text};

/// An own download job with one table.
fn own(env: &Env, hq: &str, channel: &str, key: &str, fields: &str) {
    env.write("schema/hq/own.sql", hq);
    env.write("schema/channel/own.sql", channel);
    env.write(
        "jobs/own.toml",
        &format!(
            "[job]\nid = \"7000\"\nname = \"Own\"\ndirection = \"download\"\n\n\
             [[subjob]]\nid = \"OWN\"\nkey = {key}\nfields = {fields}\n"
        ),
    );
}

fn initialized(hq: &str, channel: &str, key: &str, fields: &str) -> Env {
    let env = Env::new();
    own(&env, hq, channel, key, fields);
    env.ok("jobs check");
    env.ok("scheduler init");
    env.ok("schedules set Downloads --add-jobs 7000");
    env
}

const HQ: &str = "CREATE TABLE OWN (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL, \
                  DATAAREAID NVARCHAR(4) NOT NULL);";
const AS_SQL_SERVER: &str = "CREATE TABLE ext_OWN (RECID bigint NOT NULL, \
    NAME nvarchar(20) NOT NULL, DATAAREAID nvarchar(4) NOT NULL, \
    CONSTRAINT PK_OWN PRIMARY KEY (RECID));";
const ROWS: &str = "SELECT group_concat(RECID || NAME) FROM (SELECT * FROM ext_OWN ORDER BY RECID)";

#[test]
fn s09_recid_alone_with_a_company_beside_it() {
    let env = initialized(HQ, AS_SQL_SERVER, "[\"RECID\"]", "[\"RECID\", \"NAME\"]");
    let rows =
        "INSERT INTO OWN (RECID, NAME, DATAAREAID) VALUES (1, 'a', 'USRT'), (2, 'b', 'USRT')";
    env.hq().execute_batch(rows).unwrap();
    env.ok("run 7000");
    assert_eq!(text(&env.channel("houston"), ROWS), "1a,2b");
    env.hq()
        .execute_batch(
            "DELETE FROM OWN WHERE RECID = 1; UPDATE OWN SET NAME = 'c' WHERE RECID = 2;
             INSERT INTO OWN VALUES (3, 'd', 'USRT');",
        )
        .unwrap();
    let report = env.json("run 7000");
    assert_eq!(report["jobs"][0]["mode"], "delta");
    assert_eq!(status(&report, 0, "houston"), "Applied", "{report:#}");
    assert_eq!(text(&env.channel("houston"), ROWS), "2c,3d");
    env.hq().execute_batch("UPDATE OWN SET DATAAREAID = 'USMF'").unwrap();
    env.ok("run 7000");
    assert_eq!(text(&env.channel("houston"), "SELECT max(DATAAREAID) FROM ext_OWN"), "USMF");
    env.ok("doctor --only CDX211");
}

#[test]
fn s09_a_company_can_be_the_whole_key() {
    let hq = "CREATE TABLE OWN (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL, \
              DATAAREAID NVARCHAR(4) NOT NULL UNIQUE);";
    let channel = "CREATE TABLE ext_OWN (DATAAREAID nvarchar(4) NOT NULL PRIMARY KEY, \
                   NAME nvarchar(20) NOT NULL);";
    let names = "SELECT group_concat(DATAAREAID || NAME) FROM (SELECT * FROM ext_OWN ORDER BY 1)";
    for key in ["[\"DATAAREAID\"]", "[]"] {
        let env = initialized(hq, channel, key, "[\"NAME\"]");
        let rows = "INSERT INTO OWN VALUES (1, 'a', 'USMF'), (2, 'b', 'USRT')";
        env.hq().execute_batch(rows).unwrap();
        env.ok("run 7000");
        env.hq()
            .execute_batch("DELETE FROM OWN WHERE RECID = 1; UPDATE OWN SET NAME = 'c'")
            .unwrap();
        env.ok("run 7000");
        assert_eq!(text(&env.channel("seattle"), names), "USRTc", "{key}");
        env.ok("run 7000 --full");
        assert_eq!(text(&env.channel("seattle"), names), "USRTc", "{key}");
    }
}

#[test]
fn s09_what_cannot_be_served_is_refused_at_its_place() {
    let env = Env::new();
    let fields = "[\"RECID\", \"NAME\"]";
    let by_name =
        "CREATE TABLE ext_OWN (RECID bigint NOT NULL, NAME nvarchar(20) NOT NULL PRIMARY KEY);";
    let nullable = "CREATE TABLE ext_OWN (RECID bigint NOT NULL, NAME nvarchar(20) UNIQUE);";
    let folds = by_name.replace("NOT NULL PRIMARY", "NOT NULL COLLATE NOCASE PRIMARY");
    let unique = HQ
        .replace("NAME NVARCHAR(20) NOT NULL", "NAME NVARCHAR(20) NOT NULL COLLATE BINARY UNIQUE");
    for (hq, channel, key, told) in [
        (HQ, by_name, "[\"NAME\"]", "NAME is not a unique key of OWN, expected one of RECID"),
        (HQ, by_name, "[\"RECID\"]", "RECID is not a unique key of ext_OWN, expected one of NAME"),
        (unique.as_str(), nullable, "[\"NAME\"]", "key column NAME of ext_OWN may be NULL"),
        (unique.as_str(), folds.as_str(), "[\"NAME\"]", "tells upper from lower case"),
        (HQ, by_name, "[\"COLOUR\"]", "key column COLOUR is not among the fields"),
        (HQ, by_name, "[\"NAME\", \"DATAAREAID\"]", "DATAAREAID is listed"),
    ] {
        own(&env, hq, channel, key, fields);
        let run = env.run("jobs check").expect(2);
        assert!(run.out.contains(told), "{told}\n{}", run.out);
        assert!(run.out.contains("jobs/own.toml:8:8: "), "{}", run.out);
        let run = env.run("scheduler init").expect(2);
        assert!(run.err.contains(told) && run.err.contains("cdx jobs check"), "{}", run.err);
        let own = "SELECT count(*) FROM sqlite_schema WHERE name = 'OWN'";
        assert_eq!(number(&env.hq(), own), 0, "nothing was written");
    }
}

/// A subjob that asks for another key of a table that is tracked already: what was logged before
/// is not lost.
#[test]
fn s09_a_second_key_of_a_table_keeps_what_was_logged() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "UPDATE CUSTTABLE SET CUSTGROUP = '70' WHERE ACCOUNTNUM = '00000010';
             DELETE FROM CUSTTABLE WHERE ACCOUNTNUM = '00000011';",
        )
        .unwrap();
    env.write(
        "schema/channel/own.sql",
        "CREATE TABLE ext_OWN (RECID bigint NOT NULL PRIMARY KEY, CREDITMAX NUMERIC(32,16) NOT NULL);",
    );
    env.write(
        "jobs/own.toml",
        "[[subjob]]\nid = \"OWN\"\ntable = \"CUSTTABLE\"\ntarget = \"ext.OWN\"\nkey = [\"RECID\"]\n\
         fields = [\"RECID\", \"CREDITMAX\"]\njobs = [\"1010\"]\n",
    );
    env.ok("scheduler init");
    let key = "SELECT KEYCOLUMNS FROM cdx_TRACKEDTABLE WHERE TABLENAME = 'CUSTTABLE'";
    assert_eq!(text(&env.hq(), key), "[\"ACCOUNTNUM\",\"DATAAREAID\",\"RECID\"]");
    env.ok("run 1010");
    let houston = env.channel("houston");
    let group = "SELECT CUSTGROUP FROM ax_CUSTTABLE WHERE ACCOUNTNUM = '00000010'";
    assert_eq!(text(&houston, group), "70");
    let gone = "SELECT count(*) FROM ax_CUSTTABLE WHERE ACCOUNTNUM = '00000011'";
    assert_eq!(number(&houston, gone), 0, "the deleted row's RECID is not known: the run is full");
    env.hq().execute_batch("DELETE FROM CUSTTABLE WHERE ACCOUNTNUM = '00000012'").unwrap();
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["mode"], "delta", "{report:#}");
    let counts = "SELECT (SELECT count(*) FROM ax_CUSTTABLE) - (SELECT count(*) FROM ext_OWN)";
    assert_eq!(number(&houston, counts), 0);
    env.ok("scheduler init");
    assert_eq!(env.json("scheduler init")["tracked"].as_array().unwrap().len(), 0);
}

/// A table that a script drops and makes again loses its triggers; the next run is full.
#[test]
fn s09_a_table_that_is_made_again_is_tracked_again() {
    let env = initialized(HQ, AS_SQL_SERVER, "[\"RECID\"]", "[\"RECID\", \"NAME\"]");
    env.ok("run 7000");
    env.write("schema/hq/own2.sql", &format!("DROP TABLE OWN; {HQ}"));
    env.ok("scheduler init");
    let rows = "INSERT INTO OWN VALUES (5, 'e', 'USRT'), (6, 'f', 'USRT')";
    env.hq().execute_batch(rows).unwrap();
    env.ok("run 7000");
    assert_eq!(text(&env.channel("houston"), ROWS), "5e,6f");
}

/// A channel whose table has lost its key says so; nothing of the session stays.
#[test]
fn s09_a_channel_without_the_key_is_told() {
    let channel = "CREATE TABLE ext_OWN (RECID bigint NOT NULL, NAME nvarchar(20) NOT NULL); \
                   CREATE UNIQUE INDEX PK_OWN ON ext_OWN (RECID);";
    let env = initialized(HQ, channel, "[\"RECID\"]", "[\"RECID\", \"NAME\"]");
    env.hq().execute_batch("INSERT INTO OWN VALUES (1, 'a', 'USRT')").unwrap();
    env.channel("houston").execute_batch("DROP INDEX PK_OWN").unwrap();
    let run = env.run("run 7000").expect(1);
    let told = "table ext.OWN has no unique key RECID in";
    assert!(run.text().contains(told), "{}", run.text());
    assert_eq!(number(&env.channel("seattle"), "SELECT count(*) FROM ext_OWN"), 1);
}

#[test]
fn d12_declared_lengths_hold_without_a_check() {
    let env = initialized(HQ, AS_SQL_SERVER, "[\"RECID\"]", "[\"RECID\", \"NAME\"]");
    // As a program of one's own makes it: the tables of scripts get a CHECK.
    let bare = format!("DROP TABLE ext_OWN; {AS_SQL_SERVER}");
    env.channel("houston").execute_batch(&bare).unwrap();
    let long = |recid: i64| {
        format!("INSERT INTO OWN VALUES ({recid}, 'abcdefghijklmnopqrstuvwxyz', 'USRT')")
    };
    let told = |recid: i64| {
        format!(
            "table ext.OWN: value too long in column NAME, key RECID={recid}: 26 characters, \
             the column takes 20"
        )
    };
    let count = "SELECT count(*) FROM ext_OWN";
    // The first run loads an empty table.
    env.hq().execute_batch(&long(1)).unwrap();
    let report = env.json("run 7000");
    assert_eq!(status(&report, 0, "houston"), "ApplyFailed");
    assert!(report.to_string().contains(&told(1)), "{report:#}");
    env.hq().execute_batch("UPDATE OWN SET NAME = 'short'").unwrap();
    env.ok("run 7000 --full");
    assert_eq!(number(&env.channel("houston"), count), 1);
    // The next ones merge.
    env.hq().execute_batch("INSERT INTO OWN VALUES (2, 'b', 'USRT')").unwrap();
    env.hq().execute_batch(&long(3)).unwrap();
    let report = env.json("run 7000");
    assert_eq!(status(&report, 0, "houston"), "ApplyFailed");
    assert!(report.to_string().contains(&told(3)), "{report:#}");
    assert_eq!(number(&env.channel("houston"), count), 1, "nothing of that session stays");
}

#[test]
fn d12_an_upload_into_a_table_of_ones_own_is_held_to_its_lengths() {
    let env = Env::new();
    env.write(
        "schema/hq/own.sql",
        "CREATE TABLE OWN (RECID INTEGER PRIMARY KEY, ID NVARCHAR(20) NOT NULL UNIQUE, \
         NOTE NVARCHAR(10) NOT NULL DEFAULT '', COUNTER INT NOT NULL DEFAULT 0);",
    );
    env.write(
        "schema/channel/own.sql",
        "CREATE TABLE ext_OWN (COUNTER INTEGER PRIMARY KEY AUTOINCREMENT, \
         ID NVARCHAR(20) NOT NULL UNIQUE, NOTE NVARCHAR(40) NOT NULL DEFAULT '');",
    );
    env.write(
        "jobs/own.toml",
        "[[subjob]]\nid = \"OWN\"\njobs = [\"P-0001\"]\nkey = [\"ID\"]\ncounter = \"COUNTER\"\n\
         fields = [\"ID\", \"NOTE\", \"COUNTER\"]\n",
    );
    env.ok("scheduler init");
    env.channel("houston")
        .execute_batch("INSERT INTO ext_OWN (ID, NOTE) VALUES ('a', 'x'), ('b', 'much too long')")
        .unwrap();
    let report = env.json("run P");
    let told = "table OWN: value too long in column NOTE, key ID=b: 13 characters, \
                the column takes 10";
    assert!(report.to_string().contains(told), "{report:#}");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM OWN"), 0);
}
