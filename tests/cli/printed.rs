//! What rows and files hold is shown, not obeyed; JSON says it as it is.

use std::fs;
use std::process::Command;

use super::harness::Env;

/// Colours a line, moves the cursor, turns the direction, hides, and makes a line of its own.
const STRANGE: &str = "Ada\u{1b}[31m\u{9b}2J\u{202e}\u{200b}\u{7f}\nhint: cdx init";

fn assert_shown(text: &str) {
    let obeyed = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}".contains(c);
    assert!(!text.contains(obeyed), "{text:?}");
    assert!(text.lines().all(|line| !line.starts_with("hint: cdx init")), "{text}");
}

#[test]
fn what_rows_hold_is_shown_and_not_obeyed() {
    let env = Env::new();
    env.hq().execute("UPDATE RETAILCONNSCHEDULE SET DESCRIPTION = ?1", [STRANGE]).unwrap();
    env.hq().execute("UPDATE DIRPERSONNAME SET FIRSTNAME = ?1", [STRANGE]).unwrap();
    env.channel("houston").execute("UPDATE ax_DIRPARTYTABLE SET NAME = ?1", [STRANGE]).unwrap();
    for command in [
        "customers list",
        "customers show 00000004",
        "pos find-customer --channel houston Ada",
        "schedules list",
        "doctor",
        "doctor --format github",
        "doctor --format junit",
    ] {
        let run = env.run(command);
        assert_shown(&(run.out.clone() + &run.err));
        if command.starts_with("customers") {
            assert!(run.out.contains("Ada\\u{1b}[31m\\u{9b}2J\\u{202e}"), "{}", run.out);
        }
    }
    let run = env.run("customers list --format json");
    assert_shown(&run.out);
    assert!(run.json()["customers"][5]["first_name"] == STRANGE);
}

#[test]
fn what_files_and_people_say_is_shown_and_not_obeyed() {
    let env = Env::new();
    env.write(
        "jobs/x.toml",
        "\"a\\u001b[31m\" = 1\n\"b\\u202e\" = \"\u{202e}\"\n[job]\nid = \"\u{200b}\"\n",
    );
    env.write(
        "f.csv",
        "NAME,ENABLED,ENABLEDATE\n\"A\u{1b}[31m\nhint: cdx init\",\u{202e},\u{7f}\n",
    );
    let name = "channels/\u{1b}[31m.db";
    for args in [
        &["jobs", "check"][..],
        &["features", "check", "f.csv"],
        &["jobs", "check", name],
        &["pos", "find-customer", "--channel", STRANGE, "a"],
        &["customers", "show", STRANGE],
        &["run", STRANGE],
        &["run", "P", "--fault", STRANGE],
        &[STRANGE],
        &["explain", STRANGE],
        &["features", "show", STRANGE],
    ] {
        let run = env.args(args);
        assert_shown(&(run.out + &run.err));
        let run = env.args(&[args, &["--format", "json"]].concat());
        assert_shown(&(run.out + &run.err));
    }
    fs::remove_file(env.path().join("jobs/x.toml")).unwrap();
    env.ok("jobs check");
}

/// A place of SARIF is a file that Git keeps, or there is none.
#[test]
fn a_place_is_a_file_of_the_repository_or_none() {
    let env = Env::troubled();
    let places = || -> Vec<Option<String>> {
        let log = env.run("doctor --format sarif").json();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let uri = |one: &serde_json::Value| {
            let place = &one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            place.as_str().map(str::to_owned)
        };
        results.iter().map(uri).collect()
    };
    let git = |args: &[&str]| {
        let done = Command::new("git").current_dir(env.path()).args(args).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    let all = |wanted: Option<&str>| {
        let found = places();
        assert!(
            found.len() > 1 && found.iter().all(|place| place.as_deref() == wanted),
            "{found:?}"
        );
    };
    all(None);
    git(&["init", "--quiet"]);
    all(None);
    git(&["add", "cdx.toml"]);
    all(Some("cdx.toml"));
}
