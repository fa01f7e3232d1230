//! The customer batch and the customer synchronization status (C01 to C08).

use super::harness::{Env, number, text};

#[test]
fn c01_out_of_order_nothing_breaks_and_nothing_arrives() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    env.ok("run 1010 sync-customers P");
    let found = env.json(&format!("pos find-customer --channel houston {guid}"));
    assert_eq!(found["customers"][0]["display_account"], "Pending sync");
    env.ok("run sync-customers 1010");
    let found = env.json("pos find-customer --channel seattle One");
    assert_eq!(found["customers"].as_array().unwrap().len(), 1);
}

#[test]
fn c02_the_flag_is_set_in_headquarters_alone() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.synchronize();
    let flag = "SELECT ONLINEOPERATIONCOMPLETED FROM {}RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.hq(), &flag.replace("{}", "")), 1);
    assert_eq!(number(&env.channel("houston"), &flag.replace("{}", "ax_")), 0);
}

/// A county is longer than headquarters takes: the operation fails, and only its customer waits.
fn with_a_failed_address() -> (Env, String) {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Failing");
    env.ok(&format!(
        "pos create-address --channel houston --account {guid} --street Main --city Houston \
         --county Overlong-County"
    ));
    env.ok("clock advance 1m");
    env.ok(&format!("pos edit-customer --channel houston --account {guid} --set phone=555"));
    env.create_async("houston", "Fine");
    env.ok("run P");
    (env, guid)
}

#[test]
fn c03_a_failed_operation_keeps_its_error_and_holds_back_its_customer() {
    let (env, _) = with_a_failed_address();
    let report = env.run("run sync-customers --format json").expect(1).json();
    let job = &report["jobs"][0];
    // An affiliation and an edit of the same customer wait behind its address.
    assert_eq!((&job["failed"], &job["waiting"]), (&1.into(), &2.into()), "{report:#}");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), 25, "the others went on");
    let status = env.json("customers status");
    let failed: Vec<_> = status["operations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|operation| operation["status"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1);
    let error = failed[0]["last_error"].as_str().unwrap();
    assert!(error.contains("COUNTY has 15 characters, headquarters takes 10"), "{error}");
    let flag = "SELECT ONLINEOPERATIONCOMPLETED FROM RETAILASYNCADDRESSV2";
    assert_eq!(number(&env.hq(), flag), 0);
}

/// Another program's rows: a number that is no action is no edit either.
#[test]
fn an_operation_whose_number_is_no_action_fails_by_itself() {
    let env = Env::asynchronous();
    for (account, guid, number) in [("00000001", "", 9), ("", "7B9F", 0)] {
        env.channel("houston")
            .execute(
                "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (CUSTACCOUNT, CUSTACCOUNTASYNC, LASTNAME,
                 OPERATION, MODIFIEDDATETIME, DATAAREAID)
                 VALUES (?1, ?2, 'Foreign', ?3, '2026-01-15 08:00:00.000', 'USRT')",
                (account, guid, number),
            )
            .unwrap();
    }
    env.create_async("houston", "Fine");
    env.ok("run P");
    let report = env.run("run sync-customers --format json").expect(1).json();
    let job = &report["jobs"][0];
    assert_eq!((&job["failed"], &job["waiting"]), (&2.into(), &0.into()), "{report:#}");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), 24, "the others went on");
    assert_ne!(env.json("customers show 00000001")["customer"]["last_name"], "Foreign");
    let status = env.json("customers status");
    for (at, operation) in [(0, "9"), (1, "0")] {
        let listed = &status["operations"][at];
        assert_eq!(
            (&listed["operation"], &listed["status"]),
            (&operation.into(), &"failed".into())
        );
        let error = format!("OPERATION is {operation}, expected 1 create, 2 update, 3 deactivate");
        assert_eq!(listed["last_error"], error);
    }
}

