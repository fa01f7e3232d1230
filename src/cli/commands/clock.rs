//! `cdx clock`: the environment's time.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::recurrence::advance;
use crate::exchange::tick::move_clock;
use crate::exchange::way::Way;
use crate::model::suggestion::{Prose, Suggestion};
use crate::model::time::ShownTime;
use crate::report::page::{Page, Report};
use crate::store::world::DueBatches;
use crate::world::{Clock, ClockError};

/// Show and move the environment's time.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the time.
    Show,
    /// Move the clock on; what falls due on the way happens.
    Advance {
        /// By how much: 15m, 2h, 1d.
        #[arg(allow_hyphen_values = true)]
        duration: String,
        /// Run the recurring batches of active schedules on the way, each at its interval.
        #[arg(long)]
        run_schedules: bool,
    },
    /// Set the clock, never back.
    Set {
        /// The local time, YYYY-MM-DD HH:MM, or one with an offset, 2027-01-01T10:00:00Z.
        #[arg(allow_hyphen_values = true)]
        time: String,
        /// Run the recurring batches of active schedules on the way, each at its interval.
        #[arg(long)]
        run_schedules: bool,
    },
}

outcomes! {
    ClockReport: "clock show", "clock advance", "clock set";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match &args.command {
        Command::Show => {
            context.done(&ClockReport::of(&context.reader()?.world.clock, Way::default()))
        }
        Command::Advance { duration, run_schedules } => {
            go(context, *run_schedules, |clock| clock.advanced(duration))
        }
        Command::Set { time, run_schedules } => {
            go(context, *run_schedules, |clock| clock.set(time))
        }
    }
}

/// Moves the clock to where a clock that stands here is to stand.
fn go(
    context: &Context,
    run_schedules: bool,
    target: impl FnOnce(&Clock) -> Result<Clock, ClockError>,
) -> Result<Exit, CommandError> {
    let mut progress = context.progress();
    let (clock, way, target) = context.write(|writer| {
        let target = target(&writer.world.clock)?;
        let wanted = target.local();
        let way = if run_schedules {
            advance(writer, &target, &mut progress)?
        } else {
            Way { passed: move_clock(writer, target, &DueBatches::new())?, ..Way::default() }
        };
        Ok((writer.world.clock.clone(), way, wanted))
    })?;
    let exit = match (way.stopped, way.is_ok()) {
        (true, _) => Exit::Interrupted,
        (_, true) => Exit::Done,
        _ => Exit::No,
    };
    let go_on = way.stopped.then(|| Suggestion::SetClock(target.to_string()));
    context.end(exit, &ClockReport { go_on, ..ClockReport::of(&clock, way) })
}

#[derive(Debug, Serialize, JsonSchema)]
struct ClockReport {
    /// In the environment's zone.
    time: ShownTime,
    /// The same in UTC.
    utc: ShownTime,
    /// The IANA name of the zone.
    time_zone: String,
    #[serde(flatten)]
    way: Way,
    /// What goes on after Ctrl-C.
    #[serde(skip)]
    go_on: Option<Suggestion>,
}

impl ClockReport {
    fn of(clock: &Clock, way: Way) -> Self {
        let time_zone = clock.zone_name().to_owned();
        Self { time: clock.local(), utc: clock.shown_utc(), time_zone, way, go_on: None }
    }
}

impl Report for ClockReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{} ({})", self.time, self.time_zone));
        self.way.text(page);
        if let Some(go_on) = &self.go_on {
            page.line(Prose::hint("Interrupted; go on", go_on.clone()));
        }
    }
}
