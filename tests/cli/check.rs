//! `cdx check`: how it ends, what it reads, and what it says it has not judged.

use std::fs;

use super::harness::{Env, Run};

/// A script with nothing wrong in it.
pub const CLEAN: &str = "IF OBJECT_ID('[ext].[CONTOSOSEAT]') IS NULL\nBEGIN\n    \
    CREATE TABLE [ext].[CONTOSOSEAT] (\n        [SEATID] nvarchar(10) NOT NULL DEFAULT (''),\n        \
    CONSTRAINT [I_CONTOSOSEAT] PRIMARY KEY ([SEATID])\n    );\nEND\nGO\n\
    GRANT SELECT ON [ext].[CONTOSOSEAT] TO [UsersRole];\n\
    GRANT SELECT ON [ext].[CONTOSOSEAT] TO [DeployExtensibilityRole];\n\
    GRANT SELECT, INSERT, UPDATE, DELETE ON [ext].[CONTOSOSEAT] TO [DataSyncUsersRole];\nGO\n";
/// One that drops a table of the product, an error (CDX710).
pub const BROKEN: &str = "DROP TABLE IF EXISTS [ax].[CUSTTABLE];\nGO\n";

/// A folder with these files.
pub fn repository(files: &[(&str, &str)]) -> Env {
    let env = Env::empty();
    for (name, text) in files {
        env.write(name, text);
    }
    env
}

