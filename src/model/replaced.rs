//! Why a database file is not the one last seen under its name (U10).

/// Why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The channel's file was put back from an older copy.
    Older,
    /// Headquarters was put back from an older copy.
    HeadquartersOlder,
    /// It is another file: a new one, or another database's.
    Another,
}

impl Cause {
    /// Every cause.
    pub const ALL: &'static [Self] = &[Self::Older, Self::HeadquartersOlder, Self::Another];

    /// The word that is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Older => "older",
            Self::HeadquartersOlder => "headquarters-older",
            Self::Another => "another",
        }
    }

    /// The cause of a kept word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.as_str() == word)
    }

    /// What was seen of a database of this name, in a sentence.
    pub fn told(self, name: &str) -> String {
        match self {
            Self::Older => format!("the file of {name} was put back from an older copy"),
            Self::HeadquartersOlder => {
                format!("headquarters was put back from a copy that is older than {name}")
            }
            Self::Another => format!("the file of {name} is not the one last seen there"),
        }
    }
}
