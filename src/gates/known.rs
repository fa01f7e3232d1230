//! Features that are known by name and state, without demands of their own (G19).

use super::file::carried;
use super::gate::{Gate, Lifecycle, Stage};
use crate::model::evidence::{Evidence, Grade};
use crate::model::version::Version;

const FEATURES: &str = include_str!("../../gates/known-features.tsv");

/// Every known feature; a line that cannot be read is left out, and a test finds it.
pub(super) fn features() -> impl Iterator<Item = Gate> {
    lines().filter_map(gate)
}

/// Whether a known feature has this slug.
pub(super) fn is_known(slug: &str) -> bool {
    lines().any(|line| line.split('\t').next() == Some(slug))
}

fn lines() -> impl Iterator<Item = &'static str> {
    FEATURES.lines().filter(|line| !line.starts_with('#'))
}

fn gate(line: &str) -> Option<Gate> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [slug, class, name, since, states, grade, source, ref more @ ..] = columns[..] else {
        return None;
    };
    // Two columns that most lines leave out: the module, and in what the sources differ.
    let more = |at: usize| more.get(at).copied().filter(|text| !text.is_empty());
    let evidence = Evidence { grade: Grade::parse(grade)?, source: source.to_owned() };
    let stages = stages(since, states)?;
    let (first, own) = (evidence.clone(), evidence.clone());
    Some(Gate {
        slug: slug.to_owned(),
        class: Some(class.to_owned()).filter(|class| !class.is_empty()),
        class_evidence: evidence.clone(),
        name: name.to_owned(),
        name_es: None,
        also: Vec::new(),
        module: more(0).unwrap_or_default().to_owned(),
        module_evidence: evidence.clone(),
        since: stages.first()?.1.clone(),
        lifecycle: Lifecycle { stages, scale_unit: None, evidence: own, first },
        can_disable: true,
        one_way: false,
        confirmation: None,
        configuration_key: None,
        requires: Vec::new(),
        excludes: Vec::new(),
        configurations: Vec::new(),
        steps: vec![carried()],
        notes: Vec::new(),
        differ: more(1).map(str::to_owned),
        evidence,
        known: true,
        origin: "gates/known-features.tsv".to_owned(),
    })
}

/// The stages in order: released in its first version, if that has no state of its own.
fn stages(since: &str, states: &str) -> Option<Vec<(Stage, Version)>> {
    let mut stages = Vec::new();
    for state in states.split(';').filter(|state| !state.is_empty()) {
        let (version, stage) = state.split_once('=')?;
        stages.push((Stage::parse(stage)?, Version::parse(version)?));
    }
    let since = if since.is_empty() { Version::ANY } else { Version::parse(since)? };
    if stages.first().is_none_or(|(_, first)| *first > since) {
        stages.insert(0, (Stage::Released, since));
    }
    Some(stages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g19_every_line_is_read_and_none_is_there_twice() {
        let all: Vec<Gate> = features().collect();
        assert_eq!(all.len(), lines().count());
        let mut slugs: Vec<&str> = all.iter().map(|gate| gate.slug.as_str()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), all.len());
        for gate in &all {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(gate.slug.chars().all(plain), "{}", gate.slug);
            let ordered = gate.lifecycle.stages.windows(2).all(|two| two[0].1 < two[1].1);
            assert!(ordered, "{}", gate.slug);
        }
    }
}
