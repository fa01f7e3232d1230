//! `cdx.toml`: the settings of an environment.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use toml::de::DeTable;

use super::problem::{Kind, Problems};
use super::settings_form::{
    CheckForm, DoctorForm, EnvironmentForm, ExtensionForm, RetentionForm, SUPPRESSION,
    ScaleUnitForm, SettingsForm, StorefrontForm, UploadForm,
};
use super::walk::{At, Walker};
use crate::model::ids::DataAreaId;
use crate::model::settings::{CHECK_PARTS, SUBJECT_PARTS, Settings, Suppression, UploadTopology};

/// The commented file that `init` writes; it says what the defaults are.
pub(crate) const TEMPLATE: &str = include_str!("cdx.template.toml");

/// Reads `cdx.toml`; what is left out has its default.
///
/// # Errors
/// Every problem, with line and column.
pub(crate) fn parse(file: &str, text: &str) -> Result<Settings, Problems> {
    let mut walker = Walker::new(file, text);
    let root = walker.parse();
    let mut settings = Settings::default();
    walker.known_keys(&root, SettingsForm::KEYS);
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
        walker.known_keys(table, UploadForm::KEYS);
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
            walker.known_keys(table, RetentionForm::KEYS);
            if let Some(found) = duration(&mut walker, table, "retention") {
                *retention = found;
            }
        }
    }
    if let Some((table, _)) = walker.table(&root, "doctor") {
        doctor(&mut walker, table, &mut settings);
    }
    let zone = TimeZone::get(&settings.time_zone).ok();
    settings.suppressions = suppressions(&mut walker, &root, SUBJECT_PARTS, zone.as_ref());
    for (table, at) in walker.tables(&root, "extension") {
        walker.known_keys(table, ExtensionForm::KEYS);
        let path = walker.required(table, "path", at, "a folder or a package of an extension");
        settings.extensions.extend(path.map(|path| path.value));
    }
    if walker.problems.is_empty() { Ok(settings) } else { Err(walker.problems) }
}

/// Reads a repository's `cdx-check.toml`: what of it is accepted.
///
/// # Errors
/// Every problem, with line and column.
pub(crate) fn parse_check(file: &str, text: &str) -> Result<Vec<Suppression>, Problems> {
    let mut walker = Walker::new(file, text);
    let root = walker.parse();
    walker.known_keys(&root, CheckForm::KEYS);
    let suppressions = suppressions(&mut walker, &root, CHECK_PARTS, None);
    if walker.problems.is_empty() { Ok(suppressions) } else { Err(walker.problems) }
}

fn environment(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, EnvironmentForm::KEYS);
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
    walker.known_keys(table, ScaleUnitForm::KEYS);
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
    walker.known_keys(table, StorefrontForm::KEYS);
    if let Some(ttl) = duration(walker, table, "feature-ttl") {
        settings.storefront_feature_ttl = ttl;
    }
    if let Some(ttl) = duration(walker, table, "configuration-ttl") {
        settings.storefront_configuration_ttl = ttl;
    }
}

