//! The names that seed data is drawn from.

/// The word lists inside the binary.
#[derive(Debug, Clone)]
pub struct Lists {
    /// First names.
    pub(crate) first: Vec<&'static str>,
    /// Last names.
    pub(crate) last: Vec<&'static str>,
    /// Streets.
    pub(crate) streets: Vec<&'static str>,
    /// City, state, postal code, county.
    pub(crate) places: Vec<[&'static str; 4]>,
}

impl Lists {
    /// The shipped lists.
    pub(crate) fn shipped() -> Self {
        let lines = |text: &'static str| text.lines().filter(|line| !line.is_empty());
        let place = |line: &'static str| {
            let mut parts = line.split('|');
            std::array::from_fn(|_| parts.next().unwrap_or_default())
        };
        Self {
            first: lines(include_str!("../../../fixtures/seed/first-names.txt")).collect(),
            last: lines(include_str!("../../../fixtures/seed/last-names.txt")).collect(),
            streets: lines(include_str!("../../../fixtures/seed/streets.txt")).collect(),
            places: lines(include_str!("../../../fixtures/seed/places.txt")).map(place).collect(),
        }
    }
}

/// The first so many channel names; past the listed ones they are numbered.
pub(crate) fn channel_names(count: usize) -> Vec<String> {
    let listed: Vec<&str> = include_str!("../../../fixtures/seed/channels.txt").lines().collect();
    (0..count)
        .map(|at| match listed.get(at) {
            Some(name) => (*name).to_owned(),
            None => format!("store{:04}", at + 1),
        })
        .collect()
}
