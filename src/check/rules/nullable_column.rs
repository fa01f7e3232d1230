//! CDX712: a column of an extension table allows NULL.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CHANNEL_EXTENSIONS;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::schema::PRODUCT_SCHEMAS;
use crate::extension::script::ColumnType;

const HEADER: Header = Header {
    code: "CDX712",
    name: "nullable-column",
    severity: Severity::Warning,
    checks: "that the columns of tables which the scripts make are NOT NULL",
    why: "Headquarters has no NULL. A column that allows it can hold what no row of headquarters \
          has, and what reads it must expect it.",
    how_to_fix: "Say NOT NULL, with a default for rows that are there; of a table that is \
                 published by a new script.",
    since: "0.6.0",
    behaviours: &[],
    sources: &[Source::documented(CHANNEL_EXTENSIONS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    let sources = &facts.repository.sources;
    let of_product = |schema: &str| PRODUCT_SCHEMAS.iter().any(|p| schema.eq_ignore_ascii_case(p));
    let made = facts.channel.tables().filter(|table| !table.base && !of_product(&table.schema));
    for table in made {
        for column in table.columns.iter().filter(|column| table.allows_null(column)) {
            let (dotted, name) = (table.dotted(), &column.name.value);
            let said = column.nullable.as_ref();
            if said.is_none() && matches!(column.column_type.value, ColumnType::Other(_)) {
                let why = "whether its type allows NULL was not read".to_owned();
                findings.unjudged(&format!("{dotted}.{name}"), &Unknown(why));
                continue;
            }
            let (evidence, label) = match said {
                Some(_) => ("it says NULL", "NULL"),
                None => ("it says neither NULL nor NOT NULL", "NULL, as nothing is said"),
            };
            let found = Found {
                subject: Subject::at(sources, column.name.span).with_table(&dotted).with_key(name),
                title: format!("{dotted}.{name} allows NULL"),
                evidence: vec![evidence.to_owned()],
                effect: "a channel can hold rows that headquarters cannot".to_owned(),
                fix: None,
            };
            let spots = vec![Spot::new(column.name.span, label)];
            findings.report_at(Severity::Warning, found, sources, spots);
        }
    }
}
