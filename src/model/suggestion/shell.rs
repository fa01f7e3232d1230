//! The shells that commands are written for: how each takes a word literally.

/// A shell that commands are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    /// POSIX sh.
    Sh,
    /// A script of PowerShell.
    PowerShellScript,
    /// A prompt on Windows, of which nobody knows whether it is cmd or PowerShell.
    WindowsPrompt,
}

impl Shell {
    /// The one that people type into where this program runs.
    pub(crate) const HERE: Self = if cfg!(windows) { Self::WindowsPrompt } else { Self::Sh };

    /// A word as the shell takes it literally.
    ///
    /// No way of writing is literal in cmd and in PowerShell for every word. One with `$`, a
    /// backtick or a typographic quote is written for PowerShell; cmd then takes the backticks
    /// into the value, and runs nothing. cmd fills in `%NAME%` of a variable that it has.
    pub(crate) fn quoted(self, word: &str) -> String {
        let plain = |c: char| {
            let own = match self {
                Self::Sh | Self::PowerShellScript => "-_./=:",
                Self::WindowsPrompt => "-_./=:\\",
            };
            c.is_ascii_alphanumeric() || own.contains(c)
        };
        // PowerShell takes a word such as `--a=1.2` apart at the point.
        let apart = self == Self::WindowsPrompt && word.starts_with('-') && word.contains('.');
        if !word.is_empty() && !apart && word.chars().all(plain) {
            return word.to_owned();
        }
        match self {
            Self::Sh => format!("'{}'", word.replace('\'', "'\\''")),
            Self::PowerShellScript => in_single_quotes(word),
            Self::WindowsPrompt => in_double_quotes(word),
        }
    }

    /// What stands between commands of which each is run only where the one before has worked.
    pub(crate) fn and_then(self) -> &'static str {
        match self {
            Self::Sh => " && ",
            // PowerShell 5.1, which every Windows has, does not know `&&`; this one is read.
            Self::PowerShellScript | Self::WindowsPrompt => ", then ",
        }
    }
}

/// A word in single quotes of PowerShell, which takes typographic ones for the same.
fn in_single_quotes(word: &str) -> String {
    let mut quoted = String::from("'");
    for c in word.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted
}

/// A word in double quotes, in which neither cmd nor PowerShell begins a command.
fn in_double_quotes(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' => quoted.push_str("\"\""),
            '$' | '`' | '\u{201c}' | '\u{201d}' | '\u{201e}' => quoted.extend(['`', c]),
            c => quoted.push(c),
        }
    }
    // A program's own reading of its command line would take `\"` for a quote within the word.
    let slashes = word.len() - word.trim_end_matches('\\').len();
    quoted.push_str(&"\\".repeat(slashes));
    quoted.push('"');
    quoted
}

/// A command of the system, for what no command of ours shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemCommand<'a> {
    /// What is in a folder, or what a file is.
    List(&'a str),
    /// Who may do what with a file, and with the folder it is in.
    Permissions {
        /// The file.
        path: &'a str,
        /// The folder.
        folder: &'a str,
    },
    /// How much room is left.
    Room,
    /// How a text is encoded.
    Encoding(&'a str),
}

impl SystemCommand<'_> {
    /// The command as it is typed in a shell.
    pub(crate) fn written(self, shell: Shell) -> String {
        let path = |path: &str| shell.quoted(&named(shell, path));
        let typed = |command: &str, of: &str| format!("{command} {}", path(of));
        if shell == Shell::Sh {
            match self {
                Self::List(of) => typed("ls -l", of),
                Self::Permissions { path: of, folder } => {
                    format!("{} {}", typed("ls -ld", folder), path(of))
                }
                // Temporary files may be on another disk.
                Self::Room => "df -h . /tmp".to_owned(),
                Self::Encoding(of) => typed("file --mime", of),
            }
        } else {
            match self {
                Self::List(of) => typed("dir", of),
                // It takes one name, and a file that cannot be made is not there.
                Self::Permissions { folder, .. } => typed("icacls", folder),
                Self::Room => "powershell Get-PSDrive -PSProvider FileSystem".to_owned(),
                // Its lowest line says it, and it saves a text as another.
                Self::Encoding(of) => typed("notepad", of),
            }
        }
    }
}

/// A path as a command of the system takes it: `dir` of cmd reads `/` as an option, and `ls` `-`.
fn named(shell: Shell, path: &str) -> String {
    match shell {
        Shell::Sh if path.starts_with('-') => format!("./{path}"),
        Shell::Sh => path.to_owned(),
        Shell::PowerShellScript | Shell::WindowsPrompt => path.replace('/', "\\"),
    }
}

impl std::fmt::Display for SystemCommand<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written(Shell::HERE))
    }
}
