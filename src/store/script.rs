//! Carries out the schema scripts of an environment, and keeps them to what a script may do: make,
//! change and fill tables of its own, and add columns to others.
//!
//! SQLite itself tells what each statement is about to do (its authorizer), how long it runs (in
//! steps of its machine, so that a script ends in the same place everywhere) and how much it
//! writes. A script has a connection of its own, so that nothing of this stays behind.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::hooks::{AuthAction as A, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode};

use super::db::Db;
use super::error::StoreError;
use super::schema::Kind;
use crate::definitions::script::ScriptProblem;
use crate::definitions::{Kind as ProblemKind, Problem, Problems};
use crate::world::deadline::Deadline;

/// How often the steps of a script are counted.
const STRIDE: i32 = 10_000;
/// How many steps the scripts of one side have, in millions.
const MILLIONS: u32 = 50;
/// How much a script may write, in MiB.
const MEBIBYTES: u32 = 32;
/// The longest value a script may make, in bytes.
const LONGEST: i32 = 1024 * 1024;
/// The longest statement, in bytes, and the longest pattern of a LIKE.
const LONGEST_STATEMENT: i32 = 1_000_000;
const LONGEST_PATTERN: i32 = 200;
/// How long the scripts of one side may take, where few steps take long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is being carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Activity {
    /// A statement of the tool's own.
    #[default]
    Tool,
    /// A script's statement that reads or writes rows.
    Rows,
    /// One that changes the schema.
    Schema,
    /// One that adds a column, and changes nothing else of a table.
    AddsColumn,
    /// One that drops a table, with all that belongs to it.
    DropsTable,
    /// One that makes an index which refuses rows.
    UniqueIndex,
}

impl Activity {
    /// What the first words of a statement say.
    fn of(words: &[String]) -> Self {
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let behind_name = if word(3) == "." { 5 } else { 3 };
        match (word(0), word(1)) {
            ("ALTER", "TABLE") if word(behind_name) == "ADD" => Self::AddsColumn,
            ("DROP", "TABLE") => Self::DropsTable,
            ("CREATE", "UNIQUE") => Self::UniqueIndex,
            ("CREATE" | "ALTER" | "DROP", _) => Self::Schema,
            _ => Self::Rows,
        }
    }

    fn changes_schema(self) -> bool {
        !matches!(self, Self::Tool | Self::Rows)
    }
}

/// What is known of the statement that is being carried out.
#[derive(Debug, Default)]
struct Watch {
    doing: Activity,
    /// What it was refused.
    refused: Option<ScriptProblem>,
    /// How often the steps of the scripts have been counted.
    strides: u32,
    /// When they must have ended, once they have begun.
    deadline: Option<Deadline>,
}

/// A database with a guard around it.
pub(super) struct Guarded {
    db: Db,
    kind: Kind,
    watch: Arc<Mutex<Watch>>,
}

impl Guarded {
    /// Sets the guard around a database that nobody else uses.
    pub(super) fn new(mut db: Db, kind: Kind) -> Result<Self, StoreError> {
        let pages = db.number("PRAGMA page_count", [])?;
        let size = db.number("PRAGMA page_size", [])?.max(1);
        let most = pages + i64::from(MEBIBYTES) * 1024 * 1024 / size;
        db.number(&format!("PRAGMA max_page_count = {most}"), [])?;
        let watch = Arc::new(Mutex::new(Watch::default()));
        let set = guard(db.conn_mut(), kind, &watch);
        set.map_err(|e| db.error("guard", e))?;
        Ok(Self { db, kind, watch })
    }

