//! CDX704: a text can be longer than what it is copied into.

use crate::check::facts::Facts;
use crate::check::rule::Rule;
use crate::check::subjobs::{MappedField, MappedSubjob};
use crate::diagnosis::sources::{CDX_EXTENSIBILITY, CDX_TROUBLE};
use crate::diagnosis::{Findings, Found, Header, Known, Severity, Source, Spot, Subject, Unknown};
use crate::extension::hq::Length;
use crate::extension::schema::SchemaTable;
use crate::extension::script::{ColumnType, NewColumn};
use crate::model::job::DATAAREAID;

const HEADER: Header = Header {
    code: "CDX704",
    name: "value-can-be-too-long",
    severity: Severity::Error,
    checks: "that each text column that is mapped, or in the key, is at least as long as headquarters' field, and for uploads at \
             most as long; the length of a type that is not in the repository is taken from the \
             product's own column of that name, or is not judged",
    why: "The first value that is longer than the column fails the whole session, often long after \
          the deployment.",
    how_to_fix: "Make the column longer by a new script, or give the field the type or the length \
                 of the column.",
    since: "0.6.0",
    behaviours: &["S01"],
    sources: &[Source::inferred(CDX_TROUBLE), Source::inferred(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

fn check(facts: &Facts, findings: &mut Findings) {
    for subjob in &facts.subjobs {
        // What adds a job alone maps nothing.
        if subjob.fields.is_empty() && !subjob.is_new {
            continue;
        }
        let Some(table) = facts.known_target(subjob, findings) else { continue };
        let key = unlisted_key(facts, subjob, table);
        for field in subjob.fields.iter().chain(&key) {
            let Some(column) = table.column(&field.to.value) else { continue };
            let ColumnType::Text(room) = column.column_type.value else { continue };
            let own = field.from.value.eq_ignore_ascii_case(DATAAREAID);
            // What nothing is longer than needs no length on the other side.
            if own || (subjob.is_download() && room.is_none()) {
                continue;
            }
            if !subjob.has_direction(findings) {
                break;
            }
            match limit(facts, (subjob, field), table) {
                Ok(Some(limit)) => {
                    compare(facts, findings, (subjob, field), (table, column), limit);
                }
                Ok(None) => {}
                Err(why) => {
                    let name = format!("{}.{}", subjob.table.value, field.from.value);
                    findings.unjudged(&name, &why);
                }
            }
        }
    }
}

/// The columns of the key that are not among the fields, and go along by themselves; of a subjob
/// that is merged into another one of the same table they are judged there.
fn unlisted_key(facts: &Facts, subjob: &MappedSubjob, table: &SchemaTable) -> Vec<MappedField> {
    let judged = subjob.is_new || subjob.extends.is_some();
    let Some(key) = table.primary_key().filter(|_| judged) else { return Vec::new() };
    let listed =
        |name: &str| facts.fields_of(subjob).any(|f| f.to.value.eq_ignore_ascii_case(name));
    let own = key.columns.iter().filter(|column| !listed(&column.value));
    own.map(|column| MappedField { from: column.clone(), to: column.clone() }).collect()
}

/// How long headquarters' texts are, and where that is said.
struct Limit {
    /// In characters; none: of any length.
    most: Option<u32>,
    spot: Spot,
    evidence: String,
}

/// The length of headquarters' field; none where it holds no text.
fn limit(
    facts: &Facts,
    (subjob, field): (&MappedSubjob, &MappedField),
    target: &SchemaTable,
) -> Known<Option<Limit>> {
    let own = facts.hq.get(&subjob.table.value).and_then(|hq| hq.field(&field.from.value));
    let why = match own.map(|own| &own.length) {
        Some(Length::None) => return Ok(None),
        Some(Length::Characters { most, span, through }) => {
            let spot = Spot::new(*span, format!("{most} characters here"));
            let evidence = match through.as_slice() {
                [] => format!("the field says {most} characters"),
                types => format!("its type says {most} characters: {}", types.join(", ")),
            };
            return Ok(Some(Limit { most: Some(*most), spot, evidence }));
        }
        Some(Length::Any { span }) => {
            let spot = Spot::new(*span, "any length here");
            let evidence = "the field is of any length".to_owned();
            return Ok(Some(Limit { most: None, spot, evidence }));
        }
        Some(Length::OfType(name)) => {
            format!("the length of the type {name} is not in the repository")
        }
        Some(Length::Unsaid) => "nothing says how long it is".to_owned(),
        None => "the field is not in the repository".to_owned(),
    };
    of_product(facts, (subjob, field), target).ok_or(Unknown(why)).map(Some)
}

/// The length that the product's own table of that name gives the field.
fn of_product(
    facts: &Facts,
    (subjob, field): (&MappedSubjob, &MappedField),
    target: &SchemaTable,
) -> Option<Limit> {
    let usual = facts.base.table("ax", &subjob.table.value);
    let extended = subjob.extends.as_ref();
    let table = extended.and_then(|one| facts.base.table(&one.schema, &one.name)).or(usual)?;
    let column = table.column(&field.from.value)?;
    let ColumnType::Text(most) = column.column_type.value else { return None };
    let label = format!("{} in {}", column.column_type.value, table.dotted());
    let evidence =
        format!("{}.{} is {}", table.dotted(), column.name.value, column.column_type.value);
    let spot = Spot::new(column.column_type.span, label);
    (table.span != target.span && !facts.is_assumed(table)).then_some(Limit {
        most,
        spot,
        evidence,
    })
}

fn compare(
    facts: &Facts,
    findings: &mut Findings,
    (subjob, field): (&MappedSubjob, &MappedField),
    (table, column): (&SchemaTable, &NewColumn),
    limit: Limit,
) {
    let ColumnType::Text(room) = column.column_type.value else { return };
    let upload = subjob.is_upload();
    let (long, short) = if upload { (room, limit.most) } else { (limit.most, room) };
    let Some(short) = short.filter(|short| long.is_none_or(|long| long > *short)) else { return };
    let sources = &facts.repository.sources;
    let long = long.map_or_else(|| "any length".to_owned(), |long| format!("{long} characters"));
    let (dotted, name) = (table.dotted(), &column.name.value);
    let from = format!("{}.{}", subjob.table.value, field.from.value);
    let (giver, taker) = (&from, format!("{dotted}.{name}"));
    let (giver, taker) = if upload { (&taker, giver) } else { (giver, &taker) };
    let found = Found {
        subject: Subject::at(sources, column.column_type.span)
            .with_subjob(&subjob.id.value)
            .with_table(&dotted)
            .with_key(name),
        title: format!("{giver} can have {long}, and {taker} has room for {short}"),
        evidence: vec![limit.evidence],
        effect: "a longer value fails the whole session".to_owned(),
        fix: None,
    };
    let listed = field.from.span.source == subjob.span.source;
    let at = if listed { "mapped here" } else { "part of the key, which goes along by itself" };
    let spots = vec![
        Spot::new(column.column_type.span, format!("{} here", column.column_type.value)),
        limit.spot,
        Spot::new(field.from.span, at),
    ];
    findings.report_at(Severity::Error, found, sources, spots);
}
