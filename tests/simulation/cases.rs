//! What was seen to go wrong in use, as histories: 0.2.0 fails each of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::check::Family;
use super::draw::words;
use super::history::{Start, again};
use super::seeds::ALL;
use super::step::{Field, Kind, Operation, Package, Step, mark};

/// A case: what it begins with, its steps, and the family of invariants that was broken in it.
struct Case {
    name: &'static str,
    start: Start,
    steps: Vec<Step>,
    broke: Family,
}

fn cdx(line: &str) -> Step {
    Step::Cdx(words(line))
}

fn operation(kind: Kind, number: u64, customer: u64, place: &str, line: &str) -> Operation {
    let text = line.replace("{mark}", &mark(number)).replace("{long}", &"x".repeat(400));
    let mut sets = BTreeMap::new();
    for field in Field::ALL {
        let set = [format!("--{} zq", field.name()), format!("{}=zq", field.name())];
        if set.iter().any(|text| line.replace("{mark}", "zq").contains(text)) {
            sets.insert(field, mark(number));
        }
    }
    let (place, words) = (place.to_owned(), words(&text));
    let address = (kind == Kind::Address).then_some(number);
    if address.is_some() {
        sets.insert(Field::City, mark(number));
    }
    Operation { number, customer, address, kind, place, words, sets }
}

/// An address is created at a register.
fn address(number: u64, customer: u64, place: &str) -> Step {
    let line = at(place, "create-address", "--street {mark} --city {mark}");
    Step::Operation(operation(Kind::Address, number, customer, place, &line))
}

/// An address is edited at a register.
fn edit_address(number: u64, customer: u64, address: u64, place: &str) -> Step {
    let line = at(place, "edit-address", "--address {address} --set city={mark}");
    let edit = operation(Kind::EditAddress, number, customer, place, &line);
    let sets = BTreeMap::from([(Field::City, mark(number))]);
    Step::Operation(Operation { address: Some(address), sets, ..edit })
}

/// An address is ended at a register.
fn end_address(number: u64, customer: u64, address: u64, place: &str) -> Step {
    let line = at(place, "deactivate-address", "--address {address}");
    let end = operation(Kind::Deactivate, number, customer, place, &line);
    Step::Operation(Operation { address: Some(address), ..end })
}

fn at(place: &str, verb: &str, line: &str) -> String {
    let (channel, offline) = match place.strip_suffix(".offline") {
        Some(channel) => (channel, " --offline"),
        None => (place, ""),
    };
    format!("pos {verb} --channel {channel}{offline} --account {{account}} {line}")
}

/// A customer is created at a register.
fn create(number: u64, place: &str) -> Step {
    let line = "--first-name {mark} --last-name {mark} --phone {mark}";
    Step::Operation(operation(
        Kind::Create,
        number,
        number,
        place,
        &register("create", place, line),
    ))
}

/// A customer is edited at a register, or in headquarters.
fn edit(number: u64, customer: u64, place: &str, field: Field) -> Step {
    let set = format!("--set {}={{mark}}", field.name());
    let line = if place == "hq" {
        format!("customers edit {{account}} {set}")
    } else {
        register("edit", place, &format!("--account {{account}} {set}"))
    };
    Step::Operation(operation(Kind::Edit, number, customer, place, &line))
}

fn register(verb: &str, place: &str, line: &str) -> String {
    let (channel, offline) = match place.strip_suffix(".offline") {
        Some(channel) => (channel, " --offline"),
        None => (place, ""),
    };
    format!("pos {verb}-customer --channel {channel}{offline} {line}")
}

fn row(number: u64, place: &str) -> Step {
    Step::Row(operation(Kind::Row, number, number, place, ""))
}

fn too_long(number: u64, line: &str) -> Step {
    Step::Refused(operation(Kind::Edit, number, 4, "houston", line))
}

fn on(file: &str, step: fn(String) -> Step) -> Step {
    step(file.to_owned())
}

