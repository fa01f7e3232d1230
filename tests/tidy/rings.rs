//! Which files of the program import each other.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Item, UseTree};

/// A module by its path from the crate: `exchange`, `run`.
type Module = Vec<String>;

/// Every module with its file, and what each `mod.rs` hands on under its own name.
pub struct Program {
    files: BTreeMap<Module, (String, syn::File)>,
    handed_on: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

impl Program {
    /// Reads the program's files, each with its name.
    pub fn read(sources: &[(String, String)]) -> Self {
        let mut files = BTreeMap::new();
        for (name, text) in sources {
            let path = name.strip_prefix("src/").unwrap().strip_suffix(".rs").unwrap();
            let mut module: Module = path.split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
                module.pop();
            }
            if name != "src/main.rs" {
                files.insert(module, (name.clone(), syn::parse_file(text).unwrap()));
            }
        }
        let mut program = Self { files, handed_on: BTreeMap::new() };
        for (module, (name, file)) in &program.files {
            if name.ends_with("mod.rs") {
                let mut paths = Paths::default();
                let public = |item: &&Item| !matches!(item, Item::Use(one) if is_private(&one.vis));
                file.items.iter().filter(public).for_each(|item| paths.visit_item(item));
                let handed = paths
                    .0
                    .into_iter()
                    .filter_map(|(path, as_name)| Some((as_name?, absolute(module, &path, true))));
                program.handed_on.insert(module.clone(), handed.collect());
            }
        }
        program
    }

    /// The files of a layer that import each other in a ring; what a `mod.rs` hands on counts as
    /// the file that it comes from.
    pub fn rings(&self) -> Vec<BTreeSet<String>> {
        let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (module, (name, file)) in &self.files {
            let mut paths = Paths::default();
            paths.visit_file(file);
            let uses = paths.0.iter().filter_map(|(path, _)| {
                let known = path.first()?;
                let inside = ["crate", "self", "super"].contains(&known.as_str());
                inside.then(|| self.file_of(&absolute(module, path, false), 0)).flatten()
            });
            let layer = |name: &str| name.split('/').nth(1).map(str::to_owned);
            let own = uses.filter(|used| {
                *used != name && layer(used) == layer(name) && !used.ends_with("mod.rs")
            });
            reach.insert(name, own.collect());
        }
        reach.retain(|name, _| !name.ends_with("mod.rs"));
        // What can be reached, step by step, until nothing is added.
        loop {
            let before: usize = reach.values().map(BTreeSet::len).sum();
            for name in reach.keys().copied().collect::<Vec<_>>() {
                let further: Vec<&str> = reach[name]
                    .iter()
                    .flat_map(|next| reach.get(next).into_iter().flatten())
                    .copied()
                    .collect();
                reach.get_mut(name).unwrap().extend(further);
            }
            if reach.values().map(BTreeSet::len).sum::<usize>() == before {
                break;
            }
        }
        let mut rings: Vec<BTreeSet<String>> = Vec::new();
        for (name, reached) in &reach {
            if reached.contains(name) && !rings.iter().any(|ring| ring.contains(*name)) {
                let mutual = reached.iter().filter(|other| reach[**other].contains(name));
                rings.push(mutual.map(|other| (*other).to_owned()).collect());
            }
        }
        rings
    }

    /// The file that a path leads into.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        for length in (1..=path.len()).rev() {
            let module = &path[..length];
            let Some((name, _)) = self.files.get(module) else { continue };
            let next = path.get(length);
            let on = next.and_then(|next| self.handed_on.get(module)?.get(next));
            return match on {
                Some(from) if depth < 5 && from != path => self.file_of(from, depth + 1),
                _ => Some(name),
            };
        }
        None
    }
}

fn is_private(vis: &syn::Visibility) -> bool {
    matches!(vis, syn::Visibility::Inherited)
}

/// A path from the crate; one without a beginning is of the module itself.
fn absolute(module: &[String], path: &[String], own: bool) -> Vec<String> {
    let mut at = match path.first().map(String::as_str) {
        Some("crate") => Vec::new(),
        Some("self" | "super") => module.to_vec(),
        _ if own => module.to_vec(),
        _ => return path.to_vec(),
    };
    let mut rest = Vec::new();
    for part in path {
        match part.as_str() {
            "crate" | "self" => {}
            "super" => {
                at.pop();
            }
            other => rest.push(other.to_owned()),
        }
    }
    at.extend(rest);
    at
}

/// Every path that a file names, those of its unit tests aside, with the name that it gets.
#[derive(Default)]
struct Paths(Vec<(Vec<String>, Option<String>)>);

impl Paths {
    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.0.push((with(&name.ident), Some(name.ident.to_string()))),
            UseTree::Rename(name) => {
                self.0.push((with(&name.ident), Some(name.rename.to_string())));
            }
            UseTree::Group(group) => group.items.iter().for_each(|one| self.tree(one, before)),
            UseTree::Glob(_) => self.0.push((before.to_vec(), None)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let is_test = item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        self.0.push((parts.collect(), None));
        visit::visit_path(self, path);
    }
}
