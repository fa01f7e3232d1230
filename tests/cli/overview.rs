//! The FAQ's questions about where a customer is: `status`, `customers trace`, the customer
//! synchronization status, and the real-time calls that were made.

use serde_json::Value;

use super::harness::{Env, number};

/// Stage, channel and state of each part of a customer's way.
fn way(env: &Env, word: &str) -> Vec<(String, String, String)> {
    let trace = Run::of(env, word);
    let steps = trace["steps"].as_array().unwrap().iter();
    let text = |step: &Value, key: &str| step[key].as_str().unwrap_or("").to_owned();
    steps.map(|step| (text(step, "stage"), text(step, "channel"), text(step, "state"))).collect()
}

/// The command that a customer's trace says is next, without the name of the program.
fn next(env: &Env, word: &str) -> Option<String> {
    let trace = Run::of(env, word);
    let steps = trace["steps"].as_array().unwrap();
    let open = steps
        .iter()
        .position(|step| !["done", "not-needed"].contains(&step["state"].as_str().unwrap()));
    let commands: Vec<&Value> = steps.iter().filter(|step| step["next"].is_string()).collect();
    assert!(commands.len() <= 1, "one command is the next one: {trace:#}");
    if let (Some(open), [_]) = (open, commands.as_slice()) {
        assert!(steps[open]["next"].is_string(), "the first that is not done has it: {trace:#}");
    }
    commands.first().map(|step| step["next"].as_str().unwrap()["cdx ".len()..].to_owned())
}

struct Run;

impl Run {
    fn of(env: &Env, word: &str) -> Value {
        env.args(&["customers", "trace", word, "--format", "json"]).expect(0).json()
    }
}

/// Case 33: what waits in a channel is told at once, by the status list, the channels and the screen.
#[test]
fn c01_what_waits_in_a_channel_is_told_at_once() {
    let env = Env::asynchronous();
    env.create_async("houston", "One");
    env.create_async("houston", "Two");
    let status = env.json("customers status");
    assert_eq!(
        status["waiting_in_channels"],
        serde_json::json!([{ "channel": "houston", "rows": 4 }])
    );
    let text = env.ok("customers status").out;
    assert!(text.contains("4 operations in houston not collected yet: cdx run P"), "{text}");
    assert!(
        env.ok("channels list")
            .out
            .lines()
            .any(|line| line.starts_with("houston ") && line.ends_with('4'))
    );
    let screen = env.json("status");
    assert_eq!(screen["waiting"]["to_collect"], 4, "{screen:#}");
    assert_eq!(screen["next"], serde_json::json!(["cdx run P"]));
}

/// The whole way of one customer, each stage ended by the command that the trace names.
#[test]
fn c01_a_customer_is_followed_by_the_commands_that_its_trace_names() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Traced");
    let mut typed = Vec::new();
    while let Some(command) = next(&env, &guid) {
        typed.push(command.clone());
        assert!(typed.len() < 9, "it does not end: {typed:?}");
        env.ok(&command);
    }
    assert_eq!(typed, ["run P --channel houston", "run sync-customers", "run 1010"]);
    let done = way(&env, "traced");
    assert!(done.iter().all(|(_, _, state)| state == "done"), "{done:?}");
    let stages: Vec<&str> = done.iter().map(|(stage, _, _)| stage.as_str()).collect();
    let channels = ["channel", "channel", "channel"];
    assert_eq!(stages[..5], ["register", "uploaded", "received", "processed", "account"]);
    assert_eq!(stages[5..], channels);
}

/// By account, by temporary id, by name, by a part of it, in any case; in every stage.
#[test]
fn a_customer_is_found_by_whatever_names_it() {
    let env = Env::asynchronous();
    let guid = env.create_async("seattle", "Ünique");
    let same = |word: &str| Run::of(&env, word)["customer"]["async_account"] == *guid;
    for word in [guid.as_str(), &guid.to_lowercase(), "Ünique", "unique", "UNIQ"] {
        assert!(same(word), "{word}");
    }
    env.synchronize();
    let account = Run::of(&env, &guid)["customer"]["account"].as_str().unwrap().to_owned();
    for word in [guid.as_str(), "unique", &account] {
        assert!(same(word), "{word}");
    }
    let unknown = env.args(&["customers", "trace", "Nobody Here"]).expect(2);
    assert!(unknown.err.contains("unknown customer \"Nobody Here\""), "{}", unknown.err);
}

