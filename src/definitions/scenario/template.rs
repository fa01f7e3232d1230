//! Texts with variables in them, `customers show ${ACCOUNT}`.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values that variables have.
pub(crate) type Values = BTreeMap<String, Value>;

/// The variable that always has a value: the folder of the scenario file.
pub(crate) const DIR: &str = "dir";

/// A text with variables in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

/// A piece of such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(String),
}

/// Whether a word can be the name of a variable.
pub(super) fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

impl Template {
    /// Reads a text; `$${` stands for a plain `${`.
    ///
    /// # Errors
    /// What begins like a variable and is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find("${") {
            if let Some(before) = rest[..at].strip_suffix('$') {
                plain.push_str(before);
                plain.push_str("${");
                rest = &rest[at + 2..];
                continue;
            }
            plain.push_str(&rest[..at]);
            let behind = &rest[at + 2..];
            let name = behind.split('}').next().unwrap_or_default();
            if name.len() == behind.len() || !is_name(name) {
                return Err(rest[at..].chars().take(20).collect());
            }
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Variable(name.to_owned()));
            rest = &behind[name.len() + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Variable(name) => Some(name.as_str()),
        })
    }

    /// The text with these values; a variable without one stays as it is written.
    pub(crate) fn fill(&self, values: &Values) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(name) => {
                values.get(name).map_or_else(|| format!("${{{name}}}"), in_a_text)
            }
        };
        self.0.iter().map(piece).collect()
    }

    /// The value that is meant: that of a variable which stands alone, else the text.
    pub(crate) fn value(&self, values: &Values) -> Value {
        let alone = match self.0.as_slice() {
            [Piece::Variable(name)] => values.get(name).cloned(),
            _ => None,
        };
        alone.unwrap_or_else(|| self.fill(values).into())
    }
}

/// A value as it stands in a text.
pub(crate) fn in_a_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_nothing_else() {
        let values = Values::from([("A".to_owned(), 7.into()), ("b-c".to_owned(), "x y".into())]);
        for (text, filled) in [
            ("", ""),
            ("plain $ {A} }", "plain $ {A} }"),
            ("${A}", "7"),
            ("<${b-c}${A}>", "<x y7>"),
            ("$${A} ${A}", "${A} 7"),
            ("${Z}", "${Z}"),
        ] {
            assert_eq!(Template::parse(text).unwrap().fill(&values), filled, "{text}");
        }
        assert_eq!(Template::parse("${A}").unwrap().value(&values), 7);
        assert_eq!(Template::parse("${A}0").unwrap().value(&values), "70");
    }

    #[test]
    fn what_is_no_variable_is_told() {
        for text in ["${", "${}", "${a b}", "x ${A", "${é}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
