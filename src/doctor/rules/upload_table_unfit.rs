//! CDX604: an upload table lacks its counter column or its index, or its key differs.

use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schemas::OfSchemas;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::job::{Definitions, Direction, Subjob, Target};
use crate::model::key::{self, Sides};
use crate::model::schema::{Table, Tables};
use crate::model::suggestion::OfJobs;

const HEADER: Header = Header {
    code: "CDX604",
    name: "upload-table-unfit",
    severity: Severity::Error,
    checks: "that every upload table of each channel has its replication counter, an index that \
             begins with it, and the key of its extension tables; and that headquarters' table has \
             the key by which a row is told from another",
    why: "The P-job reads by the counter: without the column there is nothing to read by, without \
          an index it times out. Without the key in headquarters the same row comes in twice, and \
          an extension table with another key is read beside the wrong row.",
    how_to_fix: "Add the column, the index or the key by a file in `schema/channel` or `schema/hq`.",
    since: "0.2.0",
    behaviours: &["S05", "S06"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    let hq = x.hq.tables.as_ref()?;
    for (job, subjob) in uploads(definitions) {
        // A table that is not there is told by the rule about mappings.
        let Some(from) = hq.get(&subjob.table.to_ascii_uppercase()) else { continue };
        if lacks_key(subjob, from, x.hq.channel_tables.as_ref()?) {
            let title = format!("{} of headquarters has no key to tell rows apart", from.name);
            let subject = Subject::table(&from.name).with_job(job);
            findings.report(found(subject, title, format!("needed: {}", subjob.key.join(" + "))));
        }
        let mut unfit = OfSchemas::default();
        for (channel, facts) in x.online() {
            for (table, title, evidence) in
                unfit.of(&facts.tables, |tables| in_channel(subjob, from, tables))
            {
                let subject = Subject::channel(&channel.store.name).with_table(table).with_job(job);
                findings.report(found(subject, title.clone(), evidence.clone()));
            }
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn uploads(definitions: &Definitions) -> impl Iterator<Item = (&str, &Subjob)> {
    definitions.jobs.iter().flat_map(|job| {
        let own = definitions.subjobs_of(job).filter(|subjob| subjob.counter.is_some());
        own.map(|subjob| (job.id.as_str(), subjob))
    })
}

fn found(subject: Subject, title: String, evidence: String) -> Found {
    Found {
        subject,
        title,
        evidence: vec![evidence],
        effect: "its rows are uploaded slowly, twice, or not at all".to_owned(),
        fix: Fix::manual([Step::new(Stage::Look, OfJobs::Check)]),
    }
}

/// Why the key of a subjob's primary table cannot be served with headquarters' table, if so.
fn lacks_key(subjob: &Subjob, from: &Table, channel: &Tables) -> bool {
    let Some(target) = subjob.targets.first() else { return false };
    let Some(to) = channel.get(&target.file_name().to_ascii_uppercase()) else { return false };
    let (fields, direction) = (&target.fields, Direction::Upload);
    let key = Sides { from, to, fields, direction }.key(&subjob.key);
    key.is_err_and(|why| why.is_of_headquarters())
}

/// What is unfit of a subjob's tables in a channel: the table, what, and how it was seen.
fn in_channel(subjob: &Subjob, from: &Table, tables: &Tables) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let Some(primary) = subjob.targets.first() else { return found };
    let name = primary.dotted();
    // A table that is not there is told by the rule about mappings.
    let Some(table) = tables.get(&primary.file_name().to_ascii_uppercase()) else { return found };
    let counter = subjob.counter.clone().unwrap_or_default();
    let counter = primary
        .fields
        .iter()
        .find(|field| field.from.eq_ignore_ascii_case(&counter))
        .map_or(counter, |field| field.to.clone());
    if table.column(&counter).is_none() {
        let title = format!("{name} has no replication counter");
        found.push((name.clone(), title, format!("no column {counter}")));
    } else if !table.is_indexed(&counter) {
        let title = format!("{name} has no index on its replication counter");
        found.push((name.clone(), title, format!("no index begins with {counter}")));
    }
    let key_of = |target: &Target, table: &Table| {
        let (fields, direction) = (&target.fields, Direction::Upload);
        Sides { from, to: table, fields, direction }.key(&subjob.key)
    };
    let Ok(base) = key_of(primary, table) else { return found };
    for target in &subjob.targets[1..] {
        let Some(extension) = tables.get(&target.file_name().to_ascii_uppercase()) else {
            continue;
        };
        let own = key_of(target, extension);
        if own.and_then(|own| key::of_base(&extension.name, &own, &base)).is_err() {
            let dotted = target.dotted();
            let title = format!("{dotted} does not have the key of {name}, which it extends");
            let needed: Vec<&str> = base.iter().map(|field| field.from.as_str()).collect();
            found.push((dotted, title, format!("needed: {}", needed.join(" + "))));
        }
    }
    found
}
