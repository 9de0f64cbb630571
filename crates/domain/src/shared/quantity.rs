//! How many pieces of a variant.

use thiserror::Error;

/// A number of pieces on one line, 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

/// A number of pieces that no line can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("수량은 1개 이상 999개 이하여야 합니다.")]
pub struct QuantityError;

impl Quantity {
    /// The most pieces of one line.
    pub const MAX: Self = Self(999);

    /// That many pieces.
    ///
    /// # Errors
    /// [`QuantityError`] outside 1 to 999.
    pub const fn try_new(pieces: i64) -> Result<Self, QuantityError> {
        match pieces {
            1..=999 => Ok(Self(pieces)),
            _ => Err(QuantityError),
        }
    }

    /// The number of pieces.
    pub const fn get(self) -> i64 {
        self.0
    }
}
