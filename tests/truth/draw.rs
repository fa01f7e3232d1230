//! States of an environment, drawn from a seed: what people do in an order or out of it, and what
//! befalls files.

use std::fs;

use rusqlite::Connection;

use super::program::{Beginning, Env};

/// A sequence of numbers that is the same on every machine.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds begin far from each other.
        let mut draw = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        draw.below(2);
        draw.below(2);
        draw
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const FEATURES: &[&str] = &[
    "async-address-creation",
    "enhanced-async-customer-creation",
    "async-customer-editing",
    "cloud-powered-customer-search",
    "modern-customer-details-page",
];
const CHANNELS: &[&str] = &["houston", "seattle", "online"];
const STORES: &[&str] = &["houston", "seattle", "online", "houston.offline"];
const JOBS: &[&str] = &["1110", "1010", "1070", "1170"];
const CRASHES: &[&str] = &[
    "pack.after-start",
    "pack.after-available",
    "apply.after-requested",
    "apply.before-commit",
    "apply.after-commit",
    "rts.after-headquarters",
    "rts.before-commit",
    "collect.after-intent",
    "rebuild.after-aside",
    "replaced.after-headquarters",
];
const ACCOUNTS: &[&str] = &["00000001", "00000003", "00000005", "00000010"];

/// A state, and how it came about.
pub struct State {
    pub env: Env,
    pub story: Vec<String>,
}

pub fn state(seed: u64) -> State {
    let mut draw = Draw::new(seed);
    let beginning = match draw.below(8) {
        0 | 1 => Beginning::Empty,
        2 => Beginning::Old,
        _ => Beginning::Synchronized,
    };
    let env = Env::new(beginning);
    let mut story = vec![format!("({beginning:?})")];
    if draw.chance(35) {
        // The whole rollout, so that what comes after meets features in effect.
        for words in [
            "features enable async-customer-editing --with-prerequisites",
            "profiles set Stores --async-customers yes",
            "run 1110 1010 1070",
        ] {
            env.run(words);
            story.push(words.to_owned());
        }
    }
    let mut kept: Option<(String, Vec<u8>)> = None;
    for _ in 0..2 + draw.below(9) {
        if draw.chance(12) {
            story.push(befall(&env, &mut draw, &mut kept));
        } else {
            let words = command(&mut draw);
            let done = env.run(&words);
            assert_ne!(done.code, 101, "{story:#?}\n{words}\n{done:?}");
            story.push(format!("{words} ({})", done.code));
        }
    }
    // A fault that has not happened yet would happen to what is asked.
    if env.hq().execute_batch("DELETE FROM cdx_FAULT").is_ok() {
        story.push("(no fault is armed any more)".to_owned());
    }
    State { env, story }
}

/// One command, as somebody might give it.
fn command(draw: &mut Draw) -> String {
    let (channel, store, instance) = (draw.one(CHANNELS), draw.one(STORES), draw.below(2) + 1);
    match draw.below(34) {
        0 | 1 => format!("features enable {} --with-prerequisites", draw.one(FEATURES)),
        2 => format!("features disable {} --force", draw.one(FEATURES)),
        3 => format!("features schedule {} 2026-01-16", draw.one(FEATURES)),
        4 | 5 => {
            let (profile, yes) = (draw.one(&["Stores", "Online"]), draw.one(&["yes", "yes", "no"]));
            format!("profiles set {profile} --async-customers {yes}")
        }
        6 => format!("profiles set {} --async-orders yes", draw.one(&["Stores", "Online"])),
        7..=9 => format!("run {}", draw.one(JOBS)),
        10 => format!("run {} --full", draw.one(JOBS)),
        11 => format!("run {} --channel {store}", draw.one(JOBS)),
        12 => format!("run {} --fault apply-fails={store}", draw.one(JOBS)),
        13 => format!("run {} --fault download-fails={store}:3", draw.one(JOBS)),
        14 => format!("run {} --fault crash={}", draw.one(JOBS), draw.one(CRASHES)),
        15 => format!("channels {} {store}", draw.one(&["pause", "pause", "resume"])),
        16..=18 => format!(
            "pos create-customer --channel {channel} --first-name Ada --last-name Byron \
             --instance {instance}"
        ),
        19 => format!(
            "pos create-customer --channel {channel} --first-name Ada --last-name Byron \
             --instance {instance} --fault {}",
            draw.one(&["rts-down", "crash=rts.after-headquarters", "crash=rts.before-commit"])
        ),
        20 => format!(
            "pos create-address --channel {channel} --instance {instance} --account {} \
             --street Main --city Houston",
            draw.one(ACCOUNTS)
        ),
        21 => "pos create-customer --channel houston --first-name Ada --last-name Off --offline"
            .to_owned(),
        22 => "pos reconnect --channel houston".to_owned(),
        23 => draw
            .one(&["csu restart --e-commerce", "csu restart --channel CHANNEL"])
            .replace("CHANNEL", channel),
        24 => format!("clock advance {}", draw.one(&["5m", "16m", "1d"])),
        25 => format!("schedules set Downloads --active {}", draw.one(&["yes", "no"])),
        26 => format!(
            "schedules set Downloads {} Default",
            draw.one(&["--remove-groups", "--add-groups"])
        ),
        27 => draw
            .one(&[
                "params set try-count 1",
                "params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1",
                "params set filter-shared-customer-data-tables 1",
            ])
            .to_owned(),
        28 => format!("customers delete {}", draw.one(ACCOUNTS)),
        29 => format!("channels set {channel} --default-customer {}", draw.one(ACCOUNTS)),
        30 => draw.one(&["run P", "run P sync-customers", "run P sync-customers 1010"]).to_owned(),
        31 => draw
            .one(&[
                "upgrade --app-version 10.0.48 --scale-unit-version 10.0.29",
                "upgrade --app-version 10.0.29 --scale-unit-version 10.0.17",
                "upgrade --app-version 10.0.30",
                "scheduler init",
                "features refresh",
            ])
            .to_owned(),
        32 => draw
            .one(&[
                "channels group add Second",
                "channels group add Parked --dummy",
                "channels add boston --group Second --offline-database",
                "channels add boston --group Parked",
                "channels add boston",
            ])
            .to_owned(),
        _ => format!("channels rebuild {store} --discard"),
    }
}

