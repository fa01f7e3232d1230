//! Names in the text of what was not read.

/// Whether a text has a name as a whole, `ext.t`, or in front of a column, `ext.t.a`; both in lower
/// case.
pub(super) fn names(text: &str, name: &str) -> bool {
    let part = |ch: Option<char>| ch.is_some_and(|ch| ch.is_alphanumeric() || "_#$@".contains(ch));
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + name.len()..]);
            !part(before.chars().next_back()) && !part(after.chars().next())
        })
}

/// A text in lower case, without the brackets and quotes around names.
pub(super) fn bare(text: &str) -> String {
    text.to_lowercase().replace(['[', ']', '"'], "")
}

#[cfg(test)]
mod tests {
    use super::{bare, names};

    #[test]
    fn a_name_is_found_as_a_whole() {
        for (text, found) in [
            ("SELECT A FROM [ext].[T]", true),
            ("SELECT ext.T.A FROM x", true),
            ("EXEC('ALTER TABLE ext.T ADD A int')", true),
            ("FROM \"ext\".\"T\"", true),
            ("FROM ext.TT", false),
            ("FROM next.T", false),
            ("FROM ext.T_1", false),
        ] {
            assert_eq!(names(&bare(text), "ext.t"), found, "{text}");
        }
    }
}
