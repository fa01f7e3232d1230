//! Reading what was named, and what there is to say of it beside findings.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::names::shown;
use crate::cli::about_files::ungiven;
use crate::cli::{CommandError, Context};
use crate::extension::repository::Repository;
use crate::model::suggestion::{Check, Prose, Suggestion};
use crate::model::wording::count;
use crate::report::check::OtherEncoding;
use crate::store::{StoreError, input};

/// Reads what lies at these paths.
///
/// # Errors
/// A path that does not exist, or where there is nothing that could be checked at all.
pub(super) fn repository(context: &Context, paths: &[PathBuf]) -> Result<Repository, CommandError> {
    let mut places = Vec::new();
    for path in paths {
        let place = context.folder.place(path);
        match place.metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                input::plain(&place)?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let hint = ungiven(&place.display().to_string(), ErrorKind::NotFound);
                let message = format!("there is no {:?}", path.display().to_string());
                return Err(CommandError::usage("no-such-path", message, hint));
            }
            Err(error) => return Err(StoreError::io("read", &place)(error).into()),
        }
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let read = Repository::read(&places);
    let Repository { seeds, resources, handlers, tables, scripts, unread, .. } = &read;
    let nothing = seeds.is_empty()
        && resources.is_empty()
        && handlers.is_empty()
        && tables.is_empty()
        && scripts.is_empty()
        && unread.is_empty();
    if nothing { Err(nothing_found(paths, &read.elsewhere)) } else { Ok(read) }
}

fn nothing_found(paths: &[PathBuf], elsewhere: &[String]) -> CommandError {
    let named: Vec<String> =
        paths.iter().map(|path| format!("{:?}", path.display().to_string())).collect();
    let message = format!(
        "nothing to check in {}, expected seed data, table metadata or channel scripts",
        named.join(", ")
    );
    let hint = match elsewhere.first() {
        Some(script) => {
            let folder = script.rsplit_once('/').map_or(".", |(folder, _)| folder);
            let many = count(elsewhere.len() as u64, "script");
            let path = Some(folder.to_owned());
            let words = format!("{many} in no project of channel scripts; name the folder");
            Prose::hint(words, Check { path, ..Check::default() })
        }
        None => Prose::hint("see what it reads", Suggestion::Help(Some("check".to_owned()))),
    };
    CommandError::usage("nothing-to-check", message, hint)
}

/// The paths, of several, where nothing was found.
pub(super) fn nothing_in(paths: &[PathBuf], read: &Repository) -> Vec<String> {
    let sources = read.sources.iter().map(|(_, source)| source.name.as_str());
    let unread = read.unread.iter().map(|unread| unread.file.as_str());
    let elsewhere = read.elsewhere.iter().map(String::as_str);
    let names: Vec<&str> = sources.chain(unread).chain(elsewhere).collect();
    let has = |path: &Path| {
        let own = shown(path);
        let own = own.trim_end_matches('/');
        let within = |name: &&&str| {
            let rest = name.strip_prefix(own);
            own == "." || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        names.iter().any(|name| within(&name))
    };
    if paths.len() < 2 {
        return Vec::new();
    }
    paths.iter().filter(|path| !has(path)).map(|path| path.display().to_string()).collect()
}

/// Files with the content of another one, and those that are not in UTF-8.
pub(super) fn beside(read: &Repository) -> (Vec<String>, Vec<OtherEncoding>) {
    let mut names = BTreeSet::new();
    let mut encodings = Vec::new();
    for (id, source) in read.sources.iter() {
        if read.repeated.contains(&id) {
            continue;
        }
        names.insert(source.name.as_str());
        if let Some(encoding) = source.encoding {
            encodings.push(OtherEncoding::of(&source.name, encoding));
        }
    }
    // A file that two paths lead to is one.
    let repeated = read.repeated.iter().map(|id| read.sources.get(*id).name.as_str());
    let repeated = repeated.filter(|name| !names.contains(name)).map(str::to_owned);
    (repeated.collect(), encodings)
}
