//! The documentation says what the program does.

use std::path::Path;

use super::harness::{Env, Run, program, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn generated_pages_are_current() {
    let output = program(root()).args(["docs", "--check"]).arg(root()).output().unwrap();
    Run::of(output).expect(0);
}

/// What the README shows of the demo is what the demo tells.
#[test]
fn the_readmes_screen_is_the_demos() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap().replace("\r\n", "\n");
    let shown = readme.split("```text\n").nth(1).expect("a screen");
    let shown = shown.split("```").next().unwrap();
    assert!(shown.lines().count() > 20);
    let dir = tempfile::TempDir::new().unwrap();
    let run = Run::of(program(dir.path()).args(["demo", "--chapter", "2"]).output().unwrap());
    let told = run.expect(0).out;
    assert!(told.contains(shown.trim_end()), "README.md shows\n{shown}and the demo tells\n{told}");
}

/// Every `$ cdx` line of the first look's console block runs, in order, and prints what is shown.
#[test]
fn the_first_look_is_what_happens() {
    let page = std::fs::read_to_string(root().join("docs/first-look.md")).unwrap();
    let page = page.replace("\r\n", "\n");
    let block = page.split("```console\n").nth(1).expect("a console block");
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

/// The examples of docs/jobs.md are taken from the page as they stand, and run.
#[test]
fn the_examples_of_own_jobs_run_in_both_directions() {
    let page = std::fs::read_to_string(root().join("docs/jobs.md")).unwrap().replace("\r\n", "\n");
    let env = Env::new();
    let mut files = 0;
    for (before, after) in page.match_indices("```").step_by(2).map(|(at, _)| page.split_at(at)) {
        let name = before.trim_end().lines().next_back().unwrap_or_default();
        let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix("`:")) else {
            continue;
        };
        let body = after.split_once('\n').unwrap().1.split("```").next().unwrap();
        env.write(name, body);
        files += 1;
    }
    assert_eq!(files, 6);
    env.ok("scheduler init");
    let commands = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let added = commands.lines().find(|line| line.starts_with("cdx schedules set")).unwrap();
    let jobs = |env: &Env| {
        let listed = env.json("schedules list");
        let all = listed["schedules"].as_array().unwrap();
        let downloads = all.iter().find(|one| one["name"] == "Downloads").unwrap();
        downloads["jobs"].as_array().unwrap().clone()
    };
    let before = jobs(&env);
    env.ok(added.trim_start_matches("cdx "));
    assert_eq!(jobs(&env), [&before[..], &["7000".into()]].concat(), "none is lost");
    env.hq().execute_batch("INSERT INTO SEATING (NAME) VALUES ('Terrace')").unwrap();
    env.ok("run 7000");
    assert_eq!(text(&env.channel("online"), "SELECT NAME FROM ext_SEATING"), "Terrace");
    env.channel("online")
        .execute_batch(
            "INSERT INTO ext_SUGGESTIONS (SUGGESTIONID, SUGGESTIONTEXT) VALUES ('1', 'Light')",
        )
        .unwrap();
    env.ok("run P");
    assert_eq!(text(&env.hq(), "SELECT SUGGESTION FROM SUGGESTIONS"), "Light");
}

/// Every line of docs/extensions.md is typed in a copy of the example, in order, and prints what is
/// shown.
#[test]
fn the_walk_through_an_extension_is_what_happens() {
    let page = std::fs::read_to_string(root().join("docs/extensions.md")).unwrap();
    let page = page.replace("\r\n", "\n");
    let dir = tempfile::TempDir::new().unwrap();
    copy(&root().join("examples/contoso-seating"), &dir.path().join("contoso-seating"));
    let mut place = dir.path().to_path_buf();
    let mut steps: Vec<(String, String)> = Vec::new();
    let blocks = page.split("```console\n").skip(1).map(|block| block.split("```").next().unwrap());
    for line in blocks.flat_map(str::lines) {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push((command.to_owned(), String::new())),
            (None, Some((_, shown))) => {
                shown.push_str(line);
                shown.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(steps.len() > 12);
    for (command, shown) in steps {
        if let Some(folder) = command.strip_prefix("cd ") {
            place.push(folder);
        } else if let Some(words) = command.strip_prefix("sed -i 's/") {
            let mut parts = words.splitn(3, '/');
            let (old, new) = (parts.next().unwrap(), parts.next().unwrap());
            let file = place.join(parts.next().unwrap().trim_start_matches("' "));
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains(old), "{command}");
            std::fs::write(&file, text.replace(old, new)).unwrap();
        } else {
            let words = command.strip_prefix("cdx ").expect("a command of cdx");
            let mut cdx = program(&place);
            let nuget = dir.path().join("none");
            let run = cdx.env("NUGET_PACKAGES", nuget).args(words.split_whitespace());
            let run = Run::of(run.output().unwrap());
            assert_eq!(run.out.trim_end(), shown.trim_end(), "{command}\n{}", run.err);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
