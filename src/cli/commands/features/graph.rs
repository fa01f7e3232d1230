//! `cdx features graph`: the prerequisites, drawn.

use crate::cli::outcome::outcomes;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::graph::{Graph, graph};
use crate::gates::{Catalogue, Features, Gate};
use crate::report::Format;
use crate::report::drawing::{gates, mermaid};
use crate::report::page::{Page, Report};
use crate::store::features;

/// How the graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Drawing {
    /// A tree of text.
    Tree,
    /// A Mermaid graph.
    Mermaid,
    /// A Graphviz graph.
    Dot,
}

outcomes! {
    Graph: "features graph";
}

impl Report for Graph {
    fn text(&self, page: &mut Page) {
        for line in self.tree() {
            page.unwrapped(&line);
        }
    }
}

pub(super) fn run(
    context: &Context,
    catalogue: &Catalogue,
    gate: Option<&Gate>,
    drawing: Drawing,
) -> Result<Exit, CommandError> {
    let reader = context.reader()?;
    let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let graph = graph(Features { catalogue, standing: &standing }, gate);
    match context.format {
        FormatArg::Svg => {
            context.output.stdout(&gates::svg(&graph))?;
            return Ok(Exit::Done);
        }
        FormatArg::Mermaid => {
            context.output.stdout(&mermaid::graph(&graph))?;
            return Ok(Exit::Done);
        }
        _ => {}
    }
    match drawing {
        _ if context.output.format() == Format::Json => return context.done(&graph),
        Drawing::Tree => return context.done(&graph),
        Drawing::Mermaid => context.output.stdout(&mermaid::graph(&graph))?,
        Drawing::Dot => context.output.stdout(&graph.dot())?,
    }
    Ok(Exit::Done)
}
