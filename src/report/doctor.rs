//! A diagnosis for people: grouped by severity and channel, one cause told once.

use crate::diagnosis::Safety;
use crate::diagnosis::fix::together;
use crate::diagnosis::group::{Group, groups};
use crate::diagnosis::{Diagnosis, State};
use crate::diagnosis::{Finding, Severity};
use crate::model::suggestion::{Doctor, Prose, Suggestion};
use crate::report::diagnosis::totals::totals;
use crate::report::page::Page;

/// So many channels are named before the rest is counted.
const MOST_CHANNELS: usize = 24;

/// From so many on they are counted as well as named.
const MANY_CHANNELS: usize = 7;

/// So many other subjects are named before the rest is counted.
const MOST_SUBJECTS: usize = 8;

/// Writes a diagnosis.
pub fn text(diagnosis: &Diagnosis, page: &mut Page) {
    for severity in Severity::ALL.iter().rev() {
        let own = |finding: &&Finding| finding.rank == *severity && !finding.suppressed;
        let found = groups(diagnosis.findings.iter().filter(own));
        if !found.is_empty() {
            page.title(&format!("{}s", severity.as_str()).to_uppercase());
            by_channel(page, &found);
        }
    }
    to_do_first(diagnosis, page);
    page.gap();
    unlooked(diagnosis, page);
    totals(diagnosis, page);
}

/// Causes that concern the same channels stand together, headquarters' own first.
fn by_channel(page: &mut Page, found: &[Group<'_>]) {
    let mut places: Vec<Vec<&str>> = Vec::new();
    for group in found {
        let channels = group.channels();
        if !places.contains(&channels) {
            places.push(channels);
        }
    }
    places.sort_by_key(|channels| !channels.is_empty());
    for channels in &places {
        page.gap();
        page.line(place(channels));
        for group in found.iter().filter(|group| group.channels() == *channels) {
            one(page, group);
        }
    }
}

fn place(channels: &[&str]) -> String {
    match channels.len() {
        0 => "headquarters".to_owned(),
        many @ MANY_CHANNELS..=MOST_CHANNELS => {
            format!("{many} channels: {}", channels.join(", "))
        }
        many if many > MOST_CHANNELS => {
            let shown = channels[..MOST_CHANNELS].join(", ");
            format!("{many} channels: {shown} and {} more", many - MOST_CHANNELS)
        }
        _ => channels.join(", "),
    }
}

fn one(page: &mut Page, group: &Group<'_>) {
    let Some(first) = group.first() else { return };
    let known = if first.baseline { " (known, in the baseline)" } else { "" };
    let severity = Prose::default().and_value(first.severity.as_str(), first.severity.tone());
    page.item(severity.and(format!(" {} {}: {}{known}", first.code, first.name, first.title)));
    let subjects = group.subjects();
    let more = subjects.len().saturating_sub(MOST_SUBJECTS);
    let shown = subjects.iter().take(MOST_SUBJECTS).cloned().collect::<Vec<_>>().join("; ");
    match (subjects.len(), more) {
        (0, _) => {}
        (_, 0) => page.deeper(format!("about: {shown}")),
        (_, more) => page.deeper(format!("about: {shown} and {more} more")),
    }
    let (evidence, more) = group.evidence();
    for line in evidence {
        page.deeper(format!("seen: {line}"));
    }
    if more > 0 {
        page.deeper(format!("seen: {more} more"));
    }
    page.deeper(format!("effect: {}", first.effect));
    if !first.caused_by.is_empty() {
        let mut codes: Vec<&str> = first.caused_by.iter().map(|cause| cause.code).collect();
        codes.dedup();
        page.deeper(format!("caused by: {}", codes.join(", ")));
        return;
    }
    let commands = group.commands();
    let Some(fix) = &first.fix else {
        let explain = Suggestion::Explain(first.code.to_owned());
        page.deeper(Prose::hint("fix: no command does; see", explain));
        return;
    };
    for (at, command) in commands.into_iter().enumerate() {
        let word = if at == 0 { "fix" } else { "then" };
        page.deeper(Prose::hint(format!("{word} ({})", fix.safety.as_str()), command));
    }
}

/// What is to be done about the open findings.
pub(in crate::report) struct ToDo {
    /// What somebody must decide on, in an order that works.
    pub(in crate::report) decided: Vec<Suggestion>,
    /// Whether safe fixes come after it.
    pub(in crate::report) is_safe_left: bool,
}

/// What somebody must decide, in an order that works, and the safe fixes after what is in their
/// way; nothing where one cause is all there is.
pub(in crate::report) fn to_do(diagnosis: &Diagnosis) -> ToDo {
    let counts = |finding: &&Finding| finding.counts() && finding.severity > Severity::Info;
    let open = diagnosis.findings.iter().filter(counts);
    let of = |wanted: fn(Safety) -> bool| {
        let fixes = open.clone().filter_map(|finding| finding.fix.as_ref());
        together(fixes.filter(|fix| wanted(fix.safety)))
    };
    let decided = of(|safety| safety != Safety::Safe);
    let safe = of(|safety| safety == Safety::Safe);
    // One cause alone says all of it where it stands.
    let roots = open.clone().filter(|one| one.fix.is_some() && one.caused_by.is_empty());
    let told = groups(roots);
    let alone = told.len() == 1;
    let whole = |one: &Group<'_>| one.commands() == decided || decided.is_empty();
    if alone && told.iter().all(whole) {
        return ToDo { decided: Vec::new(), is_safe_left: false };
    }
    ToDo { decided, is_safe_left: !safe.is_empty() }
}

fn to_do_first(diagnosis: &Diagnosis, page: &mut Page) {
    let ToDo { decided, is_safe_left } = to_do(diagnosis);
    if decided.is_empty() {
        return;
    }
    page.title("DO THIS FIRST");
    for command in decided {
        page.item(command);
    }
    if is_safe_left {
        page.item(Prose::hint("then what is safe", Doctor { fix: true, ..Doctor::default() }));
    }
}

/// Rules that could not look, and those that could not be carried out.
fn unlooked(diagnosis: &Diagnosis, page: &mut Page) {
    let mut told: Vec<(Vec<&str>, String)> = Vec::new();
    for rule in &diagnosis.rules {
        let word = match rule.state {
            State::Crashed => "crashed",
            State::Skipped => "skipped",
            // What it found stands above; what it could not look at is worth knowing too.
            State::Passed | State::Failed if rule.reasons.is_empty() => continue,
            State::Passed | State::Failed => "looked only in part",
        };
        let reason = format!("{word}: {}", rule.reasons.join("; "));
        match told.iter_mut().find(|(_, known)| *known == reason) {
            Some((codes, _)) => codes.push(rule.code),
            None => told.push((vec![rule.code], reason)),
        }
    }
    for (codes, reason) in told {
        page.line(format!("{} {reason}", codes.join(", ")));
    }
}
