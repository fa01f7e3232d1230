//! The house rules that a reader relies on, held by a test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "tidy/functions.rs"]
mod functions;
#[path = "tidy/rings.rs"]
mod rings;

use functions::Function;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(path: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn sources() -> Vec<(String, String)> {
    files("src", "rs")
}

/// The part of a file before its unit tests.
fn program(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn each_crate_stays_behind_its_wall() {
    for (crates, folders) in [
        (&["clap::", "use clap", "clap_complete", "clap_mangen"][..], &["src/cli/"][..]),
        (&["rusqlite"], &["src/store/"]),
        (&["colored", "indicatif", "comfy_table", "quick_junit"], &["src/report/"]),
        (&["annotate_snippets"], &["src/report/check/"]),
        (&["println!", "eprintln!", "print!(", "std::io::stdout", "io::stderr"], &["src/report/"]),
        (&["SystemTime::now", "Instant::now", "Timestamp::now", "thread_rng"], &["src/world/"]),
        (&["process::exit"], &["src/world/crash.rs", "src/world/interrupt.rs"]),
        (&["Connection::open"], &["src/store/connection.rs"]),
        (&[".writer("], &["src/store/", "src/exchange/recover.rs"]),
    ] {
        for (name, text) in sources() {
            if folders.iter().any(|folder| name.starts_with(folder)) {
                continue;
            }
            for needle in crates {
                let lines = program(&text).lines().filter(|line| !line.trim().starts_with("//"));
                let used = lines.filter(|line| line.contains(needle)).count();
                assert_eq!(used, 0, "{name} uses {needle}");
            }
        }
    }
}

#[test]
fn left_is_never_built_on_right() {
    const ORDER: &[&[&str]] = &[
        &["model"],
        &["world"],
        &["extension"],
        &["definitions"],
        &["gates"],
        &["store"],
        &["exchange"],
        &["runtime"],
        &["diagnosis"],
        &["doctor", "check", "scenario"],
        &["report"],
        &["cli"],
    ];
    let rank = |layer: &str| ORDER.iter().position(|layers| layers.contains(&layer));
    for (name, text) in sources() {
        let Some(own) = name.split('/').nth(1).and_then(rank) else { continue };
        for line in program(&text).lines().filter(|line| !line.trim().starts_with("//")) {
            for used in line.split("crate::").skip(1) {
                let layer: String = used.chars().take_while(char::is_ascii_lowercase).collect();
                if Some(own) == rank("diagnosis") {
                    let near = ["diagnosis", "model"].contains(&layer.as_str());
                    assert!(near, "{name} uses {layer}: {line}");
                }
                if let Some(other) = rank(&layer) {
                    assert!(other <= own, "{name} uses {layer}: {line}");
                }
            }
        }
    }
}

#[test]
fn files_and_functions_stay_small() {
    // What is made from other files is as long as they are together.
    let is_made = |text: &str| text.starts_with("-- Made from ");
    let sql = files("src", "sql").into_iter().filter(|(_, text)| !is_made(text));
    for (name, text) in sources().into_iter().chain(sql).chain(files("tests", "rs")) {
        let lines = text.lines().count();
        let most = if name.starts_with("tests/") { 700 } else { 500 };
        assert!(lines <= most, "{name} has {lines} lines");
        for (at, line) in text.lines().enumerate() {
            let width = line.chars().count();
            // A snapshot is as wide as what it shows; rustfmt holds the code around it.
            let shown = name.starts_with("tests/") || line.contains('"') || line.contains("INDEX");
            let long = width > 100 && !shown;
            assert!(!long, "{name}:{} is {width} columns wide", at + 1);
        }
    }
    for (name, text) in sources() {
        for Function { name: function, line, length, .. } in functions::functions(&text) {
            assert!(length <= 70, "{name}:{line}: {function} has {length} lines");
        }
    }
}

/// What is public is what tests and benchmarks use; the compiler names what nobody uses of the rest.
#[test]
fn what_is_public_is_used_outside() {
    let outside: String = [files("tests", "rs"), files("benches", "rs")]
        .concat()
        .into_iter()
        .map(|(_, t)| t)
        .collect();
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: BTreeSet<&str> =
        outside.split(|c| !is_word(c)).chain(main.split(|c| !is_word(c))).collect();
    for (name, text) in sources() {
        for one in functions::functions(program(&text)).iter().filter(|one| one.is_public) {
            let used = words.contains(one.name.as_str());
            assert!(used, "{name}:{}: nobody outside uses {}", one.line, one.name);
        }
    }
}

/// A name says which of two types is meant; a command's own arguments are its file's alone.
#[test]
fn no_two_types_of_a_layer_share_a_name() {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for (name, text) in sources() {
        let layer = name.split('/').nth(1).unwrap_or_default().to_owned();
        for found in functions::types(program(&text)) {
            let own = layer == "cli" && ["Args", "Command"].contains(&found.as_str());
            let other = seen.insert((layer.clone(), found.clone()), name.clone());
            assert!(own || other.is_none(), "{name} and {other:?} both have a {found}");
        }
    }
}

/// The rings that remain, each with its reason.
const RINGS: &[(&[&str], &str)] = &[];

#[test]
fn files_import_each_other_in_a_ring_only_where_they_must() {
    let rings = rings::Program::read(&sources()).rings();
    let named: Vec<Vec<&str>> =
        rings.iter().map(|ring| ring.iter().map(String::as_str).collect()).collect();
    let listed: Vec<Vec<&str>> = RINGS.iter().map(|(ring, _)| ring.to_vec()).collect();
    assert_eq!(named, listed, "each ring is listed with its reason, and no other");
}

/// A command asks its context for other commands and for the tree of all.
#[test]
fn no_command_imports_the_program_that_runs_it() {
    for (name, text) in sources() {
        if name.starts_with("src/cli/commands/") || name == "src/cli/context.rs" {
            for module in ["cli::app", "cli::program", "super::app", "super::program"] {
                assert!(!program(&text).contains(module), "{name} imports {module}");
            }
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (name, text) in sources().into_iter().chain(files("tests", "rs")) {
        assert!(text.starts_with("//! "), "{name} does not begin with what it is for");
        let debris =
            ["TO", "FIX"].map(|half| format!("{half}{}", if half == "TO" { "DO" } else { "ME" }));
        for word in debris {
            assert!(!text.contains(&word), "{name} has a {word}");
        }
    }
}

/// Turns of phrase that a reader of ordinary English stops at, and what is written instead.
#[test]
fn words_are_plain() {
    const TURNS: &[(&str, &str)] = &[
        ("men\u{64}", "fix"),
        ("a\u{6e}ew", "again"),
        ("all the \u{73}ame", "anyway"),
        ("wants \u{69}nitializing", "must be initialized"),
        ("as \u{67}rave as", "as severe as"),
        ("has not \u{67}ot", "does not have"),
        ("does not know \u{69}tself", "has no configuration yet"),
        ("cannot be on \u{62}eside", "cannot be enabled together with"),
    ];
    let mut read: Vec<(String, String)> = Vec::new();
    for folder in ["src", "tests", "benches", "docs", "dist", "jobs", "gates", "fixtures"] {
        for ending in ["rs", "sql", "md", "toml", "sh", "yml", "py"] {
            read.extend(files(folder, ending));
        }
    }
    let pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
    for name in pages {
        read.push((name.to_owned(), fs::read_to_string(root().join(name)).unwrap()));
    }
    // What a key was called in format 1 is told where format 2 begins.
    let format_1 = ["docs/json.md", "src/report/schema/json.template.md"];
    read.retain(|(name, _)| !format_1.contains(&name.as_str()));
    let mut found = Vec::new();
    for (name, text) in read {
        for (at, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            for (turn, plain) in TURNS {
                let begins = |at: usize| !line[..at].ends_with(char::is_alphabetic);
                let ends = |at: usize| {
                    let rest = line[at..].trim_start_matches("ing").trim_start_matches("ed");
                    !rest.trim_start_matches('s').starts_with(char::is_alphabetic)
                };
                if line.match_indices(turn).any(|(from, _)| begins(from) && ends(from + turn.len()))
                {
                    found.push(format!("{name}:{}: {turn:?}, write {plain:?}", at + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What the store shows names no type of SQLite's: not its functions, fields, variants or aliases.
#[test]
fn the_store_keeps_its_crate_to_itself() {
    let words = |text: &str| -> Vec<String> {
        let apart = |c: char| !c.is_alphanumeric() && !['_', ':'].contains(&c);
        text.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    for (name, text) in files("src/store", "rs") {
        let text = program(&text);
        let imports = text.split("use rusqlite::").skip(1);
        let brought: Vec<String> = imports
            .flat_map(|rest| words(rest.split(';').next().unwrap()))
            .filter(|word| word.starts_with(char::is_uppercase))
            .collect();
        let (mut signature, mut variants) = (false, false);
        for (at, line) in text.lines().enumerate() {
            let code = line.trim_start();
            signature |= code.starts_with("pub fn ");
            variants = (variants || code.starts_with("pub enum ")) && line != "}";
            let field = code.starts_with("pub ") && code.ends_with(',');
            let shown = signature || variants || field || code.starts_with("pub type ");
            let theirs = |word: &String| word.starts_with("rusqlite") || brought.contains(word);
            let found = words(code).into_iter().find(theirs);
            let hidden = !shown || code.starts_with("//") || found.is_none();
            assert!(hidden, "{name}:{} shows {}", at + 1, found.unwrap());
            signature &= !code.contains('{') && !code.ends_with(';');
        }
    }
}

/// Statements of more than two lines stand in .sql files named for what they do. What is put
/// together of pieces is replaced into one, but for a text that a database keeps as it is.
#[test]
fn long_statements_stand_in_files() {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "CREATE ", "PRAGMA ", "WHERE "];
    for (name, text) in files("src/store", "rs") {
        let text = program(&text);
        for (from, literal) in literals(text) {
            let long = literal.lines().count() > 2;
            let sql = verbs.iter().any(|verb| literal.contains(verb));
            let before = text[..from].lines().rev().take(3).collect::<String>();
            let kept = before.contains("// Stays here as it is:");
            let at = text[..from].lines().count();
            assert!(!long || !sql || kept, "{name}:{at} has a statement of more than two lines");
        }
    }
}

/// The texts of a source file, each with where it begins.
fn literals(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            at += 3 + usize::from(c == '\'' && rest.as_bytes()[1] == b'\\');
        } else if c == '"' {
            let mut end = at + 1;
            while text.as_bytes()[end] != b'"' {
                end += 1 + usize::from(text.as_bytes()[end] == b'\\');
            }
            found.push((at, &text[at + 1..end]));
            at = end + 1;
        } else {
            at += c.len_utf8();
        }
    }
    found
}

/// Commands that people are told to type are values; text that names one is help, or a page.
#[test]
fn commands_are_values_and_not_text() {
    for (name, text) in sources() {
        for (at, line) in program(&text).lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            let typed = line.contains("\"cdx ") || line.contains(": cdx ");
            // The name of a report, what generated pages begin with, and the steps of the story.
            let places = [
                "src/cli/commands/completions.rs",
                "src/cli/commands/docs.rs",
                "src/cli/commands/demo.rs",
                "src/cli/suggested.rs",
                "src/model/suggestion/written.rs",
            ];
            let report =
                ["doctor", "check"].iter().any(|one| line.contains(&format!("\"cdx {one}\"")));
            let named = report || places.contains(&name.as_str());
            assert!(!code || !typed || named, "{name}:{} writes a command: {line}", at + 1);
        }
    }
}

/// Times and identities are types, so that none is given for another (`src/model/time.rs`).
#[test]
fn times_and_identities_are_types() {
    let bare = [
        "now: &str",
        " store: i64",
        " store_id: i64",
        " group: i64",
        " group_id: i64",
        "company: &str",
        "guid: &str",
        "operation: i64",
        " session: i64",
        " job: &str",
        "(job: &str",
        "|job: &str",
    ];
    for (name, text) in sources() {
        for (at, line) in program(&text).lines().enumerate() {
            let found = bare.iter().find(|bare| line.replace("'a ", "").contains(**bare));
            assert!(found.is_none(), "{name}:{} takes a bare {}", at + 1, found.unwrap());
        }
    }
}

#[test]
fn every_test_module_is_declared() {
    let main = fs::read_to_string(root().join("tests/cli/main.rs")).unwrap();
    for (name, _) in files("tests/cli", "rs") {
        let module = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{name}");
    }
}

#[test]
fn the_documents_name_what_exists() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains(&format!("## {version}")), "CHANGELOG.md lacks {version}");
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/jobs.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for word in text.split(['`', '(', ')', ' ', '\n']) {
            let path = word.trim_end_matches(['.', ',', ';', ':']);
            let inside = ["src/", "tests/", "docs/", "dist/", "benches/", ".ci/", "fixtures/"]
                .iter()
                .any(|folder| path.starts_with(folder));
            if inside && !path.contains('*') {
                assert!(root().join(path).exists(), "{name} names {path}");
            }
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let listed = manifest.split("[dependencies]").nth(1).unwrap();
    let listed = listed.split("[lints").next().unwrap();
    for line in listed.lines().filter(|line| line.contains('=')) {
        let name = line.split('=').next().unwrap().trim();
        assert!(contributing.contains(name), "CONTRIBUTING.md does not justify {name}");
    }
}

/// Each mutation fits the code as it is, and stands in the document with what it changes.
#[test]
fn every_mutation_fits_and_has_its_line() {
    let document = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let mutations = files("tests/mutations", "patch");
    for (name, text) in &mutations {
        let text = text.replace("\r\n", "\n");
        let file = text.lines().find_map(|line| line.strip_prefix("--- a/")).unwrap();
        let code = fs::read_to_string(root().join(file)).unwrap().replace("\r\n", "\n");
        for hunk in text.split("\n@@ ").skip(1) {
            let lines = hunk.lines().skip(1);
            let old = lines.filter_map(|line| line.strip_prefix([' ', '-']));
            let old: String = old.map(|line| format!("{line}\n")).collect();
            assert!(code.contains(&old), "{name} does not fit {file}:\n{old}");
        }
        let stem = Path::new(name).file_stem().unwrap().to_string_lossy().into_owned();
        assert!(document.contains(&format!("| {stem} |")), "{name} has no line in reliability.md");
    }
    let lines = document.lines().filter(|line| line.contains("| `cargo test --locked"));
    assert_eq!(lines.count(), mutations.len(), "a line for each mutation");
}

/// The document lists every crash point.
#[test]
fn every_crash_point_has_its_line() {
    let document = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    for point in cdx::world::CrashPoint::ALL {
        assert!(document.contains(&format!("`{point}`")), "{point} has no line");
    }
}
