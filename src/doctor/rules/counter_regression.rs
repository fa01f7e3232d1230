//! CDX405: a channel's counters are below what headquarters has received.

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_COMMUNICATIONS, SCHEMA, Source};
use crate::model::wording::count;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX405",
    name: "counter-regression",
    severity: Severity::Error,
    checks: "that no upload table of a channel gives out counters that headquarters has received \
             already",
    why: "Only rows above the largest counter received are uploaded. A channel database that was \
          restored from a backup counts again from where the backup stood, and what it gives out \
          until it has caught up is never uploaded.",
    mend: "Raise the counters above what headquarters has received; rows that were made since the \
           restore, and that headquarters has not, get new ones.",
    since: "0.2.0",
    behaviours: &["U07"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::documented(SCHEMA)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        for (job, counters) in &facts.counters {
            let counters = counters.as_ref()?;
            if counters.issued >= counters.received {
                continue;
            }
            let table = counters.table.replacen('_', ".", 1);
            findings.report(Found {
                subject: Subject::channel(name).with_table(&table).with_job(job),
                title: format!("{table} counts again what headquarters has received"),
                evidence: vec![format!(
                    "the channel has given out {}, headquarters has received {}",
                    counters.issued, counters.received
                )],
                effect: format!(
                    "not uploaded: the next {}",
                    count((counters.received - counters.issued) as u64, "row")
                ),
                fix: Fix::manual([Step::new(Stage::Clear, format!("cdx channels reseed {name}"))]),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
