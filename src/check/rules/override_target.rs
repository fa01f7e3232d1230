//! CDX716: the target of a subjob that exists would take the place of the one that it has.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};

const HEADER: Header = Header {
    code: "CDX716",
    name: "override-target",
    severity: Severity::Warning,
    checks: "that OverrideTarget is not true on a subjob that exists",
    why: "With true the target takes the place of the subjob's own table, and its fields are not \
          taken along. The documentation says so of uploads; for downloads sources differ.",
    how_to_fix: "Say OverrideTarget=\"false\", so that the table extends the one that there is.",
    since: "0.6.0",
    behaviours: &["S03", "S06"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let sources = &facts.repository.sources;
    for subjob in facts.subjobs.iter().filter(|subjob| !subjob.is_new) {
        let Some(said) = subjob.override_target.as_ref().filter(|said| said.value) else {
            continue;
        };
        let (id, target) = (&subjob.id.value, subjob.target.dotted());
        let known = if subjob.is_upload() {
            "documented for uploads"
        } else {
            "for downloads sources differ"
        };
        let effect = match &subjob.extends {
            Some(base) => format!("{} may no longer be read or written by it", base.dotted()),
            None => "the fields that the subjob has may no longer be read or written".to_owned(),
        };
        let found = Found {
            subject: Subject::at(sources, said.span).with_subjob(id).with_table(&target),
            title: format!("{target} takes the place of the table that subjob {id} has"),
            evidence: vec![format!("OverrideTarget is true; {known}")],
            effect,
            fix: None,
        };
        let spots = vec![
            Spot::new(said.span, "takes the place of the other one"),
            Spot::new(subjob.id.span, "a subjob that exists"),
        ];
        findings.report_at(Severity::Warning, found, sources, spots);
    }
}
