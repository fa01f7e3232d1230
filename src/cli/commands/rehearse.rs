//! Whether an extension can be rehearsed: what `cdx check` says of it.

use std::path::{Path, PathBuf};

use crate::check::{self, facts::Facts};
use crate::cli::CommandError;
use crate::definitions::{self, Problem, Problems};
use crate::diagnosis::{Finding, Severity};
use crate::extension::repository::Repository;
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, count};
use crate::store::StoreError;
use crate::store::own_schema::OwnSchema;

/// Rules whose errors make a rehearsal meaningless: rows could not go where they are mapped to.
const MEANINGLESS: &[&str] =
    &["CDX702", "CDX703", "CDX705", "CDX706", "CDX708", "CDX714", "CDX717", "CDX718"];

/// A finding with which an extension is not fit to be rehearsed.
pub(super) struct Unfit;

impl Unfit {
    /// Whether a finding is one.
    pub(super) fn refuses(finding: &Finding) -> bool {
        finding.severity == Severity::Error && MEANINGLESS.contains(&finding.code)
    }
}

/// What `cdx check` says of a repository.
///
/// # Errors
/// The tool's own definitions.
pub(super) fn findings(repository: Repository) -> Result<Vec<Finding>, StoreError> {
    let facts = Facts::of(repository, &[])?;
    let mut findings = check::examine(&facts, &check::Request::default()).findings;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(findings)
}

/// Tells the errors and warnings one by one, and counts the rest.
pub(super) fn tell(page: &mut Page, findings: &[Finding]) {
    let (told, rest): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.severity > Severity::Info);
    for finding in told {
        let at = finding.subject.position();
        let at = at.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        let file = finding.subject.in_file().unwrap_or_default();
        let severity = finding.severity;
        let severity = Prose::default().and_value(severity.as_str(), severity.tone());
        page.item(severity.and(format!(" {} {file}{at}: {}", finding.code, finding.title)));
    }
    if !rest.is_empty() {
        page.item(format!("and {} worth knowing", count(rest.len() as u64, "thing")));
    }
}

/// A path from the folder of an environment, with forward slashes.
pub(super) fn from_folder(root: &Path, place: &Path) -> String {
    let (root, place) = (full(root), full(place));
    let path: PathBuf = pathdiff::diff_paths(&place, &root).unwrap_or(place);
    let path = path.to_string_lossy();
    // On another drive it is whole, and Windows writes it so that no forward slash counts in it.
    let path = path.strip_prefix(r"\\?\").unwrap_or(&path).replace('\\', "/");
    if path.is_empty() { ".".to_owned() } else { path }
}

/// A path without links, as far as it is there.
fn full(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for there in path.ancestors() {
        if let (Ok(known), Ok(rest)) = (there.canonicalize(), path.strip_prefix(there)) {
            return known.join(rest);
        }
    }
    path
}

/// Refuses a path at which nothing of an extension lies.
///
/// # Errors
/// Such a path.
pub(super) fn must_hold_something(typed: &Path, place: &Path) -> Result<(), CommandError> {
    let shown = typed.display();
    let hint = || Prose::hint("see what is read", Suggestion::Explain("extension".to_owned()));
    if !place.exists() {
        let message = format!("{shown} is not there, expected a folder or a package");
        return Err(CommandError::usage("extension", message, hint()));
    }
    if Repository::read(&[place]).is_empty() {
        let message = format!(
            "{shown} holds no seed data, no table metadata and no channel scripts, expected one of them"
        );
        return Err(CommandError::usage("extension", message, hint()));
    }
    Ok(())
}

/// Refuses extensions whose definitions do not load, before an environment is made for them.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn must_load(paths: &[PathBuf]) -> Result<(), CommandError> {
    let (own, mut problems) = OwnSchema::read(None, paths)?;
    let mut sources = definitions::shipped();
    sources.extend(own.definitions());
    let loaded = definitions::load(&sources, &own.catalogue()?);
    problems.join(loaded.err().unwrap_or_default());
    if problems.is_empty() { Ok(()) } else { Err(StoreError::Definitions(problems).into()) }
}

/// Refuses extensions with which a rehearsal would be meaningless.
///
/// # Errors
/// Everything that makes them so.
pub(super) fn must_be_fit(paths: Vec<PathBuf>, root: &Path) -> Result<(), CommandError> {
    if paths.is_empty() {
        return Ok(());
    }
    let mut repository = Repository::read(&paths);
    repository.name_within(root);
    let unfit: Vec<Finding> = findings(repository)?.into_iter().filter(Unfit::refuses).collect();
    if unfit.is_empty() {
        return Ok(());
    }
    let mut problems = Problems::default();
    for finding in &unfit {
        let at = finding.subject.position().map_or((1, 1), |at| (at.line, at.column));
        problems.add(|| Problem {
            file: finding.subject.in_file().unwrap_or_default().to_owned(),
            line: at.0,
            column: at.1,
            code: finding.code,
            message: finding.title.clone(),
            hint: None,
        });
    }
    Err(StoreError::Definitions(problems).into())
}
