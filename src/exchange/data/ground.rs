//! What rows are made on: the tables of one side, and what is known of them.

use std::sync::Arc;

use crate::exchange::table_error::TableError;
use crate::model::ids::DataAreaId;
use crate::model::job::{Definitions, Direction, Job, Subjob};
use crate::model::kept_tables::kept;
use crate::model::key::Side;
use crate::model::schema::{Table, Tables};
use crate::model::suggestion::Suggestion;
use crate::model::table_name::{dotted, of_channel, of_headquarters};

/// One side of an environment.
pub(super) struct Ground<'a> {
    pub(super) side: Side,
    /// The tables of this side.
    pub(super) tables: &'a Tables,
    /// Headquarters' tables.
    pub(super) hq: &'a Tables,
    pub(super) definitions: &'a Definitions,
    pub(super) company: &'a DataAreaId,
    /// A channel, to be named where one is needed.
    pub(super) channel: Option<String>,
}

impl<'a> Ground<'a> {
    /// The table of this name on this side.
    ///
    /// # Errors
    /// None has it, or only a channel's; the nearest name.
    pub(super) fn find(
        &self,
        word: &str,
        elsewhere: &Tables,
        command: impl Fn(&str, Option<String>) -> Suggestion,
    ) -> Result<&'a Table, TableError> {
        let found = match self.side {
            Side::Headquarters => of_headquarters(self.tables, word),
            Side::Channel => of_channel(self.tables, word).or_else(|| self.target(word)),
        };
        if let Some(table) = found {
            return Ok(table);
        }
        let there = of_channel(elsewhere, word).filter(|_| self.side == Side::Headquarters);
        if let Some(table) = there {
            let table = dotted(&table.name);
            let with = Box::new(command(&table, self.channel.clone()));
            return Err(TableError::OnlyInChannels { table, with });
        }
        let names: Vec<String> = self.tables.values().map(|table| self.shown(table)).collect();
        let ours = |name: &&String| !name.to_ascii_lowercase().starts_with("cdx_");
        let names = names.iter().filter(ours).map(String::as_str);
        Err(TableError::unknown(word, names))
    }

    /// The channel table that gets the rows of a headquarters table.
    fn target(&self, word: &str) -> Option<&'a Table> {
        let ours = of_headquarters(self.hq, word)?;
        let subjobs = self.definitions.subjobs.iter();
        let mut fed = subjobs.filter(|subjob| subjob.table.eq_ignore_ascii_case(&ours.name));
        fed.find_map(|subjob| {
            let target = subjob.targets.first()?;
            self.tables.get(&target.file_name().to_ascii_uppercase()).map(Arc::as_ref)
        })
    }

    /// A table as people write it on this side.
    pub(super) fn shown(&self, table: &Table) -> String {
        match self.side {
            Side::Headquarters => table.name.clone(),
            Side::Channel => dotted(&table.name),
        }
    }

    /// A table's name without its schema.
    pub(super) fn bare(&self, table: &Table) -> String {
        let shown = self.shown(table);
        shown.split_once('.').map_or(shown.clone(), |(_, bare)| bare.to_owned())
    }

    /// The table that a name of headquarters' stands for here, and whether only that has it.
    pub(super) fn parent(&self, name: &str) -> Option<(&'a Table, bool)> {
        let name = name.to_ascii_uppercase();
        let here = match self.side {
            Side::Headquarters => self.tables.get(&name),
            Side::Channel => {
                self.tables.get(&format!("AX_{name}")).or_else(|| self.tables.get(&name))
            }
        };
        let there = || self.hq.get(&name).map(|table| (table.as_ref(), true));
        here.map(|table| (table.as_ref(), false)).or_else(there)
    }

    /// The upload job and subjob of a table of this side.
    fn collected(&self, table: &Table) -> Option<(&Job, &Subjob)> {
        let uploads = self.definitions.jobs.iter().filter(|job| job.direction == Direction::Upload);
        let each = uploads
            .flat_map(|job| self.definitions.subjobs_of(job).map(move |subjob| (job, subjob)));
        let named = |name: &str| name.eq_ignore_ascii_case(&table.name);
        each.into_iter().find(|(_, subjob)| match self.side {
            Side::Headquarters => named(&subjob.table),
            Side::Channel => subjob.targets.iter().any(|target| named(&target.file_name())),
        })
    }

    /// Whether rows of a table go up.
    pub(super) fn goes_up(&self, table: &Table) -> bool {
        self.collected(table).is_some()
    }

    /// The jobs that move the rows of a table, in order.
    pub(super) fn jobs(&self, table: &Table) -> Vec<&'a Job> {
        let moves = |subjob: &Subjob| match self.side {
            Side::Headquarters => subjob.table.eq_ignore_ascii_case(&table.name),
            Side::Channel => {
                let named = |name: String| name.eq_ignore_ascii_case(&table.name);
                subjob.counter.is_some() && subjob.targets.iter().any(|one| named(one.file_name()))
            }
        };
        let definitions = self.definitions;
        definitions.jobs.iter().filter(|job| definitions.subjobs_of(job).any(moves)).collect()
    }

    /// Why no rows of a table are made, and what does instead.
    pub(super) fn why_not(&self, table: &Table) -> Option<(&'static str, Suggestion)> {
        let kept = kept(&table.name, &self.bare(table));
        if kept.is_some() || self.side == Side::Channel {
            return kept;
        }
        let (_, subjob) = self.collected(table)?;
        let table = subjob.targets.first()?.dotted();
        let (rows, channel) = (1, self.channel.clone());
        let make = Suggestion::MakeData { table, rows, channel };
        Some(("its rows come up from the channels", make))
    }
}
