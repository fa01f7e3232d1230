//! Files that are put back from an older copy, made again or put in another's place (U10): nothing is
//! lost, nothing comes up twice, and nothing is given out twice.

use std::fs;
use std::path::PathBuf;

use super::harness::{Env, number, text};

/// How often headquarters has a person of this last name, in the parties and in the operations.
fn people(env: &Env, last: &str) -> (i64, i64) {
    let hq = env.hq();
    (
        number(&hq, &format!("SELECT count(*) FROM DIRPERSONNAME WHERE LASTNAME = '{last}'")),
        number(
            &hq,
            &format!(
                "SELECT count(*) FROM RETAILASYNCCUSTOMERV2 WHERE LASTNAME = '{last}'
                 AND OPERATION = 1"
            ),
        ),
    )
}

fn offline(env: &Env, last: &str) -> String {
    let command = format!(
        "pos create-customer --channel houston --offline --first-name Ada --last-name {last}"
    );
    env.json(&command)["account"].as_str().unwrap().to_owned()
}

fn offline_path(env: &Env) -> PathBuf {
    env.path().join("channels/houston.offline.db")
}

/// What follows whatever happened: the jobs, the safe fixes, and the jobs again.
fn afterwards(env: &Env) {
    let _ended = env.run("run P sync-customers 1110 1070 1010");
    let _ended = env.run("doctor --fix");
    env.ok("run P sync-customers 1110 1070 1010");
    env.ok("doctor --fail-on error");
}

/// Case 4: an offline database that is lost and made again gives no temporary id out twice, and what is
/// made in it comes up.
#[test]
fn u10_an_offline_database_that_is_made_again_goes_on() {
    let env = Env::asynchronous();
    let (first, second) = (offline(&env, "First"), offline(&env, "Second"));
    env.ok("pos reconnect --channel houston");
    fs::write(offline_path(&env), "this is no database").unwrap();
    let rebuilt = env.json("channels rebuild houston.offline");
    assert_eq!(rebuilt["brought"], 0, "{rebuilt:#}");
    assert_eq!(rebuilt["unread"].as_array().unwrap().len(), 1, "{rebuilt:#}");
    env.ok("run 1110 1070 1010");
    let third = offline(&env, "Third");
    assert!(third != first && third != second, "{third} was given out before");
    let merged = env.json("pos reconnect --channel houston");
    assert!(merged["notes"].to_string().contains("rows merged into houston: 2"), "{merged:#}");
    afterwards(&env);
    for last in ["First", "Second", "Third"] {
        assert_eq!(people(&env, last), (1, 1), "{last}");
    }
}

/// Case 5: a channel database that is made again does not take the offline rows a second time.
#[test]
fn u10_a_channel_that_is_made_again_merges_nothing_twice() {
    let env = Env::asynchronous();
    offline(&env, "Away");
    env.ok("pos reconnect --channel houston");
    env.ok("run P");
    env.ok("channels rebuild houston --discard");
    let again = env.json("pos reconnect --channel houston");
    assert!(again["notes"].to_string().contains("rows merged into houston: 0"), "{again:#}");
    afterwards(&env);
    assert_eq!(people(&env, "Away"), (1, 1));
}

/// The rows that were not uploaded come over from the file that a rebuild sets aside, once.
#[test]
fn u10_a_rebuild_brings_over_what_was_not_uploaded() {
    let env = Env::asynchronous();
    env.create_async("houston", "Sent");
    env.ok("run P");
    let guid = env.create_async("houston", "Unsent");
    env.ok(&format!("pos edit-customer --channel houston --account {guid} --set phone=7"));
    env.channel("houston").execute_batch("DROP TABLE ax_CUSTTABLE").unwrap();
    let rebuilt = env.json("channels rebuild houston --discard");
    assert_eq!(rebuilt["brought"], 3, "a creation, its affiliation and an edit: {rebuilt:#}");
    afterwards(&env);
    assert_eq!(people(&env, "Sent"), (1, 1));
    assert_eq!(people(&env, "Unsent"), (1, 1));
    let phone = "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR = '7'";
    assert_eq!(number(&env.hq(), phone), 1);
}

