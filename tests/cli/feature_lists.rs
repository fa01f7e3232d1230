//! Lists of features as people have them: the entity with real names, the workspace's own list, a
//! data package, and what a channel answers (G18).

use std::fs::File;
use std::io::Write as _;

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::harness::Env;

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

/// What Microsoft publishes of classes and titles is recognized; the rest is told by name.
#[test]
fn g18_published_classes_and_titles_are_recognized_and_the_rest_is_told() {
    let env = Env::new();
    let classes = [
        "RetailTeamsIntegration",
        "RetailPricingDataManagerV2Feature",
        "BrazilRetailLocalizationFeature_BR",
        "RetailUnifiedReturnUXImprovementFeature",
    ];
    let titles = [
        "Retail loyalty upsell prompt",
        "(Preview) Cloud powered customer search",
        "POS seamless offline for performance degradations",
        "habilitar la edicion de clientes en modo asincrono",
    ];
    let mut text = String::from("NAME,DISPLAYNAME,ENABLED,ENABLEDATE\n");
    for class in classes {
        text.extend(["Dynamics.AX.Application.", class, ",,Yes,2025-01-01\n"]);
    }
    for title in titles {
        text.extend([
            "Dynamics.AX.Application.NotPublic",
            &title[..3].replace('(', "P"),
            ",",
            title,
            ",No,\n",
        ]);
    }
    env.write("real.csv", &text);
    let run = env.run("features check real.csv --format json");
    assert_eq!(run.json()["unmatched"], json!([]), "{}", run.out);
    env.write("more.csv", &(text + "Contoso.Model.MadeUpFeature,Made up,No,\n"));
    let run = env.run("features check more.csv");
    assert!(
        run.out.starts_with("line 10: \"Contoso.Model.MadeUpFeature\" is left out"),
        "{}",
        run.out
    );
    let strict = env.run("features check more.csv --strict --format json").expect(1).json();
    assert_eq!(names(&strict["unmatched"]), ["Contoso.Model.MadeUpFeature"]);
    assert_eq!(strict["unmatched"][0]["line"], 10);
    let refused = env.run("features import more.csv --strict").expect(1);
    assert!(refused.out.contains("is not imported: 1 row of no feature"), "{}", refused.out);
    env.ok("features import more.csv");
}

#[test]
fn g18_the_workspaces_own_list_is_read_with_its_statuses_and_dates() {
    let env = Env::new();
    env.write(
        "workspace.csv",
        "Feature name,Feature state,Enable date,Feature added,Module\r\n\
         Enable asynchronous creation for customer addresses,Enabled,1/14/2026,3/1/2022,Retail and Commerce\r\n\
         POS offline database compression,Scheduled,2/1/2026 12:00:00 AM,5/1/2022,Retail and Commerce\r\n\
         Performance improvements for customer orders and customer transactions,Mandatory,,,Retail\r\n\
         Enable modernized customer details page,Not enabled,,4/1/2026,Retail and Commerce\r\n\
         Vendor invoice automation,Enabled,2021-05-01,1/1/2020,Accounts payable\r\n",
    );
    let done = env.json("features import workspace.csv");
    assert_eq!(
        done["changed"],
        json!(["pos-offline-database-compression", "async-address-creation"])
    );
    assert_eq!(names(&done["unmatched"]), ["Vendor invoice automation"]);
    assert_eq!(done["unchanged"], 2, "{done:#}");
    let shown = env.json("features show pos-offline-database-compression");
    assert_eq!(
        (&shown["status"], &shown["enable_date"]),
        (&json!("scheduled"), &json!("2026-02-01"))
    );
    // What is copied of the grid has tabs; Spanish spreadsheets separate with semicolons.
    let grid = "Feature name\tFeature state\tEnable date\n\
                Performance improvements for customer orders and customer transactions\tMandatory\t\n";
    env.write("grid.tsv", grid);
    assert_eq!(env.json("features import grid.tsv")["unchanged"], 1);
    env.write(
        "es.csv",
        "Característica;Estado;Fecha de habilitación\nCompress payment tokens;Activado;\n",
    );
    assert_eq!(env.json("features check es.csv")["unmatched"], json!([]));
    // A list for people is compared with an export, and with headquarters.
    env.ok("features export all.csv");
    let here = env.path().display().to_string();
    let run = env.args(&["features", "diff", "workspace.csv", &here, "--format", "json"]).expect(1);
    let kinds = run.json()["differences"].clone();
    let kinds: Vec<&Value> = kinds.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(!kinds.contains(&&json!("differs")), "{kinds:?}");
    let run = env.run("features diff workspace.csv all.csv --strict").expect(1);
    assert!(
        run.out.starts_with("workspace.csv line 6: \"Vendor invoice automation\""),
        "{}",
        run.out
    );
}

