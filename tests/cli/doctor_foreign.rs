//! The doctor in environments it did not make, or that are broken: a finding or a refusal, never a
//! panic, and the channels that are whole are judged anyway.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use super::harness::{Env, Run};

/// What is done to an environment, and whether its channel is then told to be broken.
type Case = (&'static str, fn(&Env), Option<&'static str>);

/// An environment in which seattle has lost its customers, so that it is seen to be judged.
fn watched() -> Env {
    let env = Env::new();
    env.channel("seattle").execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
    env
}

fn no_panic(run: &Run) {
    assert!(matches!(run.code, 0..=3), "{}", run.text());
    assert!(!run.text().contains("panicked"), "{}", run.text());
}

fn findings<'a>(report: &'a Value, code: &str) -> Vec<&'a Value> {
    let all = report["findings"].as_array().unwrap();
    all.iter().filter(|finding| finding["code"] == code).collect()
}

fn version(path: &std::path::Path, version: i64) {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "user_version", version).unwrap();
}

const CHANNELS: &[Case] = &[
    (
        "missing",
        |env| fs::remove_file(env.channel_path("houston")).unwrap(),
        Some("channels/houston.db is missing"),
    ),
    (
        "a folder",
        |env| {
            fs::remove_file(env.channel_path("houston")).unwrap();
            fs::create_dir(env.channel_path("houston")).unwrap();
        },
        Some("is not a database"),
    ),
    (
        "empty",
        |env| fs::write(env.channel_path("houston"), "").unwrap(),
        Some("is not a channel database"),
    ),
    (
        "cut",
        |env| {
            let whole = fs::read(env.channel_path("houston")).unwrap();
            fs::write(env.channel_path("houston"), &whole[..whole.len() / 3]).unwrap();
        },
        Some("damaged"),
    ),
    (
        "a text",
        |env| fs::write(env.channel_path("houston"), "no database at all\n".repeat(99)).unwrap(),
        Some("is not a database"),
    ),
    (
        "another program's",
        |env| {
            fs::remove_file(env.channel_path("houston")).unwrap();
            env.channel("houston").execute_batch("CREATE TABLE notes (a)").unwrap();
        },
        Some("is not a channel database"),
    ),
    (
        "headquarters'",
        |env| {
            fs::copy(env.path().join("hq.db"), env.channel_path("houston")).unwrap();
        },
        Some("is not a channel database"),
    ),
    ("newer", |env| version(&env.channel_path("houston"), 99), None),
    ("older", |env| version(&env.channel_path("houston"), 1), None),
];

#[test]
fn a_broken_channel_is_told_and_the_others_are_judged() {
    for (what, spoil, said) in CHANNELS {
        let env = watched();
        spoil(&env);
        let run = env.run("doctor --format json").expect(1);
        let report = run.json();
        let told = findings(&report, "CDX901");
        if let Some(said) = said {
            assert_eq!(told.len(), 1, "{what}: {report:#}");
            assert_eq!(told[0]["subject"]["channel"], "houston", "{what}");
            let evidence = told[0]["evidence"].to_string();
            assert!(evidence.contains(said), "{what}: {evidence}");
        } else {
            let reasons = report["rules"].to_string();
            assert!(reasons.contains("houston: "), "{what}: {report:#}");
        }
        let drift = findings(&report, "CDX211");
        assert_eq!(drift.len(), 1, "{what}: seattle is not judged: {report:#}");
        assert_eq!(drift[0]["subject"]["channel"], "seattle", "{what}");
        assert!(report["checks"]["passed"].as_u64().unwrap() > 20, "{what}: {report:#}");
        let others: &[&str] = match *what {
            "missing" | "cut" => {
                &["doctor --quick", "doctor --format sarif", "doctor --fix --dry-run"]
            }
            _ => &["doctor"],
        };
        for words in others {
            let run = env.run(words);
            no_panic(&run);
            assert!(run.code < 2, "{what}: {words}\n{}", run.text());
            let root = env.path().to_string_lossy().into_owned();
            assert!(!run.out.contains(&root), "{what}: the path differs by machine\n{}", run.out);
        }
        env.run("doctor --channel online").expect(0);
    }
}

#[test]
fn without_its_folder_every_channel_is_told() {
    let env = Env::new();
    fs::remove_dir_all(env.path().join("channels")).unwrap();
    let report = env.run("doctor --format json").expect(1).json();
    assert_eq!(findings(&report, "CDX901").len(), 4, "{report:#}");
    let text = env.run("doctor").expect(1).out;
    assert_eq!(text.matches("error CDX901").count(), 1, "once for all: {text}");
    assert!(text.contains("caused by: CDX901\n"), "{text}");
    // The packages are not needed while nothing waits for them.
    let env = Env::new();
    fs::remove_dir_all(env.path().join("packages")).unwrap();
    env.run("doctor").expect(0);
}

