//! Standard output and standard error, each with its palette.

use std::io;

use serde_json::{Map, Value};

use super::page::{Page, Report};
use super::pager::{Pager, rows};
use super::palette::{ColorChoice, Palette};
use super::streams::Streams;
use crate::model::safe;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Which lines of a text are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// All of them.
    All,
    /// So many from the beginning.
    First(usize),
    /// Those that have one of these words.
    With(&'static [&'static str]),
}

impl Lines {
    /// The lines of a text that are printed.
    fn of(self, text: String) -> String {
        let kept = |line: &&str| match self {
            Self::With(words) => words.iter().any(|word| line.contains(word)),
            Self::All | Self::First(_) => true,
        };
        let most = match self {
            Self::First(most) => most,
            Self::All => return text,
            Self::With(_) => usize::MAX,
        };
        text.lines().filter(kept).take(most).fold(String::new(), |kept, line| kept + line + "\n")
    }
}

impl std::fmt::Display for Lines {
    /// As a shell would do it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::First(most) => write!(f, " | head -{most}"),
            Self::With([word]) => write!(f, " | grep {word}"),
            Self::With(words) => write!(f, " | grep -E '{}'", words.join("|")),
        }
    }
}

/// How much is said beside results and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Nothing.
    Quiet,
    /// Progress, notes and warnings.
    Normal,
    /// What is done, step by step, as well.
    Verbose,
}

/// A text of several lines as it is printed: shown and not obeyed.
pub(crate) fn as_printed(text: &str) -> String {
    safe::document(text)
}

/// The version of the JSON that scripts read.
pub(crate) const FORMAT_VERSION: u32 = 2;

/// Where a command prints.
#[derive(Debug, Clone)]
pub struct Output {
    format: Format,
    streams: Streams,
    stdout: Palette,
    stderr: Palette,
    /// The width of the terminal; without one nothing is wrapped.
    width: Option<usize>,
    aside: bool,
    /// Which lines of a report's text are printed.
    lines: Lines,
    verbosity: Verbosity,
    /// What shows a text that is taller than the screen.
    pager: Option<Pager>,
    /// The environment as `--env` named it; commands that are shown name it too.
    env: Option<String>,
    /// The environment's folder, seen from the working folder; JSON names it.
    environment: Option<String>,
}

impl Output {
    /// Output in a format; colour and width come from the terminal.
    pub(crate) fn new(format: Format, color: ColorChoice, streams: Streams) -> Self {
        let width = streams.width().map(|width| width.max(40));
        let stdout = Palette::of(color, streams.stdout_is_terminal());
        let stderr = Palette::of(color, streams.stderr_is_terminal());
        Self {
            format,
            streams,
            stdout,
            stderr,
            width,
            aside: false,
            lines: Lines::All,
            verbosity: Verbosity::Normal,
            pager: None,
            env: None,
            environment: None,
        }
    }

    /// The same output, where long text is shown by a program; none of it where there is no
    /// terminal.
    #[must_use]
    pub(crate) fn paged(self, pager: Option<Pager>) -> Self {
        let attended = self.streams.is_attended();
        Self { pager: pager.filter(|_| attended), ..self }
    }

    /// The same output that says so much beside results and errors.
    #[must_use]
    pub(crate) fn speaking(self, verbosity: Verbosity) -> Self {
        Self { verbosity, ..self }
    }

    /// How much is said beside results and errors.
    pub(super) fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// The same output for an environment that `--env` named.
    #[must_use]
    pub(crate) fn named(self, env: Option<String>) -> Self {
        Self { env, ..self }
    }

    /// The same output for the environment in this folder.
    #[must_use]
    pub(crate) fn of_environment(self, environment: Option<String>) -> Self {
        Self { environment, ..self }
    }

    /// The same output with some lines of a report's text alone.
    #[must_use]
    pub(crate) fn of_lines(self, lines: Lines) -> Self {
        Self { lines, ..self }
    }

    /// The environment as `--env` named it.
    pub(crate) fn env(&self) -> Option<&str> {
        self.env.as_deref()
    }

    /// The same output as text on standard error, for steps of a command whose result is JSON;
    /// who wants results alone does not see them.
    #[must_use]
    pub(crate) fn to_stderr(&self) -> Self {
        if self.verbosity == Verbosity::Quiet {
            return self.silent();
        }
        Self { format: Format::Text, stdout: self.stderr, aside: true, ..self.clone() }
    }

    /// Output that nobody sees, for steps of a command that are only done.
    #[must_use]
    pub(crate) fn silent(&self) -> Self {
        let streams = Streams::to(io::sink(), io::sink());
        Self { format: Format::Text, streams, ..self.clone() }
    }

