//! Adds channel databases and groups.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::chain;
use super::ending::{Ending, ended, is_being_made};
use super::error::ExchangeError;
use super::group_run::serving;
use super::own::own_schema;
use super::steps::Steps;
use super::upload_tables::Uploads;
use crate::model::event::Listener;
use crate::model::ids::{AccountNum, DataStoreId, GroupId, JobId};
use crate::model::job::{Direction, Job};
use crate::model::session::Mode;
use crate::model::session::{DownloadSession, UploadSession};
use crate::model::status::DownloadStatus;
use crate::model::status::UploadStatus::{Applied, Canceled};
use crate::model::topology::{DataStore, Group, OFFLINE_SUFFIX};
use crate::store::create::{free_name, new_channel_file, set_aside};
use crate::store::integrity::complaints;
use crate::store::lost::{self, PendingUploads};
use crate::store::merge::{self, SalvageOutcome, Source};
use crate::store::packages::Folder;
use crate::store::reseed::ReseedOutcome;
use crate::store::reseeder::Reseeder;
use crate::store::upload_table::UploadTable;
use crate::store::{
    Access, ChannelDatabase, Environment, Handle, Headquarters, HqTx, HqWriter, NewFile,
    StoreError, Writer, default_customers, intents, lineage, origins, scheduler, seed, sessions,
    topology, uploads,
};
use crate::world::CrashPoint;

/// A channel database to add.
#[derive(Debug, Clone)]
pub(crate) struct NewChannel {
    /// Its name.
    pub(crate) name: String,
    /// The group it joins.
    pub(crate) group: String,
    /// With an offline database for its register; or, for a channel that exists, only that.
    pub(crate) offline_database: bool,
}

/// Adds a channel with its database, or an offline database to a channel that exists (D05).
///
/// A channel database gets a full of its own at each job's next run. An offline database inherits
/// its group's sessions since each job's last full one.
///
/// # Errors
/// A name that is taken, a group that does not exist, the files.
pub(crate) fn add(writer: &Writer, new: &NewChannel) -> Result<Vec<String>, ExchangeError> {
    let stores = topology::data_stores(&writer.hq)?;
    let group = topology::find_group(&writer.hq, &new.group)?;
    let known = |name: &str| stores.iter().any(|store| store.name.eq_ignore_ascii_case(name));
    let offline = format!("{}{OFFLINE_SUFFIX}", new.name);
    let exists = known(&new.name);
    if exists && !new.offline_database || known(&offline) {
        let what = if new.offline_database { "offline database of" } else { "channel" };
        return Err(StoreError::Taken { what, name: new.name.clone() }.into());
    }
    try_scripts(writer)?;
    let now = writer.world.clock.utc();
    let company = &writer.env.settings().company;
    let mut added = Vec::new();
    let mut announced = Vec::new();
    writer.hq.write(|hq| {
        if !exists {
            seed::add_channel_rows(hq, company, &new.name, &group.name)?;
            added.push(new.name.clone());
        }
        if new.offline_database {
            let store = seed::add_offline_store(hq, &new.name, &offline, &group.name)?;
            inherit(writer, hq, &group, store)?;
            added.push(offline.clone());
        }
        for name in &added {
            announced.push((intents::announce(hq, intents::CHANNEL, name, &now)?, name.clone()));
        }
        Ok::<_, StoreError>(())
    })?;
    writer.world.faults.crash_at(CrashPoint::ChannelAfterIntent, &new.name);
    for (intent, name) in announced {
        finish(writer, intent, &name)?;
    }
    Ok(added)
}

