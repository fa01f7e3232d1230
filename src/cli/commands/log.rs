//! `cdx log`: what happened in an environment, in order.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::Catalogue;
use crate::model::ids::DataStoreId;
use crate::model::log::{LogEntry, LogEvent};
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::model::time::ShownTime;
use crate::report::page::{Cell, Page, Report, count};
use crate::store::{Access, Reader, StoreError, log, topology};
use crate::world::Clock;

/// Show what happened in an environment, in order.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only what happened since this time, YYYY-MM-DD or YYYY-MM-DD HH:MM.
    #[arg(long, value_name = "T")]
    since: Option<String>,
    /// Only what happened in this channel, its offline database included, or with its sessions.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
}

outcomes! {
    LogReport: "log";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let log = context.steady(|reader| read(reader, &args))?;
    context.done(&log)
}

/// Every entry, those of the channels at their places among headquarters'.
fn read(reader: &Reader, args: &Args) -> Result<LogReport, CommandError> {
    let stores = topology::data_stores(&reader.hq)?;
    let wanted = args.channel.as_ref().map(|name| topology::find_store(&reader.hq, name));
    let wanted = wanted.transpose()?;
    let clock = &reader.world.clock;
    let since = args.since.as_ref().map(|text| clock.moment(text)).transpose()?;
    let mut entries = log::of_headquarters(&reader.hq)?;
    let mut unreadable = Vec::new();
    for store in &stores {
        let opened = reader.env.channel(&store.name, Access::Read);
        match opened.and_then(|database| log::of_channel(&database, store.id)) {
            Ok(found) => entries.extend(found),
            Err(error) => unreadable.push(told(reader, &store.name, &error)),
        }
    }
    entries.sort_by_key(|entry| entry.position);
    let of_channel = |id: DataStoreId| {
        let store = stores.iter().find(|store| store.id == id);
        match (&wanted, store) {
            (Some(wanted), Some(store)) => store.id == wanted.id || store.channel() == wanted.name,
            (Some(_), None) => false,
            (None, _) => true,
        }
    };
    entries.retain(|entry| {
        let about = entry.position.store.map_or(wanted.is_none(), of_channel);
        about && since.as_ref().is_none_or(|since| entry.at >= *since)
    });
    let names = stores.into_iter().map(|store| (store.id, store.name)).collect();
    let catalogue = reader.env.gates()?;
    let told = Told { names, catalogue: &catalogue, clock };
    let entries = entries.into_iter().map(|entry| told.entry(entry)).collect();
    Ok(LogReport { entries, unreadable })
}

fn told(reader: &Reader, name: &str, error: &StoreError) -> String {
    format!("{name}: {}", reader.env.within(&error.to_string()))
}

/// What makes an entry one for readers.
struct Told<'a> {
    names: BTreeMap<DataStoreId, String>,
    catalogue: &'a Catalogue,
    clock: &'a Clock,
}

impl Told<'_> {
    fn entry(&self, entry: LogEntry) -> Entry {
        let number = entry.status.parse().ok();
        let status = match entry.event {
            LogEvent::Generated | LogEvent::Applied => {
                let status = number.and_then(DownloadStatus::from_number);
                status.map_or(entry.status, |status| status.to_string())
            }
            LogEvent::Uploaded => {
                let status = number.and_then(UploadStatus::from_number);
                status.map_or(entry.status, |status| status.to_string())
            }
            _ => entry.status,
        };
        let subject = match entry.event {
            LogEvent::Switched => {
                let known =
                    self.catalogue.gates.iter().find(|gate| gate.table_name() == entry.subject);
                known.map_or(entry.subject, |gate| gate.slug.clone())
            }
            _ => entry.subject,
        };
        Entry {
            time: self.clock.show(&entry.at),
            event: entry.event,
            channel: entry.position.store.and_then(|id| self.names.get(&id).cloned()),
            subject,
            account: entry.account,
            number: entry.number,
            status,
            count: entry.count,
            detail: entry.detail,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct LogReport {
    /// What happened, in order.
    entries: Vec<Entry>,
    /// Databases whose entries could not be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// When.
    time: ShownTime,
    /// What.
    event: LogEvent,
    /// The channel database; none where it happened in headquarters.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// A feature, a job, an operation.
    subject: String,
    /// The customer.
    #[serde(skip_serializing_if = "String::is_empty")]
    account: String,
    /// A session, or an instance of a scale unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// What came of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    status: String,
    /// Rows, or operations.
    count: u64,
    /// More of it, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

impl Entry {
    /// What happened, in words.
    fn words(&self) -> String {
        let Self { subject, account, status, detail, .. } = self;
        let session = self.number.map_or_else(String::new, |number| format!(" session {number}"));
        let because = if detail.is_empty() { String::new() } else { format!(": {detail}") };
        match self.event {
            LogEvent::Switched => format!("{subject}: {status}{}", bracketed(detail)),
            LogEvent::Generated | LogEvent::Applied | LogEvent::Uploaded => {
                format!("job {subject},{session}: {status}, {}{because}", count(self.count, "row"))
            }
            LogEvent::Processed => {
                format!("customer batch: {} processed, {detail}", self.count)
            }
            LogEvent::Failed => format!("{subject} failed{because}"),
            LogEvent::Corrected => format!("{subject} corrected{because}"),
            LogEvent::Acted => format!("{subject} row of {account}: {status}"),
            LogEvent::Called => {
                let about = if account.is_empty() { String::new() } else { format!(" {account}") };
                format!("{subject}{about}: {status}{}", bracketed(detail))
            }
            LogEvent::Cached if !subject.is_empty() => format!("{subject} asked its scale unit"),
            LogEvent::Cached => {
                let instance = self.number.unwrap_or(1);
                format!("scale unit instance {instance} looked at its database")
            }
            LogEvent::Restarted => match self.number {
                Some(instance) => format!("{subject}, instance {instance}"),
                None => subject.clone(),
            },
        }
    }
}

fn bracketed(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" ({detail})") }
}

impl Report for LogReport {
    fn text(&self, page: &mut Page) {
        if self.entries.is_empty() {
            page.line("Nothing happened.");
        }
        let row = |entry: &Entry| {
            [
                Cell::from(&entry.time),
                Cell::from(entry.channel.as_deref().unwrap_or("headquarters")),
                Cell::from(entry.event.as_str()),
                Cell::from(entry.words()),
            ]
        };
        page.table(["time", "where", "what", ""], self.entries.iter().map(row).collect());
        for one in &self.unreadable {
            page.item(format!("could not be read: {one}"));
        }
    }
}
