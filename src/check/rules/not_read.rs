//! CDX718: a part of a file was not understood.

use std::collections::BTreeMap;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::FIDELITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::repository::Unread;
use crate::extension::script::{Script, SkippedKind};
use crate::model::source::{self, Span};

const HEADER: Header = Header {
    code: "CDX718",
    name: "not-read",
    severity: Severity::Error,
    checks: "which files could not be read (an error), and which parts of scripts were not \
             understood (for information)",
    why: "What was not read was not checked: a finding can be missing, and what seems to be \
          missing can stand there.",
    how_to_fix: "Correct the file where it cannot be read. Look at the parts yourself; nothing \
                 has to be changed.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let repository = &facts.repository;
    repository.unread.iter().for_each(|unread| unreadable(facts, findings, unread));
    repository.scripts.iter().for_each(|script| skipped(facts, findings, script));
    for (id, text) in repository.sources.iter() {
        if text.encoding == Some(source::Encoding::Windows1252) {
            assumed_encoding(facts, findings, Span::new(id, 0..0));
        }
    }
    for file in &repository.elsewhere {
        let why = "it is in no project of channel scripts, and was not read".to_owned();
        findings.unjudged(file, &Unknown(why));
    }
}

fn unreadable(facts: &Facts, findings: &mut Findings, unread: &Unread) {
    let sources = &facts.repository.sources;
    let Unread { file, span, why } = unread;
    let subject = span.map_or_else(|| Subject::file(file), |span| Subject::at(sources, span));
    let found = Found {
        subject: subject.with_key(why),
        title: format!("{file} cannot be read"),
        evidence: vec![why.clone()],
        effect: "what it holds is neither checked nor deployed".to_owned(),
        fix: None,
    };
    let spots = span.iter().map(|span| Spot::new(*span, why.clone())).collect();
    findings.report_at(Severity::Error, found, sources, spots);
}

/// One finding for each kind of what was not read, with its lines.
fn skipped(facts: &Facts, findings: &mut Findings, script: &Script) {
    let sources = &facts.repository.sources;
    let mut kinds: BTreeMap<SkippedKind, Vec<Span>> = BTreeMap::new();
    for part in script.skipped.iter().filter(|part| part.kind != SkippedKind::Setting) {
        kinds.entry(part.kind).or_default().push(part.span);
    }
    for (kind, spans) in kinds {
        let lines = spans.iter().map(|span| sources.position(*span).line.to_string());
        let lines = lines.collect::<Vec<_>>().join(", ");
        let word = if spans.len() == 1 { "line" } else { "lines" };
        let found = Found {
            subject: Subject::at(sources, spans[0]).with_key(kind.describe()),
            title: format!("not read: {}", kind.describe()),
            evidence: vec![format!("{word} {lines}")],
            effect: "what stands there was not checked".to_owned(),
            fix: None,
        };
        let spots = vec![Spot::new(spans[0], kind.describe())];
        findings.report_at(Severity::Info, found, sources, spots);
    }
}

fn assumed_encoding(facts: &Facts, findings: &mut Findings, span: Span) {
    let sources = &facts.repository.sources;
    let found = Found {
        subject: Subject::at(sources, span).with_key("encoding"),
        title: "a file was taken to be in Windows-1252".to_owned(),
        evidence: vec!["it is not valid UTF-8, and has no byte order mark".to_owned()],
        effect: "letters beyond ASCII may be other ones than it shows".to_owned(),
        fix: None,
    };
    let spots = vec![Spot::new(span, "save it as UTF-8")];
    findings.report_at(Severity::Info, found, sources, spots);
}
