//! What the tables of a channel database are once its scripts have run: the scripts' statements in
//! order, with their guards held against what there is by then.

use std::collections::BTreeMap;

use super::script::{
    Action, ColumnType, Generated, Guard, KeyKind, NewColumn, NewKey, NewTable, ObjectKind,
    ObjectName, Script, Statement,
};
use crate::model::source::{Located, SourceId, Span};

/// The schemas that are the product's own.
pub const PRODUCT_SCHEMAS: &[&str] = &["ax", "crt", "dbo"];

/// The tables and other objects that there are.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    tables: BTreeMap<ObjectKey, SchemaTable>,
    objects: BTreeMap<ObjectKey, ObjectKind>,
    /// Whether each IF that was met holds.
    decided: BTreeMap<(SourceId, usize), bool>,
    /// Rights to a whole schema, which tables that are made later have too.
    schema_grants: Vec<(String, GrantTo)>,
    /// What was taken in that could not be: of a script that says something about a table that it
    /// does not know.
    pub misplaced: Vec<Misplaced>,
}

/// The schema and the name of an object, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ObjectKey(String, String);

/// A table as the scripts leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaTable {
    /// Its schema as it is written.
    pub schema: String,
    /// Its name as it is written.
    pub name: String,
    /// Where it is made; of a base table of the product, in the list of base tables.
    pub span: Span,
    /// Whether it is a base table of the product.
    pub base: bool,
    /// Its columns.
    pub columns: Vec<NewColumn>,
    /// Its keys and indexes.
    pub keys: Vec<NewKey>,
    /// To whom what is granted on it.
    pub grants: Vec<GrantTo>,
}

/// Rights that somebody has to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantTo {
    /// Who.
    pub to: Located<String>,
    /// The rights, in capitals.
    pub rights: Vec<String>,
}

/// What came of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// A guard kept it from running.
    Guarded,
    /// It ran.
    Done,
    /// It makes a table that is there already, unless it is.
    There,
    /// It makes a table that is there already.
    Exists,
    /// It is about a table that is not there.
    Missing,
}

/// A statement about an object that is not there when the statement runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The object.
    pub name: ObjectName,
    /// The statement.
    pub span: Span,
}

