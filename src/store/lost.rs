//! Rows of a channel that headquarters counts as received and has not (U07).
//!
//! A channel file that was put back counts again what headquarters has received already, a package
//! that is gone takes its counters with it, and headquarters that was put back has lost what it had
//! received. Such rows are never collected again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rusqlite::named_params;

use super::catalogue::find_table;
use super::column;
use super::error::StoreError;
use super::origins;
use super::pack::used;
use super::packages::{PackageStore, checksum};
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::{literal, quoted};
use super::upload_table::UploadTable;
use super::uploads;
use crate::model::ids::{DataStoreId, UploadId};
use crate::model::job::DATAAREAID;
use crate::model::operation::OperationKind;
use crate::model::plan::PlanColumn;
use crate::model::session::UploadSession;
use crate::model::status::UploadStatus;

/// The column that headquarters' batch sets when an operation is through (C02).
const COMPLETED: &str = "ONLINEOPERATIONCOMPLETED";

/// The column that headquarters' batch fills in where it is empty (C02).
const ACCOUNT: &str = "CUSTACCOUNT";

/// Rows that are never uploaded unless they get new counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LostRows {
    /// How many.
    pub(crate) rows: u64,
    /// The lowest of their counters.
    pub(crate) first: i64,
    /// The highest of their counters.
    pub(crate) last: i64,
}

/// What the two databases are called on a connection that has both.
pub(super) struct Names {
    pub(super) hq: &'static str,
    pub(super) channel: &'static str,
}

/// What headquarters is called on a channel's connection, to which it is attached.
pub(super) const ATTACHED: &str = "hq";

/// What of a channel may still be applied in headquarters without being collected again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PendingUploads {
    /// Upload sessions that are not over, and cancelled ones that can be retried; not those whose
    /// package is gone or altered, which can never be applied.
    sessions: Vec<UploadId>,
    /// Where the rows of their packages were made, and of those that the channel has sent and that
    /// headquarters does not know.
    origins: Vec<String>,
}

impl PendingUploads {
    /// What is on the way from a database.
    ///
    /// # Errors
    /// The folder of packages, or the channel's file. A package that cannot be read brings nothing.
    pub(crate) fn from(
        sessions: &[UploadSession],
        store: DataStoreId,
        channel: &ChannelDatabase,
        packages: &impl PackageStore,
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let mut files = BTreeSet::new();
        for session in sessions.iter().filter(|session| session.store_id == store) {
            let file = match &session.package {
                Some(package) => whole(packages, package, &session.checksum)?,
                None => None,
            };
            let over = match session.status {
                UploadStatus::Applied => true,
                UploadStatus::Canceled => file.is_none(),
                _ => file.is_none() && session.package.is_some(),
            };
            if !over {
                found.sessions.push(session.id);
                files.extend(file);
            }
        }
        let known: BTreeSet<&str> =
            sessions.iter().filter_map(|session| session.package.as_deref()).collect();
        for (_, collected) in uploads::all_in_channel(channel)? {
            if !known.contains(collected.package.as_str()) {
                files.extend(whole(packages, &collected.package, &collected.checksum)?);
            }
        }
        for file in files {
            found.origins.extend(super::upload_pack::origins(&file).unwrap_or_default());
        }
        Ok(found)
    }

    /// The sessions as a JSON list, for SQL.
    pub(super) fn sessions(&self) -> String {
        format!("{:?}", self.sessions)
    }

    /// The origins as a JSON list, for SQL.
    pub(super) fn origins(&self) -> String {
        serde_json::to_string(&self.origins).unwrap_or_default()
    }
}

/// A package as it was made; none where it is gone, or altered since.
///
/// # Errors
/// The folder of packages.
pub(crate) fn whole(
    packages: &impl PackageStore,
    name: &str,
    recorded: &str,
) -> Result<Option<PathBuf>, StoreError> {
    let Some(file) = packages.get(name)? else { return Ok(None) };
    Ok((checksum(&file)?.0 == recorded).then_some(file))
}

/// Whether a channel table is uploaded by one subjob only. Of one that several upload, each row
/// goes up with one of them, so that none can be said to lack it.
pub(crate) fn is_alone<'t>(
    table: &UploadTable,
    tables: impl IntoIterator<Item = &'t UploadTable>,
) -> bool {
    let same = |one: &&UploadTable| one.plan.target.eq_ignore_ascii_case(&table.plan.target);
    tables.into_iter().filter(same).count() == 1
}

