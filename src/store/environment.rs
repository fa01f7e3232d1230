//! An environment: a folder with a `cdx.toml`, headquarters, channels and packages.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;

use super::db::Db;
use super::error::StoreError;
use super::input::{self, DEFINITIONS};
use super::lock::Lock;
use super::mark::{self, SETTINGS_FILE};
use super::merge::SalvageOutcome;
use super::numbers::Numbers;
use super::open::{Access, DEFAULT_CACHE_KIB};
use super::own_schema::OwnSchema;
use super::packages::Folder;
use super::schema::Kind;
use super::side::{ChannelDatabase, Handle, Headquarters, HqTx};
use super::{abreast, files, gather, lineage, log, topology, world};
use crate::definitions::{self, Problems, settings};
use crate::gates::Catalogue;
use crate::model::replaced::Cause;
use crate::model::settings::Settings;
use crate::model::topology::DataStore;
use crate::world::World;

/// A folder that is an environment, and what its `cdx.toml` says.
#[derive(Debug, Clone)]
pub struct Environment {
    root: PathBuf,
    settings: Settings,
    /// The features, once they have been read.
    gates: OnceLock<Catalogue>,
}

impl Environment {
    /// The environment named, or the nearest folder from `from` upwards that has a `cdx.toml`.
    ///
    /// # Errors
    /// [`StoreError::NoEnvironment`], or what is wrong with its `cdx.toml`.
    pub(crate) fn find(named: Option<&Path>, from: &Path) -> Result<Self, StoreError> {
        let root = match named {
            Some(folder) => Some(folder.to_path_buf()).filter(|f| f.join(SETTINGS_FILE).exists()),
            None => from.ancestors().find(|f| f.join(SETTINGS_FILE).exists()).map(PathBuf::from),
        };
        match root {
            Some(root) => Self::at(root),
            None => Err(StoreError::NoEnvironment {
                looked_in: named.unwrap_or(from).display().to_string(),
            }),
        }
    }

    /// The folder that [`Environment::find`] would take, as it is typed in the folder `from`: the
    /// one that was named, else `.`, `..`, `../..`; none where there is no environment.
    pub(crate) fn place(named: Option<(&Path, &Path)>, from: &Path) -> Option<String> {
        if let Some((typed, folder)) = named {
            let there = folder.join(SETTINGS_FILE).exists();
            return there.then(|| typed.display().to_string());
        }
        let up = from.ancestors().position(|folder| folder.join(SETTINGS_FILE).exists())?;
        Some(if up == 0 { ".".to_owned() } else { vec![".."; up].join("/") })
    }

    /// The environment in exactly this folder.
    pub fn at(root: PathBuf) -> Result<Self, StoreError> {
        let path = root.join(SETTINGS_FILE);
        let text = input::text(&path, DEFINITIONS)?;
        let settings = settings::parse(SETTINGS_FILE, &text).map_err(StoreError::Definitions)?;
        Ok(Self { root, settings, gates: OnceLock::new() })
    }

