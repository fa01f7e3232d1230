//! What a report reads of an environment, in one go. A channel database that cannot be read is left
//! out and named, and keeps nothing else from being told.

use std::collections::BTreeMap;

use crate::cli::CommandError;
use crate::cli::commands::customers::named_customer;
use crate::diagnosis::Diagnosis;
use crate::exchange::lanes::lanes;
use crate::exchange::{chain, trace};
use crate::gates::graph::{Graph, graph};
use crate::gates::standing::Standing;
use crate::gates::{Catalogue, Features, Gate};
use crate::model::lane::Lane;
use crate::model::operation::{OperationFilter, OperationStatus};
use crate::model::pos::{CallOutcome, RealTimeCall, ReasonCode};
use crate::model::session::SessionKind;
use crate::model::suggestion::Suggestion;
use crate::model::time::{ShownTime, Time};
use crate::model::trace::TraceStep;
use crate::report::html::view::{
    CallsByReason, CustomerWay, EnvironmentView, Rollout, RolloutChannel, RolloutFeature,
    UnreadDatabase, WayStep,
};
use crate::runtime::features::each_channel;
use crate::store::{
    Access, Reader, StoreError, features, hq_customers, operation_list, scale_unit, topology,
};

/// All of the view but the diagnosis, which reads for itself.
pub(super) struct Collected {
    version: String,
    now: ShownTime,
    time_zone: String,
    rollout: Rollout,
    lanes: Vec<Lane<ShownTime>>,
    customer: CustomerWay,
    calls: Vec<CallsByReason>,
    graph: Graph,
    unread: Vec<UnreadDatabase>,
}

impl Collected {
    /// Reads an environment; `word` names the customer whose way is to be told.
    pub(super) fn read(
        reader: &Reader,
        catalogue: &Catalogue,
        word: Option<&str>,
    ) -> Result<Self, CommandError> {
        let clock = &reader.world.clock;
        let customer = match word {
            Some(word) => way(reader, word)?,
            None => CustomerWay::NotAsked(example(reader)?),
        };
        let standing = features::standing(&reader.hq, catalogue, clock)?;
        let mut unread = Vec::new();
        Ok(Self {
            version: features::app_version(&reader.hq)?.to_string(),
            now: clock.local(),
            time_zone: clock.zone_name().to_owned(),
            rollout: rollout(reader, catalogue, &standing, &mut unread)?,
            lanes: lanes(reader, &[SessionKind::Download, SessionKind::Upload])?,
            customer,
            calls: calls(reader, &mut unread)?,
            graph: graph(Features { catalogue, standing: &standing }, None),
            unread,
        })
    }

    /// The view, with what the doctor says.
    pub(super) fn with(self, diagnosis: Diagnosis) -> EnvironmentView {
        let Self { version, now, time_zone, rollout, lanes, customer, calls, graph, unread } = self;
        EnvironmentView {
            version,
            now,
            time_zone,
            diagnosis,
            rollout,
            lanes,
            customer,
            calls,
            graph,
            unread,
        }
    }
}

/// Sets down that a database could not be read, once.
fn set_down(reader: &Reader, unread: &mut Vec<UnreadDatabase>, name: &str, error: &StoreError) {
    if unread.iter().all(|known| known.name != name) {
        let why = reader.env.within(&chain(error));
        unread.push(UnreadDatabase { name: name.to_owned(), why });
    }
}

