//! CDX206: a channel database is paused while changes wait for it.

use crate::diagnosis::sources::{CDX_PRACTICES, UPLOAD_WARNINGS};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::is_parked;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::suggestion::{OfChannels, Run};
use crate::model::topology::DataStore;
use crate::model::wording::count;
use crate::store::sessions::Shortfall;

const HEADER: Header = Header {
    code: "CDX206",
    name: "data-sync-paused",
    severity: Severity::Warning,
    checks: "for databases with \"Pause data synchronization\" on while headquarters has changes, \
             or sessions, that wait for them",
    why: "A paused database gets no new sessions and sends nothing up. Pausing is meant to be \
          short; what is forgotten in that state falls behind further each day.",
    how_to_fix: "Resume it, and run the jobs it missed.",
    since: "0.2.0",
    behaviours: &["D13"],
    sources: &[Source::documented(CDX_PRACTICES), Source::documented(UPLOAD_WARNINGS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for store in x.hq.stores.iter().filter(|store| store.paused && !is_parked(x, store)) {
        let (jobs, mut evidence) = waiting(x, store)?;
        let facts = x.readable().find(|(channel, _)| channel.store.id == store.id);
        let uploads = facts.iter().flat_map(|(_, facts)| &facts.uploads);
        let unsent: u64 =
            uploads.filter_map(|upload| Some(upload.counters.as_ref().ok()?.unsent)).sum();
        if unsent > 0 {
            evidence.push(format!("{} to go up", count(unsent, "row")));
        }
        if evidence.is_empty() {
            continue;
        }
        let mut steps = vec![Step::new(Stage::Clear, OfChannels::Resume(store.name.clone()))];
        if !jobs.is_empty() {
            let run = Run::jobs(&jobs).in_channel(&store.name);
            steps.push(Step::in_channel(Stage::Download, run));
        }
        findings.report(Found {
            subject: Subject::channel(&store.name),
            title: "data synchronization is paused while changes wait".to_owned(),
            evidence,
            effect: "the database falls behind headquarters".to_owned(),
            fix: Fix::manual(steps),
        });
    }
    Ok(())
}

/// The jobs that have something for a paused database, and what that is.
fn waiting(x: &Examination, store: &DataStore) -> Result<(Vec<JobId>, Vec<String>), Unknown> {
    let lacks = x.hq.lacks.as_ref()?;
    let sessions = x.hq.sessions.as_ref()?;
    let (mut jobs, mut evidence) = (Vec::new(), Vec::new());
    for one in x.hq.group_jobs.as_ref()?.iter().filter(|one| one.group == store.group_id) {
        let lack = lacks.get(&(store.id, one.job.clone())).copied().unwrap_or(Shortfall::Nothing);
        let open = sessions
            .of(store.id)
            .filter(|(session, row)| session.job == one.job && !row.status.is_final())
            .count();
        let why = match (lack, open) {
            (_, 1..) => format!("not applied: {} of {}", count(open as u64, "session"), one.job),
            (Shortfall::Since(version), _) => {
                format!("{} was left out of sessions since row version {version}", one.job)
            }
            _ if one.changed => format!("what {} brings has changed in headquarters", one.job),
            _ => continue,
        };
        jobs.push(one.job.clone());
        evidence.push(why);
    }
    Ok((jobs, evidence))
}
