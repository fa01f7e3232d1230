//! What a release is made of fits together: names of archives, versions, one address, what is read
//! by build servers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use super::harness::Run;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    let path = root().join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

fn manifest() -> toml::Table {
    read("Cargo.toml").parse().unwrap()
}

/// The one place that has the address.
fn repository() -> String {
    manifest()["package"]["repository"].as_str().unwrap().to_owned()
}

/// Every page and file that people read or copy.
fn published() -> Vec<String> {
    let mut found: Vec<String> =
        ["action.yml", "README.md", "SECURITY.md"].map(str::to_owned).into();
    for folder in ["docs", "dist", ".github/workflows"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let told = ["md", "yml", "py", "sh"].iter().any(|end| file.ends_with(end));
            if path.is_file() && (told || file == "Containerfile") {
                found.push(format!("{folder}/{file}"));
            }
        }
    }
    found.sort();
    found
}

fn is_yaml(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "yml")
}

/// The targets that `dist/get.sh` knows an archive of.
fn targets() -> BTreeSet<String> {
    let script = read("dist/get.sh");
    let named = script.lines().filter_map(|line| line.split_once(") target="));
    named.map(|(_, rest)| rest.trim_end_matches(" ;;").to_owned()).collect()
}

fn archive(target: &str) -> String {
    let ending = if target.contains("windows") { "zip" } else { "tar.gz" };
    format!("cdx-{VERSION}-{target}.{ending}")
}

/// Whether a program is on this machine; on one that builds releases it has to be.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "{program} is missing");
    found
}

#[test]
fn what_build_servers_read_is_yaml() {
    let mut blocks = 0;
    for name in published() {
        let text = read(&name);
        let of_page = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        let whole = is_yaml(&name).then_some(text.as_str());
        for text in whole.into_iter().chain(of_page) {
            let parsed = Yaml::load_from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(parsed[0].is_mapping(), "{name}");
            blocks += 1;
        }
    }
    assert!(blocks >= 8, "only {blocks}");
}

