//! The model of a database as a dacpac has it: elements with properties, and relationships to
//! others.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// What matters of a model.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// Its tables, in order.
    pub(super) tables: Vec<ModelTable>,
    /// Its keys and indexes, in order; they can come before their tables.
    pub(super) keys: Vec<ModelKey>,
    /// Defaults: the column, with all parts of its name, and the expression.
    pub(super) defaults: Vec<(Vec<String>, String)>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct ModelTable {
    /// Schema and name.
    pub(super) name: Vec<String>,
    /// Its columns.
    pub(super) columns: Vec<ModelColumn>,
}

/// A column.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of the model")]
pub(super) struct ModelColumn {
    /// Its own name.
    pub(super) name: String,
    /// Its type, `nvarchar`; empty where it is computed.
    pub(super) kind: String,
    /// How long its values are at most; none where nothing is said.
    pub(super) length: Option<u32>,
    /// Whether they may be of any length.
    pub(super) is_max: bool,
    /// How many digits they have.
    pub(super) precision: Option<u32>,
    /// How many of those behind the point.
    pub(super) scale: Option<u32>,
    /// Whether NULL is refused.
    pub(super) not_null: bool,
    /// Whether it counts.
    pub(super) identity: bool,
    /// Whether it is computed.
    pub(super) computed: bool,
}

/// A key or an index.
#[derive(Debug, Default)]
pub(super) struct ModelKey {
    /// Its own name, where it has one.
    pub(super) name: Option<String>,
    /// Its table: schema and name.
    pub(super) table: Vec<String>,
    /// Its columns.
    pub(super) columns: Vec<String>,
    /// Whether it is the primary key.
    pub(super) primary: bool,
    /// Whether it has no duplicates.
    pub(super) unique: bool,
    /// Whether it is for some rows only.
    pub(super) partial: bool,
}

/// What is being read.
enum Part {
    Table(ModelTable),
    Key(ModelKey),
    Default { column: Vec<String>, expression: String },
}

/// An element that is open: its type or its name.
enum Open {
    Element(String),
    Relationship(String),
    Property(String),
    Other,
}

/// Reads a model.
///
/// # Errors
/// What is not well formed.
pub(super) fn read(text: impl BufRead) -> Result<Model, String> {
    let mut reader = Reader::from_reader(text);
    reader.config_mut().trim_text(true);
    let (mut model, mut buffer, mut skipped) = (Model::default(), Vec::new(), Vec::new());
    let mut is_model = false;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) if start.local_name().as_ref() == "DataSchemaModel" => {
                is_model = true;
            }
            Event::Start(start) if start.local_name().as_ref() == "Element" => {
                if let Some(part) = part(&start) {
                    model.take(inside(&mut reader, part)?);
                } else {
                    skipped.clear();
                    let end = start.to_end().into_owned();
                    let read = reader.read_to_end_into(end.name(), &mut skipped);
                    read.map_err(|error| error.to_string())?;
                }
            }
            Event::Eof if is_model => return Ok(model),
            Event::Eof => return Err("it is no model of a database".to_owned()),
            _ => {}
        }
    }
}

impl Model {
    fn take(&mut self, part: Part) {
        match part {
            Part::Table(table) => self.tables.push(table),
            Part::Key(key) => self.keys.push(key),
            Part::Default { column, expression } => self.defaults.push((column, expression)),
        }
    }
}

/// What an element of the model is, where it matters.
fn part(start: &BytesStart<'_>) -> Option<Part> {
    let names = || attribute(start, "Name").map(|name| parts(&name)).unwrap_or_default();
    let key = |primary, unique| {
        let name = names().pop();
        Part::Key(ModelKey { name, primary, unique, ..ModelKey::default() })
    };
    Some(match attribute(start, "Type")?.as_str() {
        "SqlTable" => Part::Table(ModelTable { name: names(), columns: Vec::new() }),
        "SqlPrimaryKeyConstraint" => key(true, true),
        "SqlUniqueConstraint" => key(false, true),
        "SqlIndex" => key(false, false),
        "SqlDefaultConstraint" => Part::Default { column: Vec::new(), expression: String::new() },
        _ => return None,
    })
}

/// Reads an element of the model to its end.
fn inside(reader: &mut Reader<impl BufRead>, mut part: Part) -> Result<Part, String> {
    let (mut open, mut buffer) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(start) => {
                begun(&mut part, &open, &start);
                open.push(opened(&start));
            }
            Event::Empty(start) => begun(&mut part, &open, &start),
            Event::End(_) if open.pop().is_none() => return Ok(part),
            Event::CData(text) => said(&mut part, &open, &text),
            Event::Text(text) => said(&mut part, &open, &text),
            Event::Eof => return Err("it ends within an element".to_owned()),
            _ => {}
        }
    }
}

