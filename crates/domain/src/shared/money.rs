//! Money: whole won, nothing smaller, nothing else.

use std::fmt;

use thiserror::Error;

use super::Quantity;

/// An amount of Korean won, from 0 to [`Won::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Won(i64);

/// Why a number is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Below zero.
    #[error("금액은 0원 이상이어야 합니다.")]
    Negative,
    /// Above [`Won::MAX`].
    #[error("금액이 너무 큽니다.")]
    TooLarge,
}

impl Won {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount: a trillion won, exact as a JSON number and far from any overflow.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// The amount of that many won.
    ///
    /// # Errors
    /// [`MoneyError`] outside `0..=MAX`.
    pub const fn try_new(won: i64) -> Result<Self, MoneyError> {
        match won {
            ..0 => Err(MoneyError::Negative),
            0..=1_000_000_000_000 => Ok(Self(won)),
            _ => Err(MoneyError::TooLarge),
        }
    }

    /// The number of won.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] above [`Won::MAX`].
    pub const fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Self::try_new(self.0.saturating_add(other.0))
    }

    /// The price of that many pieces.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] above [`Won::MAX`].
    pub const fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        Self::try_new(self.0.saturating_mul(quantity.get()))
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`] above [`Won::MAX`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// What is missing to reach `target`; nothing if it is reached.
    #[must_use]
    pub const fn missing_to(self, target: Self) -> Self {
        if target.0 > self.0 { Self(target.0 - self.0) } else { Self::ZERO }
    }
}

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}원", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_bounded() {
        assert_eq!(Won::try_new(-1), Err(MoneyError::Negative));
        assert_eq!(Won::try_new(Won::MAX.get() + 1), Err(MoneyError::TooLarge));
        assert_eq!(Won::MAX.plus(Won::try_new(1).unwrap()), Err(MoneyError::TooLarge));
        assert_eq!(Won::MAX.times(Quantity::MAX), Err(MoneyError::TooLarge));
    }

    #[test]
    fn sums_are_exact() {
        let amounts = [8500, 8500, 1].map(|won| Won::try_new(won).unwrap());
        assert_eq!(Won::sum(amounts).unwrap().get(), 17_001);
        assert_eq!(amounts[0].missing_to(Won::try_new(10_000).unwrap()).get(), 1500);
        assert_eq!(amounts[0].missing_to(amounts[2]), Won::ZERO);
    }
}
