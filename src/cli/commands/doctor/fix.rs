//! `cdx doctor --fix`: runs the safe fixes, in an order that works, and looks again.

use clap::Parser;
use serde::Serialize;

use super::{Args, read, tell};
use crate::cli::app::Cli;
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::program::dispatch;
use crate::doctor::fix::{Fix, Safety, together};
use crate::doctor::{Diagnosis, Finding, Request};
use crate::gates::script::within;
use crate::report::page::{Page, Report};

/// The commands of the safe fixes, and what came of them.
#[derive(Debug, Serialize)]
pub(super) struct Fixed {
    dry_run: bool,
    commands: Vec<Ran>,
    /// The environment that text names in each command.
    #[serde(skip)]
    env: Option<String>,
}

/// One command.
#[derive(Debug, Serialize)]
struct Ran {
    command: String,
    /// Its exit code; none when it was only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<u8>,
    /// What kept it from being carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Report for Fixed {
    fn text(&self, page: &mut Page) {
        if self.commands.is_empty() {
            page.line("There is no safe fix to run");
        } else if self.dry_run {
            page.line("Would be run, in this order:");
        } else {
            page.line("Run, in this order:");
        }
        for ran in &self.commands {
            let end = match (ran.exit, &ran.error) {
                (_, Some(error)) => format!(": {error}"),
                (Some(0) | None, _) => String::new(),
                (Some(exit), _) => format!(": exit {exit}"),
            };
            page.item(format!("{}{end}", within(&ran.command, self.env.as_deref())));
        }
    }
}

pub(super) fn run(
    context: &mut Context,
    request: Request,
    before: &Diagnosis,
    args: &Args,
) -> Result<Exit, CommandError> {
    let commands = together(safe(before));
    let mut ran = Vec::new();
    for command in commands {
        let (mut exit, mut error) = (None, None);
        if !args.dry_run {
            match carry_out(context, &command) {
                Ok(code) => exit = Some(code.code()),
                Err(failed) => {
                    exit = Some(failed.exit.code());
                    error = Some(failed.failure.message.clone());
                }
            }
        }
        ran.push(Ran { command, exit, error });
    }
    let fixed = Fixed { dry_run: args.dry_run, commands: ran, env: context.named_env() };
    let after = if args.dry_run { before.clone() } else { read::examine(context, request)? };
    tell::diagnosis(context, after, Some(fixed), args.fail_on.threshold())
}

/// The fixes that are run: safe ones, of findings that nobody has accepted.
fn safe(diagnosis: &Diagnosis) -> impl Iterator<Item = &Fix> {
    let open = |finding: &&Finding| !finding.suppressed;
    let fixes = diagnosis.findings.iter().filter(open).filter_map(|f| f.fix.as_ref());
    fixes.filter(|fix| fix.safety == Safety::Safe)
}

/// Runs a command of ours in this environment, its own output on standard error.
fn carry_out(context: &Context, command: &str) -> Result<Exit, CommandError> {
    let words = shlex::split(command).unwrap_or_default();
    let env = context.environment()?;
    let place = ["--env".to_owned(), env.root().display().to_string()];
    let rest: Vec<String> = words.into_iter().skip(1).collect();
    let own = ["cdx".to_owned()];
    let parsed = Cli::try_parse_from(own.iter().chain(&place).chain(&rest));
    let cli = parsed.map_err(|error| {
        CommandError::usage("fix", error.to_string(), format!("run it alone: {command}"))
    })?;
    let typed = within(command, context.named_env().as_deref());
    context.output.to_stderr().heading(&format!("$ {typed}"))?;
    let mut inner = Context {
        folder: context.folder.clone(),
        output: context.output.to_stderr(),
        env: cli.env,
        env_typed: context.env_typed,
        command: rest.first().cloned().unwrap_or_default(),
        format: cli.format,
    };
    dispatch(&mut inner, cli.command)
}
