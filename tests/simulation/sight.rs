//! What stands in the files, read as any other program would read it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags, Row};
use tempfile::TempDir;

use super::step::{Field, marked};

/// An upload table, and the columns that can bear an operation's mark.
struct Uploaded {
    table: &'static str,
    prefix: &'static str,
    columns: &'static [&'static str],
    in_hq: &'static str,
}

const UPLOADED: [Uploaded; 3] = [
    Uploaded {
        table: "RETAILASYNCCUSTOMERV2",
        prefix: "ax_",
        columns: &["FIRSTNAME", "MIDDLENAME", "LASTNAME", "EMAIL", "PHONE", "RECEIPTEMAIL"],
        in_hq: "d.NAME, t.CUSTACCOUNTASYNC, t.CUSTACCOUNT, t.ONLINEOPERATIONCOMPLETED",
    },
    Uploaded {
        table: "RETAILASYNCADDRESSV2",
        prefix: "ax_",
        columns: &["STREET", "CITY"],
        in_hq: "d.NAME, t.CUSTACCOUNTASYNC, t.CUSTACCOUNT, t.ONLINEOPERATIONCOMPLETED",
    },
    Uploaded { table: OWN, prefix: "ext_", columns: &["SUGGESTIONID"], in_hq: "'', '', '', 1" },
];

/// An upload table of an environment's own, and a download table.
pub const OWN: &str = "SUGGESTIONS";
const OWN_DOWN: &str = "SEATING";

/// A row that registers wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub table: &'static str,
    pub counter: i64,
    /// The channel that counted it; in a channel's own file the channel's name.
    pub store: String,
    /// The operation that wrote it.
    pub number: Option<u64>,
    pub guid: String,
    pub account: String,
    /// The address that it is about: what registers know it by, and the operation that made it.
    pub address: String,
    pub made: Option<u64>,
    /// Headquarters has carried it out.
    pub completed: bool,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postal {
    pub street: String,
    pub city: String,
    pub in_force: bool,
}

/// A customer with an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customer {
    pub guid: String,
    pub row: i64,
    pub party: i64,
    pub fields: BTreeMap<Field, String>,
    /// Addresses by RECID.
    pub addresses: BTreeMap<i64, Postal>,
}

impl Customer {
    /// Every value that can bear a mark.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        let addresses = self.addresses.values();
        self.fields.values().chain(addresses.flat_map(|postal| [&postal.street, &postal.city]))
    }
}

/// What one file has.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    pub sent: Vec<Sent>,
    /// By account.
    pub customers: BTreeMap<String, Customer>,
    /// The rows of the download table of the environment's own.
    pub seats: BTreeMap<i64, String>,
    /// It has tables of its own.
    pub own: bool,
}

/// A file as it was when it was read last.
type Stamp = (SystemTime, u64, u64);

/// The files of an environment; those that have not changed are not read again.
#[derive(Debug, Default)]
pub struct Eyes {
    known: BTreeMap<PathBuf, (Stamp, Option<Sight>)>,
}

/// What all files have, by their names: `hq`, `houston`, `houston.offline`; one that a rebuild set
/// aside is `houston.db.broken-1`. A file that cannot be read has nothing.
pub type Files = BTreeMap<String, Option<Sight>>;

impl Eyes {
    pub fn look(&mut self, root: &Path) -> Files {
        let mut found = Files::new();
        let hq = root.join("hq.db");
        if hq.exists() {
            found.insert("hq".to_owned(), self.file(&hq, ""));
        }
        let Ok(entries) = fs::read_dir(root.join("channels")) else { return found };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let log = ["-wal", "-shm", "-journal"].iter().any(|ending| name.ends_with(ending));
            if log || !name.contains(".db") || name.contains("partial") {
                continue;
            }
            let name = name.strip_suffix(".db").unwrap_or(&name).to_owned();
            let sight = self.file(&path, "ax_").map(|sight| under(sight, &name));
            found.insert(name, sight);
        }
        found
    }

    fn file(&mut self, path: &Path, prefix: &str) -> Option<Sight> {
        let stamp = stamp(path);
        if let Some((known, sight)) = self.known.get(path)
            && *known == stamp
        {
            return sight.clone();
        }
        let sight = read(path, prefix).ok();
        self.known.insert(path.to_path_buf(), (stamp, sight.clone()));
        sight
    }
}

/// A channel's own rows are counted by the channel.
fn under(mut sight: Sight, name: &str) -> Sight {
    let store = name.split(".db").next().unwrap_or(name);
    for row in &mut sight.sent {
        store.clone_into(&mut row.store);
    }
    sight
}

fn stamp(path: &Path) -> Stamp {
    let main = fs::metadata(path).unwrap();
    let log = fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len());
    (main.modified().unwrap(), main.len(), log)
}

pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file so that nothing beside it changes; one with a log is read in a copy.
pub fn open(path: &Path) -> rusqlite::Result<(Connection, Option<TempDir>)> {
    let log = beside(path, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let dir = TempDir::new().unwrap();
        let copy = dir.path().join("copy.db");
        fs::copy(path, &copy).unwrap();
        fs::copy(&log, beside(&copy, "-wal")).unwrap();
        return Ok((Connection::open(copy)?, Some(dir)));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let uri = format!("file:{}?immutable=1", path.display());
    Ok((Connection::open_with_flags(uri, flags)?, None))
}

fn read(path: &Path, prefix: &str) -> rusqlite::Result<Sight> {
    let (db, _copy) = open(path)?;
    let mut sight = Sight::default();
    let own = if prefix.is_empty() { "" } else { "ext_" };
    sight.own = db.query_row(
        "SELECT count(*) = 2 FROM sqlite_schema WHERE name IN (?1, ?2)",
        [format!("{own}{OWN}"), format!("{own}{OWN_DOWN}")],
        |row| row.get(0),
    )?;
    for uploaded in UPLOADED.iter().filter(|one| one.table != OWN || sight.own) {
        let name =
            format!("{}{}", if prefix.is_empty() { "" } else { uploaded.prefix }, uploaded.table);
        sent(&db, &name, uploaded, &mut sight.sent)?;
    }
    if sight.own {
        let mut query = db.prepare(&format!("SELECT RECID, NAME FROM {own}{OWN_DOWN}"))?;
        for seat in query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (row, name) = seat?;
            sight.seats.insert(row, name);
        }
    }
    sight.customers = customers(&db, prefix)?;
    Ok(sight)
}

fn sent(
    db: &Connection,
    name: &str,
    uploaded: &Uploaded,
    found: &mut Vec<Sent>,
) -> rusqlite::Result<()> {
    let table = uploaded.table;
    // In headquarters an operation stands beside the channel that it came from.
    let (join, read) = match (name == table, table == OWN) {
        (true, false) => {
            let join = "LEFT JOIN RETAILCONNDATABASEPROFILE d ON d.RECID = t.cdx_DATASTORE";
            (join, uploaded.in_hq)
        }
        (_, true) => ("", "'', '', '', 1"),
        (false, false) => ("", "'', t.CUSTACCOUNTASYNC, t.CUSTACCOUNT, t.ONLINEOPERATIONCOMPLETED"),
    };
    let texts: Vec<String> = uploaded.columns.iter().map(|c| format!("t.{c}")).collect();
    let texts = texts.join(" || ' ' || ");
    // What ends an address has no value of its own that could tell whose it is.
    let (texts, address) = if uploaded.columns.contains(&"STREET") {
        (format!("iif(t.OPERATION = 3, '', {texts})"), "t.ADDRESSID, t.STREET")
    } else {
        (texts, "'', ''")
    };
    let sql = format!(
        "SELECT t.REPLICATIONCOUNTERFROMORIGIN, {read}, {texts}, {address} FROM {name} t {join}
         ORDER BY 1, 2"
    );
    let mut query = db.prepare(&sql)?;
    let rows = query.query_map([], |row| {
        Ok(Sent {
            table,
            counter: row.get(0)?,
            store: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            guid: row.get(2)?,
            account: row.get(3)?,
            completed: row.get::<_, i64>(4)? != 0,
            number: marked(&row.get::<_, Option<String>>(5)?.unwrap_or_default()),
            address: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            made: marked(&row.get::<_, Option<String>>(7)?.unwrap_or_default()),
        })
    })?;
    for row in rows {
        found.push(row?);
    }
    Ok(())
}

fn customers(db: &Connection, prefix: &str) -> rusqlite::Result<BTreeMap<String, Customer>> {
    let locator = |kind: i64| {
        format!(
            "coalesce((SELECT e.LOCATOR FROM {prefix}DIRPARTYLOCATION l
             JOIN {prefix}LOGISTICSELECTRONICADDRESS e ON e.LOCATION = l.LOCATION
             WHERE l.PARTY = c.PARTY AND e.TYPE = {kind} AND e.ISPRIMARY = 1
             ORDER BY e.RECID LIMIT 1), '')"
        )
    };
    let sql = format!(
        "SELECT c.ACCOUNTNUM, coalesce(r.CUSTACCOUNTASYNC, ''), c.RECID, c.PARTY,
         coalesce(n.FIRSTNAME, ''), coalesce(n.MIDDLENAME, ''), coalesce(n.LASTNAME, ''),
         {}, {}, coalesce(r.RECEIPTEMAIL, '')
         FROM {prefix}CUSTTABLE c
         LEFT JOIN {prefix}RETAILCUSTTABLE r ON r.ACCOUNTNUM = c.ACCOUNTNUM
         LEFT JOIN {prefix}DIRPERSONNAME n ON n.PERSON = c.PARTY",
        locator(2),
        locator(1)
    );
    let mut query = db.prepare(&sql)?;
    let read = |row: &Row<'_>| {
        let mut fields = BTreeMap::new();
        for (at, field) in Field::ALL.into_iter().enumerate() {
            fields.insert(field, row.get(at + 4)?);
        }
        let (guid, party) = (row.get(1)?, row.get(3)?);
        let addresses = BTreeMap::new();
        let customer = Customer { guid, row: row.get(2)?, party, fields, addresses };
        Ok((row.get::<_, String>(0)?, customer))
    };
    let mut found = BTreeMap::new();
    for row in query.query_map([], read)? {
        let (account, customer) = row?;
        found.insert(account, customer);
    }
    let sql = format!(
        "SELECT c.ACCOUNTNUM, p.RECID, p.STREET, p.CITY, p.VALIDTO > '2154'
         FROM {prefix}LOGISTICSPOSTALADDRESS p
         JOIN {prefix}DIRPARTYLOCATION l ON l.LOCATION = p.LOCATION
         JOIN {prefix}CUSTTABLE c ON c.PARTY = l.PARTY"
    );
    let mut query = db.prepare(&sql)?;
    let addresses = query.query_map([], |row| {
        let postal = Postal { street: row.get(2)?, city: row.get(3)?, in_force: row.get(4)? };
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, postal))
    })?;
    for address in addresses {
        let (account, row, postal) = address?;
        found.entry(account).or_default().addresses.insert(row, postal);
    }
    Ok(found)
}
