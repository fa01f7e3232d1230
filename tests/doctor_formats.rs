//! The doctor's formats for build servers: valid, the same each time, safe from what they tell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::io::Cursor;
use std::process::Command;

use cdx::diagnosis::{
    Checks, Diagnosis, Finding, Fix, Found, Looked, Outcome, Severity, Stage, State, Step, Subject,
};
use cdx::doctor::rules::{RULES, find};
use cdx::doctor::{Request, examine};
use cdx::model::suggestion::{Run, Suggestion};
use cdx::report::diagnosis::{github, junit, markdown, one_line, sarif};
use cdx::store::Environment;
use junit_parser::{TestCase, TestStatus, TestSuite};
use quick_junit::{Report, TestCaseStatus};
use serde_json::Value;

const HOSTILE: &str = "50%\r\nnext::error file=a,b::<b a='\"'>&amp; ]]> \u{1b}[31m\0\u{7} {0} \
     [x](y) ñ 漢 😀\t\u{ffff}end";

fn finding(rule: &str, subject: Subject, text: &str) -> Finding {
    let steps = [
        Step::in_channel(Stage::Download, Run::job("1110").in_channel("houston")),
        Step::in_channel(Stage::Restart, Suggestion::RestartScaleUnits(Some("houston".to_owned()))),
    ];
    let found = Found {
        subject,
        title: format!("title {text}"),
        evidence: vec![format!("evidence {text}"), "a second row".to_owned()],
        effect: format!("effect {text}"),
        fix: Fix::safe(steps),
    };
    Finding::of(&find(rule).unwrap().header, found)
}

fn outcome(rule: &str, state: State, reasons: &[&str]) -> Outcome {
    let rule = find(rule).unwrap();
    let reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
    Outcome { code: rule.header.code, name: rule.header.name, state, reasons }
}

fn diagnosis(rules: Vec<Outcome>, findings: Vec<Finding>) -> Diagnosis {
    let of = |state| rules.iter().filter(|rule| rule.state == state).count();
    let (passed, failed) = (of(State::Passed), of(State::Failed));
    let (skipped, crashed) = (of(State::Skipped), of(State::Crashed));
    let checks = Checks { run: passed + failed + crashed, passed, failed, skipped, crashed };
    let looked = Looked::Environment { channels: vec!["houston".to_owned()] };
    Diagnosis { checks, rules, findings, looked, env: None }
}

/// Each state, each severity, an accepted and a known finding, and a subject twice.
fn everything(text: &str) -> Diagnosis {
    let lingering = "lingering-real-time-calls";
    let own = |channel: &str| Subject::channel(channel).with_key("create-customer");
    let mut accepted = finding(lingering, own("seattle"), text);
    accepted.suppressed = true;
    accepted.suppressed_because = Some(format!("reason {text}"));
    let mut known = finding(lingering, own("online"), text);
    known.baseline = true;
    let mut info = finding("stale-cache", Subject::channel("a b/ñ"), text);
    info.severity = Severity::Info;
    let mut warning = finding("try-count-high", Subject::key("try-count"), text);
    warning.severity = Severity::Warning;
    let mut error = finding(lingering, own("houston"), text);
    error.severity = Severity::Error;
    let again = error.clone();
    let rules = vec![
        outcome("prerequisite-missing", State::Passed, &[]),
        outcome(lingering, State::Failed, &["online: ", text]),
        outcome("stale-cache", State::Failed, &[]),
        outcome("try-count-high", State::Failed, &[]),
        outcome("channel-drift", State::Skipped, &[text, "a second reason"]),
        outcome("mapping-broken", State::Crashed, &[text]),
    ];
    diagnosis(rules, vec![error, again, accepted, known, warning, info])
}

fn suite(diagnosis: &Diagnosis, threshold: Option<Severity>) -> TestSuite {
    let text = junit(diagnosis, threshold).unwrap();
    let mut suites = junit_parser::from_reader(Cursor::new(text)).unwrap();
    assert_eq!(suites.suites.len(), 1);
    let suite = suites.suites.remove(0);
    assert_eq!((suites.name.as_str(), suite.name.as_str()), ("cdx doctor", "cdx doctor"));
    let of = |is: fn(&TestStatus) -> bool| {
        suite.cases.iter().filter(|case| is(&case.status)).count() as u64
    };
    assert_eq!(suite.tests, suite.cases.len() as u64);
    assert_eq!(suite.failures, of(TestStatus::is_failure));
    assert_eq!(suite.errors, of(TestStatus::is_error));
    assert_eq!(suite.skipped, of(TestStatus::is_skipped));
    let names: BTreeSet<&str> =
        suite.cases.iter().map(|case| case.original_name.as_str()).collect();
    assert_eq!(names.len(), suite.cases.len(), "names are unique");
    suite
}

