//! `cdx schema`: JSON Schemas of what is printed, and of the TOML files that are read.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::cli::outcome::{Printed, outcomes};
use crate::cli::{CommandError, Context, Exit};
use crate::definitions::schemas;
use crate::gates::form;
use crate::model::nearest::nearest;
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, Report};
use crate::report::schema::{self, page};

/// Print the JSON Schema of what a command prints as JSON, or of a TOML file; list them.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Which one: a command with hyphens (doctor, features-list), error, cdx-toml, cdx-check-toml,
    /// job, scenario or gate.
    name: Option<String>,
}

outcomes! {
    SchemaList: "schema";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let all = all(context);
    let Some(name) = args.name else {
        let schemas = all.into_iter().map(|one| one.line).collect();
        return context.done(&SchemaList { schemas });
    };
    let wanted = name.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
    let Some(found) = all.iter().find(|one| one.line.name == wanted) else {
        return Err(unknown(&name, all.iter().map(|one| one.line.name.as_str())));
    };
    let text = serde_json::to_string_pretty(&found.schema()).unwrap_or_default();
    context.output.stdout(&format!("{text}\n"))?;
    Ok(Exit::Done)
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> CommandError {
    let hint = match nearest(name, known) {
        Some(near) => Prose::hint(
            format!("did you mean {near:?}? see it"),
            Suggestion::Schema(Some(near.to_owned())),
        ),
        None => Prose::hint("see what there is", Suggestion::Schema(None)),
    };
    CommandError::usage("unknown-schema", format!("unknown schema {name:?}"), hint)
}

/// The schemas that there are.
#[derive(Debug, Serialize, JsonSchema)]
struct SchemaList {
    /// Each by its name: outputs in the order of the commands, then files.
    schemas: Vec<SchemaLine>,
}

/// One schema.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct SchemaLine {
    /// What `cdx schema` knows it by.
    pub(super) name: String,
    /// The command whose output it describes; null for a file.
    pub(super) command: Option<String>,
    /// What the command does, or what the file is.
    pub(super) what: String,
}

impl Report for SchemaList {
    fn text(&self, page: &mut Page) {
        let row = |line: &SchemaLine| [line.name.clone(), line.what.clone()];
        page.table(["name", "what"], self.schemas.iter().map(row).collect());
    }
}

/// A schema that can be made.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// What is listed of it.
    pub(super) line: SchemaLine,
    made: Made,
}

/// What a schema is made from.
#[derive(Debug, Clone)]
enum Made {
    /// A command, and its reports.
    Output(String, Vec<schema::OfType>),
    /// An error of any command.
    Error,
    /// A TOML file.
    File(fn() -> Value),
}

impl Known {
    /// Makes it.
    pub(super) fn schema(&self) -> Value {
        match &self.made {
            Made::Output(command, reports) => {
                schema::of_output(Some(command), &self.line.what, reports)
            }
            Made::Error => schema::of_output(None, &self.line.what, &[]),
            Made::File(make) => make(),
        }
    }
}

/// What commands print, for documentation; commands that are not in the help are left out.
pub(super) fn outputs(context: &Context) -> Vec<page::Documented> {
    let all = all(context).into_iter().filter(|one| one.line.command.as_deref() != Some("docs"));
    let output = |one: Known| {
        let schema = one.schema();
        one.line.command.map(|command| page::Documented { command, schema })
    };
    all.filter_map(output).collect()
}

/// Every schema: of each command that prints JSON, in the order of the help, then of each file.
pub(super) fn all(context: &Context) -> Vec<Known> {
    all_of(&context.tree(), &(context.program.outcomes)())
}

/// The names of all, with what each describes, for a shell that completes one.
pub(in crate::cli) fn names(tree: &clap::Command) -> impl Iterator<Item = (String, String)> {
    let all = all_of(tree, &super::outcomes()).into_iter();
    all.map(|one| (one.line.name, one.line.what))
}

fn all_of(tree: &clap::Command, printed: &[Printed]) -> Vec<Known> {
    let mut all = Vec::new();
    each(tree, "", &mut |command, what| {
        let prints = |one: &&Printed| one.commands.contains(&command);
        let reports: Vec<_> = printed.iter().filter(prints).map(|one| one.schema).collect();
        if !reports.is_empty() {
            let (name, command) = (command.replace(' ', "-"), command.to_owned());
            let line = SchemaLine { name, command: Some(command.clone()), what };
            all.push(Known { line, made: Made::Output(command, reports) });
        }
    });
    let what = "What any command prints where it could not do what was asked".to_owned();
    let line = SchemaLine { name: "error".to_owned(), command: None, what };
    all.push(Known { line, made: Made::Error });
    all.extend(schemas::ALL.iter().chain([&form::SCHEMA]).map(|(name, what, make)| {
        let line = SchemaLine { name: (*name).to_owned(), command: None, what: (*what).to_owned() };
        Known { line, made: Made::File(*make) }
    }));
    all
}

/// Tells every command with what it does, those in front of others first.
fn each(command: &clap::Command, path: &str, tell: &mut impl FnMut(&str, String)) {
    for sub in command.get_subcommands() {
        let words = format!("{path}{}", sub.get_name());
        tell(&words, sub.get_about().map(ToString::to_string).unwrap_or_default());
        each(sub, &format!("{words} "), tell);
    }
}
