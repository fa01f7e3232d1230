//! What headquarters' own relations refuse (C12).

use super::harness::{Env, number, text};

/// Of each kind of value that is in a list of headquarters: what a register is told, the last
/// known error, the operation, and the correction of the status form.
const UNKNOWN: &[(&str, &str, &str, &str)] = &[
    (
        "edit-customer --set group=NOPE",
        "unknown customer group \"NOPE\"",
        "customer-2",
        "CUSTGROUP=80",
    ),
    ("edit-customer --set currency=DOL", "unknown currency \"DOL\"", "customer-2", "CURRENCY=EUR"),
    (
        "edit-customer --set language=xx-YY",
        "unknown language \"xx-YY\"",
        "customer-2",
        "LANGUAGEID=es",
    ),
    (
        "edit-customer --set affiliation=Studnet",
        "unknown affiliation \"Studnet\"",
        "affiliation-2",
        "RETAILAFFILIATIONID=Senior",
    ),
    (
        "create-address --street Main --city Houston --country Texas",
        "unknown country or region \"Texas\"",
        "address-1",
        "COUNTRY=USA",
    ),
];

#[test]
fn c12_a_register_takes_what_headquarters_refuses_and_the_form_corrects_it() {
    for (words, error, operation, correction) in UNKNOWN {
        let env = Env::asynchronous();
        let guid = env.create_async("houston", "One");
        env.ok("run P sync-customers");
        let taken = env.json(&format!("pos {words} --channel houston --account {guid}"));
        assert_eq!(taken["path"], "async", "{words}: {taken:#}");
        env.ok("run P");
        let done = env.run("run sync-customers --format json").expect(1).json();
        assert_eq!(done["jobs"][0]["failed"], 1, "{words}: {done:#}");
        let detail = env.json(&format!("customers status show {operation}"));
        assert_eq!(&detail["operation"]["last_error"], error, "{words}");
        let shown = env.json(&format!("customers show {guid}"));
        assert!(!shown.to_string().contains("NOPE"), "{shown:#}");
        env.args(&["customers", "status", "edit", operation, "--set", correction]).expect(0);
        env.ok(&format!("customers synchronize {operation}"));
        let detail = env.json(&format!("customers status show {operation}"));
        assert_eq!(detail["operation"]["status"], "succeeded", "{words}: {detail:#}");
    }
}

#[test]
fn c12_a_creation_with_an_unknown_group_fails_and_is_corrected() {
    let env = Env::asynchronous();
    let create = "pos create-customer --channel houston --first-name Ada --last-name Byron";
    let made = env.json(&format!("{create} --group NOPE --currency EUR"));
    assert_eq!(made["path"], "async", "{made:#}");
    let guid = made["account"].as_str().unwrap();
    env.run("run P sync-customers").expect(1);
    env.run(&format!("customers show {guid}")).expect(2);
    env.ok("customers status edit customer-1 --set CUSTGROUP=80");
    env.ok("customers synchronize customer-1");
    let shown = env.json(&format!("customers show {guid}"));
    assert_eq!(shown["customer"]["group"], "80");
    assert_eq!(shown["customer"]["currency"], "EUR");
}

#[test]
fn c12_a_real_time_call_and_headquarters_forms_refuse_at_once_with_the_nearest() {
    let env = Env::new();
    let before = number(&env.hq(), "SELECT count(*) FROM CUSTTABLE");
    let account = "--channel houston --account 00000004";
    for (words, message, nearest) in [
        (
            "pos create-customer --channel houston --first-name A --last-name B --group 300",
            "unknown customer group \"300\"",
            "30",
        ),
        (
            "customers create --first-name A --last-name B --language en-UK",
            "unknown language \"en-UK\"",
            "en-US",
        ),
        ("customers edit 00000004 --set group=300", "unknown customer group \"300\"", "30"),
        ("customers edit 00000004 --set currency=EUU", "unknown currency \"EUU\"", "EUR"),
    ] {
        refuses(&env, words, message, nearest);
    }
    for (words, message, nearest) in [
        ("edit-customer --set language=en-UK", "unknown language \"en-UK\"", "en-US"),
        ("edit-customer --set affiliation=Studnet", "unknown affiliation \"Studnet\"", "Student"),
        (
            "create-address --street Main --city X --country USAA",
            "unknown country or region \"USAA\"",
            "USA",
        ),
    ] {
        refuses(&env, &format!("pos {words} {account}"), message, nearest);
    }
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), before);
}

