//! A schema as a reader has it: which keys, of which type, and what they say.

use serde_json::{Map, Value};

use super::close::named;

type Types = Map<String, Value>;

/// A key of an object.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) schema: Value,
    /// Whether it is always there.
    pub(super) required: bool,
}

/// Whether a schema is that of an error.
pub(super) fn is_error(schema: &Value) -> bool {
    schema["properties"].get("error").is_some()
}

/// The keys of an object, those of its alternatives too; none of what is no object.
pub(super) fn keys(schema: &Value, types: &Types) -> Vec<Key> {
    let schema = resolved(schema, types);
    let mut found: Vec<Key> = Vec::new();
    let required = |name: &str| {
        let all = schema["required"].as_array();
        all.is_some_and(|all| all.iter().any(|one| one == name))
    };
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        found.push(Key { name: name.clone(), schema: of.clone(), required: required(name) });
    }
    for (word, must) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
        let branches = schema[word].as_array().map_or(&[][..], Vec::as_slice);
        let of_branch: Vec<Vec<Key>> = branches.iter().map(|one| keys(one, types)).collect();
        for key in of_branch.iter().flatten() {
            if let Some(known) = found.iter_mut().find(|known| known.name == key.name) {
                merge(&mut known.schema, &key.schema);
                continue;
            }
            let everywhere = of_branch
                .iter()
                .all(|keys| keys.iter().any(|one| one.name == key.name && one.required));
            found.push(Key { required: key.required && (must || everywhere), ..key.clone() });
        }
    }
    found
}

/// What stands behind a reference.
fn resolved<'a>(schema: &'a Value, types: &'a Types) -> &'a Value {
    named(schema).and_then(|name| types.get(name)).unwrap_or(schema)
}

/// A key that differs by alternative: its words together.
fn merge(known: &mut Value, other: &Value) {
    let mut words = fixed(known);
    for word in fixed(other) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > 1
        && let Value::Object(known) = known
    {
        known.remove("const");
        known.insert("enum".to_owned(), words.into());
    }
}

/// The values that a schema lists.
fn fixed(schema: &Value) -> Vec<Value> {
    let one = schema.get("const").cloned();
    let several = schema["enum"].as_array().cloned().unwrap_or_default();
    let described = schema["oneOf"].as_array().cloned().unwrap_or_default();
    let described = described.iter().filter_map(|one| one.get("const").cloned());
    one.into_iter().chain(several).chain(described).collect()
}

/// A value as a reader has it.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// In a word: string, array of objects, object or null.
    pub(super) kind: String,
    /// What follows its key in the path of what is within: `[]`.
    pub(super) suffix: String,
    /// The name of the object that it is, or is made of.
    pub(super) name: Option<&'a str>,
    /// That object.
    pub(super) within: Option<&'a Value>,
    /// What it says.
    pub(super) what: String,
}

impl<'a> Shape<'a> {
    /// The shape of a schema.
    pub(super) fn of(schema: &'a Value, types: &'a Types) -> Self {
        let inner = not_null(schema);
        let (nullable, inner) = (inner.is_some(), inner.unwrap_or(schema));
        let meant = resolved(inner, types);
        let time = meant["format"] == "date-time";
        // Of times everything is said once for all.
        let told = [schema, inner, meant].into_iter().take(if time { 2 } else { 3 });
        let own = told.filter(|one| !time || one.get("format").is_none());
        let own = own.into_iter().find_map(|one| one["description"].as_str());
        let what = own.unwrap_or_default().replace('\n', " ");
        let mut shape = Self::meant(inner, meant, types);
        let words = fixed(meant);
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        shape.what = what;
        if time {
            "time".clone_into(&mut shape.kind);
        }
        if !words.is_empty() {
            let gap = if shape.what.is_empty() { "" } else { " " };
            shape.what = format!("{}{gap}{}", shape.what, words.join(", "));
        }
        if nullable || is_nullable(meant) {
            shape.kind.push_str(" or null");
        }
        shape
    }

    fn meant(schema: &'a Value, meant: &'a Value, types: &'a Types) -> Self {
        let plain = |kind: &str| Self {
            kind: kind.to_owned(),
            suffix: String::new(),
            name: None,
            within: None,
            what: String::new(),
        };
        let kinds: Vec<&str> = match &meant["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let kinds: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
        if kinds == ["array"] {
            let of = Self::of(&meant["items"], types);
            let suffix = format!("[]{}", of.suffix);
            let what = String::new();
            return Self { kind: format!("array of {}", of.kind), suffix, what, ..of };
        }
        if !keys(meant, types).is_empty() {
            return Self { name: named(schema), within: Some(meant), ..plain("object") };
        }
        match &kinds[..] {
            [] if fixed(meant).iter().all(Value::is_string) => plain("string"),
            [] => plain("any"),
            kinds => plain(&kinds.join(" or ")),
        }
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"))
}

/// What a value is where it is not null, of a schema that says so in two alternatives.
fn not_null(schema: &Value) -> Option<&Value> {
    match &schema["anyOf"].as_array()?[..] {
        [of, null] | [null, of] if null["type"] == "null" => Some(of),
        _ => None,
    }
}
