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
