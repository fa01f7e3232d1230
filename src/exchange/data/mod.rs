//! Rows of any table: made to fit it, and shown.

mod columns;
mod ground;
mod keys;
mod maker;
mod show;
mod values;

pub(crate) use maker::MadeRows;
pub(crate) use show::{ShownRows, show};

use self::ground::Ground;
use self::maker::Maker;
use self::values::Values;
use super::request::Known;
use super::table_error::TableError;
use crate::model::event::Listener;
use crate::model::kept_tables::kept;
use crate::model::key::Side;
use crate::model::schema::{Table, Tables};
use crate::model::suggestion::{Run, Suggestion};
use crate::model::table_name::{dotted, of_channel, plain};
use crate::store::seed::Lists;
use crate::store::world::{next_recid, next_recid_beside};
use crate::store::{HqWriter, Writer, catalogue, data, topology};
use crate::world::World;
use crate::world::random::Random;

/// What is to be made.
#[derive(Debug, Clone)]
pub(crate) struct MakeRequest {
    /// The table, by any name.
    pub(crate) table: String,
    /// How many rows.
    pub(crate) rows: u64,
    /// Another draw of the same environment.
    pub(crate) seed: u64,
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// The table as it is called.
    pub(crate) table: String,
    /// How many rows it has now.
    pub(crate) count: u64,
    /// The rows that were made in other tables, so that these can refer to them.
    pub(crate) with: Vec<MadeRows>,
    /// What moves them on, and shows them.
    pub(crate) next: Vec<Suggestion>,
}

impl MakeRequest {
    fn values<'w>(&self, world: &'w World, place: &str, table: &Table) -> Values<'w> {
        let label = format!("data {place} {} {} {}", table.name, self.rows, self.seed);
        Values {
            random: Random::new(world.seed, &label),
            clock: &world.clock,
            seed: world.seed,
            place: place.to_owned(),
            lists: Lists::shipped(),
        }
    }
}

/// Makes rows in headquarters.
///
/// # Errors
/// A table that is nowhere, or in which none are made; a key without room; headquarters.
pub(crate) fn make(
    writer: &HqWriter<'_>,
    request: &MakeRequest,
    listener: &mut dyn Listener,
) -> Result<Made, TableError> {
    let hq = &writer.hq;
    let Known { definitions, hq: tables, channel } = Known::read(hq)?;
    let ground = Ground {
        side: Side::Headquarters,
        tables: &tables,
        hq: &tables,
        definitions: &definitions,
        company: &writer.env.settings().company,
        channel: topology::data_stores(hq)?.into_iter().next().map(|store| store.name),
    };
    let table = wanted(&ground, request, &channel)?;
    let mut maker = Maker {
        tx: hq,
        hq,
        ground: &ground,
        values: request.values(writer.world, "headquarters", table),
        own_number: &|table| next_recid(hq, &table.name),
        made: Vec::new(),
        within: Vec::new(),
        listener,
    };
    maker.make(table, request.rows)?;
    let made = maker.made;
    let count = data::count(hq, table)?;
    let jobs = ground.jobs(table);
    let run = Run::jobs(jobs.first().map(|job| job.id.as_str()));
    let next = if jobs.is_empty() { ground.show(table) } else { run.into() };
    Ok(told(&ground, table, made, count, next))
}

/// Makes rows in a channel, as another program would.
///
/// # Errors
/// As [`make`]; the channel's file.
pub(crate) fn make_in_channel(
    writer: &Writer,
    name: &str,
    request: &MakeRequest,
    listener: &mut dyn Listener,
) -> Result<Made, TableError> {
    let hq = &*writer.hq;
    let known = Known::read(hq)?;
    let store = topology::find_store(hq, name)?;
    let channel = writer.channel_of(&store)?;
    let tables = catalogue::tables(&channel)?;
    let ground = Ground {
        side: Side::Channel,
        tables: &tables,
        hq: &known.hq,
        definitions: &known.definitions,
        company: &writer.env.settings().company,
        channel: Some(store.name.clone()),
    };
    let table = wanted(&ground, request, &Tables::new())?;
    let done = channel.write(|tx| {
        let ours = |table: &Table| {
            let ours = known.hq.get(&ground.bare(table).to_ascii_uppercase());
            ours.filter(|ours| ours.column("RECID").is_some()).map(|ours| ours.name.as_str())
        };
        let mut maker = Maker {
            tx,
            hq,
            ground: &ground,
            values: request.values(&writer.world, &store.name, table),
            own_number: &|table| next_recid_beside(tx, hq, (&table.name, ours(table))),
            made: Vec::new(),
            within: Vec::new(),
            listener: &mut *listener,
        };
        maker.make(table, request.rows)?;
        Ok::<_, TableError>((maker.made, data::count(tx, table)?))
    });
    writer.tidied("the log of a channel database", channel.checkpoint());
    let (made, count) = done?;
    let next = match ground.jobs(table).first() {
        Some(_) if store.offline => Suggestion::Reconnect(store.channel().to_owned()),
        Some(job) => Run::job(&job.id).in_channel(&store.name).into(),
        None => ground.show(table),
    };
    Ok(told(&ground, table, made, count, next))
}

/// The table that was asked for, where rows may be made in it.
fn wanted<'a>(
    ground: &Ground<'a>,
    request: &MakeRequest,
    channel: &Tables,
) -> Result<&'a Table, TableError> {
    let rows = request.rows;
    let again =
        |table: &str, channel| Suggestion::MakeData { table: table.to_owned(), rows, channel };
    let there = of_channel(channel, &request.table).map(|table| dotted(&table.name));
    let table = ground.find(&request.table, channel, again).map_err(|error| {
        let kept = there.and_then(|table| kept(&plain(&table), &table).map(|why| (table, why)));
        match (&error, kept) {
            (TableError::OnlyInChannels { .. }, Some((table, (why, instead)))) => {
                TableError::NotMade { table, why, instead: Box::new(instead) }
            }
            _ => error,
        }
    })?;
    match ground.why_not(table) {
        None => Ok(table),
        Some((why, instead)) => {
            let (table, instead) = (ground.shown(table), Box::new(instead));
            Err(TableError::NotMade { table, why, instead })
        }
    }
}

fn told(
    ground: &Ground<'_>,
    table: &Table,
    made: Vec<MadeRows>,
    count: u64,
    next: Suggestion,
) -> Made {
    let table = ground.shown(table);
    let with = made.into_iter().filter(|made| made.table != table).collect();
    Made { table, count, with, next: vec![next] }
}
