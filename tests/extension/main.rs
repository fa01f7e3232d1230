//! The reader of repositories.

mod scripts;
