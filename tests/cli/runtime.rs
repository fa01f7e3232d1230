//! The channel at run time (R01 to R15).

use super::harness::{Env, number, text};

const CREATE: &str = "pos create-customer --channel houston --first-name Ada --last-name Byron";
const ADDRESS: &str = "pos create-address --channel houston --street Main --city Houston --account";
const EDIT: &str = "pos edit-customer --channel houston --set last-name=Other --account";

/// An environment with some switches on and in effect.
fn with(features: &[&str], profile: bool) -> Env {
    let env = Env::new();
    for feature in features {
        env.ok(&format!("features enable {feature}"));
    }
    if profile {
        env.ok("profiles set Stores --async-customers yes");
    }
    env.ok("run 1110 1070 1010");
    env.ok("csu restart");
    env
}

fn path(env: &Env, words: &str) -> String {
    env.json(words)["path"].as_str().unwrap().to_owned()
}

#[test]
fn r01_creation_is_real_time_until_the_profile_says_otherwise() {
    let env = Env::new();
    let report = env.json(CREATE);
    assert_eq!(report["path"], "real-time");
    assert_eq!(report["request"], "NewCustomerRealtimeRequest");
    let account = report["account"].as_str().unwrap();
    let known = format!("SELECT count(*) FROM ax_CUSTTABLE WHERE ACCOUNTNUM = '{account}'");
    assert_eq!(number(&env.channel("houston"), &known), 1, "the channel it came from has it");
    assert_eq!(number(&env.channel("seattle"), &known), 0, "the others wait for 1010");
    let env = with(&[], true);
    assert_eq!(path(&env, CREATE), "async");
}

#[test]
fn r02_addresses_are_local_with_their_feature_alone() {
    let env = with(&["async-address-creation"], false);
    assert_eq!(path(&env, &format!("{ADDRESS} 00000010")), "async");
    assert_eq!(path(&Env::new(), &format!("{ADDRESS} 00000010")), "real-time");
    let env = with(&[], true);
    let guid = env.create_async("houston", "One");
    assert_eq!(path(&env, &format!("{ADDRESS} {guid}")), "refused");
    let env = with(&["async-address-creation"], true);
    let guid = env.create_async("houston", "One");
    assert_eq!(path(&env, &format!("{ADDRESS} {guid}")), "async");
}

#[test]
fn r03_editing_is_local_with_the_edit_feature_alone() {
    let env = with(&["async-address-creation"], true);
    assert_eq!(path(&env, &format!("{EDIT} 00000010")), "real-time");
    let last = "SELECT LASTNAME FROM {}DIRPERSONNAME n JOIN {}CUSTTABLE c ON c.PARTY = n.PERSON \
                WHERE c.ACCOUNTNUM = '00000010'";
    assert_eq!(text(&env.hq(), &last.replace("{}", "")), "Other");
    assert_eq!(text(&env.channel("houston"), &last.replace("{}", "ax_")), "Other");
    let guid = env.create_async("houston", "One");
    let run = env.run(&format!("{EDIT} {guid} --format json")).expect(1);
    assert_eq!(run.json()["path"], "refused");
    assert!(run.out.contains("Editing async customers isn't supported."), "{}", run.out);
    let env = Env::asynchronous();
    assert_eq!(path(&env, &format!("{EDIT} 00000010")), "async");
    let guid = env.create_async("houston", "One");
    assert_eq!(path(&env, &format!("{EDIT} {guid}")), "async");
    let address = env.json(&format!("{ADDRESS} {guid}"))["address"].as_str().unwrap().to_owned();
    let on = format!("--channel houston --account {guid} --address {address}");
    assert_eq!(path(&env, &format!("pos edit-address {on} --set city=Austin")), "async");
    assert_eq!(path(&env, &format!("pos deactivate-address {on}")), "async");
}

#[test]
fn r04_the_enhanced_feature_captures_more() {
    let create = format!("{CREATE} --title Dr --secondary-contact other@example.com");
    let rows = |env: &Env, table: &str| {
        number(&env.channel("houston"), &format!("SELECT count(*) FROM ax_{table}"))
    };
    let title = "SELECT TITLERECORDID FROM ax_RETAILASYNCCUSTOMERV2";
    let env = with(&["multiple-contacts"], true);
    let report = env.json(&create);
    assert!(report["notes"].to_string().contains("enhanced"), "{report:#}");
    assert_eq!(rows(&env, "RETAILASYNCCUSTOMERCONTACT"), 0);
    assert_eq!(rows(&env, "RETAILASYNCCUSTOMERAFFILIATION"), 0);
    assert_eq!(number(&env.channel("houston"), title), 0);
    let env = with(&["multiple-contacts", "enhanced-async-customer-creation"], true);
    env.ok(&create);
    assert_eq!(rows(&env, "RETAILASYNCCUSTOMERCONTACT"), 1);
    assert_eq!(rows(&env, "RETAILASYNCCUSTOMERAFFILIATION"), 1);
    assert_eq!(number(&env.channel("houston"), title), 4);
}

