//! Performs what a register or e-commerce site asks, and says which way it went.

use super::decide::{Circumstances, Decision, Kind, decide};
use super::why::{Places, is_on, why};
use super::{addresses, customers, inquiries, shift};
use crate::exchange::relay::{self, Answer};
use crate::exchange::{ExchangeError, notice};
use crate::gates::Catalogue;
use crate::model::customer::{AddressField, CustomerField, PENDING_SYNC};
use crate::model::pos::{Path, PosReport, RealTimeCall, Reason};
use crate::model::scale_unit::{Cached, View};
use crate::model::topology::{DataStore, OFFLINE_SUFFIX};
use crate::store::channel_customers::{self, Known};
use crate::store::{
    ChannelDatabase, Db, StoreError, Writer, origins, profiles, scale_unit, topology,
};
use crate::world::FaultKind;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Create a customer.
    CreateCustomer(Box<customers::NewCustomer>),
    /// Edit a customer.
    EditCustomer {
        /// The account, a number or a GUID.
        account: String,
        /// What to set.
        set: Vec<(CustomerField, String)>,
    },
    /// Create an address.
    CreateAddress {
        /// The account.
        account: String,
        /// The address.
        set: Vec<(AddressField, String)>,
    },
    /// Edit an address.
    EditAddress {
        /// The account.
        account: String,
        /// The address's id.
        address: String,
        /// What to set.
        set: Vec<(AddressField, String)>,
    },
    /// Deactivate an address.
    DeactivateAddress {
        /// The account.
        account: String,
        /// The address's id.
        address: String,
    },
    /// Find customers by a word.
    FindCustomer {
        /// The word.
        word: String,
        /// In headquarters, by a real-time call.
        remote: bool,
    },
    /// A customer's balance.
    Balance(String),
    /// A customer's orders.
    OrderHistory(String),
    /// Link an identity.
    LinkIdentity {
        /// The account.
        account: String,
        /// The identity.
        identity: String,
    },
    /// Take a customer order.
    CreateOrder(String),
    /// Issue a loyalty card.
    IssueLoyaltyCard(String),
    /// Close the shift: purge what is old (U06).
    CloseShift,
    /// Merge the offline database.
    Reconnect,
}

/// Why an operation could not even be decided.
#[derive(Debug, thiserror::Error)]
pub enum PosError {
    /// The engine.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such customer in the channel.
    #[error("channel {channel} knows no customer {account:?}")]
    UnknownCustomer {
        /// The channel.
        channel: String,
        /// What was given.
        account: String,
    },
    /// No such address of the customer.
    #[error("customer {account} has no address {address:?} in channel {channel}")]
    UnknownAddress {
        /// The channel.
        channel: String,
        /// The customer.
        account: String,
        /// What was given.
        address: String,
        /// The ids there are.
        known: Vec<String>,
    },
    /// No such instance.
    #[error("channel {channel} has instances 1 to {instances}, found {instance}")]
    UnknownInstance {
        /// The channel.
        channel: String,
        /// How many there are.
        instances: u32,
        /// What was given.
        instance: u32,
    },
    /// The channel does not know itself.
    #[error("channel {channel} does not know itself yet")]
    NotConfigured {
        /// The channel.
        channel: String,
    },
}

/// Where an operation happens.
pub(super) struct Site<'a> {
    pub(super) writer: &'a mut Writer,
    pub(super) catalogue: &'a Catalogue,
    pub(super) store: DataStore,
    pub(super) database: ChannelDatabase,
    pub(super) instance: u32,
    pub(super) offline: bool,
    pub(super) cached: Cached,
    pub(super) now: String,
}

