//! `cdx demo`: the whole story of the asynchronous-customer FAQ, told by real commands.

use std::path::PathBuf;

use clap::Parser;
use serde::Serialize;

use crate::cli::app::Cli;
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::program::dispatch;
use crate::model::suggestion::{Doctor, Prose, Suggestion};
use crate::report::Format;
use crate::report::page::{Page, Report};
use crate::store::{Environment, operations};

/// Make an environment and tell the whole story in it, each command with its outcome.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder to make it in.
    #[arg(default_value = "cdx-demo", value_name = "DIR")]
    dir: PathBuf,
}

/// The story: what is asked, then the commands that answer. `{guid}` and `{account}` are filled
/// in with what the story has made by then.
const STORY: &[(&str, &[&str])] = &[
    (
        "A customer is created at a register in Houston. Why does it call headquarters?",
        &["pos create-customer --channel houston --first-name Ada --last-name Byron", "rts list"],
    ),
    (
        "The editing feature is wanted. Why can it not be enabled?",
        &[
            "features enable async-customer-editing",
            "features enable async-customer-editing --with-prerequisites",
            "profiles set Stores --async-customers yes",
        ],
    ),
    (
        "Everything is on in headquarters. Why does the register still call it?",
        &[
            "pos create-customer --channel houston --first-name Grace --last-name Murray",
            "features show async-customer-editing",
        ],
    ),
    (
        "The jobs bring it to the channels. Why is it still not so?",
        &[
            "run 1110 1010 1070",
            "pos create-customer --channel houston --first-name Alan --last-name Mathison",
            "csu status",
        ],
    ),
    (
        "The cache expires. Now a create and an edit stay in the channel.",
        &[
            "clock advance 15m",
            "pos create-customer --channel houston --first-name Katherine --last-name Coleman \
             --email katherine@example.com --title Ms",
            "pos edit-customer --channel houston --account {guid} --set last-name=Johnson",
            "pos find-customer --channel houston Katherine",
        ],
    ),
    (
        "How does headquarters hear of it, and when does the customer get an account?",
        &["run P", "customers status", "run sync-customers", "customers show {guid}", "run 1010"],
    ),
    (
        "The account is in every channel.",
        &[
            "pos find-customer --channel houston Katherine",
            "pos find-customer --channel seattle Katherine",
            "pos find-customer --channel online Katherine",
            "features show async-customer-editing",
        ],
    ),
];

pub(in crate::cli) fn run(context: &mut Context, args: &Args) -> Result<Exit, CommandError> {
    let dir = args.dir.display().to_string();
    let mut steps = Vec::new();
    step(context, &dir, "", &format!("init {dir}"), &mut steps)?;
    for (question, commands) in STORY {
        context.output.heading(&format!("\n{question}"))?;
        for command in *commands {
            let command = fill(&args.dir, command)?;
            step(context, &dir, question, &command, &mut steps)?;
        }
    }
    "demo".clone_into(&mut context.command);
    context.output.heading("")?;
    context.print(&Story { environment: dir, steps })?;
    Ok(Exit::Done)
}

/// The GUID of the last asynchronous customer of Houston.
fn fill(dir: &std::path::Path, command: &str) -> Result<String, CommandError> {
    if !command.contains("{guid}") {
        return Ok(command.to_owned());
    }
    let env = Environment::at(dir.to_path_buf())?;
    let guid = operations::last_guid(&env.channel("houston", crate::store::Access::Read)?)?;
    Ok(command.replace("{guid}", &guid))
}

fn step(
    context: &mut Context,
    dir: &str,
    question: &str,
    command: &str,
    steps: &mut Vec<Step>,
) -> Result<(), CommandError> {
    context.output.heading(&format!("\n$ cdx {command}"))?;
    let words = command.split_whitespace();
    let own = command.starts_with("init ");
    let place = if own { Vec::new() } else { vec!["--env", dir] };
    let parsed = Cli::try_parse_from(["cdx"].into_iter().chain(place).chain(words));
    let cli = parsed.map_err(|error| {
        let hint = Prose::hint("run the command alone", Suggestion::Help(None));
        CommandError::usage("demo", error.to_string(), hint)
    })?;
    let mut inner = Context {
        folder: context.folder.clone(),
        output: context.output.clone(),
        env: cli.env,
        env_typed: false,
        command: name_of(command),
        format: cli.format,
    };
    // In JSON the demo is one object: its steps speak on standard error as text.
    if context.output.format() == Format::Json {
        inner.output = context.output.to_stderr();
    }
    let exit = dispatch(&mut inner, cli.command)?;
    steps.push(Step {
        question: question.to_owned(),
        command: format!("cdx {command}"),
        exit: exit.code(),
    });
    Ok(())
}

/// The words before the first option or name: `features show`.
fn name_of(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().take(2).collect();
    words.join(" ")
}

#[derive(Debug, Serialize)]
struct Story {
    environment: String,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    question: String,
    command: String,
    exit: u8,
}

impl Report for Story {
    fn text(&self, page: &mut Page) {
        let dir = &self.environment;
        let doctor = Suggestion::from(Doctor::default()).typed(Some(dir));
        page.line(Prose::from(format!("The environment stays in {dir}; go on there: {doctor}")));
    }
}
