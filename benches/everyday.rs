//! What people type all day, on a new environment: `cargo bench --bench everyday -- [--rounds N]`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmarks")]

mod support;

use support::rounds::{Aim, Case, Round};
use support::table::print;
use support::{cdx, machine, options};

/// A command, and the milliseconds that it may take.
const COMMANDS: &[(&[&str], f64)] = &[
    (&["--version"], 5.0),
    (&["features", "list"], 6.0),
    (&["status"], 6.0),
    (&["customers", "list"], 6.0),
    (&["pos", "find-customer", "--channel", "houston", "00000001"], 6.0),
    (
        &[
            "pos",
            "create-customer",
            "--channel",
            "houston",
            "--first-name",
            "Ada",
            "--last-name",
            "Byron",
        ],
        15.0,
    ),
    (&["run", "1010"], 15.0),
    (&["doctor", "--quick"], 15.0),
    (&["doctor"], 50.0),
];

fn main() {
    let options = options::read(0);
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let env = dir.path().join("env");
    cdx::run_in(&env, &["init", "."]);
    cdx::run(&env, &["run", "1110", "1010", "1070"]);
    let watch = machine::Watch::begin();
    let rounds = options.rounds * 5;
    let mut cases: Vec<Case> = COMMANDS
        .iter()
        .map(|(words, most)| {
            // The first one warms what the others read.
            cdx::run(&env, words);
            let name = format!("cdx {}", words.join(" "));
            Case::of(&name, Aim::Ms(*most), rounds, || Round::alone(cdx::run(&env, words)))
        })
        .collect();
    for (words, number) in [(vec!["init"], 0), (vec!["demo", "--env"], 1)] {
        let mut at = 0;
        cases.push(Case::of(&format!("cdx {}", words[0]), Aim::None, options.rounds, || {
            at += 1;
            let folder = dir.path().join(format!("new-{number}-{at}")).display().to_string();
            Round::alone(cdx::run(dir.path(), &[&words[..], &[&folder[..]]].concat()))
        }));
    }
    print(&watch, &cases);
}
