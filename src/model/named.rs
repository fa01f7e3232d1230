//! Enums whose every value has a text.

/// Makes an enum whose values have one text each, for readers, JSON and columns alike: `as_str`,
/// `parse` in any case, `ALL` in the order written, Display, and serde.
macro_rules! named {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($(#[$about:meta])* $variant:ident = $text:expr,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(schemars::JsonSchema)]
        $vis enum $name { $($(#[$about])* #[schemars(rename = $text)] $variant,)+ }

        impl $name {
            /// Every value, in the order written.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text, as readers, JSON and columns have it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the text in any case.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(text))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| {
                    let expected = Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>();
                    let expected = expected.join(", ");
                    serde::de::Error::custom(format!("{text:?} is not one of {expected}"))
                })
            }
        }
    };
}
pub(crate) use named;

/// Makes a [`named!`] enum whose values have numbers too, as columns have them.
macro_rules! numbered {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($(#[$about:meta])* $variant:ident = $number:literal, $text:literal;)+
    }) => {
        $crate::model::named::named! {
            $(#[$doc])*
            $vis enum $name { $($(#[$about])* $variant = $text,)+ }
        }

        impl $name {
            /// The number kept in the database.
            pub(crate) const fn number(self) -> i64 {
                match self { $(Self::$variant => $number,)+ }
            }

            /// The value with this number.
            pub(crate) fn from_number(number: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.number() == number)
            }
        }
    };
}
pub(crate) use numbered;
