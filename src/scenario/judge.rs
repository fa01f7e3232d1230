//! What a command came to, held against what is expected of it.

use serde_json::{Map, Value};

use super::child::Ended;
use super::outcome::{ExpectedOutcome, Got, StepOutcome};
use crate::definitions::scenario::template::Values;
use crate::definitions::scenario::{Act, Expectation, ScenarioStep};

/// So much of an output is kept of a step that failed.
const KEPT: usize = 4_000;

/// So much of a value is told.
const TOLD: usize = 300;

/// What is expected of a step, with the values of its variables.
pub(super) fn expected(act: &Act, values: &Values) -> ExpectedOutcome {
    match act {
        Act::Run { expect, .. } => {
            let Expectation { exit, contains, json } = expect;
            let json = json.iter().map(|(at, one)| (at.clone(), one.value(values)));
            ExpectedOutcome {
                exit: Some(*exit),
                contains: contains.iter().map(|text| text.fill(values)).collect(),
                json: json.collect(),
                none: None,
            }
        }
        Act::Doctor { none, .. } => {
            ExpectedOutcome { none: Some(none), ..ExpectedOutcome::default() }
        }
    }
}

/// What came of a step; what it saves is added to the values.
pub(super) fn judge(
    step: &ScenarioStep,
    run: String,
    ended: Ended,
    values: &mut Values,
) -> StepOutcome {
    let expected = expected(&step.act, values);
    let mut got = Got { exit: ended.exit, ..Got::default() };
    let read = serde_json::from_str::<Value>(&ended.stdout).ok();
    match &step.act {
        Act::Run { save, .. } => {
            command(&expected, &ended, &mut got);
            if step.act.reads_json() {
                json(&expected, read.as_ref(), save, values, &mut got);
            }
        }
        Act::Doctor { none, .. } => diagnosis(none, &ended, read.as_ref(), &mut got),
    }
    outcome(step.line, run, expected, got, ended)
}

/// What came of making the environment.
pub(super) fn init(line: usize, run: String, ended: Ended) -> StepOutcome {
    let expected = ExpectedOutcome { exit: Some(0), ..ExpectedOutcome::default() };
    let mut got = Got { exit: ended.exit, ..Got::default() };
    exit(0, ended.exit, &mut got);
    outcome(line, run, expected, got, ended)
}

fn outcome(
    line: usize,
    run: String,
    expected: ExpectedOutcome,
    mut got: Got,
    ended: Ended,
) -> StepOutcome {
    let ok = got.wrong.is_empty();
    if !ok {
        got.stdout = Some(shortened(&ended.stdout, KEPT)).filter(|text| !text.is_empty());
        got.stderr = Some(shortened(&ended.stderr, KEPT)).filter(|text| !text.is_empty());
    }
    StepOutcome { run, line, exit: ended.exit, ok, not_run: false, expected, got }
}

fn exit(expected: u8, found: Option<i32>, got: &mut Got) {
    match found {
        Some(code) if code == i32::from(expected) => {}
        Some(code) => got.wrong.push(format!("expected exit {expected}, got {code}")),
        None => got.wrong.push(format!("expected exit {expected}, but the command was killed")),
    }
}

/// A command: its exit code and its texts.
fn command(expected: &ExpectedOutcome, ended: &Ended, got: &mut Got) {
    exit(expected.exit.unwrap_or_default(), ended.exit, got);
    for text in expected.contains.iter().filter(|text| !ended.stdout.contains(text.as_str())) {
        got.wrong.push(format!("standard output does not contain {text:?}"));
        got.missing.push(text.clone());
    }
}

