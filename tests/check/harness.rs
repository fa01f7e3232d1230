//! Repositories in memory, and what is said of them.

use cdx::check::facts::Facts;
use cdx::check::{Request, examine};
use cdx::diagnosis::{Diagnosis, Finding};
use cdx::extension::repository::Repository;
use serde_json::Value;

/// Checks texts by the names they are to have.
pub fn check(texts: &[(&str, &str)]) -> Diagnosis {
    let repository = Repository::of_texts(texts.iter().copied());
    examine(&Facts::of(repository, &[]).unwrap(), &Request::default())
}

/// A finding in one line: code, severity, place and title.
pub fn line(finding: &Finding) -> String {
    let subject = serde_json::to_value(&finding.subject).unwrap();
    let text = |key: &str| subject[key].as_str().unwrap_or_default().to_owned();
    let place = match (&subject["line"], &subject["column"]) {
        (Value::Number(line), Value::Number(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    let Finding { code, severity, title, .. } = finding;
    format!("{code} {severity} {}{place} {title}", text("file"))
}

/// The findings that are at least warnings, each as its code and title.
pub fn found(texts: &[(&str, &str)]) -> Vec<String> {
    let all = check(texts).findings;
    all.iter().map(|f| format!("{} {} {}", f.code, f.severity, f.title)).collect()
}

/// What was not judged by a rule.
pub fn unjudged(texts: &[(&str, &str)], code: &str) -> Vec<String> {
    let rules = check(texts).rules;
    rules.into_iter().find(|rule| rule.code == code).unwrap().reasons
}
