//! A full package is of one state of headquarters, whoever writes there while it is made.

use cdx::exchange::{CALM, RunRequest, run, write};
use cdx::model::event::{Event, Listener};
use rusqlite::Connection;

use super::environment;

/// Writes to headquarters, as another program does, once the first table is packed.
struct Writes {
    hq: Connection,
    after: usize,
}

impl Listener for Writes {
    fn event(&mut self, event: Event) {
        if !matches!(event, Event::StepProgress { .. }) {
            return;
        }
        if self.after == 1 {
            let both = "BEGIN; UPDATE CUSTTABLE SET CUSTGROUP = '77'; \
                        UPDATE DIRPARTYTABLE SET KNOWNAS = 'late'; COMMIT";
            self.hq.execute_batch(both).unwrap();
        }
        self.after = self.after.saturating_sub(1);
    }
}

#[test]
fn a_full_package_is_of_one_state_of_headquarters() {
    // CUSTTABLE is the first table of the job, DIRPARTYTABLE comes later.
    for after in [1, 2, 5] {
        let (dir, env) = environment();
        let hq = Connection::open(dir.path().join("hq.db")).unwrap();
        let jobs = vec!["1010".to_owned()];
        let request = RunRequest { jobs, full: true, ..RunRequest::default() };
        let mut writes = Writes { hq, after };
        let go = |writer: &mut _, listener: &mut dyn Listener| run(writer, &request, listener);
        assert!(write(&env, "test", CALM, &mut writes, go).unwrap().ok);
        let channel = Connection::open(dir.path().join("channels/seattle.db")).unwrap();
        let count = |sql: &str| channel.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        let groups = count("SELECT count(*) FROM ax_CUSTTABLE WHERE CUSTGROUP IS NOT '77'");
        let parties = count("SELECT count(*) FROM ax_DIRPARTYTABLE WHERE KNOWNAS IS NOT 'late'");
        assert_eq!((groups, parties), (0, 0), "of the state before, after table {after}");
        assert!(count("SELECT count(*) FROM ax_CUSTTABLE") > 3);
        let drafts = std::fs::read_dir(dir.path().join("packages")).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        assert!(drafts.map(name).all(|name| !name.to_string_lossy().contains("partial")));
    }
}
