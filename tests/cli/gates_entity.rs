//! The "Feature management" data entity: export, import, check of a file, and diff (G10).

use std::fs;

use cdx::gates::import::EntityRow;
use cdx::store::entity;
use serde_json::{Value, json};

use super::harness::{Env, dump};

const PREFIX: &str = "Dynamics.AX.Application.";
const EDIT: &str = "RetailEnableAsyncCustomerEditFeature";
const WALLET: &str = "unpublished:enhanced-wallet-support";

fn rows(env: &Env, name: &str) -> Vec<EntityRow> {
    entity::read(&env.path().join(name)).unwrap()
}

/// A file of the entity with these rows: class, Enabled, date.
fn file(env: &Env, name: &str, rows: &[(&str, &str, &str)]) {
    let mut text = String::from("NAME,ENABLED,ENABLEDATE\n");
    for (class, enabled, date) in rows {
        let prefix = if class.contains(':') { "" } else { PREFIX };
        text.extend([prefix, class, ",", enabled, ",", date, "\n"]);
    }
    env.write(name, &text);
}

fn status(env: &Env, feature: &str) -> Value {
    env.json(&format!("features show {feature}"))["status"].clone()
}

#[test]
fn g10_what_was_exported_imports_without_a_change_as_csv_and_as_xlsx() {
    let env = Env::asynchronous();
    env.ok("features schedule enhanced-wallet-support 2026-02-01");
    for name in ["features.csv", "features.xlsx"] {
        env.ok(&format!("features export {name}"));
        let before = dump(&env.hq(), "FEATURE");
        let done = env.json(&format!("features import {name}"));
        assert_eq!(done["changed"], json!([]), "{done:#}");
        assert_eq!((&done["rules"], &done["unchanged"]), (&json!([]), &json!(84)));
        assert_eq!(dump(&env.hq(), "FEATURE"), before);
    }
    let (csv, xlsx) = (rows(&env, "features.csv"), rows(&env, "features.xlsx"));
    assert_eq!(csv, xlsx, "both hold the same rows");
    assert!(csv.iter().any(|row| row.name == format!("{PREFIX}{EDIT}") && row.enabled));
    assert!(fs::read(env.path().join("features.xlsx")).unwrap().starts_with(b"PK"));
    let first = fs::read(env.path().join("features.xlsx")).unwrap();
    env.ok("features export features.xlsx --force");
    assert_eq!(fs::read(env.path().join("features.xlsx")).unwrap(), first, "byte for byte");
    assert_eq!(env.run("features diff features.csv features.xlsx").code, 0);
}

