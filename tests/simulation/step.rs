//! One step of a history, and how a person would type it.

use std::collections::BTreeMap;
use std::fmt;

/// A value that people give a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    First,
    Middle,
    Last,
    Email,
    Phone,
    Receipt,
    /// Of an address.
    City,
}

impl Field {
    /// Those of a customer.
    pub const ALL: [Self; 6] =
        [Self::First, Self::Middle, Self::Last, Self::Email, Self::Phone, Self::Receipt];

    /// What `--set` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first-name",
            Self::Middle => "middle-name",
            Self::Last => "last-name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Receipt => "receipt-email",
            Self::City => "city",
        }
    }
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Create,
    Edit,
    Address,
    EditAddress,
    Deactivate,
    /// A row that another program writes into an upload table of the environment's own.
    Row,
}

/// Something that a person does to a customer. What it writes bears its number, so that each
/// value in each file tells which operation it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub number: u64,
    /// The customer, named by the number of the operation that made it; a small one was there.
    pub customer: u64,
    /// The address, named by the number of the operation that made it; its street bears it for good.
    pub address: Option<u64>,
    pub kind: Kind,
    /// The database it is typed into: `hq`, a channel, or a channel's offline database.
    pub place: String,
    /// The command, with `{account}` where the customer's account stands, and `{address}`.
    pub words: Vec<String>,
    pub sets: BTreeMap<Field, String>,
}

/// Which way a package goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    Download,
    Upload,
}

impl Package {
    /// Whether a file's name is one of these.
    pub fn is(self, name: &str) -> bool {
        name.contains("-U0") == (self == Self::Upload)
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A command.
    Cdx(Vec<String>),
    /// A command that changes a customer.
    Operation(Operation),
    /// A command that must be refused, and write nothing.
    Refused(Operation),
    /// A database file is copied aside.
    Keep { file: String, slot: usize },
    /// The copy takes the file's place.
    PutBack { file: String, slot: usize },
    /// The file goes.
    Delete { file: String },
    /// The file's first bytes are overwritten.
    Damage { file: String },
    /// A row of an upload table of the environment's own is written by another program.
    Row(Operation),
    /// The upload table of the environment's own is dropped in a channel, and made again.
    Remake { file: String },
    /// Another program writes or deletes a row of headquarters' own download table.
    Seat { row: i64, name: Option<String> },
    /// Two files take each other's place.
    Swap { one: String, other: String },
    /// A package loses its last bytes, counted from the newest of its kind.
    Cut { newest: usize, kind: Package },
    /// A package goes.
    Lose { newest: usize, kind: Package },
    /// What faults are left in the environment do not happen any more.
    Calm,
}

/// How another program writes a row of the upload table.
pub fn row(number: u64) -> String {
    let mark = mark(number);
    format!(
        "INSERT INTO ext_SUGGESTIONS (SUGGESTIONID, SUGGESTIONTEXT) VALUES ('{mark}', '{mark}')"
    )
}

/// How a script makes the upload table again.
pub const REMAKE: &str = "DROP TABLE ext_SUGGESTIONS; CREATE TABLE ext_SUGGESTIONS (
    REPLICATIONCOUNTERFROMORIGIN INTEGER PRIMARY KEY AUTOINCREMENT,
    SUGGESTIONID NVARCHAR(20) NOT NULL, SUGGESTIONTEXT NVARCHAR(100) NOT NULL DEFAULT '');
CREATE UNIQUE INDEX PK_ext_SUGGESTIONS ON ext_SUGGESTIONS (SUGGESTIONID)";

/// How another program writes or deletes a row of the download table.
pub fn seat(row: i64, name: Option<&str>) -> String {
    match name {
        Some(name) => format!(
            "INSERT INTO SEATING (RECID, NAME) VALUES ({row}, '{name}')
             ON CONFLICT (RECID) DO UPDATE SET NAME = excluded.NAME"
        ),
        None => format!("DELETE FROM SEATING WHERE RECID = {row}"),
    }
}

/// The mark that a value of an operation bears.
pub fn mark(number: u64) -> String {
    format!("zq{number}")
}

/// The highest number of a mark in a text.
pub fn marked(text: &str) -> Option<u64> {
    text.match_indices("zq")
        .filter_map(|(at, _)| {
            let digits: String = text[at + 2..].chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .max()
}

/// Words as a shell takes them.
pub fn typed(words: &[String]) -> String {
    let quoted = |word: &String| {
        let plain = |c: char| c.is_alphanumeric() || "-_=./:{}@,".contains(c);
        if !word.is_empty() && word.chars().all(plain) { word.clone() } else { format!("'{word}'") }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Where a database file is, in the environment.
pub fn path(file: &str) -> String {
    if file == "hq" { "hq.db".to_owned() } else { format!("channels/{file}.db") }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cdx(words) => write!(f, "cdx {}", typed(words)),
            Self::Operation(operation) | Self::Refused(operation) => {
                write!(f, "cdx {}", typed(&operation.words))
            }
            Self::Keep { file, slot } => {
                write!(f, "for f in {0}*; do cp $f kept-{slot}-${{f##*/}}; done", path(file))
            }
            Self::PutBack { file, slot } => write!(
                f,
                "rm -f {0}*; for f in kept-{slot}-*; do cp $f $(dirname {0})/${{f#kept-{slot}-}}; done",
                path(file)
            ),
            Self::Delete { file } => write!(f, "rm -f {}*", path(file)),
            Self::Damage { file } => {
                write!(f, "printf xxxxxxxxxxxxxxxx | dd of={} conv=notrunc 2>&-", path(file))
            }
            Self::Row(operation) => {
                write!(f, "sqlite3 {} \"{}\"", path(&operation.place), row(operation.number))
            }
            Self::Remake { file } => write!(f, "sqlite3 {} \"{REMAKE}\"", path(file)),
            Self::Seat { row, name } => {
                write!(f, "sqlite3 hq.db \"{}\"", seat(*row, name.as_deref()))
            }
            Self::Swap { one, other } => {
                let (one, other) = (path(one), path(other));
                write!(f, "mv {one} swapped && mv {other} {one} && mv swapped {other}")
            }
            Self::Cut { newest, kind } => {
                write!(f, "truncate -s -512 packages/{}", newest_package(*newest, *kind))
            }
            Self::Lose { newest, kind } => {
                write!(f, "rm packages/{}", newest_package(*newest, *kind))
            }
            Self::Calm => write!(f, "sqlite3 hq.db 'DELETE FROM cdx_FAULT'"),
        }
    }
}

fn newest_package(newest: usize, kind: Package) -> String {
    let only = if kind == Package::Upload { "grep -e -U0" } else { "grep -v -e -U0" };
    format!("$(ls packages | {only} | sort | tail -{} | head -1)", newest + 1)
}
