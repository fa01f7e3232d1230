//! Uploads with extension tables (U09).

use super::harness::{Env, number, text};

const HQ: &str = "CREATE TABLE SALES (RECID INTEGER PRIMARY KEY, SALEID NVARCHAR(20) NOT NULL, \
    COUNTER INT NOT NULL DEFAULT 0, GUESTS INT NOT NULL DEFAULT 2, NOTE NVARCHAR(10) NOT NULL, \
    SERVED TEXT, DATAAREAID NVARCHAR(4) NOT NULL); \
    CREATE UNIQUE INDEX PK_SALES ON SALES (SALEID, DATAAREAID);";
const CHANNEL: &str = "CREATE TABLE ext_SALES (COUNTER INTEGER PRIMARY KEY AUTOINCREMENT, \
    SALEID NVARCHAR(20) NOT NULL, DATAAREAID NVARCHAR(4) NOT NULL); \
    CREATE UNIQUE INDEX PK_ext_SALES ON ext_SALES (SALEID, DATAAREAID); \
    CREATE TABLE ext_SALESTABLE (dataareaid NVARCHAR(4) NOT NULL, saleid NVARCHAR(20) NOT NULL, \
    GUESTS INT NULL, NOTE NVARCHAR(10) NULL, SERVED TEXT NULL, PRIMARY KEY (dataareaid, saleid));";

fn with_extension() -> Env {
    let env = Env::new();
    env.write("schema/hq/sales.sql", HQ);
    env.write("schema/channel/sales.sql", CHANNEL);
    env.write(
        "jobs/sales.toml",
        "[[subjob]]\nid = \"SALES\"\njobs = [\"P-0001\"]\nkey = [\"SALEID\"]\ncounter = \"COUNTER\"\n\
         fields = [\"SALEID\", \"COUNTER\"]\n",
    );
    env.write(
        "jobs/salestable.toml",
        "[[subjob]]\nid = \"SALES\"\ntarget = \"ext.SALESTABLE\"\n\
         fields = [\"GUESTS\", \"NOTE\", \"SERVED\"]\n",
    );
    env.ok("jobs check");
    env.ok("scheduler init");
    env
}

const ROWS: &str = "SELECT group_concat(SALEID || ':' || GUESTS || ':' || NOTE || ':' || SERVED) \
                    FROM (SELECT * FROM SALES ORDER BY SALEID)";

#[test]
fn u09_a_row_without_an_extension_row_arrives_with_default_values() {
    let env = with_extension();
    env.channel("houston")
        .execute_batch(
            "INSERT INTO ext_SALES (SALEID, DATAAREAID) VALUES ('a', 'USRT'), ('b', 'USRT');
             INSERT INTO ext_SALESTABLE VALUES ('USRT', 'b', 5, 'x', 'noon');",
        )
        .unwrap();
    env.ok("run P");
    assert_eq!(text(&env.hq(), ROWS), "a:2::,b:5:x:noon");
    env.ok("doctor --only CDX411");
}

#[test]
fn u09_an_extension_row_that_comes_late_does_not_go_up_and_is_told() {
    let env = with_extension();
    env.channel("houston")
        .execute_batch("INSERT INTO ext_SALES (SALEID, DATAAREAID) VALUES ('a', 'USRT')")
        .unwrap();
    env.ok("run P");
    env.channel("houston")
        .execute_batch("INSERT INTO ext_SALESTABLE VALUES ('USRT', 'a', 7, 'x', 'noon')")
        .unwrap();
    env.ok("run P");
    assert_eq!(text(&env.hq(), ROWS), "a:2::");
    let found = env.json("doctor --only CDX411");
    assert_eq!(found["findings"][0]["code"], "CDX411", "{found:#}");
    assert!(found.to_string().contains("SALEID=a"), "{found:#}");
    env.hq().execute_batch("UPDATE SALES SET GUESTS = 7, NOTE = 'x', SERVED = 'noon'").unwrap();
    assert_eq!(env.json("doctor --only CDX411")["findings"].as_array().unwrap().len(), 0);
}

/// The counter of an extension table is asked by no one, its key is that of the base table.
#[test]
fn u09_an_extension_table_with_another_key_is_refused() {
    let env = with_extension();
    env.write(
        "schema/channel/sales.sql",
        &CHANNEL.replace("PRIMARY KEY (dataareaid, saleid)", "PRIMARY KEY (saleid)"),
    );
    let run = env.run("jobs check").expect(2);
    let told = "jobs/salestable.toml:3:10: ext_SALESTABLE has another key than the table it extends: \
                found SALEID, expected SALEID + DATAAREAID";
    let all = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(all.contains(told), "{all}");
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM SALES"), 0);
}
