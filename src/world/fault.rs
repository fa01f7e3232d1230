//! Faults: named, placed, counted, and used up; a run that met one can be repeated.

use std::fmt;

use super::crash::{CrashPoint, crash};
use super::place::placed;
use crate::model::event::{Event, Listener};

macro_rules! faults {
    ($($variant:ident = $text:literal, $work:ident at $spot:ident, $does:literal;)+) => {
        placed! {
            /// What can be made to go wrong.
            pub enum FaultKind { $($variant = $text, $work at $spot;)+ }
        }

        impl FaultKind {
            /// What it does, in a sentence.
            pub(crate) const fn describe(self) -> &'static str {
                match self { $(Self::$variant => $does,)+ }
            }
        }
    };
}

// A fault is one row: its name, which work meets it, at what it is placed, and what it does.
faults! {
    CreateFails = "create-fails", Download at Job,
        "making the package of a job fails: create-fails=1010";
    DownloadFails = "download-fails", Download at Database,
        "fetching a package fails: download-fails=houston:2";
    PackageCorrupt = "package-corrupt", Download at Database,
        "a package arrives altered: package-corrupt=houston";
    ApplyFails = "apply-fails", Download at Database,
        "writing a package's rows fails: apply-fails=houston:2";
    ReadFails = "read-fails", Collect at Channel,
        "reading a channel database for upload fails: read-fails=houston";
    UploadFails = "upload-fails", Collect at Channel,
        "sending an upload package fails: upload-fails=houston";
    UploadApplyFails = "upload-apply-fails", Receive at Channel,
        "headquarters cannot write an upload package: upload-apply-fails=houston";
    BatchFails = "batch-fails", Batch at Channel,
        "an operation fails in the customer batch: batch-fails=houston";
    RtsDown = "rts-down", Operation at Own,
        "headquarters cannot be reached in real time: rts-down";
}

/// A fault as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub(crate) kind: FaultKind,
    /// Where (a channel database or a job); everywhere when none.
    pub(crate) place: Option<String>,
    /// How many more times.
    pub(crate) remaining: u32,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.as_str())?;
        match (&self.place, self.remaining) {
            (Some(place), 1) => write!(f, "={place}"),
            (Some(place), times) => write!(f, "={place}:{times}"),
            (None, 1) => Ok(()),
            (None, times) => write!(f, "=:{times}"),
        }
    }
}

/// Why a `--fault` was not understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultError {
    /// No such fault.
    #[error("unknown fault {name:?}, expected one of {expected}")]
    Unknown {
        /// What was given.
        name: String,
        /// The names there are.
        expected: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// No such crash point.
    #[error("unknown crash point {name:?}, expected one of {expected}")]
    UnknownCrashPoint {
        /// What was given.
        name: String,
        /// The points there are.
        expected: String,
    },
    /// A fault that nothing of what is asked can meet.
    #[error("{fault} cannot happen in what is asked: {why}")]
    Impossible {
        /// What was given.
        fault: String,
        /// What meets it, or where.
        why: String,
    },
    /// A fault at a place that is not there.
    #[error("{fault} cannot happen: unknown {what} {place:?}")]
    UnknownPlace {
        /// What was given.
        fault: String,
        /// Channel or job.
        what: &'static str,
        /// The place.
        place: String,
        /// The nearest place there is.
        nearest: Option<String>,
    },
    /// The count is no number.
    #[error("{text:?} is not a count, expected for example apply-fails=houston:2")]
    NotACount {
        /// What was given.
        text: String,
    },
}

/// The faults still to happen, and the crash point of this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// Faults kept until used up.
    pub(crate) pending: Vec<Fault>,
    /// Where this process ends, if it does; never kept.
    pub(crate) crash: Option<(CrashPoint, Option<String>)>,
    /// Whether `pending` differs from what the environment keeps.
    pub(crate) changed: bool,
    /// What this process has armed and not met, each as it was asked for.
    fresh: Vec<Fault>,
}

impl Faults {
    /// The faults that an environment keeps.
    pub(crate) fn kept(pending: Vec<Fault>) -> Self {
        Self { pending, ..Self::default() }
    }

