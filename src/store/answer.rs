//! An answer of GetFeatureStates, as people save it: a list of names and whether each is enabled.

use std::path::Path;

use serde_json::Value;

use super::entity::unreadable;
use super::error::StoreError;
use super::input;
use crate::gates::import::EntityRow;

/// What the answer is called where it cannot be read.
const WHAT: &str = "an answer of GetFeatureStates";

/// The features of an answer; `line` is the place in the list, from 1.
///
/// # Errors
/// A file that is no such answer, or cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<EntityRow>, StoreError> {
    let name = path.display().to_string();
    let text = input::text(path, input::ENTITY)?;
    let wrong = |detail: String| unreadable(&name, WHAT, detail);
    let answer: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| wrong(error.to_string()))?;
    let list = answer.as_array().or_else(|| member(&answer, "value")?.as_array());
    let list =
        list.ok_or_else(|| wrong("it is no list, and has none under \"value\"".to_owned()))?;
    let row = |(at, one): (usize, &Value)| {
        let name = member(one, "Name").and_then(Value::as_str)?;
        let is = member(one, "IsEnabled")?;
        let enabled = is.as_bool().or_else(|| Some(is.as_i64()? != 0))?;
        Some(EntityRow {
            name: super::entity::with_prefix(name.to_owned()),
            display_name: name.to_owned(),
            module: String::new(),
            enabled,
            enable_date: None,
            dated: false,
            line: at + 1,
        })
    };
    let rows = list.iter().enumerate().map(|found| {
        row(found).ok_or_else(|| wrong(format!("entry {} has no Name and IsEnabled", found.0 + 1)))
    });
    rows.collect()
}

/// A member of an object, by its name in any case.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let mut members = value.as_object()?.iter();
    members.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