    /// The database; statements of the tool's own are not guarded.
    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Carries out a script, statement by statement, in a transaction of the database.
    ///
    /// # Errors
    /// [`StoreError::Definitions`] with the file, the line and the column of what was refused.
    pub(super) fn carry_out(&self, name: &str, text: &str) -> Result<(), StoreError> {
        self.with(|watch| *watch.deadline.get_or_insert_with(|| Deadline::after(PATIENCE)));
        for (at, statement) in statements(text) {
            let words = words(statement);
            if let Some(table) = made(&words).filter(|table| self.kind.has_table(table)) {
                let problem = ScriptProblem::OwnTable { table: table.to_owned() };
                return Err(told(name, text, at, problem));
            }
            self.with(|watch| watch.begin(&words));
            let done = self.db.conn().execute_batch(statement);
            let refused = self.with(Watch::end);
            match (refused, done) {
                (None, Ok(())) => {}
                (Some(problem), _) => return Err(told(name, text, at, problem)),
                (None, Err(error)) => return Err(self.failed(name, text, at, error)),
            }
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Watch) -> T) -> T {
        work(&mut self.watch.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A statement that failed by itself: the script's fault, or the file's.
    fn failed(&self, name: &str, text: &str, at: usize, error: rusqlite::Error) -> StoreError {
        let (message, at) = match &error {
            rusqlite::Error::SqlInputError { msg, offset, .. } => {
                (msg.clone(), at + usize::try_from(*offset).unwrap_or(0))
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) => (message.clone(), at),
            other => (other.to_string(), at),
        };
        let problem = match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => {
                let seconds = PATIENCE.as_secs();
                ScriptProblem::Endless { millions: MILLIONS, seconds }
            }
            // A file that is full is the disk's matter: the script has been tried in memory.
            Some(ErrorCode::DiskFull) if self.db.is_in_memory() => {
                ScriptProblem::TooMuch { mebibytes: MEBIBYTES }
            }
            Some(
                ErrorCode::Unknown
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::TooBig
                | ErrorCode::OutOfMemory
                | ErrorCode::AuthorizationForStatementDenied,
            )
            | None => ScriptProblem::Failed(message),
            Some(_) => return self.db.error(name, error),
        };
        told(name, text, at, problem)
    }
}

fn told(name: &str, text: &str, at: usize, problem: ScriptProblem) -> StoreError {
    let problem = Problem::at(name, text, at, &ProblemKind::Script(problem));
    StoreError::Definitions(Problems::one(problem))
}

fn guard(conn: &mut Connection, kind: Kind, watch: &Arc<Mutex<Watch>>) -> rusqlite::Result<()> {
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    conn.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)?;
    let seen = Arc::clone(watch);
    conn.authorizer(Some(move |context: AuthContext<'_>| {
        let mut watch = seen.lock().unwrap_or_else(PoisonError::into_inner);
        match watch.judge(kind, &context) {
            Ok(()) => Authorization::Allow,
            Err((action, why)) => {
                watch.refused.get_or_insert(ScriptProblem::Refused { action, why });
                Authorization::Deny
            }
        }
    }))?;
    let counted = Arc::clone(watch);
    conn.progress_handler(
        STRIDE,
        Some(move || {
            let mut watch = counted.lock().unwrap_or_else(PoisonError::into_inner);
            let scripts = watch.doing != Activity::Tool;
            watch.strides += u32::from(scripts);
            let late = watch.deadline.as_ref().is_some_and(Deadline::has_passed);
            scripts && (late || watch.strides > MILLIONS * (1_000_000 / STRIDE as u32))
        }),
    )
}

const NOT_OWN: &str = "the table is not one that the scripts make";
const TOOLS: &str = "names that begin with cdx_ are the tool's own";
const STAYS_OUT: &str = "it would reach beyond the tables of this database";

impl Watch {
    fn begin(&mut self, words: &[String]) {
        self.doing = Activity::of(words);
        self.refused = None;
    }

    /// Ends the watch over a statement; what it was refused.
    fn end(&mut self) -> Option<ScriptProblem> {
        self.doing = Activity::Tool;
        self.refused.take()
    }

    /// Whether a script may do something; else what it is, and why not.
    fn judge(&self, kind: Kind, context: &AuthContext<'_>) -> Result<(), (String, &'static str)> {
        if self.doing == Activity::Tool {
            return Ok(());
        }
        let refuse = |what: String, why| Err((what, why));
        match context.action {
            A::Function { function_name } if function_name.eq_ignore_ascii_case(LOADS) => {
                refuse(format!("the function {function_name}"), STAYS_OUT)
            }
            A::Select
            | A::Read { .. }
            | A::Recursive
            | A::Reindex { .. }
            | A::Function { .. }
            | A::DropView { .. } => Ok(()),
            A::CreateTable { table_name: name } | A::CreateView { view_name: name } => makes(name),
            A::CreateIndex { index_name, table_name } => {
                self.may_index(kind, index_name, table_name)
            }
            A::DropTable { table_name } => own(kind, "DROP TABLE", table_name),
            A::DropIndex { index_name, table_name } => {
                own(kind, &format!("DROP INDEX {index_name} of"), table_name)
            }
            A::AlterTable { table_name, .. } => {
                let added = self.doing == Activity::AddsColumn && !is_tools(table_name);
                if added { Ok(()) } else { own(kind, "ALTER TABLE", table_name) }
            }
            A::Insert { table_name } => self.writes(kind, "INSERT INTO", table_name),
            A::Update { table_name, .. } => self.writes(kind, "UPDATE", table_name),
            A::Delete { table_name } => self.writes(kind, "DELETE FROM", table_name),
            // Adding a column with a CHECK has SQLite look at the rows that are there.
            A::Pragma { pragma_name: "quick_check", .. } if self.doing.changes_schema() => Ok(()),
            A::Pragma { pragma_name, .. } => {
                refuse(format!("PRAGMA {pragma_name}"), "settings are the tool's to make")
            }
            A::Attach { filename } => refuse(format!("ATTACH {filename:?}"), STAYS_OUT),
            A::Detach { database_name } => refuse(format!("DETACH {database_name}"), STAYS_OUT),
            A::Transaction { .. } | A::Savepoint { .. } => refuse(
                "a transaction".to_owned(),
                "a script is one transaction, all of it or nothing",
            ),
            A::DropTrigger { table_name, .. } if self.doing == Activity::DropsTable => {
                own(kind, "DROP TABLE", table_name)
            }
            A::CreateTrigger { trigger_name, .. } | A::DropTrigger { trigger_name, .. } => refuse(
                format!("the trigger {trigger_name}"),
                "it would act on later writes, which the tool tracks by triggers of its own",
            ),
            ref other => refuse(other_name(other).to_owned(), STAYS_OUT),
        }
    }

