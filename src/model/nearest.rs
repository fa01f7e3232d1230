//! The nearest valid name to a misspelt one.

use super::folding::{folded, gist};

/// What is longer than this is no misspelt name, and takes long to compare.
const LONGEST: usize = 100;

/// The closest of the candidates, when it is close enough to be what was meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let wanted = folded(word);
    let core = Some(word).filter(|word| word.contains(' ')).map(gist);
    // An article or a preposition more or less, or the mark of a preview, is no other name.
    let likeness = |candidate: &str| {
        let of_words = core.as_ref().filter(|_| candidate.contains(' '));
        let same = of_words.is_some_and(|core| !core.is_empty() && gist(candidate) == *core);
        if same { 1.0 } else { strsim::jaro_winkler(&wanted, &folded(candidate)) }
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_only_what_is_close() {
        assert_eq!(nearest("huston", ["houston", "seattle"]), Some("houston"));
        assert_eq!(nearest("CUSTTABEL", ["CUSTTABLE", "DIRPARTYTABLE"]), Some("CUSTTABLE"));
        assert_eq!(nearest("zzz", ["houston", "seattle"]), None);
        let edits = ["Habilitar la edici\u{f3}n de clientes", "Habilitar ediciones de cliente"];
        assert_eq!(nearest("habilitar edicion clientes", edits), Some(edits[0]));
    }
}
