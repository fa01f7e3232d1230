//! What falls due when the clock moves: features at midnight (G05), packages and tracked changes
//! that expire (D15, D17).

use std::collections::BTreeSet;

use super::error::ExchangeError;
use super::way::Passed;
use crate::gates::due::{MidnightOutcome, midnight};
use crate::gates::standing::{Change, FeatureEvent, Setting};
use crate::model::time::Time;
use crate::store::packages::{Folder, PackageStore};
use crate::store::world::DueBatches;
use crate::store::{
    HqWriter, StoreError, Writer, feature_log, features, sessions, tracking, world,
};
use crate::world::Clock;

/// Moves the environment's clock, with all that happens on the way in one transaction: where it
/// fails, no part of the way is behind. The batches whose time that is are noted with it, to be run
/// by the caller.
///
/// # Errors
/// The files. A package that has expired and cannot be removed is told, and removed another time.
pub(crate) fn move_clock(
    writer: &mut Writer,
    clock: Clock,
    due: &DueBatches,
) -> Result<Passed, ExchangeError> {
    let settings = writer.env.settings().clone();
    let folder = Folder(writer.env.packages_path());
    let expired = expired(writer, &folder, &clock.before(settings.package_retention))?;
    let mut passed = writer.change(|writer| {
        let hq = &writer.hq;
        let features = midnights(writer, &clock)?;
        let was = tracking::min_valid(hq)?;
        let now = tracking::forget_before(hq, &clock.before(settings.tracking_retention))?;
        world::set_value(hq, "clock", clock.utc().as_str())?;
        if !due.is_empty() {
            world::set_due(hq, due)?;
        }
        let tracking_from = (now != was).then_some(now);
        Ok::<_, ExchangeError>(Passed { features, tracking_from, ..Passed::default() })
    })?;
    writer.world.clock = clock;
    for name in expired {
        let deleted = folder.delete(&name);
        if deleted.is_ok() {
            passed.expired_packages.push(name);
        }
        writer.tidied("a package that has expired", deleted);
    }
    Ok(passed)
}

/// The packages that are there and were made before a time.
fn expired(writer: &Writer, folder: &Folder, before: &Time) -> Result<Vec<String>, StoreError> {
    let mut old = sessions::packages_before(&writer.hq, before)?;
    if !old.is_empty() {
        let kept: BTreeSet<String> = folder.list()?.into_iter().collect();
        old.retain(|name| kept.contains(name));
    }
    Ok(old)
}

/// Goes through the midnights on the way at which something can turn on, inside the caller's
/// transaction; each is a batch of its own.
fn midnights(writer: &HqWriter<'_>, clock: &Clock) -> Result<Vec<MidnightOutcome>, ExchangeError> {
    let (hq, old) = (&writer.hq, &writer.world.clock);
    let catalogue = writer.env.gates()?;
    let mut standing = features::standing(hq, &catalogue, old)?;
    let first = old.today().tomorrow().unwrap_or_else(|_| old.today());
    let dated = standing.rows.iter().filter(|row| !row.on).filter_map(|row| row.enable_date);
    // What is overdue is looked at again at the first midnight.
    let mut dates: Vec<_> = dated.map(|date| date.max(first)).collect();
    dates.sort_unstable();
    dates.dedup();
    let mut fallen: Vec<MidnightOutcome> = Vec::new();
    for date in dates {
        let at = old.midnight(date).map_err(StoreError::from)?;
        if at > clock.utc() {
            break;
        }
        let now = midnight(&catalogue, &mut standing, date);
        for one in &now {
            let Some(gate) = catalogue.get(&one.feature) else { continue };
            if one.on {
                let due = standing.row(&one.feature).and_then(|row| row.enable_date);
                let to = Setting::On(due.unwrap_or(date));
                let change = Change { slug: one.feature.clone(), to };
                features::apply(hq, &catalogue, &[change], "midnight", &at)?;
            } else {
                feature_log::log(hq, gate, FeatureEvent::StayedOff, &one.reasons.join("; "), &at)?;
            }
        }
        fallen.extend(now);
    }
    Ok(fallen)
}
