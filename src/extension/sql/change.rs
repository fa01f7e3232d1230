//! Reads what a script changes, drops and grants.

use super::cursor::Cursor;
use super::statement::{BEGIN_LINE, Reader};
use super::table;
use super::token::Kind;
use crate::extension::script::{Action, Granted, ObjectKind, ObjectName, SkippedKind};

impl Reader<'_> {
    pub(super) fn alter(&mut self) {
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
        } else if let Some(renamed) = self.rename(&table) {
            renamed
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

    /// `RENAME TO T`, `RENAME [COLUMN] A TO B`.
    fn rename(&mut self, table: &ObjectName) -> Option<Action> {
        let begin = self.cursor.at();
        let table = table.clone();
        if self.cursor.take_words(&["RENAME", "TO"])
            && let Some(to) = self.cursor.object_name()
        {
            return Some(Action::RenameTable { table, to });
        }
        if self.cursor.take_word("RENAME") {
            self.cursor.take_word("COLUMN");
            let from = self.cursor.name();
            let to = self.cursor.take_word("TO").then(|| self.cursor.name()).flatten();
            if let (Some(from), Some(to)) = (from, to) {
                return Some(Action::RenameColumn { table, from, to });
            }
        }
        self.cursor.go_to(begin);
        None
    }

    pub(super) fn drop(&mut self) {
        let begin = self.cursor.at();
        self.cursor.next();
        let kind = self.object_kind();
        let if_exists = self.cursor.take_words(&["IF", "EXISTS"]);
        while let Some(name) = self.cursor.object_name() {
            if kind == ObjectKind::Index && self.cursor.take_word("ON") {
                self.cursor.object_name();
                table::storage(&mut self.cursor);
            }
            if !name.is_temporary() {
                let span = self.cursor.since(begin);
                let action = Action::Drop { kind, name, if_exists };
                self.note(action, span);
            }
            if !self.cursor.take(Kind::Comma) {
                break;
            }
        }
        self.end_statement();
    }

    pub(super) fn grant(&mut self) {
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

    pub(super) fn use_database(&mut self) {
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
    action.table().is_some_and(ObjectName::is_temporary)
}
