//! What a scale unit instance answers from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ids::AccountNum;
use crate::model::time::Time;

/// What a channel knows of itself and of features, read from its database at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct View {
    /// Features by their name in the table; only those the runtime sees (G14).
    pub(crate) features: BTreeMap<String, bool>,
    /// The channel itself; none before 1070 has brought it.
    pub(crate) channel: Option<ChannelView>,
}

/// A channel's own configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ChannelView {
    /// The channel's RECID.
    pub(crate) recid: i64,
    /// The default customer's account.
    pub(crate) default_customer: AccountNum,
    /// The functionality profile's id.
    pub(crate) profile: String,
    /// "Create customer in async mode" (R01).
    pub(crate) async_customers: bool,
    /// "Create customer order in async mode".
    pub(crate) async_orders: bool,
    /// "Days transactions exist" (U06).
    pub(crate) days_transactions_exist: i64,
}

/// What the e-commerce application of an online store holds, in front of the scale unit (R17).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Storefront {
    /// Feature states, as the scale unit answered them.
    pub(crate) features: Option<Cached>,
    /// The channel's configuration.
    pub(crate) configuration: Option<Cached>,
}

impl Storefront {
    /// What it answers where the scale unit would answer this.
    pub(crate) fn over<'a>(&self, unit: &'a View) -> Cow<'a, View> {
        if !self.holds() {
            return Cow::Borrowed(unit);
        }
        let features = self.features.as_ref().map_or(unit, |held| &held.view);
        let configuration = self.configuration.as_ref().map_or(unit, |held| &held.view);
        let (features, channel) = (features.features.clone(), configuration.channel.clone());
        Cow::Owned(View { features, channel })
    }

    /// What it holds of either kind.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Cached> {
        self.features.iter().chain(&self.configuration)
    }

    /// Whether it holds anything.
    pub(crate) fn holds(&self) -> bool {
        self.held().next().is_some()
    }
}

/// One instance's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cached {
    /// What it answers from.
    pub(crate) view: View,
    /// When it was read.
    pub(crate) loaded: Time,
    /// Until when it is answered from.
    pub(crate) until: Time,
}
