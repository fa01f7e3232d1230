//! "Synchronize orders": an order of an asynchronous customer who is not synchronized yet
//! synchronizes that customer first (C10). The orders themselves are not modelled.

use std::collections::BTreeSet;

use super::batch::process_each;
use super::error::ExchangeError;
use crate::model::event::{Event, Listener};
use crate::model::ids::AccountNum;
use crate::model::job::Job;
use crate::model::operation::OperationId;
use crate::model::run::{JobReport, Tally, Work};
use crate::model::suggestion::OfCustomers;
use crate::store::orders::{self, WaitingOrder};
use crate::store::{StoreError, Writer, batch_order, hq_customers, operations};

/// The job that does it.
pub(super) const JOB: &str = "sync-orders";

/// Takes every order that waits; one whose customer cannot be made fails, and is tried again. What
/// waits of the customers goes through the batch once, as it does by itself (C03).
pub(super) fn run(
    writer: &mut Writer,
    job: &Job,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    let orders = orders::waiting(&writer.hq)?;
    let mut pending = BTreeSet::new();
    for order in &orders {
        if account(writer, order)?.is_none() && !order.guid.is_empty() {
            pending.insert(order.guid.as_str().to_uppercase());
        }
    }
    if !pending.is_empty() {
        let operations = operations_of(writer, &pending)?;
        process_each(writer, operations, listener)?;
    }
    let mut tally = Tally::default();
    let stopped = listener.is_stopped();
    for order in orders.into_iter().filter(|_| !stopped) {
        if let Some(account) = account(writer, &order)? {
            writer.hq.write(|hq| orders::complete(hq, &order, &account))?;
            tally.processed += 1;
        } else {
            tally.failed += 1;
            let text = format!("order {}: its customer is not in headquarters", order.order);
            let hint = Some(OfCustomers::Operations.into());
            listener.event(Event::Warning { text, hint });
        }
    }
    let work = Work::Batch(tally);
    Ok(JobReport { job: job.id.clone(), work, not_run: Vec::new(), stopped })
}

/// The account of an order's customer, once there is one.
fn account(writer: &Writer, order: &WaitingOrder) -> Result<Option<AccountNum>, StoreError> {
    let own = &order.account;
    if !own.is_empty() && hq_customers::party(&writer.hq, own)?.is_some() {
        return Ok(Some(own.clone()));
    }
    hq_customers::account_of_guid(&writer.hq, &order.guid)
}

/// What waits of these customers, by temporary id in upper case, in the order the batch goes.
fn operations_of(
    writer: &Writer,
    customers: &BTreeSet<String>,
) -> Result<Vec<OperationId>, StoreError> {
    let mut found = Vec::new();
    for id in batch_order::waiting(&writer.hq)? {
        let row = operations::find(&writer.hq, id)?;
        let guid = row.map(|row| row.text("CUSTACCOUNTASYNC").to_uppercase());
        if guid.is_some_and(|guid| customers.contains(&guid)) {
            found.push(id);
        }
    }
    Ok(found)
}