/// A trigger or an index of another program refuses a customer: that operation fails, with why.
#[test]
fn a_customer_that_headquarters_refuses_fails_by_itself() {
    let env = Env::asynchronous();
    for name in ["One", "Refused", "Two"] {
        env.create_async("houston", name);
    }
    env.ok("run P");
    env.hq()
        .execute_batch(
            "CREATE TRIGGER none_of_these BEFORE INSERT ON DIRPARTYTABLE
             WHEN NEW.NAME LIKE '%Refused' BEGIN SELECT RAISE(ABORT, 'not in this company'); END",
        )
        .unwrap();
    env.run("run sync-customers").expect(1);
    let made = "SELECT count(*) FROM DIRPARTYTABLE WHERE NAME IN ('Ada One', 'Ada Two')";
    assert_eq!(number(&env.hq(), made), 2);
    let status = env.json("customers status");
    let failed = status["operations"].as_array().unwrap().iter();
    let errors: Vec<_> = failed.filter_map(|one| one["last_error"].as_str()).collect();
    assert_eq!(errors, ["headquarters refused it: not in this company"]);
    env.hq().execute_batch("DROP TRIGGER none_of_these").unwrap();
    env.ok("run sync-customers");
    assert_eq!(
        number(&env.hq(), "SELECT count(*) FROM DIRPARTYTABLE WHERE NAME = 'Ada Refused'"),
        1
    );
}

#[test]
fn c04_a_value_is_corrected_and_synchronized_again() {
    let (env, guid) = with_a_failed_address();
    env.run("run sync-customers").expect(1);
    env.ok("customers status edit address-1 --set county=Harris");
    env.ok("customers synchronize address-1");
    let detail = env.json("customers status show address-1");
    assert_eq!(detail["operation"]["status"], "succeeded");
    assert_eq!(detail["edits"][0]["old"], "Overlong-County");
    let changes = detail["changes"].to_string();
    assert!(changes.contains(r#""attribute":"street","old":"","new":"Main""#), "{changes}");
    env.ok("run sync-customers");
    let shown = env.json(&format!("customers show {guid}"));
    assert_eq!(shown["customer"]["phone"], "555");
    assert_eq!(shown["customer"]["addresses"][0]["county"], "Harris");
    let list = env.json("customers status");
    for key in ["channel", "account", "async_account", "timestamp", "status"] {
        assert!(list["operations"][0].get(key).is_some(), "{key}: {list:#}");
    }
}

#[test]
fn c05_the_account_and_the_guid_come_back_to_every_channel() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    env.synchronize();
    let account = env.json(&format!("customers show {guid}"))["customer"]["account"].clone();
    for channel in ["houston", "seattle", "online"] {
        let sql =
            format!("SELECT ACCOUNTNUM FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = '{guid}'");
        assert_eq!(text(&env.channel(channel), &sql), account.as_str().unwrap());
    }
}

#[test]
fn c06_group_and_currency_come_from_the_default_customer() {
    let env = Env::asynchronous();
    env.ok("customers edit 00000001 --set group=80");
    env.hq()
        .execute_batch("UPDATE CUSTTABLE SET CURRENCY = 'EUR' WHERE ACCOUNTNUM = '00000001'")
        .unwrap();
    env.ok("run 1010");
    let guid = env.create_async("houston", "One");
    env.synchronize();
    let shown = env.json(&format!("customers show {guid}"));
    assert_eq!(shown["customer"]["group"], "80");
    assert_eq!(shown["customer"]["currency"], "EUR");
}

#[test]
fn c07_the_jobs_are_needed_where_creation_is_synchronous_too() {
    let env = Env::new();
    let create = "pos create-customer --channel houston --first-name Ada --last-name Down \
                  --fault rts-down";
    assert_eq!(env.json(create)["path"], "async-fallback");
    let offline =
        "pos create-customer --channel houston --first-name Ada --last-name Away --offline";
    assert_eq!(env.json(offline)["path"], "async");
    env.ok("pos reconnect --channel houston");
    env.synchronize();
    let found = env.json("pos find-customer --channel seattle Ada");
    let pending: Vec<_> = found["customers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|customer| customer["name"] == "Ada Down" || customer["name"] == "Ada Away")
        .collect();
    assert_eq!(pending.len(), 2, "{found:#}");
}

#[test]
fn c08_both_names_of_the_batch_are_accepted() {
    let env = Env::new();
    for name in [
        "Synchronize customers and channel requests",
        "synchronize customers and business partners from async mode",
        "sync-customers",
    ] {
        let run = env.args(&["run", name, "--format", "json"]).expect(0);
        assert_eq!(run.json()["jobs"][0]["job"], "sync-customers", "{name}");
    }
}