/// Sessions of a group since each job's last full one, which a new offline database inherits.
fn inherit(
    writer: &Writer,
    hq: &HqTx<'_>,
    group: &Group,
    store: DataStoreId,
) -> Result<(), StoreError> {
    let all = sessions::all(&writer.hq)?;
    let of_group =
        || all.iter().filter(|session| session.group_id == group.id && session.only.is_none());
    let mut jobs: Vec<&JobId> = of_group().map(|session| &session.job).collect();
    jobs.sort_unstable();
    jobs.dedup();
    for job in jobs {
        let inherited = inherited(&all, group.id, job);
        if inherited.is_empty() {
            continue;
        }
        for session in inherited {
            sessions::add_store(hq, session.id, store, DownloadStatus::Available)?;
        }
        sessions::set_supplied(hq, store, job)?;
    }
    Ok(())
}

/// The sessions of a group and job that a new offline database gets: those with a package since
/// the last full one, that one included; none when there is no full one (D05).
pub(crate) fn inherited<'a>(
    all: &'a [DownloadSession],
    group: GroupId,
    job: &JobId,
) -> Vec<&'a DownloadSession> {
    let packed = || {
        all.iter().filter(|session| {
            session.group_id == group
                && session.only.is_none()
                && session.job == *job
                && session.package.is_some()
        })
    };
    let full = packed().filter(|session| session.mode == Mode::Full).map(|s| s.id).max();
    full.map(|full| packed().filter(|session| session.id >= full).collect()).unwrap_or_default()
}

/// What became of a file that was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rebuilt {
    /// Where the old file is kept, where there was one; relative to the environment.
    pub(crate) kept: Option<String>,
    /// The jobs that bring the new file what headquarters has.
    pub(crate) jobs: Vec<JobId>,
    /// What came over from it.
    pub(crate) salvaged: SalvageOutcome,
}

/// Makes a database's file again, empty; each job's next run brings it everything (D05).
///
/// The old file is kept beside it, and its rows that headquarters has not received come over where
/// they can be read (U10). Counters go on above all that was given out (U07).
///
/// # Errors
/// An unknown name; [`ExchangeError::Whole`] for a file that can be read, unless it is discarded.
pub(crate) fn rebuild(
    writer: &Writer,
    name: &str,
    discard: bool,
    listener: &mut dyn Listener,
) -> Result<Rebuilt, ExchangeError> {
    let mut steps = Steps::of(4, "rows", listener);
    steps.next("looking at the old file");
    let store = topology::find_store(&writer.hq, name)?;
    if let (Some(made), false) = (writer.made(&store.name), discard) {
        // This very command has finished what was left, which is what is asked for.
        return Rebuilt::of(writer, &store, made);
    }
    let whole = writer.env.channel(&store.name, Access::Read).and_then(|db| complaints(&db));
    let being_made = is_being_made(&writer.hq, &store.name)?;
    if whole.is_ok_and(|complaints| complaints.is_empty()) && !discard && !being_made {
        return Err(ExchangeError::Whole { name: store.name });
    }
    steps.next("trying the schema scripts");
    // A script that cannot be carried out is told before anything is touched.
    try_scripts(writer)?;
    let path = writer.env.channel_path(&store.name);
    let free = free_name(&path);
    let kept = path.exists().then(|| free.clone());
    if kept.is_none() {
        // A log without its file must not be taken for the new file's.
        set_aside(&path, &free)?;
    }
    let now = writer.world.clock.utc();
    let rebuilding = FileRebuild { name: store.name.clone(), kept: kept.as_deref().map(file_name) };
    let intent = writer.hq.write(|hq| {
        sessions::forget(hq, store.id, "the database was made again")?;
        lineage::forget(hq, &store)?;
        intents::announce(hq, intents::REBUILD, &rebuilding, &now)
    })?;
    writer.world.faults.crash_at(CrashPoint::RebuildAfterIntent, &store.name);
    steps.next("making the new file, and bringing over what the old one has");
    let made = finish_rebuild(writer, intent, &rebuilding)?;
    steps.next("seeing which jobs it needs");
    Rebuilt::of(writer, &store, made)
}

