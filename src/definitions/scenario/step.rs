//! One `[[step]]` of a scenario file.

use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::form::{DoctorStepForm, ExpectForm, StepForm};
use super::problem::ScenarioProblem;
use super::template::{Template, is_name};
use super::variables::{Flow, Use, line};
use super::{Act, Expectation, Expected, ScenarioStep, words};
use crate::definitions::problem::Kind;
use crate::definitions::walk::Walker;

/// What the doctor may be told not to find.
const SEVERITIES: &[&str] = &["error", "warning", "info"];

const A_POINTER: &str = "a JSON pointer such as /account";

/// Reads a step; none where it cannot be one. What it needs and gives is told in any case.
pub(super) fn read(
    walker: &mut Walker<'_>,
    table: &DeTable<'_>,
    at: usize,
) -> (Option<ScenarioStep>, Flow) {
    walker.known_keys(table, StepForm::KEYS);
    let mut flow = Flow::default();
    if let Some((key, _)) = table.get_key_value("doctor") {
        let from = key.span().start;
        for other in ["run", "expect", "save"] {
            if let Some((key, _)) = table.get_key_value(other) {
                let key = key.span().start;
                let beside = ScenarioProblem::Beside { key: name_of(other), other: "doctor" };
                walker.note(key, beside.into());
            }
        }
        let act = doctor(walker, table);
        let step = |act| ScenarioStep { span: from..from, line: line(walker.text, from), act };
        return (act.map(step), flow);
    }
    let run = walker.text(table, "run");
    if !table.contains_key("run") {
        let expected = "a command without cdx before it, or doctor = { none = \"warning\" }";
        walker.note(at, Kind::Missing { key: "run", expected });
    }
    let span = table.get("run").map_or(at..at, Spanned::span);
    let words = run.and_then(|run| command(walker, &run.value, &span, &mut flow));
    let expect = expectation(walker, table, &mut flow);
    let save = saved(walker, table, &mut flow);
    let line = line(walker.text, span.start);
    let act = words.map(|words| Act::Run { words, expect, save });
    (act.map(|act| ScenarioStep { span, line, act }), flow)
}

fn name_of(key: &str) -> &'static str {
    match key {
        "run" => "run",
        "expect" => "expect",
        _ => "save",
    }
}

/// The words of a command line, with their variables.
fn command(
    walker: &mut Walker<'_>,
    text: &str,
    span: &Range<usize>,
    flow: &mut Flow,
) -> Option<Vec<Template>> {
    let written = walker.text.get(span.clone()).unwrap_or_default();
    let begins = written.find(text).filter(|_| !text.is_empty());
    let place = |at: usize| span.start + begins.map_or(0, |begins| begins + at);
    match words::split(text) {
        Err((at, problem)) => {
            walker.note(place(at), problem.into());
            None
        }
        Ok(words) if words.is_empty() => {
            let expected = "a command without cdx before it";
            walker.note(span.start, Kind::Missing { key: "run", expected });
            None
        }
        Ok(words) => {
            let words = words.iter().map(|word| template(walker, word, span, flow));
            words.collect::<Vec<_>>().into_iter().collect()
        }
    }
}

/// A text with variables, noted as used.
pub(super) fn template(
    walker: &mut Walker<'_>,
    text: &str,
    span: &Range<usize>,
    flow: &mut Flow,
) -> Option<Template> {
    match Template::parse(text) {
        Ok(template) => {
            flow.uses.push(Use { template: template.clone(), span: span.clone() });
            Some(template)
        }
        Err(found) => {
            let written = walker.text.get(span.clone()).unwrap_or_default();
            let at = span.start + written.find(&found).unwrap_or(0);
            walker.note(at, ScenarioProblem::NotAVariable { found }.into());
            None
        }
    }
}

fn doctor(walker: &mut Walker<'_>, table: &DeTable<'_>) -> Option<Act> {
    let (own, at) = walker.table(table, "doctor")?;
    walker.known_keys(own, DoctorStepForm::KEYS);
    if !own.contains_key("none") {
        walker.note(at, Kind::Missing { key: "none", expected: "error, warning or info" });
    }
    let none = walker.word(own, "none", SEVERITIES, |word| word);
    let mut codes = |key: &str| -> Vec<String> {
        let texts = walker.texts(own, key).unwrap_or_default();
        texts.into_iter().map(|code| code.value).collect()
    };
    let (only, skip) = (codes("only"), codes("skip"));
    Some(Act::Doctor { none: none?, only, skip })
}

