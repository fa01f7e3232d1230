//! What an operation rests on, and what it would come to if it were made now. The register, the
//! plan and the doctor ask here, so that none can say otherwise than another.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Circumstances, Decision, Kind, Switch, decide};
use super::obstacle::{MissingGround, Obstacle};
use crate::gates::Catalogue;
use crate::gates::catalogue::slug;
use crate::gates::gate::CARRIER;
use crate::model::ids::{AccountNum, DataAreaId, JobId};
use crate::model::pos::{Path, Reason, ReasonCode};
use crate::model::scale_unit::{Cached, Storefront, View};
use crate::model::suggestion::ProfileSwitch;
use crate::model::topology::DataStore;
use crate::model::version::Version;
use crate::store::feature_rows::{self, Half};
use crate::store::profiles::{self, Profile};
use crate::store::{
    ChannelDatabase, Headquarters, StoreError, channel_customers, default_customers, features,
    hq_customers, scale_unit,
};
use crate::world::Clock;

/// What headquarters says, as far as operations rest on it.
#[derive(Debug, Clone)]
pub(crate) struct HeadquartersGround {
    profiles: Vec<Profile>,
    /// Whether each feature that operations rest on is on.
    on: BTreeMap<&'static str, bool>,
    /// Features of which headquarters has one row.
    torn: Vec<(String, Half)>,
    filters_shared: bool,
    has_customers: bool,
    /// The version of each channel's scale unit.
    scale_units: Vec<(String, Version)>,
}

/// What a channel's database has, as far as operations rest on it.
#[derive(Debug, Clone)]
pub(crate) struct ChannelGround {
    /// What it says now.
    pub(crate) now: View,
    features: BTreeMap<&'static str, Rows>,
    defaults: BTreeMap<AccountNum, Whereabouts>,
    /// Whether it has a customer with an account.
    pub(crate) has_customers: bool,
    /// Whether it has one whose account has not come back.
    pub(crate) has_pending: bool,
}

/// What is missing of a feature in a channel that does not see it.
#[derive(Debug, Clone, Default)]
struct Rows {
    /// The one row of two that is there, where it is one.
    half: Option<Half>,
    /// The jobs that have not been applied since the feature was turned on.
    missing: Vec<JobId>,
}

/// Where a default customer is.
#[derive(Debug, Clone, Copy)]
struct Whereabouts {
    channel: bool,
    headquarters: bool,
}

/// Who an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A customer with an account, or nobody yet.
    Known,
    /// A customer whose account has not come back.
    Async,
}

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answerer<'a> {
    /// A register that is offline.
    pub(crate) offline: bool,
    /// What the instance holds; none where it would look.
    pub(crate) held: Option<&'a Cached>,
    /// What the e-commerce application before it holds; nothing where there is none.
    pub(crate) shop: &'a Storefront,
}

impl<'a> Answerer<'a> {
    /// What the instance answers, where its database says this.
    fn unit(&self, now: &'a View) -> &'a View {
        self.held.map_or(now, |held| &held.view)
    }
}

/// What an operation would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Which way it would go.
    pub(crate) decision: Result<Decision, MissingGround>,
    /// The first thing in the way of its being local, where it is not.
    pub(crate) obstacle: Option<Obstacle>,
}

impl Outlook {
    /// The path, as `pos` has it.
    pub(crate) fn path(&self) -> Path {
        match &self.decision {
            Ok(Decision::Local) => Path::Async,
            Ok(Decision::RealTime) => Path::RealTime,
            Ok(Decision::Refused(..)) => Path::Refused,
            Err(_) => Path::Failed,
        }
    }

    /// Why it is not local, or not done, as `pos` has it.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let refused = match &self.decision {
            Ok(Decision::Refused(code, text)) => Some(Reason::new(*code, *text)),
            Err(missing) => Some(Reason::new(missing.code(), format!("the channel {missing}"))),
            Ok(_) => None,
        };
        refused.into_iter().chain(self.obstacle.as_ref().map(Obstacle::reason)).collect()
    }
}

