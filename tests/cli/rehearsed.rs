//! Extensions as repositories have them, rehearsed: tables on both sides, jobs merged, every shape
//! of key, down and up.

use std::fs;

use super::harness::{Env, number, status, text};

/// A repository beside an environment: seed data, tables of headquarters, a script.
struct Repository<'e>(&'e Env);

impl Repository<'_> {
    fn write(&self, name: &str, content: &str) {
        let path = self.0.path().join("ext").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn seed(&self, jobs: &str, subjobs: &str) {
        self.write(
            "Seed.xml",
            &format!(
                "<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">\n<Jobs>{jobs}</Jobs>\n\
                 <Subjobs>{subjobs}</Subjobs>\n</RetailCdxSeedData>\n"
            ),
        );
    }

    /// A table of headquarters: `NAME:String:10` fields, and the fields of its unique index.
    fn table(&self, name: &str, per_company: bool, fields: &[&str], key: &[&str]) {
        let field = |field: &&str| {
            let mut parts = field.split(':');
            let (name, kind) = (parts.next().unwrap(), parts.next().unwrap());
            let size =
                parts.next().map_or(String::new(), |n| format!("<StringSize>{n}</StringSize>"));
            format!(
                "<AxTableField i:type=\"AxTableField{kind}\"><Name>{name}</Name>{size}</AxTableField>"
            )
        };
        let fields: String = fields.iter().map(field).collect();
        let of_key = |name: &&str| {
            format!("<AxTableIndexField><DataField>{name}</DataField></AxTableIndexField>")
        };
        let index: String = key.iter().map(of_key).collect();
        let index = if key.is_empty() {
            String::new()
        } else {
            format!("<AxTableIndex><Name>Idx</Name><Fields>{index}</Fields></AxTableIndex>")
        };
        let company = if per_company { "" } else { "<SaveDataPerCompany>No</SaveDataPerCompany>" };
        self.write(
            &format!("AxTable/{name}.xml"),
            &format!(
                "<AxTable xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Name>{name}</Name>{company}\
                 <Fields>{fields}</Fields><Indexes>{index}</Indexes></AxTable>"
            ),
        );
    }

    fn script(&self, text: &str) {
        self.write("ChannelDatabase/1.sql", text);
    }
}

