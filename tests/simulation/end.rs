//! What must hold in the end, when faults have ceased and the jobs have run: every side equals
//! the model.

use std::collections::BTreeMap;

use super::check::{Family, Finding};
use super::model::{Model, Way};
use super::sight::{Customer, Files, Sight};
use super::step::{Field, Kind, mark, marked};

/// Compares headquarters with the model and the channels with headquarters.
pub fn converged(model: &Model, files: &Files, older: bool) -> Result<(), Finding> {
    let Some(Some(hq)) = files.get("hq") else {
        return Err(Finding::new(Family::Stuck, "headquarters cannot be read"));
    };
    exactly_once(model, hq)?;
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

/// Each operation that is done and not lost is in headquarters once, and carried out.
fn exactly_once(model: &Model, hq: &Sight) -> Result<(), Finding> {
    for (number, known) in model.operations.iter().filter(|(number, _)| model.is_sure(**number)) {
        let operation = &known.operation;
        let missing = |what: &str| {
            let what = format!("{} ({:?}) {what}", mark(*number), operation.kind);
            Err(Finding::new(Family::Lost, what))
        };
        if known.way == Way::Register {
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
                let there = |street: &String| marked(street) == Some(*number);
                if operation.kind == Kind::Address && !customer.streets.values().any(there) {
                    return missing("is no address in headquarters");
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
            let Some(allowed) = model.allowed(owner, field) else { continue };
            let value = &customer.fields[&field];
            if !allowed.contains(value) {
                let name = field.name();
                let what =
                    format!("{account} {name}: expected one of {allowed:?}, found {value:?}");
                return Err(Finding::new(Family::Older, what));
            }
        }
    }
    Ok(())
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
