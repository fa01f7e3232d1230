//! The same work as a person would write it in plain SQLite.

use std::fs;
use std::path::Path;
use std::time::Instant;

use cdx::definitions;
use cdx::exchange::plan::plan_job;
use cdx::model::plan::TablePlan;
use cdx::store::create::new_channel_file;
use cdx::store::{Access, Db, catalogue, schema::Kind};
use rusqlite::Connection;

/// How a copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Indexes kept, default cache.
    Naive,
    /// Indexes after the rows, 64 MiB of cache; as durable.
    Fastest,
}

/// The tables and mapping of job 1010, as the engine has them.
fn plans() -> Vec<TablePlan> {
    let tables = catalogue::tools().expect("the schema");
    let known = definitions::load(&definitions::shipped(), &tables).expect("the definitions");
    let job = known.find_job("1010").expect("the job").clone();
    plan_job(&known, &job, &tables.hq, &tables.channel).expect("a plan")
}

fn columns(plan: &TablePlan) -> (String, String) {
    let to: Vec<&str> = plan.columns.iter().map(|column| column.to.as_str()).collect();
    let from: Vec<String> =
        plan.columns.iter().map(|column| format!("t.\"{}\"", column.from)).collect();
    (to.join(", "), from.join(", "))
}

fn open(path: &Path, env: &Path) -> Connection {
    let db = Connection::open(path).expect("a channel");
    let hq = env.join("hq.db");
    db.execute_batch(&format!(
        "PRAGMA main.journal_mode = WAL; PRAGMA synchronous = FULL; ATTACH '{}' AS hq;",
        hq.display()
    ))
    .expect("headquarters");
    db
}

fn new_channel(path: &Path) {
    let _gone = fs::remove_file(path);
    new_channel_file(&path.to_path_buf()).expect("a channel");
}

/// Copies everything from headquarters into a new channel file, in one hop; milliseconds.
pub fn one_hop(env: &Path, target: &Path, way: Way) -> f64 {
    new_channel(target);
    let plans = plans();
    let db = open(target, env);
    let begun = Instant::now();
    if way == Way::Fastest {
        db.execute_batch("PRAGMA cache_size = -65536; PRAGMA main.journal_mode = DELETE;")
            .expect("cache");
    }
    db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    for plan in &plans {
        let indexes =
            if way == Way::Fastest { drop_indexes(&db, &plan.target) } else { Vec::new() };
        let (to, from) = columns(plan);
        let sql = format!(
            "INSERT INTO \"{}\" ({to}) SELECT {from} FROM hq.\"{}\" t",
            plan.target, plan.hq_table
        );
        db.execute_batch(&sql).expect("a copy");
        for sql in indexes {
            db.execute_batch(&sql).expect("an index");
        }
    }
    db.execute_batch(
        "COMMIT; PRAGMA main.journal_mode = WAL; PRAGMA main.wal_checkpoint(TRUNCATE);",
    )
    .expect("a commit");
    begun.elapsed().as_secs_f64() * 1000.0
}

fn drop_indexes(db: &Connection, table: &str) -> Vec<String> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
               AND tbl_name = ?1";
    let mut statement = db.prepare(sql).expect("the schema");
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    let found: Vec<(String, String)> = rows.collect::<Result<_, _>>().expect("indexes");
    for (name, _) in &found {
        db.execute_batch(&format!("DROP INDEX \"{name}\"")).expect("dropped");
    }
    found.into_iter().map(|(_, sql)| sql).collect()
}

/// Changes customers in headquarters, spread evenly; their accounts.
pub fn touch(env: &Path, count: u64) -> Vec<String> {
    let hq = Connection::open(env.join("hq.db")).expect("headquarters");
    let total: i64 =
        hq.query_row("SELECT count(*) FROM CUSTTABLE", [], |row| row.get(0)).expect("a count");
    let step = (total / count.max(1) as i64).max(1);
    let keys: Vec<String> = (0..count as i64).map(|at| format!("{:08}", at * step + 1)).collect();
    hq.execute_batch("BEGIN").expect("a transaction");
    for key in &keys {
        let name = "UPDATE DIRPARTYTABLE SET KNOWNAS = KNOWNAS || '+' WHERE RECID = \
                    (SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = ?1)";
        hq.execute(name, [key]).expect("an update");
        let group = "UPDATE CUSTTABLE SET CUSTGROUP = CUSTGROUP + 1 WHERE ACCOUNTNUM = ?1";
        hq.execute(group, [key]).expect("an update");
    }
    hq.execute_batch("COMMIT; PRAGMA main.wal_checkpoint(TRUNCATE);").expect("a commit");
    keys
}

