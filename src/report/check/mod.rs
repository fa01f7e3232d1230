//! What `check` says, for people: each finding with the lines it is about, as compilers show them,
//! and in the end what was judged and what was not.

mod excerpt;
mod picture;
mod summary;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnosis::Diagnosis;
use crate::model::source::{Encoding, Sources};
use crate::report::page::{Page, Report};

/// What `check` says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckReport {
    /// What was found, and what could be judged.
    #[serde(flatten)]
    pub(crate) diagnosis: Diagnosis,
    /// Where the base tables are from.
    pub(crate) base: String,
    /// The revision that scripts were held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    /// Scripts that are in no project of channel scripts, and were not read.
    pub(crate) elsewhere: Vec<String>,
    /// Files that hold what another one holds.
    pub(crate) repeated: Vec<String>,
    /// Files that are not in UTF-8.
    pub(crate) encodings: Vec<OtherEncoding>,
    /// The texts that findings point into.
    #[serde(skip)]
    pub(crate) sources: Sources,
}

/// A file that is not in UTF-8.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OtherEncoding {
    /// The file.
    pub(crate) file: String,
    /// What it is in.
    pub(crate) encoding: &'static str,
}

impl OtherEncoding {
    /// A file in this encoding.
    pub(crate) fn of(file: &str, encoding: Encoding) -> Self {
        let encoding = match encoding {
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1252 => "Windows-1252",
        };
        Self { file: file.to_owned(), encoding }
    }
}

impl Report for CheckReport {
    fn text(&self, page: &mut Page) {
        // How to fix it is the same for all findings of a rule, and told once.
        let mut told = BTreeSet::new();
        for finding in self.diagnosis.findings.iter().filter(|finding| !finding.suppressed) {
            page.gap();
            picture::draw(finding, &self.sources, told.insert(finding.code), page);
        }
        page.gap();
        summary::write(self, page);
    }
}
