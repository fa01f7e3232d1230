//! The way to a feature that is effective, from everything an environment holds.

use std::collections::BTreeSet;

use super::features::look;
use crate::exchange::RunRequest;
use crate::exchange::enlist;
use crate::exchange::gate::unset;
use crate::gates::plan::{Plan, PlanGround, PlanStep, StepKind, plan};
use crate::gates::way::{ChannelOperations, Choice};
use crate::gates::{Catalogue, Features, Gate};
use crate::model::ids::{DownloadId, JobId};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfChannels, OfSessions, Run, SetSchedule, Suggestion};
use crate::model::topology::{DataStore, Group, Schedule};
use crate::store::packages::{Folder, PackageStore};
use crate::store::{Reader, StoreError, features, scheduler, sessions, topology};

/// Plans the way for a gate, in every channel or in one.
///
/// # Errors
/// The files of the environment, or an unknown channel.
pub(crate) fn plan_of(
    reader: &Reader,
    catalogue: &Catalogue,
    gate: &Gate,
    only: Option<&str>,
) -> Result<Plan, StoreError> {
    let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let gates: Vec<&Gate> = catalogue.gates.iter().collect();
    let progress = look(reader, catalogue, &standing, &gates, only, Some(gate))?;
    let jobs: Vec<JobId> =
        scheduler::read(&reader.hq)?.jobs.into_iter().map(|job| job.id).collect();
    let obstacles = Blockages::read(reader, only)?;
    let request = RunRequest { channel: only.map(str::to_owned), ..RunRequest::default() };
    let unset = unset(&reader.hq, catalogue, &standing, &jobs, &request)?;
    let lacking = |jobs: &[JobId]| {
        let held = unset.iter().filter(|item| jobs.contains(&item.job));
        held.map(|item| (item.name.clone(), item.text.clone())).collect()
    };
    let ground = PlanGround {
        features: Features { catalogue, standing: &standing },
        progress: &|slug| progress.get(slug).map_or(&[], Vec::as_slice),
        only,
        jobs: &jobs,
        obstacles: &|jobs| obstacles.steps(jobs),
        lacking: &lacking,
    };
    let mut plan = plan(&ground, gate);
    for one in progress.get(&gate.slug).into_iter().flatten() {
        let (channel, operations) =
            (one.in_effect.channel.clone(), one.in_effect.operations.clone());
        if !operations.is_empty() {
            plan.channels.push(ChannelOperations { channel, operations });
        }
    }
    plan.choices = choices(&plan.channels);
    Ok(plan)
}

/// The options of functionality profiles that keep operations from being local.
fn choices(channels: &[ChannelOperations]) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    for ChannelOperations { channel, operations } in channels {
        for one in operations {
            let (Some(command), Some(text)) = (one.way.setting.clone(), one.way.text.clone())
            else {
                continue;
            };
            let operation = one.operation;
            match found.iter_mut().find(|known| known.operation == operation && known.text == text)
            {
                Some(known) => known.channels.push(channel.clone()),
                None => {
                    found.push(Choice {
                        operation,
                        channels: vec![channel.clone()],
                        text,
                        command,
                    });
                }
            }
        }
    }
    found
}

/// What keeps jobs from reaching channels.
#[derive(Debug, Clone)]
pub(crate) struct Blockages {
    groups: Vec<Group>,
    stores: Vec<DataStore>,
    schedules: Vec<Schedule>,
    /// Suspended sessions, with the database they hold back.
    suspended: Vec<(DownloadId, JobId)>,
    /// Jobs with a session that waits for a database and whose package is gone (D15).
    gone: Vec<(JobId, String)>,
    /// Jobs with a failed session that holds back those of other jobs, with the database (D07).
    held: Vec<(JobId, String)>,
}

/// What obstacles are found in.
#[derive(Debug)]
pub(crate) struct Terrain<'a> {
    /// The channel database groups.
    pub(crate) groups: Vec<Group>,
    /// The databases that jobs are to reach.
    pub(crate) stores: Vec<DataStore>,
    /// The distribution schedules.
    pub(crate) schedules: Vec<Schedule>,
    /// The download sessions.
    pub(crate) sessions: &'a [DownloadSession],
    /// Packages of theirs that are not there any more.
    pub(crate) gone: &'a BTreeSet<String>,
    /// Sessions of a database wait for each other (D07).
    pub(crate) enforced: bool,
}

