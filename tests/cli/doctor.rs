//! `cdx doctor`: its options, its formats, and the exit code, which is the same in each.

use serde_json::Value;

use super::harness::{Env, Run, copy, program};

const FORMATS: &[&str] = &["text", "json", "junit", "sarif", "github"];

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn the_threshold_is_inclusive_and_the_exit_code_the_same_in_each_format() {
    let error = Env::troubled();
    let warning = Env::new();
    warning.ok("params set try-count 9");
    let info = Env::empty();
    info.ok("init . --customers 5 --app-version 10.0.29");
    info.ok("run 1110 1070 1010");
    let clean = Env::new();
    let infos = info.json("doctor");
    assert!(codes(&infos).contains(&"CDX107"), "{infos:#}");
    for (env, only, codes) in [
        (&error, "", [1, 1, 1, 0]),
        (&warning, "", [0, 1, 1, 0]),
        (&info, "--only CDX107", [0, 0, 1, 0]),
        (&clean, "", [0, 0, 1, 0]),
        (&clean, "--skip CDX304", [0, 0, 0, 0]),
    ] {
        for (threshold, code) in ["error", "warning", "info", "never"].iter().zip(codes) {
            // What holds of errors in every format holds of the others in one.
            let formats = if codes[0] == 1 { FORMATS } else { &FORMATS[..1] };
            for format in formats {
                let words = format!("doctor {only} --fail-on {threshold} --format {format}");
                let run = env.run(&words).expect(code);
                assert_eq!(run.err, "", "{words}");
            }
        }
        // Without a threshold it is the errors.
        env.run(&format!("doctor {only}")).expect(codes[0]);
    }
    error.run("doctor --fail-on warnings").expect(2);
}

