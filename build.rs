//! Lists the definitions that come with the tool, so that a new one is its file alone.

#![allow(clippy::print_stdout, reason = "this is how a build script tells cargo something")]
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for folder in ["jobs", "gates"] {
        println!("cargo::rerun-if-changed={folder}");
        fs::write(out.join(format!("{folder}.rs")), table(&root, folder)?)?;
    }
    Ok(())
}

/// An array of the name and text of each file in a folder of the crate's, sorted by name.
fn table(root: &Path, folder: &str) -> io::Result<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut text = String::from("&[\n");
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = format!("/{folder}/{name}.toml");
        // The folder is put in when the crate is compiled: what is written here may be read by
        // another checkout that shares the target folder.
        let root = "env!(\"CARGO_MANIFEST_DIR\")";
        let _ = writeln!(text, "({name:?}, include_str!(concat!({root}, {file:?}))),");
    }
    text.push(']');
    Ok(text)
}
