//! A command as a process of its own, with nothing of this one's settings around it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the program goes by beside what has its own name.
const SETTINGS: &[&str] = &["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_STEP_SUMMARY"];

/// The program that steps run: this one.
#[derive(Debug)]
pub(crate) struct Program {
    file: PathBuf,
    /// Settings of this program that were made for the process around it.
    cleared: Vec<OsString>,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code; none where it was killed.
    pub(super) exit: Option<i32>,
    /// Its standard output.
    pub(super) stdout: String,
    /// Its standard error.
    pub(super) stderr: String,
}

impl Program {
    /// The program that is running.
    ///
    /// # Errors
    /// The system does not tell where its file is.
    pub(crate) fn own() -> io::Result<Self> {
        let own = |name: &OsString| {
            let name = name.to_string_lossy().to_ascii_uppercase();
            name.starts_with("CDX_") || SETTINGS.contains(&&*name)
        };
        let cleared = std::env::vars_os().map(|(name, _)| name).filter(own).collect();
        Ok(Self { file: std::env::current_exe()?, cleared })
    }

    /// Runs a command in a folder, and waits for it.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn run(&self, folder: &Path, words: &[String]) -> io::Result<Ended> {
        let mut command = Command::new(&self.file);
        for name in &self.cleared {
            command.env_remove(name);
        }
        let ended = command.args(words).current_dir(folder).stdin(Stdio::null()).output()?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let (stdout, stderr) = (text(ended.stdout), text(ended.stderr));
        Ok(Ended { exit: ended.status.code(), stdout, stderr })
    }
}
