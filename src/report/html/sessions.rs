//! The sessions: a lane for each channel database, and what each that failed says.

use maud::{Markup, html};

use super::list::names;
use super::piece::{self, command, legend, wide, word};
use crate::model::lane::{Lane, LaneSession};
use crate::model::session::SessionId;
use crate::model::suggestion::OfSessions;
use crate::model::time::ShownTime;
use crate::model::wording::{count, grouped, tries};
use crate::report::drawing::label::short;
use crate::report::drawing::lanes::drawn;
use crate::report::drawing::mark::Mark;
use crate::report::drawing::strips::{Measure, Strips, Trouble, troubles};

/// The anchor.
pub(super) const ID: &str = "sessions";

/// So many failures are told, and so much of each message.
const MOST: usize = 60;
const MOST_MESSAGE: usize = 2000;

/// The section.
pub(super) fn section(lanes: &[Lane<ShownTime>], env: Option<&str>) -> Markup {
    let lead = html! {
        p {
            "A lane for each channel database, a cell for each session, the newest at the right: \
             ↓ from headquarters, ↑ to headquarters, with its job."
        }
        (legend(&[
            (Mark::Done, "applied"),
            (Mark::Idle, "nothing had changed"),
            (Mark::Open, "made, waits"),
            (Mark::Half, "arrived, waits to be applied"),
            (Mark::Failed, "failed"),
            (Mark::Stopped, "cancelled or suspended"),
            (Mark::Off, "replaced by a full one"),
        ]))
    };
    let strips = Strips::of(lanes, Measure::PAGE);
    let found = troubles(lanes);
    let link = |session: &LaneSession<ShownTime>| {
        let at = found.iter().position(|one| session.is_trouble() && one.is_of(session))?;
        Some(if at < MOST { format!("#failure-{}", at + 1) } else { "#failures".to_owned() })
    };
    let body = html! {
        (wide("Session lanes", drawn(&strips, &link).within()))
        @if strips.left_out > 0 {
            p.note { "and " (count(strips.left_out as u64, "channel database")) " more." }
        }
        (failures(&found, env))
    };
    piece::section(ID, "Sessions", lead, body)
}

fn failures(found: &[Trouble<'_>], env: Option<&str>) -> Markup {
    html! {
        h3 #failures { "Sessions that failed" }
        @if found.is_empty() {
            p { (word(Mark::Done, "None.")) }
        } @else {
            ol.failures {
                @for (at, one) in (1..).zip(found.iter().take(MOST)) { (failure(at, one, env)) }
            }
            @if found.len() > MOST {
                p.note { "and " (grouped((found.len() - MOST) as u64)) " more." }
            }
        }
    }
}

fn failure(at: usize, one: &Trouble<'_>, env: Option<&str>) -> Markup {
    let session = one.session;
    let kind = match session.id {
        SessionId::Download(_) => "Session",
        SessionId::Upload(_) => "Upload session",
    };
    html! {
        li id={"failure-" (at)} {
            p {
                (word(session.into(), session.status.as_str())) " "
                (kind) " " (session.id) " of job " (session.job) ", " (session.created) ", "
                @if one.channels.len() > 1 {
                    (count(one.channels.len() as u64, "channel database")) ": "
                }
                (names(&one.channels)) "; " (tries(session.tries)) "."
            }
            @if let Some(message) = &session.message {
                p.message { (short(message, MOST_MESSAGE)) }
            }
            (command(&OfSessions::Show(session.id).into(), env))
        }
    }
}
