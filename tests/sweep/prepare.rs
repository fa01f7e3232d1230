//! Environments that the scenes are played on, each made once and copied.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::machine::Machine;

/// Makes an environment in `root/e` of a folder.
pub type Prepare = fn(&Machine, &Path);

fn database(dir: &Path, name: &str) -> Connection {
    Connection::open(dir.join("root/e").join(name)).unwrap()
}

/// An empty folder.
pub fn nothing(_: &Machine, _: &Path) {}

/// Two channels, one with an offline database, and six customers, synchronized.
pub fn plain(machine: &Machine, dir: &Path) {
    machine.ok(dir, "init e --customers 4 --channels 2 --seed 5");
}

/// Headquarters has changes that no channel has.
pub fn changed(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(dir, "customers edit 00000004 --set group=40 --set email=new@example.com");
    machine.ok(dir, "customers delete 00000005");
}

/// Asynchronous customers are on and in effect everywhere.
pub fn asynchronous(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(dir, "features enable async-customer-editing --with-prerequisites");
    machine.ok(dir, "profiles set Stores --async-customers yes");
    machine.ok(dir, "profiles set Online --async-customers yes");
    machine.ok(dir, "run 1110 1010 1070");
    machine.ok(dir, "csu restart");
}

/// Three customers, two edits and an address wait in two channels.
pub fn waiting(machine: &Machine, dir: &Path) {
    asynchronous(machine, dir);
    machine.ok(dir, "pos create-customer --channel houston --first-name Ada --last-name One");
    machine.ok(dir, "pos create-customer --channel houston --first-name Ada --last-name Two");
    machine.ok(dir, "pos create-customer --channel seattle --first-name Ada --last-name Three");
    machine.ok(dir, "pos edit-customer --channel houston --account 00000004 --set phone=555");
    let guid = account(dir, "channels/houston.db");
    let edit = format!("pos edit-customer --channel houston --account {guid} --set phone=556");
    machine.ok(dir, &edit);
    machine.ok(
        dir,
        "pos create-address --channel houston --account 00000004 --street Main --city Concord",
    );
}

/// A command with the ids filled in that an environment has drawn.
pub fn fill(dir: &Path, command: &str) -> String {
    let id = |file: &str, sql: &str| -> String {
        database(dir, file).query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let mut filled = command.to_owned();
    if filled.contains("{address}") {
        let sql = "SELECT CAST(max(RECID) AS TEXT) FROM LOGISTICSPOSTALADDRESS";
        filled = filled.replace("{address}", &id("hq.db", sql));
    }
    filled
}

/// The temporary id of the first customer that waits in a channel.
pub fn account(dir: &Path, name: &str) -> String {
    let sql = "SELECT CUSTACCOUNTASYNC FROM ax_RETAILASYNCCUSTOMERV2 ORDER BY 1 DESC LIMIT 1";
    database(dir, name).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// They have been packed and not been written to headquarters.
pub fn collected(machine: &Machine, dir: &Path) {
    waiting(machine, dir);
    machine.ok(dir, "run P --phase collect");
}

/// They wait for the batch.
pub fn uploaded(machine: &Machine, dir: &Path) {
    waiting(machine, dir);
    machine.ok(dir, "run P");
}

/// The batch failed on one of them.
pub fn failed(machine: &Machine, dir: &Path) {
    uploaded(machine, dir);
    let run = machine.run(dir, "run sync-customers --fault batch-fails=houston");
    assert_eq!(run.code, 1, "{}", run.text());
}

/// Two customers wait in the register's offline database.
pub fn away(machine: &Machine, dir: &Path) {
    asynchronous(machine, dir);
    for name in ["Away", "Far"] {
        machine.ok(
            dir,
            &format!(
                "pos create-customer --channel houston --first-name Ada --last-name {name} --offline"
            ),
        );
    }
}

/// A customer has an address that a register made.
pub fn addressed(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(
        dir,
        "pos create-address --channel houston --account 00000004 --street Main --city Concord",
    );
}

/// A session of houston was canceled after too many tries.
pub fn canceled(machine: &Machine, dir: &Path) {
    changed(machine, dir);
    machine.ok(dir, "params set try-count 1");
    let run = machine.run(dir, "run 1010 --fault apply-fails=houston");
    assert_eq!(run.code, 1, "{}", run.text());
}

/// A session waits for seattle.
pub fn pending(machine: &Machine, dir: &Path) {
    changed(machine, dir);
    machine.ok(dir, "run 1010 --channel houston");
}

/// Two features are on in headquarters alone; a third is due tomorrow.
pub fn featured(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(dir, "features enable async-customer-editing --with-prerequisites");
    machine.ok(dir, "features schedule emailed-receipts-from-journal 2026-01-16");
}

/// A file of the "Feature management" entity turns a feature on.
pub fn entity(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(dir, "features enable async-customer-editing --with-prerequisites");
    machine.ok(dir, "features export states.csv");
    machine.ok(dir, "features disable async-customer-editing");
}

/// An older application, which an update moves.
pub fn older(machine: &Machine, dir: &Path) {
    machine.ok(dir, "init e --customers 4 --channels 2 --seed 5 --app-version 10.0.29");
}

/// Houston is paused, and a change has gone by.
pub fn paused(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    machine.ok(dir, "channels pause houston");
    machine.ok(dir, "customers edit 00000004 --set phone=1");
    let run = machine.run(dir, "run 1010");
    assert_eq!(run.code, 1, "a paused channel is told\n{}", run.text());
}

/// Houston's file is damaged, and a log lies beside it.
pub fn broken(machine: &Machine, dir: &Path) {
    asynchronous(machine, dir);
    machine.ok(dir, "pos create-customer --channel houston --first-name Ada --last-name Sent");
    machine.ok(dir, "run P");
    machine.ok(dir, "customers edit 00000004 --set group=40");
    let file = dir.join("root/e/channels/houston.db");
    fs::write(file.with_extension("db-wal"), "rows that are nowhere else").unwrap();
    fs::write(file, "this is no database").unwrap();
}

/// Rows of a channel went away behind the tool's back, and features wait for their jobs.
pub fn ill(machine: &Machine, dir: &Path) {
    asynchronous(machine, dir);
    machine.ok(dir, "customers edit 00000004 --set group=40");
    database(dir, "channels/seattle.db").execute_batch("DELETE FROM ax_CUSTTABLE").unwrap();
}

/// A job of the environment's own that the scheduler does not have yet, and a table for it.
pub fn own_job(machine: &Machine, dir: &Path) {
    plain(machine, dir);
    let env = dir.join("root/e");
    for (name, text) in [
        (
            "schema/hq/notes.sql",
            "CREATE TABLE NOTES (RECID INTEGER PRIMARY KEY, WORDS NVARCHAR(20));",
        ),
        (
            "schema/channel/notes.sql",
            "CREATE TABLE ext_NOTES (RECID BIGINT NOT NULL PRIMARY KEY, WORDS NVARCHAR(20));",
        ),
        (
            "jobs/notes.toml",
            "[job]\nid = \"9000\"\nname = \"Notes\"\ndirection = \"download\"\n\n[[subjob]]\nid = \"NOTES\"\n\
             target = \"ext.NOTES\"\nkey = [\"RECID\"]\nfields = [\"RECID\", \"WORDS\"]\n",
        ),
    ] {
        let path = env.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
