//! Every behaviour has a test that exists, or says what it waits for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cdx::model::behaviour;

#[test]
fn every_behaviour_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for behaviour in behaviour::all().unwrap() {
        assert!(!behaviour.source.trim().is_empty(), "{} has no source", behaviour.id);
        assert!(
            !behaviour.tests.is_empty() || behaviour.planned.is_some(),
            "{} has no test and is not planned",
            behaviour.id
        );
        for test in &behaviour.tests {
            let (path, name) = test.split_once("::").expect("path::name");
            let text = files.entry(path.to_owned()).or_insert_with(|| {
                fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
            });
            let found = text.contains(&format!("fn {name}("));
            assert!(found, "{}: {test} does not exist", behaviour.id);
        }
    }
}
