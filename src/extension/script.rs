//! What a script says that matters to the exchange: tables, indexes, views, grants, and the guards
//! around them. The same for T-SQL and for SQLite's dialect.

use std::fmt;

use crate::model::source::{Located, SourceId, Span};

/// A script as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its text.
    pub source: SourceId,
    /// The name of its file alone, by which scripts are ordered.
    pub name: String,
    /// What it does, in order.
    pub statements: Vec<Statement>,
    /// What was not read, in order.
    pub skipped: Vec<Skipped>,
}

/// A statement that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it does.
    pub action: Action,
    /// The guards that it stands behind, the outermost first; all must hold.
    pub guards: Vec<Guard>,
    /// Of each guard the number of its IF in the script: one that stands before several statements
    /// is decided once, before the first.
    pub conditions: Vec<usize>,
    /// The statement.
    pub span: Span,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `CREATE TABLE`.
    CreateTable(NewTable),
    /// `ALTER TABLE ... ADD` of columns and constraints.
    AddToTable {
        /// The table.
        table: ObjectName,
        /// The columns.
        columns: Vec<NewColumn>,
        /// The keys and indexes.
        keys: Vec<NewKey>,
        /// Defaults for columns that are there.
        defaults: Vec<(Located<String>, Default)>,
    },
    /// `ALTER TABLE ... ALTER COLUMN`.
    AlterColumn {
        /// The table.
        table: ObjectName,
        /// The column as it is from now on.
        column: NewColumn,
    },
    /// `ALTER TABLE ... DROP COLUMN`.
    DropColumns {
        /// The table.
        table: ObjectName,
        /// The columns.
        columns: Vec<Located<String>>,
    },
    /// `ALTER TABLE ... RENAME COLUMN`, of SQLite's dialect.
    RenameColumn {
        /// The table.
        table: ObjectName,
        /// The column.
        from: Located<String>,
        /// Its new name.
        to: Located<String>,
    },
    /// `ALTER TABLE ... RENAME TO`, of SQLite's dialect.
    RenameTable {
        /// The table.
        table: ObjectName,
        /// Its new name, in the same schema.
        to: ObjectName,
    },
    /// Another change of a table, such as `DROP CONSTRAINT`.
    ChangeTable {
        /// The table.
        table: ObjectName,
    },
    /// `CREATE INDEX`.
    CreateIndex {
        /// The table.
        table: ObjectName,
        /// The index; its kind is never the primary key.
        key: NewKey,
        /// `IF NOT EXISTS` in the statement itself.
        if_not_exists: bool,
    },
    /// `CREATE VIEW`, procedure, function, type, trigger: what is in it is not read.
    CreateObject {
        /// What it is.
        kind: ObjectKind,
        /// Its name.
        name: ObjectName,
        /// `OR ALTER`, `OR REPLACE`, `IF NOT EXISTS`, or an `ALTER` of what is there.
        repeatable: bool,
    },
    /// `DROP`.
    Drop {
        /// What it is.
        kind: ObjectKind,
        /// Its name.
        name: ObjectName,
        /// `IF EXISTS` in the statement itself.
        if_exists: bool,
    },
    /// `GRANT ... ON object TO ...`.
    Grant {
        /// The rights, in capitals.
        rights: Vec<String>,
        /// What they are to; a schema is an object without a schema.
        on: Granted,
        /// Who gets them.
        to: Vec<Located<String>>,
    },
    /// `USE`.
    Use(Located<String>),
}

/// What rights are granted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// A table, a view, a procedure or a type.
    Object(ObjectName),
    /// Everything in a schema.
    Schema(Located<String>),
    /// Something else, or everything.
    Other,
}

/// What is made or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// An index.
    Index,
    /// A procedure.
    Procedure,
    /// A function.
    Function,
    /// A type.
    Type,
    /// A trigger.
    Trigger,
    /// Something else: a schema, a role, ...
    Other,
}

/// The name of an object, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// Its schema, where one is written.
    pub schema: Option<String>,
    /// Its own name, without brackets.
    pub name: String,
    /// The name with all its parts.
    pub span: Span,
}

/// A table as a script declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTable {
    /// Its name.
    pub name: ObjectName,
    /// Its columns.
    pub columns: Vec<NewColumn>,
    /// Its primary key, unique keys and indexes.
    pub keys: Vec<NewKey>,
    /// `IF NOT EXISTS` in the statement itself.
    pub if_not_exists: bool,
}

/// A column as a script declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewColumn {
    /// Its name.
    pub name: Located<String>,
    /// Its type.
    pub column_type: Located<ColumnType>,
    /// `NULL` or `NOT NULL`, where one is written.
    pub nullable: Option<Located<bool>>,
    /// Its default.
    pub default: Option<Default>,
    /// Whether the database makes its values.
    pub generated: Option<Located<Generated>>,
    /// Whether comparisons ignore case, where a collation is written.
    pub collation: Option<Located<String>>,
}

