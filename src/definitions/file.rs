//! One definition file as it is written, before it is held against tables and other files.

use super::file_form::{DefinitionsForm, FilterForm, JobForm, JoinForm, SubjobForm};
use super::problem::{Kind, Problems};
use super::walk::{At, Walker};
use crate::model::evidence::Grade;
use crate::model::job::{Direction, Filter, Join};
use toml::de::DeTable;

/// What a file says; offsets are byte positions in its text.
#[derive(Debug, Clone)]
pub(crate) struct RawFile {
    pub(super) jobs: Vec<RawJob>,
    pub(super) subjobs: Vec<RawSubjob>,
}

#[derive(Debug, Clone)]
pub(super) struct RawJob {
    pub(super) id: At<String>,
    pub(super) name: String,
    pub(super) aliases: Vec<At<String>>,
    pub(super) direction: Direction,
    pub(super) exclude_offline: bool,
    pub(super) feature: Option<String>,
    pub(super) grade: Option<Grade>,
    pub(super) source: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct RawSubjob {
    pub(super) id: At<String>,
    pub(super) table: Option<At<String>>,
    pub(super) target: Option<At<String>>,
    pub(super) key: Option<Vec<At<String>>>,
    pub(super) fields: Vec<(At<String>, At<String>)>,
    pub(super) jobs: Option<Vec<At<String>>>,
    pub(super) filter: Option<At<Filter>>,
    pub(super) counter: Option<At<String>>,
    pub(super) exclude_offline: bool,
    pub(super) grade: Option<Grade>,
    pub(super) source: Option<String>,
    /// Its key, and what it leaves out, follow from the tables.
    pub(super) derived: bool,
    /// Its target takes the place of those that the subjob has.
    pub(super) replaces_target: bool,
}

/// The longest job id that the product takes.
const LONGEST_ID: usize = 20;

/// Reads a file; everything that is wrong with its form is in the problems.
pub(super) fn read(name: &str, text: &str, shipped: bool) -> (RawFile, Problems) {
    let mut walker = Walker::new(name, text);
    let root = walker.parse();
    walker.known_keys(&root, DefinitionsForm::KEYS);
    let job =
        walker.table(&root, "job").and_then(|(table, at)| job(&mut walker, table, at, shipped));
    let subjobs = walker
        .tables(&root, "subjob")
        .into_iter()
        .filter_map(|(table, at)| subjob(&mut walker, table, at, shipped))
        .collect();
    (RawFile { jobs: job.into_iter().collect(), subjobs }, walker.problems)
}

fn job(walker: &mut Walker<'_>, table: &DeTable<'_>, at: usize, shipped: bool) -> Option<RawJob> {
    walker.known_keys(table, JobForm::KEYS);
    let id = walker.required(table, "id", at, "the job's number or short name");
    let name = walker.required(table, "name", at, "the name people know it by");
    let direction = walker.word(table, "direction", Direction::ALL, Direction::as_str);
    if direction.is_none() && !table.contains_key("direction") {
        walker.note(at, Kind::Missing { key: "direction", expected: "download, upload or batch" });
    }
    let (grade, source) = walker.evidence(table, at, shipped);
    let aliases = walker.texts(table, "aliases").unwrap_or_default();
    let exclude_offline = walker.yes(table, "exclude-offline").unwrap_or(false);
    let feature = walker.text(table, "feature").map(|feature| feature.value);
    let id = id?;
    if let Some(kind) = unfit_id("id", &id.value) {
        walker.note(id.at, kind);
    }
    Some(RawJob {
        id,
        name: name?.value,
        aliases,
        direction: direction?,
        exclude_offline,
        feature,
        grade,
        source,
    })
}

/// What is wrong with the id of a job.
pub(super) fn unfit_id(key: &str, id: &str) -> Option<Kind> {
    let fits = id.len() <= LONGEST_ID
        && !id.is_empty()
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let expected = "at most 20 letters, digits, hyphens or underscores";
    let (key, value) = (key.to_owned(), id.to_owned());
    (!fits).then_some(Kind::OutOfRange { key, value, expected })
}

fn subjob(
    walker: &mut Walker<'_>,
    table: &DeTable<'_>,
    at: usize,
    shipped: bool,
) -> Option<RawSubjob> {
    walker.known_keys(table, SubjobForm::KEYS);
    let id = walker.required(table, "id", at, "the subjob's id, normally the table's name");
    let (grade, source) = walker.evidence(table, at, shipped);
    let same = walker.texts(table, "fields").unwrap_or_default();
    let renamed = walker.pairs(table, "rename");
    let fields = same.into_iter().map(|field| (field.clone(), field)).chain(renamed).collect();
    let found = RawSubjob {
        table: walker.text(table, "table"),
        target: walker.text(table, "target"),
        key: walker.texts(table, "key"),
        fields,
        jobs: walker.texts(table, "jobs"),
        filter: filter(walker, table),
        counter: walker.text(table, "counter"),
        exclude_offline: walker.yes(table, "exclude-offline").unwrap_or(false),
        grade,
        source,
        derived: false,
        replaces_target: false,
        id: id?,
    };
    Some(found)
}

fn filter(walker: &mut Walker<'_>, table: &DeTable<'_>) -> Option<At<Filter>> {
    let (filter, at) = walker.table(table, "filter")?;
    walker.known_keys(filter, FilterForm::KEYS);
    let channel =
        walker.required(filter, "channel", at, "the column that holds the channel's RECID");
    let mut joins = Vec::new();
    for (join, at) in walker.tables(filter, "joins") {
        walker.known_keys(join, JoinForm::KEYS);
        let table = walker.required(join, "table", at, "the joined headquarters table");
        let column = walker.required(join, "column", at, "its column");
        let on = walker.required(join, "on", at, "the column of the table before it");
        if let (Some(table), Some(column), Some(on)) = (table, column, on) {
            joins.push(Join { table: table.value, column: column.value, on: on.value });
        }
    }
    Some(At { value: Filter { joins, channel: channel?.value }, at })
}