impl Schema {
    /// Runs scripts over what there is.
    pub fn run<'s>(&mut self, scripts: impl IntoIterator<Item = &'s Script>, base: bool) {
        for script in scripts {
            for statement in &script.statements {
                self.apply(statement, base);
            }
        }
    }

    /// A table, by its names in any case.
    pub fn table(&self, schema: &str, name: &str) -> Option<&SchemaTable> {
        self.tables.get(&ObjectKey::new(schema, name))
    }

    /// The same, to be changed.
    pub(crate) fn table_mut(&mut self, schema: &str, name: &str) -> Option<&mut SchemaTable> {
        self.tables.get_mut(&ObjectKey::new(schema, name))
    }

    /// Every table, by schema and name.
    pub fn tables(&self) -> impl Iterator<Item = &SchemaTable> {
        self.tables.values()
    }

    /// Adds a table that is known otherwise, unless there is one of that name.
    pub fn add(&mut self, table: SchemaTable) {
        let key = ObjectKey::new(&table.schema, &table.name);
        self.tables.entry(key).or_insert(table);
    }

    /// Whether such an object is known: a table, a view, a procedure, a type.
    pub fn knows(&self, name: &ObjectName) -> bool {
        let key = ObjectKey::of(name);
        self.tables.contains_key(&key) || self.objects.contains_key(&key)
    }

    /// Runs one statement over what there is.
    pub fn apply(&mut self, statement: &Statement, base: bool) -> Applied {
        if !self.lets_through(statement) {
            return Applied::Guarded;
        }
        let span = statement.span;
        match &statement.action {
            Action::CreateTable(table) => return self.create(table, base),
            Action::AddToTable { table, columns, keys, defaults } => {
                return self.change(table, span, |found| {
                    found.columns.extend(columns.iter().cloned());
                    found.keys.extend(keys.iter().cloned());
                    for (name, default) in defaults {
                        if let Some(column) = found.column_mut(&name.value) {
                            column.default = Some(default.clone());
                        }
                    }
                });
            }
            Action::AlterColumn { table, column } => {
                return self.change(table, span, |found| {
                    if let Some(known) = found.column_mut(&column.name.value) {
                        known.column_type = column.column_type.clone();
                        known.nullable.clone_from(&column.nullable);
                    }
                });
            }
            Action::DropColumns { table, columns } => {
                let gone = |known: &NewColumn| {
                    columns.iter().any(|gone| known.name.value.eq_ignore_ascii_case(&gone.value))
                };
                return self.change(table, span, |found| {
                    found.columns.retain(|known| !gone(known));
                });
            }
            Action::RenameColumn { table, from, to } => {
                return self.change(table, span, |found| found.rename(&from.value, to));
            }
            Action::RenameTable { table, to } => return self.rename(table, to, span),
            Action::ChangeTable { table } => return self.change(table, span, |_| {}),
            Action::CreateIndex { table, key, .. } => {
                return self.change(table, span, |found| found.keys.push(key.clone()));
            }
            Action::CreateObject { kind, name, .. } => {
                self.objects.insert(ObjectKey::of(name), *kind);
            }
            Action::Drop { kind, name, .. } => self.drop(*kind, name),
            Action::Grant { rights, on, to } => self.grant(rights, on, to, span),
            Action::Use(_) => {}
        }
        Applied::Done
    }

    /// Whether all guards of a statement hold; one that stands before a block is decided once, when
    /// the block is entered, whatever is made in it.
    fn lets_through(&mut self, statement: &Statement) -> bool {
        let mut all = true;
        for condition in &statement.conditions {
            let key = (statement.span.source, *condition);
            let holds = if let Some(decided) = self.decided.get(&key) {
                *decided
            } else {
                let of_condition = statement.guards.iter().zip(&statement.conditions);
                let holds = of_condition
                    .filter(|(_, other)| *other == condition)
                    .all(|(guard, _)| self.holds(guard));
                self.decided.insert(key, holds);
                holds
            };
            all &= holds;
            // What stands within a block that is not entered is not asked.
            if !all {
                return false;
            }
        }
        all
    }

    /// Whether a guard lets a statement through. What is not known of the product's own objects is
    /// taken as true.
    fn holds(&self, guard: &Guard) -> bool {
        match guard {
            Guard::Object { name, exists } => {
                let unknown = name.is_of_product() && !self.knows(name);
                unknown || self.knows(name) == *exists
            }
            Guard::Column { table, column, exists } => match self.tables.get(&ObjectKey::of(table))
            {
                Some(found) => found.column(column).is_some() == *exists,
                None => !*exists || table.is_of_product(),
            },
            Guard::Index { name, exists } => {
                let has = |key: &NewKey| {
                    key.name.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(name))
                };
                self.tables.values().any(|table| table.keys.iter().any(has)) == *exists
            }
            Guard::Other(_) => true,
        }
    }

    fn create(&mut self, table: &NewTable, base: bool) -> Applied {
        let key = ObjectKey::of(&table.name);
        if self.tables.contains_key(&key) {
            return if table.if_not_exists { Applied::There } else { Applied::Exists };
        }
        let schema = table.name.schema.clone().unwrap_or_else(|| "dbo".to_owned());
        let of_schema = |granted: &&(String, GrantTo)| granted.0.eq_ignore_ascii_case(&schema);
        let grants = self.schema_grants.iter().filter(of_schema).map(|(_, to)| to.clone());
        let made = SchemaTable {
            grants: grants.collect(),
            schema,
            name: table.name.name.clone(),
            span: table.name.span,
            base,
            columns: table.columns.clone(),
            keys: table.keys.clone(),
        };
        self.tables.insert(key, made);
        Applied::Done
    }

    fn change(
        &mut self,
        name: &ObjectName,
        span: Span,
        change: impl FnOnce(&mut SchemaTable),
    ) -> Applied {
        if let Some(table) = self.tables.get_mut(&ObjectKey::of(name)) {
            change(table);
            Applied::Done
        } else {
            self.misplaced.push(Misplaced { name: name.clone(), span });
            Applied::Missing
        }
    }

    fn rename(&mut self, name: &ObjectName, to: &ObjectName, span: Span) -> Applied {
        let Some(mut table) = self.tables.remove(&ObjectKey::of(name)) else {
            self.misplaced.push(Misplaced { name: name.clone(), span });
            return Applied::Missing;
        };
        table.name.clone_from(&to.name);
        self.tables.insert(ObjectKey::new(&table.schema, &table.name), table);
        Applied::Done
    }

    fn drop(&mut self, kind: ObjectKind, name: &ObjectName) {
        if kind != ObjectKind::Index {
            let key = ObjectKey::of(name);
            self.tables.remove(&key);
            self.objects.remove(&key);
            return;
        }
        for table in self.tables.values_mut() {
            table.keys.retain(|key| {
                let own =
                    key.name.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(&name.name));
                key.kind == KeyKind::Primary || !own
            });
        }
    }

    fn grant(
        &mut self,
        rights: &[String],
        on: &super::script::Granted,
        to: &[Located<String>],
        span: Span,
    ) {
        let granted = || {
            let one = |to: &Located<String>| GrantTo { to: to.clone(), rights: rights.to_vec() };
            to.iter().map(one)
        };
        match on {
            super::script::Granted::Object(name) => {
                if !self.knows(name) {
                    self.misplaced.push(Misplaced { name: name.clone(), span });
                } else if let Some(table) = self.tables.get_mut(&ObjectKey::of(name)) {
                    table.grants.extend(granted());
                }
            }
            super::script::Granted::Schema(schema) => {
                let of_schema = self
                    .tables
                    .values_mut()
                    .filter(|table| table.schema.eq_ignore_ascii_case(&schema.value));
                of_schema.for_each(|table| table.grants.extend(granted()));
                let later = granted().map(|to| (schema.value.clone(), to));
                self.schema_grants.extend(later);
            }
            super::script::Granted::Other => {}
        }
    }
}

