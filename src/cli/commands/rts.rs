//! `cdx rts`: the real-time calls made, and why each was not local.

use std::collections::BTreeMap;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::model::pos::{CallOutcome, RealTimeCall, ReasonCode};
use crate::model::time::{ShownTime, Time};
use crate::report::page::{Page, Report, count};
use crate::runtime::Kind;
use crate::store::{Access, Reader, scale_unit, topology};

/// Show the real-time calls made, and why each was not local.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the real-time calls, and why each was not local.
    #[command(after_long_help = FORMATS)]
    List(Filters),
}

/// What `--format` takes here: more than elsewhere.
const FORMATS: &str = "\
Formats of this list:
  --format text  for people
  --format json  for scripts
  --format csv   for spreadsheets: a line for each call, or for each sum";

/// Which calls to list.
#[derive(Debug, clap::Args)]
struct Filters {
    /// Only those of this channel.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
    /// Only those that this kept from being local.
    #[arg(long, value_name = "R", value_parser = reasons())]
    reason: Option<ReasonCode>,
    /// Only those of this operation.
    #[arg(long, value_name = "O", value_parser = kinds())]
    operation: Option<Kind>,
    /// Only those since this time, YYYY-MM-DD or YYYY-MM-DD HH:MM.
    #[arg(long, value_name = "T")]
    since: Option<String>,
    /// Count them by channel, operation and reason.
    #[arg(long)]
    summary: bool,
}

outcomes! {
    CallList: "rts list";
    CallSummary: "rts list";
}

fn reasons() -> impl clap::builder::TypedValueParser<Value = ReasonCode> {
    PossibleValuesParser::new(ReasonCode::ALL.iter().map(|reason| reason.as_str()))
        .try_map(|word| ReasonCode::parse(&word).ok_or("unknown reason"))
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str()))
        .try_map(|word| Kind::parse(&word).ok_or("unknown operation"))
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Command::List(filters) = args.command;
    let calls = context.steady(|reader| read(reader, &filters))?;
    if filters.summary {
        let summary = CallSummary::of(&calls);
        return match context.format {
            FormatArg::Csv => context.table(CallSummary::header(), summary.lines()),
            _ => context.done(&summary),
        };
    }
    let list = CallList { calls };
    match context.format {
        FormatArg::Csv => context.table(CallList::header(), list.lines()),
        _ => context.done(&list),
    }
}

fn read(reader: &Reader, filters: &Filters) -> Result<Vec<RealTimeCall<ShownTime>>, CommandError> {
    let clock = &reader.world.clock;
    let only = match &filters.channel {
        Some(name) => Some(topology::find_channel(&reader.hq, name)?.id),
        None => None,
    };
    let since = filters.since.as_ref().map(|text| clock.moment(text)).transpose()?;
    let mut calls = Vec::new();
    for store in topology::data_stores(&reader.hq)? {
        if store.offline || only.is_some_and(|id| id != store.id) {
            continue;
        }
        let database = reader.env.channel(&store.name, Access::Read)?;
        calls.extend(scale_unit::calls(&database, &store.name)?);
    }
    calls.retain(|call: &RealTimeCall<Time>| {
        let of = |reason: ReasonCode| call.reasons.iter().any(|one| one.code == reason);
        filters.reason.is_none_or(of)
            && filters.operation.is_none_or(|operation| call.operation == operation.as_str())
            && since.as_ref().is_none_or(|since| call.called >= *since)
    });
    Ok(calls.into_iter().map(|call| call.shown(|called| clock.show(called))).collect())
}

#[derive(Debug, Serialize, JsonSchema)]
struct CallList {
    /// The calls, in order.
    calls: Vec<RealTimeCall<ShownTime>>,
}

