//! What a terminal shows: nothing that is copied is broken over two lines, at 60 columns and at 80;
//! what goes into a pipe is not wrapped at all. The terminal is that of `script` (util-linux).

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let words = format!("{words} --color never --no-pager");
    let output = terminal(env, &words, (columns, 50)).stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
}

/// The program in a terminal of so many columns and rows; the terminal ends as the program does.
fn terminal(env: &Env, words: &str, (columns, rows): (u16, u16)) -> Command {
    let cdx = env!("CARGO_BIN_EXE_cdx");
    // The shell outlives what interrupts the program, and tells how that ended.
    let typed = format!("trap : INT; stty cols {columns} rows {rows}; '{cdx}' {words}");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--flush", "--command", &typed, "/dev/null"]);
    command.current_dir(env.path()).env("HOME", env.path()).env("TERM", "xterm");
    for variable in ["CDX_ENV", "NO_COLOR", "COLUMNS", "PAGER", "CDX_PAGER", "LESS", "CDX_FORMAT"] {
        command.env_remove(variable);
    }
    command
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

/// A text that is taller than the screen goes through the pager, whole and in colour, and the exit
/// code stays the command's; everything else is printed as it is.
#[test]
fn a_long_text_goes_through_the_pager() {
    let env = Env::troubled();
    let kept = env.path().join("paged.txt");
    let paged = |words: &str, rows: u16, variables: &[(&str, &str)]| {
        let _before = std::fs::remove_file(&kept);
        let mut command = terminal(&env, words, (100, rows));
        let output = command.envs(variables.iter().copied()).stdin(Stdio::null()).output().ok()?;
        let printed = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        Some((std::fs::read_to_string(&kept).ok(), printed, output.status.code()))
    };
    let tee = [("CDX_PAGER", "tee paged.txt")];
    let Some((text, printed, code)) = paged("doctor --only CDX211", 8, &tee) else {
        eprintln!("skipped: there is no `script` to make a terminal with");
        return;
    };
    let text = text.unwrap_or_else(|| panic!("no pager was run: {printed}"));
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.ends_with(&text), "{printed}");
    assert!(text.contains("\u{1b}[31merror\u{1b}[0m CDX211"), "{text:?}");
    let other = [("PAGER", "tee paged.txt")];
    assert!(paged("doctor --only CDX211", 8, &other).unwrap().0.is_some(), "PAGER counts too");
    let missing = [("CDX_PAGER", "cdx-no-such-pager -x")];
    let cat = [("CDX_PAGER", "cat"), ("PAGER", "tee paged.txt")];
    let none = [("CDX_PAGER", ""), ("PAGER", "tee paged.txt")];
    for (words, rows, variables) in [
        ("doctor --only CDX211", 200, &tee[..]),
        ("doctor --only CDX211 --no-pager", 8, &tee),
        ("doctor --only CDX211 --format json", 8, &tee),
        ("doctor --only CDX211 --format json", 8, &other),
        ("doctor --only CDX211 | cat", 8, &tee),
        ("doctor --only CDX211 < /dev/null", 8, &tee),
        ("doctor --only CDX211", 8, &missing),
        ("doctor --only CDX211", 8, &cat),
        ("doctor --only CDX211", 8, &none),
    ] {
        let (text, printed, _) = paged(words, rows, variables).unwrap();
        assert_eq!(text, None, "{words} {variables:?}");
        assert!(printed.contains("CDX211"), "{words} {variables:?}\n{printed}");
    }
    // Whoever has seen enough goes, and that is no error.
    let (_, printed, code) = paged("explain rules", 8, &[("CDX_PAGER", "head -1")]).unwrap();
    assert_eq!((code, printed.lines().count()), (Some(0), 1), "{printed}");
}

/// Reads what a terminal shows until a text stands there.
fn wait_for(from: &mut impl std::io::Read, seen: &mut String, text: &str) {
    let begun = Instant::now();
    let mut buffer = [0; 4096];
    while !seen.contains(text) {
        assert!(begun.elapsed() < Duration::from_mins(2), "no {text:?} in\n{seen}");
        let read = from.read(&mut buffer).unwrap();
        assert!(read > 0, "it ended without {text:?}\n{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
}

/// Each look says what has changed since the one before; Ctrl-C ends it in 130.
#[test]
fn watching_says_what_has_changed_since_the_last_look() {
    let env = Env::new();
    let words = "doctor --watch --quick --only CDX207; echo ended $?";
    let mut command = terminal(&env, words, (100, 50));
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut watching) = started else {
        eprintln!("skipped: there is no `script` to make a terminal with");
        return;
    };
    let (mut shown, mut seen) = (watching.stdout.take().unwrap(), String::new());
    wait_for(&mut shown, &mut seen, "watching; Ctrl-C ends it");
    assert!(!seen.contains("since the last look"), "{seen}");
    env.ok("params set try-count 9");
    wait_for(&mut shown, &mut seen, "new: CDX207 try-count-high");
    env.ok("params set try-count 3");
    wait_for(&mut shown, &mut seen, "gone: CDX207 try-count-high");
    wait_for(&mut shown, &mut seen, "watching; Ctrl-C ends it");
    let mut keys = watching.stdin.take().unwrap();
    keys.write_all(b"\x03").unwrap();
    let mut rest = String::new();
    shown.read_to_string(&mut rest).unwrap();
    watching.wait().unwrap();
    assert!(rest.contains("ended 130"), "{rest}");
    assert!(!rest.contains("error"), "{rest}");
}
