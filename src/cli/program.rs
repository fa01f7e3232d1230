//! From arguments to an exit code.

use std::cell::Cell;
use std::ffi::OsString;
use std::iter;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};

use super::app::Cli;
use super::commands::{self, Command};
use super::completion;
use super::context::{Context, Inner, Program};
use super::error::CommandError;
use super::exit::{CRASHED, Exit};
use super::folder::Folder;
use super::preferred::Preferred;
use super::refusal::Refusal;
use super::values::FormatArg;
use crate::model::suggestion::{Doctor, OfFeatures, OfSessions, Prose, Suggestion};
use crate::report::pager::Pager;
use crate::report::palette::ColorChoice;
use crate::report::{Failure, Format, Output, Streams};
use crate::store::Environment;
use crate::world::CrashPoint;
use crate::world::crash::until_crash;
use crate::world::interrupt::{self, Doing};

/// What a command has around it.
#[derive(Debug, Clone)]
struct Surroundings {
    /// The folder it works in.
    folder: Folder,
    /// Where it prints.
    streams: Streams,
}

/// How a command that is not a process of its own ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With an exit code.
    Exit(Exit),
    /// Where `--fault crash=POINT` ended it.
    Crash(CrashPoint),
}

impl Ending {
    /// The number that a process would have ended with.
    pub fn code(self) -> u8 {
        match self {
            Self::Exit(exit) => exit.code(),
            Self::Crash(_) => CRASHED,
        }
    }
}

/// What commands ask of this program.
const PROGRAM: Program =
    Program { tree: Cli::command, run: run_within, outcomes: commands::outcomes };

/// Every command with its options, as clap knows them.
pub fn tree() -> clap::Command {
    let mut root = Cli::command();
    root.build();
    root
}

/// Runs the program with these arguments, the first being its own name.
pub fn main_with(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let around = Surroundings { folder: Folder::Process, streams: Streams::Process };
    match completion::answer(Cli::command, &args, |typed| environment_typed(typed, &around)) {
        Ok(true) => Exit::Done,
        Ok(false) => parse(&args, &around),
        Err(error) => usage(&args, &error, &around),
    }
}

/// Runs the program inside this process: in a folder (files that are named beside the
/// environment's are named whole), printing to writers. Where a crash is asked
/// for, the process goes on only as a simulation ([`Machine::simulate`](crate::world::Machine)).
pub fn run_in(folder: &Path, streams: Streams, args: &[&str]) -> Ending {
    let args: Vec<OsString> = ["cdx"].iter().chain(args).map(OsString::from).collect();
    let around = Surroundings { folder: Folder::Given(folder.to_path_buf()), streams };
    match until_crash(|| parse(&args, &around)) {
        Ok(exit) => Ending::Exit(exit),
        Err(point) => Ending::Crash(point),
    }
}

fn parse(args: &[OsString], around: &Surroundings) -> Exit {
    let mut command = Cli::command();
    if around.streams.width().is_none() {
        // Help that goes to no terminal is not wrapped.
        command = command.term_width(0);
    }
    let matches = match command.try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(error) => return usage(args, &error, around),
    };
    let words = command_words(&matches);
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => execute(cli, words, Typed::of(&matches), around),
        Err(error) => usage(args, &error, around),
    }
}

/// The words of the command that was given, `features list`.
fn command_words(matches: &clap::ArgMatches) -> String {
    let mut words = Vec::new();
    let mut level = matches;
    while let Some((name, next)) = level.subcommand() {
        words.push(name.to_owned());
        level = next;
    }
    words.join(" ")
}

/// Which options of every command were typed, and do not come from a variable or a default.
struct Typed {
    env: bool,
    format: bool,
}

impl Typed {
    fn of(matches: &clap::ArgMatches) -> Self {
        let typed = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
        Self { env: typed("env"), format: typed("format") }
    }
}

fn execute(mut cli: Cli, command: String, typed: Typed, around: &Surroundings) -> Exit {
    let Typed { env: env_typed, format: format_typed } = typed;
    let preferred = if format_typed { Preferred::Unsaid } else { Preferred::read(&around.folder) };
    if let Preferred::Format(format) = preferred
        && fits(&cli.command, &command, format).is_ok()
        && !is_watching(&cli.command)
    {
        cli.format = format;
    }
    let verbosity = cli.verbosity();
    let env = match around.folder {
        // An empty variable counts as unset.
        Folder::Process => cli.env.filter(|path| env_typed || !path.as_os_str().is_empty()),
        Folder::Given(_) => cli.env.filter(|_| env_typed),
    };
    let named = env.as_ref().filter(|_| env_typed).map(|path| path.display().to_string());
    let output = Output::new(cli.format.into(), cli.color.into(), around.streams.clone());
    let pager = if cli.no_pager || is_watching(&cli.command) { None } else { Pager::chosen() };
    let output = output.speaking(verbosity).paged(pager);
    let place = place(env.as_deref(), &around.folder);
    let output = output.named(named).of_environment(place);
    let folder = around.folder.clone();
    let written = Cell::default();
    let format = cli.format;
    let program = PROGRAM;
    #[rustfmt::skip]
    let context = Context {
        program, output, folder, env, env_typed, command, format, format_typed, written,
    };
    preferred.tell(&context);
    if let Folder::Process = context.folder {
        interrupt::answer(last_words(&context, &cli.command));
    }
    let fits = fits(&cli.command, &context.command, format)
        .and_then(|()| not_nameless(context.env.as_deref()));
    let done = fits.and_then(|()| cli.command.run(&context));
    match done {
        Ok(exit) => exit,
        Err(CommandError { exit, failure }) => {
            match context.output.failure(&context.command, &failure) {
                Ok(()) => exit,
                Err(_) => Exit::Impossible,
            }
        }
    }
}

