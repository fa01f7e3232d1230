//! The nearest valid name to a misspelt one.

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
    let wanted = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
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
    }
}