fn codes(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn it_ends_in_each_exit_code() {
    let env = repository(&[("ChannelDatabase/a.sql", CLEAN)]);
    env.run("check").expect(0);
    // A single rule that has nothing to go by has judged nothing.
    env.run("check --only CDX713").expect(3);
    env.write("ChannelDatabase/b.sql", BROKEN);
    env.run("check").expect(1);
    env.run("check --fail-on never").expect(0);
    env.run("check --skip foreign-schema,CDX711").expect(0);
    env.run("check --only CDX702").expect(0);
    for (typed, code) in [
        ("check nowhere", "no-such-path"),
        ("check --only CDX999", "unknown-rule"),
        ("check --only CDX210", "other-rule"),
        ("check --only CDX710 --skip CDX710", "usage"),
        ("check --write-baseline", "usage"),
    ] {
        let run = env.run(&format!("{typed} --format json")).expect(2);
        assert_eq!(run.json()["error"]["code"], code, "{typed}");
    }
    let run = env.run("check --only CDX210").expect(2);
    assert!(run.err.contains("hint: ask there: cdx doctor --only CDX210"), "{}", run.text());
    let run = env.run("doctor --only value-can-be-too-long").expect(2);
    assert!(run.err.contains("hint: ask there: cdx check --only CDX704"), "{}", run.text());
}

#[test]
fn where_there_is_nothing_to_check_it_says_so() {
    let env = Env::empty();
    let run = env.run("check").expect(2);
    assert!(run.err.starts_with("error: nothing to check in \".\""), "{}", run.text());
    env.write("README.md", "hello");
    env.write("bin/ChannelDatabase/a.sql", CLEAN);
    env.write("web.config.xml", "<configuration/>");
    env.run("check").expect(2);
    // A script elsewhere is no channel script, until its folder is named.
    env.write("sql/a.sql", CLEAN);
    let run = env.run("check").expect(2);
    assert!(run.err.contains("1 script in no project of channel scripts"), "{}", run.text());
    assert!(run.err.contains("cdx check sql"), "{}", run.text());
    env.run("check sql").expect(0);
    env.run("check sql/a.sql").expect(0);
    // Of several paths the one without anything is told.
    let text = env.run("check sql bin/../web.config.xml").expect(0).out;
    assert!(text.contains("not judged: bin/../web.config.xml: nothing in it to check"), "{text}");
}

#[test]
fn the_text_shows_the_lines_and_ends_with_what_was_judged() {
    let env = repository(&[
        ("ChannelDatabase/a.sql", CLEAN),
        ("ChannelDatabase/b.sql", BROKEN),
        ("copy/ChannelDatabase/a.sql", CLEAN),
        ("sql/c.sql", CLEAN),
    ]);
    let run = env.run("check --only CDX710,CDX713").expect(1);
    insta::assert_snapshot!(run.text(), @r"
    exit 1
    --- stdout
    error[CDX710]: a script drops ax.CUSTTABLE, which is not in ext
     --> ChannelDatabase/b.sql:1:22
      |
    1 | DROP TABLE IF EXISTS [ax].[CUSTTABLE];
      |                      ^^^^^^^^^^^^^^^^ the schema ax is the product's
      |
      = seen: it names ax.CUSTTABLE
      = effect: the script is refused, or an update of the product undoes it
      = help: Make a table of your own in ext, with the key of the one it extends, and take USE out.
      = more: cdx explain CDX710

    judged: 0 subjobs, 1 table, 2 scripts; base tables: the shipped list of base tables
    not judged: published scripts: no --since says which revision was published
    not read: 1 script in no project of channel scripts (sql/c.sql); name the folder to check them
    read once: 1 file with the content of another (copy/ChannelDatabase/a.sql)
    1 check: 0 passed, 1 failed, 0 crashed; 1 skipped
    1 error, 0 warnings, 0 infos
    --- stderr
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_its_line() {
    let seed = "<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">\n  <Jobs></jobs>\n";
    let env = repository(&[("CDX/Seed.xml", seed)]);
    let run = env.run("check --format json").expect(1);
    let finding = &run.json()["findings"][0];
    assert_eq!(finding["code"], "CDX718");
    assert_eq!(finding["subject"]["file"], "CDX/Seed.xml");
    assert_eq!(finding["subject"]["line"], 2);
    let text = env.run("check").expect(1).out;
    assert!(text.contains("--> CDX/Seed.xml:2:"), "{text}");
}

#[test]
fn other_encodings_are_read_and_told() {
    let env = repository(&[("ChannelDatabase/a.sql", CLEAN)]);
    let wide = [0xff, 0xfe].into_iter();
    let wide: Vec<u8> = wide.chain(BROKEN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(env.path().join("ChannelDatabase/b.sql"), wide).unwrap();
    fs::write(env.path().join("ChannelDatabase/c.sql"), b"-- caf\xe9\nSELECT 1\n").unwrap();
    let run = env.run("check --format json").expect(1);
    let report = run.json();
    assert_eq!(report["encodings"][0]["encoding"], "UTF-16");
    assert_eq!(report["encodings"][1]["encoding"], "Windows-1252");
    assert!(codes(&run).contains(&"CDX710".to_owned()), "{report:#}");
    let text = env.run("check").expect(1).out;
    assert!(text.contains("in UTF-16: ChannelDatabase/b.sql\n"), "{text}");
    assert!(text.contains("in Windows-1252: ChannelDatabase/c.sql\n"), "{text}");
}

#[test]
fn two_packages_of_one_repository_are_read_together() {
    let env = repository(&[
        ("Store/ChannelDatabase/a.sql", CLEAN),
        ("Web/ChannelDatabase/a.sql", BROKEN),
        ("Web/ChannelDatabase/sub/b.sql", CLEAN),
    ]);
    let report = env.run("check --format json").expect(1).json();
    assert_eq!(report["judged"]["scripts"], 3);
    let report = env.run("check Store --format json").expect(0).json();
    assert_eq!(report["judged"]["scripts"], 1);
    let report = env.run("check Store Web/ChannelDatabase --format json").expect(1).json();
    assert_eq!(report["judged"]["scripts"], 3);
    // The same folder twice is one.
    let report = env.run("check Store Store --format json").expect(0).json();
    assert_eq!(report["judged"]["scripts"], 1);
    assert_eq!(report["repeated"], serde_json::json!([]));
}

#[test]
fn it_needs_no_environment_and_makes_none() {
    let env = repository(&[("ChannelDatabase/a.sql", CLEAN)]);
    let before = names(&env);
    let report = env.run("check --format json").expect(0).json();
    assert!(report.get("environment").is_none(), "{report:#}");
    assert_eq!(names(&env), before);
    env.args(&["--env", "nowhere", "check"]).expect(0);
}

fn names(env: &Env) -> Vec<std::path::PathBuf> {
    let mut names: Vec<_> =
        fs::read_dir(env.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

#[test]
fn what_a_file_holds_is_shown_and_not_obeyed() {
    let text = "DROP TABLE [ax].[A\u{1b}[31mB]; -- \u{202e}\n";
    let env = repository(&[("ChannelDatabase/a\u{1b}b.sql", text)]);
    for format in ["text", "json", "junit", "sarif", "github"] {
        let run = env.args(&["check", "--color", "always", "--format", format]).expect(1);
        assert!(!run.out.contains("\u{1b}[31mB"), "{format}: {}", run.out);
        assert!(!run.out.contains('\u{202e}'), "{format}: {}", run.out);
        assert!(!run.out.contains("a\u{1b}b"), "{format}: {}", run.out);
    }
    let coloured = env.args(&["check", "--color", "always"]).expect(1).out;
    let plain = env.args(&["check"]).expect(1).out;
    assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
}

#[test]
fn the_rules_are_explained() {
    let env = Env::empty();
    let page = env.run("explain CDX704").expect(0).out;
    assert!(page.starts_with("CDX704 value-can-be-too-long (error)\n"), "{page}");
    let list = env.run("explain rules").expect(0).out;
    assert!(list.contains("CDX718") && list.contains("CDX303"), "{list}");
    assert_eq!(list.matches("CDX902").count(), 1, "{list}");
}
