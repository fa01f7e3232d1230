//! What cannot be finished never stands in the way (CDX412), and what can be refused is refused
//! before anything is written.

use std::fs;

use rusqlite::Connection;

use super::harness::{Env, dump, number};

/// Everything headquarters holds of customers, to see that a refusal wrote nothing.
fn customers(env: &Env) -> String {
    let hq = env.hq();
    ["CUST", "DIR", "LOGISTICS", "RETAILCUST", "RETAILEXTERNAL", "cdx_INTENT", "cdx_SEQUENCE"]
        .map(|prefix| dump(&hq, prefix))
        .concat()
}

fn intents(env: &Env) -> i64 {
    number(&env.hq(), "SELECT count(*) FROM cdx_INTENT")
}

/// Whatever is broken, these end well afterwards.
fn works(env: &Env) {
    env.ok("run 1110 1070 1010");
    env.ok("pos create-customer --channel seattle --first-name Grace --last-name Hopper");
    env.ok("clock advance 1h");
    env.ok("run P sync-customers 1010");
}

fn damage(env: &Env, name: &str) {
    for ending in ["db-wal", "db-shm"] {
        let _absent = fs::remove_file(env.channel_path(name).with_extension(ending));
    }
    fs::write(env.channel_path(name), "this is no database").unwrap();
}

/// Each value that a real-time call may bring, longer than its channel column.
const LONG: &[&[&str]] = &[
    &["create-customer", "--first-name", "?", "--last-name", "Byron"],
    &["create-customer", "--first-name", "Ada", "--last-name", "?"],
    &["create-customer", "--first-name", "Ada", "--middle-name", "?", "--last-name", "Byron"],
    &["create-customer", "--first-name", "Ada", "--last-name", "Byron", "--email", "?"],
    &["create-customer", "--first-name", "Ada", "--last-name", "Byron", "--phone", "?"],
    &["create-customer", "--first-name", "Ada", "--last-name", "Byron", "--language", "?"],
    &["create-customer", "--first-name", "Ada", "--last-name", "B", "--secondary-contact", "?"],
    &["edit-customer", "--account", "00000004", "--set", "first-name=?"],
    &["edit-customer", "--account", "00000004", "--set", "middle-name=?"],
    &["edit-customer", "--account", "00000004", "--set", "last-name=?"],
    &["edit-customer", "--account", "00000004", "--set", "email=?"],
    &["edit-customer", "--account", "00000004", "--set", "phone=?"],
    &["edit-customer", "--account", "00000004", "--set", "receipt-email=?"],
    &["edit-customer", "--account", "00000004", "--set", "language=?"],
    &["edit-customer", "--account", "00000004", "--set", "group=?"],
    &["create-address", "--account", "00000004", "--city", "?", "--street", "Main"],
    &["create-address", "--account", "00000004", "--city", "C", "--street", "?"],
    &["create-address", "--account", "00000004", "--city", "C", "--street", "M", "--state", "?"],
    &["create-address", "--account", "00000004", "--city", "C", "--street", "M", "--zip", "?"],
    &["create-address", "--account", "00000004", "--city", "C", "--street", "M", "--county", "?"],
    &["create-address", "--account", "00000004", "--city", "C", "--street", "M", "--country", "?"],
];

/// Runs a command of [`LONG`] with a value of so many characters.
fn ask(env: &Env, words: &[&str], length: usize) -> super::harness::Run {
    let value = "é".repeat(length);
    let words: Vec<String> = words.iter().map(|word| word.replace('?', &value)).collect();
    let mut args = vec!["pos", words[0].as_str(), "--channel", "houston"];
    args.extend(words[1..].iter().map(String::as_str));
    args.extend(["--format", "json"]);
    env.args(&args)
}

fn refused(env: &Env, words: &[&str]) {
    let before = customers(env);
    let channel = dump(&env.channel("houston"), "ax_");
    let run = ask(env, words, 1_200).expect(2);
    let error = &run.json()["error"];
    assert_eq!(error["code"], "too-long", "{words:?}\n{}", run.text());
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("1200 characters"), "{message}");
    assert!(message.contains("takes "), "{message}");
    assert_eq!(customers(env), before, "{words:?}");
    assert_eq!(dump(&env.channel("houston"), "ax_"), channel, "{words:?}");
}

