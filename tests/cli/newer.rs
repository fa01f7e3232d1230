//! Newer never loses to older (R19, C09): edits are the fields that were changed, and an operation
//! that comes late leaves alone what a newer one has set.

use serde_json::Value;

use super::harness::{Env, number, text};

const ONE: &str = "00000010";

fn edit(env: &Env, channel: &str, set: &str) {
    let words = format!("pos edit-customer --channel {channel} --account {ONE} --set {set}");
    assert_eq!(env.json(&words)["path"], "async", "{words}");
}

fn later(env: &Env) {
    env.ok("clock advance 1m");
}

fn customer(env: &Env) -> Value {
    env.json(&format!("customers show {ONE}"))["customer"].clone()
}

/// What the last operation of a channel left alone, as `field: kept`.
fn left(env: &Env, operation: &str) -> Vec<String> {
    let detail = env.json(&format!("customers status show {operation}"));
    assert_eq!(detail["operation"]["status"], "succeeded", "{detail:#}");
    let left = detail["operation"]["left"].as_array().cloned().unwrap_or_default();
    left.iter().map(|left| left["field"].as_str().unwrap().to_owned()).collect()
}

/// The value of a field as a channel's register sees it, told by the next row that it writes.
fn seen(env: &Env, channel: &str, column: &str) -> String {
    env.ok(&format!("pos edit-customer --channel {channel} --account {ONE} --set title=Dr"));
    let sql = format!(
        "SELECT {column} FROM ax_RETAILASYNCCUSTOMERV2 ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC"
    );
    text(&env.channel(channel), &sql)
}

#[test]
fn r19_an_edit_is_the_fields_that_were_changed() {
    let env = Env::asynchronous();
    edit(&env, "houston", "email=new@example.com");
    let changed = "SELECT cdx_CHANGED FROM {}RETAILASYNCCUSTOMERV2";
    let there = text(&env.channel("houston"), &changed.replace("{}", "ax_"));
    assert_eq!(there, r#"["email"]"#);
    env.ok(&format!("customers edit {ONE} --set phone=555-0100"));
    env.ok("run P sync-customers");
    assert_eq!(text(&env.hq(), &changed.replace("{}", "")), there, "the column goes up");
    assert_eq!(customer(&env)["email"], "new@example.com");
    assert_eq!(customer(&env)["phone"], "555-0100", "headquarters' own change stays");
}

#[test]
fn r19_a_row_without_the_column_is_taken_whole() {
    let env = Env::asynchronous();
    edit(&env, "houston", "email=new@example.com");
    env.channel("houston")
        .execute_batch("UPDATE ax_RETAILASYNCCUSTOMERV2 SET cdx_CHANGED = NULL, PHONE = 'whole'")
        .unwrap();
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["email"], "new@example.com");
    assert_eq!(customer(&env)["phone"], "whole");
}

#[test]
fn r19_an_offline_edit_keeps_its_fields() {
    let env = Env::asynchronous();
    let offline = format!(
        "pos edit-customer --channel houston --account {ONE} --offline --set email=off@example.com"
    );
    assert_eq!(env.json(&offline)["path"], "async");
    env.ok(&format!("customers edit {ONE} --set phone=555-0100"));
    env.ok("pos reconnect --channel houston");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["email"], "off@example.com");
    assert_eq!(customer(&env)["phone"], "555-0100");
}

#[test]
fn r19_a_register_sees_what_came_down_under_what_it_changed_itself() {
    let env = Env::asynchronous();
    edit(&env, "houston", "email=own@example.com");
    env.ok(&format!("customers edit {ONE} --set phone=555-0100"));
    env.ok("run 1010");
    assert_eq!(seen(&env, "houston", "PHONE"), "555-0100", "not what it had before");
    assert_eq!(seen(&env, "houston", "EMAIL"), "own@example.com", "its own, not yet processed");
    env.synchronize();
    edit(&env, "seattle", "email=theirs@example.com");
    env.synchronize();
    assert_eq!(seen(&env, "houston", "EMAIL"), "theirs@example.com", "the other store's is newer");
}

