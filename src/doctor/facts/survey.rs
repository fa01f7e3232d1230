//! Reads the channel databases, several at a time, in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::channel::{Channel, ChannelFacts, FileState, Unreadable, UploadFacts};
use super::files::FileFacts;
use super::headquarters::{HeadquartersFacts, known};
use super::reading::Reading;
use crate::diagnosis::{Known, Unknown};
use crate::exchange::RunRequest;
use crate::exchange::error::Unset;
use crate::exchange::gate::unset;
use crate::gates::Features;
use crate::model::drift::Drift;
use crate::model::history::Reached;
use crate::model::ids::{DownloadId, JobId};
use crate::model::replaced::Cause;
use crate::model::schema::Tables;
use crate::model::session::Mode;
use crate::model::status::DownloadStatus;
use crate::model::topology::DataStore;
use crate::runtime::channel_sight::{ChannelSight, Outset};
use crate::runtime::{ChannelGround, Sides};
use crate::store::apply::is_misfit;
use crate::store::default_customers::{Accounts, UnknownAccounts};
use crate::store::drift::{Comparison, compare, with_channel};
use crate::store::feature_rows::Half;
use crate::store::lineage::{self, Fit, LostCustomer};
use crate::store::packages::{Folder, PackageStore as _};
use crate::store::schema::Kind;
use crate::store::upload_table::UploadTable;
use crate::store::{
    Access, ChannelDatabase, Db, Headquarters, Reader, StoreError, arrears, catalogue,
    default_customers, extension, integrity, lost, scale_unit,
};
use crate::world::Machine;

/// At most so many databases are read at a time.
const MOST_THREADS: usize = 4;

/// So many rows of a table are kept of each kind of difference, as evidence.
const MOST_SAMPLES: usize = 3;

/// The page cache of one channel, in KiB: rows are read once, so that little is kept.
const CHANNEL_CACHE_KIB: u32 = 2 * 1024;

/// Called with how many databases there are, and how many have been read.
pub(crate) type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Headquarters as it is open already.
#[derive(Debug)]
pub(in crate::doctor) struct Readers<'a> {
    /// For this thread.
    pub(in crate::doctor) own: &'a Reader,
    /// For another one.
    pub(in crate::doctor) second: Option<Reader>,
}

/// Reads these databases.
pub(in crate::doctor) fn survey(
    readers: Readers<'_>,
    (hq, files): (&HeadquartersFacts, &FileFacts),
    stores: &[DataStore],
    reading: Reading,
    progress: Progress<'_>,
) -> Result<Vec<Channel>, StoreError> {
    let threads = Machine::current().threads().min(MOST_THREADS).min(stores.len()).max(1);
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let found: Mutex<Vec<Option<Channel>>> = Mutex::new(stores.iter().map(|_| None).collect());
    let changed = hq.changed.as_ref().ok();
    let since = changed.and_then(|changed| changed.values().min().copied()).unwrap_or(i64::MAX);
    let outset = Outset::of(&readers.own.hq, since);
    let (schemas, accounts) = (Schemas::default(), LastAccounts::default());
    let work = |reader: &Reader| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(store) = stores.get(at) else { return };
            let (outset, schemas, accounts) = (&outset, &schemas, &accounts);
            let facts = Survey { reader, hq, files, store, reading, outset, schemas, accounts };
            let facts = facts.read();
            let channel = Channel { store: store.clone(), facts };
            found.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(channel);
            progress(stores.len() as u64, done.fetch_add(1, Ordering::Relaxed) as u64 + 1);
        }
    };
    let Readers { own: reader, mut second } = readers;
    let env = &reader.env;
    thread::scope(|scope| {
        // Each thread needs a connection to headquarters of its own.
        let work = &work;
        let mut beside = || {
            let open = second.take();
            scope.spawn(move || open.map_or_else(|| env.examiner(), Ok).map(|own| work(&own)))
        };
        let workers: Vec<_> = (1..threads).map(|_| beside()).collect();
        work(reader);
        for worker in workers {
            // A worker that panicked has left its databases unread; they are told below.
            worker.join().unwrap_or(Ok(()))?;
        }
        Ok::<_, StoreError>(())
    })?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let unread = |store: &DataStore| Channel {
        store: store.clone(),
        facts: Err(Unreadable {
            state: FileState::Unknown,
            reason: Unknown("it could not be read to the end".to_owned()),
        }),
    };
    Ok(found.into_iter().zip(stores).map(|(one, s)| one.unwrap_or_else(|| unread(s))).collect())
}

