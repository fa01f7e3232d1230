//! Makes rows of one table, those that they refer to first.

use std::ops::Deref;

use super::columns::{Reference, Source, sources};
use super::ground::Ground;
use super::keys::{Keyed, apart, keyed};
use super::values::Values;
use crate::exchange::table_error::TableError;
use crate::model::event::{Event, Listener};
use crate::model::job::DATAAREAID;
use crate::model::key::Side;
use crate::model::record::{CellValue, Record};
use crate::model::schema::{Column, Table};
use crate::store::data::{self, DrawnColumn};
use crate::store::{Db, Headquarters, StoreError, Tx};

/// After so many rows it is told how far it is.
const TOLD: u64 = 500;

/// Rows that were made in a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct MadeRows {
    /// The table.
    pub(crate) table: String,
    /// How many.
    pub(crate) rows: u64,
}

/// Makes rows in one database.
pub(super) struct Maker<'a, S> {
    pub(super) tx: &'a Tx<'a, S>,
    pub(super) hq: &'a Headquarters,
    pub(super) ground: &'a Ground<'a>,
    pub(super) values: Values<'a>,
    /// The next RECID of a table.
    pub(super) own_number: &'a dyn Fn(&Table) -> Result<i64, StoreError>,
    /// What has been made, in order.
    pub(super) made: Vec<MadeRows>,
    /// The tables whose rows are being made, from the one that was asked for.
    pub(super) within: Vec<String>,
    /// Hears how far it is.
    pub(super) listener: &'a mut dyn Listener,
}

/// What a table's rows are made of.
struct Recipe<'t> {
    table: &'t Table,
    bare: String,
    sources: Vec<Source>,
    /// The columns in which no two rows may be the same.
    apart: Vec<Vec<String>>,
    /// What keeps them apart in each.
    keys: Vec<Keyed>,
    /// The values that each column draws from.
    drawn: Vec<Vec<CellValue>>,
}

