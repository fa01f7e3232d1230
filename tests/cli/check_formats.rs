//! The formats of `cdx check` for build servers.

use serde_json::Value;

use super::check::{BROKEN, CLEAN, repository};
use super::harness::{Env, Run, program};

/// A repository of Git with an error and a warning, of which the error has another side.
fn broken() -> Env {
    let env = repository(&[(".git/HEAD", "ref: refs/heads/main\n")]);
    for folder in ["Metadata", "ScaleUnit"] {
        let from = format!("fixtures/check/value_can_be_too_long/broken/{folder}");
        super::harness::copy(std::path::Path::new(&from), &env.path().join("a b").join(folder))
            .unwrap();
    }
    env
}

/// Runs in the folder that has the repository's files, below its root.
fn within(env: &Env, words: &str) -> Run {
    let output = program(&env.path().join("a b")).args(words.split(' ')).output();
    Run::of(output.unwrap())
}

/// Held against the published schema.
pub fn valid(text: &str) -> Value {
    let schema = include_str!("../schemas/sarif-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    // As published its pattern for a language is no regular expression; no language is written.
    for part in ["run", "toolComponent"] {
        let language = schema["definitions"][part]["properties"]["language"].as_object_mut();
        language.unwrap().remove("pattern").unwrap();
    }
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    let log: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = validator.iter_errors(&log).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

#[test]
fn sarif_places_each_finding_in_its_file_from_the_root() {
    let env = broken();
    let log = valid(&within(&env, "check --format sarif").expect(1).out);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!((ids[0], ids.len(), ids[18]), ("CDX701", 19, "CDX902"));
    assert!(rules[3]["help"]["markdown"].as_str().unwrap().contains("**How to fix it.**"));
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    let (artifact, region) = (&place["artifactLocation"], &place["region"]);
    assert_eq!(artifact["uri"], "a%20b/ScaleUnit/ChannelDatabase/1_club.sql");
    assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
    let region = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| &region[key]);
    assert_eq!(region, [5, 23, 5, 35]);
    let related = &result["relatedLocations"][0];
    let uri = &related["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b/Metadata/Contoso/Contoso/AxEdt/ContosoCode.xml");
    assert_eq!(related["message"]["text"], "20 characters here");
    assert!(result["partialFingerprints"]["cdxFingerprint/v1"].is_string());
}

#[test]
fn what_stands_in_a_list_has_no_place_in_the_repository() {
    let env = Env::empty();
    let from = std::path::Path::new("fixtures/check/key_differs/broken");
    super::harness::copy(from, env.path()).unwrap();
    let run = env.run("check --only CDX708 --format sarif").expect(1);
    let log = valid(&run.out);
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let related = results.flat_map(|one| one["relatedLocations"].as_array().unwrap());
    let listed: Vec<&Value> =
        related.filter(|place| place.get("physicalLocation").is_none()).collect();
    let text = listed[0]["message"]["text"].as_str().unwrap();
    assert!(text.ends_with("(the shipped list of base tables)"), "{text}");
    assert_eq!(listed.len(), 1);
}

#[test]
fn github_annotates_the_line() {
    let env = broken();
    let text = within(&env, "check --only CDX704 --format github").expect(1).out;
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with(
            "::error file=a b/ScaleUnit/ChannelDatabase/1_club.sql,line=5,col=23,endLine=5,\
             endColumn=35,title=CDX704 value-can-be-too-long::RetailCustTable.ContosoClub can have"
        ),
        "{text}"
    );
    assert_eq!(
        lines[2],
        "cdx check: 2 errors, 0 warnings, 0 info, 0 suppressed, 0 in the baseline; 1 check run: \
         0 passed, 1 failed, 0 crashed; 0 skipped"
    );
}

#[test]
fn junit_has_a_case_for_each_finding_and_rule() {
    let env = broken();
    let text = within(&env, "check --format junit").expect(1).out;
    let suites = junit_parser::from_reader(std::io::Cursor::new(&text)).unwrap();
    let suite = &suites.suites[0];
    assert_eq!((suite.name.as_str(), suite.failures, suite.skipped), ("cdx check", 2, 1));
    assert_eq!(suite.cases[0].classname.as_deref(), Some("cdx.check.CDX704"));
    let accepted = "DROP TABLE [ax].[A]; -- cdx: allow CDX710 gone\n";
    let env = repository(&[("ChannelDatabase/a.sql", accepted)]);
    let text = env.run("check --only CDX710 --format junit").expect(0).out;
    assert!(text.contains("Accepted in the repository: gone"), "{text}");
}

#[test]
fn json_has_places_and_what_was_judged() {
    let env = broken();
    let report = within(&env, "check --format json").expect(1).json();
    let finding = &report["findings"][0];
    assert_eq!(finding["subject"]["file"], "ScaleUnit/ChannelDatabase/1_club.sql");
    assert_eq!(
        (&finding["subject"]["line"], &finding["subject"]["column"]),
        (&5.into(), &23.into())
    );
    assert!(finding["subject"]["table"].is_string() && finding["subject"]["subjob"].is_string());
    let related = &finding["related"][0];
    assert_eq!(related["file"], "Metadata/Contoso/Contoso/AxEdt/ContosoCode.xml");
    assert_eq!(
        (&related["line"], related["message"].as_str()),
        (&5.into(), Some("20 characters here"))
    );
    assert_eq!(report["judged"], serde_json::json!({ "subjobs": 2, "tables": 4, "scripts": 2 }));
    assert_eq!(report["not_judged"][0]["what"], "published scripts");
    assert_eq!(report["base"], "the shipped list of base tables");
    assert_eq!(report["checks"]["crashed"], 0);
}

#[test]
fn each_format_ends_the_same() {
    let env = repository(&[("ChannelDatabase/a.sql", CLEAN)]);
    for format in ["text", "json", "junit", "sarif", "github"] {
        env.run(&format!("check --format {format}")).expect(0);
        env.run(&format!("check --only CDX713 --format {format}")).expect(3);
    }
    env.write("ChannelDatabase/b.sql", BROKEN);
    for format in ["text", "json", "junit", "sarif", "github"] {
        env.run(&format!("check --format {format}")).expect(1);
    }
    let run = env.run("status --format sarif").expect(2);
    assert!(run.err.contains("only doctor and check write --format sarif"), "{}", run.text());
}