/// Tables by the text of the schema that makes them; channels mostly share one.
#[derive(Default)]
struct Schemas(Mutex<BTreeMap<String, Arc<Tables>>>);

impl Schemas {
    fn of(&self, channel: &ChannelDatabase) -> Result<Arc<Tables>, StoreError> {
        let text = arrears::schema_text(channel)?;
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&text) {
            return Ok(Arc::clone(known));
        }
        let tables = Arc::new(catalogue::tables(channel)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(kept.entry(text).or_insert(tables)))
    }
}

/// The accounts of the channel that was looked at last, and which of them headquarters does not
/// have: channels mostly have the same customers.
#[derive(Default)]
struct LastAccounts(Mutex<Option<(Accounts, UnknownAccounts)>>);

impl LastAccounts {
    fn unknown(
        &self,
        hq: &Headquarters,
        channel: &ChannelDatabase,
    ) -> Result<UnknownAccounts, StoreError> {
        let accounts = Accounts::read(channel)?;
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, unknown)) = kept().as_ref().filter(|(known, _)| *known == accounts) {
            return Ok(unknown.clone());
        }
        let unknown = default_customers::unknown(hq, &accounts)?;
        *kept() = Some((accounts, unknown.clone()));
        Ok(unknown)
    }
}

struct Survey<'a> {
    reader: &'a Reader,
    hq: &'a HeadquartersFacts,
    files: &'a FileFacts,
    store: &'a DataStore,
    reading: Reading,
    outset: &'a Outset,
    schemas: &'a Schemas,
    accounts: &'a LastAccounts,
}

