//! What mends a finding: commands, in an order that works, and how safe they are.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::gates::plan::{PlanStep, StepKind};

/// How far a fix can be trusted to do no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// It only brings about what headquarters says already, and loses nothing.
    Safe,
    /// It is a decision that somebody must take.
    Manual,
    /// Something can be lost by it.
    Destructive,
}

impl Safety {
    /// The word used in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Manual => "manual",
            Self::Destructive => "destructive",
        }
    }
}

/// When a command comes among others: earlier ones make later ones work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Versions.
    Upgrade,
    /// Parameters, profiles and facts.
    Configure,
    /// Features.
    Enable,
    /// The scheduler's definitions.
    Initialize,
    /// Pauses, schedules, held sessions.
    Clear,
    /// What comes up from the channels.
    Upload,
    /// What headquarters makes of it.
    Batch,
    /// What goes down whole.
    Full,
    /// What goes down.
    Download,
    /// What answers from memory.
    Restart,
    /// Looking closer.
    Look,
}

/// One command of a fix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    stage: Stage,
    /// The command, without the channel it is limited to.
    command: String,
    /// The channel it is limited to.
    channel: Option<String>,
    /// Whether it does good without that limit when several channels need it.
    widens: bool,
}

impl Step {
    /// A command for the whole environment.
    pub fn new(stage: Stage, command: impl Into<String>) -> Self {
        Self { stage, command: command.into(), channel: None, widens: false }
    }

    /// A command that is limited to one channel, and for several is run once without the limit.
    pub fn in_channel(stage: Stage, command: impl Into<String>, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), widens: true, ..Self::new(stage, command) }
    }

    /// A command that is always limited to its channel.
    pub fn only_in(stage: Stage, command: impl Into<String>, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..Self::new(stage, command) }
    }

    /// The command as it is typed.
    pub fn text(&self) -> String {
        match &self.channel {
            Some(channel) => format!("{} --channel {channel}", self.command),
            None => self.command.clone(),
        }
    }

    fn widened(&self) -> Self {
        let channel = self.channel.clone().filter(|_| !self.widens);
        Self { channel, ..self.clone() }
    }

    /// A step of a feature's plan for one channel; none for one that only waits.
    pub fn of_plan(step: &PlanStep, channel: &str) -> Option<Self> {
        let command = step.command.as_ref()?;
        let stage = match step.kind {
            StepKind::Upgrade => Stage::Upgrade,
            StepKind::Configure => Stage::Configure,
            StepKind::Clear => Stage::Clear,
            StepKind::Disable | StepKind::Enable => Stage::Enable,
            StepKind::Initialize => Stage::Initialize,
            StepKind::Run if command.contains(" --full") => Stage::Full,
            StepKind::Run | StepKind::Wait => Stage::Download,
            StepKind::Restart => Stage::Restart,
        };
        let limit = format!(" --channel {channel}");
        Some(match command.strip_suffix(&limit) {
            Some(command) if stage == Stage::Full => Self::only_in(stage, command, channel),
            Some(command) => Self::in_channel(stage, command, channel),
            None => Self::new(stage, command.as_str()),
        })
    }

    /// Whether a step of a plan only brings about what headquarters says already.
    pub fn is_safe(kind: StepKind) -> bool {
        matches!(kind, StepKind::Initialize | StepKind::Run | StepKind::Wait | StepKind::Restart)
    }
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Its commands, in order.
    pub steps: Vec<Step>,
    /// How safe they are together.
    pub safety: Safety,
}

impl Fix {
    /// Commands that only bring about what headquarters says already.
    pub fn safe(steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        Self::new(Safety::Safe, steps)
    }

    /// Commands that somebody must decide on.
    pub fn manual(steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        Self::new(Safety::Manual, steps)
    }

    /// Commands of this safety; none when there are none.
    pub fn new(safety: Safety, steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        let steps: Vec<Step> = steps.into_iter().collect();
        (!steps.is_empty()).then_some(Self { steps, safety })
    }

    /// The commands as they are typed, in order.
    pub fn commands(&self) -> Vec<String> {
        self.steps.iter().map(Step::text).collect()
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let commands = self.commands();
        let mut fix = serializer.serialize_struct("Fix", 3)?;
        fix.serialize_field("command", &commands.join(" && "))?;
        fix.serialize_field("commands", &commands)?;
        fix.serialize_field("safety", &self.safety)?;
        fix.end()
    }
}

/// The commands of several fixes, each once and in an order that works; a command that several
/// channels need is run once for all.
pub fn together<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> Vec<String> {
    let mut steps: Vec<Step> = Vec::new();
    for step in fixes.into_iter().flat_map(|fix| &fix.steps) {
        if !steps.contains(step) {
            steps.push(step.clone());
        }
    }
    let several = |step: &Step| {
        let same = |other: &&Step| {
            other.stage == step.stage
                && other.command == step.command
                && other.channel != step.channel
        };
        step.widens && steps.iter().any(|other| same(&other))
    };
    let mut ordered: Vec<Step> = Vec::new();
    for step in &steps {
        let step = if several(step) { step.widened() } else { step.clone() };
        if !ordered.contains(&step) {
            ordered.push(step);
        }
    }
    // Steps of one stage keep the order they were found in: a plan's jobs come in theirs.
    ordered.sort_by_key(|step| step.stage);
    let mut commands: Vec<String> = Vec::new();
    for step in &ordered {
        let text = step.text();
        if !commands.contains(&text) {
            commands.push(text);
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_come_once_and_in_an_order_that_works() {
        let fixes = ["houston", "seattle"].map(|channel| {
            let steps = [
                Step::in_channel(Stage::Download, "cdx run 1110", channel),
                Step::in_channel(Stage::Restart, "cdx csu restart", channel),
            ];
            Fix::safe(steps).unwrap()
        });
        let more = Fix::safe([
            Step::new(Stage::Initialize, "cdx scheduler init"),
            Step::only_in(Stage::Full, "cdx run 1010 --full", "online"),
        ])
        .unwrap();
        let all = [&fixes[0], &fixes[1], &more];
        assert_eq!(
            together(all),
            [
                "cdx scheduler init",
                "cdx run 1010 --full --channel online",
                "cdx run 1110",
                "cdx csu restart"
            ]
        );
        assert_eq!(
            together([&fixes[0]]),
            ["cdx run 1110 --channel houston", "cdx csu restart --channel houston"]
        );
    }
}
