//! The key of a table, worked out in one place for both sides (S09): checking, tracking, packing,
//! applying, comparing and uploading all ask here.

use super::job::{DATAAREAID, Direction, FieldMap};
use super::schema::Table;

/// The column in which headquarters keeps from which channel database a row came up.
pub(crate) const DATASTORE: &str = "cdx_DATASTORE";

/// The beginning of the names of columns that are ours.
const OURS: &str = "cdx_";

/// The row's own number.
const RECID: &str = "RECID";

/// Which side a table is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Headquarters.
    Headquarters,
    /// The channel.
    Channel,
}

/// Why the key of a table cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// A key column that is not mapped.
    #[error("key column {column} is not among the fields")]
    NotMapped {
        /// The column.
        column: String,
    },
    /// The columns tell no rows apart on one side.
    #[error("{key} is not a unique key of {table}, expected one of {expected}")]
    NotUnique {
        /// Which side.
        side: Side,
        /// The columns.
        key: String,
        /// The table.
        table: String,
        /// Its unique keys.
        expected: String,
    },
    /// No key is declared, and none of the channel's is mapped.
    #[error("no unique key of {table} is among the fields, expected one of {expected}")]
    NoneMapped {
        /// The channel's table.
        table: String,
        /// Its unique keys.
        expected: String,
    },
    /// A key column without a value tells nothing.
    #[error("key column {column} of {table} may be NULL, expected NOT NULL")]
    Nullable {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Two rows of headquarters would be one in the channel.
    #[error(
        "key column {column} of {table} tells upper from lower case and that of {other} does not, \
         expected COLLATE NOCASE in {table}"
    )]
    CaseMatters {
        /// Headquarters' table.
        table: String,
        /// Its column.
        column: String,
        /// The channel's table.
        other: String,
    },
    /// An extension table is not found by the key of the table it extends (S06).
    #[error(
        "{table} has another key than the table it extends: found {found}, expected {expected}"
    )]
    NotOfBase {
        /// The extension table.
        table: String,
        /// Its key.
        found: String,
        /// The key of the table it extends.
        expected: String,
    },
}

impl NoKey {
    /// A stable code for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotMapped { .. } | Self::NoneMapped { .. } => "key-not-mapped",
            Self::NotUnique { .. } => "not-a-key",
            Self::Nullable { .. } => "key-nullable",
            Self::CaseMatters { .. } => "key-case",
            Self::NotOfBase { .. } => "extension-key",
        }
    }

    /// Whether headquarters is the side that has no such key.
    pub(crate) fn is_of_headquarters(&self) -> bool {
        matches!(self, Self::NotUnique { side: Side::Headquarters, .. })
    }
}

/// Two tables whose key is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'a> {
    /// Headquarters' table.
    pub(crate) from: &'a Table,
    /// The channel's table.
    pub(crate) to: &'a Table,
    /// The mapped columns.
    pub(crate) fields: &'a [FieldMap],
    /// Which way rows go.
    pub(crate) direction: Direction,
}

