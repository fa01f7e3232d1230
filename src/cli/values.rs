//! Values of arguments and options that several commands take.

use clap::ValueEnum;

use crate::model::interval::Interval;
use crate::model::safe;
use crate::report::Format;
use crate::report::palette::ColorChoice;

/// A name somebody typed, which is not blank.
pub(super) fn filled(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("it is empty, expected a name") } else { Ok(text.to_owned()) }
}

/// A name that is given here, and stands in commands later.
pub(super) fn new_name(text: &str) -> Result<String, &'static str> {
    // A command that names it is printed with what a terminal obeys or hides escaped.
    if !safe::is_plain(text) {
        return Err("it has a character in it that is not seen, expected a plain name");
    }
    filled(text)
}

/// How often something recurs.
pub(super) fn interval(text: &str) -> Result<Interval, &'static str> {
    Interval::parse(text).ok_or("expected whole minutes up to a year, for example 10m, 2h or 1d")
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum YesNo {
    Yes,
    No,
}

impl From<YesNo> for bool {
    fn from(answer: YesNo) -> Self {
        answer == YesNo::Yes
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    Text,
    Json,
    /// Of lists for spreadsheets alone.
    #[value(hide = true)]
    Csv,
    /// Of drawings alone.
    #[value(hide = true)]
    Svg,
    /// Of drawings alone.
    #[value(hide = true)]
    Mermaid,
    /// Of the doctor and `check` alone.
    #[value(hide = true)]
    Junit,
    /// Of the doctor and `check` alone.
    #[value(hide = true)]
    Sarif,
    /// Of the doctor and `check` alone.
    #[value(hide = true)]
    Github,
    /// Of the doctor and `check` alone.
    #[value(hide = true)]
    Markdown,
}

impl FormatArg {
    /// The word, where only the doctor and `check` write in this format.
    pub(super) fn diagnoses_own(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Json | Self::Csv | Self::Svg | Self::Mermaid => None,
            Self::Junit => Some("junit"),
            Self::Sarif => Some("sarif"),
            Self::Github => Some("github"),
            Self::Markdown => Some("markdown"),
        }
    }

    /// The word, where only drawings are written in this format.
    pub(super) fn draws(self) -> Option<&'static str> {
        match self {
            Self::Svg => Some("svg"),
            Self::Mermaid => Some("mermaid"),
            Self::Text
            | Self::Json
            | Self::Csv
            | Self::Junit
            | Self::Sarif
            | Self::Github
            | Self::Markdown => None,
        }
    }
}

impl From<FormatArg> for Format {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Json => Self::Json,
            // Formats of their own have errors and hints as text, beside them.
            FormatArg::Text
            | FormatArg::Csv
            | FormatArg::Svg
            | FormatArg::Mermaid
            | FormatArg::Junit
            | FormatArg::Sarif
            | FormatArg::Github
            | FormatArg::Markdown => Self::Text,
        }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for ColorChoice {
    fn from(arg: ColorArg) -> Self {
        match arg {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}
