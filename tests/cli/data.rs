//! `cdx data`: rows of any table, made to fit it, and shown.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::Value;

use super::harness::{Env, dump, number, text};

/// Headquarters' tables in which rows are made.
fn makeable(env: &Env) -> Vec<String> {
    let db = env.hq();
    let mut statement =
        db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let kept = ["cdx_", "sqlite_", "RETAILCONN", "RETAILCDX", "BATCHJOB", "FEATUREMANAGEMENT"];
    let up = ["RETAILASYNC", "RETAILEXTERNALID"];
    let made = |name: &String| !kept.iter().chain(&up).any(|start| name.starts_with(start));
    names.map(Result::unwrap).filter(made).collect()
}

#[test]
fn rows_of_every_table_fit_travel_and_break_nothing() {
    let env = Env::new();
    let tables = makeable(&env);
    assert_eq!(tables.len(), 24, "{tables:?}");
    for seed in ["0", "7"] {
        for table in &tables {
            let before = number(&env.hq(), &format!("SELECT count(*) FROM {table}"));
            let made = env.json(&format!("data make {table} --rows 30 --seed {seed}"));
            let after = number(&env.hq(), &format!("SELECT count(*) FROM {table}"));
            assert_eq!((made["rows"].as_u64(), after), (Some(30), before + 30), "{made:#}");
            assert_eq!(made["count"], after);
        }
    }
    env.run("compare").expect(1);
    for job in ["1110", "1070", "1010"] {
        env.ok(&format!("run {job}"));
    }
    env.ok("compare");
    env.ok("doctor --fail-on warning");
    let db = env.hq();
    for dangling in [
        "CUSTTABLE WHERE PARTY NOT IN (SELECT RECID FROM DIRPARTYTABLE)",
        "CUSTTABLE WHERE CURRENCY NOT IN (SELECT CURRENCYCODE FROM CURRENCY)",
        "CUSTTABLE WHERE CUSTGROUP NOT IN (SELECT CUSTGROUP FROM CUSTGROUP)",
        "RETAILCUSTTABLE WHERE ACCOUNTNUM NOT IN (SELECT ACCOUNTNUM FROM CUSTTABLE)",
        "DIRPERSONNAME WHERE PERSON NOT IN (SELECT RECID FROM DIRPERSON)",
        "RETAILCUSTAFFILIATION WHERE RETAILAFFILIATIONID NOT IN (SELECT RECID FROM RETAILAFFILIATION)",
        "RETAILSTORETABLE WHERE FUNCTIONALITYPROFILE NOT IN (SELECT PROFILEID FROM RETAILFUNCTIONALITYPROFILE)",
        "DIRPARTYLOCATION WHERE LOCATION NOT IN (SELECT RECID FROM LOGISTICSLOCATION)",
        "CUSTTABLE WHERE DATAAREAID <> 'USRT' OR PARTITION <> 5637144576 OR RECVERSION <> 1",
        "(SELECT RETAILCHANNEL FROM RETAILSTORETABLE GROUP BY 1 HAVING count(*) > 1)",
    ] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM {dangling}")), 0, "{dangling}");
    }
}

#[test]
fn the_same_environment_seed_and_arguments_give_the_same_rows() {
    let made = |line: &str| {
        let env = Env::new();
        env.ok(line);
        dump(&env.hq(), "CUSTTABLE") + &dump(&env.hq(), "DIRPARTYTABLE")
    };
    let first = made("data make CUSTTABLE --rows 5");
    assert_eq!(first, made("data make custtable --rows 5 --seed 0"));
    assert_ne!(first, made("data make CUSTTABLE --rows 5 --seed 1"));
}

