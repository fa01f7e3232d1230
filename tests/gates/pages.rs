//! Each shipped gate beside what the pages say of it, and the known features beside theirs.

use std::fmt::Write as _;

use cdx::gates::catalogue::slug;
use cdx::gates::file::GateFile;
use cdx::gates::gate::{Act, Restart};
use cdx::gates::lifecycle::{LifecycleEvent, update};
use cdx::gates::resolve::{Consent, RefusalKind};
use cdx::gates::{Catalogue, Features, Gate};

use super::{catalogue, jobs, standing, version};

/// A step in a word.
fn step(act: &Act) -> String {
    match act {
        Act::Initialize => "initialize".to_owned(),
        Act::Run { job, wait: false } => job.to_string(),
        Act::Run { job, wait: true } => format!("{job} until Applied"),
        Act::Manual { fact, .. } => fact.clone(),
        Act::Restart(Restart::ScaleUnit) => "restart scale units".to_owned(),
        Act::Restart(Restart::Register) => "restart registers".to_owned(),
    }
}

/// What is held against the pages, in a line.
fn line(gate: &Gate) -> String {
    let mut text = format!("{}: {}", gate.slug, gate.class.as_deref().unwrap_or("not public"));
    let known = gate.lifecycle.stages.iter().filter(|(_, since)| *since > version("0.0"));
    known.for_each(|(stage, since)| _ = write!(text, ", {stage} {since}"));
    gate.lifecycle.scale_unit.iter().for_each(|unit| _ = write!(text, ", scale unit {unit}"));
    let steps = gate.steps.iter().map(|one| step(&one.act)).collect::<Vec<_>>();
    _ = write!(text, "; {}", steps.join(", "));
    for needed in &gate.requires {
        let order = if needed.first { "needs" } else { "also" };
        _ = write!(text, "; {order} {}", needed.feature);
    }
    gate.configurations.iter().for_each(|item| _ = write!(text, "; wants {}", item.name));
    text.push_str(match (gate.one_way, gate.can_disable) {
        (true, _) => "; one way",
        (_, false) => "; cannot be disabled",
        _ => "",
    });
    text
}

#[test]
fn each_gate_says_what_its_pages_say() {
    let catalogue = catalogue();
    let lines: Vec<String> = catalogue.with_files().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    customer-order-performance: RetailCustomerSimpleOptimizedOrderManagementFeature, released 10.0.20, mandatory 10.0.28; 1110
    async-address-creation: RetailAsyncAddressCreationFeature, released 10.0.22; 1110
    enhanced-async-customer-creation: not public, released 10.0.24; 1110, 1070
    async-customer-editing: RetailEnableAsyncCustomerEditFeature, released 10.0.29; 1110, 1010, 1070; needs customer-order-performance; needs enhanced-async-customer-creation; needs async-address-creation
    emailed-receipts-from-journal: not public; 1110
    emailed-receipts-of-any-type: not public, released 10.0.18; 1110; needs emailed-receipts-from-journal; wants receipt-template-mapped
    cloud-powered-customer-search: not public, preview 10.0.18, scale unit 10.0.18; initialize, 1010_CustomerSearch until Applied, 1110
    new-transaction-ids: not public, released 10.0.19, mandatory 10.0.41; 1110, 1070, 1170, restart registers; one way
    channel-side-inventory: RetailInventoryChannelCalculationConsolidationFeature, released 10.0.12, on-by-default 10.0.29; 1110, 1070
    optimized-product-availability: RetailProductAvailabilityOptimizationFeature, released 10.0.22, mandatory 10.0.29; 1110, 1070; also channel-side-inventory
    pos-offline-database-compression: not public, released 10.0.29; 1110, 1070
    enhanced-wallet-support: not public, released 10.0.20; 1110, initialize
    initialize-scheduler-after-update: not public, released 10.0.24; 1110
    modern-customer-details-page: RetailModernCustomerDetailsPageFeature, released 10.0.48; 1110, restart registers
    omnichannel-media-authoring: not public, released 10.0.35; 1110 until Applied, media-sync-ended, media-products-synchronized
    omnichannel-media-management: not public, released 10.0.35; 1110 until Applied, media-site-switched; needs omnichannel-media-authoring; wants media-sync-ended; wants media-products-synchronized
    flattened-discounts: not public, released 10.0.23, on-by-default 10.0.32; 1110, initialize, discounts-synchronized
    multiple-catalogs: not public, released 10.0.27; 1110
    unified-returns: not public, released 10.0.20, scale unit 10.0.20; 1110; cannot be disabled
    multiple-contacts: not public; 1110
    ");
}