fn grants(table: &str) -> String {
    ["DataSyncUsersRole", "UsersRole", "DeployExtensibilityRole"]
        .map(|role| format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO [{role}]\n"))
        .concat()
}

fn guarded(table: &str, body: &str) -> String {
    format!(
        "IF OBJECT_ID('{table}') IS NULL CREATE TABLE {table} ({body})\nGO\n{}GO\n",
        grants(table)
    )
}

const DOWN: &str = "<Subjob Id=\"Seats\" AxTableName=\"Seats\"><ScheduledByJobs><ScheduledByJob>7000\
    </ScheduledByJob></ScheduledByJobs><AxFields>";
const UP: &str = "<Subjob Id=\"Wishes\" AxTableName=\"Wishes\" IsUpload=\"true\" \
    ReplicationCounterFieldName=\"ReplicationCounterFromOrigin\"><ScheduledByJobs><ScheduledByJob>\
    P-1000</ScheduledByJob></ScheduledByJobs><AxFields>";
const JOB: &str = "<Job Id=\"7000\" Description=\"Seating\"/>";

fn field(names: &[&str]) -> String {
    names.iter().map(|name| format!("<Field Name=\"{name}\"/>")).collect()
}

/// What it is, whether rows are a company's, headquarters' key, the channel's table, the fields.
type Shape = (&'static str, bool, &'static [&'static str], &'static str, &'static [&'static str]);

/// Every shape of key that real tables have: all, changes, a deletion, all again.
#[test]
fn s09_every_shape_of_key_goes_down() {
    let shapes: [Shape; 6] = [
        (
            "RECID alone",
            true,
            &[],
            "RECID bigint NOT NULL PRIMARY KEY, NAME nvarchar(10) NOT NULL",
            &["RecId", "Name"],
        ),
        (
            "RECID with a company beside it",
            true,
            &[],
            "RECID bigint NOT NULL PRIMARY KEY, NAME nvarchar(10) NOT NULL, DATAAREAID nvarchar(4) NOT NULL",
            &["RecId", "Name"],
        ),
        (
            "a name, in a company",
            true,
            &["Name"],
            "NAME nvarchar(10) NOT NULL, NO int NOT NULL, DATAAREAID nvarchar(4) NOT NULL, \
             CONSTRAINT PK PRIMARY KEY CLUSTERED (NAME, DATAAREAID)",
            &["Name", "No"],
        ),
        (
            "not listed among the fields",
            true,
            &["Name"],
            "NAME nvarchar(10) NOT NULL, NO int NOT NULL, DATAAREAID nvarchar(4) NOT NULL, \
             CONSTRAINT PK PRIMARY KEY CLUSTERED (DATAAREAID, NAME)",
            &["No"],
        ),
        (
            "two fields, in no company",
            false,
            &["Name", "No"],
            "NO int NOT NULL, NAME nvarchar(10) NOT NULL PRIMARY KEY (NO, NAME)",
            &["Name", "No"],
        ),
        (
            "a name, in no company",
            false,
            &["Name"],
            "NAME nvarchar(10) NOT NULL PRIMARY KEY, NO int NOT NULL",
            &["Name", "No"],
        ),
    ];
    for (shape, company, key, channel, fields) in shapes {
        let env = Env::new();
        let ext = Repository(&env);
        ext.seed(JOB, &format!("{DOWN}{}</AxFields></Subjob>", field(fields)));
        ext.table("Seats", company, &["Name:String:10", "No:Int"], key);
        ext.script(&guarded("ext.SEATS", channel));
        let run = env.ok("extension add ext");
        assert!(!run.out.contains("error"), "{shape}\n{}", run.text());
        env.ok("scheduler init");
        env.ok("schedules set Downloads --add-jobs 7000");
        let insert = |name: &str, no: i64| {
            let (columns, value) = if company { (", DATAAREAID", ", 'USRT'") } else { ("", "") };
            format!("INSERT INTO SEATS (NAME, NO{columns}) VALUES ('{name}', {no}{value});")
        };
        env.hq().execute_batch(&[insert("a", 1), insert("b", 2), insert("c", 3)].concat()).unwrap();
        let report = env.json("run 7000");
        assert_eq!(status(&report, 0, "seattle"), "Applied", "{shape}: {report:#}");
        env.ok("compare Seats");
        env.hq()
            .execute_batch(&format!(
                "DELETE FROM SEATS WHERE NAME = 'a'; UPDATE SEATS SET NO = 9 WHERE NAME = 'b'; {}",
                insert("d", 4)
            ))
            .unwrap();
        assert_eq!(env.json("run 7000")["jobs"][0]["mode"], "delta", "{shape}");
        let names = "SELECT group_concat(NAME, '') FROM (SELECT NAME FROM ext_SEATS ORDER BY NAME)";
        assert_eq!(text(&env.channel("online"), names), "bcd", "{shape}");
        env.ok("compare Seats");
        env.channel("houston").execute_batch("DELETE FROM ext_SEATS WHERE NAME = 'c'").unwrap();
        env.run("compare Seats").expect(1);
        env.ok("run 7000 --full");
        env.ok("compare Seats");
        env.ok("doctor --fail-on warning");
    }
}

/// The same upwards: each row once, by its counter, from every channel.
#[test]
fn s09_every_shape_of_key_comes_up() {
    let counter = "REPLICATIONCOUNTERFROMORIGIN int IDENTITY(1,1) NOT NULL";
    let shapes: [(&str, bool, &[&str], String); 5] = [
        (
            "a name, in a company",
            true,
            &["Id"],
            format!(
                "ID nvarchar(10) NOT NULL, TEXT nvarchar(50) NOT NULL DEFAULT (''), {counter}, \
                 DATAAREAID nvarchar(4) NOT NULL, CONSTRAINT PK_W PRIMARY KEY (ID, DATAAREAID)"
            ),
        ),
        (
            "two fields, the company first",
            true,
            &["Id", "Text"],
            format!(
                "ID nvarchar(10) NOT NULL, TEXT nvarchar(50) NOT NULL DEFAULT (''), {counter}, \
                 DATAAREAID nvarchar(4) NOT NULL PRIMARY KEY NONCLUSTERED (DATAAREAID, TEXT, ID)"
            ),
        ),
        (
            "a name, in no company",
            false,
            &["Id"],
            format!(
                "ID nvarchar(10) NOT NULL PRIMARY KEY, TEXT nvarchar(50) NOT NULL DEFAULT (''), \
                 {counter}"
            ),
        ),
        (
            "the counter in the key, as the product's own",
            true,
            &["Id", "ReplicationCounterFromOrigin"],
            format!(
                "ID nvarchar(10) NOT NULL, TEXT nvarchar(50) NOT NULL DEFAULT (''), {counter}, \
                 DATAAREAID nvarchar(4) NOT NULL, \
                 PRIMARY KEY (ID, REPLICATIONCOUNTERFROMORIGIN, DATAAREAID)"
            ),
        ),
        (
            "with an index on the counter",
            true,
            &["Id"],
            format!(
                "{counter}, DATAAREAID nvarchar(4) NOT NULL, ID nvarchar(10) NOT NULL, \
                 TEXT nvarchar(50) NOT NULL DEFAULT (''), PRIMARY KEY (ID, DATAAREAID), \
                 INDEX IX_W (REPLICATIONCOUNTERFROMORIGIN)"
            ),
        ),
    ];
    for (shape, company, key, channel) in shapes {
        let env = Env::new();
        let ext = Repository(&env);
        let fields = field(&["Id", "Text", "ReplicationCounterFromOrigin"]);
        ext.seed("", &format!("{UP}{fields}</AxFields></Subjob>"));
        let own = ["Id:String:10", "Text:String:50", "ReplicationCounterFromOrigin:Int"];
        ext.table("Wishes", company, &own, key);
        ext.script(&guarded("[ext].[WISHES]", &channel));
        let run = env.ok("extension add ext");
        assert!(!run.out.contains("error"), "{shape}\n{}", run.out);
        env.ok("scheduler init");
        let (column, value) = if company { (", DATAAREAID", ", 'USRT'") } else { ("", "") };
        let insert = |id: &str, text: &str| {
            format!("INSERT INTO ext_WISHES (ID, TEXT{column}) VALUES ('{id}', '{text}'{value});")
        };
        let houston = env.channel("houston");
        houston.execute_batch(&[insert("1", "a"), insert("2", "b")].concat()).unwrap();
        env.ok("run P");
        env.channel("seattle").execute_batch(&insert("3", "")).unwrap();
        env.ok("run P");
        env.ok("run P");
        let all = "SELECT group_concat(ID || TEXT, ',') FROM (SELECT * FROM WISHES ORDER BY ID)";
        assert_eq!(text(&env.hq(), all), "1a,2b,3", "{shape}");
        env.ok("data make ext.Wishes --rows 4 --channel online");
        env.ok("run P");
        assert_eq!(number(&env.hq(), "SELECT count(*) FROM WISHES"), 7, "{shape}");
        env.ok("doctor --fail-on error");
    }
}

/// A base table that the tool does not have comes from the shipped list, with what extends it.
#[test]
fn s06_what_extends_a_base_table_goes_along_with_it() {
    let env = Env::new();
    let ext = Repository(&env);
    ext.seed(
        "",
        "<Subjob Id=\"RetailTransactionTable\" TargetTableName=\"CONTOSOTRANSACTIONTABLE\" \
         TargetTableSchema=\"ext\" OverrideTarget=\"false\"><AxFields><Field Name=\"ContosoSeat\"/>\
         </AxFields></Subjob>\
         <Subjob Id=\"CustTable\" TargetTableName=\"CONTOSOCUST\"><AxFields><Field \
         Name=\"ContosoSeat\" ToName=\"SEAT\"/></AxFields></Subjob>",
    );
    for table in ["RetailTransactionTable", "CustTable"] {
        ext.write(
            &format!("AxTableExtension/{table}.Contoso.xml"),
            &format!(
                "<AxTableExtension xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Name>{table}.Contoso\
                 </Name><Fields><AxTableField i:type=\"AxTableFieldString\"><Name>ContosoSeat</Name>\
                 <StringSize>10</StringSize></AxTableField></Fields></AxTableExtension>"
            ),
        );
    }
    let key = "CHANNEL bigint NOT NULL, STORE nvarchar(10) NOT NULL, TERMINAL nvarchar(10) NOT NULL, \
               TRANSACTIONID nvarchar(44) NOT NULL, DATAAREAID nvarchar(4) NOT NULL";
    ext.script(&[
        guarded("ext.CONTOSOTRANSACTIONTABLE", &format!(
            "CONTOSOSEAT nvarchar(10) NOT NULL DEFAULT '', {key}, PRIMARY KEY (CHANNEL, STORE, TERMINAL, \
             TRANSACTIONID, DATAAREAID)"
        )),
        guarded("ext.CONTOSOCUST", "ACCOUNTNUM nvarchar(20) NOT NULL, SEAT nvarchar(10) NOT NULL DEFAULT '', \
             DATAAREAID nvarchar(4) NOT NULL, PRIMARY KEY (ACCOUNTNUM, DATAAREAID)"),
    ].concat());
    env.ok("extension add ext");
    env.ok("scheduler init");
    env.hq()
        .execute_batch("UPDATE CUSTTABLE SET CONTOSOSEAT = 'Bar' WHERE ACCOUNTNUM = '00000004'")
        .unwrap();
    env.ok("run 1010");
    let seat = "SELECT SEAT FROM ext_CONTOSOCUST WHERE ACCOUNTNUM = '00000004'";
    assert_eq!(text(&env.channel("seattle"), seat), "Bar");
    let channel = env.channel("houston");
    let own = "INSERT INTO {} (CHANNEL, STORE, TERMINAL, TRANSACTIONID, DATAAREAID{}) \
               VALUES (1, 'S', 'T', 'X', 'USRT'{})";
    let insert = |table: &str, column: &str, value: &str| {
        own.replacen("{}", table, 1).replacen("{}", column, 1).replacen("{}", value, 1)
    };
    let base = "SELECT group_concat(name) FROM pragma_table_info('ax_RETAILTRANSACTIONTABLE') \
                WHERE \"notnull\" = 1 AND dflt_value IS NULL AND pk = 0 AND name NOT IN \
                ('CHANNEL', 'STORE', 'TERMINAL', 'TRANSACTIONID', 'DATAAREAID')";
    let needed = text(&channel, base);
    let (columns, values): (String, String) =
        needed.split(',').map(|name| (format!(", {name}"), ", 0".to_owned())).unzip();
    channel
        .execute_batch(&insert("ext_CONTOSOTRANSACTIONTABLE", ", CONTOSOSEAT", ", 'Nook'"))
        .unwrap();
    channel.execute_batch(&insert("ax_RETAILTRANSACTIONTABLE", &columns, &values)).unwrap();
    env.ok("run P");
    let seat = "SELECT CONTOSOSEAT FROM RETAILTRANSACTIONTABLE WHERE TRANSACTIONID = 'X'";
    assert_eq!(text(&env.hq(), seat), "Nook");
}

/// What makes a rehearsal meaningless refuses it, and nothing is changed; what is whole can be taken.
#[test]
fn s08_what_is_broken_is_refused_or_left_out() {
    let env = Env::new();
    let ext = Repository(&env);
    ext.seed(
        JOB,
        &format!(
            "{DOWN}{}</AxFields></Subjob>{}",
            field(&["Name", "No"]),
            DOWN.replace("Seats", "Chairs") + &field(&["Name"]) + "</AxFields></Subjob>"
        ),
    );
    ext.table("Seats", true, &["Name:String:10", "No:Int"], &["Name"]);
    ext.table("Chairs", true, &["Name:String:10"], &["Name"]);
    let seats = "NAME nvarchar(10) NOT NULL, NO int NOT NULL, DATAAREAID nvarchar(4) NOT NULL, \
                 PRIMARY KEY (NAME, DATAAREAID)";
    ext.script(&guarded("ext.SEATS", seats));
    let before = fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    let run = env.run("extension add ext").expect(1);
    assert!(run.out.contains("CDX702 ") && run.out.contains("Seed.xml:"), "{}", run.out);
    assert!(run.out.contains("cdx extension add ext --despite-errors"), "{}", run.out);
    assert_eq!(fs::read_to_string(env.path().join("cdx.toml")).unwrap(), before);
    let run = env.run("init other --extension ext").expect(2);
    assert!(run.err.contains("CDX702") && !env.path().join("other").exists(), "{}", run.text());
    env.ok("extension add ext --despite-errors");
    let run = env.run("scheduler init").expect(2);
    assert!(run.err.contains("ext/Seed.xml:"), "{}", run.err);
    let run = env.ok("scheduler init --despite-errors");
    assert!(run.out.contains("left out: ext/Seed.xml:"), "{}", run.out);
    env.ok("schedules set Downloads --add-jobs 7000");
    env.ok("data make Seats --rows 5");
    env.ok("run 7000");
    env.ok("compare Seats");
    // A database that is made later has what the others have.
    env.ok("channels add boston");
    assert_eq!(number(&env.channel("boston"), "SELECT count(*) FROM ext_SEATS"), 0);
    let listed = env.json("extension list");
    assert_eq!(listed["extensions"][0]["path"], "ext");
    env.run("extension remove nowhere").expect(2);
    env.ok("extension remove ext");
    env.ok("scheduler init --delete-existing");
    let run = env.run("run 7000").expect(2);
    assert!(run.err.contains("unknown job"), "{}", run.err);
    assert_eq!(number(&env.channel("houston"), "SELECT count(*) FROM ext_SEATS"), 5, "rows stay");
    assert_eq!(
        fs::read_to_string(env.path().join("cdx.toml")).unwrap().trim_end(),
        before.trim_end()
    );
}

/// A published script is never changed: a later one adds to it (S07).
#[test]
fn s07_a_later_script_adds_to_tables_that_have_rows() {
    let env = Env::new();
    let ext = Repository(&env);
    ext.seed(JOB, &format!("{DOWN}{}</AxFields></Subjob>", field(&["Name", "No"])));
    ext.table("Seats", false, &["Name:String:10", "No:Int"], &["Name"]);
    ext.script(&guarded("ext.SEATS", "NAME nvarchar(10) NOT NULL PRIMARY KEY, NO int NOT NULL"));
    env.ok("extension add ext");
    env.ok("scheduler init");
    env.ok("schedules set Downloads --add-jobs 7000");
    env.ok("data make Seats --rows 3");
    env.ok("run 7000");
    ext.write(
        "ChannelDatabase/2.sql",
        "IF COL_LENGTH('ext.SEATS', 'COLOUR') IS NULL\n    ALTER TABLE ext.SEATS ADD COLOUR nvarchar(5) NOT NULL DEFAULT ('')\nGO\n",
    );
    ext.table("Seats", false, &["Name:String:10", "No:Int", "Colour:String:5"], &["Name"]);
    ext.seed(JOB, &format!("{DOWN}{}</AxFields></Subjob>", field(&["Name", "No", "Colour"])));
    env.ok("scheduler init");
    env.hq().execute_batch("UPDATE SEATS SET COLOUR = 'red'").unwrap();
    env.ok("run 7000");
    let red = "SELECT count(*) FROM ext_SEATS WHERE COLOUR = 'red'";
    assert_eq!(number(&env.channel("houston"), red), 3);
    env.ok("compare Seats");
    env.ok("scheduler init --delete-existing");
    env.ok("doctor --only CDX605,CDX606 --fail-on warning");
    ext.script(&guarded("ext.SEATS", "NAME nvarchar(20) NOT NULL PRIMARY KEY, NO int NOT NULL"));
    let run = env.run("scheduler init").expect(2);
    let said = "ext/ChannelDatabase/1.sql:1:1: it was applied to";
    assert!(run.err.contains(said) && run.err.contains("has changed since"), "{}", run.err);
}
