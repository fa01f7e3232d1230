//! CDX210: a value, or a column, of headquarters is longer than its channel column.

use crate::diagnosis::sources::CDX_TROUBLE;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::suggestion::{OfCustomers, OfJobs, Suggestion};
use crate::model::wording::count as counted;
use crate::store::lengths::OverlongColumn;

const HEADER: Header = Header {
    code: "CDX210",
    name: "value-too-long",
    severity: Severity::Error,
    checks: "every mapped text of headquarters against the length of the channel column it goes \
             to, and the declared lengths of both columns",
    why: "One value that is too long fails its whole session: nothing of it stays in the channel. \
          A column that is longer in headquarters fails on the day somebody uses its length.",
    how_to_fix: "Shorten the value; or lengthen the channel's column by an extension of its schema.",
    since: "0.2.0",
    behaviours: &["D12"],
    sources: &[Source::documented(CDX_TROUBLE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::EveryRow, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let Some(found) = &x.hq.too_long else { return Ok(()) };
    x.tell_unplanned_downloads(findings)?;
    let mut told: Vec<(&str, &str, &str)> = Vec::new();
    for (job, long) in found.as_ref()? {
        // A table that several jobs carry is told with the first.
        let place = (long.table.as_str(), long.column.as_str(), long.target.as_str());
        if told.contains(&place) {
            continue;
        }
        told.push(place);
        findings.report(one(job, long));
    }
    Ok(())
}

fn one(job: &JobId, long: &OverlongColumn) -> Found {
    let OverlongColumn { target, table, column, limit, declared, rows, count } = long;
    let mut evidence: Vec<String> = rows
        .iter()
        .map(|(key, length)| format!("{key}: {length} characters, {limit} fit"))
        .collect();
    let shown = evidence.len() as u64;
    if *count > shown {
        evidence.push(format!("and {}", counted(count - shown, "more row")));
    }
    if let Some(declared) = declared {
        evidence.push(format!("declared with {declared} characters, the channel's with {limit}"));
    }
    let title = if *count > 0 {
        format!("{table} has values of {column} that are longer than the channel's column")
    } else {
        format!("{column} of {table} is declared longer than the channel's column")
    };
    let target = target.replacen('_', ".", 1);
    Found {
        subject: Subject::table(&target).with_job(job).with_key(column),
        title,
        evidence,
        effect: format!("the session of {job} that carries such a value fails as a whole"),
        fix: Fix::manual([look(job, rows)]),
    }
}

/// A customer can be looked at by account; else the job's mapping is shown.
fn look(job: &JobId, rows: &[(String, i64)]) -> Step {
    let account = rows.first().and_then(|(key, _)| {
        let account = key.strip_prefix("ACCOUNTNUM=")?;
        account.split(',').next()
    });
    let command: Suggestion = match account {
        Some(account) => OfCustomers::Show(account.to_owned()).into(),
        None => OfJobs::Show(job.to_string()).into(),
    };
    Step::new(Stage::Look, command)
}
