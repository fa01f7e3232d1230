//! Gates of an environment's own, scripts of plans, and an environment that somebody holds.

use super::gates_plan::commands;
use super::harness::Env;

#[test]
fn names_in_a_script_are_quoted_for_either_shell() {
    let env = Env::new();
    let name = "Nick's $HOME \"and\" `more`";
    env.ok("schedules set Downloads --jobs 1010");
    env.args(&["schedules", "set", name, "--jobs", "1110", "1070", "--groups", "Default"])
        .expect(0);
    env.args(&["schedules", "set", name, "--active", "no"]).expect(0);
    let script = |shell: &str| {
        env.ok(&format!("features plan pos-offline-database-compression --script {shell}")).out
    };
    let sh = script("sh");
    assert!(
        sh.contains("cdx schedules set 'Nick'\\''s $HOME \"and\" `more`' --active yes\n"),
        "{sh}"
    );
    let shell = script("powershell");
    assert!(
        shell.contains(
            "cdx schedules set 'Nick''s $HOME \"and\" `more`' --active yes\n\
             if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }\n"
        ),
        "{shell}"
    );
    assert!(shell.starts_with("# ") && shell.contains("$ErrorActionPreference = 'Stop'"));
}

#[test]
fn a_script_finds_the_environment_its_plan_was_made_for() {
    let (env, elsewhere) = (Env::new(), Env::new());
    let named = env.path().display().to_string();
    let script = |shell: &str| {
        let words =
            ["--env", &named, "features", "plan", "pos-offline-database-compression", "--script"];
        elsewhere.args(&[&words[..], &[shell]].concat()).expect(0).out
    };
    for shell in ["sh", "powershell"] {
        let script = script(shell);
        let commands: Vec<_> = script.lines().filter(|line| line.starts_with("cdx ")).collect();
        let here = format!("cdx --env {named} ");
        assert!(commands.len() > 1, "{script}");
        assert!(commands.iter().all(|command| command.starts_with(&here)), "{script}");
    }
    assert!(
        !env.ok("features plan pos-offline-database-compression --script sh").out.contains("--env")
    );
}

#[test]
fn what_no_command_clears_stops_a_script_before_it_changes_anything() {
    let env = Env::new();
    env.write(
        "gates/apart.toml",
        "[feature]\nslug = \"apart\"\nclass = \"Apart\"\nname = \"Say \\\"apart\\\"\"\n\
         name-es = \"Aparte\"\nmodule = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n\
         excludes = [\"customer-order-performance\"]\n[lifecycle]\nreleased = \"10.0.20\"\n",
    );
    let run = env.run("features plan apart --script sh").expect(1);
    let at = |word: &str| run.out.find(word).unwrap_or_else(|| panic!("{word}: {}", run.out));
    assert!(at("# in the way:") < at("exit 1") && at("exit 1") < at("cdx features enable apart"));
    assert!(env.run("features plan apart").expect(1).out.contains("in the way: "));
    let mermaid = env.ok("features graph apart --as mermaid").out;
    assert!(mermaid.contains("[\"Say #34;apart#34;: cannot-enable\"]"), "{mermaid}");
    assert!(env.ok("features graph apart --as dot").out.contains("\"Say \\\"apart\\\"\""));
}

