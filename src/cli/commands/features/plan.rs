//! `cdx features plan`: the whole way to a feature that is effective everywhere.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::plan::{Plan, PlanStep, StepKind};
use crate::gates::script::{Shell, script};
use crate::gates::way::Choice;
use crate::gates::{Catalogue, Gate};
use crate::model::suggestion::{Prose, Run, Suggestion};
use crate::report::page::{Page, Report};
use crate::runtime::obstacle::PROFILES;
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
            ShellArg::Powershell => Self::PowerShellScript,
        }
    }
}

/// A plan, with its commands as they are typed here.
#[derive(Debug, Serialize, JsonSchema)]
struct PlanReport {
    #[serde(flatten)]
    plan: Plan,
    /// What is to be done, in order.
    steps: Vec<StepLine>,
    choices: Vec<ChoiceLine>,
}

/// A setting beside the feature that keeps an operation from being local.
#[derive(Debug, Serialize, JsonSchema)]
struct ChoiceLine {
    /// The operation of a register.
    operation: &'static str,
    /// Where it would not be local.
    channels: Vec<String>,
    /// Why, in a sentence.
    text: String,
    /// What changes that.
    command: String,
    /// What brings it to the channels then.
    then: String,
}

/// One step.
#[derive(Debug, Serialize, JsonSchema)]
struct StepLine {
    kind: StepKind,
    /// The command; null where it is done by hand.
    command: Option<String>,
    /// Why.
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
        let choice = |choice: &Choice| ChoiceLine {
            operation: choice.operation,
            channels: choice.channels.clone(),
            text: choice.text.clone(),
            command: choice.command.typed(env),
            then: Suggestion::from(Run::job(PROFILES)).typed(env),
        };
        let choices = plan.choices.iter().map(choice).collect();
        Self { plan, steps, choices }
    }

    /// What stays a real-time call because of a setting beside the feature.
    fn say_choices(&self, page: &mut Page) {
        for ChoiceLine { operation, channels, text, command, then } in &self.choices {
            let channels = channels.join(", ");
            page.line(format!("{operation} in {channels} stays a real-time call: {text}"));
            page.item(format!("to have it local: {command}, then {then}"));
        }
    }
}

outcomes! {
    PlanReport: "features plan";
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
            self.say_choices(page);
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
        self.say_choices(page);
    }
}

pub(super) fn run(
    context: &Context,
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
        None => return context.end(exit, &PlanReport::of(plan, env.as_deref())),
    }
    Ok(exit)
}