#[test]
fn a_value_too_long_is_refused_before_a_real_time_call_writes() {
    let env = Env::new().with_contacts();
    for words in LONG {
        refused(&env, words);
    }
    let run = env.args(&[
        "pos",
        "create-address",
        "--channel",
        "houston",
        "--account",
        "00000004",
        "--city",
        "Concord",
        "--street",
        "Main",
        "--state",
        "New Hampshire",
    ]);
    assert!(run.err.contains("STATE"), "{}", run.text());
    assert!(run.err.contains("13 characters"), "{}", run.text());
    assert!(run.err.contains("takes 10"), "{}", run.text());
    assert_eq!(run.code, 2);
    works(&env);
}

#[test]
fn a_value_too_long_is_refused_before_an_asynchronous_call_writes() {
    let env = Env::asynchronous().with_contacts();
    let sequences = |env: &Env| dump(&env.channel("houston"), "cdx_SEQUENCE");
    for words in LONG {
        let before = sequences(&env);
        refused(&env, words);
        assert_eq!(sequences(&env), before, "no temporary id is used up: {words:?}");
    }
    works(&env);
}

/// Headquarters' columns take more than a channel's where they are written to by SQL (D12); a call
/// about such a customer succeeds, and the channel is left to the job.
#[test]
fn a_value_that_headquarters_held_too_long_leaves_the_channel_to_the_job() {
    let env = Env::new();
    let long = "UPDATE DIRPARTYTABLE SET LANGUAGEID = 'far-too-long-a-language' WHERE RECID IN
                (SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = '00000004')";
    env.hq().execute_batch(long).unwrap();
    let edit = "pos edit-customer --channel houston --account 00000004 --set first-name=Grace";
    let report = env.json(edit);
    assert_eq!(report["path"], "real-time");
    assert_eq!(report["left_to_job"]["job"], "1010", "{report:#}");
    let why = report["left_to_job"]["why"].as_str().unwrap();
    assert!(why.contains("LANGUAGEID"), "{why}");
    assert_eq!(intents(&env), 0);
    let run = env.ok("pos edit-customer --channel houston --account 00000004 --set first-name=Ann");
    assert!(run.out.contains("cdx run 1010"), "{}", run.text());
    assert!(env.ok("customers show 00000004").out.contains("Ann"));
    let calls = env.json("rts list");
    assert_eq!(calls["calls"].as_array().unwrap().len(), 2, "the calls are logged: {calls:#}");
    // Headquarters is put right, and the job brings what the channel missed.
    env.ok("customers edit 00000004 --set language=en-us");
    env.ok("run 1010");
    let name = "SELECT count(*) FROM ax_DIRPARTYTABLE WHERE NAME LIKE 'Ann %'";
    assert_eq!(number(&env.channel("houston"), name), 1);
    works(&env);
}

#[test]
fn what_a_channel_refuses_is_left_to_the_job() {
    for broken in [
        "CREATE TRIGGER mine BEFORE INSERT ON ax_CUSTTABLE BEGIN SELECT raise(ABORT, 'no'); END",
        "DROP TABLE ax_DIRPARTYTABLE",
        "ALTER TABLE ax_CUSTTABLE DROP COLUMN ORGID",
    ] {
        let env = Env::new();
        env.channel("houston").execute_batch(broken).unwrap();
        let create = "pos create-customer --channel houston --first-name Ada --last-name Byron";
        let first = env.json(create);
        assert_eq!(first["path"], "real-time", "{first:#}");
        assert_eq!(first["left_to_job"]["job"], "1010", "{broken}: {first:#}");
        assert_eq!(intents(&env), 0, "{broken}");
        let account = first["account"].as_str().unwrap();
        env.ok(&format!("customers show {account}"));
        env.ok("csu restart");
    }
}

