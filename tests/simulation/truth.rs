//! What a register would be told and what the doctor says, held against each other: the same test
//! that drawn states go through, at the end of a history.

use std::path::Path;

use super::program as function;

#[path = "../truth/agree.rs"]
mod agree;
#[path = "../truth/ask.rs"]
mod ask;
#[path = "../truth/program.rs"]
mod program;

/// Everything on which they disagree.
pub fn disagreements(folder: &Path) -> Vec<String> {
    agree::disagreements(&program::Env::at(folder), &mut agree::Met::new())
}
