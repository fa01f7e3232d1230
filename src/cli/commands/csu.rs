//! `cdx csu`: what each scale unit's cache holds, against its database.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::model::scale_unit::Cached;
use crate::model::suggestion::{Prose, Suggestion};
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
    /// Empty what instances hold, or what the e-commerce application before them does.
    Restart {
        /// Only of this channel.
        #[arg(long)]
        channel: Option<String>,
        /// Only this instance.
        #[arg(long)]
        instance: Option<u32>,
        /// The e-commerce application of online stores, and not their scale units.
        #[arg(long, conflicts_with = "instance")]
        e_commerce: bool,
    },
}

outcomes! {
    CsuStatus: "csu status";
    RestartReport: "csu restart";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::Status { channel } => status(context, channel.as_deref()),
        Command::Restart { channel, instance, e_commerce } => {
            let what = if e_commerce { What::Storefront } else { What::Instances(instance) };
            let restarted = context.write(|writer| restart(writer, channel.as_deref(), what))?;
            context.done(&RestartReport { restarted })
        }
    }
}

/// What is restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// One instance of the scale unit, or all.
    Instances(Option<u32>),
    /// The e-commerce application.
    Storefront,
}

fn restart(
    writer: &Writer,
    channel: Option<&str>,
    what: What,
) -> Result<Vec<String>, CommandError> {
    let only = match channel {
        Some(name) => Some(topology::find_channel(&writer.hq, name)?),
        None => None,
    };
    if let Some(store) = &only
        && what == What::Storefront
        && !topology::is_online_store(&writer.hq, store)?
    {
        let message =
            format!("{} is no online store, it has no e-commerce application", store.name);
        let hint = Prose::hint("see which have one", Suggestion::ScaleUnits);
        return Err(CommandError::usage("no-e-commerce", message, hint));
    }
    let only = only.map(|store| store.id);
    let instances = writer.env.settings().instances;
    let stores = topology::data_stores(&writer.hq)?;
    if let What::Instances(Some(instance)) = what
        && !(1..=instances).contains(&instance)
    {
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
        if what == What::Storefront && !topology::is_online_store(&writer.hq, &store)? {
            continue;
        }
        let database = writer.channel_of(&store)?;
        database.write(|channel| match what {
            What::Instances(instance) => scale_unit::restart(channel, instance, &now),
            What::Storefront => scale_unit::restart_storefront(channel, &now),
        })?;
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
    let (mut instances, mut e_commerce) = (Vec::new(), Vec::new());
    for store in topology::data_stores(&reader.hq)? {
        if store.offline || only.is_some_and(|id| id != store.id) {
            continue;
        }
        let database = reader.env.channel(&store.name, Access::Read)?;
        let now = scale_unit::look(&database, &store.name)?;
        let first = scale_unit::cached(&database, 1, settings.cache_ttl, clock)?;
        if topology::is_online_store(&reader.hq, &store)? {
            let shop = scale_unit::storefront(&reader.hq, &store, &database, settings, clock)?;
            let unit = first.as_ref().map_or(&now, |held| &held.view);
            let until = |held: &Option<Cached>| held.as_ref().map(|held| clock.show(&held.until));
            e_commerce.push(Application {
                channel: store.name.clone(),
                features_until: until(&shop.features),
                configuration_until: until(&shop.configuration),
                differs: differences(&catalogue, &shop.over(unit), unit),
            });
        }
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
    Ok(CsuStatus { cache_ttl_seconds: settings.cache_ttl.as_secs(), instances, e_commerce })
}

#[derive(Debug, Serialize, JsonSchema)]
struct CsuStatus {
    /// How long an instance answers from what it has loaded.
    cache_ttl_seconds: u64,
    /// Each instance of each scale unit.
    instances: Vec<Instance>,
    /// The e-commerce application of each online store.
    e_commerce: Vec<Application>,
}

/// The e-commerce application of an online store, before its scale unit (R17).
#[derive(Debug, Serialize, JsonSchema)]
struct Application {
    /// The channel.
    channel: String,
    features_until: Option<ShownTime>,
    configuration_until: Option<ShownTime>,
    /// From what its scale unit answers.
    differs: Vec<Difference>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Instance {
    /// The channel.
    channel: String,
    /// Its number, from 1.
    #[serde(rename = "instance")]
    number: u32,
    loaded: Option<ShownTime>,
    until: Option<ShownTime>,
    /// Where it differs from its channel's database.
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
        let row = |one: &Application| {
            let holds = one.features_until.is_some() || one.configuration_until.is_some();
            let state = match one.differs.len() {
                _ if !holds => "holds nothing".to_owned(),
                0 => "as its scale unit".to_owned(),
                differs => format!("{differs} older than its scale unit"),
            };
            [
                one.channel.clone(),
                one.features_until.clone().unwrap_or_default().into(),
                one.configuration_until.clone().unwrap_or_default().into(),
                state,
            ]
        };
        page.gap();
        page.table(
            ["e-commerce of", "features until", "configuration until", "state"],
            self.e_commerce.iter().map(row).collect(),
        );
        for one in &self.e_commerce {
            for Difference { what, cached, database } in &one.differs {
                page.item(format!(
                    "e-commerce of {}: {what}: answers {cached}, its scale unit says {database}",
                    one.channel
                ));
            }
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct RestartReport {
    /// What was restarted.
    restarted: Vec<String>,
}

impl Report for RestartReport {
    fn text(&self, page: &mut Page) {
        page.line(if self.restarted.is_empty() {
            "There is nothing to restart".to_owned()
        } else {
            format!("Restarted: {}", self.restarted.join(", "))
        });
    }
}
