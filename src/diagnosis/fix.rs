//! What fixes a finding: commands, in an order that works, and how safe they are.

use crate::model::named::named;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

use crate::model::job::FIRST_JOBS;
use crate::model::suggestion::{Prose, Run, Suggestion};

named! {
    /// How far a fix can be trusted to do no harm.
    pub enum Safety {
        /// It only brings about what headquarters says already, and loses nothing.
        Safe = "safe",
        /// It is a decision that somebody must take.
        Manual = "manual",
        /// Something can be lost by it.
        Destructive = "destructive",
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
    /// The command.
    command: Suggestion,
    /// Whether it does good without its channel when several channels need it.
    widens: bool,
}

impl Step {
    /// A command that is run as it is.
    pub(crate) fn new(stage: Stage, command: impl Into<Suggestion>) -> Self {
        Self { stage, command: command.into(), widens: false }
    }

    /// The same, where the command is run without a limit for several channels that need it.
    #[must_use]
    pub(crate) fn widening(self, widens: bool) -> Self {
        Self { widens, ..self }
    }

    /// A command that is limited to one channel, and for several is run once without the limit.
    pub fn in_channel(stage: Stage, command: impl Into<Suggestion>) -> Self {
        Self { widens: true, ..Self::new(stage, command) }
    }

    /// The command.
    pub(crate) fn command(&self) -> &Suggestion {
        &self.command
    }

    /// Whether two steps are one, but for the channel.
    fn is_like(&self, other: &Self) -> bool {
        let wide = |step: &Self| step.command.everywhere();
        self.stage == other.stage && self.widens && wide(self) == wide(other)
    }
}

/// What fixes a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Its commands, in order.
    pub(crate) steps: Vec<Step>,
    /// How safe they are together.
    pub(crate) safety: Safety,
    /// The environment that `--env` named for the diagnosis, which its commands name too.
    pub(crate) env: Option<String>,
}

impl Fix {
    /// Commands that only bring about what headquarters says already.
    pub fn safe(steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        Self::new(Safety::Safe, steps)
    }

    /// Commands that somebody must decide on.
    pub(crate) fn manual(steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        Self::new(Safety::Manual, steps)
    }

    /// Commands of this safety; none when there are none.
    pub(crate) fn new(safety: Safety, steps: impl IntoIterator<Item = Step>) -> Option<Self> {
        let steps: Vec<Step> = steps.into_iter().collect();
        (!steps.is_empty()).then_some(Self { steps, safety, env: None })
    }

    /// The commands as they are typed, in order.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.command.typed(self.env.as_deref())).collect()
    }

    /// Begins with another fix's commands, and is no safer than it.
    pub(super) fn comes_after(&mut self, clear: Self) {
        let new = clear.steps.into_iter().filter(|step| !self.steps.contains(step));
        let mut steps: Vec<_> = new.collect();
        steps.append(&mut self.steps);
        self.steps = steps;
        self.safety = self.safety.max(clear.safety);
    }
}

impl JsonSchema for Fix {
    fn schema_name() -> Cow<'static, str> {
        "Fix".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Commands that fix it.",
            "type": "object",
            "properties": {
                "command": {
                    "description": "The commands in one line, as they are typed.", "type": "string",
                },
                "commands": {
                    "description": "The commands one by one, in order.",
                    "type": "array",
                    "items": { "type": "string" },
                },
                "safety": generator.subschema_for::<Safety>(),
            },
            "required": ["command", "commands", "safety"],
        })
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chain = Prose::chain(self.steps.iter().map(Step::command));
        let mut fix = serializer.serialize_struct("Fix", 3)?;
        fix.serialize_field("command", &chain.text(self.env.as_deref()))?;
        fix.serialize_field("commands", &self.commands())?;
        fix.serialize_field("safety", &self.safety)?;
        fix.end()
    }
}

