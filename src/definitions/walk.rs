//! Walks parsed TOML and notes everything that is not as expected, rather than the first thing.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Kind, Problem, Problems};
use crate::model::evidence::Grade;
use crate::model::nearest::nearest;

/// A value and the byte offset it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) at: usize,
}

/// A file being read, and what is wrong with it so far.
pub(crate) struct Walker<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) problems: Problems,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Problems::default() }
    }

    /// Parses the text; syntax errors become problems, and what could be read is read.
    pub(crate) fn parse(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            self.note(at, Kind::Syntax(message));
        }
        table.into_inner()
    }

    pub(crate) fn note(&mut self, at: usize, kind: Kind) {
        self.problems.add(|| Problem::at(self.file, self.text, at, &kind));
    }

    /// Notes every key that is not among the known ones.
    pub(crate) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let kind = Kind::UnknownKey {
                    key: name.to_owned(),
                    expected: known.join(", "),
                    nearest: nearest(name, known.iter().copied()).map(str::to_owned),
                };
                self.note(key.span().start, kind);
            }
        }
    }

    pub(crate) fn wrong(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &'static str,
    ) {
        let found = value.get_ref().type_str().to_owned();
        self.note(value.span().start, Kind::WrongType { key: key.to_owned(), found, expected });
    }

    pub fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<String>> {
        let value = table.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(key, value, "a text in quotes");
            return None;
        };
        Some(At { value: text.to_owned(), at: value.span().start })
    }

    /// A text, or a date as TOML writes one, without quotes.
    pub(crate) fn text_or_date(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<String>> {
        let value = table.get(key)?;
        match value.get_ref().as_datetime() {
            Some(date) => Some(At { value: date.to_string(), at: value.span().start }),
            None => self.text(table, key),
        }
    }

    /// A text that must be there; `at` is where its table begins.
    pub(crate) fn required(
        &mut self,
        table: &DeTable<'_>,
        key: &'static str,
        at: usize,
        expected: &'static str,
    ) -> Option<At<String>> {
        if !table.contains_key(key) {
            self.note(at, Kind::Missing { key, expected });
        }
        self.text(table, key)
    }

    /// A grade under a key of its own.
    pub(crate) fn grade(&mut self, table: &DeTable<'_>, key: &str) -> Option<Grade> {
        self.word(table, key, Grade::ALL, Grade::as_str)
    }

    /// The grade and the source of a statement, which `must` be there.
    pub(crate) fn evidence(
        &mut self,
        table: &DeTable<'_>,
        at: usize,
        must: bool,
    ) -> (Option<Grade>, Option<String>) {
        let grade = self.grade(table, "grade");
        let source = self.text(table, "source").map(|source| source.value);
        if must && !table.contains_key("grade") {
            let expected = "documented, inferred or assumed";
            self.note(at, Kind::Missing { key: "grade", expected });
        }
        if must && source.as_ref().is_none_or(|source| source.trim().is_empty()) {
            self.note(at, Kind::Missing { key: "source", expected: "where it was read" });
        }
        (grade, source)
    }

    pub(crate) fn yes(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong(key, value, "true or false");
        }
        found
    }

    pub(crate) fn integer(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<i64>> {
        let value = table.get(key)?;
        let number = value.get_ref().as_integer();
        let parsed = number.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if parsed.is_none() {
            self.wrong(key, value, "a whole number");
        }
        Some(At { value: parsed?, at: value.span().start })
    }

    pub(crate) fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<At<String>>> {
        let value = table.get(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of texts");
            return None;
        };
        let mut texts = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push(At { value: text.to_owned(), at: item.span().start }),
                None => self.wrong(key, item, "a text in quotes"),
            }
        }
        Some(texts)
    }

    /// A table under a key, with the offset it begins at.
    pub(crate) fn table<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
    ) -> Option<(&'t DeTable<'i>, usize)> {
        let value = table.get(key)?;
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.wrong(key, value, "a table");
        }
        Some((found?, value.span().start))
    }

    /// The tables of a list under a key, `[[key]]`.
    pub(crate) fn tables<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
    ) -> Vec<(&'t DeTable<'i>, usize)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(found) => tables.push((found, item.span().start)),
                None => self.wrong(key, item, "a table"),
            }
        }
        tables
    }

    /// The texts of a table of texts, in the order written.
    pub(crate) fn pairs(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
    ) -> Vec<(At<String>, At<String>)> {
        let Some((found, _)) = self.table(table, key) else {
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for (name, value) in found {
            match value.get_ref().as_str() {
                Some(text) => pairs.push((
                    At { value: name.get_ref().to_string(), at: name.span().start },
                    At { value: text.to_owned(), at: value.span().start },
                )),
                None => self.wrong(name.get_ref(), value, "a text in quotes"),
            }
        }
        pairs.sort_by_key(|(name, _)| name.at);
        pairs
    }

    /// A text that must be that of one of some values.
    pub(crate) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let found = self.text(table, key)?;
        let known = all.iter().copied().find(|one| word(*one) == found.value);
        if known.is_none() {
            let names: Vec<&str> = all.iter().map(|one| word(*one)).collect();
            let kind = Kind::UnknownWord {
                key: key.to_owned(),
                nearest: nearest(&found.value, names.iter().copied()).map(str::to_owned),
                value: found.value,
                expected: names.join(", "),
            };
            self.note(found.at, kind);
        }
        known
    }
}
