//! The truth of the whole catalogue: for each state that can be drawn, what a register would be
//! told (`pos ... --dry-run`) and what the doctor says agree, for each channel, each operation on
//! customers and addresses, each kind of customer.
//!
//! `docs/reliability.md` says how the long run is started.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod agree;
mod ask;
mod draw;
#[path = "../simulation/program.rs"]
mod function;
mod known;
mod program;

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use agree::{Met, disagreements};
use draw::{State, state};

/// How many states the suite goes through.
const IN_THE_SUITE: u64 = 100;

/// Looks at a state; what is wrong with it, with its story.
fn examine(seed: u64, met: &mut Met) -> Option<String> {
    let State { env, story } = state(seed);
    let wrong = disagreements(&env, met);
    (!wrong.is_empty()).then(|| {
        format!("seed {seed}:\n  {}\ndisagree:\n  {}", story.join("\n  "), wrong.join("\n  "))
    })
}

/// Goes through states on two threads; every disagreement, and what was met.
#[allow(clippy::print_stdout, reason = "a long run says what it finds")]
fn sweep(from: u64, to: u64, most: usize) -> (Vec<String>, Met) {
    let next = AtomicU64::new(from);
    let work = || {
        let (mut found, mut met) = (Vec::new(), Met::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= to || found.len() >= most {
                return (found, met);
            }
            let wrong = examine(seed, &mut met);
            // A long run that is cut has said what it knew.
            if let Some(story) = &wrong {
                println!("{story}\n");
            }
            if (seed - from) % 500 == 499 {
                println!("{} states", seed - from + 1);
            }
            found.extend(wrong);
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(work);
        let (mut found, mut met) = work();
        let (theirs, seen) = other.join().unwrap();
        found.extend(theirs);
        for (word, count) in seen {
            *met.entry(word).or_default() += count;
        }
        (found, met)
    })
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What each sweep must meet: a generator that meets nothing proves nothing.
const MET: &[&str] = &[
    "async",
    "real-time feature-off",
    "real-time profile-off",
    "real-time not-distributed",
    "real-time half-synchronized",
    "real-time cached",
    "real-time e-commerce-cached",
    "refused feature-off",
    "fails not-configured",
    "fails no-default-customer",
    "fails unknown-customer",
    "fails headquarters",
    "fails file",
    "CDX201",
    "CDX214",
    "CDX215",
    "CDX301",
    "CDX303",
    "CDX304",
    "CDX305",
    "CDX306",
    "CDX505",
];

#[test]
fn what_the_register_and_the_doctor_say_agrees() {
    let (found, met) = sweep(0, IN_THE_SUITE, 5);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    for word in MET {
        assert!(met.contains_key(*word), "no state with {word}: {met:#?}");
    }
}

/// The same over as many states as `CDX_STATES` says, from `CDX_SEED` on.
#[test]
#[ignore = "the long run: CDX_STATES=20000 cargo test --release --test truth -- --ignored"]
fn the_same_over_many_states() {
    let (from, count) = (variable("CDX_SEED", 0), variable("CDX_STATES", 20_000));
    println!("states {from} to {}", from + count);
    let (found, met) = sweep(from, from + count, 20);
    println!("{met:#?}");
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
