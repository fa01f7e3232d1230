//! A new environment: its files, its scheduler, and a first synchronization.

use std::path::Path;

use super::error::ExchangeError;
use super::initialize::initialize;
use super::recover::begin;
use super::run::{RunRequest, run};
use crate::model::event::Listener;
use crate::model::run::RunReport;
use crate::store::create::{self, Blueprint};

/// The jobs of the first synchronization, in the order the documentation lists them.
pub const FIRST_JOBS: &[&str] = &["1110", "1070", "1010"];

/// Makes an environment; with `synchronize` its channels have what headquarters has. What the
/// first synchronization did is returned.
///
/// # Errors
/// A folder that has one already; the files.
pub fn init(
    root: &Path,
    blueprint: &Blueprint,
    synchronize: bool,
    listener: &mut dyn Listener,
) -> Result<RunReport, ExchangeError> {
    let env = create::create(root, blueprint, listener)?;
    let writer = begin(&env, "init", &[], listener)?;
    initialize(&writer, false)?;
    writer.finish()?;
    create::complete(&env)?;
    if !synchronize {
        return Ok(RunReport { ok: true, jobs: Vec::new() });
    }
    let mut writer = begin(&env, "init", &[], listener)?;
    let jobs = FIRST_JOBS.iter().map(|job| (*job).to_owned()).collect();
    let request = RunRequest { jobs, ..RunRequest::default() };
    let report = run(&mut writer, &request, listener)?;
    writer.finish()?;
    Ok(report)
}
