//! `cdx customers trace`: one customer's way through every stage, and what brings it on (C01, C05).

use std::collections::BTreeSet;

use super::chain::chain;
use super::error::ExchangeError;
use crate::model::customer::{Customer, CustomerField};
use crate::model::folding::folded;
use crate::model::ids::AsyncAccount;
use crate::model::job::Direction;
use crate::model::nearest::nearest;
use crate::model::operation::{Operation, OperationFilter, OperationStatus};
use crate::model::status::UploadStatus;
use crate::model::suggestion::{OfChannels, OfCustomers, OfSessions, Run, SetSchedule, Suggestion};
use crate::model::topology::DataStore;
use crate::model::trace::{StepState, Trace, TraceStage, TraceStep, TracedCustomer};
use crate::model::wording::count;
use crate::store::channel_customers::know;
use crate::store::trace::{self, MadeRow};
use crate::store::{
    Access, ChannelDatabase, Reader, StoreError, channel_view, hq_customers, operation_list,
    scheduler, topology, uploads,
};

/// The job that uploads, the batch, and the job that brings customers down.
const UPLOAD: &str = "P";
const BATCH: &str = "sync-customers";
const CUSTOMERS: &str = "1010";

/// The customers that a word names: the one whose account or temporary id it is, else those of this
/// name, else those with this first or last name, else those that have it anywhere.
///
/// # Errors
/// Headquarters.
pub(crate) fn named(reader: &Reader, word: &str) -> Result<Vec<TracedCustomer>, ExchangeError> {
    let word = word.trim();
    let mut found = trace::in_headquarters(&reader.hq, word)?;
    for store in topology::data_stores(&reader.hq)? {
        // A file that cannot be read keeps nobody from being found in the others.
        let Ok(database) = reader.env.channel(&store.name, Access::Read) else { continue };
        for made in trace::in_channel(&database, word)? {
            let known = |one: &TracedCustomer| one.async_account == made.async_account;
            if !found.iter().any(known) {
                found.push(in_headquarters(reader, made)?);
            }
        }
    }
    found.sort();
    found.dedup();
    let is_id = |one: &TracedCustomer| {
        let same = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(word);
        same(one.account.as_str()) || same(one.async_account.as_str())
    };
    let typed = folded(word);
    let is_name = |one: &TracedCustomer| folded(&one.name) == typed;
    let has_word =
        |one: &TracedCustomer| folded(&one.name).split_whitespace().any(|part| part == typed);
    for exact in [&is_id as &dyn Fn(&TracedCustomer) -> bool, &is_name, &has_word] {
        if found.iter().any(exact) {
            found.retain(exact);
            break;
        }
    }
    Ok(found)
}

/// The nearest name to one that nobody has.
///
/// # Errors
/// Headquarters.
pub(crate) fn nearest_name(reader: &Reader, word: &str) -> Result<Option<String>, ExchangeError> {
    let (customers, _) = hq_customers::list(&reader.hq, "", u32::MAX)?;
    let names: Vec<String> = customers.iter().map(Customer::name).collect();
    Ok(nearest(word, names.iter().map(String::as_str)).map(str::to_owned))
}

/// The same customer with the account that headquarters has given since.
fn in_headquarters(reader: &Reader, made: TracedCustomer) -> Result<TracedCustomer, ExchangeError> {
    let account = hq_customers::account_of_guid(&reader.hq, &made.async_account)?;
    Ok(match account {
        Some(account) => TracedCustomer { account, ..made },
        None => made,
    })
}

