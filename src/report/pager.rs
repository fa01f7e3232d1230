//! The program that shows a long text on a terminal, a screen at a time.

use std::env;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::world::interrupt;

/// A program that shows text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    program: String,
    arguments: Vec<String>,
}

/// What is used where nobody has said anything: it leaves short text alone, shows colours and
/// leaves the text on the screen.
const USUAL: &str = "less -FRX";

impl Pager {
    /// The one that `CDX_PAGER` names, else `PAGER`, else `less`; none where the one that counts
    /// is empty or `cat`, or the terminal can do nothing.
    pub(crate) fn chosen() -> Option<Self> {
        let said = |name| env::var(name).ok();
        if said("TERM").is_some_and(|term| term == "dumb") {
            return None;
        }
        // An empty PAGER counts as unset; an empty CDX_PAGER is an answer.
        let general = || said("PAGER").filter(|words| !words.trim().is_empty());
        let words = said("CDX_PAGER").or_else(general);
        Self::named(words.as_deref().unwrap_or(USUAL))
    }

    fn named(words: &str) -> Option<Self> {
        let whole = words.trim().trim_matches('"');
        // Backslashes of a path are no escapes there.
        let mut words = if cfg!(windows) && Path::new(whole).exists() {
            vec![whole.to_owned()]
        } else if cfg!(windows) {
            whole.split_whitespace().map(str::to_owned).collect()
        } else {
            shlex::split(words)?
        };
        if words.is_empty() || words == ["cat"] {
            return None;
        }
        let program = words.remove(0);
        Some(Self { program, arguments: words })
    }

    /// Shows a text, until whoever reads it has seen enough; false where there is no such program.
    pub(super) fn show(&self, text: &str) -> io::Result<bool> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped());
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        let _answers_by_itself = interrupt::handed_over();
        let Ok(mut pager) = command.spawn() else { return Ok(false) };
        if let Some(mut input) = pager.stdin.take() {
            match input.write_all(text.as_bytes()) {
                // It was left before the end.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                other => other?,
            }
        }
        pager.wait()?;
        Ok(true)
    }
}

/// How many rows of a terminal a text takes, colours not counted.
pub(super) fn rows(text: &str, columns: usize) -> usize {
    text.lines().map(|line| seen(line).div_ceil(columns.max(1)).max(1)).sum()
}

/// How many characters of a printed line are seen.
fn seen(line: &str) -> usize {
    let mut coloured = false;
    let is_seen = |c: &char| {
        let was = coloured;
        coloured = *c == '\u{1b}' || coloured && *c != 'm';
        !was && !coloured
    };
    line.chars().filter(is_seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_the_terminal() {
        assert_eq!(rows("", 10), 0);
        assert_eq!(rows("a\n\nb\n", 10), 3);
        assert_eq!(rows(&"a".repeat(21), 10), 3);
        assert_eq!(rows(&format!("\u{1b}[31m{}\u{1b}[0m", "a".repeat(10)), 10), 1);
    }

    #[test]
    fn a_pager_is_a_program_with_arguments() {
        let pager = Pager::named("less -S --tabs=4").unwrap();
        assert_eq!((pager.program.as_str(), pager.arguments.len()), ("less", 2));
        assert_eq!(Pager::named(""), None);
        assert_eq!(Pager::named(" "), None);
        assert_eq!(Pager::named("cat"), None);
    }

    #[test]
    fn a_pager_that_is_missing_shows_nothing() {
        let pager = Pager::named("cdx-no-such-pager").unwrap();
        assert!(!pager.show("text").unwrap());
    }
}
