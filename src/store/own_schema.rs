//! Tables of a user's own: what the environment's schema files and the extensions it names say of
//! both sides. Scripts are read and never run (S07).

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::catalogue;
use super::error::StoreError;
use super::files;
use super::own_metadata;
use super::own_note::SourceNote;
use super::own_sql::file_name;
use super::schema::Kind;
use crate::definitions::script::ScriptProblem;
use crate::definitions::{Kind as ProblemKind, Problem, Problems, SourceFile};
use crate::extension::base;
use crate::extension::repository::{Repository, SeedData, Unread};
use crate::extension::schema::{Applied, Schema, SchemaTable};
use crate::extension::script::{
    Action, Granted, KeyKind, ObjectKind, ObjectName, Script, Skipped, SkippedKind, Statement,
};
use crate::model::schema::{Catalogue, Tables};
use crate::model::source::{Located, Source, Sources, Span};
use crate::world::ids;

/// What an environment is to have beside the tables of the tool.
#[derive(Debug)]
pub(crate) struct OwnSchema {
    /// The seed data and metadata of the extensions and of `jobs/`; the texts of everything.
    pub(crate) repository: Repository,
    /// The subjobs of base tables that seed data extends and the tool does not have.
    base: Option<SeedData>,
    /// Headquarters' side.
    pub(crate) hq: OwnSide,
    /// Each channel's side.
    pub(crate) channel: OwnSide,
    /// What is worth knowing of what was read.
    pub(crate) notes: Vec<SourceNote>,
}

/// One side's tables, and the scripts that lead there.
#[derive(Debug)]
pub(crate) struct OwnSide {
    pub(super) kind: Kind,
    pub(super) scripts: Vec<OwnScript>,
    /// The extensions that are named, as `cdx.toml` has them.
    pub(super) extensions: Vec<String>,
    /// Every table once the scripts have run: the tool's, changed perhaps, and the user's own.
    /// Empty where nothing of a user's own is there, which could name any of them.
    pub(super) schema: Schema,
}

/// A script, and what it does.
#[derive(Debug, Clone)]
pub(crate) struct OwnScript {
    /// Its file, as the record of applied scripts names it.
    pub(super) name: String,
    /// What tells whether it was changed.
    pub(super) checksum: String,
    /// The statements that run: their guards hold.
    pub(super) statements: Vec<Statement>,
}

impl OwnSchema {
    /// Reads what an environment in this folder has, if there is one, and what lies at the paths of
    /// extensions; what cannot be done is left out, and told.
    ///
    /// # Errors
    /// Files of the environment that cannot be read.
    pub(crate) fn read(
        root: Option<&Path>,
        extensions: &[PathBuf],
    ) -> Result<(Self, Problems), StoreError> {
        let mut paths = extensions.to_vec();
        if let Some(root) = root {
            paths.extend(files::seed_files(root)?);
        }
        let mut repository = Repository::read(&paths);
        if let Some(root) = root {
            repository.name_within(root);
        }
        let mut problems = Problems::default();
        let mut notes = Vec::new();
        let has_metadata = !repository.seeds.is_empty() || !repository.tables.is_empty();
        let mut side = |kind: Kind, folder: &str, others: &[Script]| {
            let files = root.map_or(Ok(Vec::new()), |root| files::schema_files(root, folder))?;
            let sources = &mut repository.sources;
            let own = files.iter().map(|(name, text)| base::more(sources, name, text));
            let own = own.collect::<Vec<_>>().into_iter();
            let scripts: Vec<Script> = own.chain(others.iter().cloned()).collect();
            let schema = if scripts.is_empty() && !has_metadata {
                Schema::default()
            } else {
                tools(kind, sources)?
            };
            Ok::<_, StoreError>(OwnSide::of(
                kind,
                schema,
                scripts,
                sources,
                &mut problems,
                &mut notes,
            ))
        };
        let mut hq = side(Kind::Headquarters, "hq", &[])?;
        let scripts = std::mem::take(&mut repository.scripts);
        let mut channel = side(Kind::Channel, "channel", &scripts)?;
        if let Some(root) = root {
            channel.extensions = named(extensions, root);
        }
        problems.join(unread(&repository));
        let mut sides = (&mut hq.schema, &mut channel.schema);
        let base = own_metadata::add(&mut repository, &mut sides, &mut notes);
        Ok((Self { repository, base, hq, channel, notes }, problems))
    }

    /// The jobs and subjobs of the seed data, those of base tables first.
    pub(crate) fn definitions(&self) -> Vec<SourceFile> {
        let seeds = self.base.iter().chain(&self.repository.seeds);
        let file = |seed: &SeedData| {
            let Source { name, text, .. } = self.repository.sources.get(seed.span.source);
            SourceFile::seed(name, text, seed.clone())
        };
        seeds.map(file).collect()
    }

    /// Both sides' tables, the tool's own among them.
    ///
    /// # Errors
    /// A database in memory.
    pub(crate) fn catalogue(&self) -> Result<Catalogue, StoreError> {
        Ok(Catalogue { hq: self.hq.tables()?, channel: self.channel.tables()? })
    }
}

