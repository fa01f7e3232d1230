//! Scripts, seed data and metadata, cut and mixed at random: nothing makes the reader fail, and
//! every place that it names is in the text.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cdx::extension::hq::HqTables;
use cdx::extension::repository::Repository;
use cdx::extension::schema::Schema;
use cdx::extension::script::Guard;
use cdx::model::source::Span;

/// A generator that gives the same numbers for the same seed everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// Words and signs that scripts and documents turn on.
const PIECES: &[&str] = &[
    "BEGIN",
    "END",
    "IF",
    "ELSE",
    "GO\n",
    ";",
    "(",
    ")",
    "'",
    "N'",
    "\"",
    "[",
    "]",
    "/*",
    "*/",
    "--",
    "CREATE TABLE ",
    "ALTER TABLE ",
    "ADD ",
    "DROP ",
    "GRANT ",
    " ON ",
    " TO ",
    "CASE",
    "AS ",
    "PRIMARY KEY",
    "CONSTRAINT ",
    "DEFAULT ",
    "EXISTS (",
    "OBJECT_ID('",
    "::",
    ".",
    "..",
    "#",
    "@",
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&",
    "=",
    "\u{feff}",
    "é",
    "\u{1F600}",
    "\0",
    "\r",
    "resourceStr(",
    "-- cdx: allow ",
];

/// Every text of the worked example, and some of our own.
fn corpus() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/contoso-seating")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found.push(("own.sql".to_owned(), OWN.to_owned()));
    found
}

const OWN: &str = "
CREATE PROCEDURE ext.P AS BEGIN SELECT CASE WHEN 1 = 1 THEN 1 END END
GO
IF NOT EXISTS (SELECT 1 FROM sys.columns c JOIN sys.tables t ON c.object_id = t.object_id
  WHERE t.name = 'T' AND c.name = 'C') ALTER TABLE ext.T ADD C AS (A + B) PERSISTED
EXEC sp_executesql N'DROP TABLE ext.T'
MERGE ext.T AS t USING ext.S AS s ON t.A = s.A WHEN MATCHED THEN UPDATE SET A = 1;
CREATE TRIGGER x AFTER INSERT ON ext_T BEGIN UPDATE ext_T SET A = 1; END;
ALTER TABLE ext.T ADD CONSTRAINT DF_T DEFAULT (getutcdate()) FOR [A.B]; USE [master]
ALTER TABLE ext_T RENAME COLUMN A TO B;
BEGIN TRY CREATE TABLE #x (A int) END TRY BEGIN CATCH THROW END CATCH
";

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A text, cut, mixed with another, and with pieces put in.
fn spoil(corpus: &[(String, String)], chance: &mut Chance) -> (String, String) {
    let (name, text) = &corpus[chance.below(corpus.len())];
    let mut text = text.clone();
    for _ in 0..=chance.below(6) {
        let at = boundary(&text, chance.below(text.len() + 1));
        let to = boundary(&text, (at + chance.below(60)).min(text.len()));
        match chance.below(6) {
            0 => text.truncate(at),
            1 => text.replace_range(at..to, ""),
            2 => text.insert_str(at, PIECES[chance.below(PIECES.len())]),
            3 => text.replace_range(at..to, PIECES[chance.below(PIECES.len())]),
            4 => {
                let (_, other) = &corpus[chance.below(corpus.len())];
                let from = boundary(other, chance.below(other.len() + 1));
                let end = boundary(other, (from + chance.below(400)).min(other.len()));
                text.insert_str(at, &other[from..end]);
            }
            _ => {
                let part = text[at..to].repeat(1 + chance.below(40));
                text.insert_str(at, &part);
            }
        }
    }
    (name.clone(), text)
}

/// Reads it, and looks at every place.
fn look(name: &str, text: &str) {
    let repository = Repository::of_texts([(name, text)]);
    let inside = |span: Span| {
        let whole = &repository.sources.get(span.source).text;
        assert!(span.start <= span.end, "{name}: {span:?}\n{text}");
        assert!(whole.get(span.range()).is_some(), "{name}: {span:?}\n{text}");
    };
    for script in &repository.scripts {
        script.skipped.iter().for_each(|skipped| inside(skipped.span));
        for statement in &script.statements {
            inside(statement.span);
            for guard in &statement.guards {
                if let Guard::Other(span) = guard {
                    inside(*span);
                }
            }
        }
    }
    repository.unread.iter().filter_map(|unread| unread.span).for_each(inside);
    for subjob in repository.seeds.iter().flat_map(|seed| &seed.subjobs) {
        inside(subjob.span);
        inside(subjob.id.span);
        subjob.fields.iter().for_each(|field| inside(field.name.span));
    }
    repository.handlers.iter().for_each(|handler| inside(handler.resource.span));
    let mut schema = Schema::default();
    schema.run(&repository.scripts, false);
    for table in schema.tables() {
        inside(table.span);
        table.columns.iter().for_each(|column| inside(column.name.span));
        table.keys.iter().for_each(|key| inside(key.span));
    }
    for table in HqTables::of(&repository).iter() {
        table.fields.iter().for_each(|field| inside(field.name.span));
    }
}

#[test]
fn cut_and_mixed_texts_are_read() {
    let (corpus, mut chance) = (corpus(), Chance(0x5EED));
    for _ in 0..3_000 {
        let (name, text) = spoil(&corpus, &mut chance);
        look(&name, &text);
    }
}

/// `CDX_FUZZ_MINUTES=60 CDX_FUZZ_SEED=7 cargo test --release --test extension -- --ignored long`
#[test]
#[ignore = "as long as it is asked to"]
fn long() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (minutes, seed) = (number("CDX_FUZZ_MINUTES", 1), number("CDX_FUZZ_SEED", 1));
    let (corpus, mut chance) = (corpus(), Chance(seed.max(1)));
    let (began, mut cases, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(minutes * 60) {
        let (name, text) = spoil(&corpus, &mut chance);
        let start = Instant::now();
        look(&name, &text);
        slowest = slowest.max(start.elapsed());
        cases += 1;
    }
    println!("seed {seed}: {cases} cases in {minutes} minutes, the slowest {slowest:?}");
}