fn damage(file: &str) -> Step {
    on(file, |file| Step::Damage { file })
}

fn delete(file: &str) -> Step {
    on(file, |file| Step::Delete { file })
}

fn cases() -> Vec<Case> {
    let mut cases = unfinished();
    cases.extend(replaced());
    cases.extend(others());
    cases.extend(copies());
    cases.extend(addresses());
    cases
}

fn unfinished() -> Vec<Case> {
    vec![
        Case {
            name: "1: an over-long state in a real-time call",
            start: Start::New,
            steps: vec![too_long(
                101,
                "pos create-address --channel houston --account {account} --city Concord \
                 --street {mark} --state New-Hampshire-and-more",
            )],
            broke: Family::Contradicted,
        },
        Case {
            name: "1: an over-long phone in a real-time call",
            start: Start::New,
            steps: vec![too_long(
                101,
                "pos edit-customer --channel houston --account {account} --set phone={mark}{long}",
            )],
            broke: Family::Contradicted,
        },
        Case {
            name: "2: a damaged offline database and its hint",
            start: Start::Asynchronous,
            steps: vec![
                damage("houston.offline"),
                cdx("pos reconnect --channel houston"),
                cdx("channels rebuild houston.offline"),
                cdx("clock advance 1h"),
            ],
            broke: Family::Stuck,
        },
        Case {
            name: "2: a channel lost between headquarters and the channel",
            start: Start::New,
            steps: vec![
                edit(101, 4, "houston", Field::Phone),
                cdx("pos create-customer --channel houston --first-name A --last-name B \
                     --fault crash=rts.after-headquarters"),
                delete("houston"),
                cdx("channels rebuild houston"),
                edit(102, 4, "seattle", Field::Phone),
            ],
            broke: Family::Stuck,
        },
    ]
}

fn replaced() -> Vec<Case> {
    vec![
        Case {
            name: "4: a third customer with the temporary id of the first",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "houston.offline"),
                create(102, "houston.offline"),
                cdx("pos reconnect --channel houston"),
                damage("houston.offline"),
                cdx("channels rebuild houston.offline"),
                cdx("run 1110 1070 1010"),
                create(103, "houston.offline"),
                cdx("pos reconnect --channel houston"),
            ],
            broke: Family::Ids,
        },
        Case {
            name: "5: offline rows merged a second time",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "houston.offline"),
                cdx("pos reconnect --channel houston"),
                cdx("run P sync-customers"),
                cdx("channels rebuild houston --discard"),
                cdx("run 1110 1070 1010"),
                cdx("pos reconnect --channel houston"),
                cdx("run P"),
            ],
            broke: Family::Doubled,
        },
        Case {
            name: "5: the same where the channel was put back",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "houston.offline"),
                Step::Keep { file: "houston".to_owned(), slot: 1 },
                cdx("pos reconnect --channel houston"),
                create(102, "houston"),
                cdx("run P sync-customers"),
                Step::PutBack { file: "houston".to_owned(), slot: 1 },
                create(103, "houston"),
                cdx("run P"),
            ],
            broke: Family::Ids,
        },
    ]
}

