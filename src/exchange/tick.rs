//! What falls due when the clock moves: packages and tracked changes expire (D15, D17).

use serde::Serialize;

use super::error::ExchangeError;
use crate::store::packages::{Folder, PackageStore};
use crate::store::{StoreError, Writer, sessions, tracking, world};
use crate::world::Clock;

/// What happened on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Packages whose retention has passed.
    pub expired_packages: Vec<String>,
    /// The lowest version changes can be told from, where that has moved.
    pub tracking_from: Option<i64>,
}

/// Moves the environment's clock. Schedules are not run; that is for commands.
pub fn move_clock(writer: &mut Writer, clock: Clock) -> Result<Passed, ExchangeError> {
    writer.hq.write(|hq| world::set_value(hq, "clock", &clock.utc()))?;
    writer.world.clock = clock;
    let settings = writer.env.settings().clone();
    let mut passed = Passed::default();
    let before = writer.world.clock.before(settings.package_retention);
    let folder = Folder(writer.env.packages_path());
    let kept = folder.list()?;
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
