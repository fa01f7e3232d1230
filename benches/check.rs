//! Compares `cdx check` with a bare read of the same files, in one run: `cargo bench --bench check`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark that cannot work ends")]
#![allow(clippy::cast_precision_loss, reason = "milliseconds and mebibytes")]
#![allow(dead_code, reason = "the support is shared with the other benchmarks")]

mod support;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use support::rounds::{Aim, Case, Round};
use support::table::print;
use support::{cdx, machine, options};

fn main() {
    let options = options::read(0);
    let dir = tempfile::TempDir::new().expect("a folder to work in");
    let (many, large) = (dir.path().join("many"), dir.path().join("large"));
    files(&many, 500);
    script(&large);
    dacpac(&dir.path().join("base.dacpac"), 727);
    let watch = machine::Watch::begin();
    let based: &[&str] = &["--base", "base.dacpac"];
    let cases = [
        ("check, 500 files", &many, &[][..], 200.0),
        ("check, a script of 2.8 MB", &large, &[], 500.0),
        ("check, 500 files, 727 tables of a dacpac", &many, based, 300.0),
    ];
    let cases: Vec<Case> = cases
        .iter()
        .map(|(name, folder, more, most)| {
            let name_of = folder.file_name().expect("a name").to_string_lossy().into_owned();
            let words = [&["check", &name_of[..], "--fail-on", "never"], *more].concat();
            Case::of(name, Aim::Ms(*most), options.rounds, || {
                let plain = read(folder);
                Round::beside(cdx::run(dir.path(), &words), plain)
            })
        })
        .collect();
    print(&watch, &cases);
}

/// How long it takes to read every file of a folder, in milliseconds.
fn read(folder: &Path) -> f64 {
    let start = Instant::now();
    let mut bytes = 0;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                bytes += fs::read(&path).expect("a file").len();
            }
        }
    }
    assert!(bytes > 0);
    start.elapsed().as_secs_f64() * 1000.0
}

/// A repository of so many files: tables, scripts that make their namesakes, one of seed data.
fn files(root: &Path, count: usize) {
    let mut seed =
        String::from("<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\"><Subjobs>");
    for at in 0..count / 2 {
        let table = format!(
            "<AxTable xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Name>Seat{at}</Name><Fields>\
             <AxTableField i:type=\"AxTableFieldString\"><Name>Name</Name><StringSize>20</StringSize>\
             </AxTableField><AxTableField i:type=\"AxTableFieldInt\"><Name>Number</Name></AxTableField>\
             </Fields><Indexes><AxTableIndex><Name>Idx</Name><Fields><AxTableIndexField><DataField>Name\
             </DataField></AxTableIndexField></Fields></AxTableIndex></Indexes></AxTable>"
        );
        write(&root.join(format!("AxTable/Seat{at}.xml")), &table);
        write(&root.join(format!("ChannelDatabase/{at:04}.sql")), &statements(at));
        let _ = write!(
            seed,
            "<Subjob Id=\"Seat{at}\" AxTableName=\"Seat{at}\"><ScheduledByJobs><ScheduledByJob>1010\
             </ScheduledByJob></ScheduledByJobs><AxFields><Field Name=\"Name\"/><Field Name=\"Number\"/>\
             </AxFields></Subjob>"
        );
    }
    seed.push_str("</Subjobs></RetailCdxSeedData>");
    write(&root.join("Seed.xml"), &seed);
}

fn statements(at: usize) -> String {
    format!(
        "IF OBJECT_ID('[ext].[SEAT{at}]') IS NULL\nBEGIN\n    CREATE TABLE [ext].[SEAT{at}](\n        \
         [NAME] [nvarchar](20) NOT NULL,\n        [NUMBER] [int] NOT NULL DEFAULT ((0)),\n        \
         [DATAAREAID] [nvarchar](4) NOT NULL,\n        CONSTRAINT [PK_SEAT{at}] PRIMARY KEY CLUSTERED \
         ([NAME], [DATAAREAID]) ON [PRIMARY]\n    ) ON [PRIMARY]\nEND\nGO\nGRANT SELECT, INSERT, UPDATE, \
         DELETE ON [ext].[SEAT{at}] TO [DataSyncUsersRole], [UsersRole], [DeployExtensibilityRole]\nGO\n"
    )
}

fn script(root: &Path) {
    let mut text = String::new();
    for at in 0.. {
        text.push_str(&statements(at));
        if text.len() > 2_800_000 {
            break;
        }
    }
    write(&root.join("ChannelDatabase/1.sql"), &text);
}

/// A dacpac with so many tables and as much about procedures as the product's has.
fn dacpac(path: &Path, tables: usize) {
    let mut model = String::from("<DataSchemaModel><Model>");
    for at in 0..tables {
        let _ = write!(
            model,
            "<Element Type=\"SqlTable\" Name=\"[ax].[T{at}]\"><Relationship Name=\"Columns\">"
        );
        for column in 0..25 {
            let _ = write!(
                model,
                "<Entry><Element Type=\"SqlSimpleColumn\" Name=\"[ax].[T{at}].[C{column}]\"><Property \
                 Name=\"IsNullable\" Value=\"False\"/><Relationship Name=\"TypeSpecifier\"><Entry><Element \
                 Type=\"SqlTypeSpecifier\"><Property Name=\"Length\" Value=\"20\"/><Relationship \
                 Name=\"Type\"><Entry><References ExternalSource=\"BuiltIns\" Name=\"[nvarchar]\"/></Entry>\
                 </Relationship></Element></Entry></Relationship></Element></Entry>"
            );
        }
        model.push_str("</Relationship></Element>");
    }
    for at in 0..3_000 {
        let body = "SELECT 1 FROM [ax].[T1] WHERE C1 = 'x'\n".repeat(120);
        let _ = write!(
            model,
            "<Element Type=\"SqlProcedure\" Name=\"[crt].[P{at}]\"><Property Name=\"BodyScript\"><Value>\
             <![CDATA[{body}]]></Value></Property></Element>"
        );
    }
    model.push_str("</Model></DataSchemaModel>");
    let file = File::create(path).expect("a file");
    let mut zip = zip::ZipWriter::new(file);
    zip.start_file("model.xml", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(model.as_bytes()).expect("its text");
    zip.finish().expect("a zip");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}
