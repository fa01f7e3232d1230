//! Makes the tables of a user's own in a database, each script once, and adds what was added.

use std::collections::BTreeSet;

use rusqlite::params;

use super::catalogue::find_table;
use super::db::Db;
use super::error::StoreError;
use super::own_schema::{OwnScript, OwnSide};
use super::own_sql::{add_column, create, file_name, indexes, kept};
use super::sql_text::{column_list, literal, quoted};
use crate::definitions::script::ScriptProblem;
use crate::definitions::{Kind as ProblemKind, Problem, Problems};
use crate::extension::schema::SchemaTable;
use crate::extension::script::{Action, ObjectKind, ObjectName};
use crate::model::schema::Table;
use crate::model::time::Time;

/// What has become of a script that a database has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScriptState {
    /// Its text is another one.
    Changed,
    /// It is not there.
    Gone,
}

impl OwnSide {
    /// The scripts that a database has not had.
    ///
    /// # Errors
    /// [`StoreError::Definitions`] where one that it has had was changed since: what it did is done
    /// (S07).
    pub(crate) fn pending(&self, db: &Db) -> Result<Vec<&OwnScript>, StoreError> {
        let mut pending = Vec::new();
        let mut problems = Problems::default();
        for script in &self.scripts {
            let sql = "SELECT CHECKSUM FROM cdx_SCHEMAFILE WHERE NAME = ?1";
            match db.text(sql, [&script.name])? {
                Some(had) if had == script.checksum => {}
                Some(_) => {
                    let file = db.path().file_name().unwrap_or_default();
                    let database = file.to_string_lossy().into_owned();
                    let kind = ProblemKind::Script(ScriptProblem::Changed { database });
                    problems.add(|| Problem::at(&script.name, "", 0, &kind));
                }
                None => pending.push(script),
            }
        }
        if problems.is_empty() { Ok(pending) } else { Err(StoreError::Definitions(problems)) }
    }

    /// The scripts that a database has had and that were changed since, or are gone; of those of an
    /// extension that is not named any more nothing is said.
    ///
    /// # Errors
    /// The file.
    pub(crate) fn differing(&self, db: &Db) -> Result<Vec<(String, ScriptState)>, StoreError> {
        let sql = "SELECT NAME, CHECKSUM FROM cdx_SCHEMAFILE ORDER BY NAME";
        let had =
            db.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = Vec::new();
        for (name, checksum) in had {
            match self.scripts.iter().find(|script| script.name == name) {
                Some(script) if script.checksum == checksum => {}
                Some(_) => found.push((name, ScriptState::Changed)),
                None if self.is_named(&name) => found.push((name, ScriptState::Gone)),
                None => {}
            }
        }
        Ok(found)
    }

    /// Whether a script would be found at its name: it is the environment's own, or of an extension
    /// that is named.
    fn is_named(&self, name: &str) -> bool {
        let below = |folder: &String| name.starts_with(&format!("{folder}/"));
        name.starts_with("schema/") || self.extensions.iter().any(below)
    }

    /// Brings a database up to all of it, in one transaction, and records the scripts that it had
    /// not had; their names. The database is in no transaction.
    ///
    /// # Errors
    /// Those of [`OwnSide::pending`], and of the file.
    pub(crate) fn apply(&self, db: &Db, now: &Time) -> Result<Vec<String>, StoreError> {
        let pending = self.pending(db)?;
        db.immediate(|| {
            let changed = self.undo(db, &pending)?;
            self.make(db)?;
            for file in changed {
                self.make_again(db, &file)?;
            }
            for script in &pending {
                db.run(
                    "INSERT INTO cdx_SCHEMAFILE (NAME, CHECKSUM, APPLIED) VALUES (?1, ?2, ?3)",
                    params![script.name, script.checksum, now],
                )?;
            }
            Ok(pending.iter().map(|script| script.name.clone()).collect())
        })
    }

