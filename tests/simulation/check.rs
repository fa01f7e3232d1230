//! What must hold after every step: nothing lost, nothing doubled, nothing given out twice,
//! nothing newer overwritten, nothing written that was refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::model::{Known, Model, Told, Way};
use super::sight::{Customer, Files, Sight};
use super::step::{Kind, mark, marked};

/// The family of an invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Lost,
    Doubled,
    Ids,
    Older,
    Contradicted,
    Stuck,
    Apart,
    Doctor,
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub family: Family,
    pub what: String,
}

impl Finding {
    pub fn new(family: Family, what: impl Into<String>) -> Self {
        Self { family, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.family, self.what)
    }
}

/// What a step may take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Nothing.
    None,
    /// Rows of registers: a shift was closed, or a file is another now.
    Rows,
    /// Whatever headquarters alone had, and rows.
    Headquarters,
}

/// Looks at the files after a step.
pub fn always(
    model: &mut Model,
    before: &Files,
    after: &Files,
    loss: Loss,
    looks_for_older: bool,
) -> Result<(), Finding> {
    model.learn(after).map_err(|what| Finding::new(Family::Ids, what))?;
    refused(model, after)?;
    doubled(after)?;
    ids(model, after)?;
    lost(model, before, after, loss)?;
    if loss == Loss::Headquarters {
        put_back(model, after);
    } else if looks_for_older {
        older(model, before, after)?;
    }
    Ok(())
}

/// What was refused stands nowhere.
fn refused(model: &Model, files: &Files) -> Result<(), Finding> {
    for (file, sight) in sights(files) {
        for number in numbers(sight) {
            if model.known(number).is_some_and(|known| known.told == Told::Refused) {
                let what = format!("{} was refused, and stands in {file}", mark(number));
                return Err(Finding::new(Family::Contradicted, what));
            }
        }
    }
    Ok(())
}

/// One operation is one row in each file, one customer, one address.
fn doubled(files: &Files) -> Result<(), Finding> {
    for (file, sight) in sights(files) {
        let mut rows = BTreeSet::new();
        for row in &sight.sent {
            let Some(number) = row.number else { continue };
            if !rows.insert((row.table, number)) {
                let what = format!("{} is twice in {} of {file}", mark(number), row.table);
                return Err(Finding::new(Family::Doubled, what));
            }
        }
        let (mut guids, mut streets) = (BTreeSet::new(), BTreeSet::new());
        for (account, customer) in &sight.customers {
            if !customer.guid.is_empty() && !guids.insert(&customer.guid) {
                let what = format!("{file}: {account} is a second account of {}", customer.guid);
                return Err(Finding::new(Family::Doubled, what));
            }
            for number in customer.addresses.values().filter_map(|one| marked(&one.street)) {
                if !streets.insert(number) {
                    let what = format!("{file}: the address of {} is there twice", mark(number));
                    return Err(Finding::new(Family::Doubled, what));
                }
            }
        }
    }
    Ok(())
}

/// No counter, account or RECID means two things in what the files hold.
fn ids(model: &Model, files: &Files) -> Result<(), Finding> {
    let mut meanings: BTreeMap<String, (String, String)> = BTreeMap::new();
    for (file, sight) in sights(files) {
        let mut means = |id: String, what: String| match meanings.get(&id) {
            Some((known, other)) if *known != what => {
                let what = format!("{id} is {known} in {other} and {what} in {file}");
                Err(Finding::new(Family::Ids, what))
            }
            _ => {
                meanings.insert(id, (what, file.clone()));
                Ok(())
            }
        };
        for row in &sight.sent {
            let displaced = |number: u64| file == "hq" && model.displaced.contains(&number);
            let before = |number: u64| is_set_aside(file) && model.of_before.contains(&number);
            let number = row.number.filter(|number| !displaced(*number) && !before(*number));
            if let Some(number) = number.filter(|_| !row.store.is_empty()) {
                means(format!("{} {} of {}", row.table, row.counter, row.store), mark(number))?;
            }
        }
        for (account, customer) in &sight.customers {
            means(format!("CUSTTABLE {}", customer.row), account.clone())?;
            means(format!("DIRPARTYTABLE {}", customer.party), account.clone())?;
            if !customer.guid.is_empty() {
                means(format!("account {account}"), customer.guid.clone())?;
            }
            for (row, postal) in &customer.addresses {
                if let Some(number) = marked(&postal.street) {
                    means(format!("LOGISTICSPOSTALADDRESS {row}"), mark(number))?;
                }
            }
        }
    }
    Ok(())
}

