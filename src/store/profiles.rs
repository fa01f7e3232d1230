//! Functionality profiles in headquarters.

use rusqlite::named_params;

use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use crate::model::name_kind::NameKind;
use crate::model::time::Time;

/// A functionality profile.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Profile {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// "Create customer in async mode" (R01).
    pub(crate) async_customers: bool,
    /// "Create customer order in async mode".
    pub(crate) async_orders: bool,
    /// "Days transactions exist" (U06).
    pub(crate) days_transactions_exist: i64,
    /// The channels that use it.
    pub(crate) channels: Vec<String>,
}

/// Every functionality profile, by id.
pub(crate) fn profiles(hq: &Headquarters) -> Result<Vec<Profile>, StoreError> {
    let mut profiles = hq.rows(
        "SELECT PROFILEID, NAME, CREATEASYNCCUSTOMERS, CREATEOFFLINECUSTOMERORDERS,
         DAYSTRANSACTIONSEXISTS FROM RETAILFUNCTIONALITYPROFILE ORDER BY PROFILEID",
        [],
        |row| {
            Ok(Profile {
                id: row.get(0)?,
                name: row.get(1)?,
                async_customers: row.get(2)?,
                async_orders: row.get(3)?,
                days_transactions_exist: row.get(4)?,
                channels: Vec::new(),
            })
        },
    )?;
    for profile in &mut profiles {
        profile.channels =
            hq.rows(include_str!("sql/profile_channels.sql"), [&profile.id], |row| row.get(0))?;
    }
    Ok(profiles)
}

/// The profile of this id, in any case.
pub(crate) fn find_profile(hq: &Headquarters, id: &str) -> Result<Profile, StoreError> {
    let profiles = profiles(hq)?;
    let known: Vec<String> = profiles.iter().map(|profile| profile.id.clone()).collect();
    profiles
        .into_iter()
        .find(|profile| profile.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| StoreError::unknown(NameKind::Profile, id, &known))
}

/// Writes a profile's options.
pub(crate) fn save_profile(hq: &HqTx<'_>, profile: &Profile, now: &Time) -> Result<(), StoreError> {
    hq.execute(
        include_str!("sql/profile_set.sql"),
        named_params! {
            ":customers": profile.async_customers, ":orders": profile.async_orders,
            ":days": profile.days_transactions_exist, ":now": now, ":id": profile.id,
        },
    )
}

/// Whether "Filter shared customer data tables" is on for the channel schema (R06).
pub(crate) fn filters_shared_customers(hq: &Headquarters) -> Result<bool, StoreError> {
    let sql = "SELECT max(FILTERSHAREDCUSTOMERDATATABLES) FROM RETAILCONNCHANNELSCHEMA";
    Ok(hq.number(sql, [])? != 0)
}
