//! What rules about jobs and sessions share: how a channel gets what it lacks.

use super::features::{features, is_half};
use crate::diagnosis::{Fix, Safety, Stage, Step, Unknown};
use crate::doctor::facts::{Channel, ChannelFacts, Examination, GroupJob, JobPlans, PackageState};
use crate::gates::Gate;
use crate::gates::gate::CARRIER;
use crate::gates::plan::{PlanGround, PlanStep, StepKind, plan};
use crate::model::history::Reached;
use crate::model::ids::JobId;
use crate::model::suggestion::{OfChannels, OfFeatures, Run, Suggestion};
use crate::model::topology::{DataStore, OFFLINE_SUFFIX, Schedule};
use crate::runtime::plan::{Blockages, Terrain};
use crate::store::sessions::Shortfall;

/// A full synchronization of a job for one database.
pub(in crate::doctor) fn full(job: &JobId, database: &str) -> Step {
    Step::new(Stage::Full, Run::job(job).full().in_channel(database))
}

/// The run that fills a database which has nothing yet: the download jobs that active schedules
/// bring to its group and that are meant for it.
pub(in crate::doctor) fn refill(
    x: &Examination,
    database: &str,
    group: &str,
) -> Result<Vec<Step>, Unknown> {
    let offline = database.ends_with(OFFLINE_SUFFIX);
    let mut jobs = Vec::new();
    for plans in x.hq.downloads.as_ref()? {
        if is_meant(plans, offline) && is_group_served(x, group, &plans.job.id)? {
            jobs.push(&plans.job.id);
        }
    }
    let run = Step::new(Stage::Download, Run::jobs(&jobs).in_channel(database));
    Ok(if jobs.is_empty() { Vec::new() } else { vec![run] })
}

/// The same for a database that headquarters knows.
pub(in crate::doctor) fn refill_known(
    x: &Examination,
    database: &str,
) -> Result<Vec<Step>, Unknown> {
    let known = x.hq.stores.iter().find(|store| store.name.eq_ignore_ascii_case(database));
    known.map_or_else(|| Ok(Vec::new()), |store| refill(x, &store.name, &store.group))
}

/// A channel can be made again and filled by its jobs; headquarters comes back from a copy only.
pub(in crate::doctor) fn rebuild(x: &Examination, name: &str) -> Result<Option<Fix>, Unknown> {
    let again = OfChannels::Rebuild { database: name.to_owned(), discard: true };
    let again = Step::new(Stage::Clear, again);
    let refilled = refill_known(x, name)?;
    Ok(Fix::new(Safety::Destructive, std::iter::once(again).chain(refilled)))
}

/// Whether a job has anything for a database of this kind.
pub(in crate::doctor) fn is_meant(plans: &JobPlans, offline: bool) -> bool {
    let tables = plans.plans.as_deref().unwrap_or_default();
    !offline || tables.iter().any(|plan| !plan.exclude_offline)
}

/// What keeps jobs from reaching one database.
fn obstacles(x: &Examination, store: &DataStore) -> Result<Blockages, Unknown> {
    let packages = x.hq.packages.as_ref()?;
    let unfit = packages.iter().filter(|(_, state)| **state != PackageState::Whole);
    let enforcement = x.hq.parameter("CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT")?;
    Ok(Blockages::of(Terrain {
        groups: x.hq.groups.clone(),
        stores: vec![store.clone()],
        schedules: x.hq.schedules.as_ref()?.clone(),
        sessions: x.hq.sessions.as_ref()?.all(),
        gone: &unfit.map(|(name, _)| name.clone()).collect(),
        enforced: enforcement == Some("1"),
    }))
}

/// Where lost sessions make a delta useless, its job comes whole instead.
fn whole_where_lost(
    x: &Examination,
    store: &DataStore,
    steps: Vec<PlanStep>,
) -> Result<Vec<PlanStep>, Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    let mut found = Vec::new();
    for step in steps {
        let run = step.command.as_ref().and_then(Suggestion::as_run).filter(|run| !run.full);
        let Some(run) = run.filter(|_| step.kind == StepKind::Run) else {
            found.push(step);
            continue;
        };
        let (lost, rest): (Vec<&String>, Vec<&String>) =
            run.jobs.iter().partition(|job| sessions.has_lost(store.id, &JobId::new(*job)));
        for job in lost {
            let command = Run::job(job).full().in_channel(&store.name);
            found.push(PlanStep::new(StepKind::Run, command, "a session of it was given up"));
        }
        if !rest.is_empty() {
            let command = Run::jobs(rest).in_channel(&store.name).into();
            found.push(PlanStep { command: Some(command), ..step });
        }
    }
    Ok(found)
}

/// A step of a feature's plan for one channel; none for one that only waits.
fn of_plan(step: &PlanStep) -> Option<Step> {
    let command = step.command.clone()?;
    let stage = match step.kind {
        StepKind::Upgrade => Stage::Upgrade,
        StepKind::Configure => Stage::Configure,
        StepKind::Clear => Stage::Clear,
        StepKind::Disable | StepKind::Enable => Stage::Enable,
        StepKind::Initialize => Stage::Initialize,
        StepKind::Run if command.is_full() => Stage::Full,
        StepKind::Run | StepKind::Wait => Stage::Download,
        StepKind::Restart => Stage::Restart,
    };
    Some(Step::new(stage, command).widening(stage != Stage::Full))
}

