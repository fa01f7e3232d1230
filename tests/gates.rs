//! Feature gates as plain data: the laws of the catalogue, tables of decisions, and properties.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;

use cdx::gates::catalogue::slug;
use cdx::gates::check::{StandingRule, check};
use cdx::gates::due::midnight;
use cdx::gates::file::GateFile;
use cdx::gates::import::{EntityRow, Rule, export, import};
use cdx::gates::lifecycle::{LifecycleEvent, update};
use cdx::gates::resolve::{Consent, Features, Reach, RefusalKind, Status};
use cdx::gates::standing::{Change, FeatureRow, Setting, Standing};
use cdx::gates::{Catalogue, Gate};
use cdx::model::version::Version;
use jiff::civil::{Date, date};

#[path = "gates/pages.rs"]
mod pages;
#[path = "gates/properties.rs"]
mod properties;

const TODAY: Date = date(2026, 1, 15);
const AGREED: Consent = Consent { confirm: true, irreversible: true };

fn jobs() -> Vec<String> {
    cdx::definitions::job_ids(&cdx::definitions::shipped())
}

fn catalogue() -> Catalogue {
    Catalogue::load(&[], &jobs()).unwrap()
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

/// A standing in a version, with these features on and everything listed that can be.
fn standing(catalogue: &Catalogue, at: &str, on: &[&str]) -> Standing {
    let own = version(at);
    let listed = catalogue.gates.iter().filter(|gate| gate.since <= own);
    let row = |gate: &Gate| {
        let is = on.contains(&gate.slug.as_str());
        FeatureRow { slug: gate.slug.clone(), on: is, enable_date: is.then_some(TODAY) }
    };
    Standing {
        rows: listed.map(row).collect(),
        scale_units: vec![("houston".to_owned(), own.clone())].into(),
        version: own,
        facts: BTreeMap::new(),
        automatic: false,
        today: TODAY,
    }
}

fn gate_file(slug: &str, rest: &str) -> GateFile {
    let text = format!(
        "[feature]\nslug = \"{slug}\"\nclass = \"Class_{slug}\"\nname = \"Name {slug}\"\n\
         name-es = \"Nombre {slug}\"\nmodule = \"m\"\ngrade = \"assumed\"\nsource = \"ours\"\n{rest}"
    );
    GateFile { name: format!("gates/{slug}.toml"), text }
}

fn problems(files: &[GateFile]) -> Vec<String> {
    let found = Catalogue::of_files(files, &jobs()).unwrap_err();
    found
        .told
        .iter()
        .map(|p| format!("{}:{}: {} [{}]", p.file, p.line, p.message, p.code))
        .collect()
}

#[test]
fn every_spelling_finds_the_gate() {
    let catalogue = catalogue();
    for word in [
        "async-customer-editing",
        "ENABLE EDITING CUSTOMERS IN ASYNCHRONOUS MODE",
        "Habilitar la edición de clientes en modo asíncrono",
        "Habilitar edición de clientes en modo asíncrono",
        "habilitar la edicion de clientes  en modo asincrono",
        "Habilitar la edicio\u{301}n de clientes en modo asi\u{301}ncrono",
        "RetailEnableAsyncCustomerEditFeature",
        "Dynamics.AX.Application.RetailEnableAsyncCustomerEditFeature",
    ] {
        assert_eq!(catalogue.find(word).unwrap().slug, slug::EDITING, "{word}");
    }
    let unknown = catalogue.find("async-customer-editting").unwrap_err();
    assert_eq!(unknown.nearest.as_deref(), Some("async-customer-editing"));
}

#[test]
fn broken_laws_are_told_all_at_once() {
    let since = |v: &str, rest: &str| format!("[lifecycle]\nreleased = \"{v}\"\n{rest}");
    let requires = |slug: &str| format!("[[requires]]\nfeature = \"{slug}\"\n");
    let found = problems(&[
        gate_file("a", &since("10.0.20", &requires("b"))),
        gate_file("b", &since("10.0.21", &(requires("c") + &requires("nowhere")))),
        gate_file("c", &since("10.0.20", &(requires("a") + "[[step]]\njob = \"1111\"\n"))),
        gate_file("b", &since("10.0.21", "")),
        gate_file("d", &format!("excludes = [\"e\"]\n{}", since("10.0.30", &requires("e")))),
        gate_file("e", "[lifecycle]\nreleased = \"10.0.30\"\nmandatory = \"10.0.29\"\n"),
    ]);
    insta::assert_snapshot!(found.join("\n"), @r#"
    gates/a.toml:2: features require each other: a, b, c, a [cycle]
    gates/a.toml:12: a is released from 10.0.20, its prerequisite b only from 10.0.21; a prerequisite is never younger [younger-prerequisite]
    gates/b.toml:2: feature "b" is declared already, in gates/b.toml [duplicate-feature]
    gates/b.toml:14: requires: unknown feature "nowhere" [unknown-feature]
    gates/c.toml:13: job "1111" does not exist [unknown-job]
    gates/d.toml:2: d excludes e, which it also needs [excludes-needed]
    gates/e.toml:9: mandatory begins at 10.0.29, which is not after the stage before it (10.0.30) [stage-order]
    "#);
}

#[test]
fn a_prerequisite_is_mandatory_no_later() {
    let found = problems(&[
        gate_file("base", "[lifecycle]\nreleased = \"10.0.20\"\nmandatory = \"10.0.40\"\n"),
        gate_file(
            "above",
            "[lifecycle]\nreleased = \"10.0.20\"\nmandatory = \"10.0.30\"\n\
             [[requires]]\nfeature = \"base\"\n",
        ),
        gate_file("never", "[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file(
            "default",
            "[lifecycle]\nreleased = \"10.0.20\"\non-by-default = \"10.0.30\"\n\
             [[requires]]\nfeature = \"never\"\n",
        ),
    ]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("above is on by default from 10.0.30, its prerequisite base only"));
    assert!(
        found[1].contains("default is on by default from 10.0.30, its prerequisite never never")
    );
}

#[test]
fn a_file_without_form_is_told_by_line() {
    let text = "[feature]\nslug = \"Not A Slug\"\nclass = 5\ntypo = 1\n\
                [lifecycle]\nreleased = \"ten\"\n[[step]]\njob = \"1110\"\nfact = \"x\"\n";
    let file = GateFile { name: "gates/x.toml".to_owned(), text: text.to_owned() };
    insta::assert_snapshot!(problems(&[file]).join("\n"), @r#"
    gates/x.toml:1: name is missing, expected the display name [missing]
    gates/x.toml:1: grade is missing, expected documented, inferred or assumed [missing]
    gates/x.toml:1: source is missing, expected where it was read [missing]
    gates/x.toml:2: slug is Not A Slug, expected lower-case letters, digits and hyphens [out-of-range]
    gates/x.toml:3: class is integer, expected a text in quotes [wrong-type]
    gates/x.toml:4: unknown key "typo", expected one of slug, class, class-grade, class-source, name, name-es, also, module, module-grade, module-source, can-disable, one-way, confirmation, configuration-key, excludes, notes, differ, grade, source [unknown-key]
    gates/x.toml:6: released is ten, expected a version such as 10.0.48 [out-of-range]
    gates/x.toml:7: job is missing, expected exactly one of job, fact, restart, initialize = true [missing]
    "#);
}

/// Every unmet prerequisite is named, not just the first (G01).
#[test]
fn editing_names_every_unmet_prerequisite() {
    let catalogue = catalogue();
    let gate = catalogue.get(slug::EDITING).unwrap();
    for (on, refused) in [
        (&[][..], &[slug::PERFORMANCE, slug::ENHANCED, slug::ADDRESSES][..]),
        (&[slug::PERFORMANCE], &[slug::ENHANCED, slug::ADDRESSES]),
        (&[slug::PERFORMANCE, slug::ADDRESSES], &[slug::ENHANCED]),
        (&[slug::PERFORMANCE, slug::ADDRESSES, slug::ENHANCED], &[]),
    ] {
        let standing = standing(&catalogue, "10.0.48", on);
        let features = Features { catalogue: &catalogue, standing: &standing };
        let decision = features.enable(gate, false, Consent::default());
        let found = decision.err().unwrap_or_default();
        let named: Vec<&str> = found.iter().map(|r| r.feature.as_str()).collect();
        assert_eq!(named, refused, "with {on:?} on");
        let all = features.enable(gate, true, Consent::default()).unwrap();
        assert_eq!(all.features().last().map(String::as_str), Some(slug::EDITING));
        assert_eq!(all.next_jobs, ["1110", "1010", "1070"]);
    }
}

#[test]
fn a_mandatory_or_needed_feature_stays_on() {
    use RefusalKind::{Dependent, Mandatory};
    let catalogue = catalogue();
    let on = [slug::PERFORMANCE, slug::ADDRESSES, slug::ENHANCED, slug::EDITING];
    let standing = standing(&catalogue, "10.0.48", &on);
    let features = Features { catalogue: &catalogue, standing: &standing };
    let kinds = |slug, reach| -> Vec<RefusalKind> {
        let gate = catalogue.get(slug).unwrap();
        features
            .disable(gate, reach)
            .err()
            .into_iter()
            .flatten()
            .map(|refusal| refusal.kind)
            .collect()
    };
    assert_eq!(kinds(slug::PERFORMANCE, Reach::Alone), [Mandatory, Dependent]);
    assert_eq!(kinds(slug::PERFORMANCE, Reach::Cascade), [Mandatory]);
    assert_eq!(kinds(slug::PERFORMANCE, Reach::Force), [Mandatory]);
    assert_eq!(kinds(slug::ADDRESSES, Reach::Alone), [Dependent]);
    assert_eq!(kinds(slug::ADDRESSES, Reach::Force), []);
    assert_eq!(kinds(slug::EDITING, Reach::Alone), []);
    let cascade = features.disable(catalogue.get(slug::ADDRESSES).unwrap(), Reach::Cascade);
    assert_eq!(cascade.unwrap().features(), [slug::EDITING, slug::ADDRESSES]);
    assert_eq!(features.status(catalogue.get(slug::PERFORMANCE).unwrap()), Status::Mandatory);
}

#[test]
fn the_status_is_the_first_that_holds() {
    let asks = gate_file("asks", "confirmation = \"sure\"\n[lifecycle]\nreleased = \"10.0.20\"\n");
    let catalogue = Catalogue::load(&[asks], &jobs()).unwrap();
    let mut standing = standing(&catalogue, "10.0.48", &[slug::ADDRESSES]);
    standing.apply(&Change {
        slug: slug::ENHANCED.to_owned(),
        to: Setting::Scheduled(date(2026, 2, 1)),
    });
    let features = Features { catalogue: &catalogue, standing: &standing };
    for (slug, status) in [
        (slug::PERFORMANCE, Status::Mandatory),
        (slug::ADDRESSES, Status::Enabled),
        (slug::ENHANCED, Status::Scheduled),
        (slug::EDITING, Status::CannotEnable),
        ("omnichannel-media-management", Status::CannotEnable),
        ("asks", Status::NeedsConfirmation),
        ("enhanced-wallet-support", Status::NotEnabled),
    ] {
        assert_eq!(features.status(catalogue.get(slug).unwrap()), status, "{slug}");
    }
}

/// The demands of G16, each refused by itself and named by its kind.
#[test]
fn each_demand_is_refused_by_its_kind() {
    let own = [
        gate_file("keyed", "configuration-key = \"Keyed\"\n[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file("young", "[lifecycle]\nreleased = \"10.0.60\"\n"),
        gate_file("units", "[lifecycle]\nreleased = \"10.0.20\"\nscale-unit = \"10.0.49\"\n"),
        gate_file("apart", "excludes = [\"other\"]\n[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file("other", "[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file("asks", "confirmation = \"sure\"\n[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file("oneway", "one-way = true\n[lifecycle]\nreleased = \"10.0.20\"\n"),
        gate_file(
            "setup",
            "[lifecycle]\nreleased = \"10.0.20\"\n[[configuration]]\nname = \"thing\"\n\
             before = \"enable\"\ntext = \"a thing\"\neffect = \"nothing works\"\n",
        ),
        gate_file(
            "sometimes",
            "[lifecycle]\nreleased = \"10.0.20\"\n[[requires]]\nfeature = \"asks\"\nwhen = \"rain\"\n",
        ),
    ];
    let catalogue = Catalogue::load(&own, &jobs()).unwrap();
    let mut standing = standing(&catalogue, "10.0.48", &["other"]);
    standing.rows.retain(|row| row.slug != "keyed");
    standing.facts.insert("configuration-key-keyed".to_owned(), "no".to_owned());
    let kinds = |standing: &Standing, slug: &str, consent| -> Vec<RefusalKind> {
        let features = Features { catalogue: &catalogue, standing };
        let decision = features.enable(catalogue.get(slug).unwrap(), false, consent);
        decision.err().into_iter().flatten().map(|refusal| refusal.kind).collect()
    };
    for (slug, kind) in [
        ("keyed", RefusalKind::ConfigurationKey),
        ("young", RefusalKind::Version),
        ("units", RefusalKind::Version),
        ("apart", RefusalKind::Excluded),
        ("asks", RefusalKind::Confirmation),
        ("oneway", RefusalKind::Irreversible),
        ("setup", RefusalKind::Configuration),
    ] {
        assert_eq!(kinds(&standing, slug, Consent::default()), [kind], "{slug}");
    }
    assert_eq!(kinds(&standing, "asks", AGREED), []);
    assert_eq!(kinds(&standing, "oneway", AGREED), []);
    assert_eq!(kinds(&standing, "sometimes", Consent::default()), []);
    standing.facts.insert("rain".to_owned(), "yes".to_owned());
    let asked = kinds(&standing, "sometimes", Consent::default());
    assert_eq!(asked, [RefusalKind::Prerequisite, RefusalKind::Confirmation]);
    let listed = Features { catalogue: &catalogue, standing: &standing };
    assert!(!listed.is_listed(catalogue.get("keyed").unwrap()));
    assert!(!listed.is_listed(catalogue.get("young").unwrap()));
}

#[test]
fn an_update_moves_features_along_their_lifecycle() {
    let catalogue = catalogue();
    let before = standing(&catalogue, "10.0.19", &[]);
    let done = update(&catalogue, &before, &version("10.0.28"));
    let told = |slug: &str| -> Vec<LifecycleEvent> {
        done.movements.iter().filter(|m| m.feature == slug).map(|m| m.moved).collect()
    };
    assert_eq!(told(slug::PERFORMANCE), [LifecycleEvent::Listed, LifecycleEvent::TurnedOn]);
    assert_eq!(told(slug::ADDRESSES), [LifecycleEvent::Listed]);
    assert_eq!(told(slug::EDITING), []);
    // What becomes mandatory brings what it needs as things stand.
    let mut before = standing(&catalogue, "10.0.28", &[]);
    before.facts.insert("shared-warehouses".to_owned(), "yes".to_owned());
    let done = update(&catalogue, &before, &version("10.0.29"));
    let on: Vec<&str> = done.changes.iter().map(|change| change.slug.as_str()).collect();
    let wanted = ["channel-side-inventory", "optimized-product-availability"];
    assert!(wanted.iter().all(|slug| on.contains(slug)), "{on:?}");
    // New features by themselves, never those that ask for something (G09).
    let before = Standing { automatic: true, ..standing(&catalogue, "10.0.34", &[]) };
    let done = update(&catalogue, &before, &version("10.0.35"));
    let asks = |change: &Change| change.slug.starts_with("omnichannel");
    assert!(!done.changes.iter().any(asks), "omnichannel media asks for an action");
    let before = Standing { automatic: true, ..standing(&catalogue, "10.0.21", &[]) };
    let done = update(&catalogue, &before, &version("10.0.22"));
    assert!(done.changes.iter().any(|change| change.slug == slug::ADDRESSES));
}

#[test]
fn what_was_disabled_stays_off_until_it_is_mandatory() {
    let catalogue = catalogue();
    let inventory = "channel-side-inventory";
    let on = |from: &str, to: &str| {
        let before = standing(&catalogue, from, &[]);
        let done = update(&catalogue, &before, &version(to));
        done.changes.iter().any(|change| change.slug == inventory)
    };
    assert!(on("10.0.28", "10.0.29"), "the update that brings the stage");
    assert!(!on("10.0.29", "10.0.30"), "a later one leaves it as it is");
}

#[test]
fn a_midnight_turns_on_prerequisites_first_and_keeps_off_the_rest() {
    let catalogue = catalogue();
    let mut now = standing(&catalogue, "10.0.48", &[slug::PERFORMANCE, slug::ADDRESSES]);
    let day = date(2026, 2, 1);
    let schedule = |now: &mut Standing, slug: &str, date| {
        now.apply(&Change { slug: slug.to_owned(), to: Setting::Scheduled(date) });
    };
    schedule(&mut now, slug::EDITING, day);
    let fallen = midnight(&catalogue, &mut now, day);
    assert!(!fallen[0].on && fallen[0].reasons[0].contains("must be on first"));
    assert!(!now.is_on(slug::EDITING));
    schedule(&mut now, slug::ENHANCED, date(2026, 2, 3));
    let fallen = midnight(&catalogue, &mut now, date(2026, 2, 3));
    let order: Vec<(&str, bool)> = fallen.iter().map(|f| (f.feature.as_str(), f.on)).collect();
    assert_eq!(order, [(slug::ENHANCED, true), (slug::EDITING, true)]);
}

/// The six rules of the data entity, and that the gate rules hold (G10).
#[test]
fn the_six_rules_of_the_import() {
    let catalogue = catalogue();
    let on = [slug::PERFORMANCE, slug::ADDRESSES];
    let mut now = standing(&catalogue, "10.0.48", &on);
    let dated = date(2026, 3, 1);
    now.apply(&Change { slug: slug::ENHANCED.to_owned(), to: Setting::Scheduled(dated) });
    let later = Some(date(2026, 4, 1));
    let wallet = "enhanced-wallet-support";
    for (slug, enabled, enable_date, rule, effect) in [
        (wallet, true, None, Some(Rule::A), "enables"),
        (wallet, true, Some(TODAY), Some(Rule::A), "enables"),
        (slug::ADDRESSES, false, Some(TODAY), Some(Rule::B), "disables"),
        (slug::ADDRESSES, false, None, Some(Rule::B), "disables"),
        (slug::ADDRESSES, true, None, Some(Rule::B), "disables"),
        (slug::ENHANCED, false, None, Some(Rule::B), "disables"),
        (wallet, false, later, Some(Rule::C), "schedules"),
        (slug::ENHANCED, false, later, Some(Rule::C), "schedules"),
        (wallet, true, later, Some(Rule::D), "schedules"),
        (slug::ADDRESSES, false, later, Some(Rule::E), "schedules"),
        (slug::ADDRESSES, true, later, Some(Rule::F), "stays enabled"),
        (slug::ADDRESSES, true, Some(TODAY), None, ""),
        (slug::ENHANCED, false, Some(dated), None, ""),
        (wallet, false, None, None, ""),
    ] {
        let name = catalogue.get(slug).unwrap().table_name();
        let (display_name, module) = (String::new(), String::new());
        let (dated, line) = (true, 2);
        let row = EntityRow { name, display_name, module, enabled, enable_date, dated, line };
        let done = import(&catalogue, &now, &[row], Consent::default());
        let case = format!("{slug} {enabled} {enable_date:?}");
        assert!(done.refused.is_empty(), "{case}: {:?}", done.refused);
        let found = done.ruled.first().map(|ruled| (ruled.rule, ruled.effect));
        assert_eq!(found, rule.map(|rule| (rule, effect)), "{case}");
    }
}

#[test]
fn an_import_keeps_the_gate_rules_whatever_the_order_of_its_rows() {
    let catalogue = catalogue();
    let now = standing(&catalogue, "10.0.48", &[slug::PERFORMANCE]);
    let mut rows = export(&catalogue, &now);
    for row in &mut rows {
        let gate = catalogue.by_table_name(&row.name).unwrap();
        if [slug::EDITING, slug::ENHANCED, slug::ADDRESSES].contains(&gate.slug.as_str()) {
            row.enabled = true;
        }
    }
    rows.reverse();
    let done = import(&catalogue, &now, &rows, Consent::default());
    assert!(done.refused.is_empty(), "{:?}", done.refused);
    let order: Vec<&str> = done.changes.iter().map(|change| change.slug.as_str()).collect();
    assert_eq!(order.last(), Some(&slug::EDITING));
    rows.retain(|row| !row.name.ends_with("RetailAsyncAddressCreationFeature"));
    let mandatory = rows.iter_mut().find(|row| row.name.contains("OptimizedOrder")).unwrap();
    (mandatory.enabled, mandatory.enable_date) = (false, None);
    let done = import(&catalogue, &now, &rows, Consent::default());
    let kinds: Vec<RefusalKind> = done.refused.iter().map(|refusal| refusal.kind).collect();
    assert!(kinds.contains(&RefusalKind::Mandatory), "{kinds:?}");
    assert!(kinds.contains(&RefusalKind::Prerequisite), "{kinds:?}");
    assert!(done.changes.is_empty(), "all or nothing");
}

#[test]
fn a_check_names_every_broken_rule() {
    let page = |slug: &str, other: &str, since: &str| {
        let apart = format!("excludes = [\"{other}\"]\n[lifecycle]\nreleased = \"{since}\"\n");
        gate_file(slug, &apart)
    };
    let pages = ["new-page", "old-page"];
    let own = [page(pages[0], pages[1], "10.0.48"), page(pages[1], pages[0], "10.0.30")];
    let catalogue = Catalogue::load(&own, &jobs()).unwrap();
    let on = [slug::EDITING, "emailed-receipts-of-any-type", pages[0], pages[1]];
    let mut now = standing(&catalogue, "10.0.48", &on);
    now.apply(&Change {
        slug: "omnichannel-media-management".to_owned(),
        to: Setting::Scheduled(date(2026, 2, 1)),
    });
    now.rows.push(FeatureRow { slug: "future".to_owned(), on: true, enable_date: None });
    let found = check(&catalogue, &now);
    let has =
        |kind: StandingRule, slug: &str| found.iter().any(|v| v.kind == kind && v.feature == slug);
    assert!(has(StandingRule::Prerequisite, slug::EDITING));
    assert!(has(StandingRule::MandatoryOff, slug::PERFORMANCE));
    assert!(has(StandingRule::Excluded, pages[0]) && has(StandingRule::Excluded, pages[1]));
    assert!(has(StandingRule::Configuration, "emailed-receipts-of-any-type"));
    assert!(has(StandingRule::Schedule, "omnichannel-media-management"));
    let old = standing(&catalogue, "10.0.47", &[]);
    let mut old = Standing { rows: now.rows.clone(), ..old };
    old.apply(&Change { slug: pages[0].to_owned(), to: Setting::On(TODAY) });
    assert!(check(&catalogue, &old).iter().any(|v| v.kind == StandingRule::Version));
}

/// What need not come first is no hindrance, and is missed afterwards (G16).
#[test]
fn what_must_be_on_too_is_not_asked_for_first() {
    let catalogue = catalogue();
    let (own, other) = ("optimized-product-availability", "channel-side-inventory");
    let mut now = standing(&catalogue, "10.0.28", &[]);
    now.facts.insert("shared-warehouses".to_owned(), "yes".to_owned());
    let features = Features { catalogue: &catalogue, standing: &now };
    let gate = catalogue.get(own).unwrap();
    assert_eq!(features.status(gate), Status::NotEnabled);
    let alone = features.enable(gate, false, Consent::default()).unwrap();
    assert_eq!(alone.features(), [own]);
    let both = features.enable(gate, true, Consent::default()).unwrap();
    assert_eq!(both.features(), [other, own]);
    alone.list.iter().for_each(|change| now.apply(change));
    let missed = check(&catalogue, &now);
    assert!(missed.iter().any(|one| one.kind == StandingRule::Prerequisite && one.feature == own));
}
