//! A fault at every file operation of every command that writes: the process ends, the operation
//! fails, the disk is full, the power is cut. Nothing may be lost, doubled, damaged or left behind.
//!
//! `cargo test --test sweep -- --ignored whole --nocapture` goes through all of it and prints the
//! table of `docs/reliability.md`; `SWEEP_ONLY=words` keeps the scenes whose command has the
//! words, `SWEEP_AT=n` and `SWEEP_KIND=kind` repeat one case, `SWEEP_EVERY=7` takes each seventh
//! operation, `SWEEP_PROGRAM` is another build of the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it says what it did")]

mod case;
mod machine;
mod prepare;
mod scenes;
mod state;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use case::Case;
use machine::{Kind, Machine};
use scenes::{Again, SCENES, Scene};

/// What happened in the cases of a scene.
#[derive(Default)]
struct Tally {
    command: &'static str,
    steps: u64,
    cases: BTreeMap<Kind, u64>,
    findings: Vec<String>,
}

/// Plays scenes on two threads; which operations of how many a scene is played at, `pick` says.
fn play(
    machine: &Machine,
    scenes: impl Fn(&Scene) -> bool,
    pick: impl Fn(&Scene, &Case<'_>) -> Vec<(u64, Kind)> + Sync,
) -> Vec<Tally> {
    let begun = std::time::Instant::now();
    let only = std::env::var("SWEEP_ONLY").unwrap_or_default();
    let wanted = SCENES.iter().enumerate();
    let wanted = wanted.filter(|(_, scene)| scene.command.contains(&only) && scenes(scene));
    let queue: Mutex<VecDeque<(usize, &Scene)>> = Mutex::new(wanted.collect());
    let tallies = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((at, scene)) = queue.lock().unwrap().pop_front() else { break };
                    let mut case = Case::new(machine, scene);
                    let (command, steps) = (scene.command, case.steps);
                    let mut tally = Tally { command, steps, ..Tally::default() };
                    for (number, kind) in pick(scene, &case) {
                        *tally.cases.entry(kind).or_default() += 1;
                        let found = case.play(number, kind);
                        for finding in &found {
                            eprintln!("{finding}\n");
                        }
                        tally.findings.extend(found);
                    }
                    eprintln!(
                        "{:4} s  {}: {} operations, {} cases, {} findings",
                        begun.elapsed().as_secs(),
                        scene.command,
                        tally.steps,
                        tally.cases.values().sum::<u64>(),
                        tally.findings.len()
                    );
                    tallies.lock().unwrap().insert(at, tally);
                }
            });
        }
    });
    tallies.into_inner().unwrap().into_values().collect()
}

/// Where the sample of a scene looks: spread over its operations, every kind in turn.
fn sample(scene: &Scene, case: &Case<'_>) -> Vec<(u64, Kind)> {
    const EACH: u64 = 3;
    let steps = case.steps;
    let shift =
        scene.command.bytes().fold(7_u64, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte));
    (0..EACH)
        .map(|at| {
            let kind = Kind::ALL[((at + shift) % Kind::ALL.len() as u64) as usize];
            ((at * steps / EACH + shift % steps.max(1)) % steps + 1, kind)
        })
        .collect()
}

/// Each operation with each kind, or what the variables ask for.
fn all(_: &Scene, case: &Case<'_>) -> Vec<(u64, Kind)> {
    let steps = case.steps;
    let at: Option<u64> = std::env::var("SWEEP_AT").ok().map(|text| text.parse().unwrap());
    let kind = std::env::var("SWEEP_KIND").ok();
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|found| kind.as_ref().is_none_or(|name| name == found.as_str()))
        .collect();
    // One more than there are: the power goes when the command has ended.
    let every: u64 = std::env::var("SWEEP_EVERY").map_or(1, |text| text.parse().unwrap());
    let numbers = (1..=steps + 1)
        .filter(|number| at.is_none_or(|at| at == *number))
        .filter(|number| number % every == 0 || *number > steps);
    numbers.flat_map(|number| kinds.iter().map(move |kind| (number, *kind))).collect()
}

fn assert_quiet(tallies: &[Tally]) {
    let findings: Vec<&String> = tallies.iter().flat_map(|tally| &tally.findings).collect();
    assert!(findings.is_empty(), "{} findings", findings.len());
}

#[test]
fn a_sample_of_faults_loses_and_breaks_nothing() {
    let Some(machine) = Machine::new() else { return };
    assert_quiet(&play(&machine, |_| true, sample));
}