/// What random histories came to since, with files that were put back or changed places.
fn copies() -> Vec<Case> {
    let keep = |file: &str, slot| Step::Keep { file: file.to_owned(), slot };
    let back = |file: &str, slot| Step::PutBack { file: file.to_owned(), slot };
    vec![
        Case {
            name: "headquarters put back from before a channel was added",
            start: Start::Asynchronous,
            steps: vec![
                keep("hq", 1),
                cdx("channels add added1"),
                cdx("run 1110 1070 1010"),
                cdx("csu restart"),
                create(101, "added1"),
                back("hq", 1),
            ],
            broke: Family::Doctor,
        },
        Case {
            name: "a counter given out in another's place",
            start: Start::Asynchronous,
            steps: vec![
                keep("houston", 1),
                edit(101, 4, "houston", Field::Phone),
                cdx("run P"),
                back("houston", 1),
                Step::Swap { one: "houston".to_owned(), other: "online".to_owned() },
                edit(102, 4, "online", Field::Phone),
            ],
            broke: Family::Ids,
        },
        Case {
            name: "rows that go up while two files stand in each other's place",
            start: Start::Asynchronous,
            steps: vec![
                edit(101, 4, "seattle", Field::First),
                edit(102, 5, "houston", Field::Phone),
                Step::Swap { one: "houston".to_owned(), other: "seattle".to_owned() },
                cdx("run P"),
                Step::Swap { one: "houston".to_owned(), other: "seattle".to_owned() },
                edit(103, 4, "seattle", Field::First),
                edit(104, 5, "houston", Field::Phone),
            ],
            broke: Family::Ids,
        },
        Case {
            name: "a merged row's counter after a rebuild",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "houston.offline"),
                create(102, "houston"),
                cdx("pos reconnect --channel houston"),
                cdx("channels rebuild houston --discard"),
            ],
            broke: Family::Ids,
        },
        Case {
            name: "headquarters put back to before an exchange that had begun",
            start: Start::Asynchronous,
            steps: vec![
                cdx("customers create --first-name A --last-name B"),
                cdx("run 1010 --fault package-corrupt=houston"),
                create(101, "houston"),
                keep("hq", 1),
                cdx("run P"),
                back("hq", 1),
                Step::Lose { newest: 0, kind: Package::Upload },
            ],
            broke: Family::Lost,
        },
        Case {
            name: "a row of a table of one's own, merged and merged again after a rebuild",
            start: Start::Fixture,
            steps: vec![
                row(101, "houston.offline"),
                cdx("pos reconnect --channel houston"),
                cdx("run P"),
                delete("houston"),
                cdx("channels rebuild houston --discard"),
            ],
            broke: Family::Stuck,
        },
        Case {
            name: "a creation that is later than what is about it, by a clock that was put back",
            start: Start::Asynchronous,
            steps: vec![
                keep("hq", 1),
                cdx("clock advance 2h"),
                create(101, "seattle"),
                back("hq", 1),
                edit(102, 101, "seattle", Field::Email),
                edit(103, 101, "seattle", Field::Phone),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "an account that nobody knows any more but an operation",
            start: Start::Asynchronous,
            steps: vec![
                keep("hq", 1),
                create(101, "seattle"),
                cdx("run P sync-customers 1010"),
                edit(102, 101, "houston", Field::Email),
                back("hq", 1),
                cdx("run 1010"),
                back("hq", 1),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "a creation whose package is altered, and an edit that came through",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "houston"),
                address(102, 4, "houston"),
                cdx("run P --phase collect"),
                Step::Cut { newest: 0, kind: Package::Upload },
                edit(103, 101, "houston", Field::Phone),
                edit_address(104, 4, 102, "houston"),
                cdx("run P"),
            ],
            broke: Family::Doubled,
        },
        Case {
            name: "an upload package that is altered",
            start: Start::Asynchronous,
            steps: vec![
                edit(101, 4, "houston", Field::Phone),
                cdx("run P --phase collect"),
                Step::Cut { newest: 0, kind: Package::Upload },
            ],
            broke: Family::Stuck,
        },
    ]
}

