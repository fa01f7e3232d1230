//! How the doctor and `check` tell a diagnosis: in the format that was asked for, in files beside
//! it, in one line, and in the summary of a build.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::folder::Folder;
use super::outcome::Outcome;
use super::values::FormatArg;
use super::{CommandError, Context, Exit};
use crate::diagnosis::{Diagnosis, Severity};
use crate::model::event::{Event, Listener};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::Format;
use crate::report::diagnosis as formats;
use crate::report::output::as_printed;

use crate::store::input;
use crate::store::mark::SETTINGS_FILE;
use crate::store::replace::replace;

/// The formats that a diagnosis has, and their words.
const FORMATS: [FormatArg; 6] = [
    FormatArg::Text,
    FormatArg::Json,
    FormatArg::Junit,
    FormatArg::Sarif,
    FormatArg::Github,
    FormatArg::Markdown,
];

/// The file that a step of a GitHub Actions run adds to its summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Where a diagnosis goes beside standard output.
#[derive(Debug, clap::Args)]
pub(super) struct Outputs {
    /// Print one line: how much was found, and the first cause with its command.
    #[arg(long, conflicts_with = "write_baseline")]
    one_line: bool,
    /// Write it to a file in another format too; repeated for several.
    #[arg(
        long,
        value_name = "FORMAT=FILE",
        value_parser = wanted,
        conflicts_with = "write_baseline"
    )]
    output: Vec<WantedFile>,
}

/// A file, and what it is to hold.
#[derive(Debug, Clone)]
struct WantedFile {
    format: FormatArg,
    path: PathBuf,
}

/// What `--output` takes, as it was typed.
fn wanted(text: &str) -> Result<WantedFile, String> {
    let expected = || {
        let words: Vec<String> = FORMATS.iter().filter_map(|format| word(*format)).collect();
        format!("expected FORMAT=FILE, with FORMAT one of {}", words.join(", "))
    };
    let (named, path) = text.split_once('=').ok_or_else(expected)?;
    let named = named.trim();
    let format = FORMATS.into_iter().find(|known| word(*known).is_some_and(|word| word == named));
    let format = format.ok_or_else(|| format!("unknown format {named:?}, {}", expected()))?;
    match path {
        "" => Err(format!("the file is empty, {}", expected())),
        "-" => Err("- is no file; what goes to standard output is chosen by --format".to_owned()),
        path => Ok(WantedFile { format, path: PathBuf::from(path) }),
    }
}

/// The endings of files that people write for the tool, or that it keeps in an environment.
const READ: &[&str] = &["toml", "sql", "csv", "xlsx", "zip", "dacpac", "world", "lock", "holder"];

/// Whether a file is there that the tool reads, and that no output is: XML is both.
fn is_read(place: &Path) -> bool {
    let ending = place.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if ending == "xml" {
        let text = input::text(place, input::REPORT);
        let is_result = text.is_ok_and(|text| text.is_empty() || text.contains("<testsuites"));
        return place.exists() && !is_result;
    }
    // What SQLite keeps beside a database is named after it.
    let besides = ["-wal", "-shm", "-journal"];
    let is_kept =
        READ.contains(&ending.as_str()) || besides.iter().any(|own| ending.ends_with(own));
    is_kept && place.exists()
}

/// Whether two names, as typed, are of one file, which need not be there yet; on each system, since
/// a pipeline's line is typed on others too, where case makes no second file.
fn is_same(folder: &Folder, one: &Path, other: &Path) -> bool {
    let parent = |path: &Path| match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let beside = name(one) == name(other) && folder.is_same(&parent(one), &parent(other));
    beside || folder.is_same(one, other)
}

/// The word of a format.
fn word(format: FormatArg) -> Option<String> {
    format.to_possible_value().map(|value| value.get_name().to_owned())
}

/// A diagnosis, and all that its formats need.
pub(super) struct Told<'a, R> {
    /// The report for people and scripts.
    pub(super) report: &'a R,
    /// What was found, as build servers name its files.
    pub(super) diagnosis: &'a Diagnosis,
    /// The least severe finding that counts.
    pub(super) threshold: Option<Severity>,
    /// The path of an environment's `cdx.toml` in the repository that keeps it.
    pub(super) settings: Option<String>,
    /// How the command ends.
    pub(super) exit: Exit,
}

