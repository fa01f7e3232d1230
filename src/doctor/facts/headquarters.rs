//! What is known of headquarters.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::Reading;
use crate::diagnosis::{Known, Unknown};
use crate::exchange::chain;
use crate::exchange::generate::any_change;
use crate::exchange::intents::{Unfinished, unfinished};
use crate::exchange::plan::plan_job;
use crate::exchange::upload_tables::upload_tables;
use crate::gates::Catalogue;
use crate::gates::standing::{FeatureEvent, Standing};
use crate::model::history::History;
use crate::model::ids::{AccountNum, DataStoreId, GroupId, JobId, UploadId};
use crate::model::job::{Definitions, Direction, Job};
use crate::model::plan::TablePlan;
use crate::model::replaced::Cause;
use crate::model::schema::Tables;
use crate::model::session::{DownloadSession, UploadSession};
use crate::model::settings::Settings;
use crate::model::status::UploadStatus;
use crate::model::time::Time;
use crate::model::topology::{DataStore, Group, Schedule};
use crate::runtime::HeadquartersGround;
use crate::store::added_fields::{self, AddedField};
use crate::store::default_customers::{self, DefaultCustomer};
use crate::store::feature_log;
use crate::store::feature_rows::{self, Half};
use crate::store::lengths::{OverlongColumn, too_long};
use crate::store::operations::{FailedOperation, LateOperation, PendingOperations};
use crate::store::packages::{Folder, PackageStore, checksum};
use crate::store::sessions::Shortfall;
use crate::store::topology::Parameter;
use crate::store::unknown_files::{UnknownFile, unknown_files};
use crate::store::upload_table::UploadTable;
use crate::store::{
    Headquarters, Reader, StoreError, catalogue, features, lineage, lost, operations, scheduler,
    sessions, topology, tracking, upload_pack, uploads, world,
};
use crate::world::Clock;

/// A download job and what it does to each table.
#[derive(Debug)]
pub(crate) struct JobPlans {
    /// The job.
    pub(crate) job: Job,
    /// Its tables, or what is wrong with its mapping.
    pub(crate) plans: Known<Vec<TablePlan>>,
}

/// An upload job and the tables it collects.
#[derive(Debug)]
pub(crate) struct UploadPlans {
    /// The job.
    pub(crate) job: Job,
    /// Its tables, or what is wrong with its mapping.
    pub(crate) tables: Known<Vec<UploadTable>>,
}

/// Where a group stands with a download job.
#[derive(Debug)]
pub(crate) struct GroupJob {
    /// The group's RECID.
    pub(crate) group: GroupId,
    /// The job.
    pub(crate) job: JobId,
    /// The row version up to which the group has had it.
    pub(crate) version: Option<i64>,
    /// Whether anything it brings was touched since.
    pub(crate) changed: bool,
}

/// What has become of a package that is still needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackageState {
    /// It is as it was made, as far as was looked.
    Whole,
    /// It is not there.
    Missing,
    /// Its size or its checksum is not what headquarters recorded.
    Altered,
}

