//! What a run says of a session, read back from headquarters.

use crate::model::run::{ChannelReport, SessionReport};
use crate::model::session::DownloadSession;
use crate::model::status::{DownloadStatus, SessionStatus};

/// A session as scripts see it; its status is the worst of its channels.
pub fn session_report(session: &DownloadSession) -> SessionReport {
    let worst = session.stores.iter().map(|store| store.status).max_by_key(|s| s.severity());
    SessionReport {
        id: session.id,
        group: session.group.clone(),
        status: SessionStatus::Download(worst.unwrap_or(session.status)),
        mode: Some(session.mode),
        phase: None,
        channel: None,
        rows: session.rows,
        deleted: session.deleted,
        bytes: session.bytes,
        message: session.message.clone(),
        channels: session
            .stores
            .iter()
            .map(|store| ChannelReport {
                channel: store.store.clone(),
                status: store.status,
                rows: store.rows,
                tries: store.tries,
                message: store.message.clone(),
                replaced_by: store.replaced_by,
                forgotten: false,
            })
            .collect(),
    }
}

/// Whether a status means that a session still waits for the channel side.
pub fn is_pending(status: DownloadStatus) -> bool {
    matches!(
        status,
        DownloadStatus::Available | DownloadStatus::DownloadFailed | DownloadStatus::ApplyFailed
    )
}
