//! `cdx schedules set`, and what the doctor says of schedules that do not run.

use serde_json::{Value, json};

use super::fixture::obey;
use super::harness::Env;

fn schedule(env: &Env, name: &str) -> Value {
    let report = env.json("schedules list");
    let all = report["schedules"].as_array().unwrap();
    let found = all.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {report:#}")).clone()
}

/// The findings of a rule: title, evidence and the commands that fix it.
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
    hint: a new one needs jobs, for example: cdx schedules set Uplods --jobs 1010
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

#[test]
fn the_customer_batch_is_held_against_the_state_of_its_batch_job() {
    for state in ["Hold", "Error", "Ended", "Canceled"] {
        let env = Env::asynchronous();
        env.create_async("houston", "Byron");
        env.ok("run P");
        let (title, _, commands) = findings(&env, "CDX502").remove(0);
        assert_eq!(title, "uploaded customer operations wait for the batch");
        assert_eq!(commands, ["cdx run sync-customers", "cdx run 1010"]);
        env.ok(&format!("schedules set Customers --batch-state {state}"));
        let fix = "cdx schedules set Customers --batch-state waiting";
        let (_, seen, commands) = findings(&env, "CDX504").remove(0);
        assert!(seen.starts_with("Customers: run by Batch job"), "{seen}");
        assert!(seen.ends_with(&format!("which is in state '{state}'")), "{seen}");
        assert_eq!(commands, [fix]);
        let (_, seen, commands) = findings(&env, "CDX502").remove(0);
        assert!(seen.contains(&format!("which is in state '{state}'")), "{seen}");
        assert_eq!(commands, [fix, "cdx run sync-customers", "cdx run 1010"]);
        for command in &commands {
            assert_eq!(obey(&env, command).code, 0, "{command}");
        }
        env.ok("doctor --quick --only CDX502,CDX504 --fail-on warning");
    }
}

#[test]
fn all_that_is_wrong_with_a_schedule_is_fixed_by_one_command() {
    let env = Env::new();
    env.ok("schedules set Uploads --active no --recurring no --batch-state error");
    let command = "cdx schedules set Uploads --active yes --recurring yes --batch-state waiting";
    assert_eq!(findings(&env, "CDX403")[0].2, [command]);
    assert_eq!(findings(&env, "CDX504")[0].2, [command]);
    assert_eq!(obey(&env, command).code, 0);
    env.ok("doctor --quick --only CDX403,CDX504 --fail-on warning");
}

/// Whoever names the schedule that a job needs names the same, and one is made of it.
#[test]
fn a_job_on_no_schedule_gets_one_of_its_own() {
    let env = Env::new();
    env.ok("channels group add West");
    env.ok("channels add portland --group West");
    env.ok("schedules set Uploads --remove-jobs P");
    env.ok("schedules set Customers --remove-jobs sync-customers");
    env.ok("schedules set Downloads --remove-jobs 1010 --add-groups West");
    let mut commands: Vec<String> = Vec::new();
    for code in ["CDX205", "CDX403", "CDX504"] {
        let found = findings(&env, code);
        assert!(!found.is_empty(), "{code}");
        commands.extend(found.into_iter().flat_map(|(_, _, commands)| commands));
    }
    commands.sort();
    commands.dedup();
    // What they then bring is run once they are there.
    let (runs, made): (Vec<_>, Vec<_>) =
        commands.into_iter().partition(|command| command.starts_with("cdx run "));
    assert_eq!(runs, ["cdx run 1010 --group Default", "cdx run 1010 --group West"]);
    assert_eq!(
        made,
        [
            "cdx schedules set 'Job 1010' --add-jobs 1010 --add-groups Default West",
            "cdx schedules set 'Job P-0001' --add-jobs P-0001 --add-groups Default West",
            "cdx schedules set 'Job sync-customers' --add-jobs sync-customers",
        ]
    );
    for command in made.iter().chain(&runs) {
        assert_eq!(obey(&env, command).code, 0, "{command}");
    }
    env.ok("doctor --quick --only CDX205,CDX403,CDX407,CDX504 --fail-on warning");
}

#[test]
fn a_group_on_no_schedule_joins_one_that_runs_the_job() {
    let env = Env::new();
    env.ok("channels group add West");
    env.ok("channels add portland --group West");
    let commands = |code: &str| -> Vec<String> {
        let mut once = Vec::new();
        for command in findings(&env, code).into_iter().flat_map(|(_, _, commands)| commands) {
            if !once.contains(&command) {
                once.push(command);
            }
        }
        once
    };
    let joins = "cdx schedules set Downloads --add-groups West";
    let runs = ["1010", "1070", "1110", "1170"].map(|job| format!("cdx run {job} --group West"));
    assert_eq!(commands("CDX205"), [&[joins.to_owned()][..], &runs].concat());
    assert_eq!(commands("CDX403"), ["cdx schedules set Uploads --add-groups West"]);
    for command in [commands("CDX205"), commands("CDX403")].concat() {
        assert_eq!(obey(&env, &command).code, 0, "{command}");
    }
    env.ok("doctor --quick --only CDX205,CDX403,CDX407 --fail-on warning");
}

/// A batch that was due when a command ended, of a schedule that is gone by now, is told.
#[test]
fn what_was_due_of_a_schedule_that_is_gone_is_told() {
    let env = Env::new();
    let due = r#"["Nightly", "Async Client/7m", "Downloads"]"#;
    let sql = format!("INSERT OR REPLACE INTO cdx_WORLD VALUES ('batches-due', '{due}')");
    env.hq().execute_batch(&sql).unwrap();
    let run = env.ok("clock advance 1m --run-schedules");
    for told in ["the batch of schedule Nightly was due", "Async Client every 7m was due"] {
        assert!(run.err.contains(told), "{}", run.text());
    }
    assert!(run.err.contains("cdx schedules list") && run.err.contains("cdx channels list"));
    assert!(run.out.contains("Downloads") && !run.err.contains("Downloads"), "{}", run.text());
    let again = env.ok("clock advance 1m --run-schedules");
    assert!(!again.err.contains("was due"), "{}", again.text());
}

/// What is printed can be pasted where it was printed.
#[test]
fn commands_name_the_environment_that_was_named() {
    let env = Env::empty();
    env.ok("init shop --customers 5");
    env.args(&["init", "my shop", "--customers", "5"]).expect(0);
    for name in ["shop", "my shop"] {
        env.args(&["--env", name, "params", "set", "try-count", "9"]).expect(0);
        env.args(&[
            "--env",
            name,
            "features",
            "enable",
            "async-address-creation",
            "--with-prerequisites",
        ])
        .expect(0);
        let out = env.args(&["--env", name, "doctor", "--quick"]).expect(1).out;
        let mut typed = out.lines().filter_map(|line| line.split_once("): "));
        let typed = typed.find(|(before, _)| before.contains("fix (safe")).unwrap().1;
        let shown = if name == "shop" { "shop".to_owned() } else { format!("'{name}'") };
        assert!(typed.starts_with(&format!("cdx --env {shown} run ")), "{out}");
        let dry = env.args(&["--env", name, "doctor", "--fix", "--dry-run"]).out;
        assert!(dry.contains(&format!("\n  cdx --env {shown} run ")), "{dry}");
        assert!(obey(&env, typed).code <= 1, "{typed}");
        assert!(!out.contains("cdx run") && !out.contains("cdx params"), "{out}");
        for format in ["json", "sarif", "junit", "github"] {
            let plain = env.args(&["--env", name, "doctor", "--format", format]).out;
            assert!(plain.contains("cdx --env"), "{format}\n{plain}");
        }
    }
    let here = super::harness::program(&env.path().join("shop")).arg("doctor").output().unwrap();
    assert!(!super::harness::Run::of(here).out.contains("--env"));
}
