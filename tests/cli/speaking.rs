//! What is said beside results and errors: nothing with `--quiet`, each step with `--verbose`.

use clap::Command;

use super::harness::Env;

#[test]
fn quiet_leaves_results_and_errors() {
    let env = Env::troubled();
    // A warning, a note of a fault, and the steps of a fix are left out.
    let words = "params set CDX_NOT_KNOWN 1";
    assert!(env.copied().ok(words).err.starts_with("warning: "));
    assert_eq!(env.copied().ok(&format!("{words} -q")).err, "");
    let words = "run 1010 --channel houston --full --fault apply-fails=houston";
    assert!(env.copied().run(words).expect(1).err.contains("fault: "));
    let quiet = env.copied().run(&format!("-q {words}")).expect(1);
    assert_eq!(quiet.err, "");
    assert_eq!(quiet.out, env.copied().run(words).expect(1).out);
    let fixed = env.copied().ok("doctor --only CDX211 --fix --quiet --format json");
    assert_eq!(fixed.err, "");
    assert_eq!(fixed.json()["fixes"]["commands"][0]["exit"], 0);
    // An error is one, with what to do about it.
    let error = env.run("run 1010 --channel huston -q").expect(2);
    assert!(error.err.starts_with("error: ") && error.err.contains("hint: "), "{}", error.err);
}

#[test]
fn verbose_says_each_step_on_standard_error_alone() {
    let env = Env::new();
    let plain = env.copied().ok("run 1110 1010 --full");
    let verbose = env.copied().ok("run 1110 1010 --full --verbose");
    assert_eq!(verbose.out, plain.out);
    for step in [
        "step: job 1 of 2: 1110\n",
        "step: job 2 of 2: 1010\n",
        "step: packing 1010, ",
        "step: applying 1010 to 4 channel databases, ",
        "houston Applied\n",
    ] {
        assert!(verbose.err.contains(step), "{step}\n{}", verbose.err);
    }
    assert_eq!(plain.err, "");
    // The same each time.
    assert_eq!(env.copied().ok("run 1110 1010 --full -v").err, verbose.err);
    let rules = env.ok("doctor -v --only CDX211").err;
    assert!(rules.contains("step: CDX211 channel-drift: passed\n"), "{rules}");
    let init = Env::empty().ok("init . --customers 20 -v").err;
    for step in ["1 of 3: databases", "2 of 3: scheduler", "3 of 3: first synchronization"] {
        assert!(init.contains(&format!("step: {step}\n")), "{init}");
    }
    let made = env.ok("data make CUSTGROUP --rows 3 -v").err;
    assert!(made.contains("step: making CUSTGROUP: 3 rows done\n"), "{made}");
}

#[test]
fn they_are_options_of_every_command_and_of_none_alone() {
    fn walk(command: &Command, path: &str) {
        for arg in command.get_arguments() {
            let (id, short) = (arg.get_id().as_str(), arg.get_short());
            if let Some(short @ ('q' | 'v')) = short {
                let own = if short == 'q' { "quiet" } else { "verbose" };
                assert_eq!(id, own, "{path} has a -{short} of its own");
            }
        }
        for inner in command.get_subcommands() {
            let path = format!("{path} {}", inner.get_name());
            let has = |id: &str| inner.get_arguments().any(|arg| arg.get_id() == id);
            assert!(
                inner.get_name() == "help"
                    || path.contains(" help ")
                    || (has("quiet") && has("verbose") && has("no_pager")),
                "{path}"
            );
            walk(inner, &path);
        }
    }
    walk(&cdx::cli::tree(), "cdx");
    let env = Env::new();
    let run = env.run("clock show -q -v").expect(2);
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}