impl Rebuilt {
    fn of(writer: &Writer, store: &DataStore, made: NewFile) -> Result<Self, ExchangeError> {
        let schedules = topology::schedules(&writer.hq)?;
        let serves = |job: &&Job| {
            job.direction == Direction::Download
                && serving(&schedules, &job.id, &store.group).any(|schedule| schedule.active)
        };
        let jobs = scheduler::read(&writer.hq)?.jobs;
        let jobs = jobs.iter().filter(serves).map(|job| job.id.clone()).collect();
        let kept = made.kept.map(|file| format!("channels/{file}"));
        Ok(Self { kept, jobs, salvaged: made.salvaged })
    }
}

/// What is needed to finish making a file again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct FileRebuild {
    /// The database.
    pub(super) name: String,
    /// The name its old file is kept under, where there was one.
    kept: Option<String>,
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Sets the old file aside, makes the new one, brings over what can be read of the old one, and
/// drops the announcement; what is done already is not done again.
pub(super) fn finish_rebuild(
    writer: &Writer,
    intent: i64,
    rebuilding: &FileRebuild,
) -> Result<NewFile, ExchangeError> {
    let path = writer.env.channel_path(&rebuilding.name);
    let kept = rebuilding.kept.as_ref().map(|kept| path.with_file_name(kept));
    if let Some(kept) = kept.as_ref().filter(|kept| !kept.exists()) {
        set_aside(&path, kept)?;
    }
    writer.world.faults.crash_at(CrashPoint::RebuildAfterAside, &rebuilding.name);
    make_file(writer, &rebuilding.name)?;
    let salvaged = match &kept {
        Some(kept) => salvage(writer, &rebuilding.name, kept)?,
        None => SalvageOutcome::default(),
    };
    writer.world.faults.crash_at(CrashPoint::RebuildAfterFile, &rebuilding.name);
    let made = NewFile { name: rebuilding.name.clone(), kept: rebuilding.kept.clone(), salvaged };
    note_made(writer, intent, made.clone());
    Ok(made)
}

/// Drops the announcement of a file that is made, and whatever older one this has ended.
fn note_made(writer: &Writer, intent: i64, made: NewFile) {
    let dropped = writer.hq.write(|hq| {
        intents::drop(hq, intent)?;
        ended(hq, Ending::Made(&made.name))
    });
    writer.tidied("the announcement of a channel database", dropped);
    writer.note_made(made);
}

/// Looks whether the environment's own scripts make tables, in a database that goes away.
fn try_scripts(writer: &Writer) -> Result<(), ExchangeError> {
    own_schema(writer)?.catalogue()?;
    Ok(())
}

/// Brings the rows that headquarters has not received from a file that was set aside into the one
/// made in its place.
fn salvage(writer: &Writer, name: &str, kept: &Path) -> Result<SalvageOutcome, ExchangeError> {
    let store = topology::find_store(&writer.hq, name)?;
    let Uploads { tables, left_out } = Uploads::read(&writer.hq)?;
    let channel = writer.channel_of(&store)?;
    // One of an earlier version is brought up to date first, so that it can say what it has sent.
    let old = match Environment::set_aside(kept) {
        Ok(old) => old,
        Err(error) => {
            return Ok(SalvageOutcome {
                unreadable: Some(chain(&error)),
                ..SalvageOutcome::default()
            });
        }
    };
    let source =
        Source { hq: &writer.hq, file: old.at(), name: "", store: &store, tables: &tables };
    let mut salvaged = merge::salvage(&channel, &source)?;
    salvaged.unread.extend(left_out);
    writer.tidied("the log of a channel database", channel.checkpoint());
    Ok(salvaged)
}

