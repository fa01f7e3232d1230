//! `cdx channels`: headquarters' channel databases and groups.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::values::new_name;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::Asked;
use crate::exchange::channels::{self, NewChannel, Rebuilt, Reseed};
use crate::exchange::waiting::{ChannelWaiting, what_waits};
use crate::model::ids::{AccountNum, JobId};
use crate::model::suggestion::{OfChannels, OfJobs, Prose, Run};
use crate::model::time::ShownTime;
use crate::model::tone::Tone;
use crate::model::topology::{DataStore, Group};
use crate::model::wording::count;
use crate::report::page::{Cell, Page, Report, yes};
use crate::runtime::obstacle::PROFILES;
use crate::store::lineage::LostCustomer;
use crate::store::reseed::{ReseedOutcome, ReseededTable};
use crate::store::topology;

/// Show and change channel databases and their groups.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List channel databases and groups.
    List,
    /// Add a channel database; it gets a full synchronization at each job's next run.
    Add {
        /// Its name.
        name: String,
        /// The group it joins.
        #[arg(long, default_value = "Default")]
        group: String,
        /// Give its register an offline database; a channel that exists gets only that.
        #[arg(long)]
        offline_database: bool,
        /// Make something go wrong: crash=POINT.
        #[arg(long, value_name = "F")]
        fault: Vec<String>,
    },
    /// Pause the synchronization of a channel database.
    Pause {
        /// Its name.
        name: String,
    },
    /// Resume the synchronization of a channel database.
    Resume {
        /// Its name.
        name: String,
    },
    /// Raise a restored channel's counters above what headquarters has received.
    Reseed {
        /// Its name.
        name: String,
    },
    /// Make a new file for a broken database; the jobs then bring it everything.
    ///
    /// The old file is kept beside it. Its rows that headquarters has not received come over, where
    /// they can be read.
    Rebuild {
        /// Its name; an offline database's ends in .offline.
        name: String,
        /// Do it even if the file can be read; rows that headquarters has not received come over.
        #[arg(long)]
        discard: bool,
        /// Make something go wrong: crash=POINT.
        #[arg(long, value_name = "F")]
        fault: Vec<String>,
    },
    /// Change a channel's settings in headquarters; 1070 brings them there.
    Set {
        /// Its name.
        name: String,
        /// The customer from whom a new one takes what is not given.
        #[arg(long, value_name = "A")]
        default_customer: String,
    },
    /// Channel database groups.
    Group {
        #[command(subcommand)]
        command: GroupCommand,
    },
}

#[derive(Debug, clap::Subcommand)]
enum GroupCommand {
    /// Add a group.
    Add {
        /// Its name.
        #[arg(value_parser = new_name)]
        name: String,
        /// A place to park databases, without schedules.
        #[arg(long)]
        dummy: bool,
    },
}

/// What rebuilding did.
#[derive(Debug, Serialize, JsonSchema)]
struct RebuildReport {
    /// The channel database.
    channel: String,
    /// Where the old file is.
    saved_as: Option<String>,
    /// The jobs that bring the new file what headquarters has.
    jobs: Vec<JobId>,
    /// Rows that headquarters has not received and that came over from it.
    brought: u64,
    /// Rows about customers whose creation is nowhere any more.
    orphans: u64,
    /// Tables of the old file that could not be read.
    unread: Vec<String>,
}

impl RebuildReport {
    fn new(channel: String, done: Rebuilt) -> Self {
        let orphans = done.salvaged.orphans;
        let rows: u64 = done.salvaged.rows.iter().map(|(_, rows)| rows).sum();
        let brought = rows - orphans.min(rows);
        let unread = done.salvaged.unread.into_iter();
        let unread = unread.map(|one| of_table(&one));
        let unread = done.salvaged.unreadable.into_iter().chain(unread).collect();
        Self { channel, saved_as: done.kept, jobs: done.jobs, brought, orphans, unread }
    }
}

