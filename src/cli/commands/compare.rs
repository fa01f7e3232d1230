//! `cdx compare`: headquarters against the channels, table by table.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::compare::{CompareRequest, Compared, ComparedTable, NotCompared, compare};
use crate::model::drift::{DifferentColumn, DifferentRow};
use crate::model::suggestion::{Prose, Suggestion};
use crate::model::tone::Tone;
use crate::report::page::{Cell, Page, Report, count, grouped};

/// Compare headquarters with the channels, table by table: rows that are missing, extra or
/// different.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only these tables, by headquarters' name or the channel's: CUSTTABLE, ax.CUSTTABLE.
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// Only this channel or offline database.
    #[arg(long)]
    channel: Option<String>,
    /// Only the tables that this job brings.
    #[arg(long)]
    job: Option<String>,
}

outcomes! {
    CompareReport: "compare";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Args { tables, channel, job } = args;
    let named = !tables.is_empty();
    let request = CompareRequest { tables, channel, job };
    let found = context.steady(|reader| Ok(compare(reader, &request)?))?;
    let Compared { tables, not_compared, commands, not_run } = found;
    let equal = not_compared.is_empty() && tables.iter().all(ComparedTable::is_equal);
    let env = context.named_env();
    let next = commands.iter().map(|command| command.typed(env.as_deref())).collect();
    let report = CompareReport { equal, tables, not_compared, not_run, next, commands, named };
    context.end(if equal { Exit::Done } else { Exit::No }, &report)
}

#[derive(Debug, Serialize, JsonSchema)]
struct CompareReport {
    /// Whether everything that was asked for could be compared, and is the same.
    equal: bool,
    /// Each table in each database.
    tables: Vec<ComparedTable>,
    /// What could not be compared, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_compared: Vec<NotCompared>,
    /// Why nothing brings some of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_run: Vec<String>,
    /// Commands that bring the channels what headquarters has, in order.
    next: Vec<String>,
    #[serde(skip)]
    commands: Vec<Suggestion>,
    /// Whether tables were named, so that each is shown.
    #[serde(skip)]
    named: bool,
}

/// So many rows of a table are shown where more than so many tables differ.
const FEW: usize = 3;

/// So many columns of a row are shown.
const COLUMNS: usize = 8;

impl Report for CompareReport {
    fn text(&self, page: &mut Page) {
        let torn: Vec<&ComparedTable> =
            self.tables.iter().filter(|table| !table.is_equal()).collect();
        let shown = if self.named { self.tables.iter().collect() } else { torn.clone() };
        let bad = |rows: u64| Cell::value(grouped(rows), Tone::Bad.of_count(rows));
        let row = |one: &&ComparedTable| {
            [
                Cell::from(&one.channel),
                Cell::from(&one.table),
                Cell::from(grouped(one.matched)),
                bad(one.missing),
                bad(one.extra),
                bad(one.different),
            ]
        };
        page.table(
            ["channel", "table", "matched", "missing", "extra", "different"],
            shown.iter().map(row).collect(),
        );
        let alike = alike(&torn);
        let most = if alike.len() > FEW { FEW } else { usize::MAX };
        for (one, channels) in alike {
            page.gap();
            page.line(format!("{} in {}", one.table, channels.join(", ")));
            one.keys.iter().take(most).for_each(|key| key.tell(page));
            let rows = one.missing + one.extra + one.different;
            let more = rows - one.keys.len().min(most) as u64;
            if more > 0 {
                page.item(format!("and {}", count(more, "more row")));
            }
        }
        page.gap();
        self.tell_equal(torn.len(), page);
        for NotCompared { channel, table, why } in &self.not_compared {
            let place = [channel, table].into_iter().flatten().cloned().collect::<Vec<_>>();
            page.line(format!("{} could not be compared: {why}", place.join(" ")));
        }
        for why in &self.not_run {
            page.line(format!("Nothing brings some of it: {why}"));
        }
        for command in &self.commands {
            page.item(Prose::hint("next", command.clone()));
        }
    }
}

/// Tables that differ, each with the channels in which it differs in the same way.
fn alike<'t>(torn: &[&'t ComparedTable]) -> Vec<(&'t ComparedTable, Vec<&'t str>)> {
    let mut found: Vec<(&ComparedTable, Vec<&str>)> = Vec::new();
    for one in torn {
        let same = |other: &ComparedTable| {
            let counts = |of: &ComparedTable| (of.missing, of.extra, of.different);
            other.table == one.table && counts(other) == counts(one) && other.keys == one.keys
        };
        match found.iter_mut().find(|(other, _)| same(other)) {
            Some((_, channels)) => channels.push(&one.channel),
            None => found.push((one, vec![&one.channel])),
        }
    }
    found
}

impl CompareReport {
    /// What is the same, in a sentence.
    fn tell_equal(&self, torn: usize, page: &mut Page) {
        let equal = (self.tables.len() - torn) as u64;
        let same = self.tables.iter().filter(|one| one.is_equal());
        let rows: u64 = same.map(|one| one.matched).sum();
        let rows = count(rows, "row");
        match (equal, torn) {
            (0, 0) if self.not_compared.is_empty() => page.line("There is nothing to compare."),
            (0, _) => {}
            (1, 0) => page.line(format!("It is equal, {rows}.")),
            (_, 0) => page.line(format!("All {} are equal, {rows}.", count(equal, "table"))),
            (1, _) => page.line(format!("1 other table is equal, {rows}.")),
            (more, _) => {
                page.line(format!("{} other tables are equal, {rows}.", grouped(more)));
            }
        }
    }
}

impl DifferentRow {
    /// What is wrong with a row, and both values of each column that differs.
    fn tell(&self, page: &mut Page) {
        let Self { what, key, columns } = self;
        page.item(format!("{what}: {key}"));
        for DifferentColumn { column, headquarters, channel } in columns.iter().take(COLUMNS) {
            let (ours, theirs) = (headquarters.quoted(), channel.quoted());
            page.deeper(format!("{column}: headquarters {ours}, channel {theirs}"));
        }
        let more = columns.len().saturating_sub(COLUMNS) as u64;
        if more > 0 {
            page.deeper(format!("and {}", count(more, "more column")));
        }
    }
}
