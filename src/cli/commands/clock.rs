//! `cdx clock`: the environment's time.

use serde::Serialize;

use crate::cli::{CommandError, Context, Exit};
use crate::exchange::tick::{Passed, move_clock};
use crate::model::time::ShownTime;
use crate::report::page::{Page, Report};

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
    },
    /// Set the clock, never back.
    Set {
        /// The local time, YYYY-MM-DD HH:MM, or one with an offset, 2027-01-01T10:00:00Z.
        #[arg(allow_hyphen_values = true)]
        time: String,
    },
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let (clock, passed) = match &args.command {
        Command::Show => (context.reader()?.world.clock, Passed::default()),
        Command::Advance { duration } => context.write(|writer| {
            let clock = writer.world.clock.advanced(duration)?;
            let passed = move_clock(writer, clock)?;
            Ok((writer.world.clock.clone(), passed))
        })?,
        Command::Set { time } => context.write(|writer| {
            let clock = writer.world.clock.set(time)?;
            let passed = move_clock(writer, clock)?;
            Ok((writer.world.clock.clone(), passed))
        })?,
    };
    context.done(&ClockReport {
        time: clock.local(),
        utc: clock.shown_utc(),
        time_zone: clock.zone_name().to_owned(),
        passed,
    })
}

#[derive(Debug, Serialize)]
struct ClockReport {
    time: ShownTime,
    utc: ShownTime,
    time_zone: String,
    passed: Passed,
}

impl Report for ClockReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{} ({})", self.time, self.time_zone));
        for one in &self.passed.features {
            let (feature, date) = (&one.feature, &one.date);
            if one.on {
                page.item(format!("midnight of {date}: {feature} is on in headquarters"));
            } else {
                page.item(format!(
                    "midnight of {date}: {feature} stays off, {}",
                    one.reasons.join("; ")
                ));
            }
        }
        for package in &self.passed.expired_packages {
            page.item(format!("package {package} has expired"));
        }
        if let Some(version) = self.passed.tracking_from {
            page.item(format!("change tracking now reaches back to version {version}"));
        }
    }
}
