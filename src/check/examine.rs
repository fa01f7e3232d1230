//! Runs the rules over what is known of a repository.

use std::collections::BTreeSet;

use super::accept::{Acceptance, Settings};
use super::facts::Facts;
use super::rules::RULES;
use crate::diagnosis::baseline::Baseline;
use crate::diagnosis::{
    Checks, Diagnosis, Finding, Findings, Judged, Looked, NotJudged, Outcome, State, settle,
    suppress,
};

/// What is asked of a check.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these rules, by code; all when empty.
    pub only: Vec<&'static str>,
    /// Without these rules, by code.
    pub skip: Vec<&'static str>,
    /// What `cdx-check.toml` says, where there is one.
    pub settings: Option<Settings>,
    /// Findings that were known before.
    pub baseline: Option<Baseline>,
    /// The working folder in the repository around it, by which findings are known from there
    /// and from elsewhere alike.
    pub folder: Option<Folder>,
}

/// A working folder, seen from the root of the repository around it.
#[derive(Debug, Clone)]
pub struct Folder(pub(crate) Vec<String>);

impl Folder {
    /// A file as it is named from the root of the repository; one outside as it is.
    pub(crate) fn rooted(&self, file: &str) -> String {
        if file.starts_with('/') {
            return file.to_owned();
        }
        let mut parts: Vec<&str> = self.0.iter().map(String::as_str).collect();
        for part in file.split('/') {
            match part {
                ".." if parts.pop().is_none() => return file.to_owned(),
                ".." | "." | "" => {}
                name => parts.push(name),
            }
        }
        parts.join("/")
    }
}

/// Runs the rules that are asked for.
pub fn examine(facts: &Facts, request: &Request) -> Diagnosis {
    let (mut rules, mut findings, mut not_judged) = (Vec::new(), Vec::new(), Vec::new());
    for rule in RULES.iter().filter(|rule| asked(rule.header.code, request)) {
        let mut found = Findings::new(&rule.header);
        (rule.check)(facts, &mut found);
        take(found, &mut rules, &mut findings, &mut not_judged);
    }
    let accepted = Acceptance::apply(facts, request.settings.as_ref(), &mut findings);
    if asked(suppress::UNUSED.code, request) {
        let mut found = Findings::new(&suppress::UNUSED);
        accepted.judge(&rules, &mut found);
        take(found, &mut rules, &mut findings, &mut not_judged);
    }
    if let Some(folder) = &request.folder {
        for finding in &mut findings {
            finding.known_in(&|file| folder.rooted(file));
        }
    }
    if let Some(baseline) = &request.baseline {
        for finding in &mut findings {
            finding.baseline = baseline.knows(&finding.fingerprint);
        }
    }
    settle(&mut rules, &findings);
    let looked = Looked::Repository { judged: judged(facts), not_judged };
    Diagnosis { checks: Checks::of(&rules), rules, findings, looked, env: None }
}

/// Takes in what a rule found, and how it ended.
fn take(
    found: Findings,
    rules: &mut Vec<Outcome>,
    findings: &mut Vec<Finding>,
    not_judged: &mut Vec<NotJudged>,
) {
    let state = if found.unjudged.is_empty() { State::Passed } else { State::Skipped };
    rules.push(Outcome::of(found.header, state, found.unjudged));
    findings.extend(found.found);
    for one in found.not_judged {
        if !not_judged.contains(&one) {
            not_judged.push(one);
        }
    }
}

fn judged(facts: &Facts) -> Judged {
    let of_hq = facts.repository.tables.iter().map(|table| table.name.value.to_lowercase());
    let of_hq: BTreeSet<String> = of_hq.collect();
    let of_channel = facts.channel.tables().filter(|table| !table.base).count();
    Judged {
        subjobs: facts.subjobs.len(),
        tables: of_hq.len() + of_channel,
        scripts: facts.repository.scripts.len(),
    }
}

fn asked(code: &str, request: &Request) -> bool {
    (request.only.is_empty() || request.only.contains(&code)) && !request.skip.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::Folder;

    #[test]
    fn a_file_is_known_from_the_root() {
        let folder = Folder(vec!["a".to_owned(), "b".to_owned()]);
        for (file, rooted) in [
            ("c.sql", "a/b/c.sql"),
            ("./c.sql", "a/b/c.sql"),
            ("../c/d.sql", "a/c/d.sql"),
            ("../../../c.sql", "../../../c.sql"),
            ("/a/c.sql", "/a/c.sql"),
        ] {
            assert_eq!(folder.rooted(file), rooted);
        }
    }
}
