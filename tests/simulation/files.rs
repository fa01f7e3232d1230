//! What happens to database files, and not by a command of ours.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::sight::beside;

/// Whether a file is there and begins as a database does.
pub fn is_whole(file: &Path) -> bool {
    let mut first = [0; 15];
    let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *b"SQLite format 3"
}

/// What is left of a file that was copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    Both,
    Target,
}

/// Copies or moves a database file with its log.
pub fn move_files(from: &Path, to: &Path, keep: Keep) {
    for ending in ["", "-wal"] {
        let (from, to) = (beside(from, ending), beside(to, ending));
        if from.exists() {
            fs::copy(&from, &to).unwrap();
            if keep == Keep::Target {
                fs::remove_file(&from).unwrap();
            }
        }
    }
    if keep == Keep::Target {
        remove(from);
    }
}

/// Overwrites a file's first bytes.
pub fn damage(file: &Path) {
    if let Ok(mut bytes) = fs::read(file) {
        bytes.iter_mut().take(16).for_each(|byte| *byte = b'x');
        fs::write(file, bytes).unwrap();
    }
}

/// Removes a database file with what lies beside it.
pub fn remove(file: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        // What is not there is gone already.
        let _gone = fs::remove_file(beside(file, ending));
    }
}
