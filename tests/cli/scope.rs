//! What belongs to whom: offline exclusion, shared tables, filters (D09, D10, D18).

use super::harness::{Env, number, text};

const OWN_TABLE: &str =
    "CREATE TABLE SEATING (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);";
const OWN_CHANNEL: &str = "CREATE TABLE ext_SEATING (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL CHECK (length(NAME) <= 20));";

fn with_own_job(job: &str) -> Env {
    let env = Env::new();
    env.write("schema/hq/seating.sql", OWN_TABLE);
    env.write("schema/channel/seating.sql", OWN_CHANNEL);
    env.write("jobs/seating.toml", job);
    env.ok("scheduler init");
    env.ok("schedules set Downloads --jobs 1110 1070 1010 Seating");
    env.hq().execute_batch("INSERT INTO SEATING (NAME) VALUES ('Terrace'), ('Window')").unwrap();
    env
}

const SEATING: &str = "
[job]
id = \"Seating\"
name = \"Seating\"
direction = \"download\"
exclude-offline = true

[[subjob]]
id = \"SEATING\"
key = [\"RECID\"]
fields = [\"RECID\", \"NAME\"]
";

#[test]
fn d09_an_excluded_job_sends_offline_databases_nothing_and_a_full_empties_them() {
    let env = with_own_job(SEATING);
    env.ok("run Seating");
    let count = "SELECT count(*) FROM ext_SEATING";
    assert_eq!(number(&env.channel("houston"), count), 2);
    assert_eq!(number(&env.channel("houston.offline"), count), 0);
    env.channel("houston.offline")
        .execute_batch("INSERT INTO ext_SEATING (NAME) VALUES ('Left over')")
        .unwrap();
    env.hq().execute_batch("INSERT INTO SEATING (NAME) VALUES ('Bar')").unwrap();
    let report = env.json("run Seating");
    let channels = report["jobs"][0]["sessions"][0]["channels"].as_array().unwrap();
    assert!(channels.iter().all(|c| c["channel"] != "houston.offline"), "{report:#}");
    assert_eq!(number(&env.channel("houston.offline"), count), 1);
    env.ok("run Seating --full");
    assert_eq!(number(&env.channel("houston.offline"), count), 0);
    assert_eq!(number(&env.channel("houston"), count), 3);
}

#[test]
fn d09_an_excluded_subjob_is_left_out_of_its_jobs_package() {
    let env = with_own_job(
        &SEATING
            .replace("exclude-offline = true\n", "")
            .replace("key = [", "exclude-offline = true\nkey = ["),
    );
    env.ok("run Seating");
    let count = "SELECT count(*) FROM ext_SEATING";
    assert_eq!(number(&env.channel("houston"), count), 2);
    assert_eq!(number(&env.channel("houston.offline"), count), 0);
}

#[test]
fn d10_a_full_run_spares_what_other_jobs_bring_to_the_same_table() {
    // Two subjobs of one table, each with its own rows.
    let env = Env::new();
    env.write(
        "schema/hq/seating.sql",
        "CREATE TABLE INDOORS (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);
         CREATE TABLE OUTDOORS (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);",
    );
    env.write("schema/channel/seating.sql", OWN_CHANNEL);
    let job = |id: &str, table: &str| {
        SEATING
            .replace("\"Seating\"", &format!("\"{id}\""))
            .replace("exclude-offline = true\n", "")
            .replace("id = \"SEATING\"", &format!("id = \"{table}\"\ntarget = \"ext.SEATING\""))
    };
    env.write("jobs/in.toml", &job("In", "INDOORS"));
    env.write("jobs/out.toml", &job("Out", "OUTDOORS"));
    env.ok("scheduler init");
    env.ok("schedules set Downloads --jobs 1110 1070 1010 In Out");
    env.hq()
        .execute_batch(
            "INSERT INTO INDOORS VALUES (1, 'Window'); INSERT INTO OUTDOORS VALUES (2, 'Terrace');",
        )
        .unwrap();
    env.ok("run In Out");
    env.channel("seattle")
        .execute_batch("INSERT INTO ext_SEATING VALUES (3, 'Nobody''s')")
        .unwrap();
    let names = "SELECT group_concat(NAME) FROM (SELECT NAME FROM ext_SEATING ORDER BY RECID)";
    env.ok("run In --full");
    assert_eq!(text(&env.channel("seattle"), names), "Window,Terrace");
    env.hq()
        .execute_batch("DELETE FROM INDOORS; INSERT INTO OUTDOORS VALUES (1, 'Garden');")
        .unwrap();
    env.ok("run In Out");
    assert_eq!(text(&env.channel("seattle"), names), "Garden,Terrace");
}

#[test]
fn d10_a_full_run_of_an_excluded_job_spares_what_others_bring_to_an_offline_database() {
    // One excluded job has rows of its own for the table, another the very subjob that goes offline.
    let env = Env::new();
    let tables = "CREATE TABLE SEATING (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);
                  CREATE TABLE OUTDOORS (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL);";
    env.write("schema/hq/seating.sql", tables);
    env.write("schema/channel/seating.sql", OWN_CHANNEL);
    let everywhere = SEATING.replace("exclude-offline = true\n", "");
    env.write("jobs/everywhere.toml", &everywhere);
    let own = SEATING
        .replace("\"Seating\"", "\"Own\"")
        .replace("id = \"SEATING\"", "id = \"OUTDOORS\"\ntarget = \"ext.SEATING\"");
    env.write("jobs/own.toml", &own);
    let (job, _) = SEATING.split_once("[[subjob]]").unwrap();
    let same = "[[subjob]]\nid = \"SEATING\"\njobs = [\"Same\"]\n";
    env.write("jobs/same.toml", &(job.replace("\"Seating\"", "\"Same\"") + same));
    env.ok("scheduler init");
    env.ok("schedules set Downloads --jobs 1110 1070 1010 Seating Own Same");
    let rows = "INSERT INTO SEATING VALUES (1, 'Window');
                INSERT INTO OUTDOORS VALUES (2, 'Terrace');";
    env.hq().execute_batch(rows).unwrap();
    env.ok("run Seating Own Same");
    let names = "SELECT group_concat(NAME) FROM (SELECT NAME FROM ext_SEATING ORDER BY RECID)";
    for excluded in ["Own", "Same"] {
        let others = "INSERT INTO ext_SEATING VALUES (3, 'Nobody''s')";
        env.channel("houston.offline").execute_batch(others).unwrap();
        env.ok(&format!("run {excluded} --full"));
        assert_eq!(text(&env.channel("houston.offline"), names), "Window", "{excluded}");
        assert_eq!(text(&env.channel("houston"), names), "Window,Terrace", "{excluded}");
    }
}

#[test]
fn d10_a_table_can_belong_to_several_jobs() {
    let env = Env::new();
    env.write(
        "jobs/staff.toml",
        "[job]\nid = \"7060\"\nname = \"Staff of our own\"\ndirection = \"download\"\n\
         [[subjob]]\nid = \"DIRPARTYTABLE\"\njobs = [\"7060\"]\n",
    );
    env.ok("scheduler init");
    env.ok("schedules set Downloads --jobs 1110 1070 1010 7060");
    env.ok("customers edit 00000010 --set last-name=Shared");
    let report = env.json("run 7060");
    assert_eq!(report["jobs"][0]["mode"], "full", "its first run: {report:#}");
    let name = "SELECT NAME FROM ax_DIRPARTYTABLE p JOIN ax_CUSTTABLE c ON c.PARTY = p.RECID \
                WHERE c.ACCOUNTNUM = '00000010'";
    assert!(text(&env.channel("houston"), name).ends_with("Shared"));
    assert_eq!(number(&env.channel("houston"), "SELECT count(*) FROM ax_DIRPARTYTABLE"), 23);
    assert_eq!(env.json("run 1010")["jobs"][0]["sessions"][0]["status"], "Applied");
}

#[test]
fn d18_rows_are_limited_to_the_channels_of_the_group() {
    let env = Env::new();
    env.ok("channels group add West");
    env.ok("schedules set Downloads --groups Default West");
    env.ok("channels add boston --group West");
    env.ok("run 1070");
    let ids = "SELECT group_concat(RETAILCHANNELID) FROM ax_RETAILCHANNELTABLE";
    assert_eq!(text(&env.channel("boston"), ids), "BOSTON");
    assert!(!text(&env.channel("houston"), ids).contains("BOSTON"));
    let profiles = "SELECT group_concat(PROFILEID) FROM ax_RETAILFUNCTIONALITYPROFILE";
    assert_eq!(text(&env.channel("boston"), profiles), "Stores");
}

#[test]
fn d18_a_row_that_leaves_the_scope_is_deleted() {
    let env = Env::new();
    let online = "SELECT count(*) FROM ax_RETAILFUNCTIONALITYPROFILE WHERE PROFILEID = 'Online'";
    assert_eq!(number(&env.channel("seattle"), online), 1);
    // The profile itself does not change; the store that used it does.
    env.hq().execute_batch("UPDATE RETAILSTORETABLE SET FUNCTIONALITYPROFILE = 'Stores'").unwrap();
    env.ok("run 1070");
    assert_eq!(number(&env.channel("seattle"), online), 0);
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM RETAILFUNCTIONALITYPROFILE"), 2);
}

#[test]
fn d18_a_row_that_takes_itself_out_of_the_scope_is_deleted() {
    let env = Env::new();
    env.write(
        "schema/hq/seating.sql",
        "CREATE TABLE SEATING (RECID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL,
         CHANNEL BIGINT NOT NULL);",
    );
    env.write("schema/channel/seating.sql", OWN_CHANNEL);
    let filter = "[subjob.filter]\nchannel = \"CHANNEL\"\n";
    env.write("jobs/seating.toml", &format!("{SEATING}{filter}"));
    env.ok("scheduler init");
    env.ok("schedules set Downloads --jobs 1110 1070 1010 Seating");
    env.hq()
        .execute_batch(
            "INSERT INTO SEATING (NAME, CHANNEL) SELECT NAME, CHANNEL FROM (SELECT 'Terrace' AS NAME
             UNION SELECT 'Window'), (SELECT min(CHANNEL) AS CHANNEL FROM RETAILCDXDATASTORECHANNEL)",
        )
        .unwrap();
    env.ok("run Seating");
    let names = "SELECT group_concat(NAME) FROM ext_SEATING";
    assert_eq!(text(&env.channel("seattle"), names), "Terrace,Window");
    env.hq().execute_batch("UPDATE SEATING SET CHANNEL = 0 WHERE NAME = 'Window'").unwrap();
    let report = env.json("run Seating");
    assert_eq!(report["jobs"][0]["mode"], "delta");
    assert_eq!(report["jobs"][0]["sessions"][0]["deleted"], 1, "{report:#}");
    assert_eq!(text(&env.channel("seattle"), names), "Terrace");
}