/// The way of a customer; what is not done yet says what brings it on, the first of it with the
/// command to type.
///
/// # Errors
/// Headquarters.
pub(crate) fn way(reader: &Reader, customer: TracedCustomer) -> Result<Trace, ExchangeError> {
    let way = Way { reader, customer };
    let stores = topology::data_stores(&reader.hq)?;
    let mut steps = way.in_channels(&stores)?;
    let operations = way.operations()?;
    if steps.is_empty() && operations.is_empty() {
        let detail = "headquarters made it itself, or by a real-time call";
        steps.push(TraceStep::new(TraceStage::Register, StepState::NotNeeded, detail));
    }
    if !operations.is_empty() {
        steps.push(way.processed(&operations)?);
    }
    steps.push(way.account());
    for store in stores.iter().filter(|store| !store.offline) {
        steps.push(way.shown(store));
    }
    let behind = |step: &&mut TraceStep| step.stage == TraceStage::Channel && step.next.is_some();
    if steps.iter_mut().filter(behind).count() > 1 {
        // One run for them all.
        for step in steps.iter_mut().filter(behind) {
            step.next = Some(Run::job(CUSTOMERS).into());
        }
    }
    // What follows needs what is before it: one command is the next one.
    let first = steps.iter().position(|step| step.next.is_some());
    for (at, step) in steps.iter_mut().enumerate() {
        step.next = match step.next.take() {
            Some(next) if Some(at) == first => Some(clearing(reader, next)?),
            _ => None,
        };
    }
    Ok(Trace { customer: way.customer, steps })
}

/// A command, or what has to come before it: a job of no active schedule moves nothing.
fn clearing(reader: &Reader, next: Suggestion) -> Result<Suggestion, ExchangeError> {
    let words = next.as_run().map_or(&[][..], |run| run.jobs.as_slice());
    let definitions = scheduler::read(&reader.hq)?;
    let schedules = topology::schedules(&reader.hq)?;
    let moves = words.iter().filter_map(|word| definitions.find_job(word));
    for job in moves.filter(|job| job.direction != Direction::Batch) {
        let mut own = schedules.iter().filter(|schedule| schedule.runs(&job.id)).peekable();
        let name = own.peek().map(|schedule| schedule.name.clone());
        if let Some(name) = name.filter(|_| own.all(|schedule| !schedule.active)) {
            return Ok(SetSchedule { active: Some(true), ..SetSchedule::of(&name) }.into());
        }
    }
    Ok(next)
}

struct Way<'a> {
    reader: &'a Reader,
    customer: TracedCustomer,
}

