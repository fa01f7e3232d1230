//! Bytes, changed at random: single ones, ranges, words of the kind of file, numbers, and sizes.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::random::Random;

/// Words that files are made of, and that they are not.
const WORDS: &[&str] = &[
    "[[",
    "]]",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'''",
    "\"\"\"",
    "'",
    ",",
    ";",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{feff}",
    "\u{200b}",
    "\u{9b}",
    "\\",
    "\\u0000",
    "..",
    "/",
    "-",
    "--",
    "#",
    "%",
    "true",
    "null",
    "nan",
    "inf",
    "1e999",
    "-1",
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "[job]",
    "[[subjob]]",
    "[feature]",
    "[[requires]]",
    "id = ",
    "feature = ",
    "key = []",
    "jobs",
    "CUSTTABLE",
    "DATAAREAID",
    "RECID",
    "RETAILCUSTTABLE",
    "10.0.48",
    "1010",
    "P-0001",
    "-x",
    "CREATE TABLE ",
    "INSERT INTO ",
    "SELECT ",
    "UNION ALL ",
    "WITH RECURSIVE ",
    "ATTACH ",
    "PRAGMA ",
    "zeroblob(1000000)",
    "hex(",
    "x'",
    "/*",
    "*/",
    "Yes",
    "No",
    "ENABLED",
    "NAME",
    "<c r=\"XFD1048576\">",
    "<row r=\"0\">",
    "uniqueCount=\"99999999\"",
    "<si>",
    "t=\"s\"",
    "<v>",
    "&#0;",
    "&amp;",
    "<![CDATA[",
    "-->",
    "SQLite format 3",
];

/// The largest that a file grows to.
const LARGEST: usize = 1024 * 1024;

/// Changes bytes several times.
pub fn bytes(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        once(random, &mut bytes);
    }
    bytes.truncate(LARGEST);
    bytes
}

fn range(random: &mut Random, bytes: &[u8]) -> std::ops::Range<usize> {
    let begin = random.below(bytes.len() + 1);
    let most = (bytes.len() - begin).min(if random.chance(80) { 60 } else { LARGEST });
    begin..begin + random.below(most + 1)
}

fn once(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len() + 1);
    let part = range(random, bytes);
    match random.below(10) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 if at < bytes.len() => bytes[at] = *random.pick(&[0, 1, 0x7f, 0x80, 0xff, b'\n', b'"']),
        2 => drop(bytes.drain(part)),
        3 => {
            let copied = bytes[part].to_vec();
            drop(bytes.splice(at..at, copied));
        }
        4 => bytes.truncate(at),
        5 => {
            let times = 1 << random.below(16);
            let most = LARGEST / times;
            let mut copied = bytes[part].to_vec();
            copied.truncate(most);
            drop(bytes.splice(at..at, copied.repeat(times)));
        }
        6 => number(random, bytes, at),
        7 => {
            let made: Vec<u8> =
                (0..random.below(20)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
            drop(bytes.splice(at..at, made));
        }
        8 => {
            let word = random.pick::<&str>(WORDS).bytes();
            drop(bytes.splice(part, word));
        }
        _ => drop(bytes.splice(at..at, random.pick::<&str>(WORDS).bytes())),
    }
}

/// Puts another number in the place of the next one.
fn number(random: &mut Random, bytes: &mut Vec<u8>, from: usize) {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let Some(begin) = bytes[from..].iter().position(is_digit).map(|at| from + at) else { return };
    let length = bytes[begin..].iter().take_while(|byte| is_digit(byte)).count();
    let other =
        *random.pick(&["0", "1", "-1", "255", "65536", "2147483648", "9999999999999999999"]);
    drop(bytes.splice(begin..begin + length, other.bytes()));
}

/// A text for a place where people type one.
pub fn text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(4) {
        text.push_str(random.pick::<&str>(WORDS));
        text.push_str(random.pick::<&str>(&["", "a", "é", " ", "houston", "日本"]));
    }
    text.replace('\0', "")
}

/// Changes a file that is in a zip, and packs it again.
pub fn zipped(random: &mut Random, whole: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(whole)).unwrap();
    let chosen = random.below(archive.len());
    let mut target = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut part = Vec::new();
        file.read_to_end(&mut part).unwrap();
        if at == chosen || name.contains("sheet1") && random.chance(50) {
            part = bytes(random, part);
        }
        target.start_file(name, SimpleFileOptions::default()).unwrap();
        target.write_all(&part).unwrap();
    }
    target.finish().unwrap().into_inner()
}
