//! Files that people write: no one of them takes more memory or time than there is, and what is
//! no file is refused.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::harness::{Env, Run, program};

/// What a command came to, and the most memory that it was seen to have, in MiB.
fn measured(dir: &Path, args: &[&str]) -> (Run, u64) {
    let begun = Instant::now();
    let mut command = program(dir);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_mins(1) {
            child.kill().unwrap();
            panic!("{args:?} takes more than a minute");
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kib.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    (Run::of(child.wait_with_output().unwrap()), peak)
}

/// A command ends in a code, says something, and stays within the bounds.
fn bounded(env: &Env, args: &[&str], code: i32, told: &str) {
    let (run, peak) = measured(env.path(), args);
    let run = run.expect(code);
    assert!(run.text().contains(told), "{args:?} does not say {told:?}\n{:.2000}", run.text());
    assert!(peak < 150, "{args:?} took {peak} MiB");
    assert!(!run.err.contains("panicked"), "{}", run.err);
}

/// A workbook of these sheets, each with its rows' XML, and of further parts.
fn book(path: &Path, sheets: &[(&str, String)], parts: &[(&str, Vec<u8>)]) {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let listed: String = (1..)
        .zip(sheets)
        .map(|(at, (name, _))| format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\"/>"))
        .collect();
    let related: String = (1..=sheets.len())
        .map(|at| {
            let target = format!("Type=\"{relation}/worksheet\" Target=\"worksheets/s{at}.xml\"");
            format!("<Relationship Id=\"r{at}\" {target}/>")
        })
        .collect();
    let office = format!("Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"");
    let mut all = vec![
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" {office}/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets>{listed}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{package}\">{related}</Relationships>"),
        ),
    ];
    for (at, (_, rows)) in (1..).zip(sheets) {
        let text = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        all.push((format!("xl/worksheets/s{at}.xml"), text));
    }
    let mut file = ZipWriter::new(File::create(path).unwrap());
    let texts = all.iter().map(|(name, text)| (name.as_str(), text.as_bytes()));
    for (name, bytes) in texts.chain(parts.iter().map(|(name, bytes)| (*name, bytes.as_slice()))) {
        file.start_file(name, SimpleFileOptions::default()).unwrap();
        file.write_all(bytes).unwrap();
    }
    file.finish().unwrap();
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn header() -> String {
    let cells = [("A1", "NAME"), ("B1", "ENABLED"), ("C1", "ENABLEDATE")];
    format!("<row r=\"1\">{}</row>", cells.map(|(place, text)| cell(place, text)).concat())
}

fn feature(line: u32) -> String {
    let name = cell(&format!("A{line}"), "RetailModernCustomerDetailsPageFeature");
    format!("<row r=\"{line}\">{name}{}</row>", cell(&format!("B{line}"), "No"))
}