/// What is said when Ctrl-C ends a command at once.
fn last_words(context: &Context, command: &Command) -> Box<dyn Fn(Doing) + Send> {
    let (output, words) = (context.output.clone(), context.command.clone());
    let (watching, many) = (is_watching(command), runs_others(command));
    let again = Prose::from("the same command makes it again");
    let makes = matches!(command, Command::Init(_) | Command::Demo(_));
    Box::new(move |doing| {
        let (message, hint) = match doing {
            Doing::Reading if watching => return,
            Doing::Writing if makes => {
                ("interrupted; the environment is not finished", again.clone())
            }
            Doing::Writing => (
                "interrupted; the next command that writes undoes or finishes what was begun",
                Prose::hint("see what is done", Suggestion::Status),
            ),
            Doing::Reading if many => {
                ("interrupted", Prose::hint("see what is done", Suggestion::Status))
            }
            Doing::Reading => ("interrupted; nothing was changed", Prose::default()),
        };
        let hints = Some(hint).filter(|hint| *hint != Prose::default()).into_iter().collect();
        let (code, message, causes) = ("interrupted", message.to_owned(), Vec::new());
        // Nobody is left to tell that it could not be printed.
        let _untold = output.fresh_line().and_then(|()| {
            output.failure(&words, &Failure { code, message, causes, hints, report: None })
        });
    })
}

/// Whether it runs other commands, so that it may have written and just reads.
fn runs_others(command: &Command) -> bool {
    matches!(command, Command::Demo(_) | Command::Init(_))
        || matches!(command, Command::Doctor(doctor) if doctor.fix)
}

/// The environment that a command is for, as its folder is seen from the working folder.
fn place(env: Option<&Path>, here: &Folder) -> Option<String> {
    let named = env.map(|typed| (typed, here.place(typed)));
    let named = named.as_ref().map(|(typed, folder)| (*typed, folder.as_path()));
    Environment::place(named, &here.path().ok()?)
}

/// The environment that a command line or `CDX_ENV` names, where it cannot be parsed.
fn environment_typed(args: &[OsString], around: &Surroundings) -> Option<PathBuf> {
    named_env(args).or_else(|| from_variable(&around.folder)).map(PathBuf::from)
}

/// The environment that `CDX_ENV` names; an empty one counts as unset.
fn from_variable(here: &Folder) -> Option<String> {
    match here {
        Folder::Process => std::env::var("CDX_ENV").ok().filter(|name| !name.is_empty()),
        Folder::Given(_) => None,
    }
}

/// Refuses an environment without a name.
fn not_nameless(env: Option<&Path>) -> Result<(), CommandError> {
    let named = Suggestion::from(Doctor::default());
    match env {
        Some(env) if env.as_os_str().is_empty() => Err(CommandError::usage(
            "usage",
            "--env is empty, expected the folder of an environment",
            Prose::from(format!("name it: {}", named.typed(Some("my-environment")))),
        )),
        _ => Ok(()),
    }
}

/// Whether it shows something again and again, which is for people.
fn is_watching(command: &Command) -> bool {
    matches!(command, Command::Doctor(doctor) if doctor.watch)
}

/// The formats that a command writes, as far as they are not those of drawings and lists.
fn written(command: &Command) -> &'static str {
    match command {
        Command::Doctor(_) | Command::Check(_) => "text, json, junit, sarif, github or markdown",
        Command::Test(_) => "text, json or junit",
        _ => "text or json",
    }
}

