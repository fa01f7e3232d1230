//! CDX211: a channel differs from what its jobs have brought it.

use crate::diagnosis::sources::{CDX_IMPLEMENTATION, CDX_TROUBLE};
use crate::diagnosis::{Findings, Fix, Found, Header, Safety, Severity, Source, Subject, Unknown};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::drift::{DifferentRow, Drift};
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX211",
    name: "channel-drift",
    severity: Severity::Error,
    checks: "every row that a job has brought to a channel against headquarters: rows that are \
             missing, extra or different although the job says Applied; what is still on its way \
             is left out",
    why: "Headquarters sends what changed, and never asks what the channel has. A row that was \
          lost with a cancelled session, or changed in the channel by hand, stays wrong until \
          somebody changes it in headquarters again.",
    how_to_fix: "A full synchronization of the job for that database. Where the channel has \
           applied packages that headquarters does not know, headquarters was brought back from an \
           older copy, and the extra rows in the channels may be the only ones left: look at them \
           first, since a full synchronization removes them.",
    since: "0.2.0",
    behaviours: &["D01", "D14", "D18"],
    sources: &[Source::documented(CDX_IMPLEMENTATION), Source::documented(CDX_TROUBLE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::EveryRow, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_downloads(findings)?;
    for (channel, facts) in x.readable() {
        let name = &channel.store.name;
        for (job, table, drift) in facts.drift.iter().flatten() {
            let table = table.replacen('_', ".", 1);
            let drift = match drift {
                Ok(drift) if drift.is_none() => continue,
                Ok(drift) => drift,
                Err(why) => {
                    findings.unjudged(&format!("{name} {table}"), why);
                    continue;
                }
            };
            let Drift { missing, different, extra, samples, .. } = drift;
            let counted = [(missing, "missing"), (different, "different"), (extra, "extra")];
            let counts: Vec<String> = counted
                .iter()
                .filter(|(number, _)| **number > 0)
                .map(|(number, word)| count(**number, &format!("{word} row")))
                .collect();
            let kinds: Vec<&str> =
                counted.iter().filter(|(count, _)| **count > 0).map(|(_, word)| *word).collect();
            let mut evidence = vec![format!("{name}: {}", counts.join(", "))];
            evidence.extend(samples.iter().map(DifferentRow::told));
            let unknown = facts.unknown_packages.get(job);
            let fix = match unknown {
                None => Fix::safe([full(job, name)]),
                Some(package) => {
                    evidence.push(format!(
                        "{name} has applied {package}, which headquarters does not know"
                    ));
                    Fix::new(Safety::Destructive, [full(job, name)])
                }
            };
            findings.report(Found {
                subject: Subject::channel(name).with_table(&table).with_job(job),
                title: format!("{table} has rows that are {}", kinds.join(", ")),
                evidence,
                effect: "the channel works with other data than headquarters".to_owned(),
                fix,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
