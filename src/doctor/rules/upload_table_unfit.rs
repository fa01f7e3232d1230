//! CDX604: an upload table lacks its counter column or its index, or its key differs.

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_EXTENSIBILITY, Source};
use crate::model::job::{DATAAREAID, Definitions, Subjob};
use crate::model::schema::{Table, Tables};

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX604",
    name: "upload-table-unfit",
    severity: Severity::Error,
    checks: "that every upload table of each channel has its replication counter, an index that \
             begins with it, and the key of its extension tables; and that headquarters' table has \
             the key by which a row is told from another",
    why: "The P-job reads by the counter: without the column there is nothing to read by, without \
          an index it times out. Without the key in headquarters the same row comes in twice, and \
          an extension table with another key is read beside the wrong row.",
    mend: "Add the column, the index or the key by a file in `schema/channel` or `schema/hq`.",
    since: "0.2.0",
    behaviours: &["S05", "S06"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    let hq = x.hq.tables.as_ref()?;
    for (job, subjob) in uploads(definitions) {
        if let Some(table) = hq.get(&subjob.table.to_ascii_uppercase())
            && !has_key(table, &subjob.key)
        {
            let title = format!("{} of headquarters has no key to tell rows apart", table.name);
            let subject = Subject::table(&table.name).with_job(job);
            findings.report(found(subject, title, format!("needed: {}", subjob.key.join(" + "))));
        }
        for (channel, facts) in x.online() {
            for (table, title, evidence) in in_channel(subjob, &facts.tables) {
                let subject =
                    Subject::channel(&channel.store.name).with_table(&table).with_job(job);
                findings.report(found(subject, title, evidence));
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
        fix: Fix::manual([Step::new(Stage::Look, "cdx jobs check")]),
    }
}

/// Whether a unique key of headquarters tells the rows of all channels apart.
fn has_key(table: &Table, key: &[String]) -> bool {
    let with = |extra: &[&str]| -> Vec<String> {
        key.iter().cloned().chain(extra.iter().map(|name| (*name).to_owned())).collect()
    };
    [&[][..], &[DATAAREAID], &["cdx_DATASTORE"], &["cdx_DATASTORE", DATAAREAID]]
        .iter()
        .any(|extra| table.has_unique(&with(extra)))
}

/// What is unfit of a subjob's tables in a channel: the table, what, and how it was seen.
fn in_channel(subjob: &Subjob, tables: &Tables) -> Vec<(String, String, String)> {
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
    for target in &subjob.targets[1..] {
        let Some(extension) = tables.get(&target.file_name().to_ascii_uppercase()) else {
            continue;
        };
        let mapped: Vec<String> = subjob
            .key
            .iter()
            .filter_map(|from| target.fields.iter().find(|f| f.from.eq_ignore_ascii_case(from)))
            .map(|field| field.to.clone())
            .collect();
        let with_company: Vec<String> =
            mapped.iter().cloned().chain([DATAAREAID.to_owned()]).collect();
        if !extension.has_unique(&mapped) && !extension.has_unique(&with_company) {
            let dotted = target.dotted();
            let title = format!("{dotted} has not the key of {name}, which it extends");
            found.push((dotted, title, format!("needed: {}", mapped.join(" + "))));
        }
    }
    found
}
