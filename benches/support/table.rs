//! The table of ratios.

use super::machine::Watch;
use super::rounds::{Aim, Case, Spread};

/// Prints everything as a Markdown table.
#[allow(clippy::print_stdout, reason = "a benchmark prints its table")]
pub fn print(watch: &Watch, cases: &[Case]) {
    println!("{}\n", watch.verdict());
    println!(
        "| case | rounds | cdx ms | plain ms | ratio | to the fastest | aim | met | peak MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for case in cases {
        let ratio = |ratio: Option<Spread>| ratio.map_or_else(String::new, |one| shown(one, 2));
        let aim = match case.aim {
            Aim::Ratio(most) => format!("{most} of plain"),
            Aim::Ms(most) => format!("{most} ms"),
            Aim::None => String::new(),
        };
        let met = match case.is_met() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        let peak = Spread::of(case.rounds.iter().filter_map(|round| round.cdx.peak_mib));
        println!(
            "| {} | {} | {} | {} | {} | {} | {aim} | {met} | {} |",
            case.name,
            case.rounds.len(),
            shown(case.cdx(), 1),
            case.plain().map_or_else(String::new, |plain| shown(plain, 0)),
            ratio(case.ratio()),
            ratio(case.to_fastest()),
            peak.map_or_else(String::new, |peak| format!("{:.0}", peak.most)),
        );
    }
}

/// The median, and behind it how far the rounds lie apart.
fn shown(spread: Spread, digits: usize) -> String {
    let Spread { median, least, most } = spread;
    if least.to_bits() == most.to_bits() {
        return format!("{median:.digits$}");
    }
    format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
}