impl OwnSide {
    /// Whether a database needs nothing of it.
    pub(crate) fn is_empty(&self) -> bool {
        self.scripts.is_empty() && self.own().next().is_none()
    }

    fn of(
        kind: Kind,
        mut schema: Schema,
        scripts: Vec<Script>,
        sources: &Sources,
        problems: &mut Problems,
        notes: &mut Vec<SourceNote>,
    ) -> Self {
        let mut own = Vec::new();
        for script in scripts {
            let Source { name, text, .. } = sources.get(script.source);
            notes.extend(skipped(&script, sources));
            if script_is_own(name) {
                problems.join(misread(&script, name, text));
            }
            let mut statements = Vec::new();
            for statement in script.statements {
                let statement = in_place(kind, statement);
                let problem = refused(kind, &statement.action).or_else(|| {
                    let applied = schema.apply(&statement, false);
                    statements.extend((applied == Applied::Done).then(|| statement.clone()));
                    failed(kind, applied, &statement.action)
                });
                if let Some(problem) = problem {
                    let kind = ProblemKind::Script(problem);
                    let at = statement.span.start;
                    problems.add(|| Problem::at(name, text, at, &kind));
                }
            }
            let checksum = ids::hex(&Sha256::digest(text.as_bytes()));
            own.push(OwnScript { name: name.clone(), checksum, statements });
        }
        Self { kind, scripts: own, extensions: Vec::new(), schema }
    }

    /// Every table of this side, as a database has them once all of it is done.
    fn tables(&self) -> Result<Tables, StoreError> {
        if self.is_empty() {
            return catalogue::shipped(self.kind);
        }
        let db = super::db::Db::in_memory(self.kind)?;
        db.immediate(|| self.make(&db))?;
        catalogue::tables(&db)
    }

    /// The tables that are not the tool's.
    pub(super) fn own(&self) -> impl Iterator<Item = &SchemaTable> {
        self.schema.tables().filter(|table| !table.base)
    }
}

/// Extensions as files of theirs are named: from the environment's folder.
fn named(extensions: &[PathBuf], root: &Path) -> Vec<String> {
    let within = |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).to_path_buf();
    extensions.iter().map(|path| crate::extension::shown_path(&within(path))).collect()
}

/// Files of extensions that cannot be read, as problems in their places.
fn unread(repository: &Repository) -> Problems {
    let mut problems = Problems::default();
    for Unread { file, span, why } in &repository.unread {
        let kind = ProblemKind::Unread(why.clone());
        let text = span.map_or("", |span| &repository.sources.get(span.source).text);
        let at = span.map_or(0, |span| span.start);
        problems.add(|| Problem::at(file, text, at, &kind));
    }
    problems
}

/// The tool's own tables of a side, by the names that scripts have for them.
fn tools(kind: Kind, sources: &mut Sources) -> Result<Schema, StoreError> {
    let name = "the tables of cdx".to_owned();
    let source = sources.add(Source { name, text: String::new(), encoding: None });
    let span = Span::new(source, 0..0);
    let mut schema = Schema::default();
    for table in catalogue::shipped(kind)?.values() {
        let (schema_name, name) = match (kind, table.name.split_once('_')) {
            (Kind::Channel, Some((schema, name))) if is_schema(schema) => (schema, name),
            _ => ("dbo", table.name.as_str()),
        };
        schema.add(SchemaTable::known(schema_name, name, &names_of(table), span));
    }
    Ok(schema)
}

