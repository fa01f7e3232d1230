//! "Synchronize customers and channel requests": makes and edits real customers (C01 to C06).

use std::collections::BTreeSet;

use super::batch_failure::Failure;
use super::batch_operation::{asked, known_account, process};
use super::error::ExchangeError;
use crate::model::customer::Change;
use crate::model::event::{Event, Listener};
use crate::model::job::Job;
use crate::model::operation::{OperationId, OperationStatus};
use crate::model::run::{JobReport, Tally, Work};
use crate::model::time::Time;
use crate::store::creation_rows::{self, Creation};
use crate::store::hq_customers::NewCustomers;
use crate::store::operations::{self, OperationRow};
use crate::store::{
    Environment, Headquarters, HqTx, Reader, StoreError, Writer, batch_order, creations, log,
    orders,
};
use crate::world::{CrashPoint, FaultKind, interrupt};

/// Operations processed in one transaction.
const CHUNK: usize = 500;

/// Runs the batch over everything that is not completed.
pub(super) fn run(
    writer: &mut Writer,
    job: &Job,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    let work = Work::Batch(synchronize(writer, None, listener)?);
    let stopped = listener.is_stopped();
    Ok(JobReport { job: job.id.clone(), work, not_run: Vec::new(), stopped })
}

/// Processes one operation, or all that are not completed, by time, channel and counter.
pub(crate) fn synchronize(
    writer: &mut Writer,
    only: Option<OperationId>,
    listener: &mut dyn Listener,
) -> Result<Tally, ExchangeError> {
    let waiting = batch_order::waiting(&writer.hq)?.into_iter();
    let waiting = waiting.filter(|id| only.is_none_or(|only| only == *id)).collect();
    process_each(writer, waiting, listener)
}

/// Processes these operations, in their order.
pub(super) fn process_each(
    writer: &mut Writer,
    waiting: Vec<OperationId>,
    listener: &mut dyn Listener,
) -> Result<Tally, ExchangeError> {
    let _looking = interrupt::looking();
    let step = "synchronizing customers".to_owned();
    let total = Some(waiting.len() as u64);
    listener.event(Event::StepStarted { step, total, noun: "operations" });
    let mut batch = Batch { new: new_customers(&writer.hq, &writer.env)?, failed: BTreeSet::new() };
    let mut tally = Tally::default();
    let mut done = 0;
    writer.hq.scratch_in_memory(true)?;
    if waiting.len() > 1 {
        creation_rows::prepare(&writer.hq)?;
    }
    for chunk in waiting.chunks(CHUNK) {
        if listener.is_stopped() {
            break;
        }
        let faults = draw(writer, chunk, listener)?;
        let now = writer.world.clock.utc();
        writer.hq.write(|hq| {
            batch.chunk(hq, chunk, &faults, &now, &mut tally)?;
            writer.world.faults.crash_at(CrashPoint::BatchBeforeCommit, "");
            Ok::<_, StoreError>(())
        })?;
        writer.world.faults.crash_at(CrashPoint::BatchAfterCommit, "");
        done += chunk.len() as u64;
        listener.event(Event::StepProgress { done });
    }
    let now = writer.world.clock.utc();
    writer.hq.write(|hq| log::note_batch(hq, &tally, &now))?;
    writer.hq.scratch_in_memory(false)?;
    writer.hq.write(orders::carry_identities_over)?;
    listener.event(Event::StepFinished);
    Ok(tally)
}

/// What holds for the customers that the batch makes.
fn new_customers(hq: &Headquarters, env: &Environment) -> Result<NewCustomers, StoreError> {
    NewCustomers::read(hq, &env.gates()?, &env.settings().company)
}

/// What an operation that is not completed would come to now: what it would change, or why it would
/// fail. It is tried on a copy that is thrown away, after what is before it of the same customer.
///
/// # Errors
/// Headquarters; the copy.
pub(crate) fn preview(reader: &Reader, id: OperationId) -> Result<Preview, ExchangeError> {
    let copy = reader.env.headquarters_copy()?;
    let now = reader.world.clock.utc();
    let new = new_customers(&reader.hq, &reader.env)?;
    let order = batch_order::waiting(&copy)?;
    let preview = copy.write(|hq| {
        let Some(wanted) = operations::find(hq, id)? else { return Ok(Preview::default()) };
        let customer = customer_key(hq, &wanted)?;
        for one in order {
            let Some(row) = operations::find(hq, one)? else { continue };
            if customer_key(hq, &row)? != customer {
                continue;
            }
            let outcome = operations::alone(hq, || {
                let done = process(hq, &row, &new, &now)?;
                operations::complete(hq, one, &done, &now)?;
                Ok::<_, Failure>(done)
            });
            match (outcome, one == id) {
                (Ok(done), true) => {
                    return Ok(Preview { changes: done.changes, ..Preview::default() });
                }
                (Ok(_), false) => {}
                (Err(Failure::Store(error)), _) => return Err(error),
                (Err(Failure::Told(fails)), true) => {
                    let changes = asked(hq, &wanted)?;
                    return Ok(Preview { changes, fails: Some(fails), ..Preview::default() });
                }
                (Err(Failure::Told(_)), false) => {
                    return Ok(Preview { waits_behind: Some(one), ..Preview::default() });
                }
            }
        }
        Ok(Preview::default())
    })?;
    Ok(preview)
}

