//! The words of lists of features: columns, statuses and dates, as the data entity and the
//! workspace write them.

use jiff::civil::Date;

use super::cells::plain;
use crate::definitions::Kind;
use crate::model::folding::folded;
use crate::model::nearest::nearest;
use crate::world::clock::NO_DATE;

/// The columns of the data entity, as they are written.
pub(super) const COLUMNS: [&str; 5] = ["NAME", "DISPLAYNAME", "MODULE", "ENABLED", "ENABLEDATE"];

/// What else a column is called, by [`COLUMNS`]: the workspace's list, in English and Spanish.
const ALSO: [&[&str]; 5] = [
    &["CLASS", "CLASSNAME", "FEATURECLASS"],
    &[
        "FEATURENAME",
        "FEATURE",
        "FEATURELABEL",
        "LABEL",
        "NOMBREDELACARACTERISTICA",
        "CARACTERISTICA",
        "NOMBRE",
    ],
    &["FEATUREMODULE", "MODULO"],
    &["FEATURESTATE", "STATE", "STATUS", "FEATURESTATUS", "ISENABLED", "HABILITADO", "ESTADO"],
    &["ENABLEDON", "DATEENABLED", "FECHADEHABILITACION"],
];

/// Headings of a list in Spanish, whose dates have the day first.
const SPANISH: &[&str] = &[
    "NOMBREDELACARACTERISTICA",
    "CARACTERISTICA",
    "NOMBRE",
    "MODULO",
    "HABILITADO",
    "ESTADO",
    "FECHADEHABILITACION",
];

/// Whether a header is of a list in Spanish.
pub(super) fn is_spanish(header: &str) -> bool {
    SPANISH.contains(&plain(&folded(header)).as_str())
}

/// The place in [`COLUMNS`] of what a header says.
pub(super) fn column(header: &str) -> Option<usize> {
    let word = plain(&folded(header));
    let called = |at: usize| COLUMNS[at] == word || ALSO[at].contains(&word.as_str());
    (0..COLUMNS.len()).find(|at| called(*at))
}

/// Whether a header that is none may be meant for the column of dates.
pub(super) fn is_near_date(header: &str) -> bool {
    nearest(&plain(&folded(header)), [COLUMNS[4]]).is_some()
}

/// What is on, however it came to be, in the words of the entity and of the workspace.
const ON: &[&str] = &[
    "yes",
    "true",
    "1",
    "on",
    "enabled",
    "mandatory",
    "on by default",
    "si",
    "habilitado",
    "habilitada",
    "activado",
    "obligatorio",
    "obligatoria",
];
/// What is off, with or without a date.
const OFF: &[&str] = &[
    "no",
    "false",
    "0",
    "off",
    "not enabled",
    "disabled",
    "scheduled",
    "needs confirmation",
    "cannot be enabled",
    "can't be enabled",
    "no habilitado",
    "no habilitada",
    "deshabilitado",
    "programado",
    "programada",
];

/// Whether a word says that a feature is on.
pub(super) fn is_on(text: &str) -> Result<bool, Kind> {
    let word = folded(text);
    if ON.contains(&word.as_str()) {
        return Ok(true);
    }
    if OFF.contains(&word.as_str()) {
        return Ok(false);
    }
    Err(Kind::UnknownWord {
        key: "ENABLED".to_owned(),
        value: text.to_owned(),
        expected: "Yes, No, a status of the workspace".to_owned(),
        nearest: nearest(&word, ON.iter().chain(OFF).copied()).map(str::to_owned),
    })
}

/// A date as ISO writes it, or with the month first, in Spanish the day; with or without a time
/// behind it. 1900-01-01 is blank.
pub(super) fn date(text: &str, day_first: bool) -> Result<Option<Date>, Kind> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    match day.parse().ok().or_else(|| with_slashes(day, day_first)) {
        Some(date) if date.to_string() == NO_DATE => Ok(None),
        Some(date) => Ok(Some(date)),
        None => Err(Kind::OutOfRange {
            key: "ENABLEDATE".to_owned(),
            value: format!("{text:?}"),
            expected: if day_first {
                "a date YYYY-MM-DD or D/M/YYYY, or blank"
            } else {
                "a date YYYY-MM-DD or M/D/YYYY, or blank"
            },
        }),
    }
}

fn with_slashes(text: &str, day_first: bool) -> Option<Date> {
    let mut parts = text.split('/');
    let mut next = || parts.next()?.parse::<i16>().ok();
    let (first, second, year) = (next()?, next()?, next()?);
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    let whole = year >= 1000 && parts.next().is_none();
    whole.then(|| Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_people_have_them_are_understood() {
        for (header, at) in [
            ("Feature name", 1),
            ("FEATURE_STATE", 3),
            ("Enable date", 4),
            ("Nombre de la caracter\u{ed}stica", 1),
            ("Name", 0),
            ("M\u{f3}dulo", 2),
        ] {
            assert_eq!(column(header), Some(at), "{header}");
        }
        assert_eq!(column("Feature added"), None);
        let day = |text| date(text, false).unwrap().map(|date| date.to_string());
        let spanish = date("2/1/2026", true).unwrap().map(|date| date.to_string());
        assert_eq!(spanish.as_deref(), Some("2026-01-02"));
        assert!(is_spanish("Fecha de habilitaci\u{f3}n") && !is_spanish("Enable date"));
        assert_eq!(day("2/1/2026").as_deref(), Some("2026-02-01"));
        assert_eq!(day("2/1/2026 12:00:00 AM").as_deref(), Some("2026-02-01"));
        assert_eq!(day("2026-02-01T00:00:00").as_deref(), Some("2026-02-01"));
        assert_eq!((day("1/1/1900"), day("")), (None, None));
        for wrong in ["13/13/2026", "1/2/26", "1/2", "1/2/2026/3", "soon"] {
            assert!(date(wrong, false).is_err(), "{wrong}");
        }
        assert_eq!((is_on("Not enabled").ok(), is_on("S\u{ed}").ok()), (Some(false), Some(true)));
        assert!(is_on("maybe").is_err());
    }
}
