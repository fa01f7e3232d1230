//! Importing the "Feature management" data entity, by its six rules (G10).

use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::gate::Gate;
pub use super::matching::EntityRow;
use super::matching::{UnmatchedRow, match_rows};
use super::resolve::{Consent, Features, Reach, Refusal, RefusalKind};
use super::standing::{Change, Setting, Standing, prerequisites_first};
use crate::model::named::named;

named! {
    /// Which of the documented rules a row falls under.
    pub enum Rule {
        /// Enabled to Yes enables; the date is today.
        A = "a",
        /// Enabled to No, or a blank date, disables and clears the date.
        B = "b",
        /// A future date schedules.
        C = "c",
        /// Yes with a future date schedules.
        D = "d",
        /// No with a future date schedules.
        E = "e",
        /// What is on and gets a future date stays on.
        F = "f",
    }
}

impl Rule {
    /// What it is about.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::A => "Enabled is Yes",
            Self::B => "Enabled is No, or the date is blank",
            Self::C => "a date to come",
            Self::D => "Yes with a date to come",
            Self::E => "No with a date to come",
            Self::F => "what is on stays on",
        }
    }
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RowOutcome {
    /// The gate.
    pub feature: String,
    /// The line of the file.
    pub line: usize,
    /// The rule.
    pub rule: Rule,
    /// What it does: enables, disables, schedules or nothing.
    pub effect: &'static str,
    /// The date that it is scheduled for.
    pub date: Option<String>,
    #[serde(skip)]
    change: Option<Change>,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Rows that differ from what headquarters has, in the order of the file.
    pub ruled: Vec<RowOutcome>,
    /// The changes, in an order that every gate rule allows.
    pub changes: Vec<Change>,
    /// Every rule that is broken; nothing is imported when there is one.
    pub refused: Vec<Refusal>,
    /// Rows that match no feature of this environment; an import updates existing ones only.
    pub unmatched: Vec<UnmatchedRow>,
    /// Rows that equal what headquarters has.
    pub unchanged: usize,
}

/// Works out what importing rows would do.
///
/// All gate rules hold: features turn off before what they need, and on after it, whatever the
/// order of the file, which the documentation leaves open.
pub fn import(
    catalogue: &Catalogue,
    standing: &Standing,
    rows: &[EntityRow],
    consent: Consent,
) -> Import {
    let mut done = Import::default();
    let listed = Features { catalogue, standing };
    let (matched, unmatched) = match_rows(catalogue, rows);
    done.unmatched = unmatched;
    for (row, gate) in matched {
        if !listed.is_listed(gate) {
            let why = format!("it is not there in {}", standing.version);
            done.unmatched.push(UnmatchedRow::of(row, why));
            continue;
        }
        match rule(gate, standing, row) {
            Ok(None) => done.unchanged += 1,
            Ok(Some(ruled)) => done.ruled.push(ruled),
            Err(refusal) => done.refused.push(refusal),
        }
    }
    done.unmatched.sort_by_key(|one| one.line);
    order(&mut done, catalogue, standing, consent);
    if !done.refused.is_empty() {
        done.changes.clear();
    }
    done
}

