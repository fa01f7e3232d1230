//! `cdx csu`: what each scale unit's cache holds, against its database.

use serde::Serialize;

use crate::cli::{CommandError, Context, Exit};
use crate::model::time::ShownTime;
use crate::report::page::{Page, Report};
use crate::runtime::PosError;
use crate::runtime::cache::{Difference, differences};
use crate::store::{Access, Reader, Writer, scale_unit, topology};

/// Show and restart scale units.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// What each instance holds, against its channel's database.
    Status {
        /// Only of this channel.
        #[arg(long)]
        channel: Option<String>,
    },
    /// Empty what instances hold.
    Restart {
        /// Only of this channel.
        #[arg(long)]
        channel: Option<String>,
        /// Only this instance.
        #[arg(long)]
        instance: Option<u32>,
    },
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::Status { channel } => status(context, channel.as_deref()),
        Command::Restart { channel, instance } => {
            let restarted =
                context.write(|writer| restart(writer, channel.as_deref(), instance))?;
            context.done(&RestartReport { restarted })
        }
    }
}

fn restart(
    writer: &Writer,
    channel: Option<&str>,
    instance: Option<u32>,
) -> Result<Vec<String>, CommandError> {
    let only = match channel {
        Some(name) => Some(topology::find_channel(&writer.hq, name)?.id),
        None => None,
    };
    let instances = writer.env.settings().instances;
    let stores = topology::data_stores(&writer.hq)?;
    if let Some(instance) = instance.filter(|one| !(1..=instances).contains(one)) {
        let first = stores.first().map_or("", |store| store.name.as_str());
        let channel = channel.unwrap_or(first).to_owned();
        return Err(PosError::UnknownInstance { channel, instances, instance }.into());
    }
    let now = writer.world.clock.utc();
    let mut restarted = Vec::new();
    for store in stores {
        if store.offline || only.is_some_and(|id| id != store.id) {
            continue;
        }
        let database = writer.channel_of(&store)?;
        database.write(|channel| scale_unit::restart(channel, instance, &now))?;
        writer.tidied("the log of a channel database", database.checkpoint());
        restarted.push(store.name);
    }
    Ok(restarted)
}

fn status(context: &Context, channel: Option<&str>) -> Result<Exit, CommandError> {
    let report = context.steady(|reader| read_status(reader, channel))?;
    context.done(&report)
}

fn read_status(reader: &Reader, channel: Option<&str>) -> Result<CsuStatus, CommandError> {
    let only = match channel {
        Some(name) => Some(topology::find_channel(&reader.hq, name)?.id),
        None => None,
    };
    let catalogue = reader.env.gates()?;
    let settings = reader.env.settings();
    let clock = &reader.world.clock;
    let mut instances = Vec::new();
    for store in topology::data_stores(&reader.hq)? {
        if store.offline || only.is_some_and(|id| id != store.id) {
            continue;
        }
        let database = reader.env.channel(&store.name, Access::Read)?;
        let now = scale_unit::look(&database, &store.name)?;
        for instance in 1..=settings.instances {
            let held = scale_unit::cached(&database, instance, settings.cache_ttl, clock)?;
            instances.push(Instance {
                channel: store.name.clone(),
                number: instance,
                loaded: held.as_ref().map(|held| clock.show(&held.loaded)),
                until: held.as_ref().map(|held| clock.show(&held.until)),
                differs: held.map_or_else(Vec::new, |h| differences(&catalogue, &h.view, &now)),
            });
        }
    }
    Ok(CsuStatus { cache_ttl_seconds: settings.cache_ttl.as_secs(), instances })
}

#[derive(Debug, Serialize)]
struct CsuStatus {
    cache_ttl_seconds: u64,
    instances: Vec<Instance>,
}

#[derive(Debug, Serialize)]
struct Instance {
    channel: String,
    #[serde(rename = "instance")]
    number: u32,
    loaded: Option<ShownTime>,
    until: Option<ShownTime>,
    differs: Vec<Difference>,
}

impl Report for CsuStatus {
    fn text(&self, page: &mut Page) {
        let row = |instance: &Instance| {
            let state = match (&instance.loaded, instance.differs.len()) {
                (None, _) => "holds nothing".to_owned(),
                (Some(_), 0) => "as its database".to_owned(),
                (Some(_), differs) => format!("{differs} older than its database"),
            };
            [
                instance.channel.clone(),
                instance.number.to_string(),
                instance.loaded.clone().unwrap_or_default().into(),
                instance.until.clone().unwrap_or_default().into(),
                state,
            ]
        };
        page.table(
            ["channel", "instance", "loaded", "answers until", "state"],
            self.instances.iter().map(row).collect(),
        );
        for instance in &self.instances {
            for Difference { what, cached, database } in &instance.differs {
                page.item(format!(
                    "{} instance {}: {what}: answers {cached}, its database says {database}",
                    instance.channel, instance.number
                ));
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct RestartReport {
    restarted: Vec<String>,
}

impl Report for RestartReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("Restarted: {}", self.restarted.join(", ")));
    }
}
