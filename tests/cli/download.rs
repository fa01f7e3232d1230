//! Downloads: sessions, statuses, tries, repair (D01 to D17).

use std::fs;

use super::harness::{Env, dump, entry, number, status, text};

const GROUP: &str = "SELECT CUSTGROUP FROM ax_CUSTTABLE WHERE ACCOUNTNUM = '00000010'";

fn edit(env: &Env, group: &str) {
    env.ok(&format!("customers edit 00000010 --set group={group}"));
}

#[test]
fn d01_a_delta_sends_only_what_changed() {
    let env = Env::new();
    edit(&env, "40");
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["mode"], "delta");
    // The customer, and its party, which tells who set the group (C09).
    assert_eq!(report["jobs"][0]["rows"], 2);
    assert_eq!(entry(&report, 0, "seattle")["rows"], 2);
    assert_eq!(text(&env.channel("seattle"), GROUP), "40");
}

#[test]
fn d01_writes_by_any_program_count() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "UPDATE OR REPLACE CUSTTABLE SET CUSTGROUP = '41' WHERE ACCOUNTNUM = '00000010';
             INSERT OR REPLACE INTO RETAILAFFILIATION (RECID, NAME)
             SELECT RECID + 100, NAME FROM RETAILAFFILIATION WHERE NAME = 'Senior';",
        )
        .unwrap();
    let report = env.json("run 1010");
    // The displaced affiliation is a delete that no delete trigger saw.
    assert_eq!(report["jobs"][0]["sessions"][0]["rows"], 2, "{report:#}");
    assert_eq!(report["jobs"][0]["sessions"][0]["deleted"], 1);
    assert_eq!(text(&env.channel("online"), GROUP), "41");
    let same = "SELECT group_concat(RECID || NAME) FROM (SELECT * FROM {} ORDER BY RECID)";
    assert_eq!(
        text(&env.channel("online"), &same.replace("{}", "ax_RETAILAFFILIATION")),
        text(&env.hq(), &same.replace("{}", "RETAILAFFILIATION"))
    );
}

#[test]
fn d02_nothing_changed_ends_in_nodata_without_a_package() {
    let env = Env::new();
    let before = env.packages();
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["sessions"][0]["status"], "NoData");
    assert_eq!(report["ok"], true);
    assert_eq!(env.packages(), before);
}

#[test]
fn d03_one_session_and_a_row_per_channel_database() {
    let env = Env::new();
    edit(&env, "40");
    let run = env.run("run 1010 --fault apply-fails=houston --format json").expect(1);
    let report = run.json();
    assert_eq!(report["jobs"][0]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(status(&report, 0, "houston"), "ApplyFailed");
    assert_eq!(status(&report, 0, "seattle"), "Applied");
    assert_eq!(report["jobs"][0]["sessions"][0]["status"], "ApplyFailed");
    assert!(run.err.contains("fault: apply-fails=houston"), "{}", run.err);
}

#[test]
fn d03_the_others_of_a_group_stay_available() {
    let env = Env::new();
    edit(&env, "40");
    let report = env.json("run 1010 --channel houston");
    assert_eq!(status(&report, 0, "houston"), "Applied");
    assert_eq!(status(&report, 0, "seattle"), "Available");
    assert_eq!(text(&env.channel("seattle"), GROUP), "30");
    let report = env.json("run 1010");
    assert_eq!(status(&report, 0, "seattle"), "Applied");
    assert_eq!(text(&env.channel("seattle"), GROUP), "40");
}

#[test]
fn d04_a_full_replaces_pending_sessions_of_its_database() {
    let env = Env::new();
    edit(&env, "40");
    let first = env.run("run 1010 --fault apply-fails=houston --format json").expect(1).json();
    let pending = first["jobs"][0]["sessions"][0]["id"].as_i64().unwrap();
    let report = env.json("run 1010 --full --channel houston");
    assert_eq!(report["jobs"][0]["reason"], "requested");
    assert_eq!(status(&report, 0, "houston"), "Applied");
    let full = report["jobs"][0]["sessions"][0]["id"].as_i64().unwrap();
    let show = env.json(&format!("sessions show {pending}"));
    let houston = &show["channels"][0];
    assert_eq!(houston["status"], "Canceled");
    assert_eq!(houston["replaced_by"], full);
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
    env.ok("run 1010");
}

#[test]
fn d04_a_full_of_one_database_leaves_the_others_their_changes() {
    let env = Env::new();
    edit(&env, "40");
    env.ok("run 1010 --full --channel houston");
    assert_eq!(text(&env.channel("seattle"), GROUP), "30");
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["mode"], "delta");
    assert_eq!(text(&env.channel("seattle"), GROUP), "40");
}