outcomes! {
    RebuildReport: "channels rebuild";
    ReseedReport: "channels reseed";
    DefaultCustomerReport: "channels set";
    ChannelList: "channels list", "channels add", "channels pause", "channels resume",
        "channels group add";
}

impl Report for RebuildReport {
    fn text(&self, page: &mut Page) {
        let Self { channel, saved_as, jobs, brought, orphans, unread } = self;
        page.line(format!(
            "{channel} is empty and new; the old file: {}",
            match saved_as {
                Some(path) => path,
                None => "there was none",
            }
        ));
        if *brought > 0 {
            page.item(format!(
                "{} that headquarters has not received came over from it",
                count(*brought, "row")
            ));
        }
        if *orphans > 0 {
            page.item(format!(
                "{} about customers whose creation could not be read: left in the old file",
                count(*orphans, "row")
            ));
        }
        for table in unread {
            page.item(format!("could not be read there: {table}"));
        }
        if !jobs.is_empty() {
            let run = Run::jobs(jobs).in_channel(channel);
            page.item(Prose::hint("bring it everything", run));
        }
    }
}

/// A channel table as people write it, and what is said of it.
fn of_table((table, why): &(String, String)) -> String {
    format!("{}: {why}", table.replacen('_', ".", 1))
}

/// What reseeding did.
#[derive(Debug, Serialize, JsonSchema)]
struct ReseedReport {
    /// The channel database.
    channel: String,
    /// Tables whose counters were raised.
    tables: Vec<ReseededTable>,
    /// Rows that have a new counter.
    reissued: u64,
    /// Customers that headquarters, put back from a copy, has lost.
    gone: Vec<LostCustomer>,
    /// Tables that were left as they are.
    left_out: Vec<String>,
}

impl Report for ReseedReport {
    fn text(&self, page: &mut Page) {
        if self.tables.is_empty() {
            page.line(format!("{} counts above what headquarters has received", self.channel));
        }
        for ReseededTable { table, from, to, renumbered } in &self.tables {
            let table = table.replacen('_', ".", 1);
            page.line(format!("{table} counts from {to}, it counted from {from}"));
            if *renumbered > 0 {
                page.item(format!(
                    "new counters for {} that headquarters does not have",
                    count(*renumbered, "row")
                ));
            }
        }
        for table in &self.left_out {
            page.line(format!("left as it is: {table}"));
        }
        if !self.left_out.is_empty() {
            let again = OfChannels::Reseed(self.channel.clone());
            page.item(Prose::hint("correct the mapping", OfJobs::Check));
            page.item(Prose::hint("then do it again", again));
        }
        for LostCustomer { account, name } in &self.gone {
            page.line(format!(
                "gone: customer {account} ({name}), which headquarters does not have"
            ));
        }
        if self.reissued > 0 {
            page.line(format!(
                "{} that headquarters has for something else: replaced",
                count(self.reissued, "temporary id")
            ));
        }
    }
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::List => {}
        Command::Add { name, group, offline_database, fault } => {
            check_name(&name)?;
            let new = NewChannel { name, group, offline_database };
            context.write_with((&fault, Asked::File(&new.name)), |writer| {
                Ok(channels::add(writer, &new)?)
            })?;
        }
        Command::Reseed { name } => {
            let Reseed { done, left_out } =
                context.write(|writer| Ok(channels::reseed(writer, &name)?))?;
            let ReseedOutcome { tables, reissued, gone } = done;
            let left_out = left_out.iter().map(of_table).collect();
            return context.done(&ReseedReport { channel: name, tables, reissued, gone, left_out });
        }
        Command::Rebuild { name, discard, fault } => {
            let mut progress = context.progress();
            let done = context.write_with((&fault, Asked::File(&name)), |writer| {
                Ok(channels::rebuild(writer, &name, discard, &mut progress)?)
            })?;
            return context.done(&RebuildReport::new(name, done));
        }
        Command::Set { name, default_customer } => {
            let channel = context.change(|writer| {
                Ok(channels::set_default_customer(
                    writer,
                    &name,
                    &AccountNum::new(&default_customer),
                )?)
            })?;
            return context.done(&DefaultCustomerReport { channel, default_customer });
        }
        Command::Pause { name } => pause(context, &name, true)?,
        Command::Resume { name } => pause(context, &name, false)?,
        Command::Group { command: GroupCommand::Add { name, dummy } } => {
            context.change(|writer| Ok(channels::add_group(writer, &name, dummy)?))?;
        }
    }
    let list = context.steady(|reader| {
        let connections = topology::last_connections(&reader.hq)?;
        let line = |waits: ChannelWaiting| ChannelLine {
            last_connection: connections.get(&waits.store.id).map(|at| reader.world.clock.show(at)),
            waiting: waits.here.as_ref().ok().map(|here| here.rows),
            store: waits.store,
        };
        let channels = what_waits(reader)?.into_iter().map(line).collect();
        Ok(ChannelList { channels, groups: topology::groups(&reader.hq)? })
    })?;
    context.done(&list)
}