/// Whether a step of a plan only brings about what headquarters says already.
fn is_safe(kind: StepKind) -> bool {
    matches!(kind, StepKind::Initialize | StepKind::Run | StepKind::Wait | StepKind::Restart)
}

/// Steps of a plan for one channel as a fix.
fn fix_of(steps: &[PlanStep]) -> Option<Fix> {
    let safe = steps.iter().all(|step| is_safe(step.kind));
    let safety = if safe { Safety::Safe } else { Safety::Manual };
    Fix::new(safety, steps.iter().filter_map(of_plan))
}

/// The way to a feature that is effective in one channel.
pub(in crate::doctor) fn way(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    gate: &Gate,
) -> Result<Option<Fix>, Unknown> {
    if is_half(x, gate)? {
        // No job brings a row that headquarters has not.
        let refresh = OfFeatures::Refresh;
        let first = PlanStep::new(StepKind::Enable, refresh, "makes the row that is missing");
        return deliver(x, channel, facts, vec![first], Bring::Changes(CARRIER));
    }
    let definitions = x.hq.definitions.as_ref()?;
    let jobs: Vec<JobId> = definitions.jobs.iter().map(|job| job.id.clone()).collect();
    let obstacles = obstacles(x, &channel.store)?;
    let ground = PlanGround {
        features: features(x)?,
        progress: &|slug| facts.progress.get(slug).map_or(&[], std::slice::from_ref),
        only: Some(&channel.store.name),
        jobs: &jobs,
        obstacles: &|jobs| obstacles.steps(jobs),
        lacking: &|jobs| {
            let held = facts.lacking.iter().filter(|item| jobs.contains(&item.job));
            held.map(|item| (item.name.clone(), item.text.clone())).collect()
        },
    };
    let steps = whole_where_lost(x, &channel.store, plan(&ground, gate).steps)?;
    Ok(fix_of(&steps))
}

/// What a channel needs of a job.
#[derive(Debug, Clone, Copy)]
pub(in crate::doctor) enum Bring<'a> {
    /// Nothing.
    Nothing,
    /// What is changed in headquarters on the way there.
    Changes(&'a str),
    /// What headquarters has and the channel has not: changes where there are any, else the whole,
    /// since a run without changes brings nothing.
    WhatIsMissing(&'a str),
}

/// The way of one job to one channel, and then past the memories before it where they hold any.
pub(in crate::doctor) fn deliver(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    first: Vec<PlanStep>,
    bring: Bring<'_>,
) -> Result<Option<Fix>, Unknown> {
    let name = &channel.store.name;
    let mut steps = first;
    let run = match bring {
        Bring::Nothing => None,
        Bring::Changes(job) => Some((job, false)),
        Bring::WhatIsMissing(job) => Some((job, !is_due(x, &channel.store, &JobId::new(job))?)),
    };
    if let Some((job, full)) = run {
        steps.extend(obstacles(x, &channel.store)?.steps(&[JobId::new(job)]));
        let command = Run { full, ..Run::job(job).in_channel(name) };
        steps.push(PlanStep::new(StepKind::Run, command, "brings it to the channel"));
    }
    if facts.held.iter().any(Option::is_some) {
        let command = Suggestion::RestartScaleUnits(Some(name.clone()));
        steps.push(PlanStep::new(StepKind::Restart, command, "has the scale unit look again"));
    }
    if facts.shop.holds() {
        let command = Suggestion::RestartStorefronts(Some(name.clone()));
        let why = "has the e-commerce application ask again";
        steps.push(PlanStep::new(StepKind::Restart, command, why));
    }
    let steps = whole_where_lost(x, &channel.store, steps)?;
    Ok(fix_of(&steps))
}

/// Whether an active schedule runs a job for a database's group.
pub(in crate::doctor) fn is_served(
    x: &Examination,
    store: &DataStore,
    job: &JobId,
) -> Result<bool, Unknown> {
    is_group_served(x, &store.group, job)
}

fn is_group_served(x: &Examination, group: &str, job: &JobId) -> Result<bool, Unknown> {
    let serves = |schedule: &Schedule| schedule.active && schedule.serves(job, group);
    Ok(x.hq.schedules.as_ref()?.iter().any(serves))
}

/// Whether a database has never had a job that is scheduled and meant for it.
pub(in crate::doctor) fn is_lacking(
    x: &Examination,
    channel: &Channel,
    plans: &JobPlans,
) -> Result<bool, Unknown> {
    let store = &channel.store;
    let never = x.hq.sessions.as_ref()?.reached(store.id, &plans.job.id) == Reached::Never;
    Ok(never
        && plans.plans.is_ok()
        && is_meant(plans, store.offline)
        && is_served(x, store, &plans.job.id)?)
}

/// Whether the next run of a job has something for a database.
pub(in crate::doctor) fn is_due(
    x: &Examination,
    store: &DataStore,
    job: &JobId,
) -> Result<bool, Unknown> {
    let own = |one: &&GroupJob| one.group == store.group_id && one.job == *job;
    let changed = x.hq.group_jobs.as_ref()?.iter().find(own);
    let lack = x.hq.lacks.as_ref()?.get(&(store.id, job.clone()));
    let open =
        x.hq.sessions
            .as_ref()?
            .of(store.id)
            .any(|(session, row)| session.job == *job && !row.status.is_final());
    let never = changed.is_none_or(|one| one.version.is_none());
    Ok(open
        || never
        || changed.is_some_and(|one| one.changed)
        || lack.is_some_and(|lack| *lack != Shortfall::Nothing))
}