impl CallList {
    fn header() -> Vec<&'static str> {
        let why = ["reason", "why not local"];
        let about =
            ["id", "channel", "instance", "time", "operation", "request", "outcome", "account"];
        about.into_iter().chain(why).collect()
    }

    /// A line for each call; the time as scripts read it.
    fn lines(&self) -> Vec<Vec<String>> {
        let line = |call: &RealTimeCall<ShownTime>| {
            let codes: Vec<&str> = call.reasons.iter().map(|one| one.code.as_str()).collect();
            vec![
                call.id.to_string(),
                call.channel.clone(),
                call.instance.to_string(),
                call.called.rfc3339().to_owned(),
                call.operation.clone(),
                call.request.clone(),
                call.outcome.to_string(),
                call.account.clone(),
                codes.join(" "),
                why(call),
            ]
        };
        self.calls.iter().map(line).collect()
    }
}

fn why(call: &RealTimeCall<ShownTime>) -> String {
    call.reasons.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join("; ")
}

impl Report for CallList {
    fn text(&self, page: &mut Page) {
        if self.calls.is_empty() {
            page.line("No real-time calls.");
        }
        let row = |call: &RealTimeCall<ShownTime>| {
            [
                call.channel.clone(),
                call.called.to_string(),
                call.operation.clone(),
                call.outcome.to_string(),
                call.account.clone(),
                why(call),
            ]
        };
        page.table(
            ["channel", "time", "operation", "outcome", "account", "why not local"],
            self.calls.iter().map(row).collect(),
        );
    }
}

/// The calls counted by what they have in common.
#[derive(Debug, Serialize, JsonSchema)]
struct CallSummary {
    /// How many calls there were.
    total: u64,
    /// Those that are alike, together.
    sums: Vec<CallSum>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CallSum {
    /// The channel.
    channel: String,
    /// The operation.
    operation: String,
    /// What kept them from being local, first of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ReasonCode>,
    /// How many.
    calls: u64,
    /// Those of them that could not reach headquarters.
    failed: u64,
    last: ShownTime,
}

impl CallSummary {
    fn of(calls: &[RealTimeCall<ShownTime>]) -> Self {
        let mut sums: BTreeMap<(&str, &str, Option<ReasonCode>), CallSum> = BTreeMap::new();
        for call in calls {
            let reason = call.reasons.first().map(|one| one.code);
            let sum =
                sums.entry((&call.channel, &call.operation, reason)).or_insert_with(|| CallSum {
                    channel: call.channel.clone(),
                    operation: call.operation.clone(),
                    reason,
                    calls: 0,
                    failed: 0,
                    last: call.called.clone(),
                });
            sum.calls += 1;
            sum.failed += u64::from(call.outcome != CallOutcome::Succeeded);
            if sum.last < call.called {
                sum.last = call.called.clone();
            }
        }
        Self { total: calls.len() as u64, sums: sums.into_values().collect() }
    }

    fn header() -> Vec<&'static str> {
        vec!["channel", "operation", "reason", "calls", "failed", "last"]
    }

    fn lines(&self) -> Vec<Vec<String>> {
        let line = |sum: &CallSum| {
            vec![
                sum.channel.clone(),
                sum.operation.clone(),
                sum.reason.map_or_else(String::new, |reason| reason.to_string()),
                sum.calls.to_string(),
                sum.failed.to_string(),
                sum.last.rfc3339().to_owned(),
            ]
        };
        self.sums.iter().map(line).collect()
    }
}

impl Report for CallSummary {
    fn text(&self, page: &mut Page) {
        let row = |sum: &CallSum| {
            [
                sum.channel.clone(),
                sum.operation.clone(),
                sum.reason.map_or_else(String::new, |reason| reason.to_string()),
                sum.calls.to_string(),
                sum.failed.to_string(),
                sum.last.to_string(),
            ]
        };
        page.table(
            ["channel", "operation", "reason", "calls", "failed", "last"],
            self.sums.iter().map(row).collect(),
        );
        page.line(count(self.total, "real-time call"));
    }
}
