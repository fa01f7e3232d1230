//! The verdict: what is wrong by cause, on what evidence, and the commands that fix it.

use maud::{Markup, html};

use super::list::names;
use super::piece::{self, command, word};
use crate::diagnosis::group::{Group, groups};
use crate::diagnosis::{Diagnosis, Finding, Safety, Severity};
use crate::model::suggestion::{Doctor, Suggestion};
use crate::model::wording::{count, grouped};
use crate::report::doctor::to_do;
use crate::report::drawing::mark::Mark;

/// The anchor.
pub(super) const ID: &str = "verdict";

/// So many other subjects are named before the rest is counted.
const MOST_SUBJECTS: usize = 8;

/// The verdict in one line.
pub(super) fn headline(diagnosis: &Diagnosis) -> String {
    let of = |severity: Severity| {
        let own = |one: &&Finding| one.severity == severity && one.counts();
        diagnosis.findings.iter().filter(own).count() as u64
    };
    let found = [(Severity::Error, "error"), (Severity::Warning, "warning")];
    let told: Vec<String> = found
        .iter()
        .map(|(severity, noun)| (of(*severity), noun))
        .filter(|(times, _)| *times > 0)
        .map(|(times, noun)| count(times, noun))
        .collect();
    match (told.is_empty(), diagnosis.is_sound()) {
        (false, _) => told.join(", "),
        (true, true) => "Nothing is wrong".to_owned(),
        (true, false) => "Not everything could be judged".to_owned(),
    }
}

/// The same with its mark, for the top of the page.
pub(super) fn heading(diagnosis: &Diagnosis) -> Markup {
    let worst = diagnosis.findings.iter().filter(|one| one.counts()).map(|one| one.severity).max();
    let mark = match worst {
        Some(Severity::Error) => Mark::Failed,
        Some(Severity::Info) | None if diagnosis.is_sound() => Mark::Done,
        Some(Severity::Warning | Severity::Info) | None => Mark::Open,
    };
    word(mark, headline(diagnosis))
}

/// The section.
pub(super) fn section(diagnosis: &Diagnosis, env: Option<&str>) -> Markup {
    let told = by_severity(diagnosis);
    let lead = html! { p { (summary(diagnosis, told.len())) } };
    let body = html! {
        (first(diagnosis, env))
        @for (at, group) in (1..).zip(&told) { (cause(at, group, &told, env)) }
        @if told.is_empty() {
            p { (word(Mark::Done, "The doctor has found nothing.")) }
        }
    };
    piece::section(ID, "Verdict", lead, body)
}

/// Causes, the gravest first, as the doctor's text has them.
fn by_severity(diagnosis: &Diagnosis) -> Vec<Group<'_>> {
    let severities = Severity::ALL.iter().rev();
    let of = |severity: &Severity| {
        let own = |one: &&Finding| one.rank == *severity && !one.suppressed;
        groups(diagnosis.findings.iter().filter(own))
    };
    severities.flat_map(of).collect()
}

fn summary(diagnosis: &Diagnosis, causes: usize) -> String {
    let checks = diagnosis.checks;
    let accepted = diagnosis.findings.iter().filter(|one| one.suppressed).count();
    let mut told = format!(
        "{}. {}: {} passed, {} failed, {} crashed; {} skipped",
        count(causes as u64, "cause"),
        count(checks.run as u64, "check"),
        checks.passed,
        checks.failed,
        checks.crashed,
        checks.skipped
    );
    if accepted > 0 {
        told = format!("{told}; {} accepted", count(accepted as u64, "finding"));
    }
    told + "."
}

/// What somebody must decide on, in an order that works, and the safe fixes after it.
fn first(diagnosis: &Diagnosis, env: Option<&str>) -> Markup {
    let to_do = to_do(diagnosis);
    let every: Suggestion = Doctor { fix: true, ..Doctor::default() }.into();
    html! {
        @if !to_do.decided.is_empty() || to_do.is_safe_left {
            div.first {
                h3 { "Do this first" }
                ol.commands {
                    @for one in &to_do.decided { li { (command(one, env)) } }
                    @if to_do.is_safe_left {
                        li {
                            p.note {
                                @if to_do.decided.is_empty() { "Runs every safe fix, in order:" }
                                @else { "Then what is safe, in order:" }
                            }
                            (command(&every, env))
                        }
                    }
                }
            }
        }
    }
}

