//! Compares the doctor with a bare read of the same files, in turn:
//! `cargo bench --bench doctor -- [--rounds N] [--quick]`. A channel has 1,000 customers.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmarks")]

mod support;

use std::path::Path;

use support::options::Options;
use support::rounds::{Aim, Case, Round};
use support::table::print;
use support::{cdx, machine, options, read};

fn main() {
    let options = options::read(0);
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let watch = machine::Watch::begin();
    let mut cases = Vec::new();
    // Ten times as many channels take ten times as long, or it would not be usable on many.
    let counts: &[(&str, u64)] = &[("100", 100), ("1,000", 1_000)];
    for (shown, channels) in counts.iter().filter(|(_, channels)| !options.quick || *channels < 500)
    {
        cases.extend(examined(dir.path(), shown, *channels, &options));
    }
    print(&watch, &cases);
}

fn examined(dir: &Path, shown: &str, channels: u64, options: &Options) -> [Case; 2] {
    let env = dir.join(format!("channels-{channels}"));
    cdx::run_in(&env, &["init", ".", "--channels", &channels.to_string(), "--customers", "1000"]);
    let most = if channels == 1_000 { Aim::Ms(500.0) } else { Aim::None };
    let quick =
        Case::of(&format!("doctor --quick, {shown} channels"), most, options.rounds, || {
            let opened = read::schemas(&env);
            Round::beside(cdx::run(&env, &["doctor", "--quick"]), opened)
        });
    let whole = Case::of(
        &format!("doctor, {shown} channels"),
        Aim::Ratio(1.25),
        options.rounds.min(3),
        || {
            let rows = read::rows(&env);
            Round::beside(cdx::run(&env, &["doctor"]), rows)
        },
    );
    [quick, whole]
}
