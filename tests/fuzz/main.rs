//! Files and command lines that nobody would write: what must hold of every command holds of them.
//!
//! A case is drawn from its seed alone. `CDX_FUZZ_SEED=7 CDX_FUZZ_CASES=1 cargo test --test fuzz --
//! --ignored long` plays that of seed 7 again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may fail, and says what it does"
)]

mod case;
mod judge;
mod lines;
mod mutate;
mod play;
#[path = "../simulation/program.rs"]
#[allow(dead_code, reason = "the simulation runs commands without a bound on time")]
mod program;
#[path = "../simulation/random.rs"]
#[allow(dead_code, reason = "the simulation draws by weight too")]
mod random;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::{Duration, Instant};

use case::Stage;

/// How long the suite plays.
const SHORT: Duration = Duration::from_secs(15);

#[test]
fn no_file_and_no_command_line_is_too_strange() {
    let mut stage = Stage::new();
    let begun = Instant::now();
    for seed in (0..400).take_while(|_| begun.elapsed() < SHORT) {
        if let Some(found) = stage.case(seed) {
            panic!("{}", found.0);
        }
    }
    eprintln!("{} cases, seeds from 0", stage.played);
}

/// `CDX_FUZZ_SEED` is the first seed, `CDX_FUZZ_MINUTES` how long it plays, `CDX_FUZZ_CASES` how
/// many cases at most, `CDX_FUZZ_FINDINGS` a file that findings are added to.
#[test]
#[ignore = "an hour; by command"]
fn long() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("CDX_FUZZ_SEED").unwrap_or(0);
    let minutes = number("CDX_FUZZ_MINUTES").unwrap_or(60);
    let cases = number("CDX_FUZZ_CASES").unwrap_or(u64::MAX);
    eprintln!("seeds from {first}, {minutes} minutes");
    let mut stage = Stage::new();
    let (begun, patience) = (Instant::now(), Duration::from_mins(minutes));
    let mut found = 0;
    for seed in (first..).take(usize::try_from(cases).unwrap()) {
        if begun.elapsed() > patience {
            break;
        }
        let finding = stage.case(seed);
        if stage.played.is_multiple_of(1_000) {
            eprintln!("{} cases in {} s", stage.played, begun.elapsed().as_secs());
        }
        let Some(finding) = finding else { continue };
        found += 1;
        eprintln!("{}", finding.0);
        if let Ok(path) = std::env::var("CDX_FUZZ_FINDINGS") {
            let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            writeln!(file, "{}", finding.0).unwrap();
        }
    }
    let took = begun.elapsed().as_secs();
    eprintln!("{} cases in {took} s, seeds from {first}, {found} findings", stage.played);
    assert_eq!(found, 0, "findings");
}
