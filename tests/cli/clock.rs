//! `cdx clock advance --run-schedules`: what recurs runs on the way, each at its interval.

use serde_json::{Value, json};

use super::harness::{Env, number, text};

/// The runs that did something: time, schedule, and the jobs with rows.
type Busy = (String, String, Vec<(String, u64)>);

fn busy(report: &Value) -> Vec<Busy> {
    let runs = report["runs"].as_array().unwrap();
    let told = |run: &Value| {
        let jobs = run["jobs"].as_array().unwrap().iter();
        let jobs = jobs.filter(|job| job["rows"] != 0);
        let jobs = jobs
            .map(|job| (job["job"].as_str().unwrap().to_owned(), job["rows"].as_u64().unwrap()));
        let time = run["time"].as_str().unwrap()[11..16].to_owned();
        (time, run["schedule"].as_str().unwrap().to_owned(), jobs.collect::<Vec<_>>())
    };
    runs.iter().map(told).filter(|(_, _, jobs)| !jobs.is_empty()).collect()
}

fn times(report: &Value, schedule: &str) -> usize {
    let runs = report["runs"].as_array().unwrap();
    runs.iter().filter(|run| run["schedule"] == schedule).count()
}

#[test]
fn c01_schedules_bring_a_customer_up_and_back_by_themselves() {
    let env = Env::asynchronous();
    let account = env.create_async("houston", "Byron");
    let report = env.json("clock advance 1h --run-schedules");
    let steps: Vec<(String, String)> =
        busy(&report).into_iter().map(|(time, schedule, _)| (time, schedule)).collect();
    let expected = [
        ("08:15", "Async Client"),
        ("08:20", "Uploads"),
        ("08:30", "Customers"),
        ("08:30", "Downloads"),
    ];
    assert_eq!(steps, expected.map(|(time, name)| (time.to_owned(), name.to_owned())));
    for channel in ["houston", "seattle", "online"] {
        let known = "SELECT count(*) FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1";
        let found: i64 =
            env.channel(channel).query_row(known, [&account], |row| row.get(0)).unwrap();
        assert_eq!(found, 1, "{channel}");
    }
    // Each left the time at which it ran, not that at which the clock stopped.
    let applied = text(&env.hq(), "SELECT max(DATECREATED) FROM RETAILCDXUPLOADSESSION");
    assert_eq!(applied, "2026-01-15 08:15:00.000");
    let made = text(&env.hq(), "SELECT max(CREATED) FROM cdx_DOWNLOADSESSION WHERE PACKAGE <> ''");
    assert_eq!(made, "2026-01-15 08:30:00.000");
}

#[test]
fn the_text_sums_what_had_nothing_to_do() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    insta::assert_snapshot!(env.ok("clock advance 2h --run-schedules").out, @r"
    2026-01-15 10:00:00 (UTC)

    TIME                 RAN           JOB                WHAT IT DID
    2026-01-15 08:15:00  Async Client  P-0001 of houston  2 rows collected
    2026-01-15 08:20:00  Uploads       P-0001             2 rows applied
    2026-01-15 08:30:00  Customers     sync-customers     2 processed, 0 failed, 0 waiting
    2026-01-15 08:30:00  Downloads     1010               6 rows sent
    24 runs had nothing to do: Async Client 7, Customers 3, Downloads 3, Uploads 11
    ");
    // Without the option nothing runs.
    let env = Env::new();
    assert_eq!(env.json("clock advance 1h")["runs"], json!([]));
}

#[test]
fn u02_the_async_client_collects_at_its_own_interval() {
    let env = Env::asynchronous();
    env.hq().execute_batch("UPDATE RETAILCDXSCHEDULERINTERVAL SET UPLOADINTERVAL = 3").unwrap();
    env.create_async("houston", "Byron");
    let report = env.json("clock advance 10m --run-schedules");
    assert_eq!(times(&report, "Async Client"), 3);
    let steps: Vec<String> = busy(&report).into_iter().map(|(time, ..)| time).collect();
    assert_eq!(steps, ["08:03", "08:10"]);
    // In the older topology the P-job does both.
    let settings = std::fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &settings.replace("\"two-phase\"", "\"one-phase\""));
    env.create_async("houston", "King");
    let report = env.json("clock advance 10m --run-schedules");
    assert_eq!(times(&report, "Async Client"), 0);
    assert_eq!(busy(&report)[0].1, "Uploads");
}