/// A word that several have is not guessed at.
#[test]
fn a_word_that_names_several_is_told_with_each() {
    let env = Env::asynchronous();
    let (one, two) = (env.create_async("houston", "Twin"), env.create_async("seattle", "Twin"));
    let told = env.run("customers trace twin").expect(2);
    assert!(told.err.contains("\"twin\" names 2 customers"), "{}", told.err);
    for guid in [one, two] {
        let hint = format!("cdx customers trace {guid}");
        assert!(told.err.contains(&hint), "{}", told.err);
        env.ok(&hint["cdx ".len()..]);
    }
}

/// What a register did offline waits for it to come back.
#[test]
fn a_customer_of_a_register_that_is_offline_waits_for_it() {
    let env = Env::asynchronous();
    let made = env
        .json("pos create-customer --channel houston --offline --first-name Ada --last-name Away");
    let guid = made["account"].as_str().unwrap();
    assert_eq!(next(&env, guid).unwrap(), "pos reconnect --channel houston");
    assert_eq!(env.json("status")["waiting"]["to_merge"], 2);
    assert_eq!(env.json("status")["next"][0], "cdx pos reconnect --channel houston");
    env.ok("pos reconnect --channel houston");
    assert_eq!(env.json("status")["waiting"]["to_merge"], 0);
    assert_eq!(next(&env, guid).unwrap(), "run P --channel houston");
    assert!(way(&env, guid).iter().all(|(_, channel, _)| channel != "houston.offline"));
}

/// A failed operation is named, and the trace goes on once it has been corrected.
#[test]
fn c04_a_failed_operation_stands_in_the_way_and_is_named() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Fails");
    env.ok("run P");
    let _failed = env.run("run sync-customers --fault batch-fails").expect(1);
    let trace = Run::of(&env, &guid);
    let failed = trace["steps"].as_array().unwrap().iter().find(|step| step["state"] == "failed");
    assert!(failed.unwrap()["detail"].as_str().unwrap().starts_with("customer-1 failed: "));
    assert_eq!(next(&env, &guid).unwrap(), "customers status show customer-1");
    env.ok("customers status synchronize customer-1");
    env.ok("run sync-customers 1010");
    assert_eq!(next(&env, &guid), None);
}

/// Headquarters' own customers need no upload; what a channel does not show yet is told.
#[test]
fn a_customer_of_headquarters_is_followed_to_the_channels() {
    let env = Env::new();
    env.ok("customers edit 00000010 --set first-name=Newer");
    let trace = Run::of(&env, "00000010");
    assert_eq!(trace["steps"][0]["state"], "not-needed", "{trace:#}");
    assert!(trace.to_string().contains("shows another first-name"), "{trace:#}");
    assert_eq!(next(&env, "00000010").unwrap(), "run 1010");
    env.ok("run 1010");
    assert_eq!(next(&env, "00000010"), None);
}

/// The list is filtered by each of its columns, and a word that none of them has is refused.
#[test]
fn c04_the_list_of_operations_is_filtered_by_each_column() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "First");
    env.ok("run P sync-customers");
    env.ok("clock advance 1d");
    env.create_async("seattle", "Second");
    env.ok("run P");
    let ids = |filter: &str| {
        let list = env.json(&format!("customers status list {filter}"));
        let operations = list["operations"].as_array().unwrap().clone();
        operations.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (first, second) = (["customer-1", "affiliation-1"], ["customer-2", "affiliation-2"]);
    assert_eq!(ids("--status succeeded"), first);
    assert_eq!(ids("--status pending"), second);
    assert_eq!(ids("--channel seattle"), second);
    assert_eq!(ids(&format!("--account {guid}")), first);
    assert_eq!(ids("--operation affiliation"), ["affiliation-1", "affiliation-2"]);
    assert_eq!(ids("--operation create").len(), 4);
    assert!(ids("--operation update").is_empty());
    assert_eq!(ids("--since 2026-01-16"), second);
    assert_eq!(ids("--status pending --operation customer"), ["customer-2"]);
    for wrong in [
        "--status nonsense",
        "--channel nowhere",
        "--account nobody",
        "--operation sell",
        "--since yesterday",
    ] {
        let _refused = env.run(&format!("customers status list {wrong}")).expect(2);
    }
}