/// Everything that is known of headquarters.
#[derive(Debug)]
pub struct HeadquartersFacts {
    /// What `cdx.toml` says.
    pub(crate) settings: Settings,
    /// The environment's time.
    pub(crate) clock: Clock,
    /// The feature gates.
    pub(crate) catalogue: Catalogue,
    /// How features stand.
    pub(crate) standing: Known<Standing>,
    /// The row version at which each feature was last turned on or off, by slug.
    pub(crate) changed: Known<BTreeMap<String, i64>>,
    /// Why a feature that fell due stayed off, by slug, the last time it was looked at.
    pub(crate) stayed_off: Known<BTreeMap<String, String>>,
    /// Features with one of their two rows, by their name in that row, and which it is.
    pub(crate) half_features: Known<Vec<(String, Half)>>,
    /// The definitions that runs use.
    pub(crate) definitions: Known<Definitions>,
    /// Fields that were mapped after their job had run, with rows from before.
    pub(crate) added_fields: Known<Vec<AddedField>>,
    /// Headquarters' tables.
    pub(crate) tables: Known<Tables>,
    /// The channel tables as headquarters knows them.
    pub(crate) channel_tables: Known<Tables>,
    /// The download jobs with their tables.
    pub(crate) downloads: Known<Vec<JobPlans>>,
    /// The upload jobs with their tables.
    pub(crate) uploads: Known<Vec<UploadPlans>>,
    /// The channel database groups.
    pub(crate) groups: Vec<Group>,
    /// The channel and offline databases, all of them.
    pub(crate) stores: Vec<DataStore>,
    /// The distribution schedules.
    pub(crate) schedules: Known<Vec<Schedule>>,
    /// When each database was last heard of, by RECID.
    pub(crate) connections: Known<BTreeMap<DataStoreId, Time>>,
    /// The download sessions.
    pub(crate) sessions: Known<History>,
    /// The upload sessions, oldest first.
    pub(crate) upload_sessions: Known<Vec<UploadSession>>,
    /// Upload sessions that were cancelled, with a package that has rows headquarters does not
    /// have; how many.
    pub(crate) cancelled: Known<BTreeMap<UploadId, u64>>,
    /// Databases whose file was replaced and whose rows have not been looked after, and why.
    pub(crate) replaced: Known<Vec<(DataStoreId, Cause)>>,
    /// Channel database files that headquarters has no row for.
    pub(crate) unknown_files: Known<Vec<UnknownFile>>,
    /// Packages of sessions that are not over, by name.
    pub(crate) packages: Known<BTreeMap<String, PackageState>>,
    /// What each database lacks of each job, by the database's RECID and the job.
    pub(crate) lacks: Known<BTreeMap<(DataStoreId, JobId), Shortfall>>,
    /// Where each group stands with each download job.
    pub(crate) group_jobs: Known<Vec<GroupJob>>,
    /// The lowest version that changes can be told from.
    pub(crate) tracked_from: Known<i64>,
    /// By channel table: the row versions at which anything that jobs bring to it was touched,
    /// their filters' tables included; none where headquarters does not track it.
    pub(crate) changes: Known<BTreeMap<String, Option<BTreeSet<i64>>>>,
    /// What operations rest on there.
    pub(crate) said: Known<HeadquartersGround>,
    /// The default customer of each channel database, by RECID, and whether headquarters has it.
    pub(crate) default_customers: Known<BTreeMap<DataStoreId, DefaultCustomer>>,
    /// The first customer there is, if any.
    pub(crate) some_customer: Known<Option<AccountNum>>,
    /// The parameters.
    pub(crate) parameters: Known<Vec<Parameter>>,
    /// The version the scheduler was initialized in.
    pub(crate) scheduler_version: Known<String>,
    /// Customer operations that failed.
    pub(crate) failed_operations: Known<Vec<FailedOperation>>,
    /// Customer operations that left fields alone.
    pub(crate) late_operations: Known<Vec<LateOperation>>,
    /// Customer operations that the batch has not looked at, by channel.
    pub(crate) pending_operations: Known<Vec<PendingOperations>>,
    /// Operations over two files that could not be finished, oldest first.
    pub(crate) unfinished: Known<Vec<Unfinished>>,
    /// What is too long for a channel; none when rows were not read.
    pub(crate) too_long: Option<Known<Vec<(JobId, OverlongColumn)>>>,
}

impl HeadquartersFacts {
    /// Reads headquarters: every row of it too, and the checksums of packages, where asked.
    ///
    /// # Errors
    /// What makes an examination impossible: gates that do not load, no list of channels.
    pub(in crate::doctor) fn read(
        reader: &Reader,
        reading: Reading,
        checksums: bool,
    ) -> Result<Self, StoreError> {
        let hq = &reader.hq;
        let clock = reader.world.clock.clone();
        let catalogue = reader.env.gates()?;
        let definitions = known(scheduler::read(hq));
        let tables = known(catalogue::tables(hq));
        let channel_tables = known(catalogue::registered_channel_tables(hq));
        let defined =
            Defined { definitions: &definitions, tables: &tables, channel_tables: &channel_tables };
        let downloads = defined.downloads();
        let sessions = known(history(hq));
        let upload_sessions = known(uploads::all(hq));
        let groups = topology::groups(hq)?;
        let stores = topology::data_stores(hq)?;
        Ok(Self {
            added_fields: known(added_fields::added(hq)),
            settings: reader.env.settings().clone(),
            standing: known(features::standing(hq, &catalogue, &clock)),
            changed: changed(reader, &catalogue),
            stayed_off: stayed_off(reader, &catalogue),
            half_features: known(feature_rows::halves(hq)),
            uploads: defined.uploads(),
            schedules: known(topology::schedules(hq)),
            connections: known(topology::last_connections(hq)),
            cancelled: cancelled(reader, &upload_sessions),
            replaced: known(lineage::replaced(hq)),
            unknown_files: unknown(reader, &stores),
            packages: packages(reader, &sessions, &upload_sessions, checksums),
            lacks: lacks(reader, &stores, &downloads),
            group_jobs: group_jobs(reader, &groups, &downloads),
            tracked_from: known(tracking::min_valid(hq)),
            changes: changes(reader, &downloads),
            said: known(HeadquartersGround::read(hq, &catalogue)),
            default_customers: known(default_customers::all(hq, &reader.env.settings().company)),
            some_customer: known(default_customers::first(hq, &reader.env.settings().company)),
            parameters: known(topology::parameters(hq)),
            scheduler_version: known(world::value(hq, "scheduler-version")),
            failed_operations: known(operations::failed(hq)),
            late_operations: known(operations::late(hq)),
            pending_operations: known(operations::pending(hq)),
            unfinished: known(unfinished(hq)),
            too_long: reading.rows.then(|| lengths(reader, &downloads, &channel_tables)),
            clock,
            catalogue,
            definitions,
            tables,
            channel_tables,
            downloads,
            groups,
            stores,
            sessions,
            upload_sessions,
        })
    }

