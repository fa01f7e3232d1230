//! The page around the sections: what may be loaded (nothing), how it looks, and where one goes.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::view::EnvironmentView;
use super::{calls, customer, gates, rollout, sessions, unjudged, verdict};
use crate::diagnosis::Looked;
use crate::model::safe;
use crate::model::wording::count;
use crate::report::drawing::STYLE as DRAWINGS;
use crate::report::drawing::mark::shapes;

/// How the page looks.
const STYLE: &str = include_str!("style.css");

/// The sections, by their anchors, in their order.
const SECTIONS: &[(&str, &str)] = &[
    (verdict::ID, "Verdict"),
    (rollout::ID, "Rollout"),
    (sessions::ID, "Sessions"),
    (customer::ID, "Customer"),
    (calls::ID, "Real-time calls"),
    (gates::ID, "Features"),
    (unjudged::ID, "Not judged"),
];

/// The whole page: the same for the same environment, byte for byte.
pub(crate) fn page(view: &EnvironmentView) -> String {
    let env = view.diagnosis.env.as_deref();
    let style = format!("\n{DRAWINGS}{STYLE}");
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (TITLE) (verdict::headline(&view.diagnosis)) }
                style { (PreEscaped(&style)) }
            }
            body {
                svg.shapes aria-hidden="true" width="0" height="0" { (shapes()) }
                a.skip href="#main" { "Skip to the verdict" }
                (head(view))
                main #main {
                    (verdict::section(&view.diagnosis, env))
                    (rollout::section(&view.rollout, env))
                    (sessions::section(&view.lanes, env))
                    (customer::section(&view.customer, env))
                    (calls::section(&view.calls))
                    (gates::section(&view.graph))
                    (unjudged::section(&view.diagnosis, &view.unread))
                }
                footer {
                    p {
                        "Made by cdx " (env!("CARGO_PKG_VERSION")) ". The page is static and loads \
                         nothing; the same environment gives the same page."
                    }
                }
            }
        }
    };
    // What a terminal, or a reader, would obey rather than see is shown in every text.
    safe::document(&whole.into_string()) + "\n"
}

/// What the title begins with, by which a report is known.
const TITLE: &str = "Commerce Data Exchange: ";

/// Whether a text is such a page.
pub(crate) fn is_page(text: &str) -> bool {
    text.starts_with("<!DOCTYPE html>") && text.contains(&format!("<title>{TITLE}"))
}

/// Nothing is loaded or run; the style is this one alone, so that no name brings another.
fn policy(style: &str) -> String {
    let hash = BASE64.encode(&Sha256::digest(style.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn head(view: &EnvironmentView) -> Markup {
    let databases = match &view.diagnosis.looked {
        Looked::Environment { channels } => channels.len() as u64,
        Looked::Repository { .. } => 0,
    };
    html! {
        header {
            p.eyebrow { "Commerce Data Exchange report" }
            h1 { (verdict::heading(&view.diagnosis)) }
            dl.facts {
                div { dt { "Application version" } dd { (view.version) } }
                div { dt { "Time of the environment" } dd { (view.now) " (" (view.time_zone) ")" } }
                div { dt { "Examined" } dd { (count(databases, "channel database")) } }
            }
            nav aria-label="Sections" {
                ol { @for (id, title) in SECTIONS { li { a href={"#" (id)} { (title) } } } }
            }
        }
    }
}
