//! CDX708: headquarters' key and the channel's are not the same columns.

use std::collections::BTreeSet;

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::subjobs::{MappedSubjob, TargetName};
use crate::diagnosis::sources::{CDX_EXTENSIBILITY, CHANNEL_EXTENSIONS};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::hq::{HqKey, HqTable, is_recid};
use crate::extension::schema::SchemaTable;
use crate::model::job::DATAAREAID;

const HEADER: Header = Header {
    code: "CDX708",
    name: "key-differs",
    severity: Severity::Error,
    checks: "that the channel's primary key has the columns of a unique index of headquarters' \
             table, DATAAREAID apart where rows belong to a company; and that an extension table \
             has the primary key of the table it extends",
    why: "Rows are found by their key on both sides. With different keys one row of headquarters \
          is two in a channel, or two are one.",
    how_to_fix: "Make the keys the same: the unique index of the table, or the primary key in a \
                 new script.",
    since: "0.6.0",
    behaviours: &["S06", "S09"],
    sources: &[Source::documented(CHANNEL_EXTENSIONS), Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for subjob in &facts.subjobs {
        if !subjob.is_new && subjob.extends.is_none() {
            continue;
        }
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        let once = (subjob.id.value.to_lowercase(), table.dotted().to_lowercase());
        if !seen.insert(once) {
            continue;
        }
        match &subjob.extends {
            Some(base) => extension(facts, findings, (subjob, table), base),
            None => own(facts, findings, (subjob, table)),
        }
    }
}

/// A table that extends another one has its key, DATAAREAID with it.
fn extension(
    facts: &Facts,
    findings: &mut Findings,
    (subjob, table): (&MappedSubjob, &SchemaTable),
    base: &TargetName,
) {
    let known = facts.channel.table(&base.schema, &base.name);
    let known = known.filter(|known| !facts.is_assumed(known));
    let Some((known, wanted)) = known.and_then(|known| Some((known, known.primary_key()?))) else {
        let why = format!("the key of {}, which it extends, is not known", base.dotted());
        return findings.unjudged(&table.dotted(), &Unknown(why));
    };
    let names = |key: &crate::extension::script::NewKey| -> Vec<String> {
        key.columns.iter().map(|column| column.value.clone()).collect()
    };
    let wanted = Wanted {
        columns: names(wanted),
        company: false,
        spot: Spot::new(wanted.span, format!("the key of {}", known.dotted())),
        whose: format!("{}, which it extends", known.dotted()),
    };
    wanted.compare(facts, findings, (subjob, table));
}

/// A table of its own has a key of headquarters' table.
fn own(facts: &Facts, findings: &mut Findings, (subjob, table): (&MappedSubjob, &SchemaTable)) {
    let Some(hq) = facts.hq.get(&subjob.table.value).filter(|hq| hq.whole) else {
        let why = "the table's keys are not in the repository".to_owned();
        return findings.unjudged(&format!("the key of {}", subjob.table.value), &Unknown(why));
    };
    let company = hq.per_company != Some(false);
    let wanted = |key: &HqKey| Wanted {
        columns: mapped(facts, subjob, key),
        company,
        spot: Spot::new(key.span, place(hq, key)),
        whose: format!("headquarters' {}", hq.name.value),
    };
    let mut keys: Vec<Wanted> = hq.keys.iter().map(wanted).collect();
    if keys.iter().any(|key| key.is_that_of(table)) {
        return;
    }
    if !keys.is_empty() {
        keys.remove(0).compare(facts, findings, (subjob, table));
    }
}

/// A key in the names of the channel's columns.
fn mapped(facts: &Facts, subjob: &MappedSubjob, key: &HqKey) -> Vec<String> {
    let column = |field: &String| {
        let found = facts.fields_of(subjob).find(|one| one.from.value.eq_ignore_ascii_case(field));
        found.map_or_else(|| field.clone(), |found| found.to.value.clone())
    };
    key.fields.iter().map(column).collect()
}

fn place(hq: &HqTable, key: &HqKey) -> String {
    match key.fields.as_slice() {
        [one] if is_recid(one) && key.span == hq.name.span => {
            "no unique index, so that rows are told apart by RECID".to_owned()
        }
        fields => format!("unique by {}", fields.join(", ")),
    }
}

/// The key that a table must have.
struct Wanted {
    columns: Vec<String>,
    /// Whether DATAAREAID may be in the key or not.
    company: bool,
    spot: Spot,
    whose: String,
}

impl Wanted {
    fn is_that_of(&self, table: &SchemaTable) -> bool {
        let apart = |name: &String| !self.company || !name.eq_ignore_ascii_case(DATAAREAID);
        let set = |names: Vec<String>| -> BTreeSet<String> {
            names.into_iter().filter(apart).map(|name| name.to_lowercase()).collect()
        };
        let own = table.primary_key();
        own.is_some_and(|own| {
            let own = own.columns.iter().map(|column| column.value.clone()).collect();
            set(own) == set(self.columns.clone())
        })
    }

    fn compare(
        self,
        facts: &Facts,
        findings: &mut Findings,
        (subjob, table): (&MappedSubjob, &SchemaTable),
    ) {
        if self.is_that_of(table) {
            return;
        }
        let sources = &facts.repository.sources;
        let dotted = table.dotted();
        let (own, first) = match table.primary_key() {
            Some(key) => {
                let columns = key.columns.iter().map(|column| column.value.as_str());
                let columns = columns.collect::<Vec<_>>().join(", ");
                (columns.clone(), Spot::new(key.span, format!("the key is {columns}")))
            }
            None => ("none".to_owned(), Spot::new(table.span, "no primary key")),
        };
        let found = Found {
            subject: Subject::at(sources, first.span)
                .with_subjob(&subjob.id.value)
                .with_table(&dotted),
            title: match own.as_str() {
                "none" => format!("{dotted} has no primary key"),
                _ => format!("the key of {dotted} is not that of {}", self.whose),
            },
            evidence: vec![
                format!("the channel's key: {own}"),
                format!("that of {}: {}", self.whose, self.columns.join(", ")),
            ],
            effect: "rows are doubled, or written over one another".to_owned(),
            fix: None,
        };
        let seed = Spot::new(subjob.target.span, "mapped here");
        findings.report_at(Severity::Error, found, sources, vec![first, self.spot, seed]);
    }
}
