//! A second file on a connection, for as long as something is done with it.

use std::path::Path;

use super::connection::uri;
use super::db::Db;
use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Handle, Headquarters};

/// The name under which a finished package is attached.
pub(super) const PACKAGE: &str = "pkg";

/// What the names begin with under which a package is attached whose tables are finished in turn.
pub(super) const FINISHED: &str = "finished";

/// A package as a connection attaches it, without locks: nobody writes to one any more. Nor is it
/// written to here. But SQLite reads no CHECK of a file that it opens for reading alone, and
/// copies whole records only between tables whose CHECKs are the same.
pub(super) fn package_uri(file: &Path) -> String {
    uri(file, "mode=rw&nolock=1")
}

impl Db {
    /// Does something while a file is attached under a name. Where both fail, what went wrong first
    /// is told.
    pub(super) fn attached<T, E: From<StoreError>>(
        &self,
        name: &str,
        file: &str,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(&format!("ATTACH DATABASE ?1 AS {name}"), [file])?;
        let done = work();
        let detached = self.script(&format!("DETACH DATABASE {name}"));
        let done = done?;
        detached?;
        Ok(done)
    }

    /// Looks at a finished package that is attached as `pkg`; of a database that was opened to be
    /// read, which attaches nothing for writing.
    pub(super) fn beside_package<T, E: From<StoreError>>(
        &self,
        file: &Path,
        look: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attached(PACKAGE, &uri(file, "mode=ro&immutable=1"), look)
    }

    /// Does something while a finished package is attached as `pkg`.
    pub(super) fn with_package<T, E: From<StoreError>>(
        &self,
        file: &Path,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attached(PACKAGE, &package_uri(file), work)
    }
}

impl ChannelDatabase {
    /// Does something while headquarters is attached as `hq` for reading.
    pub(super) fn with_headquarters<T, E: From<StoreError>>(
        &self,
        hq: &Headquarters,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attached("hq", &uri(hq.at(), "mode=ro"), work)
    }
}

impl Handle<ChannelDatabase> {
    /// Does everything in one transaction, or nothing, while headquarters is attached as `hq`.
    pub(crate) fn write_beside<T, E: From<StoreError>>(
        &self,
        hq: &Headquarters,
        work: impl FnOnce(&ChannelTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.with_headquarters(hq, || self.write(work))
    }
}
