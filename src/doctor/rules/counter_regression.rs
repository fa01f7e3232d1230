//! CDX405: a channel has, or will give out, rows at counters that headquarters has received.

use super::about_uploads::counted;
use crate::doctor::facts::{Examination, Uploading};
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_COMMUNICATIONS, SCHEMA, Source};
use crate::model::wording::count;
use crate::store::arrears::Counters;
use crate::store::lost::Lost;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX405",
    name: "counter-regression",
    severity: Severity::Error,
    checks: "that no upload table of a channel gives out counters that headquarters has received \
             already, and that headquarters has the rows of the counters that it has received; \
             rows of upload sessions that can still be applied are left out",
    why: "Only rows above the largest counter received are uploaded. A channel database that was \
          restored from a backup counts again from where the backup stood, and what it gives out \
          until it has caught up is never uploaded, not even after that. The rows of a cancelled \
          upload session whose package is gone are lost in the same way.",
    mend: "Raise the counters above what headquarters has received; rows that headquarters has \
           not get new ones, in the order they had, and the next upload brings them. Temporary ids \
           that the restored file has given out a second time are replaced, so that no other \
           customer is overwritten. Do it before anything is uploaded: a change of such a customer \
           that has gone up already under the old id has changed the other one in headquarters. \
           In the five tables of asynchronous operations rows are told apart by what is in them; \
           in other tables only by their counter.",
    since: "0.2.0",
    behaviours: &["U07"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::documented(SCHEMA)],
    depth: Depth::AndRows,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        for (upload, counters) in counted(name, facts, findings) {
            judge(name, upload, counters, findings);
        }
    }
    if let Some(why) = x.leaves_rows_out() {
        findings.left_out(&why);
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn judge(name: &str, upload: &Uploading, counters: &Counters, findings: &mut Findings) {
    let (job, table) = (&upload.job, upload.dotted());
    let lost = match &upload.lost {
        Some(Ok(lost)) => *lost,
        Some(Err(why)) => {
            findings.unjudged(&format!("rows of {name} {table}"), why);
            Lost::default()
        }
        None => Lost::default(),
    };
    let (issued, received) = (counters.issued, counters.received);
    let mut evidence = Vec::new();
    let mut kept = Vec::new();
    if lost.rows > 0 {
        let at = if lost.first == lost.last {
            format!("counter {}", lost.first)
        } else {
            format!("counters {} to {}", lost.first, lost.last)
        };
        evidence.push(format!(
            "{} that headquarters has not, at {at}; it has received {received}",
            count(lost.rows, "row")
        ));
        kept.push(count(lost.rows, "row"));
    }
    if issued < received {
        evidence.push(format!(
            "the channel has given out {issued}, headquarters has received {received}"
        ));
        kept.push(format!("the next {}", count((received - issued) as u64, "row")));
    }
    if kept.is_empty() {
        return;
    }
    let title = if issued < received {
        format!("{table} counts again what headquarters has received")
    } else {
        format!("{table} has rows that count as received and are not in headquarters")
    };
    findings.report(Found {
        subject: Subject::channel(name).with_table(&table).with_job(job),
        title,
        evidence,
        effect: format!("not uploaded: {}", kept.join(" and ")),
        fix: Fix::manual([
            Step::new(Stage::Clear, format!("cdx channels reseed {name}")),
            Step::in_channel(Stage::Upload, format!("cdx run {job}"), name),
        ]),
    });
}