#[test]
fn rules_are_chosen_by_code_and_by_name() {
    let env = Env::troubled();
    let ran = |words: &str| -> Vec<String> {
        let report = env.json(&format!("doctor {words}"));
        let rules = report["rules"].as_array().unwrap();
        rules.iter().map(|rule| rule["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ran("--only CDX211"), ["CDX211"]);
    assert_eq!(ran("--only channel-drift,cdx207"), ["CDX207", "CDX211"]);
    assert_eq!(ran("--only CDX211 --only Try-Count-High"), ["CDX207", "CDX211"]);
    assert_eq!(ran("--only CDX211,CDX207 --skip channel-drift"), ["CDX207"]);
    let all = ran("");
    let most = ran("--skip CDX211,try-count-high --skip CDX901");
    assert_eq!(most.len() + 3, all.len());
    env.run("doctor --skip channel-drift").expect(0);
    for (words, near) in [
        ("--only CDX3033", "CDX303"),
        ("--skip chanel-drift", "channel-drift"),
        ("--only CDX211,xyzzyx", "cdx explain rules"),
        ("--only CDX211 --skip channel-drift", "leaves nothing"),
    ] {
        let run = env.run(&format!("doctor {words}")).expect(2);
        assert!(run.err.contains(near) && run.out.is_empty(), "{}", run.text());
        let report = env.run(&format!("doctor {words} --format json")).expect(2).json();
        let code = if near == "leaves nothing" { "usage" } else { "unknown-rule" };
        assert_eq!(report["error"]["code"], code, "{report:#}");
    }
}

#[test]
fn one_channel_is_examined_alone() {
    let env = Env::troubled();
    let report = env.json("doctor --channel seattle --skip CDX304");
    assert_eq!(report["channels"], serde_json::json!(["seattle"]));
    let of = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap();
        let channels = findings.iter().filter_map(|one| one["subject"]["channel"].as_str());
        channels.map(str::to_owned).collect()
    };
    assert_eq!(of(&report), ["seattle"]);
    assert_eq!(codes(&report), ["CDX211", "CDX207"], "headquarters is told of as well");
    let report = env.json("doctor --channel houston --skip CDX304");
    assert_eq!(report["channels"], serde_json::json!(["houston", "houston.offline"]));
    assert_eq!(of(&report), ["houston"]);
    assert_eq!(of(&env.json("doctor --channel online --skip CDX304")), Vec::<String>::new());
    let run = env.run("doctor --channel seatle").expect(2);
    assert!(run.err.contains("did you mean \"seattle\"?"), "{}", run.err);
}

#[test]
fn quick_says_what_it_leaves_out() {
    let env = Env::troubled();
    let report = env.run("doctor --quick --format json").expect(0).json();
    let rules = report["rules"].as_array().unwrap();
    let skipped = rules.iter().filter(|rule| rule["state"] == "skipped");
    let skipped: Vec<&str> = skipped.map(|rule| rule["code"].as_str().unwrap()).collect();
    assert_eq!(skipped, ["CDX210", "CDX211", "CDX411", "CDX413", "CDX901"]);
    let because = "it reads every row, and --quick leaves that out";
    for rule in rules.iter().filter(|rule| rule["state"] == "skipped") {
        assert_eq!(rule["reasons"], serde_json::json!([because]));
    }
    let text = env.ok("doctor --quick").out;
    let line = format!("CDX210, CDX211, CDX411, CDX413, CDX901 skipped: {because}");
    assert!(text.contains(&line), "{text}");
    assert_eq!(report["checks"]["skipped"], 5);
}

#[test]
fn where_nothing_can_be_checked_the_exit_code_says_so() {
    let env = Env::new();
    for format in FORMATS {
        env.run(&format!("doctor --quick --only CDX211,CDX901 --format {format}")).expect(3);
    }
    let hq = env.hq();
    hq.execute_batch("PRAGMA foreign_keys = OFF; DROP TABLE RETAILCONNPARAMETERS").unwrap();
    drop(hq);
    let run = env.run("doctor --only CDX207").expect(3);
    assert!(run.out.contains("CDX207 crashed: "), "{}", run.out);
    let root = env.path().to_string_lossy().into_owned();
    assert!(!run.out.contains(&root), "the reason differs by machine: {}", run.out);
    // What else could be checked is no reason to be content.
    env.run("doctor --only CDX207,CDX104").expect(3);
    env.run("doctor --only CDX207 --fail-on never").expect(3);
}

#[test]
fn the_json_has_the_keys_that_scripts_rely_on() {
    let env = Env::troubled();
    let report = env.run("doctor --format json --skip CDX304").expect(1).json();
    assert_eq!(keys(&report)[..4], ["format_version", "command", "ok", "environment"]);
    assert_eq!((&report["format_version"], &report["command"]), (&2.into(), &"doctor".into()));
    assert_eq!(keys(&report["checks"]), ["run", "passed", "failed", "skipped", "crashed"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(codes(&report), ["CDX211", "CDX211", "CDX207"], "the gravest first");
    for finding in findings {
        assert_eq!(
            keys(finding),
            [
                "code",
                "name",
                "severity",
                "subject",
                "title",
                "evidence",
                "effect",
                "fix",
                "sources",
                "fingerprint",
                "suppressed",
                "baseline"
            ]
        );
        assert_eq!(keys(&finding["fix"]), ["command", "commands", "safety"]);
        assert!(finding["fix"]["command"].as_str().unwrap().starts_with("cdx "), "{finding:#}");
        let source = &finding["sources"][0];
        assert!(source["url"].as_str().unwrap().starts_with("https://"), "{finding:#}");
        assert!(source["grade"].is_string(), "{finding:#}");
        assert_eq!((&finding["suppressed"], &finding["baseline"]), (&false.into(), &false.into()));
    }
    let subject = &findings[0]["subject"];
    assert_eq!(keys(subject), ["channel", "job", "table"]);
    assert_eq!(findings[2]["subject"], serde_json::json!({ "key": "try-count" }));
    let checks = &report["checks"];
    let sum = ["passed", "failed", "crashed"].iter().map(|key| checks[key].as_u64().unwrap());
    assert_eq!(checks["run"].as_u64().unwrap(), sum.sum::<u64>());
}

#[test]
fn the_same_environment_gives_the_same_bytes() {
    let env = Env::troubled();
    let elsewhere = Env::empty();
    let other = elsewhere.path().join("another place");
    copy(env.path(), &other).unwrap();
    for format in FORMATS {
        let words = format!("doctor --format {format}");
        let one = env.run(&words);
        assert_eq!(one.out, env.run(&words).out, "{format}");
        // Named by option it would be named in the commands of the text too.
        let far = program(&other).args(["doctor", "--format", format]).output();
        let far = Run::of(far.unwrap());
        assert_eq!(one.out, far.out, "{format} in another folder");
        assert_eq!(one.code, far.code);
        assert!(!one.out.contains('\u{1b}'), "{format} has colour in a pipe");
    }
}

#[test]
fn colour_is_for_those_who_ask() {
    let env = Env::troubled();
    assert!(env.run("doctor --color always").out.contains('\u{1b}'));
    let words = ["doctor", "--color", "auto"];
    let output = program(env.path()).env("NO_COLOR", "1").args(words).output();
    assert!(!Run::of(output.unwrap()).out.contains('\u{1b}'));
    for format in &FORMATS[1..] {
        let run = env.run(&format!("doctor --color always --format {format}"));
        assert!(!run.out.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn the_doctors_formats_are_the_doctors_alone() {
    let env = Env::new();
    for format in ["junit", "sarif", "github"] {
        let run = env.run(&format!("channels list --format {format}")).expect(2);
        assert!(run.err.contains("doctor") && run.out.is_empty(), "{}", run.text());
    }
    env.run("doctor --format yaml").expect(2);
}

#[test]
fn watching_is_for_a_terminal() {
    let env = Env::new();
    for words in ["doctor --watch", "doctor --watch --format json"] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains("--watch is for a terminal"), "{}", run.err);
    }
    env.run("doctor --watch --fix").expect(2);
    env.run("doctor --dry-run").expect(2);
    env.run("doctor --write-baseline").expect(2);
}

/// A pseudo terminal comes with util-linux; elsewhere there is nothing to watch on.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_looks_again_when_something_changes() {
    use std::fs;
    use std::io::Write as _;
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    // Where the tests run in the background of a script, Ctrl-C is ignored, and so it is by what
    // they start.
    let own = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = own.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    if ignored.is_some_and(|bits| bits & 0b10 != 0) {
        return println!("not shown: Ctrl-C is ignored here");
    }
    let env = Env::new();
    let shown = env.path().join("shown.txt");
    let command = format!("exec {} doctor --quick --watch", env!("CARGO_BIN_EXE_cdx"));
    let mut script = {
        let mut inner = std::process::Command::new("script");
        inner.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", env.path());
        inner.env("TERM", "xterm").current_dir(env.path());
        inner.args(["-qefc", &command, shown.to_str().unwrap()]);
        inner.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        match inner.spawn() {
            Ok(child) => child,
            Err(error) => return println!("not shown: no script here ({error})"),
        }
    };
    let wait_for = |what: &dyn Fn(&str) -> bool| {
        let begun = Instant::now();
        loop {
            let text = fs::read(&shown).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            if what(&text) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_mins(2), "{text}");
            std::thread::sleep(Duration::from_millis(30));
        }
    };
    wait_for(&|text| text.contains("0 errors, 0 warnings") && text.contains("watching"));
    env.ok("params set try-count 9");
    wait_for(&|text| text.contains("CDX207") && text.matches("watching").count() > 1);
    // Ctrl-C, as the terminal sends it.
    script.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = script.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(130), "{status}");
    // One object after another is not JSON, on a terminal either.
    let mut json = std::process::Command::new("script");
    json.env_clear().env("PATH", "/usr/bin:/bin").current_dir(env.path());
    let command = format!("{command} --format json");
    let output = json.args(["-qec", &command, "/dev/null"]).stdin(Stdio::null()).output();
    assert_eq!(Run::of(output.unwrap()).code, 2);
}
