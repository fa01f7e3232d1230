//! `cdx doctor` writes nothing, wherever it looks and whoever else is at work.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use rusqlite::Connection;

#[cfg(target_os = "linux")]
use super::harness::Run;
use super::harness::{Env, program};

const WAYS: &[&str] = &[
    "doctor",
    "doctor --quick",
    "doctor --format json",
    "doctor --format junit",
    "doctor --format sarif",
    "doctor --format github",
    "doctor --fix --dry-run",
    "doctor --only CDX303 --channel houston",
];

/// Every file and folder: its bytes and when it was changed.
fn listing(root: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    fn walk(path: &Path, found: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
        let about = fs::metadata(path).unwrap();
        let changed = about.modified().unwrap();
        if about.is_dir() {
            found.insert(path.to_path_buf(), (Vec::new(), changed));
            for entry in fs::read_dir(path).unwrap() {
                walk(&entry.unwrap().path(), found);
            }
        } else {
            found.insert(path.to_path_buf(), (fs::read(path).unwrap(), changed));
        }
    }
    let mut found = BTreeMap::new();
    walk(root, &mut found);
    found
}

/// Looks in every way; nothing changes, and the exit code is this.
fn looks_without_a_trace(env: &Env, code: i32) {
    let before = listing(env.path());
    for words in WAYS {
        let run = env.run(words);
        let narrow = words.contains("CDX303") || words.contains("--quick");
        assert!(run.code == code || narrow, "{words}\n{}", run.text());
        let after = listing(env.path());
        let names = |all: &BTreeMap<PathBuf, _>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after), "{words}");
        for (path, was) in &before {
            assert!(after[path] == *was, "{words} changed {}", path.display());
        }
    }
}

#[test]
fn it_leaves_every_file_as_it_is() {
    let env = Env::asynchronous();
    env.ok("pos create-customer --channel houston --first-name Ada --last-name Away --offline");
    looks_without_a_trace(&env, 0);
    env.channel("online").execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
    looks_without_a_trace(&env, 1);
}

#[test]
fn a_log_that_a_killed_process_left_is_read_and_stays() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set group=40");
    // The process ends with the rows of one database in its log: of whichever was the first.
    env.run("run 1010 --fault crash=apply.after-commit").expect(134);
    let channels = fs::read_dir(env.path().join("channels")).unwrap();
    let mut logs = channels.map(Result::unwrap).filter(|file| {
        file.file_name().to_string_lossy().ends_with(".db-wal")
            && file.metadata().unwrap().len() > 0
    });
    assert!(logs.next().is_some(), "the crash left no log to read");
    let before = listing(env.path());
    for words in WAYS {
        let run = env.run(words);
        assert!(matches!(run.code, 0 | 1), "{words}\n{}", run.text());
        assert_eq!(run.err, "", "nobody writes any more");
        assert!(listing(env.path()) == before, "{words} changed something");
    }
    let report = env.json("doctor");
    assert!(!report.to_string().contains("CDX901 "), "{report:#}");
    env.ok("run 1010");
    env.run("doctor --fail-on warning").expect(0);
}

#[test]
fn a_log_that_somebody_holds_open_is_read_and_stays() {
    let env = Env::new();
    let houston = env.channel("houston");
    houston.execute_batch("PRAGMA wal_autocheckpoint = 0; DELETE FROM ax_CUSTTABLE").unwrap();
    let hq = env.hq();
    hq.execute_batch("PRAGMA wal_autocheckpoint = 0; UPDATE RETAILCONNPARAMETERS SET TRYCOUNT = 9")
        .unwrap();
    let report = env.json("doctor");
    let text = report.to_string();
    assert!(text.contains("CDX211") && text.contains("CDX207"), "it reads the log: {report:#}");
    looks_without_a_trace(&env, 1);
    // What is not committed is not there.
    hq.execute_batch("BEGIN IMMEDIATE; DELETE FROM CUSTTABLE").unwrap();
    assert_eq!(env.json("doctor"), report);
    looks_without_a_trace(&env, 1);
    drop((houston, hq));
}