impl Outputs {
    /// Refuses files that cannot all be written, before anything is looked at.
    ///
    /// # Errors
    /// The same file twice, the file of `--baseline`, a file of an environment; `--one-line`
    /// together with a format.
    pub(super) fn check(
        &self,
        context: &Context,
        help: &Suggestion,
        baseline: Option<&Path>,
    ) -> Result<(), CommandError> {
        let refused = |message: String| {
            let hint = Prose::hint("name another file", help.clone());
            Err(CommandError::usage("usage", message, hint))
        };
        if self.one_line && context.format_typed && context.format != FormatArg::Text {
            let hint = Prose::hint("leave one of them out", help.clone());
            let message = "--one-line is text, and another --format was asked for";
            return Err(CommandError::usage("usage", message, hint));
        }
        for (at, WantedFile { path, .. }) in self.output.iter().enumerate() {
            let shown = path.display();
            let is_same = |other: &Path| is_same(&context.folder, path, other);
            if let Some(other) = self.output[..at].iter().find(|other| is_same(&other.path)) {
                let case = if other.path.file_name() == path.file_name() {
                    ""
                } else {
                    ": case makes no other file on Windows and macOS"
                };
                let first = other.path.display();
                return refused(format!(
                    "--output names one file as \"{first}\" and \"{shown}\"{case}"
                ));
            }
            if baseline.is_some_and(is_same) {
                return refused(format!("--output and --baseline both name \"{shown}\""));
            }
            let place = context.folder.place(path);
            if path.ends_with(SETTINGS_FILE) || input::is_database(&place) {
                return refused(format!("--output would replace \"{shown}\" of an environment"));
            }
            if is_read(&place) {
                return refused(format!("--output would replace \"{shown}\", which cdx reads"));
            }
        }
        Ok(())
    }

    /// Whether a format is written that names files from the root of their repository.
    pub(super) fn tell_servers(&self, context: &Context) -> bool {
        let own = |format: FormatArg| format.diagnoses_own().is_some();
        self.one_line || own(context.format) || self.output.iter().any(|file| own(file.format))
    }

    /// Whether standard output has the report itself.
    pub(super) fn tell_report(&self, context: &Context) -> bool {
        !self.one_line && context.format.diagnoses_own().is_none()
    }

    /// Tells a diagnosis: first in the files, then on standard output.
    ///
    /// # Errors
    /// A file that cannot be written, and standard output.
    pub(super) fn tell<R: Outcome>(
        &self,
        context: &Context,
        told: &Told<'_, R>,
    ) -> Result<Exit, CommandError> {
        for WantedFile { format, path } in &self.output {
            let text = told.text(context, *format)?;
            replace(&context.folder.place(path), text.as_bytes())?;
        }
        if self.one_line {
            context.output.stdout(&formats::one_line(told.diagnosis))?;
        } else if self.tell_report(context) {
            return context.end(told.exit, told.report);
        } else {
            context.output.stdout(&told.text(context, context.format)?)?;
            told.summarize(context);
        }
        Ok(told.exit)
    }
}

impl<R: Outcome> Told<'_, R> {
    /// It in a format, as a file has it: without colours, and never wrapped.
    fn text(&self, context: &Context, format: FormatArg) -> Result<String, CommandError> {
        let Self { diagnosis, threshold, settings, .. } = self;
        let own = |format| {
            let ok = self.exit == Exit::Done;
            context.output.written(format, &context.command, ok, self.report)
        };
        Ok(match format {
            FormatArg::Json => own(Format::Json),
            FormatArg::Junit => as_printed(&formats::junit(diagnosis, *threshold)?),
            FormatArg::Sarif => as_printed(&formats::sarif(diagnosis, settings.as_deref())),
            FormatArg::Github => as_printed(&formats::github(diagnosis)),
            FormatArg::Markdown => as_printed(&formats::markdown(diagnosis, *threshold)),
            FormatArg::Text | FormatArg::Csv | FormatArg::Svg | FormatArg::Mermaid => {
                own(Format::Text)
            }
        })
    }

    /// Adds it to the summary of a GitHub Actions step, where annotations were asked for. One that
    /// cannot be written changes no verdict.
    fn summarize(&self, context: &Context) {
        let named = std::env::var_os(SUMMARY).filter(|path| !path.is_empty());
        let (FormatArg::Github, Folder::Process, Some(path)) =
            (context.format, &context.folder, named)
        else {
            return;
        };
        let text = as_printed(&formats::markdown(self.diagnosis, self.threshold));
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let added = file.and_then(|mut file| file.write_all(format!("{text}\n").as_bytes()));
        if let Err(error) = added {
            let path = path.display();
            let text = format!("{SUMMARY} could not be written: {path}: {error}");
            context.progress().event(Event::Warning { text, hint: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_with_its_format() {
        let file = wanted("sarif=a=b/c d.sarif").unwrap();
        assert_eq!((file.format, file.path), (FormatArg::Sarif, PathBuf::from("a=b/c d.sarif")));
        for (text, why) in [
            ("sarif", "expected FORMAT=FILE, with FORMAT one of text, json, junit, sarif, github"),
            ("csv=x", "unknown format \"csv\", expected FORMAT=FILE"),
            ("=x", "unknown format \"\""),
            ("json=", "the file is empty"),
            ("json=-", "- is no file"),
        ] {
            let found = wanted(text).unwrap_err();
            assert!(found.starts_with(why), "{text}: {found}");
        }
    }
}
