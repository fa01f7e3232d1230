//! CDX709: a table is not granted to the roles that use it.

use std::collections::BTreeSet;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::subjobs::MappedSubjob;
use crate::diagnosis::sources::{CDX_EXTENSIBILITY, CHANNEL_EXTENSIONS};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::schema::{GrantTo, SchemaTable};

const HEADER: Header = Header {
    code: "CDX709",
    name: "not-granted",
    severity: Severity::Error,
    checks: "that each table which a script makes and a subjob writes or reads is granted to \
             DataSyncUsersRole, with the rights that it needs; and to UsersRole and \
             DeployExtensibilityRole (a warning)",
    why: "Commerce Data Exchange reads and writes as DataSyncUsersRole, the runtime and the \
          deployment as the others. Without a grant their statements are refused.",
    how_to_fix: "Add GRANT SELECT, INSERT, UPDATE, DELETE ON OBJECT::[ext].[T] TO \
                 [DataSyncUsersRole], and the same for the other two roles.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::documented(CHANNEL_EXTENSIONS), Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

const SYNC: &str = "DataSyncUsersRole";
const OTHERS: &[&str] = &["UsersRole", "DeployExtensibilityRole"];
/// Rights that hold every other one.
const ALL: &[&str] = &["ALL", "ALL PRIVILEGES", "CONTROL"];

fn check(facts: &Facts, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for subjob in &facts.subjobs {
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        if table.base || !seen.insert(table.dotted().to_lowercase()) {
            continue;
        }
        let others = facts.subjobs.iter().filter(|other| other.target.is(&subjob.target));
        let needed: BTreeSet<&str> = others.flat_map(needed).copied().collect();
        if let Some(found) = lack(table, &needed) {
            tell(facts, findings, (subjob, table), Severity::Error, found);
        }
        let granted = |role: &&&str| !table.grants.iter().any(|grant| is(grant, role));
        let without: Vec<&str> = OTHERS.iter().filter(granted).copied().collect();
        if !without.is_empty() {
            let found = Lack { what: "not granted to".to_owned(), roles: without.join(" and ") };
            tell(facts, findings, (subjob, table), Severity::Warning, found);
        }
    }
}

/// What Commerce Data Exchange does to a table: it writes what goes down, and reads what goes up.
fn needed(subjob: &MappedSubjob) -> &'static [&'static str] {
    match (subjob.is_download(), subjob.is_upload()) {
        (true, _) => &["INSERT", "UPDATE", "DELETE", "SELECT"],
        (_, true) => &["SELECT"],
        _ => &[],
    }
}

fn is(grant: &GrantTo, role: &str) -> bool {
    grant.to.value.eq_ignore_ascii_case(role)
}

/// What is not granted, and to whom.
struct Lack {
    what: String,
    roles: String,
}

/// What the table does not grant to the role that synchronizes.
fn lack(table: &SchemaTable, needed: &BTreeSet<&str>) -> Option<Lack> {
    let grants = || table.grants.iter().filter(|grant| is(grant, SYNC));
    let roles = SYNC.to_owned();
    if grants().next().is_none() {
        return Some(Lack { what: "not granted to".to_owned(), roles });
    }
    let rights: BTreeSet<&str> = grants().flat_map(|g| &g.rights).map(String::as_str).collect();
    if ALL.iter().any(|all| rights.contains(all)) {
        return None;
    }
    let missing: Vec<&str> = needed.difference(&rights).copied().collect();
    let what = format!("granted without {} to", missing.join(", "));
    (!missing.is_empty()).then_some(Lack { what, roles })
}

fn tell(
    facts: &Facts,
    findings: &mut Findings,
    (subjob, table): (&MappedSubjob, &SchemaTable),
    severity: Severity,
    Lack { what, roles }: Lack,
) {
    let sources = &facts.repository.sources;
    let dotted = table.dotted();
    if facts.may_be_made_unread(&[&table.name]) {
        let why = format!("a part of a script that was not read may grant it to {roles}");
        return findings.unjudged(&dotted, &Unknown(why));
    }
    let given: Vec<&str> = table.grants.iter().map(|grant| grant.to.value.as_str()).collect();
    let evidence = match given.as_slice() {
        [] => "it is granted to nobody".to_owned(),
        given => format!("it is granted to {}", given.join(", ")),
    };
    let found = Found {
        subject: Subject::at(sources, table.span).with_table(&dotted).with_key(&roles),
        title: format!("{dotted} is {what} {roles}"),
        evidence: vec![evidence],
        effect: match severity {
            Severity::Error => "Commerce Data Exchange is refused, and the session fails",
            _ => "the runtime or a later deployment is refused",
        }
        .to_owned(),
        fix: None,
    };
    let mut spots = vec![Spot::new(table.span, format!("{what} {roles}"))];
    let grant = table.grants.iter().find(|grant| is(grant, &roles));
    spots.extend(grant.map(|grant| Spot::new(grant.to.span, "granted here")));
    spots.push(Spot::new(subjob.target.span, "written or read by this subjob"));
    findings.report_at(severity, found, sources, spots);
}