fn refuses(env: &Env, words: &str, message: &str, nearest: &str) {
    let run = env.run(words).expect(2);
    assert!(run.err.contains(message), "{words}\n{}", run.text());
    assert!(run.err.contains(&format!("did you mean {nearest:?}?")), "{words}\n{}", run.text());
}

#[test]
fn c12_empty_names_and_what_is_too_long_are_refused_everywhere() {
    for env in [Env::new(), Env::asynchronous()] {
        for words in [
            "pos edit-customer --channel houston --account 00000004 --set first-name=",
            "customers edit 00000004 --set last-name=",
        ] {
            let run = env.run(words).expect(2);
            assert!(run.err.contains("is empty, expected a name"), "{}", run.text());
        }
        for name in ["create --first-name Ada --last-name", "edit 00000004 --set"] {
            let (head, long) = (name.contains("edit"), "x".repeat(101));
            let value = if head { format!("last-name={long}") } else { long };
            let run = env.run(&format!("customers {name} {value}")).expect(2);
            assert!(run.err.contains("takes 100 characters, the value has 101"), "{}", run.text());
        }
    }
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.ok("run P");
    let group = "customers status edit customer-1 --set CUSTGROUP=ABCDEFGHIJK";
    assert!(env.run(group).expect(2).err.contains("takes 10 characters"));
    env.hq().execute_batch("UPDATE RETAILASYNCCUSTOMERV2 SET FIRSTNAME = ''").unwrap();
    env.run("run sync-customers").expect(1);
    let detail = env.json("customers status show customer-1");
    assert_eq!(detail["operation"]["last_error"], "FIRSTNAME is empty, expected a name");
}

#[test]
fn c12_groups_reach_the_channels() {
    let env = Env::new();
    let groups = "SELECT group_concat(CUSTGROUP, ' ') FROM (SELECT * FROM ax_CUSTGROUP ORDER BY 1)";
    assert_eq!(text(&env.channel("online"), groups), "10 20 30 40 80 90");
}

/// An environment of an earlier version has in its lists what its customers have, company by company.
#[test]
fn c12_an_environment_of_an_earlier_version_knows_what_it_uses() {
    let env = Env::of_version("0.4.0");
    env.hq()
        .execute_batch(
            "UPDATE CUSTTABLE SET CUSTGROUP = 'OWN', CURRENCY = 'XTS' WHERE ACCOUNTNUM = '00000005';
             UPDATE DIRPARTYTABLE SET LANGUAGEID = 'tlh' WHERE RECID IN
             (SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = '00000005')",
        )
        .unwrap();
    env.ok("customers edit 00000006 --set group=OWN currency=XTS language=tlh");
    env.ok("customers edit 00000006 --set group=40");
    env.run("customers edit 00000006 --set group=OWNN").expect(2);
}