/// The numbers of the operations that something is true of.
fn at(case: &Case<'_>, is: impl Fn(&str) -> bool) -> Vec<u64> {
    (1..).zip(&case.operations).filter(|(_, what)| is(what)).map(|(at, _)| at).collect()
}

fn each(numbers: Vec<u64>, kinds: &[Kind]) -> Vec<(u64, Kind)> {
    numbers.into_iter().flat_map(|at| kinds.iter().map(move |kind| (at, *kind))).collect()
}

/// Where the last step of a change fails, SQLite says that it failed and leaves it in the log; a
/// command that is not to be run twice says whether it is there, or that it may be.
#[test]
fn a_change_that_fails_in_its_last_step_is_told_as_it_is() {
    let Some(machine) = Machine::new() else { return };
    let once = |scene: &Scene| {
        let words = ["clock", "customers"];
        scene.again == Again::Another && words.iter().any(|word| scene.command.starts_with(word))
    };
    let commits = |_: &Scene, case: &Case<'_>| {
        // The last write of it, and the sync after that.
        let syncs = at(case, |what| what.starts_with("sync ") && what.ends_with(".db-wal"));
        let steps = syncs.into_iter().flat_map(|at| [at - 1, at]).collect();
        each(steps, &[Kind::Eio, Kind::EioOn, Kind::Enospc, Kind::EnospcOn])
    };
    let tallies = play(&machine, once, commits);
    assert_eq!(tallies.len(), 2);
    assert!(tallies.iter().all(|tally| tally.cases[&Kind::EioOn] >= 4));
    assert_quiet(&tallies);
}

/// A channel database that could not be made known counts as new again, not as another's file.
#[test]
fn a_database_whose_first_opening_failed_is_no_replaced_one() {
    let Some(machine) = Machine::new() else { return };
    let init = |scene: &Scene| scene.command.starts_with("init");
    let sights = |_: &Scene, case: &Case<'_>| {
        let made = at(case, |what| what == "unlink e/cdx.init").pop().unwrap();
        let mut seen: BTreeMap<&str, u8> = BTreeMap::new();
        let mut first = |at: &u64| {
            let what = case.operations[*at as usize - 1].as_str();
            let times = seen.entry(what).or_default();
            *times += 1;
            *times <= 2
        };
        let syncs = |what: &str| what.starts_with("sync e/channels/") && what.ends_with("-wal");
        let mut found = at(case, syncs);
        found.retain(|at| *at > made && first(at));
        each(found, &[Kind::Eio])
    };
    let tallies = play(&machine, init, sights);
    assert!(tallies[0].cases[&Kind::Eio] >= 6, "two syncs of each of three databases");
    assert_quiet(&tallies);
}

/// A log, a package or a new file that cannot be made says nothing against the databases.
#[test]
fn what_cannot_be_made_is_told_as_the_disks_fault() {
    let Some(machine) = Machine::new() else { return };
    let scenes =
        |scene: &Scene| ["run 1110 1070", "channels add boston", "run P"].contains(&scene.command);
    let made = |_: &Scene, case: &Case<'_>| {
        let new = |what: &str| {
            ["create e/channels/", "create e/packages/"].iter().any(|new| what.starts_with(new))
        };
        let opened = at(case, new);
        let named = at(case, |what| what == "sync e/channels");
        let kinds = [Kind::Eio, Kind::Enospc, Kind::EnospcOn];
        [each(opened, &kinds), each(named, &[Kind::PowerHalf])].concat()
    };
    let tallies = play(&machine, scenes, made);
    assert!(tallies.iter().all(|tally| tally.cases[&Kind::Enospc] >= 2));
    assert_quiet(&tallies);
}

#[test]
#[ignore = "an hour; see docs/reliability.md"]
fn whole() {
    let Some(machine) = Machine::new() else { return };
    let tallies = play(&machine, |_| true, all);
    let head: Vec<String> = Kind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    println!("| command | operations | {} | findings |", head.join(" | "));
    for tally in &tallies {
        let cases: Vec<String> = Kind::ALL
            .iter()
            .map(|kind| tally.cases.get(kind).copied().unwrap_or_default().to_string())
            .collect();
        println!(
            "| `{}` | {} | {} | {} |",
            tally.command,
            tally.steps,
            cases.join(" | "),
            tally.findings.len()
        );
    }
    assert_quiet(&tallies);
}
