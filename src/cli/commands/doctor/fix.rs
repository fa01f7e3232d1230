//! `cdx doctor --fix`: runs the safe fixes, in an order that works, and looks again.

use clap::Parser;
use serde::Serialize;
use std::cell::Cell;

use super::{Args, read, tell};
use crate::cli::app::Cli;
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::program::dispatch;
use crate::diagnosis::fix::together;
use crate::diagnosis::{Diagnosis, Finding};
use crate::diagnosis::{Fix, Safety};
use crate::doctor::Request;
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, Report};

/// The commands of the safe fixes, and what came of them.
#[derive(Debug, Serialize)]
pub(super) struct Fixed {
    dry_run: bool,
    commands: Vec<Ran>,
}

/// One command.
#[derive(Debug, Serialize)]
struct Ran {
    command: String,
    #[serde(skip)]
    suggestion: Suggestion,
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
            page.item(Prose::from(ran.suggestion.clone()).and(end));
        }
    }
}

pub(super) fn run(
    context: &mut Context,
    request: Request,
    before: &Diagnosis,
    args: &Args,
) -> Result<Exit, CommandError> {
    let env = context.named_env();
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
        let suggestion = command;
        let command = suggestion.typed(env.as_deref());
        ran.push(Ran { command, suggestion, exit, error });
    }
    let fixed = Fixed { dry_run: args.dry_run, commands: ran };
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
fn carry_out(context: &Context, command: &Suggestion) -> Result<Exit, CommandError> {
    let env = context.environment()?;
    let words = command.arguments(Some(&env.root().display().to_string()));
    let parsed =
        Cli::try_parse_from(std::iter::once("cdx").chain(words.iter().map(String::as_str)));
    let cli = parsed.map_err(|error| {
        CommandError::usage("fix", error.to_string(), Prose::hint("run it alone", command.clone()))
    })?;
    let typed = command.typed(context.named_env().as_deref());
    context.output.to_stderr().heading(&format!("$ {typed}"))?;
    let mut inner = Context {
        folder: context.folder.clone(),
        output: context.output.to_stderr(),
        env: cli.env,
        env_typed: context.env_typed,
        command: command.arguments(None).into_iter().next().unwrap_or_default(),
        format: cli.format,
        written: Cell::default(),
    };
    dispatch(&mut inner, cli.command)
}
