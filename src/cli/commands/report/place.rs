//! Where a report goes, and what it is not written over.

use std::path::{Path, PathBuf};

use crate::cli::{CommandError, Context};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::{Format, html};
use crate::store::{StoreError, input};

/// The file where none is named.
pub(super) const FILE: &str = "cdx-report.html";

/// Where a report goes.
#[derive(Debug)]
pub(super) enum Place {
    /// To standard output.
    StandardOutput,
    /// To a file.
    File(PathBuf),
}

impl Place {
    /// The place that was typed, before anything is read of the environment.
    pub(super) fn of(
        context: &Context,
        typed: PathBuf,
        customer: Option<&str>,
    ) -> Result<Self, CommandError> {
        if typed == Path::new("-") {
            if context.format_typed && context.output.format() == Format::Json {
                let message = "the page takes standard output, where JSON would go";
                return Err(CommandError::usage("usage", message, elsewhere(customer)));
            }
            return Ok(Self::StandardOutput);
        }
        // A report is written over an older one, and over nothing else.
        match input::text(&context.folder.place(&typed), input::REPORT) {
            Ok(text) if text.is_empty() || html::is_page(&text) => Ok(Self::File(typed)),
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::File(typed))
            }
            Err(error @ StoreError::Io { .. }) => Err(error.into()),
            Ok(_) | Err(_) => {
                let message = format!("{} is there, and is not a report", typed.display());
                Err(CommandError::usage("not-a-report", message, elsewhere(customer)))
            }
        }
    }
}

fn elsewhere(customer: Option<&str>) -> Prose {
    let (customer, file) = (customer.map(str::to_owned), Some("my-report.html".to_owned()));
    Prose::hint("name a file", Suggestion::Report { customer, file })
}
