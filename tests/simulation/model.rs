//! A second, slow and obvious model: who was told what, in plain maps.
//!
//! It knows nothing of sessions, counters or packages. It keeps every operation that a person was
//! told is done, and says from these alone what headquarters must show in the end (C09): of the
//! operations that set a field, the one at which a person acted last.

use std::collections::{BTreeMap, BTreeSet};

use super::sight::{Customer, Files};
use super::step::{Field, Kind, Operation, mark, marked};

/// Whether an operation was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The program said so.
    Done,
    /// The command was ended, or failed on the way: it may have been done.
    Perhaps,
    /// The program refused; nothing may have been written.
    Refused,
}

/// Where an operation was written first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Into the register's database; headquarters hears of it later.
    Register,
    /// Into headquarters.
    Headquarters,
    /// Nobody can say: the command did not live to tell.
    Unknown,
}

/// An operation, and what became of it.
#[derive(Debug, Clone)]
pub struct Known {
    pub operation: Operation,
    pub told: Told,
    pub way: Way,
    /// The environment's time at which the person acted.
    pub at: String,
    /// It stands in no file any more, by a loss that a person brought about.
    pub gone: bool,
}

impl Known {
    /// The time at which it counts. What is about a customer, or an address, comes after its
    /// creation, also by a clock that headquarters, put back, has from then.
    pub fn when(&self) -> &str {
        if matches!(self.operation.kind, Kind::Create | Kind::Address) { "" } else { &self.at }
    }

    /// Whether it was made in headquarters after another, by a clock that shows less: it was put
    /// back with headquarters.
    pub fn replaces(&self, other: &Self) -> bool {
        self.way != Way::Register
            && self.operation.number > other.operation.number
            && self.when() < other.when()
    }

    /// The place at which it counts (C09), as far as that is known: a channel, its registers
    /// online and offline, or headquarters, where a real-time call counts too.
    fn place(&self) -> Option<&str> {
        let typed = self.operation.place.as_str();
        match self.way {
            Way::Register => Some(typed.strip_suffix(".offline").unwrap_or(typed)),
            Way::Headquarters => Some("hq"),
            Way::Unknown => None,
        }
    }
}

/// A customer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub guid: Option<String>,
    /// The accounts that it was ever seen under; one, unless headquarters was put back.
    pub accounts: BTreeSet<String>,
}

/// What the model knows.
#[derive(Debug, Clone, Default)]
pub struct Model {
    pub now: String,
    pub operations: BTreeMap<u64, Known>,
    pub people: BTreeMap<u64, Person>,
    /// Rows that went up while two files stood in each other's place: headquarters has them by the
    /// counters of the one under the name of the other.
    pub displaced: BTreeSet<u64>,
    /// Rows that files which are set aside have of an upload table that a script has made again
    /// since: SQLite counts the new table from 1 before any command of ours sees it.
    pub of_before: BTreeSet<u64>,
    /// Customers whose operations wait behind one on an address that may be lost (C03).
    pub held: BTreeSet<u64>,
}

impl Model {
    pub fn known(&self, number: u64) -> Option<&Known> {
        self.operations.get(&number)
    }

    /// The word that commands take for a customer.
    pub fn account(&self, customer: u64, place: &str) -> Option<String> {
        let person = self.people.get(&customer)?;
        let account = person.accounts.last().cloned();
        if place == "hq" { account } else { person.guid.clone().or(account) }
    }

    /// Takes in what a command about a customer came to.
    pub fn told(&mut self, operation: &Operation, told: Told, way: Way, account: Option<&str>) {
        let known =
            Known { operation: operation.clone(), told, way, at: self.now.clone(), gone: false };
        self.operations.insert(operation.number, known);
        if told == Told::Refused {
            return;
        }
        let person = self.people.entry(operation.customer).or_default();
        if let Some(account) = account.filter(|account| !account.is_empty()) {
            if account.len() == 36 {
                person.guid = Some(account.to_owned());
            } else {
                person.accounts.insert(account.to_owned());
            }
        }
    }

    /// Whether an operation must be in headquarters in the end: it was done, it is not lost, and
    /// neither is the customer or the address that it is about.
    pub fn is_sure(&self, number: u64) -> bool {
        let sure = |number: u64| self.known(number).is_none_or(|k| k.told == Told::Done && !k.gone);
        let Some(known) = self.known(number) else { return false };
        !self.held.contains(&known.operation.customer)
            && sure(number)
            && sure(known.operation.customer)
            && known.operation.address.is_none_or(sure)
    }

