//! The plan's script, when run, ends with the feature effective, from wherever it starts.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use cdx::gates::Catalogue;
use serde_json::Value;
use tempfile::TempDir;

use super::harness::{Env, Run, copy, program};

/// An environment of an older version, copied from one made once.
fn of_version(version: &'static str) -> Env {
    static TEMPLATES: OnceLock<Vec<(&str, TempDir)>> = OnceLock::new();
    let templates = TEMPLATES.get_or_init(|| {
        VERSIONS
            .map(|version| {
                let dir = TempDir::new().unwrap();
                let words = ["init", ".", "--customers", "3", "--app-version", version];
                Run::of(program(dir.path()).args(words).output().unwrap()).expect(0);
                (version, dir)
            })
            .into()
    });
    let (_, template) = templates.iter().find(|(known, _)| *known == version).unwrap();
    let dir = TempDir::new().unwrap();
    copy(template.path(), dir.path()).unwrap();
    fs::create_dir_all(dir.path().join("gates")).unwrap();
    for (slug, rest) in OWN {
        let text = format!(
            "[feature]\nslug = \"{slug}\"\nclass = \"Class_{slug}\"\nname = \"Name {slug}\"\n\
             name-es = \"Nombre {slug}\"\nmodule = \"m\"\ngrade = \"assumed\"\nsource = \"ours\"\n{rest}"
        );
        fs::write(dir.path().join(format!("gates/{slug}.toml")), text).unwrap();
    }
    let settings = dir.path().join("cdx.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("instances = 1", "instances = 2")).unwrap();
    Env { dir }
}

/// Gates of an environment's own, with what the shipped ones do not have together.
const OWN: &[(&str, &str)] = &[
    ("own-bare", "[lifecycle]\nreleased = \"10.0.5\"\n"),
    ("own-keyed", "configuration-key = \"Extras\"\n[lifecycle]\nreleased = \"10.0.30\"\n"),
    (
        "own-default",
        "[lifecycle]\nreleased = \"10.0.15\"\non-by-default = \"10.0.29\"\n\
         [[configuration]]\nname = \"own-thing\"\nbefore = \"1070\"\ntext = \"a thing,\\nhere\"\n\
         effect = \"it's broken\"\n[[step]]\njob = \"1070\"\n",
    ),
    (
        "own-deep",
        "one-way = true\nconfirmation = \"sure\"\n[lifecycle]\npreview = \"10.0.29\"\n\
         scale-unit = \"10.0.41\"\n[[requires]]\nfeature = \"async-customer-editing\"\n\
         [[requires]]\nfeature = \"cloud-powered-customer-search\"\n[[requires]]\n\
         feature = \"own-bare\"\nwhen = \"own-fact\"\n[[step]]\njob = \"1070\"\nwait = true\n\
         [[step]]\nfact = \"own-fact\"\ntext = \"do it\"\n[[step]]\njob = \"1110\"\n[[step]]\n\
         restart = \"register\"\n[[step]]\nrestart = \"scale-unit\"\n",
    ),
    (
        "own-apart",
        "excludes = [\"own-bare\", \"enhanced-wallet-support\"]\n[lifecycle]\n\
         released = \"10.0.28\"\n[[step]]\ninitialize = true\n[[step]]\njob = \"1010\"\n",
    ),
];

const VERSIONS: [&str; 4] = ["10.0.10", "10.0.28", "10.0.40", "10.0.48"];

fn gates() -> Vec<String> {
    let jobs = cdx::definitions::job_ids(&cdx::definitions::shipped());
    let shipped = Catalogue::load(&[], &jobs).unwrap().gates.into_iter();
    // One known feature stands for those without demands.
    let shown = shipped.filter(|gate| !gate.known || gate.slug == "compress-payment-tokens");
    shown.map(|gate| gate.slug).chain(OWN.iter().map(|(slug, _)| (*slug).to_owned())).collect()
}

/// Writes the plan's script to a file and runs it with the program first on the path.
fn follow(env: &Env, feature: &str, channel: Option<&str>) -> Result<(), String> {
    let only = channel.map_or_else(String::new, |name| format!(" --channel {name}"));
    let planned = env.run(&format!("features plan {feature}{only} --script sh"));
    if planned.code != 0 {
        return Err(format!("the plan: {}", planned.text()));
    }
    env.write("way.sh", &planned.out);
    let folder = Path::new(env!("CARGO_BIN_EXE_cdx")).parent().unwrap();
    let mut sh = Command::new("/bin/sh");
    sh.arg("way.sh").current_dir(env.path()).env_clear().env("HOME", env.path());
    let run = Run::of(sh.env("PATH", folder).output().unwrap());
    if run.code != 0 {
        return Err(format!("{}\n{}", planned.out, run.text()));
    }
    let shown = env.json(&format!("features show {feature}"));
    let channels = shown["channels"].as_array().unwrap();
    let asked = |one: &&Value| channel.is_none_or(|name| one["channel"] == name);
    let late: Vec<&Value> = channels
        .iter()
        .filter(asked)
        .filter(|one| one["state"] != "effective" || one["in_effect"] != true)
        .collect();
    if !late.is_empty() {
        return Err(format!("{}\n{late:#?}", planned.out));
    }
    let again = env.json(&format!("features plan {feature}{only}"));
    if again["effective"] != true || again["steps"] != serde_json::json!([]) {
        return Err(format!("a second plan: {again:#}"));
    }
    Ok(())
}

#[test]
fn the_script_gets_there_for_every_gate() {
    for feature in gates() {
        let env = of_version("10.0.48");
        follow(&env, &feature, None).unwrap_or_else(|e| panic!("{feature}\n{e}"));
    }
}

/// Start states that once led astray, or that stand for a kind of their own.
#[test]
fn the_script_gets_there_from_known_states() {
    for (version, said, feature, channel) in [
        (
            "10.0.48",
            &["channels pause online", "schedules set Downloads --active no"][..],
            "async-customer-editing",
            None,
        ),
        (
            "10.0.10",
            &["schedules set Downloads --jobs 1110"],
            "cloud-powered-customer-search",
            None,
        ),
        (
            "10.0.10",
            &["params set default-feature-enablement yes"],
            "modern-customer-details-page",
            None,
        ),
        (
            "10.0.48",
            &["run 1110", "clock advance 130d", "channels add boston"],
            "cloud-powered-customer-search",
            Some("online"),
        ),
        (
            "10.0.48",
            &["features enable emailed-receipts-of-any-type --with-prerequisites", "sql METADATA"],
            "customer-order-performance",
            None,
        ),
        (
            "10.0.48",
            &["features enable-all --confirm", "run 1110", "pos restart"],
            "modern-customer-details-page",
            None,
        ),
        (
            "10.0.48",
            &["features enable own-default", "run 1070 --allow own-thing"],
            "own-default",
            None,
        ),
        (
            "10.0.48",
            &[
                "params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1",
                "params set try-count 1",
                "features enable async-address-creation",
                "run 1110 --fault apply-fails=houston:1",
            ],
            "async-address-creation",
            None,
        ),
        (
            "10.0.48",
            &[
                "params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1",
                "run 1170 --fault apply-fails=houston:1",
            ],
            "enhanced-wallet-support",
            None,
        ),
        (
            "10.0.48",
            &["channels group add West", "channels add denver --group West"],
            "async-customer-editing",
            None,
        ),
        ("10.0.28", &["params set configuration-key-extras no"], "own-keyed", Some("seattle")),
    ] {
        let env = of_version(version);
        for words in said {
            obey(&env, words);
        }
        follow(&env, feature, channel).unwrap_or_else(|e| panic!("{feature} {said:?}\n{e}"));
    }
}

/// Chance that is the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[(self.next() % from.len() as u64) as usize]
    }
}

