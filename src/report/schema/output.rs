//! The schema of what a command prints.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::close::close;
use crate::report::error::FailureObject;
use crate::report::output::FORMAT_VERSION;

/// How the schema of a type is made.
pub(crate) type OfType = fn(&mut SchemaGenerator) -> Schema;

/// The dialect that schemas are in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What every object begins with.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is written key by key, before a report's own")]
pub(crate) struct Envelope {
    /// The version of the format; keys stay within it, and more may come.
    pub(crate) format_version: u32,
    /// The words of the command: `features list`.
    pub(crate) command: String,
    /// Whether the command ended in 0.
    pub(crate) ok: bool,
    /// The folder of the environment, where there is one: as it was named, or as it is seen from
    /// the working folder.
    pub(crate) environment: Option<String>,
}

/// The schema of what a command prints: what every object has, and beside it either the keys of one
/// of its reports or an error. Without a command it is that of an error of any.
pub(crate) fn of_output(command: Option<&str>, about: &str, reports: &[OfType]) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut keys = Envelope::json_schema(&mut generator).to_value()["properties"].take();
    keys["format_version"]["const"] = FORMAT_VERSION.into();
    keys["environment"]["type"] = "string".into();
    if let Some(command) = command {
        keys["command"]["const"] = command.into();
    }
    let reports = reports.iter().chain([&(FailureObject::json_schema as OfType)]);
    let reports: Vec<Value> = reports.map(|of| of(&mut generator).to_value()).collect();
    let root = json!({
        "$schema": DIALECT,
        "title": command.unwrap_or("error"),
        "description": about,
        "type": "object",
        "properties": keys,
        "required": ["format_version", "command", "ok"],
        "anyOf": reports,
    });
    close(root, &generator.take_definitions(true))
}
