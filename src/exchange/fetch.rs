//! Fetches the packages of download sessions, and looks whether they are what was sent (D15, D16).

use std::path::PathBuf;

use crate::model::ids::DownloadId;
use crate::model::session::DownloadSession;
use crate::store::StoreError;
use crate::store::packages::{Folder, PackageStore, checksum};

/// Fetches a package and looks whether it is what was sent (D15, D16).
pub(super) fn fetch(
    folder: &Folder,
    session: &DownloadSession,
) -> Result<Result<PathBuf, String>, StoreError> {
    let Some(name) = session.package.as_deref() else {
        return Ok(Err(not_found(session.id)));
    };
    let Some(path) = folder.get(name)? else {
        return Ok(Err(not_found(session.id)));
    };
    let (found, _) = checksum(&path)?;
    if found == session.checksum {
        return Ok(Ok(path));
    }
    Ok(Err(mismatch(session, &found)))
}

pub(super) fn not_found(session: DownloadId) -> String {
    format!("Record for Id - {session} not found. The package is gone; a full run is needed")
}

pub(super) fn mismatch(session: &DownloadSession, found: &str) -> String {
    format!(
        "the package does not match its checksum: expected {}, found {}",
        short(&session.checksum),
        short(found)
    )
}

fn short(checksum: &str) -> &str {
    checksum.get(..12).unwrap_or(checksum)
}
