//! What docs/pipelines.md shows for scripts runs as it stands.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::harness::Run;

/// Runs a shell command in a folder with the program on the PATH.
fn shell(dir: &Path, command: &str) -> Run {
    let own = Path::new(env!("CARGO_BIN_EXE_cdx")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut sh = Command::new("sh");
    sh.env_clear().env("HOME", dir).env("PATH", format!("{}:{path}", own.display()));
    Run::of(sh.current_dir(dir).args(["-c", command]).output().unwrap())
}

#[test]
fn what_is_shown_for_scripts_can_be_tried() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pipelines.md");
    let page = fs::read_to_string(page).unwrap().replace("\r\n", "\n");
    let rest = page.split_once("## In scripts").unwrap().1;
    let block = rest.split_once("```sh\n").unwrap().1.split("```").next().unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let run = shell(dir.path(), block).expect(0);
    assert!(run.out.ends_with("a session failed\n"), "{}", run.text());
}

/// What a pipeline does with an environment that a job was forgotten in: it fails, and the annotation
/// names the job.
#[test]
fn a_pipeline_fails_when_a_job_is_forgotten() {
    let dir = tempfile::TempDir::new().unwrap();
    let rollout = "set -eu\ncdx init rehearsal --seed 7 --customers 20\n\
                   cdx --env rehearsal features enable async-customer-editing --with-prerequisites\n\
                   cdx --env rehearsal profiles set Stores --async-customers yes\n\
                   cdx --env rehearsal profiles set Online --async-customers yes\n\
                   cdx --env rehearsal run 1110 1010\n";
    shell(dir.path(), rollout).expect(0);
    let run = shell(dir.path(), "cdx --env rehearsal doctor --fail-on warning").expect(1);
    assert!(
        run.out.contains("CDX303") && run.out.contains("cdx --env rehearsal run 1070"),
        "{}",
        run.text()
    );
    let github = "cdx --env rehearsal doctor --format github --fail-on warning";
    let run = shell(dir.path(), github).expect(1);
    assert!(run.out.starts_with("::error title=CDX303"), "{}", run.text());
}
