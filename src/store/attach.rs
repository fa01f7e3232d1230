//! A second file on a connection, for as long as something is done with it.

use std::path::Path;

use super::connection::uri;
use super::db::Db;
use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Handle, Headquarters};
use super::trouble::{not_made, sqlite};

/// The name under which a finished package is attached.
pub(super) const PACKAGE: &str = "pkg";

/// What the names begin with under which a package is attached whose tables are finished in turn.
pub(super) const FINISHED: &str = "finished";

/// How a second file is opened on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondAs {
    /// A new file, which is made.
    New,
    /// A finished package, beside a database that is written: without locks, since nobody writes
    /// to one any more. Nor is it written to here. But SQLite reads no CHECK of a file that it
    /// opens for reading alone, and copies whole records only between tables whose CHECKs are the
    /// same.
    Package,
    /// A file that others may write meanwhile.
    Read,
    /// A file that nobody writes; nothing is made beside it.
    Still,
}

impl SecondAs {
    fn query(self) -> &'static str {
        match self {
            Self::New => "mode=rwc",
            Self::Package => "mode=rw&nolock=1",
            Self::Read => "mode=ro",
            Self::Still => "mode=ro&immutable=1",
        }
    }
}

/// A file to attach.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecondFile<'a> {
    /// Where it is.
    file: &'a Path,
    /// What errors call it.
    told: &'a Path,
    opened: SecondAs,
}

impl<'a> SecondFile<'a> {
    pub(super) fn new(file: &'a Path, opened: SecondAs) -> Self {
        Self { file, told: file, opened }
    }

    /// The file of a database that is open.
    pub(super) fn of(db: &'a Db, opened: SecondAs) -> Self {
        Self { file: db.at(), told: db.path(), opened }
    }
}

impl Db {
    /// Attaches a file under a name.
    ///
    /// # Errors
    /// They are about that file, whichever database it is attached to.
    pub(super) fn attach(&self, name: &str, second: SecondFile<'_>) -> Result<(), StoreError> {
        let SecondFile { file, told, opened } = second;
        let sql = format!("ATTACH DATABASE ?1 AS {name}");
        let attached = self.conn().execute(&sql, [uri(file, opened.query())]);
        attached.map(|_| ()).map_err(|error| match opened {
            SecondAs::New => not_made(told, error),
            _ => sqlite(told, &sql, error),
        })
    }

    /// Does something while a file is attached under a name. Where both fail, what went wrong first
    /// is told.
    pub(super) fn attached<T, E: From<StoreError>>(
        &self,
        name: &str,
        second: SecondFile<'_>,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attach(name, second)?;
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
        self.attached(PACKAGE, SecondFile::new(file, SecondAs::Still), look)
    }

    /// Does something while a finished package is attached as `pkg`.
    pub(super) fn with_package<T, E: From<StoreError>>(
        &self,
        file: &Path,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attached(PACKAGE, SecondFile::new(file, SecondAs::Package), work)
    }
}

impl ChannelDatabase {
    /// Does something while headquarters is attached as `hq` for reading.
    pub(super) fn with_headquarters<T, E: From<StoreError>>(
        &self,
        hq: &Headquarters,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.attached("hq", SecondFile::of(hq, SecondAs::Read), work)
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
