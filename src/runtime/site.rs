//! Where an operation happens: who answers, from what, and whether it is done or only said.

use super::decide::{Decision, Kind, Switch};
use super::error::PosError;
use super::ground::{Answerer, ChannelGround, Ground, HeadquartersGround, Sides, Who, is_on};
use super::obstacle::Obstacle;
use crate::exchange::relay::{self, Answer};
use crate::exchange::{Asked, ExchangeError, arming};
use crate::gates::Catalogue;
use crate::gates::catalogue::slug;
use crate::model::customer::{PENDING_SYNC, ReceiptEmail};
use crate::model::ids::{AccountNum, DataAreaId};
use crate::model::operation::Action;
use crate::model::pos::{CallOutcome, Path, PosReport, RealTimeCall, Reason, ReasonCode};
use crate::model::scale_unit::{Cached, ChannelView, Storefront, View};
use crate::model::suggestion::OfFeatures;
use crate::model::time::Time;
use crate::model::topology::{DataStore, OFFLINE_SUFFIX};
use crate::store::channel_customers::{self, AsyncRow, ChannelCustomer};
use crate::store::hq_customers::NewCustomers;
use crate::store::{
    Access, ChannelDatabase, Environment, Handle, Headquarters, HqTx, Reader, StoreError, Writer,
    origins, scale_unit, topology,
};
use crate::world::{FaultKind, World};

/// Where a request is made.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The channel.
    pub channel: &'a str,
    /// What answers there.
    pub by: AnsweredBy,
}

/// What answers a request in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnsweredBy {
    /// An instance of its scale unit, from 1.
    ScaleUnit(u32),
    /// A register that is offline, from its own database.
    OfflineRegister,
}

/// An environment in which a request is only said.
pub(super) struct Rehearsal {
    reader: Reader,
    /// Where real-time calls are said, once there was one.
    copy: Option<relay::Copy>,
}

impl Rehearsal {
    /// Opens an environment and leaves it as it is.
    pub(super) fn new(
        env: &Environment,
        channel: &str,
        faults: &[String],
    ) -> Result<Self, PosError> {
        let mut reader = env.rehearsal().map_err(PosError::from)?;
        let asked = Asked::Operation(channel);
        let armed = arming::rehearsed(&reader, faults, asked).map_err(PosError::from)?;
        reader.world.faults.arm(armed);
        Ok(Self { reader, copy: None })
    }

    /// The environment.
    pub(super) fn env(&self) -> &Environment {
        &self.reader.env
    }
}

/// Whether a request is done, or only said.
pub(super) enum Hands<'a> {
    /// Done.
    Acting(&'a mut Writer),
    /// Only said.
    Rehearsing(&'a mut Rehearsal),
}

impl Hands<'_> {
    fn hq(&self) -> &Headquarters {
        match self {
            Self::Acting(writer) => &writer.hq,
            Self::Rehearsing(rehearsal) => &rehearsal.reader.hq,
        }
    }

    fn env(&self) -> &Environment {
        match self {
            Self::Acting(writer) => &writer.env,
            Self::Rehearsing(rehearsal) => &rehearsal.reader.env,
        }
    }

    fn world(&self) -> &World {
        match self {
            Self::Acting(writer) => &writer.world,
            Self::Rehearsing(rehearsal) => &rehearsal.reader.world,
        }
    }

    fn open(&self, store: &DataStore) -> Result<Handle<ChannelDatabase>, PosError> {
        match self {
            Self::Acting(writer) => {
                let database = writer.channel_of(store)?;
                if !store.offline {
                    // Whatever another program has done to its counters, none is given out twice.
                    origins::raise_counters(&writer.hq, &database, store.id)?;
                }
                Ok(database)
            }
            Self::Rehearsing(rehearsal) => {
                let Reader { env, hq, .. } = &rehearsal.reader;
                match env.channel(&store.name, Access::Examine) {
                    Err(StoreError::Older { .. }) => Ok(env.channel_copy(hq, &store.name)?),
                    opened => Ok(Handle::new(opened?)),
                }
            }
        }
    }
}

/// Where an operation happens.
pub(super) struct Site<'a> {
    pub(super) hands: Hands<'a>,
    catalogue: &'a Catalogue,
    pub(super) store: DataStore,
    pub(super) database: Handle<ChannelDatabase>,
    by: AnsweredBy,
    held: Option<Cached>,
    /// What the e-commerce application before the instance holds.
    shop: Storefront,
    /// What is answered with.
    answers: View,
    said: HeadquartersGround,
    here: ChannelGround,
    pub(super) now: Time,
}

