//! `cdx.toml`: the settings of an environment.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::de::DeTable;

use super::problem::{Kind, Problems};
use super::walk::{At, Walker};
use crate::model::ids::DataAreaId;
use crate::model::settings::{SUBJECT_PARTS, Settings, Suppression, UploadTopology};

/// The commented file that `init` writes; it says what the defaults are.
pub(crate) const TEMPLATE: &str = include_str!("cdx.template.toml");

const SECTIONS: &[&str] = &[
    "environment",
    "scale-unit",
    "e-commerce",
    "upload",
    "packages",
    "change-tracking",
    "doctor",
    "suppress",
    "extension",
];

/// Reads `cdx.toml`; what is left out has its default.
///
/// # Errors
/// Every problem, with line and column.
pub(crate) fn parse(file: &str, text: &str) -> Result<Settings, Problems> {
    let mut walker = Walker::new(file, text);
    let root = walker.parse();
    let mut settings = Settings::default();
    walker.known_keys(&root, SECTIONS);
    if let Some((table, _)) = walker.table(&root, "environment") {
        environment(&mut walker, table, &mut settings);
    }
    if let Some((table, _)) = walker.table(&root, "scale-unit") {
        scale_unit(&mut walker, table, &mut settings);
    }
    if let Some((table, _)) = walker.table(&root, "e-commerce") {
        e_commerce(&mut walker, table, &mut settings);
    }
    if let Some((table, _)) = walker.table(&root, "upload") {
        walker.known_keys(table, &["topology"]);
        if let Some(topology) =
            walker.word(table, "topology", UploadTopology::ALL, UploadTopology::as_str)
        {
            settings.topology = topology;
        }
    }
    for (section, retention) in [
        ("packages", &mut settings.package_retention),
        ("change-tracking", &mut settings.tracking_retention),
    ] {
        if let Some((table, _)) = walker.table(&root, section) {
            walker.known_keys(table, &["retention"]);
            if let Some(found) = duration(&mut walker, table, "retention") {
                *retention = found;
            }
        }
    }
    if let Some((table, _)) = walker.table(&root, "doctor") {
        doctor(&mut walker, table, &mut settings);
    }
    settings.suppressions = suppressions(&mut walker, &root, text);
    for (table, at) in walker.tables(&root, "extension") {
        walker.known_keys(table, &["path"]);
        let path = walker.required(table, "path", at, "a folder or a package of an extension");
        settings.extensions.extend(path.map(|path| path.value));
    }
    if walker.problems.is_empty() { Ok(settings) } else { Err(walker.problems) }
}

fn environment(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, &["company", "time-zone"]);
    if let Some(company) = walker.text(table, "company") {
        if company.value.is_empty() || company.value.chars().count() > 4 {
            let expected = "a legal entity of one to four characters";
            let kind =
                Kind::OutOfRange { key: "company".to_owned(), value: company.value, expected };
            walker.note(company.at, kind);
        } else {
            settings.company = DataAreaId::new(company.value);
        }
    }
    if let Some(zone) = walker.text(table, "time-zone") {
        if TimeZone::get(&zone.value).is_err() {
            let expected = "an IANA name such as UTC or Europe/Madrid";
            let kind =
                Kind::OutOfRange { key: "time-zone".to_owned(), value: zone.value, expected };
            walker.note(zone.at, kind);
        } else {
            settings.time_zone = zone.value;
        }
    }
}

fn scale_unit(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, &["instances", "cache-ttl"]);
    if let Some(found) = walker.integer(table, "instances") {
        if let Ok(instances @ 1..=16) = u32::try_from(found.value) {
            settings.instances = instances;
        } else {
            let kind = Kind::OutOfRange {
                key: "instances".to_owned(),
                value: found.value.to_string(),
                expected: "a number from 1 to 16",
            };
            walker.note(found.at, kind);
        }
    }
    if let Some(ttl) = duration(walker, table, "cache-ttl") {
        settings.cache_ttl = ttl;
    }
}

