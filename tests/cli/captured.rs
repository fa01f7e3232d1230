//! What is captured of a customer at a register, and what a new one takes from the default
//! customer (C06, C11, R04, R16).

use serde_json::Value;

use super::harness::{Env, number, text};

/// A new customer's attributes and contacts.
const MORE: &str = "--attribute newsletter=yes --attribute PreferredStore=houston \
                    --contact url=https://ada.example --contact phone=555-0100";

fn created(env: &Env, words: &str) -> Value {
    env.json(&format!("pos create-customer --channel houston --first-name Ada {words}"))
}

fn shown(env: &Env, account: &Value) -> Value {
    env.json(&format!("customers show {}", account.as_str().unwrap()))["customer"].clone()
}

fn attributes(customer: &Value) -> Vec<(&str, &str)> {
    let all = customer["attributes"].as_array().unwrap();
    all.iter().map(|a| (a["name"].as_str().unwrap(), a["value"].as_str().unwrap())).collect()
}

#[test]
fn c11_what_people_type_reaches_all_five_tables() {
    let env = Env::asynchronous().with_contacts();
    let guid = created(&env, &format!("--last-name Async {MORE}"))["account"].clone();
    let on = format!("--channel houston --account {}", guid.as_str().unwrap());
    env.ok(&format!("pos create-address {on} --street Main --city Houston"));
    let edit = "--attribute PreferredStore=seattle --contact email=second@example.com";
    env.ok(&format!("pos edit-customer {on} {edit} --expect async"));
    env.ok("run P sync-customers 1010");
    for (table, rows) in [
        ("RETAILASYNCCUSTOMERV2", 2),
        ("RETAILASYNCADDRESSV2", 1),
        ("RETAILASYNCCUSTOMERCONTACT", 3),
        ("RETAILASYNCCUSTOMERAFFILIATION", 1),
        ("RETAILASYNCCUSTOMERATTRIBUTEV2", 3),
    ] {
        let done = format!("SELECT count(*) FROM {table} WHERE ONLINEOPERATIONCOMPLETED = 1");
        assert_eq!(number(&env.hq(), &done), rows, "{table}");
    }
    let customer = shown(&env, &guid);
    let expected = [("Newsletter", "yes"), ("PreferredStore", "seattle")];
    assert_eq!(attributes(&customer), expected);
    let contacts = ["https://ada.example", "555-0100", "second@example.com"];
    assert_eq!(customer["contacts"], serde_json::json!(contacts));
    // 1010 brings the values to every channel.
    let told = "SELECT cdx_ATTRIBUTES FROM ax_RETAILCUSTTABLE WHERE cdx_ATTRIBUTES IS NOT NULL";
    let told = text(&env.channel("seattle"), told);
    assert_eq!(told, r#"{"Newsletter":"yes","PreferredStore":"seattle"}"#);
    let change = env.json("customers status show attribute-3");
    let (old, new) = (&change["changes"][0]["old"], &change["changes"][0]["new"]);
    assert_eq!((old, new), (&"houston".into(), &"seattle".into()), "{change:#}");
}

/// The status list and its form name attributes, and correct the value of one by its name.
#[test]
fn c04_operations_on_attributes_are_told_and_corrected_by_name() {
    let env = Env::asynchronous();
    let guid = created(&env, "--last-name Async --attribute newsletter=yes")["account"].clone();
    env.ok("run P");
    let list = env.json("customers status list --operation attribute");
    assert_eq!(list["operations"][0]["attribute"], "Newsletter", "{list:#}");
    assert!(env.ok("customers status list").out.contains("create Newsletter"));
    let told = env.ok("customers status show attribute-1").out;
    assert!(told.contains("(Newsletter)"), "{told}");
    env.run("run sync-customers --fault batch-fails=houston").expect(1);
    env.ok("customers status edit attribute-1 --set NEWSLETTER=no");
    let run = env.run("customers status edit attribute-1 --set PreferredStore=x").expect(2);
    assert!(run.err.contains("has no value \"PreferredStore\""), "{}", run.err);
    // One that headquarters does not have is replaced by one that it has.
    let unknown = "UPDATE RETAILASYNCCUSTOMERATTRIBUTEV2 SET ATTRIBUTERECID = 77";
    env.hq().execute_batch(unknown).unwrap();
    assert_eq!(env.json("customers status show attribute-1")["operation"].get("attribute"), None);
    env.run("customers status edit attribute-1 --set ATTRIBUTERECID=Nothing").expect(2);
    env.ok("customers status edit attribute-1 --set ATTRIBUTERECID=preferredstore");
    env.hq().execute_batch(unknown).unwrap();
    env.ok("customers status edit attribute-1 --set Newsletter=maybe");
    env.ok("run sync-customers");
    assert_eq!(attributes(&shown(&env, &guid)), [("Newsletter", "maybe")]);
    let change = env.json("customers status show attribute-1")["changes"][0].clone();
    assert_eq!(change["attribute"], "attribute Newsletter", "{change:#}");
}

/// Fields are corrected by their names, with the values that people type for them.
#[test]
fn c04_a_title_and_a_receipt_option_are_corrected_as_they_are_typed() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Typed");
    env.ok("run P");
    env.run("customers status edit customer-1 --set title=Sirr").expect(2);
    env.run("customers status edit customer-1 --set receipt-option=fax").expect(2);
    env.run("customers status edit customer-1 --set first-name=").expect(2);
    env.ok("customers status edit customer-1 --set title=Dr receipt-option=both first-name=Eve");
    env.ok("run sync-customers");
    let customer = shown(&env, &guid.into());
    let told = (&customer["title"], &customer["receipt_option"], &customer["first_name"]);
    assert_eq!(told, (&"Dr".into(), &"both".into(), &"Eve".into()), "{customer:#}");
}