fn case<'a>(suite: &'a TestSuite, name: &str) -> &'a TestCase {
    let named = suite.cases.iter().find(|case| case.original_name == name);
    named.unwrap_or_else(|| panic!("no case {name}: {:#?}", suite.cases))
}

/// The log, after it was held against the published schema.
fn valid(diagnosis: &Diagnosis) -> Value {
    let mut schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).unwrap();
    // As published its pattern for a language is no regular expression; no language is written.
    for part in ["run", "toolComponent"] {
        let language = schema["definitions"][part]["properties"]["language"].as_object_mut();
        assert!(language.unwrap().remove("pattern").is_some(), "{part}");
    }
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    let log: Value = serde_json::from_str(&sarif(diagnosis, Some("e é/cdx.toml"))).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

#[test]
fn junit_counts_what_the_diagnosis_counts() {
    let diagnosis = everything("plain");
    for (threshold, failures) in [
        (Some(Severity::Error), 2),
        (Some(Severity::Warning), 3),
        (Some(Severity::Info), 4),
        (None, 0),
    ] {
        let suite = suite(&diagnosis, threshold);
        assert_eq!(suite.failures, failures, "{threshold:?}");
        assert_eq!(failures > 0, threshold.is_some_and(|least| diagnosis.fails(least)));
        assert_eq!(suite.errors, diagnosis.checks.crashed as u64);
        // One was skipped, and one that failed could not look everywhere.
        assert_eq!(suite.skipped, diagnosis.checks.skipped as u64 + 1);
        assert_eq!(suite.cases.len(), diagnosis.findings.len() + 4);
    }
}

#[test]
fn junit_says_why_and_what_fixes_it() {
    let suite = suite(&everything("plain"), Some(Severity::Warning));
    let code = find("lingering-real-time-calls").unwrap().header.code;
    let name = format!("{code} lingering-real-time-calls: channel houston / create-customer");
    let failed = case(&suite, &name);
    assert_eq!(failed.classname.as_deref(), Some(format!("cdx.doctor.{code}").as_str()));
    let failure = failed.status.failure_as_ref();
    assert_eq!((failure.message.as_str(), failure.failure_type.as_str()), ("title plain", "error"));
    assert_eq!(
        failure.text,
        "- evidence plain\n- a second row\neffect plain\nTo fix it (safe):\n\
         cdx run 1110 --channel houston\ncdx csu restart --channel houston"
    );
    assert!(case(&suite, &format!("{name} (2)")).status.is_failure());
    for (about, why) in [
        ("channel seattle / create-customer", "Accepted in cdx.toml: reason plain\ntitle plain\n"),
        ("channel online / create-customer", "Known before, in the baseline.\ntitle plain\n"),
    ] {
        let spared = case(&suite, &format!("{code} lingering-real-time-calls: {about}"));
        assert!(spared.status.is_success());
        assert!(spared.system_out.as_ref().unwrap().starts_with(why), "{spared:?}");
    }
    let low = case(&suite, "CDX301 stale-cache: channel a b/ñ");
    assert!(low.status.is_success());
    assert!(
        low.system_out.as_ref().unwrap().starts_with("Below the threshold: info, not warning.\n")
    );
    assert!(case(&suite, "CDX101 prerequisite-missing").status.is_success());
    let skipped = suite.cases.iter().find(|case| case.original_name.ends_with("channel-drift"));
    assert_eq!(skipped.unwrap().status.skipped_as_ref().message, "plain; a second reason");
    let crashed = suite.cases.iter().find(|case| case.original_name.ends_with("mapping-broken"));
    assert_eq!(crashed.unwrap().status.error_as_ref().message, "plain");
}