impl Sides<'_> {
    /// The mapped columns as the tables spell them; DATAAREAID goes along by itself where both
    /// sides have it (S02), and so do columns of ours. What a table does not have stays as
    /// it was written.
    pub(crate) fn columns(&self) -> Vec<FieldMap> {
        let listed = |name: &str| self.fields.iter().any(|f| f.to.eq_ignore_ascii_case(name));
        let ours = self.from.columns.iter().map(|column| column.name.as_str());
        let ours = ours.filter(|name| name.starts_with(OURS));
        let both = |name: &&str| {
            self.from.column(name).is_some() && self.to.column(name).is_some() && !listed(name)
        };
        let along = std::iter::once(DATAAREAID).chain(ours).filter(both);
        let along = along.map(|name| FieldMap { from: name.to_owned(), to: name.to_owned() });
        let all = self.fields.iter().cloned().chain(along);
        let spelled = |field: FieldMap| FieldMap {
            from: self.from.column(&field.from).map_or(field.from, |column| column.name.clone()),
            to: self.to.column(&field.to).map_or(field.to, |column| column.name.clone()),
        };
        all.map(spelled).collect()
    }

    /// The key, as pairs of a headquarters column and a channel column, for what a subjob
    /// declares; without a declaration it is the channel's own.
    ///
    /// DATAAREAID belongs to it where both sides have it and the key is not the row's own RECID,
    /// unless the tables' unique keys say otherwise.
    ///
    /// # Errors
    /// Why neither can be served.
    pub(crate) fn key(&self, declared: &[String]) -> Result<Vec<FieldMap>, NoKey> {
        let mut refused = None;
        for candidate in self.candidates(declared)? {
            match self.check(&candidate) {
                Ok(()) => return Ok(candidate),
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        let (table, expected) = (self.to.name.clone(), self.to.unique_text());
        Err(refused.unwrap_or(NoKey::NoneMapped { table, expected }))
    }

    fn candidates(&self, declared: &[String]) -> Result<Vec<Vec<FieldMap>>, NoKey> {
        let columns = self.columns();
        if declared.is_empty() {
            let own_row = |key: &&Vec<String>| key.first() == self.to.rowid.as_ref();
            let keys = &self.to.unique;
            let ordered = keys.iter().filter(|key| !own_row(key));
            let ordered = ordered.chain(keys.iter().filter(own_row));
            let mapped = |to: &String| columns.iter().find(|f| f.to.eq_ignore_ascii_case(to));
            return Ok(ordered
                .filter_map(|key| key.iter().map(|to| mapped(to).cloned()).collect())
                .collect());
        }
        let mapped = |from: &String| {
            let found = columns.iter().find(|field| field.from.eq_ignore_ascii_case(from));
            found.cloned().ok_or_else(|| NoKey::NotMapped { column: from.clone() })
        };
        let alone: Vec<FieldMap> = declared.iter().map(mapped).collect::<Result<_, _>>()?;
        let company = |field: &&FieldMap| field.from.eq_ignore_ascii_case(DATAAREAID);
        let company = columns.iter().find(company).filter(|company| !alone.contains(company));
        let Some(company) = company else { return Ok(vec![alone]) };
        let with = alone.iter().chain([company]).cloned().collect();
        let own_row = matches!(alone.as_slice(), [only] if only.from.eq_ignore_ascii_case(RECID));
        Ok(if own_row { vec![alone, with] } else { vec![with, alone] })
    }

    /// Whether a key tells the same rows apart on both sides.
    fn check(&self, key: &[FieldMap]) -> Result<(), NoKey> {
        let from: Vec<String> = key.iter().map(|field| field.from.clone()).collect();
        let to: Vec<String> = key.iter().map(|field| field.to.clone()).collect();
        let not_unique = |side: Side, table: &Table, key: &[String]| NoKey::NotUnique {
            side,
            key: key.join(" + "),
            table: table.name.clone(),
            expected: table.unique_text(),
        };
        // What is not there at all is told as such by whoever asks.
        if !self.to.has_unique(&to) {
            return Err(not_unique(Side::Channel, self.to, &to));
        }
        if !self.tells_headquarters(&from) {
            return Err(not_unique(Side::Headquarters, self.from, &from));
        }
        for (table, name) in key.iter().flat_map(|f| [(self.from, &f.from), (self.to, &f.to)]) {
            if table.column(name).is_some_and(|column| column.nullable) {
                return Err(NoKey::Nullable { table: table.name.clone(), column: name.clone() });
            }
        }
        key.iter().try_for_each(|field| self.check_case(field))
    }

    fn tells_headquarters(&self, key: &[String]) -> bool {
        if self.direction != Direction::Upload {
            return self.from.is_told_by(key);
        }
        // Channels may count each for themselves, so that the database a row came from can be
        // part of headquarters' key (S05).
        let with = |extra: &[&str]| -> Vec<String> {
            let missing = |name: &&&str| !key.iter().any(|c| c.eq_ignore_ascii_case(name));
            let extra = extra.iter().filter(missing).map(|name| (*name).to_owned());
            key.iter().cloned().chain(extra).collect()
        };
        [&[][..], &[DATAAREAID], &[DATASTORE], &[DATASTORE, DATAAREAID]]
            .iter()
            .any(|extra| self.from.has_unique(&with(extra)))
    }

    fn check_case(&self, field: &FieldMap) -> Result<(), NoKey> {
        let (Some(from), Some(to)) = (self.from.column(&field.from), self.to.column(&field.to))
        else {
            return Ok(());
        };
        let weaker = from.is_text() && !from.nocase && to.nocase;
        if self.direction == Direction::Upload || !weaker {
            return Ok(());
        }
        let (table, column) = (self.from.name.clone(), field.from.clone());
        Err(NoKey::CaseMatters { table, column, other: self.to.name.clone() })
    }

    /// The key's channel columns that headquarters compares without regard to case and the
    /// channel does not.
    pub(crate) fn folded(&self, key: &[FieldMap]) -> Vec<String> {
        let folded = |field: &&FieldMap| {
            let theirs = self.from.column(&field.from).is_some_and(|column| column.nocase);
            let ours = self.to.column(&field.to);
            theirs && ours.is_some_and(|column| column.is_text() && !column.nocase)
        };
        key.iter().filter(folded).map(|field| field.to.clone()).collect()
    }
}

/// The key of a table by itself, in which order its rows are shown: the first unique key that is
/// not the row's own number, else that number, else every column.
pub(crate) fn of_table(table: &Table) -> Vec<String> {
    let own_number = |key: &&Vec<String>| match key.as_slice() {
        [only] => table.rowid.as_ref() == Some(only) || only.eq_ignore_ascii_case(RECID),
        _ => false,
    };
    let keys = &table.unique;
    let first = keys.iter().find(|key| !own_number(key)).or_else(|| keys.first());
    let all = || table.columns.iter().map(|column| column.name.clone()).collect();
    first.cloned().unwrap_or_else(all)
}

/// The key of an extension table in the order of the key of the table it extends (S06).
///
/// # Errors
/// The extension table has another key.
pub(crate) fn of_base(
    extension: &str,
    own: &[FieldMap],
    base: &[FieldMap],
) -> Result<Vec<FieldMap>, NoKey> {
    let same = |wanted: &FieldMap| {
        own.iter().find(|field| field.from.eq_ignore_ascii_case(&wanted.from)).cloned()
    };
    let key: Option<Vec<FieldMap>> = base.iter().map(same).collect();
    key.filter(|key| key.len() == own.len()).ok_or_else(|| {
        let text = |key: &[FieldMap]| {
            key.iter().map(|field| field.from.as_str()).collect::<Vec<_>>().join(" + ")
        };
        NoKey::NotOfBase { table: extension.to_owned(), found: text(own), expected: text(base) }
    })
}
