//! `cdx features diff`: two environments, two exported files, or one of each.

use std::path::Path;

use serde::Serialize;

use super::entity::read;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::diff::{Difference, Kind, Side, diff};
use crate::gates::import::export;
use crate::gates::{Features, Gate};
use crate::report::page::{Page, Report};
use crate::runtime::features::survey;
use crate::store::{Environment, features};

#[derive(Debug, Serialize)]
struct DiffReport {
    left: String,
    right: String,
    equal: bool,
    differences: Vec<Difference>,
}

impl Report for DiffReport {
    fn text(&self, page: &mut Page) {
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
            let feature = difference.feature.rsplit('.').next().unwrap_or_default();
            [
                feature.to_owned(),
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

pub(super) fn run(context: &Context, left: &Path, right: &Path) -> Result<Exit, CommandError> {
    let differences = diff(&side(left)?, &side(right)?);
    let equal = differences.is_empty();
    let (left, right) = (left.display().to_string(), right.display().to_string());
    let exit = if equal { Exit::Done } else { Exit::No };
    context.end(exit, &DiffReport { left, right, equal, differences })
}

/// An environment when it is a folder, else a file of the entity.
fn side(path: &Path) -> Result<Side, CommandError> {
    if !path.is_dir() {
        return Ok(Side { rows: read(path)?, channels: None });
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
