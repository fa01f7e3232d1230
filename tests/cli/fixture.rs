//! The doctor's fixtures: what is done to a new environment, one step a line.
//!
//! `cdx ...` runs a command, which may end in 1, `ends cdx ...` one that is ended by a fault; `sql
//! FILE: ...` changes a database as any other program would; `append`, `replace A -> B`, `remove`,
//! `copy FILE: OTHER` and `cut` change files. Lines that begin
//! with `#` are for readers.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::harness::{Env, Run, program};

/// An environment after the steps of a fixture.
pub fn environment(steps: &str) -> Env {
    let env = if steps.starts_with("cdx init ") { Env::empty() } else { Env::new() };
    carry_out(&env, steps);
    env
}

/// Takes the steps of a fixture in an environment.
pub fn carry_out(env: &Env, steps: &str) {
    for step in steps.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        take(env, step);
    }
}

fn take(env: &Env, step: &str) {
    let (verb, rest) = step.split_once(' ').unwrap_or_else(|| panic!("no step: {step}"));
    let command = match verb {
        "cdx" => Some((step, 0..=1)),
        "ends" => Some((rest, 134..=134)),
        _ => None,
    };
    if let Some((command, codes)) = command {
        let run = obey(env, command);
        assert!(codes.contains(&run.code), "{step}\n{}", run.text());
        return;
    }
    let (name, what) = rest.split_once(": ").unwrap_or((rest, ""));
    let path = env.path().join(name);
    match verb {
        "sql" => {
            let db = Connection::open(&path).unwrap();
            db.execute_batch(what).unwrap_or_else(|e| panic!("{step}: {e}"));
            db.close().unwrap();
        }
        "append" => {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let before = fs::read_to_string(&path).unwrap_or_default();
            fs::write(&path, format!("{before}{what}\n")).unwrap();
        }
        "replace" => {
            let (from, to) = what.split_once(" -> ").unwrap();
            let before = fs::read_to_string(&path).unwrap();
            assert!(before.contains(from), "{step}");
            fs::write(&path, before.replace(from, to)).unwrap();
        }
        "remove" => {
            let files = matching(&path);
            assert!(!files.is_empty(), "{step}");
            for file in files {
                fs::remove_file(file).unwrap();
            }
        }
        "copy" => {
            fs::copy(&path, env.path().join(what)).unwrap();
        }
        "cut" => {
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_len(what.parse().unwrap()).unwrap();
        }
        _ => panic!("no step: {step}"),
    }
}

/// The files of a name that may end in `*`.
fn matching(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let Some(prefix) = name.strip_suffix('*') else { return vec![path.to_path_buf()] };
    let entries = fs::read_dir(path.parent().unwrap()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with(prefix)).collect()
}

/// Runs a command as the doctor writes it.
pub fn obey(env: &Env, command: &str) -> Run {
    let words = shlex::split(command).unwrap();
    assert_eq!(words[0], "cdx", "{command}");
    Run::of(program(env.path()).args(&words[1..]).output().unwrap())
}