    /// The format.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The palette of standard error.
    pub(crate) fn stderr_palette(&self) -> Palette {
        self.stderr
    }

    /// Prints a command's outcome; `ok` where it ends in 0.
    pub(crate) fn report(&self, command: &str, ok: bool, report: &impl Report) -> io::Result<()> {
        let text = match self.format {
            Format::Json => self.json(command, ok, report),
            Format::Text => self.lines.of(self.text(self.stdout, self.width, report)),
        };
        self.print_long(&text)
    }

    /// Prints what is safe already; a text that is taller than the screen through the pager.
    fn print_long(&self, text: &str) -> io::Result<()> {
        if let (Some(pager), Format::Text, false) = (&self.pager, self.format, self.aside)
            && let Some((columns, height)) = self.streams.size()
            && rows(text, columns) >= height
            && pager.show(text)?
        {
            return Ok(());
        }
        self.print(text)
    }

    /// A command's outcome as a file has it: without colours, and never wrapped.
    pub(crate) fn written(
        &self,
        format: Format,
        command: &str,
        ok: bool,
        report: &impl Report,
    ) -> String {
        match format {
            Format::Json => self.json(command, ok, report),
            Format::Text => self.text(Palette::of(ColorChoice::Never, false), None, report),
        }
    }

    fn text(&self, palette: Palette, width: Option<usize>, report: &impl Report) -> String {
        let mut page = Page::new(palette, width).named(self.env.clone());
        report.text(&mut page);
        page.finish()
    }

    /// Prints a table as CSV (RFC 4180), with a header.
    pub(crate) fn csv(&self, header: &[&str], lines: &[Vec<String>]) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(header)?;
        for line in lines {
            writer.write_record(line)?;
        }
        let text = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        self.print(&format!("{}\n", safe::document(String::from_utf8_lossy(&text).trim_end())))
    }

    /// Prints a text of several lines that is nobody's report, such as a completion script.
    pub(crate) fn stdout(&self, text: &str) -> io::Result<()> {
        self.print(&safe::document(text))
    }

    /// Prints such a text to standard error.
    pub(crate) fn aside(&self, text: &str) -> io::Result<()> {
        self.stderr(&safe::document(text))
    }

    /// Prints what is safe already.
    pub(super) fn print(&self, text: &str) -> io::Result<()> {
        if self.aside { self.stderr(text) } else { self.streams.print(text) }
    }

    /// Prints a line that frames other output; it goes to standard error in JSON.
    pub(crate) fn heading(&self, text: &str) -> io::Result<()> {
        let text = safe::document(text);
        match self.format {
            Format::Text => self.print(&format!("{}\n", self.stdout.bold(&text))),
            Format::Json => self.stderr(&format!("{}\n", self.stderr.bold(&text))),
        }
    }

    /// Whether standard output is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.streams.stdout_is_terminal()
    }

    /// Empties the terminal, for what is shown again and again.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.print("\x1b[2J\x1b[H")
    }

    /// Begins a line of its own on standard error, where a bar may be drawn.
    pub(crate) fn fresh_line(&self) -> io::Result<()> {
        if self.draws() { self.stderr("\r\x1b[2K") } else { Ok(()) }
    }

    /// Prints what is safe already to standard error.
    pub(super) fn stderr(&self, text: &str) -> io::Result<()> {
        self.streams.print_aside(text)
    }

    /// One JSON object: the version, the command, how it ended and where, and the report's own
    /// fields.
    pub(super) fn json(&self, command: &str, ok: bool, report: &impl serde::Serialize) -> String {
        let mut object = Map::new();
        object.insert("format_version".to_owned(), FORMAT_VERSION.into());
        object.insert("command".to_owned(), command.into());
        object.insert("ok".to_owned(), ok.into());
        if let Some(environment) = &self.environment {
            object.insert("environment".to_owned(), environment.as_str().into());
        }
        match serde_json::to_value(report) {
            Ok(Value::Object(mut fields)) => {
                // A report that knows how it ends says the same.
                fields.remove("ok");
                object.extend(fields);
            }
            Ok(other) => {
                object.insert("result".to_owned(), other);
            }
            Err(error) => {
                object.insert("error".to_owned(), error.to_string().into());
            }
        }
        let text = serde_json::to_string_pretty(&Value::Object(object));
        safe::json(&text.unwrap_or_default()) + "\n"
    }

    /// Whether progress is drawn on standard error.
    pub(super) fn draws(&self) -> bool {
        self.verbosity != Verbosity::Quiet && self.streams.stderr_is_terminal()
    }
}