#[test]
fn sarif_is_valid_and_describes_every_rule() {
    let empty = valid(&diagnosis(Vec::new(), Vec::new()));
    let rules = empty["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    for (rule, described) in RULES.iter().zip(rules) {
        assert_eq!(described["id"], rule.header.code);
        assert!(described["help"]["markdown"].as_str().unwrap().contains(rule.header.why));
        let level = match rule.header.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        assert_eq!(described["defaultConfiguration"]["level"], level);
    }
    assert_eq!(empty["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(empty["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_places_and_marks_each_finding() {
    let diagnosis = everything("plain");
    let log = valid(&diagnosis);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), diagnosis.findings.len());
    for (finding, result) in diagnosis.findings.iter().zip(results) {
        assert_eq!(result["ruleId"], finding.code);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], finding.code);
        assert_eq!(result["partialFingerprints"]["cdxFingerprint/v1"], finding.fingerprint);
        let state = if finding.baseline { "unchanged" } else { "new" };
        assert_eq!(result["baselineState"], state);
        let suppressions = result["suppressions"].as_array().unwrap();
        assert_eq!(suppressions.len(), usize::from(finding.suppressed));
    }
    assert_eq!(results[2]["suppressions"][0]["kind"], "external");
    assert_eq!(results[2]["suppressions"][0]["justification"], "reason plain");
    let place = |at: usize| &results[at]["locations"][0];
    let uri = |at: usize| &place(at)["physicalLocation"]["artifactLocation"]["uri"];
    // Databases are in no repository; the settings may be.
    assert!((0..results.len()).all(|at| uri(at) == "e%20%C3%A9/cdx.toml"));
    let nowhere: Value = serde_json::from_str(&sarif(&diagnosis, None)).unwrap();
    let locations = &nowhere["runs"][0]["results"][0]["locations"];
    assert!(locations[0].get("physicalLocation").is_none(), "{locations}");
    let logical = &place(0)["logicalLocations"][0];
    assert_eq!(logical["fullyQualifiedName"], "channel houston / create-customer");
    assert_eq!((&logical["name"], &logical["kind"]), (&"create-customer".into(), &"key".into()));
    let levels: Vec<&str> = results.iter().map(|one| one["level"].as_str().unwrap()).collect();
    assert_eq!((levels[0], levels[4], levels[5]), ("error", "warning", "note"));

    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    let told: Vec<&str> = told.iter().map(|one| one["level"].as_str().unwrap()).collect();
    assert_eq!(told, ["note", "note", "error"]);
}

#[test]
fn sarif_has_no_baseline_where_nothing_was_known() {
    let mut diagnosis = everything("plain");
    diagnosis.findings.retain(|finding| !finding.baseline);
    let log = valid(&diagnosis);
    for result in log["runs"][0]["results"].as_array().unwrap() {
        assert!(result.get("baselineState").is_none());
    }
}

#[test]
fn github_annotates_a_line_a_cause() {
    let text = github(&everything("50%, a::b\nc"));
    let lines: Vec<&str> = text.lines().collect();
    let begins: Vec<&str> = lines.iter().map(|line| &line[..line.find('=').unwrap_or(9)]).collect();
    assert_eq!(
        begins,
        [
            "::error title",
            "::notice title",
            "::warning title",
            "::notice title",
            "::notice title",
            "::notice title",
            "::warning title",
            "cdx docto"
        ]
    );
    assert_eq!(
        lines[0],
        "::error title=CDX303 lingering-real-time-calls::channel houston / create-customer: title \
         50%25, a::b%0Ac%0A- evidence 50%25, a::b%0Ac%0A- a second row%0Aeffect 50%25, a::b%0Ac%0A\
         To fix it (safe):%0Acdx run 1110 --channel houston%0Acdx csu restart --channel houston"
    );
    assert!(lines[1].ends_with("%0AKnown before, in the baseline."), "{}", lines[1]);
    assert!(!text.contains("seattle"), "what is accepted is left out");
    assert_eq!(
        *lines.last().unwrap(),
        "cdx doctor: 2 errors, 1 warning, 1 info, 1 suppressed, 1 in the baseline; 5 checks run: 1 \
         passed, 3 failed, 1 crashed; 1 skipped"
    );
}