    /// A folder that is about to become an environment.
    pub(super) fn unfinished(root: PathBuf, settings: Settings) -> Self {
        Self { root, settings, gates: OnceLock::new() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A text in which files are called as they are within the environment, wherever it stands.
    pub(crate) fn within(&self, text: &str) -> String {
        let separator = std::path::MAIN_SEPARATOR;
        named_within(text, &format!("{}{separator}", self.root.display()), separator)
    }

    /// What `cdx.toml` says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// `hq.db`.
    pub fn hq_path(&self) -> PathBuf {
        self.root.join("hq.db")
    }

    /// `channels/NAME.db`; an offline database's name is `NAME.offline`.
    pub fn channel_path(&self, database: &str) -> PathBuf {
        self.root.join("channels").join(format!("{database}.db"))
    }

    /// The folder packages are kept in.
    pub(crate) fn packages_path(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// The channel or offline database that a file belongs to, SQLite's own files beside it and
    /// one that is still being made included.
    pub(crate) fn database_of(&self, file: &Path) -> Option<String> {
        let name = file.strip_prefix(self.root.join("channels")).ok()?.to_str()?;
        let (database, _) = name.split_once(".db")?;
        Some(database.to_owned())
    }

    /// Opens a channel database.
    pub(crate) fn channel(
        &self,
        database: &str,
        access: Access,
    ) -> Result<ChannelDatabase, StoreError> {
        Db::open(&self.channel_path(database), Kind::Channel, access).map(ChannelDatabase)
    }

    /// Opens a channel database for writing, with a page cache of this many KiB.
    pub(crate) fn channel_with_cache(
        &self,
        database: &str,
        cache_kib: u32,
    ) -> Result<Handle<ChannelDatabase>, StoreError> {
        let path = self.channel_path(database);
        let opened = Db::open_with_cache(&path, Kind::Channel, Access::Write, cache_kib);
        Ok(Handle::new(ChannelDatabase(opened?)))
    }

    /// A copy of a channel database's file that was set aside, brought up to date. Errors name the
    /// file itself.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn set_aside(file: &Path) -> Result<ChannelDatabase, StoreError> {
        Ok(ChannelDatabase(Db::rehearse(file, Kind::Channel)?))
    }

    /// The gates of the binary and of the environment's own files.
    ///
    /// # Errors
    /// Every problem of every gate file at once.
    pub fn gates(&self) -> Result<Catalogue, StoreError> {
        if let Some(read) = self.gates.get() {
            return Ok(read.clone());
        }
        let mut jobs = definitions::shipped();
        jobs.extend(files::job_files(&self.root)?);
        if !self.settings.extensions.is_empty() || !files::seed_files(&self.root)?.is_empty() {
            jobs.extend(self.own_schema()?.definitions());
        }
        let own = files::gate_files(&self.root)?;
        let read =
            Catalogue::load(&own, &definitions::job_ids(&jobs)).map_err(StoreError::Definitions)?;
        Ok(self.gates.get_or_init(|| read).clone())
    }

    /// The extensions that it rehearses, from its folder.
    pub(crate) fn extensions(&self) -> &[String] {
        &self.settings.extensions
    }

    /// The tables of the user's own: the environment's schema files, seed data, and extensions.
    ///
    /// # Errors
    /// Files that cannot be read, and what is wrong with them, at its places.
    pub(crate) fn own_schema(&self) -> Result<OwnSchema, StoreError> {
        let (own, problems) = self.own_schema_with(&[])?;
        if problems.is_empty() { Ok(own) } else { Err(StoreError::Definitions(problems)) }
    }

    /// The same with further paths, without what cannot be done; and what that is.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn own_schema_with(
        &self,
        more: &[PathBuf],
    ) -> Result<(OwnSchema, Problems), StoreError> {
        let extensions = self.settings.extensions.iter().map(|path| self.root.join(path));
        let paths: Vec<PathBuf> = extensions.chain(more.iter().cloned()).collect();
        OwnSchema::read(Some(&self.root), &paths)
    }

    /// Opens headquarters for reading; waits for nobody.
    pub(crate) fn reader(&self) -> Result<Reader, StoreError> {
        self.read(Db::open(&self.hq_path(), Kind::Headquarters, Access::Read)?)
    }

    /// Opens headquarters for reading in a way that leaves every file as it is.
    pub fn examiner(&self) -> Result<Reader, StoreError> {
        self.read(Db::open(&self.hq_path(), Kind::Headquarters, Access::Examine)?)
    }

    /// Opens headquarters to say what a command would do, and leaves every file as it is; one of
    /// an older version is read as the command would bring it up to date.
    ///
    /// # Errors
    /// Those of opening it.
    pub(crate) fn rehearsal(&self) -> Result<Reader, StoreError> {
        match self.examiner() {
            Err(StoreError::Older { .. }) => self.read(self.headquarters_copy()?.side().0),
            opened => opened,
        }
    }

    fn read(&self, hq: Db) -> Result<Reader, StoreError> {
        let hq = Headquarters(hq);
        let world = world::load(&hq, &self.settings)?;
        Ok(Reader { env: self.clone(), hq, world })
    }

    /// A copy of headquarters that may be written to and is thrown away.
    ///
    /// # Errors
    /// Those of opening it.
    pub(crate) fn headquarters_copy(&self) -> Result<Handle<Headquarters>, StoreError> {
        let mut hq = Headquarters(Db::rehearse(&self.hq_path(), Kind::Headquarters)?);
        let numbers = self.numbers_for(&hq)?.rehearsed();
        hq.0.set_numbers(Arc::new(numbers), "");
        Ok(Handle::new(hq))
    }

    /// The world's numbers; gathered from the databases where their file is missing.
    fn numbers_for(&self, hq: &Headquarters) -> Result<Numbers, StoreError> {
        match Numbers::load(&self.root)? {
            Some(numbers) => Ok(numbers),
            None => gather::numbers(&self.root, hq),
        }
    }

    /// A copy of a channel database that may be written to and is thrown away.
    ///
    /// # Errors
    /// Those of opening it.
    pub(crate) fn channel_copy(
        &self,
        hq: &Headquarters,
        database: &str,
    ) -> Result<Handle<ChannelDatabase>, StoreError> {
        let mut channel = Db::rehearse(&self.channel_path(database), Kind::Channel)?;
        channel.set_numbers(Arc::new(self.numbers_for(hq)?.rehearsed()), database);
        Ok(Handle::new(ChannelDatabase(channel)))
    }

    /// Takes the environment's lock for a command and opens headquarters for writing.
    ///
    /// What an interrupted command left is not looked at here; see `exchange::begin`.
    pub(crate) fn writer(&self, command: &str) -> Result<Writer, StoreError> {
        if !self.hq_path().exists() {
            return Err(StoreError::Missing { path: self.hq_path().display().to_string() });
        }
        let lock = Lock::take(&self.root, command)?;
        let path = self.hq_path();
        let cache = DEFAULT_CACHE_KIB * 2;
        let hq = Db::open_with_cache(&path, Kind::Headquarters, Access::Write, cache)?;
        let mut hq = Headquarters(hq);
        let numbers = Arc::new(self.numbers_for(&hq)?);
        hq.0.set_numbers(Arc::clone(&numbers), "");
        let hq = Handle::new(hq);
        let world = world::load(&hq, &self.settings)?;
        lineage::identify(&hq, world.seed)?;
        let writer = Writer {
            env: self.clone(),
            hq,
            world,
            numbers,
            noticed: RefCell::default(),
            lock,
            untidied: RefCell::default(),
            made: RefCell::default(),
        };
        writer.tidied("the mark of a new environment", mark::unmark(&self.root));
        Ok(writer)
    }
}

/// An environment opened for reading.
#[derive(Debug)]
pub struct Reader {
    /// The environment.
    pub(crate) env: Environment,
    /// Headquarters, read only.
    pub(crate) hq: Headquarters,
    /// The world as it stands.
    pub(crate) world: World,
}

/// An environment opened for writing; nobody else writes until it is finished.
#[derive(Debug)]
pub struct Writer {
    /// The environment.
    pub(crate) env: Environment,
    /// Headquarters.
    pub(crate) hq: Handle<Headquarters>,
    /// The world as it stands; kept faults are written back by [`Writer::finish`].
    pub(crate) world: World,
    numbers: Arc<Numbers>,
    noticed: RefCell<Vec<(DataStore, Cause)>>,
    lock: Lock,
    untidied: RefCell<Vec<TidyFailure>>,
    made: RefCell<Vec<NewFile>>,
}

/// An environment whose headquarters is being changed, in one transaction; nothing else of it is.
#[derive(Debug)]
pub struct HqWriter<'a> {
    /// The environment.
    pub(crate) env: &'a Environment,
    /// Headquarters, inside the transaction.
    pub(crate) hq: HqTx<'a>,
    /// The world as it stands.
    pub(crate) world: &'a World,
}