/// A workflow or action runs scripts that exist.
#[test]
fn scripts_that_are_run_exist() {
    let mut seen = 0;
    for name in published().iter().filter(|name| is_yaml(name)) {
        for word in read(name).split(|c: char| c.is_whitespace() || c == '"') {
            let path = word.strip_prefix("$GITHUB_ACTION_PATH/").unwrap_or(word);
            if ["dist/", ".ci/"].iter().any(|folder| path.starts_with(folder)) {
                assert!(root().join(path).exists(), "{name} runs {path}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 6, "only {seen}");
}

/// Every input of the action and every parameter of the template is used, and none is made up.
#[test]
fn inputs_are_declared_and_used() {
    let words = |text: &str, before: &str| -> BTreeSet<String> {
        let rest = text.split(before).skip(1);
        let name = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
        let word = |rest: &str| -> String { rest.chars().take_while(name).collect() };
        rest.map(|rest| word(rest).trim_end_matches('-').to_owned()).collect()
    };
    let action = read("action.yml");
    let parsed = &Yaml::load_from_str(&action).unwrap()[0];
    let keys = parsed["inputs"].as_mapping().unwrap().keys();
    let declared: BTreeSet<String> = keys.map(|key| key.as_str().unwrap().to_owned()).collect();
    assert_eq!(words(&action, "inputs."), declared);
    // What the scripts ask for is what the steps give them.
    let given: BTreeSet<String> = words(&action, "        CDX_");
    let asked: BTreeSet<String> = ["get", "run"]
        .iter()
        .flat_map(|one| words(&read(&format!("dist/{one}.sh")), "$CDX_"))
        .collect();
    let also = words(&read("dist/get.sh"), "${CDX_");
    assert_eq!(given, asked.union(&also).cloned().collect());

    let template = read("dist/azure-pipelines.yml");
    let parsed = &Yaml::load_from_str(&template).unwrap()[0];
    let listed = parsed["parameters"].as_sequence().unwrap().iter();
    let declared: BTreeSet<String> =
        listed.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(words(&template, "parameters."), declared);
    let given = words(&template, "      CDX_");
    // A variable ends before a hyphen, which a name of a parameter may have.
    let asked = words(&template, "$env:CDX_").into_iter();
    let asked: BTreeSet<String> =
        asked.map(|name| name.split('-').next().unwrap().to_owned()).collect();
    assert_eq!(asked, given);
}

/// The address stands in Cargo.toml; what repeats it says the same, and so it is with the version.
#[test]
fn one_address_and_one_version() {
    let repository = repository();
    let own = repository.strip_prefix("https://github.com/").unwrap();
    let mut wrong = Vec::new();
    for name in published() {
        for (at, line) in read(&name).lines().enumerate() {
            let mut expect = |found: &str, expected: &str| {
                if found != expected {
                    wrong.push(format!("{name}:{}: {found}, expected {expected}", at + 1));
                }
            };
            let word = |rest: &str| -> String {
                let part = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
                rest.chars().take_while(|c| part(c) || *c == '/').collect()
            };
            for (_, rest) in
                line.match_indices("github.com/").map(|(at, found)| line.split_at(at + found.len()))
            {
                let slug: Vec<String> = word(rest).split('/').take(2).map(str::to_owned).collect();
                if slug.get(1).is_some_and(|repository| repository == "cdx") {
                    expect(&slug.join("/"), own);
                }
            }
            if let Some((slug, tag)) =
                line.split_once("uses: ").and_then(|(_, rest)| rest.split_once('@'))
                && slug.ends_with("/cdx")
            {
                expect(slug, own);
                expect(tag, &format!("v{VERSION}"));
            }
            if let Some((_, rest)) =
                line.split_once("cdx-").filter(|(_, rest)| rest.starts_with("0."))
            {
                let found = word(rest);
                expect(found.split('-').next().unwrap(), VERSION);
            }
        }
    }
    for name in ["action.yml", "dist/azure-pipelines.yml"] {
        let text = read(name);
        let default = text.split("version").skip(1).find_map(|rest| rest.split_once("default: "));
        let found = default.unwrap().1.lines().next().unwrap();
        if found != VERSION {
            wrong.push(format!("{name}: version {found}, expected {VERSION}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `cargo binstall` downloads is what `dist/make.py` makes.
#[test]
fn binstall_finds_every_archive() {
    let manifest = manifest();
    let own = manifest["package"]["metadata"]["binstall"].as_table().unwrap();
    let with_msvc = targets().into_iter().chain(["x86_64-pc-windows-msvc".to_owned()]);
    for target in with_msvc {
        let over = own["overrides"].get(&target);
        let said =
            |key: &str| over.and_then(|over| over.get(key)).unwrap_or(&own[key]).as_str().unwrap();
        let exe = if target.contains("windows") { ".exe" } else { "" };
        let fill = |template: &str| {
            let pairs = [
                ("{ repo }", &*repository()),
                ("{ version }", VERSION),
                ("{ target }", &*target),
                ("{ bin }", "cdx"),
                ("{ binary-ext }", exe),
            ];
            pairs.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
        };
        let address = format!("{}/releases/download/v{VERSION}/{}", repository(), archive(&target));
        assert_eq!(fill(said("pkg-url")), address);
        assert_eq!(fill(said("bin-dir")), format!("cdx-{VERSION}-{target}/cdx{exe}"));
        assert_eq!(said("pkg-fmt"), if exe.is_empty() { "tgz" } else { "zip" });
    }
}

/// A folder with a file in place of each archive, summed up by `dist/make.py`.
fn summed(dir: &Path) -> Value {
    for target in targets() {
        fs::write(dir.join(archive(&target)), &target).unwrap();
    }
    let make = root().join("dist/make.py");
    let made = Command::new("python3").arg(make).args(["--sums", "--out"]).arg(dir).output();
    Run::of(made.unwrap()).expect(0);
    serde_json::from_str(&fs::read_to_string(dir.join("cdx.json")).unwrap()).unwrap()
}

#[test]
fn scoop_installs_the_archive_for_windows() {
    if !has("python3") {
        return;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let scoop = summed(dir.path());
    let windows = archive("x86_64-pc-windows-gnu");
    let own = &scoop["architecture"]["64bit"];
    let address = format!("{}/releases/download/v{VERSION}/{windows}", repository());
    assert_eq!((&scoop["version"], &own["url"]), (&VERSION.into(), &address.into()));
    assert_eq!(own["extract_dir"], windows.trim_end_matches(".zip"));
    let sums = fs::read_to_string(dir.path().join("SHA256SUMS")).unwrap();
    assert!(sums.contains(&format!("{}  {windows}\n", own["hash"].as_str().unwrap())), "{sums}");
    assert_eq!(sums.lines().count(), targets().len());
    let renewed = &scoop["autoupdate"]["architecture"]["64bit"]["url"];
    let renewed = renewed.as_str().unwrap().replace("$version", VERSION);
    assert_eq!(renewed, own["url"], "a newer version is found in the same way");
    // A release has the tag of its version.
    let make = root().join("dist/make.py");
    let mut other = Command::new("python3");
    other.arg(make).args(["--sums", "--tag", "v0.0.1", "--out"]).arg(dir.path());
    let refused = Run::of(other.output().unwrap());
    assert!(refused.code == 1 && refused.err.contains("expected v"), "{}", refused.text());
}

/// An archive holds what it should, in the same bytes each time, and its program tells the demo in an
/// empty folder. The program is the one under test: building one for release takes minutes, which
/// `.ci/run` does not have; the release workflow builds, and tries each in the same way.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn an_archive_is_unpacked_and_tells_the_demo() {
    if !["python3", "strip", "bash", "readelf"].into_iter().all(has) {
        return;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let program = dir.path().join("cdx");
    let mut strip = Command::new("strip");
    strip.arg("-o").arg(&program).arg(env!("CARGO_BIN_EXE_cdx"));
    assert!(strip.status().unwrap().success());
    let pack = |out: &str| {
        let out = dir.path().join(out);
        let mut make = Command::new("python3");
        make.arg(root().join("dist/make.py")).arg("--program").arg(&program).arg("--no-sbom");
        let run = make.args(["x86_64-unknown-linux-gnu", "--out"]).arg(&out).output().unwrap();
        Run::of(run).expect(0);
        fs::read_to_string(out.join("SHA256SUMS")).unwrap()
    };
    let sums = pack("one");
    assert!(
        sums.ends_with(&format!("  cdx-{VERSION}-x86_64-unknown-linux-gnu.tar.gz\n")),
        "{sums}"
    );
    assert_eq!(sums, pack("other"));
    let tries =
        Command::new("bash").arg(root().join("dist/try.sh")).arg(dir.path().join("one")).output();
    let run = Run::of(tries.unwrap()).expect(0);
    assert!(run.out.contains(&format!("cdx {VERSION}, ")), "{}", run.text());
}

#[cfg(unix)]
mod action {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    /// A server of releases with one archive for Linux, whose program is the one under test.
    fn release(place: &Path) -> (PathBuf, String) {
        let target = "x86_64-unknown-linux-musl";
        let folder = format!("cdx-{VERSION}-{target}");
        let served = place.join(format!("served/v{VERSION}"));
        let unpacked = place.join("made").join(&folder);
        fs::create_dir_all(&served).unwrap();
        fs::create_dir_all(&unpacked).unwrap();
        let program = unpacked.join("cdx");
        let own = env!("CARGO_BIN_EXE_cdx");
        fs::write(&program, format!("#!/bin/sh\nexec '{own}' \"$@\"\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let archive = served.join(archive(target));
        let mut tar = Command::new("tar");
        tar.arg("-czf").arg(&archive).arg("-C").arg(place.join("made")).arg(&folder);
        assert!(tar.status().unwrap().success());
        let python = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())";
        let sum = Command::new("python3").args(["-c", python]).arg(&archive).output().unwrap();
        let sum = String::from_utf8(sum.stdout).unwrap().trim().to_owned();
        let sums = format!("{sum}  {}\n", archive.file_name().unwrap().to_str().unwrap());
        fs::write(served.join("SHA256SUMS"), sums).unwrap();
        (place.join("served"), sum)
    }

    fn script(place: &Path, name: &str, variables: &[(&str, &str)]) -> Run {
        let mut bash = Command::new("bash");
        bash.arg(root().join("dist").join(name)).current_dir(place).env_clear();
        let path = std::env::var("PATH").unwrap_or_default();
        let first = fs::read_to_string(place.join("path")).unwrap_or_default();
        bash.env("PATH", format!("{}:{path}", first.trim())).env("HOME", place);
        bash.envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")]);
        bash.env("RUNNER_TEMP", place.join("temp")).env("GITHUB_PATH", place.join("path"));
        bash.env("GITHUB_OUTPUT", place.join("output")).envs(variables.iter().copied());
        Run::of(bash.output().unwrap())
    }

    #[test]
    fn it_downloads_by_checksum_and_runs() {
        if !(has("bash") && has("curl") && has("python3")) {
            return;
        }
        let dir = tempfile::TempDir::new().unwrap();
        let place = dir.path();
        let (served, sum) = release(place);
        let from = format!("file://{}", served.display());
        let get = |version: &str, sum: &str| {
            let own = [("CDX_VERSION", version), ("CDX_SHA256", sum), ("CDX_FROM", &*from)];
            script(place, "get.sh", &own)
        };
        let refused = get(VERSION, &"0".repeat(64)).expect(1);
        assert!(
            refused.out.contains("::error") && refused.out.contains(&sum),
            "{}",
            refused.text()
        );
        assert!(!place.join("path").exists(), "what is refused is on no PATH");
        for version in ["0.0.1", "../../x"] {
            let refused = get(version, "").expect(1);
            assert!(refused.out.starts_with("::error title=cdx::"), "{}", refused.text());
        }
        get(VERSION, "").expect(0);
        get(VERSION, &sum.to_uppercase()).expect(0);
        let added = fs::read_to_string(place.join("path")).unwrap();
        fs::write(place.join("path"), added.lines().next().unwrap()).unwrap();

        let from = root().join("fixtures/check/value_can_be_too_long/broken");
        for folder in ["Metadata", "ScaleUnit"] {
            crate::harness::copy(&from.join(folder), &place.join(folder)).unwrap();
        }
        let arguments = ("CDX_ARGUMENTS", "Metadata\nScaleUnit\n");
        let run = script(place, "run.sh", &[("CDX_COMMAND", "check"), arguments]).expect(1);
        let placed = "::error file=ScaleUnit/ChannelDatabase/1_club.sql,line=5";
        assert!(run.out.starts_with(placed), "{}", run.text());
        let output = fs::read_to_string(place.join("output")).unwrap();
        let log = fs::read_to_string(output.trim().strip_prefix("sarif=").unwrap()).unwrap();
        let log: Value = serde_json::from_str(&log).unwrap();
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
        let scenario = root().join("examples/faq/1-enable.toml").display().to_string();
        let played = ("CDX_ARGUMENTS", &*scenario);
        let run = script(place, "run.sh", &[("CDX_COMMAND", "test"), played]).expect(0);
        assert!(run.out.contains("everything is as expected"), "{}", run.text());
        let run = script(place, "run.sh", &[("CDX_COMMAND", "nonsense"), arguments]).expect(2);
        assert!(run.out.contains("expected check or test"), "{}", run.text());
    }
}
