//! The sheet that a drawing is on: in a page that has the style and the shapes, or by itself.

use maud::{Markup, PreEscaped, html};

use super::mark::shapes;
use crate::model::safe;

/// How drawings look, in light and in dark.
pub(in crate::report) const STYLE: &str = include_str!("drawing.css");

/// A drawing with what it says in words.
pub(in crate::report) struct Sheet {
    /// What it is called where several are on one page.
    pub(super) id: &'static str,
    /// What it shows.
    pub(super) title: &'static str,
    /// The same in sentences, for those who do not see it.
    pub(super) description: String,
    /// Its size.
    pub(super) size: (u32, u32),
    /// What is on it.
    pub(super) body: Markup,
}

impl Sheet {
    /// The drawing within a page that has [`STYLE`] and the shapes.
    pub(in crate::report) fn within(&self) -> Markup {
        self.drawn(false)
    }

    /// The drawing as a file of its own.
    pub(in crate::report) fn alone(&self) -> String {
        safe::document(&self.drawn(true).into_string()) + "\n"
    }

    fn drawn(&self, alone: bool) -> Markup {
        let Self { id, title, description, size: (width, height), body } = self;
        let namespace = alone.then_some("http://www.w3.org/2000/svg");
        html! {
            svg.drawing xmlns=[namespace] width=(width) height=(height)
                viewBox={"0 0 " (width) " " (height)} role="group"
                aria-labelledby={(id) "-title " (id) "-desc"} {
                title id={(id) "-title"} { (title) }
                desc id={(id) "-desc"} { (description) }
                @if alone {
                    style { (PreEscaped(STYLE)) }
                    (shapes())
                    rect.ground width="100%" height="100%" {}
                }
                (body)
            }
        }
    }
}