impl<S: Deref<Target = Db>> Maker<'_, S> {
    /// Makes so many rows of a table.
    ///
    /// # Errors
    /// A key without room; the database.
    pub(super) fn make(&mut self, table: &Table, rows: u64) -> Result<(), TableError> {
        self.within.push(table.name.clone());
        let step = format!("making {}", self.ground.shown(table));
        self.tell(Event::StepStarted { step, total: Some(rows), noun: "rows" });
        let made = self.make_rows(table, rows);
        self.tell(Event::StepFinished);
        self.within.pop();
        made?;
        let table = self.ground.shown(table);
        match self.made.iter_mut().find(|made| made.table == table) {
            Some(made) => made.rows += rows,
            None => self.made.push(MadeRows { table, rows }),
        }
        Ok(())
    }

    /// Tells of the table that was asked for; those that it refers to come within it.
    fn tell(&mut self, event: Event) {
        if self.within.len() == 1 {
            self.listener.event(event);
        }
    }

    fn make_rows(&mut self, table: &Table, rows: u64) -> Result<(), TableError> {
        let mut recipe = self.recipe(table)?;
        let mut combined = self.combined(&mut recipe, rows)?.into_iter();
        let mut number = data::count(self.tx, table)? + 1;
        let single = recipe.keys.contains(&Keyed::Single);
        for made in 0..rows {
            let together = combined.next().unwrap_or_default();
            let mut tries = 0;
            let row = loop {
                let row = self.row(&recipe, &together, number)?;
                number += 1;
                let tight = match row {
                    Err(column) => recipe.keys.iter().position(|key| *key == Keyed::By(column)),
                    Ok(row) => match self.taken(&recipe, &row)? {
                        None => break row,
                        Some(_) if tries < MOST_TRIES && !single => {
                            tries += 1;
                            continue;
                        }
                        key => key,
                    },
                };
                return Err(self.no_room(&recipe, tight, rows, made));
            };
            data::insert(self.tx, &table.name, &row).map_err(|error| self.refused(table, error))?;
            if (made + 1) % TOLD == 0 || made + 1 == rows {
                self.tell(Event::StepProgress { done: made + 1 });
            }
        }
        Ok(())
    }

    fn recipe<'t>(&mut self, table: &'t Table) -> Result<Recipe<'t>, TableError> {
        let db: &Db = self.tx;
        let mut sources = sources(db, self.ground, table)?;
        let mut drawn = Vec::new();
        for (column, source) in table.columns.iter().zip(&mut sources) {
            let Source::Drawn(reference) = source else {
                drawn.push(Vec::new());
                continue;
            };
            let mut found = self.drawn(column, reference)?;
            if found.is_empty() && self.make_parents(reference, 1)? {
                found = self.drawn(column, reference)?;
            }
            if found.is_empty() {
                // There is nothing to refer to.
                let left = column.nullable || column.default.is_some();
                *source = match reference {
                    _ if left => Source::Database,
                    own if own.table == table.name => Source::Same(own.column.clone()),
                    _ => Source::Made,
                };
            }
            drawn.push(found);
        }
        let bare = self.ground.bare(table);
        let apart = apart(table, &bare);
        let keys = keyed(table, &apart, &sources);
        Ok(Recipe { table, bare, sources, apart, keys, drawn })
    }

    fn column<'c>(&'c self, column: &Column, reference: &'c Reference) -> DrawnColumn<'c> {
        let tables = if reference.elsewhere { self.ground.hq } else { self.ground.tables };
        let parent = tables.get(&reference.table.to_ascii_uppercase());
        let company = parent.and_then(|parent| parent.column(DATAAREAID));
        let company = company.map(|column| (column.name.as_str(), self.ground.company.as_str()));
        let Reference { table, column: key, .. } = reference;
        DrawnColumn { table, column: key, company, longest: column.length }
    }

    fn drawn(&self, column: &Column, from: &Reference) -> Result<Vec<CellValue>, StoreError> {
        let db: &Db = if from.elsewhere { self.hq } else { self.tx };
        data::values(db, self.column(column, from))
    }

    /// Makes rows that others can refer to, where they may be made; whether it did.
    fn make_parents(&mut self, reference: &Reference, rows: u64) -> Result<bool, TableError> {
        let ground = self.ground;
        let parent = ground.tables.get(&reference.table.to_ascii_uppercase());
        let parent = parent.filter(|parent| {
            let may = ground.side == Side::Headquarters && ground.why_not(parent).is_none();
            may && !self.within.contains(&parent.name)
        });
        match parent {
            Some(parent) => self.make(parent, rows).map(|()| true),
            None => Ok(false),
        }
    }

    /// The values of those columns that must be drawn together, one list a row: of a key all of
    /// whose columns refer to other rows.
    fn combined(
        &mut self,
        recipe: &mut Recipe<'_>,
        rows: u64,
    ) -> Result<Vec<Vec<(usize, CellValue)>>, TableError> {
        let key = recipe.keys.iter().find_map(|key| match key {
            Keyed::Drawn(columns) => Some(columns.clone()),
            _ => None,
        });
        let Some(key) = key else { return Ok(Vec::new()) };
        let mut found = self.combinations(recipe, &key, rows)?;
        let short = rows - found.len() as u64;
        if short > 0 {
            for at in key.iter().rev() {
                let Source::Drawn(reference) = recipe.sources[*at].clone() else { continue };
                if self.make_parents(&reference, short)? {
                    recipe.drawn[*at] = self.drawn(&recipe.table.columns[*at], &reference)?;
                    found = self.combinations(recipe, &key, rows)?;
                    break;
                }
            }
        }
        if (found.len() as u64) < rows {
            let tight = recipe.keys.iter().position(|one| *one == Keyed::Drawn(key.clone()));
            return Err(self.no_room(recipe, tight, rows, found.len() as u64));
        }
        Ok(found)
    }

    fn combinations(
        &self,
        recipe: &Recipe<'_>,
        key: &[usize],
        rows: u64,
    ) -> Result<Vec<Vec<(usize, CellValue)>>, StoreError> {
        let table = recipe.table;
        if let [only] = key {
            let Source::Drawn(from) = &recipe.sources[*only] else { return Ok(Vec::new()) };
            let column = &table.columns[*only];
            let values = if from.elsewhere {
                self.drawn(column, from)?
            } else {
                let own = (table.name.as_str(), column.name.as_str());
                data::unused(self.tx, self.column(column, from), own, rows)?
            };
            return Ok(values.into_iter().map(|value| vec![(*only, value)]).collect());
        }
        let mut found = Vec::new();
        let mut places = vec![0; key.len()];
        'each: while (found.len() as u64) < rows
            && key.iter().all(|at| !recipe.drawn[*at].is_empty())
        {
            let values = key.iter().zip(&places);
            let values: Vec<(usize, CellValue)> =
                values.map(|(at, place)| (*at, recipe.drawn[*at][*place].clone())).collect();
            let named = values.iter().map(|(at, value)| (table.columns[*at].name.as_str(), value));
            if !data::has(self.tx, &table.name, &named.collect::<Vec<_>>())? {
                found.push(values);
            }
            for (place, at) in places.iter_mut().zip(key).rev() {
                *place += 1;
                if *place < recipe.drawn[*at].len() {
                    continue 'each;
                }
                *place = 0;
            }
            break;
        }
        Ok(found)
    }

    /// A row, or the column that has no value left.
    fn row(
        &mut self,
        recipe: &Recipe<'_>,
        together: &[(usize, CellValue)],
        number: u64,
    ) -> Result<Result<Record, usize>, StoreError> {
        let mut row = Vec::new();
        for (at, (column, source)) in recipe.table.columns.iter().zip(&recipe.sources).enumerate() {
            let apart = || recipe.keys.contains(&Keyed::By(at));
            let value = match source {
                Source::Database => None,
                Source::Same(_) => Some(CellValue::Null),
                Source::OwnNumber => Some(CellValue::Integer((self.own_number)(recipe.table)?)),
                Source::Fixed(value) => Some(value.clone()),
                Source::Drawn(_) => {
                    let given = together.iter().find(|(column, _)| *column == at);
                    let drawn = || self.values.random.pick(&recipe.drawn[at]);
                    given.map(|(_, value)| value).or_else(drawn).cloned()
                }
                Source::Made if apart() => match self.values.unique(&recipe.bare, column, number) {
                    Some(value) => Some(value),
                    None => return Ok(Err(at)),
                },
                Source::Made => self.values.any(&recipe.bare, column, number),
            };
            row.extend(value.map(|value| (column.name.clone(), value)));
        }
        for (column, source) in recipe.table.columns.iter().zip(&recipe.sources) {
            let Source::Same(other) = source else { continue };
            let own = row.iter().find(|(name, _)| name == other).map(|(_, value)| value.clone());
            if let Some((_, value)) = row.iter_mut().find(|(name, _)| *name == column.name) {
                *value = own.unwrap_or(CellValue::Null);
            }
        }
        Ok(Ok(Record(row)))
    }

    /// Which of the row's unique keys another row has; a column without a value is no key.
    fn taken(&self, recipe: &Recipe<'_>, row: &Record) -> Result<Option<usize>, StoreError> {
        let table = recipe.table;
        for (at, key) in recipe.apart.iter().enumerate() {
            let value = |name: &String| {
                row.0.iter().find(|(column, _)| column == name).map(|(n, v)| (n.as_str(), v))
            };
            let Some(values) = key.iter().map(value).collect::<Option<Vec<_>>>() else { continue };
            if !values.is_empty() && data::has(self.tx, &table.name, &values)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// What is told of a key that has values for only so many rows.
    fn no_room(
        &self,
        recipe: &Recipe<'_>,
        tight: Option<usize>,
        rows: u64,
        left: u64,
    ) -> TableError {
        TableError::NoRoom {
            table: self.ground.shown(recipe.table),
            rows,
            key: tight.map_or(String::new(), |at| recipe.apart[at].join(" + ")),
            left,
            show: Box::new(self.ground.show(recipe.table)),
        }
    }

    /// What the database says of a row; what is about the file itself is told as such.
    fn refused(&self, table: &Table, error: StoreError) -> TableError {
        if !matches!(error, StoreError::Sqlite { .. }) {
            return error.into();
        }
        let show = Box::new(self.ground.show(table));
        TableError::Refused { table: self.ground.shown(table), show, source: Box::new(error) }
    }
}

/// So many numbers are tried for a row whose keys others have.
const MOST_TRIES: u32 = 10_000;