/// The default customer that a channel has now.
#[derive(Debug, Serialize, JsonSchema)]
struct DefaultCustomerReport {
    /// The channel.
    channel: String,
    /// The default customer's account.
    default_customer: String,
}

impl Report for DefaultCustomerReport {
    fn text(&self, page: &mut Page) {
        let Self { channel, default_customer } = self;
        page.line(format!("{channel}: the default customer is {default_customer} in headquarters"));
        page.item(Prose::hint("the channel follows with the next run", Run::job(PROFILES)));
    }
}

fn pause(context: &Context, name: &str, paused: bool) -> Result<(), CommandError> {
    context.change(|writer| Ok(channels::pause(writer, name, paused)?))?;
    Ok(())
}

/// A name becomes a file's, and at most fifteen characters of it a channel's documented id.
fn check_name(name: &str) -> Result<(), CommandError> {
    let fits = (1..=15).contains(&name.len())
        && !name.starts_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if fits {
        return Ok(());
    }
    let example =
        OfChannels::Add { name: "boston".to_owned(), group: None, offline_database: false };
    Err(CommandError::usage(
        "name",
        format!(
            "not a valid channel name: {name:?}, expected 1 to 15 of a-z, 0-9 and -, no - first"
        ),
        Prose::hint("for example", example),
    ))
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ChannelDatabase")]
struct ChannelLine {
    #[serde(flatten)]
    store: DataStore,
    /// When it was last heard of.
    last_connection: Option<ShownTime>,
    /// Rows that wait in it to be collected, or merged; none where its file cannot be read.
    waiting: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChannelList {
    /// Channel databases and offline databases.
    channels: Vec<ChannelLine>,
    /// Channel database groups.
    groups: Vec<Group>,
}

impl Report for ChannelList {
    fn text(&self, page: &mut Page) {
        let row = |ChannelLine { store, last_connection, waiting }: &ChannelLine| {
            [
                Cell::from(&store.name),
                Cell::from(&store.group),
                if store.offline { "offline database" } else { "channel database" }.into(),
                last_connection.clone().unwrap_or_default().into(),
                match waiting {
                    Some(rows) => Cell::value(rows.to_string(), Tone::Open.of_count(*rows)),
                    None => Cell::value("unreadable", Tone::Bad),
                },
                Cell::value(if store.paused { "paused" } else { "" }, Tone::Open),
            ]
        };
        page.table(
            ["channel", "group", "kind", "last connection", "waiting", ""],
            self.channels.iter().map(row).collect(),
        );
        page.gap();
        let row = |group: &Group| [group.name.clone(), yes(group.dummy)];
        page.table(["group", "dummy"], self.groups.iter().map(row).collect());
    }
}
