//! What differs between two sets of features: of environments, or of exported files.

use crate::model::named::named;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::import::EntityRow;

/// One side: its features, and how each channel acts where that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// The entity's rows.
    pub(crate) rows: Vec<EntityRow>,
    /// For each feature by table name, the channels by name and whether they act on it; none for a
    /// file.
    pub(crate) channels: Option<BTreeMap<String, BTreeMap<String, bool>>>,
}

named! {
    /// How a feature differs.
    pub(crate) enum Kind {
        /// Only the left side has it.
        OnlyLeft = "only-left",
        /// Only the right side has it.
        OnlyRight = "only-right",
        /// Headquarters differ.
        Differs = "differs",
        /// Headquarters are equal, channels are not.
        ChannelsDiffer = "channels-differ",
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Difference {
    /// How.
    pub(crate) kind: Kind,
    /// The feature's name in the entity.
    pub(crate) feature: String,
    /// Its slug, where it is known here.
    pub(crate) slug: Option<String>,
    /// What the left side says.
    pub(crate) left: Option<String>,
    /// What the right side says.
    pub(crate) right: Option<String>,
    /// The channels that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) channels: Vec<String>,
}

/// Every difference, by kind and name.
pub(crate) fn diff(left: &Side, right: &Side) -> Vec<Difference> {
    let mut found = Vec::new();
    let by_name = |rows: &[EntityRow]| -> BTreeMap<String, EntityRow> {
        rows.iter().map(|row| (row.name.to_lowercase(), row.clone())).collect()
    };
    let (lefts, rights) = (by_name(&left.rows), by_name(&right.rows));
    for (key, row) in &lefts {
        match rights.get(key) {
            None => found.push(one(Kind::OnlyLeft, row, Some(row), None)),
            Some(other) if differ(row, other) => {
                found.push(one(Kind::Differs, row, Some(row), Some(other)));
            }
            Some(other) => {
                let channels = unlike(left, right, &row.name);
                if !channels.is_empty() {
                    let difference = one(Kind::ChannelsDiffer, row, Some(row), Some(other));
                    found.push(Difference { channels, ..difference });
                }
            }
        }
    }
    for (key, row) in &rights {
        if !lefts.contains_key(key) {
            found.push(one(Kind::OnlyRight, row, None, Some(row)));
        }
    }
    found.sort_by(|a, b| (a.kind, &a.feature).cmp(&(b.kind, &b.feature)));
    found
}

fn one(
    kind: Kind,
    row: &EntityRow,
    left: Option<&EntityRow>,
    right: Option<&EntityRow>,
) -> Difference {
    Difference {
        kind,
        feature: row.name.clone(),
        slug: None,
        left: left.map(says),
        right: right.map(says),
        channels: Vec::new(),
    }
}

/// Whether two rows say otherwise of a feature; a list without dates says only on or off.
fn differ(one: &EntityRow, other: &EntityRow) -> bool {
    let says_dates = |row: &EntityRow| row.dated || row.enabled || row.enable_date.is_some();
    if says_dates(one) && says_dates(other) {
        says(one) != says(other)
    } else {
        one.enabled != other.enabled
    }
}

/// On, off, or scheduled with the date; when something was turned on is no difference.
fn says(row: &EntityRow) -> String {
    match (row.enabled, row.enable_date) {
        (true, _) => "on".to_owned(),
        (false, Some(date)) => format!("scheduled {date}"),
        (false, None) => "off".to_owned(),
    }
}

/// Channels that both sides have and that act differently on a feature.
fn unlike(left: &Side, right: &Side, feature: &str) -> Vec<String> {
    let (Some(left), Some(right)) = (&left.channels, &right.channels) else { return Vec::new() };
    let (Some(left), Some(right)) = (left.get(feature), right.get(feature)) else {
        return Vec::new();
    };
    let differs = |(channel, on): &(&String, &bool)| right.get(*channel).is_some_and(|o| o != *on);
    left.iter().filter(differs).map(|(channel, _)| channel.clone()).collect()
}
