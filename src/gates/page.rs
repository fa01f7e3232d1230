//! `docs/gates.md` and what `cdx explain` says of a feature, made from the catalogue.

use std::fmt::Write as _;

use super::catalogue::Catalogue;
use super::gate::{Act, Before, Gate, Restart};
use crate::model::evidence::Evidence;

/// The page of every gate.
pub(crate) fn markdown(catalogue: &Catalogue) -> String {
    let mut text = String::from(
        "# Feature gates\n\nEvery gate inside the binary. An environment adds its own in `gates/*.toml`; \
         the files in `gates/` of this project show the form.\n\n\
         | gate | from | on by default | mandatory | needs |\n|---|---|---|---|---|\n",
    );
    for gate in &catalogue.gates {
        use super::gate::Stage::{Mandatory, OnByDefault};
        let begins =
            |stage| gate.lifecycle.begins(stage).map_or_else(String::new, ToString::to_string);
        let needs: Vec<&str> = gate.requires.iter().map(|needed| needed.feature.as_str()).collect();
        let _ = writeln!(
            text,
            "| [{slug}](#{slug}) | {} | {} | {} | {} |",
            gate.since,
            begins(OnByDefault),
            begins(Mandatory),
            needs.join(", "),
            slug = gate.slug,
        );
    }
    for gate in &catalogue.gates {
        let _ = write!(text, "\n## {}\n\n{}, {}\n\n", gate.slug, gate.name, gate.name_es);
        for line in lines(gate) {
            let _ = writeln!(text, "- {line}");
        }
    }
    text
}

/// What is known of a gate, one statement a line, each with its grade and source.
pub(crate) fn lines(gate: &Gate) -> Vec<String> {
    let mut lines = vec![
        format!("class {}{}", gate.class, because(&gate.class_evidence, None)),
        format!("module {}{}", gate.module, because(&gate.evidence, None)),
    ];
    let own = Some(&gate.evidence);
    let stages: Vec<String> = gate
        .lifecycle
        .stages
        .iter()
        .map(|(stage, since)| format!("{} {since}", stage.as_str()))
        .collect();
    lines.push(format!("{}{}", stages.join(", "), because(&gate.lifecycle.evidence, own)));
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
        lines.push(format!("requires {}{when}{}", needed.feature, because(&needed.evidence, own)));
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
    lines
}

/// The grade and source of a statement, unless they are those of the whole gate.
fn because(evidence: &Evidence, own: Option<&Evidence>) -> String {
    if own == Some(evidence) {
        return String::new();
    }
    format!(" ({}: {})", evidence.grade.as_str(), evidence.source)
}
