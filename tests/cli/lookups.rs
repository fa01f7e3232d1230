//! Every option and argument that takes the name of a thing is looked up, wherever clap's tree has
//! it: an unknown name ends in 2, is named, and nothing is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::{Arg, Command};

use super::harness::Env;

/// What an argument takes.
enum Takes {
    /// The name of a thing that must be there; one that is not.
    Name(&'static str),
    /// Anything: a text, a number, a time, a file, the name of something new.
    Free,
}

/// Arguments that take the name of a thing, and one that is nowhere.
const NAMES: &[(&str, &str)] = &[
    ("channel job jobs add_jobs remove_jobs group groups add_groups remove_groups", "xyzzy"),
    ("feature profile allow fault status only skip name table tables", "xyzzy"),
    ("account default_customer customer", "99999999"),
    ("address", "999999"),
    ("operation", "customer-999"),
    ("instance", "99"),
    ("id", "999"),
    ("currency language country", "XYZ"),
];

/// Arguments that take anything else.
const FREE: &[&str] = &[
    "dir root file files output path paths extension left right base baseline env chapter",
    "app_version scale_unit_version seed limit since every value date duration time days_transactions_exist",
    "at_once keep rows first_name middle_name last_name email phone title secondary_contact attribute contact set identity",
    "street city state zip county channels customers",
];

fn is_among(list: &str, id: &str) -> bool {
    list.split(' ').any(|known| known == id)
}

/// What an argument takes; one that is new is to be put into a list first.
fn takes(words: &str, id: &str) -> Takes {
    match (words, id) {
        ("channels add" | "channels group add", "name")
        | ("pos find-customer" | "customers list", "word")
        // A register has no lists of headquarters (C12).
        | ("pos create-customer", "group" | "currency" | "language")
        | ("pos create-address", "country") => return Takes::Free,
        ("which-job" | "explain" | "customers trace", "word") => return Takes::Name("xyzzy"),
        _ => {}
    }
    let name = NAMES.iter().find(|(list, _)| is_among(list, id));
    let free = FREE.iter().any(|list| is_among(list, id));
    match name {
        Some((_, unknown)) => Takes::Name(unknown),
        None if free => Takes::Free,
        None => panic!("say whether {id:?} of `cdx {words}` takes the name of a thing"),
    }
}

/// A value that fits, where an argument is needed for another to be looked at.
fn fitting(words: &str, id: &str) -> &'static str {
    match (words, id) {
        ("schedules set", "name") => "Downloads",
        ("params set", "name") => "try-count",
        (_, "channel" | "name") => "houston",
        (_, "account") => "00000004",
        (_, "feature") => "emailed-receipts-from-journal",
        (_, "job" | "jobs") => "1010",
        (_, "operation") => "customer-1",
        (_, "profile") => "Stores",
        (_, "table") => "CUSTGROUP",
        (_, "date") => "2026-03-01",
        ("test", "paths") => "scenario.toml",
        ("customers status edit", "set") => "CITY=Rye",
        ("pos edit-address", "set") => "city=Rye",
        (_, "set") => "phone=1",
        _ => "1",
    }
}

/// What a command needs beside its arguments that clap calls required.
fn beside(words: &str, id: &str) -> &'static [&'static str] {
    match (words, id) {
        ("run", "jobs") => &[],
        ("run", _) => &["1010"],
        ("schedules set", "name") => &["--active", "yes"],
        ("pos edit-customer" | "customers edit", _) => &["--set", "phone=1"],
        ("profiles set", _) => &["--async-orders", "yes"],
        ("upgrade", "channel") => &["--scale-unit-version", "10.0.48"],
        _ => &[],
    }
}

fn typed(arg: &Arg, value: &str) -> Vec<String> {
    let long = arg.get_long().map(|long| format!("--{long}"));
    long.into_iter().chain([value.to_owned()]).collect()
}

/// Command lines with a name that is nowhere, plain and with each flag that sends a command
/// another way.
fn lines(command: &Command, words: &str, arg: &Arg, unknown: &str) -> Vec<Vec<String>> {
    let id = arg.get_id();
    let mut line: Vec<String> = words.split(' ').map(str::to_owned).collect();
    let (by_place, by_name): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().partition(|other| other.is_positional());
    for other in by_place.into_iter().chain(by_name) {
        if other.get_id() == id && arg.is_positional() {
            line.push(unknown.to_owned());
        } else if other.get_id() != id && other.is_required_set() {
            line.extend(typed(other, fitting(words, other.get_id().as_str())));
        }
    }
    line.extend(beside(words, id.as_str()).iter().map(|word| (*word).to_owned()));
    // An option that takes several values comes last.
    if !arg.is_positional() {
        line.extend(typed(arg, unknown));
    }
    let conflicts = command.get_arg_conflicts_with(arg);
    let ways = command.get_arguments().filter(|flag| {
        let doctors = ["quick", "fix"];
        let names = if words == "doctor" { doctors } else { ["dry_run", "upload"] };
        names.contains(&flag.get_id().as_str())
            && conflicts.iter().all(|other| other.get_id() != flag.get_id())
    });
    let flags = ways.map(|flag| typed(flag, "").swap_remove(0));
    let others: Vec<_> = flags.map(|flag| [line.clone(), vec![flag]].concat()).collect();
    [vec![line], others].concat()
}

/// Every file of an environment but those that say who writes.
fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
            continue;
        }
        let (name, bytes) = (path.display().to_string(), fs::read(&path).unwrap());
        // A reader makes shared memory and an empty log.
        let none = name.ends_with("-shm") || name.ends_with("-wal") && bytes.is_empty();
        if !none && !name.contains("cdx.lock") {
            found.insert(name, bytes);
        }
    }
}

fn state(env: &Env) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(env.path(), &mut found);
    found
}

fn look_up(env: &Env, command: &Command, words: &str, asked: &mut Vec<String>) {
    for arg in command.get_arguments() {
        if !arg.get_action().takes_values() || !arg.get_possible_values().is_empty() {
            continue;
        }
        let Takes::Name(unknown) = takes(words, arg.get_id().as_str()) else { continue };
        for line in lines(command, words, arg, unknown) {
            let before = state(env);
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            let run = env.args(&[&words[..], &["--format", "json"]].concat()).expect(2);
            let error = &run.json()["error"];
            let message = error["message"].as_str().unwrap();
            assert!(message.contains(unknown), "{line:?}\n{}", run.text());
            assert_ne!(error["code"], "usage", "{line:?} is no line\n{}", run.text());
            assert!(error["hints"].to_string().contains("cdx "), "{line:?}\n{}", run.text());
            assert!(state(env) == before, "{line:?} has written");
            asked.push(line.join(" "));
        }
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        look_up(env, sub, format!("{words} {}", sub.get_name()).trim(), asked);
    }
}

#[test]
fn every_name_that_is_typed_is_looked_up() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("run P");
    env.write("scenario.toml", "name = \"one\"\n[[step]]\nrun = \"status\"\n");
    let mut asked = Vec::new();
    look_up(&env, &cdx::cli::tree(), "", &mut asked);
    assert!(asked.len() > 80, "{}", asked.join("\n"));
    for line in [
        "pos balance --account 00000004 --channel xyzzy",
        "sessions retry 999 --upload",
        "run xyzzy --dry-run",
    ] {
        assert!(asked.iter().any(|asked| asked.starts_with(line)), "{line}");
    }
}
