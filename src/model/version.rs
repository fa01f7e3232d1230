//! Application versions, `10.0.48`.

use std::fmt;

use serde::{Serialize, Serializer};

/// A version of the application; compared number by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u32>);

impl Version {
    /// A version of these numbers.
    pub(crate) fn of(numbers: [u32; 3]) -> Self {
        Self(numbers.to_vec())
    }

    /// Reads `10.0.48`; none when it is not two to four numbers with points between.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        numbers.filter(|numbers| (2..=4).contains(&numbers.len())).map(Self)
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

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn compares_by_number() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("10.0.9") < version("10.0.28"));
        assert!(Version::parse("ten").is_none());
        assert_eq!(version("10.0.48").to_string(), "10.0.48");
    }
}