/// Something that happens to a file: another program's statement, damage, a copy put back.
fn befall(env: &Env, draw: &mut Draw, kept: &mut Option<(String, Vec<u8>)>) -> String {
    let store = draw.one(STORES);
    let file = env.file(store);
    match draw.below(9) {
        0..=2 => {
            let name = draw.one(&["AsyncAddress", "AsyncCustomerEdit", "enhanced"]);
            let state =
                format!("(SELECT RECID FROM FEATUREMANAGEMENTSTATE WHERE NAME LIKE '%{name}%')");
            let row = draw.one(&["METADATA WHERE FEATURESTATE", "STATE WHERE RECID"]);
            let inside = draw.chance(20);
            if inside {
                let sql = format!("DELETE FROM FEATUREMANAGEMENT{row} IN {state}");
                other_program(&env.path().join("hq.db"), &sql)
            } else {
                let state = state.replace("FEATUREMANAGEMENT", "ax_FEATUREMANAGEMENT");
                other_program(&file, &format!("DELETE FROM ax_FEATUREMANAGEMENT{row} IN {state}"))
            }
        }
        3 => {
            let table = draw.one(&["CUSTTABLE", "RETAILCHANNELTABLE", "RETAILSTORETABLE"]);
            other_program(&file, &format!("DELETE FROM ax_{table}"))
        }
        4 => {
            let sql = draw.one(&["PRAGMA user_version = 99", "DROP TABLE ax_CUSTTABLE"]);
            other_program(&file, sql)
        }
        5 => {
            // A damaged file.
            let mut bytes = fs::read(&file).unwrap_or_default();
            let from = draw.one(&["0", "4096", "20480"]).parse::<usize>().unwrap();
            let end = bytes.len().min(from + 8192);
            if from < end {
                bytes[from..end].fill(0x5a);
            }
            fs::write(&file, bytes).unwrap();
            format!("({store} is damaged from {from})")
        }
        6 => {
            let _gone = fs::remove_file(&file);
            format!("({store} is removed)")
        }
        7 => {
            // An older copy is put back, where there is one.
            let Some((name, bytes)) = kept.take() else {
                *kept = Some((store.to_owned(), fs::read(&file).unwrap_or_default()));
                return format!("({store} is copied)");
            };
            for ending in ["-wal", "-shm"] {
                let _none = fs::remove_file(env.file(&name).with_extension(format!("db{ending}")));
            }
            fs::write(env.file(&name), bytes).unwrap();
            format!("({name} is put back from its copy)")
        }
        _ => {
            let other = draw.one(CHANNELS);
            let _same = fs::copy(env.file(other), &file);
            format!("({other}'s file is put in the place of {store}'s)")
        }
    }
}

/// A statement of another program, which may fail.
fn other_program(file: &std::path::Path, sql: &str) -> String {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    if !file.is_file() {
        return format!("({name} is not there for {sql})");
    }
    let done = Connection::open(file).and_then(|db| db.execute_batch(sql));
    format!("({name}: {sql}: {done:?})")
}
