//! What people name, and can misspell.

use std::fmt;

use super::session::SessionKind;

/// A kind of thing that has a name, or a number, in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A channel database, or an offline database.
    Channel,
    /// A channel database group.
    Group,
    /// A distribution schedule.
    Schedule,
    /// A functionality profile.
    Profile,
    /// A download or upload session.
    Session(SessionKind),
    /// Where a download or upload session stands.
    Status(SessionKind),
    /// A customer in headquarters.
    Customer,
    /// The customer that new ones are like.
    DefaultCustomer,
    /// An affiliation.
    Affiliation,
    /// A customer attribute.
    Attribute,
    /// A customer group.
    CustomerGroup,
    /// A currency.
    Currency,
    /// A language.
    Language,
    /// A country or region.
    Country,
    /// An address of a customer.
    Address,
    /// An operation of the customer synchronization.
    Operation,
}

impl NameKind {
    /// Whether it is one of the values that something can have, which no command lists.
    pub(crate) fn is_value(self) -> bool {
        match self {
            Self::Affiliation
            | Self::Attribute
            | Self::CustomerGroup
            | Self::Currency
            | Self::Language
            | Self::Country
            | Self::Status(_) => true,
            Self::Channel
            | Self::Group
            | Self::Schedule
            | Self::Profile
            | Self::Session(_)
            | Self::Customer
            | Self::DefaultCustomer
            | Self::Address
            | Self::Operation => false,
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Channel => "channel",
            Self::Group => "group",
            Self::Schedule => "schedule",
            Self::Profile => "profile",
            Self::Session(_) => "session",
            Self::Status(_) => "status",
            Self::Customer => "customer",
            Self::DefaultCustomer => "default customer",
            Self::Affiliation => "affiliation",
            Self::Attribute => "customer attribute",
            Self::CustomerGroup => "customer group",
            Self::Currency => "currency",
            Self::Language => "language",
            Self::Country => "country or region",
            Self::Address => "address",
            Self::Operation => "operation",
        })
    }
}
