//! Many names in a line: the first of them, and how many more there are.

use crate::model::wording::grouped;

/// So many names are written before the rest is counted.
pub(super) const MOST: usize = 24;

/// Names one after the other; many are counted too.
pub(super) fn names(names: &[impl AsRef<str>]) -> String {
    let written: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    let written = written.join(", ");
    match names.len().saturating_sub(MOST) {
        0 => written,
        more => format!("{written} and {} more", grouped(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        assert_eq!(names(&["a", "b"]), "a, b");
        let many: Vec<String> = (0..MOST + 1200).map(|at| at.to_string()).collect();
        assert!(names(&many).ends_with("22, 23 and 1,200 more"), "{}", names(&many));
    }
}
