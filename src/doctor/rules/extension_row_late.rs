//! CDX411: an extension row came after its base row had gone up.

use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::{Examination, UploadFacts};
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::OfJobs;
use crate::model::wording::count;
use crate::store::extension::LateRows;
use crate::store::rejection::dotted;

const HEADER: Header = Header {
    code: "CDX411",
    name: "extension-row-late",
    severity: Severity::Warning,
    checks: "that headquarters has the values of the extension rows of every uploaded row: a row \
             went up without its extension row where headquarters has only default values and the \
             channel has others",
    why: "An extension table is read together with the table it extends, when the row goes up. \
          Rows are uploaded by the counter of the base table, once; an extension row that is \
          written or changed after that is never uploaded.",
    how_to_fix: "Write the extension row in the same transaction as its base row. What came late is \
           still in the channel: bring its values into headquarters by hand.",
    since: "0.3.0",
    behaviours: &["U09"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::AndRows, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        for upload in &facts.uploads {
            match &upload.late {
                Some(Ok(late)) => {
                    for late in late {
                        findings.report(found(name, upload, late));
                    }
                }
                Some(Err(why)) => {
                    findings.unjudged(&format!("rows of {name} {}", upload.dotted()), why);
                }
                None => {}
            }
        }
    }
    if let Some(why) = x.leaves_rows_out() {
        findings.left_out(&why);
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn found(channel: &str, upload: &UploadFacts, late: &LateRows) -> Found {
    let (table, rows) = (dotted(&late.table), count(late.rows, "row"));
    Found {
        subject: Subject::channel(channel).with_table(&table).with_job(&upload.job),
        title: format!("{table} has {rows} that came after the base row had gone up"),
        evidence: vec![format!(
            "headquarters has default values where the channel has others; the first is {}",
            late.first
        )],
        effect: format!("not uploaded: {rows}"),
        fix: Fix::manual([Step::new(Stage::Look, OfJobs::Show(upload.job.to_string()))]),
    }
}
