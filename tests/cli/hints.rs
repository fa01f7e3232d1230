//! Whatever is broken, the hints that the program prints lead out when they are typed.
//!
//! A refusal is the end only where a file cannot be written, the disk is full, or `hq.db` is
//! damaged: a copy is put back, or a new environment made.

use std::fs;
use std::sync::OnceLock;

use super::fixture::obey;
use super::harness::{Env, Run, copy};

/// How deep hints of hints are followed.
const DEPTH: usize = 5;

/// One way to break a channel or offline database.
struct Breakage {
    what: &'static str,
    breaks: fn(&Env, &str),
}

const BREAKAGES: &[Breakage] = &[
    Breakage { what: "damaged", breaks: damage },
    Breakage { what: "missing", breaks: remove },
    Breakage {
        what: "a table that comes down is gone",
        breaks: |env, name| sql(env, name, "DROP TABLE ax_CUSTTABLE"),
    },
    Breakage {
        what: "a table that goes up is gone",
        breaks: |env, name| sql(env, name, "DROP TABLE ax_RETAILASYNCCUSTOMERV2"),
    },
    Breakage {
        what: "triggers that raise",
        breaks: |env, name| {
            for table in ["ax_CUSTTABLE", "ax_RETAILASYNCCUSTOMERV2", "crt_UPLOADSESSION"] {
                let raise = "BEGIN SELECT raise(ABORT, 'no'); END";
                sql(
                    env,
                    name,
                    &format!("CREATE TRIGGER a_{table} BEFORE INSERT ON {table} {raise}"),
                );
                sql(
                    env,
                    name,
                    &format!("CREATE TRIGGER b_{table} BEFORE UPDATE ON {table} {raise}"),
                );
            }
        },
    },
];

fn sql(env: &Env, name: &str, text: &str) {
    let db = env.channel(name);
    db.execute_batch(text).unwrap();
    db.close().unwrap();
}

fn remove(env: &Env, name: &str) {
    for ending in ["db", "db-wal", "db-shm"] {
        let _absent = fs::remove_file(env.channel_path(name).with_extension(ending));
    }
}

fn damage(env: &Env, name: &str) {
    remove(env, name);
    fs::write(env.channel_path(name), "this is no database").unwrap();
}

/// A command, the channel it is about, and the steps of it at which a process can end.
struct Command {
    words: &'static str,
    channel: &'static str,
    points: &'static [&'static str],
}

const COMMANDS: &[Command] = &[
    Command {
        words: "run 1010",
        channel: "houston",
        points: &["pack.before-available", "apply.after-requested", "apply.after-commit"],
    },
    Command {
        words: "run P",
        channel: "houston",
        points: &["collect.after-intent", "collect.after-commit", "upload.before-commit"],
    },
    Command {
        words: "pos create-customer --channel online --first-name Ada --last-name Live",
        channel: "online",
        points: &["rts.after-headquarters", "rts.before-commit", "rts.after-commit"],
    },
    Command {
        words: "pos create-customer --channel houston --first-name Ada --last-name Later",
        channel: "houston",
        points: &[],
    },
    Command {
        words: "pos reconnect --channel houston",
        channel: "houston",
        points: &["reconnect.after-intent", "reconnect.before-commit", "reconnect.after-commit"],
    },
    Command {
        words: "channels add boston",
        channel: "boston",
        points: &["channel.after-intent", "channel.after-file"],
    },
    Command {
        words: "channels rebuild houston --discard",
        channel: "houston",
        points: &["rebuild.after-intent", "rebuild.after-aside", "rebuild.after-file"],
    },
];

/// What must work in the end.
const WORKING: &[&str] = &[
    "run 1110 1070 1010",
    "pos create-customer --channel houston --first-name Grace --last-name Hopper",
    "pos create-customer --channel seattle --first-name Grace --last-name Murray",
    "pos reconnect --channel houston",
    "run P sync-customers 1010",
];