/// One cause.
fn cause(at: usize, group: &Group<'_>, all: &[Group<'_>], env: Option<&str>) -> Markup {
    let Some(finding) = group.first() else { return html! {} };
    let (evidence, more) = group.evidence();
    html! {
        article.cause.(finding.severity.as_str()) id={"cause-" (at)}
            aria-labelledby={"cause-" (at) "-title"} {
            h3 id={"cause-" (at) "-title"} {
                (word(finding.severity.into(), finding.severity.as_str()))
                " " span.title { (finding.title) }
            }
            p.place {
                code { (finding.code) } " " (finding.name) ", " (place(group))
                @if finding.baseline { " (known, in the baseline)" }
            }
            dl {
                @if let Some(about) = about(group) { dt { "About" } dd { (about) } }
                @if !evidence.is_empty() {
                    dt { "Seen" }
                    dd { ul {
                        @for line in evidence { li { (line) } }
                        @if more > 0 { li { "and " (grouped(more as u64)) " more" } }
                    } }
                }
                dt { "Effect" } dd { (finding.effect) }
                (fix(group, finding, all, env))
                dt { "Sources" } dd { (sources(finding)) }
            }
        }
    }
}

fn place(group: &Group<'_>) -> String {
    match group.channels().as_slice() {
        [] => "in headquarters".to_owned(),
        [only] => format!("in {only}"),
        several => {
            format!("in {}: {}", count(several.len() as u64, "channel database"), names(several))
        }
    }
}

fn about(group: &Group<'_>) -> Option<String> {
    let subjects = group.subjects();
    let shown = subjects.iter().take(MOST_SUBJECTS).cloned().collect::<Vec<_>>().join("; ");
    match subjects.len().saturating_sub(MOST_SUBJECTS) {
        _ if subjects.is_empty() => None,
        0 => Some(shown),
        more => Some(format!("{shown} and {} more", grouped(more as u64))),
    }
}

/// The commands, or the cause with which it ends.
fn fix(group: &Group<'_>, finding: &Finding, all: &[Group<'_>], env: Option<&str>) -> Markup {
    if !finding.caused_by.is_empty() {
        let mut codes: Vec<&str> = finding.caused_by.iter().map(|cause| cause.code).collect();
        codes.dedup();
        let anchor = |code: &str| {
            all.iter().position(|one| one.first().is_some_and(|first| first.code == code))
        };
        return html! {
            dt { "Caused by" }
            dd { @for code in codes {
                @match anchor(code) {
                    Some(at) => { a href={"#cause-" (at + 1)} { (code) } },
                    None => { (code) },
                }
                " "
            } "and ends with it." }
        };
    }
    let commands = group.commands();
    let explain = [Suggestion::Explain(finding.code.to_owned())];
    let (note, commands) = match &finding.fix {
        Some(fix) => (safety(fix.safety), commands.as_slice()),
        None => ("No command does; this says more:", explain.as_slice()),
    };
    html! {
        dt { "Fix" }
        dd {
            p.note { (note) }
            ol.commands { @for one in commands { li { (command(one, env)) } } }
        }
    }
}

fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "Safe: it brings about what headquarters says already, and loses nothing.",
        Safety::Manual => "Manual: somebody must decide on it.",
        Safety::Destructive => "Destructive: something can be lost by it.",
    }
}

fn sources(finding: &Finding) -> Markup {
    html! {
        ul.sources {
            @for source in finding.sources {
                li {
                    @if source.page.url.starts_with("https://") {
                        a href=(source.page.url) rel="noreferrer" { (source.page.title) }
                    } @else { (source.page.title) }
                    " (" (source.grade.as_str()) ")"
                }
            }
        }
    }
}
