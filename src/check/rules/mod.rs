//! Every rule: one file, and one line here, in the order of their codes.

use super::rule::Rule;

/// Gives every rule, by the name of its file and of its fixtures, to another macro.
#[macro_export]
macro_rules! each_check_rule {
    ($then:ident) => {
        $then! {
            resource_not_registered
            target_missing
            column_missing
            value_can_be_too_long
            dataareaid_mapped
            column_not_filled
            repository_upload_table_unfit
            key_differs
            not_granted
            foreign_schema
            not_repeatable
            nullable_column
            published_script_changed
            order
            job_unknown
            override_target
            unwritable_column
            not_read
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
