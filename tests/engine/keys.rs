//! Tables with every shape of key on both sides (S09): random statements of every kind in one
//! side, the engine, and then the rows of both, as plain sets.

use std::collections::BTreeSet;

use cdx::exchange::{CALM, RunRequest, initialize, run, write};
use cdx::model::event::{Listener, Silent};
use cdx::store::{Environment, Writer};
use rusqlite::Connection;

use super::environment;

/// A seeded source of choices.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// A table on both sides. Each has the columns of its key, V (any value) and U (unique).
struct Shape {
    name: &'static str,
    hq: &'static str,
    channel: &'static str,
    key: &'static str,
    /// Further fields, beside V and U, and how the channel spells them.
    fields: &'static [(&'static str, &'static str)],
}

const DOWN: &[Shape] = &[
    Shape {
        name: "ROWID",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL UNIQUE",
        channel: "RECID bigint NOT NULL, V TEXT, U INT NOT NULL UNIQUE, \
                  CONSTRAINT PK1 PRIMARY KEY (RECID)",
        key: "RECID",
        fields: &[("RECID", "RECID")],
    },
    Shape {
        name: "ROWCOMPANY",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL UNIQUE, \
             DATAAREAID NVARCHAR(4) NOT NULL",
        channel: "RECID bigint NOT NULL, V TEXT, U INT NOT NULL, \
                  DATAAREAID nvarchar(4) NOT NULL, CONSTRAINT PK2 PRIMARY KEY (RECID)",
        key: "RECID",
        fields: &[("RECID", "RECID")],
    },
    Shape {
        name: "ROWINCOMPANY",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL, DATAAREAID NVARCHAR(4) NOT NULL",
        channel: "RECID bigint NOT NULL, V TEXT, U INT NOT NULL, DATAAREAID nvarchar(4) NOT NULL, \
                  PRIMARY KEY (DATAAREAID, RECID)",
        key: "RECID",
        fields: &[("RECID", "RECID")],
    },
    Shape {
        name: "SEVERAL",
        hq: "RECID INTEGER PRIMARY KEY, ITEM NVARCHAR(9) NOT NULL, COLOR NVARCHAR(9) NOT NULL, \
             V TEXT, U INT NOT NULL UNIQUE, DATAAREAID NVARCHAR(4) NOT NULL, \
             UNIQUE (ITEM, COLOR, DATAAREAID)",
        channel: "v TEXT, dataareaid nvarchar(4) NOT NULL, Colour nvarchar(9) NOT NULL, \
                  u INT NOT NULL UNIQUE, item nvarchar(9) NOT NULL, \
                  PRIMARY KEY (dataareaid, Colour, item)",
        key: "Item|Color",
        fields: &[("Item", "ITEM"), ("Color", "COLOUR")],
    },
    Shape {
        name: "COMPANY",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL UNIQUE, \
             DATAAREAID NVARCHAR(4) NOT NULL UNIQUE",
        channel: "DATAAREAID nvarchar(4) NOT NULL PRIMARY KEY, V TEXT, U INT NOT NULL UNIQUE",
        key: "DATAAREAID",
        fields: &[],
    },
    Shape {
        name: "IDENTITY",
        hq: "ID INTEGER PRIMARY KEY AUTOINCREMENT, V TEXT, U INT NOT NULL UNIQUE, \
             DATAAREAID NVARCHAR(4) NOT NULL",
        channel: "ID bigint NOT NULL PRIMARY KEY, V TEXT, U INT NOT NULL UNIQUE, \
                  DATAAREAID nvarchar(4) NOT NULL",
        key: "ID",
        fields: &[("ID", "ID")],
    },
    Shape {
        name: "FOLDED",
        hq: "RECID INTEGER PRIMARY KEY, ITEM NVARCHAR(9) NOT NULL COLLATE NOCASE, V TEXT, \
             U INT NOT NULL UNIQUE, DATAAREAID NVARCHAR(4) NOT NULL COLLATE NOCASE, \
             UNIQUE (ITEM, DATAAREAID)",
        channel: "ITEM nvarchar(9) NOT NULL COLLATE NOCASE, V TEXT, U INT NOT NULL UNIQUE, \
                  DATAAREAID nvarchar(4) NOT NULL COLLATE NOCASE, PRIMARY KEY (ITEM, DATAAREAID)",
        key: "ITEM",
        fields: &[("ITEM", "ITEM")],
    },
    Shape {
        name: "FOLDEDINHQ",
        hq: "RECID INTEGER PRIMARY KEY, ITEM NVARCHAR(9) NOT NULL COLLATE NOCASE, V TEXT, \
             U INT NOT NULL UNIQUE, DATAAREAID NVARCHAR(4) NOT NULL COLLATE NOCASE, \
             UNIQUE (ITEM, DATAAREAID)",
        channel: "ITEM nvarchar(9) NOT NULL, V TEXT, U INT NOT NULL UNIQUE, \
                  DATAAREAID nvarchar(4) NOT NULL, PRIMARY KEY (ITEM, DATAAREAID)",
        key: "ITEM",
        fields: &[("ITEM", "ITEM")],
    },
    Shape {
        name: "UNDECLARED",
        hq: "RECID INTEGER PRIMARY KEY, ITEM NVARCHAR(9) NOT NULL UNIQUE, V TEXT, \
             U INT NOT NULL UNIQUE",
        channel: "ID INTEGER PRIMARY KEY AUTOINCREMENT, ITEM nvarchar(9) NOT NULL UNIQUE, \
                  V TEXT, U INT NOT NULL",
        key: "",
        fields: &[("ITEM", "ITEM")],
    },
    Shape {
        name: "HALF",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL); \
             CREATE UNIQUE INDEX HALF_U ON HALF (U) WHERE U > 2; \
             CREATE UNIQUE INDEX HALF_V ON HALF (V COLLATE NOCASE",
        channel: "RECID INTEGER NOT NULL, V TEXT, U INT NOT NULL, LOCAL TEXT DEFAULT 'x', \
                  PRIMARY KEY (RECID)) WITHOUT ROWID; CREATE INDEX I1 ON ext_HALF (U",
        key: "RECID",
        fields: &[("RECID", "RECID")],
    },
];