#[test]
fn r19_two_stores_edit_different_fields() {
    let env = Env::asynchronous();
    edit(&env, "houston", "email=houston@example.com");
    edit(&env, "seattle", "phone=555-0200");
    edit(&env, "houston", "title=Dr");
    env.ok("run P sync-customers");
    let customer = customer(&env);
    assert_eq!(customer["email"], "houston@example.com");
    assert_eq!(customer["phone"], "555-0200");
    assert_eq!(customer["title"], "Dr");
}

#[test]
fn c09_two_stores_edit_one_field_and_upload_in_the_other_order() {
    let env = Env::asynchronous();
    edit(&env, "houston", "phone=OLDER last-name=Older");
    later(&env);
    edit(&env, "seattle", "phone=NEWER");
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    assert_eq!(customer(&env)["phone"], "NEWER");
    assert_eq!(customer(&env)["last_name"], "Older", "what the newer one did not set");
    assert_eq!(left(&env, "customer-2"), ["phone"]);
    assert!(left(&env, "customer-1").is_empty());
    let flags = "SELECT min(ONLINEOPERATIONCOMPLETED) FROM RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.hq(), flags), 1);
    let shown = env.ok("customers status show customer-2").out;
    assert!(shown.contains("What it left alone"), "{shown}");
    assert!(shown.contains("customer-1 of seattle"), "{shown}");
    let listed = env.ok("customers status").out;
    assert!(listed.contains("customer-2: left phone alone"), "{listed}");
    env.ok("run 1010");
    assert_eq!(seen(&env, "houston", "PHONE"), "NEWER");
}

#[test]
fn c09_a_retried_upload_does_not_undo_what_came_after_it() {
    let env = Env::asynchronous();
    env.ok("params set try-count 1");
    edit(&env, "houston", "phone=OLDER");
    let _ = env.run("run P --fault upload-apply-fails=houston");
    env.ok("clock advance 1h");
    edit(&env, "houston", "phone=NEWER");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "NEWER");
    env.ok("doctor --fix");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "NEWER");
    assert_eq!(left(&env, "customer-2"), ["phone"]);
    let report = env.json("doctor --only CDX506");
    assert_eq!(report["findings"][0]["severity"], "info", "{report:#}");
}

#[test]
fn c09_at_one_time_the_order_in_a_channel_is_that_of_the_counters() {
    let env = Env::asynchronous();
    env.ok("params set try-count 1");
    edit(&env, "houston", "phone=FIRST");
    let _ = env.run("run P --fault upload-apply-fails=houston");
    edit(&env, "houston", "phone=SECOND");
    env.ok("run P sync-customers");
    env.ok("sessions retry 1 --upload");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "SECOND");
    // Between channels the one that is processed later stands.
    edit(&env, "houston", "email=houston@example.com");
    edit(&env, "seattle", "email=seattle@example.com");
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    assert_eq!(customer(&env)["email"], "houston@example.com");
    // So it does between headquarters and a channel.
    env.ok(&format!("customers edit {ONE} --set email=headquarters@example.com"));
    assert_eq!(customer(&env)["email"], "headquarters@example.com");
}

/// A row gets its counter when its register comes back; what people did first stays first.
#[test]
fn c09_at_one_time_a_row_that_gets_another_counter_keeps_its_place() {
    let env = Env::asynchronous();
    env.ok(&format!(
        "pos edit-customer --channel houston --account {ONE} --offline --set phone=FIRST"
    ));
    edit(&env, "houston", "phone=SECOND");
    env.ok("pos reconnect --channel houston");
    assert_eq!(seen(&env, "houston", "PHONE"), "SECOND");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "SECOND");
    env.ok("run 1010");
    assert_eq!(seen(&env, "houston", "PHONE"), "SECOND");
}

#[test]
fn c09_a_register_that_was_long_offline_leaves_what_is_newer() {
    let env = Env::asynchronous();
    let offline = format!(
        "pos edit-customer --channel houston --account {ONE} --offline --set phone=OFFLINE \
         first-name=Away"
    );
    env.ok(&offline);
    later(&env);
    edit(&env, "houston", "phone=ONLINE");
    env.ok("run P sync-customers");
    env.ok("pos reconnect --channel houston");
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "ONLINE");
    assert_eq!(customer(&env)["first_name"], "Away");
    env.ok("run 1010");
    assert_eq!(seen(&env, "houston", "PHONE"), "ONLINE");
}

