//! What a failed try leads to: another one, or the end of it (D06, D07).

use crate::model::ids::UploadId;
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::store::{Headquarters, HqTx, StoreError, topology, uploads};

/// How often a session is tried, and whether one that was tried too often holds back later ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tries {
    limit: u32,
    pub(super) enforced: bool,
}

impl Tries {
    pub(super) fn read(hq: &Headquarters) -> Result<Self, StoreError> {
        let enforced = topology::enforces_dependencies(hq)?;
        Ok(Self { limit: topology::try_count(hq)?, enforced })
    }

    /// Where a download session stands after a failed try, and its message.
    pub(super) fn after(
        self,
        failed: DownloadStatus,
        tries: u32,
        message: &str,
    ) -> (DownloadStatus, String) {
        if tries < self.limit {
            return (failed, message.to_owned());
        }
        let last = if self.enforced { DownloadStatus::Suspended } else { DownloadStatus::Canceled };
        (last, given_up(failed, tries, message))
    }
}

/// Sets down a failed try of an upload session. What is packed and could not be sent is never
/// given up: its counters will not be collected again.
pub(super) fn upload_failed(
    hq: &HqTx<'_>,
    session: UploadId,
    failed: UploadStatus,
    tries: u32,
    message: &str,
) -> Result<(), StoreError> {
    if failed == UploadStatus::UploadFailed || tries < topology::try_count(hq)? {
        return uploads::set_status(hq, session, failed, message, tries, None);
    }
    uploads::give_up(hq, session, &given_up(failed, tries, message), tries)
}

/// The message of a session that was given up after its tries.
fn given_up(failed: impl std::fmt::Display, tries: u32, message: &str) -> String {
    format!("{failed}: tried too many times ({tries}): {message}")
}
