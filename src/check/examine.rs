//! Runs the rules over what is known of a repository.

use jiff::civil::Date;

use super::facts::Facts;
use super::rule::Rule;
use super::rules::RULES;
use crate::diagnosis::baseline::Baseline;
use crate::diagnosis::{Checks, Finding, Findings, Outcome, State, settle, suppress};
use crate::model::settings::Suppression;

/// What is asked of a check.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these rules, by code; all when empty.
    pub only: Vec<&'static str>,
    /// Without these rules, by code.
    pub skip: Vec<&'static str>,
    /// Findings that are accepted, with their reasons.
    pub suppressions: Vec<Suppression>,
    /// The day on which suppressions are held against their end; none where none ends.
    pub today: Option<Date>,
    /// Findings that were known before.
    pub baseline: Option<Baseline>,
}

/// What a check says.
#[derive(Debug)]
pub struct Examination {
    /// How many rules ended how.
    pub checks: Checks,
    /// Every rule that was asked for.
    pub rules: Vec<Outcome>,
    /// What was found, in the order of the rules.
    pub findings: Vec<Finding>,
    /// For each suppression, whether it matched anything.
    pub matched: Vec<bool>,
}

/// Runs the rules that are asked for.
pub fn examine(facts: &Facts, request: &Request) -> Examination {
    let (mut rules, mut findings) = (Vec::new(), Vec::new());
    for rule in RULES.iter().copied().filter(|rule| asked(rule, request)) {
        let mut found = Findings::new(&rule.header);
        (rule.check)(facts, &mut found);
        let state = if found.unjudged.is_empty() { State::Passed } else { State::Skipped };
        rules.push(Outcome::of(&rule.header, state, found.unjudged));
        findings.extend(found.found);
    }
    let today = request.today.unwrap_or(Date::MIN);
    let matched = suppress::apply(&request.suppressions, today, "", &mut findings);
    if let Some(baseline) = &request.baseline {
        for finding in &mut findings {
            finding.baseline = baseline.knows(&finding.fingerprint);
        }
    }
    settle(&mut rules, &findings);
    Examination { checks: Checks::of(&rules), rules, findings, matched }
}

fn asked(rule: &Rule, request: &Request) -> bool {
    (request.only.is_empty() || request.only.contains(&rule.header.code))
        && !request.skip.contains(&rule.header.code)
}