/// Counts the lost rows of a table, the channel being attached to headquarters as `ch`.
///
/// # Errors
/// Either file.
pub(crate) fn count(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    store: DataStoreId,
    table: &UploadTable,
    way: &PendingUploads,
) -> Result<LostRows, StoreError> {
    let sent = uploads::sent_in(hq, "ch", &table.plan.target)?;
    let reached = uploads::received(hq, store, &table.plan.target)?.max(sent);
    if reached == 0 {
        return Ok(LostRows::default());
    }
    let counter = quoted(&table.counter);
    // What is known of a table that was dropped and made again is of other rows.
    let again = origins::made_again(channel)?;
    let again = again.iter().any(|(name, _)| name.eq_ignore_ascii_case(&table.plan.target));
    let condition = if again {
        format!("c.{counter} <= :reached")
    } else {
        condition(hq, table, &Names { hq: "main", channel: "ch" })?
    };
    let sql = format!(
        "SELECT count(*), coalesce(min(c.{counter}), 0), coalesce(max(c.{counter}), 0)
         FROM ch.{} c WHERE {condition}",
        quoted(&table.plan.target),
    );
    let (open, origins) = (way.sessions(), way.origins());
    let params = named_params! {
        ":store": store, ":reached": reached, ":table": table.plan.target, ":open": open,
        ":way": origins,
    };
    let lost = hq.first(&sql, used(&sql, params).as_slice(), |row| {
        Ok(LostRows { rows: column::count(row, 0)?, first: row.get(1)?, last: row.get(2)? })
    })?;
    Ok(lost.unwrap_or_default())
}

/// What holds of a lost row `c`, with `:store`, `:reached` (the highest counter that either side
/// takes for sent), `:table`, and what is on the way as JSON lists `:open` and `:way`.
///
/// A row is known by where it was made. In a file that was put back another program makes rows
/// where it has made others before, which are told apart by what is in them; so are rows of an
/// earlier version, which do not say where they were made.
pub(super) fn condition(
    hq: &Headquarters,
    table: &UploadTable,
    names: &Names,
) -> Result<String, StoreError> {
    let plan = &table.plan;
    let counter = quoted(&table.counter);
    let theirs = quoted(table.counter_in_headquarters());
    let found = find_table(hq, &plan.hq_table)?;
    let of_store = match found.and_then(|found| found.column("cdx_DATASTORE").map(|_| ())) {
        Some(()) => "t.cdx_DATASTORE = :store AND ",
        // Whose row it is cannot be told: any row of that counter will do.
        None => "",
    };
    Ok(format!(
        include_str!("sql/lost_row.sql"),
        counter = counter,
        theirs = theirs,
        of_store = of_store,
        table = quoted(&plan.hq_table),
        same = same(table, names.hq),
        hq = names.hq,
        channel = names.channel,
    ))
}

/// The kind of operation that a table holds, where it is one of the five (U08).
pub(super) fn kind(table: &UploadTable) -> Option<OperationKind> {
    let own = |kind: &OperationKind| {
        table.plan.hq_table.eq_ignore_ascii_case(kind.table())
            && table.plan.target.eq_ignore_ascii_case(&format!("ax_{}", kind.table()))
    };
    OperationKind::ALL.iter().copied().find(own)
}

/// Whether a table is one of the five that the schema itself has watched from the beginning.
pub(crate) fn is_shipped(table: &UploadTable) -> bool {
    kind(table).is_some()
}

/// That headquarters' row `t` is the channel's row `c`, counters apart; nothing for tables other
/// than the five, whose rows may be changed on either side.
pub(super) fn same(table: &UploadTable, name: &str) -> String {
    let Some(kind) = kind(table) else { return String::new() };
    let differs_by_nature = |column: &PlanColumn| {
        column.to == table.counter
            || column.from.starts_with("cdx_")
            || [DATAAREAID, COMPLETED].iter().any(|name| column.from.eq_ignore_ascii_case(name))
    };
    let compared = table.plan.columns.iter().filter(|column| !differs_by_nature(column));
    let each = compared.map(|column| {
        let (from, to) = (quoted(&column.from), quoted(&column.to));
        let filled = if column.from.eq_ignore_ascii_case(ACCOUNT) {
            format!("c.{to} = '' OR ")
        } else {
            String::new()
        };
        // What a person has corrected in headquarters is not what came (C04).
        format!(
            include_str!("sql/lost_same_value.sql"),
            filled = filled,
            from = from,
            to = to,
            column = literal(&column.from),
            hq = name,
            table = kind.table(),
        )
    });
    each.collect()
}
