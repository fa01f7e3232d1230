//! The job definitions inside the binary.

/// A definition file: its name and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The name problems are reported under.
    pub name: String,
    /// The text.
    pub text: String,
    /// Shipped files must give evidence for every line, and default to the `ax` schema.
    pub shipped: bool,
}

const SHIPPED: &[(&str, &str)] = &[
    ("jobs/1010.toml", include_str!("../../jobs/1010.toml")),
    ("jobs/1070.toml", include_str!("../../jobs/1070.toml")),
    ("jobs/1110.toml", include_str!("../../jobs/1110.toml")),
    ("jobs/1170.toml", include_str!("../../jobs/1170.toml")),
    ("jobs/1010_CustomerSearch.toml", include_str!("../../jobs/1010_CustomerSearch.toml")),
    ("jobs/P-0001.toml", include_str!("../../jobs/P-0001.toml")),
    ("jobs/sync-customers.toml", include_str!("../../jobs/sync-customers.toml")),
];

/// The files that come with the tool.
pub fn shipped() -> Vec<SourceFile> {
    SHIPPED
        .iter()
        .map(|(name, text)| SourceFile {
            name: format!("shipped {name}"),
            text: (*text).to_owned(),
            shipped: true,
        })
        .collect()
}
