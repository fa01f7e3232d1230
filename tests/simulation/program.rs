//! The program as a function: a command line in, an exit code and two texts out.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use cdx::cli::run_in;
use cdx::report::Streams;
use cdx::world::Machine;

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub code: u8,
    pub out: String,
    pub err: String,
}

/// A writer whose text somebody else reads.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Runs a command in a folder; a crash that it asks for ends it as it would end a process.
pub fn run(folder: &Path, args: &[&str]) -> Done {
    Machine::simulate();
    let (out, err) = (Kept::default(), Kept::default());
    let ending = run_in(folder, Streams::to(out.clone(), err.clone()), args);
    Done { code: ending.code(), out: out.text(), err: err.text() }
}

/// Copies a folder and what is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
