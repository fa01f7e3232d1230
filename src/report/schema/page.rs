//! The keys of outputs as tables of Markdown, made from their schemas.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::shape::{Shape, is_error, keys};

/// An output: the command that prints it, what the command does, and the schema.
#[derive(Debug)]
pub(crate) struct Documented {
    /// The command, `features list`.
    pub(crate) command: String,
    /// The schema.
    pub(crate) schema: Value,
}

/// What people read before the keys.
const BEFORE: &str = include_str!("json.template.md");

/// A section a command, and after them a section an object that several commands print.
pub(crate) fn markdown(outputs: &[Documented]) -> String {
    let shared = shared(outputs);
    let mut text = format!(
        "{BEFORE}## Commands\n\nBeside the keys of every object. `[]` follows a key that holds a \
         list, and \"if any\" says that a key is left out where there is nothing to say.\n"
    );
    for (commands, body) in grouped(outputs, &shared) {
        let names: Vec<&str> = commands.iter().map(|(name, _)| *name).collect();
        let _ = write!(text, "\n### {}\n\n", names.join(", "));
        match commands[..] {
            [(_, what)] => {
                let _ = writeln!(text, "{what}.");
            }
            _ => text.extend(commands.iter().map(|(name, what)| format!("- `{name}`: {what}.\n"))),
        }
        text.push_str(&body);
    }
    text.push_str("\n## Objects that several commands print\n");
    for (name, (schema, types)) in &shared {
        let about = schema["description"].as_str().unwrap_or_default();
        let _ = write!(text, "\n### {name}\n\n{about}\n");
        table(schema, types, &shared, &mut text);
    }
    text
}

/// The tables of outputs; commands that print the same are told together, where the first one is.
fn grouped<'o>(
    outputs: &'o [Documented],
    shared: &Shared<'_>,
) -> Vec<(Vec<(&'o str, &'o str)>, String)> {
    let mut groups: Vec<(Vec<(&str, &str)>, String)> = Vec::new();
    for Documented { command, schema } in outputs {
        let mut body = String::new();
        let reports = schema["anyOf"].as_array().map_or(&[][..], Vec::as_slice);
        let reports: Vec<&Value> = reports.iter().filter(|one| !is_error(one)).collect();
        for report in &reports {
            let about = report["description"].as_str().unwrap_or_default();
            if reports.len() > 1 && !about.is_empty() {
                let _ = write!(body, "\n{about}\n");
            }
            table(report, types(schema), shared, &mut body);
        }
        let what = schema["description"].as_str().unwrap_or_default().trim_end_matches('.');
        let command = (command.as_str(), what);
        match groups.iter_mut().find(|(_, known)| *known == body) {
            Some((commands, _)) => commands.push(command),
            None => groups.push((vec![command], body)),
        }
    }
    groups
}

type Types = Map<String, Value>;
type Shared<'a> = BTreeMap<&'a str, (&'a Value, &'a Types)>;

fn types(schema: &Value) -> &Types {
    static NONE: std::sync::LazyLock<Types> = std::sync::LazyLock::new(Types::new);
    schema["$defs"].as_object().unwrap_or(&NONE)
}

/// The objects that are the same in several outputs, by name.
fn shared(outputs: &[Documented]) -> Shared<'_> {
    let mut seen: BTreeMap<&str, Vec<(&Value, &Types)>> = BTreeMap::new();
    for Documented { schema, .. } in outputs {
        let types = types(schema);
        for (name, of) in types {
            seen.entry(name).or_default().push((of, types));
        }
    }
    let several = seen.into_iter().filter_map(|(name, uses)| {
        let (first, types) = *uses.first()?;
        let same = uses.len() > 1 && uses.iter().all(|(other, _)| *other == first);
        let worth = keys(first, types).len() > 2 && name != "ErrorObject";
        (same && worth).then_some((name, (first, types)))
    });
    several.collect()
}

fn table(schema: &Value, types: &Types, shared: &Shared<'_>, text: &mut String) {
    let mut rows = Vec::new();
    collect("", schema, types, shared, &mut rows);
    if rows.is_empty() {
        return;
    }
    text.push_str("\n| key | type | what |\n|---|---|---|\n");
    for [key, kind, what] in rows {
        let _ = writeln!(text, "| `{key}` | {kind} | {} |", what.replace('|', "\\|"));
    }
}

/// A row a key, those of an object within behind it.
fn collect(
    path: &str,
    schema: &Value,
    types: &Types,
    shared: &Shared<'_>,
    rows: &mut Vec<[String; 3]>,
) {
    for key in keys(schema, types) {
        let path = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
        let shape = Shape::of(&key.schema, types);
        let link = shape.name.filter(|name| shared.contains_key(name));
        let mut kind = match link {
            Some(name) => {
                shape.kind.replace("object", &format!("[{name}](#{})", name.to_lowercase()))
            }
            None => shape.kind,
        };
        if !key.required {
            kind.push_str(", if any");
        }
        rows.push([path.clone() + &shape.suffix, kind, shape.what]);
        if link.is_none()
            && let Some(within) = shape.within
        {
            collect(&(path + &shape.suffix), within, types, shared, rows);
        }
    }
}