/// Every row that a register wrote stands somewhere, unless a person took it away. A file that a
/// rebuild set aside has given its rows to the one in its place; who takes that one away takes them.
fn lost(model: &mut Model, before: &Files, after: &Files, loss: Loss) -> Result<(), Finding> {
    let (used, set_aside) = (standing(before, false), standing(after, true));
    let standing = standing(after, false);
    for (number, known) in &mut model.operations {
        if known.operation.kind == Kind::Deactivate {
            // Its row bears no mark of its own: what was taken away may have been it.
            let mine = loss == Loss::Headquarters || known.way == Way::Register;
            if loss != Loss::None && mine && known.told == Told::Done && !ended(known, after) {
                known.told = Told::Perhaps;
            }
            continue;
        }
        if known.way != Way::Register || known.told != Told::Done {
            continue;
        }
        let anywhere = standing.contains(number) || set_aside.contains(number);
        if standing.contains(number) {
            known.gone = false;
        } else if loss != Loss::None && (used.contains(number) || !anywhere) {
            known.gone = true;
        } else if !anywhere && !known.gone {
            let what = format!("{} was acknowledged and stands in no file", mark(*number));
            return Err(Finding::new(Family::Lost, what));
        }
    }
    Ok(())
}

/// Whether headquarters shows an address as ended.
fn ended(known: &Known, files: &Files) -> bool {
    let Some(Some(hq)) = files.get("hq") else { return false };
    let mut all = hq.customers.values().flat_map(|customer| customer.addresses.values());
    all.any(|postal| marked(&postal.street) == known.operation.address && !postal.in_force)
}

/// The operations whose rows stand in files in use, or in those that were set aside.
fn standing(files: &Files, set_aside: bool) -> BTreeSet<u64> {
    sights(files)
        .filter(|(file, _)| is_set_aside(file) == set_aside)
        .flat_map(|(_, sight)| sight.sent.iter().filter_map(|row| row.number))
        .collect()
}

/// Whether a rebuild has set this file aside.
fn is_set_aside(file: &str) -> bool {
    file.contains(".db.broken")
}

/// The rows of a table that files which are set aside have under a database's name.
pub fn rows_set_aside(files: &Files, table: &str, store: &str) -> BTreeSet<u64> {
    sights(files)
        .filter(|(file, _)| is_set_aside(file))
        .flat_map(|(_, sight)| &sight.sent)
        .filter(|row| row.table == table && row.store == store)
        .filter_map(|row| row.number)
        .collect()
}

/// After headquarters was put back, what it alone had may be gone; what a later operation of the
/// same customer covers, or what shows, is there.
fn put_back(model: &mut Model, files: &Files) {
    let Some(Some(hq)) = files.get("hq") else { return };
    let mut shown: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (account, customer) in &hq.customers {
        if let Some(owner) = model.owner(account, &customer.guid) {
            let numbers = shown.entry(owner).or_default();
            numbers.insert(0);
            numbers.extend(customer.texts().filter_map(|text| marked(text)));
        }
    }
    for known in model.operations.values_mut() {
        let ending = known.operation.kind == Kind::Deactivate;
        if known.way == Way::Register || known.told == Told::Refused || ending {
            continue;
        }
        let number = known.operation.number;
        let there = shown.get(&known.operation.customer).is_some_and(|numbers| {
            known.operation.kind == Kind::Create || numbers.contains(&number)
        });
        if !there {
            // A channel may still show it; whether it comes back is not said.
            known.told = Told::Perhaps;
        }
    }
}

/// No field of headquarters goes back to what a person said before.
fn older(model: &Model, before: &Files, after: &Files) -> Result<(), Finding> {
    let (Some(Some(before)), Some(Some(after))) = (before.get("hq"), after.get("hq")) else {
        return Ok(());
    };
    for (account, was) in &before.customers {
        let Some(is) = after.customers.get(account) else {
            let what = format!("customer {account} is not in headquarters any more");
            return Err(Finding::new(Family::Lost, what));
        };
        for (field, old) in &was.fields {
            follows(model, &format!("{account} {}", field.name()), old, &is.fields[field])?;
        }
        for (row, old) in &was.addresses {
            let Some(new) = is.addresses.get(row) else {
                let what = format!("{account} has no address {:?} any more", old.street);
                return Err(Finding::new(Family::Lost, what));
            };
            follows(model, &format!("{account} city of {}", old.street), &old.city, &new.city)?;
            if new.in_force && !old.in_force {
                let what = format!("{account}: address {:?} is in force again", old.street);
                return Err(Finding::new(Family::Older, what));
            }
        }
    }
    Ok(())
}

/// A value that a person gave is followed by none that a person gave before.
fn follows(model: &Model, what: &str, old: &str, new: &str) -> Result<(), Finding> {
    let Some(then) = marked(old).and_then(|number| model.known(number)) else { return Ok(()) };
    let now = marked(new).and_then(|number| model.known(number));
    if now.is_some_and(|now| now.when() >= then.when() || now.replaces(then)) {
        return Ok(());
    }
    let since = now.map_or("", Known::when);
    let what = format!("{what}: {old:?} of {} became {new:?} of {since}", then.when());
    Err(Finding::new(Family::Older, what))
}

fn sights(files: &Files) -> impl Iterator<Item = (&String, &Sight)> {
    files.iter().filter_map(|(file, sight)| Some((file, sight.as_ref()?)))
}

/// Every operation that a file shows something of.
fn numbers(sight: &Sight) -> BTreeSet<u64> {
    let sent = sight.sent.iter().filter_map(|row| row.number);
    let texts = sight.customers.values().flat_map(Customer::texts);
    let shown = texts.filter_map(|text| marked(text));
    sent.chain(shown).collect()
}