/// The commands of several fixes, each once and in an order that works; a command that several
/// channels need is run once for all, and jobs that can be run in one call are.
pub(crate) fn together<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> Vec<Suggestion> {
    let mut steps: Vec<&Step> = Vec::new();
    // What each fix runs, in its order.
    let mut orders: Vec<Vec<&str>> = Vec::new();
    for fix in fixes {
        orders.push(
            fix.steps.iter().flat_map(|step| step.command.jobs()).map(String::as_str).collect(),
        );
        for step in &fix.steps {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    let several = |step: &Step| steps.iter().any(|other| *other != step && step.is_like(other));
    let mut ordered: Vec<(Stage, Suggestion)> = Vec::new();
    for step in &steps {
        let wide = several(step);
        let command = if wide { step.command.everywhere() } else { step.command.clone() };
        let same = ordered.iter_mut().find(|(_, known)| is_one_with(known, &command));
        match same {
            Some((_, known)) => higher(known, command),
            None => ordered.push((step.stage, command)),
        }
    }
    // Steps of one stage keep the order they were found in: a plan's jobs come in theirs.
    ordered.sort_by_key(|(stage, _)| *stage);
    let mut joined: Vec<(Stage, Suggestion)> = Vec::new();
    for (stage, command) in ordered {
        let same =
            joined.iter_mut().find(|(other, known)| *other == stage && joins(known, &command));
        match (same, command) {
            (Some((_, Suggestion::Run(known))), Suggestion::Run(run)) => {
                known.jobs = in_order(&known.jobs, &run.jobs, &orders);
            }
            (_, command) => joined.push((stage, command)),
        }
    }
    // What is run for every channel need not be run for one of them as well.
    let whole = everywhere(&joined);
    let is_covered = |(stage, command): &(Stage, Suggestion)| {
        let limited = command.as_run().filter(|run| run.channel.is_some() && is_plain(run));
        limited.is_some_and(|run| {
            let mut all = whole.iter().filter(|(own, _)| own == stage);
            all.any(|(_, jobs)| run.jobs.iter().all(|job| jobs.contains(job)))
        })
    };
    joined.retain(|step| !is_covered(step));
    joined.into_iter().map(|(_, command)| command).collect()
}

/// Whether two commands are done by one of them: the same, or two versions of the same scale units.
fn is_one_with(known: &Suggestion, other: &Suggestion) -> bool {
    match (known, other) {
        (Suggestion::UpgradeScaleUnits(_, one), Suggestion::UpgradeScaleUnits(_, two)) => {
            one == two
        }
        _ => known == other,
    }
}

/// Leaves the command for the higher version: versions never go back.
fn higher(known: &mut Suggestion, other: Suggestion) {
    if let (Suggestion::UpgradeScaleUnits(version, _), Suggestion::UpgradeScaleUnits(wanted, _)) =
        (&*known, &other)
        && wanted > version
    {
        *known = other;
    }
}

/// Whether a run has no option but its channel.
fn is_plain(run: &Run) -> bool {
    let bare = Run { channel: None, jobs: Vec::new(), ..run.clone() };
    bare == Run::default()
}

/// The jobs that are run for every channel, by stage.
fn everywhere(commands: &[(Stage, Suggestion)]) -> Vec<(Stage, Vec<String>)> {
    let whole = |(stage, command): &(Stage, Suggestion)| {
        let run = command.as_run()?;
        (run.channel.is_none() && is_plain(run)).then(|| (*stage, run.jobs.clone()))
    };
    commands.iter().filter_map(whole).collect()
}

/// Whether two commands run jobs of which one call takes all.
fn joins(one: &Suggestion, other: &Suggestion) -> bool {
    let (Some(one), Some(other)) = (one.as_run(), other.as_run()) else { return false };
    let rest = |run: &Run| Run { jobs: Vec::new(), ..run.clone() };
    rest(one) == rest(other)
}

/// The jobs of two runs, each once: in the order that the fixes have them in, and where they leave
/// it open, or contradict each other, in that of a new channel's first jobs.
fn in_order(one: &[String], other: &[String], orders: &[Vec<&str>]) -> Vec<String> {
    let mut left: Vec<String> = one.to_vec();
    left.extend(other.iter().filter(|job| !one.contains(job)).cloned());
    let rank =
        |word: &str| FIRST_JOBS.iter().position(|first| *first == word).unwrap_or(FIRST_JOBS.len());
    left.sort_by_key(|job| rank(job));
    let before = |one: &str, other: &str| {
        let at = |order: &Vec<&str>, word: &str| order.iter().position(|known| *known == word);
        orders.iter().any(|order| at(order, one).zip(at(order, other)).is_some_and(|(a, b)| a < b))
    };
    let mut jobs = Vec::new();
    while !left.is_empty() {
        let free = |job: &String| !left.iter().any(|other| other != job && before(other, job));
        let next = left.iter().position(free).unwrap_or(0);
        jobs.push(left.remove(next));
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(commands: &[Suggestion]) -> Vec<String> {
        commands.iter().map(|command| command.typed(None)).collect()
    }

    #[test]
    fn commands_come_once_and_in_an_order_that_works() {
        let fixes = ["houston", "seattle"].map(|channel| {
            let restart = Suggestion::RestartScaleUnits(Some(channel.to_owned()));
            let steps = [
                Step::in_channel(Stage::Download, Run::job("1110").in_channel(channel)),
                Step::in_channel(Stage::Restart, restart),
            ];
            Fix::safe(steps).unwrap()
        });
        let more = Fix::safe([
            Step::new(Stage::Initialize, Suggestion::INITIALIZE),
            Step::new(Stage::Full, Run::job("1010").full().in_channel("online")),
        ])
        .unwrap();
        let all = [&fixes[0], &fixes[1], &more];
        assert_eq!(
            typed(&together(all)),
            [
                "cdx scheduler init",
                "cdx run 1010 --full --channel online",
                "cdx run 1110",
                "cdx csu restart"
            ]
        );
        assert_eq!(
            typed(&together([&fixes[0]])),
            ["cdx run 1110 --channel houston", "cdx csu restart --channel houston"]
        );
    }
    #[test]
    fn jobs_of_several_fixes_are_run_in_one_call_in_an_order_that_holds_all() {
        let fix = |jobs: &[&str]| Fix::safe([Step::new(Stage::Download, Run::jobs(jobs))]).unwrap();
        let all = [fix(&["1110"]), fix(&["1110", "1070"]), fix(&["1110", "1010", "1070"])];
        assert_eq!(typed(&together(&all)), ["cdx run 1110 1010 1070"]);
        // Where nothing says otherwise features come first, then configuration, then customers.
        let all = [fix(&["1010"]), fix(&["1170"]), fix(&["1070"]), fix(&["1110"])];
        assert_eq!(typed(&together(&all)), ["cdx run 1110 1070 1010 1170"]);
        // Fixes that contradict each other still end.
        let all = [fix(&["1010", "1070"]), fix(&["1070", "1010"])];
        assert_eq!(typed(&together(&all)), ["cdx run 1070 1010"]);
        // What every channel gets one of them need not get by itself.
        let own = Run::job("1110").in_channel("houston");
        let one = Fix::safe([Step::in_channel(Stage::Download, own)]).unwrap();
        assert_eq!(typed(&together([&one, &fix(&["1110", "1070"])])), ["cdx run 1110 1070"]);
        let all = [fix(&["1010", "1070"]), fix(&["1070", "1010"])];
        // A whole job, and half an upload, are runs of their own.
        let full = Fix::safe([Step::new(Stage::Download, Run::job("1010").full())]).unwrap();
        assert_eq!(
            typed(&together([&full, &all[0]])),
            ["cdx run 1010 --full", "cdx run 1010 1070"]
        );
    }
}