    /// Other tables can get indexes to be read by, and none that refuses rows.
    fn may_index(
        &self,
        kind: Kind,
        index: &str,
        table: &str,
    ) -> Result<(), (String, &'static str)> {
        makes(index)?;
        if self.doing != Activity::UniqueIndex && !is_tools(table) {
            return Ok(());
        }
        own(kind, &format!("CREATE UNIQUE INDEX {index} on"), table)
    }

    fn writes(&self, kind: Kind, what: &str, table: &str) -> Result<(), (String, &'static str)> {
        // Where the schema is changed SQLite writes tables of its own.
        if is_sqlites(table) && self.doing.changes_schema() {
            return Ok(());
        }
        own(kind, what, table)
    }
}

fn makes(name: &str) -> Result<(), (String, &'static str)> {
    if is_tools(name) { Err((format!("CREATE {name}"), TOOLS)) } else { Ok(()) }
}

const LOADS: &str = "load_extension";

fn other_name(action: &A<'_>) -> &'static str {
    match action {
        A::Analyze { .. } => "ANALYZE",
        A::CreateVtable { .. } | A::DropVtable { .. } => "a virtual table",
        A::Unknown { .. } => "a statement that is not known",
        _ => "something temporary",
    }
}

fn is_tools(name: &str) -> bool {
    name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("cdx_"))
}

fn is_sqlites(name: &str) -> bool {
    name.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("sqlite_"))
}

/// What is done to a table that must be the scripts' own.
fn own(kind: Kind, what: &str, table: &str) -> Result<(), (String, &'static str)> {
    let why = if is_tools(table) { TOOLS } else { NOT_OWN };
    let foreign = is_tools(table) || is_sqlites(table) || kind.has_table(table);
    if foreign { Err((format!("{what} {table}"), why)) } else { Ok(()) }
}

/// The statements of a script with their places.
fn statements(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for token in tokens(text) {
        match (token.text, start) {
            (";", None) => {}
            (";", Some(begun)) => {
                found.push((begun, &text[begun..token.at]));
                start = None;
            }
            (_, None) => start = Some(token.at),
            (_, Some(_)) => {}
        }
    }
    found.extend(start.map(|begun| (begun, &text[begun..])));
    found
}

/// The first words of a statement in capitals, without quotes.
fn words(statement: &str) -> Vec<String> {
    let word = |token: Token<'_>| token.text.trim_matches(['"', '[', ']', '`']).to_uppercase();
    tokens(statement).take(8).map(word).collect()
}

/// The table that a statement makes whether or not there is one of its name.
fn made(words: &[String]) -> Option<&str> {
    match words {
        [create, table, name, ..] if create == "CREATE" && table == "TABLE" && name != "IF" => {
            Some(name)
        }
        _ => None,
    }
}

struct Token<'a> {
    at: usize,
    text: &'a str,
}

/// Words, quoted names and texts, and single signs; blanks and comments are left out.
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &text[at..];
            let first = rest.chars().next()?;
            let length = length_of_token(rest, first);
            let token = Token { at, text: &rest[..length] };
            at += length;
            let comment = token.text.starts_with("--") || token.text.starts_with("/*");
            if !comment && !first.is_whitespace() && first != '\u{feff}' {
                return Some(token);
            }
        }
    })
}

fn length_of_token(rest: &str, first: char) -> usize {
    let until = |close: &str, from: usize| {
        rest[from..].find(close).map_or(rest.len(), |end| from + end + close.len())
    };
    match first {
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        '`' => until("`", 1),
        '[' => until("]", 1),
        '-' if rest.starts_with("--") => until("\n", 2),
        '/' if rest.starts_with("/*") => until("*/", 2),
        _ if first.is_alphanumeric() || first == '_' => {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        }
        _ => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_outside_of_texts_and_comments() {
        let text = "-- a; b\nCREATE TABLE T (A TEXT DEFAULT 'x;''y'); /* ; */ DROP TABLE [a;b] ;; ";
        let found: Vec<&str> = statements(text).into_iter().map(|(_, sql)| sql).collect();
        assert_eq!(found, ["CREATE TABLE T (A TEXT DEFAULT 'x;''y')", "DROP TABLE [a;b] "]);
        assert_eq!(
            words("alter table \"main\".[T] add"),
            ["ALTER", "TABLE", "MAIN", ".", "T", "ADD"]
        );
        assert_eq!(statements("CREATE TABLE T (A 'unclosed").len(), 1);
    }
}