fn doctor(walker: &mut Walker<'_>, table: &DeTable<'_>, settings: &mut Settings) {
    walker.known_keys(table, DoctorForm::KEYS);
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

fn suppressions(
    walker: &mut Walker<'_>,
    root: &DeTable<'_>,
    parts: &'static [&'static str],
    zone: Option<&TimeZone>,
) -> Vec<Suppression> {
    let text = walker.text;
    let mut found = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for (table, at) in walker.tables(root, "suppress") {
        walker.known_keys(table, SUPPRESSION);
        let code = walker.required(table, "code", at, "a rule's code such as \"CDX303\"");
        let reason = walker.required(table, "reason", at, "why the finding is accepted");
        if let Some(At { at, .. }) = reason.as_ref().filter(|reason| reason.value.trim().is_empty())
        {
            let expected = "why the finding is accepted";
            walker.note(*at, Kind::Missing { key: "reason", expected });
        }
        let scope = scope(walker, table, parts);
        let expires = walker.text_or_date(table, "expires");
        let date = expires.as_ref().and_then(|text| day(&text.value, zone));
        if let Some(At { value, at }) = expires.filter(|_| date.is_none()) {
            let expected = "a date, YYYY-MM-DD, or a time of it such as 2027-01-01T10:00:00Z";
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

/// The date that a text is, or is a time of: in the zone, or without one as it was written.
fn day(text: &str, zone: Option<&TimeZone>) -> Option<Date> {
    let text = text.trim();
    match (text.parse::<Timestamp>(), zone) {
        (Ok(time), Some(zone)) => Some(time.to_zoned_datetime(zone.clone()).date()),
        (Ok(_), None) => text.get(..10)?.parse().ok(),
        (Err(_), _) => text.parse().ok(),
    }
}

/// `scope = { channel = "online" }`.
fn scope(
    walker: &mut Walker<'_>,
    table: &DeTable<'_>,
    parts: &'static [&'static str],
) -> Vec<(String, String)> {
    let Some((inner, _)) = walker.table(table, "scope") else { return Vec::new() };
    walker.known_keys(inner, parts);
    let mut scope = Vec::new();
    for part in parts {
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
    fn a_repository_accepts_by_its_own_parts() {
        let text = "[[suppress]]\ncode = \"CDX711\"\nscope = { file = \"a.sql\", channel = \"x\" }\n\
                    reason = \" \"\n[other]\n";
        let problems = parse_check("cdx-check.toml", text).unwrap_err().told;
        let found: Vec<_> = problems.iter().map(|p| (p.line, p.column, p.code)).collect();
        let unknown = "unknown-key";
        assert_eq!(found, [(5, 2, unknown), (4, 10, "missing"), (3, 27, unknown)]);
        let text = "[[suppress]]\ncode = \"CDX711\"\nscope = { file = \"a.sql\" }\n\
                    reason = \"x\"\nexpires = 2027-01-31\n";
        let found = parse_check("cdx-check.toml", text).unwrap();
        assert_eq!(found[0].scope, [("file".to_owned(), "a.sql".to_owned())]);
        assert_eq!((found.len(), found[0].line), (1, 2));
    }

    #[test]
    fn what_json_prints_of_a_time_is_a_date_here_too() {
        let expires = |zone: &str, date: &str| {
            let text = format!(
                "[environment]\ntime-zone = \"{zone}\"\n[[suppress]]\ncode = \"CDX303\"\n\
                 reason = \"x\"\nexpires = {date}\n"
            );
            let settings = parse("cdx.toml", &text).map_err(|problems| problems.told[0].code);
            settings.map(|settings| settings.suppressions[0].expires.unwrap().to_string())
        };
        for (zone, text, date) in [
            ("UTC", "2026-06-30", "2026-06-30"),
            ("UTC", "\"2026-06-30\"", "2026-06-30"),
            ("UTC", "2026-06-30T23:30:00Z", "2026-06-30"),
            ("Europe/Madrid", "2026-06-30T23:30:00Z", "2026-07-01"),
            ("Europe/Madrid", "\"2026-06-30T23:30:00.5+02:00\"", "2026-06-30"),
            ("Europe/Madrid", "2026-06-30T23:30:00", "2026-06-30"),
        ] {
            assert_eq!(expires(zone, text).as_deref(), Ok(date), "{zone} {text}");
        }
        for wrong in ["\"soon\"", "\"2026-13-01\"", "\"\"", "08:00:00"] {
            assert_eq!(expires("UTC", wrong), Err("out-of-range"), "{wrong}");
        }
        let text = "[[suppress]]\ncode = \"CDX711\"\nreason = \"x\"\n\
                    expires = 2027-01-31T23:00:00-05:00\n";
        let found = parse_check("cdx-check.toml", text).unwrap();
        assert_eq!(found[0].expires.unwrap().to_string(), "2027-01-31", "as it was written");
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
