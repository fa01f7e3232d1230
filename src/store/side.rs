//! The two sides that a database can be of, and a transaction of each.

use std::ops::Deref;

use super::db::Db;
use super::error::StoreError;

/// A database of one side, inside a transaction: what writes takes this, so that it cannot be
/// called without one, or with another side's.
#[derive(Debug)]
pub struct Tx<'a, S>(&'a S);

impl<'a, S> Tx<'a, S> {
    /// The same transaction, to be kept in something that lives inside it.
    pub(super) fn same(&self) -> Tx<'a, S> {
        Tx(self.0)
    }
}

impl<S> Deref for Tx<'_, S> {
    type Target = S;
    fn deref(&self) -> &S {
        self.0
    }
}

/// Headquarters inside a transaction.
pub type HqTx<'a> = Tx<'a, Headquarters>;

/// A channel database inside a transaction.
pub type ChannelTx<'a> = Tx<'a, ChannelDatabase>;

macro_rules! side {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(pub Db);

        impl Deref for $name {
            type Target = Db;
            fn deref(&self) -> &Db { &self.0 }
        }
    };
}

side! {
    /// The headquarters database, `hq.db`.
    Headquarters
}

side! {
    /// A channel database or a register's offline database.
    ChannelDatabase
}

impl Headquarters {
    /// Does everything in one transaction, or nothing. Inside one there is [`HqTx`], which what is
    /// done there takes; a second one is not begun.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&HqTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        debug_assert!(!self.is_inside(), "a transaction of headquarters inside another");
        self.0.write(|_| work(&Tx(self)))
    }
}

impl ChannelDatabase {
    /// Does everything in one transaction, or nothing.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&ChannelTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.write(|_| work(&Tx(self)))
    }
}