#[test]
fn r05_some_operations_stay_real_time() {
    let env = Env::asynchronous();
    for words in [
        "pos balance --channel houston --account 00000010",
        "pos order-history --channel houston --account 00000010",
        "pos link-identity --channel houston --account 00000010",
        "pos find-customer --channel houston --remote Default",
    ] {
        let report = env.json(words);
        assert_eq!(report["path"], "real-time", "{words}");
        assert_eq!(report["reasons"][0]["code"], "always-real-time");
        let down = env.run(&format!("{words} --fault rts-down --format json")).expect(1).json();
        assert_eq!(down["path"], "failed", "{words}");
    }
}

#[test]
fn r06_an_offline_register_always_creates_asynchronously() {
    let env = Env::new();
    let report = env.json(&format!("{CREATE} --offline"));
    assert_eq!(report["path"], "async");
    assert_eq!(report["reasons"][0]["code"], "offline");
    let sql = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.channel("houston.offline"), sql), 1);
    assert_eq!(number(&env.channel("houston"), sql), 0);
    env.ok("pos reconnect --channel houston");
    assert_eq!(number(&env.channel("houston"), sql), 1);
    env.ok("pos reconnect --channel houston");
    assert_eq!(number(&env.channel("houston"), sql), 1, "once is enough");
    env.ok("params set filter-shared-customer-data-tables 1");
    let refused = env.run(&format!("{CREATE} --offline --format json")).expect(1).json();
    assert_eq!(refused["path"], "refused");
    assert_eq!(refused["reasons"][0]["code"], "filter-shared-customers");
}

#[test]
fn r07_a_failed_real_time_creation_falls_back() {
    let env = Env::new();
    let report = env.json(&format!("{CREATE} --fault rts-down"));
    assert_eq!(report["path"], "async-fallback");
    assert_eq!(report["display_account"], "Pending sync");
    let codes = report["reasons"].to_string();
    assert!(codes.contains("rts-down") && codes.contains("profile-off"), "{codes}");
    assert_eq!(path(&env, CREATE), "real-time", "the fault is used up");
    let edit = env.run(&format!("{EDIT} 00000010 --fault rts-down --format json")).expect(1);
    assert_eq!(edit.json()["path"], "failed");
}

#[test]
fn r08_a_temporary_guid_is_shown_as_pending_sync() {
    let env = Env::asynchronous();
    let report = env.json(CREATE);
    let guid = report["account"].as_str().unwrap();
    assert_eq!(guid.len(), 36);
    assert_eq!(report["display_account"], "Pending sync");
    let again = Env::asynchronous().json(CREATE);
    assert_eq!(again["account"], guid, "the same seed and commands give the same GUID");
}

#[test]
fn r09_no_loyalty_card_and_no_synchronous_order_while_pending() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    for operation in ["issue-loyalty-card", "create-order"] {
        let words = format!("pos {operation} --channel houston --account");
        let refused = env.run(&format!("{words} {guid} --format json")).expect(1).json();
        assert_eq!(refused["reasons"][0]["code"], "pending-sync", "{operation}");
    }
    env.synchronize();
    for operation in ["issue-loyalty-card", "create-order"] {
        let words = format!("pos {operation} --channel houston --account {guid}");
        assert_eq!(path(&env, &words), "real-time", "{operation}");
    }
}

