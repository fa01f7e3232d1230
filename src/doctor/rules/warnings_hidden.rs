//! CDX408: headquarters' upload warnings are switched off.

use crate::diagnosis::sources::UPLOAD_WARNINGS;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX408",
    name: "warnings-hidden",
    severity: Severity::Warning,
    checks: "that CDX_DISABLE_DISPLAY_UPLOAD_SESSION_WARNING_MESSAGE_V2 is not 1",
    why: "The upload sessions page warns of sessions that nobody applies. With the switch on it \
          says nothing, and the first to notice is somebody who misses a customer.",
    how_to_fix: "Set it to 0.",
    since: "0.2.0",
    behaviours: &["U03"],
    sources: &[Source::documented(UPLOAD_WARNINGS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

const KEY: &str = "CDX_DISABLE_DISPLAY_UPLOAD_SESSION_WARNING_MESSAGE_V2";

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    if x.hq.parameter(KEY)? == Some("1") {
        findings.report(Found {
            subject: Subject::key(KEY),
            title: "warnings about upload sessions are switched off".to_owned(),
            evidence: vec![format!("{KEY} is 1")],
            effect: "headquarters does not warn of uploads that stand still".to_owned(),
            fix: Fix::manual([Step::new(
                Stage::Configure,
                Suggestion::SetParameter(KEY.to_owned(), "0".to_owned()),
            )]),
        });
    }
    Ok(())
}
