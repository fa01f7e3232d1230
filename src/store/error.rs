//! What can go wrong with the files of an environment.

use crate::definitions::problem::Problems;
use crate::model::name_kind::NameKind;
use crate::world::ClockError;

/// What stood behind a failure: SQLite's account, or the system's.
pub(crate) type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// SQLite's account of a failure, in its own words.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SqliteError(pub(super) rusqlite::Error);

/// A failure of the store; each names the file it is about.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file of the "Feature management" entity with wrong cells.
    #[error("{path}: {}{}", .problems.counted(), .problems.lines())]
    Entity {
        /// The file.
        path: String,
        /// What is wrong, cell by cell.
        problems: Problems,
    },
    /// A file that would be overwritten.
    #[error("{path} exists")]
    FileExists {
        /// The file.
        path: String,
    },
    /// No environment where one was looked for.
    #[error("no cdx environment at {looked_in}: no cdx.toml there or in a folder above")]
    NoEnvironment {
        /// Where the search began.
        looked_in: String,
    },
    /// `init` makes no environment where there is one.
    #[error("{path} already holds an environment")]
    HasEnvironment {
        /// The folder.
        path: String,
    },
    /// Something in an environment's place that the tool has not made.
    #[error("{path} is {what}, which cdx did not make and does not replace")]
    Foreign {
        /// The file or folder.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// `init` refuses to overwrite.
    #[error("{path} already holds {what}")]
    Exists {
        /// The folder or file.
        path: String,
        /// What is there.
        what: &'static str,
    },
    /// `cdx.toml`, a job or a schema file is wrong.
    #[error("{0}")]
    Definitions(Problems),
    /// A file could not be read or written.
    #[error("cannot {doing} {path}")]
    Io {
        /// Read, write, create, rename...
        doing: &'static str,
        /// The file.
        path: String,
        /// The system's account.
        #[source]
        source: std::io::Error,
    },
    /// Something else in a file's place.
    #[error("{path} is {found}, expected a file")]
    NotAFile {
        /// The path.
        path: String,
        /// A folder, a pipe, ...
        found: &'static str,
    },
    /// More than is read of such a file.
    #[error("{path} holds more than {most}, which is the most that is read")]
    TooLarge {
        /// The file or folder.
        path: String,
        /// How much is read.
        most: String,
    },
    /// A file that should be text.
    #[error("{path}:{line}: this is not text in UTF-8")]
    NotText {
        /// The file.
        path: String,
        /// The line that is not.
        line: usize,
    },
    /// A database file is not there.
    #[error("{path} is missing")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file is no SQLite database.
    #[error("{path} is not a database")]
    NotADatabase {
        /// The file.
        path: String,
    },
    /// A database of another kind, or of another program.
    #[error("{path} is not {expected} of cdx, found application id {found}")]
    WrongKind {
        /// The file.
        path: String,
        /// What was expected.
        expected: &'static str,
        /// The id that was found.
        found: i32,
    },
    /// Made by a newer version of the tool.
    #[error("{path} has schema version {found}, this cdx knows up to {known}")]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// A reader met a database that a writer must migrate first.
    #[error("{path} has schema version {found}, expected {known}")]
    Older {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The version it should have.
        known: i64,
    },
    /// SQLite says that the file is damaged.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: String,
        /// SQLite's account.
        #[source]
        source: SqliteError,
    },
    /// The disk has no room; the file is whole.
    #[error("{path} cannot grow, the disk is full")]
    Full {
        /// The file.
        path: String,
        /// The account of SQLite, or of the system.
        #[source]
        source: BoxedError,
    },
    /// A file or its folder may not be read or written; it is whole.
    #[error("no permission to {doing} {path}")]
    Denied {
        /// Read, write, create, rename...
        doing: &'static str,
        /// The file.
        path: String,
        /// The account of SQLite, or of the system.
        #[source]
        source: BoxedError,
    },
    /// The disk did not read or write what it was asked to; what is in the file is not at fault.
    #[error("the disk failed at {path}")]
    Disk {
        /// The file.
        path: String,
        /// SQLite's account.
        #[source]
        source: SqliteError,
    },
    /// A change that failed in its last step, after which the file may hold it.
    #[error("the last step of a change to {path} failed, and it may be there")]
    Uncertain {
        /// The file.
        path: String,
        /// What failed.
        #[source]
        source: Box<StoreError>,
    },
    /// Another process writes to the environment.
    #[error("the environment is in use by {holder}")]
    InUse {
        /// Who holds it: the process id and its command.
        holder: String,
    },
    /// Another program holds a database.
    #[error("{path} is locked by another program")]
    Locked {
        /// The file.
        path: String,
    },
    /// Any other answer of SQLite.
    #[error("{path} refused: {statement}")]
    Sqlite {
        /// The file.
        path: String,
        /// The beginning of the statement.
        statement: String,
        /// SQLite's account.
        #[source]
        source: SqliteError,
    },
    /// A name that is not in the environment.
    #[error("unknown {what} {name:?}{}", expected_one_of(expected))]
    Unknown {
        /// Channel, group, session, profile...
        what: NameKind,
        /// What was given.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
        /// Those there are, where no command lists them.
        expected: Vec<String>,
    },
    /// A name that is taken.
    #[error("{what} {name:?} already exists")]
    Taken {
        /// Channel, group...
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value of a call in a channel that is longer than the column it is for (D12).
    #[error("{column} of {table} takes {limit} characters, the value has {length} characters")]
    TooLong {
        /// The channel table, dotted.
        table: String,
        /// The column.
        column: String,
        /// The value's length.
        length: usize,
        /// The column's.
        limit: u32,
    },
    /// A customer that is to be deleted and that new ones are like (R16).
    #[error("customer {account} is the default customer of {}", channels.join(", "))]
    InUseAsDefault {
        /// The customer.
        account: String,
        /// The channels whose default customer it is.
        channels: Vec<String>,
    },
    /// A customer without a name (C12).
    #[error("{field} is empty, expected a name")]
    EmptyName {
        /// The column of the asynchronous table.
        field: &'static str,
    },
    /// A stored value that this version cannot read.
    #[error("{path} holds {what} that is not understood: {value}")]
    Unreadable {
        /// The file.
        path: String,
        /// What it was to be, and its column where one holds it.
        what: String,
        /// What it is.
        value: String,
    },
    /// The clock could not be read or moved.
    #[error(transparent)]
    Clock(#[from] ClockError),
}

impl StoreError {
    /// What SQLite said of a row that a constraint refused, where it is that.
    pub(crate) fn constraint(&self) -> Option<&SqliteError> {
        match self {
            Self::Sqlite { source, .. } => {
                let code = source.0.sqlite_error_code();
                (code == Some(rusqlite::ErrorCode::ConstraintViolation)).then_some(source)
            }
            _ => None,
        }
    }

    /// The file it is about, where it is about one.
    pub fn file(&self) -> Option<&std::path::Path> {
        match self {
            Self::Io { path, .. }
            | Self::Missing { path }
            | Self::NotADatabase { path }
            | Self::WrongKind { path, .. }
            | Self::Newer { path, .. }
            | Self::Older { path, .. }
            | Self::Damaged { path, .. }
            | Self::Full { path, .. }
            | Self::Denied { path, .. }
            | Self::Disk { path, .. }
            | Self::Uncertain { path, .. }
            | Self::Locked { path }
            | Self::Sqlite { path, .. }
            | Self::Unreadable { path, .. } => Some(std::path::Path::new(path)),
            _ => None,
        }
    }

    /// Whether this is about a database file that is gone, damaged, or no database of cdx.
    pub(crate) fn is_broken_file(&self, file: &std::path::Path) -> bool {
        let (Self::Missing { path }
        | Self::NotADatabase { path }
        | Self::WrongKind { path, .. }
        | Self::Damaged { path, .. }) = self
        else {
            return false;
        };
        std::path::Path::new(path) == file
    }

    /// An [`StoreError::Unknown`] with the nearest of the names there are.
    pub(crate) fn unknown(what: NameKind, name: &str, known: &[String]) -> Self {
        let nearest = crate::model::nearest::nearest(name, known.iter().map(String::as_str));
        let expected = if what.is_value() { known.to_vec() } else { Vec::new() };
        Self::Unknown { what, name: name.to_owned(), nearest: nearest.map(str::to_owned), expected }
    }
}

/// How many names a message lists at most.
const MOST_NAMES: usize = 20;

/// The end of a message that lists what there is.
fn expected_one_of(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let listed = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(", expected one of {listed}{more}")
}
