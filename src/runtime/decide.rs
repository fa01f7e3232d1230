//! Which way an operation goes, from what the scale unit answers with (R01 to R09).

use crate::gates::catalogue::slug;
use crate::model::named::named;
use crate::model::pos::ReasonCode;
use crate::model::suggestion::ProfileSwitch;

named! {
    /// What is asked of a channel.
    pub enum Kind {
        /// Create a customer.
        CreateCustomer = "create-customer",
        /// Edit a customer.
        EditCustomer = "edit-customer",
        /// Create an address.
        CreateAddress = "create-address",
        /// Edit an address.
        EditAddress = "edit-address",
        /// Deactivate an address.
        DeactivateAddress = "deactivate-address",
        /// Search customers in headquarters.
        RemoteSearch = "find-customer",
        /// A customer's balance.
        Balance = "balance",
        /// A customer's orders.
        OrderHistory = "order-history",
        /// Link an identity of another provider.
        LinkIdentity = "link-identity",
        /// Take a synchronous customer order.
        CreateOrder = "create-order",
        /// Issue a loyalty card.
        IssueLoyaltyCard = "issue-loyalty-card",
    }
}

impl Kind {
    /// The request of its real-time call. Those of orders and loyalty cards are assumed.
    pub(crate) fn request(self) -> &'static str {
        match self {
            Self::CreateCustomer => "NewCustomerRealtimeRequest",
            Self::EditCustomer => "SaveCustomerRealtimeRequest",
            Self::CreateAddress => "CreateAddressRealtimeRequest",
            Self::EditAddress => "UpdateAddressRealtimeRequest",
            Self::DeactivateAddress => "DeactivateAddressRealtimeRequest",
            Self::RemoteSearch => "SearchCustomersRealtimeRequest",
            Self::Balance => "GetCustomerBalanceRealtimeRequest",
            Self::OrderHistory => "GetOrderHistoryRealtimeRequest",
            Self::LinkIdentity => "InitiateLinkExternalIdWithCustomerRealtimeRequest",
            Self::CreateOrder => "SaveCustomerOrderRealtimeRequest",
            Self::IssueLoyaltyCard => "IssueLoyaltyCardRealtimeRequest",
        }
    }

    /// What makes it local, where anything does.
    pub(crate) fn switch(self) -> Switch {
        match self {
            Self::CreateCustomer => Switch::Profile(ProfileSwitch::AsyncCustomers),
            Self::CreateAddress => Switch::Feature(slug::ADDRESSES),
            Self::EditCustomer | Self::EditAddress | Self::DeactivateAddress => {
                Switch::Feature(slug::EDITING)
            }
            Self::CreateOrder => Switch::Profile(ProfileSwitch::AsyncOrders),
            Self::RemoteSearch
            | Self::Balance
            | Self::OrderHistory
            | Self::LinkIdentity
            | Self::IssueLoyaltyCard => Switch::Never,
        }
    }
}

/// What makes an operation local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// An option of the functionality profile (R01).
    Profile(ProfileSwitch),
    /// A feature (R02, R03).
    Feature(&'static str),
    /// Nothing: it stays a real-time call (R05).
    Never,
}

/// What is known when an operation is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four facts, independent of each other")]
pub struct Circumstances {
    /// The customer's account has not come back.
    pub(crate) async_customer: bool,
    /// The register works offline.
    pub(crate) offline: bool,
    /// "Filter shared customer data tables" is on (R06).
    pub(crate) filters_shared: bool,
    /// The operation's switch is on, as far as the scale unit answers.
    pub(crate) switched_on: bool,
}

/// Which way an operation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// In the channel.
    Local,
    /// By a real-time call.
    RealTime,
    /// Not at all, with its word for scripts and a sentence.
    Refused(ReasonCode, &'static str),
}

const NOT_OFFLINE: Decision =
    Decision::Refused(ReasonCode::Offline, "This operation is not supported in offline mode.");

