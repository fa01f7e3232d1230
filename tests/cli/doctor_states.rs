//! Lingering real-time calls from every state that can be made: the doctor names what is in the
//! way, its commands end it, and the operation is then local.
//!
//! The states are drawn from a seed. In each, commands are given in an order that people give them
//! in, or not; then the findings' commands are run and every operation the doctor spoke of is made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use serde_json::Value;

use super::fixture::obey;
use super::harness::Env;

/// A sequence of numbers that is the same on every machine.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
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

const FEATURES: &[&str] =
    &["async-address-creation", "enhanced-async-customer-creation", "async-customer-editing"];
const CHANNELS: &[&str] = &["houston", "seattle", "online"];
const JOBS: &[&str] = &["1110", "1010", "1070"];

/// One command, as somebody might give it.
fn drawn(draw: &mut Draw) -> String {
    let channel = draw.one(CHANNELS);
    match draw.below(17) {
        0 | 1 => format!("features enable {} --with-prerequisites", draw.one(FEATURES)),
        2 => format!("features disable {} --force", draw.one(FEATURES)),
        3 => format!("features schedule {} 2026-01-16", draw.one(FEATURES)),
        4 => format!("profiles set {} --async-customers yes", draw.one(&["Stores", "Online"])),
        5 => format!("profiles set {} --async-orders yes", draw.one(&["Stores", "Online"])),
        6 | 7 => format!("run {}", draw.one(JOBS)),
        8 => format!("run {} --channel {channel}", draw.one(JOBS)),
        9 => format!("run {} --fault apply-fails={channel}", draw.one(JOBS)),
        10 => format!("channels {} {channel}", draw.one(&["pause", "resume"])),
        11 | 12 => format!(
            "pos create-customer --channel {channel} --first-name Ada --last-name Byron \
             --instance {}",
            draw.below(2) + 1
        ),
        13 => format!("csu restart --channel {channel}"),
        14 => format!("clock advance {}", draw.one(&["5m", "16m", "1d"])),
        15 => format!("schedules set Downloads --active {}", draw.one(&["yes", "no"])),
        _ => format!("params set try-count {}", draw.one(&["1", "2", "3"])),
    }
}

/// Takes one of a feature's two rows away, as a broken synchronization does (G14).
fn tear(env: &Env, draw: &mut Draw) {
    let name = draw.one(&["AsyncAddressCreation", "AsyncCustomerEdit", "EnhancedAsyncCustomer"]);
    let state = format!("(SELECT RECID FROM ax_FEATUREMANAGEMENTSTATE WHERE NAME LIKE '%{name}%')");
    let sql = if draw.chance(50) {
        format!("DELETE FROM ax_FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE IN {state}")
    } else {
        format!("DELETE FROM ax_FEATUREMANAGEMENTSTATE WHERE RECID IN {state}")
    };
    env.channel(draw.one(CHANNELS)).execute_batch(&sql).unwrap();
}

