//! Compares the exchange with plain SQLite one-hop copies of the same tables and mapping, in turn
//! and on the same data: `cargo bench --bench exchange -- [--customers N] [--rounds N] [--quick]`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmarks")]

mod support;

use std::path::PathBuf;

use support::rounds::{Aim, Case, Round};
use support::table::print;
use support::{cdx, machine, options, plain};

fn main() {
    let options = options::read(200_000);
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let bench = Bench { dir: dir.path().to_path_buf(), options };
    let watch = machine::Watch::begin();
    let parts: [(&str, Part); 5] = [
        ("one", Bench::one_channel),
        ("twenty", Bench::twenty_channels),
        ("thousand", Bench::thousand_channels),
        ("operations", Bench::operations),
        ("writers", Bench::writers),
    ];
    let wanted = parts.iter().filter(|(name, _)| bench.options.wants(name));
    let cases: Vec<Case> = wanted.flat_map(|(_, part)| part(&bench)).collect();
    print(&watch, &cases);
}

/// What is measured of one environment.
type Part = fn(&Bench) -> Vec<Case>;

struct Bench {
    dir: PathBuf,
    options: options::Options,
}

impl Bench {
    /// A new environment, made once.
    fn environment(&self, name: &str, args: &[&str]) -> PathBuf {
        let env = self.dir.join(name);
        cdx::run_in(&env, &[&["init", "."], args].concat());
        env
    }

    /// One channel: everything, what changed, nothing, and everything again.
    fn one_channel(&self) -> Vec<Case> {
        let (customers, rounds) = (self.options.customers, self.options.rounds);
        let count = customers.to_string();
        let new = ["--customers", &count, "--channels", "1", "--empty-channels"];
        let init = Case::of(&format!("init, {customers} customers"), Aim::None, 1, || {
            let made = cdx::run_in(&self.dir.join("one"), &[&["init", "."], &new[..]].concat());
            Round::alone(made)
        });
        let (env, copy) = (self.dir.join("one"), self.dir.join("copy"));
        let (naive, best) = (self.dir.join("naive.db"), self.dir.join("best.db"));
        let name = format!("full 1010, {customers} customers, 1 channel");
        let full = Case::of(&name, Aim::Ratio(0.75), rounds, || {
            cdx::copied(&env, &copy);
            let cdx = cdx::run(&copy, &["run", "1010", "--channel", "houston"]);
            let plain_ms = plain::one_hop(&env, &naive, plain::Way::Naive);
            let fastest_ms = plain::one_hop(&env, &best, plain::Way::Fastest);
            Round { cdx, plain_ms: Some(plain_ms), fastest_ms: Some(fastest_ms) }
        });
        cdx::run(&env, &["run", "1010"]);
        let name = format!("delta of 1% ({} rows), 1 channel", customers / 100 * 2);
        let delta = Case::of(&name, Aim::Ratio(1.2), rounds, || {
            let keys = plain::touch(&env, customers / 100);
            let cdx = cdx::run(&env, &["run", "1010", "--channel", "houston"]);
            Round::beside(cdx, plain::find_and_upsert(&env, &naive, &keys))
        });
        let same = Case::of("full 1010 where nothing differs", Aim::None, 1, || {
            Round::alone(cdx::run(&env, &["run", "1010", "--full", "--channel", "houston"]))
        });
        vec![init, full, delta, same]
    }

    /// Houston's offline database is the twenty-first.
    fn twenty_channels(&self) -> Vec<Case> {
        let new = ["--customers", "10000", "--channels", "20", "--empty-channels"];
        let (env, copy) = (self.environment("twenty", &new), self.dir.join("copy"));
        let (naive, best) = (self.dir.join("naive.db"), self.dir.join("best.db"));
        let name = "full 1010, 10,000 customers, 20 channels";
        vec![Case::of(name, Aim::Ratio(0.42), self.options.rounds, || {
            cdx::copied(&env, &copy);
            let cdx = cdx::run(&copy, &["run", "1010"]);
            let plain_ms = plain::one_hop(&env, &naive, plain::Way::Naive) * 21.0;
            let fastest_ms = plain::one_hop(&env, &best, plain::Way::Fastest) * 21.0;
            Round { cdx, plain_ms: Some(plain_ms), fastest_ms: Some(fastest_ms) }
        })]
    }

    fn thousand_channels(&self) -> Vec<Case> {
        let channels = if self.options.quick { 100 } else { 1_000 };
        let count = channels.to_string();
        let env = self.environment("thousand", &["--customers", "1000", "--channels", &count]);
        let target = self.dir.join("one-of-many.db");
        let name = format!("delta of 1%, {channels} channels");
        vec![Case::of(&name, Aim::Ratio(0.6), self.options.rounds, || {
            let keys = plain::touch(&env, 10);
            let cdx = cdx::run(&env, &["run", "1010"]);
            std::fs::copy(env.join("channels/seattle.db"), &target).expect("a channel to copy");
            let bare = plain::find_and_upsert(&env, &target, &keys);
            Round::beside(cdx, bare * f64::from(channels + 1))
        })]
    }

    fn operations(&self) -> Vec<Case> {
        let rows = if self.options.quick { 10_000 } else { 100_000 };
        let env = self.environment("upload", &["--customers", "10", "--channels", "1"]);
        plain::operations(&env, rows);
        let (copy, target) = (self.dir.join("copy"), self.dir.join("hq-copy.db"));
        let name = format!("upload of {rows} operations");
        let upload = Case::of(&name, Aim::Ratio(1.3), self.options.rounds, || {
            cdx::copied(&env, &copy);
            let bare = plain::upload_one_hop(&copy, &target);
            Round::beside(cdx::run(&copy, &["run", "P"]), bare)
        });
        cdx::run(&env, &["run", "P"]);
        let name = format!("batch over {rows} operations");
        let batch = Case::of(&name, Aim::Ratio(0.5), self.options.rounds.min(3), || {
            cdx::copied(&env, &copy);
            std::fs::copy(copy.join("hq.db"), &target).expect("headquarters to copy");
            let plain_ms = plain::batch(&target);
            let cdx = cdx::run(&copy, &["run", "sync-customers"]);
            plain::same_counts(&target, &copy.join("hq.db"));
            Round::beside(cdx, plain_ms)
        });
        vec![upload, batch]
    }

    fn writers(&self) -> Vec<Case> {
        let rows: u32 = if self.options.quick { 10_000 } else { 100_000 };
        let count = rows.to_string();
        let new = ["--customers", &count, "--channels", "1", "--empty-channels"];
        let (env, copy) = (self.environment("writers", &new), self.dir.join("untracked.db"));
        let name = format!("a program's update of {rows} tracked rows");
        vec![Case::of(&name, Aim::Ratio(1.6), self.options.rounds, || {
            let (tracked, untracked) = plain::cost_of_tracking(&env, &copy);
            Round::beside(cdx::Measured::of(tracked), untracked)
        })]
    }
}