fn e_commerce(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, &["feature-ttl", "configuration-ttl"]);
    if let Some(ttl) = duration(walker, table, "feature-ttl") {
        settings.storefront_feature_ttl = ttl;
    }
    if let Some(ttl) = duration(walker, table, "configuration-ttl") {
        settings.storefront_configuration_ttl = ttl;
    }
}

fn doctor(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, &["stuck-after", "session-budget"]);
    if let Some(found) = duration(walker, table, "stuck-after") {
        settings.doctor.stuck_after = found;
    }
    if let Some(found) = walker.integer(table, "session-budget") {
        if let Ok(budget) = u64::try_from(found.value) {
            settings.doctor.session_budget = budget;
        } else {
            let kind = Kind::OutOfRange {
                key: "session-budget".to_owned(),
                value: found.value.to_string(),
                expected: "a number of sessions, 0 or more",
            };
            walker.note(found.at, kind);
        }
    }
}

fn suppressions(walker: &mut Walker<'_>, root: &DeTable<'_>, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for (table, at) in walker.tables(root, "suppress") {
        walker.known_keys(table, &["code", "scope", "reason", "expires"]);
        let code = walker.required(table, "code", at, "a rule's code such as \"CDX303\"");
        let reason = walker.required(table, "reason", at, "why the finding is accepted");
        let scope = scope(walker, table);
        let expires = walker.text_or_date(table, "expires");
        let date = expires.as_ref().and_then(|text| text.value.parse::<Date>().ok());
        if let Some(At { value, at }) = expires.filter(|_| date.is_none()) {
            let expected = "a date, YYYY-MM-DD";
            walker.note(at, Kind::OutOfRange { key: "expires".to_owned(), value, expected });
        }
        if let (Some(code), Some(reason)) = (code, reason) {
            line += text.get(counted..code.at).map_or(0, |part| part.matches('\n').count());
            counted = counted.max(code.at);
            let (code, reason) = (code.value, reason.value);
            found.push(Suppression { code, scope, reason, expires: date, line });
        }
    }
    found
}

/// `scope = { channel = "online" }`.
fn scope(walker: &mut Walker<'_>, table: &DeTable<'_>) -> Vec<(String, String)> {
    let Some((inner, _)) = walker.table(table, "scope") else { return Vec::new() };
    walker.known_keys(inner, SUBJECT_PARTS);
    let mut scope = Vec::new();
    for part in SUBJECT_PARTS {
        if let Some(value) = walker.text(inner, part) {
            scope.push(((*part).to_owned(), value.value));
        }
    }
    scope
}

/// `15m`, `2h`, `30d`; a day has 24 hours here.
fn duration(walker: &mut Walker<'_>, table: &DeTable<'_>, key: &str) -> Option<Duration> {
    let found = walker.text(table, key)?;
    let days = found.value.trim().strip_suffix('d').and_then(|days| days.trim().parse().ok());
    let parsed = match days {
        Some(days) => SignedDuration::try_from_hours(24_i64.checked_mul(days)?),
        None => found.value.trim().parse().ok(),
    };
    let duration = parsed.and_then(|duration| Duration::try_from(duration).ok());
    if duration.is_none() {
        let expected = "a duration such as 15m, 2h or 30d";
        let kind = Kind::OutOfRange { key: key.to_owned(), value: found.value, expected };
        walker.note(found.at, kind);
    }
    duration
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_says_the_defaults() {
        assert_eq!(parse("cdx.toml", TEMPLATE).unwrap(), Settings::default());
        assert_eq!(parse("cdx.toml", "").unwrap(), Settings::default());
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let text = "[environment]\ncompany = \"TOOLONG\"\ntime-zone = \"Mars\"\n\
                    [scale-unit]\ninstances = 0\ncache-tll = \"1m\"\n[uploads]\n";
        let problems = parse("cdx.toml", text).unwrap_err().told;
        let found: Vec<_> = problems.iter().map(|p| (p.line, p.code)).collect();
        assert_eq!(
            found,
            [
                (7, "unknown-key"),
                (2, "out-of-range"),
                (3, "out-of-range"),
                (6, "unknown-key"),
                (5, "out-of-range"),
            ]
        );
        assert_eq!(problems[3].hint.as_deref(), Some("did you mean cache-ttl?"));
    }
}