fn template() -> Env {
    let env = Env::new();
    let path = env.path().join("cdx.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("instances = 1", "instances = 2")).unwrap();
    env
}

fn diagnosis(env: &Env) -> Vec<Value> {
    let report = env.json("doctor --quick --only CDX303");
    assert_eq!(report["checks"]["crashed"], 0, "{report:#}");
    report["findings"].as_array().unwrap().clone()
}

/// Makes an operation in a channel; which way it went.
fn made(env: &Env, channel: &str, operation: &str, instance: usize) -> String {
    let place = format!("--channel {channel} --instance {instance}");
    let words = match operation {
        "create-customer" => {
            format!("pos create-customer {place} --first-name Grace --last-name Murray")
        }
        "edit-customer" => format!("pos edit-customer {place} --account 00000010 --set phone=1"),
        "create-address" => {
            format!("pos create-address {place} --account 00000010 --street Main --city Houston")
        }
        "create-order" => format!("pos create-order {place} --account 00000010"),
        // Editing and deactivating an address go with editing a customer.
        _ => return "async".to_owned(),
    };
    env.json(&words)["path"].as_str().unwrap_or("no path").to_owned()
}

/// What a state came to, for the count at the end.
fn examine(seed: u64) -> Vec<String> {
    let mut draw = Draw(seed);
    let env = template();
    let mut given = Vec::new();
    for _ in 0..3 + draw.below(9) {
        let command = drawn(&mut draw);
        let _refused_is_fine = env.run(&command);
        given.push(command);
    }
    if draw.chance(45) {
        tear(&env, &mut draw);
        given.push("(one of two rows taken away)".to_owned());
    }
    // A fault that has not happened yet would happen to the doctor's own commands.
    env.hq().execute_batch("DELETE FROM cdx_FAULT").unwrap();
    let story = || format!("seed {seed}:\n{}", given.join("\n"));
    let found = diagnosis(&env);
    let mut spoken: BTreeSet<(String, String)> = BTreeSet::new();
    let mut ran: Vec<String> = Vec::new();
    for finding in &found {
        let subject = &finding["subject"];
        let channel = subject["channel"].as_str().unwrap().to_owned();
        spoken.insert((channel, subject["key"].as_str().unwrap().to_owned()));
        for command in finding["fix"]["commands"].as_array().unwrap() {
            let command = command.as_str().unwrap().to_owned();
            let run = obey(&env, &command);
            assert!(run.code <= 1, "{}\n{command}\n{}", story(), run.text());
            ran.push(command);
        }
    }
    // Turning a feature on can mean more to be local than what was spoken of.
    let part = |one: &Value, name: &str| one["subject"][name].as_str().unwrap().to_owned();
    let mut left = diagnosis(&env);
    left.retain(|one| spoken.contains(&(part(one, "channel"), part(one, "key"))));
    let titles: Vec<_> = left.iter().map(|one| (&one["subject"], &one["title"])).collect();
    assert!(left.is_empty(), "{}\nran {ran:#?}\nleft {titles:#?}", story());
    for (channel, operation) in &spoken {
        for instance in [1, 2] {
            let path = made(&env, channel, operation, instance);
            let local = ["async", "local"].contains(&path.as_str());
            assert!(local, "{}\n{operation} in {channel} is {path}", story());
        }
    }
    let word = |finding: &Value| {
        let title = finding["title"].as_str().unwrap();
        ["two rows", "not in the channel", "cache"]
            .iter()
            .find(|word| title.contains(**word))
            .map_or("other", |word| word)
            .to_owned()
    };
    found.iter().map(word).collect()
}

/// How many states the suite goes through; more by setting `CDX_STATES`.
fn states() -> u64 {
    let all = std::env::var("CDX_STATES").ok().and_then(|text| text.parse().ok());
    all.unwrap_or(80)
}

#[test]
fn whatever_is_in_the_way_is_named_and_ended() {
    let next = AtomicU64::new(0);
    let met: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|s| *s < states())
        {
            for cause in examine(seed) {
                *met.lock().unwrap().entry(cause).or_default() += 1;
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    // Each kind of obstacle was met: the generator does not pass by saying nothing.
    let met = met.into_inner().unwrap();
    for cause in ["not in the channel", "cache", "two rows"] {
        assert!(met.contains_key(cause), "no state with {cause}: {met:?}");
    }
}

/// Changes were applied before all of the job could be: the doctor does not call that nothing.
#[test]
fn d05_a_job_of_which_only_changes_came_is_told_as_that() {
    let env = Env::empty();
    env.ok("init . --customers 4 --empty-channels");
    let _failed = env.run("run 1070 --fault apply-fails=houston.offline").expect(1);
    env.ok("profiles set Online --async-customers yes");
    let _failed = env.run("run 1070 --fault apply-fails=houston.offline").expect(1);
    let found = env.run("doctor --only CDX214 --channel houston.offline --format json").json();
    let findings = found["findings"].as_array().unwrap();
    let of_1070 = findings.iter().find(|finding| finding["subject"]["job"] == "1070").unwrap();
    assert_eq!(
        of_1070["evidence"][0],
        "1070 Channel configuration: session 1, which brings all of it, is ApplyFailed; only \
         changes were applied"
    );
    env.ok("run 1070");
    let found = env.run("doctor --only CDX214 --format json").json();
    assert!(!found.to_string().contains("\"job\":\"1070\""), "{found:#}");
}
