//! Numbers that look random and are the same in every run: two runs differ by what they measure, not by what they ask.

use std::sync::atomic::{AtomicU64, Ordering};

/// A generator of the `SplitMix64` family.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator with its own sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }
}

/// The number of one more order: 16 digits, drawn like the server's, and never the same twice in one run.
pub fn order_number() -> i64 {
    static DRAWN: AtomicU64 = AtomicU64::new(1);
    const LOWEST: i64 = 1_000_000_000_000_000;
    let number = Random::new(DRAWN.fetch_add(1, Ordering::Relaxed)).next() % 8_000_000_000_000_000;
    i64::try_from(number).map_or(LOWEST, |number| LOWEST + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_numbers_and_another_seed_others() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            [random.below(1000), random.below(1000), random.below(1000)]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(Random::new(1).below(1), 0);
    }
}
