//! Ctrl-C: a run stops where everything is whole, says what is done and which command goes on, and
//! ends in 130; what only reads ends at once. Nothing is lost or told as damaged afterwards.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use super::harness::{Env, Run, number, program};

/// Sends the signal that Ctrl-C sends, to this process alone.
fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// Runs a command, interrupts it once standard error says this, and so many times.
fn interrupted(env: &Env, words: &str, at: &str, times: usize) -> Run {
    let mut command = program(env.path());
    command.args(words.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut err = String::new();
    while !err.contains(at) {
        assert!(lines.read_line(&mut err).unwrap() > 0, "it ended without {at:?}\n{err}");
    }
    for time in 0..times {
        if time > 0 {
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        interrupt(&child);
    }
    lines.read_to_string(&mut err).unwrap();
    let mut run = Run::of(child.wait_with_output().unwrap());
    run.err = err;
    run
}

/// An environment whose 1010 takes a while for each of four databases.
fn large() -> Env {
    let env = Env::empty();
    env.ok("init . --customers 15000 --empty-channels");
    env
}

#[test]
fn a_run_stops_between_databases_and_says_what_goes_on() {
    // More than are written at once.
    let env = Env::empty();
    env.ok("init . --customers 15000 --channels 8 --empty-channels");
    let words = "run 1110 1010 1070 -v --format json";
    let run = interrupted(&env, words, "step: applying 1010 to", 1).expect(130);
    let report = run.json();
    assert_eq!(report["left"], serde_json::json!(["1010", "1070"]), "{}", run.text());
    assert_eq!(report["jobs"].as_array().unwrap().len(), 2);
    assert!(run.err.contains("note: stopping where everything is whole"), "{}", run.err);
    // Each database has all of it or nothing, and headquarters knows which.
    let channels = report["jobs"][1]["sessions"][0]["channels"].as_array().unwrap();
    let (mut applied, mut left) = (0, 0);
    for one in channels {
        let name = one["channel"].as_str().unwrap();
        let rows = number(&env.channel(name), "SELECT count(*) FROM ax_CUSTTABLE");
        match one["status"].as_str().unwrap() {
            "Applied" => applied += i64::from(rows > 15_000),
            "Available" => left += i64::from(rows == 0),
            other => panic!("{other}: {}", run.text()),
        }
    }
    assert_eq!(applied + left, 9, "{}", run.text());
    // The doctor finds nothing broken, and what goes on brings the rest.
    let doctor = env.json("doctor --only CDX401,CDX402,CDX412,CDX601");
    assert_eq!(doctor["checks"]["failed"], 0, "{doctor:#}");
    let text = env.ok("run 1010 1070").out;
    assert!(!text.contains("Failed"), "{text}");
    env.ok("compare CUSTTABLE");
}

#[test]
fn the_text_names_the_command_that_goes_on_with_its_options() {
    let env = large();
    let words = "run 1010 1110 --full --channel houston -v";
    let run = interrupted(&env, words, "step: packing 1010", 1).expect(130);
    let hint = "go on: cdx run 1010 1110 --full --channel houston\n";
    assert!(run.out.contains("Interrupted: 1010, 1110 are left\n"), "{}", run.text());
    assert!(run.out.contains(hint), "{}", run.text());
    env.ok("run 1010 1110 --full --channel houston");
}

#[test]
fn the_second_time_it_ends_at_once_and_nothing_is_lost() {
    let env = large();
    let run = interrupted(&env, "run 1010 -v", "step: applying 1010", 2).expect(130);
    // Where it was fast enough to stop by itself, it has said so.
    let at_once = "error: interrupted; the next command that writes undoes or finishes";
    assert!(run.err.contains(at_once) || run.out.contains("go on: cdx run 1010"), "{}", run.text());
    env.ok("run 1010");
    env.ok("compare CUSTTABLE");
}

#[test]
fn a_first_synchronization_is_gone_on_with_and_files_are_made_again() {
    let env = Env::empty();
    let words = "init made --customers 15000 -v";
    let run = interrupted(&env, words, "step: applying 1010", 1).expect(130);
    assert!(run.out.contains("go on: cdx --env made run "), "{}", run.text());
    let go_on = run.out.lines().find_map(|line| line.trim().strip_prefix("go on: cdx ")).unwrap();
    env.ok(go_on);
    // Before its files are whole there is no environment.
    let words = "init other --customers 15000 -v";
    let run = interrupted(&env, words, "step: writing customers", 1).expect(130);
    assert!(run.err.contains("error: interrupted; the environment is not finished"), "{}", run.err);
    assert!(run.err.contains("hint: the same command makes it again"), "{}", run.err);
    env.run("status --env other").expect(3);
    env.ok("init other --customers 20");
}

#[test]
fn the_clock_stops_between_batches() {
    let env = Env::new();
    let words = "clock advance 20d --run-schedules -v";
    let run = interrupted(&env, words, "step: job 1 of 1", 1).expect(130);
    let hint = "Interrupted; go on: cdx clock set '2026-02-04 08:00:00' --run-schedules\n";
    assert!(run.out.contains(hint), "{}", run.text());
    env.ok("clock advance 1h --run-schedules");
    env.run("doctor --only CDX401,CDX402,CDX412,CDX601").expect(0);
}

#[test]
fn what_is_done_in_one_transaction_is_undone() {
    let env = Env::new();
    let before = number(&env.hq(), "SELECT count(*) FROM CUSTGROUP");
    let words = "data make CUSTGROUP --rows 300000 -v";
    let run = interrupted(&env, words, "step: making CUSTGROUP", 1).expect(130);
    assert!(run.err.contains("error: interrupted; the next command"), "{}", run.err);
    assert!(run.err.contains("hint: see what is done: cdx status"), "{}", run.err);
    env.ok("params set try-count 3");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTGROUP"), before);
}

#[test]
fn scenarios_stop_and_leave_no_environment_behind() {
    let env = Env::empty();
    let temporary = env.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let step = "[[step]]\nrun = \"status\"\n";
    let scenario = format!(
        "name = \"long\"\n[environment]\ncustomers = 0\nseed = \"${{seed}}\"\n[matrix]\nseed = [1, 2, 3]\n{}",
        step.repeat(50)
    );
    std::fs::write(env.path().join("long.toml"), scenario).unwrap();
    let mut command = program(env.path());
    command.args(["test", "long.toml", "--jobs", "1", "--format", "json"]);
    command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let is_empty = || std::fs::read_dir(&temporary).unwrap().next().is_none();
    while is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended without an environment");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    interrupt(&child);
    let run = Run::of(child.wait_with_output().unwrap()).expect(130);
    assert!(is_empty(), "{}", run.text());
    let report = run.json();
    assert_eq!(report["scenarios"], serde_json::json!([]), "{}", run.text());
    assert_eq!(report["left"].as_array().unwrap().len(), 3, "{}", run.text());
}
