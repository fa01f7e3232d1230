//! What falls due when the clock moves: features at midnight (G05), packages and tracked changes
//! that expire (D15, D17).

use std::collections::BTreeSet;

use serde::Serialize;

use super::error::ExchangeError;
use crate::gates::due::{Fallen, midnight};
use crate::gates::standing::{Change, Setting};
use crate::store::packages::{Folder, PackageStore};
use crate::store::{StoreError, Writer, features, sessions, tracking, world};
use crate::world::Clock;

/// What happened on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Features that fell due, by the midnight.
    pub features: Vec<Fallen>,
    /// Packages whose retention has passed.
    pub expired_packages: Vec<String>,
    /// The lowest version changes can be told from, where that has moved.
    pub tracking_from: Option<i64>,
}

/// Moves the environment's clock. Schedules are not run; that is for commands.
pub fn move_clock(writer: &mut Writer, clock: Clock) -> Result<Passed, ExchangeError> {
    let mut passed = Passed { features: midnights(writer, &clock)?, ..Passed::default() };
    writer.world.clock = clock;
    let settings = writer.env.settings().clone();
    let before = writer.world.clock.before(settings.package_retention);
    let folder = Folder(writer.env.packages_path());
    let kept: BTreeSet<String> = folder.list()?.into_iter().collect();
    for session in sessions::all(&writer.hq)? {
        let expired =
            session.package.filter(|name| session.created < before && kept.contains(name));
        if let Some(name) = expired {
            folder.delete(&name)?;
            passed.expired_packages.push(name);
        }
    }
    let was = tracking::min_valid(&writer.hq)?;
    let before = writer.world.clock.before(settings.tracking_retention);
    let now = tracking::forget_before(&writer.hq, &before)?;
    passed.tracking_from = (now != was).then_some(now);
    Ok::<_, StoreError>(passed).map_err(ExchangeError::from)
}

/// Goes through the midnights on the way at which something can turn on, and moves the clock.
///
/// Each midnight is a batch of its own; the clock and its outcome are one transaction.
fn midnights(writer: &Writer, clock: &Clock) -> Result<Vec<Fallen>, ExchangeError> {
    let old = &writer.world.clock;
    let catalogue = writer.env.gates()?;
    let mut standing = features::standing(&writer.hq, &catalogue, old)?;
    let first = old.today().tomorrow().unwrap_or_else(|_| old.today());
    let dated = standing.rows.iter().filter(|row| !row.on).filter_map(|row| row.enable_date);
    // What is overdue is looked at again at the first midnight.
    let mut dates: Vec<_> = dated.map(|date| date.max(first)).collect();
    dates.sort_unstable();
    dates.dedup();
    let mut fallen: Vec<Fallen> = Vec::new();
    for date in dates {
        let at = old.midnight(date).map_err(StoreError::from)?;
        if at > clock.utc() {
            break;
        }
        let now = midnight(&catalogue, &mut standing, date);
        writer.hq.write(|hq| {
            for one in &now {
                let Some(gate) = catalogue.get(&one.feature) else { continue };
                if one.on {
                    let due = standing.row(&one.feature).and_then(|row| row.enable_date);
                    let to = Setting::On(due.unwrap_or(date));
                    let change = Change { slug: one.feature.clone(), to };
                    features::apply(hq, &catalogue, &[change], "midnight", &at)?;
                } else {
                    features::log(hq, gate, "stayed-off", &one.reasons.join("; "), &at)?;
                }
            }
            world::set_value(hq, "clock", &at)
        })?;
        fallen.extend(now);
    }
    writer.hq.write(|hq| world::set_value(hq, "clock", &clock.utc()))?;
    Ok(fallen)
}