#[test]
fn u04_a_batch_that_still_executes_is_not_started_again() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("schedules set Uploads --batch-state executing");
    let report = env.json("clock advance 1h --run-schedules");
    assert_eq!(times(&report, "Uploads"), 0);
    assert_eq!(
        report["not_run"],
        json!([{ "schedule": "Uploads", "why": "its batch is still executing" }])
    );
}

#[test]
fn u04_two_schedules_with_the_p_job_take_turns() {
    let env = Env::asynchronous();
    env.ok("schedules set Uploads2 --jobs P --groups Default --every 10m");
    env.create_async("houston", "Byron");
    let report = env.json("clock advance 20m --run-schedules");
    assert_eq!((times(&report, "Uploads"), times(&report, "Uploads2")), (2, 2));
    let applied: Vec<String> = busy(&report).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(applied, ["Async Client", "Uploads"]);
}

#[test]
fn an_interval_is_set_and_counts_from_then_on() {
    let env = Env::new();
    env.ok("clock advance 7m");
    let listed = env.json("schedules set Uploads --every 25m");
    assert_eq!(listed["schedules"][2]["every"], "25m");
    env.ok("schedules set Customers --recurring no");
    env.ok("schedules set Downloads --active no");
    let report = env.json("clock advance 1h --run-schedules");
    let runs = report["runs"].as_array().unwrap().iter();
    let uploads = runs.filter(|run| run["schedule"] == "Uploads");
    let times: Vec<&str> = uploads.map(|run| &run["time"].as_str().unwrap()[11..16]).collect();
    assert_eq!(times, ["08:32", "08:57"]);
    assert_eq!(report["not_run"].as_array().unwrap().len(), 2, "{report:#}");
    for wrong in ["0m", "90s", "soon", "400d"] {
        env.run(&format!("schedules set Uploads --every {wrong}")).expect(2);
    }
}

#[test]
fn an_older_environment_has_its_intervals_set_first() {
    let env = Env::of_version("0.4.0");
    let report = env.json("clock advance 1h --run-schedules");
    assert_eq!(report["not_run"].as_array().unwrap().len(), 3, "{report:#}");
    let told = env.ok("clock advance 1h --run-schedules").out;
    assert!(told.contains("cdx schedules set Uploads --every 30m"), "{told}");
    env.ok("schedules set Uploads --every 30m");
    assert_eq!(times(&env.json("clock advance 1h --run-schedules"), "Uploads"), 2);
}

#[test]
fn a_job_that_fails_is_told_and_the_clock_goes_on() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.hq().execute_batch("ALTER TABLE CUSTTABLE RENAME COLUMN CREDITRATING TO RATING").unwrap();
    let run = env.run("clock advance 1h --run-schedules").expect(1);
    assert!(run.out.starts_with("2026-01-15 09:00:00"), "{}", run.out);
    assert!(run.out.contains("08:30:00 Downloads, job 1010: job 1010"), "{}", run.out);
    assert!(run.out.contains("(2 times)"), "{}", run.out);
    // What could be done was done.
    assert_eq!(number(&env.hq(), "SELECT count(*) FROM RETAILCDXUPLOADSESSION"), 1);
    // A paused database is warned about once, however often it is left out.
    let env = Env::new();
    env.ok("channels pause seattle");
    let run = env.run("clock advance 1h --run-schedules").expect(1);
    assert_eq!(run.err.matches("seattle is paused").count(), 1, "{}", run.err);
}

#[test]
fn g05_a_midnight_on_the_way_is_carried_down_by_the_next_run() {
    let env = Env::new();
    env.ok("features schedule enhanced-wallet-support 2026-01-16");
    let report = env.json("clock set 2026-01-16T00:30 --run-schedules");
    assert_eq!(report["passed"]["features"][0]["feature"], "enhanced-wallet-support");
    let last = busy(&report).pop().unwrap();
    assert_eq!((last.0.as_str(), last.1.as_str()), ("00:00", "Downloads"));
    assert_eq!(last.2[0].0, "1110");
}
