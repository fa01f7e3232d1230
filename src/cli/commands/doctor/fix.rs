//! `cdx doctor --fix`: runs the safe fixes, in an order that works, and looks again.

use super::fixes::{FixStep, Fixes};
use super::read;
use super::tell::Telling;
use crate::cli::context::Inner;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::fix::together;
use crate::diagnosis::{Diagnosis, Finding, Fix, Safety};
use crate::doctor::Request;
use crate::model::suggestion::Suggestion;

pub(super) fn run(
    context: &Context,
    request: Request,
    before: &Diagnosis,
    dry_run: bool,
    telling: &Telling<'_>,
) -> Result<Exit, CommandError> {
    let env = context.named_env();
    let commands = together(safe(before));
    let mut ran = Vec::new();
    let mut interrupted = false;
    for command in commands {
        if interrupted {
            break;
        }
        let (mut exit, mut error) = (None, None);
        if !dry_run {
            match carry_out(context, &command) {
                Ok(code) => {
                    exit = Some(code.code());
                    interrupted = code == Exit::Interrupted;
                }
                Err(failed) => {
                    exit = Some(failed.exit.code());
                    error = Some(failed.failure.message.clone());
                }
            }
        }
        let suggestion = command;
        let command = suggestion.typed(env.as_deref());
        ran.push(FixStep { command, suggestion, exit, error });
    }
    if interrupted {
        context.output.to_stderr().report(
            &context.command,
            false,
            &Fixes { dry_run, commands: ran },
        )?;
        return Ok(Exit::Interrupted);
    }
    let fixed = Fixes { dry_run, commands: ran };
    let after = if dry_run { before.clone() } else { read::examine(context, request)? };
    telling.diagnosis(context, &after, Some(fixed))
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
    let typed = command.typed(context.named_env().as_deref());
    let output = context.output.to_stderr();
    output.heading(&format!("$ {typed}"))?;
    let name = command.arguments(None).into_iter().next().unwrap_or_default();
    context.run_within(Inner { words, name, output, env_typed: context.env_typed })
}
