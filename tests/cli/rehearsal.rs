//! `pos ... --dry-run` says what the operation then does, and does nothing; `--expect` is about the
//! way it goes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::harness::Env;

const CREATE: &str = "pos create-customer --channel houston --first-name Ada --last-name Byron";

/// Every file of an environment and what is in it.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(path: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// A dry run of each operation leaves every file as it is, and says what the operation then does:
/// the path, the reasons, the account, the exit code.
fn says_what_is_done(env: &Env, operations: &[String]) {
    for words in operations {
        let before = files(env.path());
        let said = env.run(&format!("{words} --dry-run --format json"));
        let text = env.run(&format!("{words} --dry-run"));
        let after = files(env.path());
        let changed: Vec<&String> = after
            .iter()
            .filter(|(name, text)| before.get(*name) != Some(text))
            .map(|f| f.0)
            .collect();
        assert!(changed.is_empty() && before.len() == after.len(), "{words} wrote {changed:?}");
        let done = env.run(&format!("{words} --format json"));
        assert_eq!(said.code, done.code, "{words}\n{}\n{}", said.text(), done.text());
        assert_eq!(text.code, done.code, "{words}");
        let (mut said, done) = (said.json(), done.json());
        if done.get("error").is_none() {
            assert_eq!(said["dry_run"], true, "{words}");
            said.as_object_mut().unwrap().remove("dry_run");
            assert!(text.out.contains("a dry run: nothing was done"), "{words}\n{}", text.out);
        }
        assert_eq!(said, done, "{words}");
    }
}

/// Every operation that a register knows, on a customer of this account.
fn operations(account: &str, offline: bool) -> Vec<String> {
    let place = if offline { "--channel houston --offline" } else { "--channel houston" };
    let mut found = vec![
        format!("pos create-customer {place} --first-name Ada --last-name Byron --title Dr"),
        format!("pos create-customer {place} --first-name Ada --last-name {}", "x".repeat(200)),
        format!("pos find-customer {place} Ada"),
        format!("pos find-customer {place} Ada --remote"),
    ];
    for words in [
        "edit-customer --set phone=1",
        "edit-customer --set affiliation=Nowhere",
        "create-address --street Main --city Houston",
        "create-address --street Main --city Houston --state WayTooLongForAState",
        "balance",
        "order-history",
        "link-identity",
        "create-order",
        "issue-loyalty-card",
    ] {
        found.push(format!("pos {words} {place} --account {account}"));
    }
    found.push(format!("pos close-shift {place}"));
    found
}

#[test]
fn what_is_said_is_what_is_done_with_real_time_calls() {
    let env = Env::new();
    says_what_is_done(&env, &operations("00000010", false));
    says_what_is_done(&env, &operations("00000010", true));
    says_what_is_done(&env, &operations("4711", false));
    says_what_is_done(&env, &["pos reconnect --channel houston".to_owned()]);
    for operation in operations("00000010", false) {
        says_what_is_done(&env, &[format!("{operation} --fault rts-down")]);
    }
}

#[test]
fn what_is_said_is_what_is_done_asynchronously() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    says_what_is_done(&env, &operations("00000010", false));
    says_what_is_done(&env, &operations(&guid, false));
    let address = env.json(&format!(
        "pos create-address --channel houston --account {guid} --street Main --city Houston"
    ));
    let on = format!("--channel houston --account {guid} --address");
    let address = format!("{on} {}", address["address"].as_str().unwrap());
    says_what_is_done(
        &env,
        &[
            format!("pos edit-address {address} --set city=Austin"),
            format!("pos deactivate-address {address}"),
            format!("pos edit-address {address} --set city=Austin"),
        ],
    );
    env.ok("pos create-customer --channel houston --offline --first-name Ada --last-name Two");
    says_what_is_done(&env, &["pos reconnect --channel houston".to_owned()]);
}

#[test]
fn what_is_said_is_what_is_done_where_nothing_can_be() {
    let env = Env::empty();
    env.ok("init . --customers 20 --empty-channels");
    let run = env.run(CREATE).expect(1);
    assert!(run.err.contains("channel houston has no configuration yet"), "{}", run.err);
    says_what_is_done(&env, &operations("00000010", false));
    let env = Env::new();
    env.ok("customers delete 00000010");
    says_what_is_done(&env, &operations("00000010", false));
    fs::write(env.channel_path("houston"), "no database").unwrap();
    says_what_is_done(&env, &operations("00000010", false));
    fs::remove_file(env.channel_path("houston")).unwrap();
    says_what_is_done(&env, &operations("00000010", false));
}

/// A file that is not the one last seen is taken in first, and that is said.
#[test]
fn what_is_said_of_a_replaced_file_is_what_is_done() {
    let env = Env::asynchronous();
    let old = fs::read(env.channel_path("houston")).unwrap();
    env.create_async("houston", "One");
    env.ok("run P");
    fs::write(env.channel_path("houston"), old).unwrap();
    says_what_is_done(&env, &operations("00000010", false)[..1]);
}

