//! CDX902: a suppression matched nothing, names no rule, or has expired.

use crate::diagnosis::suppress::{UNUSED, is_expired};
use crate::diagnosis::{Findings, Fix, Found, Stage, Step, Subject, Unknown};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::doctor::rules;
use crate::model::settings::Suppression;
use crate::model::suggestion::Suggestion;

pub(in crate::doctor) const RULE: Rule = Rule { header: UNUSED, depth: Depth::Quick, check };

/// Those that matched nothing are told once every rule has been carried out.
fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for suppression in &x.hq.settings.suppressions {
        if let Err(nearest) = rules::find(&suppression.code) {
            let about = Suggestion::Explain(nearest.unwrap_or("rules").to_owned());
            let nearest = nearest.map(|near| format!("did you mean {near}?"));
            let found = found(suppression, "names no rule", nearest);
            findings.report(Found { fix: Fix::manual([Step::new(Stage::Look, about)]), ..found });
        } else if is_expired(suppression, x.hq.clock.today()) {
            let date = suppression.expires.map(|date| format!("it expired on {date}"));
            findings.report(found(suppression, "has expired", date));
        }
    }
    Ok(())
}

/// A suppression that matched nothing.
pub(in crate::doctor) fn unused(suppression: &Suppression) -> Found {
    found(suppression, "matched nothing", None)
}

fn found(suppression: &Suppression, what: &str, more: Option<String>) -> Found {
    let scope: Vec<String> =
        suppression.scope.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let scope = if scope.is_empty() { "everything".to_owned() } else { scope.join(", ") };
    let Suppression { code, reason, line, .. } = suppression;
    let mut evidence = vec![format!("cdx.toml line {line}: {code}, {scope}: {reason}")];
    evidence.extend(more);
    Found {
        subject: Subject::key(&format!("{code}: {scope}")),
        title: format!("a suppression of {code} {what}"),
        evidence,
        effect: "it hides what comes next, or nothing at all".to_owned(),
        fix: Fix::manual([Step::new(Stage::Look, Suggestion::Explain(code.clone()))]),
    }
}
