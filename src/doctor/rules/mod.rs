//! Every rule: one file, and one line here, in the order of their codes.

use super::rule::Rule;
use crate::diagnosis::is_called;
use crate::model::nearest::nearest;

/// Gives every rule, by the name of its file and of its fixtures, to another macro.
#[macro_export]
macro_rules! each_rule {
    ($then:ident) => {
        $then! {
            prerequisite_missing
            feature_below_version
            mandatory_feature_off
            schedule_before_prerequisite
            feature_half_synchronized
            gate_configuration_missing
            feature_changes_on_upgrade
            feature_not_distributed
            session_failed
            session_suspended
            session_stuck
            group_not_scheduled
            data_sync_paused
            try_count_high
            applied_out_of_order
            package_gone
            value_too_long
            channel_drift
            excluded_job_empties
            session_flood
            job_never_applied
            feature_jobs_incomplete
            stale_cache
            cache_instances_disagree
            lingering_real_time_calls
            real_time_by_choice
            e_commerce_cache_stale
            operation_fails
            upload_not_collected
            upload_not_applied
            upload_schedule_broken
            upload_failed
            counter_regression
            purge_before_upload
            parallel_upload
            warnings_hidden
            rollback_on_failure
            database_replaced
            extension_row_late
            operation_unfinished
            rows_unaccounted
            customer_operation_failed
            customer_batch_pending
            account_not_returned
            recurring_jobs_missing
            default_customer_missing
            operation_left_fields
            scheduler_not_initialized
            job_definition_differs
            mapping_broken
            upload_table_unfit
            script_changed
            new_column_needs_full
            database_damaged
            suppression_unused
        }
    };
}

macro_rules! registry {
    ($($name:ident)+) => {
        $(pub(super) mod $name;)+

        /// The rules.
        pub const RULES: &[&Rule] = &[$(&$name::RULE),+];

        /// What was done to a new environment, and what the doctor then said, by rule.
        const EXAMPLES: &[(&str, Example)] = &[$((
            $name::RULE.header.code,
            Example {
                steps: include_str!(concat!(
                    "../../../fixtures/rules/", stringify!($name), "/broken.txt"
                )),
                output: include_str!(concat!(
                    "../../../fixtures/rules/", stringify!($name), "/output.txt"
                )),
            },
        )),+];
    };
}

each_rule!(registry);

/// A rule's example: what was done to a new environment, and what the doctor then said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    /// The steps of the fixture.
    pub(crate) steps: &'static str,
    /// The output.
    pub(crate) output: &'static str,
}

/// The example of a rule.
pub(crate) fn example(rule: &Rule) -> Option<Example> {
    EXAMPLES.iter().find(|(code, _)| *code == rule.header.code).map(|(_, example)| *example)
}

/// The rule a word names.
///
/// # Errors
/// The nearest code or name, where one is near.
pub fn find(word: &str) -> Result<&'static Rule, Option<&'static str>> {
    let found =
        RULES.iter().copied().find(|rule| is_called(rule.header.code, rule.header.name, word));
    let known = RULES.iter().flat_map(|rule| [rule.header.code, rule.header.name]);
    found.ok_or_else(|| nearest(word, known))
}
