//! Reads statements, at any depth of IF and BEGIN.

use super::condition;
use super::cursor::{Cursor, DEEPEST};
use super::table;
use super::token::Kind;
use crate::extension::script::{
    Action, Granted, Guard, KeyKind, NewKey, NewTable, ObjectKind, Skipped, SkippedKind, Statement,
};

/// Words that begin a statement wherever they stand.
const BEGIN_ANYWHERE: &[&str] = &["IF", "BEGIN", "END", "ELSE", "WHILE"];
/// Words that begin a statement where the next one is what they make, change or drop.
const BEGIN_WITH_OBJECT: &[&str] = &["CREATE", "ALTER", "DROP"];
/// What can be made, changed or dropped.
const OBJECTS: &[&str] = &[
    "TABLE",
    "VIEW",
    "INDEX",
    "UNIQUE",
    "CLUSTERED",
    "NONCLUSTERED",
    "COLUMNSTORE",
    "PROC",
    "OR",
    "PROCEDURE",
    "FUNCTION",
    "TYPE",
    "TRIGGER",
    "SCHEMA",
    "ROLE",
    "USER",
    "SYNONYM",
    "SEQUENCE",
    "TEMP",
    "TEMPORARY",
    "VIRTUAL",
    "STATISTICS",
    "DATABASE",
    "AUTHORIZATION",
    "XML",
    "FULLTEXT",
];
/// Words that begin a statement at the beginning of a line.
const BEGIN_LINE: &[&str] = &[
    "GRANT",
    "DENY",
    "REVOKE",
    "USE",
    "EXEC",
    "EXECUTE",
    "PRINT",
    "SET",
    "DECLARE",
    "RETURN",
    "RAISERROR",
    "THROW",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "SELECT",
    "TRUNCATE",
    "COMMIT",
    "ROLLBACK",
    "GOTO",
    "WAITFOR",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "REPLACE",
    "WITH",
];
/// What is without effect on tables.
const SETTINGS: &[&str] = &[
    "SET",
    "PRINT",
    "DECLARE",
    "RETURN",
    "RAISERROR",
    "THROW",
    "COMMIT",
    "ROLLBACK",
    "SAVE",
    "GOTO",
    "WAITFOR",
    "BREAK",
    "CONTINUE",
    "END",
    "ANALYZE",
];
const ROWS: &[&str] =
    &["INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "TRUNCATE", "REPLACE", "WITH", "VALUES"];

/// Reads the statements of a script.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    text: &'t str,
    guards: Vec<Guard>,
    statements: Vec<Statement>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(cursor: Cursor<'t>, text: &'t str) -> Self {
        Self { cursor, text, guards: Vec::new(), statements: Vec::new() }
    }

    /// Reads to the end.
    pub(super) fn script(&mut self) {
        while !self.cursor.is_at_end() {
            // A GO ends every block, so that one that is left open does not swallow the rest.
            if self.cursor.take_go() {
                self.guards.clear();
            } else if self.cursor.is_word("END") {
                let begin = self.cursor.at();
                self.cursor.next();
                self.cursor.note_skipped(SkippedKind::Unknown, begin);
            } else {
                self.statement(0);
            }
        }
    }

    pub(super) fn finish(self) -> (Vec<Statement>, Vec<Skipped>) {
        (self.statements, self.cursor.skipped)
    }

    /// Reads one statement; at a GO or at the end of the script it takes nothing.
    fn statement(&mut self, depth: usize) {
        let begin = self.cursor.at();
        if self.cursor.take(Kind::Semicolon) || self.cursor.is_go() {
            return;
        }
        let Some(token) = self.cursor.peek() else { return };
        if depth > DEEPEST {
            self.cursor.skip_batch();
            self.cursor.note_skipped(SkippedKind::Unknown, begin);
            return;
        }
        let word =
            if token.kind == Kind::Word { token.text.to_ascii_uppercase() } else { String::new() };
        match word.as_str() {
            "IF" => self.condition(depth, true),
            "WHILE" => self.condition(depth, false),
            "BEGIN" => self.block(depth),
            "CREATE" => self.create(),
            "ALTER" => self.alter(),
            "DROP" => self.drop(),
            "GRANT" => self.grant(),
            "USE" => self.use_database(),
            "EXEC" | "EXECUTE" => self.skip(SkippedKind::Dynamic),
            "DENY" | "REVOKE" => self.skip(SkippedKind::Rights),
            word if ROWS.contains(&word) => self.skip(SkippedKind::Rows),
            word if SETTINGS.contains(&word) => self.skip(SkippedKind::Setting),
            _ => self.skip(SkippedKind::Unknown),
        }
        // Whatever was there, something has been taken, so that a script comes to its end.
        if self.cursor.at() == begin {
            self.cursor.next();
        }
    }

    /// Whether another statement begins here.
    fn begins_statement(&self) -> bool {
        let Some(token) = self.cursor.peek() else { return true };
        if token.kind == Kind::Semicolon || self.cursor.is_go() {
            return true;
        }
        if token.kind != Kind::Word {
            return false;
        }
        let next_is = |words: &[&str]| {
            self.cursor.ahead(1).is_some_and(|next| words.iter().any(|word| next.is_word(word)))
        };
        self.cursor.is_one_of(BEGIN_ANYWHERE)
            || (self.cursor.is_one_of(BEGIN_WITH_OBJECT) && next_is(OBJECTS))
            || (token.first && self.cursor.is_one_of(BEGIN_LINE))
    }

    /// Goes to where the next statement begins, and past a semicolon.
    fn skip_statement(&mut self) {
        let mut cases = 0_usize;
        while !self.cursor.is_at_end() && !self.cursor.is_go() {
            if self.cursor.is(Kind::Open) {
                self.cursor.skip_parentheses();
                continue;
            }
            if self.cursor.is_word("CASE") {
                cases += 1;
            } else if cases > 0 && self.cursor.is_word("END") {
                cases -= 1;
            } else if cases == 0 && self.begins_statement() {
                break;
            }
            self.cursor.next();
        }
        self.cursor.take(Kind::Semicolon);
    }

    /// Skips a statement, and says so.
    fn skip(&mut self, kind: SkippedKind) {
        let begin = self.cursor.at();
        self.cursor.next();
        self.skip_statement();
        self.cursor.note_skipped(kind, begin);
    }

    /// Notes a statement that has been read; what is left of it is not understood.
    fn push(&mut self, begin: usize, action: Action) {
        let span = self.cursor.since(begin);
        self.statements.push(Statement { action, guards: self.guards.clone(), span });
        self.end_statement();
    }

    fn end_statement(&mut self) {
        let rest = self.cursor.at();
        if !self.begins_statement() {
            self.skip_statement();
            self.cursor.note_skipped(SkippedKind::Unknown, rest);
        } else {
            self.cursor.take(Kind::Semicolon);
        }
    }

    /// `IF condition statement [ELSE statement]`, or `WHILE condition statement`.
    fn condition(&mut self, depth: usize, known: bool) {
        self.cursor.next();
        let begin = self.cursor.at();
        let mut cases = 0_usize;
        while !self.cursor.is_at_end() && !self.cursor.is_go() {
            if self.cursor.is(Kind::Open) {
                self.cursor.skip_parentheses();
                continue;
            }
            if self.cursor.is_word("CASE") {
                cases += 1;
            } else if cases > 0 && self.cursor.is_word("END") {
                cases -= 1;
            } else if cases == 0 && self.begins_body() {
                break;
            }
            self.cursor.next();
        }
        let span = self.cursor.since(begin);
        let guards = if known {
            condition::guards(&mut self.cursor, begin, span)
        } else {
            vec![Guard::Other(span)]
        };
        if guards.iter().any(|guard| matches!(guard, Guard::Other(_))) {
            self.cursor.note_skipped(SkippedKind::Condition, begin);
        }
        let outer = self.guards.len();
        self.guards.extend(guards);
        self.statement(depth + 1);
        self.guards.truncate(outer);
        self.otherwise(depth);
    }

    /// Skips an ELSE branch.
    fn otherwise(&mut self, depth: usize) {
        let begin = self.cursor.at();
        self.cursor.take(Kind::Semicolon);
        let branch = self.cursor.at();
        if !self.cursor.take_word("ELSE") {
            self.cursor.go_to(begin);
            return;
        }
        let (statements, skipped) = (self.statements.len(), self.cursor.skipped.len());
        self.statement(depth + 1);
        self.statements.truncate(statements);
        self.cursor.skipped.truncate(skipped);
        self.cursor.note_skipped(SkippedKind::Else, branch);
    }

    /// Whether the statement behind a condition begins here.
    fn begins_body(&self) -> bool {
        let more = ["SAVE", "BREAK", "CONTINUE"];
        self.cursor.is(Kind::Semicolon)
            || [BEGIN_ANYWHERE, BEGIN_WITH_OBJECT, BEGIN_LINE, &more]
                .iter()
                .any(|words| self.cursor.is_one_of(words))
    }

    /// `BEGIN ... END`, also of a TRY; a transaction is without effect on tables.
    fn block(&mut self, depth: usize) {
        let begin = self.cursor.at();
        self.cursor.next();
        let starts = ["TRAN", "TRANSACTION", "DISTRIBUTED", "IMMEDIATE", "DEFERRED", "EXCLUSIVE"];
        if self.cursor.is(Kind::Semicolon) || self.cursor.is_one_of(&starts) {
            self.skip_statement();
            self.cursor.note_skipped(SkippedKind::Setting, begin);
            return;
        }
        let catches = self.cursor.take_word("CATCH");
        self.cursor.take_word("TRY");
        let (statements, skipped) = (self.statements.len(), self.cursor.skipped.len());
        while !self.cursor.is_at_end() && !self.cursor.is_go() && !self.cursor.is_word("END") {
            self.statement(depth + 1);
        }
        if self.cursor.take_word("END") {
            let _ = self.cursor.take_word("TRY") || self.cursor.take_word("CATCH");
        }
        if catches {
            self.statements.truncate(statements);
            self.cursor.skipped.truncate(skipped);
            self.cursor.note_skipped(SkippedKind::Else, begin);
        }
    }

    fn create(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        let repeatable =
            self.cursor.take_words(&["OR", "ALTER"]) || self.cursor.take_words(&["OR", "REPLACE"]);
        let temporary = self.cursor.take_word("TEMP") || self.cursor.take_word("TEMPORARY");
        if self.cursor.take_word("TABLE") {
            return self.create_table(begin, temporary);
        }
        let unique = self.cursor.take_word("UNIQUE");
        while ["CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "PRIMARY", "XML", "SPATIAL"]
            .iter()
            .any(|word| self.cursor.take_word(word))
        {}
        if self.cursor.take_word("INDEX") {
            return self.create_index(begin, unique);
        }
        self.object(begin, repeatable);
    }

    fn create_table(&mut self, begin: usize, temporary: bool) {
        let if_not_exists = self.cursor.take_words(&["IF", "NOT", "EXISTS"]);
        let name = self.cursor.object_name();
        let (Some(name), true) = (name, self.cursor.is(Kind::Open)) else {
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        };
        let (columns, keys) = table::definition(&mut self.cursor, self.text);
        table::storage(&mut self.cursor);
        if temporary || name.is_temporary() {
            self.end_statement();
            return self.cursor.note_skipped(SkippedKind::Setting, begin);
        }
        self.push(begin, Action::CreateTable(NewTable { name, columns, keys, if_not_exists }));
    }

    fn create_index(&mut self, begin: usize, unique: bool) {
        let if_not_exists = self.cursor.take_words(&["IF", "NOT", "EXISTS"]);
        let name = self.cursor.name();
        let on = self.cursor.take_word("ON").then(|| self.cursor.object_name()).flatten();
        let (Some(name), Some(table), true) = (name, on, self.cursor.is(Kind::Open)) else {
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        };
        let (columns, plain) = table::column_list(&mut self.cursor);
        let mut partial = !plain;
        if self.cursor.take_word("INCLUDE") {
            self.cursor.skip_parentheses();
        }
        if self.cursor.take_word("WHERE") {
            partial = true;
            while !self.begins_statement() && !self.cursor.is_one_of(&["WITH", "ON"]) {
                if !self.cursor.skip_parentheses() {
                    self.cursor.next();
                }
            }
        }
        table::storage(&mut self.cursor);
        if table.is_temporary() {
            self.end_statement();
            return self.cursor.note_skipped(SkippedKind::Setting, begin);
        }
        let kind = if unique { KeyKind::Unique } else { KeyKind::Index };
        let span = self.cursor.since(begin);
        let key = NewKey { name: Some(name), kind, columns, partial, span };
        self.push(begin, Action::CreateIndex { table, key, if_not_exists });
    }

    /// A view, procedure, function, type, trigger: its name, without what is in it.
    fn object(&mut self, begin: usize, repeatable: bool) {
        let kind = self.object_kind();
        let repeatable = self.cursor.take_words(&["IF", "NOT", "EXISTS"]) || repeatable;
        let Some(name) = self.cursor.object_name() else {
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        };
        let span = self.cursor.since(begin);
        let body = self.cursor.at();
        let skipped = match kind {
            ObjectKind::Procedure | ObjectKind::Function => {
                self.cursor.skip_batch();
                SkippedKind::Body
            }
            ObjectKind::Trigger => {
                self.skip_trigger();
                SkippedKind::Body
            }
            ObjectKind::View => {
                self.skip_view();
                SkippedKind::Body
            }
            ObjectKind::Type => {
                self.skip_statement();
                SkippedKind::Body
            }
            ObjectKind::Table | ObjectKind::Index | ObjectKind::Other => {
                self.skip_statement();
                SkippedKind::Unknown
            }
        };
        if self.cursor.at() > body {
            self.cursor.note_skipped(skipped, begin);
        }
        let action = Action::CreateObject { kind, name, repeatable };
        self.statements.push(Statement { action, guards: self.guards.clone(), span });
    }

    fn object_kind(&mut self) -> ObjectKind {
        let Some(token) = self.cursor.peek() else { return ObjectKind::Other };
        let kinds = [
            ("TABLE", ObjectKind::Table),
            ("VIEW", ObjectKind::View),
            ("INDEX", ObjectKind::Index),
            ("PROC", ObjectKind::Procedure),
            ("PROCEDURE", ObjectKind::Procedure),
            ("FUNCTION", ObjectKind::Function),
            ("TYPE", ObjectKind::Type),
            ("TRIGGER", ObjectKind::Trigger),
        ];
        let kind = kinds.iter().find(|(word, _)| token.is_word(word));
        self.cursor.next();
        kind.map_or(ObjectKind::Other, |(_, kind)| *kind)
    }

    /// A view goes to a semicolon, or to the end of its batch.
    fn skip_view(&mut self) {
        while !self.cursor.is_at_end() && !self.cursor.is_go() && !self.cursor.is(Kind::Semicolon) {
            if !self.cursor.skip_parentheses() {
                self.cursor.next();
            }
        }
    }

    /// A trigger of SQLite ends with its block, one of T-SQL, which has an AS, with its batch.
    fn skip_trigger(&mut self) {
        while !self.cursor.is_at_end() && !self.cursor.is_go() {
            if self.cursor.is_word("AS") {
                return self.cursor.skip_batch();
            }
            if self.cursor.take_word("BEGIN") {
                break;
            }
            self.cursor.next();
        }
        let mut blocks = 1_usize;
        while blocks > 0 && !self.cursor.is_at_end() && !self.cursor.is_go() {
            if self.cursor.is_one_of(&["BEGIN", "CASE"]) {
                blocks += 1;
            } else if self.cursor.is_word("END") {
                blocks -= 1;
            }
            self.cursor.next();
        }
    }

    fn alter(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        if !self.cursor.take_word("TABLE") {
            let known = ["VIEW", "PROC", "PROCEDURE", "FUNCTION", "TRIGGER"];
            if self.cursor.is_one_of(&known) {
                return self.object(begin, true);
            }
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        }
        let Some(table) = self.cursor.object_name() else {
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        };
        let _ = self.cursor.take_words(&["WITH", "CHECK"])
            || self.cursor.take_words(&["WITH", "NOCHECK"]);
        let ends = |cursor: &Cursor<'_>| ends_change(cursor);
        let action = if self.cursor.take_word("ADD") {
            let added = table::additions(&mut self.cursor, self.text, &ends);
            let table::Additions { columns, keys, defaults } = added;
            Action::AddToTable { table, columns, keys, defaults }
        } else if self.cursor.take_words(&["ALTER", "COLUMN"]) {
            let mut keys = Vec::new();
            match table::column(&mut self.cursor, self.text, &ends, &mut keys) {
                Some(column) => Action::AlterColumn { table, column },
                None => Action::ChangeTable { table },
            }
        } else if self.cursor.take_words(&["DROP", "COLUMN"]) {
            self.cursor.take_words(&["IF", "EXISTS"]);
            let mut columns = Vec::new();
            while let Some(column) = self.cursor.name() {
                columns.push(column);
                self.cursor.take(Kind::Comma);
                self.cursor.take_word("COLUMN");
                if self.begins_statement() {
                    break;
                }
            }
            Action::DropColumns { table, columns }
        } else {
            let rest = self.cursor.at();
            let listed = !self.cursor.is_one_of(&["CHECK", "NOCHECK", "ENABLE", "DISABLE"]);
            self.cursor.next();
            if self.cursor.is_word("CONSTRAINT") {
                self.cursor.next();
                self.cursor.take_words(&["IF", "EXISTS"]);
            }
            self.skip_statement();
            if listed {
                self.cursor.note_skipped(SkippedKind::Unknown, rest);
            }
            Action::ChangeTable { table }
        };
        if table_is_temporary(&action) {
            self.end_statement();
            return self.cursor.note_skipped(SkippedKind::Setting, begin);
        }
        self.push(begin, action);
    }

    fn drop(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        let kind = self.object_kind();
        let if_exists = self.cursor.take_words(&["IF", "EXISTS"]);
        loop {
            let Some(name) = self.cursor.object_name() else { break };
            if kind == ObjectKind::Index && self.cursor.take_word("ON") {
                self.cursor.object_name();
                table::storage(&mut self.cursor);
            }
            if !name.is_temporary() {
                let span = self.cursor.since(begin);
                let action = Action::Drop { kind, name, if_exists };
                self.statements.push(Statement { action, guards: self.guards.clone(), span });
            }
            if !self.cursor.take(Kind::Comma) {
                break;
            }
        }
        self.end_statement();
    }

    fn grant(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        let mut rights = Vec::new();
        let mut right = String::new();
        while !self.cursor.is_at_end() && !self.cursor.is_one_of(&["ON", "TO"]) {
            if self.cursor.is_go() || self.cursor.is(Kind::Semicolon) {
                break;
            }
            if self.cursor.skip_parentheses() {
                continue;
            }
            let Some(token) = self.cursor.next() else { break };
            if token.kind == Kind::Comma {
                rights.push(std::mem::take(&mut right));
                continue;
            }
            if !right.is_empty() {
                right.push(' ');
            }
            right.push_str(&token.text.to_ascii_uppercase());
        }
        rights.push(right);
        rights.retain(|right| !right.is_empty());
        let on = if self.cursor.take_word("ON") { self.granted() } else { Granted::Other };
        let mut to = Vec::new();
        if self.cursor.take_word("TO") {
            while let Some(name) = self.cursor.name() {
                to.push(name);
                if !self.cursor.take(Kind::Comma) {
                    break;
                }
            }
        }
        self.cursor.take_words(&["WITH", "GRANT", "OPTION"]);
        if to.is_empty() {
            self.skip_statement();
            return self.cursor.note_skipped(SkippedKind::Unknown, begin);
        }
        self.push(begin, Action::Grant { rights, on, to });
    }

    /// `OBJECT::[ext].[T]`, `SCHEMA::[ext]`, `[ext].[T]`.
    fn granted(&mut self) -> Granted {
        let classed = self.cursor.ahead(1).is_some_and(|next| next.kind == Kind::DoubleColon);
        let class = if classed {
            self.cursor.next().map(|token| token.text.to_ascii_uppercase())
        } else {
            None
        };
        self.cursor.take(Kind::DoubleColon);
        match class.as_deref() {
            Some("SCHEMA") => self.cursor.name().map_or(Granted::Other, Granted::Schema),
            None | Some("OBJECT" | "TYPE") => {
                let name = self.cursor.object_name();
                self.cursor.skip_parentheses();
                name.map_or(Granted::Other, Granted::Object)
            }
            Some(_) => {
                self.cursor.object_name();
                Granted::Other
            }
        }
    }

    fn use_database(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        match self.cursor.name() {
            Some(name) => self.push(begin, Action::Use(name)),
            None => self.cursor.note_skipped(SkippedKind::Unknown, begin),
        }
    }
}

/// Whether a change of a table ends here: another statement begins.
fn ends_change(cursor: &Cursor<'_>) -> bool {
    let Some(token) = cursor.peek() else { return true };
    if token.kind == Kind::Semicolon || cursor.is_go() {
        return true;
    }
    let starts = ["GRANT", "IF", "BEGIN", "END", "ELSE", "WHILE", "CREATE", "ALTER", "DROP"];
    token.kind == Kind::Word
        && (cursor.is_one_of(&starts)
            || (token.first && !cursor.is_word("WITH") && cursor.is_one_of(BEGIN_LINE)))
}

fn table_is_temporary(action: &Action) -> bool {
    match action {
        Action::AddToTable { table, .. }
        | Action::AlterColumn { table, .. }
        | Action::DropColumns { table, .. }
        | Action::ChangeTable { table } => table.is_temporary(),
        _ => false,
    }
}
