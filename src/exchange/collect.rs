//! The first phase of an upload: packs what is above the last counter (U01).

use super::chain::chain;
use super::error::ExchangeError;
use super::tries::upload_failed;
use super::way_out;
use crate::model::event::{Event, Listener};
use crate::model::ids::UploadId;
use crate::model::job::Job;
use crate::model::session::{CounterRange, UploadSession};
use crate::model::status::UploadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::packages::{Folder, PackageStore};
use crate::store::upload_pack;
use crate::store::upload_table::UploadTable;
use crate::store::uploads::{self, UploadPackage};
use crate::store::{ChannelDatabase, Handle, HqTx, StoreError, Writer, lineage, origins, topology};
use crate::world::{CrashPoint, FaultKind};

pub(super) struct Collector<'a> {
    pub(super) writer: &'a mut Writer,
    pub(super) job: &'a Job,
    pub(super) tables: &'a [UploadTable],
}

/// A table that has something to collect, and its rows.
type Collect = (UploadTable, CounterRange);

/// A session that headquarters has announced.
struct PackAnnouncement<'a> {
    id: UploadId,
    /// The number of the exchange (U10).
    mark: Option<i64>,
    now: &'a Time,
}

impl Collector<'_> {
    /// Sends what failed to be sent, then packs what is new; the sessions that were touched.
    pub(super) fn collect(
        &mut self,
        store: &DataStore,
        listener: &mut dyn Listener,
    ) -> Result<Vec<UploadId>, ExchangeError> {
        let mut touched = Vec::new();
        let mut unread = None;
        for session in uploads::all(&self.writer.hq)? {
            if session.store_id != store.id || session.job != self.job.id {
                continue;
            }
            match session.status {
                UploadStatus::UploadFailed => {
                    self.send(store, &session, listener)?;
                    touched.push(session.id);
                }
                UploadStatus::ReadFailed if self.is_collected(&session) => {
                    let what = settle(self.writer, &session)?;
                    listener.event(Event::Repaired { what });
                    touched.push(session.id);
                }
                UploadStatus::ReadFailed => unread = Some(session),
                _ => {}
            }
        }
        touched.extend(self.pack_new(store, unread.as_ref(), listener)?);
        Ok(touched)
    }

    /// Whether the channel has collected a session that headquarters takes for unread: somebody
    /// cancelled it while nobody could ask the channel, and has it tried again.
    fn is_collected(&self, session: &UploadSession) -> bool {
        let channel = self.writer.channel(&session.store);
        let known = channel.and_then(|channel| uploads::known_in_channel(&channel, session.id));
        // What cannot be read is told where it is to be collected.
        known.is_ok_and(|known| known.is_some())
    }

    /// A session whose package could not be sent is tried again from its package.
    fn send(
        &mut self,
        store: &DataStore,
        session: &UploadSession,
        listener: &mut dyn Listener,
    ) -> Result<(), ExchangeError> {
        let now = self.writer.world.clock.utc();
        let tries = session.tries + 1;
        let fails = self.fault(FaultKind::UploadFails, store, listener);
        let (id, sent) = (session.id, UploadStatus::Uploaded);
        let set = |hq: &HqTx<'_>| {
            if fails {
                return upload_failed(hq, id, UploadStatus::UploadFailed, tries, SEND_FAILED);
            }
            uploads::set_status(hq, id, sent, "", tries, Some(&now))
        };
        Ok(self.writer.hq.write(set)?)
    }

    fn pack_new(
        &mut self,
        store: &DataStore,
        unread: Option<&UploadSession>,
        listener: &mut dyn Listener,
    ) -> Result<Option<UploadId>, ExchangeError> {
        let now = self.writer.world.clock.utc();
        let faulty = self.fault(FaultKind::ReadFails, store, listener);
        let opened = if faulty {
            Err("the channel database could not be read (fault read-fails)".to_owned())
        } else {
            self.open(store).map_err(|error| self.unreadable(store, &error, listener))
        };
        let (channel, tables) = match opened {
            Ok((_, tables)) if tables.is_empty() && unread.is_none() => return Ok(None),
            Ok(opened) => opened,
            Err(message) => return self.read_failed(store, unread, &message, &now).map(Some),
        };
        let (id, mark) = self.writer.hq.write(|hq| {
            let id = match unread {
                Some(session) => {
                    uploads::announce_again(hq, session.id)?;
                    session.id
                }
                None => uploads::create(hq, &self.job.id, store, &now)?,
            };
            Ok::<_, StoreError>((id, lineage::begin(hq, &store.name)?))
        })?;
        self.crash(CrashPoint::CollectAfterIntent, store);
        let announced = PackAnnouncement { id, mark, now: &now };
        let collected = match self.pack(&channel, &announced, &tables, store) {
            Ok(collected) => collected,
            // The channel may have it: it stays announced, and the next command asks.
            Err(error @ StoreError::Uncertain { .. }) => return Err(error.into()),
            Err(error) => {
                let message = self.unreadable(store, &error, listener);
                return self.fail(id, unread, &message).map(|()| Some(id));
            }
        };
        self.crash(CrashPoint::CollectAfterCommit, store);
        let sent = if self.fault(FaultKind::UploadFails, store, listener) {
            (UploadStatus::UploadFailed, SEND_FAILED)
        } else {
            (UploadStatus::Uploaded, "")
        };
        self.writer.hq.write(|hq| {
            uploads::record(hq, id, &collected, sent.0, sent.1, &now)?;
            lineage::end(hq, &store.name, mark)?;
            topology::heartbeat(hq, store.id, &now)
        })?;
        self.crash(CrashPoint::CollectAfterUploaded, store);
        Ok(Some(id))
    }

    fn open(
        &self,
        store: &DataStore,
    ) -> Result<(Handle<ChannelDatabase>, Vec<Collect>), StoreError> {
        let channel = self.writer.channel_of(store)?;
        let mut found = Vec::new();
        for table in self.tables {
            let table = table.above_last(&self.writer.hq, &channel, store.id)?;
            origins::watch(&channel, &table.plan.target, &table.counter, table.after)?;
            if let Some(range) = table.range(&channel)? {
                found.push((table, range));
            }
        }
        Ok((channel, found))
    }

    fn pack(
        &self,
        channel: &Handle<ChannelDatabase>,
        announced: &PackAnnouncement<'_>,
        tables: &[Collect],
        store: &DataStore,
    ) -> Result<UploadPackage, StoreError> {
        let PackAnnouncement { id, mark, now } = *announced;
        let folder = Folder(self.writer.env.packages_path());
        let stem = uploads::package_stem(&self.job.id, id);
        let draft = folder.draft(&stem)?;
        let packed = upload_pack::collect(channel, tables, &draft)?;
        let package = format!("{stem}-{}.db", &packed.checksum[..12]);
        folder.put(&draft, &package)?;
        let counters: Vec<(String, String)> =
            tables.iter().map(|(t, _)| (t.plan.target.clone(), t.counter.clone())).collect();
        let mut collected = UploadPackage {
            package,
            checksum: packed.checksum,
            bytes: packed.bytes,
            rows: packed.rows,
            local_id: 0,
            ranges: tables.iter().map(|(_, range)| range.clone()).collect(),
        };
        collected.local_id = channel.write(|channel| {
            let local =
                uploads::record_in_channel(channel, id, &self.job.id, &collected, &counters, now)?;
            lineage::keep(channel, mark)?;
            self.crash(CrashPoint::CollectBeforeCommit, store);
            Ok::<_, StoreError>(local)
        })?;
        self.writer.tidied("the log of a channel database", channel.checkpoint());
        Ok(collected)
    }

    /// What a failure of the channel's is kept as; the command that leads out is told.
    fn unreadable(
        &self,
        store: &DataStore,
        error: &StoreError,
        listener: &mut dyn Listener,
    ) -> String {
        if let Some(way_out) = way_out::of_file(&self.writer.env, &store.name, error) {
            listener.event(way_out::told(&store.name, &self.job.id, way_out));
        }
        chain(error)
    }

    fn read_failed(
        &self,
        store: &DataStore,
        unread: Option<&UploadSession>,
        message: &str,
        now: &Time,
    ) -> Result<UploadId, ExchangeError> {
        let id = if let Some(session) = unread {
            session.id
        } else {
            let create = |hq: &HqTx<'_>| uploads::create(hq, &self.job.id, store, now);
            self.writer.hq.write(create)?
        };
        self.fail(id, unread, message)?;
        Ok(id)
    }

    fn fail(
        &self,
        id: UploadId,
        unread: Option<&UploadSession>,
        message: &str,
    ) -> Result<(), ExchangeError> {
        let tries = unread.map_or(0, |session| session.tries) + 1;
        let failed = UploadStatus::ReadFailed;
        Ok(self.writer.hq.write(|hq| upload_failed(hq, id, failed, tries, message))?)
    }

    fn fault(&mut self, kind: FaultKind, store: &DataStore, listener: &mut dyn Listener) -> bool {
        self.writer.world.faults.meet(kind, &store.name, listener)
    }

    fn crash(&self, point: CrashPoint, store: &DataStore) {
        self.writer.world.faults.crash_at(point, &store.name);
    }
}

