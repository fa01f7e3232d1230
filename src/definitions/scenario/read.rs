//! Reads a scenario file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::form::ScenarioForm;
use super::problem::ScenarioProblem;
use super::variables::Flow;
use super::{InitOption, OPTIONS, Scenario, Takes, matrix, step, variables};
use crate::definitions::problem::{Kind, Problems};
use crate::definitions::walk::Walker;

impl From<ScenarioProblem> for Kind {
    fn from(problem: ScenarioProblem) -> Self {
        Self::Scenario(problem)
    }
}

/// Reads a scenario file.
///
/// # Errors
/// Every problem, with line and column, but those that only the commands themselves know.
pub fn parse(file: &str, text: &str) -> Result<Scenario, Problems> {
    let mut walker = Walker::new(file, text);
    let root = walker.parse();
    // What could be read of a broken file would only be missed here and there.
    if !walker.problems.is_empty() {
        return Err(walker.problems);
    }
    walker.known_keys(&root, ScenarioForm::KEYS);
    let name = walker.required(&root, "name", 0, "what the scenario shows");
    if let Some(name) = name.as_ref().filter(|name| name.value.trim().is_empty()) {
        walker.note(name.at, Kind::Missing { key: "name", expected: "what the scenario shows" });
    }
    let mut flows = vec![Flow::default()];
    let own = walker.table(&root, "environment");
    let environment_at = own.as_ref().map_or(0, |(_, at)| *at);
    let environment = own.map(|(table, _)| environment(&mut walker, table, &mut flows[0]));
    let (matrix, places): (Vec<_>, Vec<usize>) =
        matrix::read(&mut walker, &root).into_iter().unzip();
    let mut steps = Vec::new();
    for (table, at) in walker.tables(&root, "step") {
        let (step, flow) = step::read(&mut walker, table, at);
        steps.extend(step);
        flows.push(flow);
    }
    if flows.len() == 1 && (!root.contains_key("step") || walker.problems.is_empty()) {
        walker.note(0, Kind::Missing { key: "[[step]]", expected: "at least one step" });
    }
    let named: Vec<(String, usize)> =
        matrix.iter().zip(places).map(|((name, _), at)| (name.clone(), at)).collect();
    variables::check(&mut walker, &named, &flows);
    let name = name.map(|name| name.value).unwrap_or_default();
    let environment = environment.unwrap_or_default();
    walker.problems.sort([file].into_iter());
    if walker.problems.is_empty() {
        Ok(Scenario { name, environment, environment_at, matrix, steps })
    } else {
        Err(walker.problems)
    }
}

/// `[environment]`: the options of `init`, in the order of `init`.
fn environment(walker: &mut Walker<'_>, table: &DeTable<'_>, flow: &mut Flow) -> Vec<InitOption> {
    let known: Vec<&str> = OPTIONS.iter().map(|(key, _)| *key).collect();
    walker.known_keys(table, &known);
    let mut options = Vec::new();
    for &(key, takes) in OPTIONS {
        let Some(value) = table.get(key) else { continue };
        match takes {
            Takes::Nothing => {
                let given = walker.yes(table, key) == Some(true);
                let at = value.span().start;
                options.extend(given.then_some(InitOption { key, value: None, at }));
            }
            Takes::Number if value.get_ref().is_integer() => {
                if let Some(number) = walker.integer(table, key) {
                    let number = number.value.to_string();
                    options.extend(option(walker, key, &number, value, flow));
                }
            }
            Takes::Number | Takes::Text => match value.get_ref().as_str() {
                Some(text) => options.extend(option(walker, key, text, value, flow)),
                None if takes == Takes::Text => walker.wrong(key, value, "a text in quotes"),
                None => walker.wrong(key, value, "a whole number, or a variable in quotes"),
            },
            Takes::Paths => match value.get_ref().as_array() {
                Some(list) => {
                    for item in list {
                        path(walker, key, item, flow, &mut options);
                    }
                }
                None => path(walker, key, value, flow, &mut options),
            },
        }
    }
    options
}

fn path(
    walker: &mut Walker<'_>,
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
    flow: &mut Flow,
    options: &mut Vec<InitOption>,
) {
    match value.get_ref().as_str() {
        Some(text) => options.extend(option(walker, key, text, value, flow)),
        None => walker.wrong(key, value, "a path in quotes, or a list of them"),
    }
}

fn option(
    walker: &mut Walker<'_>,
    key: &'static str,
    text: &str,
    value: &Spanned<DeValue<'_>>,
    flow: &mut Flow,
) -> Option<InitOption> {
    let template = step::template(walker, text, &value.span(), flow)?;
    Some(InitOption { key, value: Some(template), at: value.span().start })
}
