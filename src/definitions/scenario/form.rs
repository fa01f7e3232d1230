//! What a scenario file may hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::{OPTIONS, Takes};
use crate::definitions::form::form;
use crate::model::schema_of::schema_of;

form! {
    /// A scenario of `cdx test`: commands, and what is expected of them. `${NAME}` in a text stands
    /// for a value of the matrix, for one that an earlier step has saved, or for `dir`, the folder
    /// of the file.
    pub(in crate::definitions) struct ScenarioForm {
        /// What the scenario shows.
        #[schemars(regex(pattern = r"\S"))]
        name: String = "name",
        /// The environment that it is played in: options of `cdx init`.
        environment: Option<OptionsForm> = "environment",
        /// Lists of values: one run for each combination.
        matrix: Option<MatrixForm> = "matrix",
        /// What is done, in order.
        #[schemars(length(min = 1))]
        step: Vec<StepForm> = "step",
    }
}

form! {
    /// A command with what is expected of it, or what the doctor may not find.
    #[schemars(extend("oneOf" = [
        { "required": ["run"], "properties": { "doctor": false } },
        {
            "required": ["doctor"],
            "properties": { "run": false, "expect": false, "save": false },
        },
    ]))]
    pub(super) struct StepForm {
        /// A command line without cdx before it.
        #[schemars(regex(pattern = r"\S"))]
        run: Option<String> = "run",
        /// What is expected; the exit code 0 where nothing is said.
        expect: Option<ExpectForm> = "expect",
        /// Values for later steps: `NAME = "/pointer"` into what the command prints as JSON.
        save: Option<BTreeMap<String, Pointer>> = "save",
        /// What the doctor may not find.
        doctor: Option<DoctorStepForm> = "doctor",
    }
}

form! {
    /// What is expected of a command.
    pub(super) struct ExpectForm {
        /// The exit code; 0 when left out.
        exit: Option<u8> = "exit",
        /// Texts that standard output has.
        contains: Option<Vec<String>> = "contains",
        /// Values of what it prints as JSON: `"/pointer" = value`.
        json: Option<BTreeMap<Pointer, Value>> = "json",
    }
}

form! {
    /// What the doctor may not find.
    pub(super) struct DoctorStepForm {
        /// The lowest severity that it may not find.
        none: SeverityWord = "none",
        /// Only these rules.
        only: Option<Vec<String>> = "only",
        /// All but these rules.
        skip: Option<Vec<String>> = "skip",
    }
}

/// A severity.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "a reader walks the file key by key, and tells every problem")]
pub(super) enum SeverityWord {
    Error,
    Warning,
    Info,
}

/// A JSON pointer (RFC 6901).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pointer(String);

schema_of!(Pointer, "Pointer", {
    "description": "A JSON pointer: /account.",
    "type": "string",
    "pattern": "^(/([^~]|~[01])*)?$",
});

/// The options of `init`.
pub(super) struct OptionsForm;

impl JsonSchema for OptionsForm {
    fn schema_name() -> Cow<'static, str> {
        "Environment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let option = |(key, takes): &(&str, Takes)| {
            let one = match takes {
                Takes::Nothing => json!({ "type": "boolean" }),
                Takes::Number => json!({ "type": ["integer", "string"] }),
                Takes::Text => json!({ "type": "string" }),
                Takes::Paths => {
                    json!({ "type": ["string", "array"], "items": { "type": "string" } })
                }
            };
            ((*key).to_owned(), one)
        };
        let keys: Map<String, Value> = OPTIONS.iter().map(option).collect();
        json_schema!({ "type": "object", "properties": keys, "additionalProperties": false })
    }
}

/// Names with their values.
pub(super) struct MatrixForm;

schema_of!(MatrixForm, "Matrix", {
    "type": "object",
    "additionalProperties": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": true,
        "items": { "type": ["string", "integer"] },
    },
});
