//! Measurements in turn: one of ours, one of the plain way, and again, so that what else a machine
//! does meets both.

use super::cdx::Measured;

/// One measurement of each way.
#[derive(Debug, Clone)]
pub struct Round {
    /// What cdx took.
    pub cdx: Measured,
    /// What the plain way took, in milliseconds.
    pub plain_ms: Option<f64>,
    /// What the fastest durable plain way took, in milliseconds.
    pub fastest_ms: Option<f64>,
}

impl Round {
    /// Of something that has no plain way.
    pub fn alone(cdx: Measured) -> Self {
        Self { cdx, plain_ms: None, fastest_ms: None }
    }

    /// Beside a plain way.
    pub fn beside(cdx: Measured, plain_ms: f64) -> Self {
        Self { cdx, plain_ms: Some(plain_ms), fastest_ms: None }
    }
}

/// What is aimed at.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// At most so much of the plain way.
    Ratio(f64),
    /// At most so many milliseconds.
    Ms(f64),
    /// It is only measured.
    None,
}

/// A case and its rounds.
#[derive(Debug, Clone)]
pub struct Case {
    /// What was measured.
    pub name: String,
    /// What is aimed at.
    pub aim: Aim,
    /// Its rounds.
    pub rounds: Vec<Round>,
}

impl Case {
    /// Measures so many rounds.
    pub fn of(name: &str, aim: Aim, rounds: usize, mut round: impl FnMut() -> Round) -> Self {
        Self { name: name.to_owned(), aim, rounds: (0..rounds).map(|_| round()).collect() }
    }

    /// The milliseconds of cdx.
    pub fn cdx(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|round| round.cdx.ms)).unwrap_or_default()
    }

    /// Those of the plain way.
    pub fn plain(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().filter_map(|round| round.plain_ms))
    }

    /// The ratio to the plain way, round by round.
    pub fn ratio(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().filter_map(|round| Some(round.cdx.ms / round.plain_ms?)))
    }

    /// The ratio to the fastest plain way, round by round.
    pub fn to_fastest(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().filter_map(|round| Some(round.cdx.ms / round.fastest_ms?)))
    }

    /// Whether the median comes up to the aim; none where there is none.
    pub fn is_met(&self) -> Option<bool> {
        match self.aim {
            Aim::Ratio(most) => self.ratio().map(|ratio| ratio.median <= most),
            Aim::Ms(most) => Some(self.cdx().median <= most),
            Aim::None => None,
        }
    }
}

/// The median of some values, and how far they lie apart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spread {
    /// The one in the middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// None of no values.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        Some(Self { median: values[values.len() / 2], least, most })
    }
}
