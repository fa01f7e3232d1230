//! What a repository accepts: in `cdx-check.toml`, by comments, and by a baseline.

use super::check::{BROKEN, CLEAN, repository};
use super::harness::Env;

/// Code, line and whether it is accepted, of each finding.
fn marks(env: &Env, words: &str) -> Vec<(String, u64, bool)> {
    let report = env.run(&format!("{words} --format json")).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let one = |f: &serde_json::Value| {
        let code = f["code"].as_str().unwrap().to_owned();
        (code, f["subject"]["line"].as_u64().unwrap(), f["suppressed"].as_bool().unwrap())
    };
    findings.map(one).collect()
}

fn mark(code: &str, line: u64, accepted: bool) -> (String, u64, bool) {
    (code.to_owned(), line, accepted)
}

const ONLY: &str = "check --only CDX710,CDX902";

#[test]
fn a_comment_accepts_on_its_line_and_the_next() {
    for text in [
        "-- cdx: allow CDX710 never deployed\nDROP TABLE [ax].[A];\n",
        "/* cdx: allow foreign-schema never deployed */ DROP TABLE [ax].[A];\n",
        "DROP TABLE [ax].[A]; -- cdx: allow cdx710 never deployed\n",
        "-- cdx: allow CDX710 never deployed\n-- cdx: allow CDX710 and twice\nDROP TABLE ax.A;\n",
    ] {
        let env = repository(&[("ChannelDatabase/a.sql", text)]);
        assert!(marks(&env, ONLY).iter().all(|(_, _, accepted)| *accepted), "{text}");
        let run = env.run(ONLY).expect(0);
        assert!(run.out.contains("0 errors, 0 warnings, 0 infos; 1 suppressed"), "{}", run.text());
        let report = env.run(&format!("{ONLY} --format json")).json();
        let why = report["findings"][0]["suppressed_because"].as_str().unwrap();
        assert!(why.contains("never deployed"), "{why}");
    }
    let apart = "-- cdx: allow CDX710 too far\n\nDROP TABLE [ax].[A];\n";
    let env = repository(&[("ChannelDatabase/a.sql", apart)]);
    assert_eq!(marks(&env, ONLY), [mark("CDX902", 1, false), mark("CDX710", 3, false)]);
}

#[test]
fn a_comment_without_a_reason_or_a_rule_accepts_nothing_and_is_told() {
    let text = "-- cdx: allow CDX710\nDROP TABLE [ax].[A];\n-- cdx: allow CDX999 x\n";
    let env = repository(&[("ChannelDatabase/a.sql", text)]);
    let marks = marks(&env, ONLY);
    let expected = [mark("CDX902", 1, false), mark("CDX710", 2, false), mark("CDX902", 3, false)];
    assert_eq!(marks, expected);
    let text = env.run(ONLY).expect(1).out;
    assert!(
        text.contains("a suppression of CDX710 gives no reason, and accepts nothing"),
        "{text}"
    );
    assert!(text.contains("a suppression of CDX999 names no rule of check"), "{text}");
}

#[test]
fn a_comment_in_xml_accepts_too() {
    let seed = "<RetailCdxSeedData Name=\"AX7\" ChannelDBSchema=\"ext\">\n <Subjobs>\n  \
        <Subjob Id=\"ContosoSeat\" AxTableName=\"ContosoSeat\">\n   \
        <ScheduledByJobs><ScheduledByJob>1010</ScheduledByJob></ScheduledByJobs>\n   <AxFields>\n    \
        <!-- cdx: allow CDX705 it is\n         harmless here -->\n    <Field Name=\"DataAreaId\"/>\n    \
        <Field Name=\"SeatId\"/>\n   </AxFields>\n  </Subjob>\n </Subjobs>\n</RetailCdxSeedData>\n";
    let env = repository(&[("CDX/Seed.xml", seed), ("ChannelDatabase/a.sql", CLEAN)]);
    assert_eq!(marks(&env, "check --only CDX705,CDX902"), [mark("CDX705", 8, true)]);
}