#[test]
fn what_rows_refer_to_is_made_where_it_is_missing() {
    let env = Env::new();
    let made = env.json("data make RETAILCUSTTABLE --rows 4");
    let with = serde_json::json!([
        {"table": "DIRPARTYTABLE", "rows": 4}, {"table": "CUSTTABLE", "rows": 4},
    ]);
    assert_eq!(made["with"], with, "{made:#}");
    assert_eq!(made["next"][0], "cdx run 1010");
    let text = env.ok("data make RETAILCUSTTABLE --rows 1").out;
    insta::assert_snapshot!(text, @r"
    RETAILCUSTTABLE has 1 more row, 28 in all.
      DIRPARTYTABLE has 1 more row, which they refer to
      CUSTTABLE has 1 more row, which they refer to
      next: cdx run 1010
    ");
}

#[test]
fn no_number_is_given_to_two_rows() {
    let env = Env::new();
    env.ok("data make CUSTGROUP --rows 3");
    let highest = number(&env.hq(), "SELECT max(RECID) FROM CUSTGROUP");
    env.hq().execute_batch("DELETE FROM CUSTGROUP WHERE RECID > 6").unwrap();
    env.ok("data make CUSTGROUP --rows 1");
    assert_eq!(number(&env.hq(), "SELECT max(RECID) FROM CUSTGROUP"), highest + 1);
    // Nor to one of a channel and one of headquarters.
    env.ok("data make CUSTGROUP --rows 2 --channel houston");
    let theirs = number(&env.channel("houston"), "SELECT max(RECID) FROM ax_CUSTGROUP");
    assert_eq!(theirs, highest + 3);
    env.ok("data make CUSTGROUP --rows 1");
    assert_eq!(number(&env.hq(), "SELECT max(RECID) FROM CUSTGROUP"), highest + 4);
}

#[test]
fn rows_made_in_a_channel_are_those_of_another_program() {
    let env = Env::asynchronous();
    let made = env.json("data make RETAILASYNCCUSTOMERV2 --rows 6 --channel houston");
    assert_eq!(
        (&made["table"], &made["channel"]),
        (&"ax.RETAILASYNCCUSTOMERV2".into(), &"houston".into())
    );
    assert_eq!(made["next"][0], "cdx run P-0001 --channel houston");
    env.ok("data make ax.RETAILASYNCCUSTOMERV2 --rows 2 --channel seattle");
    env.ok("run P");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM RETAILASYNCCUSTOMERV2"), 8);
    let ids = "SELECT count(DISTINCT CUSTACCOUNTASYNC) FROM RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.hq(), ids), 8);
    env.ok("run P");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM RETAILASYNCCUSTOMERV2"), 8);
    // The batch takes them for creations.
    let customers = "SELECT count(*) FROM CUSTTABLE";
    let before = number(&env.hq(), customers);
    env.ok("run sync-customers");
    assert_eq!(number(&env.hq(), customers), before + 8);
    let left = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE ONLINEOPERATIONCOMPLETED <> 1";
    assert_eq!(number(&env.hq(), left), 0);
    let offline = env.json("data make RETAILASYNCCUSTOMERV2 --rows 1 --channel houston.offline");
    assert_eq!(offline["next"][0], "cdx pos reconnect --channel houston");
    env.ok("pos reconnect --channel houston");
    env.ok("doctor --fail-on error");
    // In a table that jobs bring they are rows that nothing brings.
    env.ok("data make CUSTGROUP --rows 3 --channel seattle");
    let report = env.json("compare CUSTGROUP --channel seattle");
    assert_eq!(report["tables"][0]["extra"], 3, "{report:#}");
    let next = report["next"][0].as_str().unwrap().strip_prefix("cdx ").unwrap().to_owned();
    env.ok(&next);
    env.ok("compare CUSTGROUP");
}

const ODD_HQ: &str = "
CREATE TABLE ODD (
    RECID     INTEGER PRIMARY KEY,
    ID        uniqueidentifier NOT NULL UNIQUE,
    SHORT     nvarchar(2) NOT NULL COLLATE NOCASE,
    BORN      date NOT NULL,
    SEEN      datetime2(7) NOT NULL,
    AMOUNT    numeric(32,16) NOT NULL,
    FLAG      bit NOT NULL,
    PICTURE   varbinary(16) NOT NULL,
    STATE_    INT NOT NULL DEFAULT 3 CHECK (STATE_ IN (3, 4)),
    NOTE      nvarchar,
    ACCOUNTNUM nvarchar(20) NOT NULL COLLATE NOCASE,
    KIND      nvarchar(10) NOT NULL REFERENCES ODDKIND (KIND),
    ODDNUMBER nvarchar(12) NOT NULL,
    DATAAREAID nvarchar(4) NOT NULL COLLATE NOCASE,
    CONSTRAINT UX_ODD UNIQUE (SHORT, DATAAREAID)
);
CREATE TABLE ODDKIND (RECID INTEGER PRIMARY KEY, KIND nvarchar(10) NOT NULL UNIQUE);
CREATE TABLE ODDNAMED (RECID INTEGER PRIMARY KEY, ODDNUMBER nvarchar(12) NOT NULL UNIQUE);
CREATE TABLE PAIR (RECID INTEGER PRIMARY KEY, KIND nvarchar(10) NOT NULL,
    ODDNUMBER nvarchar(12) NOT NULL, UNIQUE (KIND, ODDNUMBER));
CREATE TABLE TREE (RECID INTEGER PRIMARY KEY, NODE INT NOT NULL UNIQUE,
    PARENTNODE INT NOT NULL REFERENCES TREE (NODE));
CREATE TABLE ONLYONE (RECID INTEGER PRIMARY KEY, DATAAREAID nvarchar(4) NOT NULL UNIQUE);
";

fn odd() -> Env {
    let env = Env::new();
    env.hq().execute_batch(ODD_HQ).unwrap();
    env.ok("scheduler init");
    env
}

#[test]
fn values_fit_what_a_table_of_ones_own_declares() {
    let env = odd();
    let made = env.json("data make ODD --rows 1200");
    assert_eq!(made["count"], 1200, "{made:#}");
    let db = env.hq();
    for wrong in [
        "length(SHORT) > 2 OR length(ID) <> 36 OR length(PICTURE) > 16",
        "BORN NOT GLOB '20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]'",
        "SEEN NOT GLOB '20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] *:*:*.*' OR SEEN > '2026-01-15 08:00'",
        "typeof(AMOUNT) NOT IN ('real', 'integer') OR FLAG NOT IN (0, 1) OR STATE_ <> 3",
        "ACCOUNTNUM NOT IN (SELECT ACCOUNTNUM FROM CUSTTABLE) OR DATAAREAID <> 'USRT'",
        "KIND NOT IN (SELECT KIND FROM ODDKIND)",
        "ODDNUMBER NOT IN (SELECT ODDNUMBER FROM ODDNAMED)",
    ] {
        assert_eq!(number(&db, &format!("SELECT count(*) FROM ODD WHERE {wrong}")), 0, "{wrong}");
    }
    assert_eq!(text(&db, "SELECT NOTE FROM ODD ORDER BY RECID LIMIT 1"), "ODD-NOTE 1");
    // Two letters have room for so many; what was made before stays as it was.
    let run = env.run("data make ODD --rows 300").expect(1);
    assert!(run.err.contains("no room for 300 more, key SHORT + DATAAREAID"), "{}", run.text());
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM ODD"), 1200, "one transaction");
}

#[test]
fn keys_of_references_alone_are_drawn_together() {
    let env = odd();
    let made = env.json("data make PAIR --rows 40");
    assert_eq!(made["count"], 40, "{made:#}");
    let pairs = "SELECT count(*) FROM (SELECT DISTINCT KIND, ODDNUMBER FROM PAIR)";
    assert_eq!(number(&env.hq(), pairs), 40);
    env.ok("data make TREE --rows 3");
    env.ok("data make TREE --rows 30");
    let lost = "SELECT count(*) FROM TREE WHERE PARENTNODE NOT IN (SELECT NODE FROM TREE)";
    assert_eq!(number(&env.hq(), lost), 0);
    env.ok("data make ONLYONE --rows 1");
    let run = env.run("data make ONLYONE --rows 2").expect(1);
    assert!(run.err.contains("key DATAAREAID has values for 0"), "{}", run.text());
}

#[test]
fn rows_are_shown_by_key_as_a_table_or_in_blocks() {
    let env = Env::new();
    insta::assert_snapshot!(env.ok("data show custgroup --limit 2").out, @r"
    RECID  CUSTGROUP  NAME                 DATAAREAID   PARTITION  RECVERSION
        1         10  Wholesale customers  USRT        5637144576           1
        2         20  Major customers      USRT        5637144576           1

    CUSTGROUP: 6 rows, the first 2 shown.
    ");
    let blocks = env.ok("data show ax.custtable --channel houston --limit 2").out;
    assert!(blocks.contains("\nACCOUNTNUM                   00000002\n"), "{blocks}");
    assert!(blocks.ends_with("ax.CUSTTABLE in houston: 23 rows, the first 2 shown.\n"), "{blocks}");
    let rows = env.json("data show CUSTTABLE");
    assert_eq!((&rows["table"], &rows["count"]), (&"CUSTTABLE".into(), &23.into()));
    let accounts: Vec<&Value> =
        rows["rows"].as_array().unwrap().iter().map(|row| &row["ACCOUNTNUM"]).collect();
    assert_eq!(accounts.len(), 20);
    assert!(accounts.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()), "{accounts:?}");
    assert_eq!(rows["rows"][0]["PARTITION"], 5_637_144_576_i64);
    let none = env.ok("data show RETAILASYNCCUSTOMERV2").out;
    assert_eq!(none, "RETAILASYNCCUSTOMERV2: 0 rows.\n");
    assert_eq!(env.json("data show CUSTGROUP --limit 0")["rows"], serde_json::json!([]));
}

#[test]
fn what_rows_hold_is_shown_and_not_obeyed() {
    let env = Env::new();
    let sql = "UPDATE CUSTGROUP SET NAME = 'a' || char(10) || char(27) || '[31mb'";
    env.hq().execute_batch(sql).unwrap();
    let table = env.ok("data show CUSTGROUP").out;
    assert!(table.contains("a\\n\\u{1b}[31mb"), "{table}");
    env.hq().execute_batch("UPDATE CUSTTABLE SET VATNUM = char(27) || 'x'").unwrap();
    let blocks = env.ok("data show CUSTTABLE").out;
    assert!(blocks.contains("\\u{1b}x") && !blocks.contains('\u{1b}'), "{blocks}");
}

#[test]
fn a_table_that_only_channels_have_asks_for_one() {
    let env = Env::new();
    for table in ["ax.CUSTTABLE", "crt_UPLOADSESSION"] {
        let run = env.run(&format!("data show {table}")).expect(2);
        assert!(run.err.contains("is a table of the channels, and no channel was named"));
        let hint =
            run.err.lines().find_map(|line| line.split("hint: name the channel: cdx ").nth(1));
        env.ok(hint.unwrap());
    }
    let run = env.run("data show CUSTGRUOP --channel houston").expect(2);
    assert!(run.err.contains("did you mean \""), "{}", run.text());
    env.run("data make CUSTGROUP --rows 0").expect(2);
    env.run("data make CUSTGROUP").expect(2);
}

/// The columns of a unique index of a table, each as a set of rows.
fn unique_values(db: &Connection, table: &str, columns: &str) -> (i64, BTreeSet<String>) {
    let mut statement = db.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows: Vec<String> = rows.map(Result::unwrap).map(|value| value.to_lowercase()).collect();
    (rows.len() as i64, rows.into_iter().collect())
}

#[test]
fn many_rows_are_unique_in_short_keys() {
    let env = Env::new();
    env.ok("data make CURRENCY --rows 3000");
    let (all, distinct) = unique_values(&env.hq(), "CURRENCY", "CURRENCYCODE");
    assert_eq!((all, distinct.len()), (3010, 3010));
    assert!(distinct.iter().all(|code| code.len() <= 3));
}
