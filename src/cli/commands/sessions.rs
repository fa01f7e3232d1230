//! `cdx sessions`: download and upload sessions.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::lanes::lanes;
use crate::exchange::manage::{self, Choice};
use crate::model::ids::{DownloadId, JobId, UploadId};
use crate::model::lane::{Lane, LaneSession};
use crate::model::name_kind::NameKind;
use crate::model::run::{ChannelReport, DownloadReport, UploadReport};
use crate::model::session::{CounterRange, DownloadSession, SessionKind};
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::model::suggestion::Prose;
use crate::model::time::ShownTime;
use crate::report::drawing::{lanes as drawing, mermaid};
use crate::report::page::{Cell, Page, Report, grouped};
use crate::store::{HqWriter, Reader, StoreError, sessions, topology, uploads};
use crate::world::Clock;

/// Show download and upload sessions; retry or cancel one.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List sessions, newest last.
    List {
        /// Only of this job.
        #[arg(long)]
        job: Option<String>,
        /// Only with this channel database.
        #[arg(long)]
        channel: Option<String>,
        /// Only with this status somewhere.
        #[arg(long)]
        status: Option<String>,
        /// Upload sessions instead of download sessions.
        #[arg(long)]
        upload: bool,
    },
    /// Show one session.
    Show {
        /// The session's number.
        id: i64,
        /// An upload session.
        #[arg(long)]
        upload: bool,
    },
    /// Give a session that ended badly, or is suspended, another round of tries.
    Retry {
        /// The session's number.
        id: i64,
        /// Only in this channel database; of a download session.
        #[arg(long, conflicts_with = "upload")]
        channel: Option<String>,
        /// An upload session.
        #[arg(long)]
        upload: bool,
    },
    /// Cancel a session where it is not applied.
    Cancel {
        /// The session's number.
        id: i64,
        /// Only in this channel database; of a download session.
        #[arg(long, conflicts_with = "upload")]
        channel: Option<String>,
        /// An upload session.
        #[arg(long)]
        upload: bool,
    },
}

outcomes! {
    SessionList: "sessions list";
    DownloadDetail: "sessions show", "sessions retry", "sessions cancel";
    UploadDetail: "sessions show", "sessions retry", "sessions cancel";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::List { job, channel, status, upload } => {
            let reader = context.reader()?;
            let wanted = |word: &Option<String>, found: &str| {
                word.as_ref().is_none_or(|word| word.eq_ignore_ascii_case(found))
            };
            let job = match job {
                Some(word) => Some(job_id(&reader, &word)?),
                None => None,
            };
            if let Some(name) = &channel {
                topology::find_store(&reader.hq, name)?;
            }
            if let Some(word) = &status {
                known_status(word, upload)?;
            }
            if context.format.draws().is_some() {
                let keeps = |lane: &Lane<ShownTime>, one: &LaneSession<ShownTime>| {
                    job.as_ref().is_none_or(|job| one.job == *job)
                        && wanted(&status, one.status.as_str())
                        && wanted(&channel, &lane.channel)
                };
                return draw(context, &reader, upload, &keeps);
            }
            let mut list = SessionList::read(&reader, upload)?;
            list.sessions.retain(|line| {
                let (statuses, channels) = line.report.told();
                job.as_ref().is_none_or(|job| line.job == *job)
                    && statuses.iter().any(|found| wanted(&status, found))
                    && (channel.is_none() || channels.iter().any(|found| wanted(&channel, found)))
            });
            context.done(&list)
        }
        Command::Show { id, upload } => show(context, &choice(id, None, upload)),
        Command::Retry { id, channel, upload } => {
            change(context, &choice(id, channel, upload), manage::retry)
        }
        Command::Cancel { id, channel, upload } => {
            change(context, &choice(id, channel, upload), manage::cancel)
        }
    }
}

/// Which sessions of a lane are drawn.
type Keeps<'a> = &'a dyn Fn(&Lane<ShownTime>, &LaneSession<ShownTime>) -> bool;

/// Draws the lanes of the channel databases that have sessions left.
fn draw(
    context: &Context,
    reader: &Reader,
    upload: bool,
    keeps: Keeps<'_>,
) -> Result<Exit, CommandError> {
    let kind = if upload { SessionKind::Upload } else { SessionKind::Download };
    let mut lanes = lanes(reader, &[kind])?;
    for lane in &mut lanes {
        let all = std::mem::take(&mut lane.sessions);
        lane.sessions = all.into_iter().filter(|one| keeps(lane, one)).collect();
    }
    lanes.retain(|lane| !lane.sessions.is_empty());
    let text = match context.format {
        FormatArg::Mermaid => mermaid::lanes(&lanes),
        _ => drawing::svg(&lanes),
    };
    context.output.stdout(&text)?;
    Ok(Exit::Done)
}