/// The values of its output, and what is saved of them.
fn json(
    expected: &ExpectedOutcome,
    read: Option<&Value>,
    save: &[(String, String)],
    values: &mut Values,
    got: &mut Got,
) {
    let Some(json) = read else {
        got.wrong.push("standard output is not JSON".to_owned());
        return;
    };
    for (pointer, value) in &expected.json {
        let found = json.pointer(pointer);
        if let Some(found) = found {
            got.json.insert(pointer.clone(), found.clone());
        }
        if !found.is_some_and(|found| is_same(found, value)) {
            let told = found.map_or("nothing".to_owned(), told);
            got.wrong.push(format!("{pointer}: expected {}, got {told}", self::told(value)));
        }
    }
    for (name, pointer) in save {
        match json.pointer(pointer) {
            Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
                values.insert(name.clone(), value.clone());
            }
            found => {
                let told = found.map_or("nothing".to_owned(), told);
                let expected = "expected a text, a number, or true or false to save as";
                got.wrong.push(format!("{pointer}: {expected} {name}, got {told}"));
            }
        }
    }
}

/// The doctor's findings that are as severe as was said.
fn diagnosis(none: &str, ended: &Ended, read: Option<&Value>, got: &mut Got) {
    if ended.exit == Some(0) {
        return;
    }
    let least = rank(none);
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let found = read.and_then(|json| json["findings"].as_array());
    let counts = |finding: &&Value| {
        let aside = ["suppressed", "baseline"].iter().any(|key| finding[*key] == true);
        !aside && rank(&text(finding, "severity")) >= least
    };
    for finding in found.into_iter().flatten().filter(counts) {
        let (code, severity) = (text(finding, "code"), text(finding, "severity"));
        got.findings.push(format!("{code} ({severity}): {}", text(finding, "title")));
    }
    if got.findings.is_empty() {
        let ended = ended.exit.map_or("was killed".to_owned(), |code| format!("ended in {code}"));
        got.wrong.push(format!("expected no {none} of the doctor, but it {ended}"));
    } else {
        let listed: String = got.findings.iter().map(|one| format!("\n    {one}")).collect();
        let or_worse = if none == "error" { "" } else { " or worse" };
        got.wrong.push(format!("expected no {none}{or_worse} of the doctor, got{listed}"));
    }
}

fn rank(severity: &str) -> usize {
    ["info", "warning", "error"].iter().position(|one| *one == severity).unwrap_or(0)
}

/// Whether two values are the same; numbers by what they are, not by how they are written.
fn is_same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(one), Value::Number(other)) => {
            let fractions = one.is_f64() || other.is_f64();
            one == other || fractions && one.as_f64().is_some_and(|one| Some(one) == other.as_f64())
        }
        (Value::Array(all), Value::Array(others)) => {
            all.len() == others.len()
                && all.iter().zip(others).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(all), Value::Object(others)) => {
            let same = |(key, one): (&String, &Value)| {
                others.get(key).is_some_and(|other| is_same(one, other))
            };
            all.len() == others.len() && all.iter().all(same)
        }
        (one, other) => one == other,
    }
}

fn told(value: &Value) -> String {
    shortened(&value.to_string(), TOLD)
}

/// The beginning of a text, and how much more there is.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((at, _)) => {
            let more = text[at..].chars().count();
            format!("{} ... and {more} characters more", &text[..at])
        }
    }
}

/// A step that was not run, since one before it failed.
pub(super) fn not_run(step: &ScenarioStep, run: String, values: &Values) -> StepOutcome {
    StepOutcome {
        run,
        line: step.line,
        exit: None,
        ok: false,
        not_run: true,
        expected: expected(&step.act, values),
        got: Got { json: Map::new(), ..Got::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_the_same_by_what_they_are() {
        for (found, expected, same) in [
            (json!(1), json!(1.0), true),
            (json!(1), json!("1"), false),
            (json!([1, { "a": 2.0 }]), json!([1.0, { "a": 2 }]), true),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), false),
            (json!([1]), json!([1, 2]), false),
            (json!(null), json!(false), false),
            (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_993_i64), true),
        ] {
            assert_eq!(is_same(&found, &expected), same, "{found} {expected}");
        }
    }

    #[test]
    fn long_texts_are_shortened_between_characters() {
        assert_eq!(shortened("ñandú", 5), "ñandú");
        assert_eq!(shortened("ñandú", 1), "ñ ... and 4 characters more");
    }
}
