//! `cdx data`: rows of any table, made to fit it, and shown.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::data::{self, Made, MadeRows, MakeRequest, ShownRows};
use crate::model::record::Record;
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, Report, count, grouped};

/// Make rows of any table, made to fit it, and show them.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make rows in a table of headquarters, or of a channel as another program would.
    ///
    /// Values fit the columns' types and lengths, are unique in every unique key, and refer to rows
    /// that exist: by a declared reference, by a filter's join, by what a column's name stands for
    /// in every table (PARTY, ACCOUNTNUM, CURRENCY), or by the name of the one-column key of one
    /// other table. In headquarters rows that are missing for that are made first. The same
    /// environment, seed and arguments give the same rows.
    Make {
        /// The table, by headquarters' name, or by the channel's with --channel.
        table: String,
        /// How many rows.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
        rows: u64,
        /// Another number draws other values.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// In the table of this channel or offline database.
        #[arg(long)]
        channel: Option<String>,
    },
    /// Show rows of a table, in the order of its key.
    Show {
        /// The table, by headquarters' name, or by the channel's with --channel.
        table: String,
        /// Of this channel or offline database.
        #[arg(long)]
        channel: Option<String>,
        /// At most so many rows.
        #[arg(long, default_value_t = 20)]
        limit: u64,
    },
}

outcomes! {
    MadeReport: "data make";
    RowsReport: "data show";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::Make { table, rows, seed, channel } => {
            make(context, &MakeRequest { table, rows, seed }, channel)
        }
        Command::Show { table, channel, limit } => {
            let channel = channel.as_deref();
            let read = |reader: &_| Ok(data::show(reader, &table, channel, limit)?);
            let ShownRows { table, columns, count, rows } = context.steady(read)?;
            let channel = channel.map(str::to_owned);
            context.done(&RowsReport { table, channel, count, rows, columns })
        }
    }
}

fn make(
    context: &Context,
    request: &MakeRequest,
    channel: Option<String>,
) -> Result<Exit, CommandError> {
    let mut progress = context.progress();
    let made = match &channel {
        None => context.change(|writer| Ok(data::make(writer, request, &mut progress)?))?,
        Some(name) => context
            .write(|writer| Ok(data::make_in_channel(writer, name, request, &mut progress)?))?,
    };
    let Made { table, count, with, next: commands } = made;
    let env = context.named_env();
    let next = commands.iter().map(|command| command.typed(env.as_deref())).collect();
    let rows = request.rows;
    context.done(&MadeReport { table, channel, rows, count, with, next, commands })
}

#[derive(Debug, Serialize, JsonSchema)]
struct MadeReport {
    /// The table, as it is called.
    table: String,
    /// The channel that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// How many rows were made.
    rows: u64,
    /// How many there are now.
    count: u64,
    /// Rows of other tables that were made for these to refer to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    with: Vec<MadeRows>,
    /// Commands that move or show the rows.
    next: Vec<String>,
    #[serde(skip)]
    commands: Vec<Suggestion>,
}

impl Report for MadeReport {
    fn text(&self, page: &mut Page) {
        let place = self.channel.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        let (made, all) = (count(self.rows, "more row"), grouped(self.count));
        page.line(format!("{}{place} has {made}, {all} in all.", self.table));
        for MadeRows { table, rows } in &self.with {
            let made = count(*rows, "more row");
            page.item(format!("{table} has {made}, which they refer to"));
        }
        for command in &self.commands {
            page.item(Prose::hint("next", command.clone()));
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct RowsReport {
    /// The table, as it is called.
    table: String,
    /// The channel that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// How many rows there are.
    count: u64,
    /// Those that are shown, by key: the columns with their values.
    rows: Vec<Record>,
    #[serde(skip)]
    columns: Vec<String>,
}

impl Report for RowsReport {
    fn text(&self, page: &mut Page) {
        let place = self.channel.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        let rows = self.rows.iter();
        let rows = rows.map(|row| row.0.iter().map(|(_, value)| value.to_string()).collect());
        page.records(&self.columns, rows.collect());
        page.gap();
        let all = count(self.count, "row");
        let shown = self.rows.len() as u64;
        let first = match self.count.saturating_sub(shown) {
            0 => String::new(),
            _ => format!(", the first {shown} shown"),
        };
        page.line(format!("{}{place}: {all}{first}.", self.table));
    }
}
