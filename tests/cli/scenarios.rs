//! Scenarios that are played: the shipped examples, what a failing step says, and how it is repeated.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde_json::{Value, json};

use super::harness::{Env, Run, copy, program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with one scenario file, `x.toml`.
fn scenario(text: &str) -> Env {
    let env = Env::empty();
    env.write("x.toml", &format!("name = \"x\"\nenvironment = {{ customers = 5 }}\n{text}"));
    env
}

/// The examples in a folder of their own.
fn examples() -> Env {
    let env = Env::empty();
    copy(&root().join("examples"), &env.path().join("examples")).unwrap();
    env
}

#[test]
fn the_examples_hold() {
    let env = examples();
    let run = env.run("test examples/faq examples/rollout.toml").expect(0);
    insta::assert_snapshot!(run.out, @r"
        STEPS     SCENARIO                                                               FILE
    ok  4 of 4    editing of asynchronous customers needs two features first             examples/faq/1-enable.toml
    ok  11 of 11  registers call headquarters until four things are done                 examples/faq/2-real-time-calls.toml
    ok  12 of 12  an asynchronous customer comes back with an account [version=10.0.44]  examples/faq/3-where-is-the-customer.toml
    ok  12 of 12  an asynchronous customer comes back with an account [version=10.0.48]  examples/faq/3-where-is-the-customer.toml
    ok  13 of 13  an operation that failed is corrected and done                         examples/faq/4-failed-operation.toml
    ok  9 of 9    a rollout of asynchronous customers [version=10.0.44, seed=7]          examples/rollout.toml
    ok  9 of 9    a rollout of asynchronous customers [version=10.0.44, seed=8]          examples/rollout.toml
    ok  9 of 9    a rollout of asynchronous customers [version=10.0.48, seed=7]          examples/rollout.toml
    ok  9 of 9    a rollout of asynchronous customers [version=10.0.48, seed=8]          examples/rollout.toml

    9 scenarios: everything is as expected
    ");
    assert_eq!(run.err, "");
    let left: Vec<_> = fs::read_dir(env.path()).unwrap().map(|one| one.unwrap().path()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn the_examples_as_json_and_junit() {
    let env = examples();
    let report = env.json("test examples/faq/3-where-is-the-customer.toml examples/faq");
    let all = report["scenarios"].as_array().unwrap();
    let runs: Vec<(&str, &Value)> =
        all.iter().map(|one| (one["file"].as_str().unwrap(), &one["matrix"])).collect();
    // A file that is named twice is played once, and files stay in the order given.
    assert_eq!(runs.len(), 5);
    assert_eq!(
        runs[0],
        ("examples/faq/3-where-is-the-customer.toml", &json!({ "version": "10.0.44" }))
    );
    assert_eq!(runs[2], ("examples/faq/1-enable.toml", &json!({})));
    let first = &all[2]["steps"][0];
    assert_eq!(first["run"], "features enable async-customer-editing");
    assert_eq!((&first["exit"], &first["ok"]), (&json!(1), &json!(true)));
    assert_eq!(first["expected"]["json"]["/refused/0/kind"], "prerequisite");
    assert_eq!(first["got"]["json"]["/refused/0/kind"], "prerequisite");
    let lines = fs::read_to_string(root().join("examples/faq/1-enable.toml")).unwrap();
    let line = first["line"].as_u64().unwrap() as usize;
    assert!(lines.lines().nth(line - 1).unwrap().starts_with("run = "));
    // What was saved stands in the commands that were run.
    let shown = all[0]["steps"][5]["run"].as_str().unwrap();
    assert!(shown.starts_with("customers show ") && !shown.contains('$'), "{shown}");

    let run = env.run("test examples/faq --format junit").expect(0);
    let suites = junit_parser::from_reader(Cursor::new(&run.out)).unwrap();
    let counts: Vec<(&str, u64)> =
        suites.suites.iter().map(|suite| (suite.name.as_str(), suite.tests)).collect();
    assert_eq!(counts.len(), 4);
    assert_eq!(counts[2], ("examples/faq/3-where-is-the-customer.toml", 2));
    let class = suites.suites[0].cases[0].classname.as_deref();
    assert_eq!(class, Some("cdx.test.1-enable"));
}

/// A rollout that forgets a job fails at the step that needs it, and the doctor's look names the job.
#[test]
fn a_rollout_that_forgets_a_job_fails() {
    let env = examples();
    let file = env.path().join("examples/rollout.toml");
    let text = fs::read_to_string(&file).unwrap();
    let forgets = text.replace("run 1110 1010 1070", "run 1110 1010");
    let forgets = forgets.replace(", \"/jobs/2/job\" = \"1070\"", "");
    fs::write(&file, &forgets).unwrap();
    let run = env.args(&["test", "examples/rollout.toml", "--only", "seed=7"]).expect(1);
    assert!(run.out.contains("/path: expected \"async\", got \"real-time\""), "{}", run.out);
    assert!(run.out.contains("not-distributed"), "{}", run.out);
}

/// Each kind of expectation, and what is said where it does not hold.
#[test]
fn what_does_not_hold_is_told_with_both_sides() {
    let missing = "standard output does not contain \"nonsense\"";
    for (step, told) in [
        ("run = \"status\"\nexpect = { exit = 1 }", "expected exit 1, got 0"),
        ("run = \"customers show 99\"", "expected exit 0, got 2"),
        ("run = \"status\"\nexpect = { contains = [\"nonsense\"] }", missing),
        (
            "run = \"channels list\"\nexpect = { json = { \"/channels/0/name\" = \"boston\" } }",
            "/channels/0/name: expected \"boston\", got \"houston\"",
        ),
        (
            "run = \"channels list\"\nexpect = { json = { \"/nowhere\" = 1 } }",
            "/nowhere: expected 1, got nothing",
        ),
        (
            "run = \"channels list\"\nsave = { A = \"/channels\" }",
            "/channels: expected a text, a number, or true or false to save as A, got [{",
        ),
        (
            "run = \"run 1010 --full --fault crash=apply.before-commit\"\nsave = { A = \"/x\" }",
            "expected exit 0, got 134",
        ),
    ] {
        let env = scenario(&format!("[[step]]\n{step}\n[[step]]\nrun = \"clock show\"\n"));
        let run = env.run("test x.toml").expect(1);
        assert!(run.out.contains(told), "{step}\n{}", run.out);
        assert!(run.out.contains("x.toml:4: "), "{step}\n{}", run.out);
        assert!(run.out.contains("1 step after it not run"), "{step}\n{}", run.out);
        let report = env.json("test x.toml");
        let steps = &report["scenarios"][0]["steps"];
        assert_eq!(report["scenarios"][0]["ok"], false);
        assert_eq!((&steps[0]["ok"], &steps[1]["not_run"]), (&json!(false), &json!(true)));
        assert_eq!(steps[1]["exit"], Value::Null);
        let wrong = steps[0]["got"]["wrong"].as_array().unwrap();
        assert!(wrong.iter().any(|one| one.as_str().unwrap().contains(told)), "{wrong:?}");
        let junit = env.run("test x.toml --format junit").expect(1).out;
        let suites = junit_parser::from_reader(Cursor::new(&junit)).unwrap();
        assert_eq!(suites.suites[0].failures, 1, "{junit}");
        let junit_parser::TestStatus::Failure(failure) = &suites.suites[0].cases[0].status else {
            panic!("{junit}");
        };
        assert!(failure.message.contains(told), "{junit}");
        assert!(failure.message.starts_with("line 4: "), "{junit}");
    }
}

#[test]
fn the_doctor_is_asked_for_what_must_not_be_there() {
    let change = "[[step]]\nrun = \"profiles set Stores --async-customers yes\"\n";
    let warning = "[[step]]\ndoctor = { none = \"warning\" }\n";
    let env = scenario(&format!("{warning}{change}{warning}"));
    let run = env.run("test x.toml").expect(1);
    assert!(run.out.contains("x.toml:8: doctor --fail-on warning"), "{}", run.out);
    assert!(run.out.contains("expected no warning or worse of the doctor, got\n"), "{}", run.out);
    let report = env.json("test x.toml");
    let step = &report["scenarios"][0]["steps"][2];
    assert_eq!(step["expected"], json!({ "none": "warning" }));
    let findings = step["got"]["findings"].as_array().unwrap();
    let codes: Vec<&str> =
        findings.iter().map(|one| one.as_str().unwrap().split(' ').next().unwrap()).collect();
    assert!(codes.iter().all(|code| code.starts_with("CDX")), "{findings:?}");
    let (code, codes) = (codes[0], codes.join("\", \""));
    for (look, exit) in [
        (format!("none = \"warning\", skip = [\"{codes}\"]"), 0),
        (format!("none = \"warning\", only = [\"{code}\"]"), 1),
        ("none = \"error\"".to_owned(), 1),
        ("none = \"error\", only = [\"CDX201\"], skip = [\"CDX201\"]".to_owned(), 1),
    ] {
        let env = scenario(&format!("{change}[[step]]\ndoctor = {{ {look} }}\n"));
        let run = env.run("test x.toml").expect(exit);
        let ended = "expected no error of the doctor, but it ended in 2";
        assert!(!look.contains("CDX201") || run.out.contains(ended), "{}", run.out);
    }
}

/// What a failing run prints is typed as it stands, and the person goes on in what was kept.
#[test]
fn a_failing_run_is_repeated_and_kept() {
    let env = Env::empty();
    let text = "name = \"it's a \\\"name\\\" $HOME\"\nenvironment = { customers = \"${n}\" }\n\
                matrix = { n = [5, 6] }\n[[step]]\nrun = \"status\"\nexpect = { exit = 1 }\n";
    env.write("a b/x.toml", text);
    let run = env.args(&["test", "a b"]).expect(1);
    let typed: Vec<&str> = run
        .out
        .lines()
        .filter_map(|line| line.split_once("environment: cdx "))
        .map(|x| x.1)
        .collect();
    assert_eq!(typed.len(), 2, "{}", run.out);
    let words = shlex::split(typed[1]).unwrap();
    let again = env.args(&words.iter().map(String::as_str).collect::<Vec<_>>()).expect(1);
    assert!(again.out.contains("1 scenario: 1 failed"), "{}", again.out);
    assert!(again.out.contains("its environment is in kept\n"), "{}", again.out);
    let (_, typed) = again.out.split_once("go on in it: cdx ").unwrap();
    let status = env.run(typed.lines().next().unwrap()).expect(0);
    assert!(!status.out.is_empty());
    // The folder is taken now, and the next free name is hinted at.
    let taken = env.args(&words.iter().map(String::as_str).collect::<Vec<_>>()).expect(2);
    assert!(taken.err.contains("--keep kept-2"), "{}", taken.err);
    // Several runs have a folder each.
    let run = env.args(&["test", "a b", "--keep", "all"]).expect(1);
    assert!(run.out.contains("its environment is in all/2-x"), "{}", run.out);
    assert!(env.path().join("all/1-x/cdx.toml").exists());
    let report = env.args(&["test", "a b", "--keep", "more", "--format", "json"]).expect(1).json();
    assert_eq!(report["scenarios"][1]["environment"], "more/2-x");
}

#[test]
fn values_go_from_step_to_step_as_they_are() {
    let env = scenario(
        "matrix = { word = [\"a b\", \"it's\", \"$x\", \"-x\"] }\n\
         [[step]]\nrun = \"customers create --first-name=${word} '--last-name=${word} q'\"\n\
         expect = { contains = [\"${word}\"] }\nsave = { A = \"/customer/account\" }\n\
         [[step]]\nrun = \"customers show ${A}\"\n\
         expect = { json = { \"/customer/account\" = \"${A}\" }, contains = [\"${word} q\"] }\n\
         [[step]]\nrun = \"channels list\"\nsave = { OFF = \"/channels/0/paused\" }\n\
         [[step]]\nrun = \"channels list\"\nexpect = { json = { \"/channels/0/paused\" = \"${OFF}\" } }\n",
    );
    env.run("test x.toml").expect(0);
}

/// Settings around the tool, and an environment around the file, are not a scenario's.
#[test]
fn a_scenario_has_nothing_around_it() {
    let env = scenario(
        "[[step]]\nrun = \"customers list\"\nexpect = { json = { \"/total\" = 8 } }\n\
         [[step]]\nrun = \"status\"\nexpect = { contains = [\"houston\"] }\n",
    );
    env.ok("init . --customers 30");
    let mut cdx = program(env.path());
    cdx.env("CDX_ENV", env.path()).env("CDX_FORMAT", "json").env("CLICOLOR_FORCE", "1");
    let run = Run::of(cdx.args(["test", "x.toml", "--color", "never"]).output().unwrap());
    run.expect(0);
}

/// Many at once come out in order, and the same as one after the other.
#[test]
fn outcomes_are_in_order_however_many_are_played_at_once() {
    let env = scenario(
        "matrix = { n = [1, 2, 3, 4, 5] }\n[[step]]\nrun = \"params set try-count ${n}\"\n\
         [[step]]\nrun = \"params list\"\nexpect = { contains = [\"try-count\"] }\n",
    );
    let one = env.run("test x.toml --jobs 1").expect(0).out;
    let many = env.run("test x.toml --jobs 4").expect(0).out;
    assert_eq!(one, many);
    let labels: Vec<&str> =
        many.lines().filter_map(|line| line.split_once("[n=")).map(|x| &x.1[..1]).collect();
    assert_eq!(labels, ["1", "2", "3", "4", "5"]);
    env.run("test x.toml --jobs 0").expect(2);
}

#[test]
fn a_list_says_what_would_be_played() {
    let env = examples();
    let run =
        env.args(&["test", "examples/rollout.toml", "--list", "--only", "version=10.0.48, seed=8"]);
    insta::assert_snapshot!(run.expect(0).out, @r"
    a rollout of asynchronous customers [version=10.0.48, seed=8] (examples/rollout.toml)
      22  features enable async-customer-editing --with-prerequisites
      26  profiles set Stores --async-customers yes
      29  profiles set Online --async-customers yes
      33  run 1110 1010 1070
      37  csu restart
      41  pos create-customer --channel houston --first-name Ada --last-name Byron
      47  run P sync-customers 1010
      50  customers trace ${CUSTOMER}
      55  doctor --fail-on warning

    1 scenario in 1 file
    ");
    let listed = env.json("test examples/rollout.toml --list");
    assert_eq!(listed["scenarios"].as_array().unwrap().len(), 4);
    assert_eq!(listed["scenarios"][3]["matrix"], json!({ "version": "10.0.48", "seed": 8 }));
}

/// Paths of an extension are seen from the file, and `${dir}` is the folder of the file.
#[test]
fn files_beside_the_scenario_are_found() {
    let env = Env::empty();
    copy(&root().join("examples/contoso-seating"), &env.path().join("sub/seating")).unwrap();
    let own = Env::new();
    own.ok("features export features.csv");
    fs::copy(own.path().join("features.csv"), env.path().join("sub/features.csv")).unwrap();
    env.write(
        "sub/x.toml",
        "name = \"x\"\n[environment]\ncustomers = 5\nextension = [\"seating\"]\ndespite-errors = true\n\
         [[step]]\nrun = \"extension list\"\n\
         [[step]]\nrun = \"features check '${dir}/features.csv'\"\n\
         [[step]]\nrun = \"features export own.csv\"\n\
         [[step]]\nrun = \"features diff own.csv ${dir}/features.csv\"\n",
    );
    env.run("test sub/x.toml").expect(0);
    env.run("test sub").expect(0);
}

/// A command may go on in the next line, also where lines end as on Windows.
#[test]
fn a_command_goes_on_in_the_next_line() {
    let text = "[[step]]\nrun = '''\nrun \\\n  1110 \\\n  1010\n'''\n\
                expect = { json = { \"/jobs/1/job\" = \"1010\" } }\n";
    let env = scenario(text);
    env.run("test x.toml").expect(0);
    let written = fs::read_to_string(env.path().join("x.toml")).unwrap();
    env.write("y.toml", &written.replace('\n', "\r\n"));
    env.run("test y.toml").expect(0);
}

/// An environment that cannot be made fails the scenario, and says why.
#[test]
fn an_environment_that_cannot_be_made_fails_the_scenario() {
    let env = Env::empty();
    env.write("empty/none.txt", "");
    env.write(
        "x.toml",
        "name = \"x\"\n[environment]\nextension = \"empty\"\n[[step]]\nrun = \"status\"\n",
    );
    let run = env.run("test x.toml").expect(1);
    assert!(run.out.contains("x.toml:2: init . "), "{}", run.out);
    assert!(run.out.contains("expected exit 0, got 2"), "{}", run.out);
    assert!(run.out.contains("1 step after it not run"), "{}", run.out);
}

/// A command that is a part of another process has no program to start.
#[test]
fn a_part_of_another_process_plays_no_scenarios() {
    let env = scenario("[[step]]\nrun = \"status\"\n");
    let streams = cdx::report::Streams::to(std::io::sink(), std::io::sink());
    let ended = cdx::cli::run_in(env.path(), streams, &["test", "x.toml"]);
    assert_eq!(ended.code(), 2);
}

/// The first scenario of docs/scenarios.md is played as it stands, and prints what is shown; what the
/// pipelines run is a command line.
#[test]
fn the_page_of_scenarios_is_what_happens() {
    let page = fs::read_to_string(root().join("docs/scenarios.md")).unwrap().replace("\r\n", "\n");
    let block = |kind: &str| {
        let rest = page.split_once(&format!("```{kind}\n")).unwrap().1;
        rest.split("```").next().unwrap().to_owned()
    };
    let env = examples();
    env.write("first.toml", &block("toml"));
    let shown = block("console");
    let shown = shown.strip_prefix("$ cdx test first.toml\n").unwrap();
    assert_eq!(env.run("test first.toml").expect(0).out, shown);
    for line in block("sh").lines() {
        let words = line.split('#').next().unwrap().trim().strip_prefix("cdx ").unwrap();
        env.run(&format!("{words} --list")).expect(if words.contains("--list") { 2 } else { 0 });
    }
    env.write("scenarios/first.toml", &block("toml"));
    let commands: Vec<&str> = page
        .lines()
        .filter_map(|line| line.split_once("cdx test scenarios"))
        .map(|at| at.1)
        .collect();
    assert_eq!(commands, ["", " --format junit | Out-File -Encoding utf8 scenarios.xml"]);
    let junit = env.run("test scenarios --format junit").expect(0).out;
    assert_eq!(junit_parser::from_reader(Cursor::new(&junit)).unwrap().suites[0].tests, 2);
}