/// Headquarters is put back: what the channels have sent comes again, and gets the account it had.
#[test]
fn u10_a_headquarters_that_was_put_back_gets_its_operations_again() {
    for packages_gone in [false, true] {
        let env = Env::asynchronous();
        let copy = fs::read(env.path().join("hq.db")).unwrap();
        let guid = env.create_async("houston", "Async");
        let made = env.json("customers create --first-name Ada --last-name Directly");
        env.synchronize();
        let account = |env: &Env| {
            let sql = "SELECT ACCOUNTNUM FROM RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = '{}'";
            text(&env.hq(), &sql.replace("{}", &guid))
        };
        let before = account(&env);
        fs::write(env.path().join("hq.db"), copy).unwrap();
        if packages_gone {
            for name in env.packages().iter().filter(|name| name.starts_with("P-0001")) {
                fs::remove_file(env.path().join("packages").join(name)).unwrap();
            }
        }
        let found = env.run("doctor --only CDX410 --format json").expect(1).json();
        let gone = found["findings"].to_string();
        let lost = made["customer"]["account"].as_str().unwrap();
        assert!(gone.contains(&format!("gone: customer {lost} (Ada Directly)")), "{found:#}");
        afterwards(&env);
        assert_eq!(people(&env, "Async"), (1, 1), "packages gone: {packages_gone}");
        assert_eq!(account(&env), before, "a channel knows it by this account");
        let next = env.json("customers create --first-name Ada --last-name Next");
        assert!(next["customer"]["account"].as_str().unwrap() > lost, "{next:#}: given out before");
    }
}

/// A channel shows a customer that headquarters has lost: a call about it is refused, not taken for done.
#[test]
fn u10_a_call_about_a_customer_that_headquarters_has_lost_is_refused() {
    let env = Env::new();
    let copy = fs::read(env.path().join("hq.db")).unwrap();
    let made = env.json("customers create --first-name Ada --last-name Lost");
    let account = made["customer"]["account"].as_str().unwrap().to_owned();
    env.ok("run 1010");
    fs::write(env.path().join("hq.db"), copy).unwrap();
    for call in [
        format!("edit-customer --channel online --account {account} --set phone=77"),
        format!("create-address --channel online --account {account} --street Main --city Rye"),
    ] {
        let run = env.run(&format!("pos {call}")).expect(2);
        assert!(run.err.contains(&format!("unknown customer \"{account}\"")), "{}", run.err);
    }
    let phones = "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR = '77'";
    assert_eq!(number(&env.hq(), phones), 0);
    let addresses = "SELECT count(*) FROM LOGISTICSPOSTALADDRESS WHERE CITY = 'Rye'";
    assert_eq!(number(&env.hq(), addresses), 0);
}

/// Two channels' files change places, with rows waiting in both; each row comes up once.
#[test]
fn u10_files_that_changed_places_are_noticed() {
    let env = Env::asynchronous();
    env.create_async("houston", "OfHouston");
    env.create_async("seattle", "OfSeattle");
    env.ok("run P");
    env.create_async("houston", "Waiting");
    let (houston, seattle) = (env.channel_path("houston"), env.channel_path("seattle"));
    let kept = fs::read(&houston).unwrap();
    fs::copy(&seattle, &houston).unwrap();
    fs::write(&seattle, kept).unwrap();
    let run = env.run("run P sync-customers 1010");
    assert!(run.err.contains("the file of houston is not the one last seen there"), "{}", run.err);
    afterwards(&env);
    for last in ["OfHouston", "OfSeattle", "Waiting"] {
        assert_eq!(people(&env, last), (1, 1), "{last}");
    }
    // A register of the one channel finds what jobs have brought, and makes customers again.
    env.create_async("houston", "Later");
    afterwards(&env);
    assert_eq!(people(&env, "Later"), (1, 1));
}

