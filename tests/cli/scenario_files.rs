//! What can be wrong with a scenario file: every problem at once, each with its line and column.

use cdx::definitions::scenario::parse;
use proptest::prelude::*;

use super::harness::Env;

/// A line of a file, and what is said of it.
fn found(text: &str) -> Vec<(usize, usize, &'static str)> {
    let problems = parse("x.toml", text).unwrap_err().told;
    problems.iter().map(|one| (one.line, one.column, one.code)).collect()
}

const NAME: &str = "name = \"x\"\n";
const STEP: &str = "[[step]]\nrun = \"status\"\n";

#[test]
fn each_problem_has_its_line_and_column() {
    for (text, expected) in [
        // The file as a whole.
        ("", vec![(1, 1, "missing"), (1, 1, "missing")]),
        ("name = ", vec![(1, 8, "syntax")]),
        ("name = 7\n[[step]]\nrun = \"status\"\n", vec![(1, 8, "wrong-type")]),
        ("name = \" \"\n[[step]]\nrun = \"status\"\n", vec![(1, 8, "missing")]),
        (
            "name = \"x\"\n[[steps]]\nrun = \"status\"\n",
            vec![(1, 1, "missing"), (2, 3, "unknown-key")],
        ),
        ("name = \"x\"\nstep = []\n", vec![(1, 1, "missing")]),
        ("name = \"x\"\nstep = 1\n", vec![(2, 8, "wrong-type")]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    for (middle, expected) in [
        // [environment]
        ("environment = 1", (2, 15, "wrong-type")),
        ("[environment]\ncustomer = 5", (3, 1, "unknown-key")),
        ("[environment]\ncustomers = true", (3, 13, "wrong-type")),
        ("[environment]\napp-version = 10", (3, 15, "wrong-type")),
        ("[environment]\nextension = [1]", (3, 14, "wrong-type")),
        ("[environment]\nempty-channels = \"yes\"", (3, 18, "wrong-type")),
        ("[environment]\napp-version = \"${v}\"", (3, 16, "unknown-variable")),
        // [matrix]
        ("[matrix]\nv = \"a\"", (3, 5, "wrong-type")),
        ("[matrix]\nv = []\n[environment]\nseed = \"${v}\"", (3, 5, "out-of-range")),
        ("[matrix]\nv = [1.5, 2]\n[environment]\nseed = \"${v}\"", (3, 6, "wrong-type")),
        ("[matrix]\nv = [1, \"1\"]\n[environment]\nseed = \"${v}\"", (3, 9, "listed-twice")),
        ("[matrix]\nv = [1]", (3, 1, "matrix-unused")),
        ("[matrix]\ndir = [1]", (3, 1, "variable-taken")),
        ("[matrix]\n\"a b\" = [1]", (3, 1, "not-a-variable")),
    ] {
        let text = format!("{NAME}{middle}\n{STEP}");
        assert_eq!(found(&text), [expected], "{text}");
    }
    for (step, expected) in [
        ("expect = { exit = 1 }", (2, 1, "missing")),
        ("run = \"\"", (3, 7, "missing")),
        ("run = 1", (3, 7, "wrong-type")),
        ("run = \"status\"\nexpects = {}", (4, 1, "unknown-key")),
        ("run = \"status\"\nexpect = { exits = 1 }", (4, 12, "unknown-key")),
        ("run = \"status\"\nexpect = { exit = 256 }", (4, 19, "out-of-range")),
        ("run = \"status\"\nexpect = { exit = \"0\" }", (4, 19, "wrong-type")),
        ("run = \"status\"\nexpect = { contains = \"a\" }", (4, 23, "wrong-type")),
        ("run = \"status\"\nexpect = { json = { \"a\" = 1 } }", (4, 21, "out-of-range")),
        ("run = \"status\"\nexpect = { json = { \"/a~2\" = 1 } }", (4, 21, "out-of-range")),
        ("run = \"status\"\nexpect = { json = { \"/a\" = nan } }", (4, 28, "wrong-type")),
        (
            "run = \"status\"\nexpect = { json = { \"/a\" = [\"${z}\"] } }",
            (4, 30, "unknown-variable"),
        ),
        (
            "run = \"status\"\nexpect = { contains = [\"a\", \"b ${z}\"] }",
            (4, 32, "unknown-variable"),
        ),
        ("run = \"status\"\nsave = { A = \"account\" }", (4, 14, "out-of-range")),
        ("run = \"status\"\nsave = { \"a b\" = \"/a\" }", (4, 10, "not-a-variable")),
        ("run = \"status\"\nsave = { dir = \"/a\" }", (4, 10, "variable-taken")),
        ("run = \"status ñ ${nobody}\"", (3, 17, "unknown-variable")),
        ("run = \"show ${A}\"\nsave = { A = \"/a\" }", (3, 13, "saved-later")),
        ("run = \"show ${A\"", (3, 13, "not-a-variable")),
        ("run = \"status | more\"", (3, 15, "of-a-shell")),
        ("run = \"\"\"\nrun 1110\nrun 1010\"\"\"", (4, 9, "of-a-shell")),
        ("run = \"show 'a\"", (3, 8, "not-words")),
        ("run = \"status\"\ndoctor = { none = \"error\" }", (3, 1, "beside")),
        ("doctor = {}", (3, 10, "missing")),
        ("doctor = 1", (3, 10, "wrong-type")),
        ("doctor = { none = \"warnings\" }", (3, 19, "unknown-word")),
        ("doctor = { none = \"error\", channel = \"x\" }", (3, 28, "unknown-key")),
    ] {
        let text = format!("{NAME}[[step]]\n{step}\n");
        assert_eq!(found(&text), [expected], "{text}");
    }
}

#[test]
fn every_problem_is_told_at_once_in_order_of_lines_and_with_what_was_meant() {
    let text = "name = \"x\"\nenvironment = { custmers = 1 }\n[matrix]\nversion = [\"10.0.29\"]\n\
                [[step]]\nrun = \"status > f\"\nexpect = { exit = 300 }\n\
                [[step]]\nrun = \"explain ${verion}\"\n";
    let problems = parse("x.toml", text).unwrap_err().told;
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    x.toml:2:17: unknown key "custmers", expected one of customers, channels, seed, app-version, extension, empty-channels, sync, despite-errors [unknown-key]; did you mean customers?
    x.toml:4:1: "version" of the matrix is used nowhere, and would repeat the same [matrix-unused]; use it, or take it out
    x.toml:6:15: ">" is for a shell, and no shell runs a step: it would lead output or input to a file [of-a-shell]; one command a step; hold its output against expect, hand values on with save, and quote what is meant as it stands
    x.toml:7:19: exit is 300, expected an exit code from 0 to 255 [out-of-range]
    x.toml:9:16: unknown variable "verion", expected one of dir, version [unknown-variable]; did you mean ${version}?
    "#);
}

/// What only the commands know is said at load too, before anything is played.
#[test]
fn commands_are_looked_at_before_anything_is_played() {
    for (text, place, told) in [
        ("[[step]]\nrun = \"stauts\"\n", "3:7", "unrecognized subcommand 'stauts'"),
        ("[[step]]\nrun = \"features\"\n", "3:7", "a command is missing behind it"),
        ("[[step]]\nrun = \"cdx status\"\n", "3:7", "without the program's name"),
        ("[[step]]\nrun = \"status --env other\"\n", "3:7", "--env makes no sense"),
        ("[[step]]\nrun = \"--env=other status\"\n", "3:7", "--env makes no sense"),
        ("[[step]]\nrun = \"doctor --watch\"\n", "3:7", "doctor --watch makes no sense"),
        ("[[step]]\nrun = \"demo\"\n", "3:7", "demo makes no sense"),
        (
            "[[step]]\ndoctor = { none = \"error\", only = [\"CDX201\", \"CDX999\"] }\n",
            "3:1",
            "only is \"CDX999\", expected a rule of the doctor",
        ),
        (
            "[[step]]\ndoctor = { none = \"error\", skip = [\"CDX701\"] }\n",
            "3:1",
            "skip is \"CDX701\"",
        ),
        ("[[step]]\nrun = \"completions bash\"\n", "3:7", "completions makes no sense"),
        ("[[step]]\nrun = \"test x.toml\"\n", "3:7", "test makes no sense"),
        (
            "[[step]]\nrun = \"status --format text\"\nsave = { A = \"/now\" }\n",
            "3:7",
            "--format makes no sense",
        ),
        (
            "[[step]]\nrun = \"customers list\"\nsave = { A = \"/x\" }\n\
             [[step]]\nrun = \"customers shw ${A}\"\n",
            "6:7",
            "unrecognized subcommand 'shw'",
        ),
        (
            "environment = { customers = -1 }\n[[step]]\nrun = \"status\"\n",
            "2:29",
            "invalid value '-1'",
        ),
        (
            "environment = { app-version = \"ten\" }\n[[step]]\nrun = \"status\"\n",
            "2:31",
            "\"ten\"",
        ),
        (
            "environment = { sync = true, empty-channels = true }\n[[step]]\nrun = \"status\"\n",
            "2:15",
            "cannot be used with",
        ),
        (
            "environment = { extension = \"no/where\" }\n[[step]]\nrun = \"status\"\n",
            "2:29",
            "\"no/where\" is not there",
        ),
        (
            "matrix = { job = [\"1010\", \"--bad\"] }\n[[step]]\nrun = \"run ${job}\"\n",
            "4:7",
            "unexpected argument '--bad'",
        ),
    ] {
        let env = Env::empty();
        env.write("x.toml", &format!("{NAME}{text}"));
        let run = env.run("test x.toml").expect(2);
        assert!(run.err.contains("error: 1 problem in scenarios\n"), "{text}\n{}", run.err);
        assert!(run.err.contains(&format!("x.toml:{place}: ")), "{text}\n{}", run.err);
        assert!(run.err.contains(told), "{text}\n{}", run.err);
        let report = env.json("test x.toml");
        assert_eq!(report["report"]["problems"][0]["file"], "x.toml", "{report:#}");
    }
    // Help is a command, and what a step saves is nobody's to know.
    let env = Env::empty();
    let fine = "[[step]]\nrun = \"help run\"\n[[step]]\nrun = \"customers list\"\nsave = { A = \"/x\" }\n\
                [[step]]\nrun = \"data make T --rows ${A} --channel ${A}\"\n[[step]]\nrun = \"customers ${A}\"\n";
    env.write("x.toml", &format!("{NAME}{fine}"));
    env.run("test x.toml --list").expect(0);
    // However a file is named it is one, and a folder is none.
    std::fs::create_dir(env.path().join("folder.toml")).unwrap();
    assert_eq!(env.run("test x.toml ./x.toml . --list").expect(0).out.matches("x.toml").count(), 1);
    let run = env.run("test x.toml --list --format junit").expect(2);
    assert!(run.err.contains("--list is text or JSON"), "{}", run.err);
}

/// The problems of all files are told together, and none is played.
#[test]
fn files_are_read_whole_before_any_is_played() {
    let env = Env::empty();
    env.write("a.toml", &format!("{NAME}{STEP}"));
    env.write("b.toml", "name = 1\n");
    env.write("c.toml", &format!("{NAME}[[step]]\nrun = \"nothing\"\n"));
    let run = env.run("test .").expect(2);
    assert!(run.err.contains("error: 3 problems in scenarios\n"), "{}", run.err);
    assert!(run.err.contains("b.toml:1:8: ") && run.err.contains("c.toml:3:7: "), "{}", run.err);
    for (name, bytes) in [("latin.toml", &b"name = \"\xe9\"\n"[..]), ("zero.toml", b"\0")] {
        std::fs::write(env.path().join(name), bytes).unwrap();
        env.args(&["test", name]).expect(2);
    }
    env.run("test").expect(2);
    env.run("test nowhere.toml").expect(2);
}

/// Too many combinations are refused, not counted out.
#[test]
fn a_matrix_has_an_end() {
    let list: Vec<String> = (0..40).map(|at| at.to_string()).collect();
    let list = list.join(", ");
    let names: Vec<String> = (0..30).map(|at| format!("n{at}")).collect();
    let matrix: String = names.iter().map(|name| format!("{name} = [{list}]\n")).collect();
    let words: String = names.iter().map(|name| format!(" ${{{name}}}")).collect();
    let text = format!("{NAME}[matrix]\n{matrix}[[step]]\nrun = \"run{words}\"\n");
    assert_eq!(found(&text), [(2, 1, "out-of-range")]);
}

const WHOLE: &str = include_str!("../../examples/faq/3-where-is-the-customer.toml");
const PIECES: &[&str] = &[
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'''",
    "\"\"\"",
    "'",
    ",",
    "\n",
    "\r\n",
    "\\",
    "${",
    "}",
    "$${",
    "${dir}",
    "${é}",
    "|",
    "&&",
    "`",
    "$(",
    "\u{0}",
    "\u{feff}",
    "é",
    "-1",
    "1e999",
    "nan",
    "9223372036854775808",
    "2026-02-30",
    "[matrix]",
    "[[step]]",
    "run = ",
    "save = ",
    "expect = ",
    "doctor = ",
    "/",
    "~",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// However a file is damaged, the reader answers, and every place that it names is in the file.
    #[test]
    fn no_damage_stops_the_reader(
        cuts in prop::collection::vec((0..WHOLE.len(), 0..40_usize, 0..PIECES.len()), 1..8),
    ) {
        let mut text = WHOLE.to_owned();
        for (at, length, piece) in cuts {
            let place = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let (from, to) = (place(at), place(at + length));
            text.replace_range(from..to, PIECES[piece]);
        }
        if let Err(problems) = parse("x.toml", &text) {
            prop_assert!(!problems.told.is_empty());
            for one in &problems.told {
                let line = text.split('\n').nth(one.line - 1);
                prop_assert!(line.is_some_and(|line| one.column <= line.chars().count() + 1), "{one}");
            }
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let _ = parse("x.toml", &text);
        let _ = parse("x.toml", &format!("name = 'x'\n[[step]]\nrun = '''{text}'''"));
    }
}
