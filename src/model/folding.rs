//! Text as people compare it: in any case, with or without accents.

use caseless::default_case_fold_str;
use unicode_normalization::UnicodeNormalization as _;

/// The accents that are signs of their own once a letter is taken apart.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// Without case, without accents, with single spaces: what people take for the same is the same.
pub(crate) fn folded(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !ACCENTS.contains(c)).collect();
    // Folding may bring accents of its own, as that of the Turkish I does.
    let bare: String =
        default_case_fold_str(&bare).nfkd().filter(|c| !ACCENTS.contains(c)).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::folded;

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
