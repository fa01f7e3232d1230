//! Uploads that stand still: every documented cause, and what brings a restored or broken channel
//! back.

use serde_json::Value;

use super::harness::{Env, number, text};

/// An asynchronous customer has been collected and nobody applies it.
fn uploaded() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("run P --phase collect");
    env
}

fn titles(env: &Env, code: &str) -> Vec<String> {
    let report = env.json(&format!("doctor --quick --only {code}"));
    let findings = report["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn u03_every_cause_is_named() {
    for (command, words) in [
        (
            "schedules set Uploads --active no",
            "belongs to distribution schedule 'Uploads', which is not active",
        ),
        ("schedules set Uploads --recurring no", "doesn't have any recurrent batch jobs"),
        (
            "schedules set Uploads --batch-state hold",
            "which is in state 'Hold'; no upload sessions will be applied",
        ),
        ("schedules set Uploads --batch-state error", "which is not in a valid state (Error)"),
        (
            "schedules set Uploads --batch-state canceled",
            "which is not in a valid state (Canceled)",
        ),
        (
            "schedules set Uploads --groups",
            "'Default' doesn't belong to one or more upload distribution schedules",
        ),
    ] {
        let env = uploaded();
        env.ok(command);
        // A schedule that cannot work is told at once, a session after its fifteen minutes.
        let broken = titles(&env, "CDX403");
        assert!(broken.len() == 1 && broken[0].contains(words), "{command}: {broken:?}");
        assert!(titles(&env, "CDX402").is_empty(), "{command}: too early");
        env.ok("clock advance 16m");
        let found = titles(&env, "CDX402");
        assert!(found.len() == 1 && found[0].contains(words), "{command}: {found:?}");
    }
}

#[test]
fn u03_a_batch_that_executes_is_left_to_finish() {
    let env = uploaded();
    env.ok("schedules set Uploads --batch-state executing");
    env.ok("clock advance 16m");
    assert!(titles(&env, "CDX402").is_empty());
    assert!(titles(&env, "CDX403").is_empty());
    env.ok("schedules set Uploads --batch-state waiting");
    assert_eq!(
        titles(&env, "CDX402"),
        ["an upload session is not applied: the P-job has not run since"]
    );
    env.ok("doctor --fix --only CDX402");
    assert!(titles(&env, "CDX402").is_empty());
}

/// A backup is restored and another program goes on with it: what it made is renumbered, and nothing
/// comes up twice.
#[test]
fn a_restored_channel_is_reseeded_and_uploads_what_is_new() {
    let env = Env::asynchronous();
    env.create_async("houston", "Before");
    env.ok("run P");
    let backup = std::fs::read(env.channel_path("houston")).unwrap();
    env.create_async("houston", "Uploaded");
    env.create_async("houston", "AsWell");
    env.ok("run P");
    std::fs::write(env.channel_path("houston"), backup).unwrap();
    foreign(&env, "Since");
    let up = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2";
    // The customer and the affiliations of the default customer each have a table.
    assert_eq!(titles(&env, "CDX405").len(), 2);
    env.ok("run P");
    assert_eq!(number(&env.hq(), up), 3, "the new row counts what was received already");
    assert!(titles(&env, "CDX405").is_empty(), "the file was taken in");
    let done = env.json("channels reseed houston");
    assert_eq!(done["tables"][0]["table"], "ax_RETAILASYNCCUSTOMERV2");
    assert_eq!(done["tables"][0]["renumbered"], 1, "{done:#}");
    env.ok("run P");
    assert_eq!(number(&env.hq(), up), 4);
    let since = format!("{up} WHERE LASTNAME = 'Since'");
    assert_eq!(number(&env.hq(), &since), 1);
    assert!(titles(&env, "CDX405").is_empty());
    let again = env.json("channels reseed houston");
    assert_eq!(again["tables"], Value::Array(Vec::new()));
}

/// A creation that another program writes into houston's file.
fn foreign(env: &Env, last: &str) {
    env.channel("houston")
        .execute(
            "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (CUSTACCOUNTASYNC, FIRSTNAME, LASTNAME, CUSTNAME,
             OPERATION, ORIGINATINGCHANNEL, CREATEDDATETIME, MODIFIEDDATETIME, DATAAREAID)
             SELECT 'FOREIGN-' || ?1, 'Ada', ?1, 'Ada ' || ?1, 1, min(RECID),
             '2026-01-15 08:00:00.000', '2026-01-15 08:00:00.000', 'USRT'
             FROM ax_RETAILCHANNELTABLE",
            [last],
        )
        .unwrap();
}

/// The titles of what every row being read brings to light.
fn titles_by_rows(env: &Env) -> Vec<String> {
    let report = env.json("doctor --only CDX413");
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["title"].as_str().unwrap().to_owned()).collect()
}

