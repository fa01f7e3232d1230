//! `cdx features diff`: two environments, two exported files, or one of each.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::entity::read;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::diff::{Difference, Kind, Side, diff};
use crate::gates::import::{EntityRow, export};
use crate::gates::matching::{UnmatchedRow, match_rows};
use crate::gates::{Catalogue, Features, Gate};
use crate::report::page::{Page, Report};
use crate::runtime::features::survey;
use crate::store::{Environment, features};

#[derive(Debug, Serialize, JsonSchema)]
struct DiffReport {
    /// The first, as it was named.
    left: String,
    /// The second.
    right: String,
    /// Whether both say the same.
    equal: bool,
    /// Where they differ.
    differences: Vec<Difference>,
    /// Rows that match no feature, by the side they stand on; they are compared by their own name.
    unmatched: Vec<OfSide>,
}

/// A row of one side that matches no feature.
#[derive(Debug, Serialize, JsonSchema)]
struct OfSide {
    /// In which of the two.
    side: String,
    #[serde(flatten)]
    row: UnmatchedRow,
}

outcomes! {
    DiffReport: "features diff";
}

impl Report for DiffReport {
    fn text(&self, page: &mut Page) {
        for OfSide { side, row } in &self.unmatched {
            page.line(format!("{side} line {}: {:?}, {}", row.line, row.name, row.why));
        }
        if self.equal {
            page.line(format!("{} and {} have the same features", self.left, self.right));
            return;
        }
        let row = |difference: &Difference| {
            let what = match difference.kind {
                Kind::OnlyLeft => "only left",
                Kind::OnlyRight => "only right",
                Kind::Differs => "differs",
                Kind::ChannelsDiffer => "channels differ",
            };
            let class = difference.feature.rsplit('.').next().unwrap_or_default();
            [
                difference.slug.clone().unwrap_or_else(|| class.to_owned()),
                what.to_owned(),
                difference.left.clone().unwrap_or_default(),
                difference.right.clone().unwrap_or_default(),
                difference.channels.join(", "),
            ]
        };
        let rows = self.differences.iter().map(row).collect();
        page.table(["feature", "what", "left", "right", "channels"], rows);
    }
}

pub(super) fn run(
    context: &Context,
    left: &Path,
    right: &Path,
    strict: bool,
) -> Result<Exit, CommandError> {
    let mut unmatched = Vec::new();
    let catalogue = super::catalogue(context)?;
    let mut look = |path| side(path, &catalogue, &mut unmatched);
    let mut differences = diff(&look(left)?, &look(right)?);
    for one in &mut differences {
        one.slug = catalogue.by_table_name(&one.feature).map(|gate| gate.slug.clone());
    }
    let equal = differences.is_empty();
    let (left, right) = (left.display().to_string(), right.display().to_string());
    let no = !equal || strict && !unmatched.is_empty();
    let exit = if no { Exit::No } else { Exit::Done };
    context.end(exit, &DiffReport { left, right, equal, differences, unmatched })
}

/// The rows of a file under the names that headquarters has for their features.
fn of_file(
    path: &Path,
    catalogue: &Catalogue,
    unmatched: &mut Vec<OfSide>,
) -> Result<Vec<EntityRow>, CommandError> {
    let rows = read(path)?;
    let (matched, of_none) = match_rows(catalogue, &rows);
    let mut named: Vec<EntityRow> = Vec::new();
    for (row, gate) in matched {
        named.push(EntityRow { name: gate.table_name(), ..row.clone() });
    }
    for row in of_none {
        let own = rows.iter().find(|own| own.line == row.line);
        named.extend(own.map(|own| EntityRow { name: row.name.clone(), ..own.clone() }));
        unmatched.push(OfSide { side: path.display().to_string(), row });
    }
    Ok(named)
}

/// An environment when it is a folder, else a file of the entity.
fn side(
    path: &Path,
    catalogue: &Catalogue,
    unmatched: &mut Vec<OfSide>,
) -> Result<Side, CommandError> {
    if !path.is_dir() {
        return Ok(Side { rows: of_file(path, catalogue, unmatched)?, channels: None });
    }
    let env = Environment::find(Some(path), path)?;
    let catalogue = env.gates()?;
    let reader = env.reader()?;
    let standing = features::standing(&reader.hq, &catalogue, &reader.world.clock)?;
    let listed = Features { catalogue: &catalogue, standing: &standing };
    let gates: Vec<&Gate> = catalogue.gates.iter().filter(|gate| listed.is_listed(gate)).collect();
    let found = survey(&reader, &catalogue, &standing, &gates, None)?;
    let of = |gate: &&Gate| {
        let channels = found.get(&gate.slug).into_iter().flatten();
        let acts = channels.map(|one| (one.in_effect.channel.clone(), one.in_effect.in_effect));
        (gate.table_name(), acts.collect())
    };
    Ok(Side { rows: export(&catalogue, &standing), channels: Some(gates.iter().map(of).collect()) })
}
