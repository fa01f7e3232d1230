//! What whoever makes a package and whoever reads it already tell each other.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the file of a package is that somebody reads already. While it is held, no table is
/// finished and the file stays in its place, so that what it says of itself holds.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<Mutex<PathBuf>>);

impl Place {
    /// A file that is about to be made.
    pub(crate) fn new(draft: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(draft)))
    }

    /// Moves the file.
    pub(crate) fn moves<E>(
        &self,
        to: PathBuf,
        file: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut place = self.hold();
        file()?;
        *place = to;
        Ok(())
    }

    /// Its place, for as long as it is to stay as it is.
    pub(super) fn hold(&self) -> MutexGuard<'_, PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever makes a package tells by this that a table is finished; dropped, that no more will be.
#[derive(Debug)]
pub(crate) struct Finishing {
    pub(crate) tables: Sender<()>,
    pub(crate) place: Place,
}

impl Finishing {
    /// Finishes a table: whoever looks from then on sees it.
    pub(super) fn finish<T>(&self, commit: impl FnOnce() -> T) -> T {
        let done = {
            let _still = self.place.hold();
            commit()
        };
        // Nobody may be loading any more.
        let _told = self.tables.send(());
        done
    }
}
