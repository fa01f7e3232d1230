//! Channels, schedules, profiles, parameters and features of a new environment.

use rusqlite::{named_params, params};

use super::{FIRST_RECID, ONLINE_STORE};
use crate::model::ids::{DataAreaId, DataStoreId};
use crate::model::topology::OFFLINE_SUFFIX;
use crate::store::error::StoreError;
use crate::store::side::{Handle, Headquarters, HqTx};
use crate::store::topology::{CHANNEL_STORE, OFFLINE_STORE};
use crate::store::world::set_value;

/// A feature as a new environment has it.
#[derive(Debug, Clone)]
pub struct FeatureSeed {
    /// `Dynamics.AX.Application.<class>`.
    pub name: String,
    /// The English display name.
    pub(crate) display_name: String,
    /// Whether it is on.
    pub(crate) on: bool,
    /// Whether it can be disabled once on.
    pub(crate) can_disable: bool,
}

/// A channel of a new environment.
#[derive(Debug, Clone)]
pub struct ChannelSeed {
    /// Its name, which is also its database's.
    pub name: String,
    /// An online store has no registers.
    pub online: bool,
    /// Its first register has an offline database.
    pub offline_database: bool,
}

/// Fills everything but customers, in one transaction.
pub fn configuration(
    hq: &Handle<Headquarters>,
    company: &DataAreaId,
    channels: &[ChannelSeed],
    features: &[FeatureSeed],
    world: &[(&str, String)],
) -> Result<(), StoreError> {
    hq.write(|hq| {
        for (key, value) in world {
            set_value(hq, key, value)?;
        }
        let fixed =
            include_str!("../sql/seed_configuration.sql").replace("{company}", company.as_str());
        hq.script(&fixed)?;
        for (at, feature) in features.iter().enumerate() {
            add_feature(hq, FIRST_RECID + at as i64, feature)?;
        }
        for (at, channel) in channels.iter().enumerate() {
            add_channel(hq, company, at as i64, channel)?;
        }
        Ok(())
    })
}

fn add_feature(hq: &HqTx<'_>, recid: i64, feature: &FeatureSeed) -> Result<(), StoreError> {
    hq.run(
        "INSERT INTO FEATUREMANAGEMENTSTATE (RECID, NAME, ISENABLED) VALUES (:id, :name, :on)",
        named_params! { ":id": recid, ":name": feature.name, ":on": feature.on },
    )?;
    hq.execute(
        include_str!("../sql/seed_feature_metadata.sql"),
        named_params! {
            ":id": recid, ":label": feature.display_name, ":disable": feature.can_disable,
            ":on": feature.on,
        },
    )
}

fn add_channel(
    hq: &HqTx<'_>,
    company: &DataAreaId,
    at: i64,
    channel: &ChannelSeed,
) -> Result<(), StoreError> {
    let recid = FIRST_RECID + at;
    let number = channel_number(&channel.name);
    hq.run(
        include_str!("../sql/seed_channel.sql"),
        named_params! {
            ":recid": recid, ":number": number, ":company": company,
            ":type": if channel.online { ONLINE_STORE } else { 0 },
            ":customer": format!("{:08}", at + 1), ":unit": FIRST_RECID + 1_000_000 + at,
        },
    )?;
    hq.run(
        "INSERT INTO RETAILSTORETABLE (RECID, STORENUMBER, RETAILCHANNEL, FUNCTIONALITYPROFILE)
         VALUES (:recid, :number, :recid, :profile)",
        named_params! {
            ":recid": recid, ":number": format!("S{:06}", at + 1),
            ":profile": if channel.online { "Online" } else { "Stores" },
        },
    )?;
    let registers = if channel.online { 0 } else { 2 };
    for register in 1..=registers {
        hq.run(
            "INSERT INTO RETAILTERMINALTABLE (TERMINALID, STORENUMBER, NAME)
             VALUES (:terminal, :store, :name)",
            named_params! {
                ":terminal": format!("R{:05}-{register}", at + 1),
                ":store": format!("S{:06}", at + 1),
                ":name": format!("{} register {register}", channel.name),
            },
        )?;
    }
    add_store(hq, "Default", &channel.name, recid, CHANNEL_STORE, "")?;
    if channel.offline_database {
        let name = format!("{}{OFFLINE_SUFFIX}", channel.name);
        let terminal = format!("R{:05}-1", at + 1);
        add_store(hq, "Default", &name, recid, OFFLINE_STORE, &terminal)?;
    }
    Ok(())
}

