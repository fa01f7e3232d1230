//! The scheduler and its definitions (S01 to S06).

use super::harness::{Env, number, text};

#[test]
fn s01_a_job_is_a_list_of_subjobs() {
    let env = Env::new();
    let report = env.json("jobs show 1110");
    let subjobs: Vec<&str> =
        report["subjobs"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(
        subjobs,
        [
            "FEATUREMANAGEMENTSTATE",
            "FEATUREMANAGEMENTMETADATA",
            "RETAILCONFIGURATIONPARAMETERS",
            "RETAILPARAMETERS",
            "ECORESATTRIBUTEGROUP"
        ]
    );
    let first = &report["subjobs"][0];
    assert_eq!(first["direction"], "download");
    assert_eq!(first["targets"][0]["fields"][1]["from"], "NAME");
    for line in report["job"]["lines"].as_array().unwrap() {
        assert!(!line["evidence"]["source"].as_str().unwrap().is_empty(), "{line}");
    }
    // What people switch off in headquarters is not run.
    env.hq()
        .execute_batch(
            "UPDATE RETAILCONNSCHEDULERSUBJOBTABLE SET ENABLED = 0 WHERE SUBJOBID = 'CUSTTABLE';
             UPDATE CUSTTABLE SET CUSTGROUP = '99';",
        )
        .unwrap();
    assert_eq!(env.json("run 1010")["jobs"][0]["rows"], 0);
}

#[test]
fn s02_dataareaid_must_not_be_listed() {
    let env = Env::new();
    env.write("jobs/own.toml", "[[subjob]]\nid = \"CUSTTABLE\"\nfields = [\"DATAAREAID\"]\n");
    let run = env.run("scheduler init").expect(2);
    assert!(run.err.contains("jobs/own.toml:3:11: DATAAREAID is listed"), "{}", run.err);
    let companies = "SELECT group_concat(DISTINCT DATAAREAID) FROM ax_CUSTTABLE";
    assert_eq!(text(&env.channel("houston"), companies), "USRT", "it goes along by itself");
}

const EXTENSION_HQ: &str =
    "ALTER TABLE RETAILCUSTTABLE ADD COLUMN PREFERENCE NVARCHAR(10) NOT NULL DEFAULT '';";
const EXTENSION_CHANNEL: &str = "CREATE TABLE ext_CONTOSORETAILCUSTTABLE (ACCOUNTNUM NVARCHAR(20) NOT NULL COLLATE NOCASE, \
     DATAAREAID NVARCHAR(4) NOT NULL COLLATE NOCASE, PREFERENCE NVARCHAR(10) NOT NULL DEFAULT '', \
     PRIMARY KEY (ACCOUNTNUM, DATAAREAID));";

#[test]
fn s03_s06_an_existing_subjob_gets_an_extension_table() {
    let env = Env::new();
    env.write("schema/hq/preference.sql", EXTENSION_HQ);
    env.write("schema/channel/preference.sql", EXTENSION_CHANNEL);
    env.write(
        "jobs/preference.toml",
        "[[subjob]]\nid = \"RETAILCUSTTABLE\"\ntarget = \"ext.CONTOSORETAILCUSTTABLE\"\n\
         fields = [\"PREFERENCE\"]\n",
    );
    env.ok("scheduler init");
    env.hq()
        .execute_batch(
            "UPDATE RETAILCUSTTABLE SET PREFERENCE = 'window' WHERE ACCOUNTNUM = '00000010'",
        )
        .unwrap();
    env.ok("run 1010");
    let own = "SELECT PREFERENCE FROM ext_CONTOSORETAILCUSTTABLE WHERE ACCOUNTNUM = '00000010'";
    assert_eq!(text(&env.channel("houston"), own), "window");
    env.ok("run 1010 --full");
    let count = "SELECT count(*) FROM ext_CONTOSORETAILCUSTTABLE";
    assert_eq!(number(&env.channel("seattle"), count), 23);
    env.ok("channels add boston");
    env.ok("run 1010");
    assert_eq!(number(&env.channel("boston"), count), 23);
}

#[test]
fn s03_an_existing_subjob_is_added_to_not_changed() {
    let env = Env::new();
    env.write("jobs/own.toml", "[[subjob]]\nid = \"CUSTTABLE\"\nkey = [\"PARTY\"]\n");
    let run = env.run("jobs check").expect(2);
    assert!(run.out.contains("changes-existing"), "{}", run.out);
}

/// A line that another file repeats stays where it was, with the evidence it had.
#[test]
fn s03_a_job_that_is_named_again_keeps_its_lines() {
    let env = Env::new();
    let before = env.json("jobs show 1010")["job"]["lines"].clone();
    assert!(before.as_array().unwrap().len() > 2, "{before:#}");
    let first = before[0]["subjob"].as_str().unwrap();
    env.write("jobs/own.toml", &format!("[[subjob]]\nid = \"{first}\"\njobs = [\"1010\"]\n"));
    env.ok("scheduler init");
    assert_eq!(env.json("jobs show 1010")["job"]["lines"], before);
}

#[test]
fn s04_delete_existing_drops_what_was_made_by_hand() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "INSERT INTO RETAILCONNSCHEDULERJOBTABLE (JOBID, DESCRIPTION) VALUES ('HAND', 'By hand');
             INSERT INTO RETAILCONNSCHEDULERJOBLINE (JOBID, SUBJOBID, ENABLED)
             VALUES ('HAND', 'CUSTTABLE', 1);",
        )
        .unwrap();
    env.ok("scheduler init");
    assert_eq!(env.json("jobs show HAND")["subjobs"][0]["id"], "CUSTTABLE");
    env.ok("schedules set Hand --jobs HAND --groups Default");
    assert_eq!(env.json("run HAND")["jobs"][0]["mode"], "full");
    env.ok("scheduler init --delete-existing");
    env.run("jobs show HAND").expect(2);
    env.ok("run 1010");
}

