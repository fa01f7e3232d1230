//! Features that stand between headquarters and a channel: what is told, and that its fix fixes.

use serde_json::Value;

use super::harness::{Env, number, text};

fn findings(env: &Env, code: &str) -> Vec<Value> {
    let run = env.run(&format!("doctor --only {code} --format json"));
    run.json()["findings"].as_array().unwrap().clone()
}

fn commands(finding: &Value) -> Vec<&str> {
    let steps = finding["fix"]["commands"].as_array().unwrap();
    steps.iter().map(|step| step.as_str().unwrap()).collect()
}

/// Runs a finding's commands as somebody would who pastes them.
fn paste(env: &Env, finding: &Value) {
    for command in commands(finding) {
        env.ok(command.strip_prefix("cdx ").unwrap());
    }
}

/// A row that headquarters has lost is made again from the other and the log; no full
/// synchronization of a channel is offered, as it could not help.
#[test]
fn g14_a_feature_headquarters_has_half_of_is_made_whole() {
    let class = "SELECT NAME FROM FEATUREMANAGEMENTSTATE WHERE ISENABLED = 1 ORDER BY RECID";
    for table in ["FEATUREMANAGEMENTSTATE", "FEATUREMANAGEMENTMETADATA"] {
        let env = Env::asynchronous();
        let name = text(&env.hq(), class);
        let own = format!("SELECT RECID FROM FEATUREMANAGEMENTSTATE WHERE NAME = '{name}'");
        let id = number(&env.hq(), &own);
        let key = if table.ends_with("STATE") { "RECID" } else { "FEATURESTATE" };
        let rows = "SELECT group_concat(s.NAME || s.ISENABLED || (m.ENABLEDATE > '1900-01-02')
                    || m.LABEL || m.CANDISABLE, x'0A' ORDER BY s.NAME)
                    FROM FEATUREMANAGEMENTSTATE s JOIN FEATUREMANAGEMENTMETADATA m
                    ON m.FEATURESTATE = s.RECID";
        let before = text(&env.hq(), rows);
        env.hq().execute(&format!("DELETE FROM {table} WHERE {key} = ?1"), [id]).unwrap();
        env.ok("run 1110");
        let found = findings(&env, "CDX105");
        assert_eq!(found.len(), 1, "{table}: {found:#?}");
        assert!(found[0]["subject"]["channel"].is_null(), "{found:#?}");
        assert_eq!(commands(&found[0]), ["cdx features refresh", "cdx run 1110"]);
        paste(&env, &found[0]);
        env.ok("csu restart");
        assert_eq!(text(&env.hq(), rows), before, "{table}");
        env.ok("doctor --fail-on warning");
        assert_eq!(env.json("features refresh")["movements"], Value::Array(Vec::new()));
    }
}

