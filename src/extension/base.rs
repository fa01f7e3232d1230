//! The base tables of the channel database that extensions often extend, and others of a dacpac.

use std::sync::OnceLock;

use super::script::Script;
use super::sql;
use crate::model::source::{Source, SourceId, Sources};

/// The shipped list as a script.
const LIST: &str = include_str!("../../fixtures/base-tables.sql");

/// What the list is called to people.
pub const LIST_NAME: &str = "the shipped list of base tables";

/// Reads the shipped list; its places are in a source of its own, of the name [`LIST_NAME`].
pub fn shipped(sources: &mut Sources) -> Script {
    static READ: OnceLock<Script> = OnceLock::new();
    let text = LIST.to_owned();
    let id = sources.add_list(Source { name: LIST_NAME.to_owned(), text, encoding: None });
    let read = READ.get_or_init(|| sql::read(id, LIST_NAME, LIST));
    if read.source == id { read.clone() } else { sql::read(id, LIST_NAME, LIST) }
}

/// Reads further tables, of a text that becomes a source of its own.
pub fn more(sources: &mut Sources, name: &str, text: &str) -> Script {
    let (name, text) = (name.to_owned(), text.to_owned());
    let id = sources.add_list(Source { name, text, encoding: None });
    let Source { name, text, .. } = sources.get(id);
    sql::read(id, name, text)
}

/// Whether a source is the shipped list.
pub(crate) fn is_list(sources: &Sources, source: SourceId) -> bool {
    sources.get(source).name == LIST_NAME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extension::schema::Schema;

    #[test]
    fn every_base_table_has_columns_and_a_key() {
        let mut sources = Sources::default();
        let script = shipped(&mut sources);
        assert_eq!(script.skipped, []);
        let mut schema = Schema::default();
        schema.run([&script], true);
        let tables: Vec<_> = schema.tables().collect();
        assert_eq!(tables.len(), 69);
        for table in &tables {
            assert!(!table.columns.is_empty() && table.primary_key().is_some(), "{}", table.name);
        }
        let customers = schema.table("AX", "custtable").unwrap();
        let key = customers.primary_key().unwrap().columns.iter().map(|c| &*c.value);
        assert_eq!(key.collect::<Vec<_>>(), ["ACCOUNTNUM", "DATAAREAID"]);
    }
}
