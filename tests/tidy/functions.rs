//! How long the functions of a file are, whatever kind they are of.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Every function with its first line and its number of lines.
pub fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let mut found = Functions::default();
    found.visit_file(&syn::parse_file(text).unwrap());
    found.0
}

#[derive(Default)]
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    /// From the line of its `fn`, so that comments and attributes do not count.
    fn add(&mut self, signature: &syn::Signature, whole: impl Spanned) {
        let (first, last) = (signature.span().start().line, whole.span().end().line);
        self.0.push((signature.ident.to_string(), first, last + 1 - first));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
