//! A process that ends at any committing step loses nothing and applies nothing twice.

use std::process::Stdio;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use super::harness::{Env, Run, dump, number, program, text};

/// Everything that must be as if nothing had happened: rows on every side, and session states.
fn state(env: &Env) -> String {
    let mut all = dump(&env.hq(), "CUST");
    for prefix in ["DIR", "LOGISTICS", "RETAILASYNC", "RETAILCUST", "RETAILCONNDATABASE"] {
        all.push_str(&dump(&env.hq(), prefix));
    }
    all.push_str(&env.ok("sessions list --format json").out);
    all.push_str(&env.ok("sessions list --upload --format json").out);
    for channel in ["houston", "houston.offline", "seattle", "online", "boston"] {
        if env.channel_path(channel).exists() {
            all.push_str(&dump(&env.channel(channel), "ax_"));
            all.push_str(&dump(&env.channel(channel), "crt_UPLOAD"));
            all.push_str(&dump(&env.channel(channel), "crt_TABLE"));
            all.push_str(&dump(&env.channel(channel), "cdx_REALTIME"));
        }
    }
    assert_eq!(env.packages().iter().filter(|name| name.contains("partial")).count(), 0);
    all
}

struct Scene {
    /// What is crashed.
    command: &'static str,
    /// What is run after, in both lives; it repairs.
    after: &'static str,
    points: &'static [&'static str],
    prepare: fn() -> Env,
}

fn changed() -> Env {
    let env = Env::new();
    env.ok("customers edit 00000010 --set group=40 --set email=new@example.com");
    env.ok("customers delete 00000011");
    env
}

fn created() -> Env {
    let env = Env::asynchronous();
    let guid = env.create_async("houston", "One");
    env.ok(&format!("pos edit-customer --channel houston --account {guid} --set phone=555"));
    env.create_async("seattle", "Two");
    env
}

/// The same, and the channels could not be read at first.
fn unread() -> Env {
    let env = created();
    env.run("run P --fault read-fails=houston --fault read-fails=seattle").expect(1);
    env
}

fn uploaded() -> Env {
    let env = created();
    env.ok("run P");
    env
}

fn away() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Here");
    env.ok("pos create-customer --channel houston --first-name Ada --last-name Away --offline");
    env
}

/// Houston's file is put back from a copy that is older than what headquarters has of it.
fn put_back() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Sent");
    let copy = std::fs::read(env.channel_path("houston")).unwrap();
    env.create_async("houston", "AsWell");
    env.ok("run P");
    std::fs::write(env.channel_path("houston"), copy).unwrap();
    env
}

/// Houston's file is damaged, and the register's customer stands in its log alone.
fn broken() -> Env {
    let env = Env::asynchronous();
    env.create_async("houston", "Sent");
    env.ok("run P");
    env.ok("customers edit 00000010 --set group=40");
    let log = env.channel_path("houston").with_extension("db-wal");
    std::fs::write(env.channel_path("houston"), "this is no database").unwrap();
    std::fs::write(log, "rows that are nowhere else").unwrap();
    env
}

/// So many customers that the channel is filled while its package is still being made.
fn many() -> Env {
    static MADE: OnceLock<Env> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let env = Env::empty();
        env.ok("init . --customers 2000 --channels 1 --empty-channels");
        env
    });
    made.copied()
}

/// Where an upload can end, from the announcement to headquarters.
const UPLOADING: &[&str] = &[
    "collect.after-intent",
    "collect.before-commit",
    "collect.after-commit",
    "collect.after-commit:seattle",
    "collect.after-uploaded",
    "upload.before-commit",
    "upload.after-commit",
];

