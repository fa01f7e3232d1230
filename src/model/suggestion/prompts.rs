//! What prompts make of the words that are written for them, tried with a reading of each prompt.

use std::iter::Peekable;
use std::str::Chars;

use super::{Shell, SystemCommand};

/// The words of a line while it is read.
#[derive(Default)]
struct Line {
    words: Vec<String>,
    /// The one that is read, once it has begun.
    word: Option<String>,
    /// Between two quotes.
    within: bool,
    /// Something in it would have been run, or filled in.
    obeyed: bool,
}

impl Line {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn quote(&mut self) {
        self.word.get_or_insert_default();
        self.within = !self.within;
    }

    /// The words, where nothing was obeyed.
    fn end(mut self) -> Result<Vec<String>, Vec<String>> {
        self.words.extend(self.word.take());
        if self.obeyed { Err(self.words) } else { Ok(self.words) }
    }
}

/// Takes a character if it is the next one.
fn next_is(chars: &mut Peekable<Chars>, wanted: char) -> bool {
    chars.next_if_eq(&wanted).is_some()
}

/// What cmd hands to a program as its command line, taken apart as the program does when it starts.
fn read_by_cmd(text: &str) -> Result<Vec<String>, Vec<String>> {
    let mut line = Line::default();
    // cmd looks for ends of commands outside of quotes, and knows no backslash.
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        line.obeyed |= !quoted && "&|<>^".contains(c);
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let mut slashes = 1;
                while next_is(&mut chars, '\\') {
                    slashes += 1;
                }
                let before_quote = chars.peek() == Some(&'"');
                let kept = if before_quote { slashes / 2 } else { slashes };
                for _ in 0..kept {
                    line.push('\\');
                }
                if before_quote && slashes % 2 == 1 {
                    chars.next();
                    line.push('"');
                }
            }
            '"' if line.within && next_is(&mut chars, '"') => line.push('"'),
            '"' => line.quote(),
            ' ' if !line.within => line.words.extend(line.word.take()),
            c => line.push(c),
        }
    }
    line.end()
}

/// How PowerShell reads words in one kind of quotes.
struct PowerShell {
    /// What it takes for such a quote: typographic ones too.
    quotes: &'static str,
    /// What it obeys outside of them.
    bare: &'static str,
    /// What it obeys, or takes away, within them too: values that are filled in and escapes.
    filled_in: bool,
}

/// Words in double quotes, as at a prompt.
const DOUBLE: PowerShell =
    PowerShell { quotes: "\"\u{201c}\u{201d}\u{201e}", bare: "&|<>;(){},'@#%~*?", filled_in: true };

/// Words in single quotes, as in a script.
const SINGLE: PowerShell = PowerShell {
    quotes: "'\u{2018}\u{2019}\u{201a}\u{201b}",
    bare: "&|<>;(){},\"@#%~*?$`",
    filled_in: false,
};

impl PowerShell {
    /// What PowerShell makes of bare words and of quoted ones.
    fn read(&self, text: &str) -> Result<Vec<String>, Vec<String>> {
        let is_quote = |c: char| self.quotes.contains(c);
        let mut line = Line::default();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '`' if self.filled_in => {
                    if let Some(escaped) = chars.next() {
                        line.push(escaped);
                    }
                }
                c if is_quote(c) && line.within && chars.next_if(|c| is_quote(*c)).is_some() => {
                    line.push(c);
                }
                c if is_quote(c) => line.quote(),
                ' ' if !line.within => line.words.extend(line.word.take()),
                c => {
                    line.obeyed |= !line.within && self.bare.contains(c);
                    line.obeyed |= self.filled_in && c == '$';
                    line.push(c);
                }
            }
        }
        line.end()
    }
}

/// Names as people have them.
const WORDS: &[&str] = &[
    "houston",
    "",
    "my store",
    "it's",
    "R&D & more",
    "a | b > c < d",
    "50% off",
    "(x86)",
    "a;b,c",
    "C:\\Users\\Ada Byron\\store",
    "C:\\my stores\\",
    "C:\\stores\\",
    "\\\\server\\a share\\x",
    "Peña Ñu",
    "^caret!",
    "#1",
    "@a",
    "{b}",
    "-e",
    "--set=1.2",
    "~",
    "* ?",
    "6\" pipe",
];

/// Names that cmd and PowerShell cannot both take as they are, most of them to have something run.
const HOSTILE: &[&str] = &[
    "a\" & calc & \"b",
    "\"",
    "$(calc)",
    "$env:PATH & calc",
    "`calc` | more",
    "\u{201d}; calc; \u{201c}",
    "ends in \\\"",
];

#[test]
fn a_prompt_of_windows_takes_each_word_as_it_is() {
    for word in WORDS {
        let line = format!("run {} end", Shell::WindowsPrompt.quoted(word));
        let words = |word: &str| Ok(["run", word, "end"].map(str::to_owned).to_vec());
        assert_eq!(read_by_cmd(&line), words(word), "{line}");
        // A folder is the same with two backslashes at its end, which cmd needs there.
        let doubled = word.ends_with('\\') && word.contains(' ');
        let taken = if doubled { format!("{word}\\") } else { (*word).to_owned() };
        assert_eq!(DOUBLE.read(&line), words(&taken), "{line}");
    }
}

#[test]
fn no_name_makes_a_prompt_of_windows_run_something() {
    for word in HOSTILE.iter().chain(WORDS) {
        let line = format!("run {} end", Shell::WindowsPrompt.quoted(word));
        assert!(read_by_cmd(&line).is_ok(), "{line}");
        assert_eq!(DOUBLE.read(&line).map(|words| words.len()), Ok(3), "{line}");
    }
}

#[test]
fn a_script_of_powershell_takes_each_word_as_it_is() {
    let typographic = ["Ada\u{2019}s; calc", "\u{2018}; calc \u{201b}", "'\u{201a}'"];
    for word in HOSTILE.iter().chain(WORDS).chain(&typographic) {
        let line = format!("run {} end", Shell::PowerShellScript.quoted(word));
        let words = ["run", word, "end"].map(str::to_owned).to_vec();
        assert_eq!(SINGLE.read(&line), Ok(words), "{line}");
    }
}

#[test]
fn a_command_of_the_system_is_one_of_the_shell() {
    let list = SystemCommand::List("my store/a");
    assert_eq!(list.written(Shell::Sh), "ls -l 'my store/a'");
    assert_eq!(list.written(Shell::WindowsPrompt), "dir \"my store\\a\"");
    assert_eq!(SystemCommand::List("-x").written(Shell::Sh), "ls -l ./-x");
    let allowed = SystemCommand::Permissions { path: "a/b.db", folder: "a" };
    assert_eq!(allowed.written(Shell::Sh), "ls -ld a a/b.db");
    assert_eq!(allowed.written(Shell::WindowsPrompt), "icacls a");
    for shell in [Shell::WindowsPrompt, Shell::PowerShellScript] {
        let all = [list, allowed, SystemCommand::Room, SystemCommand::Encoding("a.csv")];
        for command in all.map(|command| command.written(shell)) {
            let unix = ["ls ", "df ", "file "].iter().any(|unix| command.starts_with(unix));
            assert!(!unix, "{command}");
        }
    }
}
