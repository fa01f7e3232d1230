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

/// The texts of the program: pages, data and code.
fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
    const KINDS: [&str; 4] = ["md", "rs", "toml", "sql"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known)) {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The ids of behaviours in a text.
fn ids(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_id = |word: &&str| {
        let (letter, number) = word.split_at_checked(1).unwrap_or(("", ""));
        "DURCGS".contains(letter) && number.len() == 2 && number.chars().all(|c| c.is_ascii_digit())
    };
    words.filter(|word| !word.is_empty()).filter(is_id).collect()
}

/// What a file says to readers: of code the comments, each as one paragraph.
fn prose(file: &str, text: &str) -> String {
    let mark = match file.rsplit('.').next() {
        Some("rs") => "//",
        Some("sql") => "--",
        _ => return text.to_owned(),
    };
    let told = |line: &str| match line.trim_start().strip_prefix(mark) {
        Some(comment) => format!(" {}", comment.trim_start_matches(['/', '!', ' '])),
        None => "\n\n".to_owned(),
    };
    text.lines().map(told).collect()
}

/// What rests on an inference or on a decision of ours is called so, wherever it is told.
#[test]
fn no_text_calls_documented_what_is_inferred_or_assumed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let grades: BTreeMap<String, String> = behaviour::all()
        .unwrap()
        .iter()
        .map(|one| (one.id.clone(), one.grade.as_str().to_owned()))
        .collect();
    let rests_on_no_page = |id: &&str| grades.get(*id).is_some_and(|grade| grade != "documented");
    let mut all = Vec::new();
    for folder in ["src", "docs", "gates", "jobs"] {
        texts(&root.join(folder), &mut all);
    }
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        all.push((page.to_owned(), fs::read_to_string(root.join(page)).unwrap()));
    }
    assert!(all.len() > 100);
    let mut wrong = Vec::new();
    let mut looked = 0;
    for (file, text) in &all {
        for sentence in prose(file, text).split("\n\n").flat_map(|part| part.split(". ")) {
            let claims = sentence.split(|c: char| !c.is_alphabetic()).any(|w| w == "documented");
            // A list of sources gives each its grade, and so does the table of behaviours.
            let graded = ["**Sources.**", "grade", "| documented |"];
            if claims && !graded.iter().any(|mark| sentence.contains(mark)) {
                looked += 1;
                let found = ids(sentence);
                if found.iter().any(rests_on_no_page) && !sentence.contains("inferred") {
                    wrong.push(format!("{file}: {}", sentence.trim()));
                }
            }
        }
        // A rule all of whose behaviours rest on no page has a source that says so.
        for line in text.lines().filter(|line| line.starts_with("**Sources.**")) {
            let (sources, behaviours) = line.split_once(" Behaviours ").unwrap_or((line, ""));
            let found = ids(behaviours);
            let graded = sources.contains("(inferred)") || sources.contains("(assumed)");
            looked += 1;
            if !found.is_empty() && found.iter().all(rests_on_no_page) && !graded {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(looked > 60, "{looked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
