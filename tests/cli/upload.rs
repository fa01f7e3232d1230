//! Uploads in two phases (U01 to U08).

use std::fs;
use std::time::Instant;

use super::harness::{Env, number};

const RECEIVED: &str = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2";

#[test]
fn u01_only_rows_above_the_last_counter_go_up() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 1);
    let report = env.json("run P");
    assert_eq!(report["jobs"][0]["sessions"].as_array().unwrap().len(), 0);
    env.channel("houston")
        .execute_batch("UPDATE ax_RETAILASYNCCUSTOMERV2 SET LASTNAME = 'Changed'")
        .unwrap();
    env.create_async("houston", "Two");
    let report = env.json("run P");
    let rows = report["jobs"][0]["sessions"][0]["rows"].as_i64().unwrap();
    assert_eq!(number(&env.hq(), RECEIVED), 2);
    assert_eq!(rows, 2, "a customer and an affiliation: {report:#}");
    let changed = format!("{RECEIVED} WHERE LASTNAME = 'Changed'");
    assert_eq!(number(&env.hq(), &changed), 0, "never an update");
}

#[test]
fn u02_the_two_phases_do_not_wait_for_each_other() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    let report = env.json("run P --phase apply");
    assert_eq!(report["jobs"][0]["sessions"].as_array().unwrap().len(), 0, "it creates none");
    let report = env.json("run P --phase collect");
    assert_eq!(report["jobs"][0]["sessions"][0]["status"], "Uploaded");
    assert_eq!(report["jobs"][0]["sessions"][0]["phase"], "collect");
    assert_eq!(number(&env.hq(), RECEIVED), 0);
    let report = env.json("run P --phase apply");
    assert_eq!(report["jobs"][0]["sessions"][0]["status"], "Applied");
    assert_eq!(number(&env.hq(), RECEIVED), 1);
    env.create_async("seattle", "Two");
    let report = env.json("run P");
    let phases: Vec<&str> = report["jobs"][0]["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["phase"].as_str().unwrap())
        .collect();
    assert_eq!(phases, ["collect", "apply"]);
}

#[test]
fn a_dry_run_tells_what_would_go_up_and_what_waits() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.create_async("seattle", "Two");
    env.create_async("seattle", "Three");
    let dump = || ["houston", "seattle"].map(|name| super::harness::dump(&env.channel(name), ""));
    let before = (dump(), super::harness::dump(&env.hq(), ""));
    let rows = |words: &str, channel: &str, subjob: &str| -> u64 {
        let report = env.ok(&format!("{words} --dry-run --format json")).json();
        let channels = report["jobs"][0]["channels"].as_array().unwrap().clone();
        let of_channel = channels.into_iter().filter(|entry| entry["channel"] == channel);
        let subjobs = of_channel.flat_map(|entry| entry["subjobs"].as_array().unwrap().clone());
        let own = subjobs.filter(|entry| entry["subjob"].as_str().unwrap().contains(subjob));
        own.map(|entry| entry["rows"].as_u64().unwrap()).sum()
    };
    let customers = "RETAILASYNCCUSTOMERV2";
    assert_eq!(rows("run P", "houston", customers), 1);
    assert_eq!(rows("run P --phase collect", "seattle", customers), 2);
    assert_eq!(rows("run P --channel houston", "seattle", customers), 0);
    assert_eq!(rows("run P --phase apply", "houston", customers), 0);
    assert!(env.ok("run P --dry-run").out.contains("RETAILASYNCCUSTOMERV2"));
    let after = (dump(), super::harness::dump(&env.hq(), ""));
    assert!(before == after, "nothing is written");
    // It says what the run then does.
    let told = env.ok("run P --phase collect --channel seattle --format json").json();
    let moved = told["jobs"][0]["rows"].as_u64().unwrap();
    let waits = env.json("run P --dry-run --phase apply");
    assert_eq!(waits["jobs"][0]["sessions"][0]["channel"], "seattle", "{waits:#}");
    assert_eq!(waits["jobs"][0]["sessions"][0]["rows"], moved, "{waits:#}");
    assert_eq!(rows("run P", "seattle", ""), 0, "it has been collected");
    assert_eq!(rows("run sync-customers", "seattle", ""), 0);
    assert!(env.ok("run sync-customers --dry-run").out.contains("no operations wait"));
    env.ok("run P");
    assert_eq!(rows("run sync-customers", "houston", customers), 1);
    assert_eq!(rows("run sync-customers", "seattle", customers), 2);
    let counted: u64 =
        ["houston", "seattle"].map(|c| rows("run sync-customers", c, "")).iter().sum();
    let done = env.json("run sync-customers");
    assert_eq!(done["jobs"][0]["processed"].as_u64().unwrap(), counted);
    env.ok("channels pause houston");
    env.ok("schedules set Uploads --active no");
    let kept = env.json("run P --dry-run")["jobs"][0]["not_run"].to_string();
    assert!(kept.contains("houston is paused") && kept.contains("not active"), "{kept}");
}