#[test]
fn d05_a_new_channel_gets_a_full_of_its_own() {
    let env = Env::new();
    env.ok("channels add boston");
    let report = env.json("run 1010");
    let sessions = report["jobs"][0]["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2, "{report:#}");
    assert_eq!(sessions[1]["mode"], "full");
    assert_eq!(report["jobs"][0]["reason"], "new-database");
    assert_eq!(status(&report, 1, "boston"), "Applied");
    let count = "SELECT count(*) FROM ax_CUSTTABLE";
    assert_eq!(number(&env.channel("boston"), count), 23);
    edit(&env, "80");
    let report = env.json("run 1010");
    assert_eq!(status(&report, 0, "boston"), "Applied");
}

#[test]
fn d05_an_offline_database_inherits_sessions_since_the_last_full() {
    let env = Env::new();
    edit(&env, "90");
    env.ok("run 1010");
    env.ok("channels add seattle --offline-database");
    let report = env.json("run 1010");
    let sessions = report["jobs"][0]["sessions"].as_array().unwrap();
    assert_eq!(sessions[0]["mode"], "full");
    assert_eq!(sessions.len(), 3, "the full, the delta, and this run's: {report:#}");
    assert_eq!(text(&env.channel("seattle.offline"), GROUP), "90");
    assert_eq!(
        dump(&env.channel("seattle.offline"), "ax_CUST"),
        dump(&env.channel("seattle"), "ax_CUST")
    );
}

#[test]
fn d06_a_session_is_canceled_after_its_tries() {
    let env = Env::new();
    edit(&env, "40");
    env.run("run 1010 --fault apply-fails=houston:3").expect(1);
    env.run("run 1010").expect(1);
    let report = env.run("run 1010 --format json").expect(1).json();
    let houston = entry(&report, 0, "houston");
    assert_eq!(houston["status"], "Canceled");
    assert_eq!(houston["tries"], 3);
    assert!(houston["message"].as_str().unwrap().contains("tried too many times"), "{houston}");
    // What was given up does not come by itself; a full run fixes it.
    env.ok("run 1010");
    assert_eq!(text(&env.channel("houston"), GROUP), "30");
    env.ok("run 1010 --full --channel houston");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
}

#[test]
fn d06_a_package_that_cannot_be_made_is_tried_again() {
    let env = Env::new();
    edit(&env, "40");
    let report = env.run("run 1010 --fault create-fails=1010 --format json").expect(1).json();
    assert_eq!(status(&report, 0, "houston"), "CreateFailed");
    let again = env.json("run 1010");
    assert_eq!(again["jobs"][0]["sessions"][0]["id"], report["jobs"][0]["sessions"][0]["id"]);
    assert_eq!(status(&again, 0, "houston"), "Applied");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
}

#[test]
fn d07_enforcement_suspends_and_holds_back() {
    let env = Env::new();
    env.ok("params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1");
    env.ok("run 1110");
    edit(&env, "40");
    env.run("run 1010 --fault apply-fails=houston:3").expect(1);
    env.run("run 1010").expect(1);
    let report = env.run("run 1010 --format json").expect(1).json();
    let suspended = report["jobs"][0]["sessions"][0]["id"].as_i64().unwrap();
    assert_eq!(status(&report, 0, "houston"), "Suspended");
    edit(&env, "80");
    let run = env.run("run 1010 --format json");
    let later = run.json();
    assert!(run.err.contains("holds back later sessions"), "{}", run.err);
    assert_eq!(status(&later, 0, "houston"), "Available", "{later:#}");
    assert_eq!(status(&later, 0, "seattle"), "Applied");
    env.ok(&format!("sessions retry {suspended} --channel houston"));
    env.ok("run 1010");
    assert_eq!(text(&env.channel("houston"), GROUP), "80");
    let again = env.run(&format!("sessions retry {suspended}")).expect(1);
    assert!(again.err.contains("dependency enforcement"), "{}", again.err);
}

/// Held back is held back: also from what another job brings, and from a full synchronization.
#[test]
fn d07_no_later_session_passes_a_suspended_one() {
    let env = Env::new();
    env.ok("params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1");
    env.ok("params set try-count 1");
    env.ok("run 1110 1010 1070");
    edit(&env, "40");
    let report = env.run("run 1010 --fault apply-fails=houston --format json").expect(1).json();
    assert_eq!(status(&report, 0, "houston"), "Suspended");
    let suspended = report["jobs"][0]["sessions"][0]["id"].as_i64().unwrap();
    // Nothing of another job is held back, as long as there is nothing.
    env.ok("run 1070");
    for words in ["run 1110 --full", "run 1010 --full --channel houston", "run 1010 --full"] {
        let run = env.run(&format!("{words} --format json")).expect(1);
        let report = run.json();
        assert_eq!(status(&report, 0, "houston"), "Available", "{words}\n{report:#}");
        let kept = report["jobs"][0]["not_run"][0].as_str().unwrap();
        let head = format!("houston: session {suspended} (1010) holds back");
        assert!(kept.starts_with(&head), "{words}: {kept}");
        assert!(run.err.contains(&format!("cdx sessions show {suspended}")), "{}", run.err);
    }
    env.run("run 1010").expect(1);
    env.ok("run 1010 --channel seattle");
    let shown = env.json(&format!("sessions show {suspended}"));
    let houston = shown["channels"].as_array().unwrap().iter().find(|c| c["channel"] == "houston");
    assert_eq!(houston.unwrap()["status"], "Suspended", "{shown:#}");
    assert_ne!(text(&env.channel("houston"), GROUP), "40");
    // Cancelled, it holds nothing back any more.
    env.ok(&format!("sessions cancel {suspended} --channel houston"));
    env.ok("run 1010 1110");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
    env.ok("doctor --only CDX201,CDX202,CDX203,CDX204");
}

#[test]
fn d08_out_of_order_sessions_meet_unique_key_errors() {
    let env = Env::new();
    env.hq()
        .execute_batch("UPDATE RETAILAFFILIATION SET NAME = 'Pupil' WHERE NAME = 'Student'")
        .unwrap();
    env.run("run 1010 --fault apply-fails=houston:2").expect(1);
    env.hq().execute_batch("INSERT INTO RETAILAFFILIATION (NAME) VALUES ('Student')").unwrap();
    let report = env.run("run 1010 --format json").expect(1).json();
    assert_eq!(status(&report, 1, "seattle"), "Applied");
    let houston = entry(&report, 1, "houston");
    assert_eq!(houston["status"], "ApplyFailed");
    let message = houston["message"].as_str().unwrap();
    assert!(message.contains("ax.RETAILAFFILIATION") && message.contains("NAME"), "{message}");
    // In order, both go in.
    env.ok("run 1010");
    assert_eq!(number(&env.channel("houston"), "SELECT count(*) FROM ax_RETAILAFFILIATION"), 4);
}

#[test]
fn d08_two_rows_may_swap_a_unique_value() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "UPDATE RETAILAFFILIATION SET NAME = 'x' WHERE NAME = 'Student';
             UPDATE RETAILAFFILIATION SET NAME = 'Student' WHERE NAME = 'Senior';
             UPDATE RETAILAFFILIATION SET NAME = 'Senior' WHERE NAME = 'x';",
        )
        .unwrap();
    env.ok("run 1010");
    assert_eq!(
        dump(&env.channel("houston"), "ax_RETAILAFFILIATION"),
        dump(&env.channel("seattle"), "ax_RETAILAFFILIATION")
    );
    let senior = "SELECT RECID FROM {} WHERE NAME = 'Senior'";
    assert_eq!(
        number(&env.channel("houston"), &senior.replace("{}", "ax_RETAILAFFILIATION")),
        number(&env.hq(), &senior.replace("{}", "RETAILAFFILIATION"))
    );
}