const SEND_FAILED: &str = "the package could not be sent (fault upload-fails)";

/// Finishes or takes back the sessions that were being collected when a command was interrupted.
/// What was collected is known to the channel alone: where it cannot be read, the session is kept;
/// the numbers of those.
pub(super) fn repair(
    writer: &Writer,
    listener: &mut dyn Listener,
) -> Result<Vec<UploadId>, ExchangeError> {
    let mut kept = Vec::new();
    for session in uploads::interrupted(&writer.hq)? {
        match settle(writer, &session) {
            Ok(what) => listener.event(Event::Repaired { what }),
            Err(error) => {
                super::intents::keep_upload(writer, &session, &error, listener)?;
                kept.push(session.id);
            }
        }
    }
    Ok(kept)
}

fn settle(writer: &Writer, session: &UploadSession) -> Result<String, ExchangeError> {
    let now = writer.world.clock.utc();
    let channel = writer.channel(&session.store)?;
    let Some(mut collected) = uploads::known_in_channel(&channel, session.id)? else {
        // Its rows are in the channel still, and will be collected again.
        let packages = Folder(writer.env.packages_path());
        let stem = format!("{}-", uploads::package_stem(&session.job, session.id));
        for name in packages.list()?.iter().filter(|name| name.starts_with(&stem)) {
            packages.delete(name)?;
        }
        writer.hq.write(|hq| uploads::take_back(hq, session))?;
        let then = if session.tries > 0 { "is tried again" } else { "is taken back" };
        return Ok(format!("upload session {} had collected nothing and {then}", session.id));
    };
    if let Some(file) = Folder(writer.env.packages_path()).get(&collected.package)? {
        collected.rows = upload_pack::count_rows(&file, &writer.hq)?;
    }
    writer.hq.write(|hq| {
        uploads::record(hq, session.id, &collected, UploadStatus::Uploaded, "", &now)?;
        topology::heartbeat(hq, session.store_id, &now)
    })?;
    Ok(format!("upload session {} of {} is uploaded", session.id, session.store))
}