#[test]
fn u02_the_older_topology_is_a_setting() {
    let env = Env::asynchronous();
    let settings = fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("\"two-phase\"", "\"one-phase\""));
    env.create_async("houston", "One");
    let refused = env.run("run P --phase collect").expect(2);
    assert!(refused.err.contains("one-phase"), "{}", refused.err);
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 1);
}

#[test]
fn u03_no_active_upload_schedule_is_told_in_the_products_words() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.ok("schedules set Uploads --active no");
    let run = env.run("run P").expect(1);
    assert!(
        run.err.contains(
            "the channel database group 'Default' belongs to distribution schedule 'Uploads' which \
             is not active"
        ),
        "{}",
        run.err
    );
    assert_eq!(number(&env.hq(), RECEIVED), 0);
}

#[test]
fn u04_one_writer_at_a_time_and_a_reader_never_waits() {
    let env = Env::asynchronous();
    let lock = fs::OpenOptions::new().write(true).open(env.path().join("cdx.lock")).unwrap();
    lock.lock().unwrap();
    env.write("cdx.lock.holder", r#"{"pid": 4242, "command": "run P", "generation": 7}"#);
    let begun = Instant::now();
    env.ok("sessions list");
    assert!(begun.elapsed().as_secs() < 4, "a reader waited");
    let refused = env.run("run P").expect(3);
    assert!(refused.err.contains("process 4242 (run P)"), "{}", refused.err);
    lock.unlock().unwrap();
    env.ok("run P");
}

#[test]
fn u05_a_key_that_is_there_leaves_headquarters_as_it_was() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.create_async("houston", "Two");
    env.hq()
        .execute_batch(
            "INSERT INTO RETAILASYNCCUSTOMERV2 (cdx_DATASTORE, REPLICATIONCOUNTERFROMORIGIN, DATAAREAID)
             SELECT RECID, 2, 'USRT' FROM RETAILCONNDATABASEPROFILE WHERE NAME = 'houston'",
        )
        .unwrap();
    let report = env.run("run P --format json").expect(1).json();
    let applied = &report["jobs"][0]["sessions"][1];
    assert_eq!(applied["status"], "ApplyFailed");
    let message = applied["message"].as_str().unwrap();
    assert!(message.contains("REPLICATIONCOUNTERFROMORIGIN=2"), "{message}");
    assert!(message.contains("RETAILASYNCCUSTOMERV2"), "{message}");
    assert_eq!(number(&env.hq(), RECEIVED), 1, "nothing of it stays");
    env.hq().execute_batch("DELETE FROM RETAILASYNCCUSTOMERV2").unwrap();
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 2);
}

/// A session that somebody sets back is applied once more: its package is known, and nothing of it
/// is written again.
#[test]
fn u05_a_package_that_was_applied_is_a_no_op() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.ok("run P");
    let received = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = 'One'";
    for set_back in [
        "UPDATE RETAILCDXUPLOADSESSION SET STATUS = 2",
        // What it brought went its way since, as where another program tidies the table.
        "UPDATE RETAILCDXUPLOADSESSION SET STATUS = 2; DELETE FROM RETAILASYNCCUSTOMERV2;",
    ] {
        env.hq().execute_batch(set_back).unwrap();
        let before = number(&env.hq(), received);
        let report = env.json("run P --phase apply");
        assert_eq!(report["jobs"][0]["sessions"][0]["status"], "Applied", "{report:#}");
        assert_eq!(number(&env.hq(), received), before, "{set_back}");
    }
}

#[test]
fn u06_closing_a_shift_loses_what_was_not_uploaded() {
    let env = Env::asynchronous();
    env.ok("profiles set Stores --days-transactions-exist 2");
    env.ok("run 1070");
    env.ok("csu restart");
    env.create_async("houston", "Sent");
    env.ok("run P");
    env.create_async("houston", "Lost");
    env.ok("clock advance 47h");
    env.ok("pos close-shift --channel houston");
    let left = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.channel("houston"), left), 2, "not two days old");
    env.ok("clock advance 25h");
    env.create_async("houston", "Fresh");
    let report = env.json("pos close-shift --channel houston");
    assert!(report["notes"].to_string().contains("had not been uploaded: 2"), "{report:#}");
    assert_eq!(number(&env.channel("houston"), left), 1);
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 2, "the counters go on, the lost row does not come");
}