#[test]
fn an_export_overwrites_only_when_told_to() {
    let env = Env::new();
    env.ok("features export out.csv");
    let run = env.run("features export out.csv").expect(2);
    assert!(run.err.contains("hint: overwrite it: cdx features export out.csv --force"));
    env.ok("features export out.csv --force");
    assert!(env.run("features export nowhere/out.csv").expect(3).err.contains("nowhere"));
    let run = env.run("features export out.txt").expect(2);
    assert!(run.err.contains("none of .csv, .xlsx"), "{}", run.err);
    let left: Vec<_> = fs::read_dir(env.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn g10_the_six_rules_hold_and_are_named() {
    let env = Env::new();
    env.ok("features enable async-address-creation");
    env.ok("features enable pos-offline-database-compression");
    env.ok("features enable channel-side-inventory");
    env.ok("features schedule modern-customer-details-page 2026-02-01");
    file(
        &env,
        "six.csv",
        &[
            (WALLET, "Yes", ""),
            ("RetailAsyncAddressCreationFeature", "No", "2026-01-15"),
            ("RetailModernCustomerDetailsPageFeature", "No", "2026-03-01"),
            ("unpublished:enhanced-async-customer-creation", "Yes", "2026-03-01"),
            ("unpublished:pos-offline-database-compression", "No", "2026-03-01"),
            ("RetailInventoryChannelCalculationConsolidationFeature", "Yes", "2026-03-01"),
        ],
    );
    let dry = env.json("features import six.csv --dry-run");
    assert_eq!(status(&env, "enhanced-wallet-support"), "not-enabled");
    let done = env.json("features import six.csv");
    let rules: Vec<&Value> =
        done["rules"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
    assert_eq!(rules, ["a", "b", "c", "d", "e", "f"]);
    assert_eq!((&dry["rules"], &dry["changed"]), (&done["rules"], &done["changed"]));
    for (feature, now) in [
        ("enhanced-wallet-support", "enabled"),
        ("async-address-creation", "not-enabled"),
        ("modern-customer-details-page", "scheduled"),
        ("enhanced-async-customer-creation", "scheduled"),
        ("pos-offline-database-compression", "scheduled"),
        ("channel-side-inventory", "enabled"),
    ] {
        assert_eq!(status(&env, feature), now, "{feature}");
    }
    let wallet = env.json("features show enhanced-wallet-support");
    assert_eq!(wallet["enable_date"], "2026-01-15", "today");
}

#[test]
fn g10_a_blanked_date_wins_over_enabled() {
    let env = Env::new();
    env.ok("features enable enhanced-wallet-support");
    file(&env, "blank.csv", &[(WALLET, "Yes", "")]);
    let done = env.json("features import blank.csv");
    assert_eq!((&done["rules"][0]["rule"], &done["rules"][0]["line"]), (&json!("b"), &json!(2)));
    assert_eq!(status(&env, "enhanced-wallet-support"), "not-enabled");
    // A mandatory feature is not disabled by it.
    file(&env, "blank.csv", &[("RetailProductAvailabilityOptimizationFeature", "Yes", "")]);
    let report = env.run("features import blank.csv --format json").expect(1).json();
    assert_eq!(report["refused"][0]["kind"], "mandatory");
}

#[test]
fn g10_the_gate_rules_hold_and_all_that_is_refused_is_told_at_once() {
    let env = Env::new();
    file(
        &env,
        "wrong.csv",
        &[
            (EDIT, "Yes", ""),
            ("RetailCustomerSimpleOptimizedOrderManagementFeature", "No", ""),
            ("unpublished:omnichannel-media-authoring", "Yes", ""),
            (WALLET, "Yes", ""),
        ],
    );
    let before = dump(&env.hq(), "FEATURE");
    insta::assert_snapshot!(env.run("features import wrong.csv").text(), @r#"
    exit 1
    --- stdout
    wrong.csv is not imported
      customer-order-performance: "Performance improvements for customer orders and customer transactions" is mandatory since 10.0.28
      async-customer-editing: "Enable enhanced async customer creation" must be on first
      async-customer-editing: "Enable asynchronous creation for customer addresses" must be on first
      see every rule it breaks: cdx features check wrong.csv
    --- stderr
    "#);
    assert_eq!(dump(&env.hq(), "FEATURE"), before, "all or nothing");
}

#[test]
fn a_one_way_door_and_a_confirmation_are_asked_for_by_an_import_too() {
    let env = Env::new();
    env.write(
        "gates/asks.toml",
        "[feature]\nslug = \"asks\"\nclass = \"Asks\"\nname = \"Asks\"\nmodule = \"Ours\"\n\
         confirmation = \"sure\"\ngrade = \"assumed\"\nsource = \"ours\"\n",
    );
    file(&env, "media.csv", &[("Asks", "Yes", "")]);
    let run = env.run("features import media.csv").expect(1);
    assert!(run.out.contains("cdx features import media.csv --confirm"), "{}", run.out);
    env.ok("features check media.csv");
    env.ok("features import media.csv --confirm");
    assert_eq!(status(&env, "asks"), "enabled");
}

#[test]
fn every_wrong_cell_is_named_with_line_column_and_what_was_expected() {
    let env = Env::new();
    env.write(
        "wrong.csv",
        &format!(
            "Name,Enabled,Enable Date\r\n{WALLET},maybe,13/13/2026\r\n,Yes,\r\n\r\n{EDIT},No,\r\n\
             {PREFIX}{EDIT},No,\r\n"
        ),
    );
    insta::assert_snapshot!(env.run("features import wrong.csv").text(), @r#"
    exit 2
    --- stdout
    --- stderr
    error: wrong.csv: 4 problems
      wrong.csv:2:2: ENABLED is "maybe", expected one of Yes, No, a status of the workspace [unknown-word]
      wrong.csv:2:3: ENABLEDATE is "13/13/2026", expected a date YYYY-MM-DD or M/D/YYYY, or blank [out-of-range]
      wrong.csv:3:1: NAME is missing, expected the feature's class, Dynamics.AX.Application.<class> [missing]
      wrong.csv:6:1: feature "Dynamics.AX.Application.RetailEnableAsyncCustomerEditFeature" is declared already, in this file [duplicate-feature]
    hint: see what it should look like: cdx features export features.csv
    "#);
    env.write("headless.csv", "Something;On\r\n");
    let run = env.run("features import headless.csv").expect(2);
    for column in ["NAME", "ENABLED", "ENABLEDATE"] {
        assert!(run.err.contains(&format!("{column} is missing")), "{}", run.err);
    }
}

#[test]
fn files_as_spreadsheets_of_any_country_write_them() {
    let env = Env::new();
    let name = "\u{feff}Display name;Enable date;Enabled;NAME\r\n";
    env.write("semicolon.csv", &format!("{name}Compresión \"ñ\";2026-02-01;No;{WALLET}\r\n"));
    let done = env.json("features import semicolon.csv");
    assert_eq!(done["rules"][0]["line"], 2, "{done:#}");
    assert_eq!(status(&env, "enhanced-wallet-support"), "scheduled");
    fs::write(env.path().join("utf16.csv"), b"\xff\xfeN\x00A\x00").unwrap();
    let run = env.run("features import utf16.csv").expect(2);
    assert!(run.err.contains("utf16.csv:1:1: this is not CSV in UTF-8"), "{}", run.err);
    fs::write(env.path().join("latin1.csv"), b"NAME,ENABLED,ENABLEDATE\nCompresi\xf3n,No,\n")
        .unwrap();
    assert!(env.run("features import latin1.csv").expect(2).err.contains("not CSV in UTF-8"));
    env.write("text.xlsx", "NAME,ENABLED\n");
    let run = env.run("features check text.xlsx").expect(2);
    assert!(run.err.contains("this is not an XLSX workbook"), "{}", run.err);
    assert!(env.run("features import nothing.csv").expect(3).err.contains("nothing.csv"));
}

#[test]
fn rows_of_features_that_are_not_here_are_left_out_and_named() {
    let env = Env::new();
    file(&env, "more.csv", &[("RetailNobodyKnowsFeature", "Yes", ""), (WALLET, "Yes", "")]);
    let run = env.ok("features import more.csv");
    let told = "RetailNobodyKnowsFeature\" is left out, it names no feature that is known here";
    assert!(run.out.lines().next().unwrap().contains(told), "{}", run.out);
    assert_eq!(status(&env, "enhanced-wallet-support"), "enabled");
}

#[test]
fn an_import_that_schedules_before_a_prerequisite_says_so() {
    let env = Env::new();
    file(&env, "early.csv", &[(EDIT, "No", "2026-02-01")]);
    let run = env.run("features check early.csv --format json").expect(1);
    let report = run.json();
    let kinds: Vec<&Value> =
        report["violations"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["schedule", "schedule"], "{report:#}");
    let run = env.ok("features import early.csv");
    assert!(run.out.contains("cdx features schedule"), "{}", run.out);
}

#[test]
fn a_check_names_everything_the_environment_breaks() {
    let env = Env::asynchronous();
    env.ok("features check");
    env.ok("features disable async-address-creation --force");
    env.ok("features enable emailed-receipts-of-any-type --with-prerequisites");
    let run = env.run("features check").expect(1);
    insta::assert_snapshot!(run.out, @r#"
    this environment breaks 2 gate rules
      async-customer-editing: "Enable editing customers in asynchronous mode" is on and needs "Enable asynchronous creation for customer addresses", which is off
        cdx features enable async-address-creation --with-prerequisites
      emailed-receipts-of-any-type: "Email any receipt type and customize emailed receipts" is on and an email template mapped to the receipt notification type is missing: receipts are no longer emailed
        cdx params set receipt-template-mapped yes
    "#);
    let report = env.json("features check");
    assert_eq!(report["ok"], false);
    for violation in report["violations"].as_array().unwrap() {
        env.ok(violation["hint"].as_str().unwrap().strip_prefix("cdx ").unwrap());
    }
    env.ok("features check");
}

#[test]
fn a_diff_compares_environments_and_files() {
    let (left, right) = (Env::new(), Env::new());
    let (a, b) = (left.path().display().to_string(), right.path().display().to_string());
    assert_eq!(left.args(&["features", "diff", &a, &b]).code, 0);
    left.ok("features export before.csv");
    left.ok("features enable pos-offline-database-compression");
    let found = |args: &[&str]| -> Vec<(String, String)> {
        let run = left.args(&[&["features", "diff"], args, &["--format", "json"]].concat());
        let report = run.expect(1).json();
        let differences = report["differences"].as_array().unwrap().clone();
        let word = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        differences.iter().map(|one| (word(one, "kind"), word(one, "feature"))).collect()
    };
    let compression = "unpublished:pos-offline-database-compression".to_owned();
    let differs = vec![("differs".to_owned(), compression.clone())];
    assert_eq!(found(&[&a, &b]), differs);
    assert_eq!(found(&[&a, "before.csv"]), differs);
    left.ok("features export after.xlsx");
    assert_eq!(found(&["before.csv", "after.xlsx"]), differs);
    // Headquarters equal, channels not: only the right one has run the jobs.
    right.ok("features enable pos-offline-database-compression");
    right.ok("run 1110 1070");
    assert_eq!(found(&[&a, &b]), vec![("channels-differ".to_owned(), compression)]);
    let text = left.args(&["features", "diff", &a, &b]).expect(1).out;
    assert!(
        text.contains("channels differ") && text.contains("houston, online, seattle"),
        "{text}"
    );
    file(&left, "one.csv", &[(WALLET, "Yes", "2026-01-15")]);
    assert!(
        found(&["one.csv", "before.csv"])
            .contains(&("only-right".into(), format!("{PREFIX}{EDIT}")))
    );
    assert!(
        found(&["before.csv", "one.csv"])
            .contains(&("only-left".into(), format!("{PREFIX}{EDIT}")))
    );
    assert!(left.run("features diff before.csv nowhere").expect(2).err.contains("nowhere"));
}
