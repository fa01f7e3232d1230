//! CDX405: a channel will give out counters that headquarters has received.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, SCHEMA};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::uploads::counted;
use crate::doctor::facts::{Examination, UploadFacts};
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::OfChannels;
use crate::model::wording::count;
use crate::store::arrears::Counters;

const HEADER: Header = Header {
    code: "CDX405",
    name: "counter-regression",
    severity: Severity::Error,
    checks: "that no upload table of a channel gives out counters that headquarters has \
             received already",
    why: "Only rows above the largest counter received are uploaded. A channel database that was \
          restored from a backup counts again from where the backup stood. Rows that get their \
          counters before it has caught up are never uploaded, not even after that.",
    how_to_fix: "Raise the counters above what headquarters has received; rows that headquarters \
           does not have get new ones, in the order they had, and the next upload brings them. As \
           soon as a command has opened the file, the registers of this tool count on from above \
           what was received; rows that another program makes before that do not.",
    since: "0.2.0",
    behaviours: &["U07", "U10"],
    sources: &[Source::inferred(CDX_COMMUNICATIONS), Source::documented(SCHEMA)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        for (upload, counters) in counted(name, facts, findings) {
            judge(name, upload, counters, findings);
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn judge(name: &str, upload: &UploadFacts, counters: &Counters, findings: &mut Findings) {
    let (issued, received) = (counters.issued, counters.received);
    if issued >= received {
        return;
    }
    let (job, table) = (&upload.job, upload.dotted());
    findings.report(Found {
        subject: Subject::channel(name).with_table(&table).with_job(job),
        title: format!("{table} counts again what headquarters has received"),
        evidence: vec![format!(
            "the channel has given out {issued}, headquarters has received {received}"
        )],
        effect: format!("not uploaded: the next {}", count((received - issued) as u64, "row")),
        fix: Fix::safe([Step::new(Stage::Clear, OfChannels::Reseed(name.to_owned()))]),
    });
}
