//! What a shell offers while a command line is typed.

use std::process::Command;

use super::harness::{Env, Run, program};

/// What is offered at the end of a command line, as fish is told it: a name and what it is.
fn offered(env: &Env, words: &[&str]) -> Vec<String> {
    let mut command = program(env.path());
    command.env("CDX_COMPLETE", "fish").arg("--").arg("cdx").args(words);
    let run = Run::of(command.output().unwrap()).expect(0);
    assert_eq!(run.err, "");
    run.out.lines().map(str::to_owned).collect()
}

fn names(env: &Env, words: &[&str]) -> Vec<String> {
    let first = |line: String| line.split('\t').next().unwrap().to_owned();
    offered(env, words).into_iter().map(first).collect()
}

#[test]
fn names_of_the_environment_are_offered() {
    let env = Env::new();
    env.ok("channels group add West");
    env.ok("channels add boston --group West");
    assert_eq!(names(&env, &["run", "1010", "--channel", "bo"]), ["boston"]);
    assert_eq!(names(&env, &["run", "--group", ""]), ["Default", "Dummy", "West"]);
    // Behind the last argument options are offered too.
    let mut channels = names(&env, &["channels", "pause", ""]);
    channels.retain(|name| !name.starts_with("--"));
    assert_eq!(channels, ["houston", "houston.offline", "seattle", "online", "boston"]);
    assert_eq!(names(&env, &["channels", "rebuild", "hou"]), ["houston", "houston.offline"]);
    assert_eq!(names(&env, &["csu", "restart", "--channel", "hou"]), ["houston"]);
    assert_eq!(offered(&env, &["run", "107"]), ["1070\tChannel configuration"]);
    assert_eq!(names(&env, &["profiles", "set", "st"]), ["Stores"]);
    assert_eq!(names(&env, &["schedules", "set", "Up"]), ["Uploads"]);
    let accounts = offered(&env, &["customers", "show", "0000000"]);
    assert_eq!(accounts.len(), 9, "{accounts:?}");
    assert!(accounts.iter().all(|line| line.contains('\t')), "{accounts:?}");
    let features = names(&env, &["features", "enable", "async-"]);
    assert_eq!(features, ["async-address-creation", "async-customer-editing"]);
}

#[test]
fn the_environment_that_the_line_names_is_asked() {
    let env = Env::empty();
    Run::of(program(env.path()).args(["init", "store", "--customers", "0"]).output().unwrap())
        .expect(0);
    let store = ["--env", "store", "csu", "restart", "--channel", "s"];
    assert_eq!(names(&env, &store), ["seattle"]);
    assert!(names(&env, &["run", "--channel", ""]).is_empty(), "there is no environment here");
    // What the program itself knows is offered anywhere.
    assert!(names(&env, &["run", ""]).contains(&"1010".to_owned()));
    assert!(names(&env, &["doctor", "--only", "CDX30"]).contains(&"CDX303".to_owned()));
    assert_eq!(names(&env, &["check", "--skip", "CDX701,CDX70"])[0], "CDX701,CDX701");
    assert!(names(&env, &["explain", "D0"]).contains(&"D06".to_owned()));
    assert_eq!(names(&env, &["schema", "cdx-t"]), ["cdx-toml"]);
    assert!(names(&env, &["feat"]).contains(&"features".to_owned()));
    assert!(names(&env, &["doctor", "--fail-on", ""]).contains(&"warning".to_owned()));
}

/// Where a shell puts what it is offered into the line as it is, a name runs nothing there.
#[test]
fn names_are_quoted_for_the_shells_that_do_not() {
    let env = Env::new();
    for name in ["East $(touch there) side", "It's", "Ada\u{2019}s; calc"] {
        let add = ["channels", "group", "add", name];
        Run::of(program(env.path()).args(add).output().unwrap()).expect(0);
    }
    let asked = |shell: &str, begun: &str| {
        let mut command = program(env.path());
        command.env("CDX_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", "4");
        command.env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_COMP_TYPE", "9");
        command.args(["--", "cdx", "run", "1010", "--group", begun]);
        Run::of(command.output().unwrap()).expect(0).out.trim_end().to_owned()
    };
    assert_eq!(asked("bash", "E"), "'East $(touch there) side'");
    assert_eq!(asked("bash", "I"), "'It'\\''s'");
    assert_eq!(asked("bash", "De"), "Default");
    assert_eq!(asked("powershell", "I"), "'It''s'");
    assert_eq!(asked("powershell", "Ada"), "'Ada\u{2019}\u{2019}s; calc'");
    assert_eq!(asked("zsh", "E"), "East $(touch there) side");
}

/// A name that would not be typed as it is printed is not given.
#[test]
fn a_name_that_is_not_seen_is_refused() {
    let env = Env::new();
    for name in ["West\ntouch there", "A\u{202e}B", "tab\there"] {
        for words in
            [["channels", "group", "add", name], ["schedules", "set", name, "--add-jobs=1010"]]
        {
            let run = Run::of(program(env.path()).args(words).output().unwrap()).expect(2);
            assert!(run.err.contains("a character in it that is not seen"), "{}", run.err);
        }
    }
}

/// What rows hold is shown in one line each, and nothing is written beside a file.
#[test]
fn a_hostile_name_stays_in_its_line() {
    let env = Env::new();
    let name = "UPDATE DIRPERSONNAME SET FIRSTNAME = 'A' || char(10) || char(27) || '[31mB'";
    env.hq().execute_batch(name).unwrap();
    let before = std::fs::read_dir(env.path()).unwrap().count();
    let accounts = offered(&env, &["customers", "show", "00000004"]);
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    assert!(!accounts[0].contains('\u{1b}'), "{accounts:?}");
    assert_eq!(std::fs::read_dir(env.path()).unwrap().count(), before);
}

#[test]
fn an_unknown_shell_is_told() {
    let env = Env::empty();
    let mut command = program(env.path());
    let run = Run::of(command.env("CDX_COMPLETE", "tcl").arg("--").output().unwrap());
    assert!(run.code == 2 && run.err.contains("unknown shell `tcl`"), "{}", run.text());
}

/// A script of each shell, and a shell that works with it where there is one.
#[test]
fn the_scripts_work_in_their_shells() {
    let env = Env::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = env.ok(&format!("completions {shell}")).out;
        assert!(script.contains("CDX_COMPLETE"), "{script}");
        std::fs::write(env.path().join(format!("cdx.{shell}")), script).unwrap();
    }
    let bash = "source cdx.bash; COMP_WORDS=(cdx run 1010 --channel sea); COMP_CWORD=4; \
                _clap_complete_cdx cdx sea --channel; echo \"${COMPREPLY[@]}\"";
    assert_eq!(typed_in(&env, "bash", &["--norc", "-c", bash]), Some("seattle\n".to_owned()));
    let fish = "source cdx.fish; complete --do-complete 'cdx run 1010 --channel sea'";
    if let Some(found) = typed_in(&env, "fish", &["-c", fish]) {
        assert_eq!(found, "seattle\n");
    }
}

/// What a shell prints; none where the machine does not have it.
fn typed_in(env: &Env, shell: &str, args: &[&str]) -> Option<String> {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_cdx")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(shell);
    command.env_clear().env("HOME", env.path()).current_dir(env.path());
    command.env("PATH", format!("{}:{path}", program.display())).args(args);
    let output = match command.output() {
        Ok(output) => output,
        // A machine without this shell does not try its script.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("{shell}: {error}"),
    };
    let run = Run::of(output).expect(0);
    Some(run.out)
}
