//! The schemas of TOML files, for editors.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::file_form::DefinitionsForm;
use super::scenario::form::ScenarioForm;
use super::settings_form::{CheckForm, SettingsForm};

/// A file's schema: its name, what it is the schema of, and how it is made.
pub(crate) type OfFile = (&'static str, &'static str, fn() -> Value);

/// The schemas of the files that are read here.
pub(crate) const ALL: &[OfFile] = &[
    ("cdx-toml", "The settings of an environment: cdx.toml", of_file::<SettingsForm>),
    ("cdx-check-toml", "What a repository accepts: cdx-check.toml", of_file::<CheckForm>),
    ("job", "A file of jobs/: a job, or subjobs of shipped ones", of_file::<DefinitionsForm>),
    ("scenario", "A scenario of cdx test", of_file::<ScenarioForm>),
];

/// The schema of a TOML file: closed, and without null, which TOML does not have.
pub(crate) fn of_file<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    as_in_toml(&mut schema);
    schema
}

fn as_in_toml(schema: &mut Value) {
    without_null(schema);
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            object.values_mut().for_each(as_in_toml);
        }
        Value::Array(array) => array.iter_mut().for_each(as_in_toml),
        _ => {}
    }
}

/// Takes null out of a value that is left out instead.
pub(crate) fn without_null(schema: &mut Value) {
    let null = |one: &Value| one == "null" || one["type"] == "null";
    let Value::Object(object) = schema else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|one| !null(one));
        if let [only] = &mut types[..] {
            object["type"] = only.take();
        }
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|one| !null(one));
    if let [Value::Object(only)] = &mut branches[..] {
        let only = std::mem::take(only);
        object.remove("anyOf");
        for (word, value) in only {
            object.entry(word).or_insert(value);
        }
    }
}
