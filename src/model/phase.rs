//! The two phases of an upload.

use crate::model::named::named;

named! {
    /// The two phases of an upload (U02).
    pub enum Phase {
        /// The Async Client packs and sends.
        Collect = "collect",
        /// The P-job writes into headquarters.
        Apply = "apply",
    }
}
