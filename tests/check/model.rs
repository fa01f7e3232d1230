//! Nothing is said of a repository that is consistent by its making; of one with one thing broken
//! exactly the rule that is for it speaks.

use std::collections::BTreeSet;

use cdx::check::facts::{EarlierScript, Facts};
use cdx::check::{Request, examine};
use proptest::prelude::*;

use super::generated::{COUNTER, Dice, Kind, Plan, ROLES, Table, plan};
use super::harness::{Texts, facts, line};

/// What is said, with every script published as it is; or with another text of the first one.
fn said(texts: &Texts, changed: bool) -> (BTreeSet<&'static str>, String) {
    let own = facts(texts);
    let published = own.repository.scripts.iter().map(|script| {
        let source = own.repository.sources.get(script.source);
        EarlierScript { file: source.name.clone(), text: source.text.clone() }
    });
    let mut published: Vec<EarlierScript> = published.collect();
    if changed {
        published[0].text += "GO";
    }
    let all = Facts { before: Some(published), ..own };
    let findings = examine(&all, &Request::default()).findings;
    let codes = findings.iter().map(|finding| finding.code).collect();
    (codes, findings.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// One way to break a repository: it says whether it could, and changes the plan.
type Break = fn(&mut Plan, &mut Dice) -> bool;

/// A table that is fit for a break.
fn fitting(plan: &mut Plan, dice: &mut Dice, fit: impl Fn(&Table) -> bool) -> Option<usize> {
    let fit: Vec<usize> = (0..plan.tables.len()).filter(|at| fit(&plan.tables[*at])).collect();
    (!fit.is_empty()).then(|| *dice.pick(&fit))
}

/// Changes a mapped column that is no key and no counter, where one is fit.
fn any_column(
    plan: &mut Plan,
    dice: &mut Dice,
    fit: impl Fn(&Table, usize) -> bool,
    change: impl Fn(&mut super::generated::Column),
) -> bool {
    let mut fitting = Vec::new();
    for (at, table) in plan.tables.iter().enumerate() {
        for column in table.key..table.columns.len() {
            if table.columns[column].field != COUNTER && fit(table, column) {
                fitting.push((at, column));
            }
        }
    }
    if fitting.is_empty() {
        return false;
    }
    let (at, column) = *dice.pick(&fitting);
    change(&mut plan.tables[at].columns[column]);
    true
}

const BREAKS: &[(&str, Break)] = &[
    ("CDX701", |plan, _| {
        plan.registered = false;
        true
    }),
    ("CDX702", |plan, dice| {
        let at = dice.below(plan.tables.len());
        plan.tables[at].made += "Missing";
        true
    }),
    ("CDX703", |plan, dice| {
        any_column(plan, dice, |_, _| true, |column| column.in_channel = false)
    }),
    ("CDX703", |plan, dice| {
        any_column(plan, dice, |table, _| table.extends.is_none(), |column| column.in_hq = false)
    }),
    ("CDX704", |plan, dice| {
        let long = |table: &Table, at: usize| {
            !table.upload && matches!(table.columns[at].kind, Kind::Text(long, _) if long > 1)
        };
        any_column(plan, dice, long, |column| {
            if let Kind::Text(long, _) = column.kind {
                column.kind = Kind::Text(long, long - 1);
            }
        })
    }),
    ("CDX704", |plan, dice| {
        let text = |table: &Table, at: usize| {
            table.upload && matches!(table.columns[at].kind, Kind::Text(..))
        };
        let more = dice.below(2) as u32;
        any_column(plan, dice, text, |column| {
            if let Kind::Text(long, _) = column.kind {
                column.kind = Kind::Text(long, more * (long + 1));
            }
        })
    }),
    ("CDX704", |plan, dice| {
        // The key goes along by itself, so that its length counts too.
        let text = |table: &Table| {
            let first = table.columns.first().filter(|_| table.key > 0 && !table.upload);
            first.is_some_and(|column| matches!(column.kind, Kind::Text(long, _) if long > 1))
        };
        let Some(at) = fitting(plan, dice, text) else { return false };
        if let Kind::Text(long, room) = &mut plan.tables[at].columns[0].kind {
            *room = *long - 1;
        }
        true
    }),
    ("CDX705", |plan, dice| {
        let at = dice.below(plan.tables.len());
        let mut listed = plan.tables[at].columns[0].clone();
        (listed.field, listed.column) = ("dataAreaId".to_owned(), "dataAreaId".to_owned());
        (listed.mapped, listed.in_hq, listed.in_channel) = (true, false, false);
        plan.tables[at].columns.push(listed);
        true
    }),
    ("CDX706", |plan, dice| {
        let fit = |table: &Table, at: usize| !table.upload && !table.columns[at].default;
        any_column(plan, dice, fit, |column| column.mapped = false)
    }),
    ("CDX707", |plan, dice| {
        let Some(at) = fitting(plan, dice, |table| table.upload) else { return false };
        let table = &mut plan.tables[at];
        let counter = table.columns.iter_mut().find(|column| column.field == COUNTER).unwrap();
        match dice.below(3) {
            0 => counter.identity = false,
            1 => counter.mapped = false,
            _ => table.indexed = false,
        }
        true
    }),
    ("CDX708", |plan, dice| {
        let at = dice.below(plan.tables.len());
        plan.tables[at].more_key = Some("SOMETHING".to_owned());
        true
    }),
    ("CDX709", |plan, dice| {
        let (at, role) = (dice.below(plan.tables.len()), *dice.pick(&ROLES));
        plan.tables[at].roles.retain(|own| *own != role);
        true
    }),
    ("CDX710", |plan, dice| {
        let statements = [
            "USE [AxDB]",
            "IF OBJECT_ID('dbo.Mine') IS NULL CREATE TABLE dbo.Mine (A int NULL)",
            "IF COL_LENGTH('ax.CUSTTABLE', 'MINE') IS NULL ALTER TABLE ax.CUSTTABLE ADD MINE int",
        ];
        let at = dice.below(plan.tables.len());
        plan.tables[at].before = dice.pick(&statements).to_string();
        true
    }),
    ("CDX711", |plan, dice| {
        let at = dice.below(plan.tables.len());
        let table = &mut plan.tables[at];
        if dice.below(2) == 0 {
            table.guard = 9;
        } else {
            table.before = format!("DROP TABLE IF EXISTS ext.{}", table.made);
        }
        true
    }),
    ("CDX712", |plan, dice| any_column(plan, dice, |_, _| true, |column| column.nullable = true)),
    ("CDX713", |_, _| true),
    ("CDX714", |plan, dice| {
        let at = dice.below(plan.tables.len());
        let table = &mut plan.tables[at];
        table.before = format!("GRANT SELECT ON [ext].[{}] TO [SomeRole]", table.made);
        true
    }),
    ("CDX715", |plan, dice| {
        let at = dice.below(plan.tables.len());
        plan.tables[at].job = dice.pick(&["ContosoJobs", "1099", "P"]).to_string();
        true
    }),
    ("CDX716", |plan, dice| {
        let Some(at) = fitting(plan, dice, |table| table.extends.is_some()) else { return false };
        plan.tables[at].override_target = true;
        true
    }),
    ("CDX717", |plan, dice| {
        let number = |table: &Table, at: usize| {
            !table.upload && matches!(table.columns[at].kind, Kind::Number(..))
        };
        let counts = dice.below(2) == 1;
        any_column(plan, dice, number, |column| {
            if let (Kind::Number(hq, _), false) = (column.kind, counts) {
                column.kind = Kind::Number(hq, "rowversion");
            }
            column.identity = counts;
            column.default = false;
        })
    }),
    ("CDX718", |plan, dice| {
        let parts = ["EXEC('x')", "UPDATE ext.X SET A = 1", "DENY SELECT ON ext.X TO public"];
        let at = dice.below(plan.tables.len());
        plan.tables[at].before = dice.pick(&parts).to_string();
        true
    }),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn one_thing_broken_is_one_rule(
        numbers in proptest::collection::vec(any::<u32>(), 0..120),
        which in 0..BREAKS.len(),
        more in proptest::collection::vec(any::<u32>(), 4),
    ) {
        let whole = plan(&mut Dice::new(numbers));
        let texts = whole.texts();
        let (codes, lines) = said(&texts, false);
        prop_assert!(codes.is_empty(), "{}\n{:#?}", lines, texts);
        let (code, change) = BREAKS[which];
        let mut broken = whole;
        prop_assume!(change(&mut broken, &mut Dice::new(more)));
        let texts = broken.texts();
        let (codes, lines) = said(&texts, code == "CDX713");
        prop_assert_eq!(codes, BTreeSet::from([code]), "{}\n{:#?}", lines, texts);
    }
}