fn names_of(table: &crate::model::schema::Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

fn is_schema(word: &str) -> bool {
    ["ext", "ax", "crt", "dbo"].iter().any(|schema| word.eq_ignore_ascii_case(schema))
}

/// A statement with the schema of its objects as a part of its own: in SQLite it is a prefix.
fn in_place(kind: Kind, mut statement: Statement) -> Statement {
    let settle = |name: &mut ObjectName| match (kind, &name.schema) {
        (Kind::Channel, None) => {
            if let Some((schema, rest)) = name.name.split_once('_')
                && is_schema(schema)
            {
                name.schema = Some(schema.to_lowercase());
                name.name = rest.to_owned();
            }
        }
        (Kind::Headquarters, Some(_)) => name.schema = None,
        (Kind::Channel, Some(_)) | (Kind::Headquarters, None) => {}
    };
    match &mut statement.action {
        Action::CreateTable(table) => settle(&mut table.name),
        Action::RenameTable { table, to } => {
            settle(table);
            settle(to);
        }
        Action::AddToTable { table, .. }
        | Action::AlterColumn { table, .. }
        | Action::DropColumns { table, .. }
        | Action::RenameColumn { table, .. }
        | Action::ChangeTable { table }
        | Action::CreateIndex { table, .. } => settle(table),
        Action::CreateObject { name, .. }
        | Action::Drop { name, .. }
        | Action::Grant { on: Granted::Object(name), .. } => settle(name),
        Action::Grant { .. } | Action::Use(_) => {}
    }
    statement
}

/// Why a statement is not done whatever there is.
fn refused(kind: Kind, action: &Action) -> Option<ScriptProblem> {
    let is_tools = |name: &ObjectName| {
        let schema = name.schema.as_deref().unwrap_or("dbo");
        kind.has_table(&file_name(kind, schema, &name.name))
    };
    let ours = |name: &ObjectName| name.name.to_ascii_lowercase().starts_with("cdx_");
    let refuse = |action: String, why| Some(ScriptProblem::Refused { action, why });
    match action {
        Action::CreateTable(table) if ours(&table.name) => {
            refuse(format!("CREATE TABLE {}", table.name), "names that begin with cdx_ are cdx's")
        }
        Action::Drop { kind: ObjectKind::Table, name, .. } if is_tools(name) => {
            refuse(format!("DROP TABLE {name}"), "it is a table of the product")
        }
        Action::AlterColumn { table, .. }
        | Action::DropColumns { table, .. }
        | Action::RenameColumn { table, .. }
        | Action::RenameTable { table, .. }
            if is_tools(table) =>
        {
            refuse(
                format!("ALTER TABLE {table}"),
                "only columns can be added to a table of the product",
            )
        }
        Action::AddToTable { table, .. } if ours(table) => {
            refuse(format!("ALTER TABLE {table}"), "names that begin with cdx_ are cdx's")
        }
        Action::CreateIndex { table, key, .. }
            if is_tools(table) && key.kind == KeyKind::Unique =>
        {
            let name = key.name.as_ref().map_or("", |name| name.value.as_str());
            refuse(
                format!("CREATE UNIQUE INDEX {name} ON {table}"),
                "it would refuse rows of a table of the product",
            )
        }
        _ => None,
    }
}

/// Why a statement could not be done with what there is.
fn failed(kind: Kind, applied: Applied, action: &Action) -> Option<ScriptProblem> {
    let name = action.table()?;
    let schema = name.schema.as_deref().unwrap_or("dbo");
    let file = file_name(kind, schema, &name.name);
    let makes = matches!(action, Action::CreateTable(_));
    match applied {
        // The tool's own table would stand there with other columns.
        Applied::Exists | Applied::There if makes && kind.has_table(&file) => {
            let table = file_name(kind, schema, &name.name.to_ascii_uppercase());
            Some(ScriptProblem::OwnTable { table })
        }
        Applied::Exists => Some(ScriptProblem::Failed(format!("{name} exists already"))),
        Applied::Missing => Some(ScriptProblem::Failed(format!("no script makes {name} before"))),
        Applied::There | Applied::Guarded | Applied::Done => None,
    }
}

/// Whether a script is the environment's own; those of extensions hold much that does not matter.
fn script_is_own(name: &str) -> bool {
    name.starts_with("schema/")
}

/// What is not understood of a script, at its places.
fn misread(script: &Script, name: &str, text: &str) -> Problems {
    let mut problems = Problems::default();
    let unknown = |skipped: &&Skipped| skipped.kind == SkippedKind::Unknown;
    for Skipped { span, .. } in script.skipped.iter().filter(unknown) {
        let words = text.get(span.range()).unwrap_or_default();
        let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words.chars().take(60).collect();
        let kind = ProblemKind::Script(ScriptProblem::NotUnderstood(words));
        problems.add(|| Problem::at(name, text, span.start, &kind));
    }
    problems
}

/// What of a script is not done, and used to be by earlier versions, or may matter.
fn skipped<'s>(script: &'s Script, sources: &'s Sources) -> impl Iterator<Item = SourceNote> + 's {
    // What is not understood of an environment's own script is a problem; what else stands in the
    // scripts of an extension is what `cdx check` tells.
    let own = script_is_own(sources.file(Span::new(script.source, 0..0)));
    let matters = move |kind: SkippedKind| match kind {
        SkippedKind::Setting | SkippedKind::Rights => false,
        SkippedKind::Rows | SkippedKind::Dynamic => true,
        SkippedKind::Unknown => !own,
        SkippedKind::Body | SkippedKind::Else | SkippedKind::Condition => own,
    };
    script.skipped.iter().filter(move |skipped| matters(skipped.kind)).map(|skipped| {
        let what = format!("{}, which is not read and not done", skipped.kind.describe());
        SourceNote::of(sources, skipped.span, what)
    })
}

impl SchemaTable {
    /// A table of the tool: only the names of its columns are asked for.
    fn known(schema: &str, name: &str, columns: &[&str], span: Span) -> Self {
        use crate::extension::script::{ColumnType, NewColumn};
        let column = |name: &&str| NewColumn {
            name: Located::new((*name).to_owned(), span),
            column_type: Located::new(ColumnType::Other(String::new()), span),
            nullable: None,
            default: None,
            generated: None,
            collation: None,
        };
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
            span,
            base: true,
            columns: columns.iter().map(column).collect(),
            keys: Vec::new(),
            grants: Vec::new(),
        }
    }
}
