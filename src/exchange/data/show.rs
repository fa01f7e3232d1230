//! Shows rows of any table of headquarters or of a channel.

use super::ground::Ground;
use crate::exchange::request::Known;
use crate::exchange::table_error::TableError;
use crate::model::key::Side;
use crate::model::record::Record;
use crate::model::schema::{Table, Tables};
use crate::model::suggestion::Suggestion;
use crate::store::{Access, Db, Reader, catalogue, data, topology};

/// Rows of a table, by its key.
#[derive(Debug)]
pub(crate) struct ShownRows {
    /// The table as it is called.
    pub(crate) table: String,
    /// The names of its columns.
    pub(crate) columns: Vec<String>,
    /// How many rows it has.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) rows: Vec<Record>,
}

/// Reads the first rows of a table.
///
/// # Errors
/// A table that is nowhere, or only in channels where none is named; the files.
pub(crate) fn show(
    reader: &Reader,
    word: &str,
    channel: Option<&str>,
    most: u64,
) -> Result<ShownRows, TableError> {
    let known = Known::read(&reader.hq)?;
    let stores = topology::data_stores(&reader.hq)?;
    let first = stores.into_iter().next().map(|store| store.name);
    let ground = |side, tables| Ground {
        side,
        tables,
        hq: &known.hq,
        definitions: &known.definitions,
        company: &reader.env.settings().company,
        channel: first.clone(),
    };
    let again = |table: &str, channel| Suggestion::ShowData { table: table.to_owned(), channel };
    match channel {
        None => {
            let ground = ground(Side::Headquarters, &known.hq);
            let table = ground.find(word, &known.channel, again)?;
            read(&reader.hq, &ground, table, most)
        }
        Some(name) => {
            let store = topology::find_store(&reader.hq, name)?;
            let database = reader.env.channel(&store.name, Access::Read)?;
            let tables = catalogue::tables(&database)?;
            let ground = ground(Side::Channel, &tables);
            let table = ground.find(word, &Tables::new(), again)?;
            read(&database, &ground, table, most)
        }
    }
}

fn read(db: &Db, ground: &Ground<'_>, table: &Table, most: u64) -> Result<ShownRows, TableError> {
    Ok(ShownRows {
        table: ground.shown(table),
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        count: data::count(db, table)?,
        rows: data::rows(db, table, most)?,
    })
}

impl Ground<'_> {
    /// The command that shows the rows of a table of this side.
    pub(super) fn show(&self, table: &Table) -> Suggestion {
        let channel = self.channel.clone().filter(|_| self.side == Side::Channel);
        Suggestion::ShowData { table: self.shown(table), channel }
    }
}
