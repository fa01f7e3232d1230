//! Reads seed data: the `RetailCdxSeedData` document of an extension.

use super::repository::{SeedData, SeedField, SeedJob, SeedSubjob, Unread};
use super::xml::{Element, is_yes};
use crate::model::source::Located;

/// The name of the root element.
pub(super) const ROOT: &str = "RetailCdxSeedData";

/// Reads a document whose root has that name; what lacks its id is among the unread.
pub(super) fn read(root: Element<'_>, file: &str, unread: &mut Vec<Unread>) -> SeedData {
    let mut identified = |element: Element<'_>, what: &str| {
        let id = element.filled("Id");
        if id.is_none() {
            let why = format!("a {what} without an Id");
            unread.push(Unread { file: file.to_owned(), span: Some(element.span()), why });
        }
        id
    };
    let mut jobs = Vec::new();
    for job in root.items("Jobs", "Job") {
        if let Some(id) = identified(job, "Job") {
            let description = job.filled("Description").map(|found| found.value);
            jobs.push(SeedJob { id, description });
        }
    }
    let mut subjobs = Vec::new();
    for subjob in root.items("Subjobs", "Subjob") {
        if let Some(id) = identified(subjob, "Subjob") {
            subjobs.push(read_subjob(subjob, id));
        }
    }
    SeedData { span: root.span(), schema: root.filled("ChannelDBSchema"), jobs, subjobs }
}

fn read_subjob(subjob: Element<'_>, id: Located<String>) -> SeedSubjob {
    let yes = |name: &str| {
        let found = subjob.filled(name)?;
        Some(Located::new(is_yes(&found.value), found.span))
    };
    let jobs = subjob.items("ScheduledByJobs", "ScheduledByJob").map(Element::text);
    let fields = subjob.items("AxFields", "Field").filter_map(|field| {
        let name = field.filled("Name")?;
        Some(SeedField { name, to: field.filled("ToName") })
    });
    SeedSubjob {
        span: subjob.span(),
        id,
        table: subjob.filled("AxTableName"),
        target: subjob.filled("TargetTableName"),
        target_schema: subjob.filled("TargetTableSchema"),
        upload: yes("IsUpload"),
        counter: subjob.filled("ReplicationCounterFieldName"),
        override_target: yes("OverrideTarget"),
        jobs: jobs.filter(|job| !job.value.is_empty()).collect(),
        fields: fields.collect(),
    }
}
