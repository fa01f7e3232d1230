//! What was judged, what was not and why, and how much was found.

use super::CheckReport;
use crate::diagnosis::{Diagnosis, Looked, NotJudged, State};
use crate::report::diagnosis::totals::totals;
use crate::report::page::{Page, count};

/// So many names are told before the rest is counted.
const MOST: usize = 8;

/// Writes it.
pub(super) fn write(report: &CheckReport, page: &mut Page) {
    let Looked::Repository { judged, not_judged } = &report.diagnosis.looked else { return };
    page.line(format!(
        "judged: {}, {}, {}; base tables: {}",
        count(judged.subjobs as u64, "subjob"),
        count(judged.tables as u64, "table"),
        count(judged.scripts as u64, "script"),
        report.base,
    ));
    if let Some(since) = &report.since {
        page.line(format!("published: the scripts of {since}"));
    }
    let elsewhere = |one: &&NotJudged| !report.elsewhere.contains(&one.what);
    for (why, names) in by_reason(not_judged.iter().filter(elsewhere)) {
        page.line(format!("not judged: {}: {why}", listed(&names)));
    }
    if !report.elsewhere.is_empty() {
        let names: Vec<&str> = report.elsewhere.iter().map(String::as_str).collect();
        let many = count(names.len() as u64, "script");
        page.line(format!(
            "not read: {many} in no project of channel scripts ({}); name the folder to check them",
            listed(&names)
        ));
    }
    if !report.repeated.is_empty() {
        let names: Vec<&str> = report.repeated.iter().map(String::as_str).collect();
        let many = count(names.len() as u64, "file");
        page.line(format!("read once: {many} with the content of another ({})", listed(&names)));
    }
    for encoding in ["UTF-16", "Windows-1252"] {
        let own = report.encodings.iter().filter(|one| one.encoding == encoding);
        let names: Vec<&str> = own.map(|one| one.file.as_str()).collect();
        if !names.is_empty() {
            page.line(format!("in {encoding}: {}", listed(&names)));
        }
    }
    crashed(&report.diagnosis, page);
    totals(&report.diagnosis, page);
}

/// Rules that could not be carried out.
fn crashed(diagnosis: &Diagnosis, page: &mut Page) {
    for rule in diagnosis.rules.iter().filter(|rule| rule.state == State::Crashed) {
        page.line(format!("{} crashed: {}", rule.code, rule.reasons.join("; ")));
    }
}

/// What was not judged, together where the reason is the same, each name once.
fn by_reason<'a>(all: impl Iterator<Item = &'a NotJudged>) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for NotJudged { what, why } in all {
        match found.iter_mut().find(|(known, _)| known == why) {
            Some((_, names)) if names.contains(&what.as_str()) => {}
            Some((_, names)) => names.push(what),
            None => found.push((why, vec![what])),
        }
    }
    found
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
