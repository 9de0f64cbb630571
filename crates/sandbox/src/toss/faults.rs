//! What can be made to go wrong at Toss.

use serde::{Deserialize, Serialize};

pub(crate) const FAULTS: &str = "toss_faults";

/// The operation that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultPoint {
    Confirm,
    Cancel,
    Lookup,
}

/// The way it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// It happens, and the connection breaks before a byte of the answer.
    ExecuteThenDrop,
    /// It happens, and the answer is a 500.
    #[serde(rename = "execute_then_500")]
    ExecuteThen500,
    /// Nothing happens, and the answer is a 500.
    #[serde(rename = "refuse_500")]
    Refuse500,
    /// It happens, and the answer is withheld for `delay_ms`.
    Delay,
    /// Nothing happens, and the answer is a 429.
    #[serde(rename = "status_429")]
    Status429,
    /// Nothing happens, and the answer is that the bank is asleep. Unlike a refused approval it leaves the payment as it is:
    /// the same call is right later.
    BankClosed,
}

/// A fault of this partner.
pub(crate) type Fault = crate::faults::Fault<FaultPoint, FaultKind>;
/// The faults of this partner.
pub(crate) type Faults = crate::faults::Faults<FaultPoint, FaultKind>;
