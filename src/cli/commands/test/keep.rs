//! Where environments stay that are kept.

use std::path::{Path, PathBuf};

use crate::cli::{CommandError, Context};
use crate::model::suggestion::{Prose, TestRun};
use crate::scenario::Stage;
use crate::scenario::rehearsal::Rehearsal;
use crate::store::StoreError;

/// What the folder of a kept environment is called where nobody says.
const USUAL: &str = "kept";

/// The folders of environments that are kept.
#[derive(Debug)]
pub(super) struct Keep {
    /// Each run's: where it is, and how it is named.
    folders: Vec<(PathBuf, String)>,
}

impl Keep {
    /// The folder itself for a single run, else one in it for each.
    ///
    /// # Errors
    /// There is something in the folder already.
    pub(super) fn new(
        context: &Context,
        folder: PathBuf,
        runs: &[Rehearsal<'_>],
    ) -> Result<Self, CommandError> {
        let place = context.folder.place(&folder);
        let empty = std::fs::read_dir(&place).is_ok_and(|mut entries| entries.next().is_none());
        if place.exists() && !empty {
            let shown = folder.display().to_string();
            let first = runs.first();
            let only = first.filter(|_| runs.len() == 1).map(Rehearsal::label);
            let file = first.map(|run| run.of.file.clone()).unwrap_or_default();
            let other = TestRun { file, only, keep: Some(free(context)), list: false };
            let hint = Prose::hint("name another folder", other);
            let found = if place.is_dir() { "has something in it" } else { "is no folder" };
            let message = format!("{shown:?} {found}, expected a new or an empty folder");
            return Err(CommandError::usage("exists", message, hint));
        }
        let shown = |path: &Path| path.display().to_string();
        if runs.len() == 1 {
            return Ok(Self { folders: vec![(place, shown(&folder))] });
        }
        let digits = runs.len().to_string().len();
        let own = |(at, run): (usize, &Rehearsal<'_>)| {
            let stem = Path::new(&run.of.file).file_stem().unwrap_or_default();
            let name = format!("{:0digits$}-{}", at + 1, stem.to_string_lossy());
            (place.join(&name), shown(&folder.join(&name)))
        };
        Ok(Self { folders: runs.iter().enumerate().map(own).collect() })
    }
}

/// The stage of the run at this place in the order.
///
/// # Errors
/// Its folder cannot be made.
pub(super) fn stage(keep: Option<&Keep>, at: usize) -> Result<Stage, StoreError> {
    match keep.and_then(|keep| keep.folders.get(at)) {
        None => Stage::passing(),
        Some((folder, named)) => Stage::kept(folder.clone(), named.clone()),
    }
}

/// A name for a folder that is not there yet.
pub(super) fn free(context: &Context) -> String {
    let numbered = (2..1_000).map(|number: usize| format!("{USUAL}-{number}"));
    let mut names = std::iter::once(USUAL.to_owned()).chain(numbered);
    let is_free = |name: &String| !context.folder.place(Path::new(name)).exists();
    names.find(is_free).unwrap_or_else(|| USUAL.to_owned())
}