    /// Drops what new scripts drop, with its rows; the tables of which they change or drop columns.
    fn undo(&self, db: &Db, pending: &[&OwnScript]) -> Result<BTreeSet<String>, StoreError> {
        let mut changed = BTreeSet::new();
        let statements = pending.iter().flat_map(|script| &script.statements);
        for statement in statements {
            match &statement.action {
                Action::Drop { kind: ObjectKind::Table, name, .. } => {
                    let file = self.file_of(name);
                    changed.remove(&file);
                    db.script(&format!("DROP TABLE IF EXISTS {}", quoted(&file)))?;
                }
                Action::Drop { kind: ObjectKind::Index, name, .. } => {
                    db.script(&format!("DROP INDEX IF EXISTS {}", quoted(&name.name)))?;
                }
                Action::AlterColumn { table, .. } | Action::DropColumns { table, .. } => {
                    changed.insert(self.file_of(table));
                }
                Action::RenameColumn { table, from, to } => {
                    let file = self.file_of(table);
                    let known = find_table(db, &file)?;
                    if known.is_some_and(|known| known.column(&from.value).is_some()) {
                        let (from, to) = (quoted(&from.value), quoted(&to.value));
                        let file = quoted(&file);
                        db.script(&format!("ALTER TABLE {file} RENAME COLUMN {from} TO {to}"))?;
                    }
                }
                Action::RenameTable { table, to } => {
                    let (file, to) = (self.file_of(table), self.file_of(to));
                    if find_table(db, &file)?.is_some() {
                        let (file, to) = (quoted(&file), quoted(&to));
                        db.script(&format!("ALTER TABLE {file} RENAME TO {to}"))?;
                    }
                }
                _ => {}
            }
        }
        Ok(changed)
    }

    /// Makes every table that a database does not have, and adds the columns and indexes that one
    /// of its tables does not have; in a transaction.
    pub(super) fn make(&self, db: &Db) -> Result<(), StoreError> {
        for table in self.schema.tables() {
            let file = self.file(table);
            match find_table(db, &file)? {
                None if table.base => continue,
                None => db.script(&create(self.kind, &file, table))?,
                Some(found) => self.add(db, &file, table, &found)?,
            }
            make_indexes(db, &file, table)?;
        }
        Ok(())
    }

    fn add(
        &self,
        db: &Db,
        file: &str,
        table: &SchemaTable,
        found: &Table,
    ) -> Result<(), StoreError> {
        let missing = kept(table).filter(|column| found.column(&column.name.value).is_none());
        for column in missing {
            db.script(&add_column(self.kind, file, table, column))?;
        }
        Ok(())
    }

    /// Makes a table of the user's own again as it is declared now, with its rows, its triggers and
    /// how far it has counted.
    fn make_again(&self, db: &Db, file: &str) -> Result<(), StoreError> {
        let Some(table) = self.own().find(|table| self.file(table) == *file) else {
            return Ok(());
        };
        let Some(found) = find_table(db, file)? else { return Ok(()) };
        let both: Vec<&str> = kept(table)
            .map(|column| column.name.value.as_str())
            .filter(|name| found.column(name).is_some())
            .collect();
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 \
                   COLLATE NOCASE";
        let triggers = db.rows(sql, [file], |row| row.get::<_, String>(0))?;
        let counted = "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'";
        let counts = db.text(counted, [])?.is_some();
        let sequence = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        let seq =
            if counts { db.first(sequence, [file], |row| row.get::<_, i64>(0))? } else { None };
        let (old, columns) = (format!("cdx_old_{file}"), column_list(&both));
        db.script(&format!(
            "CREATE TEMP TABLE {old} AS SELECT {columns} FROM {file}; DROP TABLE {file}",
            old = quoted(&old),
            file = quoted(file)
        ))?;
        db.script(&create(self.kind, file, table))?;
        db.script(&format!(
            "INSERT INTO {file} ({columns}) SELECT {columns} FROM temp.{old}; DROP TABLE temp.{old}",
            file = quoted(file),
            old = quoted(&old)
        ))?;
        make_indexes(db, file, table)?;
        triggers.iter().try_for_each(|sql| db.script(sql))?;
        if let Some(seq) = seq {
            let name = literal(file);
            db.script(&format!("UPDATE sqlite_sequence SET seq = {seq} WHERE name = {name}"))?;
        }
        Ok(())
    }

    fn file(&self, table: &SchemaTable) -> String {
        file_name(self.kind, &table.schema, &table.name)
    }

    fn file_of(&self, name: &ObjectName) -> String {
        file_name(self.kind, name.schema.as_deref().unwrap_or("dbo"), &name.name)
    }
}

/// Makes the indexes that a table does not have.
fn make_indexes(db: &Db, file: &str, table: &SchemaTable) -> Result<(), StoreError> {
    for index in indexes(file, table) {
        let sql = "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ?1";
        let mut name = index.name.clone();
        let mut of = db.text(sql, [&name])?;
        if of.as_ref().is_some_and(|of| !of.eq_ignore_ascii_case(file)) {
            name = index.other_name(file);
            of = db.text(sql, [&name])?;
        }
        if of.is_none() {
            db.script(&index.sql(&name))?;
        }
    }
    Ok(())
}
