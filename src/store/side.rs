//! The two sides that a database can be of, and a transaction of each.

use std::ops::Deref;

use super::db::Db;
use super::error::StoreError;

/// A database of one side, as it was opened: what only reads takes the side itself, what writes
/// takes a transaction, and only this begins one. A second one cannot be begun inside it:
///
/// ```compile_fail,E0599
/// use cdx::store::{HqTx, StoreError};
///
/// fn nested(hq: &HqTx<'_>) -> Result<(), StoreError> {
///     hq.write(|_| Ok(()))
/// }
/// ```
///
/// Neither is a channel's transaction one of headquarters:
///
/// ```compile_fail,E0308
/// use cdx::store::{ChannelTx, HqTx};
///
/// fn of_headquarters(_: &HqTx<'_>) {}
///
/// fn of_another_side(channel: &ChannelTx<'_>) {
///     of_headquarters(channel);
/// }
/// ```
#[derive(Debug)]
pub struct Handle<S>(S);

/// A database of one side, inside a transaction: what writes takes this, so that it cannot be
/// called without one, or with another side's.
#[derive(Debug)]
pub struct Tx<'a, S>(&'a S);

impl<S> Deref for Handle<S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S> Deref for Tx<'_, S> {
    type Target = S;
    fn deref(&self) -> &S {
        self.0
    }
}

impl<S: Deref<Target = Db>> Handle<S> {
    /// A database that was opened for writing.
    pub fn new(side: S) -> Self {
        Self(side)
    }

    /// The database, to be read alone.
    pub(super) fn side(self) -> S {
        self.0
    }

    /// Does everything in one transaction, or nothing.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_, S>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.immediate(|| work(&Tx(&self.0)))
    }
}

/// A database in a transaction that stays open from call to call, until it is committed; where this
/// is dropped instead, SQLite undoes it as the file is closed.
#[derive(Debug)]
pub(super) struct Begun<S>(Handle<S>);

impl<S: Deref<Target = Db>> Handle<S> {
    /// Begins a transaction.
    pub(super) fn begin(self) -> Result<Begun<S>, StoreError> {
        self.0.script("BEGIN IMMEDIATE")?;
        Ok(Begun(self))
    }
}

impl<S: Deref<Target = Db>> Begun<S> {
    /// The transaction.
    pub(super) fn tx(&self) -> Tx<'_, S> {
        Tx(&self.0.0)
    }

    /// Commits it; the database.
    pub(super) fn commit(self) -> Result<Handle<S>, StoreError> {
        self.0.0.commit().map(|()| self.0)
    }
}

impl<'a, S> Tx<'a, S> {
    /// The same transaction, to be kept in something that lives inside it.
    pub(super) fn same(&self) -> Tx<'a, S> {
        Tx(self.0)
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
