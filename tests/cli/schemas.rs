//! `cdx schema`: every JSON output has a schema and holds to it (the harness sees to that), and so
//! do the TOML files that are shipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Env, Run, program, schema, valid};

/// Commands that print no JSON of their own, whatever the format.
const TEXT: &[&str] = &["completions", "man"];

fn names() -> Vec<String> {
    let list = Env::empty().json("schema");
    let name = |line: &Value| line["name"].as_str().unwrap().to_owned();
    list["schemas"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn every_command_has_one_and_each_is_a_schema() {
    let names = names();
    let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(known.len(), names.len(), "each once");
    let mut leaves = Vec::new();
    leaves_of(&cdx::cli::tree(), "", &mut leaves);
    let without: Vec<&String> =
        leaves.iter().filter(|leaf| !known.contains(leaf.replace(' ', "-").as_str())).collect();
    assert_eq!(without, TEXT);
    for name in &names {
        let text = Env::empty().ok(&format!("schema {name}")).out;
        let made: Value = serde_json::from_str(&text).unwrap();
        assert!(jsonschema::meta::is_valid(&made), "{name}");
        assert_eq!(made["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        jsonschema::validator_for(&made).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn leaves_of(command: &clap::Command, path: &str, leaves: &mut Vec<String>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let words = format!("{path}{}", sub.get_name());
        if sub.has_subcommands() {
            leaves_of(sub, &format!("{words} "), leaves);
        } else {
            leaves.push(words);
        }
    }
}

#[test]
fn a_key_that_is_not_known_is_found() {
    let env = Env::new();
    for command in ["status", "doctor", "features list", "sessions list", "run 1010 --full"] {
        let found = env.json(command);
        let name = found["command"].as_str().unwrap().replace(' ', "-");
        let mut more = found.clone();
        more["new"] = json!(1);
        assert!(!schema(&name).is_valid(&more), "{command}");
        let mut less = found;
        less.as_object_mut().unwrap().remove("ok");
        assert!(!schema(&name).is_valid(&less), "{command}");
    }
    let mut deeper = env.json("run 1010 --full");
    deeper["jobs"][0]["new"] = json!(1);
    assert!(!schema("run").is_valid(&deeper), "beside keys of another type");
    let mut listed = env.json("sessions list");
    listed["sessions"][0]["new"] = json!(1);
    assert!(!schema("sessions-list").is_valid(&listed), "in a list");
}

#[test]
fn an_error_is_the_other_possibility() {
    let env = Env::new();
    let error = env.run("run 9999 --format json").expect(2).json();
    assert!(schema("run").is_valid(&error), "{error}");
    assert!(schema("error").is_valid(&error), "{error}");
    assert!(!schema("status").is_valid(&error), "of another command");
    assert!(!schema("error").is_valid(&env.json("status")));
}

#[test]
fn an_unknown_name_has_the_nearest() {
    let env = Env::empty();
    let run = env.run("schema feature-list").expect(2);
    assert!(run.err.contains("cdx schema features-list"), "{}", run.text());
    let run = env.run("schema qqqqqqqq").expect(2);
    assert!(run.err.contains("cdx schema"), "{}", run.text());
    env.args(&["schema", "features list"]).expect(0);
    let run = env.run("schema feature-list --format json").expect(2);
    assert_eq!(run.json()["error"]["code"], "unknown-schema");
}

/// A file as editors see it: dates are texts.
fn as_json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => json!(date.to_string()),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
            }
            toml::Value::Array(array) => array.into_iter().map(plain).collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(toml::Value::Table(toml::from_str(text).unwrap()))
}

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    files.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn what_is_shipped_and_written_holds_to_its_schema() {
    for (name, folder, least) in [("job", "jobs", 8), ("gate", "gates", 15)] {
        let files = files(folder);
        assert!(files.len() >= least, "{folder}: {}", files.len());
        for (file, text) in files {
            valid(&schema(name), &as_json(&text), &file);
        }
    }
    for folder in ["examples", "fixtures/scenarios"] {
        for (file, text) in scenarios(folder) {
            valid(&schema("scenario"), &as_json(&text), &file);
        }
    }
    valid(&schema("scenario"), &as_json(SCENARIO), "as the documents have it");
    let env = Env::new();
    let text = fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    valid(&schema("cdx-toml"), &as_json(&text), "what init writes");
    let whole = text.replace("# [[suppress]]", "[[suppress]]").replace("# code", "code");
    let whole = whole.replace("# scope", "scope").replace("# reason", "reason");
    let whole = whole.replace("# expires", "expires");
    assert!(as_json(&whole)["suppress"][0]["expires"].is_string(), "{whole}");
    valid(&schema("cdx-toml"), &as_json(&whole), "what init writes, without comments");
}

/// Files with steps in a folder and those below it, if there are any.
fn scenarios(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let found = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok);
    let found = found.filter(|one| one.path().extension().is_some_and(|end| end == "toml"));
    let read = found
        .map(|one| (one.path().display().to_string(), fs::read_to_string(one.path()).unwrap()));
    read.filter(|(_, text)| text.contains("[[step]]")).collect()
}

/// A scenario with every key.
const SCENARIO: &str = r#"
name = "an asynchronous customer comes back with an account"
[environment]
customers = 20
app-version = "${version}"
[matrix]
version = ["10.0.29", "10.0.48"]
[[step]]
run = "features enable async-customer-editing"
expect = { exit = 1, json = { "/refused/0/kind" = "prerequisite" } }
[[step]]
run = "pos create-customer --channel houston --first-name Ada --last-name Byron"
save = { ACCOUNT = "/account" }
[[step]]
run = "customers show ${ACCOUNT}"
expect = { contains = ["Ada Byron"] }
[[step]]
doctor = { none = "error", only = ["CDX303"], skip = ["CDX304"] }
"#;

/// Files that are wrong: the schema and the program say so both.
const WRONG: &[(&str, &str)] = &[
    ("cdx-toml", "[environments]\n"),
    ("cdx-toml", "[environment]\ncompany = \"TOOLONG\"\n"),
    ("cdx-toml", "[environment]\ncompany = \"\"\n"),
    ("cdx-toml", "[environment]\ntime-zone = 1\n"),
    ("cdx-toml", "[scale-unit]\ninstances = 0\n"),
    ("cdx-toml", "[scale-unit]\ninstances = 17\n"),
    ("cdx-toml", "[scale-unit]\ncache-tll = \"1m\"\n"),
    ("cdx-toml", "[scale-unit]\ncache-ttl = 15\n"),
    ("cdx-toml", "[e-commerce]\nfeature-ttl = \"soon\"\n"),
    ("cdx-toml", "[upload]\ntopology = \"three-phase\"\n"),
    ("cdx-toml", "[packages]\nretentions = \"1d\"\n"),
    ("cdx-toml", "[doctor]\nsession-budget = -1\n"),
    ("cdx-toml", "[[suppress]]\ncode = \"CDX303\"\n"),
    ("cdx-toml", "[[suppress]]\ncode = \"CDX303\"\nreason = \" \"\n"),
    ("cdx-toml", "[[suppress]]\ncode = \"CDX303\"\nreason = \"x\"\nexpires = \"soon\"\n"),
    ("cdx-toml", "[[suppress]]\ncode = \"CDX303\"\nreason = \"x\"\nscope = { file = \"a\" }\n"),
    ("cdx-toml", "[[extension]]\nfolder = \"x\"\n"),
    ("cdx-toml", "suppress = 1\n"),
    ("job", "[job]\nid = \"A\"\ndirection = \"download\"\n"),
    ("job", "[job]\nid = \"A\"\nname = \"a\"\ndirection = \"sideways\"\n"),
    ("job", "[job]\nid = \"A B\"\nname = \"a\"\ndirection = \"download\"\n"),
    ("job", "[job]\nid = \"A\"\nname = \"a\"\ndirection = \"download\"\ngrade = \"sure\"\n"),
    ("job", "[[subjob]]\nfields = [\"A\"]\n"),
    ("job", "[[subjob]]\nid = \"CUSTTABLE\"\nfields = \"A\"\n"),
    ("job", "[[subjob]]\nid = \"CUSTTABLE\"\nrename = { A = 1 }\n"),
    ("job", "[[subjob]]\nid = \"CUSTTABLE\"\nfilter = { joins = [] }\n"),
    ("job", "[[subjob]]\nid = \"CUSTTABLE\"\nfilter = { channel = \"A\", on = \"B\" }\n"),
    ("gate", "[lifecycle]\nreleased = \"10.0.1\"\n"),
    ("gate", "[feature]\nslug = \"x\"\nname = \"X\"\ngrade = \"assumed\"\n"),
    ("gate", "[feature]\nslug = \"X y\"\nname = \"X\"\ngrade = \"assumed\"\nsource = \"s\"\n"),
    ("scenario", "name = \"x\"\n"),
    ("scenario", "name = \" \"\n[[step]]\nrun = \"status\"\n"),
    ("scenario", "name = \"x\"\n[[step]]\nrun = \"\"\n"),
    ("scenario", "name = \"x\"\n[[step]]\nexpect = { exit = 1 }\n"),
    ("scenario", "name = \"x\"\n[[step]]\nrun = \"status\"\nexpect = { exit = 256 }\n"),
    ("scenario", "name = \"x\"\n[[step]]\nrun = \"status\"\nsave = { A = \"a\" }\n"),
    ("scenario", "name = \"x\"\n[[step]]\nrun = \"status\"\ndoctor = { none = \"error\" }\n"),
    ("scenario", "name = \"x\"\n[[step]]\ndoctor = { none = \"nothing\" }\n"),
    ("scenario", "name = \"x\"\n[matrix]\nv = []\n[[step]]\nrun = \"status\"\n"),
    ("scenario", "name = \"x\"\n[environment]\nchannel = 1\n[[step]]\nrun = \"status\"\n"),
];

/// What a right gate file begins with.
const GATE: &str = "[feature]\nslug = \"x\"\nname = \"X\"\ngrade = \"assumed\"\nsource = \"s\"\n";

/// What makes it wrong.
const WRONG_GATE: &[&str] = &[
    "can-disable = \"no\"\n",
    "[lifecycle]\n",
    "[lifecycle]\nreleased = \"ten\"\n",
    "[lifecycle]\nreleased = \"10.0.1\"\nlate = \"10.0.2\"\n",
    "[[requires]]\nfirst = true\n",
    "[[requires]]\nfeature = \"async-address-creation\"\nwhen = \"a b\"\n",
    "[[configuration]]\nname = \"a\"\nbefore = \"enable\"\ntext = \"t\"\n",
    "[[step]]\nwait = true\n",
    "[[step]]\njob = \"1110\"\nfact = \"f\"\n",
    "[[step]]\nrestart = \"computer\"\n",
];

/// What the program says of a file.
fn read(env: &Env, name: &str, text: &str) -> Run {
    let file = match name {
        "job" => "jobs/x.toml",
        "gate" => "gates/x.toml",
        "scenario" => "x.toml",
        _ => "cdx.toml",
    };
    let path = env.path().join(file);
    let before = fs::read_to_string(&path).ok();
    env.write(file, text);
    let command = match name {
        "job" => "jobs check",
        "scenario" => "test --list x.toml",
        _ => "features list",
    };
    let run = env.run(command);
    match before {
        Some(before) => fs::write(path, before).unwrap(),
        None => fs::remove_file(path).unwrap(),
    }
    run
}

#[test]
fn what_is_wrong_is_wrong_for_the_schema_and_for_the_program() {
    let gates: Vec<String> = WRONG_GATE.iter().map(|more| format!("{GATE}{more}")).collect();
    let gates = gates.iter().map(|text| ("gate", text.as_str()));
    let env = Env::new();
    for (name, text) in WRONG.iter().copied().chain(gates) {
        let found = as_json(text);
        assert!(!schema(name).is_valid(&found), "the {name} schema takes\n{text}");
        let run = read(&env, name, text);
        assert!(run.code == 1 || run.code == 2, "the program takes\n{text}\n{}", run.text());
    }
    let right = [
        ("gate", GATE),
        ("job", "[job]\nid = \"A\"\nname = \"a\"\ndirection = \"download\"\n"),
        ("cdx-toml", "[environment]\ncompany = \"USRT\"\n"),
    ];
    for (name, text) in right {
        assert!(schema(name).is_valid(&as_json(text)), "{text}");
        read(&env, name, text).expect(0);
    }
}

#[test]
fn every_key_of_a_schema_is_read() {
    // A value of no key's type: what the program does not complain about, it does not read.
    let env = Env::new();
    let mut tried = 0;
    for (table, name, before) in [
        ("environment", "cdx-toml", "[environment]\n"),
        ("scale-unit", "cdx-toml", "[scale-unit]\n"),
        ("e-commerce", "cdx-toml", "[e-commerce]\n"),
        ("upload", "cdx-toml", "[upload]\n"),
        ("packages", "cdx-toml", "[packages]\n"),
        ("change-tracking", "cdx-toml", "[change-tracking]\n"),
        ("doctor", "cdx-toml", "[doctor]\n"),
        ("suppress", "cdx-toml", "[[suppress]]\n"),
        ("extension", "cdx-toml", "[[extension]]\n"),
        ("job", "job", "[job]\n"),
        ("subjob", "job", "[[subjob]]\n"),
        ("feature", "gate", "[feature]\n"),
        ("lifecycle", "gate", "[lifecycle]\n"),
        ("requires", "gate", "[[requires]]\n"),
        ("configuration", "gate", "[[configuration]]\n"),
        ("step", "gate", "[[step]]\n"),
    ] {
        let run = Run::of(program(env.path()).args(["schema", name]).output().unwrap());
        let made: Value = serde_json::from_str(&run.out).unwrap();
        for key in keys(&made, &made["properties"][table]) {
            let text = format!("{before}{key} = 1979-05-27T07:32:00\n");
            let text = if key == "expires" { format!("{before}{key} = 1\n") } else { text };
            let whole =
                if name == "gate" && table != "feature" { GATE.to_owned() + &text } else { text };
            let run = read(&env, name, &whole);
            let said = run.out + &run.err;
            assert!(said.contains(&format!("{key} is ")), "{name} {table}.{key}: {said}");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

fn keys(root: &Value, of: &Value) -> Vec<String> {
    let of = if of["items"].is_object() { &of["items"] } else { of };
    match of["$ref"].as_str() {
        Some(name) => keys(root, &root["$defs"][name.rsplit('/').next().unwrap()]),
        None => of["properties"].as_object().unwrap().keys().cloned().collect(),
    }
}