impl<'a> Site<'a> {
    /// Opens the channel, and what its scale unit's instance, or its register, answers from.
    pub(super) fn open(
        hands: Hands<'a>,
        catalogue: &'a Catalogue,
        place: &Place<'_>,
    ) -> Result<Self, PosError> {
        let named = topology::find_store(hands.hq(), place.channel)?;
        let by = if named.offline { AnsweredBy::OfflineRegister } else { place.by };
        let name = named.channel().to_owned();
        let instances = hands.env().settings().instances;
        let store = match by {
            AnsweredBy::OfflineRegister => {
                let offline = format!("{name}{OFFLINE_SUFFIX}");
                let mut stores = topology::data_stores(hands.hq())?.into_iter();
                let found = stores.find(|store| store.name == offline);
                found.ok_or_else(|| PosError::NoOfflineDatabase { channel: name.clone() })?
            }
            AnsweredBy::ScaleUnit(instance) if !(1..=instances).contains(&instance) => {
                return Err(PosError::UnknownInstance { channel: name, instances, instance });
            }
            AnsweredBy::ScaleUnit(_) => named,
        };
        let database = hands.open(&store)?;
        let world = hands.world();
        let now = world.clock.utc();
        let ttl = hands.env().settings().cache_ttl;
        let held = match by {
            AnsweredBy::OfflineRegister => None,
            AnsweredBy::ScaleUnit(instance) => {
                scale_unit::cached(&database, instance, ttl, &world.clock)?
            }
        };
        let shop = match by {
            AnsweredBy::OfflineRegister => Storefront::default(),
            AnsweredBy::ScaleUnit(_) => {
                let settings = hands.env().settings();
                scale_unit::storefront(hands.hq(), &store, &database, settings, &world.clock)?
            }
        };
        let said = HeadquartersGround::read(hands.hq(), catalogue)?;
        let sides = Sides {
            hq: hands.hq(),
            channel: &database,
            store: &store,
            catalogue,
            clock: &world.clock,
            company: &hands.env().settings().company,
        };
        let here = ChannelGround::read(sides, &said, held.iter().chain(shop.held()))?;
        let unit = held.as_ref().map_or(&here.now, |held| &held.view);
        let answers = shop.over(unit).into_owned();
        if let AnsweredBy::ScaleUnit(instance) = by
            && matches!(hands, Hands::Acting(_))
        {
            let store = topology::is_online_store(hands.hq(), &store)?.then_some(&shop);
            remember(&database, (instance, &held, store), &here.now, &now)?;
        }
        Ok(Self { hands, catalogue, store, database, by, held, shop, answers, said, here, now })
    }

    /// Whether a register that is offline answers.
    pub(super) fn is_offline(&self) -> bool {
        self.by == AnsweredBy::OfflineRegister
    }

    /// Headquarters.
    pub(super) fn hq(&self) -> &Headquarters {
        self.hands.hq()
    }

    /// The world's seed, clock and faults.
    pub(super) fn world(&self) -> &World {
        self.hands.world()
    }

    /// The company that rows belong to.
    pub(super) fn company(&self) -> &DataAreaId {
        &self.hands.env().settings().company
    }