const POLICIES: &[&str] = &["", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ROLLBACK"];
const WORDS: &[&str] = &["'a'", "'A'", "'b'", "'B'", "'long'", "'LONG'"];
const COMPANIES: &[&str] = &["'USRT'", "'usrt'", "'USMF'"];

fn definitions(shapes: &[Shape], job: &str, counter: &str) -> (String, String, String) {
    let (mut hq, mut channel, mut toml) = (Vec::new(), Vec::new(), Vec::new());
    for shape in shapes {
        let name = shape.name;
        hq.push(format!("CREATE TABLE {name} ({});\n", shape.hq));
        channel.push(format!("CREATE TABLE ext_{name} ({});\n", shape.channel));
        let listed = |words: Vec<&str>| {
            words.iter().filter(|w| !w.is_empty()).map(|w| format!("{w:?}")).collect::<Vec<_>>()
        };
        let key = listed(shape.key.split('|').collect()).join(", ");
        let pairs = shape.fields.iter().chain(&[("V", "V"), ("U", "U")]);
        let pairs: Vec<String> = pairs.map(|(from, to)| format!("{from} = {to:?}")).collect();
        toml.push(format!(
            "[[subjob]]\nid = {name:?}\njobs = [{job:?}]\nkey = [{key}]\n{counter}\
             rename = {{ {} }}\n",
            pairs.join(", ")
        ));
    }
    (hq.concat(), channel.concat(), toml.concat())
}

fn prepare(env: &Environment, (hq, channel, toml): (String, String, String)) {
    for (path, text) in
        [("schema/hq/k.sql", hq), ("schema/channel/k.sql", channel), ("jobs/k.toml", toml)]
    {
        let path = env.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let done = write(env, "test", CALM, &mut Silent, |writer, _| {
        initialize::initialize(writer, initialize::Options::default())
    });
    done.unwrap();
}

fn columns(shape: &Shape) -> Vec<(String, String)> {
    let own = shape.fields.iter().chain(&[("V", "V"), ("U", "U")]);
    let company = shape.hq.contains("DATAAREAID").then_some(&("DATAAREAID", "DATAAREAID"));
    own.chain(company).map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

/// The rows of a table as plain text, each value with its letter case.
fn rows(db: &Connection, table: &str, columns: &[String]) -> BTreeSet<String> {
    let each: Vec<String> = columns.iter().map(|c| format!("quote({c})")).collect();
    let sql = format!("SELECT {} FROM {table}", each.join(" || ',' || "));
    let mut statement = db.prepare(&sql).unwrap();
    let found = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

fn value(chance: &mut Chance, column: &str) -> String {
    match column {
        "RECID" | "ID" | "U" => (1 + chance.below(6)).to_string(),
        "DATAAREAID" => chance.of(COMPANIES).to_owned(),
        _ => chance.of(WORDS).to_owned(),
    }
}

fn statement(chance: &mut Chance, shape: &Shape) -> String {
    let (name, policy) = (shape.name, chance.of(POLICIES));
    let columns: Vec<String> = columns(shape).into_iter().map(|(from, _)| from).collect();
    let upper: Vec<String> = columns.iter().map(|c| c.to_uppercase()).collect();
    let values: Vec<String> = upper.iter().map(|c| value(chance, c)).collect();
    let insert = |policy: &str| {
        format!(
            "INSERT {policy} INTO {name} ({}) VALUES ({})",
            columns.join(", "),
            values.join(", ")
        )
    };
    let (set, by) = (chance.below(columns.len()), chance.below(columns.len()));
    let wanted = value(chance, &upper[by]);
    let (set_column, by_column) = (&columns[set], &columns[by]);
    match chance.below(12) {
        0..=3 => insert(policy),
        4 => format!("{} ON CONFLICT DO UPDATE SET V = excluded.V", insert("")),
        5 => format!("{} ON CONFLICT DO NOTHING", insert("")),
        6 | 7 => {
            let new = &values[set];
            format!("UPDATE {policy} {name} SET {set_column} = {new} WHERE {by_column} = {wanted}")
        }
        8 => format!("UPDATE {policy} {name} SET {set_column} = upper({set_column})"),
        9 => {
            let (a, b) = (1 + chance.below(6), 1 + chance.below(6));
            format!(
                "UPDATE {name} SET U = -{a} WHERE U = {a}; UPDATE {name} SET U = {a} WHERE U = {b};
                 UPDATE {name} SET U = {b} WHERE U = -{a}"
            )
        }
        10 => format!("DELETE FROM {name} WHERE {by_column} = {wanted}"),
        _ => match chance.below(6) {
            0 => format!("DELETE FROM {name}"),
            _ => format!("UPDATE {policy} {name} SET {set_column} = lower({set_column})"),
        },
    }
}

/// Carries out a statement; one that is refused changes nothing, and must log nothing that harms.
fn perform(db: &Connection, sql: &str) {
    match db.execute_batch(sql) {
        Ok(()) => {}
        Err(rusqlite::Error::SqliteFailure(e, _))
            if e.code == rusqlite::ErrorCode::ConstraintViolation => {}
        Err(other) => panic!("{sql}: {other}"),
    }
}

fn go(env: &Environment, job: &str, full: bool) {
    let request = RunRequest { jobs: vec![job.to_owned()], full, ..RunRequest::default() };
    let go = |writer: &mut Writer, listener: &mut dyn Listener| run(writer, &request, listener);
    let report = write(env, "test", CALM, &mut Silent, go).unwrap();
    assert!(report.ok, "{report:#?}");
}

#[test]
fn s09_every_shape_of_key_arrives_as_it_is() {
    let (_dir, env) = environment();
    prepare(&env, definitions(DOWN, "1010", ""));
    for seed in [1_u64, 2, 3] {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ (seed << 17));
        for round in 0..14 {
            let hq = Connection::open(env.hq_path()).unwrap();
            let mut done = Vec::new();
            for shape in DOWN {
                for _ in 0..=chance.below(6) {
                    let sql = statement(&mut chance, shape);
                    perform(&hq, &sql);
                    done.push(sql);
                }
            }
            go(&env, "1010", round % 7 == 6);
            for store in ["houston", "seattle"] {
                let channel = Connection::open(env.channel_path(store)).unwrap();
                for shape in DOWN {
                    let (from, to): (Vec<String>, Vec<String>) = columns(shape).into_iter().unzip();
                    let expected = rows(&hq, shape.name, &from);
                    let found = rows(&channel, &format!("ext_{}", shape.name), &to);
                    let own: Vec<&String> = done
                        .iter()
                        .filter(|sql| sql.contains(&format!(" {} ", shape.name)))
                        .collect();
                    assert_eq!(
                        found, expected,
                        "seed {seed}, round {round}, {store} {}: {own:#?}",
                        shape.name
                    );
                }
            }
        }
    }
}

const UP: &[Shape] = &[
    Shape {
        name: "UPID",
        hq: "RECID INTEGER PRIMARY KEY, ID NVARCHAR(9) NOT NULL UNIQUE, V TEXT, U INT NOT NULL",
        channel: "U INTEGER PRIMARY KEY AUTOINCREMENT, ID nvarchar(9) NOT NULL UNIQUE, V TEXT",
        key: "ID",
        fields: &[("ID", "ID")],
    },
    Shape {
        name: "UPCOUNTED",
        hq: "RECID INTEGER PRIMARY KEY, cdx_DATASTORE BIGINT NOT NULL DEFAULT 0, V TEXT, \
             U INT NOT NULL, DATAAREAID NVARCHAR(4) NOT NULL, UNIQUE (cdx_DATASTORE, U, DATAAREAID)",
        channel: "U INTEGER PRIMARY KEY AUTOINCREMENT, V TEXT, DATAAREAID nvarchar(4) NOT NULL",
        key: "U",
        fields: &[],
    },
    Shape {
        name: "UPSEVERAL",
        hq: "RECID INTEGER PRIMARY KEY, STORE NVARCHAR(9) NOT NULL, SALE INT NOT NULL, V TEXT, \
             U INT NOT NULL, DATAAREAID NVARCHAR(4) NOT NULL, UNIQUE (DATAAREAID, SALE, STORE)",
        channel: "u INT NOT NULL, v TEXT, dataareaid nvarchar(4) NOT NULL, sale INT NOT NULL, \
                  store nvarchar(9) NOT NULL, PRIMARY KEY (store, sale, dataareaid)); \
                  CREATE UNIQUE INDEX IU ON ext_UPSEVERAL (u",
        key: "Store|Sale",
        fields: &[("STORE", "store"), ("SALE", "sale")],
    },
    Shape {
        name: "UPCOMPANY",
        hq: "RECID INTEGER PRIMARY KEY, V TEXT, U INT NOT NULL, \
             DATAAREAID NVARCHAR(4) NOT NULL, cdx_DATASTORE BIGINT NOT NULL DEFAULT 0, \
             UNIQUE (DATAAREAID, cdx_DATASTORE)",
        channel: "U INTEGER PRIMARY KEY AUTOINCREMENT, V TEXT, \
                  DATAAREAID nvarchar(4) NOT NULL UNIQUE",
        key: "DATAAREAID",
        fields: &[],
    },
];

/// Rows that channels insert, each with values of its own, arrive once, whatever their key is.
#[test]
fn s09_every_shape_of_key_goes_up() {
    let (_dir, env) = environment();
    prepare(&env, definitions(UP, "P-0001", "counter = \"U\"\n"));
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut made = 0;
    let mut expected: Vec<BTreeSet<String>> = vec![BTreeSet::new(); UP.len()];
    for _ in 0..8 {
        for store in ["houston", "seattle"] {
            let channel = Connection::open(env.channel_path(store)).unwrap();
            for (at, shape) in UP.iter().enumerate() {
                for _ in 0..chance.below(4) {
                    made += 1;
                    let text = format!("'{}{made}'", chance.of(&["a", "A"]));
                    let sql = match shape.name {
                        "UPID" => format!("(ID, V) VALUES ({text}, {text})"),
                        "UPCOUNTED" => format!("(V, DATAAREAID) VALUES ({text}, 'USRT')"),
                        "UPSEVERAL" => {
                            format!(
                                "(u, v, dataareaid, sale, store) VALUES ({made}, {text}, 'USRT', {made}, 's')"
                            )
                        }
                        _ => format!("(V, DATAAREAID) VALUES ({text}, 'c{}')", made % 1000),
                    };
                    perform(&channel, &format!("INSERT INTO ext_{} {sql}", shape.name));
                    expected[at].insert(text);
                }
            }
        }
        go(&env, "P-0001", false);
        let hq = Connection::open(env.hq_path()).unwrap();
        for (shape, expected) in UP.iter().zip(&expected) {
            assert_eq!(&rows(&hq, shape.name, &["V".to_owned()]), expected, "{}", shape.name);
            let count = format!("SELECT count(*) FROM {}", shape.name);
            let count: i64 = hq.query_row(&count, [], |row| row.get(0)).unwrap();
            assert_eq!(count, expected.len() as i64, "{} twice", shape.name);
        }
    }
}
