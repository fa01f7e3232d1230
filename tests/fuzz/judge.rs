//! What must hold of a command, whatever it was given.

use std::time::Duration;

use serde_json::Value;

use super::play::Done;

/// What one command did that none may do.
pub fn wrong(done: &Done, args: &[String], file: Option<&str>) -> Option<String> {
    let Some(code) = done.code else { return Some("it panicked".to_owned()) };
    if code > 3 {
        return Some(format!("it ended in {code}"));
    }
    if done.took > Duration::from_mins(1) {
        return Some(format!("it took {:?}", done.took));
    }
    if done.peak > 150 {
        return Some(format!("it took {} MiB", done.peak));
    }
    let all = format!("{}{}", done.out, done.err);
    let colored = args.iter().any(|arg| arg.contains("always"));
    if let Some(c) = all.chars().find(|c| is_obeyed(*c) && !(colored && *c == '\u{1b}')) {
        return Some(format!("it printed {c:?}"));
    }
    if let Some(name) = file.filter(|name| code > 1 && !all.contains(*name)) {
        return Some(format!("it ended in {code} and did not name {name}"));
    }
    if code > 1 && !["error", "problem", "Usage:"].iter().any(|word| all.contains(word)) {
        return Some(format!("it ended in {code} and did not say why"));
    }
    asks_json(args).then(|| not_json(&done.out)).flatten()
}

/// What a terminal acts on, or what reorders a line.
fn is_obeyed(c: char) -> bool {
    let reorders = ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    (c.is_control() && !"\n\t".contains(c)) || reorders || c == '\u{200b}'
}

/// Whether what is printed must be JSON: help, completions and manual pages are not.
fn asks_json(args: &[String]) -> bool {
    let json = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    let other = ["completions", "man", "help", "--help", "-h", "--version", "-V", "--script"];
    let bare = |arg: &String| other.iter().any(|word| arg.starts_with(word));
    let drawn = args.iter().any(|arg| arg.contains("mermaid") || arg.contains("dot"));
    json && !drawn && !args.iter().any(bare)
}

fn not_json(out: &str) -> Option<String> {
    match serde_json::from_str::<Value>(out) {
        Ok(Value::Object(fields))
            if fields.contains_key("format_version") && fields.contains_key("command") =>
        {
            None
        }
        Ok(_) => Some("its JSON is no object of ours".to_owned()),
        Err(error) => Some(format!("its JSON is none: {error}")),
    }
}
