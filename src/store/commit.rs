//! What a COMMIT that failed has left: where only its last step failed, the transaction is whole
//! in the log, out of this connection's sight, and whoever opens the file next finds it done.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::error::StoreError;
use super::replace::beside;

/// Bytes before the frames of a log.
const HEADER: usize = 32;

/// Bytes before the page of a frame.
const FRAME: usize = 24;

/// The first number of a log; one more where its checksums are of big-endian words.
const MAGIC: u32 = 0x377f_0682;

/// What is told of a COMMIT to a file that failed and was rolled back: the failure itself where
/// nothing of it is left, else that it may be there.
pub(super) fn failed(conn: &Connection, file: &Path, path: &Path, error: StoreError) -> StoreError {
    if overwritten(conn).is_ok() || !left_behind(conn, file) {
        return error;
    }
    StoreError::Uncertain { path: path.display().to_string(), source: Box::new(error) }
}

/// Writes over what the log may hold of it, by a transaction that changes nothing.
fn overwritten(conn: &Connection) -> rusqlite::Result<()> {
    let version: i64 = conn.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
    let sql = format!("BEGIN IMMEDIATE; PRAGMA main.user_version = {version}; COMMIT");
    conn.execute_batch(&sql).inspect_err(|_| {
        if !conn.is_autocommit() {
            let _thrown_away = conn.execute_batch("ROLLBACK");
        }
    })
}

/// Whether the log of a file holds a transaction that a connection to it does not see.
fn left_behind(conn: &Connection, file: &Path) -> bool {
    let seen = conn.query_row("PRAGMA main.wal_checkpoint(NOOP)", [], |row| row.get::<_, i64>(1));
    let Ok(seen) = seen else { return true };
    // A database without a log has its journal, which undoes what is not whole.
    let Ok(seen) = usize::try_from(seen) else { return false };
    let log = beside(file, "-wal");
    if !log.exists() {
        return false;
    }
    fs::read(log).map_or(true, |log| whole_frames(&log) > seen)
}

/// How many frames of a log count for whoever reads it afresh: up to the last that ends a
/// transaction, of those whose checksums continue one another.
fn whole_frames(log: &[u8]) -> usize {
    let word = |at: usize| -> u32 {
        log.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
    };
    let page = word(8) as usize;
    if word(0) & !1 != MAGIC || page == 0 || log.len() < HEADER {
        return 0;
    }
    let big_endian = word(0) & 1 == 1;
    let mut sum = checksum(big_endian, (0, 0), &log[..HEADER - 8]);
    if sum != (word(24), word(28)) {
        return 0;
    }
    let mut whole = 0;
    for (at, frame) in log[HEADER..].chunks_exact(FRAME + page).enumerate() {
        let start = HEADER + at * (FRAME + page);
        sum = checksum(big_endian, sum, &frame[..8]);
        sum = checksum(big_endian, sum, &frame[FRAME..]);
        let of_this_log = frame[8..16] == log[16..24];
        if !of_this_log || sum != (word(start + 16), word(start + 20)) {
            break;
        }
        if word(start + 4) != 0 {
            whole = at + 1;
        }
    }
    whole
}

/// SQLite's checksum of a log, continued.
fn checksum(big_endian: bool, (mut one, mut two): (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let word = |four: &[u8]| -> u32 {
        let four = four.try_into().unwrap_or_default();
        if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for pair in bytes.chunks_exact(8) {
        one = one.wrapping_add(word(&pair[..4])).wrapping_add(two);
        two = two.wrapping_add(word(&pair[4..])).wrapping_add(one);
    }
    (one, two)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of three transactions of one frame or more, as SQLite writes it.
    fn log() -> (tempfile::TempDir, Connection, Vec<u8>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)",
        )
        .unwrap();
        conn.execute_batch("INSERT INTO t VALUES (hex(zeroblob(9000)))").unwrap();
        let seen = conn
            .query_row("PRAGMA main.wal_checkpoint(NOOP)", [], |row| row.get::<_, i64>(1))
            .unwrap();
        let bytes = fs::read(folder.path().join("a.db-wal")).unwrap();
        (folder, conn, bytes, usize::try_from(seen).unwrap())
    }

    #[test]
    fn the_frames_of_a_log_are_counted_as_sqlite_counts_them() {
        let (_folder, _conn, bytes, seen) = log();
        assert!(seen > 4);
        assert_eq!(whole_frames(&bytes), seen);
    }

    #[test]
    fn what_is_cut_off_or_spoilt_ends_at_the_transaction_before() {
        let (_folder, _conn, bytes, seen) = log();
        let cut = whole_frames(&bytes[..bytes.len() - 1]);
        assert!(cut > 0 && cut < seen - 2, "{cut} of {seen}");
        let mut spoilt = bytes.clone();
        let last = spoilt.len() - 1;
        spoilt[last] ^= 1;
        assert_eq!(whole_frames(&spoilt), cut);
        let mut foreign = bytes;
        foreign[16] ^= 1;
        assert_eq!(whole_frames(&foreign), 0);
        assert_eq!((whole_frames(&[]), whole_frames(b"no log")), (0, 0));
    }
}
