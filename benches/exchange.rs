//! Compares the exchange with plain SQLite one-hop copies of the same tables and mapping, in one
//! run and on the same data: `cargo bench --bench exchange -- [--customers N] [--quick]`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmark")]

mod support;

use std::path::Path;

use support::cdx::{self, Measured};
use support::plain;
use support::table::{Line, print};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let customers = args
        .windows(2)
        .find(|pair| pair[0] == "--customers")
        .and_then(|pair| pair[1].parse().ok())
        .unwrap_or(200_000);
    let quick = args.iter().any(|arg| arg == "--quick");
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let mut lines = Vec::new();
    start_up(&mut lines);
    full_and_delta(dir.path(), customers, &mut lines);
    many_channels(dir.path(), quick, &mut lines);
    uploads(dir.path(), quick, &mut lines);
    writers(dir.path(), quick, &mut lines);
    print(customers, &lines);
}

fn line(name: &str, measured: &Measured, plain: Option<f64>, best: Option<f64>, aim: &str) -> Line {
    Line {
        name: name.to_owned(),
        ms: measured.ms,
        plain_ms: plain,
        best_ms: best,
        aim: aim.to_owned(),
        peak_mib: measured.peak_mib,
        package_mib: measured.package_mib,
    }
}

fn start_up(lines: &mut Vec<Line>) {
    let mut times: Vec<f64> =
        (0..20).map(|_| cdx::run(Path::new("."), &["--version"]).ms).collect();
    times.sort_by(f64::total_cmp);
    let measured = Measured { ms: times[10], peak_mib: None, package_mib: None };
    lines.push(line("start-up (median of 20)", &measured, None, None, "< 5 ms"));
}

fn full_and_delta(dir: &Path, customers: u64, lines: &mut Vec<Line>) {
    let env = dir.join("one");
    let count = customers.to_string();
    let init = ["init", ".", "--customers", &count, "--channels", "1", "--empty-channels"];
    let made = cdx::run_in(&env, &init);
    lines.push(line(&format!("init, {customers} customers"), &made, None, None, "1M < 60 s"));
    let full = cdx::run(&env, &["run", "1010", "--channel", "houston"]);
    let naive = plain::one_hop(&env, &dir.join("naive.db"), plain::Way::Naive);
    let best = plain::one_hop(&env, &dir.join("best.db"), plain::Way::Fastest);
    let name = format!("full 1010, {customers} customers, 1 channel");
    lines.push(line(&name, &full, Some(naive), Some(best), "<= 0.6 of naive"));
    cdx::run(&env, &["run", "1010"]);

    let nothing = cdx::run(&env, &["run", "1010"]);
    lines.push(line("delta of nothing", &nothing, None, None, "< 20 ms"));
    let keys = plain::touch(&env, customers / 100);
    let delta = cdx::run(&env, &["run", "1010", "--channel", "houston"]);
    let bare = plain::find_and_upsert(&env, &dir.join("naive.db"), &keys);
    let name = format!("delta of 1% ({} rows)", keys.len() * 2);
    lines.push(line(&name, &delta, Some(bare), None, "<= 1.5 of bare"));
    let same = cdx::run(&env, &["run", "1010", "--full", "--channel", "houston"]);
    lines.push(line("full 1010 where nothing differs", &same, None, None, ""));
}

fn many_channels(dir: &Path, quick: bool, lines: &mut Vec<Line>) {
    let env = dir.join("twenty");
    let init = ["init", ".", "--customers", "10000", "--channels", "20", "--empty-channels"];
    cdx::run_in(&env, &init);
    let full = cdx::run(&env, &["run", "1010"]);
    let once = plain::one_hop(&env, &dir.join("naive20.db"), plain::Way::Naive);
    let best = plain::one_hop(&env, &dir.join("best20.db"), plain::Way::Fastest);
    // Houston's offline database is the twenty-first.
    let name = "full 1010, 10,000 customers, 20 channels";
    let (naive, best) = (Some(once * 21.0), Some(best * 21.0));
    lines.push(line(name, &full, naive, best, "<= 0.6 of naive"));
    if quick {
        return;
    }
    let env = dir.join("thousand");
    let init = ["init", ".", "--customers", "1000", "--channels", "1000"];
    cdx::run_in(&env, &init);
    let keys = plain::touch(&env, 10);
    let delta = cdx::run(&env, &["run", "1010"]);
    let target = dir.join("one-of-thousand.db");
    std::fs::copy(env.join("channels/seattle.db"), &target).expect("a channel to copy");
    let bare = plain::find_and_upsert(&env, &target, &keys) * 1001.0;
    lines.push(line("delta of 1%, 1,000 channels", &delta, Some(bare), None, "<= 1.5 of bare"));
}

fn uploads(dir: &Path, quick: bool, lines: &mut Vec<Line>) {
    let env = dir.join("upload");
    let init = ["init", ".", "--customers", "10", "--channels", "1"];
    cdx::run_in(&env, &init);
    let rows = if quick { 10_000 } else { 100_000 };
    plain::operations(&env, rows);
    let bare = plain::upload_one_hop(&env, &dir.join("hq-copy.db"));
    let upload = cdx::run(&env, &["run", "P"]);
    lines.push(line(&format!("upload of {rows} operations"), &upload, Some(bare), None, ""));
    let batch = cdx::run(&env, &["run", "sync-customers"]);
    lines.push(line(&format!("batch over {rows} operations"), &batch, None, None, ""));
}

fn writers(dir: &Path, quick: bool, lines: &mut Vec<Line>) {
    let env = dir.join("upload");
    let rows = if quick { 10_000 } else { 100_000 };
    let (tracked, untracked) = plain::cost_of_tracking(&env, &dir.join("untracked.db"));
    let measured = Measured { ms: tracked, peak_mib: None, package_mib: None };
    let name = format!("a program's update of {rows} tracked rows");
    lines.push(line(&name, &measured, Some(untracked), None, "measured"));
}
