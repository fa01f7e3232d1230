//! The scenarios that a name picks.

use crate::cli::CommandError;
use crate::model::folding::folded;
use crate::model::nearest::nearest;
use crate::model::suggestion::{Prose, TestRun};
use crate::scenario::rehearsal::Rehearsal;

/// Those of this name; without one, those whose name contains it.
///
/// # Errors
/// There is none.
pub(super) fn those<'s>(
    name: &str,
    runs: Vec<Rehearsal<'s>>,
) -> Result<Vec<Rehearsal<'s>>, CommandError> {
    let of = |fits: &dyn Fn(&str) -> bool| -> Vec<Rehearsal<'s>> {
        runs.iter().filter(|run| fits(&run.label())).cloned().collect()
    };
    let exact = of(&|label| label == name);
    if !exact.is_empty() {
        return Ok(exact);
    }
    let (whole, part) = (folded(name), name.trim().is_empty());
    let found = of(&|label| !part && folded(label).contains(&whole));
    if !found.is_empty() {
        return Ok(found);
    }
    let labels: Vec<String> = runs.iter().map(Rehearsal::label).collect();
    let near = nearest(name, labels.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| format!("did you mean {near:?}? "));
    let file = runs.first().map(|run| run.of.file.clone()).unwrap_or_default();
    let hint = Prose::hint(
        format!("{near}see what there is"),
        TestRun { file, list: true, ..TestRun::default() },
    );
    Err(CommandError::usage("unknown-scenario", format!("unknown scenario {name:?}"), hint))
}
