//! The commands that write, and what each is played on.

use crate::prepare::{self, Prepare};

/// What running a command again means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It ends in the same state, with one of these exit codes where all was done before.
    Same(&'static [i32]),
    /// It does it once more, so it is only run again where nothing was done.
    Another,
}

/// A command and the environment it is played on.
pub struct Scene {
    pub command: &'static str,
    pub prepare: Prepare,
    pub again: Again,
}

const fn same(command: &'static str, prepare: Prepare) -> Scene {
    Scene { command, prepare, again: Again::Same(&[0]) }
}

/// Refused, or with nothing left to do, when it is done already.
const fn refused(command: &'static str, prepare: Prepare) -> Scene {
    Scene { command, prepare, again: Again::Same(&[0, 1, 2]) }
}

const fn another(command: &'static str, prepare: Prepare) -> Scene {
    Scene { command, prepare, again: Again::Another }
}

pub const SCENES: &[Scene] = &[
    refused("init e --customers 4 --channels 2 --seed 5", prepare::nothing),
    same("run 1110 1070", prepare::featured),
    same("run 1010", prepare::changed),
    same("run 1010 --full", prepare::changed),
    same("run P", prepare::waiting),
    same("run P --phase collect", prepare::waiting),
    same("run P --phase apply", prepare::collected),
    same("run sync-customers", prepare::uploaded),
    another(
        "pos create-customer --channel houston --first-name Ada --last-name Live",
        prepare::plain,
    ),
    another(
        "pos create-customer --channel houston --first-name Ada --last-name Later",
        prepare::asynchronous,
    ),
    another(
        "pos create-customer --channel houston --first-name Ada --last-name Off --offline",
        prepare::asynchronous,
    ),
    same("pos edit-customer --channel houston --account 00000004 --set phone=1", prepare::plain),
    another(
        "pos edit-customer --channel houston --account 00000004 --set phone=1",
        prepare::asynchronous,
    ),
    another(
        "pos create-address --channel houston --account 00000004 --street Main --city Concord",
        prepare::plain,
    ),
    another(
        "pos create-address --channel houston --account 00000004 --street Main --city Concord",
        prepare::asynchronous,
    ),
    same(
        "pos edit-address --channel houston --account 00000004 --address {address} --set city=Rye",
        prepare::addressed,
    ),
    refused(
        "pos deactivate-address --channel houston --account 00000004 --address {address}",
        prepare::addressed,
    ),
    another("pos create-order --channel houston --account 00000004", prepare::plain),
    another("pos issue-loyalty-card --channel houston --account 00000004", prepare::plain),
    same("pos link-identity --channel houston --account 00000004", prepare::plain),
    same("pos close-shift --channel houston", prepare::uploaded),
    same("pos reconnect --channel houston", prepare::away),
    another("customers create --first-name Ada --last-name Byron", prepare::plain),
    same("customers edit 00000004 --set phone=1", prepare::plain),
    refused("customers delete 00000004", prepare::plain),
    refused("customers status edit customer-1 --set lastname=Other", prepare::failed),
    refused("customers synchronize customer-1", prepare::failed),
    refused("channels add boston", prepare::plain),
    refused("channels add boston --offline-database", prepare::plain),
    same("channels pause houston", prepare::plain),
    same("channels resume houston", prepare::paused),
    refused("channels rebuild houston", prepare::broken),
    refused("channels reseed houston", prepare::uploaded),
    refused("channels group add Late --dummy", prepare::plain),
    same("schedules set Downloads --active no", prepare::plain),
    same("params set try-count 5", prepare::plain),
    same("profiles set Stores --async-customers yes", prepare::plain),
    same("features enable async-customer-editing --with-prerequisites", prepare::plain),
    same("features disable async-customer-editing --cascade", prepare::featured),
    same("features schedule emailed-receipts-from-journal 2026-01-20", prepare::plain),
    refused("features unschedule emailed-receipts-from-journal", prepare::featured),
    same("features export other.csv --force", prepare::featured),
    same("features import states.csv", prepare::entity),
    same("upgrade --app-version 10.0.48", prepare::older),
    same("scheduler init", prepare::own_job),
    another("clock advance 24h", prepare::featured),
    same("csu restart", prepare::asynchronous),
    refused("sessions retry 5", prepare::canceled),
    refused("sessions cancel 5", prepare::pending),
    same("doctor --fix", prepare::ill),
];
