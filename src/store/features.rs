//! Features in headquarters: how they stand, changing them, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{named_params, params};

use super::error::StoreError;
use super::feature_log::log;
use super::feature_rows::repair_one;
use super::seed::FIRST_RECID;
use super::side::{Headquarters, HqTx};
use super::{topology, tracking, world};
use crate::gates::gate::Gate;
use crate::gates::progress::{History, PastSession};
use crate::gates::standing::{Change, FeatureEvent, FeatureRow, Setting, Standing, is_yes};
use crate::gates::{Catalogue, Features};
use crate::model::ids::{DataStoreId, JobId};
use crate::model::status::DownloadStatus;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::model::version::Version;
use crate::world::Clock;
use crate::world::clock::{NO_DATE, parse_date};

/// How things stand in headquarters, as gates decide from it.
pub(crate) fn standing(
    hq: &Headquarters,
    catalogue: &Catalogue,
    clock: &Clock,
) -> Result<Standing, StoreError> {
    let version = app_version(hq)?;
    let facts: BTreeMap<String, String> = hq
        .rows("SELECT lower(NAME), VALUE FROM cdx_FACT ORDER BY NAME", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .into_iter()
        .collect();
    let automatic =
        hq.number("SELECT max(DEFAULTENABLEMENT) FROM FEATUREMANAGEMENTPARAMETERS", [])?;
    Ok(Standing {
        scale_units: scale_units(hq, &version)?.into(),
        rows: rows(hq, catalogue)?,
        facts,
        automatic: automatic != 0,
        today: clock.today(),
        version,
    })
}

/// The application's version.
pub(crate) fn app_version(hq: &Headquarters) -> Result<Version, StoreError> {
    let text = world::value(hq, "app-version")?;
    Version::parse(&text).ok_or_else(|| hq.unreadable("the application's version", text))
}

/// Each channel's scale unit and its version; one that nobody set is headquarters' own.
pub(crate) fn scale_units(
    hq: &Headquarters,
    own: &Version,
) -> Result<Vec<(String, Version)>, StoreError> {
    let sql = "SELECT NAME, CURRENTVERSION FROM RETAILCONNDATABASEPROFILE \
               WHERE DATASTORETYPE = 0 ORDER BY RECID";
    let found = hq.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let version = |text: &str| Version::parse(text).unwrap_or_else(|| own.clone());
    Ok(found.into_iter().map(|(name, text)| (name, version(&text))).collect())
}

/// Writes the version of each channel's scale unit, in the caller's transaction.
pub(crate) fn set_scale_unit_versions(
    hq: &HqTx<'_>,
    units: &[(String, Version)],
) -> Result<(), StoreError> {
    for (name, version) in units {
        hq.run(
            "UPDATE RETAILCONNDATABASEPROFILE SET CURRENTVERSION = :version
             WHERE DATASTORETYPE = 0 AND NAME = :name",
            named_params! { ":version": version.to_string(), ":name": name },
        )?;
    }
    Ok(())
}

/// The features of the catalogue as headquarters lists them; those it has not are left out.
pub(crate) fn rows(
    hq: &Headquarters,
    catalogue: &Catalogue,
) -> Result<Vec<FeatureRow>, StoreError> {
    let found = hq.rows(include_str!("sql/feature_rows.sql"), [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? == 1, row.get::<_, String>(2)?))
    })?;
    let row = |gate: &Gate| {
        let name = gate.table_name();
        let (_, on, date) = found.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(&name))?;
        let date = date.get(..10).filter(|date| *date != NO_DATE);
        let enable_date = date.and_then(|date| parse_date(date).ok());
        Some(FeatureRow { slug: gate.slug.clone(), on: *on, enable_date })
    };
    Ok(catalogue.gates.iter().filter_map(row).collect())
}

/// Whether headquarters has a feature on.
pub(crate) fn is_on(
    hq: &Headquarters,
    catalogue: &Catalogue,
    slug: &str,
) -> Result<bool, StoreError> {
    Ok(rows(hq, catalogue)?.iter().any(|row| row.slug == slug && row.on))
}

/// Gives features their rows, off, in the caller's transaction.
pub(crate) fn list(hq: &HqTx<'_>, gates: &[&Gate], now: &Time) -> Result<(), StoreError> {
    for gate in gates {
        if repair_one(hq, gate, now)?.is_some() {
            continue;
        }
        let next = hq.number("SELECT max(RECID) FROM FEATUREMANAGEMENTSTATE", [])?;
        let next = hq.number("SELECT max(RECID) FROM FEATUREMANAGEMENTMETADATA", [])?.max(next);
        hq.run(
            include_str!("sql/feature_list_state.sql"),
            named_params! { ":id": (next + 1).max(FIRST_RECID), ":name": gate.table_name() },
        )?;
        hq.run(
            include_str!("sql/feature_list_metadata.sql"),
            named_params! {
                ":id": (next + 1).max(FIRST_RECID), ":label": gate.name,
                ":disable": gate.can_disable,
            },
        )?;
        log(hq, gate, FeatureEvent::Listed, "", now)?;
    }
    Ok(())
}