#[test]
fn c11_a_real_time_call_and_headquarters_set_them_at_once() {
    let env = Env::new().with_contacts();
    let account = created(&env, &format!("--last-name Now {MORE}"))["account"].clone();
    let customer = shown(&env, &account);
    assert_eq!(attributes(&customer), [("Newsletter", "yes"), ("PreferredStore", "houston")]);
    assert_eq!(customer["contacts"].as_array().unwrap().len(), 2);
    let account = account.as_str().unwrap();
    env.ok(&format!("customers edit {account} --attribute Newsletter=no"));
    let same = "--contact phone=555-0100 --attribute PreferredStore=";
    env.ok(&format!("pos edit-customer --channel houston --account {account} {same}"));
    let customer = shown(&env, &account.into());
    assert_eq!(attributes(&customer), [("Newsletter", "no")]);
    assert_eq!(customer["contacts"].as_array().unwrap().len(), 2, "one that is there is not added");
}

#[test]
fn c11_contacts_need_the_enhanced_feature_at_creation_and_attributes_do_not() {
    let env = Env::new().with_contacts();
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1070");
    env.ok("csu restart");
    let report = created(&env, &format!("--last-name Plain --title Dr {MORE}"));
    assert_eq!(report["path"], "async");
    assert!(report["notes"].to_string().contains("only with the enhanced feature"), "{report:#}");
    env.ok("run P sync-customers");
    let customer = shown(&env, &report["account"]);
    assert_eq!(attributes(&customer), [("Newsletter", "yes"), ("PreferredStore", "houston")]);
    assert_eq!(customer["contacts"], serde_json::json!([]));
    assert_eq!(
        (&customer["title"], &customer["affiliations"]),
        (&"".into(), &serde_json::json!([]))
    );
    let on = format!("--channel houston --account {}", report["account"].as_str().unwrap());
    env.run(&format!("pos edit-customer {on} --attribute Newsletter=no")).expect(1);
}

