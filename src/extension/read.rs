//! Reads a repository: finds its files, and takes each for what it holds.

use std::collections::HashMap;
use std::path::Path;

use super::decode::decode;
use super::files::{self, Found};
use super::metadata;
use super::repository::{Repository, Unread};
use super::seed_data;
use super::sql;
use super::xml::{self, Element};
use crate::model::source::{Source, SourceId, Span};

impl Repository {
    /// Reads everything that lies at these paths. A file that cannot be read is among the unread.
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Self {
        let mut repository = Self::default();
        let mut found = Vec::new();
        for path in paths {
            found.extend(files::find(path.as_ref(), &mut repository.unread));
        }
        let mut reader = Reader { repository, seen: HashMap::new(), projects: Vec::new() };
        for file in found {
            reader.file(file);
        }
        reader.finish()
    }

    /// Reads texts that are in memory, by the names they are to have; scripts are of one project.
    pub fn of_texts<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let repository = Self::default();
        let mut reader = Reader { repository, seen: HashMap::new(), projects: Vec::new() };
        for (name, text) in texts {
            let project = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            reader.file(Found {
                name: name.to_owned(),
                bytes: text.as_bytes().to_vec(),
                project: Some(project.to_owned()),
            });
        }
        reader.finish()
    }

    /// Names files as they are called within a folder.
    pub(crate) fn name_within(&mut self, folder: &Path) {
        let prefix = format!("{}/", folder.to_string_lossy().replace('\\', "/"));
        let within = |name: &mut String| {
            if let Some(rest) = name.strip_prefix(&prefix) {
                *name = rest.to_owned();
            }
        };
        self.sources.rename(within);
        self.unread.iter_mut().for_each(|unread| within(&mut unread.file));
        self.elsewhere.iter_mut().for_each(within);
    }

    /// Whether nothing was found that could be checked.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.unread.is_empty()
    }
}

struct Reader {
    repository: Repository,
    /// Files that were read, by what they hold and what they are.
    seen: HashMap<(String, String), SourceId>,
    /// The project of each script, in the order in which they were read.
    projects: Vec<String>,
}

impl Reader {
    fn file(&mut self, file: Found) {
        let (text, encoding) = decode(&file.bytes);
        if file.name.to_ascii_lowercase().ends_with(".sql") {
            if let Some(project) = &file.project {
                let project = project.clone();
                self.script(Source { name: file.name, text, encoding }, project);
            } else {
                self.repository.elsewhere.push(file.name);
            }
            return;
        }
        let Some(root) = xml::root_name(&text).map(str::to_owned) else { return };
        let known = ["AxResource", "AxClass", "AxTable", "AxTableExtension", seed_data::ROOT];
        let is_type = root.to_ascii_lowercase().starts_with("axedt");
        if !is_type && !known.iter().any(|known| root.eq_ignore_ascii_case(known)) {
            return;
        }
        let key = (root.to_ascii_lowercase(), text.clone());
        let source = self.repository.sources.add(Source { name: file.name, text, encoding });
        if self.seen.contains_key(&key) {
            self.repository.repeated.push(source);
            return;
        }
        self.seen.insert(key, source);
        self.document(source, &root);
    }

    fn script(&mut self, source: Source, project: String) {
        let name = source.name.rsplit('/').next().unwrap_or(&source.name).to_owned();
        let key = (name.to_ascii_lowercase(), source.text.clone());
        let source = self.repository.sources.add(source);
        if self.seen.contains_key(&key) {
            self.repository.repeated.push(source);
            return;
        }
        self.seen.insert(key, source);
        let text = &self.repository.sources.get(source).text;
        let script = sql::read(source, &name, text);
        self.repository.scripts.push(script);
        self.projects.push(project);
    }

    fn document(&mut self, source: SourceId, root: &str) {
        let Repository { sources, unread, seeds, resources, handlers, tables, types, .. } =
            &mut self.repository;
        let Source { name, text, .. } = sources.get(source);
        let document = match xml::parse(text) {
            Ok(document) => document,
            Err((at, why)) => {
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                let span = Some(Span::new(source, at..end));
                let why = format!("not well-formed XML: {why}");
                unread.push(Unread { file: name.clone(), span, why });
                return;
            }
        };
        let element = Element::root(&document, source);
        let mut nameless = false;
        match root.to_ascii_lowercase().as_str() {
            "retailcdxseeddata" => {
                let read = seed_data::read(element, name, unread);
                seeds.push(read);
            }
            "axresource" => match metadata::resource(element) {
                Some(resource) => resources.push(resource),
                None => nameless = true,
            },
            "axclass" => handlers.extend(metadata::handlers(element)),
            "axtable" | "axtableextension" => match metadata::table(element) {
                Some(table) => tables.push(table),
                None => nameless = true,
            },
            _ => match metadata::data_type(element) {
                Some(found) => types.push(found),
                None => nameless = true,
            },
        }
        if nameless {
            let (file, span) = (name.clone(), Some(element.span()));
            let why = format!("a {root} without a Name");
            unread.push(Unread { file, span, why });
        }
    }

    /// Puts scripts into their order, and finds the document of each resource.
    fn finish(self) -> Repository {
        let Self { mut repository, projects, .. } = self;
        let mut scripts: Vec<_> = repository.scripts.drain(..).zip(projects).collect();
        scripts.sort_by_cached_key(|(script, project)| {
            (project.to_lowercase(), script.name.to_lowercase(), script.source)
        });
        (repository.scripts, repository.projects) = scripts.into_iter().unzip();
        let stem = |name: &str| {
            let file = name.rsplit('/').next().unwrap_or(name).to_lowercase();
            (file.clone(), file.trim_end_matches(".xml").to_owned())
        };
        let Repository { sources, seeds, repeated, .. } = &repository;
        let named = |id: SourceId| stem(&sources.get(id).name);
        let own = seeds.iter().map(|seed| (seed.span.source, named(seed.span.source)));
        // A document that is kept twice is the one that was read, under either name.
        let again = repeated.iter().filter_map(|id| {
            let text = &sources.get(*id).text;
            let read = seeds.iter().map(|seed| seed.span.source);
            read.into_iter()
                .find(|own| sources.get(*own).text == *text)
                .map(|own| (own, named(*id)))
        });
        let seeds: Vec<(SourceId, (String, String))> = own.chain(again).collect();
        for resource in &mut repository.resources {
            // By the file that it names; a resource that names none is called as its file.
            let wanted = resource.file.as_deref().unwrap_or(&resource.name.value).to_lowercase();
            let found = seeds.iter().filter(|(_, (file, stem))| *file == wanted || *stem == wanted);
            resource.contents = found.map(|(source, _)| *source).collect();
        }
        repository
    }
}