    /// Adds what a `--fault` option says: `apply-fails=houston:2`, `rts-down`, `crash=POINT`.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), FaultError> {
        let (name, rest) = text.split_once('=').map_or((text, ""), |(name, rest)| (name, rest));
        if name == "crash" {
            self.crash = Some(parse_crash(rest)?);
            return Ok(());
        }
        let fault = parse_fault(name, rest)?;
        self.changed = true;
        self.pending.push(fault);
        Ok(())
    }

    /// Takes over what was asked for now.
    pub(crate) fn arm(&mut self, asked: Self) {
        self.changed |= asked.changed;
        self.fresh.extend(asked.pending.iter().cloned());
        self.pending.extend(asked.pending);
        if asked.crash.is_some() {
            self.crash = asked.crash;
        }
    }

    /// What was armed now and has not happened once.
    pub(crate) fn unmet(&self) -> &[Fault] {
        &self.fresh
    }

    /// Whether this fault happens here and now; uses one up.
    pub(crate) fn take(&mut self, kind: FaultKind, place: &str) -> bool {
        let hit = self.pending.iter_mut().find(|fault| {
            fault.kind == kind
                && fault.remaining > 0
                && fault.place.as_deref().is_none_or(|p| p.eq_ignore_ascii_case(place))
        });
        let Some(fault) = hit else { return false };
        fault.remaining -= 1;
        let met = (fault.kind, fault.place.clone());
        self.fresh.retain(|fresh| (fresh.kind, &fresh.place) != (met.0, &met.1));
        self.changed = true;
        self.pending.retain(|fault| fault.remaining > 0);
        true
    }

    /// The same, and tells it where it happens.
    pub(crate) fn meet(
        &mut self,
        kind: FaultKind,
        place: &str,
        listener: &mut dyn Listener,
    ) -> bool {
        let hit = self.take(kind, place);
        if hit {
            listener.event(Event::Fault { fault: format!("{kind}={place}") });
        }
        hit
    }

    /// Ends the process with code 134 when it was asked to crash at this point.
    ///
    /// Nothing is closed, flushed or rolled back, as when the machine takes a process away.
    pub(crate) fn crash_at(&self, point: CrashPoint, place: &str) {
        if let Some((wanted, wanted_place)) = &self.crash
            && *wanted == point
            && wanted_place.as_deref().is_none_or(|p| p.eq_ignore_ascii_case(place))
        {
            crash(point);
        }
    }
}

fn parse_crash(rest: &str) -> Result<(CrashPoint, Option<String>), FaultError> {
    let (name, place) = match rest.split_once(':') {
        Some((name, place)) => (name, Some(place.to_owned())),
        None => (rest, None),
    };
    let known = || CrashPoint::ALL.iter().map(|point| point.as_str());
    let point = CrashPoint::ALL.iter().copied().find(|point| point.as_str() == name);
    let unknown =
        || FaultError::UnknownCrashPoint { name: name.to_owned(), expected: join(known()) };
    Ok((point.ok_or_else(unknown)?, place))
}

fn parse_fault(name: &str, rest: &str) -> Result<Fault, FaultError> {
    let known = || FaultKind::ALL.iter().map(|kind| kind.as_str());
    let kind = FaultKind::parse(name).ok_or_else(|| FaultError::Unknown {
        name: name.to_owned(),
        expected: join(known().chain(["crash"])),
        nearest: crate::model::nearest::nearest(name, known()).map(str::to_owned),
    })?;
    let (place, times) = rest.split_once(':').map_or((rest, "1"), |(place, times)| (place, times));
    let remaining: u32 = times
        .parse()
        .ok()
        .filter(|times| *times > 0)
        .ok_or_else(|| FaultError::NotACount { text: times.to_owned() })?;
    let place = (!place.is_empty()).then(|| place.to_owned());
    Ok(Fault { kind, place, remaining })
}

fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_used_up_where_it_was_placed() {
        let mut faults = Faults::default();
        faults.add("apply-fails=houston:2").unwrap();
        assert!(!faults.take(FaultKind::ApplyFails, "seattle"));
        assert!(faults.take(FaultKind::ApplyFails, "Houston"));
        assert_eq!(faults.pending[0].to_string(), "apply-fails=houston");
        assert!(faults.take(FaultKind::ApplyFails, "houston"));
        assert!(!faults.take(FaultKind::ApplyFails, "houston"));
    }

    #[test]
    fn what_is_not_understood_says_what_was_expected() {
        let mut faults = Faults::default();
        let error = faults.add("aply-fails").unwrap_err();
        assert!(
            matches!(&error, FaultError::Unknown { nearest: Some(n), .. } if n == "apply-fails")
        );
        assert!(faults.add("crash=nowhere").is_err());
        assert!(faults.add("apply-fails=houston:0").is_err());
        faults.add("rts-down").unwrap();
        assert!(faults.take(FaultKind::RtsDown, "anywhere"));
    }
}