/// Refuses the formats of one command elsewhere.
fn fits(command: &Command, words: &str, format: FormatArg) -> Result<(), CommandError> {
    const DRAWN: &[&str] = &["features graph", "sessions list"];
    if let Some(word) = format.draws().filter(|_| !DRAWN.contains(&words)) {
        let draw = if words.starts_with("sessions") {
            Suggestion::from(OfSessions::Draw(word))
        } else {
            OfFeatures::Graph(word).into()
        };
        let message = format!(
            "only {} write --format {word}, expected {}",
            DRAWN.join(" and "),
            written(command)
        );
        return Err(CommandError::usage("usage", message, Prose::hint("use it there", draw)));
    }
    if format == FormatArg::Csv && !matches!(command, Command::Rts(_)) {
        let hint = Prose::hint("use it there", Suggestion::RealTimeCalls { format: Some("csv") });
        let message = format!("only rts list writes --format csv, expected {}", written(command));
        return Err(CommandError::usage("usage", message, hint));
    }
    match format.diagnoses_own() {
        Some("junit") if matches!(command, Command::Test(_)) => Ok(()),
        Some(word) if !matches!(command, Command::Doctor(_) | Command::Check(_)) => {
            let who = match format {
                FormatArg::Junit => "doctor, check and test",
                _ => "doctor and check",
            };
            Err(CommandError::usage(
                "usage",
                format!("only {who} write --format {word}, expected {}", written(command)),
                Prose::hint("use it there", Doctor { format: Some(word), ..Doctor::default() }),
            ))
        }
        _ => Ok(()),
    }
}

/// Runs a command line within a command.
fn run_within(outer: &Context, inner: Inner) -> Result<Exit, CommandError> {
    // A command within another one ends no screen.
    let output = inner.output.paged(None);
    let words = inner.words.iter().map(String::as_str);
    let cli = Cli::try_parse_from(iter::once("cdx").chain(words)).map_err(|error| {
        let hint = Prose::hint("run the command alone", Suggestion::Help(None));
        CommandError::usage("usage", error.to_string(), hint)
    })?;
    let context = Context {
        program: PROGRAM,
        output,
        folder: outer.folder.clone(),
        env: cli.env,
        env_typed: inner.env_typed,
        command: inner.name,
        format: cli.format,
        format_typed: true,
        written: Cell::default(),
    };
    cli.command.run(&context)
}

/// Prints what clap says of a command line; in JSON too, when that was asked for.
fn usage(args: &[OsString], error: &clap::Error, around: &Surroundings) -> Exit {
    let wanted = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    let format = meant_format(args, &around.folder);
    let output = Output::new(format, ColorChoice::Auto, around.streams.clone());
    let env = environment_typed(args, around);
    let output = output.of_environment(place(env.as_deref(), &around.folder));
    let output = output.named(named_env(args));
    let printed = if wanted {
        let text = error.render().to_string();
        match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => output.aside(&text),
            _ => output.stdout(&text),
        }
    } else {
        output.failure(&meant(args).join(" "), &usage_failure(args, error))
    };
    match (printed, error.kind()) {
        (Err(_), _) => Exit::Impossible,
        (Ok(()), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => Exit::Done,
        (Ok(()), _) => Exit::Wrong,
    }
}

/// The format of an error in a command line that was not understood otherwise.
fn meant_format(args: &[OsString], folder: &Folder) -> Format {
    let format = match option(args, "--format") {
        Some(word) => FormatArg::from_str(&word, false).ok(),
        None => Preferred::read(folder).format(),
    };
    format.map_or(Format::Text, Format::from)
}

/// The environment that `--env` names on a command line that was not understood otherwise.
fn named_env(args: &[OsString]) -> Option<String> {
    option(args, "--env")
}

/// The value of an option of every command, as far as the words can be told apart.
fn option(args: &[OsString], name: &str) -> Option<String> {
    let mut words = args.iter().filter_map(|arg| arg.to_str()).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == name {
            return words.next().map(str::to_owned);
        }
        if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.to_owned());
        }
    }
    None
}

/// The words of the command that a command line which was not understood begins with.
fn meant(args: &[OsString]) -> Vec<String> {
    let root = Cli::command();
    // The value of an option of every command is no command, whatever it is called.
    let takes_value = |word: &str| {
        let option = word.strip_prefix("--");
        root.get_arguments().any(|arg| option.is_some() && arg.get_long() == option)
    };
    let (mut level, mut found) = (&root, Vec::new());
    let mut words = args.iter().skip(1).filter_map(|arg| arg.to_str());
    while let Some(word) = words.next() {
        if takes_value(word) {
            words.next();
        } else if let Some(next) = level.find_subcommand(word) {
            found.push(next.get_name().to_owned());
            level = next;
        } else if !word.starts_with('-') {
            break;
        }
    }
    found
}

fn usage_failure(args: &[OsString], error: &clap::Error) -> Failure {
    let Refusal { message, tips, usage } = Refusal::of(error);
    let usage = usage.map(|usage| format!("usage: {usage}"));
    let mut hints: Vec<Prose> = tips.into_iter().chain(usage).map(Prose::from).collect();
    // The help of the command that was meant says more than that of all.
    let meant = meant(args).into_iter().next();
    hints.push(Prose::hint("see what there is", Suggestion::Help(meant)));
    Failure { code: "usage", message, causes: Vec::new(), hints, report: None }
}