/// One channel's file is put in another's place, and its own stays too: every row comes up once.
#[test]
fn u10_a_copy_of_another_channel_brings_nothing_twice() {
    let env = Env::asynchronous();
    env.create_async("seattle", "Sent");
    env.ok("run P");
    env.create_async("seattle", "Waiting");
    fs::copy(env.channel_path("seattle"), env.channel_path("houston")).unwrap();
    afterwards(&env);
    for last in ["Sent", "Waiting"] {
        assert_eq!(people(&env, last), (1, 1), "{last}");
    }
}

/// Case 11: an upload table of one's own that is dropped and made again counts on, and its rows go up.
#[test]
fn u10_an_upload_table_that_is_made_again_goes_up() {
    let env = Env::new();
    let write = |name: &str, what: &str| {
        let path = env.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, what).unwrap();
    };
    write(
        "schema/hq/notes.sql",
        "CREATE TABLE NOTES (RECID INTEGER PRIMARY KEY, NOTEID NVARCHAR(20) NOT NULL,
         REPLICATIONCOUNTERFROMORIGIN INT NOT NULL DEFAULT 0);
         CREATE UNIQUE INDEX PK_NOTES ON NOTES (NOTEID);",
    );
    let table = "CREATE TABLE ext_NOTES (
        REPLICATIONCOUNTERFROMORIGIN INTEGER PRIMARY KEY AUTOINCREMENT,
        NOTEID NVARCHAR(20) NOT NULL CHECK (length(NOTEID) <= 20));
        CREATE UNIQUE INDEX PK_ext_NOTES ON ext_NOTES (NOTEID);";
    write("schema/channel/notes.sql", table);
    write(
        "jobs/notes.toml",
        "[[subjob]]\nid = \"NOTES\"\njobs = [\"P-0001\"]\nkey = [\"NOTEID\"]\n\
         counter = \"REPLICATIONCOUNTERFROMORIGIN\"\n\
         fields = [\"NOTEID\", \"REPLICATIONCOUNTERFROMORIGIN\"]\n",
    );
    env.ok("scheduler init");
    let notes = |values: &str| {
        let sql = format!("INSERT INTO ext_NOTES (NOTEID) VALUES {values}");
        env.channel("houston").execute_batch(&sql).unwrap();
    };
    let up = || number(&env.hq(), "SELECT count(*) FROM NOTES");
    notes("('a'), ('b'), ('c')");
    env.ok("run P");
    assert_eq!(up(), 3);
    // Dropped and made again by another program, with rows before anybody looks.
    let again = format!("DROP TABLE ext_NOTES; {table}");
    env.channel("houston").execute_batch(&again).unwrap();
    notes("('d'), ('e')");
    env.run("doctor --only CDX413").expect(1);
    env.ok("channels reseed houston");
    env.ok("run P");
    assert_eq!(up(), 5, "rows of a table that was made again come up");
    // And by a script of the environment's own.
    write("schema/channel/notes2.sql", &again);
    env.ok("scheduler init");
    notes("('f')");
    env.ok("run P");
    assert_eq!(up(), 6);
    env.ok("doctor --fail-on error");
}

/// The world's own file can be gone too: it is made again from what the databases hold.
#[test]
fn u10_numbers_are_gathered_from_the_databases_when_their_file_is_gone() {
    let env = Env::asynchronous();
    let first = env.create_async("houston", "First");
    let away = offline(&env, "Away");
    env.synchronize();
    let account = env.json("customers list First")["customers"][0]["account"].clone();
    fs::remove_file(env.path().join("cdx.world")).unwrap();
    let copy = fs::read(env.channel_path("houston")).unwrap();
    let second = env.create_async("houston", "Second");
    assert_ne!(first, second);
    assert_ne!(offline(&env, "AwayAgain"), away);
    fs::write(env.path().join("cdx.world"), "{not json").unwrap();
    let made = env.json("customers create --first-name Ada --last-name Form");
    assert!(made["customer"]["account"].as_str() > account.as_str(), "{made:#}");
    // A file that is put back does not bring the numbers back either.
    fs::write(env.channel_path("houston"), copy).unwrap();
    let third = env.create_async("houston", "Third");
    assert!(third != second && third != first);
}