/// In both modes, at creation and at edit, from the first command to where it is in effect.
#[test]
fn c11_registers_capture_further_contacts_only_with_their_feature() {
    for env in [Env::new(), Env::asynchronous()] {
        let create = "pos create-customer --channel houston --first-name Ada --last-name B";
        let edit = "pos edit-customer --channel houston --account 00000004";
        let rows = || {
            number(&env.channel("houston"), "SELECT count(*) FROM ax_RETAILASYNCCUSTOMERCONTACT")
                + number(&env.hq(), "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS")
        };
        let before = rows();
        for (step, code) in [
            ("", "feature-off"),
            ("features enable multiple-contacts", "not-distributed"),
            ("run 1110", "cached"),
        ] {
            if !step.is_empty() {
                env.ok(step);
            }
            for asked in [
                format!("{create} --contact phone=555-0100"),
                format!("{create} --secondary-contact other@example.com"),
                format!("{edit} --contact phone=555-0100 --set last-name=New"),
            ] {
                for words in [format!("{asked} --dry-run"), asked] {
                    let run = env.run(&format!("{words} --format json")).expect(1);
                    let report = run.json();
                    let told = (&report["path"], &report["reasons"][0]["code"]);
                    assert_eq!(told, (&"refused".into(), &code.into()), "{words}\n{report:#}");
                    let run = env.run(&words).expect(1);
                    assert!(run.out.contains("cdx features plan multiple-contacts"), "{}", run.out);
                }
            }
        }
        assert_eq!(rows(), before, "nothing of what was refused was done");
        // Who needs none of it is not asked for it.
        env.ok(create);
        env.ok(&format!("{edit} --set last-name=New --attribute Newsletter=yes"));
        env.ok("csu restart");
        env.ok(&format!("{create} --contact phone=555-0100"));
        env.ok(&format!("{edit} --contact phone=555-0100"));
    }
}

/// What is refused or impossible anyway is said as ever, and a scale unit that is too old is told.
#[test]
fn c11_a_refusal_for_contacts_comes_after_what_stands_in_the_way_anyway() {
    let env = Env::new();
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1070");
    env.ok("csu restart");
    let guid = env.create_async("houston", "Pending");
    let edit = format!("pos edit-customer --channel houston --account {guid} --contact url=a.b");
    assert_eq!(env.json(&edit)["reasons"][0]["code"], "async-customer");
}

#[test]
fn c11_what_is_typed_wrong_is_refused_with_what_there_is() {
    for env in [Env::new(), Env::asynchronous()] {
        for (words, message) in [
            ("--attribute Newsleter=yes", "unknown customer attribute \"Newsleter\""),
            ("--attribute Newsletter", "sets nothing, expected NAME=VALUE"),
            ("--contact fax=1", "unknown contact type \"fax\", expected one of phone, email, url"),
            ("--contact email=", "has no locator, expected TYPE=LOCATOR"),
        ] {
            let create = "pos create-customer --channel houston --first-name Ada --last-name B";
            let run = env.run(&format!("{create} {words}")).expect(2);
            assert!(run.err.contains(message), "{words}\n{}", run.text());
        }
    }
}

