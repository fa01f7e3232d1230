//! What goes up about asynchronous customers beside the five tables: orders and identities
//! (C10, R05); shifts (R18).

use super::harness::{Env, number, text};

fn with_orders(env: Env) -> Env {
    env.ok("profiles set Stores --async-orders yes");
    env.ok("run 1070");
    env.ok("csu restart");
    env
}

#[test]
fn c10_an_order_takes_its_customer_along() {
    let env = with_orders(Env::asynchronous());
    let guid = env.create_async("houston", "One");
    let other = env.create_async("houston", "Two");
    let order = format!("pos create-order --channel houston --account {guid}");
    env.ok(&format!("{order} --expect async"));
    env.ok("run P");
    let said = env.json("run sync-orders --dry-run");
    let waits = &said["jobs"][0]["channels"][0];
    assert_eq!((&waits["channel"], &waits["subjobs"][0]["rows"]), (&"houston".into(), &1.into()));
    let done = env.args(&["run", "Synchronize orders", "--format", "json"]).expect(0).json();
    assert_eq!(
        (&done["jobs"][0]["job"], &done["jobs"][0]["processed"]),
        (&"sync-orders".into(), &1.into())
    );
    let account = env.json(&format!("customers show {guid}"))["customer"]["account"].clone();
    let taken = "SELECT CUSTACCOUNT FROM cdx_ORDER WHERE cdx_SYNCHRONIZED = 1";
    assert_eq!(text(&env.hq(), taken), account.as_str().unwrap());
    // The customer without an order waits for the batch.
    env.run(&format!("customers show {other}")).expect(2);
    assert_eq!(env.json("run sync-orders")["jobs"][0]["processed"], 0);
}

#[test]
fn c10_an_order_whose_customer_cannot_be_made_waits() {
    let env = with_orders(Env::asynchronous());
    let create = "pos create-customer --channel houston --first-name Ada --last-name B --group NO";
    let guid = env.json(create)["account"].as_str().unwrap().to_owned();
    env.ok(&format!("pos create-order --channel houston --account {guid}"));
    env.ok("run P");
    let failed = env.run("run sync-orders").expect(1);
    assert!(failed.err.contains("its customer is not in headquarters"), "{}", failed.text());
    env.ok("customers status edit customer-1 --set CUSTGROUP=30");
    assert_eq!(env.json("run sync-orders")["jobs"][0]["processed"], 1);
}

#[test]
fn c10_an_order_of_a_synchronous_customer_goes_up_too() {
    let env = with_orders(Env::asynchronous());
    env.ok("pos create-order --channel houston --account 00000010 --expect async");
    env.ok("run P sync-orders");
    let taken = "SELECT CUSTACCOUNT FROM cdx_ORDER WHERE cdx_SYNCHRONIZED = 1";
    assert_eq!(text(&env.hq(), taken), "00000010");
}

#[test]
fn c10_an_order_that_a_register_takes_offline_goes_up_after_it_is_back() {
    let env = with_orders(Env::asynchronous());
    let create = "pos create-customer --channel houston --first-name Ada --last-name Off --offline";
    let guid = env.json(create)["account"].as_str().unwrap().to_owned();
    env.ok(&format!("pos create-order --channel houston --account {guid} --offline"));
    let link = format!("pos link-identity --channel houston --account {guid} --offline");
    env.ok(&link);
    env.ok(&link);
    let on_line = env.create_async("houston", "On");
    env.ok(&format!("pos create-order --channel houston --account {on_line}"));
    env.ok("pos reconnect --channel houston");
    env.ok("pos reconnect --channel houston");
    env.ok("run P sync-orders");
    let orders = "SELECT count(DISTINCT ORDERID) FROM cdx_ORDER WHERE cdx_SYNCHRONIZED = 1";
    assert_eq!(number(&env.hq(), orders), 2);
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM cdx_IDENTITY"), 1);
}

