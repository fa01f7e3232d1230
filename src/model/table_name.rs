//! Names of tables as people write them: in any case, with or without a schema, `ax.CUSTTABLE`,
//! `ax_CUSTTABLE`, `[ext].[X]`.

use std::sync::Arc;

use super::schema::{Table, Tables};

/// The schemas of a channel, in the order in which a name without one is looked for.
const SCHEMAS: &[&str] = &["AX", "EXT", "CRT"];

/// A name in capitals, its parts joined as a channel's file joins them.
pub(crate) fn plain(word: &str) -> String {
    let bare: String = word.trim().chars().filter(|c| !"[]\"`".contains(*c)).collect();
    let upper = bare.replace('.', "_").to_ascii_uppercase();
    upper.strip_prefix("DBO_").map_or(upper.clone(), str::to_owned)
}

/// A headquarters table by any of its names.
pub(crate) fn of_headquarters<'t>(tables: &'t Tables, word: &str) -> Option<&'t Table> {
    tables.get(&plain(word)).map(Arc::as_ref)
}

/// A channel table by any of its names; without a schema that of `ax` comes before that of `ext`.
pub(crate) fn of_channel<'t>(tables: &'t Tables, word: &str) -> Option<&'t Table> {
    let wanted = plain(word);
    let within = SCHEMAS.iter().map(|schema| format!("{schema}_{wanted}"));
    std::iter::once(wanted.clone())
        .chain(within)
        .find_map(|name| tables.get(&name))
        .map(Arc::as_ref)
}

/// A channel's table as people write it, `ax.CUSTTABLE`; one of the tool's own as it is.
pub(crate) fn dotted(file_name: &str) -> String {
    let own = file_name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cdx_"));
    if own { file_name.to_owned() } else { file_name.replacen('_', ".", 1) }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn every_spelling_is_one_name() {
        for (word, name) in [
            ("custtable", "CUSTTABLE"),
            ("dbo.CustTable", "CUSTTABLE"),
            ("ax.CustTable", "AX_CUSTTABLE"),
            ("ax_custtable", "AX_CUSTTABLE"),
            (" [ext].[Contoso_Seat] ", "EXT_CONTOSO_SEAT"),
            ("\"ext\".\"X\"", "EXT_X"),
        ] {
            assert_eq!(plain(word), name);
        }
    }
}
