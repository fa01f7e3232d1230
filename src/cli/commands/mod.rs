//! One file a command.

pub(super) mod init;
pub(super) mod run;
