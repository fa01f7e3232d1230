//! The text of a run.

use crate::exchange::dry_run::{DryRun, DrySession};
use crate::model::ids::JobId;
use crate::model::job::Direction;
use crate::model::run::{DownloadReport, JobReport, Phase, RunReport, Tally, UploadReport, Work};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfCustomers, Prose};
use crate::model::tone::Tone;
use crate::model::wording::is_are;
use crate::report::page::{Cell, Page, Report, count, grouped};

impl Report for RunReport {
    fn text(&self, page: &mut Page) {
        for job in &self.jobs {
            page.gap();
            match &job.work {
                Work::Download { mode, reason, rows, sessions } => {
                    let why = reason.map(|reason| format!(": {}", reason.describe()));
                    let why = why.unwrap_or_default();
                    let mode = mode.map(|mode| format!(" ({mode}{why})")).unwrap_or_default();
                    let none = sessions.is_empty().then_some("");
                    page.line(headline(job, &mode, *rows, none));
                    downloads(sessions, page);
                    for message in messages(sessions) {
                        page.item(message);
                    }
                }
                Work::Upload { rows, sessions } => {
                    let none = sessions.is_empty().then_some("nothing to upload");
                    page.line(headline(job, "", *rows, none));
                    uploads(sessions, page);
                    for session in sessions {
                        if let Some(message) = &session.message {
                            page.item(format!("session {}: {message}", session.id));
                        }
                    }
                }
                Work::Batch(done) => tally(&format!("Job {}: ", job.job), done, page),
            }
        }
        if !self.left.is_empty() {
            let left: Vec<&str> = self.left.iter().map(JobId::as_str).collect();
            let head = format!("Interrupted: {} {} left", left.join(", "), is_are(left.len()));
            page.gap();
            page.line(head);
            page.item(Prose::hint("go on", self.go_on.clone()));
        }
    }
}

/// What became of the operations that a batch looked at, and where those that failed are seen.
pub(crate) fn tally(title: &str, done: &Tally, page: &mut Page) {
    let Tally { processed, failed, waiting } = *done;
    page.line(
        Prose::from(title)
            .and_value(grouped(processed), Tone::Good.of_count(processed))
            .and(" processed, ")
            .and_value(grouped(failed), Tone::Bad.of_count(failed))
            .and(" failed, ")
            .and_value(grouped(waiting), Tone::Open.of_count(waiting))
            .and(" waiting"),
    );
    if failed > 0 {
        page.item(Prose::hint("see why", OfCustomers::FailedOperations));
    }
}

/// What a job moved; `none` says that it made no session, and how that is told.
fn headline(job: &JobReport, mode: &str, rows: u64, none: Option<&str>) -> String {
    let what = match none {
        Some(_) if !job.not_run.is_empty() => job.not_run.join("; "),
        Some(told) if !told.is_empty() => told.to_owned(),
        _ => count(rows, "row"),
    };
    format!("Job {}{mode}: {what}", job.job)
}

fn downloads(sessions: &[DownloadReport], page: &mut Page) {
    let row = |session: &DownloadReport| -> Vec<[Cell; 7]> {
        let of = |channel: &str, status: DownloadStatus, rows: u64, tries: u32| {
            [
                session.id.to_string().into(),
                Cell::from(&session.group),
                channel.into(),
                Cell::value(status.as_str(), status.tone()),
                grouped(session.rows).into(),
                grouped(rows).into(),
                tries.to_string().into(),
            ]
        };
        if session.channels.is_empty() {
            return vec![of("", session.status, 0, 0)];
        }
        session.channels.iter().map(|c| of(&c.channel, c.status, c.rows, c.tries)).collect()
    };
    page.table(
        ["session", "group", "channel", "status", "sent", "changed", "tries"],
        sessions.iter().flat_map(row).collect(),
    );
}

fn uploads(sessions: &[UploadReport], page: &mut Page) {
    let row = |session: &UploadReport| {
        [
            session.id.to_string().into(),
            session.phase.map(Phase::as_str).unwrap_or_default().into(),
            Cell::from(&session.channel),
            Cell::value(session.status.as_str(), session.status.tone()),
            grouped(session.rows).into(),
        ]
    };
    page.table(
        ["session", "phase", "channel", "status", "rows"],
        sessions.iter().map(row).collect(),
    );
}

/// Each message once, with every channel it is about.
fn messages(sessions: &[DownloadReport]) -> Vec<String> {
    let mut messages = Vec::new();
    for session in sessions {
        if let Some(message) = &session.message {
            messages.push(format!("session {}: {message}", session.id));
        }
        let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
        for channel in &session.channels {
            let Some(message) = channel.message.as_deref() else { continue };
            if session.message.as_deref() == Some(message) {
                continue;
            }
            match told.iter_mut().find(|(known, _)| *known == message) {
                Some((_, channels)) => channels.push(&channel.channel),
                None => told.push((message, vec![&channel.channel])),
            }
        }
        for (message, channels) in told {
            messages.push(format!("session {}, {}: {message}", session.id, channels.join(", ")));
        }
    }
    messages
}

impl Report for DryRun {
    fn text(&self, page: &mut Page) {
        for job in &self.jobs {
            page.title(&format!("Job {} would move", job.job));
            for why in &job.not_run {
                page.item(format!("nothing: {why}"));
            }
            let mut rows = Vec::new();
            for channel in &job.channels {
                let mode = channel.mode.map(|mode| mode.to_string()).unwrap_or_default();
                for subjob in &channel.subjobs {
                    if subjob.rows > 0 || subjob.deleted > 0 {
                        rows.push([
                            channel.channel.clone(),
                            mode.clone(),
                            subjob.subjob.clone(),
                            grouped(subjob.rows),
                            grouped(subjob.deleted),
                        ]);
                    }
                }
            }
            if rows.is_empty() && job.not_run.is_empty() && job.sessions.is_empty() {
                page.item(match job.kind {
                    Direction::Download => "nothing: no changes",
                    Direction::Upload => "nothing: no rows above the counters",
                    Direction::Batch => "nothing: no operations wait",
                });
            }
            for session in &job.sessions {
                let DrySession { id, channel, status, rows } = session;
                let rows = count(*rows, "row");
                page.item(format!("upload session {id} of {channel}, {status}: {rows}"));
            }
            page.table(["channel", "mode", "subjob", "rows", "deleted"], rows);
        }
    }
}
