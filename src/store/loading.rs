//! Fills a channel database while its package is still being made, table by table, in one
//! transaction that is committed once the package is whole.

use std::sync::mpsc::Receiver;

use super::apply::{self, ApplyOutcome, Delivery};
use super::apply_table::existing;
use super::attach::{FINISHED, SecondAs, SecondFile};
use super::db::Journal;
use super::diagnose::table_fits;
use super::error::StoreError;
use super::finishing::Place;
use super::load::{all_empty, load};
use super::packed_table::packed_tables;
use super::rejection::ApplyError;
use super::side::{Begun, ChannelDatabase, Handle};
use crate::model::plan::TablePlan;

/// How often an unfinished package is attached again to see what was finished since: SQLite lets
/// none go before the transaction ends, and takes ten.
const MOST_PACKAGES: usize = 7;

/// A channel database that takes the tables of a package in one transaction, as they are finished.
#[derive(Debug)]
pub(crate) struct Loading {
    channel: Begun<ChannelDatabase>,
    tables: usize,
    packages: usize,
    rows: u64,
    /// Every value is known to be short enough (D12).
    fits: bool,
}

impl Loading {
    /// Begins, where all tables are empty.
    ///
    /// # Errors
    /// The channel's file.
    pub(crate) fn begin(
        channel: Handle<ChannelDatabase>,
        plans: &[TablePlan],
    ) -> Result<Option<Self>, StoreError> {
        if !all_empty(&channel, plans.iter().map(|plan| plan.target.as_str()))? {
            return Ok(None);
        }
        channel.write_by(Journal::RollBack)?;
        let channel = channel.begin()?;
        // Somebody may have written in between.
        let empty = all_empty(&channel.tx(), plans.iter().map(|plan| plan.target.as_str()))?;
        Ok(empty.then_some(Self { channel, tables: 0, packages: 0, rows: 0, fits: true }))
    }

    /// Loads the tables of a package as they are finished; none where it will not have as many.
    ///
    /// # Errors
    /// Either file; rows that are refused.
    pub(crate) fn all(
        mut self,
        package: &Place,
        of: usize,
        finished: &Receiver<()>,
    ) -> Result<Option<Self>, ApplyError> {
        let mut done = 0;
        while finished.recv().is_ok() {
            done += 1 + finished.try_iter().count();
            if self.packages < MOST_PACKAGES || done == of {
                self.take(package)?;
            }
        }
        Ok((self.tables == of).then_some(self))
    }

    /// Loads what was finished since.
    fn take(&mut self, place: &Place) -> Result<(), ApplyError> {
        let channel = self.channel.tx();
        let package = format!("{FINISHED}{}", self.packages);
        self.packages += 1;
        let tables = {
            // The first statement fixes how large the file is to this connection.
            let file = place.hold();
            channel.attach(&package, SecondFile::new(&file, SecondAs::Package))?;
            packed_tables(&channel, &package)?
        };
        for packed in tables.iter().skip(self.tables) {
            let table = existing(&channel, packed)?;
            self.rows += load(&channel, &package, packed, &table)?;
            self.fits = self.fits && table_fits(&channel, &package, &packed.target, &table)?;
            self.tables += 1;
        }
        Ok(())
    }

    /// Commits what was loaded as a delivery whose package has been checked; none where it was
    /// applied before, or where values must be looked at one by one.
    ///
    /// # Errors
    /// The channel's file.
    pub(crate) fn finish(
        self,
        delivery: &Delivery<'_>,
        before_commit: &dyn Fn(),
    ) -> Result<Option<(Handle<ChannelDatabase>, ApplyOutcome)>, StoreError> {
        let channel = self.channel.tx();
        if apply::rows_applied(&channel, delivery.package)?.is_some() || !self.fits {
            return Ok(None);
        }
        apply::record(&channel, delivery, self.rows)?;
        before_commit();
        let channel = self.channel.commit()?;
        // Emptying the log looks at every file that is attached.
        (0..self.packages)
            .try_for_each(|at| channel.script(&format!("DETACH DATABASE {FINISHED}{at}")))?;
        channel.write_by(Journal::Log)?;
        Ok(Some((channel, ApplyOutcome { rows: self.rows, before: false })))
    }
}
