//! Searching as people do: any case, accents or not, and nothing is a wildcard.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use super::db::Db;
use super::error::StoreError;
use crate::model::folding::{folded, has};

impl Db {
    /// Lets statements of this connection ask `cdx_has(COLUMN, :word)`; the word as they are to be
    /// given it.
    pub(super) fn searching(&self, word: &str) -> Result<String, StoreError> {
        let name = "cdx_has";
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        let made = self.conn().create_scalar_function(name, 2, flags, |call| {
            // What is no text is nothing that people look for.
            let ValueRef::Text(text) = call.get_raw(0) else { return Ok(false) };
            let word = call.get_raw(1).as_str()?;
            Ok(has(&String::from_utf8_lossy(text), word))
        });
        made.map_err(|e| self.error(name, e))?;
        Ok(folded(word))
    }
}