fn expectation(walker: &mut Walker<'_>, table: &DeTable<'_>, flow: &mut Flow) -> Expectation {
    let Some((own, _)) = walker.table(table, "expect") else { return Expectation::default() };
    walker.known_keys(own, ExpectForm::KEYS);
    let mut expectation = Expectation::default();
    if let Some(exit) = walker.integer(own, "exit") {
        if let Ok(code) = u8::try_from(exit.value) {
            expectation.exit = code;
        } else {
            let (key, value) = ("exit".to_owned(), exit.value.to_string());
            let expected = "an exit code from 0 to 255";
            walker.note(exit.at, Kind::OutOfRange { key, value, expected });
        }
    }
    if walker.texts(own, "contains").is_some() {
        let items = own.get("contains").and_then(|list| list.get_ref().as_array());
        for item in items.into_iter().flat_map(|items| items.iter()) {
            let text = item.get_ref().as_str().unwrap_or_default();
            expectation.contains.extend(template(walker, text, &item.span(), flow));
        }
    }
    let Some((json, _)) = walker.table(own, "json") else { return expectation };
    for (pointer, value) in in_order(json) {
        let found = expected(walker, pointer.get_ref(), value, flow);
        if is_pointer(walker, pointer.get_ref(), &pointer.span()) {
            expectation.json.extend(found.map(|found| (pointer.get_ref().to_string(), found)));
        }
    }
    expectation
}

type Entry<'t, 'i> = (&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table as they are written.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// Whether a text is a JSON pointer (RFC 6901).
fn is_pointer(walker: &mut Walker<'_>, text: &str, span: &Range<usize>) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    let fits = (text.is_empty() || text.starts_with('/')) && escapes;
    if !fits {
        let (key, value) = ("the pointer".to_owned(), format!("{text:?}"));
        walker.note(span.start, Kind::OutOfRange { key, value, expected: A_POINTER });
    }
    fits
}

/// A value that is expected; texts in it have variables.
fn expected(
    walker: &mut Walker<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    flow: &mut Flow,
) -> Option<Expected> {
    let number = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_number);
    let plain = match value.get_ref() {
        DeValue::String(text) => {
            return template(walker, text, &value.span(), flow).map(Expected::Text);
        }
        DeValue::Datetime(time) => return Some(Expected::Plain(time.to_string().into())),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| expected(walker, key, item, flow));
            return items
                .collect::<Vec<_>>()
                .into_iter()
                .collect::<Option<_>>()
                .map(Expected::List);
        }
        DeValue::Table(table) => {
            let fields = in_order(table).into_iter().map(|(name, value)| {
                let name = name.get_ref().to_string();
                expected(walker, &name, value, flow).map(|value| (name, value))
            });
            let fields = fields.collect::<Vec<_>>().into_iter().collect::<Option<_>>();
            return fields.map(Expected::Object);
        }
        DeValue::Boolean(yes) => Some(Value::from(*yes)),
        DeValue::Integer(found) => {
            i64::from_str_radix(found.as_str(), found.radix()).ok().map(Value::from)
        }
        DeValue::Float(found) => number(found.as_str()),
    };
    if plain.is_none() {
        walker.wrong(key, value, "a value that JSON has");
    }
    plain.map(Expected::Plain)
}

/// `save = { ACCOUNT = "/account" }`.
fn saved(walker: &mut Walker<'_>, table: &DeTable<'_>, flow: &mut Flow) -> Vec<(String, String)> {
    let mut saved = Vec::new();
    for (name, pointer) in walker.pairs(table, "save") {
        if !is_name(&name.value) {
            let found = name.value;
            walker.note(name.at, ScenarioProblem::NotAVariable { found }.into());
        } else if is_pointer(walker, &pointer.value, &(pointer.at..pointer.at)) {
            flow.saves.push((name.value.clone(), name.at));
            saved.push((name.value, pointer.value));
        }
    }
    saved
}
