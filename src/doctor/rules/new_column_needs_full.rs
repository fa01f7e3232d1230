//! CDX606: a column was added to a job, and rows from before it are not in the channels.

use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::job::Job;
use crate::model::session::Mode;
use crate::model::status::DownloadStatus;
use crate::model::suggestion::Run;
use crate::model::wording::count;
use crate::store::added_fields::AddedField;

const HEADER: Header = Header {
    code: "CDX606",
    name: "new-column-needs-full",
    severity: Severity::Warning,
    checks: "whether a full synchronization of a job has brought a column that was added to it \
             later: rows that say something in it and were not touched since stay as they were",
    why: "A job sends what changed. A row that has not changed since its column was mapped is not \
          sent again, so that the channel keeps the column's default.",
    how_to_fix: "Run the job once in full.",
    since: "0.6.0",
    behaviours: &["S03", "D04"],
    sources: &[Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::AndRows, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    for field in x.hq.added_fields.as_ref()? {
        let brings = |job: &&Job| {
            job.lines
                .iter()
                .any(|line| line.enabled && line.subjob.eq_ignore_ascii_case(&field.subjob))
        };
        for job in definitions.jobs.iter().filter(brings) {
            let lacking = lacking(x, &job.id, field)?;
            if !lacking.is_empty() {
                findings.report(of(&job.id, field, &lacking));
            }
        }
    }
    Ok(())
}

/// The databases that have had the job, and no full session of it since the field was mapped.
fn lacking(x: &Examination, job: &JobId, field: &AddedField) -> Result<Vec<String>, Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    let mut found = Vec::new();
    for store in &x.hq.stores {
        let own = || sessions.of(store.id).filter(|(session, _)| session.job == *job);
        let applied = |status: DownloadStatus| status == DownloadStatus::Applied;
        let full = own().any(|(session, row)| {
            session.mode == Mode::Full && session.until >= field.since && applied(row.status)
        });
        if !full && own().any(|(_, row)| applied(row.status)) {
            found.push(store.name.clone());
        }
    }
    Ok(found)
}

fn of(job: &JobId, field: &AddedField, lacking: &[String]) -> Found {
    let AddedField { table, column, target, rows, .. } = field;
    Found {
        subject: Subject::job(job).with_table(target).with_key(column),
        title: format!("{column} of {table} was added to {job}, and no full run has brought it"),
        evidence: vec![
            format!("{} from before it", count(*rows, "row")),
            format!("databases: {}", lacking.join(", ")),
        ],
        effect: "the channels have the column's default in these rows".to_owned(),
        fix: Fix::safe([Step::new(Stage::Full, Run::job(job).full())]),
    }
}
