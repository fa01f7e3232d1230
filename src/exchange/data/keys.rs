//! How the rows of a table are kept apart in each of its unique keys.

use super::columns::Source;
use crate::model::references::one_each;
use crate::model::schema::Table;

/// How rows are kept apart in one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keyed {
    /// By numbers that are given out once.
    Numbered,
    /// By the values of this column, which is made so that no two rows have the same.
    By(usize),
    /// All columns refer to other rows: by which of them are drawn together.
    Drawn(Vec<usize>),
    /// Nothing keeps them apart: there can be one row.
    Single,
}

/// Every list of columns in which no two rows of a table may be the same: its unique keys, partial
/// ones too, and what one row at most refers to.
pub(super) fn apart(table: &Table, bare: &str) -> Vec<Vec<String>> {
    let more = one_each(bare).filter_map(|name| table.column(name));
    let more = more.map(|column| vec![column.name.clone()]);
    table.unique.iter().chain(&table.half_unique).cloned().chain(more).collect()
}

/// What keeps rows apart in each key.
pub(super) fn keyed(table: &Table, keys: &[Vec<String>], sources: &[Source]) -> Vec<Keyed> {
    let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
    let one = |key: &Vec<String>| {
        let places: Vec<usize> = key.iter().filter_map(place).collect();
        let of = |wanted: fn(&Source) -> bool| -> Vec<usize> {
            places.iter().copied().filter(|at| wanted(&sources[*at])).collect()
        };
        let numbered = |source: &Source| {
            matches!(source, Source::OwnNumber | Source::Database | Source::Same(_))
        };
        if !of(numbered).is_empty() {
            return Keyed::Numbered;
        }
        let made = of(|source| *source == Source::Made);
        let text = made.iter().find(|at| table.columns[**at].is_text());
        if let Some(at) = text.or(made.first()) {
            return Keyed::By(*at);
        }
        let drawn = of(|source| matches!(source, Source::Drawn(_)));
        if drawn.is_empty() { Keyed::Single } else { Keyed::Drawn(drawn) }
    };
    keys.iter().map(one).collect()
}