fn rollout(
    reader: &Reader,
    catalogue: &Catalogue,
    standing: &Standing,
    unread: &mut Vec<UnreadDatabase>,
) -> Result<Rollout, CommandError> {
    let listed = Features { catalogue, standing };
    let all = catalogue.gates.iter().filter(|gate| listed.is_listed(gate));
    let (known, gates): (Vec<&Gate>, Vec<&Gate>) = all.partition(|gate| gate.known);
    let feature = |gate: &&Gate| RolloutFeature {
        slug: gate.slug.clone(),
        name: gate.name.clone(),
        status: listed.status(gate),
        date: standing.row(&gate.slug).and_then(|row| row.enable_date).map(|d| d.to_string()),
    };
    let mut channels = Vec::new();
    for (store, come) in each_channel(reader, standing, &gates)? {
        if let Err(error) = &come {
            set_down(reader, unread, &store.name, error);
        }
        let states = come.ok().map(|all| all.into_iter().map(|one| one.in_effect).collect());
        channels.push(RolloutChannel { name: store.name, group: store.group, states });
    }
    Ok(Rollout {
        features: gates.iter().map(feature).collect(),
        channels,
        others: known.len() as u64,
        others_on: known.iter().filter(|gate| listed.is_on(&gate.slug)).count() as u64,
    })
}

/// The real-time calls of all channels, by reason and operation.
fn calls(
    reader: &Reader,
    unread: &mut Vec<UnreadDatabase>,
) -> Result<Vec<CallsByReason>, CommandError> {
    let clock = &reader.world.clock;
    let mut sums: BTreeMap<(Option<ReasonCode>, String), (CallsByReason, Time)> = BTreeMap::new();
    for store in topology::data_stores(&reader.hq)? {
        let opened = reader.env.channel(&store.name, Access::Read);
        if store.offline {
            // Its calls stand in its channel; whether it can be read is worth knowing.
            if let Err(error) = opened {
                set_down(reader, unread, &store.name, &error);
            }
            continue;
        }
        match opened.and_then(|database| scale_unit::calls(&database, &store.name)) {
            Ok(found) => found.into_iter().for_each(|call| add(&mut sums, call)),
            Err(error) => set_down(reader, unread, &store.name, &error),
        }
    }
    let shown =
        |(one, last): (CallsByReason, Time)| CallsByReason { last: clock.show(&last), ..one };
    Ok(sums.into_values().map(shown).collect())
}

fn add(
    sums: &mut BTreeMap<(Option<ReasonCode>, String), (CallsByReason, Time)>,
    call: RealTimeCall<Time>,
) {
    let reason = call.reasons.first().map(|one| one.code);
    let (sum, last) = sums.entry((reason, call.operation.clone())).or_insert_with(|| {
        let sum = CallsByReason {
            reason,
            operation: call.operation,
            channels: Vec::new(),
            calls: 0,
            failed: 0,
            last: ShownTime::default(),
        };
        (sum, call.called.clone())
    });
    sum.calls += 1;
    sum.failed += u64::from(call.outcome != CallOutcome::Succeeded);
    if !sum.channels.contains(&call.channel) {
        sum.channels.push(call.channel);
    }
    if *last < call.called {
        *last = call.called;
    }
}

/// The way of the customer that a word names.
fn way(reader: &Reader, word: &str) -> Result<CustomerWay, CommandError> {
    let clock = &reader.world.clock;
    let found = trace::way(reader, named_customer(reader, word)?)?;
    let step = |step: TraceStep| WayStep {
        stage: step.stage,
        channel: step.channel,
        state: step.state,
        time: step.time.map(|time| clock.show(&time)),
        detail: step.detail,
        next: step.next,
    };
    let steps = found.steps.into_iter().map(step).collect();
    Ok(CustomerWay::Asked { customer: found.customer, steps })
}

/// A report with a customer worth following: one of an operation that has not come to its end, else
/// of the last one, else the first in headquarters.
fn example(reader: &Reader) -> Result<Option<Suggestion>, CommandError> {
    let all = operation_list::list(&reader.hq, &reader.world.clock, &OperationFilter::default())?;
    let open = all.iter().find(|one| one.status != OperationStatus::Succeeded);
    let word = match open.or(all.last()) {
        Some(one) if one.account.is_empty() => Some(one.async_account.clone()),
        Some(one) => Some(one.account.clone()),
        None => {
            let (customers, _) = hq_customers::list(&reader.hq, "", 1)?;
            customers.first().map(|customer| customer.account.to_string())
        }
    };
    let word = word.filter(|word| !word.trim().is_empty());
    Ok(word.map(|word| Suggestion::Report { customer: Some(word), file: None }))
}
