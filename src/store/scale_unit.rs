//! The scale unit's memory and log, kept in the channel database they belong to.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{named_params, params};

use super::error::StoreError;
use super::log::{self, Said};
use super::side::{ChannelDatabase, ChannelTx, Headquarters};
use super::topology;
use crate::model::log::LogEvent;
use crate::model::pos::RealTimeCall;
use crate::model::scale_unit::{Cached, ChannelView, Storefront, View};
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::world::Clock;

/// The longest documented id of a channel.
const ID_LENGTH: usize = 15;

/// A channel's documented id, from its database's name.
pub(crate) fn channel_id(channel: &str) -> String {
    channel.to_uppercase().chars().take(ID_LENGTH).collect()
}

/// What the channel's database says now.
pub(crate) fn look(channel: &ChannelDatabase, name: &str) -> Result<View, StoreError> {
    let features =
        channel.rows("SELECT NAME, ISENABLED FROM crt_FEATURESTATESVIEW", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? == 1))
        })?;
    let own = channel.first(include_str!("sql/channel_view.sql"), [channel_id(name)], |row| {
        Ok(ChannelView {
            recid: row.get("RECID")?,
            default_customer: row.get("DEFAULTCUSTACCOUNT")?,
            profile: row.get("PROFILEID")?,
            async_customers: row.get("CREATEASYNCCUSTOMERS")?,
            async_orders: row.get("CREATEOFFLINECUSTOMERORDERS")?,
            days_transactions_exist: row.get("DAYSTRANSACTIONSEXISTS")?,
        })
    })?;
    Ok(View { features: features.into_iter().collect::<BTreeMap<_, _>>(), channel: own })
}

/// Which of a feature's two rows a channel has: its state, and whether the metadata row is there.
pub(crate) fn feature_rows(
    channel: &ChannelDatabase,
    feature: &str,
) -> Result<(Option<bool>, bool), StoreError> {
    let state = channel.first(
        "SELECT RECID, ISENABLED FROM ax_FEATUREMANAGEMENTSTATE WHERE NAME = ?1",
        [feature],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)? == 1)),
    )?;
    let Some((recid, on)) = state else { return Ok((None, false)) };
    let sql = "SELECT count(*) FROM ax_FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE = ?1";
    Ok((Some(on), channel.number(sql, [recid])? > 0))
}

/// [`feature_rows`] of every feature that has a state row, by its name in lower case.
pub(crate) fn all_feature_rows(
    channel: &ChannelDatabase,
) -> Result<BTreeMap<String, (bool, bool)>, StoreError> {
    let rows = channel.rows(include_str!("sql/channel_feature_rows.sql"), [], |row| {
        Ok((row.get::<_, String>(0)?, (row.get::<_, i64>(1)? == 1, row.get(2)?)))
    })?;
    let mut found = BTreeMap::new();
    for (name, one) in rows {
        found.entry(name.to_ascii_lowercase()).or_insert(one);
    }
    Ok(found)
}

/// What an instance holds; none when it holds nothing, or has held it too long (R12).
pub(crate) fn cached(
    channel: &ChannelDatabase,
    instance: u32,
    ttl: Duration,
    clock: &Clock,
) -> Result<Option<Cached>, StoreError> {
    entry(channel, (instance, "view"), ttl, clock)
}