/// The statuses of the two kinds of session are not the same.
fn known_status(word: &str, upload: bool) -> Result<(), StoreError> {
    let (names, kind): (Vec<String>, _) = if upload {
        (UploadStatus::ALL.iter().map(ToString::to_string).collect(), SessionKind::Upload)
    } else {
        (DownloadStatus::ALL.iter().map(ToString::to_string).collect(), SessionKind::Download)
    };
    if names.iter().any(|name| name.eq_ignore_ascii_case(word)) {
        return Ok(());
    }
    Err(StoreError::unknown(NameKind::Status(kind), word, &names))
}

fn job_id(reader: &Reader, word: &str) -> Result<JobId, CommandError> {
    let definitions = crate::store::scheduler::read(&reader.hq)?;
    match definitions.find_job(word) {
        Some(job) => Ok(job.id.clone()),
        None => Err(super::jobs::unknown_job(&definitions, word)),
    }
}

/// What was typed: clap has refused a channel beside an upload session.
fn choice(id: i64, channel: Option<String>, upload: bool) -> Choice {
    if upload {
        Choice::Upload { id: UploadId(id) }
    } else {
        Choice::Download { id: DownloadId(id), channel }
    }
}

type Manage = fn(&HqWriter<'_>, &Choice) -> Result<(), manage::ManageError>;

fn change(context: &Context, choice: &Choice, what: Manage) -> Result<Exit, CommandError> {
    context.change(|writer| Ok(what(writer, choice)?))?;
    show(context, choice)
}

fn show(context: &Context, choice: &Choice) -> Result<Exit, CommandError> {
    let reader = context.reader()?;
    let id = match choice {
        Choice::Download { id, .. } => *id,
        Choice::Upload { id } => return show_upload(context, &reader, *id),
    };
    let found = sessions::find(&reader.hq, id)?;
    let found = found.ok_or_else(|| unknown(SessionKind::Download, id))?;
    context.done(&DownloadDetail::of(&found, &reader.world.clock))
}

fn show_upload(context: &Context, reader: &Reader, id: UploadId) -> Result<Exit, CommandError> {
    let found = uploads::all(&reader.hq)?.into_iter().find(|session| session.id == id);
    let found = found.ok_or_else(|| unknown(SessionKind::Upload, id))?;
    let counters = uploads::ranges(&reader.hq, id)?;
    let report = UploadDetail {
        job: found.job.clone(),
        created: reader.world.clock.show(&found.created),
        package: found.package.clone(),
        tries: found.tries,
        counters,
        session: UploadReport::of(&found, None),
    };
    context.done(&report)
}

fn unknown(kind: SessionKind, id: impl ToString) -> StoreError {
    StoreError::unknown(NameKind::Session(kind), &id.to_string(), &[])
}

#[derive(Debug, Serialize, JsonSchema)]
struct SessionList {
    /// Download sessions, or upload sessions with `--upload`; newest last.
    sessions: Vec<SessionLine>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SessionLine {
    /// The job.
    job: JobId,
    /// When it was made.
    created: ShownTime,
    #[serde(flatten)]
    report: SessionReport,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum SessionReport {
    Download(DownloadReport),
    Upload(UploadReport),
}

impl SessionReport {
    /// Every status it has somewhere, and the channels it is of.
    fn told(&self) -> (Vec<&'static str>, Vec<&str>) {
        match self {
            Self::Download(report) => {
                let mut statuses = vec![report.status.as_str()];
                statuses.extend(report.channels.iter().map(|one| one.status.as_str()));
                (statuses, report.channels.iter().map(|one| one.channel.as_str()).collect())
            }
            Self::Upload(report) => (vec![report.status.as_str()], vec![&report.channel]),
        }
    }
}

impl SessionList {
    fn read(reader: &Reader, upload: bool) -> Result<Self, StoreError> {
        let clock = &reader.world.clock;
        let sessions = if upload {
            uploads::all(&reader.hq)?
                .iter()
                .map(|session| SessionLine {
                    job: session.job.clone(),
                    created: clock.show(&session.created),
                    report: SessionReport::Upload(UploadReport::of(session, None)),
                })
                .collect()
        } else {
            sessions::all(&reader.hq)?
                .iter()
                .map(|session| SessionLine {
                    job: session.job.clone(),
                    created: clock.show(&session.created),
                    report: SessionReport::Download(DownloadReport::of(session)),
                })
                .collect()
        };
        Ok(Self { sessions })
    }
}

impl Report for SessionList {
    fn text(&self, page: &mut Page) {
        if self.sessions.is_empty() {
            page.line("No sessions.");
        }
        let row = |line: &SessionLine| {
            let (id, status, rows, deleted, channels) = match &line.report {
                SessionReport::Download(one) => {
                    let status = Cell::value(one.status.as_str(), one.status.tone());
                    (one.id.to_string(), status, one.rows, one.deleted, summary(one))
                }
                SessionReport::Upload(one) => {
                    let status = Cell::value(one.status.as_str(), one.status.tone());
                    (one.id.to_string(), status, one.rows, one.deleted, one.channel.clone())
                }
            };
            [
                id.into(),
                line.job.to_string().into(),
                status,
                grouped(rows).into(),
                grouped(deleted).into(),
                Cell::from(&line.created),
                channels.into(),
            ]
        };
        page.table(
            ["session", "job", "status", "rows", "deleted", "created", "channels"],
            self.sessions.iter().map(row).collect(),
        );
    }
}

/// How many channels have which status: `3 Applied, 1 ApplyFailed (houston)`.
fn summary(report: &DownloadReport) -> String {
    let mut counts: Vec<(&str, Vec<&str>)> = Vec::new();
    for channel in &report.channels {
        let status = channel.status.as_str();
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, channels)) => channels.push(&channel.channel),
            None => counts.push((status, vec![&channel.channel])),
        }
    }
    let several = counts.len() > 1;
    let text = |(status, channels): &(&str, Vec<&str>)| {
        if several && channels.len() == 1 {
            format!("1 {status} ({})", channels[0])
        } else {
            format!("{} {status}", channels.len())
        }
    };
    counts.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The row versions between which a session holds what changed.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct RowVersions {
    /// After this row version.
    since: i64,
    /// Up to this one.
    until: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DownloadDetail {
    /// The job.
    job: JobId,
    /// When it was made.
    created: ShownTime,
    /// Why it is full.
    reason: Option<&'static str>,
    /// The name of its package.
    package: Option<String>,
    /// The package's SHA-256.
    checksum: String,
    /// Which changes it carries.
    row_versions: RowVersions,
    #[serde(flatten)]
    session: DownloadReport,
}

impl DownloadDetail {
    fn of(session: &DownloadSession, clock: &Clock) -> Self {
        Self {
            job: session.job.clone(),
            created: clock.show(&session.created),
            reason: session.reason.map(crate::model::session::FullReason::as_str),
            package: session.package.clone(),
            checksum: session.checksum.clone(),
            row_versions: RowVersions { since: session.since, until: session.until },
            session: DownloadReport::of(session),
        }
    }
}

impl Report for DownloadDetail {
    fn text(&self, page: &mut Page) {
        let session = &self.session;
        let title = Prose::from(format!("Session {} of job {}: ", session.id, self.job));
        page.line(title.and_value(session.status.as_str(), session.status.tone()));
        page.item(format!("created {}, group {}", self.created, session.group));
        if let Some(reason) = self.reason {
            page.item(format!("full: {reason}"));
        }
        let RowVersions { since, until } = self.row_versions;
        page.item(format!("row versions {since} to {until}"));
        if let Some(package) = &self.package {
            page.item(format!(
                "package {package}: {} rows, {} deleted, {} bytes",
                grouped(session.rows),
                grouped(session.deleted),
                grouped(session.bytes)
            ));
        }
        let row = |channel: &ChannelReport| {
            [
                Cell::from(&channel.channel),
                Cell::value(channel.status.as_str(), channel.status.tone()),
                grouped(channel.rows).into(),
                channel.tries.to_string().into(),
                channel.message.as_deref().unwrap_or_default().into(),
            ]
        };
        page.table(
            ["channel", "status", "changed", "tries", "message"],
            session.channels.iter().map(row).collect(),
        );
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct UploadDetail {
    /// The job.
    job: JobId,
    /// When it was made.
    created: ShownTime,
    /// The name of its package.
    package: Option<String>,
    /// How often it was tried.
    tries: u32,
    /// Which rows it carries, by table.
    counters: Vec<CounterRange>,
    #[serde(flatten)]
    session: UploadReport,
}

impl Report for UploadDetail {
    fn text(&self, page: &mut Page) {
        let session = &self.session;
        let title = Prose::from(format!("Upload session {} of job {}: ", session.id, self.job));
        page.line(title.and_value(session.status.as_str(), session.status.tone()));
        page.item(format!(
            "created {}, channel {}, tries {}",
            self.created, session.channel, self.tries
        ));
        if let Some(package) = &self.package {
            page.item(format!("package {package}: {} rows", grouped(session.rows)));
        }
        if let Some(message) = &session.message {
            page.item(message);
        }
        let row = |CounterRange { table, min, max }: &CounterRange| {
            [table.clone(), min.to_string(), max.to_string()]
        };
        page.table(
            ["table", "from counter", "to counter"],
            self.counters.iter().map(row).collect(),
        );
    }
}
