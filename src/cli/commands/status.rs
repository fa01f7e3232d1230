//! `cdx status`: an environment on one screen.

use schemars::JsonSchema;
use serde::Serialize;

use super::doctor::examine_after;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::fix::together;
use crate::diagnosis::group::{Group, groups};
use crate::diagnosis::{Finding, Safety, Severity};
use crate::doctor::Request;
use crate::exchange::waiting::{ChannelWaiting, what_waits};
use crate::model::suggestion::{Doctor, Prose, Run, Suggestion};
use crate::model::time::ShownTime;
use crate::model::tone::Tone;
use crate::report::page::{Cell, Page, Report, count, grouped};
use crate::store::{Reader, features, orders};

/// Show an environment on one screen: what waits, what is wrong, what to do next.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {}

/// The P-job's id.
const UPLOAD: &str = "P-0001";

/// So many commands are shown of those that bring on what waits or fix what is wrong.
const MOST: usize = 6;

outcomes! {
    StatusReport: "status";
}

pub(in crate::cli) fn run(context: &Context, _: Args) -> Result<Exit, CommandError> {
    let env = context.named_env();
    let request = Request { quick: true, env: env.clone(), ..Request::default() };
    let here = || context.steady(Here::read);
    let (here, diagnosis) = examine_after(context, request, here)?;
    let counting: Vec<&Finding> = diagnosis.findings.iter().filter(|one| one.counts()).collect();
    let told = groups(counting.iter().copied().filter(|one| one.severity != Severity::Info));
    let problems: Vec<Problem> = told.iter().filter_map(Problem::of).collect();
    let commands = next(&here, &told);
    context.done(&StatusReport {
        version: here.version,
        now: here.now,
        time_zone: here.time_zone,
        waiting: here.waiting,
        channels: here.channels,
        problems,
        next: commands.iter().map(|command| command.typed(env.as_deref())).collect(),
        commands,
    })
}

/// What is read of the environment itself.
struct Here {
    version: String,
    now: ShownTime,
    time_zone: String,
    waiting: WaitingSums,
    channels: Vec<ChannelStatus>,
}

impl Here {
    fn read(reader: &Reader) -> Result<Self, CommandError> {
        let clock = &reader.world.clock;
        let channels: Vec<ChannelStatus> = what_waits(reader)?
            .into_iter()
            .map(|waits| ChannelStatus {
                last_applied: waits.last_applied.as_ref().map(|time| clock.show(time)),
                waiting: WaitingSums::of(&waits),
                downloads: waits.downloads,
                unreadable: waits.here.err(),
                paused: waits.store.paused,
                offline: waits.store.offline,
                of: waits.store.channel().to_owned(),
                channel: waits.store.name,
            })
            .collect();
        let sums = channels.iter().map(|one| one.waiting);
        let sums = sums.fold(WaitingSums::default(), WaitingSums::and);
        let orders = Some(orders::waiting(&reader.hq)?.len() as u64);
        let waiting = WaitingSums { orders, ..sums };
        Ok(Self {
            version: features::app_version(&reader.hq)?.to_string(),
            now: clock.local(),
            time_zone: clock.zone_name().to_owned(),
            waiting,
            channels,
        })
    }
}

/// What waits, in numbers.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
struct WaitingSums {
    /// Rows of registers that are offline.
    to_merge: u64,
    /// Rows that no upload has collected.
    to_collect: u64,
    /// Rows that are packed, and that the P-job has not applied.
    to_apply: u64,
    /// Operations that the customer batch has not brought to an end.
    to_process: u64,
    /// Customers whose account has not come back.
    to_return: u64,
    /// Orders in headquarters that "Synchronize orders" has not taken; of all channels together.
    #[serde(skip_serializing_if = "Option::is_none")]
    orders: Option<u64>,
}

impl WaitingSums {
    fn of(waits: &ChannelWaiting) -> Self {
        let (rows, to_return) =
            waits.here.as_ref().map_or((0, 0), |here| (here.rows, here.to_return));
        let (to_merge, to_collect) = if waits.store.offline { (rows, 0) } else { (0, rows) };
        let (to_apply, to_process) = (waits.to_apply, waits.to_process);
        Self { to_merge, to_collect, to_apply, to_process, to_return, orders: None }
    }

    fn and(self, other: Self) -> Self {
        Self {
            to_merge: self.to_merge + other.to_merge,
            to_collect: self.to_collect + other.to_collect,
            to_apply: self.to_apply + other.to_apply,
            to_process: self.to_process + other.to_process,
            to_return: self.to_return + other.to_return,
            orders: self.orders,
        }
    }