/// How the database makes the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generated {
    /// It counts (`IDENTITY`, `AUTOINCREMENT`).
    Identity,
    /// It marks each change (`ROWVERSION`, `timestamp`).
    RowVersion,
    /// It computes them (`AS (...)`).
    Computed,
}

/// A default as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// What it is worth.
    pub value: Literal,
    /// The expression.
    pub span: Span,
}

/// A value that stands in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// NULL.
    Null,
    /// A number as it is written, `-1`.
    Number(String),
    /// A text.
    Text(String),
    /// An expression that is not worked out, `getutcdate()`.
    Expression(String),
}

/// A key or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its name, where it has one.
    pub name: Option<Located<String>>,
    /// What it is.
    pub kind: KeyKind,
    /// Its columns.
    pub columns: Vec<Located<String>>,
    /// Whether it is for some rows only (`WHERE`).
    pub partial: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The primary key.
    Primary,
    /// Another key without duplicates, or an index of that kind.
    Unique,
    /// An index that rows are found by.
    Index,
}

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// Text of at most so many characters; none: of any length.
    Text(Option<u32>),
    /// A whole number of 32 bits or fewer.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A number with so many digits, so many of them after the point.
    Numeric(u32, u32),
    /// A number with a floating point.
    Float,
    /// A date.
    Date,
    /// A date with a time.
    DateTime,
    /// A time.
    Time,
    /// A GUID.
    Guid,
    /// Bytes, at most so many; none: of any length.
    Binary(Option<u32>),
    /// The mark of a change (`ROWVERSION`, `timestamp`).
    RowVersion,
    /// Another type, as it is written; empty where none is.
    Other(String),
}

/// A condition that a statement stands behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// A table, a view, a procedure exists, or does not.
    Object {
        /// Which.
        name: ObjectName,
        /// Whether it must exist.
        exists: bool,
    },
    /// A column of a table exists, or does not.
    Column {
        /// The table.
        table: ObjectName,
        /// The column.
        column: String,
        /// Whether it must exist.
        exists: bool,
    },
    /// An index or a constraint exists, or does not.
    Index {
        /// Its name.
        name: String,
        /// Whether it must exist.
        exists: bool,
    },
    /// Any other condition; it is taken as true.
    Other(Span),
}

/// A part of a script that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What it is.
    pub kind: SkippedKind,
    /// Where.
    pub span: Span,
}

/// What was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkippedKind {
    /// A setting, a message, a variable: without effect on tables (`SET`, `PRINT`, `DECLARE`).
    Setting,
    /// The inside of a procedure, function, view, type or trigger.
    Body,
    /// Rows: `INSERT`, `UPDATE`, `DELETE`, `MERGE`, `SELECT`.
    Rows,
    /// SQL in a text (`EXEC`).
    Dynamic,
    /// An `ELSE` branch.
    Else,
    /// A condition that is taken as true.
    Condition,
    /// Rights that are taken away or denied.
    Rights,
    /// Something that is not understood.
    Unknown,
}

impl SkippedKind {
    /// What it is called to a person.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Setting => "settings",
            Self::Body => "the inside of a procedure, view, type or trigger",
            Self::Rows => "statements about rows",
            Self::Dynamic => "dynamic SQL",
            Self::Else => "an ELSE branch",
            Self::Condition => "a condition that is taken as true",
            Self::Rights => "rights taken away",
            Self::Unknown => "not understood",
        }
    }
}

impl Action {
    /// The table that it makes or changes, if it does either.
    pub fn table(&self) -> Option<&ObjectName> {
        match self {
            Self::CreateTable(table) => Some(&table.name),
            Self::AddToTable { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::DropColumns { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::RenameTable { table, .. }
            | Self::ChangeTable { table }
            | Self::CreateIndex { table, .. } => Some(table),
            Self::CreateObject { .. } | Self::Drop { .. } | Self::Grant { .. } | Self::Use(_) => {
                None
            }
        }
    }
}

impl ObjectName {
    /// Whether it is this object, in any case; a name without a schema is `dbo`'s.
    pub fn is(&self, schema: &str, name: &str) -> bool {
        let own = self.schema.as_deref().unwrap_or("dbo");
        own.eq_ignore_ascii_case(schema) && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it is a temporary table (`#x`).
    pub(crate) fn is_temporary(&self) -> bool {
        self.name.starts_with('#')
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(Some(length)) => write!(f, "nvarchar({length})"),
            Self::Text(None) => f.write_str("nvarchar(max)"),
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Numeric(digits, decimals) => write!(f, "numeric({digits},{decimals})"),
            Self::Float => f.write_str("float"),
            Self::Date => f.write_str("date"),
            Self::DateTime => f.write_str("datetime"),
            Self::Time => f.write_str("time"),
            Self::Guid => f.write_str("uniqueidentifier"),
            Self::Binary(Some(length)) => write!(f, "varbinary({length})"),
            Self::Binary(None) => f.write_str("varbinary(max)"),
            Self::RowVersion => f.write_str("rowversion"),
            Self::Other(name) => f.write_str(name),
        }
    }
}