/// Raises the counters of a channel above what headquarters has received, and gives rows that it
/// has not, and that would never be uploaded, new ones above those (U07). The channel's file counts
/// as looked after (U10), unless tables were left out because their mapping is broken.
///
/// # Errors
/// An unknown channel, either file.
pub(crate) fn reseed(writer: &Writer, name: &str) -> Result<Reseed, ExchangeError> {
    let store = topology::find_store(&writer.hq, name)?;
    let Uploads { tables, left_out } = Uploads::read(&writer.hq)?;
    let packages = Folder(writer.env.packages_path());
    let channel = writer.channel_of(&store)?;
    watch_each(&writer.hq, &channel, &store, &tables)?;
    let all = uploads::all(&writer.hq)?;
    let way = PendingUploads::from(&all, store.id, &channel, &packages)?;
    let spoilt = match left_out.as_slice() {
        [] => spoilt(&all, &store, &tables, &packages)?,
        _ => Vec::new(),
    };
    let mut done = channel.write_beside(&writer.hq, |channel| {
        let reseeding = Reseeder {
            hq: &writer.hq,
            channel,
            store: &store,
            seed: writer.world.seed,
            tables: &tables,
            way: &way,
        };
        reseeding.run()
    })?;
    writer.tidied("the log of a channel database", channel.checkpoint());
    done.gone = lineage::gone_known(&writer.hq, store.id)?;
    writer.hq.write(|hq| {
        for session in spoilt {
            let message = "its package is gone or altered; its rows go up with another session";
            uploads::set_status(hq, session.id, Canceled, message, session.tries, None)?;
        }
        if left_out.is_empty() { lineage::looked_after(hq, store.id) } else { Ok(()) }
    })?;
    Ok(Reseed { done, left_out })
}

/// What reseeding came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reseed {
    /// What was done.
    pub(crate) done: ReseedOutcome,
    /// The channel tables that were left as they are, and why.
    pub(crate) left_out: Vec<(String, String)>,
}

/// Upload sessions of a database that can never be applied, their package being gone or altered.
/// Their rows are found in the channel, unless several subjobs upload a table.
fn spoilt<'s>(
    sessions: &'s [UploadSession],
    store: &DataStore,
    tables: &[UploadTable],
    packages: &Folder,
) -> Result<Vec<&'s UploadSession>, StoreError> {
    let mut found = Vec::new();
    if !tables.iter().all(|table| lost::is_alone(table, tables)) {
        return Ok(found);
    }
    let open = |session: &&UploadSession| {
        let over = session.status == Applied || session.status == Canceled && !session.given_up;
        session.store_id == store.id && !over
    };
    for session in sessions.iter().filter(open) {
        let Some(package) = &session.package else { continue };
        if lost::whole(packages, package, &session.checksum)?.is_none() {
            found.push(session);
        }
    }
    Ok(found)
}

/// The upload tables of one's own, and the channel databases that have them.
#[derive(Debug, Default)]
pub(super) struct OwnUploads {
    tables: Vec<UploadTable>,
    stores: Vec<DataStore>,
}

impl OwnUploads {
    /// What headquarters has of them. One that cannot be served is told where it is run.
    ///
    /// # Errors
    /// Headquarters.
    pub(super) fn read(hq: &Headquarters) -> Result<Self, ExchangeError> {
        let Uploads { tables, .. } = Uploads::read(hq)?;
        if tables.iter().all(lost::is_shipped) {
            return Ok(Self::default());
        }
        Ok(Self { tables, stores: topology::data_stores(hq)? })
    }

    /// Lets every upload table of every channel database say where its rows are made; tables that
    /// were dropped and made again count on above all that was given out. The definitions are
    /// written: a database that cannot be opened is told, and left to whoever needs it.
    pub(super) fn watch(&self, writer: &Writer) {
        for store in &self.stores {
            writer.tidied("the upload tables of a channel database", self.watch_in(writer, store));
        }
    }

    fn watch_in(&self, writer: &Writer, store: &DataStore) -> Result<(), StoreError> {
        let channel = writer.channel_of(store)?;
        watch_each(&writer.hq, &channel, store, &self.tables)?;
        origins::raise_counters(&writer.hq, &channel, store.id)?;
        channel.checkpoint()
    }
}

