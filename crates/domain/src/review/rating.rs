//! Ratings, exactly: half steps from 1.0 to 5.0, and their mean to one decimal.

use std::fmt;

use thiserror::Error;

/// How good: 1.0 to 5.0 in half steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

/// It is none of the nine ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("1.0에서 5.0까지 0.5점 단위여야 합니다.")]
pub struct RatingError;

impl Rating {
    const LEAST: u8 = 2;
    const MOST: u8 = 10;

    /// The rating of that many half steps: 9 is 4.5.
    ///
    /// # Errors
    /// [`RatingError`] outside 2 to 10.
    pub fn from_half_steps(steps: i64) -> Result<Self, RatingError> {
        let steps = u8::try_from(steps).map_err(|_| RatingError)?;
        if (Self::LEAST..=Self::MOST).contains(&steps) { Ok(Self(steps)) } else { Err(RatingError) }
    }

    /// A decimal as people and JSON write it: `4`, `4.5`, `4.50`. Digits are compared, nothing is rounded.
    ///
    /// # Errors
    /// [`RatingError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, RatingError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let whole: i64 = match whole.as_bytes() {
            [digit @ b'1'..=b'5'] => i64::from(digit - b'0'),
            _ => return Err(RatingError),
        };
        let half = match fraction.trim_end_matches('0') {
            "" if !fraction.is_empty() => 0,
            "5" => 1,
            _ => return Err(RatingError),
        };
        Self::from_half_steps(2 * whole + half)
    }

    /// How many half steps.
    pub const fn half_steps(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 2, if self.0.is_multiple_of(2) { 0 } else { 5 })
    }
}

/// All ratings of one product together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatingTally {
    /// How many.
    pub count: u64,
    /// The sum of their half steps.
    pub half_steps: u64,
}

impl RatingTally {
    /// Their mean, rounded half up to one decimal; zero where there is none.
    pub const fn mean(self) -> MeanRating {
        // A mean of h/2n is 5h/n tenths; half of a tenth more, and cut off.
        let (tenths, of) =
            (self.half_steps.saturating_mul(10).saturating_add(self.count), self.count.saturating_mul(2));
        match tenths.checked_div(of) {
            Some(tenths) => MeanRating(tenths),
            None => MeanRating(0),
        }
    }
}

/// A mean of ratings in tenths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeanRating(u64);

impl MeanRating {
    /// How many tenths: 43 is 4.3.
    pub const fn tenths(self) -> u64 {
        self.0
    }
}

impl fmt::Display for MeanRating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nine_ratings_are_read_and_written() {
        for (text, steps) in
            [("1", 2), ("1.0", 2), ("1.5", 3), ("2.50", 5), ("3.000", 6), ("4.5", 9), ("5", 10), ("5.0", 10)]
        {
            assert_eq!(Rating::parse(text).map(Rating::half_steps), Ok(steps), "{text}");
        }
        assert_eq!(Rating::parse("4.50").unwrap().to_string(), "4.5");
        assert_eq!(Rating::parse("4").unwrap().to_string(), "4.0");
    }

    #[test]
    fn nothing_between_the_steps_or_beyond_the_ends_is_a_rating() {
        for text in
            ["", "0", "0.5", "5.5", "6", "4.", ".5", "4.4999999", "4.51", "-4", "+4", "04", "4e0", "4,5", "NaN", "10"]
        {
            assert_eq!(Rating::parse(text), Err(RatingError), "{text}");
        }
        for steps in [-1, 0, 1, 11, i64::MAX] {
            assert_eq!(Rating::from_half_steps(steps), Err(RatingError), "{steps}");
        }
    }

    #[test]
    fn a_mean_is_rounded_half_up() {
        let mean = |ratings: &[u64]| {
            let count = u64::try_from(ratings.len()).unwrap();
            RatingTally { count, half_steps: ratings.iter().sum() }.mean().to_string()
        };
        assert_eq!(mean(&[]), "0.0");
        assert_eq!(mean(&[9]), "4.5");
        // 4.25 is 4.3, and 4.2499.. would be 4.2.
        assert_eq!(mean(&[8, 9]), "4.3");
        assert_eq!(mean(&[10, 9, 8]), "4.5");
        assert_eq!(mean(&[10, 10, 9]), "4.8");
        assert_eq!(mean(&[2; 7]), "1.0");
        // 4.05: where floating numbers say 4.0.
        assert_eq!(mean(&[8, 8, 8, 8, 8, 8, 8, 8, 8, 9]), "4.1");
    }

    proptest! {
        #[test]
        fn a_mean_lies_within_half_a_tenth_of_the_exact_one(ratings in proptest::collection::vec(2_u64..=10, 1..200)) {
            let tally = RatingTally { count: ratings.len() as u64, half_steps: ratings.iter().sum() };
            let (tenths, exact, of) = (tally.mean().tenths(), 10 * tally.half_steps, 2 * tally.count);
            prop_assert!(2 * tenths * of <= 2 * exact + of && 2 * exact < 2 * tenths * of + of);
        }
    }
}
