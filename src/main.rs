//! The `cdx` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    cdx::cli::main_with(std::env::args_os()).into()
}
