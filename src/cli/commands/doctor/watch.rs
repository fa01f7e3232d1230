//! `cdx doctor --watch`: the examination repeated while the environment changes.

use std::time::Duration;

use super::changes::Changes;
use super::read::{self, Stamp, is_written};
use super::tell::Telling;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::Diagnosis;
use crate::doctor::Request;
use crate::model::suggestion::{Doctor, Prose};

/// How often it is looked whether something has changed.
const PAUSE: Duration = Duration::from_millis(500);

/// Ends only when it is interrupted, or when the environment cannot be examined any more.
pub(super) fn run(
    context: &Context,
    request: Request,
    telling: &Telling<'_>,
) -> Result<Exit, CommandError> {
    if !context.output.is_terminal() || context.format != FormatArg::Text {
        let hint = Prose::hint("examine once", Doctor::default());
        return Err(CommandError::usage("usage", "--watch is for a terminal, as text", hint));
    }
    let env = context.environment()?;
    let mut before: Option<Diagnosis> = None;
    loop {
        let seen = Stamp::of(&env);
        let found = read::examine(context, request.clone())?;
        context.output.clear()?;
        telling.diagnosis(context, &found, None)?;
        if let Some(before) = &before {
            context.output.report(&context.command, true, &Changes::between(before, &found))?;
        }
        before = Some(found);
        context.output.heading("watching; Ctrl-C ends it")?;
        while Stamp::of(&env) == seen || is_written(&env) {
            std::thread::sleep(PAUSE);
        }
    }
}
