//! What a terminal shows: nothing that is copied is broken over two lines, at 60 columns and at 80;
//! what goes into a pipe is not wrapped at all. The terminal is that of `script` (util-linux).

use std::collections::BTreeSet;
use std::process::Command;

use super::harness::{Env, program};

/// Commands with long lines, tables, identities and advice.
const COMMANDS: &[&str] = &[
    "doctor",
    "features list",
    "features show async-customer-editing",
    "features plan emailed-receipts-of-any-type",
    "features enable channel-side-inventory --dry-run",
    "features graph async-customer-editing",
    "jobs list",
    "jobs show 1010",
    "sessions list",
    "sessions list --upload",
    "customers list",
    "customers status",
    "rts list",
    "channels list",
    "schedules list",
    "params list",
    "profiles list",
    "csu status",
    "explain CDX210",
    "explain CDX704",
    "check repository",
    "explain async-customer-editing",
    "which-job async-customer-editing",
    "run 1010 --channel huston",
    "run 1010 --fault nonsense",
    "pos balance --channel houston --account 99",
    "channels rebuild houston",
    "params set receipt-template-maped yes",
];

/// The program in a terminal of so many columns; none where there is no `script`.
fn shown(env: &Env, words: &str, columns: u16) -> Option<String> {
    let cdx = env!("CARGO_BIN_EXE_cdx");
    let typed = format!("stty cols {columns} rows 50; '{cdx}' {words} --color never");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &typed, "/dev/null"]);
    command.current_dir(env.path()).env("HOME", env.path()).env("TERM", "xterm");
    command.env_remove("CDX_ENV").env_remove("NO_COLOR").env_remove("COLUMNS");
    let output = command.stdin(std::process::Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
}

/// Standard output and standard error, in a pipe.
fn piped(env: &Env, words: &str) -> String {
    let output = program(env.path()).args(words.split_whitespace()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).unwrap()
}

fn troubled() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.create_async("seattle", "Lovelace");
    env.ok("run P");
    env.create_async("houston", "Hopper");
    for name in ["houston", "seattle"] {
        env.channel(name).execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
    }
    env.ok("params set try-count 9");
    env.write("repository/ChannelDatabase/a.sql", super::check::BROKEN);
    let _refused = env.run("pos create-customer --channel online --first-name A --last-name B");
    env
}

/// What people copy: commands to the end of their line, slugs, accounts and identities.
fn copied(text: &str, slugs: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if let Some(at) = line.find(": cdx ") {
            found.insert(line[at + 2..].trim().to_owned());
        }
        let words = line.split(|c: char| c.is_whitespace() || "\"(),;:".contains(c));
        let is_id = |word: &&str| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            digits > 3 && word.len() >= 8 || slugs.iter().any(|slug| slug == word)
        };
        found.extend(words.filter(is_id).map(str::to_owned));
    }
    found
}

#[test]
fn nothing_that_is_copied_is_broken_over_two_lines() {
    let env = troubled();
    let listed = env.json("features list")["features"].as_array().unwrap().clone();
    let slug = |one: &serde_json::Value| one["slug"].as_str().unwrap().to_owned();
    let slugs: Vec<String> = listed.iter().map(slug).collect();
    let (mut seen, mut wrapped) = (0, 0);
    for columns in [60_u16, 80] {
        for words in COMMANDS {
            let whole = piped(&env, words);
            let Some(text) = shown(&env, words, columns) else {
                eprintln!("skipped: there is no `script` to make a terminal with");
                return;
            };
            for one in copied(&whole, &slugs) {
                let kept = text.lines().any(|line| line.contains(&one));
                assert!(kept, "{words} at {columns} breaks {one:?}\n{text}\n--- piped\n{whole}");
                seen += 1;
            }
            wrapped += usize::from(text.lines().count() > whole.lines().count());
        }
    }
    assert!(seen > 150, "{seen} things that are copied");
    assert!(wrapped > 20, "{wrapped} outputs are wrapped: it is a terminal");
}

/// Each sentence that a terminal wraps is one line in a pipe.
#[test]
fn nothing_is_wrapped_in_a_pipe() {
    let env = troubled();
    for words in ["explain CDX210", "run 1010 --fault nonsense"] {
        let whole = piped(&env, words);
        assert!(whole.lines().any(|line| line.chars().count() > 120), "{words}\n{whole}");
    }
}
