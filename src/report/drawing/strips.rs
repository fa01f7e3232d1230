//! Lanes as they are drawn: those that are alike together where there are many, the newest sessions
//! of each, and what failed, each cause once.

use crate::model::lane::{Lane, LaneSession, LaneStatus};
use crate::model::session::SessionId;
use crate::model::time::ShownTime;

/// A session as readers have it.
type Session = LaneSession<ShownTime>;

/// How much of the lanes is drawn.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Measure {
    /// From more lanes than this on those that are alike are one.
    pub(super) apart: usize,
    /// So many are drawn at most.
    pub(super) lanes: usize,
    /// So many sessions of each.
    pub(super) sessions: usize,
}

impl Measure {
    /// Everything.
    pub(super) const WHOLE: Self =
        Self { apart: usize::MAX, lanes: usize::MAX, sessions: usize::MAX };
    /// What a page holds.
    pub(in crate::report) const PAGE: Self = Self { apart: 40, lanes: 60, sessions: 20 };
}

/// One lane, or several that are alike.
#[derive(Debug)]
pub(in crate::report) struct Strip<'a> {
    /// The channel databases, at least one.
    pub(in crate::report) channels: Vec<&'a str>,
    /// The sessions that are drawn, the oldest first.
    pub(in crate::report) shown: &'a [Session],
    /// Those before them.
    pub(in crate::report) earlier: &'a [Session],
}

/// All that are drawn.
#[derive(Debug)]
pub(in crate::report) struct Strips<'a> {
    /// In the order of the channel databases.
    pub(in crate::report) strips: Vec<Strip<'a>>,
    /// How many channel databases are not drawn.
    pub(in crate::report) left_out: usize,
}

impl<'a> Strips<'a> {
    /// The strips of lanes.
    pub(in crate::report) fn of(lanes: &'a [Lane<ShownTime>], measure: Measure) -> Self {
        let mut strips: Vec<Strip<'a>> = Vec::new();
        for lane in lanes {
            let from = lane.sessions.len().saturating_sub(measure.sessions);
            let (earlier, shown) = lane.sessions.split_at(from);
            let strip = Strip { channels: vec![&lane.channel], shown, earlier };
            let alike = strips.iter_mut().find(|known| known.is_like(&strip));
            match alike.filter(|_| lanes.len() > measure.apart) {
                Some(known) => known.channels.push(&lane.channel),
                None => strips.push(strip),
            }
        }
        let mut left_out = 0;
        if strips.len() > measure.lanes {
            // Where not all have room, those with troubles do first.
            let mut ranks: Vec<usize> = (0..strips.len()).collect();
            ranks.sort_by_key(|at| (!strips[*at].has_trouble(), *at));
            let kept: Vec<usize> = ranks.into_iter().take(measure.lanes).collect();
            let mut at = 0;
            strips.retain(|strip| {
                let keep = kept.contains(&at);
                at += 1;
                left_out += if keep { 0 } else { strip.channels.len() };
                keep
            });
        }
        Self { strips, left_out }
    }
}

impl Strip<'_> {
    fn is_like(&self, other: &Self) -> bool {
        let alike =
            |(one, other): (&Session, &Session)| one.id == other.id && one.status == other.status;
        let all = |one: &[Session], other: &[Session]| {
            one.len() == other.len() && one.iter().zip(other).all(alike)
        };
        all(self.shown, other.shown) && all(self.earlier, other.earlier)
    }

    fn has_trouble(&self) -> bool {
        self.shown.iter().chain(self.earlier).any(LaneSession::is_trouble)
    }
}

/// A session that failed, and where it did so in the same way.
#[derive(Debug)]
pub(in crate::report) struct Trouble<'a> {
    /// The session, as it stands in the first of them.
    pub(in crate::report) session: &'a Session,
    /// The channel databases.
    pub(in crate::report) channels: Vec<&'a str>,
}

/// What tells troubles of one session from each other.
type Manner<'a> = (SessionId, LaneStatus, Option<&'a str>);

fn manner(session: &Session) -> Manner<'_> {
    (session.id, session.status, session.message.as_deref())
}

impl Trouble<'_> {
    /// Whether a session failed in this way.
    pub(in crate::report) fn is_of(&self, session: &Session) -> bool {
        manner(self.session) == manner(session)
    }
}

/// What failed, the newest first.
pub(in crate::report) fn troubles(lanes: &[Lane<ShownTime>]) -> Vec<Trouble<'_>> {
    let mut found: Vec<Trouble<'_>> = Vec::new();
    for lane in lanes {
        for session in lane.sessions.iter().filter(|one| one.is_trouble()) {
            match found.iter_mut().find(|known| known.is_of(session)) {
                Some(known) => known.channels.push(&lane.channel),
                None => found.push(Trouble { session, channels: vec![&lane.channel] }),
            }
        }
    }
    found.sort_by(|one, other| {
        let order = |of: &Trouble<'_>| (of.session.created.clone(), of.session.id);
        order(other).cmp(&order(one))
    });
    found
}
