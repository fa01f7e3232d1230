//! What a TOML file may hold: the keys that its reader knows and the schema that editors read, from
//! one list.

use crate::model::schema_of::schema_of;

/// Makes a table of a TOML file: a row is a key, with what it says and of which type it is. The
/// reader takes the keys from it, the schema all of it.
macro_rules! form {
    ($(#[$doc:meta])* $vis:vis struct $name:ident {
        $($(#[$about:meta])* $field:ident: $type:ty = $key:literal,)+
    }) => {
        #[derive(schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$doc])*
        #[expect(dead_code, reason = "a reader walks the file key by key, and tells every problem")]
        $vis struct $name { $($(#[$about])* #[schemars(rename = $key)] $field: $type,)+ }

        impl $name {
            /// The keys.
            $vis const KEYS: &'static [&'static str] = &[$($key,)+];
        }
    };
}
pub(crate) use form;

/// A duration as people write it.
pub(crate) struct DurationText;

schema_of!(DurationText, "Duration", {
    "description": "A duration: 15m, 2h, 30d. A day has 24 hours.",
    "type": "string",
    "pattern": "[0-9]",
    "examples": ["15m", "2h", "30d"],
});

/// A date, in quotes or as TOML writes one, or a time of it.
pub(crate) struct DateText;

schema_of!(DateText, "Date", {
    "description": "A date, YYYY-MM-DD, or a time of that day in RFC 3339.",
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "examples": ["2026-06-30"],
});
