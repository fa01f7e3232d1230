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