/// The features that make operations local, and the one that further contacts need.
fn switches() -> impl Iterator<Item = &'static str> {
    let mut found: Vec<&'static str> = vec![slug::CONTACTS];
    for kind in Kind::ALL {
        if let Switch::Feature(slug) = kind.switch()
            && !found.contains(&slug)
        {
            found.push(slug);
        }
    }
    found.into_iter()
}

impl HeadquartersGround {
    /// Reads headquarters.
    ///
    /// # Errors
    /// Its file.
    pub(crate) fn read(hq: &Headquarters, catalogue: &Catalogue) -> Result<Self, StoreError> {
        let rows = features::rows(hq, catalogue)?;
        let is_on = |slug: &str| rows.iter().any(|row| row.slug == slug && row.on);
        Ok(Self {
            profiles: profiles::profiles(hq)?,
            on: switches().map(|slug| (slug, is_on(slug))).collect(),
            torn: feature_rows::halves(hq)?,
            filters_shared: profiles::filters_shared_customers(hq)?,
            has_customers: default_customers::any(hq)?,
            scale_units: features::scale_units(hq, &features::app_version(hq)?)?,
        })
    }

    /// The functionality profile of a channel.
    pub(crate) fn profile(&self, channel: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.channels.iter().any(|own| own == channel))
    }

    fn is_on(&self, slug: &str) -> bool {
        self.on.get(slug).copied().unwrap_or(false)
    }
}

/// Both sides' files, while they are read.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// Headquarters.
    pub(crate) hq: &'a Headquarters,
    /// The channel's database.
    pub(crate) channel: &'a ChannelDatabase,
    /// Which it is.
    pub(crate) store: &'a DataStore,
    /// The features there are.
    pub(crate) catalogue: &'a Catalogue,
    /// The time.
    pub(crate) clock: &'a Clock,
    /// The company.
    pub(crate) company: &'a DataAreaId,
}

impl ChannelGround {
    /// Reads a channel's database; `held` is what the instances of its scale unit hold.
    ///
    /// # Errors
    /// Either file.
    pub(crate) fn read<'c>(
        sides: Sides<'_>,
        said: &HeadquartersGround,
        held: impl IntoIterator<Item = &'c Cached>,
    ) -> Result<Self, StoreError> {
        let now = scale_unit::look(sides.channel, sides.store.channel())?;
        let mut features = BTreeMap::new();
        for slug in switches() {
            let seen = is_on(&now, Switch::Feature(slug), sides.catalogue);
            let rows = if seen { Rows::default() } else { Rows::read(sides, said, slug)? };
            features.insert(slug, rows);
        }
        let views = held.into_iter().map(|held| &held.view).chain([&now]);
        let own = |view: &View| Some(view.channel.as_ref()?.default_customer.clone());
        let named = default_customers::named(sides.hq, sides.store)?;
        // Mostly all of them name the same one.
        let accounts: BTreeSet<AccountNum> = views.filter_map(own).chain(named).collect();
        let mut defaults = BTreeMap::new();
        for account in accounts {
            let found = Whereabouts {
                channel: channel_customers::know(sides.channel, account.as_str())?.is_some(),
                headquarters: hq_customers::template(sides.hq, &account, sides.company)?.is_some(),
            };
            defaults.insert(account, found);
        }
        let has_customers = default_customers::has_customers(sides.channel)?;
        let has_pending = default_customers::has_pending(sides.channel)?;
        Ok(Self { now, features, defaults, has_customers, has_pending })
    }
}

impl ChannelGround {
    /// Whether the channel has a customer whom headquarters, or one of its views, names as its
    /// default; none for any other.
    pub(crate) fn has_customer(&self, account: &AccountNum) -> Option<bool> {
        self.defaults.get(account).map(|found| found.channel)
    }
}

