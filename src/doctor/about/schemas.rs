//! What is said of the tables of channels, which mostly have the same ones.

use std::sync::Arc;

use crate::model::schema::Tables;

/// Something that hangs on a channel's tables alone, worked out once for all channels that have the
/// same ones.
#[derive(Debug)]
pub(in crate::doctor) struct OfSchemas<'a, T>(Vec<(&'a Arc<Tables>, T)>);

impl<T> Default for OfSchemas<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T> OfSchemas<'a, T> {
    /// What it is for these tables.
    pub(in crate::doctor) fn of(
        &mut self,
        tables: &'a Arc<Tables>,
        work: impl FnOnce(&Tables) -> T,
    ) -> &T {
        let known = self.0.iter().position(|(known, _)| Arc::ptr_eq(known, tables));
        let at = known.unwrap_or_else(|| {
            self.0.push((tables, work(tables)));
            self.0.len() - 1
        });
        &self.0[at].1
    }
}