#[test]
fn c09_headquarters_own_change_counts_at_its_own_time() {
    let env = Env::asynchronous();
    edit(&env, "houston", "phone=OLDER email=kept@example.com");
    later(&env);
    env.ok(&format!("customers edit {ONE} --set phone=NEWER group=80"));
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["phone"], "NEWER");
    assert_eq!(customer(&env)["email"], "kept@example.com");
    assert_eq!(left(&env, "customer-1"), ["phone"]);
    let shown = env.ok("customers status show customer-1").out;
    assert!(shown.contains("headquarters"), "{shown}");
}

#[test]
fn c09_a_real_time_edit_stands_between_two_asynchronous_ones() {
    let env = Env::new();
    // Seattle's scale unit remembers that the features are off.
    env.ok("pos find-customer --channel seattle Default");
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1110 1010 1070");
    env.ok("csu restart --channel houston");
    edit(&env, "houston", "phone=FIRST email=first@example.com last-name=First");
    later(&env);
    let words = format!(
        "pos edit-customer --channel seattle --account {ONE} --set phone=SECOND \
         email=second@example.com"
    );
    assert_eq!(env.json(&words)["path"], "real-time");
    later(&env);
    edit(&env, "houston", "phone=THIRD");
    env.ok("run P sync-customers");
    let customer = customer(&env);
    assert_eq!(customer["phone"], "THIRD");
    assert_eq!(customer["email"], "second@example.com");
    assert_eq!(customer["last_name"], "First");
    assert_eq!(left(&env, "customer-1"), ["email", "phone"]);
    let shown = env.ok("customers status show customer-1").out;
    assert!(shown.contains("a real-time call of seattle"), "{shown}");
}

/// The county of houston's edit is longer than headquarters takes: it fails.
fn with_a_failed_edit() -> (Env, String) {
    let env = Env::asynchronous();
    let address = address(&env);
    env.ok(&format!(
        "pos edit-address --channel houston --account {ONE} --address {address} \
         --set county=Overlong-County city=Older"
    ));
    later(&env);
    env.ok(&format!(
        "pos edit-address --channel seattle --account {ONE} --address {address} \
         --set city=Newer"
    ));
    env.ok("run P");
    env.run("run sync-customers").expect(1);
    (env, address)
}

