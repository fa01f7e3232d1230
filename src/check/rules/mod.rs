//! Every rule: one file, and one line here, in the order of their codes.

use super::rule::Rule;

/// Gives every rule, by the name of its file and of its fixtures, to another macro.
#[macro_export]
macro_rules! each_check_rule {
    ($then:ident) => {
        $then! {
            foreign_schema
        }
    };
}

macro_rules! registry {
    ($($name:ident)+) => {
        $(pub(super) mod $name;)+

        /// The rules.
        pub const RULES: &[&Rule] = &[$(&$name::RULE),+];
    };
}

each_check_rule!(registry);