impl Rows {
    fn read(
        sides: Sides<'_>,
        said: &HeadquartersGround,
        slug: &'static str,
    ) -> Result<Self, StoreError> {
        let Sides { hq, channel, store, catalogue, clock, .. } = sides;
        let Some(gate) = catalogue.get(slug).filter(|_| said.is_on(slug)) else {
            return Ok(Self::default());
        };
        let half = match scale_unit::feature_rows(channel, &gate.table_name())? {
            (Some(_), false) => Some(Half::State),
            (None, _) => feature_rows::has_metadata(hq, channel, &gate.table_name())?
                .then_some(Half::Metadata),
            (Some(_), true) => None,
        };
        let mut missing = features::missing_jobs(hq, catalogue, gate, store.id, clock)?;
        if missing.is_empty() {
            missing.push(JobId::new(CARRIER));
        }
        Ok(Self { half, missing })
    }
}

/// Whether a view has a switch on.
pub fn is_on(view: &View, switch: Switch, catalogue: &Catalogue) -> bool {
    let channel = view.channel.as_ref();
    match switch {
        Switch::Profile(ProfileSwitch::AsyncCustomers) => {
            channel.is_some_and(|channel| channel.async_customers)
        }
        Switch::Profile(ProfileSwitch::AsyncOrders) => {
            channel.is_some_and(|channel| channel.async_orders)
        }
        Switch::Feature(slug) => catalogue
            .get(slug)
            .and_then(|gate| view.features.get(&gate.table_name()))
            .copied()
            .unwrap_or(false),
        Switch::Never => false,
    }
}

/// What an operation rests on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The features there are.
    pub(crate) catalogue: &'a Catalogue,
    /// The time.
    pub(crate) clock: &'a Clock,
    /// The channel's own name.
    pub(crate) channel: &'a str,
    /// Headquarters' side.
    pub(crate) said: &'a HeadquartersGround,
    /// The channel's side.
    pub(crate) here: &'a ChannelGround,
}