/// What is missing changes as jobs run; the finding, and so its fingerprint, does not.
#[test]
fn a_finding_keeps_its_fingerprint_while_jobs_run() {
    let env = Env::new();
    env.ok("features enable async-customer-editing --with-prerequisites");
    let print = |code: &str| -> Vec<String> {
        let found = findings(&env, code);
        let editing = |one: &&Value| {
            one["subject"]["feature"] == "async-customer-editing"
                && one["subject"]["channel"] == "houston"
        };
        let own = found.iter().filter(editing);
        own.map(|one| one["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let first = print("CDX201");
    assert_eq!(first.len(), 1);
    env.ok("run 1010");
    assert_eq!(print("CDX201"), first);
    env.ok("run 1110");
    assert!(print("CDX201").is_empty());
    // It acts now, and another finding says what is still to be done.
    let then = print("CDX215");
    assert_eq!(then.len(), 1);
    env.ok("run 1070");
    assert!(print("CDX215").is_empty());
}

/// A channel that has had nothing lacks each job; that it lacks each feature too is not said again.
#[test]
fn a_new_channel_lacks_everything_and_is_told_once() {
    let env = Env::asynchronous();
    env.ok("channels add boston");
    assert!(findings(&env, "CDX201").is_empty());
    let found = findings(&env, "CDX214");
    let jobs: Vec<&str> = found.iter().map(|one| one["subject"]["job"].as_str().unwrap()).collect();
    assert_eq!(jobs.len(), 4, "{found:#?}");
    for one in &found {
        assert_eq!(one["subject"]["channel"], "boston");
        paste(&env, one);
    }
    assert!(findings(&env, "CDX214").is_empty());
    assert!(findings(&env, "CDX201").is_empty());
}

/// A run that has no changes to bring would not fix a row that a channel lost.
#[test]
fn r14_a_profile_that_a_channel_lost_comes_whole() {
    let env = Env::asynchronous();
    env.channel("houston").execute_batch("DELETE FROM ax_RETAILFUNCTIONALITYPROFILE").unwrap();
    env.ok("csu restart");
    env.ok("pos create-customer --channel houston --first-name Ada --last-name Lost");
    let found = findings(&env, "CDX303");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(commands(&found[0])[0].starts_with("cdx run 1070 --full"), "{found:#?}");
    paste(&env, &found[0]);
    assert!(findings(&env, "CDX303").is_empty());
}

#[test]
fn g15_registers_that_were_not_restarted_are_told() {
    let env = Env::new();
    env.ok("pos restart --channel houston");
    env.ok("features enable modern-customer-details-page --with-prerequisites");
    env.ok("run 1110 1010 1070");
    env.ok("csu restart");
    let found = findings(&env, "CDX301");
    assert_eq!(found.len(), 2, "online has no registers: {found:#?}");
    assert_eq!(found[0]["subject"]["key"], "registers");
    assert_eq!(commands(&found[0]), ["cdx pos restart --channel houston"]);
    for one in &found {
        paste(&env, one);
    }
    assert!(findings(&env, "CDX301").is_empty());
}

/// What keeps an operation from being local in headquarters is fixed there, not in the channel.
#[test]
fn r14_a_call_lingers_for_a_row_that_headquarters_lost() {
    let env = Env::asynchronous();
    env.hq().execute_batch("DELETE FROM FEATUREMANAGEMENTMETADATA").unwrap();
    env.ok("run 1110");
    env.ok("csu restart");
    let default = "SELECT min(ACCOUNTNUM) FROM CUSTTABLE";
    let account = text(&env.hq(), default);
    env.ok(&format!("pos edit-customer --channel houston --account {account} --set phone=7"));
    let found = findings(&env, "CDX303");
    assert!(!found.is_empty());
    for one in &found {
        assert!(one["title"].to_string().contains("headquarters has only one"), "{one:#}");
        assert_eq!(commands(one)[0], "cdx features refresh");
    }
    let mut run: Vec<&str> = found.iter().flat_map(commands).collect();
    run.sort_unstable_by_key(|command| (!command.contains("refresh"), *command));
    run.dedup();
    run.sort_by_key(|command| command.contains("restart"));
    for command in run {
        env.ok(command.strip_prefix("cdx ").unwrap());
    }
    assert!(findings(&env, "CDX303").is_empty());
}

/// A channel that lost a row after the job that carries it came needs that job whole, beside what
/// it has not had yet.
#[test]
fn g14_a_row_lost_on_the_way_is_brought_with_the_rest() {
    let env = Env::new();
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("run 1110");
    env.channel("houston").execute_batch("DELETE FROM ax_FEATUREMANAGEMENTMETADATA").unwrap();
    let plan = env.json("features plan async-customer-editing --channel houston");
    let runs: Vec<&str> =
        plan["steps"].as_array().unwrap().iter().filter_map(|s| s["command"].as_str()).collect();
    let at = |words: &str| runs.iter().position(|run| run.contains(words));
    assert!(at("1110 --full --channel houston").is_some(), "{runs:?}");
    assert!(at("run 1010 1070").is_some(), "{runs:?}");
    for run in &runs {
        env.ok(run.strip_prefix("cdx ").unwrap());
    }
    let shown = env.json("features show async-customer-editing");
    let houston = shown["channels"].as_array().unwrap().iter().find(|c| c["channel"] == "houston");
    assert_eq!(houston.unwrap()["state"], "effective", "{shown:#}");
}
