//! Feature gates over time: dates, midnights, versions, and what turns on by itself (G04 to G09).

use serde_json::{Value, json};
use tempfile::TempDir;

use super::harness::{Env, Run, number, program, text};

const ENHANCED: &str = "enhanced-async-customer-creation";
const WALLET: &str = "pos-offline-database-compression";

/// An environment of an older version.
fn of_version(version: &str) -> Env {
    let dir = TempDir::new().unwrap();
    let words = ["init", ".", "--customers", "3", "--app-version", version];
    Run::of(program(dir.path()).args(words).output().unwrap()).expect(0);
    Env { dir }
}

fn in_zone(zone: &str) -> Env {
    let env = Env::new();
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("\"UTC\"", &format!("{zone:?}")));
    env
}

fn shown(env: &Env, feature: &str) -> Value {
    env.json(&format!("features show {feature}"))
}

fn listed(env: &Env) -> Vec<String> {
    let list = env.json("features list");
    let features = list["features"].as_array().unwrap();
    features.iter().map(|feature| feature["slug"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn g05_a_date_falls_due_at_midnight_of_the_environments_zone() {
    let env = in_zone("America/Chicago");
    // 2026-01-15 08:00 UTC is 02:00 in Chicago; midnight of the 16th there is 06:00 UTC.
    env.ok(&format!("features schedule {WALLET} 2026-01-16"));
    assert_eq!(shown(&env, WALLET)["status"], "scheduled");
    let early = env.json("clock set 2026-01-15T23:59");
    assert_eq!(early["passed"]["features"], json!([]), "{early:#}");
    assert_eq!(shown(&env, WALLET)["on"], false);
    let due = env.json("clock advance 1m");
    assert_eq!(
        due["passed"]["features"],
        json!([{"feature": WALLET, "date": "2026-01-16", "on": true}])
    );
    assert_eq!(due["utc"], "2026-01-16T06:00:00+00:00");
    let after = shown(&env, WALLET);
    assert_eq!((&after["on"], &after["enable_date"]), (&json!(true), &json!("2026-01-16")));
    assert_eq!(after["history"][1]["at"], "2026-01-16T00:00:00-06:00");
    assert_eq!(after["channels"][0]["state"], "not-distributed", "headquarters alone (G13)");
}

#[test]
fn g05_a_feature_that_falls_due_without_its_prerequisite_stays_off_and_says_why() {
    let env = Env::new();
    env.ok(&format!("features enable {ENHANCED}"));
    let run = env.ok("features schedule async-customer-editing 2026-02-01");
    assert!(run.out.contains("stays off unless async-address-creation is on by then"));
    let run = env.ok("clock advance 20d");
    insta::assert_snapshot!(run.out, @r#"
    2026-02-04 08:00:00 (UTC)
      midnight of 2026-02-01: async-customer-editing stays off, "Enable asynchronous creation for customer addresses" must be on first
    "#);
    let after = shown(&env, "async-customer-editing");
    assert_eq!(after["on"], false);
    let last = after["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["at"], &last["event"]),
        (&json!("2026-02-01T00:00:00+00:00"), &json!("stayed-off"))
    );
    assert!(env.ok("features show async-customer-editing").out.contains("stayed-off (\"Enable"));
    // The date is kept, and looked at again the next midnight.
    env.ok("features enable async-address-creation");
    let due = env.json("clock advance 1d");
    assert_eq!(due["passed"]["features"][0]["on"], true);
}

#[test]
fn g05_prerequisites_that_fall_due_the_same_midnight_come_first() {
    let env = Env::new();
    for feature in ["async-customer-editing", ENHANCED, "async-address-creation"] {
        env.ok(&format!("features schedule {feature} 2026-02-01"));
    }
    let due = env.json("clock set 2026-02-01");
    let on: Vec<&Value> =
        due["passed"]["features"].as_array().unwrap().iter().map(|one| &one["feature"]).collect();
    assert_eq!(on.len(), 3, "{due:#}");
    assert_eq!(on[2], "async-customer-editing");
}

#[test]
fn g06_a_date_can_be_moved_and_taken_away() {
    let env = Env::new();
    env.ok(&format!("features schedule {WALLET} 2026-02-01"));
    let moved = env.json(&format!("features schedule {WALLET} 2026-03-01"));
    assert_eq!(moved["changed"], json!([WALLET]));
    assert_eq!(env.json("clock set 2026-02-15")["passed"]["features"], json!([]));
    env.ok(&format!("features unschedule {WALLET}"));
    let after = shown(&env, WALLET);
    assert_eq!((&after["status"], &after["enable_date"]), (&json!("not-enabled"), &Value::Null));
    assert_eq!(env.json("clock set 2026-04-01")["passed"]["features"], json!([]));
    let again = env.ok(&format!("features unschedule {WALLET}"));
    assert!(again.out.contains("without a date already"));
}

#[test]
fn a_date_that_is_not_ahead_is_refused_with_what_today_is() {
    let env = Env::new();
    for (date, code) in [("2026-01-14", 1), ("2026-01-15", 1), ("2026-13-01", 2), ("soon", 2)] {
        let run = env.run(&format!("features schedule {WALLET} {date}")).expect(code);
        assert!((run.out + &run.err).contains("cdx clock show"), "{date}");
    }
    env.ok(&format!("features enable {WALLET}"));
    let run = env.run(&format!("features schedule {WALLET} 2026-03-01")).expect(1);
    assert!(run.out.contains(&format!("cdx features disable {WALLET}")), "{}", run.text());
    let run = env.run("features schedule new-transaction-ids 2026-03-01").expect(1);
    assert!(run.out.contains("cdx explain new-transaction-ids"), "{}", run.text());
    let dry = Env::new();
    dry.ok(&format!("features schedule {WALLET} 2026-03-01 --dry-run"));
    assert_eq!(shown(&dry, WALLET)["status"], "not-enabled");
}

#[test]
fn g08_enable_all_goes_by_prerequisites_and_lists_what_it_leaves() {
    let env = Env::new();
    env.write(
        "gates/asks.toml",
        "[feature]\nslug = \"asks\"\nname = \"Asks\"\nmodule = \"Ours\"\nconfirmation = \"sure\"\n\
         grade = \"assumed\"\nsource = \"ours\"\n",
    );
    env.ok(&format!("features schedule {WALLET} 2026-02-01"));
    let before = env.json("features list");
    let dry = env.json("features enable-all --dry-run");
    assert_eq!(env.json("features list"), before);
    let all = env.json("features enable-all");
    assert_eq!(dry["changed"], all["changed"]);
    assert_eq!(all["scheduled"], json!([WALLET]));
    let changed: Vec<&str> =
        all["changed"].as_array().unwrap().iter().map(|slug| slug.as_str().unwrap()).collect();
    let at = |slug: &str| changed.iter().position(|known| *known == slug);
    assert!(at(ENHANCED) < at("async-customer-editing") && at(ENHANCED).is_some());
    let refused = |all: &Value, kind: &str| -> Vec<Value> {
        let refused = all["refused"].as_array().unwrap();
        let found = refused.iter().filter(|one| one["kind"] == kind);
        found.map(|one| one["feature"].clone()).collect()
    };
    assert_eq!(refused(&all, "configuration"), ["omnichannel-media-management"; 2]);
    assert_eq!(refused(&all, "confirmation"), ["asks"]);
    assert!(at("omnichannel-media-management").is_none());
    for fact in ["media-sync-ended", "media-products-synchronized"] {
        env.ok(&format!("params set {fact} yes"));
    }
    let all = env.json("features enable-all --confirm");
    assert_eq!(all["changed"], json!(["omnichannel-media-management", "asks"]));
}

#[test]
fn what_follows_names_jobs_that_can_be_run_and_plans_for_the_rest() {
    let env = Env::new();
    let told = env.ok("features enable-all").out;
    let follow = |told: &str| -> Vec<String> {
        let commands = told.split("cdx ").skip(1);
        commands.map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(
        follow(&told),
        [
            "run 1110 1070 1010",
            "features plan cloud-powered-customer-search",
            "features plan enhanced-wallet-support",
            "features plan modern-customer-details-page",
            "features plan omnichannel-media-authoring",
        ]
    );
    env.ok("params set receipt-template-mapped yes");
    for command in follow(&told) {
        env.ok(&command);
    }
    let door = of_version("10.0.40");
    let told = door.ok("upgrade --app-version 10.0.41").out;
    assert!(told.contains("cdx features plan new-transaction-ids"), "{told}");
}

#[test]
fn g03_below_its_floor_a_feature_is_not_there() {
    let env = of_version("10.0.28");
    let there = listed(&env);
    assert!(there.contains(&ENHANCED.to_owned()));
    assert!(!there.contains(&"async-customer-editing".to_owned()));
    let run = env.run("features enable async-customer-editing --format json").expect(1);
    let report = run.json();
    assert_eq!(report["refused"][0]["kind"], "version", "{report:#}");
    let run = env.run("features enable async-customer-editing").expect(1);
    assert!(run.out.contains("10.0.29"), "{}", run.text());
    let floors = [("10.0.19", 0), ("10.0.20", 1), ("10.0.22", 2), ("10.0.24", 3), ("10.0.29", 4)];
    let env = of_version("10.0.10");
    for (version, count) in floors {
        env.ok(&format!("upgrade --app-version {version}"));
        let gates = ["customer-order-performance", "async-address-creation", ENHANCED];
        let there = listed(&env);
        let found = there
            .iter()
            .filter(|slug| gates.contains(&slug.as_str()) || *slug == "async-customer-editing");
        assert_eq!(found.count(), count, "{version}");
    }
}

#[test]
fn g02_the_performance_feature_becomes_mandatory_at_10_0_28() {
    let env = of_version("10.0.27");
    let slug = "customer-order-performance";
    assert_eq!(shown(&env, slug)["on"], false);
    env.ok(&format!("features enable {slug}"));
    env.ok(&format!("features disable {slug}"));
    let run = env.ok("upgrade --app-version 10.0.28");
    assert!(run.out.contains(&format!("{slug}: mandatory now")), "{}", run.out);
    assert!(run.out.contains(&format!("{slug}: turned on, mandatory")), "{}", run.out);
    let after = shown(&env, slug);
    assert_eq!(
        (&after["status"], &after["mandatory_since"]),
        (&json!("mandatory"), &json!("10.0.28"))
    );
    insta::assert_snapshot!(env.run(&format!("features disable {slug} --force")).text(), @r#"
    exit 1
    --- stdout
    customer-order-performance cannot be disabled
      - "Performance improvements for customer orders and customer transactions" is mandatory since 10.0.28
      see why: cdx explain customer-order-performance
    --- stderr
    "#);
}

#[test]
fn g04_an_upgrade_says_what_it_moved() {
    let env = of_version("10.0.40");
    assert_eq!(shown(&env, "new-transaction-ids")["lifecycle"], "released");
    insta::assert_snapshot!(env.ok("upgrade --app-version 10.0.48").out, @r"
    The application is 10.0.48 now, it was 10.0.40
      the scale unit of houston is 10.0.48 now
      the scale unit of seattle is 10.0.48 now
      the scale unit of online is 10.0.48 now
      new-transaction-ids: mandatory now
      new-transaction-ids: turned on, mandatory
      modern-customer-details-page: listed, exists from 10.0.48
      validate-mode-of-delivery-on-retail-channel-sales-quotation: turned on, on by default
      enable-generation-of-a-stronger-channel-reference-id: turned on, on by default
      improved-user-experience-for-pos-returns: turned on, on by default
      2 known features without demands: listed
      the scheduler must be initialized: cdx scheduler init
      channels follow once these jobs are applied: cdx run 1110
      what follows comes step by step: cdx features plan new-transaction-ids
    ");
    assert_eq!(shown(&env, "new-transaction-ids")["lifecycle"], "mandatory");
    let again = env.json("upgrade --app-version 10.0.48");
    assert_eq!(again["movements"], json!([]));
    let run = env.run("upgrade --app-version 10.0.20").expect(2);
    assert!(run.err.contains("never goes back"), "{}", run.err);
}

#[test]
fn scale_units_follow_and_never_go_back() {
    let env = of_version("10.0.10");
    env.ok("upgrade --scale-unit-version 10.0.30 --channel seattle");
    env.ok("upgrade --app-version 10.0.20");
    let version = |name: &str| {
        let sql =
            format!("SELECT CURRENTVERSION FROM RETAILCONNDATABASEPROFILE WHERE NAME = '{name}'");
        text(&env.hq(), &sql)
    };
    assert_eq!((version("seattle"), version("houston")), ("10.0.30".into(), "10.0.20".into()));
    let run = env.run("upgrade --scale-unit-version 10.0.25").expect(2);
    assert!(run.err.contains("seattle is 10.0.30"), "{}", run.err);
    assert!(run.err.contains("hint: cdx upgrade"), "{}", run.err);
    assert_eq!(version("houston"), "10.0.20", "nothing is half done");
}

#[test]
fn g16_a_scale_unit_that_is_too_old_keeps_a_feature_from_being_enabled() {
    let env = of_version("10.0.10");
    env.ok("upgrade --app-version 10.0.20 --scale-unit-version 10.0.17");
    let run = env.run("features enable cloud-powered-customer-search").expect(1);
    assert!(run.out.contains("10.0.18") && run.out.contains("houston"), "{}", run.text());
    let plan = env.json("features plan cloud-powered-customer-search");
    assert_eq!(
        plan["steps"][0]["command"],
        "cdx upgrade --scale-unit-version 10.0.18 --channel houston"
    );
}

#[test]
fn g09_new_features_turn_on_by_themselves_only_when_told_to_and_when_they_ask_nothing() {
    let quiet = of_version("10.0.28");
    quiet.ok("upgrade --app-version 10.0.35");
    assert_eq!(shown(&quiet, "async-customer-editing")["on"], false);
    let env = of_version("10.0.21");
    env.ok("params set default-feature-enablement yes");
    let done = env.json("upgrade --app-version 10.0.35");
    let on: Vec<&str> = done["movements"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["moved"] == "turned-on")
        .map(|one| one["feature"].as_str().unwrap())
        .collect();
    assert!(on.contains(&"async-customer-editing"), "{on:?}");
    assert!(!on.iter().any(|slug| slug.starts_with("omnichannel")), "{on:?}");
}

const KEYED: &str = "[feature]\nslug = \"keyed\"\nclass = \"KeyedFeature\"\nname = \"Keyed\"\n\
    name-es = \"Con clave\"\nmodule = \"Ours\"\nconfiguration-key = \"Extras\"\n\
    grade = \"assumed\"\nsource = \"ours\"\n[lifecycle]\nreleased = \"10.0.20\"\n";

#[test]
fn g11_with_its_key_off_a_feature_is_not_listed_and_stays_listed_when_the_key_goes_off_later() {
    let env = Env::new();
    // A key can be off before a gate that hangs on it is there.
    env.ok("params set configuration-key-extras no");
    env.write("gates/keyed.toml", KEYED);
    assert!(!listed(&env).contains(&"keyed".to_owned()));
    let report = env.run("features enable keyed --format json").expect(1).json();
    assert_eq!(report["refused"][0]["kind"], "configuration-key");
    assert_eq!(
        env.json("features plan keyed")["steps"][0]["command"],
        "cdx params set configuration-key-extras yes"
    );
    env.ok("params set configuration-key-extras yes");
    assert!(listed(&env).contains(&"keyed".to_owned()));
    env.ok("params set configuration-key-extras no");
    assert!(listed(&env).contains(&"keyed".to_owned()), "it is not taken away");
    assert_eq!(
        number(&env.hq(), "SELECT count(*) FROM FEATUREMANAGEMENTSTATE WHERE NAME LIKE '%Keyed%'"),
        1
    );
}

#[test]
fn g17_an_update_initializes_the_scheduler_by_itself_when_told_to() {
    let told = "the scheduler must be initialized: cdx scheduler init";
    let env = of_version("10.0.40");
    assert!(env.ok("upgrade --app-version 10.0.41").out.contains(told));
    env.ok("features enable initialize-scheduler-after-update");
    let run = env.ok("upgrade --app-version 10.0.42");
    assert!(!run.out.contains(told), "{}", run.out);
    assert!(run.out.contains("the scheduler was initialized by the update: 1010"), "{}", run.out);
    let done = env.json("upgrade --app-version 10.0.43");
    assert_eq!(done["wants_initializing"], false);
    assert!(done["initialized"]["jobs"].as_array().unwrap().contains(&json!("1110")), "{done:#}");
    assert_eq!(env.json("upgrade --app-version 10.0.43")["initialized"], Value::Null);
    // What would not load is told before the version has moved.
    env.write("jobs/broken.toml", "[job\n");
    env.run("upgrade --app-version 10.0.44").expect(2);
    assert!(env.ok("upgrade --app-version 10.0.43").out.contains("The application is 10.0.43\n"));
}

#[test]
fn g16_versions_of_scale_units_are_typed_either_way() {
    let env = of_version("9.23");
    let run = env.ok("upgrade --app-version 10.0.20 --scale-unit-version 9.28");
    assert!(run.out.starts_with("The application is 10.0.20 now, it was 10.0.13"), "{}", run.out);
    assert!(run.out.contains("the scale unit of houston is 10.0.18 now"), "{}", run.out);
    let run = env.run("features enable unified-returns").expect(1);
    assert!(run.out.contains("needs scale units of 10.0.20"), "{}", run.out);
}
