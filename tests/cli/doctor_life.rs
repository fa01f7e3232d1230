//! The doctor is silent about what is in order: everyday use, step by step, leaves nothing to say.

use super::harness::{Env, program};

/// The warnings and errors of the doctor: code and title.
fn grave(env: &Env) -> Vec<String> {
    let report = env.json("doctor");
    assert_eq!(report["checks"]["crashed"], 0, "{report:#}");
    assert_eq!(report["checks"]["skipped"], 0, "{report:#}");
    let findings = report["findings"].as_array().unwrap();
    let grave = findings.iter().filter(|finding| finding["severity"] != "info");
    grave.map(|one| format!("{} {}", one["code"], one["title"])).collect()
}

/// Gives commands; after each the doctor has nothing to say.
fn quiet_after(env: &Env, commands: &[&str]) {
    for command in commands {
        env.ok(command);
        assert_eq!(grave(env), Vec::<String>::new(), "after {command}");
    }
}

/// Gives commands; after the last the doctor has nothing to say, and none of these before.
fn quiet_at_the_end(env: &Env, never: &[&str], commands: &[&str]) {
    for command in commands {
        env.ok(command);
        let found = grave(env);
        let wrong = |line: &&String| never.iter().any(|code| line.contains(code));
        assert_eq!(found.iter().find(wrong), None, "after {command}: {found:#?}");
    }
    assert_eq!(grave(env), Vec::<String>::new(), "after {commands:?}");
}

#[test]
fn a_new_environment_has_nothing_wrong_and_tells_what_its_settings_say() {
    let env = Env::new();
    assert_eq!(grave(&env), Vec::<String>::new());
    let rules = cdx::doctor::rules::RULES.len();
    let run = env.ok("doctor --fail-on warning");
    assert_eq!(run.err, "");
    assert!(
        run.out.contains(&format!(
            "{rules} checks: {} passed, 1 failed, 0 crashed; 0 skipped",
            rules - 1
        )),
        "{}",
        run.out
    );
    assert!(run.out.contains("0 errors, 0 warnings, 12 infos"), "{}", run.out);
}

#[test]
fn the_story_of_the_demo_ends_well() {
    let env = Env::empty();
    env.ok("demo .");
    assert_eq!(grave(&env), Vec::<String>::new());
}

#[test]
fn everyday_use_with_real_time_calls_is_no_fault() {
    quiet_after(
        &Env::new(),
        &[
            "customers create --first-name Ann --last-name Bee",
            "customers edit 00000010 --set group=40",
            "run 1110 1070 1010",
            "run P",
            "run sync-customers",
            "pos create-customer --channel houston --first-name A --last-name B",
            "pos edit-customer --channel houston --account 00000010 --set phone=1",
            "run 1010",
            "customers delete 00000012",
            "run 1010",
            "run 1110 1070 1010 --full",
            "clock advance 20m",
            "pos close-shift --channel houston",
            "pos balance --channel houston --account 00000010",
            "csu restart",
        ],
    );
}

#[test]
fn everyday_use_of_asynchronous_customers_ends_well() {
    let env = Env::asynchronous();
    let never = ["CDX105", "CDX208", "CDX211", "CDX601", "CDX602", "CDX603", "CDX604", "CDX405"];
    quiet_at_the_end(
        &env,
        &never,
        &[
            "pos create-customer --channel houston --first-name A --last-name Async",
            "pos edit-customer --channel seattle --account 00000011 --set phone=2",
            "pos create-address --channel online --account 00000011 --street Main --city X",
            "run P",
            "run sync-customers",
            "run 1010",
        ],
    );
    quiet_at_the_end(
        &env,
        &never,
        &[
            "pos create-customer --channel houston --first-name A --last-name Off --offline",
            "pos reconnect --channel houston",
            "run P sync-customers 1010",
            "pos close-shift --channel houston",
            "clock advance 2d",
            "pos close-shift --channel houston",
        ],
    );
    // The offline database inherits sessions of each job, and each run applies those of its own
    // job. Two jobs carry a table in common, and one passes the other; both hold the same of it.
    env.ok("channels add boston --offline-database");
    env.ok("run 1110 1070 1010 1170 P");
    assert_eq!(grave(&env), Vec::<String>::new());
}

