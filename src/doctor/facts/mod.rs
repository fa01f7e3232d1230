//! What is known of an environment, read once; rules look at nothing else.

pub(crate) mod channel;
mod files;
pub(crate) mod headquarters;
mod reading;
mod survey;

pub(crate) use channel::{Channel, ChannelFacts, FileState, UploadFacts};
pub(crate) use files::FileFacts;
pub(crate) use headquarters::{GroupJob, HeadquartersFacts, JobPlans, PackageState};
pub(super) use reading::Reading;
pub(crate) use survey::Progress;
pub(super) use survey::{Readers, survey};

use crate::diagnosis::Unknown;

/// Everything that rules look at.
#[derive(Debug)]
pub struct Examination {
    /// Headquarters.
    pub hq: HeadquartersFacts,
    /// The environment's files.
    pub(crate) files: FileFacts,
    /// The channel and offline databases that are examined, in the order they were made.
    pub channels: Vec<Channel>,
    /// Rows were not read.
    pub quick: bool,
    /// Somebody writes meanwhile: rows of different files cannot be held against each other.
    pub(crate) busy: bool,
}

impl Examination {
    /// Why rows of two files are not held against each other; none where they are.
    pub(crate) fn leaves_rows_out(&self) -> Option<Unknown> {
        let why = if self.quick {
            "it reads every row, and --quick leaves that out"
        } else if self.busy {
            "a command is writing to the environment"
        } else {
            return None;
        };
        Some(Unknown(why.to_owned()))
    }

    /// The channel databases without offline ones, those that could be read, with what was read.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (&Channel, &ChannelFacts)> {
        self.channels.iter().filter_map(|channel| Some((channel, channel.facts.as_ref().ok()?)))
    }

    /// The same without registers' offline databases.
    pub(crate) fn online(&self) -> impl Iterator<Item = (&Channel, &ChannelFacts)> {
        self.readable().filter(|(channel, _)| !channel.store.offline)
    }

    /// Says which databases a rule could not look at.
    pub(crate) fn tell_unreadable(&self, findings: &mut crate::diagnosis::Findings) {
        for channel in &self.channels {
            if let Err(why) = &channel.facts {
                findings.unjudged(&channel.store.name, &why.reason);
            }
        }
    }

    /// Says which download jobs a rule could not look at; none at all is no answer.
    pub(crate) fn tell_unplanned_downloads(
        &self,
        findings: &mut crate::diagnosis::Findings,
    ) -> Result<(), Unknown> {
        for one in self.hq.downloads.as_ref()? {
            if let Err(why) = &one.plans {
                findings.unjudged(&format!("job {}", one.job.id), why);
            }
        }
        Ok(())
    }

    /// Says which upload jobs a rule could not look at; none at all is no answer.
    pub(crate) fn tell_unplanned_uploads(
        &self,
        findings: &mut crate::diagnosis::Findings,
    ) -> Result<(), Unknown> {
        for one in self.hq.uploads.as_ref()? {
            if let Err(why) = &one.tables {
                findings.unjudged(&format!("job {}", one.job.id), why);
            }
        }
        Ok(())
    }

    /// Whether nothing was left out by name.
    pub(crate) fn examines_all(&self) -> bool {
        self.channels.len() == self.hq.stores.len()
    }

    /// Whether a channel or offline database is among those examined.
    pub(crate) fn examines(&self, name: &str) -> bool {
        self.channels.iter().any(|channel| channel.store.name == name)
    }
}