    /// The value of a parameter, in any case; none when it is not set.
    pub(crate) fn parameter(&self, name: &str) -> Known<Option<&str>> {
        let parameters = self.parameters.as_ref().map_err(Clone::clone)?;
        let found = parameters.iter().find(|one| one.name.eq_ignore_ascii_case(name));
        Ok(found.map(|one| one.value.trim()))
    }

    /// The channel databases, without registers' offline ones.
    pub(crate) fn channel_stores(&self) -> impl Iterator<Item = &DataStore> {
        self.stores.iter().filter(|store| !store.offline)
    }

    /// Whether a time is before this long ago.
    pub(crate) fn is_older(&self, time: &Time, than: std::time::Duration) -> bool {
        *time < self.clock.before(than)
    }
}

/// A fact, or why it is not known.
pub(super) fn known<T>(read: Result<T, StoreError>) -> Known<T> {
    read.map_err(Unknown::from)
}

fn history(hq: &Headquarters) -> Result<History, StoreError> {
    Ok(History::new(sessions::all(hq)?, &sessions::rebuilt(hq)?))
}

struct Defined<'a> {
    definitions: &'a Known<Definitions>,
    tables: &'a Known<Tables>,
    channel_tables: &'a Known<Tables>,
}

impl Defined<'_> {
    fn parts(&self) -> Known<(&Definitions, &Tables, &Tables)> {
        let definitions = self.definitions.as_ref().map_err(Clone::clone)?;
        let tables = self.tables.as_ref().map_err(Clone::clone)?;
        Ok((definitions, tables, self.channel_tables.as_ref().map_err(Clone::clone)?))
    }

    fn downloads(&self) -> Known<Vec<JobPlans>> {
        let (definitions, hq, channel) = self.parts()?;
        let of = definitions.jobs.iter().filter(|job| job.direction == Direction::Download);
        let plans = of.map(|job| JobPlans {
            job: job.clone(),
            plans: plan_job(definitions, job, hq, channel).map_err(|e| Unknown(chain(&e))),
        });
        Ok(plans.collect())
    }

    fn uploads(&self) -> Known<Vec<UploadPlans>> {
        let (definitions, hq, channel) = self.parts()?;
        let of = definitions.jobs.iter().filter(|job| job.direction == Direction::Upload);
        let plans = of.map(|job| UploadPlans {
            job: job.clone(),
            tables: upload_tables(definitions, job, hq, channel).map_err(|e| Unknown(chain(&e))),
        });
        Ok(plans.collect())
    }
}

fn changed(reader: &Reader, catalogue: &Catalogue) -> Known<BTreeMap<String, i64>> {
    let mut changed = BTreeMap::new();
    for gate in &catalogue.gates {
        if let Some(version) = features::changed_at(&reader.hq, gate)? {
            changed.insert(gate.slug.clone(), version);
        }
    }
    Ok(changed)
}

fn stayed_off(reader: &Reader, catalogue: &Catalogue) -> Known<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for gate in &catalogue.gates {
        let last = feature_log::history_of(&reader.hq, gate, &reader.world.clock)?.pop();
        if let Some(line) = last.filter(|line| line.event == FeatureEvent::StayedOff) {
            found.insert(gate.slug.clone(), line.detail);
        }
    }
    Ok(found)
}

