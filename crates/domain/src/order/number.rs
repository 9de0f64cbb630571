//! The number that a shopper and the payment partner know an order by.

use std::fmt;

use thiserror::Error;

use crate::shared::Entropy;

/// An order's number: 16 digits, drawn at random, so that nobody can guess a neighbour's. At most 2^53 - 1, the largest
/// integer that a browser reads exactly; as text it fits Toss's 6 to 64 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(i64);

/// A number that no order can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("주문번호는 숫자여야 합니다.")]
pub struct OrderNumberError;

impl OrderNumber {
    const LOWEST: i64 = 1_000_000_000_000_000;
    const HIGHEST: i64 = 9_007_199_254_740_991;

    /// A fresh number, one of eight quadrillion. Two orders may draw the same; the store's unique index tells.
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let span = (Self::HIGHEST - Self::LOWEST).unsigned_abs();
        let offset = i64::try_from(entropy.below(span)).unwrap_or_default();
        Self(Self::LOWEST + offset)
    }

    /// The number.
    ///
    /// # Errors
    /// [`OrderNumberError`] for what is not positive or beyond 2^53 - 1.
    pub const fn try_new(number: i64) -> Result<Self, OrderNumberError> {
        match number {
            1..=Self::HIGHEST => Ok(Self(number)),
            _ => Err(OrderNumberError),
        }
    }

    /// The number from its decimal digits.
    ///
    /// # Errors
    /// [`OrderNumberError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, OrderNumberError> {
        text.parse().map_err(|_| OrderNumberError).and_then(Self::try_new)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::CountingEntropy;

    #[test]
    fn a_drawn_number_has_sixteen_digits_and_is_exact_in_a_browser() {
        let entropy = CountingEntropy::default();
        for _ in 0..1000 {
            let text = OrderNumber::draw(&entropy).to_string();
            assert_eq!(text.len(), 16);
            assert!(OrderNumber::parse(&text).unwrap().get() < (1 << 53));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "0", "-1", "abc", "9007199254740992", "1e3", "99999999999999999999"] {
            assert!(OrderNumber::parse(text).is_err(), "{text}");
        }
    }
}
