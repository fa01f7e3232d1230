//! `cdx check --since`, which asks git.

use std::path::Path;
use std::process::Command;

use super::check::{BROKEN, CLEAN, repository};
use super::harness::{Env, Run, program};

/// Runs git in a folder; none where there is no git.
fn git(dir: &Path, words: &[&str]) -> Option<()> {
    let mut command = Command::new("git");
    command.current_dir(dir).env("HOME", dir).env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]);
    let output = command.args(words).output().ok()?;
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

fn check(dir: &Path, words: &str) -> Run {
    let mut command = program(dir);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    Run::of(command.args(words.split(' ')).output().unwrap())
}

/// A repository whose first commit has two scripts, one with letters beyond ASCII in its name.
fn committed() -> Option<Env> {
    let env = repository(&[
        ("Store/ChannelDatabase/b 1.sql", CLEAN),
        ("Store/ChannelDatabase/ñ.sql", BROKEN),
        ("Store/ChannelDatabase/bin/x.sql", BROKEN),
        ("Store/sql/loose.sql", BROKEN),
    ]);
    git(env.path(), &["init", "--quiet"])?;
    git(env.path(), &["add", "--force", "."])?;
    git(env.path(), &["commit", "--quiet", "-m", "published"])?;
    Some(env)
}

fn titles(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn scripts_are_held_against_those_of_a_revision() {
    let Some(env) = committed() else { return };
    let words = "check --only CDX713 --since HEAD --format json";
    assert_eq!(titles(&check(env.path(), words).expect(0)), [] as [&str; 0]);
    env.write("Store/ChannelDatabase/b 1.sql", &format!("{CLEAN}-- more\n"));
    std::fs::remove_file(env.path().join("Store/ChannelDatabase/ñ.sql")).unwrap();
    env.write("Store/ChannelDatabase/a.sql", CLEAN);
    let run = check(env.path(), words).expect(1);
    let expected = [
        "the new script Store/ChannelDatabase/a.sql sorts before a published one",
        "the published script Store/ChannelDatabase/b 1.sql was changed",
        "the published script Store/ChannelDatabase/ñ.sql was removed",
    ];
    assert_eq!(titles(&run), expected, "{}", run.text());
    let text = check(env.path(), "check --only CDX713 --since HEAD").expect(1).out;
    assert!(text.contains("published: the scripts of HEAD\n"), "{text}");
    // The same from within, where files have other names.
    let inside = env.path().join("Store/ChannelDatabase");
    let run = check(&inside, words).expect(1);
    assert_eq!(titles(&run).len(), 3, "{}", run.text());
    let run = check(&inside, "check ../ChannelDatabase/a.sql --only CDX713 --since HEAD");
    assert_eq!(run.code, 0, "{}", run.text());
}

#[test]
fn what_git_does_not_know_is_wrong() {
    let Some(env) = committed() else { return };
    for rev in ["nowhere", "--all", "HEAD:Store", ""] {
        let mut command = program(env.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let since = format!("--since={rev}");
        let output = command.args(["check", &since, "--format", "json"]).output();
        let run = Run::of(output.unwrap()).expect(2);
        assert_eq!(run.json()["error"]["code"], "unknown-revision", "{}", run.text());
    }
    let plain = repository(&[("ChannelDatabase/a.sql", CLEAN)]);
    let run = check(plain.path(), "check --since HEAD --format json").expect(2);
    assert_eq!(run.json()["error"]["code"], "since", "{}", run.text());
    let mut command = program(env.path());
    command.env("PATH", env.path());
    let output = command.args(["check", "--since", "HEAD", "--format", "json"]).output();
    let run = Run::of(output.unwrap()).expect(2);
    assert_eq!(run.json()["error"]["code"], "git", "{}", run.text());
}

/// The commands of the page's pipelines, without the one that installs.
#[cfg(unix)]
fn commands() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check.md");
    let page = std::fs::read_to_string(path).unwrap();
    let steps = page.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("- run: ").or_else(|| line.strip_prefix("- script: "))
    });
    steps.filter(|step| !step.starts_with("cargo install")).map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn the_pages_pipelines_run() {
    let env = Env::empty();
    for folder in ["Metadata", "ScaleUnit"] {
        let from = format!("fixtures/check/value_can_be_too_long/broken/{folder}");
        super::harness::copy(Path::new(&from), &env.path().join(folder)).unwrap();
    }
    let committed = git(env.path(), &["init", "--quiet"])
        .and_then(|()| git(env.path(), &["add", "."]))
        .and_then(|()| git(env.path(), &["commit", "--quiet", "-m", "first"]))
        .and_then(|()| git(env.path(), &["tag", "v1"]));
    let Some(()) = committed else { return };
    let own = Path::new(env!("CARGO_BIN_EXE_cdx")).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap_or_default());
    let mut codes = Vec::new();
    for command in commands() {
        let mut sh = Command::new("sh");
        sh.env_clear().env("HOME", env.path()).env("PATH", &path).current_dir(env.path());
        codes.push(Run::of(sh.args(["-c", &command]).output().unwrap()).code);
    }
    assert_eq!(codes, [1, 1]);
    let text = std::fs::read_to_string(env.path().join("check.sarif")).unwrap();
    let log = super::check_formats::valid(&text);
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
    let text = std::fs::read_to_string(env.path().join("check.xml")).unwrap();
    assert_eq!(junit_parser::from_reader(text.as_bytes()).unwrap().failures, 2);
}
