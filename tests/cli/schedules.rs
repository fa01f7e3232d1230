//! `cdx schedules set`, and what the doctor says of schedules that do not run.

use serde_json::{Value, json};

use super::harness::Env;

fn schedule(env: &Env, name: &str) -> Value {
    let report = env.json("schedules list");
    let all = report["schedules"].as_array().unwrap();
    let found = all.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {report:#}")).clone()
}

/// The findings of a rule: title, evidence and the commands that mend it.
fn findings(env: &Env, code: &str) -> Vec<(String, String, Vec<String>)> {
    let report = env.json(&format!("doctor --quick --only {code}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = |value: &Value| value.as_array().unwrap().iter().map(text).collect::<Vec<_>>();
    let one = |finding: &Value| {
        let commands = lines(&finding["fix"]["commands"]);
        (text(&finding["title"]), lines(&finding["evidence"]).join("; "), commands)
    };
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn jobs_and_groups_are_added_and_taken_off_beside_those_there_are() {
    let env = Env::new();
    env.ok("channels group add West");
    env.ok("schedules set Downloads --jobs 1110 1010 1070");
    env.ok("schedules set Downloads --add-jobs 1010 P-job --add-groups West Default");
    let downloads = schedule(&env, "Downloads");
    assert_eq!(downloads["jobs"], json!(["1110", "1010", "1070", "P-0001"]));
    assert_eq!(downloads["groups"], json!(["Default", "West"]));
    env.ok("schedules set downloads --remove-jobs P Customers --add-jobs 1010");
    env.ok("schedules set downloads --remove-groups west");
    let downloads = schedule(&env, "Downloads");
    assert_eq!(downloads["jobs"], json!(["1110", "1070", "1010"]));
    assert_eq!(downloads["groups"], json!(["Default"]));
    // Instead of those it has; a job that is named twice is run once.
    env.ok("schedules set Downloads --jobs 1110 1110");
    assert_eq!(schedule(&env, "Downloads")["jobs"], json!(["1110"]));
}

#[test]
fn a_job_without_a_definition_can_be_taken_off() {
    let env = Env::new();
    env.hq()
        .execute_batch(
            "INSERT INTO RETAILCONNSCHEDULEJOBMAPPING (SCHEDULE, JOBID)
             SELECT RECID, 'GONE' FROM RETAILCONNSCHEDULE WHERE NAME = 'Uploads'",
        )
        .unwrap();
    env.ok("schedules set Uploads --remove-jobs gone");
    assert_eq!(schedule(&env, "Uploads")["jobs"], json!(["P-0001"]));
}

#[test]
fn a_new_name_needs_jobs() {
    let env = Env::new();
    let run = env.run("schedules set Uplods --batch-state waiting").expect(2);
    insta::assert_snapshot!(run.err, @r#"
    error: unknown schedule "Uplods"
    hint: did you mean "Uploads"? see what there is: cdx schedules list
    hint: a new one needs jobs: cdx schedules set Uplods --jobs JOB
    "#);
    env.ok("schedules set Nightly --add-jobs 1010 --add-groups Default");
    assert_eq!(schedule(&env, "Nightly")["recurring"], true);
}

#[test]
fn a_batch_job_that_is_gone_is_made_again() {
    for (sql, option) in [
        ("DELETE FROM BATCHJOB WHERE CAPTION = 'Uploads'", "--recurring yes"),
        ("DELETE FROM BATCHJOB WHERE CAPTION = 'Uploads'", "--batch-state waiting"),
        ("UPDATE RETAILCONNSCHEDULE SET BATCHJOBID = 0 WHERE NAME = 'Uploads'", "--recurring yes"),
    ] {
        let env = Env::new();
        env.hq().execute_batch(sql).unwrap();
        assert_eq!(schedule(&env, "Uploads")["batch_state"], Value::Null);
        let found = findings(&env, "CDX403");
        assert_eq!(found[0].2, ["cdx schedules set Uploads --recurring yes"], "{sql}");
        env.ok(&format!("schedules set Uploads {option}"));
        let uploads = schedule(&env, "Uploads");
        assert_eq!(
            (&uploads["recurring"], &uploads["batch_state"]),
            (&json!(true), &json!("waiting"))
        );
        env.ok("doctor --quick --only CDX403,CDX504 --fail-on warning");
    }
    let env = Env::new();
    env.hq().execute_batch("DELETE FROM BATCHJOB").unwrap();
    env.ok("schedules set Uploads --batch-state hold");
    assert_eq!(schedule(&env, "Uploads")["batch_state"], "hold");
    env.ok("schedules set Customers --recurring no");
    assert_eq!(schedule(&env, "Customers")["batch_state"], Value::Null);
}
