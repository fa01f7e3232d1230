//! Queries that people have for the real databases run here, by the real names of columns.

use rusqlite::Connection;

use super::harness::{Env, number};

/// Tables of a channel with rows above what applied sessions have brought up.
fn unsynchronized(channel: &Connection) -> Vec<String> {
    let tables = "SELECT l.TABLENAME, l.FILTERFIELDNAME, max(l.FILTERMAX)
                  FROM crt_TABLEREPLICATIONLOG l
                  JOIN crt_UPLOADSESSION u ON u.ID = l.UPLOADSESSIONID
                  WHERE u.STATUS = 3 GROUP BY l.TABLENAME, l.FILTERFIELDNAME";
    let mut statement = channel.prepare(tables).unwrap();
    let known: Vec<(String, String, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let above = |(table, counter, reached): &(String, String, i64)| {
        number(channel, &format!("SELECT coalesce(max({counter}), 0) FROM {table}")) > *reached
    };
    known.iter().filter(|one| above(one)).map(|(table, ..)| table.clone()).collect()
}

const SENT: &str = "SELECT count(*) FROM crt_UPLOADSESSION WHERE STATUS <> 3";

#[test]
fn u02_a_channel_knows_which_of_its_sessions_are_applied() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("run P --phase collect");
    assert_eq!(number(&env.channel("houston"), SENT), 1);
    env.ok("run P --phase apply");
    assert_eq!(number(&env.channel("houston"), SENT), 0);
    assert_eq!(unsynchronized(&env.channel("houston")), Vec::<String>::new());
    env.create_async("houston", "King");
    let open = unsynchronized(&env.channel("houston"));
    assert!(open.iter().any(|table| table == "ax_RETAILASYNCCUSTOMERV2"), "{open:?}");
    // A command that ends between the two files leaves it open, and the next run closes it.
    let crash = "run P --fault crash=upload.after-commit:houston";
    assert_ne!(env.run(crash).code, 0);
    assert_eq!(number(&env.channel("houston"), SENT), 1);
    env.ok("run P");
    assert_eq!(number(&env.channel("houston"), SENT), 0);
    assert_eq!(unsynchronized(&env.channel("houston")), Vec::<String>::new());
}

#[test]
fn sessions_that_failed_are_found_with_their_tries() {
    let env = Env::new();
    env.ok("customers create --first-name Ada --last-name Byron");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston").code, 1);
    env.ok("clock advance 5m");
    assert_eq!(env.run("run 1010 --fault apply-fails=houston").code, 1);
    let hq = env.hq();
    let failed = "SELECT p.NAME || ' ' || p.DATABASE_ || ' ' || s.JOBID || ' ' || d.STATUS || ' '
                      || d.TRYCOUNT || ' ' || d.MODIFIEDDATETIME
                  FROM RETAILCDXDOWNLOADSESSIONDATASTORE d
                  JOIN RETAILCDXDOWNLOADSESSION s ON s.RECID = d.SESSION_
                  JOIN RETAILCONNDATABASEPROFILE p ON p.RECID = d.DATASTORE
                  WHERE d.STATUS IN (5, 6, 7, 8) OR s.STATUS IN (5, 6, 7, 8)";
    let found: String = hq.query_row(failed, [], |row| row.get(0)).unwrap();
    assert!(found.starts_with("houston channels/houston.db"), "{found}");
    assert!(found.ends_with(" 1010 8 2 2026-01-15 08:05:00.000"), "{found}");
    assert_eq!(number(&hq, "SELECT TRYCOUNT FROM RETAILCONNPARAMETERS WHERE KEY_ = 0"), 3);
}

#[test]
fn what_is_pending_is_counted_for_each_data_store() {
    let env = Env::new();
    let pending = |env: &Env| {
        let sql = "SELECT coalesce(group_concat(NAME || ' ' || PENDING, ', '), '') FROM (
                       SELECT p.NAME, count(*) AS PENDING
                       FROM RETAILCDXDOWNLOADSESSIONDATASTORE d
                       JOIN RETAILCONNDATABASEPROFILE p ON p.RECID = d.DATASTORE
                       WHERE d.STATUS IN (0, 1, 2, 3, 8) GROUP BY p.NAME ORDER BY p.NAME)";
        env.hq().query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    assert_eq!(pending(&env), "");
    env.ok("customers create --first-name Ada --last-name Byron");
    assert_eq!(env.run("run 1010 --fault apply-fails=seattle").code, 1);
    assert_eq!(pending(&env), "seattle 1");
    env.ok("run 1010");
    assert_eq!(pending(&env), "");
}

#[test]
fn the_columns_of_an_older_environment_are_renamed() {
    for version in ["0.2.0", "0.3.0", "0.4.0"] {
        let env = Env::of_version(version);
        env.ok("csu restart");
        let hq = env.hq();
        let odd = "SELECT count(*) FROM RETAILCDXDOWNLOADSESSION WHERE RECID <> SESSION_
                   OR MODIFIEDDATETIME LIKE '1900%'";
        assert_eq!(number(&hq, odd), 0, "{version}");
        let lost = "SELECT count(*) FROM RETAILCDXDOWNLOADSESSIONDATASTORE
                    WHERE SESSION_ NOT IN (SELECT RECID FROM RETAILCDXDOWNLOADSESSION)";
        assert_eq!(number(&hq, lost), 0, "{version}");
        env.ok("run 1110");
    }
}
