//! The e-commerce application's cache, before an online store's scale unit (R17).

use serde_json::{Value, json};

use super::harness::Env;

/// An online store that was asked before asynchronous customers were turned on.
fn asked_before() -> Env {
    let env = Env::new();
    env.ok("pos create-customer --channel online --first-name Ada --last-name Byron");
    env.with_asynchronous()
}

const EDIT: &str = "pos edit-customer --account 00000003 --set first-name=Zoe";

fn online(env: &Env) -> Value {
    env.json("features show async-customer-editing")["channels"][2].clone()
}

#[test]
fn r17_an_online_store_answers_old_when_its_scale_unit_no_longer_does() {
    let env = asked_before();
    assert_eq!(env.json(&format!("{EDIT} --channel houston --dry-run"))["path"], "async");
    let dry = env.json(&format!("{EDIT} --channel online --dry-run"));
    let text = "the e-commerce application answers from its cache until 2026-01-15 20:00:00";
    assert_eq!(dry["path"], "real-time");
    assert_eq!(dry["reasons"], json!([{ "code": "e-commerce-cached", "text": text }]));
    // The call says it as well, and so do the feature, its plan and the doctor.
    env.ok(&format!("{EDIT} --channel online"));
    let calls = env.json("rts list");
    assert_eq!(calls["calls"].as_array().unwrap().last().unwrap()["reasons"], dry["reasons"]);
    let here = online(&env);
    assert_eq!((&here["state"], &here["in_effect"]), (&json!("cached"), &json!(false)));
    assert_eq!(here["effective_at"], "2026-01-15T20:00:00+00:00");
    assert_eq!(here["e_commerce"]["on"], false);
    assert_eq!(here["operations"][1]["text"], text);
    let plan = env.json("features plan async-customer-editing");
    assert_eq!(plan["steps"].as_array().unwrap().len(), 1, "{plan:#}");
    assert_eq!(plan["steps"][0]["command"], "cdx csu restart --e-commerce");
    let report = env.json("doctor --quick --only CDX301,CDX303,CDX305");
    let found = report["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{report:#}");
    assert_eq!((&found[0]["code"], &found[0]["title"]), (&json!("CDX305"), &json!(text)));
    assert_eq!(
        found[0]["fix"]["commands"],
        json!(["cdx csu restart --e-commerce --channel online"])
    );
    env.ok("doctor --fix --only CDX305 --quick --fail-on warning");
    assert_eq!(env.json(&format!("{EDIT} --channel online --dry-run"))["path"], "async");
    assert_eq!(online(&env)["state"], "effective");
}

#[test]
fn r17_it_asks_again_once_what_it_holds_has_expired() {
    let env = asked_before();
    env.ok("clock advance 11h");
    assert_eq!(env.json(&format!("{EDIT} --channel online --dry-run"))["path"], "real-time");
    env.ok("clock advance 1h");
    assert_eq!(env.json(&format!("{EDIT} --channel online --dry-run"))["path"], "async");
    // Each of the two kinds has a time of its own.
    let env = asked_before();
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("feature-ttl = \"12h\"", "feature-ttl = \"1h\""));
    env.ok("clock advance 1h");
    assert_eq!(env.json(&format!("{EDIT} --channel online --dry-run"))["path"], "async");
    let create = "pos create-customer --channel online --first-name Ada --last-name King --dry-run";
    assert_eq!(env.json(create)["reasons"][0]["code"], "e-commerce-cached");
}

#[test]
fn r17_both_caches_are_named_in_the_order_in_which_they_are_in_the_way() {
    let env = Env::new();
    env.ok("pos create-customer --channel online --first-name Ada --last-name Byron");
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("run 1110 1010 1070");
    let dry = env.json(&format!("{EDIT} --channel online --dry-run"));
    assert_eq!(dry["reasons"][0]["code"], "cached");
    let plan = env.json("features plan async-customer-editing --channel online");
    let commands: Vec<&Value> =
        plan["steps"].as_array().unwrap().iter().map(|step| &step["command"]).collect();
    assert_eq!(
        commands,
        ["cdx csu restart --channel online", "cdx csu restart --e-commerce --channel online"]
    );
    let report = env.json("doctor --quick --only CDX301");
    assert_eq!(report["findings"][0]["fix"]["commands"], json!(commands));
}

#[test]
fn a_store_has_no_e_commerce_application() {
    let env = asked_before();
    let status = env.json("csu status");
    let held = status["e_commerce"].as_array().unwrap();
    assert_eq!((held.len(), &held[0]["channel"]), (1, &json!("online")));
    assert_eq!(held[0]["features_until"], "2026-01-15T20:00:00+00:00");
    let run = env.run("csu restart --e-commerce --channel houston").expect(2);
    assert!(run.err.contains("houston is no online store"), "{}", run.err);
    env.run("csu restart --e-commerce --instance 1").expect(2);
    assert_eq!(env.json("csu restart --e-commerce")["restarted"], json!(["online"]));
    assert_eq!(env.json("csu status")["e_commerce"][0]["features_until"], Value::Null);
    // A restart of the scale unit leaves the application as it is.
    env.ok(&format!("{EDIT} --channel online"));
    env.ok("csu restart");
    assert_ne!(env.json("csu status")["e_commerce"][0]["features_until"], Value::Null);
}