/// An environment of 0.2.0 goes on, with everything that was pending in it.
#[test]
fn an_environment_of_0_2_0_goes_on() {
    migrates(&Env::of_version("0.2.0"));
}

/// So does one of 0.3.0.
#[test]
fn an_environment_of_0_3_0_goes_on() {
    migrates(&Env::of_version("0.3.0"));
}

/// And one of 0.4.0.
#[test]
fn an_environment_of_0_4_0_goes_on() {
    migrates(&Env::of_version("0.4.0"));
}

/// And those of 0.5.0 to 0.7.0, with an attribute and a second contact on their way.
#[test]
fn environments_of_0_5_0_to_0_7_0_go_on() {
    for version in ["0.5.0", "0.6.0", "0.7.0"] {
        goes_on_with_contacts(&Env::of_version(version));
    }
}

fn goes_on_with_contacts(env: &Env) {
    goes_on(env);
    let kept = "SELECT count(*) FROM cdx_CUSTOMERATTRIBUTE WHERE VALUE = 'yes'";
    assert_eq!(number(&env.hq(), kept), 1);
    let phones = "SELECT count(*) FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR = '555-0111'";
    assert_eq!(number(&env.hq(), phones), 1);
}

/// One of an older schema is not looked at, with the command that migrates it; then it goes on.
fn migrates(env: &Env) {
    let before = env.run("doctor --quick");
    assert!(before.code == 3 && before.err.contains("cdx scheduler init"), "{}", before.text());
    goes_on(env);
}

/// Finishes and brings everywhere what is pending in a committed environment.
fn goes_on(env: &Env) {
    let first = env.ok("pos reconnect --channel houston");
    assert!(first.err.contains("repaired: create-customer of"), "{}", first.err);
    let _ended = env.run("run P sync-customers 1110 1070 1010 7000");
    env.ok("customers synchronize customer-2");
    let _ended = env.run("doctor --fix");
    env.ok("run P sync-customers 1010 7000");
    env.ok("doctor --fail-on error");
    for (last, operations) in
        [("Byron", 1), ("Hopper", 1), ("Johnson", 1), ("Vaughan", 1), ("Jackson", 0)]
    {
        assert_eq!(people(env, last), (1, operations), "{last}");
    }
    let hq = env.hq();
    let phones = "SELECT group_concat(LOCATOR, ' ') FROM (SELECT LOCATOR \
                  FROM LOGISTICSELECTRONICADDRESS WHERE LOCATOR IN ('555-0100', '555-0199') \
                  ORDER BY LOCATOR)";
    assert_eq!(text(&hq, phones), "555-0100 555-0199");
    assert_eq!(number(&hq, "SELECT count(*) FROM SUGGESTIONS"), 1);
    for channel in ["houston", "seattle", "online"] {
        let db = env.channel(channel);
        assert_eq!(number(&db, "SELECT count(*) FROM ext_SEATING"), 2, "{channel}");
        let waits = "SELECT count(*) FROM ax_DIRPERSONNAME WHERE LASTNAME = 'Waits'";
        assert_eq!(number(&db, waits), 1, "{channel}");
    }
}

