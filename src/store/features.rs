//! Features, profiles and parameters in headquarters.

use rusqlite::named_params;

use super::db::{Db, Headquarters};
use super::error::StoreError;
use super::tracking;
use crate::gates::Catalogue;
use crate::gates::resolve::FeatureRow;
use crate::world::clock::NO_DATE;

/// The features of the catalogue as headquarters has them; those it has not are left out.
pub fn rows(hq: &Headquarters, catalogue: &Catalogue) -> Result<Vec<FeatureRow>, StoreError> {
    let found = hq.rows(
        "SELECT s.NAME, s.ISENABLED, coalesce(m.ENABLEDATE, '1900-01-01')
         FROM FEATUREMANAGEMENTSTATE s
         LEFT JOIN FEATUREMANAGEMENTMETADATA m ON m.FEATURESTATE = s.RECID",
        [],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? == 1, row.get::<_, String>(2)?)),
    )?;
    let row = |gate: &crate::gates::Gate| {
        let name = gate.table_name();
        let (_, on, date) = found.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(&name))?;
        let date = date.get(..10).filter(|date| *date != NO_DATE);
        Some(FeatureRow { slug: gate.slug.clone(), on: *on, enable_date: date.map(str::to_owned) })
    };
    Ok(catalogue.gates.iter().filter_map(row).collect())
}

/// Turns a feature on or off in the caller's transaction; `today` becomes its enable date.
///
/// The open version is closed first, so that it can be told which jobs have run since.
pub fn set(hq: &Db, name: &str, on: bool, today: &str, now: &str) -> Result<(), StoreError> {
    tracking::close_version(hq, now)?;
    let version = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    hq.run(
        "UPDATE FEATUREMANAGEMENTSTATE SET ISENABLED = :on, RECVERSION = RECVERSION + 1
         WHERE NAME = :name",
        named_params! { ":on": on, ":name": name },
    )?;
    hq.run(
        "UPDATE FEATUREMANAGEMENTMETADATA SET ENABLEDATE = :date, RECVERSION = RECVERSION + 1
         WHERE FEATURESTATE = (SELECT RECID FROM FEATUREMANAGEMENTSTATE WHERE NAME = :name)",
        named_params! { ":date": if on { today } else { NO_DATE }, ":name": name },
    )?;
    hq.run(
        "INSERT OR REPLACE INTO cdx_FEATURECHANGE (NAME, VERSION) VALUES (?1, ?2)",
        rusqlite::params![name, version],
    )
    .map(|_| ())
}

/// Which of these jobs have not been applied in a database since a feature was changed (G13).
pub fn missing_jobs(
    hq: &Headquarters,
    name: &str,
    store: i64,
    jobs: &[String],
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT VERSION FROM cdx_FEATURECHANGE WHERE NAME = ?1";
    let Some(version) = hq.first(sql, [name], |row| row.get::<_, i64>(0))? else {
        return Ok(Vec::new());
    };
    let mut missing = Vec::new();
    for job in jobs {
        let since = hq.number(
            include_str!("sql/applied_since.sql"),
            named_params! { ":job": job, ":store": store, ":version": version },
        )?;
        if since == 0 {
            missing.push(job.clone());
        }
    }
    Ok(missing)
}

/// A functionality profile.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// "Create customer in async mode" (R01).
    pub async_customers: bool,
    /// "Create customer order in async mode".
    pub async_orders: bool,
    /// "Days transactions exist" (U06).
    pub days_transactions_exist: i64,
    /// The channels that use it.
    pub channels: Vec<String>,
}

/// Every functionality profile, by id.
pub fn profiles(hq: &Headquarters) -> Result<Vec<Profile>, StoreError> {
    let mut profiles = hq.rows(
        "SELECT PROFILEID, NAME, CREATEASYNCCUSTOMERS, CREATEOFFLINECUSTOMERORDERS,
         DAYSTRANSACTIONSEXISTS FROM RETAILFUNCTIONALITYPROFILE ORDER BY PROFILEID",
        [],
        |row| {
            Ok(Profile {
                id: row.get(0)?,
                name: row.get(1)?,
                async_customers: row.get::<_, i64>(2)? != 0,
                async_orders: row.get::<_, i64>(3)? != 0,
                days_transactions_exist: row.get(4)?,
                channels: Vec::new(),
            })
        },
    )?;
    for profile in &mut profiles {
        profile.channels = hq.rows(
            "SELECT p.NAME FROM RETAILSTORETABLE s
             JOIN RETAILCDXDATASTORECHANNEL c ON c.CHANNEL = s.RETAILCHANNEL
             JOIN RETAILCONNDATABASEPROFILE p ON p.RECID = c.DATASTORE AND p.DATASTORETYPE = 0
             WHERE s.FUNCTIONALITYPROFILE = ?1 ORDER BY p.RECID",
            [&profile.id],
            |row| row.get(0),
        )?;
    }
    Ok(profiles)
}

/// The profile of this id, in any case.
pub fn find_profile(hq: &Headquarters, id: &str) -> Result<Profile, StoreError> {
    let profiles = profiles(hq)?;
    let known: Vec<String> = profiles.iter().map(|profile| profile.id.clone()).collect();
    profiles
        .into_iter()
        .find(|profile| profile.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| StoreError::unknown("profile", id, &known, "cdx profiles list"))
}

/// Writes a profile's options.
pub fn save_profile(hq: &Headquarters, profile: &Profile, now: &str) -> Result<(), StoreError> {
    hq.write(|hq| {
        hq.run(
            "UPDATE RETAILFUNCTIONALITYPROFILE SET CREATEASYNCCUSTOMERS = :customers,
             CREATEOFFLINECUSTOMERORDERS = :orders, DAYSTRANSACTIONSEXISTS = :days,
             MODIFIEDDATETIME = :now WHERE PROFILEID = :id",
            named_params! {
                ":customers": profile.async_customers, ":orders": profile.async_orders,
                ":days": profile.days_transactions_exist, ":now": now, ":id": profile.id,
            },
        )
        .map(|_| ())
    })
}

/// Whether "Filter shared customer data tables" is on for the channel schema (R06).
pub fn filters_shared_customers(hq: &Headquarters) -> Result<bool, StoreError> {
    let sql = "SELECT max(FILTERSHAREDCUSTOMERDATATABLES) FROM RETAILCONNCHANNELSCHEMA";
    Ok(hq.number(sql, [])? != 0)
}