#[test]
fn r05_an_identity_of_an_asynchronous_customer_is_linked_in_the_channel() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    let on = format!("pos link-identity --channel houston --account {guid}");
    env.ok(&format!("{on} --identity ada@provider --expect async"));
    let calls = env.json("rts list")["calls"].as_array().unwrap().len();
    assert_eq!(calls, 0);
    env.ok("run P");
    let linked = "SELECT count(*) FROM cdx_IDENTITY";
    assert_eq!(number(&env.hq(), linked), 0, "the customer has no account");
    env.ok("run sync-customers 1010");
    let account = env.json(&format!("customers show {guid}"))["customer"]["account"].clone();
    let of = "SELECT ACCOUNT FROM cdx_IDENTITY WHERE IDENTITY = 'ada@provider'";
    assert_eq!(text(&env.hq(), of), account.as_str().unwrap());
    // With an account it is a real-time call, and what came up once does not come again.
    env.ok(&format!("{on} --identity ada@other --expect real-time"));
    let sql = "UPDATE cdx_IDENTITY SET ACCOUNT = '00000010' WHERE IDENTITY = 'ada@provider'";
    env.hq().execute_batch(sql).unwrap();
    env.ok("run P sync-customers");
    assert_eq!(text(&env.hq(), of), "00000010");
    // One that was linked in the channel before stands aside, one that was linked later does not.
    let third = env.create_async("houston", "Three");
    let link = |guid: &str, more: &str| {
        let on = format!("pos link-identity --channel houston --account {guid}");
        env.ok(&format!("{on} --identity ada@both {more}"));
    };
    link(&third, "--expect async");
    link("00000010", "--expect real-time");
    let of = "SELECT ACCOUNT FROM cdx_IDENTITY WHERE IDENTITY = 'ada@both'";
    env.ok("run P sync-customers");
    assert_eq!(text(&env.hq(), of), "00000010");
    let fourth = env.create_async("houston", "Four");
    link(&fourth, "--expect async");
    env.ok("run P sync-customers");
    let account = env.json(&format!("customers show {fourth}"))["customer"]["account"].clone();
    assert_eq!(text(&env.hq(), of), account.as_str().unwrap());
    let long = "x".repeat(513);
    let again = env.create_async("houston", "Two");
    let words = format!("pos link-identity --channel houston --account {again} --identity {long}");
    env.run(&words).expect(2);
}

#[test]
fn r18_no_shift_is_closed_offline_nor_in_an_online_store() {
    let env = Env::asynchronous();
    for (words, reason) in [
        ("pos close-shift --channel houston --offline", "offline"),
        ("pos close-shift --channel online", "online-store"),
    ] {
        let report = env.run(&format!("{words} --format json")).expect(1).json();
        assert_eq!(report["path"], "refused", "{report:#}");
        assert_eq!(report["reasons"][0]["code"], reason);
        env.ok(&format!("{words} --expect refused"));
    }
    // Editing offline: only with the edit feature in effect on the register.
    let edit = "pos edit-customer --channel houston --account 00000010 --set phone=1 --offline";
    env.run(&format!("{edit} --expect refused")).expect(1);
    let plain = Env::new();
    plain.ok(&format!("{edit} --expect refused"));
}

/// An identity that is linked on both sides of a reconnect, or twice offline, keeps nothing from
/// coming over.
#[test]
fn r05_an_identity_that_is_linked_twice_does_not_stop_a_reconnect() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Twice");
    env.ok(&format!("pos link-identity --channel houston --account {guid} --identity me"));
    let made = env
        .json("pos create-customer --channel houston --offline --first-name Ada --last-name Away");
    let away = made["account"].as_str().unwrap();
    let link = format!("pos link-identity --channel houston --offline --account {away} --identity");
    env.ok(&format!("{link} me"));
    env.ok(&format!("{link} mine"));
    env.ok("pos reconnect --channel houston");
    env.ok(&format!("{link} mine"));
    env.ok("pos reconnect --channel houston");
    assert_eq!(env.json("status")["waiting"]["to_merge"], 0, "what is not brought does not wait");
    env.ok("run P sync-customers 1010");
    env.ok("doctor --fail-on error");
    let known = "SELECT count(*) FROM cdx_IDENTITY WHERE IDENTITY IN ('me', 'mine')";
    assert_eq!(number(&env.hq(), known), 2);
}

/// What waits of an order's customer goes through the batch as it does by itself: behind a failed
/// operation the later ones wait (C03); an order without a customer takes nobody else's along.
#[test]
fn c10_orders_take_the_batch_as_it_is() {
    let env = with_orders(Env::asynchronous());
    let guid = env.create_async("houston", "Ordering");
    env.ok(&format!("pos edit-customer --channel houston --account {guid} --set group=NOPE"));
    env.ok(&format!("pos edit-customer --channel houston --account {guid} --set phone=7"));
    env.ok(&format!("pos create-order --channel houston --account {guid}"));
    env.ok("pos edit-customer --channel seattle --account 00000010 --set phone=8");
    env.ok("run P");
    env.ok("run sync-orders");
    let list = env.json("customers status");
    let status = |id: &str| {
        let found = list["operations"].as_array().unwrap().iter().find(|one| one["id"] == id);
        found.unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status("customer-1"), "succeeded");
    assert_eq!(status("customer-2"), "failed");
    assert_eq!(status("customer-3"), "waiting");
    assert_eq!(status("customer-4"), "pending", "another customer's");
}