    fn total(self) -> u64 {
        self.to_merge
            + self.to_collect
            + self.to_apply
            + self.to_process
            + self.to_return
            + self.orders.unwrap_or_default()
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChannelStatus {
    /// The database.
    channel: String,
    /// The channel that an offline database is of.
    #[serde(skip)]
    of: String,
    /// Whether it is a register's offline database.
    offline: bool,
    /// Whether its synchronization is paused.
    paused: bool,
    waiting: WaitingSums,
    /// Download sessions that it has not applied.
    downloads: u64,
    /// When it last applied a session.
    last_applied: Option<ShownTime>,
    /// Why its file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
}

/// What is wrong, by cause.
#[derive(Debug, Serialize, JsonSchema)]
struct Problem {
    /// The rule's code.
    code: &'static str,
    /// What is wrong.
    title: String,
    severity: Severity,
    /// How many findings it has.
    count: usize,
    /// The channel databases concerned.
    channels: Vec<String>,
}

impl Problem {
    fn of(group: &Group<'_>) -> Option<Self> {
        let first = group.first()?;
        Some(Self {
            code: first.code,
            title: first.title.clone(),
            severity: first.severity,
            count: group.findings.len(),
            channels: group.channels().into_iter().map(str::to_owned).collect(),
        })
    }
}

/// What clears the way, then the commands that bring on what waits, in the order of the way, then
/// the others that fix the causes of what is wrong.
fn next(here: &Here, told: &[Group<'_>]) -> Vec<Suggestion> {
    let away = here.channels.iter().filter(|one| one.waiting.to_merge > 0);
    let mut commands: Vec<Suggestion> =
        away.map(|one| Suggestion::Reconnect(one.of.clone())).collect();
    let waiting = &here.waiting;
    let jobs = [
        (waiting.to_collect + waiting.to_apply, "P"),
        (waiting.to_process, "sync-customers"),
        (waiting.orders.unwrap_or_default(), "sync-orders"),
        (waiting.to_return, "1010"),
    ];
    let jobs: Vec<&str> = jobs.iter().filter(|(rows, _)| *rows > 0).map(|(_, job)| *job).collect();
    let is_cause = |group: &&Group<'_>| group.first().is_some_and(|one| one.caused_by.is_empty());
    let fixes = told.iter().filter(is_cause).flat_map(Group::fixes);
    let harmless = fixes.filter(|fix| fix.safety != Safety::Destructive);
    let is_run =
        |job: &String| jobs.contains(&job.as_str()) || job == UPLOAD && jobs.contains(&"P");
    let runs_already = |command: &Suggestion| {
        !command.jobs().is_empty() && !command.is_full() && command.jobs().iter().all(is_run)
    };
    let fixes = together(harmless).into_iter().filter(|command| !runs_already(command));
    let (before, after): (Vec<_>, Vec<_>) = fixes.partition(clears_the_way);
    commands.extend(before);
    if !jobs.is_empty() {
        commands.push(Run::jobs(&jobs).into());
    }
    commands.extend(after);
    if commands.is_empty() && !told.is_empty() {
        // What is left is for a person to decide on, with the evidence before them.
        commands.push(Doctor::default().into());
    }
    commands
}

/// Whether jobs are of use only after a command: schedules, pauses, parameters, failed operations.
fn clears_the_way(command: &Suggestion) -> bool {
    let restarts = matches!(
        command,
        Suggestion::RestartScaleUnits(_)
            | Suggestion::RestartStorefronts(_)
            | Suggestion::RestartRegisters(_)
    );
    command.jobs().is_empty() && !restarts
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatusReport {
    /// The application version.
    version: String,
    /// The environment's time.
    now: ShownTime,
    /// The IANA name of its time zone.
    time_zone: String,
    waiting: WaitingSums,
    /// Each channel and offline database.
    channels: Vec<ChannelStatus>,
    /// Errors and warnings of the doctor, by cause.
    problems: Vec<Problem>,
    /// Commands, in order.
    next: Vec<String>,
    #[serde(skip)]
    commands: Vec<Suggestion>,
}

impl Report for StatusReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("Version {}, {} ({})", self.version, self.now, self.time_zone));
        page.gap();
        let number = |rows: u64| Cell::value(grouped(rows), Tone::Open.of_count(rows));
        let row = |one: &ChannelStatus| {
            let note = match (&one.unreadable, one.paused) {
                (Some(_), _) => Cell::value("unreadable", Tone::Bad),
                (None, true) => Cell::value("paused", Tone::Open),
                (None, false) => Cell::from(""),
            };
            let WaitingSums { to_merge, to_collect, to_apply, to_process, to_return, .. } =
                one.waiting;
            let here = |rows: u64| match &one.unreadable {
                Some(_) => Cell::from("?"),
                None => number(rows),
            };
            [
                Cell::from(&one.channel),
                here(to_merge + to_collect),
                number(to_apply),
                number(to_process),
                here(to_return),
                Cell::from(one.last_applied.clone().unwrap_or_default()),
                note,
            ]
        };
        page.table(
            ["channel", "to collect", "to apply", "to process", "to return", "last applied", ""],
            self.channels.iter().map(row).collect(),
        );
        page.gap();
        if let Some(orders) = self.waiting.orders.filter(|orders| *orders > 0) {
            page.line(format!("{} to synchronize.", count(orders, "order")));
        }
        for one in self.channels.iter().filter(|one| one.downloads > 0) {
            let sessions = count(one.downloads, "download session");
            page.line(format!("{sessions} to apply in {}.", one.channel));
        }
        let nothing = |one: &ChannelStatus| one.unreadable.is_none() && one.downloads == 0;
        if self.waiting.total() == 0 && self.channels.iter().all(nothing) {
            page.line("Nothing waits.");
        }
        if self.problems.is_empty() {
            page.line("Nothing is wrong.");
        }
        for Problem { code, title, severity, count: times, channels } in &self.problems {
            let place = match channels.as_slice() {
                [] if *times > 1 => format!(" ({times} times)"),
                [] => String::new(),
                channels => format!(" ({})", channels.join(", ")),
            };
            let line = Prose::default().and_value(severity.as_str(), severity.tone());
            page.line(line.and(format!(" {code}: {title}{place}")));
        }
        for command in self.commands.iter().take(MOST) {
            page.item(Prose::hint("next", command.clone()));
        }
        if !self.problems.is_empty() && self.commands != [Doctor::default().into()] {
            let more = self.commands.len().saturating_sub(MOST) as u64;
            let words = if more > 0 {
                format!("{} and the evidence", count(more, "more command"))
            } else {
                "the evidence".to_owned()
            };
            page.item(Prose::hint(words, Doctor::default()));
        }
    }
}
