//! Reads what a script makes: tables, indexes, and other objects by their names.

use super::statement::Reader;
use super::table;
use super::token::Kind;
use crate::extension::script::{Action, KeyKind, NewKey, NewTable, ObjectKind, SkippedKind};

impl Reader<'_> {
    pub(super) fn create(&mut self) {
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
    pub(super) fn object(&mut self, begin: usize, repeatable: bool) {
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
        self.note(action, span);
    }

    pub(super) fn object_kind(&mut self) -> ObjectKind {
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
}
