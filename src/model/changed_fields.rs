//! Which fields an asynchronous edit changed, kept beside its row (R19).

/// What `cdx_CHANGED` of a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChangedFields {
    /// Nothing: the row is taken whole.
    Whole,
    /// The fields, by the names that people set them with.
    Fields(Vec<String>),
}

impl ChangedFields {
    /// Reads the column; none when it is no list.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Whole);
        }
        serde_json::from_str(text).ok().map(Self::Fields)
    }

    /// Whether the edit changed a field.
    pub(crate) fn includes(&self, field: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Fields(fields) => fields.iter().any(|known| known == field),
        }
    }

    /// The column's text for these fields.
    pub(crate) fn text<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
        let fields: Vec<&str> = fields.into_iter().collect();
        serde_json::to_string(&fields).unwrap_or_default()
    }

    /// The column's text with one more field; none where it stays as it is.
    pub(crate) fn text_with(&self, field: &str) -> Option<String> {
        match self {
            Self::Fields(fields) if !self.includes(field) => {
                Some(Self::text(fields.iter().map(String::as_str).chain([field])))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let text = ChangedFields::text(["email", "phone"]);
        let changed = ChangedFields::parse(&text).unwrap();
        assert!(changed.includes("email") && !changed.includes("title"));
        assert_eq!(changed.text_with("title").unwrap(), r#"["email","phone","title"]"#);
        assert_eq!(changed.text_with("phone"), None);
    }

    #[test]
    fn nothing_is_everything_and_anything_else_is_no_list() {
        assert_eq!(ChangedFields::parse(""), Some(ChangedFields::Whole));
        assert!(ChangedFields::Whole.includes("email"));
        assert_eq!(ChangedFields::parse("{"), None);
    }
}
