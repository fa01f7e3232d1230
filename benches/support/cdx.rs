//! Runs the program as people do, and watches its time and memory.

use std::fs;
use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// What one command took.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Wall-clock milliseconds.
    pub ms: f64,
    /// The most memory it had, where the system tells.
    pub peak_mib: Option<f64>,
}

impl Measured {
    /// So many milliseconds, and nothing else known.
    pub fn of(ms: f64) -> Self {
        Self { ms, peak_mib: None }
    }
}

/// Makes a fresh copy of an environment.
pub fn copied(from: &Path, to: &Path) {
    let _gone = fs::remove_dir_all(to);
    let mut folders = vec![(from.to_path_buf(), to.to_path_buf())];
    while let Some((from, to)) = folders.pop() {
        fs::create_dir_all(&to).expect("a folder");
        for entry in fs::read_dir(&from).expect("a folder") {
            let entry = entry.expect("an entry");
            let (path, place) = (entry.path(), to.join(entry.file_name()));
            if path.is_dir() {
                folders.push((path, place));
            } else {
                fs::copy(&path, &place).expect("a copy");
                // Nobody measured waits for the disk to take the copy.
                fs::File::open(&place).and_then(|file| file.sync_all()).expect("a copy kept");
            }
        }
    }
}

/// Runs a command in an environment's folder, which is made first.
pub fn run_in(dir: &Path, args: &[&str]) -> Measured {
    fs::create_dir_all(dir).expect("a folder");
    run(dir, args)
}

/// Runs a command in a folder; a command that fails ends the benchmark.
pub fn run(dir: &Path, args: &[&str]) -> Measured {
    let mut said = tempfile::tempfile().expect("a file");
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cdx"))
        .args(args)
        .current_dir(dir)
        .stdout(said.try_clone().expect("the file again"))
        .spawn()
        .expect("the program");
    let mut peak: Option<f64> = None;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the program's end") {
            break status;
        }
        peak = memory(child.id()).or(peak);
        thread::sleep(Duration::from_micros(if begun.elapsed().as_millis() < 50 {
            100
        } else {
            2000
        }));
    };
    let ms = begun.elapsed().as_secs_f64() * 1000.0;
    let mut text = String::new();
    said.rewind().and_then(|()| said.read_to_string(&mut text)).expect("what was printed");
    assert!(status.success(), "cdx {args:?} failed in {}:\n{text}", dir.display());
    Measured { ms, peak_mib: peak }
}

fn memory(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