impl Blockages {
    fn read(reader: &Reader, only: Option<&str>) -> Result<Self, StoreError> {
        let hq = &reader.hq;
        let mut stores = topology::data_stores(hq)?;
        if let Some(name) = only {
            let wanted = topology::find_store(hq, name)?.id;
            stores.retain(|store| store.id == wanted);
        }
        let kept = Folder(reader.env.packages_path()).list()?;
        let sessions = sessions::all(hq)?;
        let names = sessions.iter().filter_map(|session| session.package.clone());
        Ok(Self::of(Terrain {
            groups: topology::groups(hq)?,
            stores,
            schedules: topology::schedules(hq)?,
            sessions: &sessions,
            gone: &names.filter(|name| !kept.contains(name)).collect(),
            enforced: topology::enforces_dependencies(hq)?,
        }))
    }

    /// What keeps jobs from reaching databases, as far as headquarters knows.
    pub(crate) fn of(terrain: Terrain<'_>) -> Self {
        let Terrain { groups, mut stores, schedules, sessions, .. } = terrain;
        let (mut suspended, mut gone, mut held) = (Vec::new(), Vec::new(), Vec::new());
        for session in sessions {
            let waits = |row: &&StoreSession| {
                !row.status.is_final() && stores.iter().any(|store| store.id == row.store_id)
            };
            if session.package.as_ref().is_some_and(|name| terrain.gone.contains(name)) {
                let rows = session.stores.iter().filter(waits);
                gone.extend(rows.map(|row| (session.job.clone(), row.store.clone())));
            }
            if terrain.enforced {
                let failed = session.stores.iter().filter(waits).filter(|row| {
                    row.status.is_failure() && row.status != DownloadStatus::Suspended
                });
                held.extend(failed.map(|row| (session.job.clone(), row.store.clone())));
            }
            let stops = session.stores.iter().any(|row| {
                row.status == DownloadStatus::Suspended
                    && stores.iter().any(|store| store.id == row.store_id && !store.offline)
            });
            if stops {
                suspended.push((session.id, session.job.clone()));
            }
        }
        stores.retain(|store| !store.offline);
        Self { groups, stores, schedules, suspended, gone, held }
    }

    /// The steps that clear the way for these jobs.
    pub(crate) fn steps(&self, jobs: &[JobId]) -> Vec<PlanStep> {
        let mut steps: Vec<PlanStep> = Vec::new();
        if jobs.is_empty() {
            return steps;
        }
        let clear = |command: Suggestion, why: String| PlanStep::new(StepKind::Clear, command, why);
        for store in self.stores.iter().filter(|store| store.paused) {
            let why = format!("{} gets nothing while it is paused", store.name);
            steps.push(clear(OfChannels::Resume(store.name.clone()).into(), why));
        }
        for (session, job) in &self.suspended {
            let why = format!("session {session} of {job} holds its databases back");
            steps.push(clear(OfSessions::Retry { id: *session, channel: None }.into(), why));
        }
        let used = self
            .groups
            .iter()
            .filter(|group| self.stores.iter().any(|store| store.group_id == group.id));
        let used: Vec<&Group> = used.collect();
        let names: Vec<&str> = used.iter().map(|group| group.name.as_str()).collect();
        for group in used {
            let held = self.held.iter().map(|(job, _)| job);
            for job in jobs.iter().chain(held) {
                // One command may serve several jobs and groups.
                if let Some(step) = self.schedule(group, job, &names)
                    && !steps.iter().any(|known| known.command == step.command)
                {
                    steps.push(step);
                }
            }
        }
        let holds = |held: &&(JobId, String)| !jobs.contains(&held.0) && !self.gone.contains(held);
        for (job, store) in self.held.iter().filter(holds) {
            let why = format!("a failed session of {job} holds {store} back");
            let step = clear(Run::job(job).in_channel(store).into(), why);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        let needs = |gone: &&(JobId, String)| jobs.contains(&gone.0) || self.held.contains(gone);
        for (job, store) in self.gone.iter().filter(needs) {
            let why = format!("a package that {store} waits for is gone");
            let step = clear(Run::job(job).full().in_channel(store).into(), why);
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// The step that gives a job of a group an active schedule (D13).
    fn schedule(&self, group: &Group, job: &JobId, groups: &[&str]) -> Option<PlanStep> {
        let clear = |command: Suggestion, why: String| PlanStep::new(StepKind::Clear, command, why);
        let mut serving =
            self.schedules.iter().filter(|schedule| schedule.serves(job, &group.name));
        let first = serving.clone().next();
        match (first, serving.any(|schedule| schedule.active)) {
            (_, true) => None,
            (Some(schedule), false) => {
                let name = &schedule.name;
                let why = format!("distribution schedule {name} is not active");
                let change = SetSchedule { active: Some(true), ..SetSchedule::of(name) };
                Some(clear(change.into(), why))
            }
            (None, _) => {
                let name = &group.name;
                let command = enlist::group_with_job(&self.schedules, name, job, groups);
                Some(clear(command, format!("group {name} is on no schedule with job {job}")))
            }
        }
    }
}
