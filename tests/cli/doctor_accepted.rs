//! Findings that are accepted in `cdx.toml`, and those that a baseline knows.

use std::fs;

use serde_json::Value;

use super::harness::{Env, Run, copy};

/// The same with these suppressions.
fn accepting(text: &str) -> Env {
    let env = Env::troubled();
    let path = env.path().join("cdx.toml");
    let before = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{before}\n{text}")).unwrap();
    env
}

/// Code, channel and whether it is set aside, of each finding.
fn marks(report: &Value, mark: &str) -> Vec<(String, String, bool)> {
    let findings = report["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one =
        |f: &Value| (text(&f["code"]), text(&f["subject"]["channel"]), f[mark].as_bool().unwrap());
    findings.iter().map(one).collect()
}

fn marked(code: &str, channel: &str, mark: bool) -> (String, String, bool) {
    (code.to_owned(), channel.to_owned(), mark)
}

#[test]
fn an_accepted_finding_is_marked_counted_and_does_not_count() {
    let env = accepting(
        "[[suppress]]\ncode = \"channel-drift\"\nscope = { channel = \"Houston\" }\n\
         reason = \"being rebuilt\"\nexpires = 2026-06-30\n\
         [[suppress]]\ncode = \"cdx207\"\nreason = \"a slow line\"\nexpires = \"2026-06-30\"\n",
    );
    let report = env.run("doctor --skip CDX304 --fail-on warning --format json").expect(1).json();
    assert_eq!(
        marks(&report, "suppressed"),
        [
            marked("CDX211", "houston", true),
            marked("CDX211", "seattle", false),
            marked("CDX207", "", true)
        ]
    );
    assert_eq!(report["findings"][0]["suppressed_because"], "being rebuilt");
    assert_eq!(report["checks"]["failed"], 1);
    let text = env.run("doctor --skip CDX304").expect(1).out;
    assert!(!text.contains("houston") && !text.contains("CDX207"), "{text}");
    assert!(text.contains("1 error, 0 warnings, 0 infos; 2 suppressed"), "{text}");
    env.run("doctor --fail-on info --skip CDX211,CDX304").expect(0);
    env.run("doctor --skip CDX304 --fail-on info --channel houston").expect(0);
    for format in ["junit", "sarif", "github"] {
        env.run(&format!(
            "doctor --skip CDX304 --fail-on info --channel houston --format {format}"
        ))
        .expect(0);
    }
}

#[test]
fn an_expired_suppression_accepts_nothing_and_is_told() {
    for date in ["2026-01-15", "\"2026-01-15\"", "2025-12-31"] {
        let env = accepting(&format!(
            "[[suppress]]\ncode = \"CDX207\"\nreason = \"for now\"\nexpires = {date}\n"
        ));
        let report = env.json("doctor --only CDX207,CDX902");
        let codes: Vec<String> = marks(&report, "suppressed").into_iter().map(|m| m.0).collect();
        assert_eq!(codes, ["CDX207", "CDX902"], "{report:#}");
        assert_eq!(report["findings"][0]["suppressed"], false);
        let evidence = report["findings"][1]["evidence"].to_string();
        assert!(evidence.contains("cdx.toml line ") && evidence.contains("for now"), "{evidence}");
        assert!(evidence.contains("it expired on 202"), "{evidence}");
    }
}

#[test]
fn an_unused_suppression_is_told_where_the_rule_looked() {
    let env = accepting(
        "[[suppress]]\ncode = \"CDX211\"\nscope = { channel = \"online\" }\nreason = \"x\"\n\
         [[suppress]]\ncode = \"CDX413\"\nreason = \"y\"\n",
    );
    let unused = |words: &str| -> Vec<String> {
        let report = env.json(&format!("doctor {words}"));
        let all = report["findings"].as_array().unwrap().iter();
        let own = all.filter(|finding| finding["code"] == "CDX902");
        own.map(|one| one["subject"]["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(unused(""), ["CDX211: channel online", "CDX413: everything"]);
    assert_eq!(unused("--quick"), Vec::<String>::new(), "rows were not read");
    assert_eq!(unused("--skip CDX413"), ["CDX211: channel online"]);
    assert_eq!(unused("--only CDX902"), Vec::<String>::new(), "nobody looked");
    assert_eq!(unused("--skip CDX902"), Vec::<String>::new());
    assert_eq!(unused("--channel houston"), Vec::<String>::new(), "others were left out");
    fs::remove_file(env.channel_path("online")).unwrap();
    assert_eq!(unused(""), Vec::<String>::new(), "a channel could not be read");
}

#[test]
fn a_suppression_of_no_rule_is_told() {
    let env = accepting("[[suppress]]\ncode = \"CDX2111\"\nreason = \"x\"\n");
    let report = env.json("doctor --only CDX902");
    let evidence = report["findings"][0]["evidence"].to_string();
    assert!(evidence.contains("did you mean CDX211?"), "{evidence}");
    env.run("doctor --only CDX902 --fail-on warning").expect(1);
}

#[test]
fn wrong_suppressions_are_refused_all_at_once() {
    let env = Env::new();
    let path = env.path().join("cdx.toml");
    let text = "[[suppress]]\ncode = \"CDX207\"\nreson = \"x\"\n\
                [[suppress]]\ncode = 207\nreason = \"x\"\nexpires = \"soon\"\n\
                [[suppress]]\nreason = \"x\"\nscope = { chanel = \"a\" }\nexpires = 12:00:00\n";
    fs::write(&path, text).unwrap();
    let run = env.run("doctor").expect(2);
    for line in [
        "cdx.toml:3:1: unknown key \"reson\"",
        "cdx.toml:1:1: reason is missing",
        "cdx.toml:5:8: code is integer, expected a text in quotes",
        "cdx.toml:7:11: expires is soon, expected a date, YYYY-MM-DD, or a time of it such as \
         2027-01-01T10:00:00Z",
        "cdx.toml:8:1: code is missing",
        "cdx.toml:10:11: unknown key \"chanel\"",
        "cdx.toml:11:11: expires is 12:00:00, expected a date",
    ] {
        assert!(run.err.contains(line), "{line}\n{}", run.err);
    }
    env.run("doctor --format junit").expect(2);
}

#[test]
fn a_baseline_marks_what_was_known_and_counts_what_is_new() {
    let env = Env::troubled();
    let run = env.ok("doctor --skip CDX304 --baseline known.json --write-baseline");
    assert!(run.out.contains("known.json: 3 findings"), "{}", run.out);
    let written = fs::read_to_string(env.path().join("known.json")).unwrap();
    let report = env
        .run("doctor --skip CDX304 --baseline known.json --fail-on info --format json")
        .expect(0);
    let all = marks(&report.json(), "baseline");
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|(_, _, known)| *known), "{all:?}");
    let text = env.run("doctor --skip CDX304 --baseline known.json").expect(0).out;
    assert!(text.contains("(known, in the baseline)") && text.contains("3 in the baseline"));
    // It holds in a copy too.
    let far = Env::empty();
    copy(env.path(), far.path()).unwrap();
    far.run("doctor --skip CDX304 --baseline known.json --fail-on info").expect(0);
    let lost = "DELETE FROM ax_CUSTTABLE WHERE ACCOUNTNUM > '00000010'";
    env.channel("online").execute_batch(lost).unwrap();
    let report =
        env.run("doctor --skip CDX304 --baseline known.json --format json").expect(1).json();
    let new: Vec<_> = marks(&report, "baseline").into_iter().filter(|mark| !mark.2).collect();
    assert_eq!(new, [marked("CDX211", "online", false)]);
    for format in ["junit", "sarif", "github"] {
        env.run(&format!("doctor --skip CDX304 --baseline known.json --format {format}")).expect(1);
        far.run(&format!("doctor --skip CDX304 --baseline known.json --format {format}")).expect(0);
    }
    // Written again it holds the fourth; the same state gives the same bytes.
    env.ok("doctor --skip CDX304 --baseline known.json --write-baseline");
    env.run("doctor --skip CDX304 --baseline known.json --fail-on info").expect(0);
    far.ok("doctor --skip CDX304 --baseline again.json --write-baseline");
    assert_eq!(fs::read_to_string(far.path().join("again.json")).unwrap(), written);
}

#[test]
fn a_baseline_that_cannot_be_read_is_refused() {
    let env = Env::new();
    let refused = |text: &str, words: &[&str]| {
        env.write("known.json", text);
        let run: Run = env.run("doctor --baseline known.json").expect(2);
        for word in words.iter().chain(&["known.json", "hint: "]) {
            assert!(run.err.contains(word), "{word}\n{}", run.text());
        }
        assert!(run.out.is_empty(), "{}", run.out);
    };
    refused("{\n  \"format_version\": 1,\n", &["line 3 column 0"]);
    refused("", &["line 1 column 0"]);
    refused("[]", &["line 1"]);
    refused("{\"format_version\": 9, \"findings\": []}", &["format_version is 9, expected 1"]);
    refused("{\"format_version\": 1, \"findings\": [], \"x\": 1}", &["unknown field `x`"]);
    let run = env.run("doctor --baseline nowhere.json").expect(2);
    assert!(run.err.contains("nowhere.json"), "{}", run.err);
    let run = env.run("doctor --baseline nowhere.json --format json").expect(2);
    assert_eq!(run.json()["error"]["code"], "baseline");
}

#[test]
fn a_baseline_is_written_whole_or_not_at_all() {
    let env = Env::troubled();
    let run = env.run("doctor --baseline no/such/folder/known.json --write-baseline").expect(3);
    assert!(run.err.contains("no/such/folder/known.json"), "{}", run.err);
    assert!(!env.path().join("no").exists());
    // A folder stands where the file should be.
    fs::create_dir(env.path().join("known.json")).unwrap();
    fs::write(env.path().join("known.json/kept"), "x").unwrap();
    let run = env.run("doctor --baseline known.json --write-baseline").expect(2);
    assert!(run.err.contains("known.json"), "{}", run.err);
    let names = fs::read_dir(env.path()).unwrap();
    let names: Vec<_> = names.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.contains("partial")), "{names:?}");
    // Where nothing could be checked, a baseline would make everything new.
    let run =
        env.run("doctor --quick --only CDX211 --baseline new.json --write-baseline").expect(3);
    assert!(!env.path().join("new.json").exists(), "{}", run.text());
}