#[test]
fn an_environments_own_gates_are_gates_like_the_others() {
    let env = Env::new();
    env.write(
        "gates/own.toml",
        "[feature]\nslug = \"own\"\nclass = \"OwnFeature\"\nname = \"Our own\"\n\
         name-es = \"La nuestra\"\nmodule = \"Ours\"\ngrade = \"assumed\"\nsource = \"ours\"\n\
         [lifecycle]\nreleased = \"10.0.29\"\n[[requires]]\nfeature = \"async-customer-editing\"\n\
         [[configuration]]\nname = \"try-counts\"\nbefore = \"enable\"\n\
         text = \"two\\nlines\"\neffect = \"nothing\"\n[[step]]\njob = \"1070\"\n",
    );
    insta::assert_snapshot!(env.run("features enable own").expect(1).out, @r#"
    own cannot be enabled
      - "Our own" requires two lines first (try-counts)
      - "Enable editing customers in asynchronous mode" must be on first
        - "Enable enhanced async customer creation" must be on first
        - "Enable asynchronous creation for customer addresses" must be on first
      turn on what it needs too: cdx features enable own --with-prerequisites
      see the whole way: cdx features plan own
    "#);
    let sh = env.ok("features plan own --script sh").out;
    assert!(sh.contains("# configure: two lines\ncdx params set try-counts yes\n"), "{sh}");
    env.ok("params set try-counts yes");
    assert_eq!(env.json("which-job own")["jobs"][0]["job"], "1110");
}

#[test]
fn everything_wrong_with_own_gates_is_told_at_once() {
    let env = Env::new();
    let gate = |slug: &str, rest: &str| {
        let text = format!(
            "[feature]\nslug = \"{slug}\"\nclass = \"C{slug}\"\nname = \"N {slug}\"\n\
             name-es = \"E {slug}\"\nmodule = \"m\"\ngrade = \"assumed\"\nsource = \"ours\"\n{rest}"
        );
        env.write(&format!("gates/{slug}.toml"), &text);
    };
    gate("a", "[lifecycle]\nreleased = \"10.0.20\"\n[[requires]]\nfeature = \"b\"\n");
    gate("b", "[lifecycle]\nreleased = \"10.0.20\"\n[[requires]]\nfeature = \"a\"\n");
    gate(
        "c",
        "[lifecycle]\nreleased = \"10.0.20\"\n[[step]]\njob = \"1071\"\n[[configuration]]\n\
         name = \"a fact\"\nbefore = \"1110\"\ntext = \"t\"\neffect = \"e\"\n",
    );
    insta::assert_snapshot!(env.run("features list").text(), @r#"
    exit 2
    --- stdout
    --- stderr
    error: 3 problems in definitions
      gates/a.toml:2:8: features require each other: a, b, a [cycle]
      gates/c.toml:11:1: job "1071" does not exist [unknown-job]; did you mean 1070?
      gates/c.toml:14:8: name is a fact, expected letters, digits, hyphens and underscores [out-of-range]
    hint: see them one by one: cdx jobs check
    "#);
}

#[test]
fn what_another_command_holds_is_told() {
    let env = Env::new();
    let held = std::fs::File::create(env.path().join("cdx.lock")).unwrap();
    held.lock().unwrap();
    env.ok("features list");
    env.ok("features plan async-customer-editing");
    env.ok("features enable async-address-creation --dry-run");
    env.ok("features export held.csv");
    env.run("features enable async-address-creation").expect(3);
    drop(held);
    env.ok("features enable async-address-creation");
}

#[test]
fn g16_one_way_doors_are_gone_through_only_when_accepted() {
    let env = Env::new();
    env.write(
        "gates/door.toml",
        "[feature]\nslug = \"door\"\nclass = \"DoorFeature\"\nname = \"Door\"\n\
         name-es = \"Puerta\"\nmodule = \"Ours\"\none-way = true\ngrade = \"assumed\"\n\
         source = \"ours\"\n[lifecycle]\nreleased = \"10.0.20\"\n",
    );
    let run = env.run("features enable door").expect(1);
    assert!(run.out.contains("cdx features enable door --accept-irreversible"), "{}", run.out);
    let report = env.json("features enable door");
    assert_eq!(report["refused"][0]["kind"], "irreversible");
    let plan = env.json("features plan Puerta");
    assert_eq!(
        commands(&plan),
        ["cdx features enable door --accept-irreversible", "cdx run 1110"],
        "feature state is carried by 1110 whether the file says so or not"
    );
    env.ok("features enable door --accept-irreversible");
    let report = env.run("features disable door --force --format json").expect(1).json();
    assert_eq!(report["refused"][0]["kind"], "cannot-disable");
}
