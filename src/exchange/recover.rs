//! Opens an environment for writing and finishes what an interrupted command left.

use super::error::ExchangeError;
use crate::model::event::{Event, Listener};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::store::packages::{Folder, PackageStore};
use crate::store::{Access, Environment, StoreError, Writer, apply, sessions, topology, world};
use crate::world::FaultKind;
use crate::world::random::Random;

/// Takes the environment's lock, arms the faults asked for, and repairs what is left over.
///
/// # Errors
/// The lock, the files, or a fault that is not understood.
pub fn begin(
    env: &Environment,
    command: &str,
    faults: &[String],
    listener: &mut dyn Listener,
) -> Result<Writer, ExchangeError> {
    let mut writer = env.writer(command)?;
    for fault in faults {
        if fault == RANDOM {
            let drawn = draw(&writer)?;
            writer.world.faults.add(&drawn)?;
            listener.event(Event::Fault { fault: drawn });
        } else {
            writer.world.faults.add(fault)?;
        }
    }
    repair(&mut writer, listener)?;
    Ok(writer)
}

/// The fault that is drawn from the environment's seed.
const RANDOM: &str = "random";

/// Draws a fault and a channel database; each draw is the next of the environment's own, and what
/// was drawn is told, so that it can be asked for by name again.
fn draw(writer: &Writer) -> Result<String, StoreError> {
    let count = writer.hq.write(|hq| world::next(hq, "random-fault"))?;
    let mut random = Random::new(writer.world.seed, &format!("fault {count}"));
    let kinds: Vec<FaultKind> =
        FaultKind::ALL.iter().copied().filter(|kind| *kind != FaultKind::CreateFails).collect();
    let stores = topology::data_stores(&writer.hq)?;
    let kind = random.pick(&kinds).copied().unwrap_or(FaultKind::ApplyFails);
    let store = random.pick(&stores).map_or("houston", |store| store.name.as_str());
    Ok(format!("{}={store}", kind.as_str()))
}

fn repair(writer: &mut Writer, listener: &mut dyn Listener) -> Result<(), ExchangeError> {
    let sessions = sessions::interrupted(&writer.hq)?;
    for session in &sessions {
        if session.status == DownloadStatus::Started {
            let message = "the command that made the package was interrupted";
            let failed = DownloadStatus::CreateFailed;
            writer.hq.write(|hq| sessions::set_all(hq, session.id, failed, Some(message)))?;
            repaired(listener, format!("session {} is packed again", session.id));
        }
        for row in session.stores.iter().filter(|row| is_interrupted(row.status)) {
            repair_row(writer, session, row, listener)?;
        }
    }
    super::collect::repair(writer, listener)?;
    sweep_packages(writer, listener)?;
    super::intents::repair(writer, listener)
}

fn repaired(listener: &mut dyn Listener, what: String) {
    listener.event(Event::Repaired { what });
}

fn is_interrupted(status: DownloadStatus) -> bool {
    matches!(status, DownloadStatus::Requested | DownloadStatus::Downloaded)
}

/// The channel knows whether a package was applied there; headquarters takes its word (D11).
fn repair_row(
    writer: &Writer,
    session: &DownloadSession,
    row: &StoreSession,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    let package = session.package.as_deref().unwrap_or("");
    let opened = writer.env.channel(&row.store, Access::Write);
    let applied = match &opened {
        Ok(channel) => apply::is_applied(channel, package)?,
        // A channel that cannot be opened gets another try, which will say why it cannot.
        Err(_) => false,
    };
    let mut mended = row.clone();
    if let (true, Ok(channel)) = (applied, &opened) {
        mended.status = DownloadStatus::Applied;
        mended.tries += 1;
        mended.rows = apply::remembered_rows(channel, session.id)?;
        mended.downloaded.clone_from(&row.requested);
        mended.applied.clone_from(&row.requested);
        mended.message = None;
    } else {
        mended.status = DownloadStatus::Available;
    }
    writer.hq.write(|hq| sessions::update_store(hq, session.id, &mended))?;
    let what = if applied {
        format!("session {} had been applied to {}; headquarters knows now", session.id, row.store)
    } else {
        format!("session {} is given to {} again", session.id, row.store)
    };
    repaired(listener, what);
    Ok(())
}

/// Packages that no session knows were made by a command that did not live to record them.
fn sweep_packages(writer: &Writer, listener: &mut dyn Listener) -> Result<(), ExchangeError> {
    let folder = Folder(writer.env.packages_path());
    let drafts = folder.sweep()?;
    if drafts > 0 {
        repaired(listener, format!("{drafts} unfinished package files are removed"));
    }
    let known = sessions::packages(&writer.hq)?;
    for name in folder.list()? {
        if !known.contains(&name) {
            folder.delete(&name)?;
            repaired(listener, format!("package {name}, which no session knows, is removed"));
        }
    }
    Ok::<_, StoreError>(()).map_err(ExchangeError::from)
}