/// A channel database whose file this command has made, be it to finish what another began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The database.
    pub(crate) name: String,
    /// The name its old file is kept under, where there was one.
    pub(crate) kept: Option<String>,
    /// What came over from it.
    pub(crate) salvaged: SalvageOutcome,
}

/// Something that was to be put in order after a commit, and could not be. The work itself is done.
#[derive(Debug)]
pub struct TidyFailure {
    /// What, "the log of headquarters".
    pub(crate) what: &'static str,
    /// Why not.
    pub(crate) error: StoreError,
}

impl Writer {
    /// Does everything in one transaction of headquarters, or nothing.
    ///
    /// # Errors
    /// Those of the work and of headquarters.
    pub(crate) fn change<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&HqWriter<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (env, world) = (&self.env, &self.world);
        self.hq.write(|hq| work(&HqWriter { env, hq: hq.same(), world }))
    }

    /// Opens a channel database for writing. A file that is not the one last seen under its name is
    /// taken in before anything is counted against it (U10); see [`Writer::noticed`].
    ///
    /// # Errors
    /// An unknown name, or either file.
    pub(crate) fn channel(&self, name: &str) -> Result<Handle<ChannelDatabase>, StoreError> {
        self.channel_of(&topology::find_store(&self.hq, name)?)
    }

    /// [`Writer::channel`] of a database that has been looked up.
    ///
    /// # Errors
    /// Either file.
    pub(crate) fn channel_of(
        &self,
        store: &DataStore,
    ) -> Result<Handle<ChannelDatabase>, StoreError> {
        self.taken_in(store, self.env.channel(&store.name, Access::Write)?)
    }

    /// [`Writer::channel_of`] where this command has the database open: it is looked at again, and
    /// what it logs from now on stands behind what headquarters has logged since.
    ///
    /// # Errors
    /// Either file.
    pub(crate) fn again(
        &self,
        store: &DataStore,
        channel: &Handle<ChannelDatabase>,
    ) -> Result<(), StoreError> {
        channel.set_position(log::last(&self.hq)?);
        let packages = Folder(self.env.packages_path());
        let cause = lineage::welcome(&self.hq, &self.world, &packages, store, channel)?;
        if let Some(cause) = cause {
            self.noticed.borrow_mut().push((store.clone(), cause));
        }
        Ok(())
    }

    /// [`Writer::channel_of`] of several, in their order.
    pub(crate) fn channels_of(
        &self,
        stores: &[&DataStore],
    ) -> impl Iterator<Item = Result<Handle<ChannelDatabase>, StoreError>> {
        let env = &self.env;
        let opened = abreast::opened(stores, |store| env.channel(&store.name, Access::Write));
        opened.map(|(store, database)| self.taken_in(store, database?))
    }

    /// A channel database that was opened for writing, once it has been looked at.
    fn taken_in(
        &self,
        store: &DataStore,
        mut channel: ChannelDatabase,
    ) -> Result<Handle<ChannelDatabase>, StoreError> {
        channel.0.set_numbers(Arc::clone(&self.numbers), &store.name);
        let channel = Handle::new(channel);
        self.again(store, &channel)?;
        Ok(channel)
    }

    /// The databases whose file turned out not to be the one last seen, and that have not been told
    /// yet.
    pub(crate) fn noticed(&self) -> Vec<(DataStore, Cause)> {
        self.noticed.take()
    }

    /// Writes back what is left of the faults, empties the log and frees the lock. The work is
    /// done by now: what cannot be put in order is told, and makes no failure of it.
    #[must_use]
    pub fn finish(self) -> Vec<TidyFailure> {
        self.tidied("what is left of the faults", self.keep_faults());
        self.tidied("the log of headquarters", self.hq.checkpoint());
        let mut untidied = self.untidied.into_inner();
        if let Err(error) = self.lock.release() {
            untidied.push(TidyFailure { what: "the lock of the environment", error });
        }
        untidied
    }

    /// Notes that a database's file has been made.
    pub(crate) fn note_made(&self, made: NewFile) {
        self.made.borrow_mut().push(made);
    }

    /// The file of a database as this command has made it, if it has.
    pub(crate) fn made(&self, name: &str) -> Option<NewFile> {
        self.made.borrow().iter().rev().find(|made| made.name == name).cloned()
    }

    /// Takes what came of putting something in order after a commit.
    pub(crate) fn tidied(&self, what: &'static str, done: Result<(), StoreError>) {
        if let Err(error) = done {
            self.untidied.borrow_mut().push(TidyFailure { what, error });
        }
    }

    /// Writes back what is left of the faults, so that a used one stays used.
    pub(crate) fn keep_faults(&self) -> Result<(), StoreError> {
        if self.world.faults.changed {
            self.hq.write(|hq| world::keep_faults(hq, &self.world.faults))?;
        }
        Ok(())
    }
}

/// A text in which files under a root are called from there, with forward slashes on every machine.
fn named_within(text: &str, root: &str, separator: char) -> String {
    let mut parts = text.split(root);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_whitespace() || ":,;\"'()".contains(c));
        let (path, rest) = part.split_at(end.unwrap_or(part.len()));
        named.push_str(&path.replace(separator, "/"));
        named.push_str(rest);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_an_environment_are_called_alike_everywhere() {
        let unix = named_within("cannot open /tmp/s/channels/a.db: no \\x", "/tmp/s/", '/');
        assert_eq!(unix, "cannot open channels/a.db: no \\x");
        let windows = "cannot open C:\\my store\\channels\\a.db: C:\\else\\b";
        let windows = named_within(windows, "C:\\my store\\", '\\');
        assert_eq!(windows, "cannot open channels/a.db: C:\\else\\b");
    }
}