const SUGGESTIONS: &str = "
[[subjob]]
id = \"SUGGESTIONS\"
jobs = [\"P-0001\"]
key = [\"SUGGESTIONID\"]
counter = \"REPLICATIONCOUNTERFROMORIGIN\"
fields = [\"SUGGESTIONID\", \"REPLICATIONCOUNTERFROMORIGIN\"]
rename = { SUGGESTION = \"SUGGESTIONTEXT\" }
";
const SUGGESTIONS_HQ: &str = "CREATE TABLE SUGGESTIONS (RECID INTEGER PRIMARY KEY, \
    SUGGESTIONID NVARCHAR(20) NOT NULL, SUGGESTION NVARCHAR(100), \
    REPLICATIONCOUNTERFROMORIGIN INT NOT NULL DEFAULT 0); \
    CREATE UNIQUE INDEX PK_SUGGESTIONS ON SUGGESTIONS (SUGGESTIONID);";
const SUGGESTIONS_CHANNEL: &str = "CREATE TABLE ext_SUGGESTIONS (\
    REPLICATIONCOUNTERFROMORIGIN INTEGER PRIMARY KEY AUTOINCREMENT, \
    SUGGESTIONID NVARCHAR(20) NOT NULL, SUGGESTIONTEXT NVARCHAR(100) NOT NULL DEFAULT ''); \
    CREATE UNIQUE INDEX PK_ext_SUGGESTIONS ON ext_SUGGESTIONS (SUGGESTIONID);";

#[test]
fn s05_a_users_own_table_goes_up_with_its_counter() {
    let env = Env::new();
    env.write("schema/hq/suggestions.sql", SUGGESTIONS_HQ);
    env.write("schema/channel/suggestions.sql", SUGGESTIONS_CHANNEL);
    env.write("jobs/suggestions.toml", SUGGESTIONS);
    env.ok("scheduler init");
    env.channel("seattle")
        .execute_batch("INSERT INTO ext_SUGGESTIONS (SUGGESTIONID, SUGGESTIONTEXT) VALUES ('s1', 'More light')")
        .unwrap();
    env.ok("run P");
    assert_eq!(text(&env.hq(), "SELECT SUGGESTION FROM SUGGESTIONS"), "More light");
    assert_eq!(env.json("run P")["jobs"][0]["sessions"].as_array().unwrap().len(), 0);
}

/// Once headquarters has the definitions they are in effect: a channel database that cannot be put in
/// order after it is told, and is looked after by the next job that needs it.
#[test]
fn s04_what_follows_the_definitions_makes_no_failure_of_them() {
    let env = Env::new();
    env.write("schema/hq/suggestions.sql", SUGGESTIONS_HQ);
    env.write("schema/channel/suggestions.sql", SUGGESTIONS_CHANNEL);
    env.write("jobs/suggestions.toml", SUGGESTIONS);
    env.channel("houston")
        .execute_batch(
            "CREATE TRIGGER broken BEFORE INSERT ON cdx_UPLOADTABLE
             BEGIN SELECT raise(ABORT, 'no room for it'); END",
        )
        .unwrap();
    let run = env.run("scheduler init").expect(0);
    assert!(run.err.contains("warning: everything is done, but the upload tables"), "{}", run.err);
    assert!(run.err.contains("channels/houston.db") && run.err.contains("no room"), "{}", run.err);
    let subjobs = env.json("jobs show P-0001")["subjobs"].to_string();
    assert!(subjobs.contains("SUGGESTIONS"), "{subjobs}");
    let watched = "SELECT count(*) FROM cdx_UPLOADTABLE WHERE TABLENAME = 'ext_SUGGESTIONS'";
    assert_eq!(number(&env.channel("seattle"), watched), 1, "the others are looked after");
    env.channel("houston").execute_batch("DROP TRIGGER broken").unwrap();
    env.channel("houston")
        .execute_batch(
            "INSERT INTO ext_SUGGESTIONS (SUGGESTIONID, SUGGESTIONTEXT) VALUES ('s1', 'Light')",
        )
        .unwrap();
    env.ok("run P");
    assert_eq!(text(&env.hq(), "SELECT SUGGESTION FROM SUGGESTIONS"), "Light");
    assert_eq!(number(&env.channel("houston"), watched), 1);
}

/// Definitions, tracking and the version they are of are one transaction, or nothing.
#[test]
fn s04_definitions_are_written_whole_or_not_at_all() {
    let env = Env::new();
    env.write("schema/hq/suggestions.sql", SUGGESTIONS_HQ);
    env.write("schema/channel/suggestions.sql", SUGGESTIONS_CHANNEL);
    env.write("jobs/suggestions.toml", SUGGESTIONS);
    env.hq()
        .execute_batch(
            "CREATE TRIGGER broken BEFORE UPDATE ON cdx_WORLD
             WHEN NEW.KEY = 'scheduler-version' BEGIN SELECT raise(ABORT, 'no room for it'); END",
        )
        .unwrap();
    let run = env.run("scheduler init").expect(3);
    assert!(run.err.contains("no room for it"), "{}", run.err);
    env.hq().execute_batch("DROP TRIGGER broken").unwrap();
    let subjobs = env.json("jobs show P-0001")["subjobs"].to_string();
    assert!(!subjobs.contains("SUGGESTIONS"), "{subjobs}");
    env.ok("scheduler init");
    let subjobs = env.json("jobs show P-0001")["subjobs"].to_string();
    assert!(subjobs.contains("SUGGESTIONS"), "{subjobs}");
}

#[test]
fn s05_an_upload_subjob_needs_counter_index_and_key() {
    let env = Env::new();
    env.write(
        "schema/hq/suggestions.sql",
        &SUGGESTIONS_HQ.replace("UNIQUE INDEX PK_S", "INDEX IX_S"),
    );
    env.write(
        "schema/channel/suggestions.sql",
        "CREATE TABLE ext_SUGGESTIONS (SUGGESTIONID NVARCHAR(20) PRIMARY KEY, \
         SUGGESTIONTEXT NVARCHAR(100), REPLICATIONCOUNTERFROMORIGIN INT NOT NULL);",
    );
    env.write("jobs/suggestions.toml", SUGGESTIONS);
    let codes = |env: &Env| -> Vec<String> {
        let report = env.run("jobs check --format json").expect(2).json();
        let problems = report["problems"].as_array().unwrap();
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&env), ["counter-unindexed", "not-a-key"]);
    env.write("jobs/suggestions.toml", &SUGGESTIONS.replace("counter = ", "# counter = "));
    assert!(codes(&env).contains(&"no-counter".to_owned()));
}

#[test]
fn every_problem_is_told_at_once_with_its_place() {
    let env = Env::new();
    env.write(
        "jobs/bad.toml",
        "[job]\nid = \"1010\"\nname = \"Mine\"\ndirection = \"downlod\"\ncolour = \"blue\"\n\n\
         [[subjob]]\nid = \"CUSTTABEL\"\nkey = [\"ACCOUNTNUM\"]\nfields = [\"ACCOUNTNUM\"]\n\
         jobs = [\"10100\"]\n\n\
         [[subjob]]\nid = \"RETAILCUSTTABLE\"\nfields = [\"RECEIPTEMAL\", \"DATAAREAID\"]\njobs = [\"1010\"]\n",
    );
    let report = env.run("jobs check --format json").expect(2).json();
    let found: Vec<(i64, &str)> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["line"].as_i64().unwrap(), p["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (4, "unknown-word"),
            (5, "unknown-key"),
            (8, "unknown-table"),
            (11, "unknown-job"),
            (15, "unknown-column"),
            (15, "unknown-column"),
            (15, "dataareaid-listed"),
        ]
    );
    assert!(report.to_string().contains("did you mean CUSTTABLE?"), "{report:#}");
}

#[test]
fn a_broken_definition_changes_nothing() {
    let env = Env::new();
    env.write("jobs/bad.toml", "[job\nid = 3");
    env.run("scheduler init").expect(2);
    env.ok("run 1010");
    env.write("cdx.toml", "[scale-unit]\ninstances = \"two\"\nsize = 3\n");
    let run = env.run("run 1010").expect(2);
    assert!(run.err.contains("cdx.toml:2:13") && run.err.contains("cdx.toml:3:1"), "{}", run.err);
}

/// What somebody adds to a shipped subjob is wrong in that person's file.
#[test]
fn an_extension_of_a_shipped_subjob_is_told_in_its_own_file() {
    let channel = "CREATE TABLE ext_OWN (ACCOUNTNUM NVARCHAR(20) NOT NULL, DATAAREAID NVARCHAR(4) \
                   NOT NULL, NOTE NVARCHAR(20), CONSTRAINT k PRIMARY KEY (ACCOUNTNUM, DATAAREAID));";
    for (text, line, column, said) in [
        (
            "[[subjob]]\nid = \"CUSTTABLE\"\ntarget = \"ext.NOWHERE\"\nfields = [\"CUSTGROUP\"]\n",
            3,
            10,
            "ext.NOWHERE",
        ),
        ("[[subjob]]\nid = \"CUSTTABLE\"\nfields = [\"NONSENSE\"]\n", 3, 11, "NONSENSE"),
        (
            "[[subjob]]\nid = \"CUSTTABLE\"\ntarget = \"ext.OWN\"\nfields = [\"CREDITRATING\"]\n",
            4,
            11,
            "CREDITRATING",
        ),
        (
            "[[subjob]]\nid = \"RETAILAFFILIATION\"\n\ntarget = \"ext.OWN\"\nfields = [\"NAME\"]\n",
            4,
            10,
            "ext_OWN",
        ),
    ] {
        let env = Env::new();
        env.write("schema/channel/own.sql", channel);
        env.write("jobs/own.toml", text);
        for words in ["jobs check", "scheduler init"] {
            let run = env.run(words).expect(2);
            let told = [run.out.as_str(), &run.err].concat();
            let place = format!("jobs/own.toml:{line}:{column}: ");
            assert!(told.contains(&place) && told.contains(said), "{text}\n{}", run.text());
            assert!(!told.contains("shipped jobs/"), "{text}\n{}", run.text());
            let shown = told.lines().filter(|line| line.contains("CREATE TABLE ext_OWN")).count();
            assert_eq!(shown, 0, "no script is shown: {told}");
        }
    }
}

#[test]
fn an_error_in_a_schema_script_has_its_place_and_a_way_out() {
    let env = Env::new();
    env.write("schema/channel/own.sql", "CREATE TABLE ext_OWN (A INTEGER);\nCREATE TABEL T (A);\n");
    for words in ["scheduler init", "channels add boston"] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains("schema/channel/own.sql:2:"), "{}", run.err);
        assert!(
            !run.err.contains(":memory:") && !run.err.contains("CREATE TABLE ext_OWN"),
            "{}",
            run.err
        );
        assert!(run.err.contains("hint: ") && run.err.contains("cdx jobs check"), "{}", run.err);
    }
    let run = env.run("jobs check").expect(2);
    assert!(run.out.contains("schema/channel/own.sql:2:"), "{}", run.out);
}