/// Another program may write what no register does: a contact or a value that is taken away, an
/// attribute that is in no list.
#[test]
fn c11_operations_of_another_program_take_away_and_are_refused() {
    let env = Env::asynchronous().with_contacts();
    let guid = created(&env, &format!("--last-name Async {MORE}"))["account"].clone();
    env.ok("run P sync-customers 1010");
    env.hq()
        .execute_batch(
            "UPDATE RETAILASYNCCUSTOMERCONTACT SET OPERATION = 3, ONLINEOPERATIONCOMPLETED = 0
             WHERE LOCATOR = 'https://ada.example';
             UPDATE RETAILASYNCCUSTOMERATTRIBUTEV2 SET OPERATION = 3, ONLINEOPERATIONCOMPLETED = 0
             WHERE ATTRIBUTEVALUESTRING = 'houston'",
        )
        .unwrap();
    // The e-mail address of another is not hers to lose.
    let (account, e_mail) = (
        "00000005",
        "SELECT e.LOCATOR FROM LOGISTICSELECTRONICADDRESS e
        JOIN DIRPARTYLOCATION l ON l.LOCATION = e.LOCATION JOIN CUSTTABLE c ON c.PARTY = l.PARTY
        WHERE c.ACCOUNTNUM = '00000005' AND e.TYPE = 2 AND e.ISPRIMARY = 1",
    );
    let kept = text(&env.hq(), e_mail);
    let take = |value: &str| {
        let sql = format!(
            "INSERT INTO ax_RETAILASYNCCUSTOMERCONTACT (CUSTACCOUNT, CONTACTTYPE, LOCATOR, \
             ISPRIMARY, OPERATION, MODIFIEDDATETIME, DATAAREAID)
             VALUES ('{account}', 2, '{value}', 1, 3, '2026-01-15 09:00:00.000', 'USRT')"
        );
        env.channel("houston").execute_batch(&sql).unwrap();
        env.ok("run P sync-customers");
        text(&env.hq(), e_mail)
    };
    assert_eq!(take("someone.else@example.com"), kept);
    assert_eq!(take(&kept.to_uppercase()), "");
    let orphans = "SELECT count(*) FROM DIRPARTYLOCATION l WHERE NOT EXISTS
        (SELECT 1 FROM LOGISTICSELECTRONICADDRESS e WHERE e.LOCATION = l.LOCATION)
        AND NOT EXISTS (SELECT 1 FROM LOGISTICSPOSTALADDRESS a WHERE a.LOCATION = l.LOCATION)";
    assert_eq!(number(&env.hq(), orphans), 0);
    env.ok("run 1010");
    assert_eq!(
        number(
            &env.channel("seattle"),
            "SELECT count(*) FROM ax_LOGISTICSELECTRONICADDRESS WHERE LOCATOR = 'https://ada.example'"
        ),
        0
    );
    let customer = shown(&env, &guid);
    assert_eq!(customer["contacts"], serde_json::json!(["555-0100"]));
    assert_eq!(attributes(&customer), [("Newsletter", "yes")]);
    let unknown = "UPDATE RETAILASYNCCUSTOMERATTRIBUTEV2
                   SET ATTRIBUTERECID = 77, ONLINEOPERATIONCOMPLETED = 0 WHERE OPERATION = 1";
    env.hq().execute_batch(unknown).unwrap();
    let run = env.run("run sync-customers").expect(1);
    assert!(run.out.contains("see why: cdx customers status list --status failed"), "{}", run.out);
    let failed = env.ok("customers status list --status failed").out;
    assert!(failed.contains("unknown customer attribute \"77\""), "{failed}");
}

/// A default customer like no other, in houston.
fn with_an_own_default(env: Env) -> Env {
    let set =
        "group=80 currency=EUR language=es receipt-option=both receipt-email=shop@example.com";
    env.ok(&format!("customers edit 00000001 --set {set} affiliation=Senior"));
    env.ok("run 1010");
    env
}

fn inherited(customer: &Value) -> String {
    let keys = ["group", "currency", "language", "receipt_option", "receipt_email"];
    let values: Vec<&str> = keys.iter().map(|key| customer[*key].as_str().unwrap()).collect();
    format!("{} {}", values.join(" "), customer["affiliations"])
}

#[test]
fn r16_a_new_customer_takes_what_is_not_given_in_both_modes() {
    let env = with_an_own_default(Env::new());
    let all = "80 EUR es both  [\"Senior\",\"Student\"]";
    let real_time = created(&env, "--last-name Now");
    assert_eq!(real_time["path"], "real-time");
    assert_eq!(inherited(&shown(&env, &real_time["account"])), all);
    // What is given stands.
    let given = "--email ada@example.com --language en-GB --group 40 --currency USD";
    let given = created(&env, &format!("--last-name Given {given}"))["account"].clone();
    let expected = "40 USD en-GB both ada@example.com [\"Senior\",\"Student\"]";
    assert_eq!(inherited(&shown(&env, &given)), expected);
    // Asynchronously without the enhanced feature: no affiliations.
    env.ok("profiles set Stores --async-customers yes");
    env.ok("run 1070");
    env.ok("csu restart");
    let plain = created(&env, "--last-name Plain");
    env.ok("run P sync-customers");
    let customer = shown(&env, &plain["account"]);
    assert_eq!(inherited(&customer), "80 EUR es both  []");
    let enhanced = with_an_own_default(Env::asynchronous());
    let account = created(&enhanced, "--last-name Enhanced")["account"].clone();
    enhanced.ok("run P sync-customers");
    assert_eq!(inherited(&shown(&enhanced, &account)), all);
}

