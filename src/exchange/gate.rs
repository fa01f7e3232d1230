//! Keeps a job from publishing a feature before what it needs is set up (G16).

use super::error::{ExchangeError, Unset};
use super::request::RunRequest;
use crate::gates::gate::Before;
use crate::gates::standing::Standing;
use crate::gates::{Catalogue, Gate};
use crate::model::ids::JobId;
use crate::model::job::Job;
use crate::model::nearest::nearest;
use crate::store::{Environment, Headquarters, StoreError, features, topology};
use crate::world::Clock;

/// Refuses jobs that would publish a feature, to a channel that does not have it yet, while a
/// configuration it asks for before that job is missing and not allowed to be.
///
/// # Errors
/// [`ExchangeError::NotConfigured`] with all of them at once, or an `--allow` of an unknown name.
pub(crate) fn publishable(
    env: &Environment,
    hq: &Headquarters,
    clock: &Clock,
    jobs: &[Job],
    request: &RunRequest,
) -> Result<(), ExchangeError> {
    let catalogue = env.gates()?;
    check_names(&catalogue, &request.allow)?;
    let standing = features::standing(hq, &catalogue, clock)?;
    let jobs: Vec<JobId> = jobs.iter().map(|job| job.id.clone()).collect();
    let mut unset = unset(hq, &catalogue, &standing, &jobs, request)?;
    let allowed = |name: &str| request.allow.iter().any(|word| word.eq_ignore_ascii_case(name));
    unset.retain(|item| !allowed(&item.name));
    if unset.is_empty() { Ok(()) } else { Err(ExchangeError::NotConfigured(unset)) }
}

/// Every configuration that is missing for a feature which one of these jobs would publish.
///
/// # Errors
/// Headquarters, or an unknown channel.
pub(crate) fn unset(
    hq: &Headquarters,
    catalogue: &Catalogue,
    standing: &Standing,
    jobs: &[JobId],
    request: &RunRequest,
) -> Result<Vec<Unset>, StoreError> {
    let mut unset = Vec::new();
    for gate in catalogue.gates.iter().filter(|gate| standing.is_on(&gate.slug)) {
        for item in &gate.configurations {
            let Before::Job(before) = &item.before else { continue };
            let runs = jobs.contains(before);
            if !runs || standing.fact(&item.name) || !spreads(hq, gate, before, request)? {
                continue;
            }
            unset.push(Unset {
                job: before.clone(),
                feature: gate.slug.clone(),
                name: item.name.clone(),
                text: item.text.clone(),
                effect: item.effect.clone(),
            });
        }
    }
    Ok(unset)
}

/// Whether a job would bring a feature to a database that has not had the job since.
fn spreads(
    hq: &Headquarters,
    gate: &Gate,
    job: &JobId,
    request: &RunRequest,
) -> Result<bool, StoreError> {
    let Some(changed) = features::changed_at(hq, gate)? else { return Ok(false) };
    let only = match &request.channel {
        Some(name) => Some(topology::find_store(hq, name)?.id),
        None => None,
    };
    for store in topology::data_stores(hq)? {
        let group = request.group.as_ref();
        if only.is_some_and(|id| id != store.id)
            || group.is_some_and(|name| !name.eq_ignore_ascii_case(&store.group))
        {
            continue;
        }
        let history = features::history(hq, store.id, changed)?;
        if !history.had.iter().any(|had| had.job == *job) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn check_names(catalogue: &Catalogue, allow: &[String]) -> Result<(), ExchangeError> {
    let names: Vec<&str> = catalogue
        .gates
        .iter()
        .flat_map(|gate| &gate.configurations)
        .map(|item| item.name.as_str())
        .collect();
    match allow.iter().find(|word| !names.iter().any(|name| name.eq_ignore_ascii_case(word))) {
        None => Ok(()),
        Some(word) => Err(ExchangeError::UnknownConfiguration {
            word: word.clone(),
            nearest: nearest(word, names).map(str::to_owned),
        }),
    }
}