#[test]
fn hostile_text_survives_and_breaks_nothing() {
    let shown = "50%\nnext::error file=a,b::<b a='\"'>&amp; ]]> \\u{1b}[31m\\u{0}\\u{7} {0} \
                 [x](y) ñ 漢 😀 \\u{ffff}end";
    let diagnosis = everything(HOSTILE);

    let suite = suite(&diagnosis, Some(Severity::Info));
    let failure = suite.cases[0].status.failure_as_ref();
    assert_eq!(failure.message, format!("title {shown}"));
    let skipped = suite.cases.iter().find(|case| case.original_name.ends_with("channel-drift"));
    let skipped = &skipped.unwrap().status.skipped_as_ref().message;
    assert_eq!(*skipped, format!("{shown}; a second reason"));

    // That parser loses what is escaped inside an element, so that those are read by another.
    let text = junit(&diagnosis, Some(Severity::Info)).unwrap();
    let cases = Report::deserialize_from_str(&text).unwrap().test_suites.remove(0).test_cases;
    let TestCaseStatus::NonSuccess { description: Some(text), .. } = &cases[0].status else {
        panic!("{:?}", cases[0]);
    };
    assert!(text.starts_with(&format!("- evidence {shown}\n")), "{text:?}");
    assert!(text.contains(&format!("\neffect {shown}\n")), "{text:?}");
    let spared = cases[2].system_out.as_ref().unwrap();
    assert!(spared.starts_with(&format!("Accepted in cdx.toml: reason {shown}\n")), "{spared:?}");

    let log = valid(&diagnosis);
    let result = &log["runs"][0]["results"][2];
    let message = result["message"]["text"].as_str().unwrap();
    let meant = HOSTILE.replace("{0}", "{{0}}").replace('[', "\\[").replace(']', "\\]");
    assert!(message.starts_with(&format!("title {meant}.\n- evidence {meant}\n")), "{message}");
    assert_eq!(result["suppressions"][0]["justification"], format!("reason {HOSTILE}"));

    let text = github(&diagnosis);
    assert_eq!(text.lines().count(), github(&everything("plain")).lines().count());
    let message = text.lines().next().unwrap().split_once("lingering-real-time-calls::").unwrap().1;
    let message = message.replace("%0A", "\n").replace("%25", "%");
    assert!(message.contains(&format!("title {shown}\n- evidence {shown}\n")), "{message}");
    assert!(!text.contains(['\r', '\0', '\u{1b}', '\u{7}']));
}