fn opened(start: &BytesStart<'_>) -> Open {
    let named = |key: &str| attribute(start, key).unwrap_or_default();
    match start.local_name().as_ref() {
        "Element" => Open::Element(named("Type")),
        "Relationship" => Open::Relationship(named("Name")),
        "Property" => Open::Property(named("Name")),
        _ => Open::Other,
    }
}

/// Takes in what begins within an element.
fn begun(part: &mut Part, open: &[Open], start: &BytesStart<'_>) {
    match start.local_name().as_ref() {
        "Element" => {
            let Part::Table(table) = part else { return };
            let kind = attribute(start, "Type").unwrap_or_default();
            if ["SqlSimpleColumn", "SqlComputedColumn"].contains(&kind.as_str()) {
                let name = attribute(start, "Name").map(|name| parts(&name));
                let name = name.and_then(|mut name| name.pop()).unwrap_or_default();
                let computed = kind == "SqlComputedColumn";
                table.columns.push(ModelColumn { name, computed, ..ModelColumn::default() });
            }
        }
        "Property" => {
            let name = attribute(start, "Name").unwrap_or_default();
            let value = attribute(start, "Value").unwrap_or_default();
            property(part, open, &name, &value);
        }
        "References" => {
            if let Some(name) = attribute(start, "Name") {
                reference(part, open, &name);
            }
        }
        _ => {}
    }
}

fn property(part: &mut Part, open: &[Open], name: &str, value: &str) {
    let yes = value.eq_ignore_ascii_case("True");
    match part {
        Part::Table(table) => {
            let Some(column) = table.columns.last_mut() else { return };
            match (innermost(open), name) {
                ("SqlSimpleColumn", "IsNullable") => column.not_null = !yes,
                ("SqlSimpleColumn", "IsIdentity") => column.identity = yes,
                ("SqlTypeSpecifier", "Length") => column.length = value.parse().ok(),
                ("SqlTypeSpecifier", "IsMax") => column.is_max = yes,
                ("SqlTypeSpecifier", "Precision") => column.precision = value.parse().ok(),
                ("SqlTypeSpecifier", "Scale") => column.scale = value.parse().ok(),
                _ => {}
            }
        }
        Part::Key(key) if innermost(open).is_empty() => match name {
            "IsUnique" => key.unique = yes,
            "FilterPredicate" => key.partial = true,
            _ => {}
        },
        Part::Key(_) | Part::Default { .. } => {}
    }
}

/// The type of the element that is open, within the part.
fn innermost(open: &[Open]) -> &str {
    let types = open.iter().rev().find_map(|one| match one {
        Open::Element(kind) => Some(kind.as_str()),
        _ => None,
    });
    types.unwrap_or_default()
}

fn reference(part: &mut Part, open: &[Open], name: &str) {
    let relationship = open.iter().rev().find_map(|one| match one {
        Open::Relationship(name) => Some(name.as_str()),
        _ => None,
    });
    let relationship = relationship.unwrap_or_default();
    match part {
        Part::Table(table) => {
            let of_type = innermost(open) == "SqlTypeSpecifier" && relationship == "Type";
            if let Some(column) = table.columns.last_mut().filter(|_| of_type) {
                column.kind = parts(name).join(".");
            }
        }
        Part::Key(key) => match relationship {
            "Column" => key.columns.extend(parts(name).pop()),
            "DefiningTable" | "IndexedObject" => key.table = parts(name),
            _ => {}
        },
        Part::Default { column, .. } => {
            if relationship == "ForColumn" {
                *column = parts(name);
            }
        }
    }
}

fn said(part: &mut Part, open: &[Open], text: &str) {
    let of_default = open
        .iter()
        .any(|one| matches!(one, Open::Property(name) if name.ends_with("ExpressionScript")));
    if let Part::Default { expression, .. } = part
        && of_default
    {
        expression.push_str(text);
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    Some(found.normalized_value(XmlVersion::default()).ok()?.into_owned())
}

/// The parts of a name, `[ax].[A.B]]C]`.
fn parts(name: &str) -> Vec<String> {
    let (mut found, mut part, mut inside) = (Vec::new(), String::new(), false);
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '[' if !inside => inside = true,
            ']' if inside && letters.next_if_eq(&']').is_some() => part.push(']'),
            ']' if inside => inside = false,
            '.' if !inside => found.push(std::mem::take(&mut part)),
            other => part.push(other),
        }
    }
    found.push(part);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_parts() {
        assert_eq!(parts("[ax].[A.B]]C].[D]"), ["ax", "A.B]C", "D"]);
        assert_eq!(parts("[nvarchar]"), ["nvarchar"]);
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn what_is_no_model_is_told() {
        assert_eq!(read(&b"<a/>"[..]).unwrap_err(), "it is no model of a database");
        assert!(read(&b"<DataSchemaModel><Model><Element Type='SqlTable'>"[..]).is_err());
        assert!(read(&b"<DataSchemaModel></Model>"[..]).is_err());
    }
}
