//! The functions of a file, whatever kind they are of: how long they are, and who may call them.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Item, Visibility};

/// A function of the program.
pub struct Function {
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// How many lines it has.
    pub length: usize,
    /// Whether it can be called outside the library.
    pub is_public: bool,
}

/// Every function of a file.
pub fn functions(text: &str) -> Vec<Function> {
    let mut found = Functions::default();
    found.visit_file(&syn::parse_file(text).unwrap());
    found.0
}

/// The types that a file shows to others.
pub fn types(text: &str) -> Vec<String> {
    let shown = |vis: &Visibility| !matches!(vis, Visibility::Inherited);
    let name = |item: &Item| match item {
        Item::Struct(one) if shown(&one.vis) => Some(one.ident.to_string()),
        Item::Enum(one) if shown(&one.vis) => Some(one.ident.to_string()),
        Item::Trait(one) if shown(&one.vis) => Some(one.ident.to_string()),
        _ => None,
    };
    syn::parse_file(text).unwrap().items.iter().filter_map(name).collect()
}

#[derive(Default)]
struct Functions(Vec<Function>);

impl Functions {
    /// From the line of its `fn`, so that comments and attributes do not count.
    fn add(&mut self, signature: &syn::Signature, whole: impl Spanned, vis: Option<&Visibility>) {
        let (line, last) = (signature.span().start().line, whole.span().end().line);
        let is_public = matches!(vis, Some(Visibility::Public(_)));
        let name = signature.ident.to_string();
        self.0.push(Function { name, line, length: last + 1 - line, is_public });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block, Some(&item.vis));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block, Some(&item.vis));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block, None);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
