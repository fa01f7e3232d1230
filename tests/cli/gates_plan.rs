//! What is in effect, and the way there: show, list, plan, graph, which-job, refused job runs.

use serde_json::{Value, json};

use super::harness::Env;

const EDITING: &str = "async-customer-editing";

pub fn commands(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap();
    steps.iter().filter_map(|step| step["command"].as_str()).map(str::to_owned).collect()
}

fn state(env: &Env, feature: &str, channel: usize) -> String {
    let shown = env.json(&format!("features show {feature}"));
    shown["channels"][channel]["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_is_the_whole_ordered_way_and_shrinks_as_it_is_gone() {
    let env = Env::new();
    env.ok("pos find-customer --channel houston Ada");
    insta::assert_snapshot!(env.ok(&format!("features plan {EDITING}")).out, @r#"
    From here to async-customer-editing effective everywhere:
      1. cdx features enable async-customer-editing --with-prerequisites
        turns it on in headquarters, after the 2 that it needs
      2. cdx run 1110 1010 1070
        brings it to the channels
      3. cdx csu restart
        scale units answer from their cache until it expires or they are restarted
    create-customer in houston, seattle stays a real-time call: "Create customer in async mode" is off in functionality profile Stores
      to have it local: cdx profiles set Stores --async-customers yes, then cdx run 1070
    create-customer in online stays a real-time call: "Create customer in async mode" is off in functionality profile Online
      to have it local: cdx profiles set Online --async-customers yes, then cdx run 1070
    "#);
    let way = commands(&env.json(&format!("features plan {EDITING}")));
    for (at, command) in way.iter().enumerate() {
        let left = commands(&env.json(&format!("features plan {EDITING}")));
        assert_eq!(left, way[at..], "before {command}");
        env.ok(command.strip_prefix("cdx ").unwrap());
    }
    let done = env.ok(&format!("features plan {EDITING}"));
    let nothing = "async-customer-editing is effective everywhere; there is nothing to do\n";
    // What a setting beside the feature leaves as it is, is said.
    let choice = "create-customer in online stays a real-time call: ";
    assert!(done.out.starts_with(nothing) && done.out.contains(choice), "{}", done.out);
    let plan = env.json(&format!("features plan {EDITING}"));
    assert_eq!((&plan["effective"], &plan["steps"]), (&json!(true), &json!([])));
}

#[test]
fn a_plan_for_one_channel_leaves_the_others_alone() {
    let env = Env::new();
    let plan = env.json("features plan pos-offline-database-compression --channel seattle");
    assert_eq!(
        commands(&plan),
        [
            "cdx features enable pos-offline-database-compression",
            "cdx run 1110 1070 --channel seattle"
        ]
    );
    for command in commands(&plan) {
        env.ok(command.strip_prefix("cdx ").unwrap());
    }
    assert_eq!(state(&env, "pos-offline-database-compression", 1), "effective");
    assert_eq!(state(&env, "pos-offline-database-compression", 0), "not-distributed");
    let told = env.ok("features plan pos-offline-database-compression --channel seattle").out;
    assert_eq!(
        told,
        "pos-offline-database-compression is effective in seattle; there is nothing to do\n"
    );
    let run = env.run("features plan pos-offline-database-compression --channel seatle").expect(2);
    assert!(run.err.contains("did you mean \"seattle\""), "{}", run.err);
}

#[test]
fn g16_the_steps_of_cloud_powered_search_come_in_their_order() {
    let env = Env::new();
    let feature = "cloud-powered-customer-search";
    let plan = env.json(&format!("features plan {feature}"));
    let kinds: Vec<&str> =
        plan["steps"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["enable", "initialize", "run", "wait", "run"]);
    // Out of order the steps do not count.
    env.ok(&format!("features enable {feature}"));
    let run = env.run("run 1010_CustomerSearch").expect(2);
    assert!(run.err.contains("cdx scheduler init"), "{}", run.err);
    env.ok("run 1110");
    env.ok("scheduler init");
    env.ok("run 1010_CustomerSearch");
    let shown = env.json(&format!("features show {feature}"));
    assert_eq!(shown["channels"][0]["missing_jobs"], json!(["1110"]), "{shown:#}");
    env.ok("run 1110");
    assert_eq!(state(&env, feature, 0), "effective");
}

/// A gate of one's own that excludes a shipped one; no page names two that exclude each other.
const OLD_PAGE: &str = "[feature]\nslug = \"old-page\"\nclass = \"OldPage\"\nname = \"Old page\"\n\
    module = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n\
    excludes = [\"modern-customer-details-page\"]\n";

#[test]
fn g16_a_register_acts_on_the_modern_page_once_it_is_restarted() {
    let env = Env::new();
    let feature = "modern-customer-details-page";
    env.ok("pos restart");
    env.write("gates/old-page.toml", OLD_PAGE);
    env.ok("features enable old-page");
    let report = env.run(&format!("features enable {feature} --format json")).expect(1).json();
    assert_eq!(report["refused"][0]["kind"], "excluded");
    assert_eq!(
        commands(&env.json(&format!("features plan {feature}")))[0],
        "cdx features disable old-page --cascade"
    );
    env.ok("features disable old-page");
    env.ok(&format!("features enable {feature}"));
    env.ok("run 1110");
    let shown = env.json(&format!("features show {feature}"));
    assert_eq!(shown["channels"][0]["state"], "cached", "{shown:#}");
    assert_eq!(shown["channels"][0]["missing_steps"], json!(["restart the registers"]));
    assert_eq!(shown["channels"][0]["in_effect"], false);
    env.ok("pos restart");
    assert_eq!(state(&env, feature, 0), "effective");
}

#[test]
fn g16_shared_warehouses_make_the_availability_feature_ask_for_more() {
    let env = Env::new();
    env.ok("features disable channel-side-inventory");
    let run = env.run("params set shared-warehouses yes").expect(1);
    assert!(run.err.contains("hint: cdx features enable channel-side-inventory"), "{}", run.err);
    env.ok("features enable channel-side-inventory");
    env.ok("params set shared-warehouses yes");
    let report = env.run("features disable channel-side-inventory --format json").expect(1).json();
    assert_eq!(report["refused"][0]["kind"], "dependent");
    env.ok("params set shared-warehouses no");
    env.ok("features disable channel-side-inventory");
}

#[test]
fn g16_facts_that_gates_ask_for_are_shown_before_anybody_has_said_them() {
    let env = Env::new();
    let fact = |name: &str| {
        let all = env.json("params list")["parameters"].as_array().unwrap().clone();
        let mut found = all.into_iter().filter(|one| one["name"] == name);
        let one = found.next().unwrap_or_else(|| panic!("{name} is not shown"));
        assert!(found.next().is_none(), "{name} is shown once");
        one
    };
    let template = fact("receipt-template-mapped");
    assert_eq!((&template["value"], &template["kind"]), (&Value::Null, &Value::from("fact")));
    assert_eq!(template["asked_by"][0], "emailed-receipts-of-any-type");
    assert!(
        env.ok("params list").out.lines().any(|line| {
            line.starts_with("receipt-template-mapped") && line.contains("not set")
        })
    );
    env.ok("params set RECEIPT-template-mapped yes");
    let template = fact("receipt-template-mapped");
    assert_eq!(
        (&template["value"], &template["asked_by"][0]),
        (&"yes".into(), &"emailed-receipts-of-any-type".into())
    );
    assert_eq!(fact("try-count")["value"], "3");
}

#[test]
fn g16_a_job_that_would_publish_an_unready_feature_is_refused() {
    let env = Env::new();
    env.ok("features enable emailed-receipts-of-any-type --with-prerequisites");
    insta::assert_snapshot!(env.run("run 1110").text(), @r"
    exit 1
    --- stdout
    --- stderr
    error: a configuration that a job would publish is not set up
      caused by: job 1110 would publish emailed-receipts-of-any-type without an email template mapped to the receipt notification type; receipts are no longer emailed
    hint: cdx params set receipt-template-mapped yes
    hint: or run it anyway: cdx run 1110 --allow receipt-template-mapped
    ");
    assert_eq!(state(&env, "emailed-receipts-of-any-type", 0), "not-distributed");
    env.ok("run 1070");
    let run = env.run("run 1110 --allow receipt-template-maped").expect(2);
    assert!(run.err.contains("did you mean \"receipt-template-mapped\""), "{}", run.err);
    let plan = commands(&env.json("features plan emailed-receipts-of-any-type"));
    assert_eq!(plan, ["cdx params set receipt-template-mapped yes", "cdx run 1110"]);
    env.ok("run 1110 --allow receipt-template-mapped");
    assert_eq!(state(&env, "emailed-receipts-of-any-type", 0), "effective");
    env.ok("run 1110");
}

#[test]
fn each_instance_tells_until_when_it_answers_from_what_it_holds() {
    let env = Env::new();
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("instances = 1", "instances = 2"));
    env.ok("pos find-customer --channel houston --instance 1 Ada");
    env.ok("clock advance 5m");
    env.ok("pos find-customer --channel houston --instance 2 Ada");
    env.ok("features enable async-address-creation");
    env.ok("run 1110");
    env.ok("csu restart --channel houston --instance 1");
    let shown = env.json("features show async-address-creation");
    let houston = &shown["channels"][0];
    assert_eq!((&houston["state"], &houston["in_effect"]), (&json!("cached"), &json!(false)));
    assert_eq!(houston["effective_at"], "2026-01-15T08:20:00+00:00");
    assert_eq!(
        houston["instances"],
        json!([
            {"instance": 1, "on": true, "until": null},
            {"instance": 2, "on": false, "until": "2026-01-15T08:20:00+00:00"},
        ])
    );
    let text = env.ok("features show async-address-creation").out;
    assert!(text.contains("houston instance 2: off until 2026-01-15 08:20:00"), "{text}");
    assert_eq!(state(&env, "async-address-creation", 1), "effective");
    let list = env.json("features list");
    assert_eq!(
        list["features"][1]["channels"],
        json!({"off": 0, "not-distributed": 0, "cached": 1, "effective": 2})
    );
    env.ok("clock advance 15m");
    assert_eq!(state(&env, "async-address-creation", 0), "effective");
}

#[test]
fn the_list_has_what_scripts_rely_on() {
    let env = Env::new();
    let list = env.json("features list");
    let editing =
        list["features"].as_array().unwrap().iter().find(|one| one["slug"] == EDITING).unwrap();
    for (key, value) in [
        ("name", json!("Enable editing customers in asynchronous mode")),
        ("class", json!("RetailEnableAsyncCustomerEditFeature")),
        ("on", json!(false)),
        ("status", json!("cannot-enable")),
        ("lifecycle", json!("released")),
        ("since", json!("10.0.29")),
        ("mandatory_since", Value::Null),
        ("enable_date", Value::Null),
        ("unmet", json!(["enhanced-async-customer-creation", "async-address-creation"])),
    ] {
        assert_eq!(editing[key], value, "{key}");
    }
    assert_eq!(editing["requires"].as_array().unwrap().len(), 3);
    let text = env.ok("features list").out;
    assert!(
        text.contains("customer-order-performance         mandatory      3 effective"),
        "{text}"
    );
}

#[test]
fn which_job_answers_from_the_same_data() {
    let env = Env::new();
    for (feature, jobs) in [
        (EDITING, vec!["1110", "1010", "1070"]),
        ("new-transaction-ids", vec!["1110", "1070", "1170"]),
        ("Cloud powered customer search", vec!["1010_CustomerSearch", "1110"]),
        ("Cálculo optimizado de disponibilidad de producto", vec!["1110", "1070"]),
        ("Enhanced wallet support and payment improvements", vec!["1110"]),
    ] {
        let report = env.args(&["which-job", feature, "--format", "json"]).expect(0).json();
        let found: Vec<&str> =
            report["jobs"].as_array().unwrap().iter().map(|j| j["job"].as_str().unwrap()).collect();
        assert_eq!(found, jobs, "{feature}");
    }
}

#[test]
fn the_graph_is_a_tree_a_mermaid_graph_or_a_graphviz_one() {
    let env = Env::new();
    env.ok("features schedule async-address-creation 2026-02-01");
    insta::assert_snapshot!(env.ok(&format!("features graph {EDITING}")).out, @r"
    async-customer-editing (cannot-enable)
    ├─ customer-order-performance (mandatory)
    ├─ enhanced-async-customer-creation (not-enabled)
    └─ async-address-creation (scheduled)
    ");
    let mermaid = env.ok("features graph optimized-product-availability --as mermaid").out;
    insta::assert_snapshot!(mermaid.split("  classDef").next().unwrap(), @r#"
    flowchart LR
      g0["Enhanced e-Commerce channel-side inventory calculation logic: enabled"]:::is-done
      g1["Optimized product availability calculation: mandatory"]:::is-done
      g0 -->|"with shared-warehouses"| g1
    "#);
    env.write("gates/old-page.toml", OLD_PAGE);
    let dot = env.ok("features graph --as dot").out;
    assert!(dot.starts_with("digraph features {") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("\"old-page\" -> \"modern-customer-details-page\" [style = dashed"));
    let json = env.json("features graph --as dot");
    assert_eq!(json["nodes"].as_array().unwrap().len(), 21);
    let coloured = env.ok(&format!("features graph {EDITING} --color always")).out;
    assert!(coloured.contains("\u{1b}["), "{coloured:?}");
}