/// What addresses come to beside files that were put back or changed places.
fn addresses() -> Vec<Case> {
    let keep = |file: &str, slot| Step::Keep { file: file.to_owned(), slot };
    let back = |file: &str, slot| Step::PutBack { file: file.to_owned(), slot };
    let swap = || Step::Swap { one: "houston".to_owned(), other: "seattle".to_owned() };
    vec![
        Case {
            name: "an address that is later than its edit, by a clock that was put back",
            start: Start::Asynchronous,
            steps: vec![
                keep("hq", 1),
                cdx("clock advance 2h"),
                address(101, 4, "seattle"),
                back("hq", 1),
                edit_address(102, 4, 101, "seattle"),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "an address that goes up under another channel's name, after its edit",
            start: Start::Asynchronous,
            steps: vec![
                address(101, 4, "houston"),
                swap(),
                cdx("run P"),
                swap(),
                edit_address(102, 4, 101, "houston"),
                cdx("run P"),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "an address that nobody knows any more but an operation",
            start: Start::Asynchronous,
            steps: vec![
                keep("hq", 1),
                address(101, 4, "seattle"),
                cdx("run P sync-customers 1010"),
                edit_address(102, 4, 101, "houston"),
                back("hq", 1),
                cdx("run 1010"),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "an address that is ended in one store and edited in another",
            start: Start::Asynchronous,
            steps: vec![
                address(101, 4, "seattle"),
                cdx("run P sync-customers 1010"),
                end_address(102, 4, 101, "seattle"),
                edit_address(103, 4, 101, "houston"),
                end_address(104, 4, 101, "houston.offline"),
            ],
            broke: Family::Older,
        },
    ]
}

fn others() -> Vec<Case> {
    vec![
        Case {
            name: "6: an older phone number that comes late",
            start: Start::Asynchronous,
            steps: vec![
                cdx("params set try-count 1"),
                edit(101, 4, "houston", Field::Phone),
                cdx("run P --fault upload-apply-fails=houston"),
                cdx("clock advance 1h"),
                edit(102, 4, "houston", Field::Phone),
                cdx("run P sync-customers"),
                cdx("doctor --fix"),
                cdx("run P sync-customers"),
            ],
            broke: Family::Older,
        },
        Case {
            name: "7: a phone number that an edit of the e-mail takes away",
            start: Start::Asynchronous,
            steps: vec![
                edit(101, 4, "hq", Field::Phone),
                edit(102, 4, "houston", Field::Email),
                cdx("run P sync-customers"),
            ],
            broke: Family::Older,
        },
        Case {
            name: "7: two stores that edit two fields",
            start: Start::Asynchronous,
            steps: vec![
                edit(101, 4, "houston", Field::Phone),
                edit(102, 4, "seattle", Field::Email),
                cdx("run P sync-customers"),
            ],
            broke: Family::Older,
        },
        Case {
            name: "an upload table that a script made again after a rebuild that discards",
            start: Start::Fixture,
            steps: vec![
                row(101, "houston.offline"),
                cdx("channels rebuild houston.offline --discard"),
                on("houston.offline", |file| Step::Remake { file }),
                row(102, "houston.offline"),
                cdx("pos reconnect --channel houston"),
                row(103, "houston.offline"),
            ],
            broke: Family::Ids,
        },
        Case {
            name: "a crash after a session is collected that could not be before",
            start: Start::Asynchronous,
            steps: vec![
                create(101, "seattle"),
                cdx("run P --fault read-fails=seattle"),
                cdx("run P --fault crash=collect.after-commit:seattle"),
            ],
            broke: Family::Lost,
        },
        Case {
            name: "11: an upload table that a script made again",
            start: Start::Fixture,
            steps: vec![
                row(101, "houston"),
                row(102, "houston"),
                cdx("run P"),
                on("houston", |file| Step::Remake { file }),
                row(103, "houston"),
                cdx("channels reseed houston"),
                cdx("run P"),
            ],
            broke: Family::Lost,
        },
    ]
}

/// Each of them; `CDX_SIMULATE_CASES=address` plays those whose names have this.
#[test]
fn cases_hold() {
    let only = std::env::var("CDX_SIMULATE_CASES").unwrap_or_default();
    let mut broken = String::new();
    for Case { name, start, steps, broke } in cases() {
        if !name.contains(&only) {
            continue;
        }
        if let Some(finding) = again(start, &steps, ALL).finding {
            let _ = writeln!(broken, "{name} (it broke {broke:?}): {finding}");
        }
    }
    assert!(broken.is_empty(), "{broken}");
}
