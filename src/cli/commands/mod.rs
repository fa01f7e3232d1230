//! One file a command.

pub(super) mod channels;
pub(super) mod clock;
pub(super) mod csu;
pub(super) mod customers;
pub(super) mod demo;
pub(super) mod doctor;
pub(super) mod explain;
pub(super) mod features;
pub(super) mod init;
pub(super) mod jobs;
pub(super) mod params;
pub(super) mod pos;
pub(super) mod profiles;
pub(super) mod rts;
pub(super) mod run;
pub(super) mod scheduler;
pub(super) mod schedules;
pub(super) mod sessions;
pub(super) mod shells;
pub(super) mod upgrade;
pub(super) mod which_job;

mod yes_no;

/// A name somebody typed, which is not blank.
pub(super) fn filled(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("it is empty, expected a name") } else { Ok(text.to_owned()) }
}

pub(super) use yes_no::YesNo;
