//! Finds the files of a repository: in folders and in packages, by what they hold.

use std::fs;
use std::io::Read;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};
use zip::ZipArchive;

use super::repository::Unread;

/// A file that may hold something of an extension.
#[derive(Debug)]
pub(super) struct Found {
    /// Its name to people, with forward slashes.
    pub(super) name: String,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
    /// Of a script the folder of its project, by which scripts are grouped; none of one that is in
    /// no project of channel scripts.
    pub(super) project: Option<String>,
}

/// The largest file that is read, and the most that is read of one package, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;
const MOST_OF_PACKAGE: u64 = 512 * 1024 * 1024;

/// Folders in which tools keep what they make.
pub(super) const LEFT_OUT: &[&str] = &["bin", "obj", ".git", "node_modules"];
/// The package that a project of channel scripts refers to.
pub(super) const SDK: &str = "Microsoft.Dynamics.Commerce.Sdk.ChannelDatabase";
/// What the folder of such a project is called.
const FOLDER: &str = "ChannelDatabase";
/// What a script is called that older samples have alone.
const OLDER: &str = "ChannelDBUpgrade.sql";

/// Every file of a path that may matter, in the order of their names.
pub(super) fn find(path: &Path, unread: &mut Vec<Unread>) -> Vec<Found> {
    let mut found = Vec::new();
    if path.is_dir() {
        folder(path, &mut found, unread);
    } else {
        let name = shown(path);
        let project = path.parent().map(shown).unwrap_or_default();
        file(path, &name, Some(project), &mut found, unread);
    }
    found
}

pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

fn folder(root: &Path, found: &mut Vec<Found>, unread: &mut Vec<Unread>) {
    let kept = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0
            || !entry.file_type().is_dir()
            || !LEFT_OUT.iter().any(|left| name.eq_ignore_ascii_case(left))
    };
    let mut paths = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(kept) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => paths.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => {
                let file = error.path().map_or_else(|| shown(root), shown);
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                unread.push(Unread { file, span: None, why });
            }
        }
    }
    let projects: Vec<String> = paths
        .iter()
        .filter(|path| has_ending(path, "csproj") && refers_to_sdk(path))
        .filter_map(|path| path.parent().map(shown))
        .collect();
    for path in &paths {
        let name = shown(path);
        let project = project(root, path, &name, &projects);
        file(path, &name, project, found, unread);
    }
}

/// The project of channel scripts that a file is in: the folder of an SDK project, a folder of that
/// name, or the folder that was given.
pub(super) fn project(root: &Path, path: &Path, name: &str, projects: &[String]) -> Option<String> {
    let of_sdk = projects.iter().filter(|folder| {
        name.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    });
    if let Some(folder) = of_sdk.max_by_key(|folder| folder.len()) {
        return Some(folder.clone());
    }
    let folders: Vec<&str> = name.split('/').collect();
    let named = folders.iter().rposition(|folder| folder.eq_ignore_ascii_case(FOLDER));
    if let Some(at) = named.filter(|at| at + 1 < folders.len()) {
        return Some(folders[..=at].join("/"));
    }
    let own = path.parent() == Some(root);
    let older = folders.last().is_some_and(|name| name.eq_ignore_ascii_case(OLDER));
    (own || older).then(|| path.parent().map(shown).unwrap_or_default())
}

fn refers_to_sdk(path: &Path) -> bool {
    let small = path.metadata().is_ok_and(|about| about.len() < LARGEST);
    small && fs::read_to_string(path).is_ok_and(|text| text.contains(SDK))
}

pub(super) fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// Whether a file's name says that it may matter.
fn matters(name: &str) -> bool {
    is_script(name) || has_ending(Path::new(name), "xml")
}

/// Whether a file's name is that of a script.
pub(super) fn is_script(name: &str) -> bool {
    let path = Path::new(name);
    let other = path.file_stem().is_some_and(|stem| has_ending(Path::new(stem), "sqlite"));
    has_ending(path, "sql") && !other
}

fn file(
    path: &Path,
    name: &str,
    project: Option<String>,
    found: &mut Vec<Found>,
    unread: &mut Vec<Unread>,
) {
    let packed = has_ending(path, "axpp") || has_ending(path, "zip");
    if !packed && !matters(name) {
        return;
    }
    let mut fail = |why: String| {
        unread.push(Unread { file: name.to_owned(), span: None, why });
    };
    match path.metadata() {
        Ok(about) if about.len() > LARGEST && !packed => fail("larger than 64 MiB".to_owned()),
        Ok(_) if packed => {
            if let Err(why) = package(path, name, found) {
                fail(why);
            }
        }
        Ok(_) => match fs::read(path) {
            Ok(bytes) => found.push(Found { name: name.to_owned(), bytes, project }),
            Err(error) => fail(error.to_string()),
        },
        Err(error) => fail(error.to_string()),
    }
}

/// The files in a package; its paths may have backslashes.
fn package(path: &Path, name: &str, found: &mut Vec<Found>) -> Result<(), String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| format!("not a zip: {error}"))?;
    let mut left = MOST_OF_PACKAGE;
    let mut inside = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| error.to_string())?;
        let inner = entry.name().map_err(|error| error.to_string())?.replace('\\', "/");
        if !entry.is_file() || !matters(&inner) {
            continue;
        }
        let mut bytes = Vec::new();
        let most = left.min(LARGEST);
        let read = entry.by_ref().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("{inner}: {error}"))?;
        if bytes.len() as u64 > most {
            return Err(format!("{inner}: more than is read of a package"));
        }
        left -= bytes.len() as u64;
        let name = format!("{name}/{inner}");
        let project = project(Path::new(""), Path::new(&name), &name, &[]);
        inside.push(Found { name, bytes, project });
    }
    inside.sort_by(|one, other| one.name.cmp(&other.name));
    found.extend(inside);
    Ok(())
}
