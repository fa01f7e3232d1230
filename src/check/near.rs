//! The name that was meant by one that does not exist.

/// What is longer than this takes long to compare, and is no misspelt name.
const LONGEST: usize = 130;

/// The name that differs in the fewest letters, in any case, where those are few: names of one team
/// begin alike, and what they share says nothing.
pub(super) fn near<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    let most = wanted.chars().count().max(4) / 4;
    let apart = |other: &&str| strsim::damerau_levenshtein(&wanted, &other.to_lowercase());
    let comparable = names.into_iter().filter(|other| other.len() <= LONGEST);
    let nearest = comparable.map(|other| (apart(&other), other)).min_by_key(|(apart, _)| *apart);
    nearest.filter(|(apart, _)| name.len() <= LONGEST && *apart <= most).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn names_that_only_begin_alike_are_not_meant() {
        let tables = ["ext.CONTOSORETAILSTOREHOURSTABLE", "ext.CONTOSOSEATS"];
        assert_eq!(near("ext.CONTOSORETAILCUSTTABLE", tables), None);
        assert_eq!(near("ext.ContosoSeat", tables), Some("ext.CONTOSOSEATS"));
        assert_eq!(near("106O", ["1060", "1070"]), Some("1060"));
        assert_eq!(near("Table", ["TableSetting", "Tabel"]), Some("Tabel"));
        assert_eq!(near(&"x".repeat(1000), ["x"]), None);
    }
}