/// The same of attributes, which were kept by their numbers.
#[test]
fn c11_an_environment_of_an_earlier_version_has_the_attributes_it_uses() {
    let env = Env::of_version("0.4.0");
    let kept = "INSERT INTO cdx_CUSTOMERATTRIBUTE VALUES ('00000005', 1, 'gold')";
    env.hq().execute_batch(kept).unwrap();
    env.ok("scheduler init");
    env.ok("run 1110 1010");
    let told = "SELECT cdx_ATTRIBUTES FROM ax_RETAILCUSTTABLE WHERE ACCOUNTNUM = '00000005'";
    assert_eq!(text(&env.channel("online"), told), r#"{"Attribute 1":"gold"}"#);
}

/// A script that makes such a table is told as that; without it everything goes on.
#[test]
fn a_script_that_makes_a_table_of_the_tools_own_is_told() {
    let env = Env::of_version("0.4.0");
    env.write("schema/hq/groups.sql", "-- Ours.\nCREATE TABLE CustGroup (CUSTGROUP TEXT);\n");
    let run = env.run("scheduler init").expect(2);
    assert!(run.err.contains("schema/hq/groups.sql:2:1: CUSTGROUP is a table that cdx makes"));
    assert!(run.err.contains("delete it, and the job file that maps the table"), "{}", run.err);
    std::fs::remove_file(env.path().join("schema/hq/groups.sql")).unwrap();
    env.ok("scheduler init");
}

/// The doctor names what brings a file of an earlier version up to date, and that does.
#[test]
fn d16_a_channel_of_an_earlier_version_is_not_damaged() {
    let env = Env::of_version("0.4.0");
    env.ok("params set try-count 4");
    let report = env.json("doctor --quick --only CDX901");
    let finding = &report["findings"][0];
    assert_eq!(finding["title"], "the database file is of an earlier version", "{report:#}");
    assert_eq!(finding["fix"]["command"], "cdx scheduler init");
    env.ok("scheduler init");
    env.ok("doctor --only CDX901 --fail-on error");
}

/// Who had rehearsed a table of one of these names has its rows in the new one, and his own beside
/// it; a view that was broken before does not stand in the way.
#[test]
fn a_table_of_ones_own_is_taken_in_where_a_later_version_makes_one_of_its_name() {
    let env = Env::of_version("0.4.0");
    env.hq()
        .execute_batch(
            "CREATE VIEW mine AS SELECT SESSION, NAME FROM no_such_table;
             CREATE TABLE custgroup (custgroup TEXT PRIMARY KEY, name TEXT, mark TEXT,
                                     dataareaid TEXT);
             CREATE UNIQUE INDEX PK_CUSTGROUP ON custgroup (name);
             INSERT INTO custgroup VALUES ('VIP', 'Very important', 'x', 'usrt'),
                                          ('10', 'Mine', 'y', 'usrt');
             CREATE TABLE own_CUSTGROUP (one INT);
             CREATE INDEX my_index ON custgroup (mark);
             INSERT INTO custgroup VALUES ('NUL', NULL, 'z', 'usrt');
             CREATE VIEW CURRENCY AS SELECT 1 AS one;
             CREATE INDEX UX1_LANGUAGETABLE ON CUSTTABLE (PARTY);
             CREATE TABLE ECORESATTRIBUTE (RECID INTEGER PRIMARY KEY, NAME TEXT);
             INSERT INTO ECORESATTRIBUTE VALUES (1, 'Loyalty tier'), (77, 'Shoe size');",
        )
        .unwrap();
    let channel = "CREATE TABLE ax_CUSTGROUP (CUSTGROUP TEXT PRIMARY KEY, NAME TEXT)";
    env.channel("houston").execute_batch(channel).unwrap();
    env.ok("customers edit 00000006 --set group=VIP");
    env.ok("scheduler init");
    env.ok("run 1110 1010 1070 1170");
    let groups = "SELECT group_concat(CUSTGROUP || NAME, ' ') FROM (SELECT * FROM \
                  ax_CUSTGROUP WHERE CUSTGROUP IN ('10', 'VIP') ORDER BY 2)";
    assert_eq!(text(&env.channel("houston"), groups), "10Wholesale customers VIPVery important");
    let kept = "SELECT group_concat(custgroup || mark, ' ') FROM own_own_CUSTGROUP";
    assert_eq!(text(&env.hq(), kept), "VIPx 10y NULz");
    let without = "SELECT NAME FROM CUSTGROUP WHERE CUSTGROUP = 'NUL'";
    assert_eq!(text(&env.hq(), without), "");
    assert_eq!(number(&env.hq(), "SELECT RECID FROM ECORESATTRIBUTE WHERE NAME = 'Shoe size'"), 77);
    assert_eq!(
        number(&env.hq(), "SELECT count(*) FROM ECORESATTRIBUTE WHERE NAME = 'Loyalty tier'"),
        1
    );
    env.ok("jobs check");
}
