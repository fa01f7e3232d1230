//! What the tool tells people to type can be typed: it names the environment, on one line.

use std::path::Path;

use serde_json::Value;

use super::harness::Env;
use super::harness::{Run, copy, program};

/// The folder that is named, seen from where the tool is run.
const NAMED: &str = "my store";

/// What is printed with that name, and is no command.
const NO_COMMANDS: &[&str] = &["cdx environment", "cdx doctor\"", "cdx doctor: "];

/// Runs the program above the environment, which `--env` names.
fn run(above: &Path, words: &[&str]) -> Run {
    Run::of(program(above).args(["--env", NAMED]).args(words).output().unwrap())
}

/// Every command in a text, from its name to the end of the line.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.contains("usage: cdx")) {
        for (at, _) in line.match_indices("cdx ") {
            let rest = &line[at..];
            // What a rule's page says in general stands between backticks.
            let whole =
                !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || ".`".contains(c));
            if whole && !NO_COMMANDS.iter().any(|other| rest.starts_with(other)) {
                found.push(rest.to_owned());
            }
        }
    }
    found
}

/// Every text in a JSON value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| texts(one, found)),
        // The pages of rules, which a log of code scanning brings along, are of no environment.
        Value::Object(all) => {
            let told = all.iter().filter(|(name, _)| *name != "help");
            told.for_each(|(_, one)| texts(one, found));
        }
        _ => {}
    }
}

/// An environment with a name that has a blank, with much in it that commands are named for.
fn troubled(above: &Path) {
    copy(Env::new().path(), &above.join(NAMED)).unwrap();
    let ok = |words: &str| run(above, &words.split(' ').collect::<Vec<_>>()).expect(0);
    ok("features enable async-customer-editing --with-prerequisites");
    ok("profiles set Stores --async-customers yes");
    ok("pos create-customer --channel houston --first-name A --last-name B --offline");
    ok("params set try-count 9");
    ok("customers edit 00000010 --set phone=555");
    ok("channels pause seattle");
    ok("schedules set Downloads --active no");
    let online = rusqlite::Connection::open(above.join(NAMED).join("channels/online.db")).unwrap();
    online.execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
}

/// Commands that print commands: results, hints, errors, plans and scripts.
const PRINTING: &[&str] = &[
    "doctor",
    "doctor --format json",
    "doctor --format junit",
    "doctor --format sarif",
    "doctor --format github",
    "doctor --fix --dry-run",
    "doctor --fix --dry-run --format json",
    "doctor --only CDX999",
    "doctor --baseline nowhere.json",
    "features plan async-customer-editing",
    "features plan async-customer-editing --format json",
    "features plan async-customer-editing --script sh",
    "features plan async-customer-editing --script powershell",
    "features enable omnichannel-media-management",
    "features disable customer-order-performance",
    "features check",
    "features check --format json",
    "features show nothing",
    "features export there.txt",
    "run 1110",
    "run nothing --format json",
    "run",
    "run 1110 --fault nothing",
    "runn 1110",
    "sessions show 99",
    "sessions show 99 --upload",
    "sessions cancel 99",
    "customers show 99",
    "customers edit 99 --set phone=1",
    "customers status show customer-99",
    "customers status nonsense",
    "channels resume nowhere",
    "channels add Not-A-Name",
    "channels rebuild houston",
    "schedules set nothing --active yes",
    "profiles set nothing --async-customers yes",
    "params set try-count many",
    "upgrade --app-version ten",
    "upgrade --app-version 10.0.1",
    "clock set yesterday",
    "explain nothing-at-all",
    "explain async-customer-editing",
    "which-job customers",
    "which-job zzzzzz",
    "pos find-customer --channel nowhere A",
    "pos balance --channel houston --account 99",
    "init",
];

/// Case 19: where `--env` was given each command that is printed names it, in every format.
#[test]
fn every_printed_command_names_the_environment_and_runs() {
    let above = tempfile::TempDir::new().unwrap();
    troubled(above.path());
    let mut printed = Vec::new();
    for words in PRINTING {
        let run = run(above.path(), &words.split(' ').collect::<Vec<_>>());
        let mut found = vec![run.err.clone()];
        match serde_json::from_str(&run.out) {
            Ok(value) => texts(&value, &mut found),
            Err(_) => found.push(run.out.clone()),
        }
        for command in found.iter().flat_map(|text| commands(text)) {
            let named = command.replace("&apos;", "'");
            // A new environment names its folder itself.
            let elsewhere = named.starts_with("cdx init ");
            let names_it = named.starts_with("cdx --env 'my store' ");
            assert!(names_it || elsewhere, "{words}: {command}");
            printed.push((*words, named));
        }
    }
    assert!(printed.len() > 100, "only {} are printed", printed.len());
    // Those of JSON stand alone, and are typed as they are.
    let report = run(above.path(), &["doctor", "--format", "json"]).json();
    let fixes = report["findings"].as_array().unwrap().iter();
    let all = fixes.flat_map(|finding| finding["fix"]["commands"].as_array().unwrap());
    let mut typed = 0;
    for command in all.map(|command| command.as_str().unwrap()) {
        let words = shlex::split(command).unwrap();
        let run = Run::of(program(above.path()).args(&words[1..]).output().unwrap());
        assert!(run.code <= 1, "{command}\n{}", run.text());
        typed += 1;
    }
    assert!(typed > 5, "only {typed} are typed");
    // Without the option nothing names it, and a folder that exists is no reason to.
    let inside = above.path().join(NAMED);
    let run = Run::of(program(&inside).arg("doctor").output().unwrap());
    assert!(!run.out.contains("--env"), "{}", run.out);
}

/// Case 20: standard output that is no terminal is never wrapped.
#[test]
fn nothing_is_wrapped_in_a_pipe() {
    let above = tempfile::TempDir::new().unwrap();
    troubled(above.path());
    let text = run(above.path(), &["doctor"]).out;
    let report = run(above.path(), &["doctor", "--format", "json"]).json();
    for finding in report["findings"].as_array().unwrap() {
        let title = finding["title"].as_str().unwrap();
        assert!(text.lines().any(|line| line.contains(title)), "{title}\n{text}");
        let effect = format!("    effect: {}", finding["effect"].as_str().unwrap());
        assert!(text.lines().any(|line| line == effect), "{effect}\n{text}");
    }
    let help = Run::of(program(above.path()).args(["doctor", "--help"]).output().unwrap()).out;
    assert!(help.contains("Say what is wrong, why it matters, and which command"), "{help}");
    let list = run(above.path(), &["features", "list"]).out;
    let slugs = run(above.path(), &["features", "list", "--format", "json"]).json();
    for feature in slugs["features"].as_array().unwrap().iter().filter(|one| one["gate"] != false) {
        let slug = feature["slug"].as_str().unwrap();
        assert!(list.contains(slug), "{slug}\n{list}");
    }
}
