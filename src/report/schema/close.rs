//! Closes a schema: a key that it does not know is not valid.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::definitions::schemas::without_null;

/// What combines several schemas of one value.
const COMBINED: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Where the schemas of types stand, and how one is named.
const PLACE: &str = "#/$defs/";

/// Closes a schema and the types that it uses. A type that stands beside keys of another (as
/// `flatten` puts it) is written out there, since it is closed only together with them. Types that
/// are not used any more go.
pub(super) fn close(mut root: Value, types: &Map<String, Value>) -> Value {
    close_one(&mut root, types, false);
    let mut closed = types.clone();
    for schema in closed.values_mut() {
        close_one(schema, types, false);
    }
    let mut used = BTreeSet::new();
    uses(&root, &closed, &mut used);
    closed.retain(|name, _| used.contains(name));
    if let Value::Object(root) = &mut root
        && !closed.is_empty()
    {
        root.insert("$defs".to_owned(), Value::Object(closed));
    }
    root
}

/// Closes one schema; one that stands beside others of the same value stays open.
fn close_one(schema: &mut Value, types: &Map<String, Value>, open: bool) {
    if open || schema.get("properties").is_some() {
        write_out(schema, types);
    }
    let Value::Object(object) = schema else { return };
    let has_keys = object.contains_key("properties");
    let mut combined = false;
    for word in COMBINED {
        let Some(Value::Array(branches)) = object.get_mut(word) else { continue };
        combined = true;
        for branch in branches {
            close_one(branch, types, open || has_keys);
        }
    }
    if has_keys && !open && !object.contains_key("additionalProperties") {
        let word = if combined { "unevaluatedProperties" } else { "additionalProperties" };
        object.insert(word.to_owned(), false.into());
    }
    for word in ["items", "additionalProperties"] {
        if let Some(inner) = object.get_mut(word) {
            close_one(inner, types, false);
        }
    }
    let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (key, property) in properties {
            if !required.iter().any(|one| one == key) {
                // What may be left out is left out rather than null.
                without_null(property);
            }
            close_one(property, types, false);
        }
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// Puts what a type says in the place of its name, together with what stands beside the name.
fn write_out(schema: &mut Value, types: &Map<String, Value>) {
    let Some(Value::Object(found)) = named(schema).and_then(|name| types.get(name)).cloned() else {
        return;
    };
    let Value::Object(object) = schema else { return };
    object.remove("$ref");
    for (word, of_type) in found {
        match (object.get_mut(&word), of_type) {
            (Some(Value::Object(own)), Value::Object(more)) => own.extend(more),
            (Some(Value::Array(own)), Value::Array(more)) => own.extend(more),
            (Some(_), _) => {}
            (None, of_type) => {
                object.insert(word, of_type);
            }
        }
    }
}

/// The type that a schema is, where it is a type alone.
pub(super) fn named(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(PLACE)
}

/// Notes every type that a schema uses, and those that they use.
fn uses(schema: &Value, types: &Map<String, Value>, used: &mut BTreeSet<String>) {
    if let Some(name) = named(schema)
        && used.insert(name.to_owned())
        && let Some(found) = types.get(name)
    {
        uses(found, types, used);
    }
    match schema {
        Value::Object(object) => object.values().for_each(|inner| uses(inner, types, used)),
        Value::Array(array) => array.iter().for_each(|inner| uses(inner, types, used)),
        _ => {}
    }
}