/// Finds the touched rows by their keys and upserts them into a copy; milliseconds.
pub fn find_and_upsert(env: &Path, target: &Path, keys: &[String]) -> f64 {
    let plans = plans();
    let db = open(target, env);
    db.execute_batch("CREATE TEMP TABLE touched (ACCOUNTNUM TEXT PRIMARY KEY)").expect("keys");
    for key in keys {
        db.execute("INSERT INTO touched VALUES (?1)", [key]).expect("a key");
    }
    let begun = Instant::now();
    db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    for plan in
        plans.iter().filter(|p| ["CUSTTABLE", "DIRPARTYTABLE"].contains(&p.hq_table.as_str()))
    {
        let (to, from) = columns(plan);
        let found = if plan.hq_table == "CUSTTABLE" {
            "touched k CROSS JOIN hq.CUSTTABLE t ON t.ACCOUNTNUM = k.ACCOUNTNUM"
        } else {
            "touched k CROSS JOIN hq.CUSTTABLE c ON c.ACCOUNTNUM = k.ACCOUNTNUM \
             CROSS JOIN hq.DIRPARTYTABLE t ON t.RECID = c.PARTY"
        };
        let key: Vec<String> = plan.key.iter().map(|field| format!("\"{}\"", field.to)).collect();
        let set: Vec<String> =
            plan.columns.iter().map(|c| format!("\"{0}\" = excluded.\"{0}\"", c.to)).collect();
        let sql = format!(
            "INSERT INTO \"{}\" ({to}) SELECT {from} FROM {found} WHERE true \
             ON CONFLICT ({}) DO UPDATE SET {}",
            plan.target,
            key.join(", "),
            set.join(", ")
        );
        db.execute_batch(&sql).expect("an upsert");
    }
    db.execute_batch("COMMIT; PRAGMA main.wal_checkpoint(TRUNCATE);").expect("a commit");
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Writes creations of customers straight into a channel.
pub fn operations(env: &Path, count: u64) {
    let db = Connection::open(env.join("channels/houston.db")).expect("a channel");
    db.execute_batch("BEGIN").expect("a transaction");
    let sql = "INSERT INTO ax_RETAILASYNCCUSTOMERV2 (CUSTACCOUNTASYNC, FIRSTNAME, LASTNAME, EMAIL, \
               OPERATION, ORIGINATINGCHANNEL, CREATEDDATETIME, MODIFIEDDATETIME, DATAAREAID) \
               VALUES (?1, 'Ada', ?1, 'ada@example.com', 1, 5637144576, '2026-01-15 08:00:00.000', \
               '2026-01-15 08:00:00.000', 'USRT')";
    for at in 0..count {
        db.execute(sql, [format!("G{at:035}")]).expect("a row");
    }
    db.execute_batch("COMMIT; PRAGMA main.wal_checkpoint(TRUNCATE);").expect("a commit");
}

/// Copies the same operations into a fresh headquarters file in one hop; milliseconds.
pub fn upload_one_hop(env: &Path, target: &Path) -> f64 {
    let _gone = fs::remove_file(target);
    drop(Db::open(target, Kind::Headquarters, Access::Create).expect("headquarters"));
    let db = Connection::open(target).expect("headquarters");
    let channel = env.join("channels/houston.db");
    db.execute_batch(&format!(
        "PRAGMA main.journal_mode = WAL; PRAGMA synchronous = FULL; ATTACH '{}' AS channel;",
        channel.display()
    ))
    .expect("a channel");
    let mut statement = db
        .prepare("SELECT name FROM pragma_table_info('ax_RETAILASYNCCUSTOMERV2', 'channel')")
        .expect("names");
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("names")
        .collect::<Result<_, _>>()
        .expect("names");
    drop(statement);
    let list = names.join(", ");
    let begun = Instant::now();
    db.execute_batch(&format!(
        "INSERT INTO RETAILASYNCCUSTOMERV2 (cdx_DATASTORE, {list}) \
         SELECT 1, {list} FROM channel.ax_RETAILASYNCCUSTOMERV2; PRAGMA main.wal_checkpoint(TRUNCATE);"
    ))
    .expect("a copy");
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Makes the customers of all creations that wait in headquarters as a script would: the same rows
/// through the same triggers, prepared statements, a commit for every 500; milliseconds.
pub fn batch(hq: &Path) -> f64 {
    let db = Connection::open(hq).expect("headquarters");
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").expect("durable");
    db.set_prepared_statement_cache_capacity(64);
    let begun = Instant::now();
    let mut waiting = db
        .prepare(
            "SELECT RECID, FIRSTNAME, LASTNAME, EMAIL, CUSTACCOUNTASYNC, MODIFIEDDATETIME, \
             REPLICATIONCOUNTERFROMORIGIN FROM RETAILASYNCCUSTOMERV2 \
             WHERE ONLINEOPERATIONCOMPLETED = 0 ORDER BY MODIFIEDDATETIME, 7",
        )
        .expect("operations");
    let operations: Vec<Creation> = waiting
        .query_map([], |row| {
            Ok(Creation {
                row: row.get(0)?,
                first: row.get(1)?,
                last: row.get(2)?,
                email: row.get(3)?,
                guid: row.get(4)?,
                at: row.get(5)?,
                counter: row.get(6)?,
            })
        })
        .expect("operations")
        .collect::<Result<_, _>>()
        .expect("operations");
    let highest = |table: &str| -> i64 {
        let sql = format!("SELECT coalesce(max(RECID), 0) FROM {table}");
        db.query_row(&sql, [], |row| row.get(0)).expect("a number")
    };
    let tables = ["DIRPARTYTABLE", "DIRPERSONNAME", "CUSTTABLE", "RETAILCUSTTABLE"];
    let own = ["LOGISTICSLOCATION", "DIRPARTYLOCATION", "LOGISTICSELECTRONICADDRESS"];
    let mut last: Vec<i64> = tables.iter().chain(&own).map(|table| highest(table)).collect();
    for (at, chunk) in operations.chunks(500).enumerate() {
        db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        for (number, one) in chunk.iter().enumerate() {
            for recid in &mut last {
                *recid += 1;
            }
            one.make(&db, &last, format!("{:08}", 1_000_000 + at * 500 + number));
        }
        db.execute_batch("COMMIT").expect("a commit");
    }
    begun.elapsed().as_secs_f64() * 1000.0
}

/// A creation that waits in headquarters.
struct Creation {
    row: i64,
    first: String,
    last: String,
    email: String,
    guid: String,
    at: String,
    counter: i64,
}

impl Creation {
    fn make(&self, db: &Connection, recids: &[i64], account: String) {
        let now = "2026-01-15 08:00:00.000";
        let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
            db.prepare_cached(sql).expect("a statement").execute(params).expect("a row");
        };
        let [party, name, customer, retail, location, of_party, address] = recids else {
            unreachable!("as many as tables")
        };
        let whole = format!("{} {}", self.first, self.last);
        run(
            "INSERT INTO DIRPARTYTABLE (RECID, NAME, NAMEALIAS, PARTYNUMBER, LANGUAGEID, \
             CREATEDDATETIME, MODIFIEDDATETIME) \
             VALUES (?1, ?2, substr(?2, 1, 20), 'C' || ?3, 'en-us', ?4, ?4)",
            &[party, &whole, &account, &now],
        );
        run("INSERT INTO DIRPERSON (RECID) VALUES (?1)", &[party]);
        run(
            "INSERT INTO DIRPERSONNAME (RECID, PERSON, FIRSTNAME, LASTNAME, VALIDFROM, VALIDTO) \
             VALUES (?1, ?2, ?3, ?4, ?5, '2154-12-31 23:59:59.000')",
            &[name, party, &self.first, &self.last, &now],
        );
        run(
            "INSERT INTO CUSTTABLE (RECID, ACCOUNTNUM, PARTY, CUSTGROUP, CURRENCY, DATAAREAID, \
             CREATEDDATETIME, MODIFIEDDATETIME) VALUES (?1, ?2, ?3, '30', 'USD', 'USRT', ?4, ?4)",
            &[customer, &account, party, &now],
        );
        run(
            "INSERT INTO RETAILCUSTTABLE (RECID, ACCOUNTNUM, CUSTACCOUNTASYNC, RECEIPTEMAIL, \
             DATAAREAID, MODIFIEDDATETIME) VALUES (?1, ?2, ?3, ?4, 'USRT', ?5)",
            &[retail, &account, &self.guid, &self.email, &now],
        );
        run(
            "INSERT INTO LOGISTICSLOCATION (RECID, DESCRIPTION, ISPOSTALADDRESS, LOCATIONID, \
             CREATEDDATETIME, MODIFIEDDATETIME) VALUES (?1, 'E-mail', 0, 'L' || ?1, ?2, ?2)",
            &[location, &now],
        );
        run(
            "INSERT INTO DIRPARTYLOCATION (RECID, PARTY, LOCATION, ISPRIMARY, ISLOCATIONOWNER) \
             VALUES (?1, ?2, ?3, 1, 1)",
            &[of_party, party, location],
        );
        run(
            "INSERT INTO LOGISTICSELECTRONICADDRESS (RECID, LOCATION, LOCATOR, TYPE, ISPRIMARY, \
             DESCRIPTION) VALUES (?1, ?2, ?3, 2, 1, 'E-mail')",
            &[address, location, &self.email],
        );
        for field in ["FirstName", "LastName", "Email"] {
            run(
                "INSERT INTO cdx_FIELDSET (SUBJECT, ID, FIELD, PLACE, SETAT, SETTER, DATASTORE, \
                 TABLENAME, ROW, COUNTER) VALUES ('customer', ?1, ?2, '1 RETAILASYNCCUSTOMERV2', ?3, \
                 'operation', 1, 'RETAILASYNCCUSTOMERV2', ?4, ?5)",
                &[&account, &field, &self.at, &self.row, &self.counter],
            );
        }
        run(
            "UPDATE RETAILASYNCCUSTOMERV2 SET ONLINEOPERATIONCOMPLETED = 1, CUSTACCOUNT = ?1 \
             WHERE RECID = ?2",
            &[&account, &self.row],
        );
        run(
            "INSERT INTO cdx_CUSTOMEROPERATION (TABLENAME, ROW, STATUS, CHANGES, PROCESSED) \
             VALUES ('RETAILASYNCCUSTOMERV2', ?1, 'succeeded', '[]', ?2)",
            &[&self.row, &now],
        );
    }
}

/// Ends the benchmark where two headquarters do not have as many rows in the same tables.
pub fn same_counts(one: &Path, other: &Path) {
    let counts = |path: &Path| -> Vec<(String, i64)> {
        let db = Connection::open(path).expect("headquarters");
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut statement = db.prepare(sql).expect("the schema");
        let names = statement.query_map([], |row| row.get(0)).expect("names");
        let names: Vec<String> = names.collect::<Result<_, _>>().expect("names");
        let count = |name: String| {
            let sql = format!("SELECT count(*) FROM \"{name}\"");
            let count = db.query_row(&sql, [], |row| row.get(0)).expect("a count");
            (name, count)
        };
        names.into_iter().map(count).collect()
    };
    // Only the program keeps a log of what it did, and its numbers in the database.
    let own = |name: &str| ["LOG", "SEQUENCE"].iter().any(|word| name.contains(word));
    let (one, other) = (counts(one), counts(other));
    for (one, other) in one.iter().zip(&other).filter(|(one, _)| !own(&one.0)) {
        assert_eq!(one, other, "the plain batch is not the same work");
    }
}

/// Updates every customer in headquarters, and in a copy without triggers; milliseconds of each.
pub fn cost_of_tracking(env: &Path, copy: &Path) -> (f64, f64) {
    fs::copy(env.join("hq.db"), copy).expect("a copy");
    let bare = Connection::open(copy).expect("a copy");
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'CUSTTABLE'";
    let mut statement = bare.prepare(sql).expect("triggers");
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .expect("triggers")
        .collect::<Result<_, _>>()
        .expect("triggers");
    drop(statement);
    for name in names {
        bare.execute_batch(&format!("DROP TRIGGER \"{name}\"")).expect("dropped");
    }
    let update = |db: &Connection| {
        let begun = Instant::now();
        db.execute_batch("UPDATE CUSTTABLE SET CREDITRATING = 'A'").expect("an update");
        begun.elapsed().as_secs_f64() * 1000.0
    };
    let tracked = Connection::open(env.join("hq.db")).expect("headquarters");
    (update(&tracked), update(&bare))
}
