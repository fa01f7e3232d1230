//! What commands print as JSON: each type is registered where its command is, so that it has a
//! schema.

use schemars::{Schema, SchemaGenerator};

use crate::report::page::Report;

/// A report that a command ends with. [`outcomes!`] makes it one, with the commands that print it:
/// one that is not registered cannot be printed, and a command without a list does not compile.
pub(super) trait Outcome: Report {}

/// A type that commands print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed {
    /// The commands, `features list`.
    pub(super) commands: &'static [&'static str],
    /// Its schema.
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What the commands of a file print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcomes {
    /// Types of its own.
    pub(super) own: &'static [Printed],
    /// Those of the files that it is made of.
    pub(super) parts: &'static [Self],
}

impl Outcomes {
    /// All of them, in order.
    pub(super) fn all(&self) -> Vec<Printed> {
        let parts = self.parts.iter().flat_map(Self::all);
        self.own.iter().copied().chain(parts).collect()
    }
}

/// Registers what the commands of a file print: the parts that it is made of, if any, then a line a
/// type.
///
/// ```text
/// outcomes! {
///     parts: list, change;
///     Overview: "features";
/// }
/// ```
macro_rules! outcomes {
    (parts: $($part:ident),+; $($type:ty: $($command:literal),+;)*) => {
        $crate::cli::outcome::outcomes! { @ [$($part::OUTCOMES),+] $($type: $($command),+;)* }
    };
    (@ $parts:tt $($type:ty: $($command:literal),+;)*) => {
        $(impl $crate::cli::outcome::Outcome for $type {})*

        /// What it prints as JSON.
        pub(in crate::cli) const OUTCOMES: $crate::cli::outcome::Outcomes =
            $crate::cli::outcome::Outcomes {
                own: &[$($crate::cli::outcome::Printed {
                    commands: &[$($command),+],
                    schema: <$type as schemars::JsonSchema>::json_schema,
                },)*],
                parts: &$parts,
            };
    };
    ($($type:ty: $($command:literal),+;)*) => {
        $crate::cli::outcome::outcomes! { @ [] $($type: $($command),+;)* }
    };
}
pub(super) use outcomes;