/// Seed data among an environment's definitions is read like them, with its places.
#[test]
fn seed_data_is_a_definition() {
    let env = Env::new();
    let seed = |target: &str| {
        format!(
            "<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">\n<Jobs><Job Id=\"7000\" \
             Description=\"Seats\"/></Jobs>\n<Subjobs>\n<Subjob Id=\"SEAT\" AxTableName=\"SEAT\" \
             TargetTableName=\"{target}\">\n<ScheduledByJobs><ScheduledByJob>7000</ScheduledByJob>\
             <ScheduledByJob>1000</ScheduledByJob></ScheduledByJobs>\n<AxFields>\
             <Field Name=\"Room\" ToName=\"HALL\"/></AxFields></Subjob></Subjobs>\
             </RetailCdxSeedData>"
        )
    };
    env.write("schema/hq/s.sql", "CREATE TABLE SEAT (NO NVARCHAR(5) NOT NULL UNIQUE, ROOM INT)");
    env.write(
        "schema/channel/s.sql",
        "CREATE TABLE ext.SEATS (NO nvarchar(5) PRIMARY KEY, HALL int)",
    );
    env.write("jobs/seats.xml", &seed("CHAIRS"));
    for words in ["jobs check", "jobs check jobs/seats.xml", "scheduler init"] {
        let run = env.run(words).expect(2);
        let said = "jobs/seats.xml:4:55: the channel has no table \"ext.CHAIRS\"";
        assert!(run.text().contains(said), "{words}\n{}", run.text());
    }
    env.write("jobs/seats.xml", &seed("SEATS"));
    env.ok("jobs check");
    env.ok("scheduler init");
    let fields = &env.json("jobs show 7000")["subjobs"][0]["targets"][0]["fields"];
    assert_eq!(fields.to_string(), r#"[{"from":"ROOM","to":"HALL"},{"from":"NO","to":"NO"}]"#);
    env.hq().execute_batch("INSERT INTO SEAT VALUES ('1', 5), ('2', 6)").unwrap();
    env.ok("schedules set Downloads --add-jobs 7000");
    env.ok("run Seats");
    let rows = "SELECT group_concat(NO || HALL) FROM ext_SEATS";
    assert_eq!(text(&env.channel("seattle"), rows), "15,26");
    env.write("jobs/broken.xml", "<RetailCdxSeedData>\n<Jobs></jobs>\n</RetailCdxSeedData>");
    let run = env.run("jobs check").expect(2);
    assert!(run.out.contains("jobs/broken.xml:2:7: not well-formed XML"), "{}", run.out);
}
