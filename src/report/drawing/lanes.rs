//! Sessions, drawn: a lane for each channel database, a cell for each of its sessions in order.

use maud::{Markup, html};

use super::label::short;
use super::mark::Mark;
use super::sheet::Sheet;
use super::strips::{Measure, Strip, Strips};
use crate::model::lane::{Lane, LaneSession};
use crate::model::session::SessionId;
use crate::model::time::ShownTime;
use crate::model::wording::count;

/// The place of names, and of each session.
const NAMES: u32 = 172;
const CELL: u32 = 46;
const LANE: u32 = 52;
const EDGE: u32 = 12;

/// So many characters of a name, a job and a message are drawn.
const MOST_NAME: usize = 22;
const MOST_JOB: usize = 6;
const MOST_MESSAGE: usize = 300;

/// So many lanes are told in sentences.
const MOST_TOLD: usize = 40;

/// Where a session that failed is told of, on the same page.
pub(in crate::report) type Link<'a> = &'a dyn Fn(&LaneSession<ShownTime>) -> Option<String>;

/// The lanes of channel databases as a file of its own.
pub(crate) fn svg(lanes: &[Lane<ShownTime>]) -> String {
    drawn(&Strips::of(lanes, Measure::WHOLE), &|_| None).alone()
}

/// The lanes on a sheet.
pub(in crate::report) fn drawn(strips: &Strips<'_>, link: Link<'_>) -> Sheet {
    let most = strips.strips.iter().map(|strip| strip.shown.len()).max().unwrap_or(0);
    let width = NAMES + CELL * (most as u32).max(8) + EDGE;
    let lanes = (0..).zip(&strips.strips);
    Sheet {
        id: "lanes",
        title: "Sessions by channel database",
        description: told(strips),
        size: (width, LANE * (strips.strips.len() as u32).max(1) + EDGE),
        body: html! {
            @if strips.strips.is_empty() {
                text x=(EDGE) y="30" { "No sessions." }
            }
            @for (at, strip) in lanes { (lane(strip, LANE * at, width, link)) }
        },
    }
}

/// What is drawn, in sentences.
fn told(strips: &Strips<'_>) -> String {
    let one = |strip: &Strip<'_>| format!("{}: {}", name(strip), states(strip));
    let told: Vec<String> = strips.strips.iter().take(MOST_TOLD).map(one).collect();
    let more = strips.strips.len().saturating_sub(MOST_TOLD);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}.", told.join("; "))
}

/// How many of its sessions stand where: `3 Applied, 1 ApplyFailed`.
fn states(strip: &Strip<'_>) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    for session in strip.earlier.iter().chain(strip.shown) {
        let status = session.status.as_str();
        match counts.iter_mut().find(|(known, _)| *known == status) {
            Some((_, times)) => *times += 1,
            None => counts.push((status, 1)),
        }
    }
    if counts.is_empty() {
        return "no sessions".to_owned();
    }
    let told = counts.iter().map(|(status, times)| format!("{times} {status}"));
    told.collect::<Vec<_>>().join(", ")
}

/// What a lane is called.
fn name(strip: &Strip<'_>) -> String {
    match strip.channels.as_slice() {
        [only] => (*only).to_owned(),
        several => count(several.len() as u64, "channel database"),
    }
}

fn lane(strip: &Strip<'_>, top: u32, width: u32, link: Link<'_>) -> Markup {
    let name = name(strip);
    let failed = strip.earlier.iter().filter(|one| one.is_trouble()).count();
    let sessions = (strip.earlier.len() + strip.shown.len()) as u64;
    let below = match (strip.earlier.len(), failed) {
        (0, _) => count(sessions, "session"),
        (earlier, 0) => format!("{earlier} earlier"),
        (earlier, failed) => format!("{earlier} earlier, {failed} failed"),
    };
    html! {
        g {
            title { (name) ": " (states(strip)) }
            text.head x=(EDGE) y=(top + 26) { (short(&name, MOST_NAME)) }
            text.small x=(EDGE) y=(top + 42) { (below) }
        }
        @for (at, session) in (0..).zip(strip.shown) {
            @let cell = cell(session, NAMES + CELL * at, top);
            @match link(session) {
                Some(target) => { a href=(target) { (cell) } },
                None => { (cell) },
            }
        }
        line.rule x1=(EDGE) x2=(width - EDGE) y1=(top + LANE) y2=(top + LANE) {}
    }
}

fn cell(session: &LaneSession<ShownTime>, left: u32, top: u32) -> Markup {
    let mark = Mark::from(session);
    let way = match session.id {
        SessionId::Download(_) => "↓",
        SessionId::Upload(_) => "↑",
    };
    html! {
        g role="img" {
            title { (titled(session)) }
            use.(mark.as_str()) href={"#m-" (mark)} x=(left + 13) y=(top + 12) width="20"
                height="20" {}
            text.tiny x=(left + 23) y=(top + 45) { (way) (short(session.job.as_str(), MOST_JOB)) }
        }
    }
}

/// A session in a sentence.
pub(super) fn titled(session: &LaneSession<ShownTime>) -> String {
    let LaneSession { id, job, created, status, rows, message, .. } = session;
    let kind = match id {
        SessionId::Download(_) => "Session",
        SessionId::Upload(_) => "Upload session",
    };
    let message = message.as_ref().map(|text| format!(": {}", short(text, MOST_MESSAGE)));
    let replaced = session.replaced_by.map(|by| format!(", replaced by session {by}"));
    format!(
        "{kind} {id} of job {job}, {created}: {}{}, {}{}",
        status.as_str(),
        replaced.unwrap_or_default(),
        count(*rows, "row"),
        message.unwrap_or_default(),
    )
}
