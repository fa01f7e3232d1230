//! docs/editors.md: what it says of schemas, and its problem matcher on what `check` really writes.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::harness::{Env, copy, schema};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/editors.md");
    fs::read_to_string(path).unwrap()
}

/// The pattern of the problem matcher: its expression, and which group is what.
fn pattern() -> (Regex, Value) {
    let page = page();
    let (_, after) = page.split_once("<!-- A test reads this block. -->\n```json\n").unwrap();
    let tasks: Value = serde_json::from_str(after.split_once("```").unwrap().0).unwrap();
    let task = &tasks["tasks"][0];
    let typed: Vec<&str> =
        task["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
    assert_eq!(typed, ["check", ".", "--format", "github"], "what is run below");
    let pattern = task["problemMatcher"]["pattern"].clone();
    (Regex::new(pattern["regexp"].as_str().unwrap()).unwrap(), pattern)
}

#[test]
fn the_problem_matcher_reads_every_finding() {
    let env = Env::empty();
    // Every rule has a repository that breaks it: here they are one.
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/check"), env.path()).unwrap();
    let (regex, groups) = pattern();
    let found = env.json("check .");
    let text = env.run("check . --format github").out;
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(" file=")).collect();
    let findings = found["findings"].as_array().unwrap();
    let findings: Vec<&Value> =
        findings.iter().filter(|one| one["suppressed"].as_bool() != Some(true)).collect();
    assert!(findings.len() > 30, "{found:#}");
    assert_eq!(lines.len(), findings.len(), "{text}");
    let placed = findings.iter().zip(&lines);
    let placed: Vec<_> =
        placed.filter(|(finding, _)| finding["subject"]["line"].is_number()).collect();
    assert!(placed.len() > 30, "{text}");
    for (finding, line) in placed {
        let read = regex.captures(line).unwrap_or_else(|| panic!("not read: {line}"));
        let group = |name: &str| {
            let at = usize::try_from(groups[name].as_u64().unwrap()).unwrap();
            read.get(at).map_or("", |part| part.as_str())
        };
        let subject = &finding["subject"];
        assert_eq!(group("file"), subject["file"], "{line}");
        assert_eq!(group("line"), subject["line"].to_string(), "{line}");
        assert_eq!(group("column"), subject["column"].to_string(), "{line}");
        assert_eq!(group("code"), finding["code"], "{line}");
        assert_eq!(group("message").replace("%25", "%"), finding["title"], "{line}");
        let severity = group("severity").replace("notice", "info");
        assert_eq!(severity, finding["severity"].as_str().unwrap(), "{line}");
    }
    assert!(!regex.is_match(text.lines().last().unwrap()), "the counts are no finding");
}

#[test]
fn every_schema_that_the_page_names_is_there() {
    let page = page();
    let named = page.lines().filter_map(|line| line.strip_prefix("$ cdx schema "));
    let named: Vec<&str> = named.map(|rest| rest.split(' ').next().unwrap()).collect();
    assert_eq!(named, ["cdx-toml", "job", "gate"]);
    for name in named {
        schema(name);
    }
    schema("cdx-check-toml");
}