/// The rule a row falls under; none when it equals the current record.
fn rule(gate: &Gate, standing: &Standing, row: &EntityRow) -> Result<Option<RowOutcome>, Refusal> {
    let current = standing.row(&gate.slug);
    let (was_on, was_date) = current.map_or((false, None), |known| (known.on, known.enable_date));
    let enabled_changed = row.enabled != was_on;
    let date_changed = row.enable_date != was_date;
    if !enabled_changed && !date_changed {
        return Ok(None);
    }
    let future = row.enable_date.filter(|date| *date > standing.today);
    let ruled = |rule, effect, to: Option<Setting>| {
        let change = to.map(|to| Change { slug: gate.slug.clone(), to });
        let change =
            change.filter(|_| !(to == Some(Setting::Off) && !was_on && was_date.is_none()));
        let date = match to {
            Some(Setting::Scheduled(date)) => Some(date.to_string()),
            Some(Setting::On(_) | Setting::Off) | None => None,
        };
        let feature = gate.slug.clone();
        Ok(Some(RowOutcome { feature, line: row.line, rule, effect, date, change }))
    };
    if !row.dated {
        return match (enabled_changed, row.enabled) {
            (false, _) => Ok(None),
            (true, true) => ruled(Rule::A, "enables", Some(Setting::On(standing.today))),
            (true, false) => ruled(Rule::B, "disables", Some(Setting::Off)),
        };
    }
    match (row.enable_date, future) {
        // A blanked date wins over Enabled.
        (None, _) if date_changed => ruled(Rule::B, "disables", Some(Setting::Off)),
        (_, Some(_)) if was_on && row.enabled => ruled(Rule::F, "stays enabled", None),
        (_, Some(date)) => {
            let rule = match (enabled_changed, row.enabled) {
                (true, true) => Rule::D,
                (true, false) => Rule::E,
                (false, _) => Rule::C,
            };
            ruled(rule, "schedules", Some(Setting::Scheduled(date)))
        }
        _ if enabled_changed && row.enabled => {
            ruled(Rule::A, "enables", Some(Setting::On(standing.today)))
        }
        _ if enabled_changed => ruled(Rule::B, "disables", Some(Setting::Off)),
        // On stays on, whenever it is said to have been turned on.
        _ if was_on => ruled(Rule::F, "stays enabled", None),
        (Some(date), None) => {
            let message = format!(
                "{:?} is given the date {date}, which is not after today, {}; Enabled is No",
                gate.name, standing.today
            );
            Err(Refusal::own(RefusalKind::DatePassed, gate, message))
        }
        (None, _) => Ok(None),
    }
}

/// Puts the changes into an order that holds, dependents off first, then prerequisites on first.
fn order(done: &mut Import, catalogue: &Catalogue, standing: &Standing, consent: Consent) {
    let mut now = standing.clone();
    let wanted = |slug: &str| {
        done.ruled.iter().find(|ruled| ruled.feature == slug).and_then(|ruled| ruled.change.clone())
    };
    let mut refused = Vec::new();
    let gates = prerequisites_first(catalogue);
    for gate in gates.iter().rev() {
        let Some(change) = wanted(&gate.slug) else { continue };
        if matches!(change.to, Setting::On(_)) {
            continue;
        }
        let features = Features { catalogue, standing: &now };
        let kept = features.disable(gate, Reach::Alone).err().unwrap_or_default();
        let stays = !kept.is_empty();
        refused.extend(kept);
        if let Setting::Scheduled(date) = change.to {
            let fits = features.schedule(gate, date, consent).err().unwrap_or_default();
            // Whether it may go off is told above.
            let off = [RefusalKind::AlreadyOn, RefusalKind::Mandatory, RefusalKind::CannotDisable];
            refused.extend(fits.into_iter().filter(|refusal| !off.contains(&refusal.kind)));
        }
        // What stays on is not also missed by what needs it.
        if !stays {
            now.apply(&change);
        }
        done.changes.push(change);
    }
    for gate in gates {
        let Some(change) = wanted(&gate.slug).filter(|c| matches!(c.to, Setting::On(_))) else {
            continue;
        };
        let decision = Features { catalogue, standing: &now }.enable(gate, false, consent);
        refused.extend(decision.err().unwrap_or_default());
        now.apply(&change);
        done.changes.push(change);
    }
    done.refused.extend(refused);
}

/// The entity's rows as headquarters stands: what `export` writes.
pub fn export(catalogue: &Catalogue, standing: &Standing) -> Vec<EntityRow> {
    let listed = |gate: &&Gate| standing.row(&gate.slug).is_some();
    let row = |gate: &Gate| {
        let known = standing.row(&gate.slug);
        EntityRow {
            name: gate.table_name(),
            display_name: gate.name.clone(),
            module: gate.module.clone(),
            enabled: known.is_some_and(|row| row.on),
            enable_date: known.and_then(|row| row.enable_date),
            dated: true,
            line: 0,
        }
    };
    catalogue.gates.iter().filter(listed).map(row).collect()
}
