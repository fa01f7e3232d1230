//! A command line of a scenario: its words, as a shell splits them, though no shell runs it.

use super::problem::ScenarioProblem;

/// The words of a command line.
///
/// # Errors
/// What only a shell would understand, and the byte at which it stands.
pub(super) fn split(line: &str) -> Result<Vec<String>, (usize, ScenarioProblem)> {
    if let Some((at, end, why)) = of_a_shell(line) {
        let found = line[at..end].replace('\n', " ");
        return Err((at, ScenarioProblem::OfAShell { found, why }));
    }
    shlex::split(&joined(line)).ok_or((0, ScenarioProblem::NotWords))
}

/// A line without the ends of lines that a backslash takes away; `shlex` would make words of them.
fn joined(line: &str) -> String {
    let mut whole = String::with_capacity(line.len());
    let (mut literal, mut letters) = (None, line.chars());
    while let Some(c) = letters.next() {
        match (literal, c) {
            (None | Some('"'), '\\') => match letters.next() {
                Some('\n') => {}
                other => whole.extend([c].into_iter().chain(other)),
            },
            (Some(open), c) if c == open => {
                literal = None;
                whole.push(c);
            }
            (None, '"' | '\'') => {
                literal = Some(c);
                whole.push(c);
            }
            _ => whole.push(c),
        }
    }
    whole
}

const SUBSTITUTES: &str = "it would put the output of a command in its place";
const SECOND: &str = "it would begin a second command";

/// The first thing outside quotes that means something to a shell: where it begins and ends, and
/// what it would do.
fn of_a_shell(line: &str) -> Option<(usize, usize, &'static str)> {
    let mut letters = line.char_indices().peekable();
    let (mut quote, mut word_begins) = (None, true);
    while let Some((at, c)) = letters.next() {
        let next = letters.peek().map(|(_, c)| *c);
        let begins = std::mem::replace(&mut word_begins, c.is_whitespace());
        match (quote, c) {
            (None | Some('"'), '\\') => {
                letters.next();
            }
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None | Some('"'), '`') => return Some((at, at + 1, SUBSTITUTES)),
            (None | Some('"'), '$') if next == Some('(') => {
                return Some((at, at + 2, SUBSTITUTES));
            }
            (None | Some('"'), '$') if next.is_some_and(|c| c.is_ascii_alphabetic()) => {
                let name = line[at + 1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let end = name.map_or(line.len(), |length| at + 1 + length);
                return Some((at, end, "a variable of a scenario is written ${NAME}"));
            }
            (None, '#') if begins => while letters.next_if(|(_, c)| *c != '\n').is_some() {},
            (None, '\n') if !line[at..].trim().is_empty() && !line[..at].trim().is_empty() => {
                return Some((at, at + 1, SECOND));
            }
            (None, '|' | '&' | ';' | '<' | '>' | '(' | ')') => {
                let rest = line[at..].find(|c: char| !"|&;<>()".contains(c));
                let end = rest.map_or(line.len(), |length| at + length);
                return Some((at, end, what_it_does(&line[at..end])));
            }
            _ => {}
        }
    }
    None
}

fn what_it_does(operator: &str) -> &'static str {
    match operator {
        "|" => "it would hand the output to another command",
        "&" => "it would not wait for the command",
        "(" | ")" => "it would begin a shell of its own",
        text if text.starts_with(['<', '>']) => "it would lead output or input to a file",
        _ => SECOND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        for (line, words) in [
            ("run 1110  1010", &["run", "1110", "1010"][..]),
            ("a 'b c' \"d $ e\" f\\ g", &["a", "b c", "d $ e", "f g"]),
            ("a 'x|y' \"p>q\" z\\&", &["a", "x|y", "p>q", "z&"]),
            ("show ${A} '${B}'", &["show", "${A}", "${B}"]),
            ("\n run 1110 # all of it; really\n", &["run", "1110"]),
            ("run \\\n 1110", &["run", "1110"]),
            ("run 11\\\n10 \"a\\\nb\" 'c\\\nd'", &["run", "1110", "ab", "c\\\nd"]),
            ("a ''", &["a", ""]),
            ("a 'C:\\x' b#c", &["a", "C:\\x", "b#c"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
    }

    #[test]
    fn what_is_for_a_shell_is_told_with_its_place() {
        for (line, at, found) in [
            ("run 1110 | grep x", 9, "|"),
            ("run 1110 && run 1010", 9, "&&"),
            ("run 1110; run 1010", 8, ";"),
            ("run 1110 >> f", 9, ">>"),
            ("set a=b<c", 7, "<"),
            ("show $(cat f)", 5, "$("),
            ("show \"`id`\"", 6, "`"),
            ("show $ACCOUNT x", 5, "$ACCOUNT"),
            ("run 1110\nrun 1010", 8, " "),
            ("ñ | x", 3, "|"),
        ] {
            let (place, problem) = split(line).unwrap_err();
            let ScenarioProblem::OfAShell { found: told, .. } = problem else { panic!("{line}") };
            assert_eq!((place, told.as_str()), (at, found), "{line}");
        }
        for line in ["a 'b", "a \"b", "a \\"] {
            assert_eq!(split(line), Err((0, ScenarioProblem::NotWords)), "{line}");
        }
    }
}
