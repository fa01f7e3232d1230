//! Every error that the program can print is reached: `fixtures/errors/` has an example of each
//! variant of each error type, as the source declares them. An example says what is done before
//! (see `fixture`), what is typed, how it ends and what its message names; its message is held
//! against the variant's own wording, and every command that it hints at is typed.

use cdx::gates::resolve::RefusalKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::fixture::{carry_out, environment, obey};
use super::harness::{Env, Run};

/// A file of `fixtures/errors/`, the type whose variants it has, and where that is declared.
const TYPES: &[(&str, &str, &str)] = &[
    ("store", "StoreError", "src/store/error.rs"),
    ("exchange", "ExchangeError", "src/exchange/error.rs"),
    ("manage", "ManageError", "src/exchange/manage.rs"),
    ("pos", "PosError", "src/runtime/error.rs"),
    ("missing-ground", "MissingGround", "src/runtime/obstacle.rs"),
    ("clock", "ClockError", "src/world/clock.rs"),
    ("fault", "FaultError", "src/world/fault.rs"),
    ("problem", "Kind", "src/definitions/problem.rs"),
    ("script", "ScriptProblem", "src/definitions/script.rs"),
    ("scenario", "ScenarioProblem", "src/definitions/scenario/problem.rs"),
    ("key", "NoKey", "src/model/key.rs"),
    ("feature", "UnknownFeature", "src/gates/catalogue.rs"),
    ("rejection", "Rejection", "src/store/rejection.rs"),
    ("table", "TableError", "src/exchange/table_error.rs"),
];

/// What carries others, or is an account of the doctor's.
const CARRIERS: &[&str] = &["ApplyError", "Problems", "SqliteError", "Unknown", "UnknownValue"];

/// Programs that a hint may name beside the tool.
const PROGRAMS: &[&str] = &["ls", "df", "file"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The variants that a source declares, with the fixed parts of their messages.
fn declared(name: &str, source: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join(source)).unwrap();
    let of_enum = text.split_once(&format!("enum {name} {{"));
    let Some((_, body)) = of_enum else {
        let (before, _) = text.split_once(&format!("struct {name} ")).unwrap();
        let attribute = before.rfind("#[error(").map(|at| &before[at..]).unwrap();
        return BTreeMap::from([(name.to_owned(), fixed_parts(attribute))]);
    };
    let body = body.split("\n}").next().unwrap();
    let mut found = BTreeMap::new();
    let mut wording = String::new();
    for line in body.lines() {
        let own = line.strip_prefix("    ").unwrap_or_default();
        if own.starts_with("#[error(") {
            wording.clear();
        }
        if own.starts_with(|c: char| c.is_ascii_uppercase()) {
            let variant = own.chars().take_while(char::is_ascii_alphanumeric).collect();
            found.insert(variant, fixed_parts(&wording));
        } else if !own.trim_start().starts_with("///") {
            wording += own;
            wording.push('\n');
        }
    }
    found
}

