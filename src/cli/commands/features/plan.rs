//! `cdx features plan`: the whole way to a feature that is effective everywhere.

use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::gates::plan::Plan;
use crate::gates::script::{Shell, script};
use crate::gates::{Catalogue, Gate};
use crate::report::page::{Page, Report};
use crate::runtime::plan::plan_of;

/// The shells that scripts are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ShellArg {
    /// POSIX sh.
    Sh,
    /// `PowerShell`.
    Powershell,
}

impl From<ShellArg> for Shell {
    fn from(arg: ShellArg) -> Self {
        match arg {
            ShellArg::Sh => Self::Sh,
            ShellArg::Powershell => Self::PowerShell,
        }
    }
}

impl Report for Plan {
    fn text(&self, page: &mut Page) {
        if self.effective {
            page.line(format!(
                "{} is effective {}; there is nothing to do",
                self.feature,
                self.place()
            ));
            return;
        }
        page.line(format!("From here to {} effective {}:", self.feature, self.place()));
        let row = |(at, step): (usize, &crate::gates::plan::PlanStep)| {
            let command = step.command.clone().unwrap_or_else(|| "(wait)".to_owned());
            [(at + 1).to_string(), command, step.why.clone()]
        };
        page.table(["step", "command", "why"], self.steps.iter().enumerate().map(row).collect());
        for refusal in &self.refused {
            page.line(format!("in the way: {}", refusal.message));
        }
    }
}

pub(super) fn run(
    context: &mut Context,
    catalogue: &Catalogue,
    gate: &Gate,
    channel: Option<&str>,
    shell: Option<ShellArg>,
) -> Result<Exit, CommandError> {
    let plan = context.steady(|reader| Ok(plan_of(reader, catalogue, gate, channel)?))?;
    match shell {
        Some(shell) => {
            let env = context.env.as_ref().map(|path| path.display().to_string());
            context.output.stdout(&script(&plan, shell.into(), env.as_deref()))?;
        }
        None => context.print(&plan)?,
    }
    Ok(if plan.refused.is_empty() { Exit::Done } else { Exit::No })
}
