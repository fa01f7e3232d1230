//! What rules about uploads share: what is wrong with the schedules behind the P-job (U03).

use crate::doctor::facts::Examination;
use crate::doctor::fix::{Stage, Step};
use crate::doctor::rule::Unknown;
use crate::gates::script::quoted;
use crate::model::job::{Direction, Job};
use crate::model::topology::{BatchState, Schedule};

/// Something wrong with the schedules of an upload job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    /// The group it is about; none when it is about the schedule itself.
    pub(super) group: Option<String>,
    /// The schedule, where there is one.
    pub(super) schedule: Option<String>,
    /// The warning, in the words of the upload sessions page.
    pub(super) warning: String,
    /// What mends it.
    pub(super) step: Step,
}

/// The upload jobs of an environment.
pub(super) fn upload_jobs(x: &Examination) -> Result<Vec<&Job>, Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    Ok(definitions.jobs.iter().filter(|job| job.direction == Direction::Upload).collect())
}

/// The schedules that run a job.
pub(super) fn schedules_of<'a>(
    x: &'a Examination,
    job: &str,
) -> Result<Vec<&'a Schedule>, Unknown> {
    let runs = |schedule: &&Schedule| schedule.jobs.iter().any(|j| j.eq_ignore_ascii_case(job));
    Ok(x.hq.schedules.as_ref()?.iter().filter(runs).collect())
}

/// What keeps the uploads of a group from being applied; nothing when a schedule does it.
pub(super) fn cause(x: &Examination, job: &str, group: &str) -> Result<Option<Cause>, Unknown> {
    let serving: Vec<&Schedule> = schedules_of(x, job)?
        .into_iter()
        .filter(|schedule| schedule.groups.iter().any(|known| known == group))
        .collect();
    if serving.is_empty() {
        let command = match schedules_of(x, job)?.first() {
            Some(schedule) => {
                let groups = schedule.groups.iter().map(|name| quoted(name));
                let groups: Vec<String> = groups.chain([quoted(group)]).collect();
                format!(
                    "cdx schedules set {} --groups {}",
                    quoted(&schedule.name),
                    groups.join(" ")
                )
            }
            None => {
                let (job, group) = (quoted(job), quoted(group));
                format!("cdx schedules set {job} --jobs {job} --groups {group}")
            }
        };
        return Ok(Some(Cause {
            group: Some(group.to_owned()),
            schedule: None,
            warning: format!(
                "the channel database group '{group}' doesn't belong to one or more upload \
                 distribution schedules"
            ),
            step: Step::new(Stage::Clear, command),
        }));
    }
    let broken: Vec<Option<Cause>> = serving.iter().map(|one| of_schedule(one, group)).collect();
    // One schedule that works is enough.
    if broken.iter().any(Option::is_none) {
        return Ok(None);
    }
    Ok(broken.into_iter().flatten().next())
}

fn of_schedule(schedule: &Schedule, group: &str) -> Option<Cause> {
    let name = &schedule.name;
    let batch = format!("Batch job '{}' ({})", schedule.batch_id, schedule.batch);
    let (warning, option) = match schedule.batch_state {
        _ if !schedule.active => (
            format!(
                "the channel database group '{group}' belongs to distribution schedule '{name}', \
                 which is not active"
            ),
            "--active yes",
        ),
        None => (
            format!("the distribution schedule '{name}' doesn't have any recurrent batch jobs"),
            "--recurring yes",
        ),
        Some(_) if !schedule.recurring => (
            format!("the distribution schedule '{name}' doesn't have any recurrent batch jobs"),
            "--recurring yes",
        ),
        Some(BatchState::Hold) => (
            format!(
                "the distribution schedule '{name}' is run by {batch}, which is in state 'Hold'; \
                 no upload sessions will be applied"
            ),
            "--batch-state waiting",
        ),
        Some(state) if !state.is_valid() => (
            format!(
                "the distribution schedule '{name}' is run by {batch}, which is not in a valid \
                 state ({})",
                state.as_str()
            ),
            "--batch-state waiting",
        ),
        Some(_) => return None,
    };
    let schedule = Some(name.clone());
    let step = Step::new(Stage::Clear, format!("cdx schedules set {} {option}", quoted(name)));
    Some(Cause { group: None, schedule, warning, step })
}
