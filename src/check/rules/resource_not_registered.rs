//! CDX701: seed data is in no resource that an event handler adds.

use crate::check::facts::Facts;
use crate::check::near::near;
use crate::check::rule::Rule;
use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Spot, Subject, Unknown};
use crate::extension::repository::{Handler, Resource, SeedData};

const HEADER: Header = Header {
    code: "CDX701",
    name: "resource-not-registered",
    severity: Severity::Error,
    checks: "that an event handler adds each resource that holds seed data, and asks for \
             RetailCDXSeedDataAX7 first; only where resources or handlers were read",
    why: "Seed data counts once a handler of registerCDXSeedDataExtension has added its resource. \
          Without the question it is also added to the seed data of the version before.",
    how_to_fix: "Add the resource in a handler: if (originalCDXSeedDataResource == \
                 resourceStr(RetailCDXSeedDataAX7)) resources.addEnd(resourceStr(NAME)).",
    since: "0.6.0",
    behaviours: &["S03"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, check };

/// The seed data of the product, which extensions are added to.
const PRODUCT: &str = "RetailCDXSeedDataAX7";

fn check(facts: &Facts, findings: &mut Findings) {
    let repository = &facts.repository;
    if repository.resources.is_empty() && repository.handlers.is_empty() {
        return;
    }
    for seed in &repository.seeds {
        let source = seed.span.source;
        let holds = |resource: &&Resource| resource.contents.contains(&source);
        match repository.resources.iter().find(holds) {
            Some(resource) => registered(facts, findings, resource),
            None if repository.resources.is_empty() => {
                let file = repository.sources.file(seed.span);
                let why = "no resource that was read holds it".to_owned();
                findings.unjudged(file, &Unknown(why));
            }
            None => in_no_resource(facts, findings, seed),
        }
    }
}

fn in_no_resource(facts: &Facts, findings: &mut Findings, seed: &SeedData) {
    let sources = &facts.repository.sources;
    let found = Found {
        subject: Subject::at(sources, seed.span),
        title: "seed data is in no resource".to_owned(),
        evidence: vec!["no AxResource names this file".to_owned()],
        effect: "no handler can add it, and initializing the scheduler does not see it".to_owned(),
        fix: None,
    };
    let spots = vec![Spot::new(seed.span, "this document")];
    findings.report_at(Severity::Error, found, sources, spots);
}

fn registered(facts: &Facts, findings: &mut Findings, resource: &Resource) {
    let name = &resource.name.value;
    let adds = |handler: &&Handler| handler.resource.value.eq_ignore_ascii_case(name);
    let handlers: Vec<&Handler> = facts.repository.handlers.iter().filter(adds).collect();
    let asks = |handler: &Handler| {
        let asked = handler.condition.as_ref();
        asked.is_some_and(|asked| asked.value.eq_ignore_ascii_case(PRODUCT))
    };
    if handlers.is_empty() {
        not_added(facts, findings, resource);
    } else if !handlers.iter().any(|handler| asks(handler)) {
        for handler in handlers {
            unasked(facts, findings, resource, handler);
        }
    }
}

fn not_added(facts: &Facts, findings: &mut Findings, resource: &Resource) {
    let sources = &facts.repository.sources;
    let name = &resource.name;
    let added = facts.repository.handlers.iter().map(|handler| handler.resource.value.as_str());
    let near = near(&name.value, added);
    let mut spots = vec![Spot::new(name.span, "no handler adds this resource")];
    let near =
        facts.repository.handlers.iter().find(|handler| near == Some(&handler.resource.value));
    spots.extend(near.map(|near| Spot::new(near.resource.span, "a handler adds this one")));
    let evidence = match near {
        Some(near) => format!("a handler adds {}, which is nearly that name", near.resource.value),
        None => format!("{} handlers add other resources", facts.repository.handlers.len()),
    };
    let found = Found {
        subject: Subject::at(sources, name.span).with_key(&name.value),
        title: format!("no event handler adds the resource {}", name.value),
        evidence: vec![evidence],
        effect: "initializing the scheduler does not see its jobs and subjobs".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Error, found, sources, spots);
}

fn unasked(facts: &Facts, findings: &mut Findings, resource: &Resource, handler: &Handler) {
    let sources = &facts.repository.sources;
    let name = &resource.name.value;
    let (title, place) = match &handler.condition {
        None => (format!("the resource {name} is added without a condition"), None),
        Some(asked) => {
            let title = format!("the resource {name} is added on {}", asked.value);
            (title, Some(Spot::new(asked.span, "what the handler asks for")))
        }
    };
    let mut spots = vec![Spot::new(handler.resource.span, "added here")];
    spots.extend(place);
    spots.push(Spot::new(resource.name.span, "the resource"));
    let found = Found {
        subject: Subject::at(sources, handler.resource.span).with_key(name),
        title,
        evidence: vec![format!("the handler does not ask for {PRODUCT}")],
        effect: "it is merged into other seed data than the current one, or into both".to_owned(),
        fix: None,
    };
    findings.report_at(Severity::Warning, found, sources, spots);
}