/// A gate's names, in English and in Spanish, other spellings that name it, the grades of its steps
/// in their order (by first letter), and what its notes must say; as the pages have it.
type Facts = (
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

const FACTS: [Facts; 20] = [
    (
        "customer-order-performance",
        "Performance improvements for customer orders and customer transactions",
        Some("Mejoras de rendimiento para pedidos de clientes y transacciones de clientes"),
        &[],
        "i",
        &[],
    ),
    (
        "async-address-creation",
        "Enable asynchronous creation for customer addresses",
        Some("Habilitar creación asincrónica para direcciones de clientes"),
        &["Enable the asynchronous creation for customer addresses"],
        "i",
        &[],
    ),
    (
        "enhanced-async-customer-creation",
        "Enable enhanced async customer creation",
        Some("Habilitar la creación mejorada de clientes asincrónicos"),
        &[],
        "ii",
        &["Off by default"],
    ),
    (
        "async-customer-editing",
        "Enable editing customers in asynchronous mode",
        Some("Habilitar la edición de clientes en modo asíncrono"),
        &["Habilitar edición de clientes en modo asíncrono"],
        "ddd",
        &["no What's new up to 10.0.49"],
    ),
    ("emailed-receipts-from-journal", "Email receipts from the Journal", None, &[], "i", &[]),
    (
        "emailed-receipts-of-any-type",
        "Email any receipt type and customize emailed receipts",
        None,
        &[],
        "d",
        &[],
    ),
    (
        "cloud-powered-customer-search",
        "(Preview) Cloud powered customer search",
        None,
        &["Cloud powered customer search"],
        "ddd",
        &["regular intervals"],
    ),
    (
        "new-transaction-ids",
        "Enable new transaction ID to avoid duplicate transaction IDs",
        None,
        &[],
        "iddd",
        &["10.0.41 says mandatory", "on by default from 10.0.41"],
    ),
    (
        "channel-side-inventory",
        "Enhanced e-Commerce channel-side inventory calculation logic",
        Some("Lógica mejorada de cálculo de inventario del lado del canal de comercio electrónico"),
        &[],
        "id",
        &[],
    ),
    (
        "optimized-product-availability",
        "Optimized product availability calculation",
        Some("Cálculo optimizado de disponibilidad de producto"),
        &[],
        "id",
        &["before 10.0.8"],
    ),
    ("pos-offline-database-compression", "POS offline database compression", None, &[], "id", &[]),
    (
        "enhanced-wallet-support",
        "Enhanced wallet support and payment improvements",
        None,
        &[],
        "dd",
        &["10.0.20 or later"],
    ),
    (
        "initialize-scheduler-after-update",
        "Run \"Initialize commerce scheduler\" after Headquarters is updated",
        None,
        &[],
        "i",
        &["Off by default"],
    ),
    (
        "modern-customer-details-page",
        "Enable modernized customer details page",
        None,
        &["Modern customer details page"],
        "dd",
        &["replaces the legacy customer details view"],
    ),
    (
        "omnichannel-media-authoring",
        "Enable omnichannel media assignment authoring UX",
        None,
        &[],
        "ddd",
        &[],
    ),
    (
        "omnichannel-media-management",
        "Enable omnichannel media assignments for CSU media locations",
        None,
        &[],
        "dd",
        &[],
    ),
    (
        "flattened-discounts",
        "Improve discount computation performance by using flattened discount tables",
        None,
        &["Improved pricing computation performance by using flattened discount tables"],
        "idd",
        &["off before the update to 10.0.32"],
    ),
    (
        "multiple-catalogs",
        "Enable use of multiple catalogs on retail channels",
        None,
        &["Enable use of multiple catalogs on retails channels"],
        "d",
        &["catalog", "10.0.26"],
    ),
    (
        "unified-returns",
        "Unified return processing experience in POS",
        None,
        &["Unified return processing experience for POS"],
        "i",
        &["1200"],
    ),
    (
        "multiple-contacts",
        "Capture multiple emails and phone numbers and consent for marketing on these contacts",
        None,
        &[],
        "i",
        &["secondary contacts"],
    ),
];

#[test]
fn each_gate_is_called_and_graded_as_its_pages_have_it() {
    let catalogue = catalogue();
    let gates: Vec<&Gate> = catalogue.with_files().collect();
    assert_eq!(gates.len(), FACTS.len());
    for (gate, (slug, name, name_es, also, grades, notes)) in gates.into_iter().zip(FACTS) {
        assert_eq!((gate.slug.as_str(), gate.name.as_str()), (slug, name));
        assert_eq!(gate.name_es.as_deref(), name_es, "{slug}");
        for spelling in name_es.iter().chain(also).chain([&name]) {
            assert_eq!(catalogue.find(spelling).unwrap().slug, slug, "{spelling}");
        }
        let letters = gate.steps.iter().map(|step| &step.evidence.grade.as_str()[..1]);
        assert_eq!(letters.collect::<String>(), grades, "{slug}");
        let told = gate.notes.iter().chain(&gate.differ).map(String::as_str).collect::<String>();
        for note in notes {
            assert!(told.contains(note), "{slug}: {note:?}: {told}");
        }
        let known = gate.notes.is_empty() && gate.differ.is_none();
        assert_eq!(known, notes.is_empty(), "{slug}: {told}");
        // A module is said only where a page names it.
        let module = if slug == "new-transaction-ids" { "Commerce" } else { "" };
        assert_eq!(gate.module, module, "{slug}");
    }
}

#[test]
fn g19_known_features_move_along_without_demands() {
    let catalogue = catalogue();
    let known: Vec<&Gate> = catalogue.gates.iter().filter(|gate| gate.known).collect();
    assert!(known.len() > 60, "{}", known.len());
    assert!(known.iter().all(|gate| gate.requires.is_empty() && gate.configurations.is_empty()));
    for (word, slug) in [
        ("RetailTeamsIntegration", "enable-microsoft-teams-integration"),
        ("Compress payment tokens", "compress-payment-tokens"),
        ("RetailSearchPriceRangeFeature", "retail-search-price-range-feature"),
    ] {
        assert_eq!(catalogue.find(word).unwrap().slug, slug);
    }
    let teams = catalogue.get("enable-microsoft-teams-integration").unwrap();
    let tokens = catalogue.get("compress-payment-tokens").unwrap();
    assert_eq!(teams.table_name(), "Dynamics.AX.Application.RetailTeamsIntegration");
    assert_eq!(tokens.table_name(), "unpublished:compress-payment-tokens");
    let before = standing(&catalogue, "10.0.24", &[]);
    let done = update(&catalogue, &before, &version("10.0.29"));
    let told = |slug: &str| -> Vec<LifecycleEvent> {
        done.movements.iter().filter(|one| one.feature == slug).map(|one| one.moved).collect()
    };
    // Its first version is not known, so that it was there before.
    assert_eq!(told(&teams.slug), [LifecycleEvent::Stage, LifecycleEvent::TurnedOn]);
    assert_eq!(told(&tokens.slug), [LifecycleEvent::Listed]);
}

/// The gate of one's own that the page shows is one.
#[test]
fn the_example_of_the_page_keeps_another_feature_off() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gates.md")).unwrap();
    let text = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    let file = GateFile { name: "gates/ours.toml".to_owned(), text };
    let catalogue = Catalogue::load(&[file], &jobs()).unwrap();
    let on =
        [slug::PERFORMANCE, slug::ENHANCED, slug::ADDRESSES, slug::EDITING, "our-details-page"];
    let now = standing(&catalogue, "10.0.48", &on);
    let features = Features { catalogue: &catalogue, standing: &now };
    let other = catalogue.get("modern-customer-details-page").unwrap();
    let refused = features.enable(other, false, Consent::default()).unwrap_err();
    assert_eq!(refused[0].kind, RefusalKind::Excluded);
}