impl Survey<'_> {
    fn read(&self) -> Result<ChannelFacts, Unreadable> {
        // An error may be about headquarters, which says nothing of this file.
        let own = self.reader.env.channel_path(&self.store.name);
        self.facts().map_err(|error| {
            let state = match &error {
                StoreError::Missing { .. } if error.is_broken_file(&own) => FileState::Missing,
                _ if error.is_broken_file(&own) => FileState::Broken,
                StoreError::Older { .. } if error.file() == Some(&*own) => FileState::Older,
                _ if error.file() == Some(&*own) => FileState::Unread,
                _ => FileState::Unknown,
            };
            Unreadable { state, reason: error.into() }
        })
    }

    fn facts(&self) -> Result<ChannelFacts, StoreError> {
        let path = self.reader.env.channel_path(&self.store.name);
        let access = Access::Examine;
        let database = Db::open_with_cache(&path, Kind::Channel, access, CHANNEL_CACHE_KIB)?;
        let sight =
            ChannelSight::of(self.reader, self.store, ChannelDatabase(database), self.outset)?;
        let channel = sight.database();
        let tables = self.schemas.of(channel)?;
        let fit = known(lineage::fit(&self.reader.hq, channel, &self.store.name));
        let mut uploads = self.uploads(channel);
        let drift = self.beside(channel, &tables, &mut uploads);
        Ok(ChannelFacts {
            scripts: match &self.files.own {
                Ok(own) => known(own.channel.differing(channel)),
                Err(unknown) => Err(unknown.clone()),
            },
            gone: self.gone(channel, &fit)?,
            fit,
            now: scale_unit::look(channel, &self.store.name)?,
            held: sight.held().to_vec(),
            shop: sight.shop().clone(),
            here: self.here(&sight),
            unknown_customers: self.reading.both.then(|| self.unknown_customers(channel)),
            misfits: self.misfits(channel),
            progress: self.progress(&sight),
            lacking: self.lacking()?,
            half_features: self.half_features(channel)?,
            calls: arrears::calls(channel)?,
            applied: arrears::applied(channel)?,
            unknown_packages: self.unknown_packages(channel)?,
            uploads,
            unreturned: arrears::unreturned(&self.reader.hq, channel)?,
            excluded: self.excluded(channel)?,
            drift,
            integrity: self.reading.pages.then(|| known(integrity::complaints(channel))),
            tables,
        })
    }

    fn here(&self, sight: &ChannelSight) -> Known<ChannelGround> {
        let said = self.hq.said.as_ref().map_err(Clone::clone)?;
        let sides = Sides {
            hq: &self.reader.hq,
            channel: sight.database(),
            store: self.store,
            catalogue: &self.hq.catalogue,
            clock: &self.hq.clock,
            company: &self.hq.settings.company,
        };
        known(ChannelGround::read(sides, said, sight.memories()))
    }

    /// The customers of the channel whom headquarters does not have.
    fn unknown_customers(&self, channel: &ChannelDatabase) -> Known<UnknownAccounts> {
        if self.store.offline {
            return Ok((0, Vec::new()));
        }
        known(self.accounts.unknown(&self.reader.hq, channel))
    }

    fn gone(
        &self,
        channel: &ChannelDatabase,
        fit: &Known<Fit>,
    ) -> Result<Vec<LostCustomer>, StoreError> {
        let hq = &self.reader.hq;
        match fit {
            Ok(Fit::Replaced(Cause::HeadquartersOlder)) if !self.store.offline => {
                with_channel(hq, channel, || lineage::gone(hq, "main", "ch"))
            }
            _ => lineage::gone_known(hq, self.store.id),
        }
    }

    fn progress(
        &self,
        sight: &ChannelSight,
    ) -> BTreeMap<String, crate::gates::plan::ChannelProgress> {
        let mut found = BTreeMap::new();
        let (Ok(standing), Ok(changed)) = (&self.hq.standing, &self.hq.changed) else {
            return found;
        };
        if self.store.offline {
            return found;
        }
        let catalogue = &self.hq.catalogue;
        let features = Features { catalogue, standing };
        for gate in catalogue.gates.iter().filter(|gate| features.is_listed(gate)) {
            let on = standing.is_on(&gate.slug);
            let at = changed.get(&gate.slug).copied();
            let progress = sight.progress(self.reader, standing, gate, on, at);
            found.insert(gate.slug.clone(), progress);
        }
        found
    }

    fn lacking(&self) -> Result<Vec<Unset>, StoreError> {
        let (Ok(standing), Ok(definitions)) = (&self.hq.standing, &self.hq.definitions) else {
            return Ok(Vec::new());
        };
        let jobs: Vec<JobId> = definitions.jobs.iter().map(|job| job.id.clone()).collect();
        let request =
            RunRequest { channel: Some(self.store.name.clone()), ..RunRequest::default() };
        unset(&self.reader.hq, &self.hq.catalogue, standing, &jobs, &request)
    }

    fn half_features(&self, channel: &ChannelDatabase) -> Result<Vec<(String, Half)>, StoreError> {
        let mut found = Vec::new();
        for (name, which) in arrears::half_features(channel)? {
            let name = if which == Half::State {
                name
            } else {
                let known = arrears::feature_name(&self.reader.hq, &name)?;
                known.unwrap_or_else(|| format!("the feature of state row {name}"))
            };
            found.push((name, which));
        }
        Ok(found)
    }

    /// Sessions that failed here while their package is whole and holds what does not fit.
    fn misfits(&self, channel: &ChannelDatabase) -> Known<BTreeSet<DownloadId>> {
        let packages = Folder(self.reader.env.packages_path());
        let mut found = BTreeSet::new();
        for (session, row) in self.hq.sessions.as_ref().map_err(Clone::clone)?.of(self.store.id) {
            let name =
                session.package.as_ref().filter(|_| row.status == DownloadStatus::ApplyFailed);
            let Some(name) = name else { continue };
            if let Some(file) = known(packages.get(name))?
                && known(is_misfit(channel, &file))?
            {
                found.insert(session.id);
            }
        }
        Ok(found)
    }

    fn unknown_packages(
        &self,
        channel: &ChannelDatabase,
    ) -> Result<BTreeMap<JobId, String>, StoreError> {
        let mut found = BTreeMap::new();
        let (Ok(sessions), Ok(downloads)) = (&self.hq.sessions, &self.hq.downloads) else {
            return Ok(found);
        };
        for package in arrears::applied_packages(channel)? {
            match sessions.of_package(&package) {
                Some(session) if session.mode == Mode::Full => {
                    found.remove(&session.job);
                }
                Some(_) => {}
                None => {
                    let jobs = downloads.iter().map(|one| one.job.id.clone());
                    found.extend(jobs.map(|job| (job, package.clone())));
                }
            }
        }
        Ok(found)
    }

    fn uploads(&self, channel: &ChannelDatabase) -> Vec<UploadFacts> {
        let mut found = Vec::new();
        if self.store.offline {
            return found;
        }
        let (hq, store) = (&self.reader.hq, self.store.id);
        let plans = || self.hq.uploads.iter().flatten();
        for (job, table) in
            plans().flat_map(|one| one.tables.iter().flatten().map(move |t| (&one.job.id, t)))
        {
            let target = &table.plan.target;
            let counters = arrears::counters(hq, channel, store, target, &table.counter);
            found.push(UploadFacts {
                job: job.clone(),
                table: target.clone(),
                counters: known(counters),
                lost: None,
                late: None,
            });
        }
        found
    }

    /// What rows say that are held against headquarters': which were lost, which differ. The
    /// channel is attached once for all of it, since that reads its schema again.
    fn beside(
        &self,
        channel: &ChannelDatabase,
        tables: &Tables,
        uploads: &mut [UploadFacts],
    ) -> Option<Vec<(JobId, String, Known<Drift>)>> {
        let Reading { rows, pages, .. } = self.reading;
        let mut drift = rows.then(Vec::new);
        if !rows && (!pages || uploads.is_empty()) {
            return drift;
        }
        let looked = with_channel(&self.reader.hq, channel, || {
            if pages && !uploads.is_empty() {
                self.lost(channel, uploads);
            }
            if let Some(found) = &mut drift {
                self.drift(tables, found);
            }
            Ok(())
        });
        if let Err(error) = looked {
            let why = Unknown::from(error);
            for one in uploads.iter_mut().filter(|_| pages) {
                one.lost = Some(Err(why.clone()));
                one.late = Some(Err(why.clone()));
            }
            let whole = (JobId::default(), "its tables".to_owned(), Err(why));
            if let Some(found) = &mut drift {
                found.push(whole);
            }
        }
        drift
    }

    /// Looks for rows that count as received and are not, where the counters could be read.
    fn lost(&self, channel: &ChannelDatabase, found: &mut [UploadFacts]) {
        let (hq, store) = (&self.reader.hq, self.store.id);
        let plans = self.hq.uploads.iter().flatten();
        let tables: Vec<&UploadTable> = plans.flat_map(|one| one.tables.iter().flatten()).collect();
        let packages = Folder(self.reader.env.packages_path());
        let open = self.hq.upload_sessions.as_ref().map_err(Clone::clone);
        let open =
            open.and_then(|all| known(lost::PendingUploads::from(all, store, channel, &packages)));
        for (table, one) in tables.iter().zip(found) {
            one.late = Some(known(extension::late(hq, store, table)));
            if one.counters.is_err() || !lost::is_alone(table, tables.iter().copied()) {
                continue;
            }
            let open = open.as_ref().map_err(Clone::clone);
            one.lost =
                Some(open.and_then(|open| known(lost::count(hq, channel, store, table, open))));
        }
    }

    fn excluded(&self, channel: &ChannelDatabase) -> Result<Vec<(JobId, String, u64)>, StoreError> {
        let mut found = Vec::new();
        if !self.store.offline {
            return Ok(found);
        }
        for plans in self.hq.downloads.iter().flatten() {
            for plan in plans.plans.iter().flatten().filter(|plan| plan.exclude_offline) {
                if let Some(rows) = arrears::row_count(channel, &plan.target)? {
                    found.push((plans.job.id.clone(), plan.target.clone(), rows));
                }
            }
        }
        Ok(found)
    }

    fn drift(&self, tables: &Tables, found: &mut Vec<(JobId, String, Known<Drift>)>) {
        let hq = &self.reader.hq;
        for plans in self.hq.downloads.iter().flatten() {
            let job = &plans.job.id;
            let version = match self.judged_from(job) {
                Ok(Some(version)) => version,
                Ok(None) => continue,
                Err(why) => {
                    found.push((job.clone(), format!("job {job}"), Err(why)));
                    continue;
                }
            };
            for plan in plans.plans.iter().flatten() {
                if self.store.offline && plan.exclude_offline {
                    continue;
                }
                // A table that is not there is told by the rule about mappings.
                let Some(table) = tables.get(&plan.target.to_ascii_uppercase()) else {
                    continue;
                };
                let group = self.store.group_id;
                let reached = Some(version);
                let one = Comparison { plan, table, group, reached, most: MOST_SAMPLES };
                let drift = known(compare(hq, one)).map(Option::unwrap_or_default);
                found.push((job.clone(), plan.target.clone(), drift));
            }
        }
    }

    /// The row version up to which this database has had a job; none where it never had it.
    fn judged_from(&self, job: &JobId) -> Known<Option<i64>> {
        let sessions = self.hq.sessions.as_ref()?;
        let Reached::Version(version) = sessions.reached(self.store.id, job) else {
            return Ok(None);
        };
        let from = *self.hq.tracked_from.as_ref()?;
        if version < from {
            let why = format!(
                "it was last brought at row version {version}, and changes are known from {from}"
            );
            return Err(Unknown(why));
        }
        Ok(Some(version))
    }
}
