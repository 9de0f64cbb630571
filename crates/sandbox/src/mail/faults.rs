//! What can be made to go wrong at the relay.

use serde::{Deserialize, Serialize};

/// The kind of their record.
pub(crate) const FAULTS: &str = "mail_faults";
/// How long a delay withholds a reply when nothing else is said: longer than a client should wait.
pub(crate) const DELAY_MS: u64 = 65_000;

/// The moment of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultPoint {
    Connect,
    Auth,
    Data,
}

/// The way it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FaultKind {
    /// The message is throttled: the rate was exceeded.
    #[serde(rename = "refuse_454")]
    Refuse454,
    /// The message is rejected for good.
    #[serde(rename = "refuse_554")]
    Refuse554,
    /// The service fails for a moment at the end of the message.
    #[serde(rename = "refuse_451")]
    Refuse451,
    /// The message is accepted, and the connection breaks before the reply.
    #[serde(rename = "drop_after_data")]
    DropAfterData,
    /// The message is accepted, and the reply is withheld for `delay_ms`.
    #[serde(rename = "delay")]
    Delay,
    /// The connection is turned away.
    #[serde(rename = "refuse_421")]
    Refuse421,
    /// Nobody can log in for a moment.
    #[serde(rename = "auth_454")]
    Auth454,
}

impl FaultKind {
    /// When it strikes.
    pub(crate) fn point(self) -> FaultPoint {
        match self {
            Self::Refuse421 => FaultPoint::Connect,
            Self::Auth454 => FaultPoint::Auth,
            Self::Refuse454 | Self::Refuse554 | Self::Refuse451 | Self::DropAfterData | Self::Delay => FaultPoint::Data,
        }
    }
}

/// A fault of this partner.
pub(crate) type Fault = crate::faults::Fault<FaultPoint, FaultKind>;
/// The faults of this partner.
pub(crate) type Faults = crate::faults::Faults<FaultPoint, FaultKind>;
