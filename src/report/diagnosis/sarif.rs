//! SARIF 2.1.0: every rule, every finding with its place, and what could not be looked at.

use super::examiner::Examiner;
use super::sarif_log::{
    ArtifactLocation, BaseIds, Configuration, Described, Descriptor, Driver, Fingerprints, Help,
    Invocation, Location, Log, LogicalLocation, Message, Notification, PhysicalLocation, Region,
    RuleReference, Run, SarifResult, Suppression, Tool,
};
use super::wording::{level, particulars, subject, unjudged};
use crate::diagnosis::{Diagnosis, Finding, Header, Outcome, Related, State, Subject};
use crate::model::safe::json;
use crate::model::source::LineColumn;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What addresses are relative to; consumers take it for the root of what was checked out.
const BASE: &str = "%SRCROOT%";

/// A diagnosis as a SARIF 2.1.0 log.
///
/// Every rule there is, is described, whether it was asked for or not. What is accepted is a
/// suppressed result; what the baseline knows is unchanged, and all else new, once
/// the baseline knows anything. `settings` is the path of `cdx.toml` in the repository that keeps
/// it: the one place of an environment that consumers can show, since databases are in no
/// repository. A finding of a repository has a place of its own.
pub fn sarif(diagnosis: &Diagnosis, settings: Option<&str>) -> String {
    let examiner = Examiner::of(diagnosis);
    let rules = examiner.rules();
    let index = |code: &str| rules.iter().position(|(header, _)| header.code == code);
    let compares = diagnosis.findings.iter().any(|finding| finding.baseline);
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "cdx",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.iter().map(|(header, body)| descriptor(header, body)).collect(),
            },
        },
        invocations: [Invocation {
            execution_successful: diagnosis.is_informed() && diagnosis.checks.crashed == 0,
            tool_execution_notifications: diagnosis
                .rules
                .iter()
                .filter_map(|rule| notification(rule, index(rule.code)))
                .collect(),
        }],
        original_uri_base_ids: BaseIds {
            root: Described { description: message(examiner.root()) },
        },
        column_kind: "unicodeCodePoints",
        results: diagnosis
            .findings
            .iter()
            .map(|one| SarifResult {
                rule_index: index(one.code),
                ..result(one, compares, settings)
            })
            .collect(),
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Nothing in it can fail to be written: every key is a name and every value text or a number.
    json(&serde_json::to_string_pretty(&log).unwrap_or_default()) + "\n"
}

fn descriptor(header: &Header, body: &str) -> Descriptor {
    let checks = format!("Checks {}.", header.checks.trim());
    let text = format!("{checks}\n\n{}\n\nHow to fix it: {}", header.why, header.how_to_fix);
    Descriptor {
        id: header.code,
        name: pascal(header.name),
        short_description: Message { text: checks },
        full_description: Message { text: header.why.to_owned() },
        default_configuration: Configuration { level: level(header.severity) },
        help_uri: header
            .sources
            .iter()
            .map(|source| source.page.url)
            .find(|url| url.contains("://")),
        help: Help { text, markdown: body.to_owned() },
    }
}

fn result(finding: &Finding, compares: bool, settings: Option<&str>) -> SarifResult {
    let baseline_state = compares.then_some(if finding.baseline { "unchanged" } else { "new" });
    let accepted =
        || Suppression { kind: "external", justification: finding.suppressed_because.clone() };
    SarifResult {
        rule_id: finding.code,
        rule_index: None,
        level: level(finding.severity),
        message: message(&format!("{}\n{}", sentence(&finding.title), particulars(finding))),
        locations: location(finding, settings).into_iter().collect(),
        related_locations: finding.related.iter().enumerate().map(related).collect(),
        partial_fingerprints: Fingerprints { v1: finding.fingerprint.clone() },
        baseline_state,
        // Where one result says whether it is suppressed, all must.
        suppressions: finding.suppressed.then(accepted).into_iter().collect(),
    }
}

/// What a rule could not look at; none where it looked everywhere.
fn notification(rule: &Outcome, index: Option<usize>) -> Option<Notification> {
    let text = format!("{} {} {}", rule.code, rule.name, unjudged(rule)?);
    let level = if rule.state == State::Crashed { "error" } else { "note" };
    let associated_rule = RuleReference { id: rule.code, index };
    Some(Notification { level, message: message(&text), associated_rule })
}

/// A result's file is its own, or the environment's settings, where a repository keeps them: their
/// first line stands for all of the environment.
fn location(finding: &Finding, settings: Option<&str>) -> Option<Location> {
    let first = LineColumn { line: 1, column: 1 };
    let own = finding.subject.in_file().map(|file| {
        let start = finding.subject.position();
        physical(file, start.unwrap_or(first), start.map(|at| at.column), finding.end)
    });
    let physical_location = own.or_else(|| settings.map(|file| physical(file, first, None, None)));
    let logical_locations: Vec<LogicalLocation> = logical(&finding.subject).into_iter().collect();
    let known = physical_location.is_some() || !logical_locations.is_empty();
    known.then_some(Location { id: None, message: None, physical_location, logical_locations })
}

fn physical(
    file: &str,
    start: LineColumn,
    start_column: Option<usize>,
    end: Option<LineColumn>,
) -> PhysicalLocation {
    let uri = file.split('/').map(encoded).collect::<Vec<_>>().join("/");
    // An address that begins at the root of a disk is relative to nothing.
    let uri_base_id = (!file.starts_with('/')).then_some(BASE);
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri, uri_base_id },
        region: Region {
            start_line: start.line,
            start_column,
            end_line: end.map(|end| end.line),
            end_column: end.map(|end| end.column),
        },
    }
}

/// The other side of a finding; what is in no file of the repository is only told.
fn related((at, place): (usize, &Related)) -> Location {
    let start = LineColumn { line: place.line, column: place.column };
    let own = (!place.listed).then(|| physical(&place.file, start, Some(place.column), None));
    let text = match own {
        Some(_) => place.message.clone(),
        None => format!("{} ({})", place.message, place.file),
    };
    Location {
        id: Some(at + 1),
        message: Some(message(&text)),
        physical_location: own,
        logical_locations: Vec::new(),
    }
}

fn logical(about: &Subject) -> Option<LogicalLocation> {
    let (kind, name) = about.parts().pop()?;
    Some(LogicalLocation { name, fully_qualified_name: subject(about), kind })
}

/// A title with its end: consumers that have little room show the first sentence alone.
fn sentence(title: &str) -> String {
    let stop = if title.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{title}{stop}")
}

/// Text in which braces and brackets mean themselves; in a SARIF message single braces stand for an
/// argument, and brackets with an address behind them for a link.
fn message(text: &str) -> Message {
    let text = text.replace('{', "{{").replace('}', "}}");
    let links = text.contains("](");
    Message { text: if links { text.replace('[', "\\[").replace(']', "\\]") } else { text } }
}

/// `LingeringRealTimeCalls`, as SARIF would have a rule's name.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect()
}

/// One segment of an address, with everything escaped that could end it.
fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_addresses_and_messages() {
        assert_eq!(pascal("lingering-real-time-calls"), "LingeringRealTimeCalls");
        assert_eq!(encoded("houston.offline"), "houston.offline");
        assert_eq!(encoded("../a b/ñ"), "..%2Fa%20b%2F%C3%B1");
        assert_eq!((sentence("a").as_str(), sentence("a?").as_str()), ("a.", "a?"));
        assert_eq!(message("{0} [x]").text, "{{0}} [x]");
        assert_eq!(message("[x](http://y)").text, "\\[x\\](http://y)");
    }
}
