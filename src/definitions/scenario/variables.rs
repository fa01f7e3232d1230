//! Whether every variable of a scenario has a value where it is used, and is used at all.

use std::collections::BTreeSet;

use super::problem::ScenarioProblem;
use super::template::{DIR, Template};
use crate::definitions::walk::Walker;
use crate::model::nearest::nearest;

/// A text with variables, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub(super) template: Template,
    pub(super) span: std::ops::Range<usize>,
}

/// What one step needs and gives, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// The texts that it fills in.
    pub(super) uses: Vec<Use>,
    /// The variables that it saves, and where each is named.
    pub(super) saves: Vec<(String, usize)>,
}

/// Notes variables without a value, names that are taken, and lists that nothing uses. The first
/// flow is that of the environment.
pub(super) fn check(walker: &mut Walker<'_>, matrix: &[(String, usize)], flows: &[Flow]) {
    let given: BTreeSet<&str> = matrix.iter().map(|(name, _)| name.as_str()).collect();
    let mut known = given.clone();
    known.insert(DIR);
    for (at, flow) in flows.iter().enumerate() {
        for one in &flow.uses {
            for name in one.template.variables().filter(|name| !known.contains(name)) {
                let later = flows[at..].iter().flat_map(|flow| &flow.saves);
                let later = later.clone().find(|(saved, _)| at > 0 && saved == name);
                let problem = match later {
                    Some((_, from)) => ScenarioProblem::SavedLater {
                        name: name.to_owned(),
                        line: line(walker.text, *from),
                    },
                    None => unknown(name, &known),
                };
                walker.note(place(walker.text, one, name), problem.into());
            }
        }
        for (name, from) in &flow.saves {
            let owner = match name.as_str() {
                DIR => "the folder of the scenario file",
                name if given.contains(name) => "the matrix",
                _ => {
                    known.insert(name);
                    continue;
                }
            };
            walker.note(*from, ScenarioProblem::Taken { name: name.clone(), owner }.into());
        }
    }
    let used: BTreeSet<&str> =
        flows.iter().flat_map(|flow| &flow.uses).flat_map(|one| one.template.variables()).collect();
    for (name, from) in matrix.iter().filter(|(name, _)| !used.contains(name.as_str())) {
        walker.note(*from, ScenarioProblem::Unused { name: name.clone() }.into());
    }
}

fn unknown(name: &str, known: &BTreeSet<&str>) -> ScenarioProblem {
    let expected: Vec<&str> = known.iter().copied().collect();
    ScenarioProblem::UnknownVariable {
        name: name.to_owned(),
        nearest: nearest(name, expected.iter().copied()).map(str::to_owned),
        expected: expected.join(", "),
    }
}

/// Where a variable stands in a text of the file, as far as that can be seen.
fn place(text: &str, one: &Use, name: &str) -> usize {
    let written = text.get(one.span.clone()).unwrap_or_default();
    one.span.start + written.find(&format!("${{{name}}}")).unwrap_or(0)
}

/// The line of a place, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}