/// Decides which way an operation goes.
pub fn decide(kind: Kind, now: Circumstances) -> Decision {
    use Decision::{Local, RealTime, Refused};
    match kind {
        Kind::CreateCustomer if now.offline && now.filters_shared => Refused(
            ReasonCode::FilterSharedCustomers,
            "Customers cannot be created offline while \"Filter shared customer data tables\" is on.",
        ),
        // A register that is offline always creates asynchronously (R06).
        Kind::CreateCustomer if now.offline || now.switched_on => Local,
        Kind::CreateCustomer => RealTime,
        Kind::CreateAddress | Kind::EditCustomer | Kind::EditAddress | Kind::DeactivateAddress
            if now.switched_on =>
        {
            Local
        }
        // A register that is offline has nobody to ask, whoever it is about (R18).
        Kind::CreateAddress | Kind::EditCustomer | Kind::EditAddress | Kind::DeactivateAddress
            if now.offline =>
        {
            NOT_OFFLINE
        }
        Kind::CreateAddress if now.async_customer => Refused(
            ReasonCode::AsyncCustomer,
            "Addresses of async customers can be created only with the address feature on.",
        ),
        Kind::EditCustomer | Kind::EditAddress | Kind::DeactivateAddress if now.async_customer => {
            Refused(ReasonCode::AsyncCustomer, "Editing async customers isn't supported.")
        }
        Kind::OrderHistory if now.async_customer => {
            Refused(ReasonCode::PendingSync, "An async customer has no order history yet.")
        }
        Kind::Balance if now.async_customer => {
            Refused(ReasonCode::PendingSync, "An async customer has no balance yet.")
        }
        // The channel has a table for just that (R05).
        Kind::LinkIdentity if now.async_customer => Local,
        Kind::IssueLoyaltyCard if now.async_customer => Refused(
            ReasonCode::PendingSync,
            "No loyalty card for an async customer whose account has not come back.",
        ),
        Kind::CreateOrder if now.async_customer && !now.switched_on => Refused(
            ReasonCode::PendingSync,
            "No synchronous customer order for an async customer whose account has not come back.",
        ),
        Kind::CreateOrder if now.switched_on => Local,
        _ if now.offline => NOT_OFFLINE,
        _ => RealTime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(decision: Decision) -> &'static str {
        match decision {
            Decision::Local => "local",
            Decision::RealTime => "real-time",
            Decision::Refused(..) => "refused",
        }
    }

    /// The matrix of operations and switches (R01, R02, R03, R05, R06, R09).
    #[test]
    fn every_operation_goes_the_documented_way() {
        // Columns: switch off; switch on; async customer off; async customer on; offline off.
        for (kind, expected) in [
            (Kind::CreateCustomer, ["real-time", "local", "real-time", "local", "local"]),
            (Kind::CreateAddress, ["real-time", "local", "refused", "local", "refused"]),
            (Kind::EditCustomer, ["real-time", "local", "refused", "local", "refused"]),
            (Kind::EditAddress, ["real-time", "local", "refused", "local", "refused"]),
            (Kind::DeactivateAddress, ["real-time", "local", "refused", "local", "refused"]),
            (Kind::RemoteSearch, ["real-time", "real-time", "real-time", "real-time", "refused"]),
            (Kind::Balance, ["real-time", "real-time", "refused", "refused", "refused"]),
            (Kind::OrderHistory, ["real-time", "real-time", "refused", "refused", "refused"]),
            (Kind::LinkIdentity, ["real-time", "real-time", "local", "local", "refused"]),
            (Kind::CreateOrder, ["real-time", "local", "refused", "local", "refused"]),
            (Kind::IssueLoyaltyCard, ["real-time", "real-time", "refused", "refused", "refused"]),
        ] {
            let case = |async_customer, switched_on, offline| {
                let filters_shared = false;
                let now = Circumstances { async_customer, offline, filters_shared, switched_on };
                word(decide(kind, now))
            };
            let found = [
                case(false, false, false),
                case(false, true, false),
                case(true, false, false),
                case(true, true, false),
                case(false, false, true),
            ];
            assert_eq!(found, expected, "{}", kind.as_str());
        }
    }

    #[test]
    fn creation_offline_is_refused_while_shared_customers_are_filtered() {
        let now = Circumstances {
            async_customer: false,
            offline: true,
            filters_shared: true,
            switched_on: true,
        };
        assert_eq!(word(decide(Kind::CreateCustomer, now)), "refused");
    }
}