/// A channel's name as its documented id, at most 15 characters.
fn channel_number(name: &str) -> String {
    name.to_uppercase().chars().take(15).collect()
}

/// Adds a channel or offline database to a group; its RECID.
pub(in crate::store) fn add_store(
    hq: &HqTx<'_>,
    group: &str,
    name: &str,
    channel: i64,
    kind: i64,
    terminal: &str,
) -> Result<DataStoreId, StoreError> {
    hq.run(
        include_str!("../sql/seed_data_store.sql"),
        named_params! {
            ":name": name, ":group": group, ":type": kind, ":terminal": terminal,
        },
    )?;
    let store = DataStoreId(hq.last_id());
    hq.run(
        "INSERT INTO RETAILCDXDATASTORECHANNEL (DATASTORE, CHANNEL) VALUES (?1, ?2)",
        params![store, channel],
    )?;
    Ok(store)
}

/// Adds a store channel with its registers and database after the environment was made.
pub(crate) fn add_channel_rows(
    hq: &HqTx<'_>,
    company: &DataAreaId,
    name: &str,
    group: &str,
) -> Result<(), StoreError> {
    let at = hq.number("SELECT count(*) FROM RETAILCHANNELTABLE", [])?;
    let recid = 1 + hq.number("SELECT max(RECID) FROM RETAILCHANNELTABLE", [])?;
    let default =
        hq.text("SELECT DEFAULTCUSTACCOUNT FROM RETAILCHANNELTABLE ORDER BY RECID LIMIT 1", [])?;
    hq.run(
        include_str!("../sql/seed_channel.sql"),
        named_params! {
            ":recid": recid, ":number": channel_number(name), ":company": company, ":type": 0,
            ":customer": default.unwrap_or_default(), ":unit": FIRST_RECID + 1_000_000 + at,
        },
    )?;
    hq.run(
        "INSERT INTO RETAILSTORETABLE (RECID, STORENUMBER, RETAILCHANNEL, FUNCTIONALITYPROFILE)
         VALUES (:recid, :number, :recid, 'Stores')",
        named_params! { ":recid": recid, ":number": format!("S{:06}", at + 1) },
    )?;
    hq.run(
        "INSERT INTO RETAILTERMINALTABLE (TERMINALID, STORENUMBER, NAME)
         VALUES (:terminal, :store, :name)",
        named_params! {
            ":terminal": format!("R{:05}-1", at + 1), ":store": format!("S{:06}", at + 1),
            ":name": format!("{name} register 1"),
        },
    )?;
    add_store(hq, group, name, recid, CHANNEL_STORE, "").map(|_| ())
}

/// Adds the offline database of a channel's first register; its RECID.
pub(crate) fn add_offline_store(
    hq: &HqTx<'_>,
    channel: &str,
    name: &str,
    group: &str,
) -> Result<DataStoreId, StoreError> {
    let number = channel_number(channel);
    let recid =
        hq.number("SELECT RECID FROM RETAILCHANNELTABLE WHERE RETAILCHANNELID = ?1", [number])?;
    let terminal = hq.text(
        "SELECT t.TERMINALID FROM RETAILTERMINALTABLE t JOIN RETAILSTORETABLE s
         ON s.STORENUMBER = t.STORENUMBER WHERE s.RETAILCHANNEL = ?1 ORDER BY t.RECID LIMIT 1",
        [recid],
    )?;
    add_store(hq, group, name, recid, OFFLINE_STORE, &terminal.unwrap_or_default())
}
