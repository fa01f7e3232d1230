//! Every rule, one line each, in the order of their codes.

use super::rule::Rule;
use super::rules::{
    account_not_returned, applied_out_of_order, cache_instances_disagree, channel_drift,
    counter_regression, customer_batch_pending, customer_operation_failed, data_sync_paused,
    database_damaged, database_replaced, default_customer_missing, excluded_job_empties,
    extension_row_late, feature_below_version, feature_changes_on_upgrade,
    feature_half_synchronized, feature_jobs_incomplete, feature_not_distributed,
    gate_configuration_missing, group_not_scheduled, job_definition_differs, job_never_applied,
    lingering_real_time_calls, mandatory_feature_off, mapping_broken, operation_fails,
    operation_left_fields, operation_unfinished, package_gone, parallel_upload,
    prerequisite_missing, purge_before_upload, real_time_by_choice, recurring_jobs_missing,
    rollback_on_failure, rows_unaccounted, schedule_before_prerequisite, scheduler_not_initialized,
    session_failed, session_flood, session_stuck, session_suspended, stale_cache,
    suppression_unused, try_count_high, upload_failed, upload_not_applied, upload_not_collected,
    upload_schedule_broken, upload_table_unfit, value_too_long, warnings_hidden,
};
use crate::model::nearest::nearest;

/// The rules.
pub const RULES: &[&Rule] = &[
    &prerequisite_missing::RULE,
    &feature_below_version::RULE,
    &mandatory_feature_off::RULE,
    &schedule_before_prerequisite::RULE,
    &feature_half_synchronized::RULE,
    &gate_configuration_missing::RULE,
    &feature_changes_on_upgrade::RULE,
    &feature_not_distributed::RULE,
    &session_failed::RULE,
    &session_suspended::RULE,
    &session_stuck::RULE,
    &group_not_scheduled::RULE,
    &data_sync_paused::RULE,
    &try_count_high::RULE,
    &applied_out_of_order::RULE,
    &package_gone::RULE,
    &value_too_long::RULE,
    &channel_drift::RULE,
    &excluded_job_empties::RULE,
    &session_flood::RULE,
    &job_never_applied::RULE,
    &feature_jobs_incomplete::RULE,
    &stale_cache::RULE,
    &cache_instances_disagree::RULE,
    &lingering_real_time_calls::RULE,
    &real_time_by_choice::RULE,
    &operation_fails::RULE,
    &upload_not_collected::RULE,
    &upload_not_applied::RULE,
    &upload_schedule_broken::RULE,
    &upload_failed::RULE,
    &counter_regression::RULE,
    &purge_before_upload::RULE,
    &parallel_upload::RULE,
    &warnings_hidden::RULE,
    &rollback_on_failure::RULE,
    &database_replaced::RULE,
    &extension_row_late::RULE,
    &operation_unfinished::RULE,
    &rows_unaccounted::RULE,
    &customer_operation_failed::RULE,
    &customer_batch_pending::RULE,
    &account_not_returned::RULE,
    &recurring_jobs_missing::RULE,
    &default_customer_missing::RULE,
    &operation_left_fields::RULE,
    &scheduler_not_initialized::RULE,
    &job_definition_differs::RULE,
    &mapping_broken::RULE,
    &upload_table_unfit::RULE,
    &database_damaged::RULE,
    &suppression_unused::RULE,
];

/// Whether a word names a rule, by code or name, in any case.
pub fn is_called(code: &str, name: &str, word: &str) -> bool {
    word.trim().eq_ignore_ascii_case(code) || word.trim().eq_ignore_ascii_case(name)
}

/// The rule a word names.
///
/// # Errors
/// The nearest code or name, where one is near.
pub fn find(word: &str) -> Result<&'static Rule, Option<&'static str>> {
    let found = RULES.iter().copied().find(|rule| is_called(rule.code, rule.name, word));
    let known = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
    found.ok_or_else(|| nearest(word, known))
}
