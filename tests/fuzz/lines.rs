//! Command lines made from the documented ones: a way through clap's tree, with options that are
//! there and values that fit or do not.

use clap::{Arg, ArgAction, Command};

use super::mutate;
use super::random::Random;

/// Names that an environment has.
const NAMES: &[&str] = &[
    "houston",
    "seattle",
    "online",
    "houston.offline",
    "Default",
    "Stores",
    "Online",
    "1010",
    "1110",
    "1070",
    "P",
    "P-0001",
    "sync-customers",
    "async-customer-editing",
    "00000004",
    "1",
    "2",
    "cache",
    "CDX303",
    "try-count",
    "CDX_ENABLE_ROLLBACK_ON_FAILURE",
    "10.0.48",
    "10.0.29",
    "15m",
    "2026-02-01",
    "yes",
    "no",
    "phone=555",
    "email=a@b.example",
    "a",
    "Ada",
    "new.csv",
    "new.xlsx",
    "apply-fails=houston",
    "rts-down",
    "list",
    "boston",
    "fuzz.csv",
    "0",
    "3",
];

/// A command line, without the program's name.
pub fn line(random: &mut Random, root: &Command) -> Vec<String> {
    let mut words = Vec::new();
    let mut level = root;
    loop {
        let below: Vec<&Command> = level.get_subcommands().filter(|c| is_played(c)).collect();
        if below.is_empty() || random.chance(2) {
            break;
        }
        level = *random.pick(&below);
        words.push(level.get_name().to_owned());
    }
    let own: Vec<&Arg> = level.get_arguments().filter(|arg| !arg.is_global_set()).collect();
    for arg in &own {
        let wanted = if arg.is_required_set() { 97 } else { 25 };
        if random.chance(wanted) && !is_left_out(arg.get_id().as_str()) {
            given(random, arg, &mut words);
        }
    }
    if random.chance(30) {
        words.extend(["--format".to_owned(), "json".to_owned()]);
    }
    if random.chance(10) && !words.is_empty() {
        disturb(random, &mut words);
    }
    words.iter().map(|word| within(word)).collect()
}

/// Commands that a person ends, that tell a long story, or that are about this repository.
fn is_played(command: &Command) -> bool {
    !["docs", "demo", "help"].contains(&command.get_name())
}

fn is_left_out(id: &str) -> bool {
    ["watch", "help", "version"].contains(&id)
}

fn given(random: &mut Random, arg: &Arg, words: &mut Vec<String>) {
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if let Some(long) = arg.get_long() {
        words.push(format!("--{long}"));
    }
    if takes {
        let value = value(random, arg);
        match words.last_mut().filter(|_| arg.get_long().is_some() && random.chance(30)) {
            Some(last) => *last = format!("{last}={value}"),
            None => words.push(value),
        }
    }
}

fn value(random: &mut Random, arg: &Arg) -> String {
    let id = arg.get_id().as_str();
    // How much is made is for whoever asks to say.
    if ["customers", "channels", "instances"].contains(&id) {
        return (*random.pick(&["0", "1", "3", "-1", "x"])).to_owned();
    }
    let known: Vec<String> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !known.is_empty() && random.chance(90) {
        return random.pick(&known).clone();
    }
    let likely = match id {
        "channel" => &["houston", "seattle", "online"][..],
        "account" => &["00000004", "00000007"],
        "job" | "jobs" => &["1010", "1110", "1070", "P", "sync-customers"],
        "feature" => &["async-customer-editing", "async-address-creation"],
        "set" => &["phone=555", "first-name=Ada", "street=Main", "email="],
        _ => NAMES,
    };
    match random.below(10) {
        0 => mutate::text(random),
        1 => (*random.pick(NAMES)).to_owned(),
        _ => (*random.pick(likely)).to_owned(),
    }
}

fn disturb(random: &mut Random, words: &mut Vec<String>) {
    let at = random.below(words.len());
    match random.below(4) {
        0 => drop(words.remove(at)),
        1 => words.insert(at, mutate::text(random)),
        2 => words.insert(at, words[at].clone()),
        _ => words.swap(0, at),
    }
}

/// No word leads out of the folder that is played in.
fn within(word: &str) -> String {
    let mut word = word.replace("..", ".").replace(['/', '\\'], "_");
    if word.contains("crash=") {
        word.clear();
    }
    word
}
