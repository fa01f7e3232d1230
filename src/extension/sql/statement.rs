//! Reads statements, at any depth of IF and BEGIN.

use super::condition;
use super::cursor::{Cursor, DEEPEST};
use super::token::Kind;
use crate::extension::script::{Action, Guard, Skipped, SkippedKind, Statement};
use crate::model::source::Span;

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
pub(super) const BEGIN_LINE: &[&str] = &[
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
    pub(super) text: &'t str,
    pub(super) guards: Vec<Guard>,
    pub(super) conditions: Vec<usize>,
    condition: usize,
    pub(super) statements: Vec<Statement>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(cursor: Cursor<'t>, text: &'t str) -> Self {
        Self {
            cursor,
            text,
            guards: Vec::new(),
            conditions: Vec::new(),
            condition: 0,
            statements: Vec::new(),
        }
    }

    /// Reads to the end.
    pub(super) fn script(&mut self) {
        while !self.cursor.is_at_end() {
            // A GO ends every block, so that one that is left open does not swallow the rest.
            if self.cursor.take_go() {
                self.guards.clear();
                self.conditions.clear();
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
    pub(super) fn begins_statement(&self) -> bool {
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
    pub(super) fn skip_statement(&mut self) {
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
    pub(super) fn push(&mut self, begin: usize, action: Action) {
        let span = self.cursor.since(begin);
        self.note(action, span);
        self.end_statement();
    }

    /// Notes what is done there, behind the guards of now.
    pub(super) fn note(&mut self, action: Action, span: Span) {
        let (guards, conditions) = (self.guards.clone(), self.conditions.clone());
        self.statements.push(Statement { action, guards, conditions, span });
    }

    pub(super) fn end_statement(&mut self) {
        let rest = self.cursor.at();
        if self.begins_statement() {
            self.cursor.take(Kind::Semicolon);
        } else {
            self.skip_statement();
            self.cursor.note_skipped(SkippedKind::Unknown, rest);
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
        self.condition += 1;
        self.conditions.extend(guards.iter().map(|_| self.condition));
        self.guards.extend(guards);
        self.statement(depth + 1);
        self.guards.truncate(outer);
        self.conditions.truncate(outer);
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
}