#[test]
fn hostile_subjects_break_nothing() {
    let channel = Subject::channel(HOSTILE).with_key(HOSTILE);
    let rules = vec![outcome("stale-cache", State::Failed, &[])];
    let diagnosis = diagnosis(rules, vec![finding("stale-cache", channel, "plain")]);
    let suite = suite(&diagnosis, Some(Severity::Info));
    assert!(suite.cases[0].original_name.starts_with("CDX301 stale-cache: channel 50%\nnext"));
    let log = valid(&diagnosis);
    let place = &log["runs"][0]["results"][0]["locations"][0];
    let uri = &place["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "e%20%C3%A9/cdx.toml");
    assert_eq!(place["logicalLocations"][0]["name"], HOSTILE);
    assert_eq!(github(&diagnosis).lines().count(), 2);
}

#[test]
fn a_real_environment_reads_the_same_twice() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut init = Command::new(env!("CARGO_BIN_EXE_cdx"));
    init.env_clear().env("HOME", dir.path()).current_dir(dir.path());
    let made = init.args(["init", ".", "--customers", "5", "--empty-channels"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let look = || {
        let reader = Environment::at(dir.path().to_owned()).unwrap().examiner().unwrap();
        examine(&reader, &Request::default(), &|_, _| {}).unwrap()
    };
    let (first, second) = (look(), look());
    assert_eq!(first.rules.len(), RULES.len());
    let threshold = Some(Severity::Warning);
    assert_eq!(junit(&first, threshold).unwrap(), junit(&second, threshold).unwrap());
    assert_eq!(sarif(&first, None), sarif(&second, None));
    assert_eq!(github(&first), github(&second));

    let suite = suite(&first, threshold);
    assert_eq!(suite.errors, first.checks.crashed as u64);
    assert_eq!(suite.failures > 0, first.fails(Severity::Warning));
    let cases = suite.cases.iter().filter(|case| case.status.is_success()).count();
    assert!(cases >= first.checks.passed);
    let results = valid(&first)["runs"][0]["results"].as_array().unwrap().len();
    assert_eq!(results, first.findings.len());
    let annotated = github(&first).lines().filter(|line| line.starts_with("::")).count();
    assert_eq!(annotated > 0, !first.findings.is_empty() || first.checks.skipped > 0);
}

/// What a reader of Markdown makes of it: headings, rows of the table, and the text of all else.
fn read(text: &str) -> (Vec<String>, usize, String) {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let (mut headings, mut rows, mut all) = (Vec::new(), 0, String::new());
    let mut heading: Option<String> = None;
    // Quotes stay as they are; all else that a reader may know is read.
    let options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Text(part) | Event::Code(part) => {
                all.push_str(&part);
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::Start(
                Tag::Paragraph
                | Tag::List(None)
                | Tag::Item
                | Tag::CodeBlock(_)
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableCell,
            )
            | Event::End(_)
            | Event::SoftBreak => all.push('\n'),
            other => panic!("{other:?} in\n{text}"),
        }
    }
    (headings, rows, all)
}

#[test]
fn markdown_holds_whatever_it_tells() {
    let plain = markdown(&everything("plain"), Some(Severity::Error));
    let (headings, rows, _) = read(&plain);
    assert_eq!(headings[0], "cdx doctor failed: 2 errors, 1 warning, 1 info, 1 check crashed");
    for text in [
        HOSTILE,
        "| a | b |\n|---|---|\n# h\n",
        "``` ```` ` <script>alert(1)</script> <!-- <details> &lt; &#60;",
        "@somebody @org/team #12 GH-12 org/repo#3 mail@example.com https://x.y www.x.y ftp://x",
        "[a](http://b) ![c](d) [e]: f [^1] - [ ] *x* _y_ ~z~ $m$ \\ \\| ==m== ^s^ :::",
        "- 1. + > # 1) ---",
        "",
    ] {
        let told = markdown(&everything(text), Some(Severity::Error));
        let (seen, seen_rows, all) = read(&told);
        assert_eq!(seen.len(), headings.len(), "{text:?}\n{told}");
        assert_eq!(seen_rows, rows, "{text:?}\n{told}");
        // No name follows its sign.
        for (at, _) in all.match_indices(['@', '#']) {
            let next = all[at + 1..].chars().next().unwrap();
            assert!(next.is_whitespace() || next == '\u{200b}', "{all}");
        }
        let words = all.replace('\u{200b}', "");
        let known =
            text.replace("\r\n", "\\r\\n").replace('\n', "\\n").replace('\u{1b}', "\\u{1b}");
        let known = known.split_whitespace().find(|word| word.is_ascii()).unwrap_or("title");
        assert!(words.contains(known), "{known:?} of {text:?}\n{words}");
    }
    assert_eq!(plain, markdown(&everything("plain"), Some(Severity::Error)));
    assert!(plain.contains("## Not judged\n"), "{plain}");
    assert!(plain.contains("Known before, in the baseline."), "{plain}");
    assert!(!plain.contains("seattle"), "what is accepted is only counted\n{plain}");
    let passed = markdown(&everything("plain"), None);
    assert!(passed.starts_with("# cdx doctor could not judge everything: "), "{passed}");
}

#[test]
fn a_summary_stays_below_what_a_site_takes() {
    let many = (0..5_000).map(|at| {
        let text = format!("{at} {}", "long ".repeat(500));
        finding("stale-cache", Subject::channel(&format!("c{at}")), &text)
    });
    let told = markdown(&diagnosis(Vec::new(), many.collect()), Some(Severity::Error));
    assert!(told.len() < 500_000, "{} bytes", told.len());
    assert!(told.contains("4940 more causes are not shown here."), "{}", &told[told.len() - 300..]);
}

#[test]
fn one_line_is_one_line_whatever_it_tells() {
    for text in [HOSTILE, "a\nb\r\nc\u{2028}d\u{85}e", ""] {
        let line = one_line(&everything(text));
        assert!(line.ends_with('\n') && line.lines().count() == 1, "{line:?}");
        assert!(!line.trim_end().contains(['\u{1b}', '\r', '\u{2028}', '\u{85}']), "{line:?}");
    }
    let line = one_line(&everything("x"));
    let begin = "2 errors, 1 warning, 1 info, 1 check crashed; ";
    assert!(line.starts_with(begin), "{line}");
    assert!(
        line.ends_with("cdx run 1110 --channel houston && cdx csu restart --channel houston\n"),
        "{line}"
    );
    assert_eq!(one_line(&diagnosis(Vec::new(), Vec::new())), "nothing found\n");
}