/// A user who may read the environment and write nothing: root may write everywhere.
#[cfg(target_os = "linux")]
fn as_nobody(env: &Env, words: &str) -> Option<Run> {
    use std::process::Command;
    let tried = |id: &str| {
        let args = ["--reuid=65534", "--regid=65534", "--clear-groups", id];
        Command::new("setpriv").args(args).output().is_ok_and(|output| output.status.success())
    };
    if !tried("true") {
        return None;
    }
    // The program stands in a folder that another user may not enter.
    let here = PathBuf::from("/tmp").join(format!("cdx-doctor-{}", std::process::id()));
    if !here.exists() {
        fs::copy(env!("CARGO_BIN_EXE_cdx"), &here).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&here);
    command.env_clear().args(words.split_whitespace()).current_dir(env.path());
    Some(Run::of(command.output().unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn it_reads_where_it_may_not_write() {
    use std::os::unix::fs::PermissionsExt as _;
    fn allow(path: &Path, write: bool) {
        let about = fs::metadata(path).unwrap();
        let mode = if about.is_dir() { 0o555 } else { 0o444 };
        let mode = if write { mode | 0o200 } else { mode };
        if about.is_dir() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            for entry in fs::read_dir(path).unwrap() {
                allow(&entry.unwrap().path(), write);
            }
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let env = Env::new();
    let here = PathBuf::from("/tmp").join(format!("cdx-doctor-{}", std::process::id()));
    for logged in [false, true] {
        let held = logged.then(|| {
            let houston = env.channel("houston");
            let sql = "PRAGMA wal_autocheckpoint = 0; DELETE FROM ax_CUSTTABLE";
            houston.execute_batch(sql).unwrap();
            houston
        });
        let expected = env.run("doctor");
        assert_eq!(expected.code, i32::from(logged));
        allow(env.path(), false);
        let before = listing(env.path());
        assert_eq!(env.run("doctor").text(), expected.text());
        match as_nobody(&env, "doctor") {
            Some(run) => assert_eq!(run.text(), expected.text(), "as another user"),
            None => println!("not shown as another user: setpriv may not change users here"),
        }
        assert!(listing(env.path()) == before);
        allow(env.path(), true);
        drop(held);
    }
    let _may_never_have_been_made = fs::remove_file(here);
}

/// Runs a job over and over in another process until it is told to stop.
#[test]
fn while_a_run_writes_it_says_what_it_could_judge() {
    let env = Env::new();
    let stop = env.path().join("stop");
    let writer = std::thread::spawn({
        let (path, stop) = (env.path().to_path_buf(), stop.clone());
        move || {
            let mut rounds = 0_u32;
            while !stop.exists() {
                rounds += 1;
                let hq = Connection::open(path.join("hq.db")).unwrap();
                hq.busy_timeout(Duration::from_secs(5)).unwrap();
                let sql = format!("UPDATE CUSTTABLE SET CUSTGROUP = '{rounds}'");
                hq.execute_batch(&sql).unwrap();
                drop(hq);
                let mut command = program(&path);
                command.args(["run", "1010", "1110"]).stdout(Stdio::null());
                command.stderr(Stdio::null()).status().unwrap();
            }
            rounds
        }
    });
    let begun = Instant::now();
    let mut looked = 0;
    while begun.elapsed() < Duration::from_secs(2) || looked < 3 {
        let run = env.run("doctor --format json");
        assert!(matches!(run.code, 0 | 1 | 3), "{}", run.text());
        let report = run.json();
        for finding in report["findings"].as_array().into_iter().flatten() {
            let code = finding["code"].as_str().unwrap();
            assert!(!matches!(code, "CDX901" | "CDX211" | "CDX210"), "{finding:#}");
        }
        looked += 1;
    }
    fs::write(&stop, "").unwrap();
    assert!(writer.join().unwrap() > 1, "the writer wrote");
    fs::remove_file(stop).unwrap();
    env.ok("run 1010 1110");
    env.run("doctor --fail-on warning --skip session-flood").expect(0);
}

#[test]
fn a_writer_that_does_not_end_is_not_waited_for() {
    let env = Env::new();
    // A command holds the lock, and has announced itself.
    let lock = fs::File::open(env.path().join("cdx.lock")).unwrap();
    lock.lock().unwrap();
    let holder = "{\"pid\":1,\"command\":\"run\",\"generation\":9999}";
    env.write("cdx.lock.holder", holder);
    let begun = Instant::now();
    let run = env.run("doctor --format json").expect(0);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    assert!(run.err.contains("a command writes to the environment"), "{}", run.err);
    let report = run.json();
    let rules = report["rules"].as_array().unwrap();
    let skipped = rules.iter().filter(|rule| rule["state"] == "skipped");
    let skipped: Vec<&str> = skipped.map(|rule| rule["code"].as_str().unwrap()).collect();
    assert_eq!(skipped, ["CDX210", "CDX211", "CDX411", "CDX413", "CDX901"]);
    drop(lock);
    // Its process has ended: nobody writes, whatever it announced.
    assert_eq!(env.run("doctor").expect(0).err, "");
}
