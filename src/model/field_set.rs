//! Who set a field, when the person acted, and which of two is newer (C09).

use std::cmp::Ordering;
use std::fmt;

use super::customer::{AddressField, CustomerField};
use super::ids::{AccountNum, DataStoreId};
use super::named::named;
use super::operation::{OperationId, OperationKind};
use super::time::Time;

/// Whose fields they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldOwner<'a> {
    /// The customer of an account.
    Customer(&'a AccountNum),
    /// A postal address of headquarters, by its RECID.
    Address(i64),
}

/// A field that an operation sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// One of the customer itself.
    Customer(CustomerField),
    /// Whether the customer has an affiliation, by its RECID.
    Affiliation(i64),
    /// The value of an attribute, by its RECID.
    Attribute(i64),
    /// One of an address.
    Address(AddressField),
    /// Whether an address is in force.
    InForce,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(field) => f.write_str(field.as_str()),
            Self::Affiliation(id) => write!(f, "affiliation {id}"),
            Self::Attribute(id) => write!(f, "attribute {id}"),
            Self::Address(field) => f.write_str(field.as_str()),
            Self::InForce => f.write_str("in-force"),
        }
    }
}

/// Where a row of a channel was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowOrigin {
    /// The RECID of the channel database that the register wrote into.
    pub(crate) store: DataStoreId,
    /// The table.
    pub(crate) kind: OperationKind,
    /// The replication counter there.
    pub(crate) counter: i64,
    /// The number of the row's origin, which goes up in the order in which people acted; none of
    /// a row that another program or an earlier version made.
    pub(crate) number: Option<i64>,
}

/// Whether a row was made before another one; rows of several channels or tables have no order.
///
/// A row gets another counter when it is merged or brought up again, and keeps its number.
pub(crate) fn made_before(a: &RowOrigin, b: &RowOrigin) -> bool {
    let earlier = match (a.number, b.number) {
        (Some(a), Some(b)) => a < b,
        _ => a.counter < b.counter,
    };
    (a.store, a.kind) == (b.store, b.kind) && earlier
}

named! {
    /// The kinds of [`Setter`].
    pub(crate) enum SetterKind {
        /// A person in headquarters.
        Headquarters = "headquarters",
        /// A real-time call.
        RealTime = "real-time",
        /// The status form.
        StatusForm = "status-form",
        /// An operation of a channel.
        Operation = "operation",
    }
}

/// Who set a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setter {
    /// A person in headquarters, by a form.
    Headquarters,
    /// A channel database, by its RECID, with a real-time call.
    RealTime(DataStoreId),
    /// A person in headquarters who saved the value of an operation on the status form.
    StatusForm(OperationId),
    /// An operation of a channel.
    Operation {
        /// The row in headquarters.
        id: OperationId,
        /// The row in the channel.
        made: RowOrigin,
    },
}

/// A field's last setting: who, and when the person acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The environment's time.
    pub(crate) at: Time,
    /// Who.
    pub(crate) by: Setter,
}

impl Stamp {
    /// A change that a person makes in headquarters now.
    pub(crate) fn headquarters(now: &Time) -> Self {
        Self { at: now.to_owned(), by: Setter::Headquarters }
    }

    /// A change that a channel database makes by a real-time call now.
    pub(crate) fn real_time(now: &Time, store: DataStoreId) -> Self {
        Self { at: now.to_owned(), by: Setter::RealTime(store) }
    }

    /// Whether what was set with this stamp stands against a setting that comes late: the person
    /// acted later, or at the same time in the same channel after it. On any other tie the one
    /// that is processed later stands.
    pub(crate) fn stands_against(&self, late: &Self) -> bool {
        match self.at.cmp(&late.at) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => match (&self.by, &late.by) {
                (Setter::Operation { made, .. }, Setter::Operation { made: other, .. }) => {
                    made_before(other, made)
                }
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        Time::stored(text)
    }

    fn stamp(at: &Time, store: i64, counter: i64) -> Stamp {
        numbered(at, store, counter, None)
    }

    fn numbered(at: &Time, store: i64, counter: i64, number: Option<i64>) -> Stamp {
        let kind = OperationKind::Customer;
        let by = Setter::Operation {
            id: OperationId { kind, row: counter },
            made: RowOrigin { store: DataStoreId(store), kind, counter, number },
        };
        Stamp { at: at.to_owned(), by }
    }

    #[test]
    fn the_time_decides_then_the_order_within_a_channel() {
        let (early, late) = (&time("2026-01-15 08:00:00.000"), &time("2026-01-15 08:00:00.001"));
        assert!(stamp(late, 1, 1).stands_against(&stamp(early, 1, 9)));
        assert!(!stamp(early, 1, 9).stands_against(&stamp(late, 1, 1)));
        assert!(stamp(early, 1, 9).stands_against(&stamp(early, 1, 8)));
        assert!(!stamp(early, 1, 8).stands_against(&stamp(early, 1, 9)));
    }

    #[test]
    fn a_row_that_got_another_counter_keeps_its_place() {
        let now = &time("2026-01-15 08:00:00.000");
        let (first, again) = (numbered(now, 1, 9, Some(3)), numbered(now, 1, 2, Some(4)));
        assert!(again.stands_against(&first));
        assert!(!first.stands_against(&again));
        // One that another program made has its counter alone.
        assert!(stamp(now, 1, 10).stands_against(&first));
        assert!(first.stands_against(&stamp(now, 1, 8)));
    }

    #[test]
    fn on_any_other_tie_the_one_that_is_processed_later_stands() {
        let now = &time("2026-01-15 08:00:00.000");
        assert!(!stamp(now, 1, 9).stands_against(&stamp(now, 2, 1)));
        assert!(!Stamp::headquarters(now).stands_against(&stamp(now, 1, 1)));
        assert!(!stamp(now, 1, 1).stands_against(&Stamp::real_time(now, DataStoreId(1))));
    }
}