/// A channel with three customers in headquarters, restored to a copy that has one of them; another
/// program has made two more before anybody noticed.
fn caught_up() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Before");
    env.synchronize();
    let backup = std::fs::read(env.channel_path("houston")).unwrap();
    env.create_async("houston", "Uploaded");
    env.create_async("houston", "AsWell");
    env.ok("run P sync-customers");
    std::fs::write(env.channel_path("houston"), backup).unwrap();
    foreign(&env, "Since");
    foreign(&env, "Later");
    env
}

/// Counters that have caught up say nothing; where the rows were made does.
#[test]
fn u07_rows_made_before_the_counters_caught_up_are_found_and_brought() {
    let env = caught_up();
    let quick = env.json("doctor --quick --only CDX413");
    assert_eq!(quick["findings"], Value::Array(Vec::new()), "{quick:#}");
    assert_eq!(quick["rules"][0]["state"], "skipped", "{quick:#}");
    assert!(quick["rules"][0]["reasons"][0].as_str().unwrap().contains("--quick"), "{quick:#}");
    env.ok("run P");
    let found = env.run("doctor --only CDX413 --format json").expect(1).json();
    let finding = &found["findings"][0];
    assert_eq!(found["findings"].as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(finding["subject"]["table"], "ax.RETAILASYNCCUSTOMERV2");
    assert_eq!(
        finding["evidence"][0], "2 rows that headquarters does not have, at counters 2 to 3",
        "{found:#}"
    );
    assert_eq!(finding["fix"]["safety"], "safe");
    let commands = finding["fix"]["commands"].to_string();
    assert!(commands.contains("cdx channels reseed houston"), "{commands}");
    env.ok("channels reseed houston");
    env.ok("run P");
    assert_eq!(titles_by_rows(&env), Vec::<String>::new());
    let up = "SELECT group_concat(LASTNAME, ' ') FROM (SELECT LASTNAME FROM RETAILASYNCCUSTOMERV2 \
              ORDER BY REPLICATIONCOUNTERFROMORIGIN)";
    assert_eq!(text(&env.hq(), up), "Before Uploaded AsWell Since Later");
    let again = env.json("channels reseed houston");
    assert_eq!(again["tables"], Value::Array(Vec::new()));
    assert_eq!(again["reissued"], 0);
}

/// A restored file gives out no temporary id again, whether it is noticed or not.
#[test]
fn u10_a_temporary_id_is_given_out_once() {
    let env = caught_up();
    let made = |env: &Env, last: &str| env.create_async("houston", last);
    let next = made(&env, "Afterwards");
    let known =
        format!("SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC = '{next}'");
    assert_eq!(number(&env.hq(), &known), 0, "headquarters has it for nobody else");
    env.ok("channels reseed houston");
    env.ok("run P sync-customers 1110 1070 1010 1170");
    for name in ["Before", "Uploaded", "AsWell", "Since", "Later", "Afterwards"] {
        let sql = format!("SELECT count(*) FROM DIRPERSONNAME WHERE LASTNAME = '{name}'");
        assert_eq!(number(&env.hq(), &sql), 1, "{name}");
    }
    env.ok("doctor --fail-on error");
}

/// What a package carries is lost with it once its session is cancelled, and not before.
#[test]
fn u07_a_cancelled_upload_without_a_package_is_brought_again() {
    let env = uploaded();
    assert_eq!(titles_by_rows(&env), Vec::<String>::new(), "it can still be applied");
    let session = env.json("sessions list --upload")["sessions"][0].clone();
    env.ok(&format!("sessions cancel {} --upload", session["id"]));
    assert_eq!(titles_by_rows(&env), Vec::<String>::new(), "it can be retried");
    for package in env.packages().iter().filter(|name| name.starts_with("P-0001")) {
        std::fs::remove_file(env.path().join("packages").join(package)).unwrap();
    }
    let found = titles_by_rows(&env);
    assert_eq!(found.len(), 2, "{found:?}");
    env.ok("channels reseed houston");
    env.ok("run P");
    assert_eq!(titles_by_rows(&env), Vec::<String>::new());
    let up = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = 'Byron'";
    assert_eq!(number(&env.hq(), up), 1);
}

/// What a person corrects in headquarters, and what the batch fills in, is no loss.
/// An upload package that is altered or gone can never be applied; the channel has its rows.
#[test]
fn u07_what_a_spoilt_package_held_is_brought_again() {
    let env = uploaded();
    let package = env.path().join("packages").join(env.packages().pop().unwrap());
    let whole = std::fs::read(&package).unwrap();
    for spoil in [true, false] {
        if spoil {
            std::fs::write(&package, &whole[..whole.len() - 512]).unwrap();
        } else {
            env.create_async("houston", "Mathison");
            env.ok("run P --phase collect");
            std::fs::remove_file(env.path().join("packages").join(env.packages().pop().unwrap()))
                .unwrap();
        }
        let _failed = env.run("run P").expect(1);
        let told = titles(&env, "CDX404");
        assert_eq!(told.len(), 1, "{told:?}");
        let _fixed = env.run("doctor --fix");
        env.ok("run P");
        assert_eq!(titles(&env, "CDX404"), [""; 0]);
    }
    // The package comes back, and brings nothing a second time.
    std::fs::write(&package, whole).unwrap();
    let _tried = env.run("sessions retry 1 --upload");
    let _tried = env.run("run P sync-customers");
    for last in ["Byron", "Mathison"] {
        let sql = format!("SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = '{last}'");
        assert_eq!(number(&env.hq(), &sql), 1, "{last}");
    }
}

#[test]
fn u07_a_corrected_operation_is_the_same_row() {
    let env = uploaded();
    env.ok("run P");
    env.ok("customers status edit customer-1 --set LASTNAME=Lovelace");
    assert_eq!(titles_by_rows(&env), Vec::<String>::new());
    env.ok("run sync-customers");
    assert_eq!(titles_by_rows(&env), Vec::<String>::new());
}

/// A table that one channel lacks is told, and the others are judged.
#[test]
fn a_table_missing_in_one_channel_leaves_the_others_judged() {
    let env = caught_up();
    env.channel("seattle").execute_batch("DROP TABLE ax_RETAILASYNCCUSTOMERCONTACT").unwrap();
    let report = env.json("doctor --only CDX401,CDX405,CDX406,CDX413");
    for rule in report["rules"].as_array().unwrap() {
        assert_ne!(rule["state"], "crashed", "{rule:#}");
        let reasons = rule["reasons"].to_string();
        assert!(reasons.contains("seattle ax.RETAILASYNCCUSTOMERCONTACT: "), "{rule:#}");
    }
    assert!(report["findings"].to_string().contains("houston"), "{report:#}");
}

/// A file that is damaged is made again, filled by the jobs, and uploads what comes after.
#[test]
fn a_broken_channel_is_rebuilt() {
    let env = Env::asynchronous();
    env.create_async("seattle", "Before");
    env.synchronize();
    let refused = env.run("channels rebuild seattle").expect(1);
    assert!(refused.err.contains("--discard"), "{}", refused.err);
    std::fs::write(env.channel_path("seattle"), "this is no database").unwrap();
    env.run("doctor --only CDX901").expect(1);
    let done = env.json("channels rebuild seattle");
    assert_eq!(done["saved_as"], "channels/seattle.db.broken-1");
    // Sessions of the old file say nothing of the new one.
    let report = env.run("doctor --only CDX214 --format json").expect(1).json();
    assert_eq!(report["findings"][0]["subject"]["channel"], "seattle", "{report:#}");
    let run = env.json("run 1110 1070 1010 1170");
    assert_eq!(run["jobs"][0]["reason"], "new-database", "{run:#}");
    env.ok("csu restart");
    env.create_async("seattle", "After");
    env.synchronize();
    let up = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = 'After'";
    assert_eq!(number(&env.hq(), up), 1, "counters go on above what was received");
    env.ok("doctor --fail-on warning");
}

/// What a channel has above a headquarters that was restored may be the last copy there is.
#[test]
fn a_restored_headquarters_does_not_empty_the_channels() {
    let env = Env::asynchronous();
    let hq = env.path().join("hq.db");
    let copy = env.path().join("hq.copy");
    std::fs::copy(&hq, &copy).unwrap();
    env.create_async("houston", "Newest");
    env.synchronize();
    env.ok("doctor");
    std::fs::copy(&copy, &hq).unwrap();
    let drifts = |env: &Env| {
        let report = env.run("doctor --only CDX211 --format json").expect(1).json();
        report["findings"].as_array().unwrap().clone()
    };
    let found = drifts(&env);
    assert!(found.iter().all(|one| one["fix"]["safety"] == "destructive"), "{found:#?}");
    assert!(found[0]["evidence"].to_string().contains("headquarters does not know"));
    env.run("doctor --only CDX211 --fix").expect(1);
    assert_eq!(number(&env.channel("seattle"), &has_newest()), 1);
    // Once a job has come whole, the channel is as headquarters is, and drift is fixed as ever.
    env.ok("run 1010 --full");
    assert_eq!(number(&env.channel("seattle"), &has_newest()), 0);
    env.channel("seattle").execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
    let found = drifts(&env);
    assert!(found.iter().all(|one| one["fix"]["safety"] == "safe"), "{found:#?}");
}

fn has_newest() -> String {
    "SELECT count(*) FROM ax_DIRPERSONNAME WHERE LASTNAME = 'Newest'".to_owned()
}
