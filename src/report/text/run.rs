//! The text of a run.

use crate::exchange::dry_run::{DryRun, DrySession};
use crate::model::job::Direction;
use crate::model::run::{JobReport, RunReport, SessionReport};
use crate::model::status::SessionStatus;
use crate::model::suggestion::Prose;
use crate::model::tone::Tone;
use crate::report::page::{Cell, Page, Report, count, grouped};

impl Report for RunReport {
    fn text(&self, page: &mut Page) {
        for job in &self.jobs {
            page.gap();
            page.line(headline(job));
            match job.kind {
                Direction::Download => download(job, page),
                Direction::Upload => upload(job, page),
                Direction::Batch => {}
            }
            for message in messages(job) {
                page.item(message);
            }
        }
    }
}

/// What became of the operations that a batch looked at.
pub fn tally(title: &str, processed: u64, failed: u64, waiting: u64) -> Prose {
    Prose::from(title)
        .and_value(grouped(processed), Tone::Good.of_count(processed))
        .and(" processed, ")
        .and_value(grouped(failed), Tone::Bad.of_count(failed))
        .and(" failed, ")
        .and_value(grouped(waiting), Tone::Open.of_count(waiting))
        .and(" waiting")
}

fn headline(job: &JobReport) -> Prose {
    let mode = match (job.mode, job.reason) {
        (Some(mode), Some(reason)) => format!(" ({}: {})", word(&mode), reason.describe()),
        (Some(mode), None) => format!(" ({})", word(&mode)),
        (None, _) => String::new(),
    };
    match job.kind {
        Direction::Batch => tally(
            &format!("Job {}: ", job.job),
            job.processed.unwrap_or(0),
            job.failed.unwrap_or(0),
            job.waiting.unwrap_or(0),
        ),
        _ if job.sessions.is_empty() && !job.not_run.is_empty() => {
            format!("Job {}: {}", job.job, job.not_run.join("; ")).into()
        }
        Direction::Upload if job.sessions.is_empty() => {
            format!("Job {}: nothing to upload", job.job).into()
        }
        _ => format!("Job {}{mode}: {}", job.job, count(job.rows, "row")).into(),
    }
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn download(job: &JobReport, page: &mut Page) {
    let row = |session: &SessionReport| -> Vec<[Cell; 7]> {
        let of = |channel: &str, status: SessionStatus, rows: u64, tries: u32| {
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
        session
            .channels
            .iter()
            .map(|c| of(&c.channel, SessionStatus::Download(c.status), c.rows, c.tries))
            .collect()
    };
    page.table(
        ["session", "group", "channel", "status", "sent", "changed", "tries"],
        job.sessions.iter().flat_map(row).collect(),
    );
}

fn upload(job: &JobReport, page: &mut Page) {
    let row = |session: &SessionReport| {
        [
            session.id.to_string().into(),
            session.phase.unwrap_or_default().into(),
            session.channel.as_deref().unwrap_or_default().into(),
            Cell::value(session.status.as_str(), session.status.tone()),
            grouped(session.rows).into(),
        ]
    };
    page.table(
        ["session", "phase", "channel", "status", "rows"],
        job.sessions.iter().map(row).collect(),
    );
}

/// Each message once, with every channel it is about.
fn messages(job: &JobReport) -> Vec<String> {
    let mut messages = Vec::new();
    for session in &job.sessions {
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
                let mode = channel.mode.as_ref().map(word).unwrap_or_default();
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