impl Ground<'_> {
    /// What an operation would come to.
    pub(crate) fn outlook(&self, answering: Answerer<'_>, kind: Kind, who: Who) -> Outlook {
        let view = &answering.shop.over(answering.unit(&self.here.now));
        let decided = decide(
            kind,
            Circumstances {
                async_customer: who == Who::Async,
                offline: answering.offline,
                filters_shared: self.said.filters_shared,
                switched_on: is_on(view, kind.switch(), self.catalogue)
                    && self.knows(answering, kind.switch()),
            },
        );
        let decision = match self.missing(view, kind, who, decided) {
            Some(missing) => Err(missing),
            None => Ok(decided),
        };
        let in_the_way = match decision {
            Ok(Decision::RealTime) => true,
            // What its nature refuses is not made local by any switch.
            Ok(Decision::Refused(code, _)) => code == ReasonCode::AsyncCustomer,
            Ok(Decision::Local) | Err(_) => false,
        };
        let obstacle = in_the_way.then(|| self.obstacle(answering, kind.switch())).flatten();
        Outlook { decision, obstacle }
    }

    /// What makes the operation impossible, whatever was typed.
    fn missing(
        &self,
        view: &View,
        kind: Kind,
        who: Who,
        decided: Decision,
    ) -> Option<MissingGround> {
        let Some(own) = &view.channel else { return Some(MissingGround::NoConfiguration) };
        if kind != Kind::CreateCustomer {
            let nobody = who == Who::Known && self.said.has_customers && !self.here.has_customers;
            return nobody.then_some(MissingGround::NoCustomers);
        }
        if matches!(decided, Decision::Refused(..)) {
            return None;
        }
        let account = &own.default_customer;
        let found = self.here.defaults.get(account);
        let found = found.copied().unwrap_or(Whereabouts { channel: true, headquarters: true });
        match decided {
            _ if account.is_empty() => Some(MissingGround::NoDefaultCustomer),
            Decision::Local if !found.channel => {
                Some(MissingGround::DefaultCustomerNotThere(account.to_string()))
            }
            Decision::RealTime if !found.headquarters => {
                Some(MissingGround::DefaultCustomerUnknown(account.to_string()))
            }
            _ => None,
        }
    }

    /// The first thing in the way of a switch, in the order in which a change travels:
    /// headquarters, the channel's database, the scale unit's memory, the e-commerce
    /// application's.
    pub(crate) fn obstacle(&self, answering: Answerer<'_>, switch: Switch) -> Option<Obstacle> {
        let first = match switch {
            Switch::Never => Some(Obstacle::Always),
            Switch::Profile(option) => self.profile(option),
            Switch::Feature(slug) => self.feature(answering, slug),
        };
        first.or_else(|| {
            if !is_on(&self.here.now, switch, self.catalogue) {
                return None;
            }
            if !is_on(answering.unit(&self.here.now), switch, self.catalogue) {
                let until = self.clock.show(&answering.held?.until);
                return Some(Obstacle::Cached { until });
            }
            let shop = match switch {
                Switch::Profile(_) => answering.shop.configuration.as_ref(),
                Switch::Feature(_) => answering.shop.features.as_ref(),
                Switch::Never => None,
            };
            let stale = shop.filter(|held| !is_on(&held.view, switch, self.catalogue))?;
            Some(Obstacle::StorefrontCached { until: self.clock.show(&stale.until) })
        })
    }

    fn profile(&self, option: ProfileSwitch) -> Option<Obstacle> {
        let Some(own) = self.said.profile(self.channel) else { return Some(Obstacle::NoProfile) };
        let wanted = match option {
            ProfileSwitch::AsyncOrders => own.async_orders,
            ProfileSwitch::AsyncCustomers => own.async_customers,
        };
        let profile = own.id.clone();
        if !wanted {
            Some(Obstacle::ProfileOff { option, profile })
        } else if !is_on(&self.here.now, Switch::Profile(option), self.catalogue) {
            Some(Obstacle::ProfileNotDistributed { option, profile })
        } else {
            None
        }
    }

    /// Whether who answers is new enough to know a switch; what a register that is offline knows
    /// does not depend on the scale unit.
    pub(crate) fn knows(&self, answering: Answerer<'_>, switch: Switch) -> bool {
        let Switch::Feature(slug) = switch else { return true };
        answering.offline || self.too_old(slug).is_none()
    }

    /// The version of the channel's scale unit, and the one a feature needs, where that is newer.
    fn too_old(&self, slug: &str) -> Option<(&Version, &Version)> {
        let needs = self.catalogue.get(slug)?.scale_unit_floor();
        let old = |(name, own): &&(String, Version)| own < needs && name == self.channel;
        self.said.scale_units.iter().find(old).map(|(_, own)| (own, needs))
    }

    fn feature(&self, answering: Answerer<'_>, slug: &'static str) -> Option<Obstacle> {
        let gate = self.catalogue.get(slug)?;
        let name = gate.name.clone();
        if !self.said.is_on(slug) {
            return Some(Obstacle::FeatureOff { slug: slug.to_owned(), name });
        }
        if let Some((own, needs)) = self.too_old(slug).filter(|_| !answering.offline) {
            return Some(Obstacle::ScaleUnitTooOld {
                name,
                own: own.clone(),
                needs: needs.clone(),
            });
        }
        if is_on(&self.here.now, Switch::Feature(slug), self.catalogue) {
            return None;
        }
        let table = gate.table_name();
        let called = |known: &str| known == table || known == name;
        if let Some((_, there)) = self.said.torn.iter().find(|(known, _)| called(known)) {
            return Some(Obstacle::Torn { name, there: *there });
        }
        let rows = self.here.features.get(slug)?;
        Some(match rows.half {
            Some(there) => Obstacle::HalfSynchronized { name, there },
            None => Obstacle::NotDistributed { name, jobs: rows.missing.clone() },
        })
    }
}