const SCENES: &[Scene] = &[
    Scene {
        command: "run 1010",
        after: "run 1010",
        points: &[
            "pack.before-start",
            "pack.after-start",
            "pack.before-rename",
            "pack.before-available",
            "pack.after-available",
            "apply.after-requested",
            "apply.before-commit",
            "apply.before-commit:seattle",
            "apply.after-commit",
            "apply.after-commit:seattle",
            "apply.after-outcome",
        ],
        prepare: changed,
    },
    Scene { command: "run P", after: "run P", points: UPLOADING, prepare: created },
    Scene {
        command: "run sync-customers",
        after: "run sync-customers",
        points: &["batch.before-commit", "batch.after-commit"],
        prepare: uploaded,
    },
    Scene {
        command: "pos create-customer --channel houston --first-name Ada --last-name Live",
        after: "csu restart",
        points: &["rts.after-headquarters", "rts.before-commit", "rts.after-commit"],
        prepare: Env::new,
    },
    Scene {
        command: "pos reconnect --channel houston",
        after: "csu restart",
        points: &["reconnect.after-intent", "reconnect.before-commit", "reconnect.after-commit"],
        prepare: away,
    },
    Scene {
        command: "channels add boston",
        after: "csu restart",
        points: &["channel.after-intent", "channel.after-file"],
        prepare: Env::new,
    },
    Scene {
        command: "channels rebuild houston",
        after: "csu restart",
        points: &["rebuild.after-intent", "rebuild.after-aside", "rebuild.after-file"],
        prepare: broken,
    },
    Scene {
        command: "run P",
        after: "run P",
        points: &["replaced.after-headquarters:houston"],
        prepare: put_back,
    },
    Scene {
        command: "run 1010 --channel houston",
        after: "run 1010 --channel houston",
        points: &[
            "pack.before-rename",
            "pack.before-available",
            "pack.after-available",
            "apply.after-requested",
            "apply.before-commit:houston",
            "apply.after-commit",
        ],
        prepare: many,
    },
    Scene { command: "run P", after: "run P", points: UPLOADING, prepare: unread },
];

/// Runs a scene's points: a crash, the repair, and the same state as without the crash.
fn play(scene: &Scene) {
    let calm = (scene.prepare)();
    calm.ok(scene.command);
    // The calm life runs the command again only where the other does.
    let expected = state(&calm);
    for point in scene.points {
        let env = (scene.prepare)();
        env.run(&format!("{} --fault crash={point}", scene.command)).expect(134);
        let repaired = env.ok(scene.after);
        let late = [
            "pack.before-start",
            "apply.after-outcome",
            "upload.after-commit",
            // It is noticed again, which is a warning.
            "replaced.after-headquarters:houston",
        ];
        let settled = late.contains(point) || point.starts_with("batch");
        let settled = settled || point.starts_with("collect.after-uploaded");
        let settled =
            settled || *point == "upload.before-commit" || *point == "pack.after-available";
        let told = repaired.err.contains("repaired:");
        assert_eq!(told, !settled, "{point}\n{}", repaired.text());
        // A run after the crash may make one NoData session more than the calm life has.
        let found = state(&env);
        assert_same(point, &found, &expected);
    }
}