#[test]
fn d11_an_applied_package_is_not_applied_twice() {
    let env = Env::new();
    edit(&env, "40");
    env.run("run 1010 --fault crash=apply.after-commit:houston").expect(134);
    // The channel has it, headquarters does not know: a later write must survive.
    env.channel("houston")
        .execute_batch("UPDATE ax_CUSTTABLE SET CUSTGROUP = 'own' WHERE ACCOUNTNUM = '00000010'")
        .unwrap();
    let run = env.run("run 1010");
    assert!(run.err.contains("had been applied to houston"), "{}", run.text());
    assert_eq!(text(&env.channel("houston"), GROUP), "own");
}

#[test]
fn d12_a_value_too_long_names_table_column_key_and_lengths() {
    let env = Env::new();
    let before = dump(&env.channel("seattle"), "ax_");
    env.ok("customers edit 00000010 --set email=new@example.com");
    let long = "UPDATE CUSTTABLE SET CUSTGROUP = 'ABCDEFGHIJKL' WHERE ACCOUNTNUM = '00000010'";
    env.hq().execute_batch(long).unwrap();
    let report = env.run("run 1010 --format json").expect(1).json();
    let seattle = entry(&report, 0, "seattle");
    assert_eq!(seattle["status"], "ApplyFailed");
    assert_eq!(
        seattle["message"],
        "table ax.CUSTTABLE: value too long in column CUSTGROUP, key ACCOUNTNUM=00000010, \
         DATAAREAID=USRT: 12 characters, the column takes 10"
    );
    assert_eq!(dump(&env.channel("seattle"), "ax_"), before);
}