/// An operation shows old and new values before it is processed, since that is where one edits; and
/// why it would fail; nothing is changed by looking.
#[test]
fn c04_an_operation_shows_what_it_would_change() {
    let env = Env::asynchronous();
    env.ok("pos edit-customer --channel houston --account 00000010 --set phone=555-0123");
    env.ok("run P");
    let before = std::fs::read(env.path().join("hq.db")).unwrap();
    let shown = env.json("customers status show customer-1");
    let would = &shown["would_change"][0];
    assert_eq!(
        (would["attribute"].as_str(), would["new"].as_str()),
        (Some("phone"), Some("555-0123"))
    );
    assert_eq!(std::fs::read(env.path().join("hq.db")).unwrap(), before);
    env.ok("customers status edit customer-1 --set phone=555-0999");
    assert_eq!(env.json("customers status show customer-1")["would_change"][0]["new"], "555-0999");
    env.ok("run sync-customers");
    let done = env.json("customers status show customer-1");
    assert_eq!(done["would_change"], Value::Null);
    assert_eq!(done["changes"][0]["new"], "555-0999", "{done:#}");
    env.hq().execute_batch("UPDATE RETAILASYNCCUSTOMERV2 SET ONLINEOPERATIONCOMPLETED = 0, CUSTACCOUNT = '99999999'").unwrap();
    let fails = env.json("customers status show customer-1");
    assert_eq!(fails["would_fail"], "customer 99999999 is not in headquarters", "{fails:#}");
}

/// Below the form's version the operations run as well, and the list says from when it shows them.
#[test]
fn g03_the_form_is_named_below_its_version() {
    let env = Env::empty();
    env.ok("init . --customers 4 --app-version 10.0.30");
    let list = env.json("customers status");
    assert_eq!(list["form_from"], "10.0.31");
    assert!(env.ok("customers status").out.contains("status\" from 10.0.31 on"));
    env.ok("upgrade --app-version 10.0.31");
    assert_eq!(env.json("customers status")["form_from"], Value::Null);
}

/// The calls by channel, operation, reason and time, summed, and for a spreadsheet.
#[test]
fn r14_the_real_time_calls_are_filtered_and_summed() {
    let env = Env::new();
    for channel in ["houston", "online", "online"] {
        env.ok(&format!("pos create-customer --channel {channel} --first-name A --last-name B"));
    }
    env.ok("clock advance 1d");
    env.ok("pos edit-customer --channel houston --account 00000010 --set phone=1");
    let count =
        |filter: &str| env.json(&format!("rts list {filter}"))["calls"].as_array().unwrap().len();
    assert_eq!(count(""), 4);
    assert_eq!(count("--reason profile-off"), 3);
    assert_eq!(count("--reason feature-off"), 1);
    assert_eq!(count("--operation create-customer --channel online"), 2);
    assert_eq!(count("--since 2026-01-16"), 1);
    let summary = env.json("rts list --summary");
    assert_eq!(summary["total"], 4);
    let sums: Vec<i64> = summary["sums"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sum| sum["calls"].as_i64().unwrap())
        .collect();
    assert_eq!(sums, [1, 1, 2], "{summary:#}");
    let csv = env.ok("rts list --format csv").out;
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("id,channel,instance,time,operation,"), "{csv}");
    assert_eq!(lines.count(), 4, "{csv}");
    assert!(
        env.ok("rts list --summary --format csv")
            .out
            .contains("\nonline,create-customer,profile-off,2,0,")
    );
    for wrong in ["--reason nonsense", "--operation nonsense", "--channel nowhere", "--since never"]
    {
        let _refused = env.run(&format!("rts list {wrong}")).expect(2);
    }
    let _refused = env.run("status --format csv").expect(2);
}

/// The screen tells what is wrong by cause, and what to type; a file that cannot be read is in it.
#[test]
fn the_screen_tells_what_is_wrong_and_what_to_do() {
    let env = Env::new();
    let fine = env.json("status");
    assert_eq!(
        (fine["version"].as_str(), fine["problems"].as_array().unwrap().len()),
        (Some("10.0.48"), 0)
    );
    std::fs::write(env.channel_path("seattle"), "this is no database").unwrap();
    let screen = env.json("status");
    assert!(screen["problems"].to_string().contains("CDX901"), "{screen:#}");
    let seattle =
        screen["channels"].as_array().unwrap().iter().find(|one| one["channel"] == "seattle");
    assert_eq!(seattle.unwrap()["unreadable"], "channels/seattle.db is not a database");
    assert_eq!(
        screen["next"],
        serde_json::json!(["cdx doctor"]),
        "what loses rows is for a person"
    );
    let text = env.ok("status").out;
    assert!(text.contains("unreadable"), "{text}");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM RETAILCONNDATABASEPROFILE"), 4);
}

