//! Text as people compare it: in any case, with or without accents.

use caseless::default_case_fold_str;
use unicode_normalization::UnicodeNormalization as _;

/// The accents that are signs of their own once a letter is taken apart.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// Without case, without accents, with single spaces: what people take for the same is the same.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let bare: String = text.nfkd().filter(|c| !ACCENTS.contains(c)).collect();
    // Folding may bring accents of its own, as that of the Turkish I does.
    let bare: String =
        default_case_fold_str(&bare).nfkd().filter(|c| !ACCENTS.contains(c)).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text, [`folded`], has a word that is folded already.
pub(crate) fn has(text: &str, word: &str) -> bool {
    if word.is_empty() {
        return true;
    }
    if !text.is_ascii() || word.contains(' ') {
        return folded(text).contains(word);
    }
    // A word without a blank is in one word of the text, so that nothing needs to be put together.
    let is_word = |part: &[u8]| part.eq_ignore_ascii_case(word.as_bytes());
    text.as_bytes().windows(word.len()).any(is_word)
}

/// [`folded`], without what names of features have and people leave out: quotes, the mark of a
/// preview, a period at the end.
pub(crate) fn meant(text: &str) -> String {
    let bare = folded(&text.replace(QUOTES, "")).replace("(preview)", "");
    folded(bare.trim_end_matches(['.', ' ']))
}

const QUOTES: &[char] =
    &['"', '\'', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}'];

/// Words that come and go in names without making another one, in English and Spanish.
const SMALL: &[&str] = &[
    "a", "an", "the", "of", "for", "to", "in", "on", "from", "el", "la", "los", "las", "de", "del",
    "para", "en", "un", "una", "al",
];

/// [`meant`] without articles and prepositions.
pub(crate) fn gist(text: &str) -> String {
    let meant = meant(text);
    meant.split(' ').filter(|word| !SMALL.contains(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{folded, gist, has, meant};

    #[test]
    fn names_are_meant_with_and_without_their_marks() {
        let search = "cloud powered customer search";
        assert_eq!(meant("(Preview) Cloud powered customer search"), search);
        assert_eq!(meant("Support gift card items."), "support gift card items");
        assert_eq!(
            meant("Run \u{201c}Initialize\u{201d} after"),
            meant("run \"initialize\" after")
        );
        assert_eq!(gist("Habilitar la edici\u{f3}n de clientes"), "habilitar edicion clientes");
    }

    #[test]
    fn a_word_is_found_as_in_the_folded_text() {
        let texts =
            ["", " ", "Ada  Byron", "ada\tBYRON ", "Zo\u{eb} a", "00000001", "a\u{b}b", "aa"];
        let words =
            ["", "a", "ada b", "ada byron", "n a", "zoe", "0001", "b", "ab", "\u{eb}", "aaa"];
        for (text, word) in texts.iter().flat_map(|text| words.map(|word| (text, word))) {
            assert_eq!(has(text, &folded(word)), folded(text).contains(&folded(word)), "{text}");
        }
    }

    #[test]
    fn what_people_take_for_the_same_is_the_same() {
        for (one, other) in [
            ("ZO\u{cb}", "Zo\u{eb}"),
            ("zoe", "Zoe\u{308}"),
            ("Edici\u{f3}n de  clientes", "EDICION DE CLIENTES"),
            ("Stra\u{df}e", "STRASSE"),
            ("\u{130}stanbul", "istanbul"),
            ("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3cc}\u{3c2}"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("Zoe"), folded("Zo"));
        assert_eq!(folded("%_"), "%_");
    }
}
