//! What makes a folder an environment, and marks one that is still being made.

use std::path::Path;

use super::error::StoreError;
use super::input::{self, DEFINITIONS};
use super::replace::{clear, replace, sync_folder};
use crate::definitions::settings::TEMPLATE;

/// The file that makes a folder an environment.
pub(crate) const SETTINGS_FILE: &str = "cdx.toml";

/// The mark of an environment that is still being made; it holds what its `cdx.toml` will say.
pub(super) const MARK: &str = "cdx.init";

/// What `cdx.toml` will say; the mark of an older version is empty.
pub(super) fn settings_text(mark: &Path) -> Result<String, StoreError> {
    let text = input::text(mark, DEFINITIONS)?;
    Ok(if text.is_empty() { TEMPLATE.to_owned() } else { text })
}

/// Writes `cdx.toml`, which makes the folder an environment; its next writer takes the mark away.
pub(crate) fn complete(root: &Path) -> Result<(), StoreError> {
    let text = settings_text(&root.join(MARK))?;
    replace(&root.join(SETTINGS_FILE), text.as_bytes())
}

/// Takes away the mark of an environment that has been made, if it is there still.
pub(super) fn unmark(root: &Path) -> Result<(), StoreError> {
    let mark = root.join(MARK);
    if !mark.exists() || !root.join(SETTINGS_FILE).exists() {
        return Ok(());
    }
    clear(&mark)?;
    sync_folder(root)
}
