//! Whether the machine did something else meanwhile.

use std::fs;
use std::thread;

/// More than this part of the processors for others makes figures that are not to be believed.
const MOST: f64 = 0.1;

/// The processor time of everybody and of ourselves, from when it is made.
#[derive(Debug)]
pub struct Watch {
    all: Option<f64>,
    own: Option<f64>,
    begun: std::time::Instant,
}

impl Watch {
    /// Begins.
    pub fn begin() -> Self {
        Self { all: busy(), own: own(), begun: std::time::Instant::now() }
    }

    /// What is to be said of the figures.
    pub fn verdict(&self) -> String {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let spent = || Some((busy()? - self.all?, own()? - self.own?));
        let Some((all, own)) = spent() else {
            return format!("{cores} cores; what else the machine did cannot be seen here.");
        };
        let ticks = self.begun.elapsed().as_secs_f64() * TICKS * cores as f64;
        let others = ((all - own) / ticks).max(0.0);
        let percent = others * 100.0;
        if others > MOST {
            return format!(
                "{cores} cores, of which others took {percent:.0}% meanwhile: TOO BUSY, do not \
                 believe these figures."
            );
        }
        format!("{cores} cores, of which others took {percent:.0}% meanwhile.")
    }
}

/// Linux counts processor time in hundredths of a second.
const TICKS: f64 = 100.0;

/// What all processors did, and what was taken from them by other machines.
fn busy() -> Option<f64> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let fields: Vec<f64> = text
        .lines()
        .next()?
        .split_whitespace()
        .skip(1)
        .map_while(|field| field.parse().ok())
        .collect();
    // user, nice, system, idle, waiting for the disk, interrupts (two), stolen
    let at = |at: usize| fields.get(at).copied().unwrap_or(0.0);
    Some(at(0) + at(1) + at(2) + at(5) + at(6) + at(7))
}

/// What this process and the programs it has run did.
fn own() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind) = text.rsplit_once(')')?;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    // The times of the process and of its children, counted from the field behind its name.
    fields.get(11..15)?.iter().map(|field| field.parse::<f64>().ok()).sum()
}
