//! `--since REV`: the scripts of an earlier revision, asked of the program `git`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::check::facts::EarlierScript;
use crate::cli::{CommandError, Context};
use crate::extension::earlier::{EarlierFile, matters, scripts_among};
use crate::model::suggestion::{Prose, Suggestion};

/// The scripts that lay at these paths then, by the names that they would have now.
///
/// # Errors
/// No `git`, no repository of it, no such revision.
pub(super) fn scripts(
    context: &Context,
    paths: &[PathBuf],
    rev: &str,
) -> Result<Vec<EarlierScript>, CommandError> {
    let mut found: Vec<EarlierScript> = Vec::new();
    for path in paths {
        for (file, text) in of_path(&context.folder.place(path), rev)? {
            if !found.iter().any(|known| known.file == file) {
                found.push(EarlierScript { file, text });
            }
        }
    }
    Ok(found)
}

fn of_path(path: &Path, rev: &str) -> Result<Vec<(String, String)>, CommandError> {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let git = Git { folder };
    if !git.run(&["rev-parse", "--git-dir"], None)?.status.success() {
        let message = format!("{:?} is in no Git repository", path.display().to_string());
        return Err(CommandError::usage("since", message, without()));
    }
    // What looks like an option would be taken for one.
    let commit = format!("{rev}^{{commit}}");
    let known = !rev.starts_with('-') && !rev.is_empty();
    let output = git.run(&["rev-parse", "--quiet", "--verify", &commit], None)?;
    if !known || !output.status.success() {
        let message =
            format!("unknown revision {rev:?}; where the history is not all there, fetch it first");
        return Err(CommandError::usage("unknown-revision", message, without()));
    }
    let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let tree = git.ask(&["ls-tree", "-r", "-z", &commit, "."])?;
    let mut files = Vec::new();
    for entry in tree.split(|byte| *byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        let Some((about, name)) = entry.split_once('\t') else { continue };
        let Some(object) = about.split(' ').nth(2) else { continue };
        let file = folder.join(name);
        let asked = if path.is_dir() { matters(path, &file) } else { file == path };
        if asked {
            files.push((file, object.to_owned()));
        }
    }
    let contents = git.contents(&files)?;
    let files = files.into_iter().zip(contents);
    let files = files.map(|((path, _), bytes)| EarlierFile { path, bytes }).collect();
    Ok(scripts_among(path, files))
}

fn without() -> Prose {
    Prose::hint("see what it takes", Suggestion::Help(Some("check".to_owned())))
}

/// The program `git`, in a folder.
struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    fn run(&self, words: &[&str], input: Option<String>) -> Result<Output, CommandError> {
        let failed = |error: std::io::Error| {
            let message = format!("git cannot be run: {error}");
            CommandError::usage("git", message, without())
        };
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.spawn().map_err(failed)?;
        // Asked and answered at once: either pipe alone can fill up.
        let writer = child.stdin.take().zip(input).map(|(mut stdin, input)| {
            std::thread::spawn(move || stdin.write_all(input.as_bytes()))
        });
        let output = child.wait_with_output().map_err(failed)?;
        if let Some(writer) = writer {
            // Where it did not listen to the end its own answer says why.
            let _ = writer.join();
        }
        Ok(output)
    }

    /// What it answers.
    fn ask(&self, words: &[&str]) -> Result<Vec<u8>, CommandError> {
        let output = self.run(words, None)?;
        if output.status.success() { Ok(output.stdout) } else { Err(refused(&output)) }
    }

    /// The contents of objects, in order.
    fn contents(&self, files: &[(PathBuf, String)]) -> Result<Vec<Vec<u8>>, CommandError> {
        let asked = files.iter().map(|(_, object)| format!("{object}\n")).collect::<String>();
        let output = self.run(&["cat-file", "--batch"], Some(asked))?;
        let mut rest = output.stdout.as_slice();
        let mut contents = Vec::new();
        for _ in files {
            let one = content(&mut rest).ok_or_else(|| refused(&output))?;
            contents.push(one);
        }
        Ok(contents)
    }
}

/// The next object of an answer: a line with its size, the object, and a line end.
fn content(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..end]).ok()?;
    let size: usize = head.split(' ').nth(2)?.parse().ok()?;
    let one = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + 2 + size..)?;
    Some(one)
}

fn refused(output: &Output) -> CommandError {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    CommandError::usage("git", format!("git does not answer: {said}"), without())
}