fn address(env: &Env) -> String {
    customer(env)["addresses"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn c09_a_failed_operation_that_goes_through_late_leaves_what_is_newer() {
    let (env, _) = with_a_failed_edit();
    env.ok("customers synchronize address-2");
    later(&env);
    env.ok("customers status edit address-1 --set county=Harris");
    env.ok("customers synchronize address-1");
    let found = customer(&env);
    assert_eq!(found["addresses"][0]["city"], "Newer");
    assert_eq!(found["addresses"][0]["county"], "Harris");
    assert_eq!(left(&env, "address-1"), ["city"]);
}

#[test]
fn c09_a_value_saved_on_the_form_counts_at_the_saving() {
    let (env, _) = with_a_failed_edit();
    env.ok("customers synchronize address-2");
    later(&env);
    env.ok("customers status edit address-1 --set county=Harris city=Saved street=Added");
    env.ok("customers synchronize address-1");
    let found = customer(&env);
    assert_eq!(found["addresses"][0]["city"], "Saved", "saved after the newer one was made");
    assert_eq!(found["addresses"][0]["street"], "Added", "a field that the register left alone");
    assert!(left(&env, "address-1").is_empty());
}

#[test]
fn c09_addresses_are_fields_too() {
    let env = Env::asynchronous();
    let address = address(&env);
    let on = |channel: &str| format!("--channel {channel} --account {ONE} --address {address}");
    env.ok(&format!("pos edit-address {} --set city=Older zip=11111", on("houston")));
    later(&env);
    env.ok(&format!("pos edit-address {} --set city=Newer state=NY", on("seattle")));
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    let found = customer(&env)["addresses"][0].clone();
    assert_eq!((&found["city"], &found["zip"]), (&"Newer".into(), &"11111".into()), "{found:#}");
    assert_eq!(found["state"], "NY");
    assert_eq!(left(&env, "address-2"), ["city"]);
    env.ok("run 1010");
    // The register sees what is newer under the row of its own.
    env.ok(&format!("pos edit-address {} --set street=Elm", on("houston")));
    let row = "SELECT CITY || ' ' || STATE || ' ' || ZIP FROM ax_RETAILASYNCADDRESSV2 \
               ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC";
    assert_eq!(text(&env.channel("houston"), row), "Newer NY 11111");
}

#[test]
fn c09_a_late_edit_of_a_deactivated_address_leaves_everything() {
    let env = Env::asynchronous();
    let address = address(&env);
    let on = |channel: &str| format!("--channel {channel} --account {ONE} --address {address}");
    env.ok(&format!("pos edit-address {} --set city=Older", on("houston")));
    later(&env);
    env.ok(&format!("pos deactivate-address {}", on("seattle")));
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    assert_eq!(left(&env, "address-2"), ["city"]);
    assert_eq!(customer(&env)["addresses"].as_array().unwrap().len(), 0);
}

#[test]
fn c09_a_late_deactivation_stands_since_nothing_newer_said_otherwise() {
    let env = Env::asynchronous();
    let address = address(&env);
    let on = |channel: &str| format!("--channel {channel} --account {ONE} --address {address}");
    env.ok(&format!("pos deactivate-address {}", on("houston")));
    later(&env);
    env.ok(&format!("pos edit-address {} --set city=Newer", on("seattle")));
    let city = format!("SELECT CITY FROM LOGISTICSPOSTALADDRESS WHERE RECID = {address}");
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    assert_eq!(customer(&env)["addresses"].as_array().unwrap().len(), 0);
    assert_eq!(text(&env.hq(), &city), "Newer");
    // The other order comes to the same, and nothing waits.
    let env = Env::asynchronous();
    env.ok(&format!("pos deactivate-address {}", on("houston")));
    later(&env);
    env.ok(&format!("pos edit-address {} --set city=Newer", on("seattle")));
    env.ok("run P sync-customers");
    assert_eq!(customer(&env)["addresses"].as_array().unwrap().len(), 0);
    assert_eq!(text(&env.hq(), &city), "Newer");
}

#[test]
fn c09_an_address_made_here_is_one_address_after_it_has_come_back_and_changed() {
    let env = Env::asynchronous();
    let made = env.json(&format!(
        "pos create-address --channel houston --account {ONE} --street Main --city Houston"
    ));
    let guid = made["address"].as_str().unwrap().to_owned();
    env.synchronize();
    let recid = customer(&env)["addresses"][1]["id"].as_str().unwrap().to_owned();
    later(&env);
    env.ok(&format!(
        "pos edit-address --channel seattle --account {ONE} --address {recid} --set city=Austin"
    ));
    env.synchronize();
    let gone = env.run(&format!(
        "pos edit-address --channel houston --account {ONE} --address {guid} --set zip=7"
    ));
    assert_eq!(gone.code, 2, "it is known by its number now\n{}", gone.text());
    assert!(!gone.err.contains(&guid) || gone.err.contains(&recid), "{}", gone.err);
    env.ok(&format!(
        "pos edit-address --channel houston --account {ONE} --address {recid} --set zip=7"
    ));
    env.synchronize();
    let addresses = customer(&env)["addresses"].clone();
    assert_eq!(addresses.as_array().unwrap().len(), 2, "{addresses:#}");
    assert_eq!(addresses[1]["city"], "Austin");
}

#[test]
fn c09_a_real_time_edit_of_an_address_changes_what_was_set_alone() {
    let env = Env::new();
    let address = address(&env);
    env.hq()
        .execute_batch(&format!(
            "UPDATE LOGISTICSPOSTALADDRESS SET ZIPCODE = '99999' WHERE RECID = {address}"
        ))
        .unwrap();
    let words = format!(
        "pos edit-address --channel houston --account {ONE} --address {address} --set city=Austin"
    );
    assert_eq!(env.json(&words)["path"], "real-time");
    let found = customer(&env)["addresses"][0].clone();
    assert_eq!((&found["city"], &found["zip"]), (&"Austin".into(), &"99999".into()));
}

#[test]
fn c09_affiliations_and_attributes_are_fields_each_for_itself() {
    let env = Env::asynchronous();
    let names = "SELECT NAME FROM RETAILAFFILIATION ORDER BY RECID LIMIT 1";
    let name = text(&env.hq(), names);
    let id = number(&env.hq(), "SELECT min(RECID) FROM RETAILAFFILIATION");
    let attribute = number(&env.hq(), "SELECT min(RECID) FROM ECORESATTRIBUTE");
    let now = "2026-01-15 08:00:00.000";
    env.hq()
        .execute_batch(&format!("DELETE FROM RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = '{ONE}'"))
        .unwrap();
    // A register gave the affiliation and an attribute before another took and changed them.
    let give = |channel: &str, operation: i64, value: &str, at: &str| {
        env.channel(channel)
            .execute_batch(&format!(
                "INSERT INTO ax_RETAILASYNCCUSTOMERAFFILIATION (CUSTACCOUNT, RETAILAFFILIATIONID,
                 OPERATION, MODIFIEDDATETIME, DATAAREAID)
                 VALUES ('{ONE}', {id}, {operation}, '{at}', 'USRT');
                 INSERT INTO ax_RETAILASYNCCUSTOMERATTRIBUTEV2 (CUSTACCOUNT, ATTRIBUTERECID,
                 ATTRIBUTEVALUESTRING, OPERATION, MODIFIEDDATETIME, DATAAREAID)
                 VALUES ('{ONE}', {attribute}, '{value}', 2, '{at}', 'USRT')"
            ))
            .unwrap();
    };
    give("houston", 1, "older", now);
    give("seattle", 3, "newer", "2026-01-15 08:05:00.000");
    env.ok("run P sync-customers --channel seattle");
    env.ok("run P sync-customers --channel houston");
    let given = "SELECT count(*) FROM RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = '00000010'";
    assert_eq!(number(&env.hq(), given), 0);
    assert_eq!(text(&env.hq(), "SELECT VALUE FROM cdx_CUSTOMERATTRIBUTE"), "newer");
    assert_eq!(left(&env, "affiliation-2"), [format!("affiliation {id}")]);
    assert_eq!(left(&env, "attribute-2"), ["attribute Newsletter"]);
    // One that was set by name in headquarters is the same field.
    env.ok("clock advance 1h");
    env.ok(&format!("customers edit {ONE} --set affiliation={name}"));
    give("seattle", 3, "newest", "2026-01-15 08:10:00.000");
    env.ok("run P sync-customers");
    assert_eq!(number(&env.hq(), given), 1);
}

#[test]
fn r19_an_environment_of_0_2_0_needs_no_initialization_for_it() {
    let env = Env { dir: tempfile::TempDir::new().unwrap() };
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/environments/0.2.0");
    super::harness::copy(std::path::Path::new(fixture), env.path()).unwrap();
    let account = "00000006";
    let words = format!(
        "pos edit-customer --channel houston --account {account} --set email=new@example.com"
    );
    assert_eq!(env.json(&words)["path"], "async");
    env.ok(&format!("customers edit {account} --set phone=555-0100"));
    // The creation of Grace Hopper fails in the batch, as it did in 0.2.0.
    let _ = env.run("run P sync-customers");
    let shown = env.json(&format!("customers show {account}"))["customer"].clone();
    assert_eq!((&shown["email"], &shown["phone"]), (&"new@example.com".into(), &"555-0100".into()));
    // What waited as Uploaded had no list of fields: it is taken whole.
    let whole = "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 \
                 WHERE CUSTACCOUNT = '00000004' AND cdx_CHANGED IS NULL \
                 AND ONLINEOPERATIONCOMPLETED = 1";
    assert_eq!(number(&env.hq(), whole), 1);
    // Channels hear who set the fields last, so that the register sees the other's change.
    env.ok("run 1010 --channel houston");
    let by = format!(
        "SELECT p.cdx_SETBY FROM ax_DIRPARTYTABLE p JOIN ax_CUSTTABLE c ON c.PARTY = p.RECID \
         WHERE c.ACCOUNTNUM = '{account}'"
    );
    assert!(text(&env.channel("houston"), &by).contains("phone"));
}
