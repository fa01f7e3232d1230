//! No room, no permission, another program and damage are four things, and end differently. No
//! room is tried at each operation by `tests/sweep`.

use std::fs;

use super::harness::{Env, Run};

/// Whatever is wrong with a file that is whole, nobody is told to make another.
fn throws_nothing_away(run: &Run) {
    for said in ["damaged", "not a database", "channels rebuild", "new environment"] {
        assert!(!run.err.contains(said), "{said}\n{}", run.text());
    }
}

#[test]
fn another_program_that_writes_is_waited_for_and_told() {
    let env = Env::new();
    let hq = env.hq();
    hq.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = env.run("customers create --first-name A --last-name B").expect(3);
    assert!(run.err.contains("hq.db is locked by another program"), "{}", run.err);
    throws_nothing_away(&run);
    env.ok("customers list");
    hq.execute_batch("ROLLBACK").unwrap();
    let channel = env.channel("houston");
    channel.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = env.run("run 1010 --full").expect(1);
    assert!(run.out.contains("locked by another program"), "{}", run.text());
    throws_nothing_away(&run);
    channel.execute_batch("ROLLBACK").unwrap();
    env.ok("run 1010");
}

/// What could not be removed after the clock has moved makes no failure of it: who does it again
/// would move the clock twice.
#[test]
fn a_package_that_cannot_be_removed_does_not_stop_the_clock() {
    let env = Env::new();
    let name = env.packages().remove(0);
    let path = env.path().join("packages").join(&name);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let run = env.ok("clock advance 400d");
    assert!(run.err.contains("everything is done, but a package that has expired"), "{}", run.err);
    assert!(run.err.contains(&name), "{}", run.err);
    assert!(!run.out.contains(&name) && run.out.contains("has expired"), "{}", run.out);
    fs::remove_dir(&path).unwrap();
    fs::write(&path, "again").unwrap();
    assert!(env.ok("clock advance 1h").out.contains(&name));
}

/// Who is told to run it again makes a second customer.
#[cfg(target_os = "linux")]
#[test]
fn what_is_done_and_cannot_be_shown_is_told_as_done() {
    use super::harness::program;
    let env = Env::new();
    let full = |words: &str| {
        let mut command = program(env.path());
        command.args(words.split(' ')).stdout(fs::File::create("/dev/full").unwrap());
        let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        Run::of(output.wait_with_output().unwrap()).expect(3)
    };
    for format in ["text", "json"] {
        let make = "customers create --first-name Ada --last-name Byron --format";
        let run = full(&format!("{make} {format}"));
        assert!(run.err.contains("everything is done, but it could not be shown"), "{}", run.err);
        assert!(run.err.contains("hint: see what is done: cdx customers list"), "{}", run.err);
    }
    assert_eq!(env.json("customers list Byron")["total"], 2);
    let run = full("customers list");
    assert!(!run.err.contains("everything is done"), "{}", run.err);
    assert!(run.err.contains("run the same again"), "{}", run.err);
}

#[test]
fn an_edit_of_several_values_is_made_whole_or_not_at_all() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("run P");
    let words = "customers status edit customer-1 --set FIRSTNAME=Grace --set NONSENSE=1";
    let run = env.run(words).expect(2);
    assert!(run.err.contains("has no value \"NONSENSE\""), "{}", run.err);
    let shown = env.ok("customers status show customer-1").out;
    assert!(shown.contains("Ada") && !shown.contains("Grace"), "{shown}");
}

/// As somebody who may read the environment and write nothing; root may do everything.
#[cfg(unix)]
mod permission {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;

    use super::super::harness::program;
    use super::*;

    const NOBODY: u32 = 65534;

    fn mode(path: &Path, bits: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
    }

    fn as_nobody(env: &Env, words: &str) -> Run {
        let mut command = program(env.path());
        command.args(words.split_whitespace());
        if fs::metadata(env.path()).unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        Run::of(command.output().unwrap())
    }

    /// Root's own files are nobody's to write; another user takes the permission from itself.
    fn read_only(env: &Env) {
        let root = fs::metadata(env.path()).unwrap().uid() == 0;
        let channels = env.path().join("channels");
        for folder in [env.path(), &channels, &env.path().join("packages")] {
            mode(folder, if root { 0o755 } else { 0o555 });
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    mode(&path, if root { 0o644 } else { 0o444 });
                }
            }
        }
    }

    #[test]
    fn what_may_not_be_written_is_told_so() {
        let env = Env::new();
        read_only(&env);
        for words in ["run 1010", "customers create --first-name A --last-name B", "csu restart"] {
            let run = as_nobody(&env, words);
            assert_eq!(run.code, 3, "{}", run.text());
            assert!(run.err.contains("no permission to"), "{}", run.err);
            assert!(run.err.contains("hint: ") && run.err.contains(": ls -ld "), "{}", run.err);
            throws_nothing_away(&run);
        }
        // Reading needs no permission to write, whether or not there is a log.
        for words in ["customers list", "sessions list", "csu status", "doctor"] {
            let run = as_nobody(&env, words);
            assert_eq!(run.code, 0, "{words}\n{}", run.text());
        }
        mode(env.path(), 0o755);
    }

    #[test]
    fn what_may_not_be_read_is_told_so() {
        let env = Env::new();
        read_only(&env);
        mode(&env.channel_path("houston"), 0o000);
        let run = as_nobody(&env, "pos find-customer --channel houston Anna");
        assert_eq!(run.code, 3, "{}", run.text());
        assert!(run.err.contains("no permission to"), "{}", run.err);
        throws_nothing_away(&run);
        let report = as_nobody(&env, "doctor --format json");
        assert_eq!(report.code, 1, "{}", report.text());
        assert!(!report.out.contains("channels rebuild"), "{}", report.out);
        assert!(report.out.contains("cannot be read"), "{}", report.out);
        mode(&env.path().join("hq.db"), 0o000);
        for words in ["customers list", "doctor"] {
            let run = as_nobody(&env, words);
            assert_eq!(run.code, 3, "{}", run.text());
            assert!(run.err.contains("no permission to"), "{}", run.err);
            throws_nothing_away(&run);
        }
        mode(env.path(), 0o755);
    }
}
