//! CDX207: "Try count" is above three.

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX207",
    name: "try-count-high",
    severity: Severity::Warning,
    checks: "that \"Try count\" of the scheduler parameters is not above 3",
    why: "A session that failed three times fails for a reason that does not go away by itself. \
          More tries put off the day on which somebody hears of it.",
    how_to_fix: "Set it back to 3.",
    since: "0.2.0",
    behaviours: &["D06"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

const RECOMMENDED: i64 = 3;

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let Some(value) = x.hq.parameter("try-count")? else { return Ok(()) };
    if value.parse::<i64>().is_ok_and(|count| count > RECOMMENDED) {
        findings.report(Found {
            subject: Subject::key("try-count"),
            title: format!("\"Try count\" is {value}, {RECOMMENDED} is recommended"),
            evidence: vec![format!("RETAILCONNPARAMETERS TRYCOUNT {value}")],
            effect: "failing sessions are noticed late".to_owned(),
            fix: Fix::manual([Step::new(
                Stage::Configure,
                Suggestion::SetParameter("try-count".to_owned(), RECOMMENDED.to_string()),
            )]),
        });
    }
    Ok(())
}
