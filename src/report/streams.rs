//! Where what is printed goes: a process's own streams, or writers that somebody handed over.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A writer that several places print to.
type Shared = Arc<Mutex<dyn Write + Send>>;

/// Standard output and standard error of a command.
#[derive(Clone)]
pub enum Streams {
    /// The process's own.
    Process,
    /// Writers, of a command that is not a process of its own; neither is a terminal.
    Writers {
        /// What standard output is.
        stdout: Shared,
        /// What standard error is.
        stderr: Shared,
    },
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "Process",
            Self::Writers { .. } => "Writers",
        })
    }
}

impl Streams {
    /// Streams that end in these writers.
    pub fn to(stdout: impl Write + Send + 'static, stderr: impl Write + Send + 'static) -> Self {
        Self::Writers { stdout: Arc::new(Mutex::new(stdout)), stderr: Arc::new(Mutex::new(stderr)) }
    }

    /// Whether standard output is a terminal.
    pub(super) fn stdout_is_terminal(&self) -> bool {
        matches!(self, Self::Process) && io::stdout().is_terminal()
    }

    /// Whether standard error is a terminal.
    pub(super) fn stderr_is_terminal(&self) -> bool {
        matches!(self, Self::Process) && io::stderr().is_terminal()
    }

    /// Whether somebody sits at a terminal, reads there and can answer.
    pub(super) fn is_attended(&self) -> bool {
        self.stdout_is_terminal() && io::stdin().is_terminal()
    }

    /// How many columns and rows the terminal has, where standard output is one.
    pub(super) fn size(&self) -> Option<(usize, usize)> {
        let Self::Process = self else { return None };
        let (width, height) = terminal_size::terminal_size_of(io::stdout())?;
        Some((width.0.into(), height.0.into()))
    }

    /// How many columns the terminal has, where standard output is one.
    pub(crate) fn width(&self) -> Option<usize> {
        self.size().map(|(width, _)| width)
    }

    pub(super) fn print(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Process => print(&mut io::stdout().lock(), text),
            Self::Writers { stdout, .. } => print_shared(stdout, text),
        }
    }

    pub(super) fn print_aside(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Process => print(&mut io::stderr().lock(), text),
            Self::Writers { stderr, .. } => print_shared(stderr, text),
        }
    }
}

fn print_shared(to: &Shared, text: &str) -> io::Result<()> {
    // A writer that somebody's panic left is still a writer.
    print(&mut *to.lock().unwrap_or_else(PoisonError::into_inner), text)
}

/// A reader that has gone away wants no more, and that is no error.
fn print(to: &mut dyn Write, text: &str) -> io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