/// An entry of a memory; none when it is not there, or has been held too long.
fn entry(
    channel: &ChannelDatabase,
    (instance, entry): (u32, &str),
    ttl: Duration,
    clock: &Clock,
) -> Result<Option<Cached>, StoreError> {
    let sql = "SELECT VALUE, LOADED FROM cdx_CACHE WHERE INSTANCE = ?1 AND ENTRY = ?2";
    let key = params![instance, entry];
    let found = channel.first(sql, key, |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let Some((value, loaded)) = found else { return Ok(None) };
    let view = channel.json("a cached view", &value)?;
    let until = Clock::after(&loaded, ttl)?;
    Ok((until > clock.utc()).then_some(Cached { view, loaded, until }))
}

/// Has an instance hold a view from now on.
pub(crate) fn hold(
    channel: &ChannelTx<'_>,
    instance: u32,
    view: &View,
    now: &Time,
) -> Result<(), StoreError> {
    hold_entry(channel, (instance, "view"), view, now)?;
    log::note(channel, LogEvent::Cached, Said { number: Some(instance), ..Said::default() }, now)
}

fn hold_entry(
    channel: &ChannelTx<'_>,
    (instance, entry): (u32, &str),
    view: &View,
    now: &Time,
) -> Result<(), StoreError> {
    channel.execute(
        "INSERT OR REPLACE INTO cdx_CACHE (INSTANCE, ENTRY, VALUE, LOADED)
             VALUES (:instance, :entry, :value, :now)",
        named_params! {
            ":instance": instance, ":entry": entry, ":now": now,
            ":value": serde_json::to_string(view).unwrap_or_default(),
        },
    )
}

/// Empties the memory of one instance, or of all; how many held something.
pub(crate) fn restart(
    channel: &ChannelTx<'_>,
    instance: Option<u32>,
    now: &Time,
) -> Result<u64, StoreError> {
    let said = Said { subject: "scale unit", number: instance, ..Said::default() };
    log::note(channel, LogEvent::Restarted, said, now)?;
    match instance {
        Some(instance) => channel.run("DELETE FROM cdx_CACHE WHERE INSTANCE = ?1", [instance]),
        None => channel.run("DELETE FROM cdx_CACHE WHERE INSTANCE <> ?1", [STOREFRONT]),
    }
}

/// Where the e-commerce application's memory stands among those of instances.
const STOREFRONT: u32 = 0;
/// What the log calls it.
const APPLICATION: &str = "e-commerce application";
/// Its entries.
const FEATURES: &str = "features";
const CONFIGURATION: &str = "configuration";

/// What the e-commerce application holds; nothing where the channel has none (R17), whatever is in
/// a file that stands in its place.
pub(crate) fn storefront(
    hq: &Headquarters,
    store: &DataStore,
    channel: &ChannelDatabase,
    settings: &Settings,
    clock: &Clock,
) -> Result<Storefront, StoreError> {
    if !topology::is_online_store(hq, store)? {
        return Ok(Storefront::default());
    }
    let configuration = settings.storefront_configuration_ttl;
    Ok(Storefront {
        features: entry(channel, (STOREFRONT, FEATURES), settings.storefront_feature_ttl, clock)?,
        configuration: entry(channel, (STOREFRONT, CONFIGURATION), configuration, clock)?,
    })
}

/// Has the e-commerce application hold, of what it does not hold yet, what the scale unit answers.
pub(crate) fn hold_storefront(
    channel: &ChannelTx<'_>,
    held: &Storefront,
    unit: &View,
    now: &Time,
) -> Result<(), StoreError> {
    for (held, entry) in [(&held.features, FEATURES), (&held.configuration, CONFIGURATION)] {
        if held.is_none() {
            hold_entry(channel, (STOREFRONT, entry), unit, now)?;
        }
    }
    let said = Said { subject: APPLICATION, ..Said::default() };
    log::note(channel, LogEvent::Cached, said, now)
}

/// Empties the e-commerce application's memory; how much it held.
pub(crate) fn restart_storefront(channel: &ChannelTx<'_>, now: &Time) -> Result<u64, StoreError> {
    let said = Said { subject: APPLICATION, ..Said::default() };
    log::note(channel, LogEvent::Restarted, said, now)?;
    channel.run("DELETE FROM cdx_CACHE WHERE INSTANCE = ?1", [STOREFRONT])
}

/// Starts the channel's registers again: from now on they take features for what the database says.
pub(crate) fn start_registers(
    channel: &ChannelTx<'_>,
    name: &str,
    now: &Time,
) -> Result<(), StoreError> {
    let features = look(channel, name)?.features;
    channel.execute(
        "INSERT OR REPLACE INTO cdx_REGISTER (ONE, FEATURES, STARTED) VALUES (1, ?1, ?2)",
        params![serde_json::to_string(&features).unwrap_or_default(), now],
    )?;
    let said = Said { subject: "registers", ..Said::default() };
    log::note(channel, LogEvent::Restarted, said, now)
}

/// What the registers took features for when they were last started; none when they never were.
pub(crate) fn registers(
    channel: &ChannelDatabase,
) -> Result<Option<BTreeMap<String, bool>>, StoreError> {
    let Some(text) = channel.text("SELECT FEATURES FROM cdx_REGISTER", [])? else {
        return Ok(None);
    };
    channel.json("what registers started with", &text).map(Some)
}

/// The number the next real-time call gets.
pub(crate) fn next_call(channel: &ChannelDatabase) -> Result<i64, StoreError> {
    Ok(channel.number("SELECT max(ID) FROM cdx_REALTIMECALL", [])? + 1)
}

/// Logs a real-time call; one that is logged already stays as it is.
pub(crate) fn log_call(channel: &ChannelTx<'_>, call: &RealTimeCall) -> Result<(), StoreError> {
    let logged = channel.run(
        include_str!("sql/real_time_call.sql"),
        named_params! {
            ":id": call.id, ":instance": call.instance, ":operation": call.operation,
            ":request": call.request, ":account": call.account, ":outcome": call.outcome,
            ":reasons": serde_json::to_string(&call.reasons).unwrap_or_default(),
            ":called": call.called,
        },
    )?;
    if logged == 0 {
        return Ok(());
    }
    let codes: Vec<&str> = call.reasons.iter().map(|reason| reason.code.as_str()).collect();
    let said = Said {
        subject: &call.operation,
        account: &call.account,
        number: Some(call.instance),
        status: call.outcome.as_str(),
        detail: &codes.join(", "),
    };
    log::note(channel, LogEvent::Called, said, &call.called)
}

/// The real-time calls of a channel, oldest first.
pub(crate) fn calls(
    channel: &ChannelDatabase,
    name: &str,
) -> Result<Vec<RealTimeCall>, StoreError> {
    let rows = channel.rows(
        "SELECT ID, INSTANCE, OPERATION, REQUEST, ACCOUNT, OUTCOME, REASONS, CALLED
         FROM cdx_REALTIMECALL ORDER BY ID",
        [],
        |row| {
            let call = RealTimeCall {
                id: row.get(0)?,
                channel: name.to_owned(),
                instance: row.get(1)?,
                operation: row.get(2)?,
                request: row.get(3)?,
                account: row.get(4)?,
                outcome: row.get(5)?,
                reasons: Vec::new(),
                called: row.get(7)?,
            };
            Ok((call, row.get::<_, String>(6)?))
        },
    )?;
    rows.into_iter()
        .map(|(mut call, reasons)| {
            call.reasons = channel.json("the reasons of a call", &reasons)?;
            Ok(call)
        })
        .collect()
}
