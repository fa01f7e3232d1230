//! `cdx doctor --fix`: the safe fixes, in an order that works, and one cause told once.

use serde_json::Value;

use super::harness::{Env, dump};

fn commands(report: &Value) -> Vec<&str> {
    let commands = report["fixes"]["commands"].as_array().unwrap();
    commands.iter().map(|one| one["command"].as_str().unwrap()).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    // What settings say is no fault.
    let faults = findings.filter(|finding| finding["code"] != "CDX304");
    faults.map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Features on and nothing distributed, a full cache, uploads that wait, a manual matter.
fn troubled() -> Env {
    let env = Env::new();
    env.ok("pos create-customer --channel houston --first-name A --last-name B");
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("profiles set Stores --async-customers yes");
    env.ok("pos create-customer --channel houston --first-name A --last-name Off --offline");
    env.ok("pos reconnect --channel houston");
    env.ok("run P");
    let lost = "DELETE FROM ax_CUSTTABLE WHERE ACCOUNTNUM > '00000010'";
    env.channel("online").execute_batch(lost).unwrap();
    env.ok("params set try-count 9");
    env
}

#[test]
fn a_dry_run_shows_and_changes_nothing() {
    let env = troubled();
    let before = dump(&env.hq(), "");
    let report = env.run("doctor --fix --dry-run --format json").expect(1).json();
    assert_eq!(report["fixes"]["dry_run"], true);
    assert!(commands(&report).contains(&"cdx run sync-customers"), "{report:#}");
    let exits = report["fixes"]["commands"].as_array().unwrap();
    assert!(exits.iter().all(|one| one.get("exit").is_none()), "{report:#}");
    assert_eq!(dump(&env.hq(), ""), before);
    let text = env.run("doctor --fix --dry-run").expect(1);
    assert!(text.out.starts_with("Would be run, in this order:"), "{}", text.out);
    assert_eq!(codes(&report), codes(&env.json("doctor")), "and tells what there is");
}

#[test]
fn safe_fixes_end_what_they_can_and_manual_ones_stay() {
    let env = troubled();
    let planned = env.json("doctor --fix --dry-run");
    let run = env.run("doctor --fix --fail-on warning --format json").expect(1);
    let report = run.json();
    assert_eq!(commands(&report), commands(&planned), "what was shown is what was run");
    let exits = report["fixes"]["commands"].as_array().unwrap();
    assert!(exits.iter().all(|one| one["exit"] == 0), "{report:#}");
    assert_eq!(codes(&report), ["CDX207"], "{report:#}");
    assert!(run.err.contains("$ cdx run "), "{}", run.err);
    assert_eq!(
        env.ok("params list --format json").json()["parameters"]
            .as_array()
            .map(|all| { all.iter().any(|one| one["name"] == "try-count" && one["value"] == "9") }),
        Some(true)
    );
    // Once more there is nothing to do.
    let text = env.run("doctor --fix").expect(0).out;
    assert!(text.starts_with("There is no safe fix to run"), "{text}");
}

#[test]
fn what_is_accepted_is_not_fixed() {
    let env = Env::new();
    let lost = "DELETE FROM ax_CUSTTABLE WHERE ACCOUNTNUM > '00000010'";
    env.channel("online").execute_batch(lost).unwrap();
    let path = env.path().join("cdx.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    let more = "[[suppress]]\ncode = \"CDX211\"\nreason = \"a test of the register\"\n";
    std::fs::write(path, format!("{before}\n{more}")).unwrap();
    let report = env.run("doctor --fix --format json").expect(0).json();
    assert_eq!(commands(&report), Vec::<&str>::new());
    assert_eq!(report["findings"][0]["suppressed"], true);
}

#[test]
fn destructive_and_manual_fixes_are_never_run() {
    let env = Env::new();
    let sql = "UPDATE RETAILCONNSCHEDULERJOBTABLE SET ALLOWSKIPDATASYNC = 1 WHERE JOBID = '1010'";
    env.hq().execute_batch(sql).unwrap();
    assert_eq!(env.run("run 1010 --full --fault apply-fails=houston.offline").code, 1);
    env.ok("schedules set Downloads --active no");
    let report = env.json("doctor --fix --only CDX212,CDX205");
    assert_eq!(codes(&report)[..2], ["CDX205", "CDX205"]);
    assert!(codes(&report).contains(&"CDX212"), "{report:#}");
    assert_eq!(commands(&report), Vec::<&str>::new());
}

#[test]
fn a_fix_that_fails_is_told() {
    let env = Env::new();
    // What makes it fail is known to nobody but the file.
    let refuses = "CREATE TRIGGER stop BEFORE INSERT ON ax_CUSTTABLE
                   BEGIN SELECT RAISE(ABORT, 'not today'); END";
    env.channel("houston").execute_batch(refuses).unwrap();
    env.ok("customers edit 00000010 --set group=90");
    assert_eq!(env.run("run 1010").code, 1);
    let run = env.run("doctor --fix --format json").expect(1);
    let report = run.json();
    assert!(commands(&report)[0].starts_with("cdx run 1010"), "{report:#}");
    assert_eq!(report["fixes"]["commands"][0]["exit"], 1, "{report:#}");
    assert!(codes(&report).contains(&"CDX202"), "{report:#}");
    let text = env.run("doctor --fix").expect(1).out;
    assert!(text.starts_with("Run, in this order:\n  cdx run 1010"), "{text}");
    assert!(text.lines().nth(1).unwrap().ends_with(": exit 1"), "{text}");
    for format in ["junit", "sarif", "github"] {
        let run = env.run(&format!("doctor --fix --format {format}")).expect(1);
        assert!(run.err.contains("Run, in this order:"), "{format}\n{}", run.err);
        assert!(!run.out.contains("Run, in this order:"), "{format}\n{}", run.out);
    }
}

/// The codes that cause the findings of a code, each once.
fn causes(report: &Value, code: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let own = findings.filter(|finding| finding["code"] == code);
    let of = |finding: &Value| finding["caused_by"].as_array().cloned().unwrap_or_default();
    let mut found: Vec<String> =
        own.flat_map(of).map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    found.sort();
    found.dedup();
    found
}

/// One paused channel is one cause: it comes first, the others name it, and no safe fix runs
/// against it.
#[test]
fn a_paused_channel_is_one_cause_and_comes_first() {
    let env = Env::new();
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("channels pause seattle");
    env.run("run 1110 1010 1070").expect(1);
    env.ok("csu restart");
    let report = env.json("doctor");
    assert_eq!(codes(&report)[0], "CDX206", "{report:#}");
    assert_eq!(causes(&report, "CDX201"), ["CDX206"]);
    assert_eq!(causes(&report, "CDX303"), ["CDX201", "CDX206"]);
    for finding in report["findings"].as_array().unwrap() {
        if finding["subject"]["channel"] == "seattle" && finding["severity"] == "error" {
            let commands = finding["fix"]["commands"].as_array().unwrap();
            assert_eq!(commands[0], "cdx channels resume seattle", "{finding:#}");
            assert_eq!(finding["fix"]["safety"], "manual", "{finding:#}");
        }
    }
    let text = env.run("doctor").expect(1).out;
    assert_eq!(text.matches("fix (manual): cdx channels resume seattle").count(), 1, "{text}");
    assert!(text.contains("caused by: CDX206\n"), "{text}");
    let first = text.split("DO THIS FIRST\n").nth(1).unwrap();
    assert!(first.starts_with("  cdx channels resume seattle\n"), "{text}");
    assert_eq!(commands(&env.json("doctor --fix")), Vec::<&str>::new());
    // Typed in the order that is given, nothing is left.
    for line in first.lines().map_while(|line| line.strip_prefix("  cdx ")) {
        env.ok(line);
    }
    env.ok("csu restart");
    env.ok("doctor --fail-on warning");
}

/// A job that no schedule runs for a group is not run as a safe fix: it would do nothing.
#[test]
fn what_no_schedule_brings_is_no_safe_fix() {
    let env = Env::new();
    env.ok("features enable async-address-creation --with-prerequisites");
    env.ok("schedules set Downloads --active no");
    let report = env.json("doctor");
    assert!(causes(&report, "CDX201").contains(&"CDX205".to_owned()), "{report:#}");
    assert_eq!(commands(&env.json("doctor --fix --dry-run")), Vec::<&str>::new());
    env.ok("schedules set Downloads --active yes");
    let report = env.json("doctor --fix");
    assert!(!commands(&report).is_empty(), "{report:#}");
    env.ok("doctor --fail-on warning");
}

/// A package with a value that does not fit can never be applied: while headquarters has the value
/// a person must change it, and then one call of the doctor finds the way.
#[test]
fn a_package_that_can_never_be_applied_is_replaced_at_once() {
    let env = Env::new();
    let long = "x".repeat(300);
    let sql = format!("UPDATE CUSTTABLE SET CUSTGROUP = '{long}' WHERE ACCOUNTNUM = '00000010'");
    env.hq().execute_batch(&sql).unwrap();
    assert_eq!(env.run("run 1010").code, 1);
    let report = env.json("doctor");
    assert_eq!(causes(&report, "CDX202"), ["CDX210"]);
    assert_eq!(codes(&report)[0], "CDX210");
    assert_eq!(commands(&env.json("doctor --fix")), Vec::<&str>::new());
    env.ok("customers edit 00000010 --set group=40");
    let report = env.run("doctor --fix --format json").expect(0).json();
    assert!(commands(&report).iter().all(|one| one.contains("--full")), "{report:#}");
    env.ok("doctor --fail-on warning");
}

#[test]
fn twenty_channels_with_one_cause_are_told_once() {
    let env = Env::empty();
    env.ok("init . --channels 20 --customers 3");
    env.ok("features enable async-address-creation --with-prerequisites");
    let report = env.json("doctor --only CDX201");
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 20, "one a channel");
    let prints: std::collections::BTreeSet<String> =
        findings.iter().map(|one| one["fingerprint"].to_string()).collect();
    assert_eq!(prints.len(), 20);
    let text = env.run("doctor --only CDX201").expect(1).out;
    assert_eq!(text.matches("CDX201").count(), 1, "{text}");
    assert_eq!(text.matches("cdx run 1110").count(), 1, "{text}");
    assert!(text.contains("fix (safe): cdx run 1110\n"), "{text}");
    let shown: String = text.lines().skip(2).take(4).collect::<Vec<_>>().join(" ");
    for finding in findings {
        let channel = finding["subject"]["channel"].as_str().unwrap();
        assert!(shown.contains(channel), "{channel} is not named:\n{text}");
    }
    assert!(text.contains("20 errors"), "{text}");
    let fixed = env.run("doctor --fix --format json").expect(0).json();
    assert_eq!(commands(&fixed), ["cdx run 1110"]);
    assert_eq!(codes(&fixed), Vec::<&str>::new());
}

#[test]
fn two_causes_of_one_rule_are_told_apart() {
    let env = Env::new();
    env.channel("houston").execute_batch("DELETE FROM ax_RETAILAFFILIATION").unwrap();
    env.channel("seattle").execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
    let text = env.run("doctor --only CDX211").expect(1).out;
    let told: Vec<&str> = text.lines().filter(|line| line.contains("CDX211")).collect();
    assert_eq!(told.len(), 2, "{text}");
    for table in ["RETAILAFFILIATION", "CUSTTABLE"] {
        let title = format!("{table} has rows that are missing");
        assert!(told.iter().any(|line| line.contains(&title)), "{text}");
    }
}

#[test]
fn what_somebody_set_in_headquarters_is_not_overwritten_unasked() {
    let found = |sql: &str| -> (Env, Value) {
        let env = Env::new();
        env.hq().execute_batch(sql).unwrap();
        let report = env.json("doctor --only CDX602");
        let fix = report["findings"][0]["fix"].clone();
        (env, fix)
    };
    let (env, fix) =
        found("UPDATE RETAILCONNSCHEDULERJOBTABLE SET ALLOWSKIPDATASYNC = 1 WHERE JOBID = '1010'");
    assert_eq!((&fix["command"], &fix["safety"]), (&"cdx scheduler init".into(), &"manual".into()));
    assert_eq!(commands(&env.json("doctor --fix --only CDX602")), Vec::<&str>::new());
    // What is missing is added.
    let (env, fix) = found("DELETE FROM RETAILCONNSCHEDULERJOBLINE WHERE SUBJOBID = 'CUSTTABLE'");
    assert_eq!(fix["safety"], "safe");
    assert_eq!(codes(&env.json("doctor --fix --only CDX602")), Vec::<&str>::new());
    // What is switched off stays off when the scheduler is initialized.
    let off = "UPDATE RETAILCONNSCHEDULERJOBLINE SET ENABLED = 0 WHERE SUBJOBID = 'CUSTTABLE'";
    let (env, fix) = found(off);
    assert_eq!(fix["safety"], "destructive", "{fix:#}");
    env.ok(fix["command"].as_str().unwrap().trim_start_matches("cdx "));
    env.ok("doctor --only CDX602 --fail-on warning");
}

#[test]
fn a_session_that_was_passed_is_replaced_and_not_applied_late() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set last-name=Old");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston:2").code, 1);
    env.ok("customers edit 00000010 --set last-name=New");
    assert_eq!(env.run("run 1010").code, 1);
    let report = env.json("doctor --only CDX208");
    let fix = &report["findings"][0]["fix"]["command"];
    assert_eq!(fix, "cdx run 1010 --full --channel houston", "{report:#}");
    let report = env.json("doctor --fix --fail-on warning");
    assert_eq!(codes(&report), Vec::<&str>::new(), "{report:#}");
    let name = env.ok("pos find-customer --channel houston New --format json").out;
    assert!(name.contains("00000010"), "{name}");
}
