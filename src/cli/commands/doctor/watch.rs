//! `cdx doctor --watch`: the examination repeated while the environment changes.

use std::time::Duration;

use super::read::{self, Stamp, is_written};
use super::tell;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::Severity;
use crate::doctor::Request;
use crate::model::suggestion::{Doctor, Prose};

/// How often it is looked whether something has changed.
const PAUSE: Duration = Duration::from_millis(500);

/// Ends only when it is interrupted, or when the environment cannot be examined any more.
pub(super) fn run(
    context: &Context,
    request: Request,
    threshold: Option<Severity>,
) -> Result<Exit, CommandError> {
    if !context.output.is_terminal() || context.format != FormatArg::Text {
        let hint = Prose::hint("examine once", Doctor::default());
        return Err(CommandError::usage("usage", "--watch is for a terminal, as text", hint));
    }
    let env = context.environment()?;
    loop {
        let seen = Stamp::of(&env);
        let found = read::examine(context, request.clone())?;
        context.output.clear()?;
        tell::diagnosis(context, found, None, threshold)?;
        context.output.heading("watching; Ctrl-C ends it")?;
        while Stamp::of(&env) == seen || is_written(&env) {
            std::thread::sleep(PAUSE);
        }
    }
}
