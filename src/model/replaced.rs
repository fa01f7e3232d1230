//! Why a database file is not the one last seen under its name (U10).

use super::named::named;

named! {
    /// Why it is not.
    pub(crate) enum Cause {
        /// The channel's file was put back from an older copy.
        Older = "older",
        /// Headquarters was put back from an older copy.
        HeadquartersOlder = "headquarters-older",
        /// It is another file: a new one, or another database's.
        Another = "another",
    }
}

impl Cause {
    /// What was seen of a database of this name, in a sentence.
    pub(crate) fn told(self, name: &str) -> String {
        match self {
            Self::Older => format!("the file of {name} was put back from an older copy"),
            Self::HeadquartersOlder => {
                format!("headquarters was put back from a copy that is older than {name}")
            }
            Self::Another => format!("the file of {name} is not the one last seen there"),
        }
    }
}