#[test]
fn a_channel_that_another_program_locks_is_read() {
    let env = watched();
    let held = env.channel("houston");
    held.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM ax_CUSTTABLE",
    )
    .unwrap();
    let report = env.run("doctor --format json").expect(1).json();
    assert_eq!(findings(&report, "CDX901").len(), 0, "{report:#}");
    let drift = findings(&report, "CDX211");
    assert_eq!(drift.len(), 1, "what is not committed has not happened: {report:#}");
    drop(held);
}

#[test]
fn without_headquarters_it_is_refused() {
    type Spoil = fn(&std::path::Path);
    let cases: &[(&str, Spoil, &str)] = &[
        ("missing", |hq| fs::remove_file(hq).unwrap(), "hq.db is missing"),
        ("empty", |hq| fs::write(hq, "").unwrap(), "is not a headquarters database"),
        (
            "cut",
            |hq| {
                let whole = fs::read(hq).unwrap();
                fs::write(hq, &whole[..20_000]).unwrap();
            },
            "hq.db is damaged",
        ),
        ("a text", |hq| fs::write(hq, "none\n".repeat(999)).unwrap(), "is not a database"),
        ("newer", |hq| version(hq, 99), "schema version 99"),
        ("older", |hq| version(hq, 1), "schema version 1"),
    ];
    for (what, spoil, said) in cases {
        let env = Env::new();
        spoil(&env.path().join("hq.db"));
        for format in ["text", "json", "junit", "sarif", "github"] {
            let run = env.run(&format!("doctor --format {format}")).expect(3);
            assert!(run.err.contains(said), "{what} {format}\n{}", run.text());
            assert!(run.err.contains("hint: "), "{what} {format}\n{}", run.text());
            if format == "json" {
                assert!(run.json()["error"]["message"].is_string(), "{}", run.out);
            } else {
                assert_eq!(run.out, "", "{what} {format}");
            }
        }
    }
}

#[test]
fn what_is_no_environment_is_refused() {
    let env = Env::empty();
    let run = env.run("doctor").expect(3);
    assert!(run.err.contains("no cdx environment at"), "{}", run.err);
    env.write("cdx.toml", "");
    let run = env.run("doctor").expect(3);
    assert!(run.err.contains("hq.db is missing"), "{}", run.err);
    env.write("cdx.toml", "[doctor\nstuck-after = 1");
    let run = env.run("doctor").expect(2);
    assert!(run.err.contains("cdx.toml:1:8: not valid TOML"), "{}", run.err);
}

#[test]
fn a_broken_definition_is_told_and_the_other_rules_go_on() {
    let env = watched();
    env.write("jobs/own.toml", "[[job]]\nid = \"2000\"\nnmae = \"x\"\n");
    let run = env.run("doctor --format json").expect(1);
    let report = run.json();
    let rules = report["rules"].as_array().unwrap();
    let own = rules.iter().find(|rule| rule["code"] == "CDX602").unwrap();
    assert_eq!(own["state"], "crashed", "{own:#}");
    assert!(own["reasons"].to_string().contains("own.toml"), "{own:#}");
    assert_eq!(findings(&report, "CDX211").len(), 1, "{report:#}");
    assert_eq!(report["checks"]["crashed"], 1, "{report:#}");
    env.run("doctor --only CDX602").expect(3);
    for text in ["", "no toml", "\u{0}", "[[subjob]]\n"] {
        env.write("jobs/own.toml", text);
        no_panic(&env.run("doctor"));
    }
    fs::remove_file(env.path().join("jobs/own.toml")).unwrap();
    // Gates are what half of the rules go by: without them nothing can be said.
    env.write("gates/own.toml", "[[gate]]\nslug = 1\n");
    let run = env.run("doctor").expect(2);
    assert!(run.err.contains("own.toml:"), "{}", run.err);
}

/// Drops tables of headquarters; the rules that need them crash or are skipped, none panics.
#[test]
fn headquarters_without_a_table_is_told_rule_by_rule() {
    let crashed = |table: &str| -> (Vec<String>, i32) {
        let env = watched();
        let sql = format!("PRAGMA foreign_keys = OFF; DROP TABLE {table}");
        env.hq().execute_batch(&sql).unwrap();
        let run = env.run("doctor --format json");
        no_panic(&run);
        let report = run.json();
        let rules = report["rules"].as_array().into_iter().flatten();
        let own = rules.filter(|rule| rule["state"] == "crashed" || rule["state"] == "skipped");
        (own.map(|rule| rule["code"].as_str().unwrap().to_owned()).collect(), run.code)
    };
    let (codes, code) = crashed("BATCHJOB");
    assert_eq!(
        (codes, code),
        (["CDX205", "CDX304", "CDX306", "CDX403", "CDX407", "CDX504"].map(String::from).into(), 1)
    );
    // What cannot be looked at has not passed.
    let (codes, _) = crashed("RETAILCONNSCHEDULERJOBTABLE");
    for code in ["CDX210", "CDX211", "CDX212", "CDX401", "CDX405", "CDX406", "CDX603", "CDX604"] {
        assert!(codes.iter().any(|known| known == code), "{code} of {codes:?}");
    }
    let (codes, _) = crashed("RETAILASYNCCUSTOMERV2");
    for code in ["CDX401", "CDX405", "CDX406", "CDX501", "CDX502"] {
        assert!(codes.iter().any(|known| known == code), "{code} of {codes:?}");
    }
    let (_, code) = crashed("RETAILCONNDATABASEPROFILE");
    assert_eq!(code, 3, "without the list of channels nothing can be said");
}

