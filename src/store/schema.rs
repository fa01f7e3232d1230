//! The schema of each kind of database, in numbered files.

use std::sync::OnceLock;

/// Which kind of database a file is; kept in SQLite's application id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `hq.db`.
    Headquarters,
    /// A channel database, offline ones included.
    Channel,
}

/// One numbered step of a schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version a database has after it.
    pub version: i64,
    /// Its statements.
    pub sql: &'static str,
}

const HQ: &[Migration] = &[
    Migration { version: 1, sql: include_str!("schema/hq/0001_configuration.sql") },
    Migration { version: 2, sql: include_str!("schema/hq/0002_customers.sql") },
    Migration { version: 3, sql: include_str!("schema/hq/0003_exchange.sql") },
    Migration { version: 4, sql: include_str!("schema/hq/0004_features.sql") },
    Migration { version: 5, sql: include_str!("schema/hq/0005_rebuild.sql") },
    Migration { version: 6, sql: include_str!("schema/hq/0006_replaced.sql") },
    Migration { version: 7, sql: include_str!("schema/hq/0007_unfinished.sql") },
    Migration { version: 8, sql: include_str!("schema/hq/0008_newer.sql") },
    Migration { version: 9, sql: include_str!("schema/hq/0009_given_up.sql") },
    Migration { version: 10, sql: include_str!("schema/hq/0010_recurrence.sql") },
    Migration { version: 11, sql: include_str!("schema/hq/0011_relations.sql") },
    Migration { version: 12, sql: include_str!("schema/hq/0012_log.sql") },
    Migration { version: 13, sql: include_str!("schema/hq/0013_attributes.sql") },
    Migration { version: 14, sql: include_str!("schema/hq/0014_feature_names.sql") },
    Migration { version: 15, sql: include_str!("schema/hq/0015_orders.sql") },
    Migration { version: 16, sql: include_str!("schema/hq/0016_columns.sql") },
    Migration { version: 17, sql: include_str!("schema/hq/0017_identity_order.sql") },
    Migration { version: 18, sql: include_str!("schema/hq/0018_mapped_since.sql") },
];

const CHANNEL: &[Migration] = &[
    Migration { version: 1, sql: include_str!("schema/channel/0001_configuration.sql") },
    Migration { version: 2, sql: include_str!("schema/channel/0002_customers.sql") },
    Migration { version: 3, sql: include_str!("schema/channel/0003_exchange.sql") },
    Migration { version: 4, sql: include_str!("schema/channel/0004_features.sql") },
    Migration { version: 5, sql: include_str!("schema/channel/0005_replaced.sql") },
    Migration { version: 7, sql: include_str!("schema/channel/0007_newer.sql") },
    Migration { version: 8, sql: include_str!("schema/channel/0008_rows_changed.sql") },
    Migration { version: 9, sql: include_str!("schema/channel/0009_relations.sql") },
    Migration { version: 10, sql: include_str!("schema/channel/0010_log.sql") },
    Migration { version: 11, sql: include_str!("schema/channel/0011_attributes.sql") },
    Migration { version: 12, sql: include_str!("schema/channel/0012_feature_names.sql") },
    Migration { version: 13, sql: include_str!("schema/channel/0013_orders.sql") },
];

impl Kind {
    /// The steps of this kind's schema, oldest first.
    pub fn migrations(self) -> &'static [Migration] {
        match self {
            Self::Headquarters => HQ,
            Self::Channel => CHANNEL,
        }
    }

    /// All that the steps lead to from nothing, at once: each step that changes a table has SQLite
    /// read the whole schema again. Made from the steps, and held equal to them, by a test of
    /// `migrate`.
    pub(super) fn whole(self) -> &'static str {
        match self {
            Self::Headquarters => include_str!("schema/hq.sql"),
            Self::Channel => include_str!("schema/channel.sql"),
        }
    }

    /// The version a current database has.
    pub fn version(self) -> i64 {
        self.migrations().last().map_or(0, |migration| migration.version)
    }

    /// Whether a table is one of the tool's own schema, in any case.
    pub(crate) fn has_table(self, name: &str) -> bool {
        static TABLES: OnceLock<[Vec<&'static str>; 2]> = OnceLock::new();
        let [hq, channel] = TABLES.get_or_init(|| [made(HQ), made(CHANNEL)]);
        let own = match self {
            Self::Headquarters => hq,
            Self::Channel => channel,
        };
        own.iter().any(|table| table.eq_ignore_ascii_case(name))
    }

    /// The application id: `cdxh`, `cdxc`.
    pub fn application_id(self) -> i32 {
        match self {
            Self::Headquarters => i32::from_be_bytes(*b"cdxh"),
            Self::Channel => i32::from_be_bytes(*b"cdxc"),
        }
    }

    /// What its file is called in a message.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Headquarters => "a headquarters database",
            Self::Channel => "a channel database",
        }
    }
}

impl Migration {
    /// The tables that it makes.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.made(&["CREATE TABLE "])
    }

    /// Everything that it makes by a name of its own.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.made(&["CREATE TABLE ", "CREATE UNIQUE INDEX ", "CREATE INDEX ", "CREATE TRIGGER "])
    }

    fn made(&self, begin: &'static [&str]) -> impl Iterator<Item = &'static str> {
        let name = move |line: &'static str| {
            let rest = begin.iter().find_map(|begin| line.strip_prefix(begin))?;
            Some(rest.split([' ', '(']).next()?.trim_matches('"'))
        };
        self.sql.lines().filter_map(name)
    }
}

/// The tables that migrations make.
fn made(migrations: &[Migration]) -> Vec<&'static str> {
    migrations.iter().flat_map(Migration::tables).collect()
}
