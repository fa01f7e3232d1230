//! CDX213: adding a database now would create more sessions than the budget.

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::exchange::channels::inherited;
use crate::model::ids::JobId;
use crate::model::suggestion::Run;

const HEADER: Header = Header {
    code: "CDX213",
    name: "session-flood",
    severity: Severity::Warning,
    checks: "how many sessions an offline database that joins a group now would inherit, against \
             `session-budget` of `cdx.toml`",
    why: "A new offline database inherits every session of its group since each job's last full \
          one, and a register applies them one after the other before it can work offline.",
    how_to_fix: "Run the jobs that have the most sessions with `--full`, so that the count begins \
           again; or add databases to a dummy group first.",
    since: "0.2.0",
    behaviours: &["D05"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?.all();
    let downloads = x.hq.downloads.as_ref()?;
    let budget = x.hq.settings.doctor.session_budget;
    for group in x.hq.groups.iter().filter(|group| !group.dummy) {
        let mut counts: Vec<(u64, &JobId)> = downloads
            .iter()
            .map(|plans| {
                let job = &plans.job.id;
                (inherited(sessions, group.id, job).len() as u64, job)
            })
            .filter(|(count, _)| *count > 0)
            .collect();
        let total: u64 = counts.iter().map(|(count, _)| count).sum();
        if total <= budget {
            continue;
        }
        counts.sort_by_key(|(count, job)| (std::cmp::Reverse(*count), *job));
        let most = counts.first().map_or("", |(_, job)| job);
        findings.report(Found {
            subject: Subject::key(&group.name),
            title: format!(
                "a database that joins {} now would get {total} sessions, the budget is {budget}",
                group.name
            ),
            evidence: counts
                .iter()
                .map(|(count, job)| format!("{job}: {count} since its last full session"))
                .collect(),
            effect: "the new database works through all of them before it can be used".to_owned(),
            fix: Fix::manual([Step::new(
                Stage::Full,
                Run { group: Some(group.name.clone()), ..Run::job(most).full() },
            )]),
        });
    }
    Ok(())
}