const SUPPRESSION: &str = "[[suppress]]\ncode = \"CDX710\"\nreason = \"never deployed\"\n";

#[test]
fn the_file_accepts_by_code_scope_and_date() {
    let file = "ChannelDatabase/a.sql";
    for (more, accepted, told) in [
        ("", true, None),
        ("scope = { file = \"ChannelDatabase/a.sql\" }", true, None),
        ("scope = { file = \"./ChannelDatabase/A/../a.sql\" }", true, None),
        ("scope = { key = \"ax.custtable\" }", true, None),
        ("scope = { file = \"ChannelDatabase/b.sql\" }", false, Some("matched nothing")),
        ("expires = 2999-01-31", true, None),
        ("expires = \"2020-01-31\"", false, Some("expired on 2020-01-31")),
    ] {
        let settings = format!("{SUPPRESSION}{more}\n");
        let env = repository(&[(file, BROKEN), ("cdx-check.toml", &settings)]);
        let run = env.run(ONLY).expect(i32::from(!accepted));
        let (text, is_told) = (&run.out, run.out.contains("CDX902"));
        assert_eq!(is_told, told.is_some(), "{more}: {text}");
        assert!(told.is_none_or(|told| text.contains(told)), "{more}: {text}");
    }
}

#[test]
fn the_file_may_stand_above_and_is_then_not_called_unused() {
    let env = repository(&[
        ("cdx-check.toml", SUPPRESSION),
        ("Store/ChannelDatabase/a.sql", CLEAN),
        ("Web/ChannelDatabase/a.sql", BROKEN),
    ]);
    env.run("check Web --only CDX710,CDX902").expect(0);
    assert_eq!(marks(&env, "check Store --only CDX710,CDX902"), []);
    // Beyond the root of the repository nothing is looked for.
    std::fs::create_dir(env.path().join("Web/.git")).unwrap();
    env.run("check Web --only CDX710").expect(1);
}

#[test]
fn every_problem_of_the_file_is_told_with_its_place() {
    let settings = "[[suppress]]\ncode = \"CDX710\"\nscope = { channel = \"x\" }\n[[supress]]\n";
    let env = repository(&[("ChannelDatabase/a.sql", CLEAN), ("cdx-check.toml", settings)]);
    let run = env.run("check").expect(2);
    for told in [
        "error: 3 problems in cdx-check.toml",
        "cdx-check.toml:4:3: unknown key \"supress\"",
        "cdx-check.toml:1:1: reason is missing",
        "cdx-check.toml:3:11: unknown key \"channel\"",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.text());
    }
}

#[test]
fn a_baseline_marks_what_was_known_wherever_it_is_asked_from() {
    let env = repository(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("Store/ChannelDatabase/a.sql", BROKEN),
    ]);
    let written = env.run("check --baseline known.json --write-baseline").expect(0);
    assert!(written.out.starts_with("known.json: 1 finding\n"), "{}", written.text());
    let run = env.run("check --baseline known.json").expect(0);
    assert!(run.out.contains("(known, in the baseline)"), "{}", run.text());
    env.run("check Store --baseline known.json").expect(0);
    let inside = env.path().join("Store/ChannelDatabase");
    let mut command = super::harness::program(&inside);
    let output = command.args(["check", "..", "--baseline", "../../known.json"]).output().unwrap();
    super::harness::Run::of(output).expect(0);
    // What is new counts; lines that move do not make it new.
    env.write("Store/ChannelDatabase/a.sql", &format!("\n\n{BROKEN}DROP TABLE [ax].[OTHER];\n"));
    let report =
        env.run("check --only CDX710 --baseline known.json --format json").expect(1).json();
    let known: Vec<bool> =
        report["findings"].as_array().unwrap().iter().map(|f| f["baseline"] == true).collect();
    assert_eq!(known, [true, false]);
    env.write("mine.json", "{}");
    env.run("check --baseline mine.json --write-baseline").expect(2);
}
