//! What rules about uploads share: what is wrong with the schedules behind the P-job (U03).

use super::schedules::{Defect, Flaw, batch, flaw, schedules_of, used_groups};
use crate::diagnosis::{Findings, Stage, Step, Unknown};
use crate::doctor::facts::{ChannelFacts, Examination, UploadFacts};
use crate::exchange::enlist;
use crate::model::ids::JobId;
use crate::model::job::{Direction, Job};
use crate::model::topology::{BatchState, Schedule};
use crate::store::arrears::Counters;

/// Something wrong with the schedules of an upload job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::doctor) struct Cause {
    /// The group it is about; none when it is about the schedule itself.
    pub(in crate::doctor) group: Option<String>,
    /// The schedule, where there is one.
    pub(in crate::doctor) schedule: Option<String>,
    /// The warning, in the words of the upload sessions page.
    pub(in crate::doctor) warning: String,
    /// What fixes it.
    pub(in crate::doctor) step: Step,
}

/// The upload jobs of an environment.
pub(in crate::doctor) fn upload_jobs(x: &Examination) -> Result<Vec<&Job>, Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    Ok(definitions.jobs.iter().filter(|job| job.direction == Direction::Upload).collect())
}

/// What keeps the uploads of a group from being applied; nothing when a schedule does it.
pub(in crate::doctor) fn cause(
    x: &Examination,
    job: &JobId,
    group: &str,
) -> Result<Option<Cause>, Unknown> {
    let mut serving = schedules_of(x, job)?;
    serving.retain(|schedule| schedule.serves(job, group));
    if serving.is_empty() {
        let schedules = x.hq.schedules.as_ref()?;
        let command = enlist::group_with_job(schedules, group, job, &used_groups(x));
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
    let Flaw { defect, command } = flaw(schedule)?;
    let (name, batch) = (&schedule.name, batch(schedule));
    let warning = match defect {
        Defect::Inactive => format!(
            "the channel database group '{group}' belongs to distribution schedule '{name}', \
             which is not active"
        ),
        Defect::NotRecurring => {
            format!("the distribution schedule '{name}' doesn't have any recurrent batch jobs")
        }
        Defect::State(Some(BatchState::Hold)) => format!(
            "the distribution schedule '{name}' is run by {batch}, which is in state 'Hold'; \
             no upload sessions will be applied"
        ),
        Defect::State(state) => format!(
            "the distribution schedule '{name}' is run by {batch}, which is not in a valid \
             state ({})",
            state.map_or("unknown", BatchState::as_str)
        ),
    };
    let schedule = Some(name.clone());
    Some(Cause { group: None, schedule, warning, step: Step::new(Stage::Clear, command) })
}

/// The upload tables of a channel whose counters are known; the others are told as not judged.
pub(in crate::doctor) fn counted<'a>(
    channel: &str,
    facts: &'a ChannelFacts,
    findings: &mut Findings,
) -> Vec<(&'a UploadFacts, &'a Counters)> {
    let mut found = Vec::new();
    for upload in &facts.uploads {
        match &upload.counters {
            Ok(counters) => found.push((upload, counters)),
            Err(why) => findings.unjudged(&format!("{channel} {}", upload.dotted()), why),
        }
    }
    found
}
