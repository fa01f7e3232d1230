//! The matrix of a scenario: each combination of its values is a run.

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::Scenario;
use super::problem::ScenarioProblem;
use super::template::{self, Values, in_a_text};
use crate::definitions::problem::Kind;
use crate::definitions::walk::Walker;

/// So many runs of one scenario are enough for anybody.
const MOST: usize = 1_000;

/// Reads `[matrix]`: each name with its values, and where the name stands.
pub(super) fn read(
    walker: &mut Walker<'_>,
    root: &DeTable<'_>,
) -> Vec<((String, Vec<Value>), usize)> {
    let Some((table, at)) = walker.table(root, "matrix") else { return Vec::new() };
    let mut lists: Vec<_> = table.iter().collect();
    lists.sort_by_key(|(name, _)| name.span().start);
    let mut matrix = Vec::new();
    for (name, list) in lists {
        let (key, from) = (name.get_ref().to_string(), name.span().start);
        if !template::is_name(&key) {
            walker.note(from, ScenarioProblem::NotAVariable { found: key }.into());
            continue;
        }
        if key == template::DIR {
            let owner = "the folder of the scenario file";
            walker.note(from, ScenarioProblem::Taken { name: key, owner }.into());
            continue;
        }
        let Some(values) = list.get_ref().as_array() else {
            walker.wrong(&key, list, "a list of texts or whole numbers");
            continue;
        };
        let mut known: Vec<Value> = Vec::new();
        for item in values {
            let Some(value) = scalar(item.get_ref()) else {
                walker.wrong(&key, item, "a text in quotes or a whole number");
                continue;
            };
            let text = in_a_text(&value);
            if known.iter().any(|other| in_a_text(other) == text) {
                walker.note(item.span().start, ScenarioProblem::ListedTwice { value: text }.into());
            } else {
                known.push(value);
            }
        }
        if values.is_empty() {
            let value = "an empty list".to_owned();
            let expected = "at least one value";
            walker.note(list.span().start, Kind::OutOfRange { key: key.clone(), value, expected });
        }
        matrix.push(((key, known), from));
    }
    let runs = matrix.iter().try_fold(1_usize, |runs, ((_, all), _)| runs.checked_mul(all.len()));
    if runs.is_none_or(|runs| runs > MOST) {
        let value = runs.map_or("more combinations than can be counted".to_owned(), |runs| {
            format!("{runs} combinations")
        });
        let expected = "at most 1,000 runs of a scenario";
        walker.note(at, Kind::OutOfRange { key: "matrix".to_owned(), value, expected });
    }
    matrix
}

/// A text or a whole number.
fn scalar(value: &DeValue<'_>) -> Option<Value> {
    if let Some(text) = value.as_str() {
        return Some(text.into());
    }
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::from)
}

impl Scenario {
    /// The values of each run, the last of the matrix changing fastest; one run without values
    /// where there is no matrix.
    pub(crate) fn combinations(&self) -> Vec<Vec<(String, Value)>> {
        let mut all: Vec<Vec<(String, Value)>> = vec![Vec::new()];
        for (name, values) in &self.matrix {
            let with = |before: Vec<(String, Value)>| {
                values.iter().map(move |value| {
                    let own = (name.clone(), value.clone());
                    before.iter().cloned().chain([own]).collect()
                })
            };
            all = all.into_iter().flat_map(with).collect();
        }
        all
    }

    /// The values that variables have in a run before its first step.
    pub(crate) fn values(combination: &[(String, Value)], dir: &str) -> Values {
        let dir = (template::DIR.to_owned(), Value::from(dir));
        combination.iter().cloned().chain([dir]).collect()
    }
}
