//! Application versions, `10.0.48`.

use std::fmt;

use serde::{Serialize, Serializer};

use super::schema_of::schema_of;

/// A version of the application; compared number by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u32>);

impl Version {
    /// What every version is at or above: the floor of what has none.
    pub const ANY: Self = Self(Vec::new());

    /// A version of these numbers.
    pub(crate) fn of(numbers: [u32; 3]) -> Self {
        Self(numbers.to_vec())
    }

    /// Reads `10.0.48`; none when it is not two to four numbers with points between.
    ///
    /// Scale units and registers are also numbered 9.M, which is 10.0.(M - 10): pages name both
    /// side by side (G16).
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| (2..=4).contains(&numbers.len()))?;
        match numbers[..] {
            [9, minor, ..] => {
                let build = numbers.get(2).copied();
                Some(Self([10, 0, minor.checked_sub(10)?].into_iter().chain(build).collect()))
            }
            _ => Some(Self(numbers)),
        }
    }
}

impl Version {
    /// Reads a version that somebody typed; `10.48` is none, since 10.0.48 is meant.
    pub(crate) fn typed(text: &str) -> Option<Self> {
        Self::parse(text).filter(|version| !matches!(version.0[..], [10, minor] if minor > 0))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.pad(&parts.join("."))
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

schema_of!(Version, "Version", {
    "description": "A version in numbers: 10.0.48, 9.58.",
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)*$",
});

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn compares_by_number() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("10.0.9") < version("10.0.28"));
        assert!(Version::parse("ten").is_none());
        assert!(Version::typed("10.48").is_none());
        assert_eq!(Version::typed("9.58"), Version::typed("10.0.48"));
        assert_eq!(version("10.0.48").to_string(), "10.0.48");
        assert!(Version::ANY < version("0.0"));
    }

    #[test]
    fn g16_both_ways_of_numbering_are_read() {
        let version = |text| Version::parse(text).unwrap();
        for (scale_unit, application) in
            [("9.23", "10.0.13"), ("9.30", "10.0.20"), ("9.35", "10.0.25"), ("9.56", "10.0.46")]
        {
            assert_eq!(version(scale_unit), version(application));
        }
        assert_eq!(version("9.30.21123.4").to_string(), "10.0.20.21123");
        assert!(Version::parse("9.5").is_none());
    }
}
