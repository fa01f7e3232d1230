//! One command in this process: what it came to, how long it took and how much memory.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use cdx::cli::run_in;
use cdx::report::Streams;

use super::program::Kept;

/// What a command came to; no code where it panicked.
#[derive(Debug, Clone)]
pub struct Done {
    pub code: Option<u8>,
    pub out: String,
    pub err: String,
    pub took: Duration,
    /// The most memory beyond what there was before, in MiB.
    pub peak: u64,
}

/// How much memory this process has, or has had at most since it was asked to forget, in KiB.
fn memory(key: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Runs a command in a folder. One that does not end within three minutes ends all of this, since
/// nobody can end it: a minute is what it may take where it has a machine to itself.
pub fn run(folder: &Path, args: &[String], seed: u64) -> Done {
    let (folder, args) = (folder.to_path_buf(), args.to_vec());
    let (told, ended) = channel();
    let (out, err) = (Kept::default(), Kept::default());
    let streams = Streams::to(out.clone(), err.clone());
    // Where this cannot be asked for, the peak is that of all runs so far.
    let _forgotten = fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let begun = Instant::now();
    let words = args.join(" ");
    let thread = std::thread::spawn(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let code = panic::catch_unwind(AssertUnwindSafe(|| run_in(&folder, streams, &args).code()));
        let _gone = told.send(code.ok());
    });
    let code = match ended.recv_timeout(Duration::from_mins(3)) {
        Ok(code) => code,
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            eprintln!("seed {seed}: cdx {words:?} does not end");
            std::process::abort();
        }
    };
    let _ended = thread.join();
    let peak = memory("VmHWM:").saturating_sub(before) / 1024;
    Done { code, out: out.text(), err: err.text(), took: begun.elapsed(), peak }
}