    /// What people said of an address's end.
    pub fn endings(&self, address: u64) -> impl Iterator<Item = &Known> {
        self.operations.values().filter(move |known| {
            known.operation.kind == Kind::Deactivate
                && known.operation.address == Some(address)
                && known.told != Told::Refused
        })
    }

    /// The values that a field of a customer, or of its address, may have in the end; none where
    /// all may.
    pub fn allowed(
        &self,
        customer: u64,
        address: Option<u64>,
        field: Field,
    ) -> Option<BTreeSet<String>> {
        let mut setting: Vec<(&Known, String)> = Vec::new();
        for known in self.operations.values() {
            let operation = &known.operation;
            if operation.customer != customer || known.told == Told::Refused || known.gone {
                continue;
            }
            if address.is_some() && operation.address != address {
                continue;
            }
            match (operation.sets.get(&field), operation.kind) {
                (Some(value), _) => setting.push((known, value.clone())),
                // A register asks for no receipt address; the default customer's may be taken.
                (None, Kind::Create) if !matches!(field, Field::Receipt | Field::City) => {
                    setting.push((known, String::new()));
                }
                _ => {}
            }
        }
        setting.sort_by(|(one, _), (other, _)| {
            (other.when(), other.operation.number).cmp(&(one.when(), one.operation.number))
        });
        // Who changes headquarters' row sees what stands in it, also where its clock was put back.
        let newest = setting.iter().find(|(known, _)| self.is_sure(known.operation.number));
        let since = newest.and_then(|(newest, _)| {
            let later = setting.iter().map(|(known, _)| *known);
            later.filter(|known| known.replaces(newest)).map(|known| known.operation.number).min()
        });
        let afterwards = |known: &Known| since.is_some_and(|at| known.operation.number >= at);
        let mut allowed: BTreeSet<String> = setting
            .iter()
            .filter(|(known, _)| afterwards(known))
            .map(|one| one.1.clone())
            .collect();
        let mut last: Option<&str> = None;
        let mut places = BTreeSet::new();
        for (known, value) in &setting {
            if last.is_some_and(|at| at != known.when()) {
                return Some(allowed);
            }
            // Of one place and one time the last stands; between places either may.
            let sure = self.is_sure(known.operation.number);
            if known.place().is_none_or(|place| !places.contains(place)) {
                allowed.insert(value.clone());
            }
            if sure {
                last = Some(known.when());
                places.extend(known.place());
            }
        }
        last.map(|_| allowed)
    }

    /// The customer whose account or temporary id this is.
    pub fn owner(&self, account: &str, guid: &str) -> Option<u64> {
        let owns = |person: &Person| {
            !guid.is_empty() && person.guid.as_deref() == Some(guid)
                || !account.is_empty() && person.accounts.contains(account)
        };
        self.people.iter().find(|(_, person)| owns(person)).map(|(number, _)| *number)
    }

    /// Learns accounts and temporary ids from what stands in the files; what contradicts what was
    /// known is told.
    pub fn learn(&mut self, files: &Files) -> Result<(), String> {
        for (file, sight) in files {
            let Some(sight) = sight else { continue };
            for row in &sight.sent {
                let Some(known) = row.number.and_then(|number| self.operations.get(&number)) else {
                    continue;
                };
                let customer = known.operation.customer;
                let person = self.people.entry(customer).or_default();
                if person.guid.is_none() && !row.guid.is_empty() {
                    person.guid = Some(row.guid.clone());
                }
                let other = self.owner(&row.account, &row.guid);
                if other.is_some_and(|other| other != customer) {
                    return Err(format!(
                        "{file}: {} {} of {} is {}'s, and bears {}/{} of {}",
                        row.table,
                        row.counter,
                        row.store,
                        mark(customer),
                        row.account,
                        row.guid,
                        mark(other.unwrap())
                    ));
                }
            }
            for (account, customer) in &sight.customers {
                self.meet(file, account, customer)?;
            }
        }
        Ok(())
    }

    fn meet(&mut self, file: &str, account: &str, customer: &Customer) -> Result<(), String> {
        for number in customer.texts().filter_map(|text| marked(text)) {
            let Some(known) = self.operations.get(&number) else { continue };
            let person = known.operation.customer;
            let owner = self.owner(account, &customer.guid);
            if owner.is_some_and(|owner| owner != person) {
                return Err(format!(
                    "{file}: customer {account} ({}) is {}, and shows {} of {}",
                    customer.guid,
                    mark(owner.unwrap()),
                    mark(number),
                    mark(person)
                ));
            }
            let person = self.people.entry(person).or_default();
            person.accounts.insert(account.to_owned());
        }
        if let Some(owner) = self.owner("", &customer.guid) {
            self.people.entry(owner).or_default().accounts.insert(account.to_owned());
        }
        Ok(())
    }
}