#[test]
fn a_real_time_call_that_was_interrupted_is_given_up_to_the_job() {
    for point in ["rts.after-headquarters", "rts.before-commit", "rts.after-commit"] {
        for how in ["damaged", "deleted"] {
            let env = Env::new();
            let create = "pos create-customer --channel houston --first-name Ada --last-name Byron";
            env.run(&format!("{create} --fault crash={point}")).expect(134);
            damage(&env, "houston");
            if how == "deleted" {
                fs::remove_file(env.channel_path("houston")).unwrap();
            }
            let run = env.ok("clock advance 1h");
            assert!(run.err.contains("cdx run 1010"), "{point} {how}\n{}", run.text());
            assert_eq!(intents(&env), 0);
            env.ok("channels rebuild houston");
            env.ok("run 1110 1070 1010");
            let byron = "SELECT count(*) FROM ax_DIRPARTYTABLE WHERE NAME = 'Ada Byron'";
            assert_eq!(number(&env.channel("houston"), byron), 1);
            works(&env);
        }
    }
}

#[test]
fn a_reconnect_with_a_damaged_offline_database_stands_in_nobodys_way() {
    let env = Env::asynchronous();
    env.ok("pos create-customer --channel houston --first-name Ada --last-name Away --offline");
    damage(&env, "houston.offline");
    let run = env.run("pos reconnect --channel houston").expect(3);
    assert!(run.err.contains("cdx channels rebuild houston.offline"), "{}", run.text());
    assert_eq!(intents(&env), 0, "refused before anything was announced");
    env.ok("clock advance 1h");
    env.ok("channels rebuild houston.offline");
    env.ok("pos reconnect --channel houston");
    works(&env);
}

#[test]
fn an_interrupted_reconnect_that_cannot_be_finished_is_kept_told_and_ended() {
    for point in ["reconnect.after-intent", "reconnect.before-commit", "reconnect.after-commit"] {
        let env = Env::asynchronous();
        env.ok("pos create-customer --channel houston --first-name Ada --last-name Away --offline");
        env.run(&format!("pos reconnect --channel houston --fault crash={point}")).expect(134);
        damage(&env, "houston.offline");
        let run = env.ok("clock advance 1h");
        assert!(run.err.contains("warning:"), "{}", run.text());
        assert!(run.err.contains("hint: cdx channels rebuild houston.offline"), "{}", run.text());
        assert_eq!(intents(&env), 1, "it stays");
        let run = env.ok("clock advance 1h");
        assert!(!run.err.contains("warning:"), "it is said once\n{}", run.text());
        let doctor = env.json("doctor --only CDX412");
        assert_eq!(doctor["findings"][0]["subject"]["channel"], "houston", "{doctor:#}");
        // Every other command goes on, on that channel too.
        env.ok("run P sync-customers 1010 --channel houston");
        env.create_async("houston", "Here");
        env.ok("channels rebuild houston.offline");
        assert_eq!(intents(&env), 0, "a rebuild of the offline database ends it");
        assert!(env.json("doctor --only CDX412")["findings"].as_array().unwrap().is_empty());
        works(&env);
    }
}

#[test]
fn an_unfinished_reconnect_is_ended_by_another_once_its_cause_is_gone() {
    let env = Env::asynchronous();
    env.ok("pos create-customer --channel houston --first-name Ada --last-name Away --offline");
    env.run("pos reconnect --channel houston --fault crash=reconnect.after-intent").expect(134);
    let refuse = "CREATE TRIGGER mine BEFORE INSERT ON ax_RETAILASYNCCUSTOMERV2 \
                  BEGIN SELECT raise(ABORT, 'no'); END";
    env.channel("houston").execute_batch(refuse).unwrap();
    env.ok("csu restart");
    assert_eq!(intents(&env), 1);
    let _refused = env.run("pos reconnect --channel houston");
    env.channel("houston").execute_batch("DROP TRIGGER mine").unwrap();
    env.ok("pos reconnect --channel houston");
    assert_eq!(intents(&env), 0);
    let away = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2 WHERE LASTNAME = 'Away'";
    assert_eq!(number(&env.channel("houston"), away), 1, "merged once");
    works(&env);
}

#[test]
fn a_channel_with_a_schema_script_that_does_not_read_is_not_made() {
    let env = Env::new();
    env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT); CREATE TABEL ext_X (A);");
    let before = dump(&env.hq(), "RETAIL") + &dump(&env.hq(), "cdx_INTENT");
    let run = env.run("channels add boston").expect(2);
    assert!(run.err.contains("schema/channel/mine.sql"), "{}", run.text());
    assert_eq!(dump(&env.hq(), "RETAIL") + &dump(&env.hq(), "cdx_INTENT"), before);
    assert!(!env.channel_path("boston").exists());
    works(&env);
    env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT);");
    env.ok("channels add boston");
    works(&env);
}

