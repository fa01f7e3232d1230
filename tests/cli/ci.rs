//! The README's CI examples run as they stand.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::harness::Run;

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The first fenced block of a kind after some words.
fn block(text: &str, after: &str, kind: &str) -> String {
    let rest = text.split_once(after).unwrap_or_else(|| panic!("no {after}")).1;
    let rest = rest.split_once(&format!("```{kind}\n")).unwrap().1;
    rest.split("```").next().unwrap().to_owned()
}

/// The commands of a pipeline, without the one that installs.
fn commands(pipeline: &str) -> Vec<String> {
    let steps = pipeline.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix("- run: ").or_else(|| line.strip_prefix("- script: "))
    });
    steps.filter(|step| !step.starts_with("cargo install")).map(str::to_owned).collect()
}

/// Runs a shell command in a folder with the program on the PATH.
fn shell(dir: &Path, command: &str) -> Run {
    let own = Path::new(env!("CARGO_BIN_EXE_cdx")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut sh = Command::new("sh");
    sh.env_clear().env("HOME", dir).env("PATH", format!("{}:{path}", own.display()));
    Run::of(sh.current_dir(dir).args(["-c", command]).output().unwrap())
}

#[cfg(unix)]
#[test]
fn the_readmes_pipelines_run() {
    let readme = readme();
    let script = block(&readme, "`rehearse.sh`:", "sh");
    for pipeline in ["GitHub Actions:", "Azure Pipelines:"] {
        let dir = tempfile::TempDir::new().unwrap();
        fs::write(dir.path().join("rehearse.sh"), &script).unwrap();
        let commands = commands(&block(&readme, pipeline, "yaml"));
        assert!(commands.len() >= 2, "{pipeline} {commands:?}");
        assert_eq!(commands[0], "sh rehearse.sh");
        for command in &commands {
            shell(dir.path(), command).expect(0);
        }
        // What is shown for scripts can be tried beside it.
        let run = shell(dir.path(), &block(&readme, "## In scripts", "sh")).expect(0);
        assert!(run.out.ends_with("a session failed\n"), "{}", run.text());
        if pipeline.starts_with("GitHub") {
            let text = fs::read_to_string(dir.path().join("doctor.sarif")).unwrap();
            let log: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(log["version"], "2.1.0");
        } else {
            let text = fs::read(dir.path().join("doctor.xml")).unwrap();
            let suites = junit_parser::from_reader(text.as_slice()).unwrap();
            assert!(suites.suites[0].tests > 40 && suites.suites[0].failures == 0);
        }
    }
}

/// A rollout that forgets a job fails the pipeline, and the annotation names it.
#[cfg(unix)]
#[test]
fn a_pipeline_fails_when_a_job_is_forgotten() {
    let script = block(&readme(), "`rehearse.sh`:", "sh");
    let script = script.replace("run 1110 1010 1070", "run 1110 1010");
    let dir = tempfile::TempDir::new().unwrap();
    let run = shell(dir.path(), &script).expect(1);
    assert!(
        run.out.contains("CDX303") && run.out.contains("cdx --env rehearsal run 1070"),
        "{}",
        run.text()
    );
    let github = "cdx --env rehearsal doctor --format github --fail-on warning";
    let run = shell(dir.path(), github).expect(1);
    assert!(run.out.starts_with("::error title=CDX303"), "{}", run.text());
}