/// Changes features in the caller's transaction, giving those a row that had none.
///
/// The open version is closed first, so that it can be told which jobs have run since.
pub(crate) fn apply(
    hq: &HqTx<'_>,
    catalogue: &Catalogue,
    changes: &[Change],
    why: &str,
    now: &Time,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    tracking::close_version(hq, now)?;
    let version = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    for change in changes {
        let Some(gate) = catalogue.get(&change.slug) else { continue };
        let name = gate.table_name();
        if hq.number("SELECT count(*) FROM FEATUREMANAGEMENTSTATE WHERE NAME = ?1", [&name])? == 0 {
            list(hq, &[gate], now)?;
        }
        let sql = "SELECT ISENABLED FROM FEATUREMANAGEMENTSTATE WHERE NAME = ?1";
        let was = hq.number(sql, [&name])? != 0;
        let (on, event, date) = match change.to {
            Setting::On(date) => (true, FeatureEvent::On, date.to_string()),
            Setting::Off => (false, FeatureEvent::Off, NO_DATE.to_owned()),
            Setting::Scheduled(date) => (false, FeatureEvent::Scheduled, date.to_string()),
        };
        hq.run(
            include_str!("sql/feature_set_state.sql"),
            named_params! { ":on": on, ":name": name },
        )?;
        hq.run(
            include_str!("sql/feature_set_metadata.sql"),
            named_params! { ":date": date, ":name": name },
        )?;
        if on != was {
            hq.run(
                "INSERT OR REPLACE INTO cdx_FEATURECHANGE (NAME, VERSION) VALUES (?1, ?2)",
                params![name, version],
            )?;
        }
        let detail = match event {
            FeatureEvent::Scheduled => format!("{why} for {date}"),
            _ => why.to_owned(),
        };
        log(hq, gate, event, &detail, now)?;
    }
    Ok(())
}

/// The row version at which a feature was last turned on or off; none since it is as it was made.
pub(crate) fn changed_at(hq: &Headquarters, gate: &Gate) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT VERSION FROM cdx_FEATURECHANGE WHERE NAME = ?1";
    hq.first(sql, [gate.table_name()], |row| row.get(0))
}

/// What one database has had since some row version, and when facts and jobs were made.
pub(crate) fn history(
    hq: &Headquarters,
    store: DataStoreId,
    since: i64,
) -> Result<History, StoreError> {
    let had = hq.rows(
        include_str!("sql/feature_history.sql"),
        named_params! {
            ":store": store, ":since": since,
            ":applied": DownloadStatus::Applied, ":nodata": DownloadStatus::NoData,
        },
        |row| {
            Ok(PastSession {
                job: row.get("JOBID")?,
                session: row.get("SESSION")?,
                until: row.get("CURRENTROWVERSION")?,
                newest: row.get("NEWEST")?,
            })
        },
    )?;
    let facts = hq.rows("SELECT NAME, VALUE, VERSION FROM cdx_FACT", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    })?;
    let facts = facts.into_iter().filter(|(_, value, _)| is_yes(value));
    let sql = "SELECT VALUE FROM cdx_WORLD WHERE KEY = 'scheduler-initialized'";
    let initialized = hq.text(sql, [])?.and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(History { had, initialized, facts: facts.map(|(name, _, at)| (name, at)).collect() })
}

/// The jobs of a gate that a database has not had since the gate was changed (G13).
pub(crate) fn missing_jobs(
    hq: &Headquarters,
    catalogue: &Catalogue,
    gate: &Gate,
    store: DataStoreId,
    clock: &Clock,
) -> Result<Vec<JobId>, StoreError> {
    let Some(changed) = changed_at(hq, gate)? else { return Ok(Vec::new()) };
    let standing = standing(hq, catalogue, clock)?;
    let on = Features { catalogue, standing: &standing }.is_on(&gate.slug);
    let history = history(hq, store, changed)?;
    let way = if on { gate.clone() } else { gate.turned_off() };
    let taken = crate::gates::progress::walk(&way, changed, &history);
    Ok(crate::gates::progress::missing_jobs(&way, &taken))
}

/// Whether a channel has registers.
pub(crate) fn has_registers(hq: &Headquarters, store: &DataStore) -> Result<bool, StoreError> {
    let found = hq.number(include_str!("sql/channel_registers.sql"), [store.id])?;
    Ok(found > 0)
}

/// The channels that have registers, looked up at once.
pub(crate) fn with_registers(hq: &Headquarters) -> Result<BTreeSet<DataStoreId>, StoreError> {
    let sql = include_str!("sql/channels_with_registers.sql");
    Ok(hq.rows(sql, [], |row| row.get(0))?.into_iter().collect())
}

/// Records the row version at which the scheduler was initialized.
pub(crate) fn set_initialized(hq: &HqTx<'_>, now: &Time) -> Result<(), StoreError> {
    tracking::close_version(hq, now)?;
    let version = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    world::set_value(hq, "scheduler-initialized", &version.to_string())
}

/// Sets a fact that gates ask for; the row version says since when it has this value.
pub(crate) fn set_fact(
    hq: &HqTx<'_>,
    name: &str,
    value: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = "SELECT VALUE FROM cdx_FACT WHERE NAME = ?1 COLLATE NOCASE";
    let was = hq.text(sql, [name])?;
    let same = was.as_deref().is_some_and(|was| is_yes(was) == is_yes(value));
    tracking::close_version(hq, now)?;
    let version = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    hq.execute(
        include_str!("sql/fact_set.sql"),
        named_params! {
            ":name": name.to_lowercase(), ":value": value, ":version": version, ":same": same,
        },
    )
}

/// Whether new features are enabled by themselves (G09).
pub(crate) fn set_automatic(hq: &HqTx<'_>, automatic: bool) -> Result<(), StoreError> {
    let sql = "UPDATE FEATUREMANAGEMENTPARAMETERS SET DEFAULTENABLEMENT = ?1";
    hq.execute(sql, [automatic])
}

/// Every channel database, without the offline ones.
pub(crate) fn channels(hq: &Headquarters) -> Result<Vec<DataStore>, StoreError> {
    Ok(topology::data_stores(hq)?.into_iter().filter(|store| !store.offline).collect())
}
