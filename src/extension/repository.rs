//! What a repository holds, as it was read: nothing is derived here, and everything has its place.

use super::script::Script;
use crate::model::source::{Located, SourceId, Sources, Span};

/// Everything that was read of a repository.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// The texts.
    pub sources: Sources,
    /// Seed-data documents (`RetailCdxSeedData`).
    pub seeds: Vec<SeedData>,
    /// Resources of the X++ model (`AxResource`).
    pub resources: Vec<Resource>,
    /// What event handlers add as seed-data resources.
    pub handlers: Vec<Handler>,
    /// Tables of headquarters (`AxTable`), and what extends them (`AxTableExtension`).
    pub tables: Vec<TableMetadata>,
    /// Extended data types (`AxEdt`).
    pub types: Vec<TypeMetadata>,
    /// Channel scripts, in the order in which they run: by project, and by their files' names.
    pub scripts: Vec<Script>,
    /// The folder of the project that each script is of, in the same order.
    pub projects: Vec<String>,
    /// Files, or parts of them, that could not be read.
    pub unread: Vec<Unread>,
    /// Files that hold what another one holds, and are not counted twice.
    pub repeated: Vec<SourceId>,
    /// Scripts that are in no project of channel scripts, and were not read; by name.
    pub elsewhere: Vec<String>,
}

impl Repository {
    /// The folder of the project that a script is of.
    pub(crate) fn project_of(&self, script: SourceId) -> Option<&str> {
        let at = self.scripts.iter().position(|own| own.source == script)?;
        self.projects.get(at).map(String::as_str)
    }
}

/// A file, or a part of one, that could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file as it is named to people.
    pub file: String,
    /// Where, if its text could be read.
    pub span: Option<Span>,
    /// Why, "not well-formed XML: ...".
    pub why: String,
}

/// One seed-data document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedData {
    /// The root element.
    pub span: Span,
    /// The schema of targets that name none (`ChannelDBSchema`).
    pub schema: Option<Located<String>>,
    /// New scheduler jobs.
    pub jobs: Vec<SeedJob>,
    /// Subjobs, new or merged into existing ones.
    pub subjobs: Vec<SeedSubjob>,
}

/// A scheduler job that seed data declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedJob {
    /// Its id.
    pub id: Located<String>,
    /// Its description, where it has one.
    pub description: Option<String>,
}

/// A subjob of seed data. What is not said is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedSubjob {
    /// Its element's start tag.
    pub span: Span,
    /// Its id.
    pub id: Located<String>,
    /// Headquarters' table (`AxTableName`).
    pub table: Option<Located<String>>,
    /// The channel's table (`TargetTableName`).
    pub target: Option<Located<String>>,
    /// The target's schema (`TargetTableSchema`).
    pub target_schema: Option<Located<String>>,
    /// Whether it is of the P-job (`IsUpload`).
    pub upload: Option<Located<bool>>,
    /// The replication counter (`ReplicationCounterFieldName`).
    pub counter: Option<Located<String>>,
    /// Whether the target takes the place of the primary one (`OverrideTarget`).
    pub override_target: Option<Located<bool>>,
    /// The jobs that schedule it.
    pub jobs: Vec<Located<String>>,
    /// The mapped fields.
    pub fields: Vec<SeedField>,
}

/// A mapped field of seed data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedField {
    /// Headquarters' field.
    pub name: Located<String>,
    /// The channel's column, where it is another name.
    pub to: Option<Located<String>>,
}

/// A resource of the X++ model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name, which a handler adds.
    pub name: Located<String>,
    /// The file that holds its content, by its own name.
    pub file: Option<String>,
    /// The seed-data documents of that name; more than one where a repository has several versions.
    pub contents: Vec<SourceId>,
}

/// A seed-data resource that an event handler adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The resource, `resourceStr(NAME)`.
    pub resource: Located<String>,
    /// The resource of the product that it asks for first; none where it adds without asking.
    pub condition: Option<Located<String>>,
}

/// A table of headquarters, or what extends one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMetadata {
    /// The table; of an extension the one that it extends.
    pub name: Located<String>,
    /// Whether it extends a table that stands elsewhere.
    pub extends: bool,
    /// Whether rows belong to a company (`SaveDataPerCompany`); none of an extension.
    pub per_company: Option<Located<bool>>,
    /// Its fields.
    pub fields: Vec<FieldMetadata>,
    /// The fields that the system fills where the table says so, `ModifiedDateTime`.
    pub recorded: Vec<Located<String>>,
    /// Its indexes.
    pub indexes: Vec<IndexMetadata>,
    /// The index that is its primary one, where that is said (`PrimaryIndex`).
    pub primary_index: Option<Located<String>>,
    /// The index that it is clustered by (`ClusteredIndex`).
    pub clustered_index: Option<Located<String>>,
}

/// A field of a table of headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMetadata {
    /// Its name.
    pub name: Located<String>,
    /// Its kind.
    pub kind: FieldKind,
    /// Its own length, where it says one.
    pub length: Option<Located<u32>>,
    /// The extended data type that it follows.
    pub data_type: Option<Located<String>>,
}

/// What a field of headquarters holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A whole number of 64 bits.
    Int64,
    /// A number with decimals.
    Real,
    /// A date.
    Date,
    /// A date with a time.
    DateTime,
    /// An enumeration, kept as a whole number.
    Enum,
    /// A GUID.
    Guid,
    /// Something else, such as a container.
    Other,
}

/// An index of a table of headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMetadata {
    /// Its name.
    pub name: Located<String>,
    /// Whether two rows may have the same values.
    pub allows_duplicates: bool,
    /// Its fields.
    pub fields: Vec<Located<String>>,
}

/// An extended data type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMetadata {
    /// Its name.
    pub name: Located<String>,
    /// Its own length, where it says one.
    pub length: Option<Located<u32>>,
    /// The type that it extends.
    pub extends: Option<Located<String>>,
}
