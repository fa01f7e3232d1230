//! A mapping that is broken keeps its own table from going on, and nothing else.

use super::harness::{Env, number};

const SCRIPTS: [(&str, &str); 3] = [
    (
        "schema/hq/notes.sql",
        "CREATE TABLE NOTES (RECID INTEGER PRIMARY KEY, NOTEID NVARCHAR(20) NOT NULL,
         REPLICATIONCOUNTERFROMORIGIN INT NOT NULL DEFAULT 0);
         CREATE UNIQUE INDEX PK_NOTES ON NOTES (NOTEID);",
    ),
    (
        "schema/channel/notes.sql",
        "CREATE TABLE ext_NOTES (
         REPLICATIONCOUNTERFROMORIGIN INTEGER PRIMARY KEY AUTOINCREMENT,
         NOTEID NVARCHAR(20) NOT NULL);
         CREATE UNIQUE INDEX PK_ext_NOTES ON ext_NOTES (NOTEID);",
    ),
    (
        "jobs/notes.toml",
        "[[subjob]]\nid = \"NOTES\"\njobs = [\"P-0001\"]\nkey = [\"NOTEID\"]\n\
         counter = \"REPLICATIONCOUNTERFROMORIGIN\"\n\
         fields = [\"NOTEID\", \"REPLICATIONCOUNTERFROMORIGIN\"]\n",
    ),
];

/// Asynchronous customers, and an upload table of the environment's own with a row in houston that
/// has not gone up.
fn noted() -> Env {
    let env = Env::asynchronous();
    for (name, text) in SCRIPTS {
        env.write(name, text);
    }
    env.ok("scheduler init");
    env.channel("houston").execute_batch("INSERT INTO ext_NOTES (NOTEID) VALUES ('a')").unwrap();
    env
}

/// Headquarters' table is changed by hand, so that the subjob points nowhere.
fn break_it(env: &Env) {
    env.hq().execute_batch("ALTER TABLE NOTES RENAME COLUMN NOTEID TO NOTENAME").unwrap();
    let run = env.run("run P").expect(2);
    assert!(run.err.contains("subjob NOTES: table NOTES has no column NOTEID"), "{}", run.err);
}

fn correct(env: &Env) {
    env.hq().execute_batch("ALTER TABLE NOTES RENAME COLUMN NOTENAME TO NOTEID").unwrap();
}

fn customers(env: &Env, last: &str) -> i64 {
    number(&env.hq(), &format!("SELECT count(*) FROM DIRPERSONNAME WHERE LASTNAME = '{last}'"))
}

fn notes(env: &Env) -> i64 {
    number(&env.hq(), "SELECT count(*) FROM NOTES")
}

#[test]
fn a_register_comes_back_and_what_cannot_be_merged_stays_offline() {
    let env = noted();
    env.ok("pos create-customer --channel houston --first-name A --last-name Away --offline");
    let offline = env.channel("houston.offline");
    offline.execute_batch("INSERT INTO ext_NOTES (NOTEID) VALUES ('b')").unwrap();
    drop(offline);
    break_it(&env);
    for words in ["pos reconnect --channel houston --dry-run", "pos reconnect --channel houston"] {
        let out = env.ok(words).out;
        assert!(out.contains("rows of ext_NOTES stay offline: job P-0001, subjob NOTES"), "{out}");
        assert!(out.contains("RETAILASYNCCUSTOMERV2: 1"), "{out}");
    }
    correct(&env);
    env.ok("pos reconnect --channel houston");
    env.ok("run P sync-customers");
    assert_eq!((customers(&env, "Away"), notes(&env)), (1, 2));
}

#[test]
fn a_channel_that_was_put_back_gets_its_counters() {
    let env = noted();
    let path = env.channel_path("houston");
    let copy = std::fs::read(&path).unwrap();
    env.create_async("houston", "Sent");
    env.ok("run P");
    std::fs::write(&path, copy).unwrap();
    env.create_async("houston", "Later");
    break_it(&env);
    let reseeded = env.ok("channels reseed houston").out;
    let left = "left as it is: ext.NOTES: job P-0001, subjob NOTES: table NOTES has no column";
    assert!(reseeded.contains(left), "{reseeded}");
    assert!(
        reseeded.contains("cdx jobs check") && reseeded.contains("cdx channels reseed houston")
    );
    let told = |env: &Env| env.run("doctor --only CDX410").code;
    assert_eq!(told(&env), 1, "it has not been looked after whole");
    correct(&env);
    assert!(!env.ok("channels reseed houston").out.contains("left as it is"));
    assert_eq!(told(&env), 0);
    env.ok("run P sync-customers");
    assert_eq!((customers(&env, "Sent"), customers(&env, "Later"), notes(&env)), (1, 1, 1));
}

#[test]
fn a_broken_file_is_made_again() {
    let env = noted();
    env.create_async("houston", "Waits");
    break_it(&env);
    let made = env.ok("channels rebuild houston --discard").out;
    assert!(made.contains("could not be read there: ext.NOTES: job P-0001"), "{made}");
    correct(&env);
    env.ok("run 1110 1070 1010 P sync-customers");
    assert_eq!((customers(&env, "Waits"), notes(&env)), (1, 0));
}
