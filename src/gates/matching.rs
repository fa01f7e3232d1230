//! Which feature a row of a list is of (G18).

use std::collections::HashMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::gate::Gate;
use crate::model::folding::meant;
use crate::model::nearest::nearest;

/// One row of the entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// `Dynamics.AX.Application.<class>`; empty in a list that has names for people alone.
    pub name: String,
    /// The display name, for people.
    pub display_name: String,
    /// The module, for people.
    pub module: String,
    /// Yes or No.
    pub enabled: bool,
    /// None when it is blank.
    pub enable_date: Option<Date>,
    /// Whether a blank date says that there is none; else it says nothing.
    pub dated: bool,
    /// The line of the file it stands in.
    pub line: usize,
}

/// A row that matches no feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnmatchedRow {
    /// The line of the file.
    pub line: usize,
    /// What the row names: its class, or its name for people.
    pub name: String,
    /// Why it is left out.
    pub why: String,
    /// The nearest name that a feature has.
    pub nearest: Option<String>,
}

impl UnmatchedRow {
    /// A row, and why it is left out.
    pub(crate) fn of(row: &EntityRow, why: String) -> Self {
        let name = if row.name.is_empty() { &row.display_name } else { &row.name };
        Self { line: row.line, name: name.clone(), why, nearest: None }
    }

    /// In a line.
    pub(crate) fn told(&self) -> String {
        let meant = self.nearest.as_ref().map(|nearest| format!("; did you mean {nearest:?}?"));
        let meant = meant.unwrap_or_default();
        format!("line {}: {:?} is left out, {}{meant}", self.line, self.name, self.why)
    }
}

/// The rows with their features, by class, else by a name in any language; and those of none. A
/// feature counts once.
pub(crate) fn match_rows<'r, 'c>(
    catalogue: &'c Catalogue,
    rows: &'r [EntityRow],
) -> (Vec<(&'r EntityRow, &'c Gate)>, Vec<UnmatchedRow>) {
    let mut by_name: HashMap<String, Vec<&Gate>> = HashMap::new();
    for gate in &catalogue.gates {
        for spelling in gate.spellings() {
            let gates = by_name.entry(meant(spelling)).or_default();
            if gates.iter().all(|known| known.slug != gate.slug) {
                gates.push(gate);
            }
        }
    }
    let (mut matched, mut unmatched) = (Vec::new(), Vec::new());
    let mut taken: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        // A slug may stand where the class does.
        let slug = || row.name.rsplit('.').next().unwrap_or_default();
        let named = || {
            let mut words = [slug(), row.display_name.as_str()].into_iter();
            words.find_map(|word| by_name.get(&meant(word))).map_or(&[][..], Vec::as_slice)
        };
        let by_class = Some(&row.name).filter(|name| !name.is_empty());
        let by_class = by_class.and_then(|name| catalogue.by_table_name(name));
        let found = match (by_class, named()) {
            (Some(gate), _) => Ok(gate),
            (None, [gate]) => Ok(*gate),
            (None, []) => Err("it names no feature that is known here".to_owned()),
            (None, more) => Err(format!("{} features have this name", more.len())),
        };
        match found {
            Err(why) => {
                let spellings = || catalogue.gates.iter().flat_map(Gate::spellings);
                let words = [slug(), row.display_name.as_str()].into_iter();
                let near = words.filter(|_| named().is_empty());
                let mut near = near.filter(|word| !word.is_empty());
                let near = near.find_map(|word| nearest(word, spellings()));
                let nearest = near.map(str::to_owned);
                unmatched.push(UnmatchedRow { nearest, ..UnmatchedRow::of(row, why) });
            }
            Ok(gate) => match taken.insert(&gate.slug, row.line) {
                Some(line) => {
                    unmatched
                        .push(UnmatchedRow::of(row, format!("line {line} is of the same feature")));
                }
                None => matched.push((row, gate)),
            },
        }
    }
    (matched, unmatched)
}
