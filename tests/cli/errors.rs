//! What people read when something is wrong, and the codes scripts get.

use std::fs;

use super::harness::{Env, Run, program};
use tempfile::TempDir;

fn bare(words: &str) -> Run {
    let dir = TempDir::new().unwrap();
    let output = program(dir.path()).args(words.split_whitespace()).output().unwrap();
    Run::of(output)
}

#[test]
fn without_an_environment_the_hint_makes_one() {
    insta::assert_snapshot!(bare("run 1010 --env nowhere").text(), @r"
    exit 3
    --- stdout
    --- stderr
    error: no cdx environment at nowhere: no cdx.toml there or in a folder above
    hint: make one: cdx --env nowhere init
    ");
}

#[test]
fn an_unknown_job_suggests_the_nearest() {
    let env = Env::new();
    insta::assert_snapshot!(env.run("run custmers").text(), @r#"
    exit 2
    --- stdout
    --- stderr
    error: unknown job "custmers"
    hint: did you mean "Customers"? see what there is: cdx jobs list
    "#);
}

#[test]
fn an_error_in_json_is_one_object() {
    let env = Env::new();
    let run = env.run("run 1010 --channel huston --format json").expect(2);
    let report = run.json();
    assert_eq!(report["format_version"], 2);
    assert_eq!(report["command"], "run");
    assert_eq!(report["error"]["code"], "unknown-name");
    assert_eq!(report["error"]["message"], "unknown channel \"huston\"");
    assert!(report["error"]["hints"][0].as_str().unwrap().contains("houston"), "{report:#}");
}

#[test]
fn a_usage_error_in_json_is_one_object_too() {
    let run = bare("runn 1010 --format json").expect(2);
    let report = run.json();
    assert_eq!(report["error"]["code"], "usage");
    assert!(report.to_string().contains("'run'"), "{report:#}");
    assert!(bare("runn").expect(2).err.contains("hint: see what there is: cdx help"));
    let meant = |words: &str| bare(words).expect(2).json()["command"].clone();
    assert_eq!(meant("--env run features enable --format json"), "features enable");
    assert_eq!(meant("--format json customers statsu"), "customers");
    assert_eq!(meant("runn --format=json"), "");
    let run = bare("doctor --format yaml").expect(2);
    assert!(run.err.contains("hint: see what there is: cdx help doctor"), "{}", run.err);
}

#[test]
fn help_and_version_are_no_errors() {
    assert!(bare("--help").expect(0).out.contains("Usage: cdx"));
    assert!(bare("--version").expect(0).out.starts_with("cdx "));
    assert!(bare("help run").expect(0).out.contains("--full"));
    bare("").expect(2);
    let doctor = bare("doctor --help").expect(0).out;
    for format in ["text", "json", "junit", "sarif", "github"] {
        let line = doctor.lines().find(|line| line.starts_with(&format!("  --format {format} ")));
        assert!(line.is_some_and(|line| line.len() > 30), "{format}\n{doctor}");
    }
}

#[test]
fn init_refuses_to_overwrite() {
    let env = Env::new();
    let run = env.run("init .").expect(2);
    assert!(run.err.contains("already holds an environment"), "{}", run.err);
    env.ok("run 1010");
}

#[test]
fn what_is_no_headquarters_is_told() {
    let env = Env::new();
    let path = env.path().join("hq.db");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, "this is no database, it is a text of more than a hundred characters, which is what it takes to be read").unwrap();
    let run = env.run("run 1010").expect(3);
    assert!(run.err.contains("hq.db is not a database"), "{}", run.err);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(env.run("sessions list").code == 3 || env.run("run 1010").code == 3);
    fs::remove_file(&path).unwrap();
    let run = env.run("run 1010").expect(3);
    assert!(run.err.contains("hq.db is missing"), "{}", run.err);
    fs::write(&path, whole).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let run = env.run("run 1010").expect(3);
    assert!(run.err.contains("schema version 99"), "{}", run.err);
}

#[test]
fn partial_work_is_told_beside_the_error() {
    let env = Env::new();
    let hq = env.hq();
    hq.execute_batch("ALTER TABLE CUSTTABLE RENAME COLUMN CREDITRATING TO RATING").unwrap();
    let run = env.run("run 1110 1010 --format json").expect(2);
    let report = run.json();
    let message = report["error"]["message"].as_str().unwrap();
    assert!(message.contains("job 1010") && message.contains("CREDITRATING"), "{message}");
    assert_eq!(report["report"]["jobs"][0]["job"], "1110");
    assert!(run.err.contains("cdx jobs check"), "{}", run.err);
}

#[test]
fn values_out_of_place_name_what_was_expected() {
    let env = Env::new();
    for (words, code, expected) in [
        ("clock advance soon", 2, "is not a duration, expected for example 15m"),
        ("clock set 2020-01-01", 2, "never goes back"),
        ("params set try-count 0", 2, "expected a number from 1 to 100"),
        ("params set try-cuont 5", 2, "did you mean \"try-count\""),
        ("profiles set Stors --async-customers yes", 2, "unknown profile \"Stors\""),
        ("run 1010 --fault aply-fails", 2, "did you mean \"apply-fails\""),
        ("run 1010 --phase collect", 2, "only uploads have phases"),
        ("run P --full", 2, "uploads are incremental only"),
        ("schedules set Downloads --jobs custmers", 2, "did you mean \"Customers\"?"),
        ("schedules set Downloads --add-jobs custmers", 2, "did you mean \"Customers\"?"),
        ("schedules set Downloads --remove-jobs custmers", 2, "did you mean \"Customers\"?"),
        ("schedules set Downloads --groups Defualt", 2, "did you mean \"Default\"?"),
        ("schedules set Downloads --add-groups Defualt", 2, "did you mean \"Default\"?"),
        ("schedules set Downloads --remove-groups Defualt", 2, "did you mean \"Default\"?"),
        ("schedules set Downlods --active yes", 2, "did you mean \"Downloads\"?"),
        ("schedules set Downloads --jobs 1010 --add-jobs 1110", 2, "cannot be used with"),
        ("pos edit-customer --channel houston --account 9 --set x=y", 2, "unknown field \"x\""),
        ("pos balance --channel houston --account 99", 2, "does not have customer \"99\""),
        ("channels add Boston!", 2, "expected 1 to 15 of a-z"),
        ("channels add houston", 2, "channel \"houston\" already exists"),
        ("sessions show 999", 2, "unknown session"),
        ("customers show 99", 2, "unknown customer"),
        ("customers status show nothing", 2, "expected for example customer-1"),
        ("which-job xyzzy", 2, "nothing is known"),
        ("explain D99", 2, "nothing to explain"),
    ] {
        let run = env.run(words).expect(code);
        assert!(run.err.contains(expected), "{words}\n{}", run.text());
        assert!(run.err.contains("hint: "), "{words}\n{}", run.text());
    }
}

/// What a hint about a channel's file names is what brings the channel back.
#[test]
fn a_channel_file_that_cannot_be_used_can_be_made_again() {
    let text = "this is no database, it is a text of more than a hundred characters, which is \
                what it takes to be read as one";
    let env = Env::new();
    let whole = fs::read(env.channel_path("seattle")).unwrap();
    let hq = fs::read(env.path().join("hq.db")).unwrap();
    let damaged = [&whole[..8192], &vec![0xff; whole.len() - 8192]].concat();
    let broken = [None, Some(text.as_bytes()), Some(&hq[..]), Some(&damaged[..])];
    for (at, contents) in broken.into_iter().enumerate() {
        match contents {
            None => fs::remove_file(env.channel_path("houston")).unwrap(),
            Some(bytes) => fs::write(env.channel_path("houston"), bytes).unwrap(),
        }
        let run = env.run("pos find-customer --channel houston 00000010").expect(3);
        let hint = "cdx channels rebuild houston\n";
        assert!(run.err.contains(hint), "{at}\n{}", run.text());
        env.ok("channels rebuild houston");
        env.ok("run 1110 1070 1010 1170");
        env.ok("pos find-customer --channel houston 00000010");
    }
    // Headquarters cannot be made again.
    fs::remove_file(env.path().join("hq.db")).unwrap();
    let run = env.run("run 1010").expect(3);
    assert!(run.err.contains("cdx init another-folder"), "{}", run.err);
}
