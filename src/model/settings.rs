//! What `cdx.toml` says about an environment.

use std::time::Duration;

use jiff::civil::Date;

use super::ids::DataAreaId;
use super::named::named;

/// The settings of one environment, valid by construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The company (legal entity) rows belong to; four characters at most.
    pub company: DataAreaId,
    /// The IANA name of the environment's time zone, in which features fall due (G05).
    pub time_zone: String,
    /// How many instances each channel's scale unit has (R13).
    pub instances: u32,
    /// How long a scale unit answers from what it has loaded (R12).
    pub cache_ttl: Duration,
    /// How long the e-commerce application answers from the feature states it has loaded (R17).
    pub(crate) storefront_feature_ttl: Duration,
    /// The same of a channel's configuration.
    pub(crate) storefront_configuration_ttl: Duration,
    /// Who collects and who applies uploads (U02).
    pub topology: UploadTopology,
    /// How long a package can be fetched (D15).
    pub package_retention: Duration,
    /// How far the change tracking reaches back (D17).
    pub tracking_retention: Duration,
    /// What the doctor goes by.
    pub doctor: DoctorSettings,
    /// Findings that are known and accepted.
    pub suppressions: Vec<Suppression>,
    /// The extensions that are rehearsed: folders or packages, from the environment's folder.
    pub(crate) extensions: Vec<String>,
}

/// What the doctor goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoctorSettings {
    /// How long a session, or a row on its way up, may wait before it is mentioned.
    pub stuck_after: Duration,
    /// How many sessions a database that is added now may inherit (D05).
    pub(crate) session_budget: u64,
}

impl Default for DoctorSettings {
    fn default() -> Self {
        Self { stuck_after: Duration::from_mins(15), session_budget: 50 }
    }
}

/// Findings of one rule that are known and accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's code or name, as written.
    pub code: String,
    /// Parts of the subject that must be equal, by name; all subjects when there are none.
    pub(crate) scope: Vec<(String, String)>,
    /// Why they are accepted.
    pub(crate) reason: String,
    /// The first day on which they are not accepted any more.
    pub(crate) expires: Option<Date>,
    /// The line of its file that it stands in.
    pub(crate) line: usize,
}

/// The parts of a subject that a suppression can name.
pub(crate) const SUBJECT_PARTS: &[&str] = &["channel", "job", "feature", "session", "table", "key"];

/// The parts that one of a repository can name.
pub(crate) const CHECK_PARTS: &[&str] = &["file", "table", "subjob", "key"];

named! {
    /// The two ways uploads have been organised (U02).
    pub enum UploadTopology {
        /// The Async Client collects, the P-job applies; neither waits for the other.
        TwoPhase = "two-phase",
        /// The P-job does both.
        OnePhase = "one-phase",
    }
}

const DAY: u64 = 24 * 60 * 60;

impl Default for Settings {
    fn default() -> Self {
        Self {
            company: DataAreaId::new("USRT"),
            time_zone: "UTC".to_owned(),
            instances: 1,
            cache_ttl: Duration::from_mins(15),
            storefront_feature_ttl: Duration::from_hours(12),
            storefront_configuration_ttl: Duration::from_hours(12),
            topology: UploadTopology::TwoPhase,
            package_retention: Duration::from_secs(120 * DAY),
            tracking_retention: Duration::from_secs(30 * DAY),
            doctor: DoctorSettings::default(),
            suppressions: Vec::new(),
            extensions: Vec::new(),
        }
    }
}
