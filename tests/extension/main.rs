//! The reader of repositories.

mod fuzz;
mod scripts;
mod spelling;