/// What stands between the values in the first text of an attribute.
fn fixed_parts(attribute: &str) -> Vec<String> {
    let Some((_, rest)) = attribute.split_once('"') else { return Vec::new() };
    let mut text = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            // A text goes on in the next line without its indentation.
            '\\' => match letters.next() {
                Some('\n') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    let lines: Vec<&str> = text
        .split('\n')
        .enumerate()
        .map(|(at, l)| if at == 0 { l } else { l.trim_start() })
        .collect();
    let mut parts = Vec::new();
    let mut rest = lines.concat();
    while let Some((part, after)) = rest.split_once('{') {
        parts.push(part.to_owned());
        rest = after.split_once('}').map_or(String::new(), |(_, after)| after.to_owned());
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Whether a text has all of these, one after the other.
fn has_in_order(text: &str, parts: &[String]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.find(part.as_str()) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// How a variant is reached, or why no example reaches it.
#[derive(Debug, Default)]
struct Example {
    variant: String,
    before: String,
    typed: String,
    code: i32,
    names: Vec<String>,
    only: Option<String>,
    then: String,
}

/// The examples of a file: `[Variant]`, then steps, `$ cdx what is typed`, `exit 2`, `names what`, and with
/// `then` the steps that its message asks for; or `only: why` where nothing a test can do reaches it.
fn examples(file: &Path) -> Vec<Example> {
    let mut all: Vec<Example> = Vec::new();
    for line in fs::read_to_string(file).unwrap().lines() {
        if let Some(variant) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            all.push(Example { variant: variant.to_owned(), code: -1, ..Example::default() });
            continue;
        }
        let Some(one) = all.last_mut() else { continue };
        if let Some(typed) = line.strip_prefix("$ cdx ") {
            typed.clone_into(&mut one.typed);
        } else if let Some(code) = line.strip_prefix("exit ") {
            one.code = code.parse().unwrap();
        } else if let Some(name) = line.strip_prefix("names ") {
            one.names.push(name.to_owned());
        } else if let Some(step) = line.strip_prefix("then ") {
            one.then += step;
            one.then.push('\n');
        } else if let Some(why) = line.strip_prefix("only: ") {
            one.only = Some(why.to_owned());
        } else {
            one.before += line;
            one.before.push('\n');
        }
    }
    all
}

/// Every text in a JSON value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| texts(one, found)),
        Value::Object(all) => all.values().for_each(|one| texts(one, found)),
        _ => {}
    }
}

fn json(env: &Env, typed: &str) -> (Run, Value) {
    let run = obey(env, &format!("cdx {typed} --format json"));
    let value = serde_json::from_str(&run.out).unwrap_or(Value::Null);
    (run, value)
}

/// What is wrong with an example; nothing where it shows what it is to show.
fn play(example: &Example, parts: &[String]) -> Vec<String> {
    let env = environment(&example.before);
    let (run, value) = json(&env, &example.typed);
    let mut wrong = Vec::new();
    if run.code != example.code {
        wrong.push(format!("ends in {}, expected {}", run.code, example.code));
    }
    let mut all = Vec::new();
    texts(&value, &mut all);
    let named = |text: &&String| example.names.iter().all(|name| text.contains(name));
    let reads = || all.iter().filter(|text| has_in_order(text, parts));
    let told = reads().find(named).or_else(|| reads().next());
    match told {
        None => wrong.push(format!("no text reads {parts:?}")),
        Some(text) => {
            let unnamed = example.names.iter().filter(|name| !text.contains(name.as_str()));
            wrong.extend(unnamed.map(|name| format!("{name:?} is not named in {text:?}")));
        }
    }
    carry_out(&env, &example.then);
    if value["error"].is_object() {
        wrong.extend(follow(&env, &value["error"]["hints"]));
    }
    if !wrong.is_empty() {
        wrong.push(run.text());
    }
    wrong
}

/// Types what is hinted at.
fn follow(env: &Env, hints: &Value) -> Vec<String> {
    let hints: Vec<&str> = hints.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let commands: Vec<&str> = hints.iter().filter_map(|hint| command(hint)).collect();
    if commands.is_empty() {
        return vec![format!("nothing to type in {hints:?}")];
    }
    let mut wrong = Vec::new();
    for typed in commands {
        if typed.starts_with("cdx ") {
            let run = obey(env, typed);
            // A command that shows what is wrong ends in 2 as its answer; it says no error.
            let answers = run.code == 2 && !run.err.contains("error: ");
            if ![0, 1, 3].contains(&run.code) && !answers {
                wrong.push(format!("the hint {typed:?}: {}", run.text()));
            }
        } else {
            let run = Command::new("sh").args(["-c", typed]).current_dir(env.path()).output();
            if !run.unwrap().status.success() {
                wrong.push(format!("the hint {typed:?} fails"));
            }
        }
    }
    wrong
}

/// The command that a hint ends in; clap's own lines have none.
fn command(hint: &str) -> Option<&str> {
    if hint.starts_with("usage: ") {
        return None;
    }
    if let Some(at) = hint.find("cdx ") {
        return Some(&hint[at..]);
    }
    let (_, last) = hint.rsplit_once(": ")?;
    PROGRAMS.contains(&last.split(' ').next()?).then_some(last)
}

/// Plays examples; `parts` is what the message of a variant reads.
fn play_all(name: &str, examples: &[Example], parts: impl Fn(&str) -> Vec<String>) {
    let mut wrong = Vec::new();
    for example in examples.iter().filter(|one| one.only.is_none()) {
        let found = play(example, &parts(&example.variant));
        if !found.is_empty() {
            let Example { variant, typed, .. } = example;
            wrong.push(format!("{name}::{variant}, cdx {typed}\n  {}", found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn examples_of(file: &str) -> Vec<Example> {
    examples(&root().join("fixtures/errors").join(format!("{file}.txt")))
}

/// Holds a file against a type, and plays its examples.
fn collect(file: &str) {
    let (_, name, source) = TYPES.iter().find(|(known, ..)| *known == file).unwrap();
    let variants = declared(name, source);
    assert!(!variants.is_empty());
    let examples = examples_of(file);
    let have: BTreeSet<&String> = examples.iter().map(|one| &one.variant).collect();
    assert_eq!(have, variants.keys().collect(), "an example of each variant of {name}");
    play_all(name, &examples, |variant| variants[variant].clone());
}

/// Each place where the command line itself refuses something, by file and code, and how many.
fn refusals() -> BTreeMap<String, usize> {
    let mut files = Vec::new();
    let cli = root().join("src/cli");
    sources(&cli, &mut files);
    let mut found = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&cli).unwrap().with_extension("");
        for call in ["CommandError::usage(", "CommandError::refused("] {
            for (at, _) in text.match_indices(call) {
                let code = text[at..].split('"').nth(1).unwrap();
                *found.entry(format!("{} {code}", name.display())).or_default() += 1;
            }
        }
    }
    found
}

#[test]
fn of_what_is_typed() {
    let examples = examples_of("typed");
    let mut have: BTreeMap<String, usize> = BTreeMap::new();
    for one in &examples {
        *have.entry(one.variant.clone()).or_default() += 1;
    }
    assert_eq!(have, refusals(), "an example of each place where something typed is refused");
    play_all("typed", &examples, |_| Vec::new());
    for one in examples.iter().filter(|one| one.only.is_none()) {
        let (_, value) = json(&environment(&one.before), &one.typed);
        let code = one.variant.rsplit(' ').next().unwrap();
        assert_eq!(value["error"]["code"], code, "cdx {}: {value:#}", one.typed);
    }
}

/// A gate's refusal is an answer: its kind is in JSON, and what its text hints at can be typed.
#[test]
fn of_gates() {
    let kinds = RefusalKind::ALL.iter().map(|kind| format!("{kind:?}")).collect::<BTreeSet<_>>();
    let examples = examples_of("refusal");
    let have: BTreeSet<&String> = examples.iter().map(|one| &one.variant).collect();
    assert_eq!(have, kinds.iter().collect(), "an example of each kind of refusal");
    play_all("refusal", &examples, |_| Vec::new());
    for Example { variant, before, typed, .. } in &examples {
        let env = environment(before);
        let (_, value) = json(&env, typed);
        let kind: String = variant
            .char_indices()
            .flat_map(|(at, c)| (at > 0 && c.is_uppercase()).then_some('-').into_iter().chain([c]))
            .collect();
        let refused = value["refused"].as_array().unwrap();
        let is = |one: &Value| one["kind"] == kind.to_lowercase();
        assert!(refused.iter().any(is), "cdx {typed} is not refused for {variant}: {value:#}");
        let told = obey(&env, &format!("cdx {typed}")).out;
        let hints: Vec<Value> =
            told.lines().filter(|line| line.contains(": cdx ")).map(Value::from).collect();
        let wrong = follow(&env, &Value::Array(hints));
        assert!(wrong.is_empty(), "cdx {typed}: {}\n{told}", wrong.join("\n"));
    }
}

macro_rules! collected {
    ($($test:ident $file:literal)*) => { $(#[test] fn $test() { collect($file); })* };
}

collected! {
    of_the_store "store"
    of_the_engine "exchange"
    of_sessions "manage"
    of_registers "pos"
    of_missing_ground "missing-ground"
    of_the_clock "clock"
    of_faults "fault"
    of_definitions "problem"
    of_scripts "script"
    of_scenarios "scenario"
    of_keys "key"
    of_features "feature"
    of_rejections "rejection"
    of_tables "table"
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// No error type is left out: each that the sources declare has its file, or carries others.
#[test]
fn every_error_type_has_examples() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for (at, _) in text.match_indices("thiserror::Error") {
            let rest = &text[at..];
            let word = |kind: &str| rest.find(kind).map(|at| (at, &rest[at + kind.len()..]));
            let first = [word(" enum "), word(" struct ")].into_iter().flatten().min();
            let Some((_, name)) = first else { continue };
            found.insert(name.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
        }
    }
    let known = TYPES.iter().map(|(_, name, _)| *name).chain(CARRIERS.iter().copied());
    assert_eq!(found, known.map(str::to_owned).collect());
}

#[test]
fn fixed_parts_are_what_stands_between_values() {
    let attribute = "#[error(\n\"{a} is \\\"b\\\" {c:?}, \\\n     expected {0}\"\n)]";
    assert_eq!(fixed_parts(attribute), [" is \"b\" ", ", expected "]);
    assert!(fixed_parts("#[error(transparent)]").is_empty());
    let parts = fixed_parts(attribute);
    assert!(has_in_order("x is \"b\" y, expected z", &parts));
    assert!(!has_in_order("x, expected z is \"b\" y", &parts));
}