#[test]
fn c06_the_batch_gives_what_an_operation_does_not_name() {
    let env = with_an_own_default(Env::asynchronous());
    let own = "SELECT RECID FROM ax_RETAILCHANNELTABLE WHERE RETAILCHANNELID = 'HOUSTON'";
    let channel = number(&env.channel("houston"), own);
    env.channel("houston")
        .execute_batch(&format!(
            "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (CUSTACCOUNTASYNC, FIRSTNAME, LASTNAME, OPERATION,
             ORIGINATINGCHANNEL, MODIFIEDDATETIME, DATAAREAID) VALUES
             ('7B9F', 'Ada', 'Foreign', 1, {channel}, '2026-01-15 08:00:00.000', 'USRT')"
        ))
        .unwrap();
    env.ok("run P sync-customers");
    let account =
        text(&env.hq(), "SELECT ACCOUNTNUM FROM RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = '7B9F'");
    let customer = shown(&env, &account.into());
    assert_eq!(inherited(&customer), "80 EUR es both  []");
}

/// The feature of 10.0.21 that keeps the receipt e-mail back.
const KEEPS_BACK: &str =
    "prevent-copying-the-receipt-email-value-from-default-customer-to-new-customers";

#[test]
fn r16_the_receipt_e_mail_is_copied_only_where_no_feature_prevents_it() {
    let receipts_to = |env: &Env, customer: &Value| {
        let shown = shown(env, &customer["account"]);
        shown["receipt_email"].as_str().unwrap().to_owned()
    };
    let own = "shop@example.com";
    // Off in headquarters: its own form and a real-time call copy it at once.
    let env = with_an_own_default(Env::asynchronous());
    assert_eq!(receipts_to(&env, &env.json("customers show 00000001")["customer"]), own);
    let before = created(&env, "--last-name Before");
    env.ok(&format!("features disable {KEEPS_BACK}"));
    let form = env.json("customers create --first-name Ada --last-name Form");
    assert_eq!(receipts_to(&env, &form["customer"]), own);
    // A register acts on what its channel has, and headquarters' batch gives what is not there.
    env.ok("run 1110");
    let held = created(&env, "--last-name Held");
    env.ok("csu restart");
    let after = created(&env, "--last-name After");
    let kept = |customer: &Value| {
        let guid = customer["account"].as_str().unwrap();
        let of = "SELECT RECEIPTEMAIL FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNTASYNC";
        text(&env.channel("houston"), &format!("{of} = '{guid}'"))
    };
    assert_eq!([kept(&before), kept(&held), kept(&after)], ["", "", own]);
    env.ok(&format!("features enable {KEEPS_BACK}"));
    env.ok("run P sync-customers 1010");
    // What a register has copied stands; what it has kept back is not given later.
    assert_eq!([receipts_to(&env, &before), receipts_to(&env, &after)], ["", own]);
    // Below its version there is no such feature.
    let dir = Env::empty();
    dir.ok("init . --customers 20 --app-version 10.0.20");
    let old = with_an_own_default(dir);
    assert_eq!(receipts_to(&old, &created(&old, "--last-name Old")), own);
    old.ok("upgrade --app-version 10.0.21");
    assert_eq!(receipts_to(&old, &created(&old, "--last-name New")), "");
    let given = created(&old, "--last-name Given --email ada@example.com");
    assert_eq!(receipts_to(&old, &given), "ada@example.com", "what is given stands");
}

#[test]
fn r16_a_default_customer_in_use_is_not_deleted() {
    let env = Env::new();
    let run = env.run("customers delete 00000001").expect(2);
    let said = "customer 00000001 is the default customer of houston";
    assert!(run.err.contains(said), "{}", run.text());
    env.ok("channels set houston --default-customer 00000002");
    env.ok("customers delete 00000001");
    let run = env.run("customers delete 00000002").expect(2);
    assert!(run.err.contains("houston, seattle"), "{}", run.text());
}
