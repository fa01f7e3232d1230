//! Which tables and which channel databases are compared.

use super::brought::BroughtTable;
use crate::exchange::request::Known;
use crate::exchange::table_error::TableError;
use crate::model::job::{Direction, Job, Target};
use crate::model::schema::Table;
use crate::model::suggestion::Suggestion;
use crate::model::table_name::{dotted, of_channel, of_headquarters, plain};
use crate::model::topology::DataStore;
use crate::store::{Headquarters, StoreError, topology};

/// What is to be compared; everything where nothing is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct CompareRequest {
    /// Only these tables, by any name.
    pub(crate) tables: Vec<String>,
    /// Only this channel or offline database.
    pub(crate) channel: Option<String>,
    /// Only what this job brings.
    pub(crate) job: Option<String>,
}

/// The databases that were asked for.
pub(super) fn stores(
    hq: &Headquarters,
    request: &CompareRequest,
) -> Result<Vec<DataStore>, StoreError> {
    match &request.channel {
        Some(name) => Ok(vec![topology::find_store(hq, name)?]),
        None => topology::data_stores(hq),
    }
}

/// The tables that were asked for, in the order of their names.
pub(super) fn wanted(
    known: &Known,
    all: Vec<BroughtTable>,
    request: &CompareRequest,
    stores: &[DataStore],
) -> Result<Vec<BroughtTable>, TableError> {
    let channel = stores.first().map(|store| store.name.as_str());
    let job = match &request.job {
        Some(word) => Some(download(known, word)?),
        None => None,
    };
    for word in &request.tables {
        let named: Vec<&BroughtTable> = all.iter().filter(|table| table.is_called(word)).collect();
        let Some(first) = named.first() else { return Err(elsewhere(known, &all, word, channel)) };
        let brings = |job: &Job| named.iter().any(|table| table.jobs.contains(&job.id));
        if let Some(job) = job.filter(|job| !brings(job)) {
            return Err(TableError::NotOfJob {
                job: job.id.clone(),
                table: dotted(&first.target),
                jobs: first.jobs.clone(),
            });
        }
    }
    let asked = |table: &BroughtTable| {
        let named =
            request.tables.is_empty() || request.tables.iter().any(|word| table.is_called(word));
        named && job.is_none_or(|job| table.jobs.contains(&job.id))
    };
    Ok(all.into_iter().filter(asked).collect())
}

fn download<'k>(known: &'k Known, word: &str) -> Result<&'k Job, TableError> {
    let job = known.job(word)?;
    if job.direction == Direction::Download {
        return Ok(job);
    }
    Err(TableError::NotADownload { job: job.id.clone(), kind: job.direction })
}

impl BroughtTable {
    /// Whether people call it so.
    fn is_called(&self, word: &str) -> bool {
        let wanted = plain(word);
        let same = |name: &String| plain(name) == wanted;
        same(&self.target) || self.names.iter().any(same)
    }
}

/// Why a table of this name is not compared.
fn elsewhere(known: &Known, all: &[BroughtTable], word: &str, channel: Option<&str>) -> TableError {
    let here = of_headquarters(&known.hq, word);
    let there = || of_channel(&known.channel, word);
    let Some(table) = here.or_else(there) else {
        let own: Vec<String> = all.iter().map(|table| dotted(&table.target)).collect();
        let more = all.iter().flat_map(|table| &table.names);
        let names = more.chain(&own).map(String::as_str);
        return TableError::unknown(word, names);
    };
    let up = collecting(known, table);
    let table = dotted_here(table, here);
    if let Some(job) = up {
        return TableError::GoesUp { table, job: job.id.clone() };
    }
    let channel = channel.filter(|_| here.is_none()).map(str::to_owned);
    let show = Box::new(Suggestion::ShowData { table: table.clone(), channel });
    TableError::NotBrought { table, show }
}

/// A table of headquarters bears its own name.
fn dotted_here(table: &Table, here: Option<&Table>) -> String {
    if here.is_some() { table.name.clone() } else { dotted(&table.name) }
}

/// The job that collects a table, on either side.
fn collecting<'k>(known: &'k Known, table: &Table) -> Option<&'k Job> {
    let definitions = &known.definitions;
    let uploads = definitions.jobs.iter().filter(|job| job.direction == Direction::Upload);
    uploads.into_iter().find(|job| {
        definitions.subjobs_of(job).any(|subjob| {
            let targets = || subjob.targets.iter().map(Target::file_name);
            subjob.table.eq_ignore_ascii_case(&table.name)
                || targets().any(|name| name.eq_ignore_ascii_case(&table.name))
        })
    })
}