/// What another program writes into a file that was put back counts again what was received, and does
/// not go up; what a register makes counts on above it.
#[test]
fn u07_a_restored_channel_uploads_nothing_until_its_counters_pass() {
    let env = Env::asynchronous();
    let saved = fs::read(env.channel_path("houston")).unwrap();
    env.create_async("houston", "One");
    env.create_async("houston", "Two");
    env.ok("run P");
    fs::write(env.channel_path("houston"), saved).unwrap();
    env.channel("houston")
        .execute_batch(
            "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (CUSTACCOUNTASYNC, LASTNAME, OPERATION,
             MODIFIEDDATETIME, DATAAREAID)
             VALUES ('7B9F', 'Foreign', 1, '2026-01-15 08:00:00.000', 'USRT')",
        )
        .unwrap();
    let customers = || number(&env.hq(), RECEIVED);
    env.ok("run P");
    assert_eq!(customers(), 2, "its counter is below what headquarters has received");
    env.create_async("houston", "Third");
    env.ok("run P");
    assert_eq!(customers(), 3, "a register's counters go on above it");
    env.ok("channels reseed houston");
    env.ok("run P");
    assert_eq!(customers(), 4, "the fix gives the row a fresh counter");
}

#[test]
fn u08_all_five_tables_go_up() {
    let env = Env::asynchronous().with_contacts();
    let guid = env.json(
        "pos create-customer --channel houston --first-name Ada --last-name One \
             --secondary-contact other@example.com",
    )["account"]
        .as_str()
        .unwrap()
        .to_owned();
    env.ok(&format!(
        "pos create-address --channel houston --account {guid} --street Main --city Houston"
    ));
    env.channel("houston")
        .execute(
            "INSERT INTO ax_RETAILASYNCCUSTOMERATTRIBUTEV2 (CUSTACCOUNTASYNC, ATTRIBUTERECID,
             ATTRIBUTEVALUESTRING, OPERATION, MODIFIEDDATETIME, DATAAREAID)
             SELECT ?1, min(RECID), 'blue', 1, '2026-01-15 08:00:00.000', 'USRT'
             FROM ax_ECORESATTRIBUTE",
            [&guid],
        )
        .unwrap();
    env.ok("run P");
    for table in [
        "RETAILASYNCCUSTOMERV2",
        "RETAILASYNCADDRESSV2",
        "RETAILASYNCCUSTOMERCONTACT",
        "RETAILASYNCCUSTOMERAFFILIATION",
        "RETAILASYNCCUSTOMERATTRIBUTEV2",
    ] {
        let own = format!("SELECT count(*) FROM {table} WHERE CUSTACCOUNTASYNC = '{guid}'");
        assert_eq!(number(&env.hq(), &own), 1, "{table}");
    }
    env.ok("run sync-customers");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM cdx_CUSTOMERATTRIBUTE"), 1);
}

#[test]
fn a_package_that_could_not_be_sent_is_sent_again_and_not_collected_again() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    let report = env.run("run P --fault upload-fails=houston --format json").expect(1).json();
    assert_eq!(report["jobs"][0]["sessions"][0]["status"], "UploadFailed");
    let packages = env.packages();
    let report = env.json("run P");
    assert_eq!(report["jobs"][0]["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(env.packages(), packages);
    assert_eq!(number(&env.hq(), RECEIVED), 1);
    env.create_async("houston", "Two");
    env.run("run P --fault read-fails=houston").expect(1);
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 2);
}

#[test]
fn a_package_that_cannot_be_sent_is_not_given_up() {
    let env = Env::asynchronous();
    env.ok("params set try-count 2");
    env.create_async("houston", "One");
    let status = |command: &str| {
        let report = env.run(&format!("{command} --format json")).expect(1).json();
        report["jobs"][0]["sessions"][0]["status"].as_str().unwrap().to_owned()
    };
    // Its counters would not be collected again.
    assert_eq!(status("run P --fault upload-fails=houston:3"), "UploadFailed");
    assert_eq!(status("run P"), "UploadFailed");
    assert_eq!(status("run P"), "UploadFailed");
    env.ok("run P");
    assert_eq!(number(&env.hq(), RECEIVED), 1);
}