/// The events of the log, each with where it happened and what it is about.
fn events(env: &Env, words: &str) -> Vec<(String, String, String)> {
    let log = env.json(words);
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or("").to_owned();
    let entries = log["entries"].as_array().unwrap().iter();
    entries.map(|one| (text(one, "event"), text(one, "channel"), text(one, "subject"))).collect()
}

/// What happened stands in the order in which it happened, over headquarters and all channels, also
/// where the clock stood still; and so it does when it is asked for a part.
#[test]
fn the_log_has_everything_in_the_order_in_which_it_happened() {
    let env = Env::new();
    let begun = events(&env, "log").len();
    env.ok("features enable async-customer-editing --with-prerequisites");
    env.ok("profiles set Stores --async-customers yes");
    env.ok("pos create-customer --channel seattle --first-name A --last-name B");
    env.ok("run 1110 1010 1070");
    env.ok("csu restart --channel houston");
    env.create_async("houston", "Logged");
    env.ok("run P sync-customers");
    let all = events(&env, "log");
    let told: Vec<(&str, &str)> =
        all[begun..].iter().map(|(event, channel, _)| (event.as_str(), channel.as_str())).collect();
    let applied = |_job| {
        let stores = ["houston", "houston.offline", "seattle", "online"];
        [("generated", "")].into_iter().chain(stores.map(|store| ("applied", store)))
    };
    // Three features, and the profile.
    let mut expected = vec![("switched", ""); 4];
    expected.extend([("cached", "seattle"), ("called", "seattle")]);
    expected.extend((0..3).flat_map(applied));
    expected.extend([("restarted", "houston"), ("cached", "houston"), ("acted", "houston")]);
    expected.extend([("acted", "houston"), ("uploaded", "houston"), ("uploaded", "houston")]);
    expected.push(("processed", ""));
    assert_eq!(told, expected);
    let houston = events(&env, "log --channel houston");
    let kept = |one: &&(String, String, String)| one.1.starts_with("houston");
    assert_eq!(houston, all.iter().filter(kept).cloned().collect::<Vec<_>>());
    env.ok("clock advance 1h");
    assert!(events(&env, "log --since 2026-01-15T09:00:00Z").is_empty());
    env.ok("run 1010");
    let since = events(&env, "log --since 2026-01-15T09:00:00Z");
    assert_eq!(since.first().unwrap(), &("generated".into(), String::new(), "1010".into()));
    for wrong in ["--channel nowhere", "--since tomorrow"] {
        let _refused = env.run(&format!("log {wrong}")).expect(2);
    }
}

/// Who is offline knows no number of headquarters: what it does stands behind what its file knew.
#[test]
fn the_log_of_an_offline_register_stands_behind_what_it_knew() {
    let env = Env::asynchronous();
    let offline = |last: &str| {
        let words = "pos create-customer --channel houston --offline --first-name A --last-name";
        env.ok(&format!("{words} {last}"));
    };
    // Entries that know the same number go by channel: headquarters goes on first.
    env.ok("customers edit 00000010 --set first-name=New");
    env.ok("run 1010");
    let begun = events(&env, "log").len();
    offline("First");
    env.ok("customers edit 00000010 --set first-name=Newer");
    env.ok("run 1010");
    offline("Second");
    let told: Vec<String> =
        events(&env, "log")[begun..].iter().map(|(event, at, _)| format!("{event} {at}")).collect();
    let acted = "acted houston.offline";
    assert_eq!(told.iter().filter(|one| *one == acted).count(), 4, "{told:?}");
    assert_eq!(&told[..2], [acted, acted], "{told:?}");
    assert_eq!(&told[told.len() - 2..], [acted, acted], "{told:?}");
}

/// A failed operation is in the log with its error, and a channel that cannot be read is told.
#[test]
fn the_log_tells_of_failures() {
    let env = Env::asynchronous();
    env.create_async("houston", "Fails");
    env.ok("run P");
    let _failed = env.run("run sync-customers --fault batch-fails=houston").expect(1);
    let text = env.ok("log").out;
    assert!(text.contains("customer-1 failed: the operation failed (fault batch-fails)"), "{text}");
    assert!(text.contains("customer batch: 0 processed, 1 failed, 1 waiting"), "{text}");
    env.ok("customers status edit customer-1 --set first-name=Works");
    let last = env.ok("log").out.lines().last().unwrap().to_owned();
    assert!(last.contains("customer-1 corrected: FIRSTNAME was "), "{last}");
    std::fs::write(env.channel_path("online"), "this is no database").unwrap();
    let log = env.ok("log");
    assert!(log.out.contains("could not be read: online: "), "{}", log.out);
}