impl Way<'_> {
    /// What registers have done, and how far its rows have come, channel by channel.
    fn in_channels(&self, stores: &[DataStore]) -> Result<Vec<TraceStep>, ExchangeError> {
        let mut steps = Vec::new();
        for store in stores {
            let database = match self.reader.env.channel(&store.name, Access::Read) {
                Ok(database) => database,
                Err(error) => {
                    steps.push(self.unreadable(TraceStage::Register, store, &error));
                    continue;
                }
            };
            let rows = trace::made(&database, &self.customer)?;
            let rows = if store.offline { self.not_merged(store, rows)? } else { rows };
            let Some(last) = rows.last().map(|row| row.at.clone()) else { continue };
            let made = count(rows.len() as u64, "row");
            let made = TraceStep::new(TraceStage::Register, StepState::Done, made).at(Some(last));
            steps.push(made.in_channel(&store.name));
            if store.offline {
                let detail = format!("not merged into {} yet", store.channel());
                let waits = TraceStep::new(TraceStage::Uploaded, StepState::Waiting, detail)
                    .then(Suggestion::Reconnect(store.channel().to_owned()));
                steps.push(waits.in_channel(&store.name));
                continue;
            }
            let sent = self.sent(store, &rows, &database)?;
            steps.extend(sent.into_iter().map(|step| step.in_channel(&store.name)));
        }
        Ok(steps)
    }

    fn unreadable(&self, stage: TraceStage, store: &DataStore, error: &StoreError) -> TraceStep {
        let next = OfChannels::Rebuild { database: store.name.clone(), discard: false };
        let detail = self.reader.env.within(&chain(error));
        TraceStep::new(stage, StepState::Failed, detail).in_channel(&store.name).then(next)
    }

    /// The rows of an offline database that its channel has not had, and headquarters neither.
    fn not_merged(
        &self,
        store: &DataStore,
        rows: Vec<MadeRow>,
    ) -> Result<Vec<MadeRow>, ExchangeError> {
        let Ok(channel) = self.reader.env.channel(store.channel(), Access::Read) else {
            return Ok(rows);
        };
        let mut left = Vec::new();
        for row in rows {
            let merged = match &row.origin {
                Some(origin) => {
                    trace::has_origin(&channel, origin)?
                        || trace::has_received(&self.reader.hq, origin)?
                }
                None => true,
            };
            if !merged {
                left.push(row);
            }
        }
        Ok(left)
    }

    /// Whether a channel's rows are in a package at headquarters, and whether that is applied.
    fn sent(
        &self,
        store: &DataStore,
        rows: &[MadeRow],
        database: &ChannelDatabase,
    ) -> Result<Vec<TraceStep>, ExchangeError> {
        let hq = &self.reader.hq;
        let mut waiting = 0;
        for row in rows {
            let reached = uploads::reached(hq, database, store.id, &row.table())?;
            waiting += u64::from(row.counter > reached);
        }
        let uploaded = |state, detail: String| TraceStep::new(TraceStage::Uploaded, state, detail);
        let received = |state, detail: &str| TraceStep::new(TraceStage::Received, state, detail);
        let upload = Run::job(UPLOAD).in_channel(&store.name);
        if waiting > 0 {
            let detail = format!("{} not collected", count(waiting, "row"));
            let uploaded = uploaded(StepState::Waiting, detail).then(upload);
            return Ok(vec![uploaded, received(StepState::Waiting, "comes with the P-job")]);
        }
        let mut carried = BTreeSet::new();
        for row in rows {
            carried.extend(trace::session_of(hq, store.id, row)?);
        }
        // The first that has not arrived stands for all; else the last.
        let all = uploads::all(hq)?;
        let mut own = all.iter().filter(|one| carried.contains(&one.id));
        let open = own.clone().find(|one| one.status != UploadStatus::Applied);
        let Some(session) = open.or_else(|| own.next_back()) else {
            let detail = "by a session that headquarters no longer has".to_owned();
            return Ok(vec![uploaded(StepState::Done, detail), self.received(store, rows)?]);
        };
        let uploaded = |state| {
            uploaded(state, format!("upload session {}", session.id)).at(session.uploaded.clone())
        };
        let message = session.message.as_deref().unwrap_or_default();
        let retry = OfSessions::RetryUpload(session.id);
        let done = uploaded(StepState::Done);
        Ok(match session.status {
            UploadStatus::Applied => {
                let applied = trace::applied_at(hq, session.id)?;
                vec![done, self.received(store, rows)?.at(applied)]
            }
            UploadStatus::Uploaded => {
                let waits = received(StepState::Waiting, "the P-job has not applied it");
                vec![done, waits.then(upload)]
            }
            UploadStatus::ApplyFailed => {
                vec![done, received(StepState::Failed, message).then(upload)]
            }
            UploadStatus::Canceled => {
                let waits = received(StepState::Waiting, "its session is cancelled");
                vec![uploaded(StepState::Failed).then(retry), waits]
            }
            UploadStatus::Started
            | UploadStatus::Available
            | UploadStatus::UploadFailed
            | UploadStatus::ReadFailed => vec![uploaded(StepState::Failed).then(upload)],
        })
    }

    /// Whether headquarters has the very rows, and not others of their counters (U07).
    fn received(&self, store: &DataStore, rows: &[MadeRow]) -> Result<TraceStep, ExchangeError> {
        let mut lost = 0;
        for origin in rows.iter().filter_map(|row| row.origin.as_ref()) {
            lost += u64::from(!trace::has_received(&self.reader.hq, origin)?);
        }
        let stage = TraceStage::Received;
        if lost > 0 {
            let detail = format!("headquarters does not have {}", count(lost, "row"));
            let next = OfChannels::Reseed(store.name.clone());
            return Ok(TraceStep::new(stage, StepState::Failed, detail).then(next));
        }
        Ok(TraceStep::new(stage, StepState::Done, count(rows.len() as u64, "row")))
    }

    /// Its operations in headquarters.
    fn operations(&self) -> Result<Vec<Operation>, ExchangeError> {
        let filter =
            OperationFilter { customer: Some(self.customer.clone()), ..OperationFilter::default() };
        Ok(operation_list::list(&self.reader.hq, &self.reader.world.clock, &filter)?)
    }

    fn processed(&self, operations: &[Operation]) -> Result<TraceStep, ExchangeError> {
        let time = trace::processed_at(&self.reader.hq, &self.customer)?;
        let step = |state, detail: String| {
            TraceStep::new(TraceStage::Processed, state, detail).at(time.clone())
        };
        let failed = operations.iter().find(|one| one.status == OperationStatus::Failed);
        if let Some(Operation { id, last_error, .. }) = failed {
            let error = last_error.as_deref().unwrap_or_default();
            let failed = step(StepState::Failed, format!("{id} failed: {error}"));
            return Ok(failed.then(OfCustomers::Operation(id.clone())));
        }
        let left = operations.iter().filter(|one| one.status != OperationStatus::Succeeded);
        let left = left.count() as u64;
        if left > 0 {
            let detail = format!("{} not processed", count(left, "operation"));
            return Ok(step(StepState::Waiting, detail).then(Run::job(BATCH)));
        }
        Ok(step(StepState::Done, count(operations.len() as u64, "operation")))
    }

    fn account(&self) -> TraceStep {
        let TracedCustomer { account, async_account, .. } = &self.customer;
        if account.is_empty() {
            let detail = format!("none yet for {async_account}");
            return TraceStep::new(TraceStage::Account, StepState::Waiting, detail);
        }
        TraceStep::new(TraceStage::Account, StepState::Done, account.as_str())
    }

    /// Whether a channel knows the account, and shows what headquarters has.
    fn shown(&self, store: &DataStore) -> TraceStep {
        let step = |state, detail: String| {
            TraceStep::new(TraceStage::Channel, state, detail).in_channel(&store.name)
        };
        if self.customer.account.is_empty() {
            return step(StepState::Waiting, "no account to know it by".to_owned());
        }
        let bring = Run::job(CUSTOMERS).in_channel(&store.name);
        let opened = self.reader.env.channel(&store.name, Access::Read);
        match opened.and_then(|database| self.differs(store, &database)) {
            Err(error) => self.unreadable(TraceStage::Channel, store, &error),
            Ok(None) => {
                step(StepState::Waiting, "does not know the account".to_owned()).then(bring)
            }
            Ok(Some(fields)) if fields.is_empty() => {
                step(StepState::Done, format!("knows it as {}", self.customer.account))
            }
            Ok(Some(fields)) => {
                step(StepState::Waiting, format!("shows another {}", fields.join(", "))).then(bring)
            }
        }
    }

    /// The fields in which a channel shows another value than headquarters has; none where it does
    /// not know the account.
    fn differs(
        &self,
        store: &DataStore,
        database: &ChannelDatabase,
    ) -> Result<Option<Vec<&'static str>>, StoreError> {
        let account = &self.customer.account;
        let Some(known) = know(database, account.as_str())? else { return Ok(None) };
        let Some(theirs) = hq_customers::find(&self.reader.hq, account)? else {
            return Ok(Some(Vec::new()));
        };
        // The temporary id is known where the account is to take its place.
        let maps = know(database, self.customer.async_account.as_str())?;
        let guid = &self.customer.async_account;
        if *guid != AsyncAccount::default() && maps.is_none_or(|one| one.is_async()) {
            return Ok(None);
        }
        let shown = channel_view::state(database, store.id, &known)?;
        let other = |field: &&CustomerField| field.get(&shown) != field.get(&theirs);
        Ok(Some(CustomerField::ALL.iter().filter(other).map(|field| field.as_str()).collect()))
    }
}
