//! What a midnight turns on (G05).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::resolve::{Consent, Features};
use super::standing::{Change, Setting, Standing, prerequisites_first};

/// What a midnight came to for one scheduled feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "FeatureAtMidnight")]
pub struct MidnightOutcome {
    /// The gate.
    pub feature: String,
    /// The date whose midnight it was, `YYYY-MM-DD`.
    pub date: String,
    /// Whether it is on now.
    pub on: bool,
    /// Why it stayed off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// What the batch of one midnight does: everything dated until then turns on, prerequisites first.
///
/// A feature whose prerequisite is off, or that something else stands in the way of, stays off
/// with its date, and is looked at again the next midnight.
pub fn midnight(
    catalogue: &Catalogue,
    standing: &mut Standing,
    date: Date,
) -> Vec<MidnightOutcome> {
    let agreed = Consent { confirm: true, irreversible: true };
    standing.today = date;
    let mut fallen = Vec::new();
    for gate in prerequisites_first(catalogue) {
        let Some(due) = standing.scheduled(&gate.slug).filter(|due| *due <= date) else { continue };
        let decision = Features { catalogue, standing }.enable(gate, false, agreed);
        let refused = decision.err().unwrap_or_default();
        let reasons: Vec<String> = refused.into_iter().map(|refusal| refusal.message).collect();
        let on = reasons.is_empty();
        if on {
            standing.apply(&Change { slug: gate.slug.clone(), to: Setting::On(due) });
        }
        fallen.push(MidnightOutcome {
            feature: gate.slug.clone(),
            date: date.to_string(),
            on,
            reasons,
        });
    }
    fallen
}
