//! The formats of a diagnosis beside text and JSON, several in one run, and the format that a
//! variable prefers.

use std::fs;

use serde_json::Value;

use super::check::{BROKEN, repository};
use super::harness::{Env, Run, program};

/// Runs with a variable set.
fn with(env: &Env, name: &str, value: &str, words: &str) -> Run {
    let output = program(env.path()).env(name, value).args(words.split(' ')).output();
    Run::of(output.unwrap())
}

#[test]
fn markdown_has_the_verdict_the_causes_and_their_commands() {
    let env = Env::troubled();
    let run = env.run("doctor --only CDX211,CDX207 --format markdown").expect(1);
    insta::assert_snapshot!(run.out, @r#"
    # cdx doctor failed: 2 errors, 1 warning

    | severity | cause | what is wrong | where |
    |---|---|---|---|
    | error | CDX211 channel-drift | ax.CUSTTABLE has rows that are missing | houston, seattle, job 1010, ax.CUSTTABLE |
    | warning | CDX207 try-count-high | "Try count" is 9, 3 is recommended | try-count |

    ## CDX211 channel-drift: ax.CUSTTABLE has rows that are missing

    error: houston, seattle, job 1010, ax.CUSTTABLE

    - houston: 13 missing rows
    - missing: ACCOUNTNUM=00000011, DATAAREAID=USRT
    - missing: ACCOUNTNUM=00000012, DATAAREAID=USRT
    - missing: ACCOUNTNUM=00000013, DATAAREAID=USRT
    - seattle: 13 missing rows

    Effect: the channel works with other data than headquarters

    To fix it (safe):

    ```sh
    cdx run 1010 --full --channel houston
    cdx run 1010 --full --channel seattle
    ```

    ## CDX207 try-count-high: "Try count" is 9, 3 is recommended

    warning: try-count

    - RETAILCONNPARAMETERS TRYCOUNT 9

    Effect: failing sessions are noticed late

    To fix it (manual):

    ```sh
    cdx params set try-count 3
    ```

    2 errors, 1 warning, 0 info, 0 suppressed, 0 in the baseline; 2 checks run: 0 passed, 2 failed, 0 crashed; 0 skipped
    "#);
    assert_eq!(run.err, "");
}

#[test]
fn markdown_of_what_is_sound_says_so() {
    let run = Env::new().ok("doctor --only CDX211 --format markdown");
    let counts = "0 errors, 0 warnings, 0 info, 0 suppressed, 0 in the baseline; 1 check run: \
                  1 passed, 0 failed, 0 crashed; 0 skipped";
    assert_eq!(run.out, format!("# cdx doctor passed: nothing found\n\n{counts}\n"));
}

#[test]
fn one_line_has_the_counts_and_the_first_cause_with_its_command() {
    let env = Env::troubled();
    let line = "2 errors, 1 warning; CDX211 ax.CUSTTABLE has rows that are missing in houston, \
                seattle: cdx run 1010 --full --channel houston && cdx run 1010 --full --channel \
                seattle\n";
    assert_eq!(env.run("doctor --only CDX211,CDX207 --one-line").expect(1).out, line);
    // What takes long is not looked at.
    let quick = env.run("doctor --quick --only CDX211,CDX207 --one-line").expect(0).out;
    assert!(quick.starts_with("1 warning; CDX207 "), "{quick}");
    assert!(quick.ends_with(": cdx params set try-count 3\n"), "{quick}");
    let sound = Env::new().ok("doctor --only CDX211 --one-line --color always").out;
    assert_eq!(sound, "nothing found\n");
    // It carries the environment that was named, and it is no other format.
    let whole = env.path().display().to_string();
    let named = env.run(&format!("doctor --only CDX211 --one-line --env {whole}")).expect(1).out;
    assert!(named.contains(&format!(" --env {whole}")), "{named}");
    env.run("doctor --one-line --format json").expect(2);
}

#[test]
fn check_has_the_same_formats() {
    let env = repository(&[("ChannelDatabase/a.sql", BROKEN), (".git/HEAD", "ref: x\n")]);
    let markdown = env.run("check --format markdown").expect(1).out;
    assert!(markdown.starts_with("# cdx check failed: "), "{markdown}");
    assert!(markdown.contains("ChannelDatabase/a.sql:"), "{markdown}");
    let line = env.run("check --one-line").expect(1).out;
    assert_eq!(line.lines().count(), 1, "{line}");
    env.run("check --output sarif=a.sarif --output text=a.txt").expect(1);
    super::check_formats::valid(&fs::read_to_string(env.path().join("a.sarif")).unwrap());
    let text = fs::read_to_string(env.path().join("a.txt")).unwrap();
    assert_eq!(text, env.run("check").expect(1).out);
}

#[test]
fn several_formats_of_one_diagnosis_are_written_whole() {
    let env = Env::troubled();
    let all = ["text", "json", "junit", "sarif", "github", "markdown"];
    let wanted: Vec<String> = all.iter().map(|one| format!("--output {one}=out.{one}")).collect();
    let words = format!("doctor --only CDX211,CDX207 {}", wanted.join(" "));
    let printed = env.run(&words).expect(1);
    assert_eq!(printed.err, "");
    for format in all {
        let file = fs::read_to_string(env.path().join(format!("out.{format}"))).unwrap();
        let same = env.run(&format!("doctor --only CDX211,CDX207 --format {format}")).expect(1);
        assert_eq!(file, same.out, "{format}");
        if format == "text" {
            assert_eq!(printed.out, same.out);
        }
    }
    // A file that is there is replaced; nothing is left beside it.
    fs::write(env.path().join("out.json"), "x".repeat(1_000_000)).unwrap();
    env.run("doctor --only CDX211 --output json=out.json --one-line").expect(1);
    let file: Value =
        serde_json::from_slice(&fs::read(env.path().join("out.json")).unwrap()).unwrap();
    assert_eq!((&file["command"], &file["ok"]), (&"doctor".into(), &false.into()));
    let left = fs::read_dir(env.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("partial")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_files_are_of_what_is_left_after_the_fixes() {
    let env = Env::troubled();
    env.run("doctor --only CDX211 --fix --output json=after.json --quiet").expect(0);
    let file: Value =
        serde_json::from_slice(&fs::read(env.path().join("after.json")).unwrap()).unwrap();
    assert_eq!(file["findings"].as_array().unwrap().len(), 0);
    assert_eq!(file["fixes"]["commands"].as_array().unwrap().len(), 2);
}

#[test]
fn files_that_cannot_all_be_written_are_refused_before_anything_is_looked_at() {
    let env = Env::troubled();
    fs::create_dir(env.path().join("folder")).unwrap();
    for (file, text) in [("x.sql", "SELECT 1"), ("seed.xml", "<a/>"), ("hq.db-journal", "log")] {
        env.write(file, text);
    }
    fs::write(env.path().join("wide.xml"), b"\xff\xfe<\0a\0/\0>\0").unwrap();
    let kept = fs::read(env.path().join("cdx.world")).unwrap();
    for (words, code, says) in [
        ("--output json", 2, "expected FORMAT=FILE, with FORMAT one of text, json, junit, sarif"),
        ("--output xml=a", 2, "unknown format \"xml\""),
        ("--output csv=a", 2, "unknown format \"csv\""),
        ("--output json=", 2, "the file is empty"),
        ("--output json=-", 2, "- is no file"),
        ("--output json=a --output text=./a", 2, "one file as \"a\" and \"./a\""),
        ("--output json=a --output text=folder/../a", 2, "one file as"),
        ("--output json=a --output text=./A", 2, "case makes no other file"),
        ("--output json=a --baseline A", 2, "both name"),
        ("--output json=b.json --baseline b.json", 2, "--output and --baseline both name"),
        ("--output json=hq.db", 2, "would replace \"hq.db\" of an environment"),
        ("--output json=channels/houston.db", 2, "of an environment"),
        ("--output json=cdx.toml", 2, "of an environment"),
        ("--output json=cdx.world", 2, "\"cdx.world\", which cdx reads"),
        ("--output text=x.sql", 2, "\"x.sql\", which cdx reads"),
        ("--output junit=seed.xml", 2, "\"seed.xml\", which cdx reads"),
        ("--output junit=wide.xml", 2, "\"wide.xml\", which cdx reads"),
        ("--output json=hq.db-journal", 2, "\"hq.db-journal\", which cdx reads"),
        ("--output json=folder", 2, "folder is a folder, expected a file"),
        ("--output json=none/a", 3, "none/a"),
        ("--output json=a --baseline b --write-baseline", 2, "cannot be used with"),
    ] {
        let run = env.run(&format!("doctor --only CDX211 {words}")).expect(code);
        assert!(run.err.contains(says), "{words}\n{}", run.text());
        assert!(!env.path().join("a").exists(), "{words}");
    }
    assert_eq!(fs::read(env.path().join("cdx.world")).unwrap(), kept);
    // A result is written over an older one.
    fs::remove_file(env.path().join("hq.db-journal")).unwrap();
    for _ in 0..2 {
        env.run("doctor --only CDX211 --output junit=r.xml --output json=r.json").expect(1);
    }
    assert_eq!(env.run("doctor --only CDX211 --one-line").expect(1).out.lines().count(), 1);
}

#[test]
fn a_step_of_github_gets_its_summary() {
    let env = Env::troubled();
    let file = env.path().join("summary.md");
    fs::write(&file, "# before\n").unwrap();
    let path = file.display().to_string();
    let words = "doctor --only CDX211 --format github";
    let run = with(&env, "GITHUB_STEP_SUMMARY", &path, words).expect(1);
    assert!(run.out.starts_with("::error title=CDX211"), "{}", run.out);
    let markdown = env.run("doctor --only CDX211 --format markdown").expect(1).out;
    let summary = fs::read_to_string(&file).unwrap();
    assert_eq!(summary, format!("# before\n{markdown}\n"));
    // Another format adds nothing, and one that cannot be written changes no verdict.
    with(&env, "GITHUB_STEP_SUMMARY", &path, "doctor --only CDX211 --format sarif").expect(1);
    assert_eq!(fs::read_to_string(&file).unwrap(), summary);
    let run = with(&env, "GITHUB_STEP_SUMMARY", "none/summary.md", words).expect(1);
    assert!(
        run.err.starts_with("warning: GITHUB_STEP_SUMMARY could not be written"),
        "{}",
        run.err
    );
}

#[test]
fn a_variable_prefers_a_format_and_breaks_nothing() {
    let env = Env::troubled();
    let preferred = |value: &str, words: &str| with(&env, "CDX_FORMAT", value, words);
    let plain = env.ok("clock show").out;
    // Where the command writes it.
    assert_eq!(preferred("json", "clock show").expect(0).json()["command"], "clock show");
    let junit = preferred("junit", "doctor --only CDX211").expect(1).out;
    assert!(junit.starts_with("<?xml"), "{junit}");
    let page = preferred("json", "report -o -").expect(0).out;
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    env.run("report -o - --format json").expect(2);
    // Where it does not, where it is empty, and where another one is typed.
    for (value, words) in [
        ("junit", "clock show"),
        ("csv", "clock show"),
        ("", "clock show"),
        (" ", "clock show"),
        ("json", "clock show --format text"),
    ] {
        let run = preferred(value, words).expect(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), (plain.as_str(), ""), "{value:?} {words}");
    }
    // A word that is no format is told, and passed over.
    let run = preferred("jsn", "clock show").expect(0);
    assert_eq!(run.out, plain);
    assert!(run.err.contains("unknown format \"jsn\" in CDX_FORMAT"), "{}", run.err);
    assert!(run.err.contains("did you mean \"json\"?"), "{}", run.err);
    assert_eq!(preferred("jsn", "clock show -q").expect(0).err, "");
    // Errors too, also of what is not understood.
    for words in ["clock shw", "run nonsense", "doctor --nonsense"] {
        let run = preferred("json", words).expect(2);
        assert!(run.json()["error"]["message"].is_string(), "{words}");
    }
    assert_eq!(preferred("json", "clock shw --format text").expect(2).out, "");
    // One line is one line.
    assert_eq!(
        preferred("json", "doctor --only CDX211 --one-line").expect(1).out.lines().count(),
        1
    );
}