    /// A row of the channel's asynchronous tables about a customer, made now.
    pub(super) fn row<'r>(
        &'r self,
        customer: &'r ChannelCustomer,
        action: Action,
        channel: i64,
    ) -> AsyncRow<'r> {
        AsyncRow { customer, action, channel, company: self.company(), at: &self.now }
    }

    /// Makes the channel's database one that may be written to: where the request is only said, a
    /// copy that is thrown away.
    pub(super) fn for_writing(&mut self) -> Result<(), PosError> {
        if matches!(self.hands, Hands::Rehearsing(_)) {
            self.database = self.hands.env().channel_copy(self.hq(), &self.store.name)?;
        }
        Ok(())
    }

    /// The channel's own name.
    pub(super) fn channel(&self) -> &str {
        self.store.channel()
    }

    /// What the instance answers from.
    pub(super) fn view(&self) -> &View {
        &self.answers
    }

    /// The channel's configuration, as far as it has one.
    pub(super) fn own(&self) -> Result<ChannelView, PosError> {
        self.view().channel.clone().ok_or_else(|| PosError::MissingGround {
            channel: self.channel().to_owned(),
            missing: super::obstacle::MissingGround::NoConfiguration,
        })
    }

    /// Whether a feature is in effect on this instance.
    pub(super) fn has(&self, slug: &'static str) -> bool {
        let switch = Switch::Feature(slug);
        is_on(self.view(), switch, self.catalogue) && self.ground().knows(self.answering(), switch)
    }

    /// What holds for a customer whom headquarters makes.
    pub(super) fn new_customers(&self) -> Result<NewCustomers, PosError> {
        Ok(NewCustomers::read(self.hq(), self.catalogue, self.company())?)
    }

    /// Whether the receipt e-mail of the default customer is copied to one that is made here.
    pub(super) fn receipt_email(&self) -> ReceiptEmail {
        ReceiptEmail::prevented(self.has(slug::NO_RECEIPT_EMAIL))
    }

    /// The refusal of an operation that captures further contacts where their feature is not in
    /// effect; none where it is, and where the operation is refused or impossible anyway.
    ///
    /// # Errors
    /// Those of [`Site::decide`].
    pub(super) fn without_contacts(
        &self,
        kind: Kind,
        known: Option<&ChannelCustomer>,
    ) -> Result<Option<PosReport>, PosError> {
        let ReasonedDecision { decision, .. } = self.decide(kind, known)?;
        if matches!(decision, Decision::Refused(..)) || self.has(slug::CONTACTS) {
            return Ok(None);
        }
        let feature = slug::CONTACTS.to_owned();
        let found = self.ground().obstacle(self.answering(), Switch::Feature(slug::CONTACTS));
        let mut report = self.refused(kind, known, found.iter().map(Obstacle::reason).collect());
        report.notes.push("registers capture further contacts only with that feature".to_owned());
        report.next.push(OfFeatures::Plan(feature).into());
        Ok(Some(report))
    }

    /// The customer of an account or GUID.
    pub(super) fn customer(&self, account: &str) -> Result<ChannelCustomer, PosError> {
        channel_customers::know(&self.database, account)?.ok_or_else(|| PosError::UnknownCustomer {
            channel: self.channel().to_owned(),
            account: account.to_owned(),
        })
    }

    /// What operations rest on.
    fn ground(&self) -> Ground<'_> {
        Ground {
            catalogue: self.catalogue,
            clock: &self.world().clock,
            channel: self.channel(),
            said: &self.said,
            here: &self.here,
        }
    }

    /// Who answers.
    fn answering(&self) -> Answerer<'_> {
        let (offline, held) = (self.is_offline(), self.held.as_ref());
        Answerer { offline, held, shop: &self.shop }
    }

    /// Which way an operation goes, and why not another.
    ///
    /// # Errors
    /// [`PosError::MissingGround`] where the channel lacks what it needs.
    pub(super) fn decide(
        &self,
        kind: Kind,
        known: Option<&ChannelCustomer>,
    ) -> Result<ReasonedDecision, PosError> {
        let who =
            if known.is_some_and(ChannelCustomer::is_async) { Who::Async } else { Who::Known };
        let outlook = self.ground().outlook(self.answering(), kind, who);
        let reasons = outlook.reasons();
        let decision = outlook.decision.map_err(|missing| PosError::MissingGround {
            channel: self.channel().to_owned(),
            missing,
        })?;
        Ok(ReasonedDecision { decision, reasons })
    }

    /// A report to be filled.
    pub(super) fn report(&self, operation: &str, path: Path, account: &str) -> PosReport {
        let pending = crate::world::ids::is_guid(account);
        PosReport {
            channel: self.channel().to_owned(),
            operation: operation.to_owned(),
            path,
            dry_run: false,
            expected: None,
            account: account.to_owned(),
            display_account: if pending { PENDING_SYNC } else { account }.to_owned(),
            request: None,
            reasons: Vec::new(),
            address: None,
            left_to_job: None,
            notes: Vec::new(),
            next: Vec::new(),
            customers: None,
        }
    }

    /// The report of a refused operation.
    pub(super) fn refused(
        &self,
        kind: Kind,
        known: Option<&ChannelCustomer>,
        reasons: Vec<Reason>,
    ) -> PosReport {
        let account = known.map_or("", ChannelCustomer::account);
        PosReport { reasons, ..self.report(kind.as_str(), Path::Refused, account) }
    }

    /// Whether headquarters cannot be reached now.
    pub(super) fn headquarters_down(&mut self) -> bool {
        let name = self.channel().to_owned();
        let world = match &mut self.hands {
            Hands::Acting(writer) => &mut writer.world,
            Hands::Rehearsing(rehearsal) => &mut rehearsal.reader.world,
        };
        world.faults.take(FaultKind::RtsDown, &name)
    }

    /// The log line of a real-time call.
    fn call(
        &self,
        kind: Kind,
        account: &str,
        outcome: CallOutcome,
        reasons: &[Reason],
    ) -> Result<RealTimeCall, PosError> {
        Ok(RealTimeCall {
            id: scale_unit::next_call(&self.database)?,
            channel: self.channel().to_owned(),
            instance: match self.by {
                AnsweredBy::ScaleUnit(instance) => instance,
                AnsweredBy::OfflineRegister => 0,
            },
            operation: kind.as_str().to_owned(),
            request: kind.request().to_owned(),
            account: account.to_owned(),
            outcome,
            reasons: reasons.to_vec(),
            called: self.now.clone(),
        })
    }

    /// Keeps a line about a call that fell back; it is worth having, and nothing fails for it.
    pub(super) fn log_fallback(
        &self,
        kind: Kind,
        account: &str,
        reasons: &[Reason],
    ) -> Result<(), PosError> {
        let Hands::Acting(writer) = &self.hands else { return Ok(()) };
        let call = self.call(kind, account, CallOutcome::FellBack, reasons)?;
        let logged = relay::log_call(writer, &call);
        writer.tidied("the log of the channel's real-time calls", logged);
        Ok(())
    }

    /// Makes a real-time call, or reports that headquarters is down (R07 is the caller's).
    pub(super) fn real_time(
        &mut self,
        kind: Kind,
        account: &str,
        reasons: Vec<Reason>,
        work: impl FnOnce(&HqTx<'_>) -> Result<AccountNum, ExchangeError>,
    ) -> Result<PosReport, PosError> {
        if self.headquarters_down() {
            if let Hands::Acting(writer) = &self.hands {
                relay::log_call(writer, &self.call(kind, account, CallOutcome::Failed, &reasons)?)?;
            }
            let mut report = self.report(kind.as_str(), Path::Failed, account);
            report.request = Some(kind.request().to_owned());
            report.reasons = reasons;
            let down = "A connection to headquarters could not be established.";
            report.reasons.push(Reason::new(ReasonCode::RtsDown, down));
            return Ok(report);
        }
        let call = self.call(kind, account, CallOutcome::Succeeded, &reasons)?;
        let (account, left) = match &mut self.hands {
            Hands::Acting(writer) => {
                let Answer { call, left } = relay::real_time(writer, call, &self.database, work)?;
                (call.account, left)
            }
            Hands::Rehearsing(Rehearsal { reader, copy }) => {
                let copy = match copy {
                    Some(copy) => copy,
                    None => copy.insert(relay::Copy::new(reader.env.headquarters_copy()?)?),
                };
                (copy.say(&reader.hq, &self.now, work)?.to_string(), None)
            }
        };
        let mut report = self.report(kind.as_str(), Path::RealTime, &account);
        report.request = Some(kind.request().to_owned());
        report.reasons = reasons;
        report.left_to_job = left;
        Ok(report)
    }
}

/// Has an instance, and the e-commerce application before it where there is one, hold what they
/// answer from now on.
fn remember(
    database: &Handle<ChannelDatabase>,
    (instance, held, shop): (u32, &Option<Cached>, Option<&Storefront>),
    now: &View,
    at: &Time,
) -> Result<(), StoreError> {
    let unit = held.as_ref().map_or(now, |held| &held.view);
    let asks = shop.filter(|shop| shop.features.is_none() || shop.configuration.is_none());
    // There is nothing to answer from before the channel has its configuration.
    if unit.channel.is_none() || held.is_some() && asks.is_none() {
        return Ok(());
    }
    database.write(|channel| {
        if held.is_none() {
            scale_unit::hold(channel, instance, now, at)?;
        }
        asks.map_or(Ok(()), |shop| scale_unit::hold_storefront(channel, shop, unit, at))
    })
}

/// A decision, and what is said of it.
pub(super) struct ReasonedDecision {
    pub(super) decision: Decision,
    pub(super) reasons: Vec<Reason>,
}
