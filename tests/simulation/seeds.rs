//! The seeds of the suite, and the long run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::history::{Played, Scope, Start, again, drawn};
use super::shrink::shortest;
use super::step::Step;

const STARTS: [Start; 3] = [Start::Asynchronous, Start::New, Start::Fixture];

/// What the suite draws and looks at: what must hold today.
pub const HELD: Scope = Scope { wide: false, without: &[] };
/// Everything.
pub const ALL: Scope = Scope { wide: true, without: &[] };

/// Steps of a history in the suite.
const LENGTH: usize = 52;

/// Tells a history that failed: what was drawn, and the shortest sequence that fails alike.
fn tell(start: Start, seed: u64, played: &Played, scope: Scope, tries: usize) -> String {
    let Some(finding) = &played.finding else { return String::new() };
    let alike = |steps: &[Step]| {
        again(start, steps, scope).finding.is_some_and(|other| other.family == finding.family)
    };
    let least = shortest(&played.steps, tries, alike);
    let shown = again(start, &least, scope);
    let mut told = format!("{start:?}, seed {seed}: {finding}\n");
    if let Some(finding) = &shown.finding {
        let _ = writeln!(told, "shortest, of {} steps: {finding}", least.len());
    }
    for line in start.commands() {
        let _ = writeln!(told, "cdx {line}");
    }
    for line in &shown.shown {
        let _ = writeln!(told, "{line}");
    }
    told
}

/// Plays seeds until one fails.
fn play(seeds: impl Iterator<Item = u64>) -> usize {
    let mut commands = 0;
    for seed in seeds {
        let start = STARTS[usize::try_from(seed).unwrap() % STARTS.len()];
        let played = drawn(start, seed, LENGTH, HELD);
        commands += played.commands;
        assert!(played.finding.is_none(), "{}", tell(start, seed, &played, HELD, 400));
    }
    commands
}

#[test]
fn histories_of_even_seeds_hold() {
    let commands = play((0..18).filter(|seed| seed % 2 == 0));
    assert!(commands >= 600, "{commands} commands");
}

#[test]
fn histories_of_odd_seeds_hold() {
    let commands = play((0..18).filter(|seed| seed % 2 == 1));
    assert!(commands >= 600, "{commands} commands");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for start in STARTS {
        let (one, other) = (drawn(start, 7, LENGTH, ALL), drawn(start, 7, LENGTH, ALL));
        assert_eq!(one.transcript, other.transcript);
        assert_eq!(again(start, &one.steps, ALL).shown, one.shown);
    }
}

#[test]
fn the_model_knows_nothing_of_the_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation");
    let uses = ["use", " cdx"].concat();
    let names = ["cdx", "::"].concat();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let own = text.contains(&uses) || text.contains(&names);
        assert_eq!(own, path.ends_with("program.rs"), "{}", path.display());
    }
}

/// The long run: `CDX_SIMULATE_SEED`, `CDX_SIMULATE_MINUTES`, `CDX_SIMULATE_LENGTH`,
/// `CDX_SIMULATE_HELD` (only what the suite draws), `CDX_SIMULATE_FINDINGS` (a folder for them).
#[test]
#[ignore = "as long as CDX_SIMULATE_MINUTES says"]
fn long() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let first = number("CDX_SIMULATE_SEED", 1000);
    let minutes = number("CDX_SIMULATE_MINUTES", 1);
    let length = usize::try_from(number("CDX_SIMULATE_LENGTH", 60)).unwrap();
    let most = number("CDX_SIMULATE_SEEDS", u64::MAX - first);
    let held = std::env::var_os("CDX_SIMULATE_HELD").is_some();
    let scope = if held { HELD } else { ALL };
    let tries = usize::try_from(number("CDX_SIMULATE_TRIES", 400)).unwrap();
    let folder = std::env::var_os("CDX_SIMULATE_FINDINGS");
    if let Some(folder) = &folder {
        fs::create_dir_all(folder).unwrap();
    }
    let begun = Instant::now();
    let (mut seeds, mut commands, mut failed) = (0, 0, Vec::new());
    let mut summary = String::new();
    for seed in first..first + most {
        if begun.elapsed() > Duration::from_secs(60 * minutes) {
            break;
        }
        let start = STARTS[usize::try_from(seed).unwrap() % STARTS.len()];
        let played = drawn(start, seed, length, scope);
        seeds += 1;
        commands += played.commands;
        if played.finding.is_some() {
            let told = tell(start, seed, &played, scope, tries);
            if let Some(folder) = &folder {
                fs::write(Path::new(folder).join(format!("seed-{seed}.md")), &told).unwrap();
                let log = Path::new(folder).join(format!("seed-{seed}.log"));
                fs::write(log, &played.transcript).unwrap();
            }
            failed.push(told);
        }
        let (spent, found) = (begun.elapsed().as_secs(), failed.len());
        summary =
            format!("{seeds} seeds from {first}, {commands} commands, {spent} s, {found} findings");
        if let Some(folder) = &folder {
            fs::write(Path::new(folder).join(format!("from-{first}.txt")), &summary).unwrap();
        }
    }
    assert!(failed.is_empty(), "{summary}\n{}", failed.join("\n"));
    let note = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulation.txt");
    fs::write(note, summary + "\n").unwrap();
}
