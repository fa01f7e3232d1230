//! Faults: named, placed, counted, and used up; a run that met one can be repeated.

use crate::model::named::named;
use std::fmt;

use super::machine::Machine;

named! {
    /// What can be made to go wrong.
    pub enum FaultKind {
        /// Making a job's package fails; placed by job.
        CreateFails = "create-fails",
        /// Fetching a package fails; placed by channel database.
        DownloadFails = "download-fails",
        /// A package arrives altered, so that its checksum does not match (D16); placed by channel.
        PackageCorrupt = "package-corrupt",
        /// Writing a package's rows fails; placed by channel database.
        ApplyFails = "apply-fails",
        /// Reading a channel database for upload fails; placed by channel database.
        ReadFails = "read-fails",
        /// Sending an upload package fails; placed by channel database.
        UploadFails = "upload-fails",
        /// Headquarters cannot write an upload package; placed by channel database.
        UploadApplyFails = "upload-apply-fails",
        /// An operation fails in the customer batch; placed by channel database.
        BatchFails = "batch-fails",
        /// Headquarters cannot be reached in real time.
        RtsDown = "rts-down",
    }
}

impl FaultKind {
    /// What it does, in a sentence.
    pub fn describe(self) -> &'static str {
        match self {
            Self::CreateFails => "making the package of a job fails: create-fails=1010",
            Self::DownloadFails => "fetching a package fails: download-fails=houston:2",
            Self::PackageCorrupt => "a package arrives altered: package-corrupt=houston",
            Self::ApplyFails => "writing a package's rows fails: apply-fails=houston:2",
            Self::ReadFails => "reading a channel database for upload fails: read-fails=houston",
            Self::UploadFails => "sending an upload package fails: upload-fails=houston",
            Self::UploadApplyFails => {
                "headquarters cannot write an upload package: upload-apply-fails=houston"
            }
            Self::BatchFails => "an operation fails in the customer batch: batch-fails=houston",
            Self::RtsDown => "headquarters cannot be reached in real time: rts-down",
        }
    }
}

/// A step that commits; `--fault crash=POINT` ends the process there at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrashPoint(pub &'static str);

/// Every crash point, in the order of the pipeline. A test kills a process at each.
pub const CRASH_POINTS: &[CrashPoint] = &[
    CrashPoint("pack.before-start"),
    CrashPoint("pack.after-start"),
    CrashPoint("pack.before-rename"),
    CrashPoint("pack.before-available"),
    CrashPoint("pack.after-available"),
    CrashPoint("apply.after-requested"),
    CrashPoint("apply.before-commit"),
    CrashPoint("apply.after-commit"),
    CrashPoint("apply.after-outcome"),
    CrashPoint("collect.after-intent"),
    CrashPoint("collect.before-commit"),
    CrashPoint("collect.after-commit"),
    CrashPoint("collect.after-uploaded"),
    CrashPoint("upload.before-commit"),
    CrashPoint("upload.after-commit"),
    CrashPoint("batch.before-commit"),
    CrashPoint("batch.after-commit"),
    CrashPoint("rts.after-headquarters"),
    CrashPoint("rts.before-commit"),
    CrashPoint("rts.after-commit"),
    CrashPoint("reconnect.after-intent"),
    CrashPoint("reconnect.before-commit"),
    CrashPoint("reconnect.after-commit"),
    CrashPoint("channel.after-intent"),
    CrashPoint("channel.after-file"),
    CrashPoint("rebuild.after-intent"),
    CrashPoint("rebuild.after-aside"),
    CrashPoint("rebuild.after-file"),
    CrashPoint("replaced.after-headquarters"),
];

/// A fault as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Where (a channel database or a job); everywhere when none.
    pub place: Option<String>,
    /// How many more times.
    pub remaining: u32,
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
    pub pending: Vec<Fault>,
    /// Where this process ends, if it does; never kept.
    pub crash: Option<(CrashPoint, Option<String>)>,
    /// Whether `pending` differs from what the environment keeps.
    pub changed: bool,
    /// What this process has armed and not met, each as it was asked for.
    fresh: Vec<Fault>,
}

impl Faults {
    /// The faults that an environment keeps.
    pub fn kept(pending: Vec<Fault>) -> Self {
        Self { pending, ..Self::default() }
    }

    /// Adds what a `--fault` option says: `apply-fails=houston:2`, `rts-down`, `crash=POINT`.
    pub fn add(&mut self, text: &str) -> Result<(), FaultError> {
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
    pub fn arm(&mut self, asked: Self) {
        self.changed |= asked.changed;
        self.fresh.extend(asked.pending.iter().cloned());
        self.pending.extend(asked.pending);
        if asked.crash.is_some() {
            self.crash = asked.crash;
        }
    }

    /// What was armed now and has not happened once.
    pub fn unmet(&self) -> &[Fault] {
        &self.fresh
    }

    /// Whether this fault happens here and now; uses one up.
    pub fn take(&mut self, kind: FaultKind, place: &str) -> bool {
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

    /// Ends the process with code 134 when it was asked to crash at this point.
    ///
    /// Nothing is closed, flushed or rolled back, as when the machine takes a process away.
    pub fn crash_at(&self, point: &'static str, place: &str) {
        debug_assert!(CRASH_POINTS.contains(&CrashPoint(point)), "undeclared crash point {point}");
        if let Some((CrashPoint(wanted), wanted_place)) = &self.crash
            && *wanted == point
            && wanted_place.as_deref().is_none_or(|p| p.eq_ignore_ascii_case(place))
        {
            Machine::current().crash(CrashPoint(point));
        }
    }
}

fn parse_crash(rest: &str) -> Result<(CrashPoint, Option<String>), FaultError> {
    let (name, place) = match rest.split_once(':') {
        Some((name, place)) => (name, Some(place.to_owned())),
        None => (rest, None),
    };
    let point = CRASH_POINTS.iter().copied().find(|point| point.0 == name).ok_or_else(|| {
        FaultError::UnknownCrashPoint {
            name: name.to_owned(),
            expected: join(CRASH_POINTS.iter().map(|point| point.0)),
        }
    })?;
    Ok((point, place))
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
