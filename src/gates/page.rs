//! `docs/gates.md` and what `cdx explain` says of a feature, made from the catalogue.

use std::fmt::Write as _;

use super::catalogue::Catalogue;
use super::gate::{Act, Before, Gate, Lifecycle, Restart};
use crate::model::evidence::Evidence;
use crate::model::source_pages::linked;
use crate::model::version::Version;

/// A gate of one's own, which shows exclusion: no page names two features that exclude each other.
const EXAMPLE: &str = r#"[feature]
slug = "our-details-page"
class = "ContosoDetailsPageFeature"
name = "Our own customer details page"
module = "Contoso"
excludes = ["modern-customer-details-page"]
grade = "assumed"
source = "our own extension"

[lifecycle]
released = "10.0.40"

[[requires]]
feature = "async-customer-editing"

[[configuration]]
name = "our-page-deployed"
before = "1110"
text = "the page's package, on every scale unit"
effect = "registers show nothing"

[[step]]
job = "1110"

[[step]]
restart = "register"
"#;

/// The page of every gate.
pub(crate) fn markdown(catalogue: &Catalogue) -> String {
    let mut text = String::from(
        "# Feature gates\n\nEvery gate inside the binary. An environment adds its own in \
         `gates/*.toml`; the files in `gates/` of this project show the form. Where no public \
         source names the class of a feature, it has none, and headquarters' NAME is \
         `unpublished:` and the slug.\n\nA gate of one's own, which keeps another feature \
         off:\n\n```toml\n",
    );
    text.push_str(EXAMPLE);
    text.push_str(
        "```\n\n\
         | gate | from | on by default | mandatory | needs |\n|---|---|---|---|---|\n",
    );
    for gate in catalogue.with_files() {
        use super::gate::Stage::{Mandatory, OnByDefault};
        let begins =
            |stage| gate.lifecycle.begins(stage).map_or_else(String::new, ToString::to_string);
        let needs: Vec<&str> = gate.requires.iter().map(|needed| needed.feature.as_str()).collect();
        let _ = writeln!(
            text,
            "| [{slug}](#{slug}) | {} | {} | {} | {} |",
            gate.known_since().map_or_else(String::new, ToString::to_string),
            begins(OnByDefault),
            begins(Mandatory),
            needs.join(", "),
            slug = gate.slug,
        );
    }
    for gate in catalogue.with_files() {
        let names = [&gate.name].into_iter().chain(&gate.name_es).chain(&gate.also);
        let names = names.map(String::as_str).collect::<Vec<_>>().join("; ");
        let _ = write!(text, "\n## {}\n\n{names}\n\n", gate.slug);
        for line in lines(gate) {
            let _ = writeln!(text, "- {}", linked(&line));
        }
    }
    text.push_str(
        "\n## Known features\n\nFeatures that are known by name and state, and have no demands of \
         their own: they are listed, enabled, scheduled, imported and carried by 1110 like the \
         others, and an update moves them along.\n\n| feature | name | class | states |\n\
         |---|---|---|---|\n",
    );
    for gate in catalogue.gates.iter().filter(|gate| gate.known) {
        let class = gate.class.as_deref().unwrap_or("not public");
        let (slug, name, states) = (&gate.slug, &gate.name, versions(gate).join(", "));
        let _ = writeln!(text, "| {slug} | {name} | {class} | {states} |");
    }
    text
}

/// The rows of gates whose sources say different things, for the table of docs/fidelity.md.
pub(crate) fn differing(catalogue: &Catalogue) -> String {
    let mut text = String::new();
    for gate in &catalogue.gates {
        if let Some(differ) = &gate.differ {
            let _ = writeln!(text, "| {} | {differ} |", gate.slug);
        }
    }
    text
}

