//! How the model's times, identities and enums stand in a column.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Error, Statement};

use super::db::Db;
use super::error::StoreError;
use crate::model::evidence::Grade;
use crate::model::ids::{AccountNum, AsyncAccount, DataAreaId, DataStoreId, GroupId};
use crate::model::job::Direction;
use crate::model::operation::{Action, OperationStatus};
use crate::model::replaced::Cause;
use crate::model::run::FullReason;
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::model::time::Time;
use crate::model::topology::BatchState;
use crate::world::fault::FaultKind;

/// A value of a column that its type does not have.
#[derive(Debug, thiserror::Error)]
#[error("{value} is not {what}")]
struct UnknownValue {
    what: &'static str,
    value: String,
}

fn not_known(what: &'static str, value: impl ToString) -> FromSqlError {
    FromSqlError::other(UnknownValue { what, value: value.to_string() })
}

/// Why a row could not be read: a value that its type does not have, with its place, or else what
/// SQLite says.
pub(super) fn unread(db: &Db, sql: &str, statement: &Statement<'_>, error: Error) -> StoreError {
    let Error::FromSqlConversionFailure(at, _, source) = &error else {
        return db.error(sql, error);
    };
    let Some(UnknownValue { what, value }) = source.downcast_ref() else {
        return db.error(sql, error);
    };
    let column = statement.column_name(*at).unwrap_or("?");
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
    let table = words.find(|word| db.conn().column_metadata(None::<&str>, *word, column).is_ok());
    let place = table.map_or_else(|| column.to_owned(), |table| format!("{table}.{column}"));
    db.unreadable(format!("{what} in {place}"), value)
}

macro_rules! text {
    ($($type:ident: $make:ident),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str().map(Self::$make)
            }
        }
    )+};
}

macro_rules! numbers {
    ($($type:ident),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+};
}

text!(AccountNum: new, AsyncAccount: new, DataAreaId: new, Time: stored);
numbers!(DataStoreId, GroupId);

macro_rules! named {
    ($($type:ident: $what:literal),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let text = value.as_str()?;
                Self::parse(text).ok_or_else(|| not_known($what, text))
            }
        }
    )+};
}

named!(
    BatchState: "a batch job's status",
    Cause: "a cause",
    Direction: "a direction",
    FaultKind: "a fault",
    FullReason: "a reason for a full run",
    Grade: "a grade",
    OperationStatus: "an operation's status"
);

macro_rules! numbered {
    ($($type:ident: $what:literal),+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.number().into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let number = value.as_i64()?;
                Self::from_number(number).ok_or_else(|| not_known($what, number))
            }
        }
    )+};
}

/// Statuses bound as one parameter: `STATUS IN (SELECT value FROM json_each(:statuses))`.
pub(super) fn set_of(statuses: &[DownloadStatus]) -> String {
    let numbers: Vec<i64> = statuses.iter().map(|status| status.number()).collect();
    format!("{numbers:?}")
}

numbered!(
    Action: "what an operation does",
    DownloadStatus: "a session status",
    UploadStatus: "an upload status"
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Access, schema::Kind};

    #[test]
    fn text_that_no_value_has_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let hq =
            Db::open(&folder.path().join("hq.db"), Kind::Headquarters, Access::Create).unwrap();
        hq.script("INSERT INTO cdx_JOB VALUES ('1', 'upload', '[]', 'guessed', '', 0)").unwrap();
        let sql = "SELECT j.DIRECTION, j.GRADE FROM cdx_JOB j";
        let read =
            hq.rows(sql, [], |row| Ok((row.get::<_, Direction>(0)?, row.get::<_, Grade>(1)?)));
        let Err(StoreError::Unreadable { what, value, .. }) = read else { panic!("{read:?}") };
        assert_eq!((what.as_str(), value.as_str()), ("a grade in cdx_JOB.GRADE", "guessed"));
    }
}