/// Lets the upload tables of a database say where the rows are made that have not gone up yet,
/// before any come into them.
pub(super) fn watch_each(
    hq: &Headquarters,
    channel: &Handle<ChannelDatabase>,
    store: &DataStore,
    tables: &[UploadTable],
) -> Result<(), StoreError> {
    for table in tables {
        let target = &table.plan.target;
        let after = uploads::reached(hq, channel, store.id, target)?;
        origins::watch(channel, target, &table.counter, after)?;
    }
    Ok(())
}

/// Makes the file of an announced database, and drops the announcement.
pub(super) fn finish(writer: &Writer, intent: i64, name: &str) -> Result<(), ExchangeError> {
    make_file(writer, name)?;
    writer.world.faults.crash_at(CrashPoint::ChannelAfterFile, name);
    let made = NewFile { name: name.to_owned(), kept: None, salvaged: SalvageOutcome::default() };
    note_made(writer, intent, made);
    Ok(())
}

/// Makes a database's file where there is none yet, with the environment's own tables.
fn make_file(writer: &Writer, name: &str) -> Result<(), ExchangeError> {
    new_channel_file(&writer.env.channel_path(name))?;
    let own = own_schema(writer)?;
    let channel = writer.channel(name)?;
    own.channel.apply(&channel, &writer.world.clock.utc())?;
    begin_uploads(writer, &channel, &topology::find_store(&writer.hq, name)?)?;
    writer.tidied("the log of a channel database", channel.checkpoint());
    Ok(())
}

/// Lets the upload tables of a new file count on above all that headquarters has received under its
/// name, and say where their rows are made: none of those has gone anywhere yet (U10).
fn begin_uploads(
    writer: &Writer,
    channel: &Handle<ChannelDatabase>,
    store: &DataStore,
) -> Result<(), ExchangeError> {
    let Uploads { tables, left_out } = Uploads::read(&writer.hq)?;
    for table in &tables {
        origins::watch(channel, &table.plan.target, &table.counter, 0)?;
    }
    origins::raise_counters(&writer.hq, channel, store.id)?;
    // One whose mapping is broken today is collected when it has been repaired.
    for (table, _) in &left_out {
        origins::raise_counter(&writer.hq, channel, store.id, table)?;
    }
    Ok(())
}

/// Pauses or resumes a database's synchronization (D13).
pub(crate) fn pause(
    writer: &HqWriter<'_>,
    name: &str,
    paused: bool,
) -> Result<DataStore, ExchangeError> {
    let store = topology::find_store(&writer.hq, name)?;
    topology::set_paused(&writer.hq, store.id, paused)?;
    Ok(topology::find_store(&writer.hq, name)?)
}

/// Sets the default customer of a channel (R16); the channel's name.
///
/// # Errors
/// An unknown channel or customer.
pub(crate) fn set_default_customer(
    writer: &HqWriter<'_>,
    name: &str,
    account: &AccountNum,
) -> Result<String, ExchangeError> {
    let store = topology::find_store(&writer.hq, name)?;
    // An offline database is its channel's.
    let store = topology::find_store(&writer.hq, store.channel())?;
    let company = &writer.env.settings().company;
    default_customers::set(&writer.hq, &store, account, company)?;
    Ok(store.name)
}

/// Adds a channel database group.
pub(crate) fn add_group(
    writer: &HqWriter<'_>,
    name: &str,
    dummy: bool,
) -> Result<(), ExchangeError> {
    let taken = topology::groups(&writer.hq)?.iter().any(|g| g.name.eq_ignore_ascii_case(name));
    if taken {
        return Err(StoreError::Taken { what: "group", name: name.to_owned() }.into());
    }
    Ok(topology::add_group(&writer.hq, name, dummy)?)
}
