//! Random histories of customers on several channels: newer never loses to older (R19, C09). The
//! model keeps every act in a list and looks at all of them; it asks the program what has been
//! processed, never what is newer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::program;

const CHANNELS: [&str; 3] = ["houston", "seattle", "online"];
const CUSTOMERS: [&str; 2] = ["00000010", "00000011"];
const FIELDS: [&str; 4] = ["email", "phone", "last-name", "receipt-email"];
const COLUMNS: [&str; 4] = ["EMAIL", "PHONE", "LASTNAME", "RECEIPTEMAIL"];
const ADDRESS: [&str; 2] = ["city", "street"];
const IN_FORCE: &str = "in force";

/// Numbers that look random, the same for one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn some<T: Copy>(&mut self, from: &[T]) -> Vec<T> {
        let chosen: Vec<T> = from.iter().copied().filter(|_| self.below(2) == 0).collect();
        if chosen.is_empty() { vec![self.pick(from)] } else { chosen }
    }
}

/// Where a person acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Headquarters,
    /// A channel, and which of all rows that registers wrote this one is.
    Channel(usize, u64),
}

/// One field, set by one person.
#[derive(Debug, Clone)]
struct Act {
    time: u64,
    place: Place,
    value: String,
}

/// Whether one act is newer than another (C09), by itself.
fn is_newer(one: &Act, other: &Act) -> bool {
    let after = matches!((one.place, other.place),
        (Place::Channel(a, n), Place::Channel(b, m)) if a == b && n > m);
    one.time > other.time || one.time == other.time && after
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Customer,
    Address,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Customer => "RETAILASYNCCUSTOMERV2",
            Self::Address => "RETAILASYNCADDRESSV2",
        }
    }
}

/// What a row sets: each field's value, and when that was saved on the status form, if it was.
type Sets = BTreeMap<&'static str, (String, Option<u64>)>;

/// A row of a channel, by channel, table and counter.
type Key = (usize, Table, u64);

/// A row of a channel.
#[derive(Debug, Clone)]
struct Row {
    channel: usize,
    table: Table,
    counter: u64,
    /// Which of all rows it is, in the order in which people acted.
    made: u64,
    time: u64,
    customer: usize,
    sets: Sets,
}

impl Row {
    fn key(&self) -> Key {
        (self.channel, self.table, self.counter)
    }
}

