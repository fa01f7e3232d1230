//! What is in the way of an operation is named alike by the register, the feature, its plan and the
//! doctor (G16, R14).

use serde_json::{Value, json};

use super::harness::Env;

const EDIT: &str = "pos edit-customer --account 00000003 --set first-name=Zoe --dry-run";

#[test]
fn g16_a_scale_unit_older_than_a_feature_does_not_act_on_it() {
    let env = Env::empty();
    env.ok("init . --customers 5 --app-version 10.0.25");
    env.ok("upgrade --app-version 10.0.48 --scale-unit-version 10.0.25");
    for channel in ["seattle", "online"] {
        env.ok(&format!("upgrade --scale-unit-version 10.0.48 --channel {channel}"));
    }
    env.ok("scheduler init");
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("run 1110 1010 1070");
    env.ok("csu restart");
    let text = "\"Enable editing customers in asynchronous mode\" needs a scale unit of 10.0.29, \
                that of the channel is 10.0.25";
    let dry = env.json(&format!("{EDIT} --channel houston"));
    assert_eq!(dry["path"], "real-time");
    assert_eq!(dry["reasons"], json!([{ "code": "scale-unit-too-old", "text": text }]));
    // Each operation by its own feature; other channels go on.
    let address = "pos create-address --channel houston --account 00000003 --street A --city B";
    assert_eq!(env.json(&format!("{address} --dry-run"))["path"], "async");
    assert_eq!(env.json(&format!("{EDIT} --channel seattle"))["path"], "async");
    let shown = env.json("features show async-customer-editing");
    let houston = &shown["channels"][0];
    assert_eq!(
        (&houston["state"], &houston["in_effect"]),
        (&json!("not-distributed"), &json!(false))
    );
    assert_eq!(
        houston["missing_steps"],
        json!(["the scale unit is 10.0.25, and the feature needs 10.0.29"])
    );
    // It is an answer of its own, whatever the state; nothing of the kind is said of the others.
    let unit = json!({ "version": "10.0.25", "needs": "10.0.29" });
    assert_eq!(houston["scale_unit"], unit);
    assert_eq!(shown["channels"][1].get("scale_unit"), None);
    let told = env.ok("features show async-customer-editing").out;
    assert!(told.contains("the scale unit is 10.0.25, and the feature needs 10.0.29"), "{told}");
    let answer = r#"[{"Name":"Dynamics.AX.Application.RetailEnableAsyncCustomerEditFeature","IsEnabled":false}]"#;
    env.write("states.json", answer);
    let told = env.run("features check --channel houston states.json");
    let fix = "cdx upgrade --scale-unit-version 10.0.29 --channel houston";
    assert!(told.out.contains(fix), "{}", told.text());
    let edit = houston["operations"].as_array().unwrap();
    let edit = edit.iter().find(|one| one["operation"] == "edit-customer").unwrap();
    assert_eq!((&edit["reason"], &edit["text"]), (&json!("scale-unit-too-old"), &json!(text)));
    let fix = "cdx upgrade --scale-unit-version 10.0.29 --channel houston";
    let plan = env.json("features plan async-customer-editing");
    assert_eq!(plan["steps"][0]["command"], fix);
    let report = env.json("doctor --quick --only CDX303 --channel houston");
    let lingers = |one: &&Value| one["subject"]["key"] == "edit-customer";
    let found = report["findings"].as_array().unwrap().iter().find(lingers).unwrap();
    assert_eq!(found["title"], format!("still a real-time call: {text}"));
    assert_eq!(found["fix"]["commands"][0], fix);
    env.ok("upgrade --scale-unit-version 10.0.29 --channel houston");
    assert_eq!(env.json(&format!("{EDIT} --channel houston"))["path"], "async");
}

#[test]
fn a_profile_that_is_off_in_one_channel_is_named() {
    let env = Env::asynchronous();
    env.ok("profiles set Online --async-customers no");
    env.ok("run 1070");
    env.ok("csu restart");
    let text = "\"Create customer in async mode\" is off in functionality profile Online";
    let create = "pos create-customer --first-name Ada --last-name King --dry-run --channel";
    assert_eq!(env.json(&format!("{create} houston"))["path"], "async");
    assert_eq!(env.json(&format!("{create} online"))["reasons"][0]["text"], text);
    let shown = env.json("features show async-customer-editing");
    assert_eq!(shown["channels"][2]["operations"][0]["text"], text);
    assert_eq!(shown["channels"][0]["operations"][0]["path"], "async");
    let plan = env.json("features plan async-customer-editing");
    assert_eq!(plan["choices"][0]["text"], text);
    assert_eq!(plan["choices"][0]["channels"], json!(["online"]));
    let report = env.json("doctor --quick --only CDX304 --channel online");
    assert_eq!(report["findings"][0]["title"], text);
}