/// Jobs 1110 and 1170 both bring RETAILCONFIGURATIONPARAMETERS: a late session does harm there
/// only where headquarters has changed that table since.
#[test]
fn a_late_session_does_harm_only_where_something_has_changed_since() {
    let late = |between: &str| {
        let env = Env::new();
        assert_eq!(env.run("run 1110 --full --fault apply-fails=houston").code, 1);
        env.ok(between);
        env.ok("run 1170");
        env.ok("run 1110");
        let report = env.json("doctor --only CDX208");
        let jobs = report["findings"].as_array().unwrap().iter();
        jobs.map(|one| one["subject"]["job"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // What changes after both is in neither.
    let env = Env::new();
    assert_eq!(env.run("run 1110 --full --fault apply-fails=houston").code, 1);
    env.ok("run 1170 --full");
    env.ok("run 1110");
    env.ok("params set CDX_DISABLE_DISPLAY_UPLOAD_SESSION_WARNING_MESSAGE_V2 1");
    assert_eq!(env.json("doctor --only CDX208")["findings"], serde_json::json!([]));
    env.ok("run 1170 1110");
    assert_eq!(env.json("doctor --only CDX208")["findings"], serde_json::json!([]));
    assert_eq!(late("run 1170 --full"), Vec::<String>::new());
    assert_eq!(late("customers edit 00000010 --set group=40"), Vec::<String>::new());
    assert_eq!(
        late("params set CDX_DISABLE_DISPLAY_UPLOAD_SESSION_WARNING_MESSAGE_V2 1"),
        ["1110"]
    );
}

#[test]
fn a_failure_that_was_fixed_is_over() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set group=80");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston").code, 1);
    assert!(grave(&env)[0].contains("CDX202"), "{:?}", grave(&env));
    quiet_at_the_end(&env, &["CDX211", "CDX208"], &["run 1010"]);
    // Given up, and made good by a full session.
    env.ok("params set try-count 1");
    env.ok("customers edit 00000010 --set group=90");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston").code, 1);
    let found = grave(&env);
    assert!(found.iter().any(|line| line.contains("CDX202")), "{found:?}");
    quiet_at_the_end(&env, &["CDX208"], &["run 1010 --full --channel houston", "run 1010"]);
}

#[test]
fn a_cancelled_session_leaves_its_drift() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set group=80");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston").code, 1);
    let sessions = env.json("sessions list --status ApplyFailed");
    let id = sessions["sessions"][0]["id"].to_string();
    env.ok(&format!("sessions cancel {id} --channel houston"));
    let found = grave(&env);
    assert!(found.iter().all(|line| line.contains("CDX211")) && !found.is_empty(), "{found:?}");
    quiet_at_the_end(&env, &[], &["run 1010 --full --channel houston"]);
}

#[test]
fn an_update_wants_the_scheduler_and_the_jobs_and_nothing_more() {
    let env = Env::empty();
    env.ok("init . --customers 5 --app-version 10.0.40");
    assert_eq!(grave(&env), Vec::<String>::new());
    quiet_at_the_end(
        &env,
        &["CDX211", "CDX105", "CDX208", "CDX602", "CDX603", "CDX604"],
        &[
            "upgrade --app-version 10.0.48",
            "scheduler init",
            "run 1110 1070 1010 1170",
            "csu restart",
            "pos restart",
        ],
    );
}

#[test]
fn what_is_on_its_way_is_no_drift() {
    let env = Env::new();
    // Rows that have not been sent yet, rows of a session that stays Available.
    quiet_after(
        &env,
        &[
            "customers edit 00000010 --set group=90",
            "run 1010 --channel seattle",
            "customers edit 00000011 --set group=90",
            "customers delete 00000013",
            "run 1010 --channel houston",
            "run 1010",
        ],
    );
    let output = program(env.path()).args(["doctor", "--channel", "houston.offline"]).output();
    assert_eq!(output.unwrap().status.code(), Some(0));
}
