//! Headquarters' tables as the metadata of a model declares them: a table with what extends it, and
//! the lengths of fields through their types.

use std::collections::BTreeMap;

use super::repository::{FieldKind, FieldMetadata, Repository, TableMetadata, TypeMetadata};
use crate::model::source::{Located, Span};

/// Headquarters' tables that a repository declares or extends.
#[derive(Debug, Clone, Default)]
pub struct HqTables(BTreeMap<String, HqTable>);

/// A table of headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HqTable {
    /// Its name, where it is declared or first extended.
    pub name: Located<String>,
    /// Whether all of it is in the repository; of a table of the product only what extends it is.
    pub whole: bool,
    /// Whether rows belong to a company; none where that is not in the repository.
    pub per_company: Option<bool>,
    /// Its fields.
    pub fields: Vec<HqField>,
    /// Its keys without duplicates, the primary index first; RECID, which every table has, last.
    pub keys: Vec<HqKey>,
}

/// A field of a table of headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HqField {
    /// Its name.
    pub name: Located<String>,
    /// What it holds.
    pub kind: FieldKind,
    /// How long its texts can be.
    pub length: Length,
}

/// How long a text can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Length {
    /// It is no text.
    None,
    /// So many characters.
    Characters {
        /// How many.
        most: u32,
        /// Where that is said.
        span: Span,
        /// The types that lead there, the field's own first.
        through: Vec<String>,
    },
    /// Any length (a memo).
    Any {
        /// Where that is said.
        span: Span,
    },
    /// It follows a type that is not in the repository.
    OfType(String),
    /// Nothing says it.
    Unsaid,
}

/// A key of a table of headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HqKey {
    /// The index.
    pub name: String,
    /// Its fields; DATAAREAID, which a table of a company adds by itself, is not among them.
    pub fields: Vec<String>,
    /// Where it is declared.
    pub span: Span,
}

/// The longest chain of types that is followed.
const LONGEST_CHAIN: usize = 32;
/// Columns that a table has by itself.
const SYSTEM: &[(&str, FieldKind)] =
    &[("RecId", FieldKind::Int64), ("RecVersion", FieldKind::Int), ("Partition", FieldKind::Int64)];
const DATAAREAID: &str = "DataAreaId";

impl HqTables {
    /// What the metadata of a repository declares.
    pub fn of(repository: &Repository) -> Self {
        let types = Types::of(repository);
        let mut tables = Self::default();
        // A table comes before what extends it, in whichever file either stands.
        let (extensions, own): (Vec<_>, Vec<_>) =
            repository.tables.iter().partition(|table| table.extends);
        for table in own.into_iter().chain(extensions) {
            tables.take(table, &types);
        }
        tables
    }

    /// A table, by its name in any case.
    pub fn get(&self, name: &str) -> Option<&HqTable> {
        self.0.get(&name.to_lowercase())
    }

    /// Every table, by name.
    pub fn iter(&self) -> impl Iterator<Item = &HqTable> {
        self.0.values()
    }

    fn take(&mut self, table: &TableMetadata, types: &Types<'_>) {
        let known = self.0.entry(table.name.value.to_lowercase()).or_insert_with(|| HqTable {
            name: table.name.clone(),
            whole: !table.extends,
            // A table says it only where its rows do not belong to a company.
            per_company: (!table.extends)
                .then(|| table.per_company.as_ref().is_none_or(|said| said.value)),
            fields: Vec::new(),
            keys: Vec::new(),
        });
        known.fields.extend(table.fields.iter().map(|field| types.field(field)));
        known.fields.extend(table.recorded.iter().map(|name| HqField {
            name: name.clone(),
            kind: if name.value.ends_with("By") { FieldKind::Text } else { FieldKind::DateTime },
            length: if name.value.ends_with("By") { Length::Unsaid } else { Length::None },
        }));
        let unique = table.indexes.iter().filter(|index| !index.allows_duplicates);
        for index in unique {
            let own = |field: &&Located<String>| !field.value.eq_ignore_ascii_case(DATAAREAID);
            let fields = index.fields.iter().filter(own).map(|field| field.value.clone());
            let fields = fields.collect();
            let (name, span) = (index.name.value.clone(), index.name.span);
            known.keys.push(HqKey { name, fields, span });
        }
        if !table.extends {
            known.finish(table);
        }
    }
}

impl HqTable {
    /// Adds what every table has, and puts its primary index first.
    fn finish(&mut self, table: &TableMetadata) {
        let span = self.name.span;
        for (name, kind) in SYSTEM {
            if self.field(name).is_none() {
                let name = Located::new((*name).to_owned(), span);
                self.fields.push(HqField { name, kind: *kind, length: Length::None });
            }
        }
        if self.per_company == Some(true) && self.field(DATAAREAID).is_none() {
            let name = Located::new(DATAAREAID.to_owned(), span);
            let length = Length::Characters { most: 4, span, through: Vec::new() };
            self.fields.push(HqField { name, kind: FieldKind::Text, length });
        }
        let first = table.primary_index.as_ref().or(table.clustered_index.as_ref());
        if let Some(first) = first {
            self.keys.sort_by_key(|key| !key.name.eq_ignore_ascii_case(&first.value));
        }
        let by_recid = |key: &HqKey| matches!(key.fields.as_slice(), [one] if is_recid(one));
        if !self.keys.iter().any(by_recid) {
            let (name, fields) = ("RecId".to_owned(), vec!["RecId".to_owned()]);
            self.keys.push(HqKey { name, fields, span });
        }
    }

    /// The field of this name, in any case.
    pub fn field(&self, name: &str) -> Option<&HqField> {
        self.fields.iter().find(|field| field.name.value.eq_ignore_ascii_case(name))
    }
}

/// Whether a field is the number of the row itself.
pub(crate) fn is_recid(name: &str) -> bool {
    name.eq_ignore_ascii_case("RECID")
}

/// The types of a repository, by name.
struct Types<'r>(BTreeMap<String, &'r TypeMetadata>);

impl<'r> Types<'r> {
    fn of(repository: &'r Repository) -> Self {
        let named = |found: &'r TypeMetadata| (found.name.value.to_lowercase(), found);
        Self(repository.types.iter().map(named).collect())
    }

    fn field(&self, field: &FieldMetadata) -> HqField {
        let length = if field.kind == FieldKind::Text { self.length(field) } else { Length::None };
        HqField { name: field.name.clone(), kind: field.kind, length }
    }

    /// A field's own length counts, else that of its type, else that of what the type extends.
    fn length(&self, field: &FieldMetadata) -> Length {
        if let Some(said) = &field.length {
            return said_length(said, Vec::new());
        }
        let Some(first) = &field.data_type else { return Length::Unsaid };
        let (mut name, mut through) = (first.value.clone(), Vec::new());
        for _ in 0..LONGEST_CHAIN {
            let Some(found) = self.0.get(&name.to_lowercase()) else { break };
            through.push(found.name.value.clone());
            if let Some(said) = &found.length {
                return said_length(said, through);
            }
            match &found.extends {
                Some(extended) => name.clone_from(&extended.value),
                None => return Length::Unsaid,
            }
        }
        Length::OfType(name)
    }
}

fn said_length(said: &Located<u32>, through: Vec<String>) -> Length {
    match said.value {
        u32::MAX => Length::Any { span: said.span },
        most => Length::Characters { most, span: said.span, through },
    }
}
