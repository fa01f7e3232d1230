//! `cdx rts`: the real-time calls made, and why each was not local.

use serde::Serialize;

use crate::cli::{CommandError, Context, Exit};
use crate::model::pos::RealTimeCall;
use crate::model::time::ShownTime;
use crate::report::page::{Page, Report};
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
    List {
        /// Only of this channel.
        #[arg(long)]
        channel: Option<String>,
    },
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Command::List { channel } = args.command;
    let list = context.steady(|reader| read(reader, channel.as_deref()))?;
    context.done(&list)
}

fn read(reader: &Reader, channel: Option<&str>) -> Result<CallList, CommandError> {
    let only = match channel {
        Some(name) => Some(topology::find_channel(&reader.hq, name)?.id),
        None => None,
    };
    let mut calls = Vec::new();
    for store in topology::data_stores(&reader.hq)? {
        if store.offline || only.is_some_and(|id| id != store.id) {
            continue;
        }
        let database = reader.env.channel(&store.name, Access::Read)?;
        calls.extend(scale_unit::calls(&database, &store.name)?);
    }
    let clock = &reader.world.clock;
    let calls = calls.into_iter().map(|call| call.shown(|called| clock.show(called)));
    Ok(CallList { calls: calls.collect() })
}

#[derive(Debug, Serialize)]
struct CallList {
    calls: Vec<RealTimeCall<ShownTime>>,
}

impl Report for CallList {
    fn text(&self, page: &mut Page) {
        if self.calls.is_empty() {
            page.line("No real-time calls.");
        }
        let row = |call: &RealTimeCall<ShownTime>| {
            let why: Vec<&str> = call.reasons.iter().map(|r| r.text.as_str()).collect();
            [
                call.channel.clone(),
                call.called.to_string(),
                call.operation.clone(),
                call.outcome.to_string(),
                call.account.clone(),
                why.join("; "),
            ]
        };
        page.table(
            ["channel", "time", "operation", "outcome", "account", "why not local"],
            self.calls.iter().map(row).collect(),
        );
    }
}