/// An environment of the version before is read as the command would bring it up to date.
#[test]
fn a_dry_run_reads_an_older_version() {
    let env = Env::of_version("0.2.0");
    let before = files(env.path());
    let said = env.json(&format!("{CREATE} --dry-run"));
    assert_eq!(before, files(env.path()));
    assert_eq!(said["path"], env.json(CREATE)["path"], "{said:#}");
}

#[test]
fn what_was_expected_decides_about_the_end() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    let balance = format!("pos balance --channel houston --account {guid}");
    let down = "pos balance --channel houston --account 00000010 --fault rts-down";
    for (words, expected, code) in [
        (CREATE, "async", 0),
        (CREATE, "local", 0),
        (CREATE, "real-time", 1),
        (CREATE, "refused", 1),
        ("pos find-customer --channel houston Ada", "local", 0),
        ("pos find-customer --channel houston Ada", "async", 1),
        (&balance, "refused", 0),
        (&balance, "real-time", 1),
        (down, "failed", 0),
        (down, "real-time", 1),
    ] {
        for dry in ["", " --dry-run"] {
            let run = env.run(&format!("{words} --expect {expected}{dry}"));
            assert_eq!(run.code, code, "{words} --expect {expected}{dry}\n{}", run.text());
            let told = run.out.contains(&format!("expected {expected}, found"));
            assert_eq!(told, code == 1, "{}", run.text());
        }
    }
    let report = env.run(&format!("{CREATE} --expect real-time --format json")).expect(1).json();
    assert_eq!((&report["path"], &report["expected"]), (&"async".into(), &"real-time".into()));
    let fallback = format!("{CREATE} --expect async-fallback --fault rts-down");
    Env::new().ok(&fallback);
    // What was typed wrong is no way that could be expected.
    let unknown = "pos balance --channel houston --account 4711 --expect refused";
    assert_eq!(env.run(unknown).code, 2);
    assert_eq!(env.run(&format!("{CREATE} --expect nonsense")).code, 2);
}

#[test]
fn a_fault_that_a_dry_run_met_is_still_armed() {
    let env = Env::new();
    env.ok(&format!("{CREATE} --dry-run --fault rts-down --expect async-fallback"));
    env.ok(&format!("{CREATE} --dry-run --expect real-time"));
    let random = env.run(&format!("{CREATE} --dry-run --fault random --format json"));
    assert!(random.code <= 1, "{}", random.text());
}

/// A new customer takes from the channel's default customer what is not given (R16).
#[test]
fn nothing_is_created_without_the_default_customer() {
    let env = Env::asynchronous();
    let own = "SELECT DEFAULTCUSTACCOUNT FROM RETAILCHANNELTABLE LIMIT 1";
    let account: String = env.hq().query_row(own, [], |row| row.get(0)).unwrap();
    env.run(&format!("customers delete {account}")).expect(2);
    let gone: String = ["CUSTTABLE", "RETAILCUSTTABLE"]
        .map(|table| format!("DELETE FROM {table} WHERE ACCOUNTNUM = '{account}';"))
        .concat();
    env.hq().execute_batch(&gone).unwrap();
    env.ok(&format!("{CREATE} --expect async"));
    env.ok("run 1010");
    for words in [CREATE.to_owned(), format!("{CREATE} --dry-run")] {
        let run = env.run(&words).expect(1);
        let said = format!("channel houston does not have its default customer {account}");
        assert!(run.err.contains(&said), "{}", run.text());
    }
    env.ok("profiles set Stores --async-customers no");
    env.ok("run 1070");
    env.ok("csu restart");
    for words in [CREATE.to_owned(), format!("{CREATE} --dry-run")] {
        let run = env.run(&words).expect(1);
        assert!(run.err.contains("whom headquarters does not have"), "{}", run.text());
    }
}

/// A channel's default customer is looked up, and follows with 1070; an offline database is its
/// channel's (R16).
#[test]
fn a_default_customer_is_set_and_follows() {
    let env = Env::new();
    let run = env.ok("channels set houston.offline --default-customer 00000010");
    assert_eq!(
        run.out,
        "houston: the default customer is 00000010 in headquarters\n  \
         the channel follows with the next run: cdx run 1070\n"
    );
    env.ok("run 1070");
    let own = "SELECT DEFAULTCUSTACCOUNT FROM ax_RETAILCHANNELTABLE LIMIT 1";
    for database in ["houston", "houston.offline"] {
        assert_eq!(super::harness::text(&env.channel(database), own), "00000010", "{database}");
    }
    for (words, unknown) in [
        ("channels set houston --default-customer 99999999", "99999999"),
        ("channels set housten --default-customer 00000010", "housten"),
    ] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains(&format!("\"{unknown}\"")), "{}", run.err);
    }
}
