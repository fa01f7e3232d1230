//! `cdx demo`: the whole story of the asynchronous-customer FAQ, told by real commands.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cli::context::Inner;
use crate::cli::error::EXISTS;
use crate::cli::{CommandError, Context, Exit};
use crate::model::suggestion::{Doctor, OfFeatures, Prose, Suggestion, quoted};
use crate::report::Format;
use crate::report::page::{Page, Report};
use crate::store::{Environment, operations};

/// Make an environment and tell the whole story of the FAQ in it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder to make it in; else where --env or CDX_ENV says, else cdx-demo.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
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

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let place = context.new_place(args.dir.as_deref(), "cdx-demo", Suggestion::DemoElsewhere)?;
    let dir = place.display().to_string();
    let mut steps = Vec::new();
    step(context, &dir, "", &["init", &dir], &mut steps).map_err(|error| taken(error, &dir))?;
    for (question, commands) in STORY {
        context.output.heading(&format!("\n{question}"))?;
        for command in *commands {
            let command = fill(&context.folder.place(&place), command)?;
            let words: Vec<&str> = command.split_whitespace().collect();
            step(context, &dir, question, &words, &mut steps)?;
        }
    }
    context.output.heading("")?;
    context.done(&Story { environment: dir, steps })
}

/// The story was told there before, or something else is there: another folder, or go on in it.
fn taken(mut error: CommandError, dir: &str) -> CommandError {
    if error.failure.code == EXISTS {
        let another = Suggestion::DemoElsewhere("another-folder".to_owned());
        let go_on = Suggestion::from(OfFeatures::List).typed(Some(dir));
        error.failure.hints = vec![
            Prose::hint("tell it in another folder", another),
            Prose::from(format!("or go on in this one: {go_on}")),
        ];
    }
    error
}

/// The GUID of the last asynchronous customer of Houston.
fn fill(dir: &Path, command: &str) -> Result<String, CommandError> {
    if !command.contains("{guid}") {
        return Ok(command.to_owned());
    }
    let env = Environment::at(dir.to_path_buf())?;
    let guid = operations::last_guid(&env.channel("houston", crate::store::Access::Read)?)?;
    Ok(command.replace("{guid}", &guid))
}

fn step(
    context: &Context,
    dir: &str,
    question: &str,
    words: &[&str],
    steps: &mut Vec<Step>,
) -> Result<(), CommandError> {
    let told: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    let command = told.join(" ");
    context.output.heading(&format!("\n$ cdx {command}"))?;
    let place = if words[0] == "init" { Vec::new() } else { vec!["--env", dir] };
    // In JSON the demo is one object: its steps speak on standard error as text.
    let output = match context.output.format() {
        Format::Json => context.output.to_stderr(),
        Format::Text => context.output.clone(),
    };
    let name = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    let words = place.iter().chain(words).map(|word| (*word).to_owned()).collect();
    let exit = context.run_within(Inner { words, name, output, env_typed: false })?;
    steps.push(Step {
        question: question.to_owned(),
        command: format!("cdx {command}"),
        exit: exit.code(),
    });
    Ok(())
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