/// Asynchronous in stores, real-time in the shop, with something to do in every stage.
fn prepared() -> Env {
    static TEMPLATE: OnceLock<Env> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let env = Env::new();
        env.ok("features enable async-customer-editing --with-prerequisites");
        env.ok("profiles set Stores --async-customers yes");
        env.ok("run 1110 1010 1070");
        env.ok("csu restart");
        env.create_async("houston", "Here");
        env.ok("pos create-customer --channel houston --first-name A --last-name Off --offline");
        env.ok("customers edit 00000010 --set group=40");
        env.ok("customers create --first-name Alan --last-name Turing");
        env
    });
    let env = Env::empty();
    copy(template.path(), env.path()).unwrap();
    env
}

/// The commands of the hints, word for word.
fn hints(run: &Run) -> Vec<String> {
    let lines = run.err.lines().filter_map(|line| line.strip_prefix("hint: "));
    lines.filter_map(|line| line.find("cdx ").map(|at| line[at..].to_owned())).collect()
}

/// Types the hints of a run, and theirs; each once on the way.
fn follow(env: &Env, run: &Run, way: &mut Vec<String>, depth: usize) {
    for hint in hints(run) {
        if way.contains(&hint) || depth == 0 {
            continue;
        }
        way.push(hint.clone());
        let next = obey(env, &hint);
        assert!(![101, 130].contains(&next.code), "{way:?}\n{}", next.text());
        follow(env, &next, way, depth - 1);
    }
}

/// Runs a command until it ends well, typing what it hints at in between.
fn ends_well(env: &Env, words: &str, story: &str) {
    let mut way = vec![words.to_owned()];
    for _ in 0..4 {
        let run = env.run(words);
        if run.code == 0 {
            return follow(env, &run, &mut way, DEPTH);
        }
        let mut fresh = Vec::new();
        follow(env, &run, &mut fresh, DEPTH);
        assert!(!fresh.is_empty(), "{story}: no hint leads out of {way:?}\n{}", run.text());
        way.extend(fresh);
    }
    panic!("{story}: {way:?} does not lead out\n{}", env.run(words).text());
}

fn leads_out(command: &Command, breakage: &Breakage, name: &str, point: Option<&str>) {
    let env = prepared();
    let story = format!("{name}: {}, {} at {point:?}", breakage.what, command.words);
    if let Some(point) = point {
        env.run(&format!("{} --fault crash={point}", command.words)).expect(134);
        if env.channel_path(name).exists() {
            (breakage.breaks)(&env, name);
        }
    } else if name == "boston" {
        return;
    } else {
        (breakage.breaks)(&env, name);
        let run = env.run(command.words);
        follow(&env, &run, &mut vec![format!("cdx {}", command.words)], DEPTH);
    }
    for words in WORKING {
        ends_well(&env, words, &story);
    }
    let doctor = env.json("doctor --only CDX412,CDX901,CDX202");
    let left = doctor["findings"].as_array().unwrap();
    assert!(left.is_empty(), "{story}\n{left:#?}");
}

fn play(command: &Command) {
    for breakage in BREAKAGES {
        let points = std::iter::once(None).chain(command.points.iter().map(|point| Some(*point)));
        for point in points {
            leads_out(command, breakage, command.channel, point);
            if command.words.starts_with("pos reconnect") {
                leads_out(command, breakage, "houston.offline", point);
            }
        }
    }
}

#[test]
fn out_of_a_download() {
    play(&COMMANDS[0]);
}

#[test]
fn out_of_an_upload() {
    play(&COMMANDS[1]);
}

#[test]
fn out_of_a_real_time_call() {
    play(&COMMANDS[2]);
}

#[test]
fn out_of_an_asynchronous_operation() {
    play(&COMMANDS[3]);
}

#[test]
fn out_of_a_reconnect() {
    play(&COMMANDS[4]);
}

#[test]
fn out_of_a_channel_that_is_added() {
    play(&COMMANDS[5]);
}

#[test]
fn out_of_a_rebuild() {
    play(&COMMANDS[6]);
}