/// A row of a table of one's own in a file that was made again goes up, although headquarters has
/// received one of the same counter from the file that is gone: also where that was in 0.2.0, which
/// kept no origins, and where the mapping was broken while the file was made.
#[test]
fn u10_a_table_of_ones_own_goes_on_in_a_file_that_was_made_again() {
    for (version, broken) in [("0.2.0", false), ("0.2.0", true), ("0.4.0", false), ("0.4.0", true)]
    {
        let env = Env::of_version(version);
        let rename = |from: &str, to: &str| {
            let sql = format!("ALTER TABLE SUGGESTIONS RENAME COLUMN {from} TO {to}");
            env.hq().execute_batch(&sql).unwrap();
        };
        for file in ["houston.db", "houston.db-wal", "houston.db-shm"] {
            drop(fs::remove_file(env.path().join("channels").join(file)));
        }
        if broken {
            rename("SUGGESTION", "REMARK");
        }
        env.ok("channels rebuild houston --discard");
        let sql = "INSERT INTO ext_SUGGESTIONS (SUGGESTIONID, SUGGESTIONTEXT) \
                   VALUES ('new', 'New')";
        env.channel("houston").execute_batch(sql).unwrap();
        if broken {
            rename("REMARK", "SUGGESTION");
        }
        let _ended = env.run("run 1110 1070 1010 P");
        let arrived = "SELECT count(*) FROM SUGGESTIONS WHERE SUGGESTION = 'New'";
        assert_eq!(number(&env.hq(), arrived), 1, "{version}, broken mapping: {broken}");
    }
}

/// Headquarters was put back from before a channel was added: the doctor tells of the file, and
/// takes it in with the rows that have not come up.
#[test]
fn u10_a_channel_that_headquarters_does_not_know_any_more_is_taken_in() {
    let env = Env::asynchronous();
    let copy = fs::read(env.path().join("hq.db")).unwrap();
    env.ok("channels add boston");
    env.ok("run 1110 1070 1010");
    env.ok("csu restart");
    let add = |last: &str| {
        env.ok(&format!("pos create-customer --channel boston --first-name Ada --last-name {last}"))
    };
    add("Sent");
    env.ok("run P");
    add("Waiting");
    fs::write(env.path().join("hq.db"), copy).unwrap();
    let told = || {
        let json = env.run("doctor --only CDX410 --format json").json();
        let findings = json["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["subject"]["channel"] == "boston")
    };
    let finding = told().expect("the file is told");
    let evidence = finding["evidence"].to_string();
    assert!(evidence.contains("channels/boston.db"), "{finding:#}");
    assert!(evidence.contains("ax.RETAILASYNCCUSTOMERV2: 2 rows"), "{finding:#}");
    assert_eq!(finding["fix"]["safety"], "safe");
    assert_eq!(finding["fix"]["commands"][0], "cdx channels add boston");
    afterwards(&env);
    assert_eq!(told(), None);
    assert_eq!(people(&env, "Sent"), (1, 1));
    assert_eq!(people(&env, "Waiting"), (1, 1));
}

/// Headquarters is put back to where a session was being packed: the database that was taken off
/// that session gets its full one, and does not count as supplied by it.
#[test]
fn u10_a_session_that_is_packed_again_does_not_supply_what_was_taken_off_it() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set first-name=Before");
    let _ended = env.run("run 1010 --channel online --fault crash=pack.before-available");
    let kept = ["hq.db", "hq.db-wal"].map(|name| (name, fs::read(env.path().join(name)).ok()));
    env.ok("run 1010 --channel online --full");
    for (name, bytes) in kept {
        match bytes {
            Some(bytes) => fs::write(env.path().join(name), bytes).unwrap(),
            None => drop(fs::remove_file(env.path().join(name))),
        }
    }
    let _shared = fs::remove_file(env.path().join("hq.db-shm"));
    env.ok("customers edit 00000010 --set first-name=Newer");
    env.ok("run 1110 1070 1010 1170");
    let _taken_off = env.run("run 1010");
    env.ok("doctor --fix");
    let newer = "SELECT count(*) FROM ax_DIRPERSONNAME WHERE FIRSTNAME = 'Newer'";
    for channel in ["houston", "seattle", "online"] {
        assert_eq!(number(&env.channel(channel), newer), 1, "{channel}");
    }
}
