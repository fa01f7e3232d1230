//! One writer per environment; a reader never waits.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::input::{own_text, plain};
use super::replace::replace_unsynced;

/// How long a second writer waits before it says who holds the lock.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// Who writes, and how often something has been written; read by anyone, without a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Holder {
    /// The process id of the last writer.
    pub(crate) pid: u32,
    /// Its command.
    pub(crate) command: String,
    /// Odd while a writer is at work; one higher at its start, and again at its end.
    pub(crate) generation: u64,
}

impl Holder {
    /// What the environment's second lock file says; the default when there is none.
    pub(crate) fn read(root: &Path) -> Self {
        own_text(&holder_path(root))
            .ok()
            .flatten()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }
}

/// The right to write, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    root: PathBuf,
    holder: Holder,
}

impl Lock {
    /// Takes the lock of the environment in this folder for a command.
    ///
    /// # Errors
    /// [`StoreError::InUse`] naming the holder when it is not free within five seconds.
    pub(crate) fn take(root: &Path, command: &str) -> Result<Self, StoreError> {
        let path = root.join("cdx.lock");
        if path.exists() {
            plain(&path)?;
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("open", &path))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                    thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(TryLockError::WouldBlock) => {
                    let Holder { pid, command, .. } = Holder::read(root);
                    let holder = format!("process {pid} ({command})");
                    return Err(StoreError::InUse { holder });
                }
                Err(TryLockError::Error(e)) => return Err(StoreError::io("lock", &path)(e)),
            }
        }
        let generation = (Holder::read(root).generation + 1) | 1;
        let holder = Holder { pid: std::process::id(), command: command.to_owned(), generation };
        let lock = Self { file, root: root.to_path_buf(), holder };
        lock.announce()?;
        Ok(lock)
    }

    /// Ends the writing: the generation becomes even and the lock is free.
    pub(crate) fn release(mut self) -> Result<(), StoreError> {
        self.holder.generation += 1;
        self.announce()?;
        self.file.unlock().map_err(StoreError::io("unlock", &self.root))
    }

    fn announce(&self) -> Result<(), StoreError> {
        let path = holder_path(&self.root);
        let text = serde_json::to_string(&self.holder).unwrap_or_default();
        replace_unsynced(&path, text.as_bytes())
    }
}

/// Whether a process holds the environment's lock now; one that ended without a word does not.
pub(crate) fn is_held(root: &Path) -> bool {
    // Opened for reading, so that whoever may not write learns of it too.
    let path = root.join("cdx.lock");
    let file = plain(&path).ok().and_then(|_| File::open(path).ok());
    file.is_some_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn holder_path(root: &Path) -> PathBuf {
    root.join("cdx.lock.holder")
}
