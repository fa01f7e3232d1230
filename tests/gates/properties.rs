//! Commands drawn at random: no sequence of them breaks a rule.

use cdx::gates::Catalogue;
use cdx::gates::check::{StandingRule, check};
use cdx::gates::due::midnight;
use cdx::gates::import::{EntityRow, export, import};
use cdx::gates::lifecycle::update;
use cdx::gates::resolve::{Consent, Decision, Features, Reach};
use cdx::gates::standing::{FeatureRow, Standing};
use jiff::civil::Date;
use proptest::prelude::*;

use super::{AGREED, catalogue, standing, version};

/// A command that somebody may give, drawn at random.
#[derive(Debug, Clone)]
enum Given {
    Enable(usize, bool),
    Disable(usize, bool),
    Schedule(usize, i8),
    Unschedule(usize),
    All,
    Midnight(i8),
    Upgrade(u32),
    Import(usize, bool, Option<i8>),
}

fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        (0_usize..200, any::<bool>()).prop_map(|(gate, with)| Given::Enable(gate, with)),
        (0_usize..200, any::<bool>()).prop_map(|(gate, cascade)| Given::Disable(gate, cascade)),
        (0_usize..200, 1_i8..20).prop_map(|(gate, days)| Given::Schedule(gate, days)),
        (0_usize..200).prop_map(Given::Unschedule),
        Just(Given::All),
        (1_i8..20).prop_map(Given::Midnight),
        (20_u32..52).prop_map(Given::Upgrade),
        (0_usize..200, any::<bool>(), proptest::option::of(1_i8..20))
            .prop_map(|(gate, on, days)| Given::Import(gate, on, days)),
    ]
}

fn later(from: Date, days: i8) -> Date {
    from.saturating_add(jiff::Span::new().days(i64::from(days)))
}

fn obey(catalogue: &Catalogue, now: &mut Standing, given: &Given) {
    let features = Features { catalogue, standing: now };
    let gate = |at: usize| &catalogue.gates[at % catalogue.gates.len()];
    let allowed = |decision: Decision| decision.unwrap_or_default().list;
    let changes = match given {
        Given::Enable(at, with) => allowed(features.enable(gate(*at), *with, AGREED)),
        Given::Disable(at, cascade) => {
            let reach = if *cascade { Reach::Cascade } else { Reach::Alone };
            allowed(features.disable(gate(*at), reach))
        }
        Given::Schedule(at, days) => {
            allowed(features.schedule(gate(*at), later(now.today, *days), AGREED))
        }
        Given::Unschedule(at) => features.unschedule(gate(*at)).list,
        Given::All => features.enable_all(AGREED).changes.list,
        Given::Midnight(days) => {
            let day = later(now.today, *days);
            midnight(catalogue, now, day);
            return;
        }
        Given::Upgrade(minor) => {
            let to = version(&format!("10.0.{minor}"));
            if to < now.version {
                return;
            }
            now.scale_units = vec![(now.scale_units[0].0.clone(), to.clone())].into();
            let done = update(catalogue, now, &to);
            for slug in done.listed {
                now.rows.push(FeatureRow { slug, on: false, enable_date: None });
            }
            now.version = to;
            done.changes
        }
        Given::Import(at, enabled, days) => {
            let row = EntityRow {
                name: gate(*at).table_name(),
                display_name: String::new(),
                module: String::new(),
                enabled: *enabled,
                enable_date: days.map(|days| later(now.today, days)),
                dated: true,
                line: 2,
            };
            import(catalogue, now, &[row], AGREED).changes
        }
    };
    for change in &changes {
        now.apply(change);
    }
}

/// No feature is on with a prerequisite off, none is on twice over, none off that is mandatory.
fn holds(catalogue: &Catalogue, now: &Standing) -> Result<(), String> {
    let broken: Vec<_> = check(catalogue, now)
        .into_iter()
        .filter(|v| !matches!(v.kind, StandingRule::Schedule | StandingRule::Configuration))
        // What need not come first may come later.
        .filter(|v| v.feature != "optimized-product-availability")
        .collect();
    if broken.is_empty() { Ok(()) } else { Err(format!("{broken:#?}")) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// From any reachable state no sequence of commands without `--force` breaks a gate rule.
    #[test]
    fn no_sequence_of_commands_breaks_a_rule(
        from in 20_u32..50,
        shared in any::<bool>(),
        given in proptest::collection::vec(given(), 1..25),
    ) {
        let catalogue = catalogue();
        let first = version(&format!("10.0.{from}"));
        let mut now = standing(&catalogue, "10.0.0", &[]);
        now.scale_units = vec![(now.scale_units[0].0.clone(), first.clone())].into();
        if shared {
            now.facts.insert("shared-warehouses".to_owned(), "yes".to_owned());
        }
        for fact in ["media-sync-ended", "media-products-synchronized"] {
            now.facts.insert(fact.to_owned(), "yes".to_owned());
        }
        obey(&catalogue, &mut now, &Given::Upgrade(from));
        for one in &given {
            obey(&catalogue, &mut now, one);
            prop_assert_eq!(holds(&catalogue, &now), Ok(()), "after {:?}", one);
        }
    }

    /// Disabling what an enable changed, in reverse order, restores the on and off of everything
    /// that can be disabled.
    #[test]
    fn disabling_in_reverse_restores(
        given in proptest::collection::vec(given(), 0..15),
        at in 0_usize..200,
    ) {
        let catalogue = catalogue();
        let mut now = standing(&catalogue, "10.0.48", &[]);
        obey(&catalogue, &mut now, &Given::Upgrade(48));
        for one in &given {
            obey(&catalogue, &mut now, one);
        }
        let before: Vec<(String, bool)> =
            now.rows.iter().map(|row| (row.slug.clone(), row.on)).collect();
        let gate = &catalogue.gates[at % catalogue.gates.len()];
        let features = Features { catalogue: &catalogue, standing: &now };
        let changed = features.enable(gate, true, AGREED).unwrap_or_default().list;
        let mut after = now.clone();
        for change in &changed {
            after.apply(change);
        }
        for change in changed.iter().rev() {
            let gate = catalogue.get(&change.slug).unwrap();
            let features = Features { catalogue: &catalogue, standing: &after };
            let undone = features.disable(gate, Reach::Alone);
            if features.keeps(gate).is_some() {
                continue;
            }
            undone.unwrap_or_default().list.iter().for_each(|change| after.apply(change));
        }
        for (slug, on) in before {
            let kept = Features { catalogue: &catalogue, standing: &after }
                .keeps(catalogue.get(&slug).unwrap()).is_some();
            prop_assert!(kept || after.is_on(&slug) == on, "{slug}");
        }
    }

    /// Importing what was just exported changes nothing.
    #[test]
    fn an_export_imported_changes_nothing(given in proptest::collection::vec(given(), 0..25)) {
        let catalogue = catalogue();
        let mut now = standing(&catalogue, "10.0.30", &[]);
        obey(&catalogue, &mut now, &Given::Upgrade(30));
        for one in &given {
            obey(&catalogue, &mut now, one);
        }
        let rows = export(&catalogue, &now);
        let done = import(&catalogue, &now, &rows, Consent::default());
        prop_assert!(done.changes.is_empty() && done.refused.is_empty() && done.ruled.is_empty());
        prop_assert_eq!(done.unchanged, rows.len());
    }
}