#[test]
fn r10_each_operation_is_a_new_row_and_the_last_one_counts() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    env.ok(&format!("{EDIT} {guid}"));
    let address = env.json(&format!("{ADDRESS} {guid}"))["address"].as_str().unwrap().to_owned();
    let on = format!("--channel houston --account {guid} --address {address}");
    env.ok(&format!("pos edit-address {on} --set city=Austin"));
    env.ok(&format!("pos deactivate-address {on}"));
    let gone = env.run(&format!("pos edit-address {on} --set city=Dallas")).expect(2);
    assert!(gone.err.contains("has no address"), "{}", gone.err);
    let channel = env.channel("houston");
    let operations = |table: &str| {
        text(
            &channel,
            &format!(
                "SELECT group_concat(OPERATION) FROM (SELECT * FROM ax_{table} \
            ORDER BY REPLICATIONCOUNTERFROMORIGIN)"
            ),
        )
    };
    assert_eq!(operations("RETAILASYNCCUSTOMERV2"), "1,2");
    assert_eq!(operations("RETAILASYNCADDRESSV2"), "1,2,3");
    let found = env.json(&format!("pos find-customer --channel houston {guid}"));
    assert_eq!(found["customers"][0]["name"], "Ada Other");
    env.ok(&format!("{EDIT} 00000010"));
    let account = "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNT = '00000010'";
    assert_eq!(number(&channel, account), 1, "a synchronous customer's edit has its account");
}

#[test]
fn r11_a_channel_shows_its_own_pending_customers_until_they_map() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Own");
    let seen = |channel: &str| {
        let found = env.json(&format!("pos find-customer --channel {channel} Own"));
        found["customers"].as_array().unwrap().iter().filter(|c| c["name"] == "Ada Own").count()
    };
    assert_eq!((seen("houston"), seen("seattle")), (1, 0));
    env.synchronize();
    assert_eq!((seen("houston"), seen("seattle")), (1, 1), "once, under its account");
    let found = env.json("pos find-customer --channel houston Own");
    assert_ne!(found["customers"][0]["account"], guid.as_str());
}

#[test]
fn r12_the_scale_unit_answers_from_its_cache_until_it_expires() {
    let env = Env::new();
    env.ok(CREATE);
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1070");
    let report = env.json(CREATE);
    assert_eq!(report["path"], "real-time");
    assert_eq!(report["reasons"][0]["code"], "cached");
    let status = env.json("csu status --channel houston");
    assert_eq!(status["instances"][0]["differs"][0]["cached"], "no");
    env.ok("clock advance 14m");
    assert_eq!(path(&env, CREATE), "real-time");
    env.ok("clock advance 1m");
    assert_eq!(path(&env, CREATE), "async");
    env.ok("profiles set Stores --async-customers no");
    env.ok("run 1070");
    env.ok("csu restart --channel houston");
    assert_eq!(path(&env, CREATE), "real-time");
}

#[test]
fn r13_instances_can_disagree() {
    let env = Env::new();
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("instances = 1", "instances = 2"));
    env.ok(CREATE);
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1070");
    assert_eq!(path(&env, &format!("{CREATE} --instance 1")), "real-time");
    assert_eq!(path(&env, &format!("{CREATE} --instance 2")), "async");
    let none = env.run(&format!("{CREATE} --instance 3")).expect(2);
    assert!(none.err.contains("instances 1 to 2"), "{}", none.err);
}

#[test]
fn r14_each_call_is_logged_with_the_first_thing_in_the_way() {
    let env = Env::new();
    let code = |words: &str| env.json(words)["reasons"][0]["code"].as_str().unwrap().to_owned();
    let edit = format!("{EDIT} 00000010");
    assert_eq!(code(&edit), "feature-off");
    env.ok("features enable async-customer-editing --with-prerequisites");
    let report = env.json(&edit);
    assert_eq!(report["reasons"][0]["code"], "not-distributed");
    assert!(report["reasons"][0]["text"].as_str().unwrap().contains("1110, 1010, 1070"));
    env.ok("run 1110 1010 1070");
    assert_eq!(code(&edit), "cached");
    env.ok("csu restart");
    assert_eq!(path(&env, &edit), "async");
    let list = env.json("rts list --channel houston");
    let calls = list["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[1]["request"], "SaveCustomerRealtimeRequest");
    assert_eq!(calls[2]["reasons"][0]["code"], "cached");
}

#[test]
fn r15_a_feature_is_in_one_of_four_states() {
    let env = Env::new();
    env.ok(CREATE);
    let state = || {
        let shown = env.json("features show async-address-creation");
        let houston = &shown["channels"][0];
        assert_eq!(houston["channel"], "houston");
        (houston["state"].as_str().unwrap().to_owned(), houston["in_effect"].as_bool().unwrap())
    };
    assert_eq!(state(), ("off".to_owned(), false));
    env.ok("features enable async-address-creation");
    assert_eq!(state(), ("not-distributed".to_owned(), false));
    env.ok("run 1110");
    assert_eq!(state(), ("cached".to_owned(), false));
    env.ok("clock advance 15m");
    assert_eq!(state(), ("effective".to_owned(), true));
}
