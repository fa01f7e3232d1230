//! CDX409: `CDX_ENABLE_ROLLBACK_ON_FAILURE` is not 0.

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX409",
    name: "rollback-on-failure",
    severity: Severity::Warning,
    checks: "that CDX_ENABLE_ROLLBACK_ON_FAILURE is set to 0; where it is not set, 1 holds",
    why: "Its default is 1, and a known issue with it makes offline databases merge badly. 0 is \
          recommended.",
    how_to_fix: "Set it to 0.",
    since: "0.2.0",
    behaviours: &["D06"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

const KEY: &str = "CDX_ENABLE_ROLLBACK_ON_FAILURE";

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let value = x.hq.parameter(KEY)?.filter(|value| !value.is_empty());
    if value == Some("0") {
        return Ok(());
    }
    findings.report(Found {
        subject: Subject::key(KEY),
        title: format!("{KEY} is not 0"),
        evidence: vec![match value {
            Some(value) => format!("it is {value}"),
            None => "it is not set, so 1 holds".to_owned(),
        }],
        effect: "what registers did offline can be merged badly".to_owned(),
        fix: Fix::manual([Step::new(
            Stage::Configure,
            Suggestion::SetParameter(KEY.to_owned(), "0".to_owned()),
        )]),
    });
    Ok(())
}
