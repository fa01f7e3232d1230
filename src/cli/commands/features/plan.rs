//! `cdx features plan`: the whole way to a feature that is effective everywhere.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::gates::plan::{Plan, PlanStep, StepKind};
use crate::gates::script::{Shell, script};
use crate::gates::{Catalogue, Gate};
use crate::model::suggestion::Prose;
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

/// A plan, with its commands as they are typed here.
#[derive(Debug, Serialize)]
struct PlanReport {
    #[serde(flatten)]
    plan: Plan,
    steps: Vec<StepLine>,
}

/// One step.
#[derive(Debug, Serialize)]
struct StepLine {
    kind: StepKind,
    command: Option<String>,
    why: String,
}

impl PlanReport {
    fn of(plan: Plan, env: Option<&str>) -> Self {
        let line = |step: &PlanStep| StepLine {
            kind: step.kind,
            command: step.command.as_ref().map(|command| command.typed(env)),
            why: step.why.clone(),
        };
        let steps = plan.steps.iter().map(line).collect();
        Self { plan, steps }
    }
}

impl Report for PlanReport {
    fn text(&self, page: &mut Page) {
        let plan = &self.plan;
        if plan.effective {
            page.line(format!(
                "{} is effective {}; there is nothing to do",
                plan.feature,
                plan.place()
            ));
            return;
        }
        page.line(format!("From here to {} effective {}:", plan.feature, plan.place()));
        for (at, step) in plan.steps.iter().enumerate() {
            let number = format!("{}. ", at + 1);
            page.item(match &step.command {
                Some(command) => Prose::from(number).and_command(command.clone()),
                None => Prose::from(number).and("wait"),
            });
            page.deeper(&step.why);
        }
        for refusal in &plan.refused {
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
    let exit = if plan.refused.is_empty() { Exit::Done } else { Exit::No };
    let env = context.named_env();
    match shell {
        Some(shell) => {
            context.output.stdout(&script(&plan, shell.into(), env.as_deref()))?;
        }
        None => context.print(&PlanReport::of(plan, env.as_deref()))?,
    }
    Ok(exit)
}
