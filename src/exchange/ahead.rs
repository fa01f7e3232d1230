//! Loads a large full package into the one database it is for while it is still being made. Nothing
//! is committed there before the package is whole, checked and Available; where anything is in
//! the way, it is undone, and the package is applied as any other.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use super::group_run::GroupRun;
use crate::model::ids::{DataStoreId, DownloadId};
use crate::model::session::Mode;
use crate::model::topology::DataStore;
use crate::store::finishing::{Finishing, Place};
use crate::store::loading::Loading;
use crate::store::pack::{self, PackageSpec};
use crate::store::{StoreError, Writer};
use crate::world::Machine;
use crate::world::machine::joined;

/// From about so many rows on, a second thread is worth it.
const MANY_ROWS: u64 = 20_000;

/// The page cache of the database, in KiB; headquarters and the package have theirs at the same
/// time.
const CACHE_KIB: u32 = 24 * 1024;

/// A database that is being filled.
pub(super) struct Ahead {
    session: DownloadId,
    store: DataStoreId,
    thread: Option<JoinHandle<Option<Loading>>>,
    /// Where the package is.
    pub(super) place: Place,
}

impl Ahead {
    /// Begins it where it is worth it: a full package of many rows for one database. The other end
    /// is for whoever makes the package.
    ///
    /// # Errors
    /// Headquarters' file.
    pub(super) fn begin(
        writer: &Writer,
        run: &GroupRun<'_>,
        stores: &[DataStore],
        package: &PackageSpec<'_>,
        draft: PathBuf,
    ) -> Result<Option<(Self, Finishing)>, StoreError> {
        let mut wanted = stores.iter().filter(|store| run.wants(store));
        let (Some(store), None) = (wanted.next(), wanted.next()) else { return Ok(None) };
        // Windows moves no file that somebody has open, and a package is moved when it is whole.
        if cfg!(windows)
            || Machine::current().threads() < 2
            || package.mode != Mode::Full
            || package.indexed
            || store.offline
            || pack::estimate(&writer.hq, package.tables)? < MANY_ROWS
        {
            return Ok(None);
        }
        let (env, name, plans) = (writer.env.clone(), store.name.clone(), package.tables.to_vec());
        let ((tables, finished), place) = (mpsc::channel(), Place::new(draft));
        let read = place.clone();
        let thread = thread::spawn(move || {
            // What is in the way is met again, and told, when the package is applied.
            let channel = env.channel_with_cache(&name, CACHE_KIB).ok()?;
            let loading = Loading::begin(channel, &plans).ok()??;
            loading.all(&read, plans.len(), &finished).ok()?
        });
        let (session, store, thread) = (package.session, store.id, Some(thread));
        let ahead = Self { session, store, thread, place: place.clone() };
        Ok(Some((ahead, Finishing { tables, place })))
    }

    /// Whether it is of a database.
    pub(super) fn is_of(&self, store: DataStoreId) -> bool {
        self.store == store
    }

    /// Whether it is with the package of a session.
    pub(super) fn is_with(&self, session: DownloadId) -> bool {
        self.session == session
    }

    /// What was loaded for a session; none where it was another's, or could not be. Its database
    /// is free again then.
    pub(super) fn loaded(mut self, session: DownloadId) -> Option<Loading> {
        let loading = self.ended();
        loading.filter(|_| self.is_with(session))
    }

    fn ended(&mut self) -> Option<Loading> {
        self.thread.take().and_then(|thread| joined(thread.join()))
    }
}

impl Drop for Ahead {
    /// What was loaded and is not asked for is undone before anybody comes to the database.
    fn drop(&mut self) {
        drop(self.ended());
    }
}
