//! `cdx upgrade`: moves the application version.

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::upgrade::{Request, UpgradeOutcome, upgrade_whole};
use crate::gates::lifecycle::{LifecycleEvent, Movement};
use crate::model::ids::JobId;
use crate::model::suggestion::{OfFeatures, Prose, Suggestion};
use crate::model::version::Version;
use crate::report::page::{Page, Report, count};
use crate::store::{HqWriter, features, topology};

/// Move the application version; features move along their lifecycle.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(in crate::cli) struct Args {
    /// The application's new version; scale units that are older follow unless told otherwise.
    #[arg(long, value_name = "V")]
    app_version: Option<String>,
    /// The scale units' new version.
    #[arg(long, value_name = "V")]
    scale_unit_version: Option<String>,
    /// Only the scale unit of this channel.
    #[arg(long, value_name = "C", requires = "scale_unit_version")]
    channel: Option<String>,
}

outcomes! {
    UpgradeOutcome: "upgrade", "features refresh";
}

fn version(text: Option<&String>) -> Result<Option<Version>, CommandError> {
    let Some(text) = text else { return Ok(None) };
    let parsed = Version::typed(text).ok_or_else(|| {
        let message = format!("{text:?} is not a version, expected for example 10.0.48");
        let example = Suggestion::Upgrade(Version::of([10, 0, 48]));
        CommandError::usage("version", message, example)
    });
    parsed.map(Some)
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let app_version = version(args.app_version.as_ref())?;
    let scale_unit_version = version(args.scale_unit_version.as_ref())?;
    let asked = |writer: &HqWriter<'_>| {
        let current = features::app_version(&writer.hq)?;
        if let Some(wanted) = app_version.as_ref().filter(|wanted| **wanted < current) {
            let message =
                format!("the application is {current}, and a version never goes back to {wanted}");
            let hint = Prose::hint("see it", OfFeatures::List);
            return Err(CommandError::usage("version", message, hint));
        }
        let only = match &args.channel {
            Some(name) => Some(topology::find_store(&writer.hq, name)?),
            None => None,
        };
        if let Some(wanted) = &scale_unit_version {
            let units = features::scale_units(&writer.hq, &current)?;
            let asked = |name: &str| only.as_ref().is_none_or(|store| store.name == name);
            if let Some((name, own)) = units.iter().find(|(name, own)| asked(name) && own > wanted)
            {
                let message = format!(
                    "the scale unit of {name} is {own}, and a version never goes back to {wanted}"
                );
                let hint = Suggestion::UpgradeScaleUnits(own.clone(), args.channel.clone());
                return Err(CommandError::usage("version", message, hint));
            }
        }
        Ok::<_, CommandError>(Request { app_version, scale_unit_version, only })
    };
    let done = context.write(|writer| upgrade_whole(writer, asked))?;
    context.done(&done)
}

impl Report for UpgradeOutcome {
    fn text(&self, page: &mut Page) {
        if self.from == self.to {
            page.line(format!("The application is {}", self.to));
        } else {
            page.line(format!("The application is {} now, it was {}", self.to, self.from));
        }
        for unit in &self.scale_units {
            page.item(format!("the scale unit of {} is {} now", unit.channel, unit.version));
        }
        // What a known feature comes to is counted, but for what changes in headquarters.
        let quiet = |movement: &&Movement| {
            use LifecycleEvent::{Listed, Stage};
            movement.known && matches!(movement.moved, Listed | Stage)
        };
        for movement in self.movements.iter().filter(|movement| !quiet(movement)) {
            let (feature, why) = (&movement.feature, &movement.why);
            page.item(match movement.moved {
                LifecycleEvent::Listed => format!("{feature}: listed, {why}"),
                LifecycleEvent::Stage => format!("{feature}: {why}"),
                LifecycleEvent::TurnedOn => format!("{feature}: turned on, {why}"),
                LifecycleEvent::Repaired => format!("{feature}: repaired, {why}"),
                LifecycleEvent::StayedOff => format!("{feature}: stays off, {why}"),
            });
        }
        let listed = |one: &&Movement| quiet(one) && one.moved == LifecycleEvent::Listed;
        let listed = self.movements.iter().filter(listed).count();
        if listed > 0 {
            let known = count(listed as u64, "known feature");
            page.item(format!("{known} without demands: listed"));
        }
        if let Some(initialized) = &self.initialized {
            let jobs = JobId::join(&initialized.jobs, ", ");
            page.item(format!("the scheduler was initialized by the update: {jobs}"));
        }
        if self.wants_initializing {
            page.item(Prose::hint("the scheduler must be initialized", Suggestion::INITIALIZE));
        }
        self.after.lines().iter().for_each(|line| page.item(line));
    }
}