const CHANNELS: [&str; 3] = ["houston", "seattle", "online"];

/// A command that brings an environment somewhere; what it answers does not matter.
fn stray(chance: &mut Chance, gates: &[&str]) -> String {
    let gate = chance.pick(gates);
    let channel = chance.pick(&CHANNELS);
    let job = chance.pick(&["1110", "1070", "1010", "1170", "1110 1070", "1110 1010 1070"]);
    let fact = chance.pick(&[
        "receipt-template-mapped",
        "shared-warehouses",
        "media-sync-ended",
        "media-products-synchronized",
        "discounts-synchronized",
        "media-site-switched",
        "own-thing",
        "own-fact",
        "configuration-key-extras",
    ]);
    let yes = chance.pick(&["yes", "yes", "no"]);
    let more = chance.pick(&["--full", "", "", "--fault apply-fails=houston:1", "--fault random"]);
    match chance.next() % 26 {
        0..4 => {
            format!("features enable {gate} --with-prerequisites --confirm --accept-irreversible")
        }
        4 | 5 => format!("features disable {gate} --cascade"),
        6 => format!("features disable {gate} --force"),
        7 => "features enable-all --confirm --accept-irreversible".to_owned(),
        8..11 => format!("run {job} {more}"),
        11 | 12 => format!("run {job} --channel {channel}"),
        13 => format!("channels {} {channel}", chance.pick(&["pause", "resume"])),
        14 => format!("schedules set Downloads --active {yes}"),
        15 => format!("schedules set Downloads --jobs {job}"),
        16 => format!("clock advance {}", chance.pick(&["5m", "16m", "1d", "45d", "130d"])),
        17 | 18 => format!("pos balance --channel {channel} --account 00000001 --instance 1"),
        19 => chance.pick(&["csu restart", "csu restart --e-commerce", "pos restart"]).to_owned(),
        20 => format!("params set {fact} {yes} --force"),
        21 => chance.pick(&["scheduler init", "scheduler init --delete-existing"]).to_owned(),
        22 => chance
            .pick(&[
                "upgrade --app-version 10.0.29",
                "upgrade --app-version 10.0.41",
                "upgrade --app-version 10.0.48",
                "upgrade --app-version 10.0.48 --scale-unit-version 10.0.16",
                "upgrade --scale-unit-version 10.0.29 --channel seattle",
                "params set default-feature-enablement yes",
            ])
            .to_owned(),
        23 => chance
            .pick(&[
                "params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1",
                "params set try-count 1",
                "channels add boston",
                "channels group add West",
                "channels add denver --group West",
            ])
            .to_owned(),
        24 => format!("sql {}", chance.pick(&["STATE", "METADATA"])),
        _ => format!("features schedule {gate} 2026-02-{:02}", 1 + chance.next() % 28),
    }
}

