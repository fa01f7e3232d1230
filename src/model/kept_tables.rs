//! Tables that something else fills, so that no rows are made in them.

use super::session::SessionKind;
use super::suggestion::{OfFeatures, OfJobs, OfSessions, Suggestion};

/// What fills a table of either side, by its name with and without a schema, and what shows that.
pub(crate) fn kept(name: &str, bare: &str) -> Option<(&'static str, Suggestion)> {
    let (name, bare) = (name.to_ascii_uppercase(), bare.to_ascii_uppercase());
    let begins = |starts: &[&str]| starts.iter().any(|start| bare.starts_with(start));
    if name.starts_with("CDX_") {
        return Some(("it is the tool's own, and not the product's", Suggestion::Status));
    }
    if begins(&["RETAILCONN", "RETAILCDX", "BATCHJOB"]) {
        return Some(("the scheduler keeps it", OfJobs::List.into()));
    }
    if name.starts_with("CRT_") {
        let sessions = OfSessions::List(SessionKind::Download);
        return Some(("sessions are kept in it", sessions.into()));
    }
    let features = begins(&["FEATUREMANAGEMENT"]);
    features.then(|| ("features are kept in it", OfFeatures::List.into()))
}