#[test]
fn a_channel_that_is_half_made_is_ended_by_a_rebuild() {
    for point in ["channel.after-intent", "channel.after-file"] {
        for ends in ["channels rebuild boston", "clock advance 1m"] {
            let env = Env::new();
            env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT);");
            env.run(&format!("channels add boston --fault crash={point}")).expect(134);
            env.write("schema/channel/mine.sql", "CREATE TABEL ext_MINE (A INT);");
            if point == "channel.after-file" {
                fs::remove_file(env.channel_path("boston")).unwrap();
            }
            let run = env.ok("run 1010 --channel houston");
            assert!(run.err.contains("hint: cdx channels rebuild boston"), "{}", run.text());
            assert_eq!(intents(&env), 1);
            env.ok("pos create-customer --channel houston --first-name Ada --last-name Byron");
            let finding = &env.json("doctor --only CDX412")["findings"][0];
            assert_eq!(finding["fix"]["commands"][0], "cdx channels rebuild boston");
            env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT);");
            env.ok(ends);
            assert_eq!(intents(&env), 0);
            let mine = "SELECT count(*) FROM ext_MINE";
            assert_eq!(number(&env.channel("boston"), mine), 0);
            works(&env);
        }
    }
}

#[test]
fn a_rebuild_that_cannot_be_finished_is_ended_by_another() {
    for point in ["rebuild.after-intent", "rebuild.after-aside"] {
        let env = Env::new();
        env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT);");
        damage(&env, "houston");
        env.run(&format!("channels rebuild houston --fault crash={point}")).expect(134);
        env.write("schema/channel/mine.sql", "CREATE TABEL ext_MINE (A INT);");
        let run = env.ok("clock advance 1h");
        assert!(run.err.contains("hint: cdx channels rebuild houston"), "{}", run.text());
        env.ok("run 1010 --channel seattle");
        env.write("schema/channel/mine.sql", "CREATE TABLE ext_MINE (A INT);");
        env.ok("channels rebuild houston");
        assert_eq!(intents(&env), 0);
        works(&env);
    }
}

/// What an upload session had collected is known to the channel alone: the session stays until
/// the channel can be read again, also where somebody cancels it and has it tried again.
#[test]
fn an_interrupted_upload_of_a_channel_that_cannot_be_read_is_kept() {
    let points = ["collect.after-intent", "collect.after-commit"];
    for (point, cancelled) in points.into_iter().flat_map(|at| [(at, false), (at, true)]) {
        let env = Env::asynchronous();
        env.create_async("houston", "Sent");
        env.run(&format!("run P --fault crash={point}")).expect(134);
        let path = env.channel_path("houston");
        drop(Connection::open(&path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
        let whole = fs::read(&path).unwrap();
        damage(&env, "houston");
        let run = env.ok("clock advance 1h");
        assert!(run.err.contains("hint: cdx channels rebuild houston"), "{}", run.text());
        let packages = env.packages();
        let doctor = env.json("doctor --only CDX412");
        assert_eq!(doctor["findings"][0]["subject"]["channel"], "houston", "{doctor:#}");
        env.ok("run P --channel seattle");
        for package in &packages {
            assert!(env.packages().contains(package), "{package} may be all that is left");
        }
        if cancelled {
            env.ok("sessions cancel 1 --upload");
        }
        fs::write(&path, &whole).unwrap();
        if cancelled {
            env.ok("sessions retry 1 --upload");
        }
        env.ok("run P sync-customers 1010");
        assert_eq!(intents(&env), 0);
        let sent = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = 'Sent'";
        assert_eq!(number(&env.hq(), sent), 1, "{point}, cancelled: {cancelled}");
        works(&env);
    }
}

/// An `init` that was ended after `cdx.toml` was written leaves its mark to the next command.
#[test]
fn the_mark_of_an_environment_that_is_made_goes_with_the_next_command() {
    let env = Env::new();
    env.write("cdx.init", "");
    env.ok("csu restart");
    assert!(!env.path().join("cdx.init").exists());
    let run = env.run("init . --customers 4").expect(2);
    assert!(run.err.contains("an environment"), "{}", run.err);
}