fn assert_same(point: &str, found: &str, expected: &str) {
    let (found, expected) = (sessions_out(found), sessions_out(expected));
    for (at, (left, right)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(left, right, "{point}: line {at} differs");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{point}");
}

/// Takes NoData sessions out of the JSON lists; a repeated run makes one more of them.
fn sessions_out(text: &str) -> String {
    let mut out = String::new();
    let mut json = String::new();
    let mut depth = 0;
    for line in text.lines() {
        if depth > 0 || line == "{" {
            depth += 1;
            json.push_str(line);
            json.push('\n');
            if line == "}" {
                let mut value: serde_json::Value = serde_json::from_str(&json).unwrap();
                let sessions = value["sessions"].as_array_mut().unwrap();
                sessions.retain(|session| session["status"] != "NoData");
                out.push_str(&serde_json::to_string_pretty(&value).unwrap());
                out.push('\n');
                json.clear();
                depth = 0;
            }
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn downloads_survive_a_crash_at_every_step() {
    play(&SCENES[0]);
}

#[test]
fn a_channel_that_is_filled_while_its_package_is_made_survives_a_crash_at_every_step() {
    play(&SCENES[8]);
}

/// Until the package is whole and Available, and its checksum looked at, the channel is as it was.
#[test]
fn a_channel_that_is_filled_ahead_is_left_as_it_was_where_anything_is_in_the_way() {
    let run = "run 1010 --channel houston --fault";
    let (env, empty) = (many(), dump(&many().channel("houston"), "ax_"));
    env.run(&format!("{run} crash=apply.after-requested")).expect(134);
    // Only whoever fills it takes it out of its log.
    let mode = std::fs::read(env.channel_path("houston")).unwrap()[18];
    assert_eq!(mode, if thread::available_parallelism().unwrap().get() > 1 { 1 } else { 2 });
    assert_eq!(dump(&env.channel("houston"), "ax_"), empty);
    for fault in ["apply-fails=houston", "download-fails=houston", "package-corrupt=houston"] {
        let env = many();
        env.run(&format!("{run} {fault}")).expect(1);
        assert_eq!(dump(&env.channel("houston"), "ax_"), empty, "{fault}");
        env.ok("run 1010 --channel houston");
        assert_eq!(number(&env.channel("houston"), "SELECT count(*) FROM ax_CUSTTABLE"), 2_001);
    }
}

/// SQLite leaves a log only where nobody else has the file open; the rows go through it then.
#[test]
fn a_channel_that_somebody_reads_is_filled_as_any_other() {
    // Filled ahead, and from a package that is large.
    let large = Env::empty();
    large.ok("init . --customers 15000 --channels 1 --empty-channels");
    for (env, run, customers) in
        [(many(), "run 1010 --channel houston", 2_001), (large, "run 1010", 15_001)]
    {
        let (reader, rows) = (env.channel("houston"), "SELECT count(*) FROM ax_CUSTTABLE");
        reader.execute_batch("BEGIN").unwrap();
        assert_eq!(number(&reader, rows), 0);
        env.ok(run);
        assert_eq!(number(&reader, rows), 0);
        reader.execute_batch("COMMIT").unwrap();
        assert_eq!(number(&reader, rows), customers, "{run}");
    }
}

/// Several databases are each filled from the package once it is whole.
#[test]
fn a_channel_that_is_filled_ahead_gets_the_same_rows() {
    let (ahead, after) = (many(), many());
    let quiet = ahead.ok("run 1010 --channel houston").err;
    assert!(!quiet.contains("warning"), "{quiet}");
    after.ok("run 1010");
    let schema = "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema \
                  ORDER BY type, name)";
    for read in [
        |env: &Env| dump(&env.channel("houston"), "ax_"),
        |env: &Env| text(&env.channel("houston"), "PRAGMA main.journal_mode"),
    ] {
        assert!(read(&ahead) == read(&after));
    }
    assert_eq!(text(&ahead.channel("houston"), schema), text(&after.channel("houston"), schema));
    assert_eq!(text(&ahead.channel("houston"), "PRAGMA integrity_check"), "ok");
    assert_eq!(ahead.packages(), after.packages(), "the same package, by its checksum");
}

#[test]
fn uploads_survive_a_crash_at_every_step() {
    play(&SCENES[1]);
}

/// A session that could not be collected is announced again, and its channel asked after a crash.
#[test]
fn uploads_that_are_collected_again_survive_a_crash_at_every_step() {
    play(&SCENES[9]);
}

#[test]
fn an_upload_that_was_collected_is_uploaded_by_the_next_command_that_writes() {
    for prepare in [created, unread] {
        let env = prepare();
        env.run("run P --fault crash=collect.after-commit:houston").expect(134);
        let waits = |env: &Env| {
            let waiting = env.json("status")["waiting"].clone();
            (waiting["to_collect"].as_u64().unwrap(), waiting["to_apply"].as_u64().unwrap())
        };
        // It had not come to those of Seattle.
        assert_eq!(waits(&env), (2, 3));
        env.ok("csu restart");
        assert_eq!(waits(&env), (2, 3));
        let listed = env.json("sessions list --upload");
        assert_eq!(listed["sessions"][0]["status"], "Uploaded", "{listed:#}");
        let report = env.json("run P --phase apply");
        assert_eq!(report["jobs"][0]["sessions"][0]["status"], "Applied", "{report:#}");
    }
}

#[test]
fn the_batch_survives_a_crash_at_every_step() {
    play(&SCENES[2]);
}

#[test]
fn real_time_creation_survives_a_crash_at_every_step() {
    play(&SCENES[3]);
}

#[test]
fn reconnecting_survives_a_crash_at_every_step() {
    play(&SCENES[4]);
}

#[test]
fn taking_in_a_replaced_file_survives_a_crash() {
    play(&SCENES[7]);
}

#[test]
fn adding_a_channel_survives_a_crash_at_every_step() {
    play(&SCENES[5]);
}

#[test]
fn rebuilding_a_channel_survives_a_crash_at_every_step() {
    play(&SCENES[6]);
    for point in SCENES[6].points {
        let env = broken();
        env.run(&format!("channels rebuild houston --fault crash={point}")).expect(134);
        env.ok("csu restart");
        let kept = env.channel_path("houston").with_extension("db.broken-1");
        assert_eq!(std::fs::read_to_string(&kept).unwrap(), "this is no database", "{point}");
        let log = env.channel_path("houston").with_extension("db.broken-1-wal");
        assert_eq!(std::fs::read_to_string(log).unwrap(), "rows that are nowhere else", "{point}");
        assert!(!kept.with_extension("broken-2").exists(), "{point}");
        env.synchronize();
        env.ok("run 1110 1070 1010 1170");
        env.ok("doctor --fail-on warning --skip CDX301,CDX302");
    }
}

#[test]
fn every_declared_crash_point_is_played() {
    let played: Vec<&str> = SCENES
        .iter()
        .flat_map(|scene| scene.points)
        .map(|point| point.split(':').next().unwrap())
        .collect();
    for point in cdx::world::CrashPoint::ALL {
        assert!(played.contains(&point.as_str()), "{point}");
    }
}

/// The machine takes a process away at moments nobody chose.
#[test]
fn a_killed_run_is_repaired() {
    let prepare = || {
        let env = Env::new();
        env.hq()
            .execute_batch(
                "UPDATE CUSTTABLE SET CUSTGROUP = '77'; UPDATE DIRPARTYTABLE SET KNOWNAS = 'x';",
            )
            .unwrap();
        env
    };
    let calm = prepare();
    calm.ok("run 1010");
    let expected = dump(&calm.channel("seattle"), "ax_");
    for delay in [2, 4, 6, 8, 11, 15, 20] {
        let env = prepare();
        let mut command = program(env.path());
        command.args(["run", "1010"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        env.ok("run 1010");
        for channel in ["houston", "houston.offline", "seattle", "online"] {
            assert_eq!(
                dump(&env.channel(channel), "ax_CUST"),
                dump(&calm.channel(channel), "ax_CUST")
            );
        }
        assert_eq!(dump(&env.channel("seattle"), "ax_"), expected);
        let count = env.json("sessions list --job 1010 --status Applied");
        assert_eq!(count["sessions"].as_array().unwrap().len(), 2, "once, after {delay} ms");
    }
}

/// The clock has moved when the batches of a time run: those that were kept from running are run
/// when schedules run again, though it is their time no more.
#[test]
fn batches_that_a_killed_command_did_not_come_to_run_the_next_time() {
    let base = Env::asynchronous();
    base.create_async("houston", "Byron");
    // Uploads at 08:20, the batch and downloads at 08:30; a minute later nothing is due.
    let words = ["clock", "set", "2026-01-15T08:30", "--run-schedules"];
    let known = |env: &Env| {
        let sql = "SELECT count(*) FROM ax_RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC <> ''";
        number(&env.channel("online"), sql)
    };
    let calm = base.copied();
    let begun = Instant::now();
    calm.ok(&words.join(" "));
    let whole = begun.elapsed();
    assert_eq!(known(&calm), 1);
    for part in (5..20).step_by(2) {
        let env = base.copied();
        let mut command = program(env.path());
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        thread::sleep(whole * part / 20);
        child.kill().unwrap();
        child.wait().unwrap();
        env.ok("clock set 2026-01-15T08:31 --run-schedules");
        assert_eq!(known(&env), 1, "killed after {part} twentieths");
    }
}

#[test]
fn an_interrupted_init_is_made_again() {
    let dir = tempfile::TempDir::new().unwrap();
    for delay in [3, 10, 25, 60] {
        let mut command = program(dir.path());
        command.args(["init", "place", "--customers", "300"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        if dir.path().join("place/cdx.toml").exists() {
            break;
        }
    }
    if !dir.path().join("place/cdx.toml").exists() {
        let output = program(dir.path()).args(["init", "place", "--customers", "300"]).output();
        Run::of(output.unwrap()).expect(0);
    }
    let output = program(&dir.path().join("place")).args(["run", "1110", "1070", "1010"]).output();
    Run::of(output.unwrap()).expect(0);
}
