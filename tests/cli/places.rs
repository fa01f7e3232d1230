//! Where a new environment goes, and what of an old one is replaced.

use std::fs;
use std::path::Path;

use super::harness::{Env, Run, program};

fn with_variable(env: &Env, value: &str, args: &[&str]) -> Run {
    Run::of(program(env.path()).env("CDX_ENV", value).args(args).output().unwrap())
}

fn is_environment(env: &Env, folder: &str) -> bool {
    env.path().join(folder).join("cdx.toml").is_file()
}

/// A small environment, in few words.
fn init<'a>(before: &[&'a str]) -> Vec<&'a str> {
    [before, &["--customers", "3", "--channels", "1"]].concat()
}

#[test]
fn init_goes_where_the_option_and_the_variable_say() {
    let env = Env::empty();
    env.args(&init(&["--env", "by-option", "init"])).expect(0);
    with_variable(&env, "by-variable", &init(&["init"])).expect(0);
    with_variable(&env, "lost", &init(&["--env", "option-wins", "init"])).expect(0);
    with_variable(&env, "lost", &init(&["init", "folder-wins"])).expect(0);
    env.args(&init(&["--env", "same", "init", "./same"])).expect(0);
    for folder in ["by-option", "by-variable", "option-wins", "folder-wins", "same"] {
        assert!(is_environment(&env, folder), "{folder}");
    }
    assert!(!is_environment(&env, ".") && !is_environment(&env, "lost"));
    // An empty variable counts as unset.
    with_variable(&env, "", &init(&["init"])).expect(0);
    assert!(is_environment(&env, "."));
    with_variable(&env, "", &["clock", "show"]).expect(0);
}

#[test]
fn two_folders_are_one_too_many() {
    let env = Env::empty();
    for command in ["init", "demo"] {
        let run = env.args(&["--env", "one", command, "other"]).expect(2);
        assert!(run.err.contains("\"other\" and --env \"one\" are two"), "{}", run.err);
        assert!(run.err.contains(&format!("cdx {command} other")), "{}", run.err);
    }
    let run = env.args(&["--env", "", "init"]).expect(2);
    assert!(run.err.contains("--env is empty"), "{}", run.err);
    assert!(fs::read_dir(env.path()).unwrap().next().is_none(), "nothing was made");
}

#[test]
fn the_demo_goes_there_too_and_a_second_one_says_what_can_be_done() {
    let env = Env::empty();
    env.args(&["--env", "with a space", "demo"]).expect(0);
    assert!(is_environment(&env, "with a space") && !is_environment(&env, "cdx-demo"));
    env.ok("demo");
    let again = env.run("demo").expect(2);
    assert!(again.err.contains("cdx-demo already holds an environment"), "{}", again.err);
    assert!(again.err.contains("cdx demo another-folder"), "{}", again.err);
    assert!(!again.err.contains("cdx init"), "{}", again.err);
    env.ok("--env cdx-demo features list");
}

/// Every file below a folder and what it holds.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_forced_init_replaces_an_environment_and_leaves_what_is_the_users() {
    let env = Env::asynchronous();
    env.ok("clock advance 1h");
    let settings = fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    let settings = format!("# mine\n{settings}");
    env.write("cdx.toml", &settings);
    let own = ["notes.txt", "jobs/notes.txt", "channels/notes.txt", "packages/x.csv", "other.db"];
    for name in own {
        env.write(name, name);
    }
    let refused = env.run("init").expect(2);
    assert!(refused.err.contains("cdx init . --force"), "{}", refused.err);
    assert!(env.ok("clock show").out.contains("09:"), "it is as it was");
    env.ok("init --force --customers 5 --channels 2");
    assert_eq!(env.json("customers list")["total"], 7, "and two default customers");
    assert!(!env.channel_path("online").exists());
    for name in own {
        assert_eq!(fs::read_to_string(env.path().join(name)).unwrap(), name, "{name}");
    }
    assert_eq!(fs::read_to_string(env.path().join("cdx.toml")).unwrap(), settings);
    // It is as one that was made in an empty folder.
    let other = Env::empty();
    other.ok("init --customers 5 --channels 2");
    for words in ["run 1010", "sessions list", "customers list", "clock show", "doctor"] {
        assert_eq!(env.run(words).text(), other.run(words).text(), "{words}");
    }
    // A folder without one is no obstacle.
    env.ok("init new --force --customers 3 --channels 1");
}

#[test]
fn a_forced_init_leaves_what_is_not_an_environment() {
    let of_another = |file: &str| {
        let env = Env::new();
        let path = env.path().join(file);
        let _there = fs::remove_file(&path);
        let db = rusqlite::Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA application_id = 7; CREATE TABLE t (a)").unwrap();
        db.close().unwrap();
        env
    };
    let bare = Env::empty();
    bare.write("cdx.toml", "");
    let parts = Env::empty();
    parts.write("hq.db", "mine");
    let wrong = Env::new();
    wrong.write("cdx.toml", "[environment]\ncompany = 7\n");
    let hq = of_another("hq.db");
    for env in [bare, parts, wrong, hq, of_another("channels/seattle.db")] {
        let before = files(env.path());
        let run = env.run("init --force").expect(2);
        assert!(run.err.contains("hint: "), "{}", run.err);
        assert!(before == files(env.path()), "{}", run.text());
    }
}

#[cfg(unix)]
#[test]
fn a_forced_init_follows_no_link() {
    let env = Env::new();
    let channels = env.path().join("channels");
    let away = Env::empty();
    fs::rename(&channels, away.path().join("channels")).unwrap();
    std::os::unix::fs::symlink(away.path().join("channels"), &channels).unwrap();
    let before = files(away.path());
    let run = env.run("init --force").expect(2);
    assert!(run.err.contains("channels is a link"), "{}", run.err);
    assert!(before == files(away.path()));
}

#[test]
fn a_forced_init_that_was_interrupted_is_finished_by_the_next() {
    let env = Env::new();
    env.write("notes.txt", "mine");
    fs::rename(env.path().join("cdx.toml"), env.path().join("cdx.init")).unwrap();
    fs::remove_file(env.channel_path("seattle")).unwrap();
    let run = env.ok("init --customers 3");
    assert!(run.err.contains("made again"), "{}", run.err);
    assert_eq!(env.json("customers list")["total"], 6);
    assert_eq!(fs::read_to_string(env.path().join("notes.txt")).unwrap(), "mine");
}