#[test]
fn d12_holds_for_a_load_into_empty_tables_too() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "UPDATE CUSTTABLE SET CUSTGROUP = 'ÁBCDEFGHIJKL' WHERE ACCOUNTNUM = '00000010'",
        )
        .unwrap();
    env.ok("channels add boston");
    let report = env.run("run 1010 --channel boston --format json").expect(1).json();
    let sessions = report["jobs"][0]["sessions"].as_array().unwrap();
    let message = sessions
        .iter()
        .flat_map(|s| s["channels"].as_array().unwrap())
        .find(|c| c["channel"] == "boston")
        .and_then(|c| c["message"].as_str())
        .unwrap();
    assert!(message.contains("12 characters, the column takes 10"), "{message}");
    assert_eq!(number(&env.channel("boston"), "SELECT count(*) FROM ax_CUSTTABLE"), 0);
}

#[test]
fn d13_a_paused_database_gets_nothing_and_catches_up() {
    let env = Env::new();
    env.ok("channels pause seattle");
    edit(&env, "40");
    let run = env.run("run 1010 --format json").expect(1);
    let report = run.json();
    assert!(run.err.contains("hint: cdx channels resume seattle"), "{}", run.err);
    let channels = report["jobs"][0]["sessions"][0]["channels"].as_array().unwrap();
    assert!(channels.iter().all(|channel| channel["channel"] != "seattle"), "{report:#}");
    assert_eq!(text(&env.channel("seattle"), GROUP), "30");
    env.ok("channels resume seattle");
    env.ok("run 1010");
    assert_eq!(text(&env.channel("seattle"), GROUP), "40");
}

/// What it missed is counted from the first session that it was left out of.
#[test]
fn d13_a_paused_database_catches_up_with_every_session_it_missed() {
    let env = Env::new();
    env.ok("channels pause seattle");
    edit(&env, "40");
    env.run("run 1010").expect(1);
    env.ok("customers edit 00000011 --set group=40");
    env.run("run 1010").expect(1);
    env.ok("channels resume seattle");
    env.ok("run 1010");
    let group = "SELECT group_concat(CUSTGROUP, ' ') FROM ax_CUSTTABLE
                 WHERE ACCOUNTNUM IN ('00000010', '00000011')";
    assert_eq!(text(&env.channel("seattle"), group), "40 40");
}

#[test]
fn d13_without_an_active_schedule_nothing_is_generated() {
    let env = Env::new();
    edit(&env, "40");
    env.ok("schedules set Downloads --active no");
    let report = env.run("run 1010 --format json").expect(1).json();
    assert_eq!(report["jobs"][0]["sessions"].as_array().unwrap().len(), 0);
    assert!(report["jobs"][0]["not_run"][0].as_str().unwrap().contains("not active"));
    env.ok("schedules set Downloads --active yes --jobs 1110 1070");
    let report = env.run("run 1010 --format json").expect(1).json();
    assert!(report["jobs"][0]["not_run"][0].as_str().unwrap().contains("no distribution schedule"));
    env.ok("schedules set Downloads --jobs 1110 1070 1010");
    env.ok("run 1010");
    assert_eq!(text(&env.channel("seattle"), GROUP), "40");
}

#[test]
fn d14_a_deleted_row_is_deleted_in_the_channel() {
    let env = Env::new();
    env.ok("customers delete 00000010");
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["sessions"][0]["deleted"], 11);
    for table in ["CUSTTABLE", "RETAILCUSTTABLE", "DIRPARTYTABLE", "LOGISTICSLOCATION"] {
        assert_eq!(
            number(&env.channel("houston"), &format!("SELECT count(*) FROM ax_{table}")),
            number(&env.hq(), &format!("SELECT count(*) FROM {table}")),
            "{table}"
        );
    }
}