/// Performs a request in a channel, on an instance of its scale unit or on an offline register.
///
/// # Errors
/// What keeps it from being decided; an operation that is refused or fails is in the report.
pub fn perform(
    writer: &mut Writer,
    catalogue: &Catalogue,
    channel: &str,
    instance: u32,
    offline: bool,
    request: &Request,
) -> Result<PosReport, PosError> {
    let mut site = Site::open(writer, catalogue, channel, instance, offline)?;
    let report = match request {
        Request::CreateCustomer(new) => customers::create(&mut site, new),
        Request::EditCustomer { account, set } => customers::edit(&mut site, account, set),
        Request::CreateAddress { account, set } => addresses::create(&mut site, account, set),
        Request::EditAddress { account, address, set } => {
            addresses::edit(&mut site, account, address, set)
        }
        Request::DeactivateAddress { account, address } => {
            addresses::deactivate(&mut site, account, address)
        }
        Request::FindCustomer { word, remote } => inquiries::find(&mut site, word, *remote),
        Request::Balance(account) => inquiries::ask(&mut site, Kind::Balance, account),
        Request::OrderHistory(account) => inquiries::ask(&mut site, Kind::OrderHistory, account),
        Request::LinkIdentity { account, identity } => {
            inquiries::link(&mut site, account, identity)
        }
        Request::CreateOrder(account) => inquiries::order(&mut site, account),
        Request::IssueLoyaltyCard(account) => inquiries::loyalty(&mut site, account),
        Request::CloseShift => shift::close(&mut site),
        Request::Reconnect => shift::reconnect(&mut site),
    };
    let checkpointed = site.database.checkpoint();
    site.writer.tidied("the log of a channel database", checkpointed);
    let mut report = report?;
    for (store, cause) in site.writer.noticed() {
        let (text, hint) = notice::told(&store, cause);
        report.notes.push(format!("{text}: {hint}"));
    }
    Ok(report)
}

impl<'a> Site<'a> {
    fn open(
        writer: &'a mut Writer,
        catalogue: &'a Catalogue,
        channel: &str,
        instance: u32,
        offline: bool,
    ) -> Result<Self, PosError> {
        let named = topology::find_store(&writer.hq, channel)?;
        let offline = offline || named.offline;
        let name = named.channel().to_owned();
        let store = if offline {
            topology::find_store(&writer.hq, &format!("{name}{OFFLINE_SUFFIX}"))?
        } else {
            named
        };
        let instances = writer.env.settings().instances;
        if !offline && !(1..=instances).contains(&instance) {
            return Err(PosError::UnknownInstance { channel: name, instances, instance });
        }
        let instance = if offline { 0 } else { instance };
        let database = writer.channel_of(&store)?;
        if !offline {
            // Whatever another program has done to its counters, none is given out twice.
            origins::raise_counters(&writer.hq, &database, store.id)?;
        }
        let now = writer.world.clock.utc();
        let ttl = writer.env.settings().cache_ttl;
        let held = if offline {
            None
        } else {
            scale_unit::cached(&database, instance, ttl, &writer.world.clock)?
        };
        let cached = if let Some(cached) = held {
            cached
        } else {
            let view = scale_unit::look(&database, &name)?;
            // An instance has nothing to answer from before its channel has its configuration.
            if !offline && view.channel.is_some() {
                database.write(|_| scale_unit::hold(&database, instance, &view, &now))?;
            }
            let until = crate::world::Clock::after(&now, ttl).map_err(StoreError::from)?;
            Cached { view, loaded: now.clone(), until }
        };
        Ok(Self { writer, catalogue, store, database, instance, offline, cached, now })
    }

    /// The channel's own name.
    pub(super) fn channel(&self) -> &str {
        self.store.channel()
    }

    /// What the instance answers from.
    pub(super) fn view(&self) -> &View {
        &self.cached.view
    }

    /// The channel's configuration, as far as it knows itself.
    pub(super) fn own(&self) -> Result<crate::model::scale_unit::ChannelView, PosError> {
        self.view()
            .channel
            .clone()
            .ok_or_else(|| PosError::NotConfigured { channel: self.channel().to_owned() })
    }

    /// Whether a feature is in effect on this instance.
    pub(super) fn has(&self, slug: &'static str) -> bool {
        is_on(self.view(), super::decide::Switch::Feature(slug), self.catalogue)
    }

    /// The customer of an account or GUID.
    pub(super) fn customer(&self, account: &str) -> Result<Known, PosError> {
        channel_customers::know(&self.database, account)?.ok_or_else(|| PosError::UnknownCustomer {
            channel: self.channel().to_owned(),
            account: account.to_owned(),
        })
    }

