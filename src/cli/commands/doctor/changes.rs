//! What has changed between two looks at an environment.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnosis::group::groups;
use crate::diagnosis::{Diagnosis, Finding};
use crate::report::page::{Page, Report, count};

/// So many causes are named before the rest is counted.
const MOST: usize = 10;

/// What is new, what is gone, and how much is the same.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Changes {
    new: Vec<String>,
    gone: Vec<String>,
    same: usize,
}

impl Changes {
    /// What has changed; what is accepted is not looked at.
    pub(super) fn between(before: &Diagnosis, after: &Diagnosis) -> Self {
        let (old, new) = (prints(before), prints(after));
        let told = |diagnosis: &Diagnosis, other: &BTreeSet<&str>| {
            let only = open(diagnosis).filter(|finding| !other.contains(&*finding.fingerprint));
            groups(only)
                .iter()
                .filter_map(|group| Some((group.first()?, group.channels())))
                .map(|(first, channels)| {
                    let place = match channels.len() {
                        0 => String::new(),
                        1..=3 => format!(" ({})", channels.join(", ")),
                        many => format!(" ({many} channels)"),
                    };
                    format!("{} {}{place}: {}", first.code, first.name, first.title)
                })
                .collect()
        };
        Self {
            new: told(after, &old),
            gone: told(before, &new),
            same: old.intersection(&new).count(),
        }
    }
}

/// The findings that nobody has accepted.
fn open(diagnosis: &Diagnosis) -> impl Iterator<Item = &Finding> {
    diagnosis.findings.iter().filter(|finding| !finding.suppressed)
}

fn prints(diagnosis: &Diagnosis) -> BTreeSet<&str> {
    open(diagnosis).map(|finding| finding.fingerprint.as_str()).collect()
}

impl Report for Changes {
    fn text(&self, page: &mut Page) {
        let same = count(self.same as u64, "finding");
        if self.new.is_empty() && self.gone.is_empty() {
            page.line(format!("since the last look: nothing new, nothing gone; {same} as before"));
            return;
        }
        page.line(format!("since the last look ({same} as before):"));
        for (word, causes) in [("new", &self.new), ("gone", &self.gone)] {
            for cause in causes.iter().take(MOST) {
                page.item(format!("{word}: {cause}"));
            }
            let more = causes.len().saturating_sub(MOST);
            if more > 0 {
                page.item(format!("{word}: {}", count(more as u64, "more cause")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{Checks, Found, Looked, Subject};
    use crate::doctor::rules::find;

    fn diagnosis(channels: &[&str]) -> Diagnosis {
        let rule = find("channel-drift").unwrap();
        let finding = |channel: &&str| {
            let found = Found {
                subject: Subject::channel(channel),
                title: "rows are missing".to_owned(),
                evidence: Vec::new(),
                effect: String::new(),
                fix: None,
            };
            Finding::of(&rule.header, found)
        };
        let findings = channels.iter().map(finding).collect();
        let looked = Looked::Environment { channels: Vec::new() };
        Diagnosis { checks: Checks::default(), rules: Vec::new(), findings, looked, env: None }
    }

    #[test]
    fn new_gone_and_the_same_are_told_apart() {
        let changes = Changes::between(&diagnosis(&["a", "b"]), &diagnosis(&["b", "c", "d"]));
        assert_eq!(changes.new, ["CDX211 channel-drift (c, d): rows are missing"]);
        assert_eq!(changes.gone, ["CDX211 channel-drift (a): rows are missing"]);
        assert_eq!(changes.same, 1);
    }

    #[test]
    fn what_is_accepted_is_neither_new_nor_gone() {
        let mut after = diagnosis(&["a"]);
        after.findings[0].suppressed = true;
        let changes = Changes::between(&diagnosis(&[]), &after);
        assert!(changes.new.is_empty() && changes.gone.is_empty(), "{changes:?}");
    }
}