/// What an operation would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preview {
    /// What it would change, old and new values (C04); where it would fail, what it asks for.
    pub(crate) changes: Vec<Change>,
    /// Why it would fail.
    pub(crate) fails: Option<String>,
    /// The operation that would fail before it, behind which it would wait.
    pub(crate) waits_behind: Option<OperationId>,
}

/// Faults are drawn before the transaction, so that a rolled-back one does not lose them.
fn draw(
    writer: &mut Writer,
    chunk: &[OperationId],
    listener: &mut dyn Listener,
) -> Result<Vec<bool>, StoreError> {
    let armed = |writer: &Writer| {
        writer.world.faults.pending.iter().any(|fault| fault.kind == FaultKind::BatchFails)
    };
    let mut drawn = Vec::with_capacity(chunk.len());
    for id in chunk {
        let mut hit = false;
        if armed(writer)
            && let Some(row) = operations::find(&writer.hq, *id)?
        {
            hit = writer.world.faults.meet(FaultKind::BatchFails, &row.channel, listener);
        }
        drawn.push(hit);
    }
    Ok(drawn)
}

struct Batch {
    new: NewCustomers,
    /// Customers with a failed operation; their later ones wait (C03).
    failed: BTreeSet<String>,
}

impl Batch {
    /// Processes operations in their order: the next ones that make customers together, or one.
    fn chunk(
        &mut self,
        hq: &HqTx<'_>,
        operations: &[OperationId],
        faults: &[bool],
        now: &Time,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let creations = creations::read(hq, operations)?;
        let mut at = 0;
        while let (Some(id), Some(faulty)) = (operations.get(at), faults.get(at)) {
            let run = creations.iter().zip(faults).skip(at).map_while(|(one, faulty)| {
                let failed = |one: &&Creation| self.failed.contains(one.temporary_id().as_str());
                one.as_ref().filter(|one| !faulty && !failed(one))
            });
            let made = creations::make(hq, &self.new, &run.collect::<Vec<_>>(), now)?;
            if made == 0 {
                self.one(hq, *id, *faulty, now, tally)?;
            }
            tally.processed += made as u64;
            at += made.max(1);
        }
        Ok(())
    }

    fn one(
        &mut self,
        hq: &HqTx<'_>,
        id: OperationId,
        faulty: bool,
        now: &Time,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let Some(row) = operations::find(hq, id)? else { return Ok(()) };
        let customer = customer_key(hq, &row)?;
        if self.failed.contains(&customer) {
            tally.waiting += 1;
            return operations::note(hq, id, OperationStatus::Waiting, None, None, now);
        }
        let outcome = operations::alone(hq, || {
            if faulty {
                return Err(Failure::Told("the operation failed (fault batch-fails)".to_owned()));
            }
            let done = process(hq, &row, &self.new, now)?;
            Ok(operations::complete(hq, id, &done, now)?)
        });
        match outcome {
            Ok(()) => tally.processed += 1,
            Err(Failure::Told(error)) => {
                tally.failed += 1;
                self.failed.insert(customer);
                operations::note(hq, id, OperationStatus::Failed, Some(&error), None, now)?;
                log::note_failure(hq, row.made_in, id, &error, now)?;
            }
            Err(Failure::Store(error)) => return Err(error),
        }
        Ok(())
    }
}

/// The customer an operation is about, by account where there is one.
fn customer_key(hq: &HqTx<'_>, row: &OperationRow) -> Result<String, StoreError> {
    let (account, guid) = (row.text("CUSTACCOUNT"), row.text("CUSTACCOUNTASYNC"));
    let own = if guid.is_empty() { account } else { guid };
    Ok(known_account(hq, row)?.map_or_else(|| own.to_owned(), |account| account.to_string()))
}

#[cfg(test)]
mod tests;
