//! Scenarios, as a command is told to play them.

/// Scenarios to be played.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestRun {
    /// Their file, or a folder of them.
    pub(crate) file: String,
    /// Only the one of this name.
    pub(crate) only: Option<String>,
    /// Its environment stays in this folder.
    pub(crate) keep: Option<String>,
    /// They are only listed.
    pub(crate) list: bool,
}
