//! CDX707: an upload table cannot be read by its replication counter.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::subjobs::{COUNTER, MappedSubjob};
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject};
use crate::extension::schema::SchemaTable;
use crate::extension::script::{NewColumn, NewKey};
use crate::model::job::DATAAREAID;
use crate::model::source::Span;

const HEADER: Header = Header {
    code: "CDX707",
    name: "repository-upload-table-unfit",
    severity: Severity::Error,
    checks: "that the replication counter of an upload table is an IDENTITY column, is mapped, is \
             not the whole key, and has an index that begins with it (a warning); and whether a \
             table that extends one of an upload has a counter (for information)",
    why: "The P-job reads rows by the counter. Without it nothing is read; without an index the \
          read times out; a key of the counter alone cannot tell headquarters' rows apart.",
    how_to_fix: "Declare REPLICATIONCOUNTERFROMORIGIN int IDENTITY(1,1) NOT NULL, map it, keep \
                 headquarters' key as the primary key, and make an index on the counter.",
    since: "0.6.0",
    behaviours: &["S05"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    for subjob in &facts.subjobs {
        // A part of a subjob that is declared elsewhere is judged there.
        if !subjob.is_new && subjob.extends.is_none() {
            continue;
        }
        if !subjob.has_direction(findings) || !subjob.is_upload() {
            continue;
        }
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        let counter = Counter::of(facts, subjob, table);
        let takes_place = subjob.override_target.as_ref().is_some_and(|said| said.value);
        match counter.column {
            None if subjob.extends.is_some() && !takes_place => counter.left_out(findings),
            _ => counter.judge(findings),
        }
    }
}

/// The replication counter of an upload.
struct Counter<'f> {
    facts: &'f Facts,
    subjob: &'f MappedSubjob,
    table: &'f SchemaTable,
    /// The column's name.
    name: String,
    /// Where the seed data names it, or else names the subjob.
    said: Span,
    mapped: bool,
    column: Option<&'f NewColumn>,
}

impl<'f> Counter<'f> {
    fn of(facts: &'f Facts, subjob: &'f MappedSubjob, table: &'f SchemaTable) -> Self {
        let from = subjob.counter.as_ref().map_or(COUNTER, |counter| counter.value.as_str());
        let field =
            facts.fields_of(subjob).find(|field| field.from.value.eq_ignore_ascii_case(from));
        let name = field.map_or_else(|| from.to_owned(), |field| field.to.value.clone());
        let said = subjob.counter.as_ref().map_or(subjob.id.span, |counter| counter.span);
        let column = table.column(&name);
        let name = column.map_or(name, |column| column.name.value.clone());
        Self { facts, subjob, table, name, said, mapped: field.is_some(), column }
    }

    fn judge(&self, findings: &mut Findings) {
        let Self { name, said, .. } = self;
        let dotted = self.table.dotted();
        let column = self.column.map(|column| Spot::new(column.name.span, "the column"));
        if !self.mapped {
            let title = format!("the replication counter {name} of {dotted} is not mapped");
            let at = Spot::new(*said, "not among the fields");
            self.report(findings, Severity::Error, title, [Some(at), column]);
        }
        // A column that is mapped and does not exist is told by the rule about columns.
        let Some(found) = self.column else { return };
        let seed = Some(Spot::new(*said, "the upload is read by it"));
        if !found.is_identity() {
            let title = format!("the replication counter {dotted}.{name} is not IDENTITY");
            let at = Spot::new(found.column_type.span, "does not count");
            self.report(findings, Severity::Error, title, [Some(at), seed.clone()]);
        }
        if let Some(key) = self.whole_key() {
            let title = format!("the replication counter is the whole key of {dotted}");
            let at = Spot::new(key.span, "the counter alone");
            self.report(findings, Severity::Error, title, [Some(at), seed]);
        } else if !self.table.is_indexed_by(name) {
            let title = format!("no index of {dotted} begins with the replication counter");
            let at = Spot::new(found.name.span, "without an index");
            self.report(findings, Severity::Warning, title, [Some(at), seed]);
        }
    }

    /// The primary key where it is the counter alone, a company's column apart.
    fn whole_key(&self) -> Option<&'f NewKey> {
        let key = self.table.primary_key()?;
        let is = |column: &str, name: &str| column.eq_ignore_ascii_case(name);
        let mut rest = key.columns.iter().filter(|column| !is(&column.value, DATAAREAID));
        let counts = rest.next().is_some_and(|column| is(&column.value, &self.name));
        (counts && rest.next().is_none()).then_some(key)
    }

    /// An extension table without a counter.
    fn left_out(&self, findings: &mut Findings) {
        let title = format!("{} has no replication counter", self.table.dotted());
        let at = Spot::new(self.table.span, format!("no column {}", self.name));
        let seed = Spot::new(self.subjob.target.span, "read together with the table it extends");
        self.report(findings, Severity::Info, title, [Some(at), Some(seed)]);
    }

    fn report(
        &self,
        findings: &mut Findings,
        severity: Severity,
        title: String,
        spots: [Option<Spot>; 2],
    ) {
        let sources = &self.facts.repository.sources;
        let spots: Vec<Spot> = spots.into_iter().flatten().collect();
        let effect = match severity {
            Severity::Error => "its rows are not uploaded, or not told apart",
            Severity::Warning => "the P-job can time out once the table is large",
            Severity::Info => "documentation asks for one; Microsoft's own sample has none",
        };
        let found = Found {
            subject: Subject::at(sources, spots[0].span)
                .with_subjob(&self.subjob.id.value)
                .with_table(&self.table.dotted())
                .with_key(&title),
            evidence: vec![format!("subjob {} is an upload", self.subjob.id.value)],
            title,
            effect: effect.to_owned(),
            fix: None,
        };
        findings.report_at(severity, found, sources, spots);
    }
}