#[test]
fn what_is_too_old_to_be_compared_has_not_passed() {
    let env = watched();
    let sql = "UPDATE cdx_TRACKING SET VERSION = VERSION + 50, MINVALID = VERSION + 40";
    env.hq().execute_batch(sql).unwrap();
    let report = env.json("doctor --only CDX211");
    assert_eq!(report["checks"]["skipped"], 1, "{report:#}");
    assert!(report["rules"].to_string().contains("changes are known from"), "{report:#}");
}

#[test]
fn rubbish_in_a_channels_own_columns_is_told() {
    for sql in [
        "INSERT OR REPLACE INTO cdx_CACHE SELECT * FROM cdx_CACHE; UPDATE cdx_CACHE SET VALUE = '{'",
        "UPDATE cdx_REALTIMECALL SET REASONS = 'no json'",
        "UPDATE ax_RETAILCHANNELTABLE SET RECID = RECID + 7",
    ] {
        let env = watched();
        env.ok("pos create-customer --channel houston --first-name A --last-name B");
        env.channel("houston").execute_batch(sql).unwrap();
        let run = env.run("doctor --format json");
        no_panic(&run);
        let report = run.json();
        assert!(report.to_string().contains("houston"), "{sql}: {report:#}");
        let drift = findings(&report, "CDX211");
        assert!(drift.iter().any(|one| one["subject"]["channel"] == "seattle"), "{report:#}");
    }
}

/// What is broken in headquarters is not laid at a channel's door, where the fix would empty it.
#[test]
fn damage_in_headquarters_blames_no_channel() {
    for table in ["RETAILCDXDOWNLOADSESSIONDATASTORE", "RETAILCDXDOWNLOADSESSION", "CUSTTABLE"] {
        let env = Env::new();
        let (page, size) = {
            let hq = env.hq();
            let _: String =
                hq.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).unwrap();
            let root = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?1";
            let page: i64 = hq.query_row(root, [table], |row| row.get(0)).unwrap();
            let size: i64 = hq.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
            (page, size)
        };
        let path = env.path().join("hq.db");
        let mut bytes = fs::read(&path).unwrap();
        let at = usize::try_from((page - 1) * size).unwrap();
        bytes[at..at + 64].fill(0xEE);
        fs::write(&path, bytes).unwrap();
        let run = env.run("doctor --format json");
        no_panic(&run);
        let report = run.json();
        for finding in findings(&report, "CDX901") {
            assert!(finding["subject"]["channel"].is_null(), "{table}: {finding:#}");
        }
        assert!(!run.out.contains("channels rebuild"), "{table}: {}", run.out);
    }
}

/// What cannot be read is told, as an error, whatever is left out; nobody is told to throw it away.
#[test]
fn a_channel_that_cannot_be_read_is_a_finding() {
    let newer = "PRAGMA user_version = 99";
    for words in ["doctor", "doctor --quick", "doctor --only CDX901 --quick"] {
        let env = Env::new();
        env.channel("seattle").execute_batch(newer).unwrap();
        let report = env.run(&format!("{words} --format json")).expect(1).json();
        let found = findings(&report, "CDX901");
        assert_eq!(found.len(), 1, "{words}\n{report:#}");
        assert_eq!(found[0]["subject"]["channel"], "seattle");
        assert_eq!(found[0]["severity"], "error");
        assert!(found[0]["evidence"].to_string().contains("schema version 99"), "{report:#}");
        assert!(found[0]["fix"].is_null(), "the file is whole: {report:#}");
        fs::remove_file(env.channel_path("seattle")).unwrap();
        let report = env.run(&format!("{words} --format json")).expect(1).json();
        assert_eq!(findings(&report, "CDX901")[0]["title"], "the database file is missing");
    }
}

/// Nothing was found is no answer where a rule could not be carried out.
#[test]
fn a_rule_that_crashed_is_no_good_news() {
    let env = Env::new();
    env.ok("doctor");
    let sql = "PRAGMA foreign_keys = OFF; DROP TABLE RETAILCONNPARAMETERS";
    env.hq().execute_batch(sql).unwrap();
    for words in ["doctor --only CDX207,CDX104", "doctor --only CDX207 --fail-on never"] {
        for format in ["text", "json", "junit", "sarif", "github"] {
            env.run(&format!("{words} --format {format}")).expect(3);
        }
    }
    // Where something counts, that is the answer.
    let env = watched();
    env.hq().execute_batch(sql).unwrap();
    let report = env.run("doctor --only CDX207,CDX211 --format json").expect(1).json();
    assert_eq!(report["checks"]["crashed"], 1, "{report:#}");
    env.run("doctor --only CDX207,CDX211 --fail-on never").expect(3);
}