#[test]
fn d15_an_expired_package_cannot_be_applied() {
    let env = Env::new();
    edit(&env, "40");
    env.run("run 1010 --fault apply-fails=houston").expect(1);
    let moved = env.json("clock advance 121d");
    assert!(!moved["passed"]["expired_packages"].as_array().unwrap().is_empty());
    let report = env.run("run 1010 --channel houston --format json").expect(1).json();
    let houston = entry(&report, 0, "houston");
    assert_eq!(houston["status"], "DownloadFailed");
    assert!(houston["message"].as_str().unwrap().contains("not found"), "{houston}");
    env.ok("run 1010 --full --channel houston");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
}

#[test]
fn d16_a_package_that_was_altered_is_never_applied() {
    let env = Env::new();
    edit(&env, "40");
    env.run("run 1010 --fault apply-fails=houston").expect(1);
    let name = env.packages().into_iter().rfind(|name| name.starts_with("1010")).unwrap();
    let path = env.path().join("packages").join(&name);
    let whole = fs::read(&path).unwrap();
    let mut altered = whole.clone();
    let at = altered.len() - 100;
    altered[at] ^= 1;
    fs::write(&path, altered).unwrap();
    let report = env.run("run 1010 --format json").expect(1).json();
    let houston = entry(&report, 0, "houston");
    assert_eq!(houston["status"], "DownloadFailed");
    assert!(houston["message"].as_str().unwrap().contains("checksum"), "{houston}");
    assert_eq!(text(&env.channel("houston"), GROUP), "30");
    fs::write(&path, whole).unwrap();
    env.ok("run 1010");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
}

#[test]
fn d17_a_run_is_full_when_the_tracking_does_not_reach_back() {
    let env = Env::new();
    edit(&env, "40");
    // Turning a feature on closes a version; what it held is forgotten a month later.
    env.ok("features enable async-address-creation");
    env.ok("clock advance 31d");
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["mode"], "full");
    assert_eq!(report["jobs"][0]["reason"], "tracking-expired");
    assert_eq!(text(&env.channel("houston"), GROUP), "40");
    edit(&env, "80");
    assert_eq!(env.json("run 1010")["jobs"][0]["mode"], "delta");
}

#[test]
fn a_run_of_two_jobs_goes_on_after_a_failure() {
    let env = Env::new();
    edit(&env, "40");
    let report =
        env.run("run 1010 1110 --fault apply-fails=houston --format json").expect(1).json();
    assert_eq!(report["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(report["jobs"][1]["sessions"][0]["status"], "NoData");
    assert_eq!(report["ok"], false);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let env = Env::new();
    edit(&env, "40");
    let before = fs::read(env.path().join("hq.db")).unwrap();
    let report = env.json("run 1010 --dry-run");
    let houston = &report["jobs"][0]["channels"][0];
    assert_eq!(houston["channel"], "houston");
    let customers =
        houston["subjobs"].as_array().unwrap().iter().find(|s| s["subjob"] == "CUSTTABLE").unwrap();
    assert_eq!(customers["rows"], 1);
    assert_eq!(fs::read(env.path().join("hq.db")).unwrap(), before);
}

#[test]
fn a_damaged_channel_fails_alone() {
    let env = Env::new();
    edit(&env, "40");
    fs::write(env.channel_path("seattle"), "this is no database").unwrap();
    let report = env.run("run 1010 --format json").expect(1).json();
    assert_eq!(status(&report, 0, "seattle"), "DownloadFailed");
    assert_eq!(status(&report, 0, "houston"), "Applied");
    fs::remove_file(env.channel_path("online")).unwrap();
    edit(&env, "80");
    let report = env.run("run 1010 --format json").expect(1).json();
    assert!(report.to_string().contains("online.db is missing"), "{report:#}");
}

#[test]
fn a_run_is_full_when_the_interval_has_passed() {
    let env = Env::new();
    env.ok("params set full-dataset-generation-interval 7");
    assert_eq!(env.json("run 1010")["jobs"][0]["mode"], "delta");
    env.ok("clock advance 7d");
    let report = env.json("run 1010");
    assert_eq!(report["jobs"][0]["reason"], "interval");
    assert_eq!(env.json("run 1010")["jobs"][0]["mode"], "delta");
}

#[test]
fn a_random_fault_is_told_and_repeats() {
    let told = || {
        let env = Env::new();
        env.run("run 1010 --fault random").err
    };
    assert!(told().contains("fault: "), "{}", told());
    assert_eq!(told(), told());
}

#[test]
fn what_failed_elsewhere_is_no_failure_of_a_run_for_one_channel() {
    let env = Env::new();
    env.ok("customers create --first-name Ada --last-name Byron");
    let _ = env.run("run 1010 --channel houston --fault apply-fails=houston:1").expect(1);
    env.ok("run 1010 --channel seattle");
    env.ok("run 1010");
}
