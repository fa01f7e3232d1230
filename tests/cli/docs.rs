//! The documentation says what the program does.

use std::path::Path;

use super::harness::{Run, program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn generated_pages_are_current() {
    let output = program(root()).args(["docs", "--check"]).arg(root()).output().unwrap();
    Run::of(output).expect(0);
}

/// Every `$ cdx` line of the README's console block runs, in order, and prints what is shown.
#[test]
fn the_readmes_transcript_is_what_happens() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap().replace("\r\n", "\n");
    let block = readme.split("```console\n").nth(1).expect("a console block");
    let block = block.split("```").next().unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let mut place = dir.path().to_path_buf();
    let mut steps: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push((command.to_owned(), String::new()));
        } else if let Some((_, shown)) = steps.last_mut() {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    assert!(steps.len() > 5);
    for (command, shown) in steps {
        if let Some(folder) = command.strip_prefix("cd ") {
            place.push(folder);
            continue;
        }
        let words = command.strip_prefix("cdx ").expect("only cdx and cd are shown");
        let run = Run::of(program(&place).args(words.split_whitespace()).output().unwrap());
        assert_eq!(run.out.trim_end(), shown.trim_end(), "{command}\n{}", run.err);
    }
}
