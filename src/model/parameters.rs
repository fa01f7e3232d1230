//! The names of Commerce shared parameters that the tool knows.

/// Under dependency enforcement sessions of a database wait for each other (D07).
pub(crate) const DEPENDENCY_ENFORCEMENT: &str =
    "CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT";

/// Every configuration parameter (`CDX_...`) that something here reads or speaks of.
pub(crate) const CONFIGURATION: &[&str] = &[
    DEPENDENCY_ENFORCEMENT,
    "CDX_ENABLE_ROLLBACK_ON_FAILURE",
    "CDX_DISABLE_DISPLAY_UPLOAD_SESSION_WARNING_MESSAGE_V2",
];

/// Configuration parameters of the product that nothing here acts on.
pub(crate) const NOT_MODELLED: &[&str] = &[
    "CDX_ENABLE_DELAYED_OFFLINE_DOWNLOAD_SESSION_CREATION",
    "CDX_ENABLE_UPDATE_STATISTICS_FOR_REQUIRED_TABLE",
    "CDX_DISABLE_FORCESCHEDULEINBATCH",
];
