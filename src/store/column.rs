//! How the model's times, identities and enums stand in a column.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, RowIndex};

use crate::gates::standing::FeatureEvent;
use crate::model::evidence::Grade;
use crate::model::field_set::SetterKind;
use crate::model::ids::{
    AccountNum, AsyncAccount, DataAreaId, DataStoreId, DownloadId, GroupId, JobId, UploadId,
};
use crate::model::job::Direction;
use crate::model::log::LogEvent;
use crate::model::operation::{Action, OperationKind, OperationStatus};
use crate::model::pos::CallOutcome;
use crate::model::record::CellValue;
use crate::model::replaced::Cause;
use crate::model::session::FullReason;
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::model::time::Time;
use crate::model::topology::BatchState;
use crate::world::fault::FaultKind;

/// A value of a column that its type does not have.
#[derive(Debug, thiserror::Error)]
#[error("{value} is not {what}")]
pub(super) struct UnknownValue {
    /// What it was to be.
    pub(super) what: &'static str,
    /// What it is.
    pub(super) value: String,
}

/// What a value of a column stands for.
fn known<V: Copy + ToString, T>(
    value: V,
    what: &'static str,
    find: impl Fn(V) -> Option<T>,
) -> FromSqlResult<T> {
    let unknown = || FromSqlError::other(UnknownValue { what, value: value.to_string() });
    find(value).ok_or_else(unknown)
}

/// For each type what is written of a value, and how what is read becomes one.
macro_rules! columns {
    ($($type:ident: [$($written:tt)+], $read:expr;)+) => {$(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.$($written)+.into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let read: fn(ValueRef<'_>) -> FromSqlResult<Self> = $read;
                read(value)
            }
        }
    )+};
}

columns! {
    AccountNum: [as_str()], |value| value.as_str().map(Self::new);
    AsyncAccount: [as_str()], |value| value.as_str().map(Self::new);
    DataAreaId: [as_str()], |value| value.as_str().map(Self::new);
    JobId: [as_str()], |value| value.as_str().map(Self::new);
    Time: [as_str()], |value| value.as_str().map(Self::stored);
    DataStoreId: [0], |value| value.as_i64().map(Self);
    GroupId: [0], |value| value.as_i64().map(Self);
    DownloadId: [0], |value| value.as_i64().map(Self);
    UploadId: [0], |value| value.as_i64().map(Self);
    BatchState: [as_str()], |value| known(value.as_str()?, "a batch job's status", Self::parse);
    CallOutcome: [as_str()],
        |value| known(value.as_str()?, "what came of a real-time call", Self::parse);
    Cause: [as_str()], |value| known(value.as_str()?, "a cause", Self::parse);
    Direction: [as_str()], |value| known(value.as_str()?, "a direction", Self::parse);
    FaultKind: [as_str()], |value| known(value.as_str()?, "a fault", Self::parse);
    FeatureEvent: [as_str()],
        |value| known(value.as_str()?, "what became of a feature", Self::parse);
    FullReason: [as_str()], |value| known(value.as_str()?, "a reason for a full run", Self::parse);
    Grade: [as_str()], |value| known(value.as_str()?, "a grade", Self::parse);
    LogEvent: [as_str()], |value| known(value.as_str()?, "an event of the log", Self::parse);
    OperationStatus: [as_str()],
        |value| known(value.as_str()?, "an operation's status", Self::parse);
    SetterKind: [as_str()], |value| known(value.as_str()?, "who set a field", Self::parse);
    OperationKind: [table()],
        |value| known(value.as_str()?, "an operation's table", Self::of_table);
    Action: [number()], |value| known(value.as_i64()?, "what an operation does", Self::from_number);
    DownloadStatus: [number()],
        |value| known(value.as_i64()?, "a session status", Self::from_number);
    UploadStatus: [number()], |value| known(value.as_i64()?, "an upload status", Self::from_number);
}

impl ToSql for CellValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for CellValue {
    /// Whatever there is; text that is none is read as well as it can be.
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        })
    }
}

/// A column that counts.
pub(super) fn count(row: &Row<'_>, column: impl RowIndex) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|count| count as u64)
}

/// A column of text; none where it is empty.
pub(super) fn said(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    Ok(row.get::<_, Option<String>>(column)?.filter(|text| !text.is_empty()))
}

/// A column that says when; none where it has not come to that.
pub(super) fn when(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Time>> {
    Ok(row.get::<_, Option<Time>>(column)?.filter(|time| !time.is_none()))
}

/// Statuses bound as one parameter: `STATUS IN (SELECT value FROM json_each(:statuses))`.
pub(super) fn set_of(statuses: &[DownloadStatus]) -> String {
    let numbers: Vec<i64> = statuses.iter().map(|status| status.number()).collect();
    format!("{numbers:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::Kind;
    use crate::store::{Access, Db, StoreError};

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
