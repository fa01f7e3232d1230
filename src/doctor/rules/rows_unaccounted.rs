//! CDX413: rows of an upload table are neither in headquarters nor on their way there.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, SCHEMA};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::{Examination, UploadFacts};
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::{OfChannels, Run};
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX413",
    name: "rows-unaccounted",
    severity: Severity::Error,
    checks: "that every row of every upload table, whoever made it, is in headquarters, in a \
             package that can still be applied, or above the counter, so that the next upload \
             brings it",
    why: "Only rows above the counter go up. A row below it that headquarters does not have is \
          never uploaded: after a channel database or headquarters was put back from a copy, \
          after an upload table was dropped and made again, or when a cancelled session's \
          package is gone.",
    how_to_fix: "Give those rows new counters, in the order they have; the next upload brings them, \
           each once. A row is known by where it was made; rows of an environment of an earlier \
           version are known by their counter, and in the five tables of asynchronous \
           operations by what is in them.",
    since: "0.3.0",
    behaviours: &["U01", "U07", "U10"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::documented(SCHEMA)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::EveryRow, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    if let Some(why) = x.leaves_rows_out() {
        return Err(why);
    }
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        for upload in &facts.uploads {
            judge(&channel.store.name, upload, findings);
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn judge(name: &str, upload: &UploadFacts, findings: &mut Findings) {
    let (job, table) = (&upload.job, upload.dotted());
    let what = format!("{name} {table}");
    let lost = match (&upload.counters, &upload.lost) {
        (Err(why), _) | (Ok(_), Some(Err(why))) => {
            findings.unjudged(&what, why);
            return;
        }
        (Ok(_), Some(Ok(lost))) if lost.rows > 0 => *lost,
        (Ok(_), Some(Ok(_)) | None) => return,
    };
    let at = if lost.first == lost.last {
        format!("counter {}", lost.first)
    } else {
        format!("counters {} to {}", lost.first, lost.last)
    };
    let rows = count(lost.rows, "row");
    findings.report(Found {
        subject: Subject::channel(name).with_table(&table).with_job(job),
        title: format!("{table} has rows that will never be uploaded"),
        evidence: vec![format!("{rows} that headquarters does not have, at {at}")],
        effect: format!("not uploaded: {rows}"),
        fix: Fix::safe([
            Step::new(Stage::Clear, OfChannels::Reseed(name.to_owned())),
            Step::in_channel(Stage::Upload, Run::job(job).in_channel(name)),
        ]),
    });
}