fn packages(
    reader: &Reader,
    downloads: &Known<History>,
    uploads: &Known<Vec<UploadSession>>,
    checksums: bool,
) -> Known<BTreeMap<String, PackageState>> {
    use UploadStatus::{ApplyFailed, UploadFailed, Uploaded};
    let downloads = downloads.as_ref().map_err(Clone::clone)?.all();
    let uploads = uploads.as_ref().map_err(Clone::clone)?;
    let waits =
        |session: &&DownloadSession| session.stores.iter().any(|row| !row.status.is_final());
    let down = downloads.iter().filter(waits);
    let down = down.map(|session| (&session.package, &session.checksum, session.bytes));
    let open = |session: &&UploadSession| {
        matches!(session.status, Uploaded | UploadFailed | ApplyFailed) || session.given_up
    };
    let up = uploads.iter().filter(open);
    let up = up.map(|session| (&session.package, &session.checksum, session.bytes));
    let folder = Folder(reader.env.packages_path());
    let mut found = BTreeMap::new();
    for (package, recorded, bytes) in down.chain(up) {
        let Some(name) = package else { continue };
        let state = match folder.get(name)? {
            None => PackageState::Missing,
            Some(file) => {
                let size = std::fs::metadata(&file).map_err(StoreError::io("read", &file))?.len();
                let altered = size != bytes || checksums && checksum(&file)?.0 != *recorded;
                if altered { PackageState::Altered } else { PackageState::Whole }
            }
        };
        found.insert(name.clone(), state);
    }
    Ok(found)
}

fn lacks(
    reader: &Reader,
    stores: &[DataStore],
    downloads: &Known<Vec<JobPlans>>,
) -> Known<BTreeMap<(DataStoreId, JobId), Shortfall>> {
    let downloads = downloads.as_ref().map_err(Clone::clone)?;
    let mut found = BTreeMap::new();
    for store in stores {
        for JobPlans { job, .. } in downloads {
            let lack = sessions::shortfall(&reader.hq, store.id, &job.id)?;
            found.insert((store.id, job.id.clone()), lack);
        }
    }
    Ok(found)
}

fn cancelled(
    reader: &Reader,
    uploads: &Known<Vec<UploadSession>>,
) -> Known<BTreeMap<UploadId, u64>> {
    let uploads = uploads.as_ref().map_err(Clone::clone)?;
    let folder = Folder(reader.env.packages_path());
    let mut found = BTreeMap::new();
    for session in uploads.iter().filter(|session| session.status == UploadStatus::Canceled) {
        let Some(package) = &session.package else { continue };
        if let Some(file) = lost::whole(&folder, package, &session.checksum)? {
            let rows = upload_pack::not_received(&reader.hq, &file)?.unwrap_or(session.rows);
            found.insert(session.id, rows);
        }
    }
    found.retain(|_, rows| *rows > 0);
    Ok(found)
}

fn unknown(reader: &Reader, stores: &[DataStore]) -> Known<Vec<UnknownFile>> {
    let names: Vec<String> = stores.iter().map(|store| store.name.clone()).collect();
    known(unknown_files(reader, &names))
}

fn group_jobs(
    reader: &Reader,
    groups: &[Group],
    downloads: &Known<Vec<JobPlans>>,
) -> Known<Vec<GroupJob>> {
    let downloads = downloads.as_ref().map_err(Clone::clone)?;
    let mut found = Vec::new();
    for group in groups {
        for JobPlans { job, plans } in downloads {
            let version = sessions::row_version(&reader.hq, group.id, &job.id)?;
            let changed = match (version, plans) {
                (Some(version), Ok(plans)) => any_change(&reader.hq, plans, version)?,
                _ => false,
            };
            found.push(GroupJob { group: group.id, job: job.id.clone(), version, changed });
        }
    }
    Ok(found)
}

fn changes(
    reader: &Reader,
    downloads: &Known<Vec<JobPlans>>,
) -> Known<BTreeMap<String, Option<BTreeSet<i64>>>> {
    let downloads = downloads.as_ref().map_err(Clone::clone)?;
    let mut found: BTreeMap<String, Option<BTreeSet<i64>>> = BTreeMap::new();
    for plan in downloads.iter().flat_map(|job| &job.plans).flatten() {
        let versions = found.entry(plan.target.clone()).or_insert_with(|| Some(BTreeSet::new()));
        for table in plan.watched().into_iter().chain([plan.hq_table.as_str()]) {
            match (tracking::changes(&reader.hq, table)?, versions.as_mut()) {
                (Some(more), Some(known)) => known.extend(more),
                _ => *versions = None,
            }
        }
    }
    Ok(found)
}

fn lengths(
    reader: &Reader,
    downloads: &Known<Vec<JobPlans>>,
    channel_tables: &Known<Tables>,
) -> Known<Vec<(JobId, OverlongColumn)>> {
    let downloads = downloads.as_ref().map_err(Clone::clone)?;
    let tables = channel_tables.as_ref().map_err(Clone::clone)?;
    let mut found = Vec::new();
    for JobPlans { job, plans } in downloads {
        for plan in plans.iter().flatten() {
            let Some(table) = tables.get(&plan.target.to_ascii_uppercase()) else { continue };
            let long = too_long(&reader.hq, plan, table)?;
            found.extend(long.into_iter().map(|long| (job.id.clone(), long)));
        }
    }
    Ok(found)
}