fn obey(env: &Env, words: &str) {
    if let Some(table) = words.strip_prefix("sql ") {
        let sql = format!("DELETE FROM ax_FEATUREMANAGEMENT{table} WHERE RECID % 2 = 0");
        env.channel("seattle").execute_batch(&sql).unwrap();
        return;
    }
    let code = env.run(words).code;
    assert!((0..=3).contains(&code), "{words}: {code}");
}

#[test]
fn the_script_gets_there_from_any_state() {
    let seeds = std::env::var("CDX_SCRIPT_SEEDS").unwrap_or_else(|_| "0..40".to_owned());
    let (from, to) = seeds.split_once("..").unwrap();
    let gates = gates();
    let gates: Vec<&str> = gates.iter().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for seed in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        let mut chance = Chance(seed);
        let env = of_version(chance.pick(&VERSIONS));
        let mut said = Vec::new();
        for _ in 0..chance.next() % 14 {
            let words = stray(&mut chance, &gates);
            obey(&env, &words);
            said.push(words);
        }
        // A fault that nothing has met yet would still strike, and rightly end the script.
        env.hq().execute_batch("DELETE FROM cdx_FAULT").unwrap();
        let feature = chance.pick(&gates);
        let channel = Some(chance.pick(&CHANNELS)).filter(|_| chance.next().is_multiple_of(3));
        if let Err(e) = follow(&env, feature, channel) {
            wrong.push(format!(
                "seed {seed}: {feature} {channel:?} after\n  {}\n{e}",
                said.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of them\n{}", wrong.len(), wrong.join("\n=====\n"));
}