impl SchemaTable {
    /// The column of this name, in any case.
    pub fn column(&self, name: &str) -> Option<&NewColumn> {
        self.columns.iter().find(|column| column.name.value.eq_ignore_ascii_case(name))
    }

    fn column_mut(&mut self, name: &str) -> Option<&mut NewColumn> {
        self.columns.iter_mut().find(|column| column.name.value.eq_ignore_ascii_case(name))
    }

    fn rename(&mut self, from: &str, to: &Located<String>) {
        let keys = self.keys.iter_mut().flat_map(|key| &mut key.columns);
        for name in self.columns.iter_mut().map(|column| &mut column.name).chain(keys) {
            if name.value.eq_ignore_ascii_case(from) {
                name.clone_from(to);
            }
        }
    }

    /// The primary key.
    pub(crate) fn primary_key(&self) -> Option<&NewKey> {
        self.keys.iter().find(|key| key.kind == KeyKind::Primary)
    }

    /// The primary key and every other key without duplicates that holds for all rows.
    pub(crate) fn unique_keys(&self) -> impl Iterator<Item = &NewKey> {
        self.keys.iter().filter(|key| key.kind != KeyKind::Index && !key.partial)
    }

    /// Whether an index or a key begins with a column.
    pub(crate) fn is_indexed_by(&self, column: &str) -> bool {
        self.keys.iter().any(|key| {
            let first = key.columns.first();
            !key.partial && first.is_some_and(|first| first.value.eq_ignore_ascii_case(column))
        })
    }

    /// Whether a column can hold NULL: it says so, or it says nothing and is in no primary key.
    pub fn allows_null(&self, column: &NewColumn) -> bool {
        let in_key = self.primary_key().is_some_and(|key| key.has(&column.name.value));
        column.nullable.as_ref().map_or(!in_key, |said| said.value) && !column.is_generated()
    }

    /// The table as people write it, `ext.T`.
    pub(crate) fn dotted(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

impl NewColumn {
    /// Whether the database makes its values.
    pub(crate) fn is_generated(&self) -> bool {
        self.generated.is_some() || self.column_type.value == ColumnType::RowVersion
    }

    /// Whether it counts.
    pub(crate) fn is_identity(&self) -> bool {
        self.generated.as_ref().is_some_and(|found| found.value == Generated::Identity)
    }
}

impl NewKey {
    /// Whether a column is in it, in any case.
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|own| own.value.eq_ignore_ascii_case(column))
    }
}

impl ObjectName {
    /// Whether it is in a schema of the product; one without a schema is in `dbo`.
    pub(crate) fn is_of_product(&self) -> bool {
        let schema = self.schema.as_deref().unwrap_or("dbo");
        PRODUCT_SCHEMAS.iter().any(|own| schema.eq_ignore_ascii_case(own))
    }
}

impl ObjectKey {
    fn new(schema: &str, name: &str) -> Self {
        Self(schema.to_lowercase(), name.to_lowercase())
    }

    fn of(name: &ObjectName) -> Self {
        Self::new(name.schema.as_deref().unwrap_or("dbo"), &name.name)
    }
}
