//! The four questions of the FAQ, each answered by typing what its page says to do, in its words.

use super::harness::{Env, Run, number};

const GLOBAL: &str = "1110 (Global configuration)";
const CUSTOMERS: &str = "1010 (Customers)";
const CHANNEL: &str = "1070 (Channel configuration)";
const BATCH: &str = "Synchronize customers and channel requests";
const EDITING: &str = "Enable editing customers in asynchronous mode";

/// Turns asynchronous customers on everywhere, as the page says.
fn set_up() -> Env {
    let env = Env::new();
    env.args(&["features", "enable", EDITING, "--with-prerequisites"]).expect(0);
    env.ok("profiles set Stores --async-customers yes");
    env.args(&["run", GLOBAL, CUSTOMERS, CHANNEL]).expect(0);
    env.ok("csu restart");
    env
}

fn create(env: &Env, words: &str) -> String {
    let create = "pos create-customer --channel houston --first-name Ada --last-name Byron";
    let report = env.json(&format!("{create} {words}"));
    assert_eq!(report["path"], "async", "{report:#}");
    report["account"].as_str().unwrap().to_owned()
}

fn contains(run: &Run, expected: &[&str]) {
    for one in expected {
        assert!(run.text().contains(one), "no {one:?} in\n{}", run.text());
    }
}

#[test]
fn why_can_i_not_enable_it() {
    let env = Env::new();
    for name in [EDITING, "Habilitar la edición de clientes en modo asíncrono"] {
        let refused = env.args(&["features", "enable", name]).expect(1);
        contains(
            &refused,
            &[
                "\"Enable enhanced async customer creation\" must be on first",
                "\"Enable asynchronous creation for customer addresses\" must be on first",
            ],
        );
    }
    for name in [
        "Enable asynchronous creation for customer addresses",
        "Habilitar la creación mejorada de clientes asincrónicos",
        EDITING,
    ] {
        env.args(&["features", "enable", name]).expect(0);
    }
    let jobs = ["1110 (Configuración global)", "1010 (Clientes)", "1070 (Configuración del canal)"];
    env.args(&["run", jobs[0], jobs[1], jobs[2]]).expect(0);
    contains(&env.args(&["explain", "1040 (Products)"]), &["1040", "not modelled"]);
}

#[test]
fn why_do_real_time_calls_remain() {
    let env = Env::new();
    let why = |env: &Env| {
        let words = "pos create-customer --channel houston --first-name A --last-name B --dry-run";
        let report = env.json(words);
        let reasons = report["reasons"].as_array().unwrap().iter();
        let codes: Vec<&str> = reasons.map(|one| one["code"].as_str().unwrap()).collect();
        (report["path"].as_str().unwrap().to_owned(), codes.join(" "))
    };
    assert_eq!(why(&env), ("real-time".into(), "profile-off".into()));
    env.args(&["features", "enable", EDITING, "--with-prerequisites"]).expect(0);
    env.ok("profiles set Stores --async-customers yes");
    assert_eq!(why(&env), ("real-time".into(), "not-distributed".into()));
    env.args(&["run", GLOBAL, CUSTOMERS, CHANNEL]).expect(0);
    let (path, reasons) = why(&env);
    assert!(path == "async" || reasons == "cached", "{path}: {reasons}");
    env.ok("csu restart");
    assert_eq!(why(&env).0, "async");
}

#[test]
fn why_does_headquarters_not_show_the_customer() {
    let env = set_up();
    let guid = create(&env, "");
    contains(&env.ok(&format!("customers trace {guid}")), &["Pending sync", "next: cdx run P"]);
    env.run(&format!("customers show {guid}")).expect(2);
    env.args(&["run", "P-job"]).expect(0);
    contains(&env.ok("customers trace Byron"), &["sync-customers"]);
    env.args(&["run", BATCH]).expect(0);
    contains(&env.ok(&format!("customers show {guid}")), &["Ada Byron"]);
    env.args(&["run", CUSTOMERS]).expect(0);
    contains(&env.ok(&format!("customers trace {guid}")), &["nothing is left to do"]);
    let known = "SELECT count(*) FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC <> ''";
    assert_eq!(number(&env.channel("online"), known), 1);
}

#[test]
fn which_operation_failed_and_how_is_it_changed() {
    let env = set_up();
    let guid = create(&env, "--group NOPE");
    env.args(&["run", "P-0001", "Sincronizar las solicitudes de clientes y canales"]).expect(1);
    let failed = env.ok("customers status list --status failed");
    contains(&failed, &["customer-1", "unknown customer group \"NOPE\""]);
    contains(&env.ok("customers status show customer-1"), &["What it asks for", "group"]);
    let operation = "ONLINEOPERATIONCOMPLETED FROM RETAILASYNCCUSTOMERV2";
    assert_eq!(number(&env.hq(), &format!("SELECT {operation}")), 0);
    env.ok("customers status edit customer-1 --set CUSTGROUP=30");
    env.ok("customers status synchronize customer-1");
    assert_eq!(number(&env.hq(), &format!("SELECT {operation}")), 1);
    let shown = env.ok("customers status show customer-1");
    contains(&shown, &["What people corrected", "NOPE"]);
    env.args(&["run", CUSTOMERS]).expect(0);
    contains(&env.ok(&format!("customers show {guid}")), &["group 30"]);
}
