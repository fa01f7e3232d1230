//! What people name, and can misspell; and enums whose every value has a text.

use std::fmt;

use super::suggestion::SessionKind;

/// Makes an enum whose values have one text each, for readers, JSON and columns alike: `as_str`,
/// `parse` in any case, `ALL` in the order written, Display, and serde.
macro_rules! named {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($(#[$about:meta])* $variant:ident = $text:expr,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// Every value, in the order written.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text, as readers, JSON and columns have it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the text in any case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| {
                    let expected = Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
                    let expected = expected.join(", ");
                    serde::de::Error::custom(format!("{text:?} is not one of {expected}"))
                })
            }
        }
    };
}
pub(crate) use named;

/// A kind of thing that has a name, or a number, in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
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
    /// An address of a customer.
    Address,
    /// An operation of the customer synchronization.
    Operation,
}

impl fmt::Display for Named {
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
            Self::Address => "address",
            Self::Operation => "operation",
        })
    }
}
