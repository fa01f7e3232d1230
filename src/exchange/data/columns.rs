//! Where the values of each column come from: a number of its own, the company, rows that it refers
//! to, or made up.

use super::ground::Ground;
use super::values::Holds;
use crate::model::job::DATAAREAID;
use crate::model::record::CellValue;
use crate::model::references::{CHANNELS, asking, is_given_later, of_name};
use crate::model::schema::{Column, Table};
use crate::store::{Db, StoreError, data};

/// Headquarters' partition.
const PARTITION: i64 = 5_637_144_576;

/// Where a column's values come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// The database: it counts them, or has a default for them.
    Database,
    /// The row's own number.
    OwnNumber,
    /// The same in every row.
    Fixed(CellValue),
    /// Rows of another table.
    Drawn(Reference),
    /// What the row itself has in this column: the first of its table refers to itself.
    Same(String),
    /// Made up.
    Made,
}

/// What a column refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The table, as its database names it.
    pub(super) table: String,
    /// Its column.
    pub(super) column: String,
    /// It is one of headquarters', while rows are made in a channel that does not have it.
    pub(super) elsewhere: bool,
}

/// The source of each column of a table, in their order.
pub(super) fn sources(
    db: &Db,
    ground: &Ground<'_>,
    table: &Table,
) -> Result<Vec<Source>, StoreError> {
    let declared = data::declared(db, &table.name)?;
    let checked = checked(&table.sql);
    let bare = ground.bare(table);
    let source = |column: &Column| {
        let name = column.name.to_ascii_uppercase();
        let own = table.rowid.as_ref() == Some(&column.name);
        let sequence = table.sql.to_ascii_uppercase().contains("AUTOINCREMENT");
        let counted = own && (name != "RECID" || sequence);
        let left = column.nullable || column.default.is_some();
        let ours = name.starts_with("CDX_") || name == "ROWVERSION";
        let stamp =
            ["ROWVERSION", "TIMESTAMP"].iter().any(|one| column.declared.eq_ignore_ascii_case(one));
        let temporary = name == "CUSTACCOUNTASYNC" && !ground.goes_up(table);
        if counted
            || ours
            || stamp
            || (left && (checked.contains(&name) || temporary || is_given_later(&bare, &name)))
        {
            return Source::Database;
        }
        let company = || CellValue::Text(ground.company.as_str().to_owned());
        match name.as_str() {
            "RECID" => Source::OwnNumber,
            "PARTITION" => Source::Fixed(CellValue::Integer(PARTITION)),
            "RECVERSION" => Source::Fixed(CellValue::Integer(1)),
            name if name.ends_with(DATAAREAID) && column.is_text() => Source::Fixed(company()),
            name if ground.goes_up(table) && asking(name).is_some() => {
                Source::Fixed(CellValue::Integer(asking(name).unwrap_or_default()))
            }
            _ => ground.reference(table, column, &declared).map_or(Source::Made, Source::Drawn),
        }
    };
    Ok(table.columns.iter().map(source).collect())
}

impl Ground<'_> {
    /// What a column refers to: what is declared, what a filter joins, what its name stands for in
    /// every table, or the one table of whose key it has the name.
    fn reference(
        &self,
        table: &Table,
        column: &Column,
        declared: &[[String; 3]],
    ) -> Option<Reference> {
        let own = |name: &str| name.eq_ignore_ascii_case(&column.name);
        if let Some([_, parent, key]) = declared.iter().find(|[from, ..]| own(from)) {
            return self.fitting(table, column, parent, key);
        }
        if let Some((parent, key)) = self.joined(table, column) {
            return self.fitting(table, column, parent, key);
        }
        if let Some((parent, key)) = of_name(&column.name) {
            return self.fitting(table, column, parent, key);
        }
        if table.unique.iter().any(|key| is_alone(key, &column.name)) {
            return None;
        }
        let mut keyed = self.tables.values().filter(|parent| {
            let keys = || parent.unique.iter().any(|key| is_alone(key, &column.name));
            parent.name != table.name && !own("RECID") && self.why_not(parent).is_none() && keys()
        });
        let only = keyed.next().filter(|_| keyed.next().is_none())?;
        self.fitting(table, column, &only.name, &column.name)
    }

    /// What a filter says of a column: that it holds the channel, or joins another table's key.
    fn joined(&self, table: &Table, column: &Column) -> Option<(&str, &str)> {
        let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let bare = self.bare(table);
        for subjob in &self.definitions.subjobs {
            let Some(filter) = &subjob.filter else { continue };
            let mut from = subjob.table.as_str();
            for join in &filter.joins {
                // The side that is a key is what the other one refers to.
                let keyed = |table: &str, column: &str| {
                    let table = self.tables.get(&table.to_ascii_uppercase());
                    table.is_some_and(|table| table.unique.iter().any(|key| is_alone(key, column)))
                };
                if is(from, &bare) && is(&join.on, &column.name) && keyed(&join.table, &join.column)
                {
                    return Some((&join.table, &join.column));
                }
                if is(&join.table, &bare) && is(&join.column, &column.name) && keyed(from, &join.on)
                {
                    return Some((from, &join.on));
                }
                from = &join.table;
            }
            if is(from, &bare) && is(&filter.channel, &column.name) && !is(&column.name, "RECID") {
                return Some(CHANNELS);
            }
        }
        None
    }

    /// A reference, where there is such a column and it holds the same kind of value; never to
    /// itself.
    fn fitting(
        &self,
        table: &Table,
        column: &Column,
        parent: &str,
        key: &str,
    ) -> Option<Reference> {
        let (found, elsewhere) = self.parent(parent)?;
        let kept = found.column(key)?;
        let itself = found.name == table.name && kept.name == column.name;
        let alike = Holds::of(kept) == Holds::of(column);
        (alike && !itself).then(|| Reference {
            table: found.name.clone(),
            column: kept.name.clone(),
            elsewhere,
        })
    }
}

/// Whether a key is this column, alone or within a company.
fn is_alone(key: &[String], column: &str) -> bool {
    let mut own = key.iter().filter(|name| !name.eq_ignore_ascii_case(DATAAREAID));
    own.next().is_some_and(|name| name.eq_ignore_ascii_case(column)) && own.next().is_none()
}

/// The words that a table's statement checks, lengths left out: what they allow is not known.
fn checked(sql: &str) -> Vec<String> {
    let upper = sql.to_ascii_uppercase();
    let mut words = Vec::new();
    for part in upper.split("CHECK").skip(1) {
        let (mut depth, mut end) = (0, part.len());
        for (at, c) in part.char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if c == ')' && depth == 0 {
                end = at;
                break;
            }
        }
        let condition = part[..end].trim_start().trim_start_matches('(').trim_start();
        if !condition.starts_with("LENGTH") {
            let apart = |c: char| !c.is_ascii_alphanumeric() && c != '_';
            words.extend(condition.split(apart).filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn what_is_checked_beyond_lengths_is_left_to_defaults() {
        let sql = "CREATE TABLE T (A INT CHECK (A IN (1, 2)), B NVARCHAR(3) CHECK(length(B) <= 3), \
                   CHECK (C > D))";
        let words = checked(sql);
        for (column, found) in [("A", true), ("B", false), ("C", true), ("D", true)] {
            assert_eq!(words.iter().any(|word| word == column), found, "{column}");
        }
    }
}
