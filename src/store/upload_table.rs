//! A table that is uploaded: its plan, its counter and how far it has come.

use super::error::StoreError;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::quoted;
use super::uploads;
use crate::model::ids::DataStoreId;
use crate::model::plan::TablePlan;
use crate::model::session::CounterRange;

/// One table to collect.
#[derive(Debug, Clone)]
pub(crate) struct UploadTable {
    /// The plan of the primary channel table.
    pub(crate) plan: TablePlan,
    /// The channel's replication counter column.
    pub(crate) counter: String,
    /// Extension tables, read together with the primary one (S06).
    pub(crate) extensions: Vec<TablePlan>,
    /// Only rows above this counter (U01).
    pub(crate) after: i64,
}

impl UploadTable {
    /// The same above what has been sent. A restored channel may have forgotten what headquarters
    /// has received (U07).
    pub(crate) fn above_last(
        &self,
        hq: &Headquarters,
        channel: &ChannelDatabase,
        store: DataStoreId,
    ) -> Result<Self, StoreError> {
        let after = uploads::reached(hq, channel, store, &self.plan.target)?;
        Ok(Self { after, ..self.clone() })
    }

    /// Rows above the last counter: their lowest and highest counter.
    pub(crate) fn range(
        &self,
        channel: &ChannelDatabase,
    ) -> Result<Option<CounterRange>, StoreError> {
        let sql = format!(
            "SELECT (SELECT min({0}) FROM main.{1} WHERE {0} > ?1),
                    (SELECT max({0}) FROM main.{1} WHERE {0} > ?1)",
            quoted(&self.counter),
            quoted(&self.plan.target)
        );
        let range = channel.first(&sql, [self.after], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
        Ok(match range {
            Some((Some(min), Some(max))) => {
                Some(CounterRange { table: self.plan.target.clone(), min, max })
            }
            _ => None,
        })
    }

    /// How many rows a range has.
    pub(crate) fn count(
        &self,
        channel: &ChannelDatabase,
        range: &CounterRange,
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT count(*) FROM main.{1} WHERE {0} BETWEEN ?1 AND ?2",
            quoted(&self.counter),
            quoted(&self.plan.target)
        );
        channel.number(&sql, [range.min, range.max]).map(|n| n as u64)
    }

    /// The counter as headquarters' table calls it.
    pub(crate) fn counter_in_headquarters(&self) -> &str {
        let sent = self.plan.columns.iter().find(|column| column.to == self.counter);
        sent.map_or(&self.counter, |column| &column.from)
    }
}
