//! Session statuses, by their documented numbers and names (D03, U02).

use super::named::named;

/// Makes a [`named!`] enum whose values have their documented numbers.
macro_rules! statuses {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $number:literal,)+ }) => {
        named! {
            $(#[$doc])*
            pub enum $name { $($(#[$about])* $variant = stringify!($variant),)+ }
        }

        impl $name {
            /// The number kept in the database.
            pub const fn number(self) -> i64 {
                match self { $(Self::$variant => $number,)+ }
            }

            /// The status with this number.
            pub fn from_number(number: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|status| status.number() == number)
            }
        }
    };
}

statuses! {
    /// Where a download session stands for one channel database (D03).
    DownloadStatus {
        /// The package is being made.
        Started = 0,
        /// The package waits to be asked for.
        Available = 1,
        /// The channel side has asked for it.
        Requested = 2,
        /// The package has arrived and matches its checksum.
        Downloaded = 3,
        /// Its rows are in the channel database.
        Applied = 4,
        /// Given up, replaced, or cancelled by a person.
        Canceled = 5,
        /// The package could not be made.
        CreateFailed = 6,
        /// The package could not be fetched, or does not match its checksum.
        DownloadFailed = 7,
        /// Its rows could not be written.
        ApplyFailed = 8,
        /// Nothing had changed.
        NoData = 9,
        /// Failed too often under dependency enforcement; holds back later sessions (D07). The
        /// number is ours: it is not documented.
        Suspended = 10,
    }
}

statuses! {
    /// Where an upload session stands (U02).
    UploadStatus {
        /// The collector has begun.
        Started = 0,
        /// The package is made, not yet sent.
        Available = 1,
        /// The package waits for the P-job.
        Uploaded = 2,
        /// Its rows are in headquarters.
        Applied = 3,
        /// Given up or cancelled.
        Canceled = 4,
        /// The package could not be sent.
        UploadFailed = 5,
        /// Headquarters could not write its rows.
        ApplyFailed = 6,
        /// The channel database could not be read.
        ReadFailed = 7,
    }
}

impl DownloadStatus {
    /// Those after which nothing more happens by itself.
    pub const FINAL: &'static [Self] = &[Self::Applied, Self::Canceled, Self::NoData];

    /// Whether nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        Self::FINAL.contains(&self)
    }

    /// Whether a run's answer is "no" when a session ends here.
    pub fn is_failure(self) -> bool {
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
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Available | Self::DownloadFailed | Self::ApplyFailed)
    }

    /// How bad it is, for the worst of several channels; higher is worse.
    pub fn severity(self) -> u8 {
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
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Canceled | Self::UploadFailed | Self::ApplyFailed | Self::ReadFailed)
    }
}
