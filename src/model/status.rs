//! Session statuses, by their documented numbers and names (D03, U02).

use super::named::numbered;

numbered! {
    /// Where a download session stands for one channel database (D03).
    pub enum DownloadStatus {
        /// The package is being made.
        Started = 0, "Started";
        /// The package waits to be asked for.
        Available = 1, "Available";
        /// The channel side has asked for it.
        Requested = 2, "Requested";
        /// The package has arrived and matches its checksum.
        Downloaded = 3, "Downloaded";
        /// Its rows are in the channel database.
        Applied = 4, "Applied";
        /// Given up, replaced, or cancelled by a person.
        Canceled = 5, "Canceled";
        /// The package could not be made.
        CreateFailed = 6, "CreateFailed";
        /// The package could not be fetched, or does not match its checksum.
        DownloadFailed = 7, "DownloadFailed";
        /// Its rows could not be written.
        ApplyFailed = 8, "ApplyFailed";
        /// Nothing had changed.
        NoData = 9, "NoData";
        /// Failed too often under dependency enforcement; holds back later sessions (D07). The
        /// number is ours: it is not documented.
        Suspended = 10, "Suspended";
    }
}

numbered! {
    /// Where an upload session stands (U02).
    pub enum UploadStatus {
        /// The collector has begun.
        Started = 0, "Started";
        /// The package is made, not yet sent.
        Available = 1, "Available";
        /// The package waits for the P-job.
        Uploaded = 2, "Uploaded";
        /// Its rows are in headquarters.
        Applied = 3, "Applied";
        /// Given up or cancelled.
        Canceled = 4, "Canceled";
        /// The package could not be sent.
        UploadFailed = 5, "UploadFailed";
        /// Headquarters could not write its rows.
        ApplyFailed = 6, "ApplyFailed";
        /// The channel database could not be read.
        ReadFailed = 7, "ReadFailed";
    }
}

impl DownloadStatus {
    /// Those after which nothing more happens by itself.
    pub(crate) const FINAL: &'static [Self] = &[Self::Applied, Self::Canceled, Self::NoData];

    /// Whether nothing more will happen by itself.
    pub(crate) fn is_final(self) -> bool {
        Self::FINAL.contains(&self)
    }

    /// Whether a run's answer is "no" when a session ends here.
    pub(crate) fn is_failure(self) -> bool {
        matches!(
            self,
            Self::CreateFailed
                | Self::DownloadFailed
                | Self::ApplyFailed
                | Self::Canceled
                | Self::Suspended
        )
    }

    /// Whether a session's package is there and waits for the channel side.
    pub(crate) fn is_pending(self) -> bool {
        matches!(self, Self::Available | Self::DownloadFailed | Self::ApplyFailed)
    }

    /// How bad it is, for the worst of several channels; higher is worse.
    pub(crate) fn severity(self) -> u8 {
        match self {
            Self::NoData => 0,
            Self::Applied => 1,
            Self::Downloaded => 2,
            Self::Requested => 3,
            Self::Available => 4,
            Self::Started => 5,
            Self::Suspended => 6,
            Self::Canceled => 7,
            Self::DownloadFailed => 8,
            Self::CreateFailed => 9,
            Self::ApplyFailed => 10,
        }
    }
}

impl UploadStatus {
    /// Whether a run's answer is "no" when a session ends here.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::Canceled | Self::UploadFailed | Self::ApplyFailed | Self::ReadFailed)
    }
}
