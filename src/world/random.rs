//! Chance, drawn from the environment's seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws; the same seed and label give the same stream on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The stream of a seed for one purpose.
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        let mixed = label.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(ChaCha8Rng::seed_from_u64(mixed))
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 {
            return 0;
        }
        // Multiply-shift: the bias is below end / 2^64, far under anything a rehearsal can show.
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u64
    }

    /// One element of a slice, or none when it is empty.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }
}
