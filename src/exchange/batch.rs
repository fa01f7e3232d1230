//! The customer batch.

use super::error::ExchangeError;
use crate::model::event::Listener;
use crate::model::job::{Direction, Job};
use crate::model::run::JobReport;
use crate::store::Writer;

pub(super) fn run(
    _writer: &mut Writer,
    job: &Job,
    _listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    Ok(JobReport::new(&job.id, Direction::Batch))
}