    /// Which way an operation goes.
    pub(super) fn decide(&self, kind: Kind, known: Option<&Known>) -> Result<Decision, PosError> {
        let now = Circumstances {
            async_customer: known.is_some_and(Known::is_async),
            offline: self.offline,
            filters_shared: profiles::filters_shared_customers(&self.writer.hq)?,
            switched_on: is_on(self.view(), kind.switch(), self.catalogue),
        };
        Ok(decide(kind, now))
    }

    /// Why an operation is not local.
    pub(super) fn reasons(&self, kind: Kind) -> Result<Vec<Reason>, PosError> {
        let database = scale_unit::look(&self.database, self.channel())?;
        let places = Places {
            hq: &self.writer.hq,
            catalogue: self.catalogue,
            clock: &self.writer.world.clock,
            store: &self.store,
            instance: self.instance,
            database: &database,
            cached: &self.cached,
        };
        why(&places, &self.database, kind.switch())
    }

    /// A report to be filled.
    pub(super) fn report(&self, operation: &str, path: Path, account: &str) -> PosReport {
        let pending = crate::world::ids::is_guid(account);
        PosReport {
            channel: self.channel().to_owned(),
            operation: operation.to_owned(),
            path,
            account: account.to_owned(),
            display_account: if pending { PENDING_SYNC } else { account }.to_owned(),
            request: None,
            reasons: Vec::new(),
            address: None,
            left_to_job: None,
            notes: Vec::new(),
            customers: None,
        }
    }

    /// The report of a refused operation.
    pub(super) fn refused(
        &self,
        kind: Kind,
        known: Option<&Known>,
        code: &str,
        text: &str,
    ) -> Result<PosReport, PosError> {
        let account = known.map_or("", Known::account).to_owned();
        let mut report = self.report(kind.as_str(), Path::Refused, &account);
        report.reasons.push(Reason::new(code, text));
        if code == "async-customer" {
            report.reasons.extend(self.reasons(kind)?);
        }
        Ok(report)
    }

    /// Whether headquarters cannot be reached now.
    pub(super) fn headquarters_down(&mut self) -> bool {
        let name = self.channel().to_owned();
        self.writer.world.faults.take(FaultKind::RtsDown, &name)
    }

    /// The log line of a real-time call.
    pub(super) fn call(
        &self,
        kind: Kind,
        account: &str,
        outcome: &str,
        reasons: &[Reason],
    ) -> Result<RealTimeCall, PosError> {
        Ok(RealTimeCall {
            id: scale_unit::next_call(&self.database)?,
            channel: self.channel().to_owned(),
            instance: self.instance,
            operation: kind.as_str().to_owned(),
            request: kind.request().to_owned(),
            account: account.to_owned(),
            outcome: outcome.to_owned(),
            reasons: reasons.to_vec(),
            called: self.now.clone(),
        })
    }

    /// Makes a real-time call, or reports that headquarters is down (R07 is the caller's).
    pub(super) fn real_time(
        &mut self,
        kind: Kind,
        account: &str,
        work: impl FnOnce(&Db) -> Result<String, ExchangeError>,
    ) -> Result<PosReport, PosError> {
        let reasons = self.reasons(kind)?;
        if self.headquarters_down() {
            let call = self.call(kind, account, "failed", &reasons)?;
            relay::log_call(self.writer, &call)?;
            let mut report = self.report(kind.as_str(), Path::Failed, account);
            report.request = Some(kind.request().to_owned());
            report.reasons = reasons;
            let down = "A connection to headquarters could not be established.";
            report.reasons.push(Reason::new("rts-down", down));
            return Ok(report);
        }
        let call = self.call(kind, account, "succeeded", &reasons)?;
        let Answer { call, left } = relay::real_time(self.writer, call, work)?;
        let mut report = self.report(kind.as_str(), Path::RealTime, &call.account);
        report.request = Some(kind.request().to_owned());
        report.reasons = reasons;
        report.left_to_job = left;
        Ok(report)
    }
}
