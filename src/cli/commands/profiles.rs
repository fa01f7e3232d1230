//! `cdx profiles`: functionality profiles.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::values::YesNo;
use crate::cli::{CommandError, Context, Exit};
use crate::report::page::{Page, Report, yes};
use crate::store::profiles::{self, Profile};

/// Show and set functionality profiles.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List functionality profiles.
    List,
    /// Set options of a profile in headquarters; 1070 brings them to the channels.
    Set {
        /// The profile.
        profile: String,
        /// "Create customer in async mode".
        #[arg(long, value_enum)]
        async_customers: Option<YesNo>,
        /// "Create customer order in async mode".
        #[arg(long, value_enum)]
        async_orders: Option<YesNo>,
        /// "Days transactions exist".
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=3650))]
        days_transactions_exist: Option<u32>,
    },
}

outcomes! {
    ProfileList: "profiles list", "profiles set";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Set { profile, async_customers, async_orders, days_transactions_exist } =
        args.command
    {
        context.change(|writer| {
            let mut found = profiles::find_profile(&writer.hq, &profile)?;
            if let Some(on) = async_customers {
                found.async_customers = on.into();
            }
            if let Some(on) = async_orders {
                found.async_orders = on.into();
            }
            if let Some(days) = days_transactions_exist {
                found.days_transactions_exist = i64::from(days);
            }
            profiles::save_profile(&writer.hq, &found, &writer.world.clock.utc())?;
            Ok(())
        })?;
    }
    let profiles = profiles::profiles(&context.reader()?.hq)?;
    context.done(&ProfileList { profiles })
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProfileList {
    /// Functionality profiles.
    profiles: Vec<Profile>,
}

impl Report for ProfileList {
    fn text(&self, page: &mut Page) {
        let row = |profile: &Profile| {
            [
                profile.id.clone(),
                yes(profile.async_customers),
                yes(profile.async_orders),
                profile.days_transactions_exist.to_string(),
                profile.channels.join(" "),
            ]
        };
        page.table(
            ["profile", "async customers", "async orders", "days exist", "channels"],
            self.profiles.iter().map(row).collect(),
        );
    }
}
