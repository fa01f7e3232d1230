//! `cdx compare`: headquarters against the channels, table by table.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::Value;

use super::harness::{Env, number};

/// What is said of a table in a channel.
fn of<'a>(report: &'a Value, channel: &str, table: &str) -> &'a Value {
    let found = report["tables"].as_array().unwrap().iter();
    let mut found = found.filter(|one| one["channel"] == channel && one["table"] == table);
    found.next().unwrap_or_else(|| panic!("no {table} in {channel}: {report:#}"))
}

/// Matched, missing, extra, different.
fn counts(table: &Value) -> [u64; 4] {
    ["matched", "missing", "extra", "different"].map(|key| table[key].as_u64().unwrap())
}

#[test]
fn a_new_environment_is_equal() {
    let env = Env::new();
    let report = env.ok("compare --format json").json();
    assert_eq!(report["equal"], true);
    let tables = report["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 22 * 4, "22 tables in four databases");
    for table in tables {
        assert_eq!(counts(table)[1..], [0, 0, 0], "{table}");
        assert_eq!(table["keys"].as_array().unwrap().len(), 0);
    }
    assert_eq!(counts(of(&report, "houston", "ax.CUSTTABLE"))[0], 23);
    assert_eq!(report["next"].as_array().unwrap().len(), 0);
    let run = env.ok("compare");
    assert!(run.out.starts_with("All 88 tables are equal, "), "{}", run.text());
    let run = env.ok("compare CUSTGROUP --channel seattle");
    assert!(run.out.contains("seattle  ax.CUSTGROUP        6        0      0          0"));
    assert!(run.out.ends_with("It is equal, 6 rows.\n"), "{}", run.text());
}

#[test]
fn what_another_program_did_in_a_channel_is_told_by_key_with_both_values() {
    let env = Env::new();
    env.channel("houston")
        .execute_batch(
            "UPDATE ax_CUSTTABLE SET CURRENCY = 'EUR', PAYMTERMID = char(27) || '[31m'
             WHERE ACCOUNTNUM = '00000007';
             DELETE FROM ax_CUSTTABLE WHERE ACCOUNTNUM IN ('00000009', '00000005');
             INSERT INTO ax_CUSTGROUP (RECID, CUSTGROUP, NAME, DATAAREAID)
             VALUES (77, 'ZZ', 'Nobody', 'USRT');",
        )
        .unwrap();
    let run = env.run("compare --format json").expect(1);
    let report = run.json();
    assert_eq!(report["equal"], false);
    let customers = of(&report, "houston", "ax.CUSTTABLE");
    assert_eq!(counts(customers), [20, 2, 0, 1]);
    let told: Vec<String> = customers["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| format!("{} {}", key["what"].as_str().unwrap(), key["key"]["ACCOUNTNUM"]))
        .collect();
    let expected = ["missing \"00000005\"", "different \"00000007\"", "missing \"00000009\""];
    assert_eq!(told, expected, "by key, whatever is wrong");
    let columns = serde_json::json!([
        {"column": "PAYMTERMID", "headquarters": "Net30", "channel": "\u{1b}[31m"},
        {"column": "CURRENCY", "headquarters": "USD", "channel": "EUR"},
    ]);
    assert_eq!(customers["keys"][1]["columns"], columns);
    assert!(!run.out.contains('\u{1b}'), "what rows hold is shown, not obeyed");
    let groups = of(&report, "houston", "ax.CUSTGROUP");
    assert_eq!(counts(groups), [6, 0, 1, 0]);
    assert_eq!(groups["keys"][0]["what"], "extra");
    assert_eq!(groups["keys"][0]["key"]["CUSTGROUP"], "ZZ");
    assert_eq!(counts(of(&report, "seattle", "ax.CUSTTABLE")), [23, 0, 0, 0]);

    let text = env.run("compare").expect(1).out;
    assert!(text.contains("different: ACCOUNTNUM=00000007, DATAAREAID=USRT\n"), "{text}");
    assert!(text.contains("CURRENCY: headquarters \"USD\", channel \"EUR\"\n"), "{text}");
    assert!(text.contains("\\u{1b}[31m") && !text.contains('\u{1b}'), "{text}");
    assert!(text.contains("86 other tables are equal, "), "{text}");
    // A change would not bring it: only all of the job does.
    let next = report["next"][0].as_str().unwrap();
    assert_eq!(next, "cdx run 1010 --full --channel houston");
    env.ok(next.strip_prefix("cdx ").unwrap());
    env.ok("compare");
}

#[test]
fn what_waits_in_headquarters_comes_by_the_next_run() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "UPDATE CUSTTABLE SET CURRENCY = 'EUR' WHERE ACCOUNTNUM = '00000010';
             UPDATE RETAILPARAMETERS SET PASSWORDEXPIRYINTERVAL = 9;
             DELETE FROM CUSTGROUP WHERE CUSTGROUP = '90';",
        )
        .unwrap();
    let report = env.run("compare --format json").expect(1).json();
    for channel in ["houston", "houston.offline", "seattle", "online"] {
        assert_eq!(counts(of(&report, channel, "ax.CUSTTABLE")), [22, 0, 0, 1]);
        assert_eq!(counts(of(&report, channel, "ax.CUSTGROUP")), [5, 0, 1, 0]);
        assert_eq!(counts(of(&report, channel, "ax.RETAILPARAMETERS")), [0, 0, 0, 1]);
    }
    let next: Vec<&str> =
        report["next"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(next.len(), 1, "all of them need the same: {next:?}");
    assert!(next[0].ends_with("1010") && !next[0].contains("--"), "{next:?}");
    let text = env.run("compare").expect(1).out;
    let together = "ax.CUSTTABLE in houston, houston.offline, seattle, online\n";
    assert!(text.contains(together), "{text}");
    let seattle = env.run("compare --channel seattle --format json").expect(1).json();
    assert_eq!(seattle["next"][0], format!("{} --channel seattle", next[0]));
    env.ok(seattle["next"][0].as_str().unwrap().strip_prefix("cdx ").unwrap());
    env.ok("compare --channel seattle");
    env.run("compare --channel houston").expect(1);
    env.ok(next[0].strip_prefix("cdx ").unwrap());
    env.ok("compare");
}

#[test]
fn a_table_is_known_by_every_name() {
    let env = Env::new();
    for word in ["CUSTTABLE", "custtable", "ax.CustTable", "ax_custtable", "[ax].[CUSTTABLE]"] {
        let report = env.args(&["compare", word, "--format", "json"]).expect(0).json();
        let tables = report["tables"].as_array().unwrap();
        assert!(tables.iter().all(|one| one["table"] == "ax.CUSTTABLE"), "{word}: {report:#}");
        assert_eq!(tables.len(), 4);
    }
    let two = env.json("compare CUSTGROUP custtable --channel online");
    assert_eq!(two["tables"].as_array().unwrap().len(), 2);
    let job = env.json("compare --job customers --channel online");
    assert!(job["tables"].to_string().contains("ax.CUSTTABLE"), "{job:#}");
    assert!(!job["tables"].to_string().contains("RETAILPARAMETERS"), "{job:#}");
    let run = env.run("compare CUSTTABEL").expect(2);
    assert!(run.err.contains("did you mean \"CUSTTABLE\"?"), "{}", run.text());
    let run = env.run("compare ext.CUSTGRUOP").expect(2);
    assert!(run.err.contains("\"ext.CUSTGRUOP\""), "{}", run.text());
}

#[test]
fn a_channel_that_cannot_be_read_keeps_no_other_from_being_compared() {
    let env = Env::new();
    fs::write(env.channel_path("seattle"), "no database").unwrap();
    env.channel("online").execute_batch("DROP TABLE ax_CUSTGROUP").unwrap();
    env.channel("houston").execute_batch("ALTER TABLE ax_CUSTGROUP DROP COLUMN NAME").unwrap();
    let report = env.run("compare --format json").expect(1).json();
    assert_eq!(report["equal"], false);
    let told: Vec<String> = report["not_compared"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}: {}", one["channel"], one["table"], one["why"]))
        .collect();
    let [houston, seattle, online] = told.as_slice() else { panic!("{told:#?}") };
    assert!(houston.contains("\"ax.CUSTGROUP\": \"the channel's table has no column NAME"));
    assert!(seattle.contains("\"seattle\" null: \"channels/seattle.db"), "{told:#?}");
    assert!(online.contains("\"ax.CUSTGROUP\": \"the channel does not have the table"));
    assert_eq!(report["tables"].as_array().unwrap().len(), 21 + 22 + 21);
    let text = env.run("compare").expect(1).out;
    assert!(text.contains("seattle could not be compared: "), "{text}");
    env.ok("compare --channel houston.offline");
}

#[test]
fn rows_of_other_groups_are_not_missing_and_not_wanted() {
    let env = Env::new();
    env.ok("channels group add Outlets");
    env.ok("schedules set Downloads --add-groups Outlets");
    env.ok("channels add boise --group Outlets");
    env.ok("run 1110 1070 1010");
    let report = env.ok("compare --format json").json();
    assert_eq!(counts(of(&report, "boise", "ax.RETAILSTORETABLE")), [1, 0, 0, 0]);
    assert_eq!(counts(of(&report, "houston", "ax.RETAILSTORETABLE")), [3, 0, 0, 0]);
    let all = "SELECT count(*) FROM RETAILSTORETABLE";
    assert_eq!(number(&env.hq(), all), 4);
    // A row of another group in a channel is one that nothing brings.
    env.channel("boise")
        .execute_batch("INSERT INTO ax_RETAILSTORETABLE (RECID, STORENUMBER) VALUES (1, 'X')")
        .unwrap();
    let report = env.run("compare RETAILSTORETABLE --format json").expect(1).json();
    assert_eq!(counts(of(&report, "boise", "ax.RETAILSTORETABLE")), [1, 0, 1, 0]);
}

/// Two subjobs of two jobs bring one table, some rows of it both.
fn shared(offline: bool) -> Env {
    let env = Env::new();
    let table = |name: &str| {
        format!("CREATE TABLE {name} (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);\n")
    };
    env.write("schema/hq/seating.sql", &(table("INDOORS") + &table("OUTDOORS")));
    env.write("schema/channel/seating.sql", &table("ext_SEATING"));
    for (job, table) in [("In", "INDOORS"), ("Out", "OUTDOORS")] {
        let text = format!(
            "[job]\nid = \"{job}\"\nname = \"{job}\"\ndirection = \"download\"\n\
             exclude-offline = {offline}\n\n[[subjob]]\nid = \"{table}\"\ntarget = \"ext.SEATING\"\n\
             key = [\"RECID\"]\nfields = [\"RECID\", \"NAME\"]\n"
        );
        env.write(&format!("jobs/{job}.toml"), &text);
    }
    env.ok("scheduler init");
    env.ok("schedules set Downloads --add-jobs In Out");
    env
}

#[test]
fn what_several_jobs_bring_counts_once() {
    let env = shared(false);
    env.hq()
        .execute_batch(
            "INSERT INTO INDOORS VALUES (1, 'Window'), (2, 'Both');
             INSERT INTO OUTDOORS VALUES (2, 'Both'), (3, 'Terrace');",
        )
        .unwrap();
    let report = env.run("compare ext.SEATING --format json").expect(1).json();
    assert_eq!(counts(of(&report, "houston", "ext.SEATING")), [0, 3, 0, 0]);
    assert_eq!(report["next"], serde_json::json!(["cdx run In Out"]));
    env.ok("run In Out");
    let report = env.ok("compare indoors --format json").json();
    assert_eq!(counts(of(&report, "houston", "ext.SEATING")), [3, 0, 0, 0]);
    env.channel("seattle")
        .execute_batch(
            "UPDATE ext_SEATING SET NAME = 'Changed' WHERE RECID > 1;
             INSERT INTO ext_SEATING VALUES (9, 'Nobody''s')",
        )
        .unwrap();
    let report = env.run("compare OUTDOORS --job Out --format json").expect(1).json();
    let seattle = of(&report, "seattle", "ext.SEATING");
    assert_eq!(counts(seattle), [1, 0, 1, 2]);
    assert_eq!(seattle["keys"].as_array().unwrap().len(), 3, "{seattle:#}");
    assert_eq!(seattle["keys"][0]["columns"].as_array().unwrap().len(), 1, "{seattle:#}");
    let run = env.run("compare CUSTTABLE --job Out").expect(2);
    assert!(run.err.contains("job Out does not bring ax.CUSTTABLE"), "{}", run.text());
}

#[test]
fn what_is_kept_from_offline_databases_is_not_missing_there() {
    let env = shared(true);
    env.hq().execute_batch("INSERT INTO INDOORS VALUES (1, 'Window')").unwrap();
    let report = env.run("compare ext.SEATING --format json").expect(1).json();
    let channels: Vec<&Value> =
        report["tables"].as_array().unwrap().iter().map(|one| &one["channel"]).collect();
    assert_eq!(channels, ["houston", "seattle", "online"]);
    env.ok("run In Out");
    env.ok("compare");
    assert_eq!(
        env.ok("compare ext.SEATING --channel houston.offline").out,
        "There is nothing to compare.\n"
    );
}

#[test]
fn a_job_that_no_schedule_runs_is_told_instead_of_a_command() {
    let env = shared(false);
    env.ok("schedules set Downloads --jobs 1110 1070 1010 In");
    env.hq().execute_batch("INSERT INTO OUTDOORS VALUES (3, 'Terrace')").unwrap();
    let report = env.run("compare ext.SEATING --format json").expect(1).json();
    assert_eq!(report["next"].as_array().unwrap().len(), 0);
    let why = report["not_run"][0].as_str().unwrap();
    assert!(why.contains("no distribution schedule with job Out"), "{why}");
}

#[test]
fn a_paused_channel_is_resumed_first() {
    let env = Env::new();
    env.ok("channels pause seattle");
    env.ok("customers edit 00000010 --set last-name=Later");
    env.run("run 1010").expect(1);
    let report = env.run("compare --format json").expect(1).json();
    assert_eq!(report["next"][0], "cdx channels resume seattle");
    for next in report["next"].as_array().unwrap() {
        env.ok(next.as_str().unwrap().strip_prefix("cdx ").unwrap());
    }
    env.ok("compare");
}

#[test]
fn a_channel_of_an_earlier_version_is_brought_up_to_date_first() {
    let env = Env::of_version("0.4.0");
    // Headquarters is brought up to date by whatever writes, the channels by what writes them.
    env.ok("data make CUSTGROUP --rows 1");
    let report = env.run("compare --format json").expect(1).json();
    let next: Vec<&str> =
        report["next"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(next[0], "cdx scheduler init", "{report:#}");
    assert!(report["not_compared"].to_string().contains("has schema version"), "{report:#}");
    env.ok("scheduler init");
    let report = env.run("compare --format json").expect(1).json();
    assert!(report["not_compared"].is_null(), "{report:#}");
}

/// All rows of a table as its key and its other columns.
fn read(db: &Connection, sql: &str) -> BTreeMap<Vec<String>, Vec<Cell>> {
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let key: Vec<String> =
            (0..2).map(|at| row.get(at)).collect::<Result<_, _>>().unwrap_or_default();
        Ok((key, (2..columns).map(|at| row.get(at).unwrap()).collect()))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

/// What a plain loop over both tables counts: matched, missing, extra, different.
fn looped(env: &Env) -> [u64; 4] {
    let columns = "ACCOUNTNUM, DATAAREAID, RECID, CURRENCY, CUSTGROUP, CREDITMAX, PARTY, BLOCKED";
    let ours = read(&env.hq(), &format!("SELECT {columns} FROM CUSTTABLE"));
    let theirs = read(&env.channel("houston"), &format!("SELECT {columns} FROM ax_CUSTTABLE"));
    let mut found = [0; 4];
    for (key, row) in &ours {
        match theirs.get(key) {
            None => found[1] += 1,
            Some(other) if other == row => found[0] += 1,
            Some(_) => found[3] += 1,
        }
    }
    found[2] = theirs.keys().filter(|key| !ours.contains_key(*key)).count() as u64;
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn counts_are_those_of_a_plain_loop(
        edits in prop::collection::vec((any::<bool>(), 0..4_u8, 1..24_u32), 0..12),
    ) {
        let env = Env::new();
        for (at, (headquarters, kind, account)) in edits.iter().enumerate() {
            let (db, table) = if *headquarters {
                (env.hq(), "CUSTTABLE")
            } else {
                (env.channel("houston"), "ax_CUSTTABLE")
            };
            let one = format!("WHERE ACCOUNTNUM = '{account:08}'");
            let sql = match kind {
                0 => format!("DELETE FROM {table} {one}"),
                1 => format!("UPDATE {table} SET CURRENCY = 'EUR', BLOCKED = 1 - BLOCKED {one}"),
                2 => format!("UPDATE {table} SET CREDITMAX = CREDITMAX + 0.5 {one}"),
                _ => format!(
                    "INSERT INTO {table} (RECID, ACCOUNTNUM, PARTY, DATAAREAID)
                     VALUES ({at} + 100, 'new {at}', {at} + 100, 'USRT')"
                ),
            };
            db.execute_batch(&sql).unwrap();
        }
        let report = env.json("compare CUSTTABLE --channel houston");
        let expected = looped(&env);
        prop_assert_eq!(counts(of(&report, "houston", "ax.CUSTTABLE")), expected);
        prop_assert_eq!(&report["equal"], expected[1..] == [0, 0, 0]);
    }
}