/// What is known of a gate, one statement a line, each with its grade and source.
pub(crate) fn lines(gate: &Gate) -> Vec<String> {
    let class = gate.class.as_ref().map_or_else(
        || format!("class not public: headquarters' NAME is {} here", gate.table_name()),
        |class| format!("class {class}{}", because(&gate.class_evidence, None)),
    );
    let mut lines = vec![class];
    if gate.known {
        lines.push("a known feature without demands of its own (G19)".to_owned());
    } else {
        let Evidence { grade, source } = &gate.evidence;
        lines.push(format!("{}: {source}", grade.as_str()));
    }
    if !gate.module.is_empty() {
        lines.push(format!("module {}{}", gate.module, because(&gate.module_evidence, None)));
    }
    let own = Some(&gate.evidence);
    lines.push(stages(gate));
    if let Some(version) = &gate.lifecycle.scale_unit {
        lines.push(format!("needs scale units of {version}"));
    }
    if gate.one_way {
        lines.push("one way: cannot be turned off again".to_owned());
    } else if !gate.can_disable {
        lines.push("cannot be disabled once on".to_owned());
    }
    lines.extend(gate.confirmation.iter().map(|text| format!("must be confirmed: {text}")));
    lines.extend(gate.configuration_key.iter().map(|key| format!("configuration key {key}")));
    for needed in &gate.requires {
        let when = needed.when.as_ref().map_or_else(String::new, |fact| format!(" with {fact}"));
        let order = if needed.first { "requires" } else { "requires, in either order," };
        let because = because(&needed.evidence, own);
        lines.push(format!("{order} {}{when}{because}", needed.feature));
    }
    lines.extend(gate.excludes.iter().map(|other| format!("excludes {other}")));
    for item in &gate.configurations {
        let before = match &item.before {
            Before::Enable => "enabling it".to_owned(),
            Before::Job(job) => format!("running {job}"),
        };
        let (text, effect, name) = (&item.text, &item.effect, &item.name);
        let because = because(&item.evidence, own);
        lines.push(format!("before {before}: {text} ({name}); without it {effect}{because}"));
    }
    for (at, step) in gate.steps.iter().enumerate() {
        let what = match &step.act {
            Act::Initialize => "initialize the commerce scheduler".to_owned(),
            Act::Run { job, wait: false } => format!("run {job}"),
            Act::Run { job, wait: true } => format!("run {job} and wait until it is Applied"),
            Act::Manual { fact, text } => format!("{text} ({fact})"),
            Act::Restart(Restart::ScaleUnit) => "restart the scale unit".to_owned(),
            Act::Restart(Restart::Register) => "restart the registers".to_owned(),
        };
        lines.push(format!("step {}: {what}{}", at + 1, because(&step.evidence, own)));
    }
    lines.extend(gate.notes.iter().cloned());
    lines.extend(gate.differ.iter().map(|differ| format!("sources differ: {differ}")));
    lines
}

/// From which versions on it is in which stage.
fn stages(gate: &Gate) -> String {
    let Lifecycle { evidence, first, .. } = &gate.lifecycle;
    let mut told = versions(gate);
    match told.first_mut() {
        Some(said) if gate.known_since().is_some() => {
            said.push_str(&because(first, Some(evidence)));
        }
        _ => told.insert(0, "its first version is not known: it is there in every one".to_owned()),
    }
    format!("{}{}", told.join(", "), because(evidence, Some(&gate.evidence)))
}

/// Its stages with their first versions, those that are known.
fn versions(gate: &Gate) -> Vec<String> {
    let known = gate.lifecycle.stages.iter().filter(|(_, since)| *since != Version::ANY);
    known.map(|(stage, since)| format!("{} {since}", stage.as_str())).collect()
}

/// The grade and source of a statement, unless they are those of the whole gate.
fn because(evidence: &Evidence, own: Option<&Evidence>) -> String {
    if own == Some(evidence) {
        return String::new();
    }
    format!(" ({}: {})", evidence.grade.as_str(), evidence.source)
}
