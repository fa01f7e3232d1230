//! The commands that only show, and the shapes scripts rely on.

use std::io::Read as _;
use std::process::Stdio;

use super::harness::{Env, Run, program};

#[test]
fn the_jobs_are_listed() {
    let env = Env::new();
    insta::assert_snapshot!(env.ok("jobs list").out, @r"
    JOB             NAME                                        DIRECTION  SUBJOBS  GRADE
    1010            Customers                                   download        14  documented
    1070            Channel configuration                       download         3  documented
    1110            Global configuration                        download         5  documented
    1170            POS task recorder                           download         1  documented
    P-0001          Channel transactions                        upload           7  documented
    sync-customers  Synchronize customers and channel requests  batch            0  documented
    sync-orders     Synchronize orders                          batch            0  documented
    ");
}

#[test]
fn a_job_is_found_by_every_name() {
    let env = Env::new();
    for name in ["1110", "global configuration", "P", "p-job", "P-0001", "sync-customers"] {
        env.args(&["jobs", "show", name]).expect(0);
    }
}

#[test]
fn which_job_answers_words_tables_columns_and_features() {
    let env = Env::new();
    let jobs = |word: &str| -> Vec<String> {
        let run = env.args(&["which-job", word, "--format", "json"]).expect(0);
        let report = run.json();
        let jobs = report["jobs"].as_array().unwrap();
        jobs.iter().map(|job| job["job"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(jobs("async-customer-editing"), ["1110", "1010", "1070"]);
    assert_eq!(jobs("CUSTTABLE"), ["1010"]);
    assert_eq!(jobs("CREATEASYNCCUSTOMERS"), ["1070"]);
    assert_eq!(jobs("customers"), ["1010"]);
    assert_eq!(jobs("pending sync"), ["P-0001", "sync-customers", "1010"]);
}

#[test]
fn the_same_commands_give_the_same_output_byte_for_byte() {
    let told = |env: &Env| {
        [
            "run 1110 1070 1010",
            "sessions list",
            "channels list",
            "customers list",
            "features list",
            "schedules list",
            "params list",
            "profiles list",
            "clock show",
        ]
        .map(|words| env.ok(words).out)
        .join("\n")
    };
    assert_eq!(told(&Env::new()), told(&Env::new()));
}

#[test]
fn json_has_the_version_and_the_command() {
    let env = Env::new();
    for words in [
        "run 1010",
        "jobs list",
        "sessions list",
        "features list",
        "customers status",
        "rts list",
        "csu status",
        "channels list",
        "schedules list",
        "params list",
        "profiles list",
        "clock show",
    ] {
        let report = env.json(words);
        assert_eq!(report["format_version"], 2, "{words}");
        assert!(words.starts_with(report["command"].as_str().unwrap()), "{words}");
    }
}

#[test]
fn sessions_are_filtered() {
    let env = Env::new();
    let count = |words: &str| env.json(words)["sessions"].as_array().unwrap().len();
    assert_eq!(count("sessions list"), 4);
    assert_eq!(count("sessions list --job Customers"), 1);
    assert_eq!(count("sessions list --status applied --channel seattle"), 4);
    assert_eq!(count("sessions list --status ApplyFailed"), 0);
    env.run("sessions cancel 1").expect(1);
    env.run("sessions retry 1").expect(1);
}

/// Two kinds of session: a channel beside an upload session is not ignored.
#[test]
fn an_upload_session_has_one_channel() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("params set try-count 1");
    env.run("run P --fault upload-apply-fails=houston").expect(1);
    let before = env.ok("sessions show 1 --upload").out;
    assert!(before.contains("Canceled"), "{before}");
    for words in ["retry 1 --upload --channel seattle", "cancel 1 --upload --channel nowhere"] {
        let run = env.run(&format!("sessions {words}")).expect(2);
        assert!(run.err.contains("--upload") && run.err.contains("--channel"), "{}", run.err);
        assert_eq!(env.ok("sessions show 1 --upload").out, before);
    }
    let refused = env.run("sessions cancel 1 --upload").expect(1);
    assert!(refused.err.contains("upload session 1 cannot be cancelled"), "{}", refused.err);
    assert!(refused.err.contains("cdx sessions show 1 --upload"), "{}", refused.err);
    env.ok("sessions retry 1 --upload");
}

#[test]
fn a_session_is_retried_only_where_it_is_for() {
    let env = Env::new();
    env.ok("channels group add Other");
    env.ok("channels add boston --group Other");
    let run = env.run("sessions retry 1 --channel boston").expect(1);
    assert!(run.err.contains("it is not for channel \"boston\""), "{}", run.err);
    env.run("sessions retry 1 --channel bosten").expect(2);
}

#[test]
fn colour_is_asked_for_or_left_out() {
    let env = Env::new();
    assert!(!env.ok("features list").out.contains('\u{1b}'));
    assert!(env.ok("features list --color always").out.contains('\u{1b}'));
    let mut command = program(env.path());
    command.env("NO_COLOR", "1").args(["features", "list"]);
    assert!(!Run::of(command.output().unwrap()).out.contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_quiet() {
    let env = Env::new();
    let mut command = program(env.path());
    command.args(["jobs", "show", "1010"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let env = Env::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(env.ok(&format!("completions {shell}")).out.contains("CDX_COMPLETE"), "{shell}");
    }
    assert!(env.ok("man").out.contains(".TH cdx"));
    env.ok("man --dir pages");
    assert!(env.path().join("pages/cdx-run.1").exists());
}

/// The four questions of the FAQ, each with what answers it.
const CHAPTERS: [&[&str]; 4] = [
    &[
        "- \"Enable enhanced async customer creation\" must be on first",
        "From here to async-customer-editing effective everywhere:",
        "async-customer-editing: on in headquarters",
    ],
    &[
        "not-distributed: ",
        "cached: the scale unit answers from its cache until",
        "error CDX301 stale-cache",
        "create-customer in houston: async, Pending sync",
        "2 real-time calls",
    ],
    &[
        "uploaded  houston  waiting",
        "2 operations in houston not collected yet",
        "Job sync-customers: 2 processed",
        "channel    online   done",
    ],
    &[
        "Job sync-customers: 0 processed, 1 failed, 0 waiting",
        "error CDX501",
        "last known error: unknown customer group \"NOPE\"",
        "ONLINEOPERATIONCOMPLETED 0",
        "1 processed, 0 failed, 0 waiting",
        "ONLINEOPERATIONCOMPLETED 1",
    ],
];

/// Each chapter alone is what it is in the whole, and is not long; those before it are done without
/// a word.
#[test]
fn the_demo_tells_the_four_questions_in_chapters() {
    let env = Env::new();
    let whole = env.ok("demo story").out;
    insta::assert_snapshot!("demo", whole);
    for (chapter, answers) in (1..).zip(CHAPTERS) {
        let alone = env.ok(&format!("demo story-{chapter} --chapter {chapter}")).out;
        let told = alone.replace(&format!("story-{chapter}"), "story");
        let mut from = 0;
        for answer in answers {
            let at = told[from..].find(answer);
            from += at.unwrap_or_else(|| panic!("chapter {chapter} lacks {answer:?}:\n{told}"));
        }
        let body = told.split("\nThe environment stays").next().unwrap().trim_end();
        assert!(whole.contains(body), "chapter {chapter} is told otherwise alone:\n{body}");
        assert!(body.lines().count() <= 40, "chapter {chapter}: {} lines", body.lines().count());
        let others = (1..=4).filter(|other| *other != chapter);
        assert!(others.into_iter().all(|other| !told.contains(&format!("\n{other}. "))));
    }
    let _refused = env.run("demo none --chapter 5").expect(2);
    let report = env.json("demo another --chapter 4");
    let steps = report["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["chapter"] == 4), "{report:#}");
    assert!(steps.iter().any(|step| step["exit"] == 1), "an operation fails: {report:#}");
}
