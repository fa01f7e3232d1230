//! Turning feature gates on and off, and what channels make of it (G01, G07, G12 to G15).

use serde_json::Value;

use super::harness::{Env, dump, number};

#[test]
fn g01_every_unmet_prerequisite_is_named() {
    let env = Env::new();
    let run = env.run("features enable async-customer-editing --format json").expect(1);
    let report = run.json();
    let refused: Vec<&str> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["feature"].as_str().unwrap())
        .collect();
    assert_eq!(refused, ["enhanced-async-customer-creation", "async-address-creation"]);
    assert_eq!(report["enabled"], false);
    let on = "SELECT sum(ISENABLED) FROM FEATUREMANAGEMENTSTATE WHERE NAME LIKE '%async-cust%' \
              OR NAME LIKE '%AsyncCust%' OR NAME LIKE '%AsyncAddress%'";
    assert_eq!(number(&env.hq(), on), 0);
    let dry = env.json("features enable async-customer-editing --with-prerequisites --dry-run");
    assert_eq!(dry["changed"].as_array().unwrap().len(), 3);
    assert_eq!(number(&env.hq(), on), 0);
    env.ok("features enable async-customer-editing --with-prerequisites");
    assert_eq!(number(&env.hq(), on), 3);
}

#[test]
fn g01_a_needed_or_mandatory_feature_is_not_disabled() {
    let env = Env::asynchronous();
    let kinds = |feature: &str| -> Vec<String> {
        let run = env.run(&format!("features disable {feature} --format json")).expect(1);
        let report = run.json();
        let refused = report["refused"].as_array().unwrap().clone();
        refused.iter().map(|refusal| refusal["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds("async-address-creation"), ["dependent"]);
    assert_eq!(kinds("customer-order-performance"), ["mandatory", "dependent"]);
    env.ok("features disable async-customer-editing");
    env.ok("features disable async-address-creation");
}

#[test]
fn g13_nothing_changes_in_a_channel_before_1110() {
    let env = Env::new();
    env.ok("features enable async-address-creation");
    let on = "SELECT sum(ISENABLED) FROM ax_FEATUREMANAGEMENTSTATE WHERE NAME LIKE '%AsyncAddr%'";
    let address = "pos create-address --channel seattle --street Main --city Seattle \
                   --account 00000010";
    env.ok("run 1010 1070");
    assert_eq!(number(&env.channel("seattle"), on), 0);
    assert_eq!(env.json(address)["path"], "real-time");
    env.ok("run 1110");
    assert_eq!(number(&env.channel("seattle"), on), 1);
    env.ok("csu restart");
    assert_eq!(env.json(address)["path"], "async");
}

#[test]
fn g14_a_feature_with_one_row_is_off() {
    let env = Env::new();
    env.ok("features enable async-address-creation");
    env.ok("run 1110");
    env.channel("seattle").execute_batch("DELETE FROM ax_FEATUREMANAGEMENTMETADATA").unwrap();
    let report = env.json(
        "pos create-address --channel seattle --street Main --city Seattle --account 00000010",
    );
    assert_eq!(report["path"], "real-time");
    assert_eq!(report["reasons"][0]["code"], "half-synchronized");
    env.ok("run 1110 --full --channel seattle");
    env.ok("csu restart");
    let shown = env.json("features show async-address-creation");
    assert_eq!(shown["channels"][1]["state"], "effective");
}

#[test]
fn g15_the_edit_feature_wants_the_superset_of_jobs() {
    let env = Env::new();
    let report = env.json("features enable async-customer-editing --with-prerequisites");
    assert_eq!(report["next_jobs"], serde_json::json!(["1110", "1010", "1070"]));
    env.ok("run 1110");
    env.ok("csu restart");
    let shown = env.json("features show async-customer-editing");
    assert_eq!(shown["channels"][0]["missing_jobs"], serde_json::json!(["1010", "1070"]));
    assert!(shown["source"].as_str().unwrap().contains("2022"), "both sources are shown");
    env.ok("run 1010 1070");
    let shown = env.json("features show async-customer-editing");
    assert_eq!(shown["channels"][0]["state"], "effective");
}

#[test]
fn a_feature_is_found_by_every_name() {
    let env = Env::new();
    for name in [
        "RetailAsyncAddressCreationFeature",
        "enable asynchronous creation for customer addresses",
        "Habilitar creacion asincronica para direcciones de clientes",
    ] {
        let run = env.args(&["features", "show", name, "--format", "json"]).expect(0);
        assert_eq!(run.json()["slug"], "async-address-creation", "{name}");
    }
    let run = env.run("features show async-adress-creation").expect(2);
    assert!(run.err.contains("did you mean \"async-address-creation\""), "{}", run.err);
}

#[test]
fn g01_the_refusal_is_a_tree_of_every_demand() {
    let env = Env::new();
    insta::assert_snapshot!(env.run("features enable omnichannel-media-management").text(), @r#"
    exit 1
    --- stdout
    omnichannel-media-management cannot be enabled
      - "Enable omnichannel media assignments for CSU media locations" requires the end of the batch "CMS to HQ omnichannel media sync" first (media-sync-ended)
      - "Enable omnichannel media assignments for CSU media locations" requires the end of a full synchronization of 1040 (Products) first (media-products-synchronized)
      - "Enable omnichannel media assignment authoring UX" must be on first
      turn on what it needs too: cdx features enable omnichannel-media-management --with-prerequisites
      see the whole way: cdx features plan omnichannel-media-management
    --- stderr
    "#);
    let report = env.json("features enable omnichannel-media-management");
    let kinds: Vec<&str> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["configuration", "configuration", "prerequisite"]);
    for fact in ["media-sync-ended", "media-products-synchronized"] {
        env.ok(&format!("params set {fact} yes"));
    }
    env.ok("features enable omnichannel-media-management --with-prerequisites");
}

#[test]
fn a_dry_run_changes_nothing() {
    let env = Env::asynchronous();
    let before = dump(&env.hq(), "");
    let all = [
        "features enable pos-offline-database-compression --dry-run",
        "features enable omnichannel-media-management --with-prerequisites --dry-run",
        "features disable async-address-creation --cascade --dry-run",
        "features disable async-address-creation --force --dry-run",
        "features schedule pos-offline-database-compression 2026-02-01 --dry-run",
        "features enable-all --confirm --accept-irreversible --dry-run",
    ];
    for words in all {
        let run = env.run(words);
        assert!(run.code < 2, "{}", run.text());
        assert_eq!(dump(&env.hq(), ""), before, "{words}");
    }
    let run = env.ok("features disable async-address-creation --cascade --dry-run");
    assert!(run.out.contains("async-customer-editing: would be off in headquarters"));
}

#[test]
fn g12_a_needed_feature_is_disabled_by_cascade_or_by_force() {
    let env = Env::asynchronous();
    insta::assert_snapshot!(env.run("features disable async-address-creation").text(), @r#"
    exit 1
    --- stdout
    async-address-creation cannot be disabled
      - "Enable editing customers in asynchronous mode" needs async-address-creation and is on
      turn off what needs it first: cdx features disable async-address-creation --cascade
    --- stderr
    "#);
    let done = env.json("features disable async-address-creation --cascade");
    assert_eq!(
        done["changed"],
        serde_json::json!(["async-customer-editing", "async-address-creation"])
    );
    env.ok("features enable async-customer-editing --with-prerequisites");
    let run = env.ok("features disable async-address-creation --force");
    assert!(run.out.contains("async-customer-editing is on and needs it"), "{}", run.out);
    let report = env.run("features check --format json").expect(1).json();
    assert_eq!(report["violations"][0]["kind"], "prerequisite");
    env.run("features disable async-address-creation --cascade --force").expect(2);
}

#[test]
fn g07_what_cannot_be_disabled_stays_on_whatever_is_asked() {
    let env = Env::new();
    for feature in ["customer-order-performance", "new-transaction-ids"] {
        for option in ["", "--cascade", "--force"] {
            let run = env.run(&format!("features disable {feature} {option}")).expect(1);
            assert!(run.out.contains(&format!("cdx explain {feature}")), "{}", run.text());
        }
        assert_eq!(env.json(&format!("features show {feature}"))["on"], true);
    }
}

#[test]
fn demands_further_down_are_told_with_prerequisites_too() {
    let env = Env::new();
    env.write(
        "gates/top.toml",
        "[feature]\nslug = \"top\"\nclass = \"Top\"\nname = \"Top\"\nname-es = \"Cima\"\n\
         module = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n[lifecycle]\n\
         released = \"10.0.40\"\n[[requires]]\nfeature = \"middle\"\n",
    );
    env.write(
        "gates/middle.toml",
        "[feature]\nslug = \"middle\"\nclass = \"Middle\"\nname = \"Middle\"\n\
         name-es = \"Medio\"\nconfirmation = \"sure\"\nmodule = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n\
         [lifecycle]\nreleased = \"10.0.40\"\n[[requires]]\n\
         feature = \"omnichannel-media-management\"\n",
    );
    insta::assert_snapshot!(env.run("features enable top").expect(1).out, @r#"
    top cannot be enabled
      - "Middle" must be on first
        - "Enable omnichannel media assignments for CSU media locations" must be on first
          - "Enable omnichannel media assignment authoring UX" must be on first
        - "Enable omnichannel media assignments for CSU media locations" requires the end of the batch "CMS to HQ omnichannel media sync" first (media-sync-ended)
        - "Enable omnichannel media assignments for CSU media locations" requires the end of a full synchronization of 1040 (Products) first (media-products-synchronized)
      - "Middle" must be confirmed: sure
      turn on what it needs too, confirm: cdx features enable top --with-prerequisites --confirm
      see the whole way: cdx features plan top
    "#);
    insta::assert_snapshot!(
        env.run("features enable top --with-prerequisites").expect(1).out, @r#"
    top cannot be enabled
      - "Middle" must be confirmed: sure
      - "Enable omnichannel media assignments for CSU media locations" requires the end of the batch "CMS to HQ omnichannel media sync" first (media-sync-ended)
      - "Enable omnichannel media assignments for CSU media locations" requires the end of a full synchronization of 1040 (Products) first (media-products-synchronized)
      confirm: cdx features enable top --with-prerequisites --confirm
      see the whole way: cdx features plan top
    "#);
    for fact in ["media-sync-ended", "media-products-synchronized"] {
        env.ok(&format!("params set {fact} yes"));
    }
    env.ok("features enable top --with-prerequisites --confirm");
    env.ok("features disable omnichannel-media-management --force");
    let report = env.run("features check --format json").expect(1).json();
    let hint = report["violations"][0]["hint"].as_str().unwrap();
    env.ok(hint.strip_prefix("cdx ").unwrap());
}

#[test]
fn g19_known_features_are_features_like_the_others() {
    let env = Env::new();
    let feature = "compress-payment-tokens";
    let list = env.json("features list");
    let all = list["features"].as_array().unwrap();
    let one = all.iter().find(|one| one["slug"] == feature).unwrap();
    assert_eq!(
        (&one["gate"], &one["class"], &one["since"]),
        (&false.into(), &Value::Null, &"10.0.25".into())
    );
    assert!(!env.ok("features list").out.contains(feature));
    assert!(env.ok("features list --all").out.contains(feature));
    env.ok(&format!("features schedule {feature} 2026-02-01"));
    env.ok(&format!("features unschedule {feature}"));
    let done = env.json(&format!("features enable {feature}"));
    assert_eq!(done["next_jobs"], serde_json::json!(["1110"]));
    env.ok("run 1110");
    let shown = env.json(&format!("features show {feature}"));
    assert_eq!(shown["channels"][0]["state"], "effective", "{shown:#}");
    assert_eq!(shown["row_name"], "unpublished:compress-payment-tokens");
    env.ok(&format!("features disable {feature}"));
    assert!(env.ok(&format!("explain {feature}")).out.contains("a known feature without demands"));
    // One that a page says is mandatory cannot be turned off.
    env.run("features disable RetailTeamsIntegration").expect(1);
    // A gate of one's own gives it demands.
    env.write(
        "gates/tokens.toml",
        "[feature]\nslug = \"compress-payment-tokens\"\nname = \"Compress payment tokens\"\n\
         module = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n[[requires]]\n\
         feature = \"retail-statements-trickle-feed\"\n",
    );
    let report = env.run(&format!("features enable {feature} --format json")).expect(1).json();
    assert_eq!(report["refused"][0]["feature"], "retail-statements-trickle-feed");
}