#[test]
fn a_workbook_is_read_by_the_name_of_its_sheet_and_cell_by_cell() {
    let env = Env::new();
    let other = ("Other", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".to_owned());
    for name in ["Feature management", "Feature_management", "feature MANAGEMENT"] {
        let sheets = [other.clone(), (name, header() + &feature(2))];
        book(&env.path().join("f.xlsx"), &sheets, &[]);
        env.ok("features import f.xlsx --dry-run");
    }
    book(&env.path().join("f.xlsx"), &[("Sheet1", header() + &feature(2))], &[]);
    env.ok("features check f.xlsx");
    // One cell far out is a cell, and no range.
    let far = header() + &format!("<row r=\"1048576\">{}</row>", cell("XFD1048576", "x"));
    book(&env.path().join("f.xlsx"), &[("Feature management", far)], &[]);
    bounded(&env, &["features", "check", "f.xlsx"], 0, "keeps every gate rule");
    let line = header() + &feature(900_000) + &feature(900_001);
    book(&env.path().join("f.xlsx"), &[("Feature management", line)], &[]);
    bounded(&env, &["features", "check", "f.xlsx"], 2, "f.xlsx:900001:1: feature");
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let env = Env::new();
    let sheet = [("Feature management", header())];
    let check = ["features", "check", "f.xlsx"];
    let path = env.path().join("f.xlsx");
    let refuse = |parts: &[(&str, Vec<u8>)], told: &str| {
        book(&path, &sheet, parts);
        bounded(&env, &check, 2, told);
    };
    refuse(&[("media/picture.bin", vec![0; 300_000_000])], "unpacks to more than 12 MiB");
    let texts = |text: &str| vec![("xl/sharedStrings.xml", text.as_bytes().to_vec())];
    let promised = "<sst uniqueCount = '99999999999'><si><t>a</t></si></sst>";
    refuse(&texts(promised), "promises 99999999999 texts");
    refuse(&texts(&format!("<sst>{}</sst>", "<si/>".repeat(2_100_000))), "holds more than");
    let style = format!("<styleSheet><fonts><font><name val=\"{}\"/>", "x".repeat(600));
    refuse(&[("xl/styles.xml", style.into_bytes())], "has a tag of more than 500 characters");
    // One long text that every cell is made of.
    let cells: String = (2..50_000)
        .map(|line| format!("<row r=\"{line}\"><c r=\"A{line}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let parts = texts(&format!("<sst><si><t>{}</t></si></sst>", "x".repeat(6_000_000)));
    book(&path, &[("Feature management", header() + &cells)], &parts);
    bounded(&env, &check, 2, "holds more than 20,000 rows");
    for place in ["AAAAAAAAAA1", "A99999999999", "A1:ZZZZ9"] {
        book(&path, &[("x", format!("{}<row r=\"2\">{}</row>", header(), cell(place, "x")))], &[]);
        bounded(&env, &check, 2, "has a cell");
    }
    fs::write(&path, b"PK\x03\x04 and no more").unwrap();
    bounded(&env, &check, 2, "this is not an XLSX workbook");
}

#[test]
fn a_csv_file_takes_no_more_than_its_bounds() {
    let env = Env::new();
    let path = env.path().join("f.csv");
    let check = ["features", "check", "f.csv"];
    // Larger than twenty million lines.
    File::create(&path).unwrap().set_len(3_000_000_000).unwrap();
    bounded(&env, &check, 2, "f.csv holds more than 16 MiB");
    let head = "NAME,ENABLED,ENABLEDATE\n";
    fs::write(&path, format!("{head}{}", "a,b,c\n".repeat(2_700_000))).unwrap();
    bounded(&env, &check, 2, "holds more than 20,000 rows");
    fs::write(&path, format!("{head}\"{}", "a\n".repeat(8_000_000))).unwrap();
    bounded(&env, &check, 2, "f.csv:2:1: the cell is a text of more than 1000 characters");
    fs::write(&path, format!("{head}{}", "a,b,c\n".repeat(15_000))).unwrap();
    let run = env.run("features check f.csv").expect(2);
    assert!(run.err.contains("44,999 problems"), "{:.300}", run.err);
    assert!(run.err.contains("and 44,899 more") && run.err.lines().count() < 110);
    fs::write(&path, [head.as_bytes(), b"a,No,\n\xff,No,\n"].concat()).unwrap();
    assert!(env.run("features check f.csv").expect(2).err.contains("f.csv:3:1: this is not CSV"));
}

#[test]
fn definitions_take_time_in_proportion_and_their_problems_are_counted() {
    let env = Env::new();
    let keys: String = (0..45_000).map(|at| format!("key{at}=1\n")).collect();
    let fields: String = (0..40_000).map(|at| format!("\"F{at}\",")).collect();
    let fields = format!("[[subjob]]\nid=\"CUSTTABLE\"\nfields=[{fields}]\n");
    let texts = [
        (keys.as_str(), "problems"),
        (&fields, "problems"),
        (&"[\n".repeat(250_000), "problems"),
        (&format!("a={}", "[".repeat(400_000)), "cannot recurse"),
        (&"a=1\n".repeat(200_000), "holds more than 512 KiB"),
    ];
    for (text, told) in texts {
        for name in ["jobs/x.toml", "gates/x.toml"] {
            env.write(name, text);
            bounded(&env, &["jobs", "check"], 2, told);
            fs::remove_file(env.path().join(name)).unwrap();
        }
    }
    env.write("jobs/x.toml", &keys);
    let told = env.json("jobs check");
    assert_eq!(told["problems"].as_array().unwrap().len(), 100);
    assert_eq!(told["more_problems"], 44_900);
    bounded(&env, &["jobs", "check", "jobs/x.toml"], 2, "and 44,900 more");
    fs::remove_file(env.path().join("jobs/x.toml")).unwrap();
    let settings = fs::read_to_string(env.path().join("cdx.toml")).unwrap();
    env.write("cdx.toml", &keys);
    bounded(&env, &["channels", "list"], 2, "45,000 problems");
    env.write("cdx.toml", &"[[suppress]]\ncode=\"x\"\nreason=\"y\"\n".repeat(13_000));
    bounded(&env, &["channels", "list"], 0, "houston");
    env.write("cdx.toml", &settings);
}

/// Features that need each other in all ways there are: each is looked at once.
#[test]
fn prerequisites_are_walked_once() {
    let env = Env::new();
    for at in 0..40 {
        let needs: String =
            (0..at).map(|other| format!("[[requires]]\nfeature = \"g{other}\"\n")).collect();
        env.write(
            &format!("gates/g{at}.toml"),
            &format!(
                "[feature]\nslug = \"g{at}\"\nclass = \"C{at}\"\nname = \"Gate {at}\"\n\
                 name-es = \"Puerta {at}\"\nmodule = \"M\"\ngrade = \"assumed\"\nsource = \"x\"\n\
                 [lifecycle]\nreleased = \"10.0.20\"\n{needs}"
            ),
        );
    }
    for command in ["jobs check", "features list", "features graph", "features plan g39"] {
        let words: Vec<&str> = command.split(' ').collect();
        bounded(&env, &words, 0, "");
    }
    let tree = env.ok("features graph g39").out;
    assert!(tree.lines().count() < 1_000 && tree.contains("needs what stands above"), "{tree}");
    env.write("gates/many.toml", "");
    (0..70).for_each(|at| env.write(&format!("gates/more{at}.toml"), ""));
    bounded(&env, &["features", "list"], 2, "gates holds more than 100 files");
}

#[test]
fn scripts_take_no_more_than_their_bounds() {
    let env = Env::new();
    let script = |text: &str, exit: i32, told: &str| {
        env.write("schema/hq/s.sql", text);
        bounded(&env, &["jobs", "check"], exit, told);
    };
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    script(&format!("{endless} SELECT max(hex(randomblob(400000))) FROM c;"), 0, "not done");
    script(&"-- nothing\n".repeat(400_000), 2, "holds more than 4 MiB");
    script(&"IF 1 = 1 BEGIN ".repeat(50_000), 2, "not understood");
    script(&"(".repeat(500_000), 2, "not understood");
    script(&"CREATE TABLE T (A INT".repeat(50_000), 2, "not understood");
}

/// What names an operation is none of its values.
#[test]
fn an_operation_stays_what_it_is() {
    let env = Env::asynchronous();
    env.create_async("houston", "Byron");
    env.ok("run P");
    for column in ["OPERATION", "RECID", "DATAAREAID", "REPLICATIONCOUNTERFROMORIGIN"] {
        let run = env.run(&format!("customers status edit customer-1 --set {column}=9")).expect(2);
        assert!(run.err.contains("has no value"), "{}", run.err);
    }
}

/// A group may be called like an option: what is printed for it can be run.
#[test]
fn a_group_that_looks_like_an_option_is_named_so_that_it_is_none() {
    let env = Env::new();
    env.args(&["channels", "group", "add", "--", "-x"]).expect(0);
    env.ok("channels add boston --group=-x");
    let plan = env.ok("features plan async-customer-editing --script sh").out;
    let lines: Vec<&str> = plan.lines().filter(|line| line.contains("-groups")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.contains("=-x")), "{plan}");
    for line in lines {
        env.ok(&line.replace('\'', "").replacen("cdx ", "", 1));
    }
}

#[cfg(unix)]
mod in_place_of_a_file {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    /// What can lie in a file's place: a folder, a pipe, a socket, a device.
    fn put(path: &Path, what: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match what {
            "a folder" => fs::create_dir(path).unwrap(),
            "a pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
            "a socket" => drop(UnixListener::bind(path).unwrap()),
            _ => symlink("/dev/zero", path).unwrap(),
        }
    }

    fn take(path: &Path) {
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }

    const WHAT: [&str; 4] = ["a folder", "a pipe", "a socket", "a device"];

    #[test]
    fn what_people_write_must_be_a_file() {
        let env = Env::new();
        for what in WHAT {
            for (name, command) in [
                ("jobs/x.toml", "jobs check"),
                ("gates/x.toml", "features list"),
                ("schema/hq/x.sql", "scheduler init"),
                ("x.toml", "jobs check x.toml"),
                ("x.csv", "features check x.csv"),
                ("x.xlsx", "features import x.xlsx"),
                ("x.csv", "features export x.csv --force"),
                ("x.json", "doctor --baseline x.json"),
                ("x.json", "doctor --baseline x.json --write-baseline"),
                ("e/cdx.toml", "--env e channels list"),
            ] {
                let path = env.path().join(name);
                put(&path, what);
                let words: Vec<&str> = command.split(' ').collect();
                let (run, _) = measured(env.path(), &words);
                assert_eq!(run.code, 2, "{what} {command}\n{}", run.text());
                assert!(run.err.contains(what) && run.err.contains(name), "{}", run.text());
                take(&path);
            }
        }
    }

    #[test]
    fn what_the_tool_writes_must_be_a_file() {
        let env = Env::new();
        for what in WHAT {
            for (name, command) in [
                ("hq.db", "channels list"),
                ("hq.db", "doctor"),
                ("hq.db-wal", "customers list"),
                ("hq.db-journal", "customers create --first-name A --last-name B"),
                ("channels/houston.db", "pos find-customer --channel houston a"),
                ("channels/houston.db-journal", "pos find-customer --channel houston a"),
                ("channels/houston.db", "run 1010 --full"),
                ("cdx.world", "customers create --first-name A --last-name B"),
                ("cdx.lock", "clock advance 1m"),
                ("cdx.lock.holder", "clock advance 1m"),
            ] {
                let path = env.path().join(name);
                let kept = env.path().join("kept");
                let moved = fs::rename(&path, &kept).is_ok();
                put(&path, what);
                let words: Vec<&str> = command.split(' ').collect();
                let (run, _) = measured(env.path(), &words);
                assert!([1, 2, 3].contains(&run.code), "{what} {command}\n{}", run.text());
                let told = run.out.clone() + &run.err;
                let name = Path::new(name).file_name().unwrap().to_string_lossy();
                assert!(told.contains(&*name) || told.contains("houston"), "{}", run.text());
                take(&path);
                if moved {
                    fs::rename(&kept, &path).unwrap();
                }
                env.ok("customers list");
            }
            let _ = measured(env.path(), &["doctor"]);
        }
        env.ok("customers create --first-name A --last-name B");
    }

    /// No link is followed, whatever it is called.
    #[test]
    fn files_are_replaced_without_following_a_link() {
        let env = Env::new();
        let other = env.path().join("other");
        fs::write(&other, "mine").unwrap();
        let link = |name: &str| {
            let path = env.path().join(name);
            let _ = fs::remove_file(&path);
            symlink(&other, path).unwrap();
        };
        for (name, command) in [
            ("f.csv.partial", "features export f.csv"),
            ("f.csv", "features export f.csv --force"),
            ("f.xlsx.partial", "features export f.xlsx"),
            ("b.json.partial", "doctor --baseline b.json --write-baseline"),
            ("cdx.world.partial", "customers create --first-name A --last-name B"),
            ("cdx.lock.holder", "clock advance 1m"),
            ("cdx.lock.holder.partial", "clock advance 1m"),
            ("man/cdx.1", "man --dir man"),
            ("man/cdx-run.1.partial", "man --dir man"),
            ("channels/boston.db.partial", "channels add boston"),
            ("channels/boston.db.partial-wal", "channels rebuild houston --discard"),
        ] {
            fs::create_dir_all(env.path().join("man")).unwrap();
            link(name);
            env.ok(command);
            assert_eq!(fs::read_to_string(&other).unwrap(), "mine", "{command}");
        }
        // A link that leads nowhere is no room for a new file either.
        let made = TempDir::new().unwrap();
        symlink(made.path().join("elsewhere"), env.path().join("hq2")).unwrap();
        for name in ["cdx.toml", "hq.db", "cdx.init"] {
            let dir = TempDir::new().unwrap();
            symlink(made.path().join("elsewhere"), dir.path().join(name)).unwrap();
            let (run, _) = measured(dir.path(), &["init", "."]);
            assert!(run.code != 0 || name == "cdx.toml", "{name}\n{}", run.text());
            assert!(!made.path().join("elsewhere").exists(), "{name}");
        }
    }

    use tempfile::TempDir;
}