#[test]
fn a_baseline_is_written_over_nothing_else() {
    let env = Env::new();
    for file in ["cdx.toml", "hq.db", "own.json", "channels"] {
        env.write("own.json", "{\"mine\": 1}");
        let path = env.path().join(file);
        let before = std::fs::read(&path).ok();
        let run = env.run(&format!("doctor --baseline {file} --write-baseline")).expect(2);
        assert!(run.err.contains(file), "{}", run.err);
        assert_eq!(std::fs::read(&path).ok(), before, "{file}");
        let run = env.run(&format!("doctor --baseline {file}")).expect(2);
        assert!(!run.err.contains(&format!("--baseline {file} --write")), "{}", run.err);
    }
}

#[test]
fn a_misspelt_code_is_followed_by_the_nearest() {
    for (code, command) in [
        ("CDX3033", "cdx explain CDX303"),
        ("stale-cach", "cdx explain stale-cache"),
        ("nothing", "cdx explain rules"),
    ] {
        let env = accepting(&format!("[[suppress]]\ncode = \"{code}\"\nreason = \"a reason\"\n"));
        let report = env.json("doctor --quick --only CDX902");
        assert_eq!(report["findings"][0]["fix"]["command"], command, "{report:#}");
        env.ok(command.trim_start_matches("cdx "));
    }
}