type Field = (usize, &'static str);

struct History {
    folder: TempDir,
    dice: Dice,
    seed: u64,
    told: Vec<String>,
    time: u64,
    values: u64,
    made: u64,
    addresses: Vec<String>,
    stores: Vec<i64>,
    counters: BTreeMap<(usize, Table), u64>,
    offline: Vec<Row>,
    rows: Vec<Row>,
    completed: BTreeSet<Key>,
    /// Every act that was processed, for each field, and which of them stands.
    acts: BTreeMap<Field, Vec<Act>>,
    standing: BTreeMap<Field, Act>,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn template() -> TempDir {
    let folder = TempDir::new().unwrap();
    for words in [
        "init . --customers 20",
        "features enable async-customer-editing --with-prerequisites",
        "profiles set Stores --async-customers yes",
        "run 1110 1070 1010",
        "csu restart",
        "params set try-count 1",
    ] {
        let args: Vec<&str> = words.split(' ').collect();
        let done = program::run(folder.path(), &args);
        assert_eq!(done.code, 0, "{words}\n{}{}", done.out, done.err);
    }
    folder
}

impl History {
    fn new(template: &Path, seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        copy(template, folder.path());
        let mut history = Self {
            folder,
            dice: Dice(seed),
            seed,
            told: Vec::new(),
            time: 0,
            values: 0,
            made: 0,
            addresses: Vec::new(),
            stores: Vec::new(),
            counters: BTreeMap::new(),
            offline: Vec::new(),
            rows: Vec::new(),
            completed: BTreeSet::new(),
            acts: BTreeMap::new(),
            standing: BTreeMap::new(),
        };
        for account in CUSTOMERS {
            let shown = history.json(&format!("customers show {account}"));
            let id = shown["customer"]["addresses"][0]["id"].as_str().unwrap();
            history.addresses.push(id.to_owned());
        }
        let hq = history.hq();
        let sql = "SELECT RECID FROM RETAILCONNDATABASEPROFILE WHERE NAME = ?1";
        let store = |name: &&str| hq.query_row(sql, [name], |row| row.get(0)).unwrap();
        history.stores = CHANNELS.iter().map(store).collect();
        history
    }

    fn hq(&self) -> Connection {
        Connection::open(self.folder.path().join("hq.db")).unwrap()
    }

    fn run(&mut self, words: &str, codes: &[u8]) -> program::Done {
        let args: Vec<&str> = words.split(' ').collect();
        let done = program::run(self.folder.path(), &args);
        self.told.push(format!("cdx {words}  # {}", done.code));
        assert!(codes.contains(&done.code), "{}\n{}{}", self.story(), done.out, done.err);
        done
    }

    fn json(&self, words: &str) -> Value {
        let words = format!("{words} --format json");
        let args: Vec<&str> = words.split(' ').collect();
        serde_json::from_str(&program::run(self.folder.path(), &args).out).unwrap()
    }

    fn story(&self) -> String {
        format!("seed {}\n{}", self.seed, self.told.join("\n"))
    }

    fn value(&mut self) -> String {
        self.values += 1;
        format!("v{}", self.values)
    }

    fn step(&mut self) {
        match self.dice.below(100) {
            0..=29 => self.edit(Table::Customer),
            30..=44 => self.edit(Table::Address),
            45 => self.deactivate(),
            46..=55 => self.edit_in_headquarters(),
            56..=58 => {
                self.run("clock advance 1m", &[0]);
                self.time += 1;
            }
            59..=75 => self.collect(),
            76..=84 => self.batch(),
            85..=86 => self.save_on_the_form(),
            87..=88 => {
                self.run("run 1010", &[0]);
            }
            89..=90 => self.reconnect(),
            91..=96 => self.retry(),
            _ => self.fix(),
        }
    }

    fn edit(&mut self, table: Table) {
        let customer = self.dice.below(2) as usize;
        let (account, address) = (CUSTOMERS[customer], self.addresses[customer].clone());
        let fields = match table {
            Table::Customer => self.dice.some(&FIELDS),
            Table::Address => self.dice.some(&ADDRESS),
        };
        let mut sets = Sets::new();
        let mut words = Vec::new();
        for field in fields {
            let value = self.value();
            words.push(format!("{field}={value}"));
            sets.insert(field, (value, None));
        }
        let what = match table {
            Table::Customer => format!("edit-customer --account {account}"),
            Table::Address => format!("edit-address --account {account} --address {address}"),
        };
        self.register(&format!("{what} --set {}", words.join(" ")), table, customer, sets);
    }

    fn deactivate(&mut self) {
        let customer = self.dice.below(2) as usize;
        let (account, address) = (CUSTOMERS[customer], self.addresses[customer].clone());
        let what = format!("deactivate-address --account {account} --address {address}");
        let sets = Sets::from([(IN_FORCE, ("no".to_owned(), None))]);
        self.register(&what, Table::Address, customer, sets);
    }

    /// A register writes a row; one that is offline has its counter when it comes back. An address
    /// that somebody has deactivated may be unknown to it.
    fn register(&mut self, what: &str, table: Table, customer: usize, sets: Sets) {
        let channel = self.dice.below(3) as usize;
        let offline = channel == 0 && self.dice.below(3) == 0;
        let word = if offline { " --offline" } else { "" };
        let gone = |row: &Row| row.customer == customer && row.sets.contains_key(IN_FORCE);
        let gone = table == Table::Address && self.rows.iter().chain(&self.offline).any(gone);
        let codes: &[u8] = if gone { &[0, 2] } else { &[0] };
        let done = self.run(&format!("pos {what} --channel {}{word}", CHANNELS[channel]), codes);
        if done.code != 0 {
            return;
        }
        self.made += 1;
        let (made, time) = (self.made, self.time);
        let row = Row { channel, table, counter: 0, made, time, customer, sets };
        if offline {
            self.offline.push(row);
        } else {
            self.arrived(row);
        }
    }

    fn arrived(&mut self, row: Row) {
        let counter = self.counters.entry((row.channel, row.table)).or_default();
        *counter += 1;
        self.rows.push(Row { counter: *counter, ..row });
    }

    fn edit_in_headquarters(&mut self) {
        let customer = self.dice.below(2) as usize;
        let (field, value) = (self.dice.pick(&FIELDS), self.value());
        self.run(&format!("customers edit {} --set {field}={value}", CUSTOMERS[customer]), &[0]);
        let act = Act { time: self.time, place: Place::Headquarters, value };
        self.processed((customer, field), act);
    }

    /// Uploads a channel's rows; where that fails, the session is given up at once.
    fn collect(&mut self) {
        let channel = self.dice.pick(&CHANNELS);
        let fault = match self.dice.below(3) {
            0 => format!(" --fault upload-apply-fails={channel}"),
            _ => String::new(),
        };
        self.run(&format!("run P --channel {channel}{fault}"), &[0, 1]);
    }

    fn batch(&mut self) {
        let fault = match self.dice.below(3) {
            0 => format!(" --fault batch-fails={}", self.dice.pick(&CHANNELS)),
            _ => String::new(),
        };
        self.run(&format!("run sync-customers{fault}"), &[0, 1]);
        self.look();
    }

    fn reconnect(&mut self) {
        self.run("pos reconnect --channel houston", &[0]);
        for row in std::mem::take(&mut self.offline) {
            self.arrived(row);
        }
    }

    fn retry(&mut self) {
        let listed = self.json("sessions list --upload");
        let sessions = listed["sessions"].as_array().unwrap();
        let given_up = sessions.iter().find(|session| session["status"] == "Canceled");
        if let Some(id) = given_up.map(|session| session["id"].as_i64().unwrap()) {
            self.run(&format!("sessions retry {id} --upload"), &[0]);
        }
    }

    /// What the doctor calls safe changes no field to an older value; whatever it did, the rows
    /// that are through since are all that has changed.
    fn fix(&mut self) {
        self.run("doctor --fix", &[0, 1]);
        self.look();
    }

    /// Saves a value of an operation that has not gone through.
    fn save_on_the_form(&mut self) {
        let sql = "SELECT RECID, cdx_DATASTORE, REPLICATIONCOUNTERFROMORIGIN \
                   FROM RETAILASYNCCUSTOMERV2 WHERE ONLINEOPERATIONCOMPLETED = 0 LIMIT 1";
        let found = self.hq().query_row(sql, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, u32>(2)?))
        });
        let Ok((recid, store, counter)) = found else { return };
        let value = self.value();
        let at = self.dice.below(FIELDS.len() as u64) as usize;
        let set = format!("{}={value}", COLUMNS[at]);
        self.run(&format!("customers status edit customer-{recid} --set {set}"), &[0]);
        let channel = self.stores.iter().position(|known| *known == store).unwrap();
        let (time, key) = (self.time, (channel, Table::Customer, u64::from(counter)));
        let row = self.rows.iter_mut().find(|row| row.key() == key).unwrap();
        row.sets.insert(FIELDS[at], (value, Some(time)));
    }

    /// Takes over what has gone through since, in the order of the batch, and compares.
    fn look(&mut self) {
        let hq = self.hq();
        let mut through = Vec::new();
        for table in [Table::Customer, Table::Address] {
            let sql = format!(
                "SELECT cdx_DATASTORE, REPLICATIONCOUNTERFROMORIGIN FROM {} \
                 WHERE ONLINEOPERATIONCOMPLETED = 1",
                table.name()
            );
            let mut statement = hq.prepare(&sql).unwrap();
            let rows = statement
                .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?)))
                .unwrap();
            for (store, counter) in rows.map(Result::unwrap) {
                let channel = self.stores.iter().position(|known| *known == store).unwrap();
                let key = (channel, table, u64::from(counter));
                if self.completed.insert(key) {
                    through.push(self.rows.iter().find(|row| row.key() == key).unwrap().clone());
                }
            }
        }
        through.sort_by_key(|row| (row.time, self.stores[row.channel], row.table, row.counter));
        for row in through {
            for (field, (value, saved)) in row.sets {
                let (time, place) = match saved {
                    Some(time) => (time, Place::Headquarters),
                    None => (row.time, Place::Channel(row.channel, row.made)),
                };
                self.processed((row.customer, field), Act { time, place, value });
            }
        }
        self.compare();
    }

    /// An act stands unless a newer one was processed before; an edit of an address also where a
    /// newer act has deactivated it.
    fn processed(&mut self, field: Field, act: Act) {
        let (customer, name) = field;
        let newer = |field: &Field| {
            self.acts.get(field).is_some_and(|acts| acts.iter().any(|a| is_newer(a, &act)))
        };
        if ADDRESS.contains(&name) && newer(&(customer, IN_FORCE)) {
            return;
        }
        if !newer(&field) {
            self.standing.insert(field, act.clone());
        }
        self.acts.entry(field).or_default().push(act);
    }

    fn compare(&self) {
        for (customer, account) in CUSTOMERS.iter().enumerate() {
            let shown = self.json(&format!("customers show {account}"))["customer"].clone();
            let address = shown["addresses"].as_array().unwrap().first().cloned();
            let in_force = !self.standing.contains_key(&(customer, IN_FORCE));
            assert_eq!(address.is_some(), in_force, "{account}\n{}", self.story());
            for field in FIELDS {
                self.stands((customer, field), &shown[field.replace('-', "_")]);
            }
            for field in ADDRESS.iter().filter(|_| in_force) {
                self.stands((customer, field), &address.as_ref().unwrap()[field]);
            }
        }
    }

    fn stands(&self, field: Field, found: &Value) {
        let Some(act) = self.standing.get(&field) else { return };
        assert_eq!(found, act.value.as_str(), "{field:?}\n{}", self.story());
    }

    /// Everything comes up and is processed; then each side has the newest of each field.
    fn end(mut self) {
        self.reconnect();
        for _ in 0..20 {
            self.retry();
            self.run("run P sync-customers", &[0, 1]);
            self.look();
            if self.completed.len() == self.rows.len() {
                break;
            }
        }
        assert_eq!(self.completed.len(), self.rows.len(), "not all is through\n{}", self.story());
        for (field, act) in &self.standing {
            let newest = self.acts[field].iter().map(|act| act.time).max();
            assert_eq!(Some(act.time), newest, "{field:?}: older stands\n{}", self.story());
        }
        self.run("run 1010", &[0]);
        for channel in CHANNELS {
            self.sees(channel);
        }
    }

    /// A register sees what headquarters has, told by the next row that it writes.
    fn sees(&mut self, channel: &str) {
        for (customer, account) in CUSTOMERS.iter().enumerate() {
            let words =
                format!("pos edit-customer --channel {channel} --account {account} --set title=Dr");
            self.run(&words, &[0]);
            let path = self.folder.path().join(format!("channels/{channel}.db"));
            let db = Connection::open(path).unwrap();
            for (field, column) in FIELDS.iter().zip(COLUMNS) {
                let sql = format!(
                    "SELECT {column} FROM ax_RETAILASYNCCUSTOMERV2 \
                     ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC LIMIT 1"
                );
                let seen: String = db.query_row(&sql, [], |row| row.get(0)).unwrap();
                self.stands((customer, field), &Value::String(seen));
            }
        }
    }
}

/// Eight short histories; `CDX_HISTORIES=200` plays as many.
#[test]
fn newer_never_loses_to_older() {
    let template = template();
    let histories = std::env::var("CDX_HISTORIES").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    for seed in 1..=histories {
        let mut history = History::new(template.path(), seed);
        for _ in 0..40 {
            history.step();
        }
        history.end();
    }
}