/// Every word that results show and the FAQ uses is explained, and without a word there is a list.
#[test]
fn explain_knows_the_words_of_results_and_of_the_faq() {
    let env = Env::empty();
    for word in [
        "ONLINEOPERATIONCOMPLETED",
        "scale unit",
        "not-distributed",
        "Pending sync",
        "safe",
        "Uploaded",
        "RETAILASYNCCUSTOMERATTRIBUTEV2",
        "custaccountasync",
    ] {
        let mut words = vec!["explain"];
        words.extend(word.split(' '));
        let told = env.args(&words).expect(0).out;
        assert!(told.lines().count() >= 3, "{word}: {told}");
    }
    let list = env.json("explain");
    for key in ["rules", "jobs", "features", "behaviours", "words", "not_modelled"] {
        assert!(list[key].as_array().unwrap().len() > 5, "{key}: {list:#}");
    }
    let near = env.run("explain uploadedd").expect(2);
    assert!(near.err.contains("did you mean"), "{}", near.err);
}

/// What the list has is explained, each of it, with and without an environment.
#[test]
fn explain_knows_each_word_that_it_lists() {
    for env in [Env::empty(), Env::new()] {
        let list = env.json("explain");
        let keys = ["rules", "jobs", "features", "behaviours", "words", "not_modelled"];
        let mut looked = 0;
        for key in keys.into_iter().chain(["known_jobs", "known_features"]) {
            for word in list[key].as_array().unwrap() {
                env.args(&["explain", word.as_str().unwrap()]).expect(0);
                looked += 1;
            }
        }
        assert!(looked > 250, "{looked}");
        let has = |key: &str, word: &str| list[key].as_array().unwrap().contains(&word.into());
        assert!(has("jobs", "1010_CustomerSearch") && has("known_jobs", "1040"), "{list:#}");
        let needed = env.json("which-job 1010_CustomerSearch");
        assert_eq!(needed["jobs"][0]["job"], "1010_CustomerSearch", "{needed:#}");
        let text = env.ok("explain").out;
        for word in ["1010_CustomerSearch", "1040", "omni-channel-payments"] {
            assert!(text.contains(word), "{text}");
        }
    }
}

/// A source that names a page of the catalogue has its address, and a rule's page the sentence that
/// it carries.
#[test]
fn explain_gives_the_addresses_of_its_sources() {
    let env = Env::empty();
    for (word, page) in [
        ("G15", "async-customer-mode-faq"),
        ("async-address-creation", "commerce/async-customer-mode\n"),
        ("Suspended", "dev-itpro/cdx-best-practices"),
    ] {
        let told = env.ok(&format!("explain {word}")).out;
        assert!(told.contains(page), "{word}: {told}");
        let pages = env.json(&format!("explain {word}"))["pages"].clone();
        assert!(pages[0]["url"].as_str().unwrap().starts_with("https://"), "{word}: {pages:#}");
    }
    let rule = env.json("explain CDX303");
    let carries = rule["sources"][0]["carries"].as_str().unwrap();
    assert!(env.ok("explain CDX303").out.contains(carries), "{carries}");
    assert!(env.ok("explain R16").out.contains("sources differ: "));
}

/// What is told to be typed next works: what is in its way comes first.
#[test]
fn what_stands_in_the_way_of_a_job_comes_before_it() {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "Blocked");
    env.ok("schedules set Uploads --active no");
    let next = |words: &str| -> String {
        let told = env.ok(words).out;
        let line = told.lines().rev().find(|line| line.contains("cdx ")).unwrap();
        line[line.find("cdx ").unwrap() + 4..].to_owned()
    };
    let trace = format!("customers trace {guid}");
    assert_eq!(next(&trace), "schedules set Uploads --active yes");
    env.ok(&next(&trace));
    for _ in 0..9 {
        if env.ok(&trace).out.contains("nothing is left to do") {
            break;
        }
        env.ok(&next(&trace));
    }
    assert!(env.ok(&trace).out.contains("nothing is left to do"));
    env.ok("schedules set Downloads --active no");
    env.create_async("houston", "Later");
    env.ok("run P sync-customers");
    let commands = env.json("status")["next"].clone();
    let commands: Vec<&str> =
        commands.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let at = |word: &str| commands.iter().position(|one| one.contains(word));
    assert!(at("schedules set Downloads --active yes").unwrap() < at("run 1010").unwrap());
    for command in commands {
        env.ok(command.trim_start_matches("cdx "));
    }
}
