//! The one way to write an environment: it is opened, what an interrupted command left is finished,
//! the work is done, and it is ended, whatever came of the work.

use super::arming::{Asked, arm, tell_unmet};
use super::chain::chain;
use super::error::ExchangeError;
use crate::model::event::{Event, Listener};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::store::packages::{Folder, PackageStore};
use crate::store::{Environment, StoreError, TidyFailure, Writer, apply, sessions, uploads};
use crate::world::interrupt::{self, Held};

/// Takes the environment's lock, arms the faults asked for, repairs what is left over, works, and
/// ends. Where the work is done, what could not be put in order after it is told, and makes no
/// failure of it.
///
/// # Errors
/// The lock, the files, a fault that is not understood or cannot happen in what is asked; the work.
pub fn write<T, E: From<ExchangeError>>(
    env: &Environment,
    command: &str,
    faults: (&[String], Asked<'_>),
    listener: &mut dyn Listener,
    work: impl FnOnce(&mut Writer, &mut dyn Listener) -> Result<T, E>,
) -> Result<T, E> {
    let (mut writer, _writing) = begin(env, command, faults, listener)?;
    let done = work(&mut writer, listener);
    super::notice::tell(&writer, listener);
    tell_unmet(&writer, listener);
    for untidied in writer.finish() {
        listener.event(not_tidied(&untidied, done.is_ok()));
    }
    done
}

fn begin(
    env: &Environment,
    command: &str,
    (faults, asked): (&[String], Asked<'_>),
    listener: &mut dyn Listener,
) -> Result<(Writer, Held), ExchangeError> {
    let mut writer = env.writer(command)?;
    let writing = interrupt::writing();
    arm(&mut writer, faults, asked, listener)?;
    repair(&mut writer, listener)?;
    listener.event(Event::Did { what: "headquarters is open for writing".to_owned() });
    Ok((writer, writing))
}

/// No fault.
pub const CALM: (&[String], Asked<'static>) = (&[], Asked::Nothing);

/// The event of what could not be put in order after the work, and whether that was done.
fn not_tidied(untidied: &TidyFailure, done: bool) -> Event {
    let why = chain(&untidied.error);
    let head = if done { "everything is done, but " } else { "" };
    let text = format!("{head}{} could not be put in order: {why}", untidied.what);
    Event::Warning { text, hint: None }
}

fn repair(writer: &mut Writer, listener: &mut dyn Listener) -> Result<(), ExchangeError> {
    let mut sessions = sessions::interrupted(&writer.hq)?;
    if super::notice::interrupted(writer, &sessions, listener)? {
        sessions = sessions::interrupted(&writer.hq)?;
    }
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
    let kept = super::collect::repair(writer, listener)?;
    if let Err(error) = sweep_packages(writer, listener) {
        let text = format!("packages that nobody needs could not be removed: {}", chain(&error));
        listener.event(Event::Warning { text, hint: None });
    }
    super::intents::repair(writer, &kept, listener)
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
    // A channel that cannot be read gets another try, which will say why it cannot.
    let channel = writer.channel(&row.store);
    let applied = channel.and_then(|channel| apply::rows_applied(&channel, package));
    let applied = applied.unwrap_or_default();
    let mut settled = row.clone();
    if let Some(rows) = applied {
        settled.status = DownloadStatus::Applied;
        settled.tries += 1;
        settled.rows = rows;
        settled.downloaded.clone_from(&row.requested);
        settled.applied.clone_from(&row.requested);
        settled.message = None;
    } else {
        settled.status = DownloadStatus::Available;
    }
    writer.hq.write(|hq| sessions::update_store(hq, session.id, &settled))?;
    let what = if applied.is_some() {
        format!("session {} had been applied to {}; headquarters knows now", session.id, row.store)
    } else {
        format!("session {} is given to {} again", session.id, row.store)
    };
    repaired(listener, what);
    Ok(())
}

/// Packages that no session knows were made by a command that did not live to record them.
///
/// Those of upload sessions that wait for their channel stay: they may be all that is left.
fn sweep_packages(writer: &Writer, listener: &mut dyn Listener) -> Result<(), StoreError> {
    let folder = Folder(writer.env.packages_path());
    let drafts = folder.sweep()?;
    if drafts > 0 {
        repaired(listener, format!("unfinished package files removed: {drafts}"));
    }
    let known = sessions::packages(&writer.hq)?;
    for name in folder.list()? {
        // What a channel has sent may be nowhere else: where headquarters was put back from a copy,
        // the package is taken in when the channel is opened (U10).
        if !known.contains(&name) && !uploads::is_package(&name) {
            folder.delete(&name)?;
            repaired(listener, format!("package {name}, which no session knows, is removed"));
        }
    }
    Ok(())
}
