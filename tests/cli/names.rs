//! Every name that is typed is looked up: in filters, faults and options too.

use super::harness::{Env, number};

#[test]
fn an_unknown_name_is_never_an_empty_list() {
    let env = Env::new();
    for (words, said) in [
        ("sessions list --channel huston", "unknown channel \"huston\""),
        ("sessions list --upload --channel huston", "unknown channel \"huston\""),
        ("sessions list --status Aplied", "unknown status \"Aplied\""),
        ("sessions list --upload --status Suspended", "unknown status \"Suspended\""),
        ("sessions list --job custmers", "unknown job \"custmers\""),
        ("customers synchronize customer-99", "unknown operation \"customer-99\""),
        ("customers status show customer-99", "unknown operation \"customer-99\""),
        ("customers status edit customer-99 --set CITY=x", "unknown operation"),
        ("customers show 99", "unknown customer \"99\""),
        ("rts list --channel huston", "unknown channel \"huston\""),
        ("rts list --channel houston.offline", "unknown channel \"houston.offline\""),
        ("csu status --channel houston.offline", "unknown channel \"houston.offline\""),
        ("csu restart --channel huston", "unknown channel \"huston\""),
        ("csu restart --channel houston --instance 9", "instances 1 to 1, found 9"),
        ("csu restart --instance 0", "instances 1 to 1, found 0"),
        ("pos restart --channel houston.offline", "unknown channel \"houston.offline\""),
        ("pos balance --channel huston --account 00000010", "unknown channel \"huston\""),
        ("channels pause huston", "unknown channel \"huston\""),
        ("channels add boston --group Defualt", "unknown group \"Defualt\""),
        ("profiles set Stors --async-orders yes", "unknown profile \"Stors\""),
        ("params set shared-warehosues yes", "did you mean \"shared-warehouses\""),
        ("params set nonsense yes", "unknown parameter \"nonsense\""),
        ("doctor --channel huston", "unknown channel \"huston\""),
        ("doctor --only CDX999", "unknown rule \"CDX999\""),
        ("features show async-customer-editnig", "async-customer-editing"),
        ("run 1010 --channel huston", "unknown channel \"huston\""),
        ("run P --channel huston", "unknown channel \"huston\""),
        ("run sync-customers --channel huston", "unknown channel \"huston\""),
        ("run P sync-customers --group Defualt", "unknown group \"Defualt\""),
        ("run sync-customers --channel houston", "--channel does not go with job"),
        ("run 1010 --dry-run --channel huston", "unknown channel \"huston\""),
        ("run P --dry-run --group Defualt", "unknown group \"Defualt\""),
        ("run 1010 --dry-run --phase apply", "only uploads have phases"),
        ("run 1010 --dry-run --allow nonsense", "nonsense"),
    ] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains(said), "{words}\n{}", run.text());
        assert!(run.err.contains("hint: ") && run.err.contains("cdx "), "{words}\n{}", run.text());
    }
}

#[test]
fn a_configuration_parameter_that_nothing_reads_is_kept_and_told() {
    let env = Env::new();
    let run = env.ok("params set CDX_NONSENSE 1");
    assert!(run.out.contains("CDX_NONSENSE"), "{}", run.out);
    assert!(run.err.contains("nothing that is known reads it"), "{}", run.err);
    let run = env.ok("params set CDX_ENABLE_ROLLBACK_ON_FAILUER 1");
    assert!(run.err.contains("did you mean CDX_ENABLE_ROLLBACK_ON_FAILURE?"), "{}", run.err);
    let run = env.ok("params set cdx_enable_rollback_on_failure 1");
    assert!(!run.err.contains("warning"), "{}", run.err);
    env.args(&["params", "set", "CDX_A B", "1"]).expect(2);
    env.args(&["params", "set", "", "1"]).expect(2);
}

#[test]
fn a_fault_that_cannot_happen_is_refused() {
    let env = Env::new();
    env.ok("channels group add Other");
    env.ok("channels add boston --group Other");
    let create = "pos create-customer --channel houston --first-name A --last-name B";
    for (words, said) in [
        ("run 1010 --fault apply-fails=nowhere", "unknown channel \"nowhere\""),
        ("run 1010 --fault apply-fails=huston", "did you mean \"houston\"?"),
        ("run 1010 --fault create-fails=9999", "unknown job \"9999\""),
        ("run 1010 --fault create-fails=1110", "unknown job \"1110\""),
        ("run 1010 --fault rts-down=nowhere", "only an operation of cdx pos meets it"),
        ("run 1010 --fault rts-down", "only an operation of cdx pos meets it"),
        ("run 1010 --fault read-fails=houston", "only an upload job meets it"),
        ("run P --fault apply-fails=houston", "only a download job meets it"),
        ("run P --fault read-fails=houston.offline", "only at houston, seattle, online, boston"),
        ("run P --phase apply --fault upload-fails=houston", "in its first phase"),
        ("run P --phase collect --fault upload-apply-fails", "in its second phase"),
        ("run sync-customers --fault batch-fails=nowhere", "unknown channel \"nowhere\""),
        ("run 1010 --channel houston --fault apply-fails=seattle", "only at houston"),
        ("run 1010 --group Other --fault apply-fails=houston", "only at boston"),
        ("run 1010 --fault crash=collect.after-commit", "only an upload job comes by it"),
        ("run 1010 --fault crash=apply.after-commit:nowhere", "unknown channel \"nowhere\""),
        ("run sync-customers --fault crash=batch.before-commit:houston", "it takes no place"),
        ("channels add salem --fault apply-fails", "only a download job meets it"),
        ("channels add salem --fault crash=channel.after-file:houston", "only at salem"),
        ("channels add salem --fault random", "random cannot happen"),
    ] {
        let run = env.run(words).expect(2);
        assert!(run.err.contains(said), "{words}\n{}", run.text());
        assert!(run.err.contains("cdx run --fault list"), "{words}\n{}", run.text());
    }
    let run = env.run(&format!("{create} --fault rts-down=seattle")).expect(2);
    assert!(run.err.contains("only at houston"), "{}", run.err);
    env.run(&format!("{create} --fault apply-fails=houston")).expect(2);
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM cdx_FAULT"), 0, "nothing stays armed");
}

