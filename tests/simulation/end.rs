//! What must hold in the end, when faults have ceased and the jobs have run: every side equals
//! the model.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Family, Finding};
use super::model::{Model, Way};
use super::sight::{Customer, Files, Sent, Sight};
use super::step::{Field, Kind, mark, marked};

/// Compares headquarters with the model and the channels with headquarters.
pub fn converged(model: &Model, files: &Files, older: bool) -> Result<(), Finding> {
    let Some(Some(hq)) = files.get("hq") else {
        return Err(Finding::new(Family::Stuck, "headquarters cannot be read"));
    };
    let model = &held(model, hq);
    exactly_once(model, hq)?;
    // What ends an address has no mark of its own.
    let waits = |row: &&Sent| !row.completed && row.number.is_none();
    let of = |row: &Sent| row.made.filter(|address| model.is_sure(*address));
    if let Some(address) = hq.sent.iter().filter(waits).find_map(of) {
        let what = format!("what ends the address of {} was not carried out", mark(address));
        return Err(Finding::new(Family::Lost, what));
    }
    if older {
        fields(model, hq)?;
    }
    for (name, sight) in files.iter().filter(|(name, _)| *name != "hq" && !name.contains(".db")) {
        let Some(sight) = sight else {
            return Err(Finding::new(Family::Stuck, format!("channel {name} cannot be read")));
        };
        same(name, &hq.customers, &sight.customers)?;
        if hq.own && sight.own && hq.seats != sight.seats {
            let what = format!("{name}: headquarters {:?}, channel {:?}", hq.seats, sight.seats);
            return Err(Finding::new(Family::Apart, what));
        }
    }
    Ok(())
}

/// The model, with what waits in headquarters behind an operation on an address that may be lost.
fn held(model: &Model, hq: &Sight) -> Model {
    let mut model = model.clone();
    let waiting = hq.sent.iter().filter(|row| !row.completed).filter_map(|row| row.made);
    let lost = waiting.filter(|address| !model.is_sure(*address));
    let customers = lost.filter_map(|address| Some(model.known(address)?.operation.customer));
    model.held = customers.collect();
    model
}

/// Each operation that is done and not lost is in headquarters once, and carried out.
fn exactly_once(model: &Model, hq: &Sight) -> Result<(), Finding> {
    for (number, known) in model.operations.iter().filter(|(number, _)| model.is_sure(**number)) {
        let operation = &known.operation;
        let missing = |what: &str| {
            let what = format!("{} ({:?}) {what}", mark(*number), operation.kind);
            Err(Finding::new(Family::Lost, what))
        };
        // What ends an address has no mark of its own in its row.
        if known.way == Way::Register && operation.kind != Kind::Deactivate {
            let mut rows = hq.sent.iter().filter(|row| row.number == Some(*number));
            match rows.next() {
                None => return missing("did not reach headquarters"),
                Some(row) if !row.completed => return missing("was not carried out"),
                Some(_) => {}
            }
        }
        if operation.kind == Kind::Row {
            continue;
        }
        let mut own = hq.customers.iter().filter(|(account, customer)| {
            model.owner(account, &customer.guid) == Some(operation.customer)
        });
        match (own.next(), own.next()) {
            (None, _) => return missing("has no customer in headquarters"),
            (Some((one, _)), Some((other, _))) => {
                let what = format!("{} is {one} and {other}", mark(operation.customer));
                return Err(Finding::new(Family::Doubled, what));
            }
            (Some((_, customer)), None) => {
                let mut all = customer.addresses.values();
                let Some(address) = operation.address else { continue };
                match all.find(|one| marked(&one.street) == Some(address)) {
                    None => return missing("has no address in headquarters"),
                    Some(one) if one.in_force && operation.kind == Kind::Deactivate => {
                        return missing("did not end its address");
                    }
                    Some(_) => {}
                }
            }
        }
    }
    Ok(())
}

/// Each field is what the newest operation says.
fn fields(model: &Model, hq: &Sight) -> Result<(), Finding> {
    for (account, customer) in &hq.customers {
        let Some(owner) = model.owner(account, &customer.guid) else { continue };
        for field in Field::ALL {
            let allowed = model.allowed(owner, None, field);
            one_of(allowed, &format!("{account} {}", field.name()), &customer.fields[&field])?;
        }
        for postal in customer.addresses.values() {
            let Some(address) = marked(&postal.street) else { continue };
            // Of one that somebody has ended, what was said before and after does not matter.
            if model.endings(address).next().is_some() {
                continue;
            }
            if !postal.in_force {
                let what = format!("{account}: nobody has ended address {:?}", postal.street);
                return Err(Finding::new(Family::Contradicted, what));
            }
            let allowed = model.allowed(owner, Some(address), Field::City);
            one_of(allowed, &format!("{account} city of {}", postal.street), &postal.city)?;
        }
    }
    Ok(())
}

fn one_of(allowed: Option<BTreeSet<String>>, what: &str, value: &String) -> Result<(), Finding> {
    match allowed {
        Some(allowed) if !allowed.contains(value) => {
            let what = format!("{what}: expected one of {allowed:?}, found {value:?}");
            Err(Finding::new(Family::Older, what))
        }
        _ => Ok(()),
    }
}

fn same(
    name: &str,
    hq: &BTreeMap<String, Customer>,
    channel: &BTreeMap<String, Customer>,
) -> Result<(), Finding> {
    for account in hq.keys().chain(channel.keys()) {
        let (one, other) = (hq.get(account), channel.get(account));
        if one != other {
            let what = format!("{name}, {account}: headquarters {one:?}, channel {other:?}");
            return Err(Finding::new(Family::Apart, what));
        }
    }
    Ok(())
}
