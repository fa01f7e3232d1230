//! What is known of a repository: what was read, and what follows from it.

use super::subjobs::{self, MappedField, MappedSubjob};
use super::words;
use crate::definitions;
use crate::diagnosis::{Findings, Unknown};
use crate::extension::base;
use crate::extension::hq::HqTables;
use crate::extension::repository::Repository;
use crate::extension::schema::{Schema, SchemaTable};
use crate::extension::script::{Script, SkippedKind};
use crate::model::job::Definitions;
use crate::store::schema::Kind;
use crate::store::{StoreError, catalogue};

/// What is known of a repository.
#[derive(Debug)]
pub struct Facts {
    /// What was read, the base tables among its sources.
    pub repository: Repository,
    /// The base tables of the channel database alone.
    pub base: Schema,
    /// The channel database once every script has run over the base tables.
    pub channel: Schema,
    /// Headquarters' tables that the repository declares or extends.
    pub hq: HqTables,
    /// The jobs and subjobs that the tool knows of the product.
    pub shipped: Definitions,
    /// Every subjob of the seed data, with what it is mapped to.
    pub subjobs: Vec<MappedSubjob>,
    /// The scripts of an earlier revision, where one was asked for.
    pub before: Option<Vec<EarlierScript>>,
}

/// A script as an earlier revision has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierScript {
    /// The file, as it is named now.
    pub file: String,
    /// Its text then.
    pub text: String,
}

impl Facts {
    /// Works out what follows from what was read; `base` are scripts of further base tables, of a
    /// dacpac.
    ///
    /// # Errors
    /// The tool's own definitions.
    pub fn of(mut repository: Repository, base_tables: &[Script]) -> Result<Self, StoreError> {
        let list = base::shipped(&mut repository.sources);
        let mut known = Schema::default();
        // A dacpac is of the team's own version, so that it counts before the list.
        known.run(base_tables, true);
        let mut listed = Schema::default();
        listed.run([&list], true);
        listed.tables().cloned().for_each(|table| known.add(table));
        for table in own_tables(&mut repository) {
            known.add(table);
        }
        let base = known.clone();
        known.run(&repository.scripts, false);
        let hq = HqTables::of(&repository);
        let shipped = definitions::load(&definitions::shipped(), &catalogue::tools()?)
            .map_err(StoreError::Definitions)?;
        let subjobs = subjobs::of(&repository, &shipped, &base);
        Ok(Self { repository, base, channel: known, hq, shipped, subjobs, before: None })
    }

    /// The table that a subjob targets, where it is known.
    pub fn target(&self, subjob: &MappedSubjob) -> Option<&SchemaTable> {
        self.channel.table(&subjob.target.schema, &subjob.target.name)
    }

    /// The same; where it is not known, that nothing is judged about it is said.
    pub(super) fn known_target(
        &self,
        subjob: &MappedSubjob,
        findings: &mut Findings,
    ) -> Option<&SchemaTable> {
        let table = self.target(subjob);
        if table.is_none() {
            let why = "no script that was read makes it, and no list of base tables has it";
            findings.unjudged(&subjob.target.dotted(), &Unknown(why.to_owned()));
        }
        table
    }

    /// Every field that is mapped to the table that this subjob targets, by it or by another part
    /// of the same subjob.
    pub(super) fn fields_of(&self, subjob: &MappedSubjob) -> impl Iterator<Item = &MappedField> {
        let parts = self.subjobs.iter().filter(|part| {
            part.id.value.eq_ignore_ascii_case(&subjob.id.value) && part.target.is(&subjob.target)
        });
        parts.flat_map(|part| &part.fields)
    }

    /// Whether a table is one of the tool's own making, whose columns and key are not published.
    pub(super) fn is_assumed(&self, table: &SchemaTable) -> bool {
        let source = table.span.source;
        let own = self.repository.sources.get(source).name.starts_with(base::LIST_NAME);
        own && !base::is_list(&self.repository.sources, source)
    }

    /// Whether a part of a script that was not read makes, changes or grants something and has all
    /// of these names: what seems to be missing may be made there.
    pub(super) fn may_be_made_unread(&self, wanted: &[&str]) -> bool {
        let wanted: Vec<String> = wanted.iter().map(|name| name.to_lowercase()).collect();
        let skipped = self.repository.scripts.iter().flat_map(|script| &script.skipped);
        skipped.filter(|part| part.kind != SkippedKind::Body).any(|part| {
            let text = words::bare(self.repository.sources.text(part.span));
            let does = ["create", "alter", "grant"].iter().any(|verb| words::names(&text, verb));
            does && wanted.iter().all(|name| words::names(&text, name))
        })
    }
}

/// The tables of a channel database of the tool's own making, for those that no list has.
fn own_tables(repository: &mut Repository) -> Vec<SchemaTable> {
    let mut schema = Schema::default();
    for migration in Kind::Channel.migrations() {
        let name = format!("{} ({})", base::LIST_NAME, migration.version);
        let script = base::more(&mut repository.sources, &name, migration.sql);
        schema.run([&script], true);
    }
    let renamed = schema.tables().filter_map(|table| {
        let (schema, name) = table.name.split_once('_')?;
        let known = ["ax", "crt"].contains(&schema);
        let (schema, name) = (schema.to_owned(), name.to_owned());
        known.then(|| SchemaTable { schema, name, ..table.clone() })
    });
    renamed.collect()
}