#[test]
fn a_fault_that_did_not_happen_is_told_at_the_end() {
    let env = Env::new();
    let run = env.ok("run 1010 --fault apply-fails=houston");
    assert!(run.err.contains("fault apply-fails=houston has not happened"), "{}", run.err);
    // It waits: what a later command meets is told as ever, and nothing is told twice.
    env.hq().execute_batch("UPDATE CUSTTABLE SET CUSTGROUP = '40' WHERE RECID % 2").unwrap();
    let run = env.run("run 1010").expect(1);
    assert!(!run.err.contains("has not happened"), "{}", run.err);
    let run = env.ok("run P --fault crash=collect.after-commit");
    assert!(run.err.contains("crash=collect.after-commit has not happened"), "{}", run.err);
    // A job's other names are its places too.
    env.run("run Customers --full --fault create-fails=customers").expect(1);
    let local = "pos find-customer --channel houston 00000010 --fault rts-down=HOUSTON";
    let run = env.ok(local);
    assert!(run.err.contains("fault rts-down=houston has not happened"), "{}", run.err);
}

#[test]
fn people_are_found_as_people_write_them() {
    let env = Env::asynchronous();
    let made = [["Quizo\u{eb}", "100%"], ["Jos\u{e9}", "O_Neill"], ["\u{141}ukasz", "Stra\u{df}e"]];
    for [first, last] in made {
        let create = ["customers", "create", "--first-name", first, "--last-name", last];
        env.args(&create).expect(0);
    }
    env.ok("run 1010");
    let ada = ["pos", "create-customer", "--channel", "houston", "--first-name", "Ad\u{e8}le"];
    env.args(&[&ada[..], &["--last-name", "B", "--email", "adele@x.example"]].concat()).expect(0);
    let hq = |word: &str| -> u64 {
        let report = env.args(&["customers", "list", word, "--format", "json"]).json();
        report["total"].as_u64().unwrap()
    };
    let channel = |word: &str| -> usize {
        let find = ["pos", "find-customer", "--channel", "houston", word, "--format", "json"];
        env.args(&find).json()["customers"].as_array().unwrap().len()
    };
    for word in [
        "QUIZO\u{cb}",
        "quizoe",
        "quizo\u{eb}",
        "Quizoe\u{308}",
        "o_neill",
        "STRASSE",
        "%",
        "_",
        "0%",
    ] {
        assert_eq!((hq(word), channel(word)), (1, 1), "{word}");
    }
    for word in ["ADELE", "ad\u{e8}le", "ADELE@X"] {
        assert_eq!(channel(word), 1, "{word}");
    }
    for word in ["%%", "zo%", "z_e", "*", "nobody"] {
        assert_eq!((hq(word), channel(word)), (0, 0), "{word}: nobody is no error");
    }
    let remote = [
        "pos",
        "find-customer",
        "--channel",
        "houston",
        "QUIZO\u{cb}",
        "--remote",
        "--format",
        "json",
    ];
    assert_eq!(env.args(&remote).json()["customers"].as_array().unwrap().len(), 1);
}

#[test]
fn a_name_that_is_empty_is_none() {
    let env = Env::asynchronous();
    let before = number(&env.hq(), "SELECT count(*) FROM CUSTTABLE");
    let on = ["--channel", "houston"];
    let account = ["--account", "00000010", "--set"];
    for blank in ["", " ", "\t"] {
        let first = format!("first-name={blank}");
        let last = format!("last-name={blank}");
        for args in [
            vec!["customers", "create", "--first-name", blank, "--last-name", "B"],
            vec!["customers", "create", "--first-name", "A", "--last-name", blank],
            vec!["customers", "edit", "00000010", "--set", &first],
            [&["pos", "create-customer"], &on[..], &["--first-name", blank, "--last-name", "B"]]
                .concat(),
            [&["pos", "create-customer"], &on[..], &["--first-name", "A", "--last-name", blank]]
                .concat(),
            [&["pos", "edit-customer"], &on[..], &account, &[&last]].concat(),
            [&["pos", "find-customer"], &on[..], &[blank]].concat(),
            vec!["channels", "group", "add", blank],
            vec!["channels", "add", blank],
            vec!["schedules", "set", blank, "--jobs", "1010"],
            vec!["run", blank],
        ] {
            let run = env.args(&args).expect(2);
            assert!(run.err.contains("hint: "), "{args:?}\n{}", run.text());
        }
    }
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM CUSTTABLE"), before);
    env.args(&["customers", "edit", "00000010", "--set", "middle-name="]).expect(0);
}
