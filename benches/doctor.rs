//! Compares the doctor with a bare read of the same files, in one run:
//! `cargo bench --bench doctor -- [--channels N] [--customers N]`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmark")]

mod support;

use std::path::Path;

use support::cdx::{self, Measured};
use support::read;
use support::table::{Line, print};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |name: &str, other: u64| {
        let found = args.windows(2).find(|pair| pair[0] == name);
        found.and_then(|pair| pair[1].parse().ok()).unwrap_or(other)
    };
    let (channels, customers) = (number("--channels", 1000), number("--customers", 1000));
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let mut lines = Vec::new();
    small(dir.path(), &mut lines);
    // Twice as many channels take twice as long, or it would not be usable on many.
    for channels in [channels / 10, channels] {
        examined(dir.path(), channels, customers, &mut lines);
    }
    print(customers, &lines);
}

fn line(name: &str, measured: &Measured, plain: Option<f64>, aim: &str) -> Line {
    Line {
        name: name.to_owned(),
        ms: measured.ms,
        plain_ms: plain,
        best_ms: None,
        aim: aim.to_owned(),
        peak_mib: measured.peak_mib,
        package_mib: None,
    }
}

fn small(dir: &Path, lines: &mut Vec<Line>) {
    let env = dir.join("small");
    cdx::run_in(&env, &["init", "."]);
    lines.push(line("doctor, default environment", &cdx::run(&env, &["doctor"]), None, "instant"));
}

fn examined(dir: &Path, channels: u64, customers: u64, lines: &mut Vec<Line>) {
    let env = dir.join(format!("channels-{channels}"));
    let (many, each) = (channels.to_string(), customers.to_string());
    cdx::run_in(&env, &["init", ".", "--channels", &many, "--customers", &each]);
    let opened = read::schemas(&env);
    let quick = cdx::run(&env, &["doctor", "--quick"]);
    let name = format!("doctor --quick, {channels} channels");
    lines.push(line(&name, &quick, Some(opened), "about 2 s for 1,000"));
    let rows = read::rows(&env);
    let whole = cdx::run(&env, &["doctor"]);
    let name = format!("doctor, {channels} channels");
    lines.push(line(&name, &whole, Some(rows), "about 40 s for 1,000, < 150 MiB"));
}
