//! Retrying and cancelling sessions by hand (D06, D07).

use crate::model::ids::{DownloadId, UploadId};
use crate::model::name_kind::NameKind;
use crate::model::session::SessionKind;
use crate::model::session::StoreSession;
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::store::{HqTx, HqWriter, StoreError, sessions, topology, uploads};

/// The session a person means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A download session, in one database of its group or wherever it can be done.
    Download {
        /// Its number.
        id: DownloadId,
        /// The database.
        channel: Option<String>,
    },
    /// An upload session, which has one channel database alone.
    Upload {
        /// Its number.
        id: UploadId,
    },
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Download { id, .. } => write!(f, "session {id}"),
            Self::Upload { id } => write!(f, "upload session {id}"),
        }
    }
}

/// Why a session was not retried or cancelled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManageError {
    /// The files, or an unknown session or channel.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The session's state does not allow it.
    #[error("{choice} cannot be {what}: {why}")]
    NotAllowed {
        /// The session.
        choice: Choice,
        /// Retried or cancelled.
        what: &'static str,
        /// Why not.
        why: String,
    },
}

/// Gives a session another round of tries, in one database or wherever it ended badly.
///
/// # Errors
/// [`ManageError::NotAllowed`] for a session that is applied everywhere: under dependency
/// enforcement it cannot be run again (D07), and without it there is nothing to do, since its
/// package is known to the channel (D11).
pub(crate) fn retry(writer: &HqWriter<'_>, choice: &Choice) -> Result<(), ManageError> {
    match choice {
        Choice::Download { id, channel } => retry_download(writer, *id, channel.as_deref()),
        Choice::Upload { id } => retry_upload(writer, *id),
    }
}

fn retry_download(
    writer: &HqWriter<'_>,
    id: DownloadId,
    channel: Option<&str>,
) -> Result<(), ManageError> {
    let enforced = topology::enforces_dependencies(&writer.hq)?;
    let wanted = |status: DownloadStatus| {
        status.is_failure() || enforced && status == DownloadStatus::Available
    };
    let why = if enforced {
        "with dependency enforcement only sessions that are Available or Suspended, or that \
         failed, can be run again"
    } else {
        "it did not fail there"
    };
    each(writer, id, channel, ("retried", why), wanted, |hq, session, row| {
        let made = session.package.is_some();
        let status = if made { DownloadStatus::Available } else { DownloadStatus::CreateFailed };
        let row = StoreSession { status, tries: 0, given_up: false, message: None, ..row.clone() };
        if !made {
            sessions::reopen(hq, session.id)?;
        }
        sessions::update_store(hq, session.id, &row)
    })
}

/// Cancels a session in one database, or wherever it is not applied.
pub(crate) fn cancel(writer: &HqWriter<'_>, choice: &Choice) -> Result<(), ManageError> {
    match choice {
        Choice::Download { id, channel } => cancel_download(writer, *id, channel.as_deref()),
        Choice::Upload { id } => cancel_upload(writer, *id),
    }
}

fn cancel_download(
    writer: &HqWriter<'_>,
    id: DownloadId,
    channel: Option<&str>,
) -> Result<(), ManageError> {
    let wanted = |status: DownloadStatus| !status.is_final();
    let why = "it has already been applied or cancelled";
    each(writer, id, channel, ("cancelled", why), wanted, |hq, session, row| {
        let message = Some("cancelled by a person".to_owned());
        let status = DownloadStatus::Canceled;
        let row = StoreSession { status, given_up: false, message, ..row.clone() };
        if session.status == DownloadStatus::CreateFailed {
            sessions::set_all(hq, session.id, DownloadStatus::Canceled, row.message.as_deref())?;
        }
        sessions::update_store(hq, session.id, &row)
    })
}

fn each(
    writer: &HqWriter<'_>,
    id: DownloadId,
    channel: Option<&str>,
    (what, why): (&'static str, &str),
    wanted: impl Fn(DownloadStatus) -> bool,
    change: impl Fn(
        &HqTx<'_>,
        &crate::model::session::DownloadSession,
        &StoreSession,
    ) -> Result<(), StoreError>,
) -> Result<(), ManageError> {
    let session =
        sessions::find(&writer.hq, id)?.ok_or_else(|| unknown(SessionKind::Download, id))?;
    let refused = |what, why| {
        let choice = Choice::Download { id, channel: channel.map(str::to_owned) };
        ManageError::NotAllowed { choice, what, why }
    };
    let only = match channel {
        Some(name) => Some(topology::find_store(&writer.hq, name)?.id),
        None => None,
    };
    let asked = |row: &&StoreSession| only.is_none_or(|only| only == row.store_id);
    if !session.stores.iter().any(|row| asked(&row)) {
        let why = format!("it is not for channel {:?}", channel.unwrap_or_default());
        return Err(refused(what, why));
    }
    let rows: Vec<&StoreSession> = session
        .stores
        .iter()
        .filter(asked)
        // What a full session has replaced is over.
        .filter(|row| row.replaced_by.is_none() && wanted(row.status))
        .collect();
    if rows.is_empty() {
        return Err(refused(what, why.to_owned()));
    }
    Ok(rows.iter().try_for_each(|row| change(&writer.hq, &session, row))?)
}

fn unknown(kind: SessionKind, id: impl ToString) -> StoreError {
    StoreError::unknown(NameKind::Session(kind), &id.to_string(), &[])
}

fn find_upload(
    writer: &HqWriter<'_>,
    id: UploadId,
) -> Result<crate::model::session::UploadSession, ManageError> {
    let found = uploads::all(&writer.hq)?.into_iter().find(|session| session.id == id);
    Ok(found.ok_or_else(|| unknown(SessionKind::Upload, id))?)
}

fn retry_upload(writer: &HqWriter<'_>, id: UploadId) -> Result<(), ManageError> {
    let session = find_upload(writer, id)?;
    let status = match (session.status, session.package.is_some()) {
        (UploadStatus::Canceled | UploadStatus::ApplyFailed, true) => UploadStatus::Uploaded,
        (UploadStatus::Canceled, false) => UploadStatus::ReadFailed,
        _ => {
            let why = format!("it is {}", session.status);
            let choice = Choice::Upload { id };
            return Err(ManageError::NotAllowed { choice, what: "retried", why });
        }
    };
    Ok(uploads::set_status(&writer.hq, id, status, "", 0, None)?)
}

fn cancel_upload(writer: &HqWriter<'_>, id: UploadId) -> Result<(), ManageError> {
    let session = find_upload(writer, id)?;
    if matches!(session.status, UploadStatus::Applied | UploadStatus::Canceled) {
        let why = format!("it is {}", session.status);
        let choice = Choice::Upload { id };
        return Err(ManageError::NotAllowed { choice, what: "cancelled", why });
    }
    let message = "cancelled by a person";
    let tries = session.tries;
    let status = UploadStatus::Canceled;
    Ok(uploads::set_status(&writer.hq, id, status, message, tries, None)?)
}
