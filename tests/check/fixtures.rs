//! Every rule has a broken repository that it reports, and a clean one of which nothing is said.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cdx::check::facts::{EarlierScript, Facts};
use cdx::check::rules::RULES;
use cdx::check::{Request, Rule, examine};
use cdx::diagnosis::Diagnosis;
use cdx::extension::repository::Repository;

use super::harness::line;

const ROOT: &str = "fixtures/check";

/// Checks a rule's repository; where there is a folder `before`, its scripts are those of the
/// revision that was published.
fn checked(folder: &str, which: &str) -> Diagnosis {
    let path = format!("{folder}/{which}");
    let repository = Repository::read(&[&path]);
    let mut facts = Facts::of(repository, &[]).unwrap();
    let before = format!("{folder}/before");
    if Path::new(&before).exists() {
        let published = Repository::read(&[&before]);
        let earlier = published.scripts.iter().map(|script| {
            let source = published.sources.get(script.source);
            let file = source.name.replace("/before/", &format!("/{which}/"));
            EarlierScript { file, text: source.text.clone() }
        });
        facts.before = Some(earlier.collect());
    }
    examine(&facts, &Request::default())
}

/// What is said, with the places on the other side, and without the folder.
fn shown(examination: &Diagnosis, folder: &str) -> String {
    let mut text = String::new();
    for finding in &examination.findings {
        writeln!(text, "{}", line(finding)).unwrap();
        for evidence in &finding.evidence {
            writeln!(text, "    {evidence}").unwrap();
        }
        for place in &finding.related {
            let at = format!("{}:{}:{}", place.file, place.line, place.column);
            writeln!(text, "    {at} {}", place.message).unwrap();
        }
    }
    text.replace(&format!("{folder}/broken/"), "")
}

fn holds(name: &str) {
    let rule = find(name);
    let folder = format!("{ROOT}/{name}");
    let clean = checked(&folder, "clean");
    let said: Vec<String> = clean.findings.iter().map(line).collect();
    assert!(said.is_empty(), "{name}, clean: {said:#?}");
    let broken = checked(&folder, "broken");
    let text = shown(&broken, &folder);
    let codes: BTreeSet<&str> = broken.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, BTreeSet::from([rule.header.code]), "{name}, broken:\n{text}");
    let path = format!("{folder}/output.txt");
    if std::env::var_os("CDX_WRITE_FIXTURES").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(text, kept, "{path} is not current");
    for finding in &broken.findings {
        assert!(!finding.evidence.is_empty(), "{name}: no evidence");
        assert!(!finding.sources.is_empty(), "{name}: no source");
        assert!(finding.severity <= rule.header.severity, "{name}: more severe than its rule");
    }
    let prints: BTreeSet<&str> = broken.findings.iter().map(|f| f.fingerprint.as_str()).collect();
    assert_eq!(prints.len(), broken.findings.len(), "{name}: a fingerprint is used twice");
}

fn find(name: &str) -> &'static Rule {
    let called = |rule: &&&Rule| rule.header.name.replace('-', "_") == name;
    RULES.iter().find(called).unwrap_or_else(|| panic!("no rule {name}"))
}

macro_rules! tested {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )+

        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

cdx::each_check_rule!(tested);

/// Codes and names are used once and in order, and each folder is a rule's.
#[test]
fn codes_are_used_once_in_order() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.header.code).collect();
    let numbers: Vec<String> = (701..=718).map(|number| format!("CDX{number}")).collect();
    assert_eq!(codes, numbers);
    let folders = fs::read_dir(ROOT).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(folders, NAMES.iter().map(|name| (*name).to_owned()).collect());
    for rule in RULES {
        let header = &rule.header;
        for text in [header.checks, header.why, header.how_to_fix] {
            assert!(!text.contains("  "), "{}: {text}", header.code);
        }
        assert!(!header.sources.is_empty() && header.since == "0.6.0", "{}", header.code);
    }
}
