//! Names that must fit a place in a drawing; the whole name is in the title beside it.

/// A text of at most so many characters; what is longer ends in an ellipsis.
pub(in crate::report) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A text on at most two lines of so many characters each.
pub(super) fn two_lines(text: &str, most: usize) -> Vec<String> {
    let mut first = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.peek() {
        let gap = usize::from(!first.is_empty());
        if first.chars().count() + gap + word.chars().count() > most && !first.is_empty() {
            break;
        }
        if gap > 0 {
            first.push(' ');
        }
        first.push_str(word);
        words.next();
    }
    let rest: Vec<&str> = words.collect();
    let mut lines = vec![short(&first, most)];
    if !rest.is_empty() {
        lines.push(short(&rest.join(" "), most));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_short_ones_kept() {
        assert_eq!(short("houston", 7), "houston");
        assert_eq!(short("houston", 6), "houst…");
        assert_eq!(short("ñandú 日本", 5), "ñand…");
        assert_eq!(two_lines("a name", 10), ["a name"]);
        assert_eq!(two_lines("one two three four five", 8), ["one two", "three f…"]);
        assert_eq!(two_lines("unbreakable name", 6), ["unbre…", "name"]);
        assert_eq!(two_lines("", 6), [""]);
    }
}
