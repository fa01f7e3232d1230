//! `cdx demo`: the whole story of the asynchronous-customer FAQ, told by real commands.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::context::Inner;
use crate::cli::error::EXISTS;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::model::operation::{Action, OperationFilter};
use crate::model::suggestion::{OfFeatures, Prose, Shell, Suggestion};
use crate::report::Format;
use crate::report::output::Lines;
use crate::report::page::{Page, Report};
use crate::store::{Access, Environment, operation_list, operations};

/// Make an environment and tell the whole story of the FAQ in it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder to make it in; else where --env or CDX_ENV says, else cdx-demo.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Only this chapter, 1 to 4; those before it are done without a word.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    chapter: Option<u8>,
}

/// A part of the story: what is asked, then the commands that answer. `{guid}` and `{operation}`
/// are filled in with what the story has made by then.
struct Chapter {
    question: &'static str,
    commands: &'static [(&'static str, Lines)],
}

/// A run's jobs, without the table of their sessions.
const JOBS: Lines = Lines::With(&["Job"]);
/// What the doctor finds and how it is fixed, without what it has seen.
const FOUND: Lines = Lines::With(&["CDX", "fix"]);

/// The four questions of the FAQ, in the order in which people come to them.
const CHAPTERS: &[Chapter] = &[
    Chapter {
        question: "Why can the editing of asynchronous customers not be enabled?",
        commands: &[
            ("features enable async-customer-editing", Lines::All),
            ("features plan async-customer-editing", Lines::All),
            ("features enable async-customer-editing --with-prerequisites", Lines::All),
            ("profiles set Stores --async-customers yes", Lines::All),
        ],
    },
    Chapter {
        question: "Everything is on in headquarters. Why do registers still call it?",
        commands: &[
            (
                "pos create-customer --channel houston --first-name Grace --last-name Murray",
                Lines::All,
            ),
            ("run 1110 1010 1070", JOBS),
            (
                "pos create-customer --channel houston --first-name Alan --last-name Mathison",
                Lines::All,
            ),
            ("doctor --quick --only CDX301 --channel houston", FOUND),
            ("csu restart", Lines::All),
            (
                "pos create-customer --channel houston --first-name Katherine --last-name Coleman \
                 --email katherine@example.com --title Ms",
                Lines::All,
            ),
            ("rts list --summary", Lines::All),
        ],
    },
    Chapter {
        question: "Why does headquarters not show the customer, and when is there an account?",
        commands: &[
            ("customers trace {guid}", Lines::All),
            ("customers status", Lines::All),
            ("run P", JOBS),
            ("run sync-customers", Lines::All),
            ("run 1010", JOBS),
            ("customers trace {guid}", Lines::All),
        ],
    },
    Chapter {
        question: "Which operation failed, and how is it changed?",
        commands: &[
            (
                "pos edit-customer --channel houston --account {guid} \
                 --set group=NOPE last-name=Johnson",
                Lines::All,
            ),
            ("run P sync-customers", Lines::With(&["sync-customers"])),
            ("doctor --quick --only CDX501", FOUND),
            ("customers status show {operation}", Lines::First(10)),
            ("customers status edit {operation} --set CUSTGROUP=30", Lines::All),
            ("customers status synchronize {operation}", Lines::All),
            ("customers status show {operation}", Lines::First(6)),
        ],
    },
];

outcomes! {
    Story: "demo";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let place = context.new_place(args.dir.as_deref(), "cdx-demo", Suggestion::DemoElsewhere)?;
    let dir = place.display().to_string();
    let mut telling = Telling { context, dir: &dir, steps: Vec::new() };
    let only = args.chapter.map(usize::from);
    let told = |chapter: usize| only.is_none_or(|only| only == chapter);
    telling
        .step((0, ""), &format!("init {}", Shell::HERE.quoted(&dir)), Lines::All, only.is_none())
        .map_err(|error| taken(error, &dir))?;
    for (at, Chapter { question, commands }) in (1..).zip(CHAPTERS) {
        if only.is_some_and(|only| at > only) {
            break;
        }
        if told(at) {
            context.output.heading(&format!("\n{at}. {question}"))?;
        }
        for (command, lines) in *commands {
            let command = fill(&context.folder.place(&place), command)?;
            telling.step((at, question), &command, *lines, told(at))?;
        }
    }
    context.output.heading("")?;
    let Telling { steps, .. } = telling;
    let next = only.filter(|only| *only < CHAPTERS.len()).map(|only| only + 1);
    context.done(&Story { environment: dir, steps, next })
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

/// A command with what the story has made by then: the temporary id of Houston's last customer, and
/// the first operation that failed, or the last that was corrected.
fn fill(dir: &Path, command: &str) -> Result<String, CommandError> {
    if !command.contains('{') {
        return Ok(command.to_owned());
    }
    let env = Environment::at(dir.to_path_buf())?;
    let guid = operations::last_guid(&env.channel("houston", Access::Read)?)?;
    let reader = env.reader()?;
    let filter = OperationFilter { action: Some(Action::Update), ..OperationFilter::default() };
    let edits = operation_list::list(&reader.hq, &reader.world.clock, &filter)?;
    let operation = edits.first().map_or("", |edit| edit.id.as_str());
    Ok(command.replace("{guid}", &guid).replace("{operation}", operation))
}

/// The story while it is told.
struct Telling<'a> {
    context: &'a Context,
    dir: &'a str,
    steps: Vec<Step>,
}

impl Telling<'_> {
    /// Runs a command of a chapter; where it is not told, it is only done.
    fn step(
        &mut self,
        (chapter, question): (usize, &str),
        command: &str,
        lines: Lines,
        told: bool,
    ) -> Result<(), CommandError> {
        let output = match (told, self.context.output.format()) {
            (false, _) => self.context.output.silent(),
            // In JSON the demo is one object: its steps speak on standard error as text.
            (true, Format::Json) => self.context.output.to_stderr(),
            (true, Format::Text) => self.context.output.clone(),
        };
        let output = output.of_lines(lines);
        if told {
            self.context.output.heading(&format!("\n$ cdx {command}{lines}"))?;
        }
        let words: Vec<&str> = command.split_whitespace().collect();
        let name = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let words: Vec<String> = match words.as_slice() {
            ["init", ..] => vec!["init".to_owned(), self.dir.to_owned()],
            words => {
                let words = ["--env", self.dir].into_iter().chain(words.iter().copied());
                words.map(str::to_owned).collect()
            }
        };
        let exit = self.context.run_within(Inner { words, name, output, env_typed: false })?;
        if told {
            self.steps.push(Step {
                chapter,
                question: question.to_owned(),
                command: format!("cdx {command}"),
                exit: exit.code(),
            });
        }
        Ok(())
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Story {
    /// The folder that it was told in.
    environment: String,
    /// The commands that were run, in order.
    steps: Vec<Step>,
    /// The chapter after the one that was told alone.
    #[serde(skip)]
    next: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Step {
    /// 0 is what comes before the first question.
    chapter: usize,
    /// The question of the chapter.
    question: String,
    /// The command.
    command: String,
    /// Its exit code.
    exit: u8,
}

impl Report for Story {
    fn text(&self, page: &mut Page) {
        let dir = &self.environment;
        let status = Suggestion::Status.typed(Some(dir));
        page.line(Prose::from(format!("The environment stays in {dir}; go on there: {status}")));
        if let Some(next) = self.next {
            let another = Suggestion::DemoChapter(format!("{dir}-{next}"), next);
            page.item(Prose::hint("the next chapter, in an environment of its own", another));
        }
    }
}
