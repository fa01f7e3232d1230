//! CDX713: a script that has been published was changed or removed, or a new one comes before it.

use crate::check::facts::{EarlierScript, Facts};
use crate::check::rule::Rule;
use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::script::Script;
use crate::model::source::{SourceId, Span};

const HEADER: Header = Header {
    code: "CDX713",
    name: "published-script-changed",
    severity: Severity::Error,
    checks: "with --since, that each script of that revision is there and unchanged, and that no \
             new one sorts before it (a warning)",
    why: "Each script runs once in each channel database. What is changed in one that has run \
          already comes to new databases alone, and those that there are stay behind.",
    how_to_fix: "Put the script back as it was, and the change into a new one with a later name.",
    since: "0.6.0",
    behaviours: &["S07"],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(before) = &facts.before else {
        let why = Unknown("no --since says which revision was published".to_owned());
        return findings.unjudged("published scripts", &why);
    };
    for earlier in before {
        match now(facts, earlier) {
            Some(source) => changed(facts, findings, earlier, source),
            None if facts.repository.elsewhere.contains(&earlier.file) => {
                let why = "it is in no project of channel scripts any more".to_owned();
                findings.unjudged(&earlier.file, &Unknown(why));
            }
            None => removed(facts, findings, earlier),
        }
    }
    for script in &facts.repository.scripts {
        out_of_order(facts, findings, before, script);
    }
}

/// The same file as it is now.
fn now(facts: &Facts, earlier: &EarlierScript) -> Option<SourceId> {
    let mut sources = facts.repository.sources.iter();
    sources.find(|(_, source)| source.name == earlier.file).map(|(id, _)| id)
}

/// A text without what a checkout changes: its byte order mark and the ends of its lines.
fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n")
}

fn changed(facts: &Facts, findings: &mut Findings, earlier: &EarlierScript, source: SourceId) {
    let sources = &facts.repository.sources;
    let text = &sources.get(source).text;
    if plain(text) == plain(&earlier.text) {
        return;
    }
    let span = first_difference(source, text, &earlier.text);
    let found = Found {
        subject: Subject::at(sources, span),
        title: format!("the published script {} was changed", earlier.file),
        evidence: vec![format!("line {} is the first that differs", sources.position(span).line)],
        effect: "databases that have run it do not get the change".to_owned(),
        fix: None,
    };
    let spots = vec![Spot::new(span, "differs from here on")];
    findings.report_at(Severity::Error, found, sources, spots);
}

/// The first line that differs; the last one where lines were taken from the end.
fn first_difference(source: SourceId, text: &str, earlier: &str) -> Span {
    let then = plain(earlier);
    let mut then = then.lines();
    let (mut start, mut last) = (0, Span::new(source, 0..0));
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end_matches(['\r', '\n']);
        last = Span::new(source, start..start + shown.len());
        if then.next() != Some(shown) {
            break;
        }
        start += line.len();
    }
    last
}

fn removed(facts: &Facts, findings: &mut Findings, earlier: &EarlierScript) {
    let sources = &facts.repository.sources;
    let same = |script: &&Script| plain(&sources.get(script.source).text) == plain(&earlier.text);
    let renamed = facts.repository.scripts.iter().find(same);
    let evidence = match renamed {
        Some(script) => format!("{} has the same text", sources.get(script.source).name),
        None => "no script has its text".to_owned(),
    };
    let spots = renamed.map(|script| Spot::new(head(facts, script), "the same text"));
    let found = Found {
        subject: Subject::file(&earlier.file),
        title: format!("the published script {} was removed", earlier.file),
        evidence: vec![evidence],
        effect: "new databases do not get what it made; a renamed one runs a second time"
            .to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Error, found, sources, spots.into_iter().collect());
}

/// The first line of a script.
fn head(facts: &Facts, script: &Script) -> Span {
    let text = &facts.repository.sources.get(script.source).text;
    Span::new(script.source, 0..text.lines().next().unwrap_or_default().len())
}

fn folder(file: &str) -> (&str, &str) {
    file.rsplit_once('/').unwrap_or(("", file))
}

fn out_of_order(facts: &Facts, findings: &mut Findings, before: &[EarlierScript], script: &Script) {
    let sources = &facts.repository.sources;
    let file = &sources.get(script.source).name;
    if before.iter().any(|earlier| earlier.file == *file) {
        return;
    }
    let (own, name) = folder(file);
    let later = before
        .iter()
        .filter(|earlier| folder(&earlier.file).0 == own)
        .map(|earlier| folder(&earlier.file).1)
        .filter(|earlier| name.to_lowercase() < earlier.to_lowercase())
        .max_by_key(|earlier| earlier.to_lowercase());
    let Some(later) = later else { return };
    let span = head(facts, script);
    let found = Found {
        subject: Subject::at(sources, span),
        title: format!("the new script {file} sorts before a published one"),
        evidence: vec![format!("{later} has been published")],
        effect: "new databases run it in another order than those that there are".to_owned(),
        fix: None,
    };
    let spots = vec![Spot::new(span, "give it a later name")];
    findings.report_at(Severity::Warning, found, sources, spots);
}
