//! Every rule of the doctor: a broken fixture it reports, a clean one it passes, an example that is
//! what happens, and commands that fix it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cdx::diagnosis::Severity;
use cdx::doctor::{Rule, rules};
use serde_json::Value;

use super::fixture::{carry_out, environment, obey};
use super::harness::Env;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules")
}

/// The folder of a rule's fixtures, which is called as its file is.
fn folder(rule: &Rule) -> PathBuf {
    root().join(rule.header.name.replace('-', "_"))
}

fn steps(rule: &Rule, which: &str) -> String {
    let path = folder(rule).join(which);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

fn findings(env: &Env, rule: &Rule) -> (Vec<Value>, Value) {
    let run = env.run(&format!("doctor --only {} --format json", rule.header.code));
    let report = run.json();
    let fails = rule.header.severity == Severity::Error && report["checks"]["failed"] == 1;
    assert_eq!(run.code, i32::from(fails), "{}\n{}", rule.header.code, run.text());
    (report["findings"].as_array().unwrap().clone(), report)
}

/// Everything that must hold of one rule.
fn holds(name: &str) {
    let rule = rules::find(&name.replace('_', "-")).unwrap();
    let code = rule.header.code;
    let clean = environment(&steps(rule, "clean.txt"));
    let (found, report) = findings(&clean, rule);
    assert!(found.is_empty(), "{code} on its clean fixture: {found:#?}");
    assert_eq!(report["checks"]["passed"], 1, "{code} did not look: {report:#}");
    let broken = environment(&steps(rule, "broken.txt"));
    let (found, _) = findings(&broken, rule);
    assert!(!found.is_empty(), "{code} does not see its broken fixture");
    for finding in &found {
        assert_eq!(finding["code"], code);
        assert!(!finding["subject"].as_object().unwrap().is_empty(), "{code}: about nothing");
        assert!(!finding["evidence"].as_array().unwrap().is_empty(), "{code}: no evidence");
        assert!(!finding["sources"].as_array().unwrap().is_empty(), "{code}: no source");
        assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 32);
        assert!(finding["fix"]["commands"].as_array().is_some_and(|c| !c.is_empty()), "{code}");
    }
    let shown = broken.run(&format!("doctor --only {code}")).out;
    let path = folder(rule).join("output.txt");
    if std::env::var_os("CDX_WRITE_FIXTURES").is_some() {
        fs::write(&path, &shown).unwrap();
    }
    let kept = steps(rule, "output.txt");
    assert_eq!(shown, kept, "{code}: {} is not current", path.display());
    fixes(&broken, rule, &found);
}

/// What has been printed, done, ends the findings and brings no error: safe fixes by `--fix`, others
/// by typing their commands; where a person must decide, the fixture says what.
fn fixes(env: &Env, rule: &Rule, found: &[Value]) {
    let code = rule.header.code;
    let before = errors(env);
    let safe = found.iter().all(|finding| finding["fix"]["safety"] == "safe");
    let mut ran = Vec::new();
    if safe {
        let report = env.json(&format!("doctor --fix --only {code}"));
        let commands = report["fixes"]["commands"].as_array().unwrap();
        assert!(commands.iter().all(|one| one["exit"] == 0), "{code}: {commands:#?}");
        ran.extend(commands.iter().map(|one| one["command"].as_str().unwrap().to_owned()));
    } else {
        let fixes = found.iter().flat_map(|finding| finding["fix"]["commands"].as_array().unwrap());
        for command in fixes.map(|command| command.as_str().unwrap().to_owned()) {
            if !ran.contains(&command) {
                let run = obey(env, &command);
                assert!(run.code <= 1, "{code}: {command}\n{}", run.text());
                ran.push(command);
            }
        }
    }
    if let Ok(choice) = fs::read_to_string(folder(rule).join("choice.txt")) {
        carry_out(env, &choice.replace("\r\n", "\n"));
    }
    let (left, _) = findings(env, rule);
    assert!(left.is_empty(), "{code} after {ran:?}: {left:#?}");
    let new: Vec<String> = errors(env).difference(&before).cloned().collect();
    assert!(new.is_empty(), "{code}: {ran:?} brought {new:#?}");
}

/// Every error of the whole doctor, by what it is about.
fn errors(env: &Env) -> BTreeSet<String> {
    let report = env.json("doctor");
    let found = report["findings"].as_array().unwrap().iter();
    let errors = found.filter(|finding| finding["severity"] == "error");
    errors.map(|finding| format!("{} {}", finding["code"], finding["subject"])).collect()
}

macro_rules! tested {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )+
    };
}

cdx::each_rule!(tested);

/// Codes and names are used once, in order, and each rule has its fixtures.
#[test]
fn the_registry_is_complete() {
    assert!(
        rules::RULES.is_sorted_by(|a, b| a.header.code < b.header.code),
        "codes come once and in order"
    );
    let mut names: Vec<String> =
        rules::RULES.iter().map(|rule| rule.header.name.replace('-', "_")).collect();
    names.sort();
    let mut folders: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, names, "one folder of fixtures a rule");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/doctor/rules");
    let behaviours: Vec<String> =
        cdx::model::behaviour::all().unwrap().into_iter().map(|behaviour| behaviour.id).collect();
    for rule in rules::RULES {
        let file = format!("{source}/{}.rs", rule.header.name.replace('-', "_"));
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(text.starts_with(&format!("//! {}: ", rule.header.code)), "{file}");
        assert!(!rule.header.sources.is_empty(), "{} has no source", rule.header.code);
        for id in rule.header.behaviours {
            assert!(behaviours.iter().any(|known| known == id), "{}: {id}", rule.header.code);
        }
    }
}