/// A list made by hand has what its writer calls features: slugs, a heading in Spanish, no dates.
#[test]
fn g18_a_list_made_by_hand_is_read_and_the_nearest_is_named() {
    let env = Env::new();
    let slugs = "NAME,ENABLED,ENABLEDATE\nasync-address-creation,Yes,2026-05-01\n";
    env.write("slugs.csv", slugs);
    let report = env.json("features import slugs.csv --dry-run");
    let rule = &report["rules"][0];
    assert_eq!((&rule["effect"], &rule["date"]), (&json!("schedules"), &json!("2026-05-01")));
    let told = env.ok("features import slugs.csv --dry-run").out;
    assert!(told.contains("async-address-creation for 2026-05-01 (rule d: Yes with"), "{told}");
    // Without a column of dates, a date is not taken away.
    env.ok("features import slugs.csv");
    env.write("names.csv", "Nombre,Estado\nasync-address-creation,No habilitado\n");
    assert_eq!(env.json("features import names.csv")["changed"], json!([]));
    // Nor is a heading of dates asked of one that has classes or slugs.
    env.write(
        "short.csv",
        "NAME,ENABLED\nasync-address-creation,No\nenhanced-wallet-support,Yes\n",
    );
    let report = env.json("features import short.csv");
    assert_eq!(report["changed"], json!(["enhanced-wallet-support"]), "{report:#}");
    assert_eq!(env.json("features show async-address-creation")["enable_date"], "2026-05-01");
    env.write("typo.csv", "NAME,ENABLED,ENABLEDAT\nenhanced-wallet-support,No,\n");
    let run = env.run("features import typo.csv").expect(2);
    assert!(run.err.contains("ENABLEDATE is missing"), "{}", run.err);
    env.write("near.csv", "Feature name,State\nEnable asyncronous customer editing,Enabled\n");
    let unmatched = &env.json("features check near.csv")["unmatched"][0];
    let nearest = unmatched["nearest"].as_str().unwrap();
    assert!(nearest.contains("asynchronous"), "{unmatched}");
}

#[test]
fn g18_a_data_package_is_read() {
    let env = Env::new();
    let package = |name: &str, files: &[(&str, Vec<u8>)]| {
        let mut zip = ZipWriter::new(File::create(env.path().join(name)).unwrap());
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
    };
    env.ok("features export all.csv");
    env.ok("features export all.xlsx");
    let read = |name: &str| std::fs::read(env.path().join(name)).unwrap();
    let manifest = || ("Manifest.xml", b"<DataManagementPackageManifest/>".to_vec());
    package("csv.zip", &[manifest(), ("Feature management.csv", read("all.csv"))]);
    package(
        "xlsx.zip",
        &[("a/Manifest.xml", Vec::new()), ("a/FeatureManagement.xlsx", read("all.xlsx"))],
    );
    let wide = String::from_utf8(read("all.csv")).unwrap();
    let wide: Vec<u8> =
        [0xfeff].into_iter().chain(wide.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    package("wide.zip", &[manifest(), ("Feature management.csv", wide)]);
    for name in ["csv.zip", "xlsx.zip", "wide.zip"] {
        let done = env.json(&format!("features import {name}"));
        assert_eq!((&done["changed"], &done["unmatched"]), (&json!([]), &json!([])), "{name}");
        assert_eq!(done["unchanged"], 84, "{name}");
    }
    package("other.zip", &[manifest(), ("Vendors.csv", Vec::new()), ("Customers.csv", Vec::new())]);
    let run = env.run("features check other.zip").expect(2);
    assert!(
        run.err.contains("none of Vendors.csv, Customers.csv is named for the entity"),
        "{}",
        run.err
    );
    package("empty.zip", &[manifest()]);
    env.run("features check empty.zip").expect(2);
    env.run("features export out.zip").expect(2);
}

#[test]
fn g18_what_a_channel_answered_is_held_against_headquarters() {
    let env = Env::new();
    env.ok("features enable async-address-creation");
    env.write(
        "states.json",
        r#"{"@odata.context": "x", "value": [
            {"Name": "Dynamics.AX.Application.RetailAsyncAddressCreationFeature", "IsEnabled": false},
            {"Name": "Dynamics.AX.Application.RetailTeamsIntegration", "IsEnabled": true},
            {"Name": "Dynamics.AX.Application.RetailEnableAsyncCustomerEditFeature", "IsEnabled": true},
            {"Name": "Dynamics.AX.Application.NobodyKnowsFeature", "IsEnabled": true}
        ]}"#,
    );
    insta::assert_snapshot!(env.run("features check --channel houston states.json").text(), @r#"
    exit 1
    --- stdout
    line 4: "Dynamics.AX.Application.NobodyKnowsFeature" is left out, it names no feature that is known here
    states.json: 3 features, 2 of them otherwise than in headquarters, or in houston now
      async-address-creation: off in the answer, on in headquarters
      what headquarters says has not come there: cdx run 1110 --channel houston
      async-customer-editing: on in the answer, off in headquarters
      houston would answer off now
    --- stderr
    "#);
    let report = env.run("features check --channel houston states.json --format json").expect(1);
    let report = report.json();
    let one = &report["differences"][0];
    assert_eq!(
        (&one["answered"], &one["headquarters"], &one["now"]),
        (&json!(false), &json!(true), &json!(false))
    );
    env.ok("run 1110 --channel houston");
    env.ok("csu restart");
    env.write("now.json", r#"[{"name": "RetailAsyncAddressCreationFeature", "isEnabled": 1}]"#);
    env.ok("features check --channel houston now.json");
    let now = env.json("features check --channel houston");
    assert_eq!((&now["equal"], &now["differences"]), (&json!(84), &json!([])));
    assert!(env.run("features check now.json").expect(2).err.contains("checked with --channel"));
    env.write("broken.json", "[{]");
    env.run("features check --channel houston broken.json").expect(2);
    env.run("features check --channel houston.offline now.json").expect(2);
    let run = env.run("features check --channel huston now.json").expect(2);
    assert!(run.err.contains("did you mean \"houston\""), "{}", run.err);
}
