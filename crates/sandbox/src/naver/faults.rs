//! What can be made to go wrong at Naver.

use serde::{Deserialize, Serialize};

/// The kind of their record.
pub(crate) const FAULTS: &str = "naver_faults";
/// How long a delay withholds an answer when nothing else is said: longer than a client should wait.
pub(crate) const DELAY_MS: u64 = 6000;

/// The operation that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultPoint {
    Token,
    Profile,
}

/// The way it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// Nothing happens, and the answer is an error with status 200.
    #[serde(rename = "error_200")]
    Error200,
    /// Nothing happens, and the answer is a 500.
    #[serde(rename = "http_500")]
    Http500,
    /// It happens, and the answer is withheld for `delay_ms`.
    Delay,
    /// It happens, and the answer is a page of HTML.
    Garbage,
    /// It happens, and the connection breaks before a byte of the answer.
    ExecuteThenDrop,
}

/// A fault of this partner.
pub(crate) type Fault = crate::faults::Fault<FaultPoint, FaultKind>;
/// The faults of this partner.
pub(crate) type Faults = crate::faults::Faults<FaultPoint, FaultKind>;
